package pos

import (
	"testing"
	"time"
)

// This file is what the world knows of a customer who scans the till: Unified
// Order makes the order, the customer can pay it from when the till holds the
// code, and Close Order closes it, which gives no money back.

// offer is a side of this kind.
type offer struct {
	made  bool // it is one
	shown bool // the till held the code, durably: from here on the customer can have it
	asked bool // the newest answer was to a query, not SUCCESS, and nothing has come between
}

// scanning is a world in which the customer scans the till, and on a second
// attempt does so again or has a code scanned.
func scanning(m *model) { m.begins = []happening{offered, intended} }

// payable reports that nothing but the customer is needed for the money to be taken.
func (d *side) payable() bool {
	return d.offer.shown && !d.week && (d.stand == made || d.stand == paying || d.stand == unpaid)
}

// scanner: the customer who has the code begins, pays, fails, gives up and
// begins again. WeChat Pay closes the order by itself, or never does.
func (v *mover) scanner() {
	become := func(s stand, what string) {
		d := v.d
		d.stand = s
		v.may(what, 0, d)
	}
	open := v.d.stand == made || v.d.stand == paying || v.d.stand == unpaid
	v.d.offer.shown = v.d.offer.shown || v.early && open
	if v.d.payable() && v.d.stand != paying {
		become(paying, "the customer scans the till")
	}
	if v.d.stand == paying {
		become(taken, "the customer pays")
		become(unpaid, "the payment fails")
		become(made, "the customer gives up")
	}
	if open {
		become(over, "WeChat Pay closes the order")
	}
}

var (
	honestOffer = []handled{{made, FoundReady}, {absent, FoundDeclined}, {absent, FoundCommFail}, {absent, FoundNotSent}}
	lyingOffer  = []handled{{made, FoundDeclined}, {made, FoundCommFail}, {made, FoundMismatch}, {absent, FoundMismatch}}
	honestClose = [...][]handled{absent: {{absent, FoundRevokeMoot}}, made: {{over, FoundRevokeAccepted}}, unpaid: {{over, FoundRevokeAccepted}},
		paying: {{over, FoundRevokeAccepted}, {paying, FoundRevokeMoot}}, // K6
		taken:  {{taken, FoundRevokeMoot}}, over: {{over, FoundRevokeAccepted}}, refunded: {{refunded, FoundRevokeMoot}}}
	lyingClose = []struct {
		does bool
		says Finding
	}{{true, FoundUnclear}, {false, FoundRevokeAccepted}, {false, FoundRevokeRefused}, {false, FoundRevokeMoot}, {false, FoundMismatch}}
)

// answerOffer answers Unified Order. It may also hand out the code of an order
// that it comes to know only later.
func (v *mover) answerOffer(k int) {
	for _, h := range honestOffer {
		d, says := v.d, submitSays(h.says, v.date())
		d.stand = h.becomes
		v.may("Unified Order is answered", says, v.take(d, k, says))
		v.slow(k, d, says)
	}
	for _, h := range lyingOffer {
		d, says := v.d, submitSays(h.says, v.date())
		d.stand = h.becomes
		v.lie("Unified Order is answered wrongly", says, v.take(d, k, says))
	}
	d, says := v.d, submitSays(FoundReady, v.date())
	d.latePay = true
	v.lie("Unified Order is answered, the order is not known yet", says, v.take(d, k, says))
	v.lost(k, submitSays(FoundUnclear, undated))
}

func (v *mover) answerClose(k int) {
	for _, h := range honestClose[v.d.stand] {
		d, says := v.d, revokeSays(h.says, v.date())
		d.stand = h.becomes
		v.may("Close Order is answered", says, v.take(d, k, says))
		v.slow(k, d, says)
	}
	for _, h := range lyingClose {
		d, says := v.d, revokeSays(h.says, v.date())
		if h.does {
			d.close()
		}
		v.lie("Close Order is answered wrongly", says, v.take(d, k, says))
	}
	v.lost(k, revokeSays(FoundUnclear, undated))
}

// close is what a close does: an order that is paid, or that nobody knows, stays as it is.
func (d *side) close() {
	if d.stand == made || d.stand == paying || d.stand == unpaid {
		d.stand = over
	}
}

