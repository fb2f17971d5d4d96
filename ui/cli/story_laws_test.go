package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cashier/pos"
	"cashier/ui"
	"cashier/wechat/sim"
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
	if s.code != "" && s.word != wordHold {
		l.breaks(c, "a code to pay %s by is drawn beside %s", s.amount, s.word)
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
		l.breaks(c, "the screen says %s for %s, the journal says %s", now.word, now.amount, l.inFront(c, now.amount))
	}
}

// standing is how the journal says that an attempt stands.
type standing struct {
	state  pos.State
	closes bool   // by Close Order
	code   string // that the customer can scan now, as it is to be drawn
}

// String is what a broken law says.
func (a standing) String() string {
	said := string(a.state)
	if a.closes {
		said += ", with a key to cancel"
	}
	if a.code != "" {
		said += " and a code:\n" + a.code
	}
	return said
}

// inFront are how the journal's attempts of this amount stand, as far as the till
// works on them, newest first. An intent that was kept and not said stands in
// front of nobody.
func (l *laws) inFront(c *cashier, amount string) (all []standing) {
	list, err := c.shop.journal.List(context.Background(), pos.Filter{})
	if err != nil {
		l.breaks(c, "list: %v", err)
	}
	for _, a := range list {
		if _, known := c.shop.till.Attempt(a.OrderNo); known && minor(a.Amount.Minor) == amount {
			all = append(all, standing{a.State, a.Method.Closes(), l.code(c, a)})
		}
	}
	return all
}

// code is what the customer can scan now by the journal's entries, as it is to be drawn.
func (l *laws) code(c *cashier, s pos.Summary) string {
	if !s.Method.Closes() || s.State != pos.InDoubt {
		return ""
	}
	a, err := c.shop.journal.Attempt(context.Background(), s.OrderNo)
	if err != nil {
		l.breaks(c, "%s: %v", s.OrderNo, err)
	}
	if a.CodeURL() == "" {
		return ""
	}
	rows, err := ui.QR(a.CodeURL(), false)
	if err != nil {
		l.breaks(c, "%s: %v", s.OrderNo, err)
	}
	return strings.Join(rows, "\n")
}

// agrees reports whether the word in front is that of the newest attempt, or of
// any if the newest may be one that the screen was not told of.
func (l *laws) agrees(c *cashier, s sight) bool {
	all := l.inFront(c, s.amount)
	if !l.ahead && len(all) > 1 {
		all = all[:1]
	}
	return slices.ContainsFunc(all, s.shows)
}

// shows reports whether the screen says of the sale in front what the journal
// says: the word, the code that the customer scans, and what the revoke key does.
func (s sight) shows(a standing) bool {
	word := bigWord(a.state)
	if a.state == pos.Submitting {
		word = wordAsking
	}
	other := keyCancel
	if a.closes {
		other = keyRevoke
	}
	return s.word == word && s.code == a.code && !strings.Contains(s.front, other)
}

// The revoke key, as it stands on the screen.
const (
	keyRevoke = "[r] Revoke"
	keyCancel = "[r] Cancel" // of an order that is closed
)

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
	case s.open() && !has(s.front, keyRevoke, keyCancel):
		return "no revoke key"
	case s.word == wordHold && !has(s.front, "next in", "asking now", "next try in", "trying now"):
		return "no countdown"
	case s.code != "" && !has(s.front, "the code is closed in", "should have closed it by now"):
		return "a code without an end"
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
	l.taking(c, attempts)
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
		if n := c.wechat.Seen(string(a.OrderNo)) + ordered(c.wechat, string(a.OrderNo)); n > 1 {
			l.breaks(c, "%s was submitted %d times", a.OrderNo, n)
		}
	}
	for _, amount := range c.goods {
		if l.kept(c, amount) != 1 {
			l.breaks(c, "goods for %s have left, and %d payments are kept", amount, l.kept(c, amount))
		}
	}
}

// ordered is how often Unified Order was called under this number.
func ordered(g *sim.Gateway, no string) (n int) {
	for _, call := range g.Calls() {
		if call.Op == sim.OnUnifiedOrder && call.OrderNo == no {
			n++
		}
	}
	return n
}

// How soon a close follows the query before it: at once, but for a second try of
// an entry that was torn; behind a query that was lost when the till waits no longer.
const (
	atOnce    = 3 * time.Second
	lostQuery = 10 * time.Second
)

// taking: who showed a code has the order revoked, who scanned one has it closed,
// and that only at once behind a query that did not say SUCCESS (design 3.12).
func (l *laws) taking(c *cashier, attempts []pos.Summary) {
	closes := map[string]bool{}
	for _, a := range attempts {
		closes[string(a.OrderNo)] = a.Method.Closes()
	}
	last := map[string]sim.Call{} // by order number
	for _, call := range c.wechat.Calls() {
		switch before := last[call.OrderNo]; {
		case call.Op == sim.OnRevoke && closes[call.OrderNo], call.Op == sim.OnClose && !closes[call.OrderNo]:
			l.breaks(c, "%s was sent for %s", call.Op, call.OrderNo)
		case call.Op == sim.OnClose:
			l.closing(c, before, call)
		}
		last[call.OrderNo] = call
	}
}

// closing: what came before a close was a query, a moment ago, that did not say SUCCESS.
func (l *laws) closing(c *cashier, before, call sim.Call) {
	most := atOnce
	if before.Faults != "" {
		most += lostQuery
	}
	if since := call.At.Sub(before.At); before.Op != sim.OnQuery || since > most {
		l.breaks(c, "%s was closed %s behind %s, and not at once behind a query", call.OrderNo, since, before.Op)
	}
	o, _ := c.wechat.Order(call.OrderNo)
	paid := !o.PaidAt.IsZero() && o.PaidAt.Before(before.At)
	if paid && before.Faults == "" && before.Answer == "SUCCESS SUCCESS" {
		l.breaks(c, "%s was closed behind a query that said SUCCESS", call.OrderNo)
	}
}
