package pos

import (
	"errors"
	"fmt"
	"time"
)

// SaleID names a sale: what one customer owes. It is the order number of the
// sale's first attempt, so it is unique wherever order numbers are.
type SaleID string

// Summary is what lists, totals and --json show of an attempt.
type Summary struct {
	OrderNo       OrderNo
	Sale          SaleID
	Number        int // 1 for the first attempt of the sale
	Method        Method
	Amount        Money
	State         State
	Watch         bool      // the verdict stands and somebody is still looking (design 3.9)
	Attention     Attention // empty: none
	Reason        Reason
	Code          string // the gateway's word for a refusal (err_code); may be empty
	Recall        Recall // as last heard
	TransactionID string // WeChat's number, once known
	CodeLast4     string // of the auth code
	Fingerprint   string // keyed hash of the auth code
	Cashier       string
	Till          string
	Ref           string // the shop's own reference
	Practice      bool
	CreatedAt     time.Time // when the intent became durable
	UpdatedAt     time.Time
	Asked         int   // Query Order calls begun
	Revokes       int   // Revoke calls begun
	Refunded      int64 // given back for certain, minor units
	Refunding     bool  // a refund has not ended
	First         int64 // its first journal entry: the place in lists (Filter.Before)
	Seq           int64 // its newest journal entry
}

// Open reports whether the attempt has no end yet: it is not settled, or a
// watch is looking behind its verdict.
func (s Summary) Open() bool { return !s.State.Settled() || s.Watch }

// Busy reports whether the machine still works on the attempt: it is open, or a
// refund is followed, which may take days.
func (s Summary) Busy() bool { return s.Open() || s.Refunding }

// Reason says why an attempt is failed, being revoked or revoked.
type Reason string

// The reasons. The first four belong to failed, the others to revoking and what follows it.
const (
	ReasonNotSent  Reason = "not_sent"           // no byte of the request was written
	ReasonCommFail Reason = "return_code_fail"   // return_code FAIL (seed rule 3)
	ReasonDeclined Reason = "declined"           // declined, and a query agrees; Code has the err_code
	ReasonClosed   Reason = "closed_by_wechat"   // CLOSED or REVOKED without our doing
	ReasonCashier  Reason = "revoke_pressed"     // somebody pressed the revoke key
	ReasonDeadline Reason = "deadline"           // no answer by the deadline
	ReasonPayError Reason = "pay_error"          // PAYERROR: the order is open and not paid
	ReasonPaidLate Reason = "paid_after_failed"  // found paid, or being paid, behind a verdict
	ReasonRefunded Reason = "refunded_elsewhere" // REFUND that this till did not ask for
	ReasonVoided   Reason = "voided"             // a manager took a paid order back
	ReasonNoCode   Reason = "no_code"            // Unified Order gave the customer nothing to pay by
)

// call is a request of ours that is on its way, or none.
type call string

const (
	noCall     call = ""
	submitCall call = "submit"
	queryCall  call = "query"
	revokeCall call = "revoke"

	refundCall      call = "refund"
	refundQueryCall call = "refund_query"
)

// Attempt is one submission: what is known of it and what is due.
// It is a value; Next returns a new one. The same journal entries always fold
// to the same Attempt.
type Attempt struct {
	Summary
	Terms Terms

	inFlight   call      // never two at once (design 3.7)
	since      time.Time // permissions count from here: the submission, or the restart (design 3.16)
	deadlineAt time.Time // the last query, then revoke
	askAt      time.Time // next query; zero: none is due
	revokeAt   time.Time // next revoke; zero: none is due
	holdUntil  time.Time // V9: no revoke before this, whoever asks

	away      bool // nobody is looking at it
	foreign   bool // somebody else's order until shown otherwise: nothing revokes by itself (design 3.10)
	declined  bool // the submission was declined: one unpaid query makes it failed
	lastAsked bool // the query in flight, or just answered, is the last one before revoke
	paidSeen  bool // a query has shown it paid since the door closed: a revoke gives money back
	refused   bool // the gateway refused to revoke; not proof of anything (V6, V11, V12)
	expired   bool // the gateway's own clock says that 7 days are gone
	closed    bool // the gateway itself named an end: CLOSED, REVOKED or REFUND
	quiet     int  // answers in a row that told nothing
	fails     int  // answers in a row that were return_code FAIL
	failsOnly bool // the watch has only ever got return_code FAIL
	reversed  bool // the watch's own revoke was accepted

	codeURL  string    // what the customer scans; with prepayID the customer can pay
	prepayID string    // what a front end pays by
	lapsed   bool      // the gateway's own clock says that nobody can pay it any more
	answered time.Time // the newest answer to a query, of an order that is closed and not revoked

	given    *given    // its refunds
	refundAt time.Time // the next call about the newest of them; zero: none is due

	watchKind Finding   // what the watch was started after
	last      Finding   // of the newest answer
	firstDate time.Time // the gateway's clock in its first answer
}

