package pos

import (
	"fmt"
	"slices"
	"time"
)

// This file puts the product's own Next into the model: an attempt becomes a
// small number, its times count from now, and every answer of Next is worked
// out once. What is left out of an attempt is left out in canon and nowhere else.

// slot is the model's unit of time. Everything that a rule compares is a
// multiple of it: 15 s, 45 s and 120 s of the till, 60 s of the payment code.
const slot = 15 * time.Second

// modelTerms ask without a pause. Inside a slot everything may happen in any
// order and any number of times, so a query at 3 s, 6 s or 9 s after the
// submission is one of those that the model makes in the first slot.
// A revoke is ready a hundredth after RevokeAfter, which makes it a slot.
var modelTerms = Terms{FirstQuery: 0, QueryEvery: 0, RevokeAfter: slot*100/101 + 1, RevokeEvery: slot, Deadline: 3 * slot}

// law is Next, or a broken copy of it.
type law func(Attempt, Event, time.Time) (Attempt, []Effect)

// known is an attempt that was reached, by its number; 0 is none.
type known uint32

// happening is one of the events below, by its number.
type happening uint8

const (
	intended happening = iota
	offered            // the same for a customer who scans the till
	ticked
	resumed
	revokePressed
	voidPressed // by a till whose clock has run for 15 s
	voidAtOnce  // by one that has just been started, or whose clock was just set
	voidAhead   // by one that finds only afterwards that its clock was set back
	askPressed
	acknowledged // from here to unseen: what must not change any decision
	left
	returned
	unseen
	clockOn    // the wall clock of a running till is set on by an hour
	clockBack  // or set back
	slotPassed // from here to setBack: no event of the product, nothing but time
	setOn      // the wall clock is set on by an hour while no till runs
	setBack    // or set back
	answers    // the first of the answers
)

// hour is how far a clock is set: further than any time that an attempt waits for.
const hour = time.Hour

// dated is what the Date header of an answer says: nothing, a day on which the
// order can be revoked, or the first one on which it cannot.
type dated uint8

const (
	undated dated = iota
	dayOne
	dayEight
)

var days = [...]time.Time{undated: {}, dayOne: t0, dayEight: t0.Add(revocable)}

// pause is how long the gateway wants no revoke (V9): 60 s.
const pause = 4

// The findings of a submission, and of a revoke or a close, by either method.
var (
	modelSubmits = append(slices.Clone(submitFindings), FoundReady)
	modelRevokes = append(slices.Clone(revokeFindings), FoundRevokeMoot, FoundMismatch)
)

// revokeAnswers are the answers to Revoke and Close Order: their findings, and a pause.
func revokeAnswers() (all []Answer) {
	for _, f := range modelRevokes {
		all = append(all, found(f))
	}
	return append(all, Answer{Finding: FoundRevokeAgain, NotBefore: pause * slot})
}

// happenings lists the events in the order of the numbers.
func happenings() []Event {
	intent, offer := someIntent(), codeIntent()
	intent.Terms, offer.Terms = modelTerms, modelTerms.For(Native)
	set, back := ClockStepped{hour.Milliseconds()}, ClockStepped{-hour.Milliseconds()}
	all := []Event{intent, offer, Ticked{}, Resumed{}, RevokePressed{}, VoidPressed{}, VoidPressed{ClockSince: t0}, VoidPressed{ClockSince: t0.Add(hour)}, AskPressed{},
		Acknowledged{}, Left{}, Returned{}, Unseen{}, set, back, nil, nil, nil}
	for _, day := range days {
		for _, f := range modelSubmits {
			r := answerOf(f)
			r.Date = day
			all = append(all, SubmitAnswered{r})
		}
		for _, f := range queryFindings {
			all = append(all, QueryAnswered{Answer{Finding: f, Date: day}})
		}
		for _, r := range revokeAnswers() {
			r.Date = day
			all = append(all, RevokeAnswered{r})
		}
	}
	return all
}

// begins reports an intent.
func (h happening) begins() bool { return h == intended || h == offered }

// voids reports a manager's void.
func (h happening) voids() bool { return h >= voidPressed && h <= voidAhead }

