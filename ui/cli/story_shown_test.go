package cli

import (
	"time"

	"cashier/wechat/sim"
)

// seldomAsked is a shop that asks and waits as little as the configuration lets
// it: the queries while nobody scans are all alike.
var seldomAsked = map[string]string{"CASHIER_TIMING_QUERY_EVERY": "10s", "CASHIER_TIMING_DEADLINE": "30s"}

// showing are the stories of a customer who scans the till (design 3.12).
var showing = []story{
	{
		name: "paid in the moment of the cancel",
		does: func(c *cashier) {
			c.shows("0.43")
			c.revokes()
			c.finishes()
		},
		ends: []string{"paid shown closes:1"}, goods: "0.43",
	},
	{
		name: "scans the till, paid",
		does: func(c *cashier) {
			c.shows("12.50")
			c.seesCode()
			c.sees("Do not hand over the goods yet.")
			c.scans(c.code(0) + "\r")
			c.sees("This sale is still open. The scan was not used.")
			c.finishes()
		},
		ends: []string{"paid shown"}, goods: "12.50",
	},
	{
		name: "shows a code and nobody scans",
		env:  seldomAsked,
		does: func(c *cashier) {
			c.shows("0.33")
			c.waits(time.Minute, sight.verdict)
			c.sees("No payment in time")
			c.finishes()
		},
		ends: []string{"revoked deadline shown closes:1"},
	},
	{
		name: "cancelled, and a second code, parked and brought back",
		does: func(c *cashier) {
			c.shows("4.40")
			c.revokes()
			if c.waits(tooLong, sight.verdict).word == wordRevoked {
				c.sees("Cancelled.")
				c.presses("c")
				c.seesCode()
			}
			c.parks()
			c.expects("no code", func(s sight) bool { return s.code == "" && s.empty() })
			c.turnsTo()
			c.seesCode()
			c.finishes()
		},
		ends: []string{"revoked revoke_pressed shown closes:1", "paid shown attempt:2"}, goods: "4.40",
	},
	{
		name: "the close is not taken twice",
		does: func(c *cashier) {
			c.shows("0.40")
			c.revokes()
			c.finishes()
		},
		ends: []string{"revoked revoke_pressed shown closes:3"},
	},
	{
		name: "no code comes, and the customer shows one",
		does: func(c *cashier) {
			c.shows("0.31")
			if c.waits(time.Minute, sight.verdict).word == wordRevoked {
				c.sees("WeChat Pay gave no code. Nothing could be paid.")
				c.scans(c.code(0) + "\r")
			}
			c.finishes()
		},
		ends: []string{"revoked no_code shown closes:1", "paid attempt:2"}, goods: "0.31",
	},
	{
		name: "parked with a code shown, paid while away, acknowledged",
		does: func(c *cashier) {
			c.shows("8.80")
			c.parks()
			c.serves("5.00")
			c.pass(10 * time.Second)
			c.sees("HKD 8.80 of 08:00: PAID")
			c.acknowledges()
		},
		ends: []string{"paid shown", "paid"}, goods: "5.00, 8.80",
	},
	{
		name: "left with a code shown",
		does: func(c *cashier) {
			c.shows("0.33")
			c.leaves()
		},
		ends: []string{"revoked revoke_pressed shown closes:1"},
	},
	{
		name: "killed with a code shown, started again and taken up",
		does: func(c *cashier) {
			c.shows("7.70")
			c.dies()
			c.comes()
			c.turnsTo()
			c.seesCode()
			c.finishes()
		},
		ends: []string{"paid shown"}, goods: "7.70",
	},
	{
		name:    "window closed, told: asking for a code",
		weather: map[sim.Op][]sim.Fault{sim.OnUnifiedOrder: {sim.Delay(5 * time.Second)}},
		does: func(c *cashier) {
			c.shows("4.00")
			c.closesWindow()
		},
		ends: []string{"paid shown attention:paid_while_away"},
	},
}
