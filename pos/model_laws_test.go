package pos

import (
	"errors"
	"slices"
	"time"
)

// This file holds the laws and worlds that lack a rule. Each is the product's
// Next with one thing done to what it is told, or to what it decides.

// decision changes what Next has decided.
type decision func(Attempt, []Effect) (Attempt, []Effect)

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

func onSubmitAnswer(f Finding, then decision) law {
	return when(func(_ Attempt, e Event) bool {
		_, submitted := e.(SubmitAnswered)
		return submitted && finding(e) == f
	}, then)
}

func onQueryAnswer(in State, f Finding, then decision) law {
	return when(func(a Attempt, e Event) bool {
		_, queried := e.(QueryAnswered)
		return queried && finding(e) == f && a.State == in
	}, then)
}

func onRevokeAnswer(f Finding, then decision) law {
	return when(func(_ Attempt, e Event) bool {
		_, revoked := e.(RevokeAnswered)
		return revoked && finding(e) == f
	}, then)
}

func onPress(then decision) law {
	return when(func(_ Attempt, e Event) bool { return e == Event(RevokePressed{}) }, then)
}

func onVoid(then decision) law {
	return when(func(a Attempt, e Event) bool {
		_, void := e.(VoidPressed)
		return void && a.CanVoid(t0) == nil
	}, then)
}

func onRestart(then decision) law {
	return when(func(a Attempt, e Event) bool { return e == Event(Resumed{}) && a.State == Submitting }, then)
}

func onClockStep(then decision) law {
	return when(func(_ Attempt, e Event) bool { _, stepped := e.(ClockStepped); return stepped }, then)
}

// whenExpired is a decision about an attempt that is found to be older than 7 days.
func whenExpired(then decision) law {
	return func(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
		next, effects := Next(a, e, now)
		if next.expired && next.State == Confirming && next.inFlight == noCall {
			return then(next, effects)
		}
		return next, effects
	}
}

// concludes ends the attempt with a verdict and no watch.
func concludes(s State) decision {
	return func(a Attempt, effects []Effect) (Attempt, []Effect) {
		a.State, a.Watch = s, false
		return forgets(a, effects)
	}
}

// forgets takes everything off the list that was due.
func forgets(a Attempt, effects []Effect) (Attempt, []Effect) { return a.calm(), effects[:1] }

// anew waits for what is due now.
func anew(a Attempt, effects []Effect) (Attempt, []Effect) {
	return a, append(effects[:1:1], a.wait()...)
}

// doubts asks what became of it.
func doubts(a Attempt, effects []Effect) (Attempt, []Effect) {
	a.State, a.revokeAt, a.askAt = InDoubt, time.Time{}, t0
	return anew(a, effects)
}

// voidsAtOnce has the revoke of a void sent without waiting for the 15 s.
func voidsAtOnce(a Attempt, effects []Effect) (Attempt, []Effect) {
	a.revokeAt = t0
	return anew(a, effects)
}

// inSilence calls nobody.
func inSilence(a Attempt, effects []Effect) (Attempt, []Effect) {
	a.Attention = ""
	return a, effects
}

// revokesForeign revokes an order that answers for another one.
func revokesForeign(a Attempt, effects []Effect) (Attempt, []Effect) {
	return anew(a.believe().toRevoking(ReasonDeadline, t0), effects)
}

// revokesOn has a revoke sent, whether the gateway still takes it or not.
func revokesOn(a Attempt, effects []Effect) (Attempt, []Effect) {
	a.revokeAt = later(a.askAt, a.RevokeReady())
	return anew(a, effects)
}

// revokesAtOnce does not wait for the answer to the call on its way.
func revokesAtOnce(a Attempt, effects []Effect) (Attempt, []Effect) {
	return a.sendRevoke(), append(effects[:1:1], Revoke{})
}

// revokesFirst has the revoke sent that was due when the clock jumped.
func revokesFirst(a Attempt, effects []Effect) (Attempt, []Effect) {
	if !a.revokeAt.IsZero() {
		a.revokeAt = later(a.askAt, a.RevokeReady())
	}
	return anew(a, effects)
}

// waitsOn asks after a jump of the clock when it would have asked without.
func waitsOn(a Attempt, effects []Effect) (Attempt, []Effect) {
	a.askAt = a.askAt.Add(slot)
	return anew(a, effects)
}

// restlessStep forgets the pause that the gateway wants.
func restlessStep(a Attempt, effects []Effect) (Attempt, []Effect) {
	a.holdUntil = time.Time{}
	return a, effects
}

// ---- what is done after Next ----