// outcome is what Next made of an attempt.
type outcome struct {
	done   bool
	early  bool // the call goes out before the journal is written
	tells  bool // a person that money has to be given back by hand
	alarms bool // a person, as a watch ends, that the gateway refuses our set-up
	sends  wire
	broken rule
	a      known
}

// fact is what the world has to know of an attempt.
type fact struct {
	a       Attempt
	waits   bool // for a time to come
	overdue bool // by a whole slot
	due     bool
	open    bool
	revoke  bool // CanRevoke
	void    bool // CanVoid
}

// machine is a law with everything that was ever asked of it.
type machine struct {
	law      law
	pure     bool // the law is the product's: hold the abstraction against it too
	final    bool // PAID is: nobody voids
	events   []Event
	facts    []fact
	numbers  map[Attempt]known
	outcomes [][]outcome
}

func newMachine(l law, final bool) *machine {
	m := &machine{law: l, pure: l == nil, final: final, events: happenings(), numbers: map[Attempt]known{}}
	if l == nil {
		m.law = Next
	}
	m.know(Attempt{})
	return m
}

// know is the attempt's number, by what matters of it.
func (m *machine) know(a Attempt) known {
	a = m.canon(a)
	if n, ok := m.numbers[a]; ok {
		return n
	}
	n := known(len(m.facts))
	m.numbers[a] = n
	f := fact{a: a, open: a.Open(), revoke: a.CanRevoke(t0) == nil, void: a.CanVoid(t0) == nil}
	for _, e := range a.wait() {
		f.waits, f.due, f.overdue = true, !e.(After).At.After(t0), e.(After).At.Before(t0)
	}
	m.facts = append(m.facts, f)
	m.outcomes = append(m.outcomes, make([]outcome, len(m.events)))
	return n
}

// step is Next, worked out once for each attempt and happening.
func (m *machine) step(n known, h happening) outcome {
	if !m.outcomes[n][h].done {
		o := m.try(m.facts[n].a, h)
		if m.pure && !h.begins() && m.try(m.noisy(m.facts[n].a), h) != o {
			o.broken = ruleCanon
		}
		m.outcomes[n][h] = o
	}
	return m.outcomes[n][h]
}

// try gives an attempt to the law and reads the effects.
func (m *machine) try(a Attempt, h happening) (o outcome) {
	o.done = true
	switch h {
	case slotPassed:
		o.a = m.know(aging(a, slot))
		return o
	case setOn:
		o.a = m.know(aging(a, hour))
		return o
	case setBack:
		o.a = m.know(aging(a, -hour))
		return o
	}
	defer func() {
		if p := recover(); p != nil {
			o = outcome{done: true, broken: rulePanic}
		}
	}()
	next, effects := m.decide(a, h)
	recorded := false
	for _, e := range effects {
		switch e.(type) {
		case Record:
			recorded = true
		case Submit:
			o.sends = onSubmit
		case Query:
			o.sends = onQuery
		case Revoke:
			o.sends = onRevoke
		}
		o.early = o.early || o.sends != idle && !recorded
	}
	o.tells = next.Attention == AttentionRevokeRefused
	o.alarms = a.Watch && !next.Watch && next.Attention == AttentionConfiguration
	o.a, o.broken = m.know(next), m.lawful(a, next, h, o)
	return o
}

// decide is the law's answer, seen from t0. After a jump of the clock the till
// ticks at once (Till.checkClock).
func (m *machine) decide(a Attempt, h happening) (Attempt, []Effect) {
	step, jumps := m.events[h].(ClockStepped)
	if !jumps {
		return m.law(a, m.events[h], t0)
	}
	by := time.Duration(step.ByMS) * time.Millisecond
	next, stepped := m.law(a, step, t0.Add(by))
	next, ticked := m.law(next, Ticked{}, t0.Add(by))
	return aging(next, by), append(stepped, ticked...)
}

