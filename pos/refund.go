package pos

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// RefundState is how a refund stands, by the names of the journal and of --json
// (design 2).
type RefundState string

// The states of a refund.
const (
	RefundRequested  RefundState = "refund_requested"  // decided; it may or may not have been accepted
	RefundProcessing RefundState = "refund_processing" // accepted, and not yet done (R1, F2)
	Refunded         RefundState = "refunded"          // done (F1)
	RefundFailed     RefundState = "refund_failed"     // certainly not done, and never will be under this number
)

// Settled reports whether the refund has ended, so that another one of the same
// order may begin: anything else could give the money back twice (wechatpay-v2 13.6).
func (s RefundState) Settled() bool { return s == Refunded || s == RefundFailed }

// Refund is money of a paid order that is given back, in full or in part.
type Refund struct {
	No        string // out_refund_no: the same from the first request to the end
	Amount    Money
	Reason    string
	By        string
	State     RefundState
	RefundID  string // WeChat's number, once known
	Code      string // the gateway's word for why it is not done yet, or never
	CreatedAt time.Time
	UpdatedAt time.Time

	calls     int       // since the last good news
	sentAt    time.Time // the newest request; zero: none was sent
	refused   bool      // R9: only "not found" makes that certain
	reopened  bool      // F3 was heard once, and the same number tried again
	known     bool      // the gateway has it, or had
	since     time.Time // when this run took it up; zero: it began it
	askBefore bool      // the next call is a question and no request
}

// given is the list of an attempt's refunds, newest first. It is never changed,
// so that an Attempt stays a value.
type given struct {
	Refund
	earlier *given
}

// Refunds are the attempt's refunds, oldest first.
func (a Attempt) Refunds() []Refund {
	var all []Refund
	for g := a.given; g != nil; g = g.earlier {
		all = append(all, g.Refund)
	}
	slices.Reverse(all)
	return all
}

// NextRefund is when the next call about a refund is due; zero when none is.
func (a Attempt) NextRefund() time.Time { return a.refundAt }

// maxRefunds is how many refunds an order may have (wechatpay-v2 6.4).
const maxRefunds = 50

// The reasons why money cannot be given back now.
var (
	ErrRefundUnpaid = errors.New("only a paid order is refunded")
	ErrRefundBusy   = errors.New("a refund of this order has not ended: a second one could give the money back twice")
	ErrRefundWhole  = errors.New("an order that is being revoked is refunded as a whole")
	ErrRefundMany   = errors.New("an order has at most 50 refunds")
)

// Refundable is what is left to give back of a paid order.
func (a Attempt) Refundable() Money { return Money{a.Amount.Minor - a.Refunded, a.Amount.Currency} }

// CanRefund returns nil if so much may be given back now, or the reason not to.
// Of an order that was found paid and that the gateway will not revoke all has
// to go back (design 3.8).
func (a Attempt) CanRefund(m Money) error {
	stuck := a.State == Confirming && a.refused && a.paidSeen
	switch left := a.Refundable(); {
	case a.State != Paid && !stuck:
		return ErrRefundUnpaid
	case a.Refunding:
		return ErrRefundBusy
	case a.inFlight == revokeCall:
		return ErrRevokeBusy
	case m.Currency != left.Currency || m.Minor < 1 || m.Minor > left.Minor:
		return fmt.Errorf("%s cannot be given back of %s", m, left)
	case stuck && m != a.Amount:
		return ErrRefundWhole
	case len(a.Refunds()) >= maxRefunds:
		return ErrRefundMany
	}
	return nil
}

// nextRefund is the number of the attempt's next refund: at most 64 characters.
func (a Attempt) nextRefund() string { return fmt.Sprintf("%sR%d", a.OrderNo, len(a.Refunds())+1) }