// sentFirst submits before the intent is durable.
func sentFirst(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if _, begins := e.(Intended); begins {
		slices.Reverse(effects)
	}
	return next, effects
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

// generousWatch concludes PAID behind return_code FAIL.
func generousWatch(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if _, queried := e.(QueryAnswered); queried && a.Watch && a.watchKind == FoundCommFail && a.Revokes == 0 && finding(e) == FoundPaid {
		return concludes(Paid)(next, effects)
	}
	return next, effects
}

// cancels lets a manager end an attempt before it is answered.
func cancels(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if e == Event(RevokePressed{}) && a.State == Submitting {
		return concludes(Failed)(a, []Effect{Record{e}})
	}
	return Next(a, e, now)
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
	if next.Watch && finding(e) == FoundNoOrder && now.Sub(a.since) >= selfClose {
		return next.endWatch(), effects[:1]
	}
	return next, effects
}

// deafWatch ends a watch that only heard return_code FAIL after so long, with this alarm.
func deafWatch(alarm Attention, after time.Duration) law {
	return func(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
		next, effects := Next(a, e, now)
		if _, queried := e.(QueryAnswered); queried && a.Watch && a.failsOnly && finding(e) == FoundCommFail && now.Sub(a.since) >= after {
			next = next.endWatch()
			next.Attention = alarm
			return next, effects[:1]
		}
		return next, effects
	}
}

// hastyRevoke does not wait for the 15 s.
func hastyRevoke(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if next.State == Revoking && a.State != Revoking {
		next.revokeAt = now
		return anew(next, effects)
	}
	return next, effects
}

// watchByClock counts the 120 s behind a revoke by the wall clock.
func watchByClock(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if step, stepped := e.(ClockStepped); stepped && step.ByMS > 0 && a.Watch && a.watchKind == FoundRevokeAccepted {
		next.since = a.since
	}
	return next, effects
}

// deadlineByClock believes the wall clock about the deadline, however far away that is.
func deadlineByClock(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if e == Event(Resumed{}) {
		next.deadlineAt = later(next.deadlineAt, a.deadlineAt)
	}
	return next, effects
}

// voidsForgotten takes a void back when it begins again.
func voidsForgotten(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if e == Event(Resumed{}) && a.State == Revoking {
		return concludes(Paid)(next, effects)
	}
	return next, effects
}

// voidsAhead waits from a time to come.
func voidsAhead(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	next, effects := Next(a, e, now)
	if _, void := e.(VoidPressed); void && next.State == Revoking && a.since.After(now) {
		next.since = a.since
		next.revokeAt = next.RevokeReady()
		return anew(next, effects)
	}
	return next, effects
}

// ---- what Next is told ----

// voidsByClock believes the time since the submission, whoever measured it.
func voidsByClock(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if _, void := e.(VoidPressed); void {
		e = VoidPressed{}
	}
	return Next(a, e, now)
}

// voidsForeign does not ask whose order it is.
func voidsForeign(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if _, void := e.(VoidPressed); void && a.State == Paid {
		a.foreign = false
	}
	return Next(a, e, now)
}

// voidsLate does not ask how old the order is, and then is not refused.
func voidsLate(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	late := a.expired
	if _, void := e.(VoidPressed); void && late {
		a.expired = false
		a, effects := Next(a, e, now)
		a.expired = late
		return a, effects
	}
	return Next(a, e, now)
}

// blindWatch takes every payment that a watch finds for none.
func blindWatch(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	r, answered := e.(QueryAnswered)
	if answered && a.Watch && (r.Answer.Finding == FoundPaid || r.Answer.Finding == FoundUserPaying) {
		e = QueryAnswered{found(FoundNoOrder)}
	}
	return Next(a, e, now)
}

// agesWithoutOrder lets the 7 days of an order end that the gateway does not know.
func agesWithoutOrder(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if r, answered := e.(QueryAnswered); answered && r.Answer.Finding == FoundNoOrder && a.State == Confirming && a.refused {
		r.Answer.Finding = FoundOther // says as much, and that it exists
		e = r
	}
	return Next(a, e, now)
}

// oldForEver never looks at the Date again once it was 7 days on.
func oldForEver(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if a.expired {
		switch r := e.(type) {
		case QueryAnswered:
			r.Answer.Date = days[dayEight]
			e = r
		case RevokeAnswered:
			r.Answer.Date = days[dayEight]
			e = r
		}
	}
	return Next(a, e, now)
}

// timeByClock lets the time go on when the wall clock is set on.
func timeByClock(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if step, stepped := e.(ClockStepped); stepped && step.ByMS > 0 {
		e = ClockStepped{}
	}
	return Next(a, e, now)
}

// waitsForClock takes a clock that is set back for time that was not.
func waitsForClock(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if step, stepped := e.(ClockStepped); stepped && step.ByMS < 0 {
		e = ClockStepped{}
	}
	return Next(a, e, now)
}

// restless does not hear that the gateway wants a pause.
func restless(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if r, answered := e.(RevokeAnswered); answered {
		r.Answer.NotBefore = 0
		e = r
	}
	return Next(a, e, now)
}

// restlessRestart forgets the pause with the process.
func restlessRestart(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if e == Event(Resumed{}) {
		a.holdUntil = time.Time{}
	}
	return Next(a, e, now)
}

// blindToRefunds does not know the trade_state REFUND behind the one-way door.
func blindToRefunds(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if r, answered := e.(QueryAnswered); answered && r.Answer.Finding == FoundRefunding && (a.State == Revoking || a.State == Confirming) {
		r.Answer.Finding = FoundOther
		e = r
	}
	return Next(a, e, now)
}

// ---- worlds ----

// errAlone keeps a sale to one attempt.
var errAlone = errors.New("one attempt is enough to see it")

func alone(Summary, Rescan) error { return errAlone }

// quickAlways is a shop that does not wait for the watch although its rule is strict.
func quickAlways(m *model) {
	m.allows = func(s Summary, _ Rescan) error { return s.CanRescan(RescanQuick) }
}

// rescanIn charges a sale again in states in which nothing is known yet.
func rescanIn(states ...State) func(*model) {
	return func(m *model) {
		allows := m.allows
		m.allows = func(s Summary, rule Rescan) error {
			if slices.Contains(states, s.State) {
				return nil
			}
			return allows(s, rule)
		}
	}
}

// lenient looks at what comes of a rescan and not at the rescan.
func lenient(world func(*model)) func(*model) {
	return func(m *model) {
		world(m)
		m.lenient = true
	}
}
