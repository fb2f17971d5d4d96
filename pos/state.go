package pos

// State is how an attempt stands, by the names that the journal, the screen
// and --json use. The zero value is nobody's state.
type State string

// The states of an attempt.
const (
	// Submitting: the intent is durable, Quick Pay is on its way. Left by its
	// answer or time-out. After a crash: in doubt, asked about at once, never sent again.
	Submitting State = "submitting"

	// InDoubt: the money may or may not have moved; only Query Order can tell.
	// Left by evidence, by the deadline or by the revoke key. After a crash: asked about first.
	InDoubt State = "in_doubt"

	// Paid: proved by Q1 or S1. The end; only a manager's void or refund follows.
	Paid State = "paid"

	// Failed: not taken, by the rules of design 3; a watch may still be looking.
	// The end once the watch is over. After a crash: the watch goes on.
	Failed State = "failed"

	// Revoking: must become "not ours". One-way: never paid again (design 3.8).
	// Left by evidence or for Confirming. After a crash: asked, then revoked again.
	Revoking State = "revoking"

	// Confirming: the gateway claims that it is not ours; Query Order has to agree.
	Confirming State = "confirming"

	// Revoked: closed or given back, by evidence; a watch may still be looking.
	Revoked State = "revoked"
)

// Settled reports whether the verdict stands: paid, failed or revoked. A watch
// may still be looking behind it.
func (s State) Settled() bool { return s == Paid || s == Failed || s == Revoked }

// Attention is the reason why a person should look at an attempt. It is a
// flag, never a state: the machine goes on underneath.
type Attention string

// The reasons for attention.
const (
	AttentionPaidAway      Attention = "paid_while_away"    // paid while nobody looked: restart, parked, screen gone
	AttentionPaidLate      Attention = "paid_after_failed"  // paid or being paid after NOT PAID or REVOKED was shown; being given back
	AttentionConfiguration Attention = "configuration"      // the gateway refuses our set-up: signature, certificate, merchant, format
	AttentionSignature     Attention = "bad_signature"      // an answer was not signed by WeChat Pay
	AttentionMismatch      Attention = "mismatch"           // a signed answer speaks of another number, amount, currency or merchant
	AttentionRevokeSlow    Attention = "revoke_unconfirmed" // ten revokes, or ten unanswered queries that check one, and still no end
	AttentionRevokeRefused Attention = "revoke_refused"     // the gateway will not revoke, and the order is paid
	AttentionRefunded      Attention = "refunded_elsewhere" // refunded, but not by this till
	AttentionBill          Attention = "bill_differs"       // the bill of a day says something else
	AttentionContradiction Attention = "contradiction"      // a later answer contradicts a settled order (S14)

	AttentionRefundShort    Attention = "refund_short"       // the merchant's funds are short; tried again by itself (R4)
	AttentionRefundSlow     Attention = "refund_unconfirmed" // ten calls, and nobody knows whether the gateway took it
	AttentionRefundAbnormal Attention = "refund_abnormal"    // the customer cannot be paid, or nobody knows: the portal (F4, F7)
	AttentionRefundFailed   Attention = "refund_failed"      // nothing was given back and nothing will be (F3, R6 to R9)
)

// Method is how the customer pays.
type Method string

// The methods. Quick Pay is revoked; the orders of all others are closed by
// Close Order (design 3.12).
const (
	QuickPay    Method = "quick_pay"    // the till scans the customer's code
	Native      Method = "native"       // the customer scans the till's code
	App         Method = "app"          // in the merchant's own app
	MiniProgram Method = "mini_program" // in a Mini Program
)

// Closes reports whether Close Order and not Revoke ends an order of this
// method. It cannot give money back: there is no one-way door, no recall and no
// wait, and a late SUCCESS is paid (design 2).
func (m Method) Closes() bool { return m == Native || m == App || m == MiniProgram }

// Elsewhere reports whether the customer pays in a place of their own: nobody
// at the till waits for it.
func (m Method) Elsewhere() bool { return m == App || m == MiniProgram }
