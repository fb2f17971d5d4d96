package pos

import (
	"slices"
	"testing"
	"time"
)

// brokenRule is a till that lacks one rule: a law that is not Next, or a world
// without one of its guards.
type brokenRule struct {
	name  string
	law   law
	world func(*model)
	shows rule // that is broken by it
}

// TestModel_EveryRuleIsNeeded: whichever rule is broken, the model shows what
// it was good for. Each way is the shortest of those with the fewest crashes
// and faults.
func TestModel_EveryRuleIsNeeded(t *testing.T) {
	skipModel(t)
	for _, b := range brokenRules() {
		t.Run(b.name, func(t *testing.T) {
			m := newModel(b.law, RescanStrict)
			if b.world != nil {
				b.world(m)
			}
			x := explorer{model: m, real: m}
			found := x.explore(1, 2)
			if found != b.shows {
				t.Fatalf("want %q, got %q in %d states\n%s", ruleText[b.shows], ruleText[found], len(x.scenes), x.trace())
			}
			t.Logf("%d steps: %s\n%s", len(x.way()), ruleText[found], x.trace())
		})
	}
}

func brokenRules() []brokenRule {
	return []brokenRule{
		{name: "FAIL taken as unpaid", law: onSubmitAnswer(FoundDeclined, concludes(Failed)), shows: ruleI3},
		{name: "timeout taken as unpaid", law: onSubmitAnswer(FoundUnclear, concludes(Failed)), shows: ruleI3},
		{name: "ORDERNOTEXIST taken as unpaid", law: onQueryAnswer(InDoubt, FoundNoOrder, concludes(Failed)), shows: ruleI3},
		{name: "restart forgets the intent", law: onRestart(func(Attempt, []Effect) (Attempt, []Effect) { return Attempt{}, nil }), shows: ruleI7},
		{name: "restart sends again", law: onRestart(func(a Attempt, effects []Effect) (Attempt, []Effect) { return a, append(effects, Submit{}) }), shows: ruleI5},
		{name: "sent before the journal is written", law: sentFirst, shows: ruleI7},
		{name: "new attempt while the first is in doubt", world: func(m *model) { rescanIn(InDoubt)(m); m.strict = false }, shows: ruleI1},
		{name: "REVOKING may become PAID again", law: onQueryAnswer(Revoking, FoundPaid, concludes(Paid)), shows: ruleI4},
		{name: "CONFIRMING and SUCCESS taken as PAID", law: onQueryAnswer(Confirming, FoundPaid, concludes(Paid)), shows: ruleI4},
		{name: "recall Y ignored", law: onRevokeAnswer(FoundRevokeAgain, concludes(Revoked)), shows: ruleI3},
		{name: "recall N believed, no query", law: onRevokeAnswer(FoundRevokeAccepted, concludes(Revoked)), shows: ruleI3},
		{name: "no watch", law: withoutWatch(FoundDeclined, FoundCommFail, FoundRevokeAccepted), shows: ruleI3},
		{name: "no watch after return_code FAIL", law: withoutWatch(FoundCommFail), shows: ruleI3},
		{name: "what a watch finds is ignored", law: blindWatch, shows: ruleI3},
		{name: "two tills, no compare-and-set", world: func(m *model) { m.beside, m.blind = true, true }, shows: ruleI4},
		{name: "mismatch revoked by itself", law: onQueryAnswer(InDoubt, FoundMismatch, revokesForeign), shows: ruleMismatch},
		{name: "a manager opens the one-way door", law: managed, world: func(m *model) { m.manager = true }, shows: ruleI4},
		{name: "new attempt while the first is being revoked", world: rescanIn(Revoking, Confirming), shows: ruleStrict},
		{name: "the watch ends at 45 s", law: hastyWatch, shows: ruleI3},
		{name: "a revoke at once", law: hastyRevoke, shows: ruleEarly},
	}
}

// decision changes what Next has decided.
type decision func(Attempt, []Effect) (Attempt, []Effect)

// concludes ends the attempt with a verdict and no watch.
func concludes(s State) decision {
	return func(a Attempt, effects []Effect) (Attempt, []Effect) {
		a = a.calm()
		a.State, a.Watch = s, false
		return a, effects[:1]
	}
}

func onSubmitAnswer(f Finding, then decision) law {
	return when(func(_ Attempt, e Event) bool {
		r, ok := e.(SubmitAnswered)
		return ok && r.Answer.Finding == f
	}, then)
}

func onQueryAnswer(in State, f Finding, then decision) law {
	return when(func(a Attempt, e Event) bool {
		r, ok := e.(QueryAnswered)
		return ok && r.Answer.Finding == f && a.State == in
	}, then)
}

func onRevokeAnswer(f Finding, then decision) law {
	return when(func(_ Attempt, e Event) bool {
		r, ok := e.(RevokeAnswered)
		return ok && r.Answer.Finding == f
	}, then)
}

func onRestart(then decision) law {
	return when(func(a Attempt, e Event) bool { return e == Event(Resumed{}) && a.State == Submitting }, then)
}

// when is Next, and then something else when it is so.
func when(so func(Attempt, Event) bool, then decision) law {
	return func(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
		next, effects := Next(a, e, now)
		if so(a, e) {
			return then(next, effects)
		}
		return next, effects
	}
}

// sentFirst submits before the intent is durable.
func sentFirst(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if _, begins := e.(Intended); begins {
		slices.Reverse(effects)
	}
	return next, effects
}

// rescanIn charges a sale again in states in which nothing is known yet.
func rescanIn(states ...State) func(*model) {
	return func(m *model) {
		allows := m.allows
		m.allows = func(s Summary) error {
			if slices.Contains(states, s.State) {
				return nil
			}
			return allows(s)
		}
	}
}

// withoutWatch begins no watch after such answers.
func withoutWatch(after ...Finding) law {
	return func(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
		next, effects := Next(a, e, now)
		if next.Watch && slices.Contains(after, next.watchKind) {
			return next.endWatch(), effects[:1]
		}
		return next, effects
	}
}

// blindWatch takes every payment that a watch finds for none.
func blindWatch(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	r, answered := e.(QueryAnswered)
	if answered && a.Watch && (r.Answer.Finding == FoundPaid || r.Answer.Finding == FoundUserPaying) {
		e = QueryAnswered{found(FoundNoOrder)}
	}
	return Next(a, e, now)
}

// revokesForeign revokes an order that answers for another one.
func revokesForeign(a Attempt, effects []Effect) (Attempt, []Effect) {
	a = a.believe().toRevoking(ReasonDeadline, t0)
	return a, append(effects[:1:1], a.wait()...)
}

// managed lets a manager declare paid what is being revoked.
func managed(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if _, pressed := e.(Acknowledged); pressed && (a.State == Revoking || a.State == Confirming) {
		return concludes(Paid)(next, effects)
	}
	return next, effects
}

// hastyWatch believes ORDERNOTEXIST while the payment code is still good.
func hastyWatch(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	r, answered := e.(QueryAnswered)
	if answered && next.Watch && r.Answer.Finding == FoundNoOrder && now.Sub(a.since) >= selfClose {
		return next.endWatch(), effects[:1]
	}
	return next, effects
}

// hastyRevoke does not wait for the 15 s.
func hastyRevoke(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if next.State == Revoking && a.State != Revoking {
		next.revokeAt = now
		return next, append(effects[:1:1], next.wait()...)
	}
	return next, effects
}
