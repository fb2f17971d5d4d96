package pos

import (
	"context"
	"time"
)

// Gateway is the till's port to the payment side: one method is one call on
// the wire, made once. Nothing behind it repeats, waits for a verdict or
// decides; what an answer lets us conclude is an Answer, never an error.
type Gateway interface {
	// Admit takes one place in the published limit of a submission by m (Quick Pay
	// 30 a second, Unified Order 600; this till's share). It is asked before the
	// intent is journaled, so that a sale refused by the quota leaves no attempt
	// behind. The error has KindUnavailable, or KindCredentials when nothing may be sold.
	Admit(ctx context.Context, m Method) error

	// Warm dials ahead, while the amount is being keyed, so that the submission
	// finds a connection. It returns at once, may be called often, and may do nothing.
	Warm()

	// Submit sends Quick Pay, or Unified Order for every other method, exactly
	// once, within ctx.
	Submit(ctx context.Context, c Charge) Answer

	// Query asks Query Order about an order of ours.
	Query(ctx context.Context, o Order) Answer

	// Revoke calls Revoke for a Quick Pay order of ours, Close Order for every other.
	Revoke(ctx context.Context, o Order) Answer

	// GiveBack calls Apply for Refund; it may be repeated with the same value. At
	// best the refund is accepted.
	GiveBack(ctx context.Context, r Refunding) Answer

	// AskRefund asks Query Refund about a refund of ours.
	AskRefund(ctx context.Context, r Refunding) Answer
}

// Order is what the gateway needs to ask about an order and to see that the
// answer is about it: our number and the price we sent. The zero Method is Quick Pay.
type Order struct {
	No     OrderNo
	Amount Money
	Method Method
}

// Refunding is one refund as it was decided. The first request and every
// repetition are made of the same value, so that none can have another number or amount.
type Refunding struct {
	Order           // its number, and its whole price
	RefundNo string // out_refund_no
	Minor    int64  // what is given back, in the order's currency
	Desc     string // said to the customer; may be empty
}

// Charge is one submission.
type Charge struct {
	Order
	Code  AuthCode // Quick Pay alone
	Payer string   // MiniProgram alone: the customer's openid under that Mini Program
	Ref   string   // the shop's own reference, returned unchanged by the gateway (attach); may be empty
}

// Finding is what an answer lets us conclude, before the machine decides what
// to do about it. The set is ours and closed; the gateway's own vocabulary
// stays open and arrives in Answer.Code.
type Finding string

// Findings of any call.
const (
	FoundNotSent  Finding = "not_sent"  // nothing was written to the wire, proved by a count above TLS (E1, E2)
	FoundUnclear  Finding = "unclear"   // no answer, or one that proves nothing (E3 to E6, E8, E10, Q4, Q10, S10, S12, S13)
	FoundCommFail Finding = "comm_fail" // a well-formed return_code FAIL (E7); unsigned
)

// FoundReady: Unified Order alone. The customer has something to pay by.
const FoundReady Finding = "ready"

// Findings of Quick Pay and of Query Order; Declined of Unified Order too.
const (
	FoundPaid       Finding = "paid"        // Q1, S1: signed, SUCCESS at every layer, ours in number, amount, currency and merchant
	FoundMismatch   Finding = "mismatch"    // signed, but another number, amount, currency or merchant (Q2, S2, E9), or OUT_TRADE_NO_USED (Q6)
	FoundUserPaying Finding = "user_paying" // Q3, S7: the customer is entering the password
	FoundDeclined   Finding = "declined"    // Quick Pay only, Q8 and Q9: signed FAIL of the decline or set-up set
)

// Findings of Query Order alone: what trade_state says of an order of ours.
const (
	FoundNotPaid   Finding = "not_paid"  // S6 NOTPAY
	FoundPayError  Finding = "pay_error" // S8 PAYERROR
	FoundClosed    Finding = "closed"    // S5 CLOSED
	FoundRevoked   Finding = "revoked"   // S4 REVOKED
	FoundRefunding Finding = "refunding" // S3 REFUND
	FoundNoOrder   Finding = "no_order"  // S11 ORDERNOTEXIST
	FoundOther     Finding = "other"     // S9 ACCEPT, S10 a value we do not know
)