// refundRequested begins a refund.
func (a Attempt) refundRequested(e RefundPressed, now time.Time) Attempt {
	a.given = &given{Refund{No: e.No, Amount: e.Amount, Reason: e.Reason, By: e.By, State: RefundRequested,
		CreatedAt: now, UpdatedAt: now}, a.given}
	a.Refunding, a.refundAt, a.revokeAt = true, now, time.Time{}
	return a
}

// changed is the attempt with its newest refund changed.
func (a Attempt) changed(now time.Time, change func(*Refund)) Attempt {
	g := *a.given
	change(&g.Refund)
	g.UpdatedAt = now
	a.given = &g
	return a
}

// sendRefund is the journaled beginning of Apply for Refund.
func (a Attempt) sendRefund(now time.Time) Attempt {
	a.inFlight, a.refundAt = refundCall, time.Time{}
	return a.changed(now, func(r *Refund) { r.calls, r.sentAt, r.askBefore = r.calls+1, now, true })
}

// askRefund is the journaled beginning of Query Refund.
func (a Attempt) askRefund(now time.Time) Attempt {
	a.inFlight, a.refundAt = refundQueryCall, time.Time{}
	return a.changed(now, func(r *Refund) { r.calls++ })
}

// refundSteps are the waits behind the calls for a refund (R3, F2), in units of
// RevokeEvery: 5, 15 s, 1, 5, 15 min, then hourly.
var refundSteps = [...]time.Duration{1, 3, 12, 60, 180, 720}

// refundVisible is how long it may take until a request shows in Query Refund
// (F5): 1 min or more, for QueryEvery is shorter than 3 s for a loopback gateway alone.
func (t Terms) refundVisible() time.Duration { return t.QueryEvery * 20 }

// refundNext has the next call made when its step is over, or as late as r wishes.
// Somebody should know of one that ten calls have not brought there.
func (a Attempt) refundNext(r Answer, now time.Time) Attempt {
	if a.given.State == RefundRequested && a.given.calls >= slowAfter {
		a = a.raise(AttentionRefundSlow)
	}
	step := a.Terms.RevokeEvery * refundSteps[min(a.given.calls-1, len(refundSteps)-1)]
	a.refundAt = now.Add(max(step, r.NotBefore))
	return a
}

// refundRepeats has the same refund asked for again, under the same number.
func (a Attempt) refundRepeats(r Answer, now time.Time) Attempt {
	return a.changed(now, func(g *Refund) { g.askBefore = false }).refundNext(r, now)
}

// refundAnswered takes the answer to Apply for Refund: R1 to R10.
func (a Attempt) refundAnswered(r Answer, now time.Time) Attempt {
	a = a.refundHeard(r, now)
	switch r.Finding {
	case FoundRefundAccepted: // R1: accepted is not refunded
		return a.accepted(now).refundNext(r, now)
	case FoundRefundShort: // R4: not now; a person should know why
		return a.raise(AttentionRefundShort).refundRepeats(r, now)
	case FoundRefundTooOften, FoundNotSent: // R5, E1, E2
		return a.refundRepeats(r, now)
	case FoundRefundImpossible, FoundRefundNoOrder: // R6, R7, R8
		return a.refundFails(now)
	case FoundRefundRefused: // R9: only "not found" makes it certain
		a = a.changed(now, func(g *Refund) { g.refused = true })
	}
	return a.refundNext(r, now) // R2, R3, R10, E3 to E10: ask
}

