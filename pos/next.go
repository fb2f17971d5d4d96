package pos

import (
	"fmt"
	"slices"
	"time"
)

// Next is the whole law of the till: no clock, no network, no disk, no chance.
// The same attempt, event and time always give the same answer. The zero
// Attempt takes an Intended and nothing else; an event that cannot happen to
// an attempt in its state is a bug and panics.
func Next(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if _, begins := e.(Intended); begins != (a.State == "") {
		panic(fmt.Sprintf("%T for an attempt in state %q", e, a.State))
	}
	switch e := e.(type) {
	case Intended:
		return begin(e, now), []Effect{Record{e}, Submit{}}
	case Ticked:
		return a.tick(now)
	case QuerySent:
		a = a.sendQuery(e)
	case RevokeSent:
		a = a.sendRevoke()
	case SubmitAnswered:
		a = a.land(submitCall).submitted(e.Answer, now)
	case QueryAnswered:
		if a.Method.Closes() {
			a.answered = now
		}
		a = a.land(queryCall).heard(e.Answer).queried(e.Answer, now)
	case RevokeAnswered:
		a = a.land(revokeCall).heard(e.Answer).revokeAnswered(e.Answer, now)
	case RefundPressed:
		if a.CanRefund(e.Amount) != nil || e.No != a.nextRefund() {
			return a, a.wait()
		}
		a = a.refundRequested(e, now)
	case RefundSent:
		a = a.sendRefund(now)
	case RefundAnswered:
		a = a.land(refundCall).refundAnswered(e.Answer, now)
	case RefundQuerySent:
		a = a.askRefund(now)
	case RefundQueryAnswered:
		a = a.land(refundQueryCall).refundQueried(e.Answer, now)
	case RevokePressed:
		if a.CanRevoke(now) != nil {
			return a, a.wait()
		}
		a = a.toRevoking(ReasonCashier, now)
		a.revokeAt = now
	case VoidPressed:
		if a.CanVoid(now) != nil {
			return a, a.wait()
		}
		a = a.toVoid(e, now)
	case AskPressed:
		a.askAt = now
	case Left:
		if a.away {
			return a, a.wait()
		}
		a = a.left()
	case Returned:
		if !a.away {
			return a, a.wait()
		}
		a.away = false
	case Unseen:
		a = a.missed()
	case Acknowledged:
		if e.Of == "" || e.Of == a.Attention {
			a.Attention = ""
		}
	case Annotated: // it stands in the timeline, and nowhere else
	case BillDiffers:
		a = a.raise(AttentionBill)
	case Resumed:
		a = a.resumed(now)
	case ClockStepped:
		a = a.shifted(time.Duration(e.ByMS)*time.Millisecond, now)
	case ShiftClosed, Noted:
		panic(fmt.Sprintf("%s is an event of the till and not of an attempt", EventName(e)))
	}
	a.UpdatedAt = now
	return a, append([]Effect{Record{e}}, a.wait()...)
}

// begin makes the attempt that an intent describes.
func begin(e Intended, now time.Time) Attempt {
	return Attempt{
		Summary: Summary{
			OrderNo: e.OrderNo, Sale: e.Sale, Number: e.Number, Method: e.Method, Amount: e.Amount,
			State: Submitting, CodeLast4: e.CodeLast4, Fingerprint: e.Fingerprint, Cashier: e.Cashier,
			Till: e.Till, Ref: e.Ref, Practice: e.Practice, CreatedAt: now, UpdatedAt: now,
		},
		Terms:      e.Terms,
		inFlight:   submitCall,
		since:      now,
		deadlineAt: now.Add(e.Terms.Deadline),
	}
}

// left notes that nobody looks any more. A verdict that came before the word
// did was not seen either.
func (a Attempt) left() Attempt {
	a.away = true
	if a.State == Paid {
		a = a.missed()
	}
	return a
}

