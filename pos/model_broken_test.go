package pos

import (
	"cmp"
	"slices"
	"testing"
)

// brokenRule is a till that lacks one rule: a law that is not Next, or a world
// without one of its guards.
type brokenRule struct {
	name    string
	law     law
	world   func(*model)
	besides rare
	rescan  Rescan // strict, if nothing is said
	only    bool   // by the other rule for rescans nothing comes of it
	shows   rule   // that is broken by it
}

// TestModel_EveryRuleIsNeeded: whichever rule is broken, the model shows what
// it was good for. Each way is the shortest of those with the fewest crashes
// and faults.
func TestModel_EveryRuleIsNeeded(t *testing.T) {
	skipModel(t)
	rules := brokenRules()
	t.Logf("%d broken rules, each has to show", len(rules))
	for _, b := range rules {
		t.Run(b.name, func(t *testing.T) {
			x, found := b.found(cmp.Or(b.rescan, RescanStrict))
			if found != b.shows {
				t.Fatalf("want %q, got %q in %d states\n%s", ruleText[b.shows], ruleText[found], len(x.scenes), x.trace())
			}
			t.Logf("%s: %d steps (%d states) to %s\n%s", b.name, len(x.way()), len(x.scenes), ruleText[found], x.trace())
			if !b.only {
				return
			}
			if x, found := b.found(b.other()); found != lawKept {
				t.Errorf("by the other rule: %q\n%s", ruleText[found], x.trace())
			}
		})
	}
}

// found is the rule that is seen broken. Where an end is missing that is seen
// only when all has been visited, so one attempt has to do, and one fault.
func (b brokenRule) found(rule Rescan) (*explorer, rule) {
	m := newModel(b.law, b.besides)
	if b.world != nil {
		b.world(m)
	}
	most := budget{1, 2, 3}
	switch {
	case b.shows == ruleL1:
		m.allows = alone
		most = budget{0, 1, 1}
	case b.only:
		most = budget{0, 1, 1}
	}
	x := &explorer{model: m, real: m}
	found := x.explore(rule, most)
	if found == lawKept && x.stuck() > 0 {
		found = ruleL1
	}
	return x, found
}

func (b brokenRule) other() Rescan {
	if b.rescan == RescanQuick {
		return RescanStrict
	}
	return RescanQuick
}

func brokenRules() []brokenRule {
	rules := []brokenRule{
		// What an answer proves.
		{name: "FAIL taken as unpaid", law: onSubmitAnswer(FoundDeclined, concludes(Failed)), shows: ruleI3},
		{name: "timeout taken as unpaid", law: onSubmitAnswer(FoundUnclear, concludes(Failed)), shows: ruleI3},
		{name: "ORDERNOTEXIST taken as unpaid", law: onQueryAnswer(InDoubt, FoundNoOrder, concludes(Failed)), shows: ruleI3},
		{name: "recall Y ignored", law: onRevokeAnswer(FoundRevokeAgain, concludes(Revoked)), shows: ruleI3},
		{name: "recall N believed, no query", law: onRevokeAnswer(FoundRevokeAccepted, concludes(Revoked)), shows: ruleI3},
		{name: "a refused revoke taken as done", law: onRevokeAnswer(FoundRevokeRefused, concludes(Revoked)), shows: ruleI3},
		{name: "mismatch revoked by itself", law: onQueryAnswer(InDoubt, FoundMismatch, revokesForeign), shows: ruleMismatch},

		// The one-way door, and when a revoke may go out.
		{name: "REVOKING may become PAID again", law: onQueryAnswer(Revoking, FoundPaid, concludes(Paid)), shows: ruleI4},
		{name: "CONFIRMING and SUCCESS taken as PAID", law: onQueryAnswer(Confirming, FoundPaid, concludes(Paid)), shows: ruleI4},
		{name: "a manager opens the one-way door", law: managed, world: func(m *model) { m.manager = true }, shows: ruleI4},
		{name: "a revoke at once", law: hastyRevoke, shows: ruleEarly},
		{name: "a revoke while a query is on its way", law: onPress(revokesAtOnce), shows: ruleOneCall},
		{name: "cancelled while the submission is on its way", law: cancels, world: func(m *model) { m.manager = true }, shows: ruleI11},

		// The watch.
		{name: "no watch", law: withoutWatch(FoundDeclined, FoundCommFail, FoundRevokeAccepted), shows: ruleI3},
		{name: "no watch after return_code FAIL", law: withoutWatch(FoundCommFail), shows: ruleI3},
		{name: "no watch after a decline", law: withoutWatch(FoundDeclined), shows: ruleI3},
		{name: "no watch after a revoke", law: withoutWatch(FoundRevokeAccepted), shows: ruleI3},
		{name: "what a watch finds is ignored", law: blindWatch, shows: ruleI3},
		{name: "the watch ends at 45 s", law: hastyWatch, shows: ruleI3},
		{name: "the first return_code FAIL ends the watch", law: deafWatch(AttentionConfiguration, 0), besides: rare{refuses: true}, shows: ruleI3},
		{name: "a watch that heard nothing else ends, and nobody is told", law: deafWatch("", decisive), besides: rare{refuses: true}, shows: ruleI3},

		// The journal, crashes and a second till.
		{name: "restart forgets the intent", law: onRestart(func(Attempt, []Effect) (Attempt, []Effect) { return Attempt{}, nil }), shows: ruleI7},
		{name: "restart sends again", law: onRestart(func(a Attempt, effects []Effect) (Attempt, []Effect) { return a, append(effects, Submit{}) }), shows: ruleI5},
		{name: "sent before the journal is written", law: sentFirst, shows: ruleI7},
		{name: "two tills, no compare-and-set", world: func(m *model) { m.beside, m.blind = true, true }, shows: ruleI4},

		// When a sale may be charged again: by both rules, and what only one of them is there for.
		{name: "new attempt while the first is in doubt", world: rescanIn(InDoubt), rescan: RescanQuick, shows: ruleRescan},
		{name: "new attempt while the first is in doubt, what comes of it", world: lenient(rescanIn(InDoubt)), rescan: RescanQuick, shows: ruleI1},
		{name: "new attempt while the first is being revoked", world: rescanIn(Revoking, Confirming), rescan: RescanQuick, shows: ruleRescan},
		{name: "new attempt while the first is being revoked, strict", world: lenient(rescanIn(Revoking, Confirming)), shows: ruleStrict},
		{name: "quick: what a watch finds paid is PAID", law: generousWatch, rescan: RescanQuick, only: true, shows: ruleI1},
		{name: "strict: new attempt while a watch is looking", world: quickAlways, only: true, shows: ruleStrict},
	}
	return slices.Concat(rules, brokenRareRules(), brokenVoidRules(), brokenNativeRules())
}