// refundQueried takes the answer to Query Refund: F1 to F7.
func (a Attempt) refundQueried(r Answer, now time.Time) Attempt {
	a = a.refundHeard(r, now)
	switch r.Finding {
	case FoundRefunded: // F1
		return a.refundDone(now)
	case FoundRefundPending: // F2
		return a.accepted(now).refundNext(r, now)
	case FoundRefundClosed: // F3: the same number once more, and then it has failed
		switch {
		case a.given.reopened && !a.refundCertain(now):
			return a.refundNext(r, now)
		case a.given.reopened:
			return a.refundFails(now)
		}
		return a.changed(now, func(g *Refund) { g.reopened, g.refused, g.known, g.State = true, false, true, RefundRequested }).refundRepeats(r, now)
	case FoundRefundAbnormal: // F4: the portal only
		a = a.accepted(now).raise(AttentionRefundAbnormal)
	case FoundRefundNotFound: // F5: or not visible yet
		switch {
		case now.Sub(a.given.sentAt) < a.Terms.refundVisible(), a.given.refused && !a.refundCertain(now):
		case a.given.refused:
			return a.refundFails(now)
		default:
			a = a.changed(now, func(g *Refund) { g.askBefore = false })
			a.refundAt = now
			return a
		}
	case FoundRefundOther: // F7
		a = a.raise(AttentionRefundAbnormal)
	}
	return a.refundNext(r, now) // F6
}

// refundCertain reports whether the newest request would show by now, for all that
// this run knows: a clock that was set while no till ran proves nothing, and
// permissions count from the restart (design 3.16).
func (a Attempt) refundCertain(now time.Time) bool {
	return now.Sub(later(a.given.sentAt, a.given.since)) >= a.Terms.refundVisible()
}

// refundTaken reports whether the gateway has, had, or may have a refund of ours.
func (a Attempt) refundTaken() bool {
	return slices.ContainsFunc(a.Refunds(), func(r Refund) bool { return r.known || !r.State.Settled() })
}

// refundHeard keeps what any answer may tell.
func (a Attempt) refundHeard(r Answer, now time.Time) Attempt {
	return a.raise(r.Alarm).changed(now, func(g *Refund) {
		g.Code = r.Code
		if r.RefundID != "" {
			g.RefundID = r.RefundID
		}
	})
}

// accepted: the gateway has the refund. The first good news begins the steps anew.
func (a Attempt) accepted(now time.Time) Attempt {
	return a.changed(now, func(r *Refund) {
		if r.State != RefundProcessing {
			r.State, r.calls = RefundProcessing, 1
		}
		r.refused, r.known = false, true
	})
}

// refundDone concludes refunded.
func (a Attempt) refundDone(now time.Time) Attempt {
	a = a.changed(now, func(r *Refund) { r.State, r.Code, r.known = Refunded, "", true })
	a.Refunded += a.given.Amount.Minor
	a.Refunding, a.refundAt = false, time.Time{}
	switch a.Attention {
	case AttentionRefundShort, AttentionRefundSlow, AttentionRefundAbnormal, AttentionRefundFailed, AttentionConfiguration, AttentionSignature, AttentionMismatch:
		a.Attention = ""
	}
	if a.State == Confirming { // design 3.8: a manager's refund ends it
		a.Attention = ""
		return a.over()
	}
	return a
}

// refundFails concludes that nothing was given back and nothing will be.
func (a Attempt) refundFails(now time.Time) Attempt {
	a = a.changed(now, func(r *Refund) { r.State = RefundFailed }).raise(AttentionRefundFailed)
	a.Refunding, a.refundAt = false, time.Time{}
	if !a.State.Settled() { // of an order that the gateway would not revoke: on with it
		a = a.scheduleRevoke(now.Add(slow))
	}
	return a
}

// refundResumed takes a refund up again after a restart: asked about before it
// is asked for again (R3).
func (a Attempt) refundResumed(now time.Time) Attempt {
	if a.Refunding {
		a = a.changed(now, func(r *Refund) {
			r.askBefore, r.since = !r.sentAt.IsZero(), now
			if r.sentAt.After(now) { // the clock was set back since: a minute of this run, then (design 3.16)
				r.sentAt = now
			}
		})
		a.refundAt = now
	}
	return a
}

// refunding is the newest refund as the gateway has to know it.
func (a Attempt) refunding() Refunding {
	return Refunding{Order: a.order(), RefundNo: a.given.No, Minor: a.given.Amount.Minor, Desc: a.given.Reason}
}
