package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat/sim"
)

// run is one telling of a story.
type run struct {
	story    story
	seams    seams
	injected map[sim.Op][]sim.Fault // in place of the story's weather
	tears    map[int]tear
	clean    bool // nothing is broken
}

// told is what came of a run.
type told struct {
	laws    *laws
	ends    []string
	goods   string
	calls   map[sim.Op]int // until the story was over
	entries int
	all     struct { // with the customer who comes after it
		calls   map[sim.Op]int
		entries int
	}
}

// tells plays a story and judges it. In the end the counter must still serve a
// customer, and everything open is worked on for ten minutes at most.
func (r run) tells(t *testing.T) (out told) {
	env := map[string]string{}
	if !r.clean { // the spinner takes most of the time and changes nothing
		env["CASHIER_STILL"] = "1"
	}
	maps.Copy(env, r.story.env)
	inBubble(t, env, r.seams, func(b *bench) {
		for op, faults := range r.injected {
			b.wechat.Inject(op, faults...)
		}
		b.paper.tears = r.tears
		c := &cashier{bench: b, laws: newLaws(), clean: r.clean}
		for _, torn := range r.tears {
			c.laws.ahead = c.laws.ahead || torn == keptUnsaid
		}
		c.comes()
		r.story.does(c)
		out.calls, out.entries = callsOf(b.wechat), b.paper.entries()
		out.ends, out.goods = c.endOfDay(r.unlucky(out.calls))
		out.all.calls, out.all.entries = callsOf(b.wechat), b.paper.entries()
		out.laws = c.laws
	})
	return out
}

// unlucky are the submissions that were to be lost and have not come yet.
func (r run) unlucky(calls map[sim.Op]int) map[sim.Op]int {
	left := map[sim.Op]int{}
	for _, op := range []sim.Op{sim.OnQuickPay, sim.OnUnifiedOrder} {
		left[op] = max(len(r.injected[op])-calls[op], 0)
	}
	return left
}

// missed is what was to be broken and never came.
func (r run) missed(out told) string {
	for op, faults := range r.injected {
		if len(faults) > out.all.calls[op] {
			return fmt.Sprintf("%s %d", op, len(faults))
		}
	}
	for n := range r.tears {
		if n > out.all.entries {
			return fmt.Sprintf("entry %d", n)
		}
	}
	return ""
}

// callsOf counts what WeChat Pay was asked.
func callsOf(g *sim.Gateway) map[sim.Op]int {
	calls := map[sim.Op]int{}
	for _, call := range g.Calls() {
		calls[call.Op]++
	}
	return calls
}

// comes starts the program, a second time if the first entry cannot be written.
func (c *cashier) comes() {
	for range 2 {
		c.starts()
		c.screen.watcher = func(s sight) { c.laws.frame(c, s) }
		if c.running() {
			return
		}
		c.drains()
	}
}

// probe is what the customers pay who come after a story.
func probe(n int) string { return fmt.Sprintf("9.9%d", n) }

// endOfDay serves one more customer, leaves, works on what is open, and judges.
// It returns how the story's own attempts stand and what was handed over. Calls
// that were to be lost and have not come yet are lost to unlucky customers before.
func (c *cashier) endOfDay(unlucky map[sim.Op]int) (ends []string, goods string) {
	goods = strings.Join(c.goods, ", ")
	if c.shop != nil && !c.running() {
		c.laws.breaks(c, "the screen has ended by itself: %v", c.why)
		c.drains()
	}
	if c.shop == nil {
		c.comes()
	}
	c.clears()
	for n := range unlucky[sim.OnQuickPay] {
		c.serves(probe(n + 1))
	}
	for n := range unlucky[sim.OnUnifiedOrder] {
		c.shows(probe(9 - n))
		c.finishes()
	}
	c.serves(probe(0))
	if !slices.Contains(c.goods, probe(0)) {
		c.laws.breaks(c, "a dead end: the next customer cannot be served")
	}
	c.leaves()
	if attempts := c.attempts(); slices.ContainsFunc(attempts, pos.Summary.Open) {
		c.resumes()
	}
	attempts := c.attempts()
	c.laws.end(c, attempts)
	return endsOf(attempts), goods
}

// clears makes the counter free.
func (c *cashier) clears() {
	for range 3 {
		switch s := c.look(); {
		case s.empty():
			return
		case s.asks():
			c.presses("n")
		case s.open():
			c.parks()
		case s.verdict():
			c.presses("\r")
		default:
			c.keys(strings.Repeat("\x7f", 8))
		}
	}
}

// resumes works on everything open, as cashier resume does.
func (c *cashier) resumes() {
	s := c.opens()
	began := s.till.Now()
	if err := s.till.Start(context.Background()); err != nil {
		c.laws.breaks(c, "resume: %v", err)
	}
	s.workOn(context.Background(), s.till.Open(), began, 10*time.Minute)
	if err := s.close(); err != nil {
		c.laws.breaks(c, "resume: %v", err)
	}
}

// attempts are the journal's, oldest first. The journal verifies.
func (c *cashier) attempts() []pos.Summary {
	r, err := storage.OpenReader(context.Background(), c.path)
	if err != nil {
		c.laws.breaks(c, "%v", err)
		return nil
	}
	defer r.Close()
	if report, err := r.Verify(context.Background(), storage.VerifyOptions{}); err != nil || !report.Good() {
		c.laws.breaks(c, "verify: %+v, %v", report, err)
	}
	list, err := r.List(context.Background(), pos.Filter{Limit: 1000})
	if err != nil {
		c.laws.breaks(c, "%v", err)
	}
	slices.Reverse(list)
	return list
}

// endsOf is how the story's own attempts stand.
func endsOf(attempts []pos.Summary) (ends []string) {
	for _, a := range attempts {
		if strings.HasPrefix(minor(a.Amount.Minor), "9.9") {
			continue
		}
		end := strings.TrimSpace(fmt.Sprintln(a.State, a.Reason))
		if a.Method.Closes() {
			end += " shown"
		}
		if a.Attention != "" {
			end += " attention:" + string(a.Attention)
		}
		if a.Number > 1 {
			end += fmt.Sprintf(" attempt:%d", a.Number)
		}
		switch {
		case a.Revokes > 0 && a.Method.Closes():
			end += fmt.Sprintf(" closes:%d", a.Revokes)
		case a.Revokes > 0:
			end += fmt.Sprintf(" revokes:%d recall:%s", a.Revokes, a.Recall)
		}
		ends = append(ends, end)
	}
	return ends
}