// CodeURL is what the customer scans (code_url), once there is one: text for a QR code.
func (a Attempt) CodeURL() string { return a.codeURL }

// PrepayID is what the customer's app or Mini Program pays by (prepay_id), once there is one.
func (a Attempt) PrepayID() string { return a.prepayID }

// Away reports whether nobody is looking at the attempt: it was parked, the
// screen is gone, or the program was started again.
func (a Attempt) Away() bool { return a.away }

// InFlight names the call that is on its way: "submit", "query", "revoke" or "".
func (a Attempt) InFlight() string { return string(a.inFlight) }

// NextAsk is when the next query is due; zero when none is.
func (a Attempt) NextAsk() time.Time { return a.askAt }

// NextRevoke is when the next revoke is due by itself; zero when none is.
func (a Attempt) NextRevoke() time.Time { return a.revokeAt }

// RevokeReady is from when on a revoke may be sent: 15 s after the submission,
// or after a restart (design 3.8, 3.16), and a hundredth more, because one that
// arrives a moment too early costs a minute (V9). Close Order may be sent at once.
func (a Attempt) RevokeReady() time.Time {
	return later(a.since.Add(a.Terms.RevokeAfter+a.Terms.RevokeAfter/100), a.holdUntil)
}

// LastFinding is what the newest answer let us conclude; empty before the first.
func (a Attempt) LastFinding() Finding { return a.last }

// ClosesAt is when WeChat Pay closes an unpaid Quick Pay order by itself: 45 s
// after its creation (wechatpay-v2 9.1). Good to know and never counted upon. An
// order that is closed by us has until the deadline.
func (a Attempt) ClosesAt() time.Time {
	if a.Method.Closes() {
		return a.deadlineAt
	}
	return a.CreatedAt.Add(selfClose)
}

// PaidSeen reports whether the order was seen paid while it is being revoked,
// so that the revoke gives money back and does not merely close an order.
func (a Attempt) PaidSeen() bool { return a.paidSeen }

// Foreign reports whether the order number seems to belong to somebody else's
// order (design 3.10).
func (a Attempt) Foreign() bool { return a.foreign }

// The reasons why a revoke is not possible now.
var (
	ErrRevokeSubmitting = errors.New("the payment request is still on its way")
	ErrRevokeEarly      = errors.New("revoke is not allowed in the first seconds")
	ErrRevokeForeign    = errors.New("this number answers for somebody else's order, nothing is revoked before that is cleared up")
	ErrRevokeConfirming = errors.New("the revoke is being checked")
	ErrRevokeBusy       = errors.New("the revoke is on its way")
	ErrRevokeSettled    = errors.New("nothing is in doubt any more")
	ErrRevokeExpired    = errors.New("WeChat Pay revokes within 7 days only")
)

// CanRevoke returns nil if a revoke may be asked for now, or the reason not
// to. The revoke key is enabled by this and Till.Revoke refuses by this.
func (a Attempt) CanRevoke(now time.Time) error {
	switch {
	case a.State == Submitting:
		return ErrRevokeSubmitting
	case a.State.Settled():
		return ErrRevokeSettled
	case a.expired:
		return ErrRevokeExpired
	case a.foreign:
		return ErrRevokeForeign
	case a.inFlight == revokeCall:
		return ErrRevokeBusy
	case a.State == Confirming:
		return ErrRevokeConfirming
	case now.Before(a.RevokeReady()):
		return ErrRevokeEarly
	}
	return nil
}

// Rescan is the shop's rule for charging again while a watch is looking.
type Rescan string

// The two rules of till.rescan (design 3.11).
const (
	RescanQuick  Rescan = "quick"  // a watch does not hold up the customer
	RescanStrict Rescan = "strict" // wait for the watch
)

// CanRescan returns nil if a new attempt for the same sale may begin, or the
// reason not to (design 3.11). The next customer's sale is not held up by this.
func (s Summary) CanRescan(rule Rescan) error {
	switch {
	case s.State == Paid:
		return errors.New("this sale is paid")
	case !s.State.Settled():
		return fmt.Errorf("the last attempt is %s: charging again could take the money twice", s.State)
	case s.Watch && rule == RescanStrict:
		return errors.New("the last attempt is still being checked (rescan is strict)")
	}
	return nil
}

// order is what the gateway needs to know of the attempt.
func (a Attempt) order() Order { return Order{No: a.OrderNo, Amount: a.Amount, Method: a.Method} }

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
