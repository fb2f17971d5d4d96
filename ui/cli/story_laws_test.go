package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cashier/pos"
)

// laws are what holds in every story, whatever was broken. They are held
// against the gateway's truth and the journal, and count what they judge.
type laws struct {
	mu      sync.Mutex     // frames are drawn by a goroutine of the program's
	broken  []string       // what was found
	ahead   bool           // the journal may be ahead of the screen: an entry was kept and not said
	words   map[string]int // that came to the front
	watched int            // attempts whose watch was not over after ten minutes
	known   news
}

// news is what makes the cashier's look worth another look into the journal.
type news struct {
	amount, word string
	entries      int
}

func newLaws() *laws { return &laws{words: map[string]int{}} }

// breaks notes a law that does not hold.
func (l *laws) breaks(c *cashier, format string, args ...any) {
	said := fmt.Sprintf("after %s: ", time.Since(dawn).Round(time.Millisecond)) + fmt.Sprintf(format, args...)
	if c.screen != nil {
		said += "\n" + c.screen.String()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = append(l.broken, said)
}

// dawn is when every bubble begins.
var dawn = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// kept is how many payments of this amount WeChat Pay has for us.
func (l *laws) kept(c *cashier, amount string) int {
	n := 0
	for _, o := range c.wechat.Orders() {
		if o.Kept() && minor(o.Minor) == amount {
			n++
		}
	}
	return n
}

// minor is an amount as it is keyed.
func minor(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

// frame is held against each change of the word or the amount in front: never,
// not for a single frame, may PAID stand there without the money.
func (l *laws) frame(c *cashier, s sight) {
	l.mu.Lock()
	l.words[s.word]++
	l.mu.Unlock()
	if s.word == wordPaid && l.kept(c, s.amount) == 0 {
		l.breaks(c, "PAID is drawn for %s, and WeChat Pay has no such payment", s.amount)
	}
}

// goods: handed over exactly once for money that we have.
func (l *laws) goods(c *cashier, amount string) {
	if n := l.kept(c, amount); n == 0 {
		l.breaks(c, "goods for %s are handed over without a payment", amount)
	}
	if slices.Contains(c.goods, amount) {
		l.breaks(c, "goods for %s are handed over twice", amount)
	}
}

// look is held against what the cashier reads: word and letters agree, the word
// is the journal's, and there is a way on.
func (l *laws) look(c *cashier, s sight) {
	if !c.running() {
		return
	}
	if s.big != s.word && s.word != wordAsking && !(s.word == wordHold && s.big == "") {
		l.breaks(c, "the word is %q and the letters say %q", s.word, s.big)
	}
	if news := (news{s.amount, s.word, c.paper.entries()}); s.word != "" && news != l.known {
		l.known = news
		l.truth(c, s)
	}
	if why := deadEnd(s); why != "" {
		l.breaks(c, "a dead end: %s", why)
	}
}

// truth: the word in front is the journal's.
func (l *laws) truth(c *cashier, s sight) {
	if l.agrees(c, s) {
		return
	}
	c.pass(50 * time.Millisecond) // a frame is drawn after the entry stands
	if l.ahead {
		c.pass(2 * time.Second) // an entry is tried again after one
	}
	if now := c.screen.sight(); c.running() && now.word == s.word && now.amount == s.amount && !l.agrees(c, now) {
		l.breaks(c, "the screen says %s for %s, the journal says %s", now.word, now.amount, l.states(c, now.amount))
	}
}

// states are how the journal's attempts of this amount stand, as far as the till
// works on them, newest first. An intent that was kept and not said stands in
// front of nobody.
func (l *laws) states(c *cashier, amount string) (states []pos.State) {
	list, err := c.shop.journal.List(context.Background(), pos.Filter{})
	if err != nil {
		l.breaks(c, "list: %v", err)
	}
	for _, a := range list {
		if _, known := c.shop.till.Attempt(a.OrderNo); known && minor(a.Amount.Minor) == amount {
			states = append(states, a.State)
		}
	}
	return states
}

// agrees reports whether the word in front is that of the newest attempt, or of
// any if the newest may be one that the screen was not told of.
func (l *laws) agrees(c *cashier, s sight) bool {
	states := l.states(c, s.amount)
	if !l.ahead && len(states) > 1 {
		states = states[:1]
	}
	return slices.ContainsFunc(states, func(state pos.State) bool {
		if state == pos.Submitting {
			return s.word == wordAsking
		}
		return s.word == bigWord(state)
	})
}

// deadEnd says what is missing on a screen that leaves the cashier no way on.
func deadEnd(s sight) string {
	has := func(where string, any ...string) bool {
		return slices.ContainsFunc(any, func(text string) bool { return strings.Contains(where, text) })
	}
	switch {
	case s.asks() || strings.Contains(s.foot, "? close help"):
		return ""
	case s.open() && !has(s.foot, "n next customer"):
		return "no n"
	case s.open() && !has(s.front, "[r] Revoke"):
		return "no revoke key"
	case s.word == wordHold && !has(s.front, "next in", "asking now", "next try in", "trying now"):
		return "no countdown"
	case s.open() && !has(s.front, "Do not hand over"):
		return "nothing about the goods"
	case s.verdict() && !has(s.front, "Enter", "Press a when"):
		return "no way to the next sale"
	}
	return ""
}

// bell: two short strokes for PAID, one for every other verdict. It is counted
// when nothing else was said aloud at the same time.
func (l *laws) bell(c *cashier, s sight) {
	if s.said != "" || time.Since(s.since) > 2*aMoment {
		return
	}
	want := 1
	if s.word == wordPaid {
		want = 2
	}
	if n := c.screen.rang(s.since); n != want {
		l.breaks(c, "%d strokes of the bell for %s", n, s.word)
	}
}

// left: the program ends by itself, with nothing worse to say than that a sale is still open.
func (l *laws) left(c *cashier, err error) {
	if err != nil && err.Error() != status(exitOpen).Error() {
		l.breaks(c, "the program ended with: %v", err)
	}
}

// end is held against the journal and WeChat Pay's book when nothing is open any more.
func (l *laws) end(c *cashier, attempts []pos.Summary) {
	for _, a := range attempts {
		l.attempt(c, a)
	}
	l.book(c, attempts)
}

// attempt: the journal's last word is the gateway's truth.
func (l *laws) attempt(c *cashier, a pos.Summary) {
	o, _ := c.wechat.Order(string(a.OrderNo))
	amount := minor(a.Amount.Minor)
	switch {
	case !a.State.Settled():
		l.breaks(c, "%s of %s is still %s", a.OrderNo, amount, a.State)
	case o.Kept() != (a.State == pos.Paid):
		l.breaks(c, "%s of %s is %s, and WeChat Pay says %q", a.OrderNo, amount, a.State, o.State)
	case a.State == pos.Paid && a.Attention == "" && !slices.Contains(c.goods, amount):
		l.breaks(c, "%s of %s is paid, nobody got the goods and nobody is told", a.OrderNo, amount)
	}
	if a.Watch {
		l.watched++
	}
}

// book: each number was sent at most once and is in the journal, and no
// customer has paid twice.
func (l *laws) book(c *cashier, attempts []pos.Summary) {
	for _, o := range c.wechat.Orders() {
		if !slices.ContainsFunc(attempts, func(a pos.Summary) bool { return string(a.OrderNo) == o.No }) {
			l.breaks(c, "WeChat Pay has an order %s that the journal does not know", o.No)
		}
		if n := l.kept(c, minor(o.Minor)); n > 1 {
			l.breaks(c, "%d payments of %s are kept", n, minor(o.Minor))
		}
	}
	for _, a := range attempts {
		if n := c.wechat.Seen(string(a.OrderNo)); n > 1 {
			l.breaks(c, "%s was submitted %d times", a.OrderNo, n)
		}
	}
	for _, amount := range c.goods {
		if l.kept(c, amount) != 1 {
			l.breaks(c, "goods for %s have left, and %d payments are kept", amount, l.kept(c, amount))
		}
	}
}