// lawful holds the laws that can be seen in one step of one attempt.
func (m *machine) lawful(a, next Attempt, h happening, o outcome) rule {
	door := func(s State) bool { return s == Revoking || s == Confirming }
	closes := next.Method.Closes()
	switch {
	case o.sends != idle && a.inFlight != noCall && h != resumed:
		return ruleOneCall
	case o.sends == onRevoke && !closes && t0.Before(a.since.Add(slot)):
		return ruleEarly
	case o.sends == onRevoke && a.expired:
		return ruleLate
	case o.sends == onRevoke && (h == clockOn || h == clockBack):
		return ruleClock
	case next.Open() && next.since.After(t0):
		return ruleAhead
	case next.State == InDoubt && next.deadlineAt.Sub(t0) > modelTerms.Deadline:
		return ruleDeadline
	case door(a.State) && next.State == Paid && !closes:
		return ruleI4
	case door(a.State) && !door(next.State) && next.State != Paid && (next.State != Revoked || h < answers):
		return ruleL2
	case next.State == Paid && a.State != Paid && finding(m.events[h]) != FoundPaid:
		return ruleI2
	case a.State == Paid && next.State != Paid && !(h.voids() && door(next.State)):
		return ruleStands
	case next.State != "" && next.Open() && next.inFlight == noCall && len(next.wait()) == 0:
		return ruleL2
	case (h == clockOn || h == clockBack) && a.Open() && a.inFlight == noCall && o.sends != onQuery:
		return ruleClock
	case h >= acknowledged && h <= unseen && m.canon(next) != m.canon(a):
		return ruleCanon
	case closes:
		return lawfulOffer(a, next, m.events[h])
	}
	return lawKept
}

// aging is the attempt some time later.
func aging(a Attempt, by time.Duration) Attempt {
	for _, t := range a.times() {
		if !t.IsZero() {
			*t = t.Add(-by)
		}
	}
	return a
}

func (a *Attempt) times() []*time.Time {
	return []*time.Time{&a.since, &a.deadlineAt, &a.askAt, &a.revokeAt, &a.holdUntil, &a.answered}
}

// canon is the attempt without what decides nothing:
//
//   - what is only shown, or tells a person where to look: attention, reasons
//     other than a void, codes, recall as last heard, who is looking. noisy holds Next to that.
//   - counters that only set a pace: queries, answers without news, and revokes
//     beyond the first. Pauses are therefore those of the first steps; after
//     120 s that makes no difference, because no rule looks at the clock any
//     more. That from the third revoke on the till waits longer is left out.
//   - times. since older than 120 s is 120 s: no rule compares more. A call
//     that is due later than everything else that time decides (120 s) is due
//     one slot after that, and the later one of two a slot after the other:
//     only their order matters. Within a slot a call may come at its beginning.
//   - flags that the state does not read, and times of a verdict that stands;
//     of the 7 days and of a pause, what is over or can mean nothing to a paid
//     order that nobody voids. It began now, so that our own clock refuses no void.
//
// The order number only jitters the pauses, so both attempts share theirs.
func (m *machine) canon(a Attempt) Attempt {
	if a.Reason != ReasonVoided {
		a.Reason = ""
	}
	a.Attention, a.Code, a.Recall, a.TransactionID = "", "", "", ""
	a.last, a.paidSeen, a.away = "", false, false
	a.First, a.Seq, a.Asked, a.quiet, a.fails = 0, 0, 0, 0, 0
	a.Revokes = min(a.Revokes, 1)
	a.CreatedAt, a.UpdatedAt = t0, time.Time{}
	if a.State == "" {
		return a
	}
	if a.State == Paid && m.final {
		a.firstDate, a.expired, a.holdUntil = time.Time{}, false, time.Time{}
	}
	if !a.holdUntil.After(t0) {
		a.holdUntil = time.Time{}
	}
	if !a.Watch {
		a.watchKind, a.failsOnly, a.reversed = "", false, false
	}
	if a.State != Confirming {
		a.refused = false
	}
	if a.State != InDoubt {
		a.lastAsked = false
	}
	if a.State == InDoubt || a.State == Submitting {
		a.deadlineAt = later(a.deadlineAt, t0)
	} else {
		a.deadlineAt, a.declined = time.Time{}, false
	}
	a.since = later(a.since, t0.Add(-decisive))
	behind := !a.answered.IsZero() && !a.revokeAt.IsZero() && a.mayRevoke()
	ahead := !a.Open() && a.since.After(t0) // the clock was set back since the verdict
	if !a.Open() && (a.State != Paid || m.final) {
		a.since = t0.Add(-decisive) // younger is only not_sent, for which there is no order
	}
	a.askAt, a.revokeAt = dueSlots(a.askAt, a.revokeAt, later(later(a.since.Add(decisive), a.holdUntil), t0))
	if ahead {
		a.since = t0.Add(hour)
	}
	return a.canonOffer(behind)
}