// Findings of Revoke, where recall is read before result_code (design 3.8), and of Close Order.
const (
	FoundRevokeAccepted Finding = "revoke_accepted" // V1: SUCCESS with recall N; K1, K3; not proof
	FoundRevokeMoot     Finding = "revoke_moot"     // K2, K5, K6: paid, not known, or over; a query decides
	FoundRevokeAgain    Finding = "revoke_again"    // V2 to V5, V7 to V10, V13: call again
	FoundRevokeRefused  Finding = "revoke_refused"  // V6, V11, V12: FAIL with N, REVERSE_EXPIRE, TRADE_ERROR; K7, K8; not proof of anything
)

// Findings of Apply for Refund (R1 to R10) and of Query Refund (F1 to F7).
const (
	FoundRefundAccepted   Finding = "refund_accepted"   // R1: accepted, not refunded; ask until it is done
	FoundRefundShort      Finding = "refund_short"      // R4: the merchant's funds are short; later, under the same number
	FoundRefundTooOften   Finding = "refund_too_often"  // R5: wait a minute, then under the same number
	FoundRefundImpossible Finding = "refund_impossible" // R6, R7: too old, or the customer's account is gone; another way has to be found
	FoundRefundNoOrder    Finding = "refund_no_order"   // R8: no such order; nothing was refunded
	FoundRefundRefused    Finding = "refund_refused"    // R9: not refunded as far as known; only FoundRefundNotFound makes it certain
	FoundRefunded         Finding = "refunded"          // F1: the end
	FoundRefundPending    Finding = "refund_pending"    // F2: up to 5 working days; ask again
	FoundRefundClosed     Finding = "refund_closed"     // F3: it failed; again under the same number first
	FoundRefundAbnormal   Finding = "refund_abnormal"   // F4: the customer cannot be paid; a manager has to, in the portal
	FoundRefundNotFound   Finding = "refund_not_found"  // F5: it never arrived, or is not visible yet; after 60 s again under the same number
	FoundRefundOther      Finding = "refund_other"      // F7: no state, or one that we do not know; ask again, and tell the manager
)

// Recall is the recall field of a Revoke answer as last heard: whether the
// call has to be made again. Empty: never heard, or missing.
type Recall string

// The two documented values of recall.
const (
	RecallYes Recall = "Y"
	RecallNo  Recall = "N"
)

// Answer is one answer of the gateway, judged.
type Answer struct {
	Finding       Finding       `json:"finding"`
	TransactionID string        `json:"transaction_id,omitempty"` // WeChat's number; with FoundPaid always
	Recall        Recall        `json:"recall,omitempty"`         // of a Revoke answer
	CodeURL       string        `json:"code_url,omitempty"`       // with FoundReady, Native: what the customer scans
	PrepayID      string        `json:"prepay_id,omitempty"`      // with FoundReady: what a front end pays by
	RefundID      string        `json:"refund_id,omitempty"`      // WeChat's number of a refund, once it says one
	Code          string        `json:"code,omitempty"`           // err_code, trade_state or our own word for what was wrong
	Alarm         Attention     `json:"alarm,omitempty"`          // a person should look: AttentionConfiguration, AttentionSignature, AttentionMismatch
	NotBefore     time.Duration `json:"not_before_ns,omitempty"`  // V9: do not repeat sooner than this; 0 for no wish
	Date          time.Time     `json:"date,omitzero"`            // the Date header, the only clock that may say that 7 days are gone
	Heard         Heard         `json:"heard,omitzero"`
}

// Heard is what the gateway said, as received, safe to keep (design 3.17):
// at most 16 KiB of fields, auth codes masked, openid hashed, no key; what was
// not XML as length and hash only.
type Heard struct {
	Fields map[string]string `json:"fields,omitempty"`
	Status int               `json:"status,omitempty"` // HTTP status; 0 when there was no answer
	Bytes  int               `json:"bytes,omitempty"`  // length of a body that was not understood
	SHA256 string            `json:"sha256,omitempty"` // its hash, hexadecimal
	Error  string            `json:"error,omitempty"`  // why there is no understood answer, in the operator's words
	TookMS int64             `json:"took_ms"`          // from the call to its end, milliseconds
}
