package cli

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"
)

// cashier does what a sensible cashier does, with keys, a scanner and eyes, and
// knows nothing but what stands on the screen. The laws are held against every look.
type cashier struct {
	*bench
	laws  *laws
	goods []string // the amounts that something was handed over for, in order
	codes int      // that customers have shown so far
	clean bool     // nothing is broken: the screen says what it should
}

// The paces of a cashier.
const (
	perKey  = 60 * time.Millisecond
	breath  = 300 * time.Millisecond
	glance  = 400 * time.Millisecond // between two looks at the screen
	aMoment = time.Second            // to read a verdict and hear the bell
	tooLong = 4 * time.Minute        // then the next customer comes first
)

// expects is about the screen when nothing is broken; else anything may be true.
func (c *cashier) expects(what string, ok func(sight) bool) {
	if s := c.look(); c.clean && !ok(s) {
		c.laws.breaks(c, "the screen should show %s", what)
	}
}

// sees expects words.
func (c *cashier) sees(words string) {
	c.expects(words, func(s sight) bool { return strings.Contains(inOneLine(s.front+" "+s.said), words) })
}

// inOneLine is text that was wrapped, as a person reads it.
func inOneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// seesCode expects a code that the customer can scan.
func (c *cashier) seesCode() {
	c.expects("a code", func(s sight) bool { return s.code != "" })
}

// look reads the screen.
func (c *cashier) look() sight {
	s := c.screen.sight()
	c.laws.look(c, s)
	return s
}

// waits looks until the cashier sees something, or has waited too long.
func (c *cashier) waits(most time.Duration, until func(sight) bool) sight {
	for end := time.Now().Add(most); ; c.pass(glance) {
		if s := c.look(); until(s) || !c.running() || !time.Now().Before(end) {
			return s
		}
	}
}

// keys keys text with a finger.
func (c *cashier) keys(text string) {
	for _, key := range text {
		c.types(string(key))
		c.pass(perKey)
	}
}

// presses presses a key and gives it time.
func (c *cashier) presses(key string) {
	c.types(key)
	c.pass(breath)
}

// scans sends what a scanner sends, in one burst.
func (c *cashier) scans(burst string) {
	c.types(burst)
	c.pass(breath)
}

// code is one that no customer has shown before. Its last digit has a meaning
// for the password of 0.30.
func (c *cashier) code(last int) string {
	c.codes++
	return fmt.Sprintf("13%015d%d", c.codes, last)
}

// keysAmount keys an amount and Enter.
func (c *cashier) keysAmount(amount string) {
	c.keys(amount)
	c.presses("\r")
}

// begins keys an amount and scans a code.
func (c *cashier) begins(amount, code string) {
	c.keysAmount(amount)
	c.scans(code + "\r")
}

// shows keys an amount and shows a code for it.
func (c *cashier) shows(amount string) {
	c.keysAmount(amount)
	c.presses("c")
}

// serves sells to a customer from beginning to end.
func (c *cashier) serves(amount string) {
	c.begins(amount, c.code(0))
	c.finishes()
}

// finishes goes by the screen until the counter is free again: hands over after
// PAID and never else, has the customer show another code after NOT PAID and
// after a refusal, waits while it says HOLD, and in the end parks the sale.
func (c *cashier) finishes() {
	const tries = 3
	for try, end := 1, time.Now().Add(tooLong); c.running() && time.Now().Before(end); {
		s := c.waits(time.Until(end), func(s sight) bool { return s.verdict() || s.wantsCode() || s.empty() })
		mayScan := s.wantsCode() || s.word == wordNotPaid && strings.Contains(s.front, "Scan again")
		switch {
		case s.empty():
			return
		case mayScan && try < tries:
			try++
			c.reads(s)
			c.scans(c.code(0) + "\r")
			c.pass(aMoment)
		case s.verdict():
			c.reads(s)
			c.presses("\r")
			return
		case s.wantsCode(): // nobody can pay: the amount is taken back
			c.presses("\x7f")
			c.keys(strings.Repeat("\x7f", len(s.amount)))
			return
		}
	}
	c.parks()
}

// reads takes a verdict in, and hands over the goods if it says so.
func (c *cashier) reads(s sight) {
	c.pass(aMoment)
	now := c.look()
	if now.word != s.word || now.amount != s.amount {
		return // it has changed while the cashier was reading
	}
	c.laws.bell(c, now)
	if s.word == wordPaid {
		c.handsOver(s.amount)
	}
}

// handsOver cannot be undone.
func (c *cashier) handsOver(amount string) {
	c.laws.goods(c, amount)
	c.goods = append(c.goods, amount)
}

// parks serves the next customer first, if the screen offers it.
func (c *cashier) parks() {
	if strings.Contains(c.look().foot, "n next customer") {
		c.presses("n")
	}
}

// turnsTo brings an open sale back to the front.
func (c *cashier) turnsTo() {
	if strings.Contains(c.look().foot, "o open sales") {
		c.presses("o")
	}
}

// revokes waits until the revoke key works and presses it, and yes. Where a code
// is shown the same key cancels.
func (c *cashier) revokes() {
	offered := func(s sight) bool {
		return strings.Contains(s.foot, "r revoke") || strings.Contains(s.foot, "r cancel")
	}
	if s := c.waits(time.Minute, func(s sight) bool { return offered(s) || s.verdict() || s.empty() }); offered(s) {
		c.presses("r")
		c.pass(breath)
		c.presses("y")
	}
}

// acknowledges hands over what was paid while nobody looked: the customer has waited.
func (c *cashier) acknowledges() {
	for range 3 {
		if !c.running() || !strings.Contains(c.look().foot, "a seen") {
			return
		}
		c.presses("a")
		c.pass(breath)
		s := c.look()
		amount, _, found := strings.Cut(strings.TrimPrefix(s.said, "HKD "), " of ")
		if !s.asks() || !found {
			return
		}
		c.handsOver(amount)
		c.presses("y")
		c.pass(aMoment)
	}
}

// leaves presses Ctrl-C, twice if sales are open, and waits for the program's end.
func (c *cashier) leaves() {
	c.pressesLeave()
	c.laws.left(c, errors.Join(c.drains(), c.why))
}

// pressesLeave ends the screen.
func (c *cashier) pressesLeave() {
	for range 2 {
		if c.running() {
			c.types("\x03")
			c.pass(aMoment)
		}
	}
}

// closesWindow takes the terminal away. A program that was told to end reports
// no failure for it.
func (c *cashier) closesWindow() {
	c.hangUp()
	c.laws.left(c, errors.Join(c.drains(), c.why))
}

// losesWindow takes the terminal away from a program that nobody tells: reading fails.
func (c *cashier) losesWindow() {
	c.input.CloseWithError(syscall.EIO)
	c.laws.left(c, c.drains())
}