// offered is what take keeps of such an attempt, and holds against its laws.
func (d side) offered(before, after *Attempt, e Event, o outcome) side {
	r, queried := e.(QueryAnswered)
	d.offer.shown = d.offer.shown || after.codeURL != ""
	d.shown = d.shown || after.State == Paid
	d.broken = max(d.broken, o.broken)
	switch {
	case o.sends == onRevoke && d.warned:
		d.broken = ruleMismatch
	case o.sends == onRevoke && !d.offer.asked:
		d.broken = ruleClose
	case queried && r.Answer.Finding == FoundPaid && after.State != Paid:
		d.broken = ruleSale
	}
	switch e.(type) {
	case SubmitAnswered, RevokeAnswered, Resumed, ClockStepped:
		d.offer.asked = false
	case QueryAnswered:
		d.offer.asked = after.Open() && r.Answer.Finding != FoundPaid
	}
	d.offer.asked = d.offer.asked && o.sends == idle
	return d
}

// tidyOffer forgets what can have no effect any more. However late the order
// comes, nobody can pay one whose code was not shown.
func (d *side) tidyOffer() {
	d.latePay = d.latePay && d.stand == absent && !d.week
	alive := d.mayArrive()
	d.lateRev = d.lateRev && (d.stand == made || d.stand == paying || d.stand == unpaid || d.stand == absent && alive)
	d.age = min(d.age, d.sent, 1)
}

// lawfulOffer holds what can be seen in one step.
func lawfulOffer(a, next Attempt, e Event) rule {
	_, submitted := e.(SubmitAnswered)
	switch {
	case next.State == InDoubt && next.codeURL == "" && !next.foreign && !next.declined:
		return ruleCode
	case next.codeURL != a.codeURL && !submitted:
		return ruleCode
	}
	return lawKept
}

// canonOffer leaves out of an order that is closed what decides nothing: when
// the newest query was answered, but for whether a close that is due is behind
// it, and for one in a time to come, which a clock that was set back leaves.
// What else happens to a close that is due comes later than its query. Whether
// the order has lapsed every answer says anew.
func (a Attempt) canonOffer(behind bool) Attempt {
	if !a.Method.Closes() {
		return a
	}
	a.lapsed = false
	switch {
	case !a.Open() || a.answered.IsZero():
		a.answered = time.Time{}
	case a.answered.After(t0):
		a.answered = t0.Add(hour)
	case behind:
		a.answered, a.revokeAt = t0.Add(-slot), t0.Add(-slot)
	default:
		a.answered = t0.Add(-2 * slot) // before everything that can be due
	}
	return a
}

// TestModel_Native is TestModel for a customer who scans the till, and on a
// second attempt does so again or has a code scanned.
func TestModel_Native(t *testing.T) {
	skipModel(t)
	m := newModel(nil, rare{refunds: true})
	scanning(m)
	x := mergedExplorer(t, m)
	t.Run("quick", func(t *testing.T) { explored(t, x, RescanQuick, modelBudget(t, 0)) })
	t.Run("strict", func(t *testing.T) { explored(t, x, RescanStrict, modelBudget(t, 1)) })
}

// TestModel_NativeTwoTills is TestModel_TwoTills for one attempt of a customer who scans the till.
func TestModel_NativeTwoTills(t *testing.T) {
	skipModel(t)
	m := newModel(nil, rare{})
	scanning(m)
	m.beside, m.allows = true, alone
	x := explorer{model: m, real: m}
	faults := *modelFaults / 2
	if found := x.explore(RescanStrict, budget{1, faults, 1 + faults}); found != lawKept {
		t.Fatalf("%s\n%s", ruleText[found], x.trace())
	}
	t.Logf("%s, %s: %d states, %d transitions", t.Name(), x.budget, len(x.scenes), x.transitions)
}

// TestModel_NativeLapsed has the 2 hours end, too, in which the customer can pay.
func TestModel_NativeLapsed(t *testing.T) {
	skipModel(t)
	m := newModel(nil, rare{days: true})
	m.begins = []happening{offered}
	x := mergedExplorer(t, m)
	t.Run("quick", func(t *testing.T) { explored(t, x, RescanQuick, budget{1, 1, 1}) })
	t.Run("strict", func(t *testing.T) { explored(t, x, RescanStrict, budget{1, 1, 1}) })
}

// TestModel_NativeClocks has the wall clock set, and the machine sleep.
func TestModel_NativeClocks(t *testing.T) {
	skipModel(t)
	m := newModel(nil, rare{clock: true})
	scanning(m)
	x := mergedExplorer(t, m)
	t.Run("quick", func(t *testing.T) { explored(t, x, RescanQuick, budget{1, 1, 1}) })
	t.Run("strict", func(t *testing.T) { explored(t, x, RescanStrict, modelBudget(t, 2)) })
}