// dueSlots puts two times on the slots: not before the last one, and what is
// beyond the horizon in its order right behind it.
func dueSlots(ask, revoke, horizon time.Time) (time.Time, time.Time) {
	revokeLater := revoke.After(ask)
	for _, t := range []*time.Time{&ask, &revoke} {
		if t.IsZero() {
			continue
		}
		slots := (t.Sub(t0) + 1000*slot) / slot // rounds down
		*t = later(t0.Add((slots-1000)*slot), t0.Add(-slot))
	}
	beyond := horizon.Add(slot)
	switch {
	case ask.After(horizon) && revoke.After(horizon) && revokeLater:
		return beyond, beyond.Add(slot)
	case ask.After(horizon) && revoke.After(horizon):
		return beyond, beyond
	case ask.After(horizon):
		return beyond, revoke
	case revoke.After(horizon):
		return ask, beyond
	}
	return ask, revoke
}

// noisy sets everything that canon leaves out to something else: Next must
// then decide the same, or canon leaves out too much.
func (m *machine) noisy(a Attempt) Attempt {
	if a.State == "" {
		return a
	}
	if a.Reason != ReasonVoided {
		a.Reason = ReasonRefunded
	}
	a.Attention, a.Code, a.Recall, a.TransactionID = AttentionPaidAway, "X", RecallYes, "4200"
	a.last, a.paidSeen, a.away = FoundOther, true, true
	a.First, a.Seq, a.Asked, a.fails = 7, 9, 5, 2
	a.CreatedAt, a.UpdatedAt = t0.Add(-hour), t0.Add(-slot)
	if a.holdUntil.IsZero() {
		a.holdUntil = t0.Add(-2 * hour)
	}
	if a.State == Paid && m.final {
		a.firstDate, a.expired, a.holdUntil = t0, true, t0.Add(slot)
	}
	if !a.Watch {
		a.watchKind, a.failsOnly, a.reversed = FoundDeclined, true, true
	}
	if a.State != Confirming {
		a.refused = true
	}
	if a.State != InDoubt && a.State != Submitting {
		a.deadlineAt, a.declined, a.lastAsked = t0.Add(-slot), true, true
	}
	a.lapsed = a.Method.Closes()
	return a
}

// String is how a trace shows an attempt.
func (f fact) String() string {
	s := describe(f.a)
	switch {
	case f.a.State == "":
		return "no attempt"
	case f.open:
		s += fmt.Sprintf(", %.0f s old", t0.Sub(f.a.since).Seconds())
	}
	if f.a.inFlight != noCall {
		s += ", " + string(f.a.inFlight) + " on its way"
	}
	return s
}

// The numbers of the answers. One that tells nothing may have no date.

func submitSays(f Finding, on dated) happening {
	return says(slices.Index(modelSubmits, f), f, on)
}

func querySays(f Finding, on dated) happening {
	return says(len(modelSubmits)+slices.Index(queryFindings, f), f, on)
}

func revokeSays(f Finding, on dated) happening {
	return says(len(modelSubmits)+len(queryFindings)+slices.Index(modelRevokes, f), f, on)
}

// pauseSays is V9, the last of the answers to Revoke.
func pauseSays(on dated) happening {
	return says(len(modelSubmits)+len(queryFindings)+len(modelRevokes), FoundRevokeAgain, on)
}

func says(which int, f Finding, on dated) happening {
	if f == FoundUnclear || f == FoundNotSent {
		on = undated
	}
	of := len(modelSubmits) + len(queryFindings) + len(modelRevokes) + 1
	return answers + happening(int(on)*of+which)
}
