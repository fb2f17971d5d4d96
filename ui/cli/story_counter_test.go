package cli

import (
	"strings"
	"time"

	"cashier/wechat/sim"
)

// counter are the stories that end where they began, at a free counter.
var counter = []story{
	{
		name: "paid at once",
		does: func(c *cashier) { c.serves("12.50") },
		ends: []string{"paid"}, goods: "12.50",
	},
	{
		name: "amount and scan without Enter between them",
		does: func(c *cashier) {
			c.keys("8.00")
			c.pass(breath)
			c.scans(c.code(0) + "\r")
			c.finishes()
		},
		ends: []string{"paid"}, goods: "8.00",
	},
	{
		name: "scan before the amount",
		does: func(c *cashier) {
			c.scans(c.code(0) + "\r")
			c.keysAmount("3.00")
			c.finishes()
		},
		ends: []string{"paid"}, goods: "3.00",
	},
	{
		name: "password",
		does: func(c *cashier) {
			c.begins("0.30", c.code(0))
			c.sees("The customer is entering the password.")
			c.finishes()
		},
		ends: []string{"paid"}, goods: "0.30",
	},
	{
		name: "vouchers",
		does: func(c *cashier) {
			for _, amount := range []string{"0.02", "0.03", "5.01", "5.02"} {
				c.serves(amount)
			}
		},
		ends: []string{"paid", "paid", "paid", "paid"}, goods: "0.02, 0.03, 5.01, 5.02",
	},
	{
		name: "answer lost",
		does: func(c *cashier) { c.serves("0.31") },
		ends: []string{"paid"}, goods: "0.31",
	},
	{
		name:    "declined, then a second code",
		weather: map[sim.Op][]sim.Fault{sim.OnQuickPay: {sim.Refuse("NOTENOUGH")}},
		does:    func(c *cashier) { c.serves("6.00") },
		ends:    []string{"failed declined revokes:1 recall:N", "paid attempt:2"}, goods: "6.00",
	},
	{
		name: "PAYERROR",
		does: func(c *cashier) {
			c.begins("0.30", c.code(8))
			c.finishes()
		},
		ends: []string{"revoked pay_error revokes:1 recall:N"},
	},
	{
		name: "revoke, too early and in time",
		does: func(c *cashier) {
			c.begins("0.30", c.code(9))
			c.presses("r")
			c.expects("no question yet", func(s sight) bool { return s.word == wordHold && !s.asks() })
			c.presses("y")
			c.revokes()
			c.finishes()
		},
		ends: []string{"revoked revoke_pressed revokes:1 recall:N"},
	},
	{
		name: "recall Y, then N",
		does: func(c *cashier) {
			c.begins("0.40", c.code(0))
			c.revokes()
			c.sees("Revoke again")
			c.revokes()
			c.finishes()
		},
		ends: []string{"revoked revoke_pressed revokes:3 recall:N"},
	},
	{
		name: "nobody presses anything",
		does: func(c *cashier) { c.serves("0.33") },
		ends: []string{"revoked deadline revokes:1 recall:N"},
	},
	{
		name: "parked, next customer, paid while away, acknowledged",
		does: func(c *cashier) {
			c.begins("0.30", c.code(0))
			c.pass(aMoment)
			c.parks()
			c.serves("5.00")
			c.pass(4 * time.Second)
			c.sees("HKD 0.30 of 08:00: PAID")
			c.acknowledges()
		},
		ends: []string{"paid", "paid"}, goods: "5.00, 0.30",
	},
	{
		name: "parked, and brought back",
		does: func(c *cashier) {
			c.begins("0.30", c.code(0))
			c.parks()
			c.pass(aMoment)
			c.turnsTo()
			c.finishes()
		},
		ends: []string{"paid"}, goods: "0.30",
	},
	{
		name: "two parked",
		does: func(c *cashier) {
			c.begins("0.31", c.code(0))
			c.parks()
			c.begins("0.32", c.code(0))
			c.parks()
			c.pass(30 * time.Second)
			c.acknowledges()
		},
		ends: []string{"paid", "revoked pay_error revokes:1 recall:N"}, goods: "0.31",
	},
	{
		name: "a code used before",
		does: func(c *cashier) {
			used := c.code(0)
			c.begins("2.00", used)
			c.finishes()
			c.begins("2.50", used)
			c.sees("this code was used before")
			c.finishes()
		},
		ends: []string{"paid", "paid"}, goods: "2.00, 2.50",
	},
	{
		name: "a code of Alipay's",
		does: func(c *cashier) {
			c.begins("2.20", "280000000000000001")
			c.sees("That is a code of Alipay.")
			c.finishes()
		},
		ends: []string{"paid"}, goods: "2.20",
	},
	{
		name: "scanned twice, and once more",
		does: func(c *cashier) {
			code := c.code(0)
			c.begins("2.30", code+"\r"+code)
			c.scans(code + "\r")
			c.sees("This sale is paid. The scan was not used.")
			c.finishes()
		},
		ends: []string{"paid"}, goods: "2.30",
	},
	{
		name: "scans into doubt and into a question",
		does: func(c *cashier) {
			c.begins("0.40", c.code(0))
			c.scans(c.code(0) + "\r")
			c.sees("This sale is still open. The scan was not used.")
			if s := c.waits(time.Minute, func(s sight) bool { return s.verdict() || strings.Contains(s.foot, "r revoke") }); s.open() {
				c.presses("r")
				c.scans(c.code(0) + "\r")
				c.presses("\r")
			}
			c.pass(aMoment)
			c.expects("the question still", sight.asks)
			if c.look().asks() {
				c.presses("y")
			}
			c.finishes()
		},
		ends: []string{"revoked revoke_pressed revokes:3 recall:N"},
	},
	{
		name:    "NOT PAID though paid, and a second code",
		weather: map[sim.Op][]sim.Fault{sim.OnQuickPay: {sim.ReturnFail}},
		does: func(c *cashier) {
			c.serves("7.00")
			c.pass(time.Minute)
		},
		ends: []string{"revoked paid_after_failed attention:paid_after_failed revokes:1 recall:N", "paid attempt:2"}, goods: "7.00",
	},
	{
		name: "NOT PAID though paid, three times",
		does: func(c *cashier) { c.serves("0.50") },
		ends: []string{
			"revoked paid_after_failed attention:paid_after_failed revokes:1 recall:N",
			"revoked paid_after_failed attention:paid_after_failed attempt:2 revokes:1 recall:N",
			"revoked paid_after_failed attention:paid_after_failed attempt:3 revokes:1 recall:N",
		},
	},
	{
		name: "the payment crosses the revoke",
		does: func(c *cashier) {
			c.begins("0.43", c.code(0))
			c.revokes()
			c.finishes()
		},
		ends: []string{"revoked revoke_pressed revokes:2 recall:N"},
	},
	{
		name: "REVOKED, and a second code",
		does: func(c *cashier) {
			c.begins("0.34", c.code(0))
			c.revokes()
			if c.waits(tooLong, sight.verdict).word == wordRevoked {
				c.scans(c.code(0) + "\r")
			}
			c.finishes()
		},
		ends: []string{"revoked revoke_pressed revokes:1 recall:N", "paid attempt:2"}, goods: "0.34",
	},
	{
		name:    "a strict shop waits with the second code",
		weather: map[sim.Op][]sim.Fault{sim.OnQuickPay: {sim.Refuse("NOTENOUGH")}},
		env:     map[string]string{"CASHIER_TILL_RESCAN": "strict"},
		does: func(c *cashier) {
			c.begins("6.50", c.code(0))
			if c.waits(time.Minute, sight.verdict).word == wordNotPaid {
				c.scans(c.code(0) + "\r")
				c.sees("This sale is still being checked. The scan was not used.")
			}
			c.finishes()
			c.serves("6.60")
		},
		ends: []string{"failed declined revokes:1 recall:N", "paid"}, goods: "6.60",
	},
	{
		name: "keyed wrongly and corrected",
		does: func(c *cashier) {
			c.keysAmount("0.00")
			c.presses("?")
			c.presses("?")
			c.keys("\x7f\x7f\x7f\x7f1.59")
			c.presses("\r")
			c.presses("\x7f")
			c.keysAmount("\x7f0")
			c.scans(c.code(0) + "\r")
			c.finishes()
		},
		ends: []string{"paid"}, goods: "1.50",
	},
}