// brokenRareRules are about what seldom happens.
func brokenRareRules() []brokenRule {
	days, clock, pauses := rare{days: true, refunds: true}, rare{clock: true}, rare{pause: true}
	return []brokenRule{
		{name: "7 days gone taken as revoked", law: whenExpired(concludes(Revoked)), besides: days, shows: ruleI3},
		{name: "revoked after 7 days", law: whenExpired(revokesOn), besides: days, shows: ruleLate},
		{name: "nobody asks after 7 days", law: whenExpired(forgets), besides: days, shows: ruleL2},
		{name: "nobody is told after 7 days", law: whenExpired(inSilence), besides: days, shows: ruleL1},
		{name: "7 days also for an order that never was", law: agesWithoutOrder, besides: days, shows: ruleL1},
		{name: "one wrong Date stands for ever", law: oldForEver, besides: days, shows: ruleL1},

		{name: "a clock step forgets what is due", law: onClockStep(forgets), besides: clock, shows: ruleL2},
		{name: "a clock that is set on counts as time", law: timeByClock, besides: clock, shows: ruleEarly},
		{name: "a clock that is set back is waited for", law: waitsForClock, besides: clock, shows: ruleAhead},
		{name: "a clock step makes a watch old", law: watchByClock, besides: clock, shows: ruleI3},
		{name: "a clock step, and the revoke before the query", law: onClockStep(revokesFirst), besides: clock, shows: ruleClock},
		{name: "a clock step, and no query", law: onClockStep(waitsOn), besides: clock, shows: ruleClock},
		{name: "a clock set back puts off the deadline", law: deadlineByClock, besides: clock, shows: ruleDeadline},

		{name: "a pause is not kept", law: restless, besides: pauses, shows: rulePause},
		{name: "a restart forgets the pause", law: restlessRestart, besides: pauses, shows: rulePause},
		{name: "a clock step forgets the pause", law: onClockStep(restlessStep), besides: rare{clock: true, pause: true}, shows: rulePause},

		{name: "a refund by hand taken as paid", law: onQueryAnswer(InDoubt, FoundRefunding, concludes(Paid)), besides: days, shows: ruleI2},
		{name: "a refund by hand takes PAID back", law: onQueryAnswer(Paid, FoundRefunding, concludes(Revoked)), besides: days, shows: ruleStands},
		{name: "a refund by hand does not end a revoke", law: blindToRefunds, besides: days, shows: ruleL1},
	}
}

// brokenVoidRules are about a manager who takes back what is paid.
func brokenVoidRules() []brokenRule {
	voids, clock := rare{voids: true, days: true, refunds: true}, rare{voids: true, clock: true}
	pressing := func(m *model) { m.manager = true }
	return []brokenRule{
		{name: "a void taken as done", law: onVoid(concludes(Revoked)), besides: voids, shows: ruleStands},
		{name: "a void that may still become PAID", law: onVoid(doubts), besides: voids, shows: ruleStands},
		{name: "a restart forgets the void", law: voidsForgotten, besides: voids, shows: ruleI4},
		{name: "a void in the first 15 s", law: onVoid(voidsAtOnce), besides: voids, shows: ruleEarly},
		{name: "a void of somebody else's order", law: voidsForeign, world: pressing, besides: voids, shows: ruleMismatch},
		{name: "a void after 7 days", law: voidsLate, world: pressing, besides: voids, shows: ruleLate},
		{name: "a void believes the clock of another run", law: voidsByClock, besides: clock, shows: ruleEarly},
		{name: "a void waits for a clock that was set back", law: voidsAhead, besides: clock, shows: ruleAhead},
	}
}
