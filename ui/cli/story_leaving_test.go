package cli

import (
	"strings"
	"time"

	"cashier/wechat/sim"
)

// leaving are the stories in which the screen ends before the sale.
var leaving = []story{
	{
		name: "left in doubt, drained",
		does: func(c *cashier) {
			c.begins("0.30", c.code(0))
			c.leaves()
		},
		ends: []string{"paid attention:paid_while_away"},
	},
	{
		name: "asked whether to leave, and stays",
		does: func(c *cashier) {
			c.begins("0.30", c.code(0))
			c.types("\x03")
			c.pass(aMoment)
			if !c.running() { // nothing is open
				c.leaves()
				return
			}
			c.presses("n")
			c.finishes()
		},
		ends: []string{"paid"}, goods: "0.30",
	},
	{
		name: "killed in doubt, started again and taken up",
		does: func(c *cashier) {
			c.begins("0.30", c.code(0))
			c.dies()
			c.comes()
			c.turnsTo()
			c.finishes()
		},
		ends: []string{"paid"}, goods: "0.30",
	},
	{
		name: "killed in doubt, started again after the payment",
		does: func(c *cashier) {
			c.begins("0.30", c.code(0))
			c.dies()
			c.pass(time.Minute)
			c.comes()
			c.pass(2 * time.Second)
			c.acknowledges()
		},
		ends: []string{"paid"}, goods: "0.30",
	},
	{
		name: "hung up while draining",
		does: func(c *cashier) {
			c.begins("0.40", c.code(0))
			c.pressesLeave()
			over := make(chan error)
			go func() { over <- c.drains() }()
			c.pass(2 * time.Second)
			c.hangUp()
			c.laws.left(c, <-over)
		},
		ends: []string{"revoked deadline revokes:3 recall:N"},
	},
	{
		name: "killed while draining",
		does: func(c *cashier) {
			c.begins("0.40", c.code(0))
			c.pressesLeave()
			drained := make(chan error)
			go func(s *shop) {
				<-c.ended
				drained <- c.machine.drain(s)
			}(c.shop)
			c.pass(20 * time.Second)
			c.dies()
			<-drained
		},
		ends: []string{"revoked deadline revokes:3 recall:N"},
	},
}

// moments are the states in which a window can close.
var moments = []story{
	{name: "an empty counter", does: func(c *cashier) {}},
	{name: "an amount keyed", does: func(c *cashier) { c.keysAmount("4.00") }},
	{name: "a code kept", does: func(c *cashier) { c.scans(c.code(0) + "\r") }},
	{
		name:    "asking",
		weather: map[sim.Op][]sim.Fault{sim.OnQuickPay: {sim.Delay(5 * time.Second)}},
		does:    func(c *cashier) { c.begins("4.00", c.code(0)) },
		ends:    []string{"paid attention:paid_while_away"},
	},
	{
		name:    "a moment before the payment",
		weather: map[sim.Op][]sim.Fault{sim.OnQuickPay: {sim.Delay(5 * time.Second)}},
		does: func(c *cashier) {
			c.begins("4.00", c.code(0))
			c.pass(5*time.Second - breath - 5*time.Millisecond)
		},
		ends: []string{"paid attention:paid_while_away"},
	},
	{
		name:    "before the frame with the payment",
		weather: map[sim.Op][]sim.Fault{sim.OnQuickPay: {sim.Delay(5 * time.Second)}},
		does: func(c *cashier) {
			c.begins("4.00", c.code(0))
			c.pass(5*time.Second - breath + time.Millisecond)
		},
		ends: []string{"paid attention:paid_while_away"},
	},
	{
		name: "in doubt",
		does: func(c *cashier) { c.begins("0.31", c.code(0)) },
		ends: []string{"paid attention:paid_while_away"},
	},
	{
		name: "a question about a revoke",
		does: func(c *cashier) {
			c.begins("0.30", c.code(9))
			c.waits(time.Minute, func(s sight) bool { return strings.Contains(s.foot, "r revoke") })
			c.presses("r")
		},
		ends: []string{"failed closed_by_wechat"},
	},
	{
		name: "revoking",
		does: func(c *cashier) {
			c.begins("0.40", c.code(0))
			c.revokes()
		},
		ends: []string{"revoked revoke_pressed revokes:3 recall:N"},
	},
	{
		name: "confirming",
		does: func(c *cashier) {
			c.begins("0.30", c.code(9))
			c.revokes()
		},
		ends: []string{"revoked revoke_pressed revokes:1 recall:N"},
	},
	{
		name:    "not paid, and watched",
		weather: map[sim.Op][]sim.Fault{sim.OnQuickPay: {sim.Refuse("NOTENOUGH")}},
		does: func(c *cashier) {
			c.begins("4.00", c.code(0))
			c.waits(time.Minute, sight.verdict)
		},
		ends: []string{"failed declined revokes:1 recall:N"},
	},
	{
		name: "paid",
		does: func(c *cashier) {
			c.begins("4.00", c.code(0))
			if s := c.waits(time.Minute, sight.verdict); s.verdict() {
				c.reads(s)
			}
		},
		ends: []string{"paid"}, goods: "4.00",
	},
	{
		name: "revoked",
		does: func(c *cashier) {
			c.begins("0.32", c.code(0))
			c.waits(time.Minute, sight.verdict)
		},
		ends: []string{"revoked pay_error revokes:1 recall:N"},
	},
}

// closings are the moments, with a program that is told that its terminal is
// gone, with one that is not, or with both.
func closings(both bool) (all []story) {
	for i, m := range moments {
		for j, how := range []struct {
			name   string
			closes func(*cashier)
		}{{"told", (*cashier).closesWindow}, {"not told", (*cashier).losesWindow}} {
			if (i+j)%2 == 1 && !both {
				continue
			}
			s := m
			s.name = "window closed, " + how.name + ": " + m.name
			s.does = func(c *cashier) {
				m.does(c)
				how.closes(c)
			}
			all = append(all, s)
		}
	}
	return all
}