// missed notes a payment that nobody saw. Nobody was to see one that is made elsewhere.
func (a Attempt) missed() Attempt {
	if a.Method.Elsewhere() {
		return a
	}
	return a.raise(AttentionPaidAway)
}

// wait asks for the Ticked at which the next call is due; nothing is due while
// a call is on its way, because its answer comes first.
func (a Attempt) wait() []Effect {
	if a.inFlight != noCall {
		return nil
	}
	next := time.Time{}
	for _, due := range [...]time.Time{a.askAt, a.revokeAt, a.refundAt} {
		if !due.IsZero() && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	if next.IsZero() {
		return nil
	}
	return []Effect{After{next}}
}

// tick sends what is due, one call at a time (design 3.7: never two at once).
func (a Attempt) tick(now time.Time) (Attempt, []Effect) {
	due := func(t time.Time) bool { return a.inFlight == noCall && !t.IsZero() && !now.Before(t) }
	switch {
	case due(a.revokeAt) && a.mayRevoke():
		a, _ = Next(a, RevokeSent{}, now)
		return a, []Effect{Record{RevokeSent{}}, Revoke{}}
	case due(a.revokeAt), due(a.askAt):
		e := QuerySent{Last: a.State == InDoubt && !a.foreign && !now.Before(a.deadlineAt)}
		within := a.queryWithin(e, now)
		a, _ = Next(a, e, now)
		return a, []Effect{Record{e}, Query{within}}
	case due(a.refundAt) && a.given.askBefore:
		a, _ = Next(a, RefundQuerySent{}, now)
		return a, []Effect{Record{RefundQuerySent{}}, AskRefund{}}
	case due(a.refundAt):
		a, _ = Next(a, RefundSent{}, now)
		return a, []Effect{Record{RefundSent{}}, GiveBack{}}
	default:
		return a, a.wait()
	}
}

// mayRevoke: Close Order is called when the last query was not SUCCESS, so one
// is asked first, and the close follows it at once (design 3.12).
func (a Attempt) mayRevoke() bool { return !a.Method.Closes() || !a.answered.Before(a.revokeAt) }

// queryWithin keeps the line free for the last query, and the last query from
// delaying the revoke, or the close (design 3.7). 0 is no limit beyond that of any call.
func (a Attempt) queryWithin(e QuerySent, now time.Time) time.Duration {
	switch {
	case e.Last, !a.revokeAt.IsZero() && !now.Before(a.revokeAt):
		return min(a.Terms.QueryEvery, minimumCall) / 2
	case a.State == InDoubt && now.Before(a.deadlineAt):
		return max(a.deadlineAt.Sub(now), minimumCall) // the first one may begin late
	default:
		return 0
	}
}

// sendQuery is the journaled beginning of a Query Order call.
func (a Attempt) sendQuery(e QuerySent) Attempt {
	a.inFlight, a.askAt, a.lastAsked = queryCall, time.Time{}, e.Last
	a.Asked++
	return a
}

// sendRevoke is the journaled beginning of a Revoke call. From here on the
// attempt can never be concluded paid (design 3.8, one-way door).
func (a Attempt) sendRevoke() Attempt {
	if !a.State.Settled() && a.State != Revoking && a.State != Confirming || a.State == Paid {
		panic(fmt.Sprintf("revoke sent in state %q", a.State))
	}
	a.inFlight, a.revokeAt, a.askAt = revokeCall, time.Time{}, time.Time{}
	a.Revokes++
	return a
}

// land takes the call off the wire; an answer to a call that was not made is a bug.
func (a Attempt) land(c call) Attempt {
	if a.inFlight != c {
		panic(fmt.Sprintf("answer to %q while %q is on its way", c, a.inFlight))
	}
	a.inFlight = noCall
	return a
}

// submitted takes the answer to Quick Pay.
func (a Attempt) submitted(r Answer, now time.Time) Attempt {
	a = a.begun(time.Duration(r.Heard.TookMS)*time.Millisecond, now)
	a = a.heard(r)
	switch r.Finding {
	case FoundPaid: // Q1
		return a.paid(r)
	case FoundReady: // the customer's time begins when there is something to scan
		a.State, a.codeURL, a.prepayID = InDoubt, r.CodeURL, r.PrepayID
		a.deadlineAt, a.askAt = now.Add(a.Terms.Deadline), now.Add(a.Terms.QueryEvery)
		return a
	case FoundNotSent: // E1, E2: no byte was written, no order exists
		a = a.calm()
		a.State, a.Reason, a.Code = Failed, ReasonNotSent, r.Code
		return a
	case FoundCommFail: // E7, seed rule 3: the transaction failed; unsigned, so a watch looks behind it
		a.State, a.Reason = Failed, ReasonCommFail
		return a.startWatch(FoundCommFail, now.Add(a.Terms.FirstQuery))
	}
	a.State = InDoubt
	switch r.Finding {
	case FoundDeclined: // Q8, Q9: never a failure yet (seed rule 2); the first query goes out at once
		a.declined, a.Code, a.askAt = true, r.Code, now
	case FoundUserPaying: // Q3
		a.askAt = now.Add(a.Terms.QueryEvery)
	default: // Q2, Q4 to Q7, Q10, E3 to E6, E8 to E10
		a = a.doubt(r)
		a.askAt = now.Add(a.Terms.FirstQuery)
		if a.Method.Closes() && !a.foreign { // nobody can pay what was never shown
			return a.toRevoking(ReasonNoCode, now)
		}
	}
	return a
}

// begun takes from the duration of the call when the submission began: the
// intent may have taken long to become durable. The order is made when the
// request arrives, so the 15 s before a revoke count from the answer, if that
// came within a second.
func (a Attempt) begun(took time.Duration, now time.Time) Attempt {
	if took > 0 {
		sent := later(a.since, now.Add(-took))
		a.deadlineAt = sent.Add(a.Terms.Deadline)
		a.since = sent.Add(min(now.Sub(sent), time.Second))
	}
	return a
}

// heard keeps what every answer may tell beside its finding.
func (a Attempt) heard(r Answer) Attempt {
	a = a.raise(r.Alarm).dated(r)
	a.last = r.Finding
	switch {
	case r.TransactionID == "":
	case a.State == Paid && a.TransactionID != r.TransactionID: // S14: the recorded one stands
		a = a.raise(AttentionContradiction)
	default:
		a.TransactionID = r.TransactionID
	}
	a.quiet, a.fails = a.quiet+1, a.fails+1
	if !noNews(r.Finding) {
		a.quiet = 0
	}
	if r.Finding != FoundCommFail {
		a.fails = 0
	}
	if a.fails >= alarmAfter {
		a = a.raise(AttentionConfiguration) // E7: three in a row
	}
	return a
}

// dated compares the gateway's clock with itself: only that establishes that 7
// days are gone (design 3.16), and one wrong Date does not stand for ever. They
// are the days of an order that was created. One that the gateway does not know
// has none, and without a revoke there would be no end to it (wechatpay-v2 13.3 b).
func (a Attempt) dated(r Answer) Attempt {
	if a.firstDate.IsZero() {
		a.firstDate = r.Date
	}
	switch {
	case a.Method.Closes(): // 7 days are Revoke's; what can be paid for 2 hours cannot be paid behind them
		a.lapsed = !r.Date.IsZero() && r.Date.Sub(a.firstDate) >= prepayLife+slow
	case r.Finding == FoundNoOrder:
		a.expired = false
	case !r.Date.IsZero():
		a.expired = r.Date.Sub(a.firstDate) >= revocable
	}
	if a.expired {
		a.revokeAt = time.Time{}
	}
	return a
}

// noNews reports a finding that leaves what was known unchanged (NO INFO).
func noNews(f Finding) bool { return f == FoundUnclear || f == FoundCommFail || f == FoundNotSent }

// urgency orders the reasons for attention: a person who can see one sees the
// most urgent.
var urgency = []Attention{"", AttentionPaidAway, AttentionRefundShort, AttentionRefundSlow, AttentionConfiguration, AttentionSignature, AttentionMismatch,
	AttentionRefundAbnormal, AttentionRefundFailed, AttentionRevokeSlow, AttentionRefunded, AttentionBill, AttentionContradiction, AttentionPaidLate, AttentionRevokeRefused}

// Urgency orders the reasons for attention: the larger, the sooner somebody should look.
func (a Attention) Urgency() int { return slices.Index(urgency, a) }

// raise puts the attempt on the attention list.
func (a Attempt) raise(why Attention) Attempt {
	if why.Urgency() > a.Attention.Urgency() {
		a.Attention = why
	}
	return a
}

// believe drops the alarm of answers that could not be believed, now that one can.
func (a Attempt) believe() Attempt {
	a.foreign = false
	if a.Attention == AttentionMismatch || a.Attention == AttentionSignature {
		a.Attention = ""
	}
	return a
}

// paid concludes Q1 or S1.
func (a Attempt) paid(r Answer) Attempt {
	a = a.believe().calm()
	a.State, a.Reason, a.Watch = Paid, "", false
	if a.Attention == AttentionConfiguration {
		a.Attention = "" // it works, after all
	}
	if a.away {
		a = a.missed()
	}
	return a
}

// calm takes everything that was due off the list.
func (a Attempt) calm() Attempt {
	a.askAt, a.revokeAt = time.Time{}, time.Time{}
	return a
}

// queried takes the answer to Query Order; trade_state alone decides (design 3.6).
func (a Attempt) queried(r Answer, now time.Time) Attempt {
	a = a.doubt(r)
	switch a.State {
	case InDoubt:
		return a.queriedInDoubt(r, now)
	case Revoking:
		return a.queriedRevoking(r, now)
	case Confirming:
		return a.queriedConfirming(r, now)
	case Paid:
		return a.queriedPaid(r)
	default:
		if a.Watch {
			return a.queriedWatch(r, now)
		}
		return a.queriedOver(r, now)
	}
}

// doubt takes a Mismatch: somebody else's order until shown otherwise, nothing
// revokes by itself (design 3.10). Behind the one-way door, where a revoke is
// never forgotten, and behind a verdict the next signed answer about our number
// shows otherwise; in doubt only one that settles it does.
func (a Attempt) doubt(r Answer) Attempt {
	switch {
	case r.Finding == FoundMismatch:
		a.foreign, a.revokeAt = true, time.Time{}
		a = a.raise(AttentionMismatch)
	case a.State != InDoubt && !noNews(r.Finding):
		a.foreign = false
	}
	return a
}

// queriedInDoubt: design 3.6, rows S1 to S13.
func (a Attempt) queriedInDoubt(r Answer, now time.Time) Attempt {
	switch r.Finding {
	case FoundPaid: // S1
		return a.paid(r)
	case FoundClosed, FoundRevoked: // S4, S5
		a = a.believe().calm()
		a.State, a.Reason, a.closed = Failed, ReasonClosed, true
		return a
	case FoundRefunding: // S3
		a = a.believe().calm().raise(AttentionRefunded)
		a.State, a.Reason, a.closed = Revoked, ReasonRefunded, true
		return a
	case FoundPayError, FoundNotPaid, FoundNoOrder: // S6, S8, S11
		if a.declined && !a.foreign { // design 3.3: two signed answers agree
			a.State, a.Reason = Failed, ReasonDeclined
			return a.startWatch(FoundDeclined, now.Add(a.Terms.FirstQuery))
		}
		if r.Finding == FoundPayError && !a.foreign { // S8, outside design 3.3
			return a.toRevoking(ReasonPayError, now)
		}
	}
	return a.askOn(now)
}

// askOn goes on asking; at the deadline one last query, then revoke, and
// nobody can postpone it (design 3.7).
func (a Attempt) askOn(now time.Time) Attempt {
	switch {
	case a.foreign:
		a.askAt = a.watchAsk(now)
	case a.lastAsked:
		return a.toRevoking(ReasonDeadline, now)
	default:
		a.askAt = now.Add(a.queryWait())
		if a.askAt.Add(minimumCall).After(a.deadlineAt) { // it could hold up the last one
			a.askAt = later(a.deadlineAt, now)
		}
	}
	return a
}

// queriedPaid: S14 and S15. The recorded verdict stands; a person should look.
func (a Attempt) queriedPaid(r Answer) Attempt {
	switch r.Finding {
	case FoundRefunding:
		if a.refundTaken() {
			return a // by this till, or under way
		}
		a.closed = true
		return a.raise(AttentionRefunded)
	case FoundRevoked:
		a.closed = true
		return a.raise(AttentionRefunded)
	case FoundNotPaid, FoundClosed, FoundPayError, FoundNoOrder, FoundUserPaying:
		return a.raise(AttentionContradiction)
	}
	return a
}

// queriedOver: a settled attempt that nobody watches any more was asked about.
// Money found behind a verdict that the gateway never confirmed goes back;
// one that it did confirm is a contradiction for a person (S14).
func (a Attempt) queriedOver(r Answer, now time.Time) Attempt {
	switch {
	case r.Finding != FoundPaid && r.Finding != FoundUserPaying:
		return a
	case a.closed:
		return a.raise(AttentionContradiction)
	default:
		return a.paidLate(r, now)
	}
}

// resumed takes an attempt up again after a restart: permissions count from
// now, obligations from the journal's time, as far as the clock can be believed
// (design 3.16). What was on its way is lost and never sent again: a submission
// without an answer is in doubt. The gateway is asked before any timer acts.
func (a Attempt) resumed(now time.Time) Attempt {
	a.away, a.inFlight, a.answered = true, noCall, time.Time{}
	a = a.refundResumed(now)
	if a.State == Submitting {
		a.State = InDoubt
		if a.Method.Closes() { // nobody can pay what was never shown
			a.State, a.Reason = Revoking, ReasonNoCode
		}
	}
	if !a.Open() {
		return a
	}
	left := func(until time.Time, most time.Duration) time.Duration { return min(max(until.Sub(now), 0), most) }
	a.since, a.holdUntil, a.lastAsked = now, now.Add(left(a.holdUntil, slow)), false
	a.deadlineAt = later(now.Add(left(a.deadlineAt, a.Terms.Deadline)), a.RevokeReady())
	a = a.calm()
	a.askAt = now
	unconfirmed := a.Watch && a.watchKind == FoundDeclined && !a.reversed
	if a.State == Revoking || a.State == Confirming && a.refused || unconfirmed {
		a = a.scheduleRevoke(now)
	}
	return a
}

// shifted keeps every duration of this run when the wall clock has jumped by d,
// or the machine has slept for it, and asks before any timer acts.
func (a Attempt) shifted(d time.Duration, now time.Time) Attempt {
	for _, t := range []*time.Time{&a.since, &a.deadlineAt, &a.askAt, &a.revokeAt, &a.holdUntil, &a.answered, &a.refundAt} {
		if !t.IsZero() {
			*t = t.Add(d)
		}
	}
	if a.given != nil {
		g := *a.given
		for _, t := range []*time.Time{&g.sentAt, &g.since} {
			if !t.IsZero() {
				*t = t.Add(d)
			}
		}
		a.given = &g
	}
	if a.Open() && a.inFlight == noCall {
		a.askAt = now
		if due := !a.revokeAt.IsZero() && !a.revokeAt.After(now); due {
			a.revokeAt = now.Add(minimumCall)
		}
	}
	return a
}
