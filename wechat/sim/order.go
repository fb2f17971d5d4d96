package sim

import "time"

// TradeState is a value of trade_state (wechatpay-v2.md 6.2).
type TradeState string

// The states an order can be in. A Quick Pay order reaches Closed only through
// Gateway.Force: nothing a till may send leads there.
const (
	Success    TradeState = "SUCCESS"    // paid; the money is the merchant's
	Refund     TradeState = "REFUND"     // paid, then refunded in part or in full
	NotPay     TradeState = "NOTPAY"     // not paid yet; still open
	Closed     TradeState = "CLOSED"     // ended unpaid
	Revoked    TradeState = "REVOKED"    // ended by a revoke, ours or WeChat Pay's own; nothing is kept
	UserPaying TradeState = "USERPAYING" // the customer is asked for the password
	PayError   TradeState = "PAYERROR"   // the payment failed; the order is still open
)

// open reports that the order is neither paid nor ended.
func (s TradeState) open() bool { return s == NotPay || s == UserPaying || s == PayError }

// selfRevokeAge is when WeChat Pay ends an unpaid Quick Pay order by itself (wechatpay-v2.md 9.1).
const selfRevokeAge = 45 * time.Second

// quickPay is the trade_type of an order that Submit Quick Pay made; Unified
// Order names its own (wechatpay-v2.md 6.6).
const quickPay = "MICROPAY"

// order is the gateway's truth about one out_trade_no.
type order struct {
	merchant      Merchant
	no            string
	transactionID string
	trade         string // trade_type
	code          string // the auth code of a Quick Pay, "" otherwise
	payer         string // who pays, for the openid
	knownAs       string // the openid that the merchant named, "" for none
	subKnownAs    string // the sub_openid that the merchant named
	wallet        currency
	body          string
	attach        string
	device        string
	price         currency
	minor         int64
	story         story

	state    TradeState
	created  time.Time
	prepared time.Time  // when its prepay_id was made; zero for a Quick Pay
	expires  time.Time  // when a customer can no longer begin to pay; zero for a Quick Pay
	paidAt   time.Time  // zero until paid
	endedAt  time.Time  // when it was revoked or closed; zero until then
	turnsTo  TradeState // what the customer will do, "" for nothing
	turnsAt  time.Time
	shown    bool // of an order of Unified Order: how to pay it was handed out
	accepted int  // revokes or closes that were carried out or put off
	refunds  []*refund
}

// advance lets time do its work up to now: first the customer, then WeChat Pay's own end.
func (o *order) advance(now time.Time) {
	if o.turnsTo != "" && !now.Before(o.turnsAt) {
		o.become(o.turnsTo, o.turnsAt)
	}
	end := o.created.Add(selfRevokeAge)
	if o.trade == quickPay && o.state.open() && !o.story.lingers && !now.Before(end) {
		o.become(Revoked, end)
	}
}

// become puts the order into a state; what the customer meant to do is void.
func (o *order) become(s TradeState, at time.Time) {
	o.state, o.turnsTo = s, ""
	switch s {
	case Success:
		o.paidAt = at
	case Revoked, Closed:
		o.endedAt = at
	}
}

// revoke carries out one accepted Revoke. It answers recall and whether the
// call succeeds; recall Y alternates between the two forms that till and
// documents know, SUCCESS and FAIL SYSTEMERROR.
func (o *order) revoke(now time.Time) (recall string, ok bool) {
	o.accepted++
	switch {
	case o.accepted <= o.story.recalls:
		return "Y", o.accepted%2 == 1
	case o.story.crosses && o.accepted == 1 && o.state.open():
		o.become(Success, now)
	case o.state != Closed:
		o.become(Revoked, now)
	}
	return "N", true
}

// known reports whether queries and revokes find the order already.
func (o *order) known(now time.Time) bool { return !now.Before(o.created.Add(o.story.hidden)) }

// muted reports that queries of the order get no answer.
func (o *order) muted() bool { return o.story.mute && o.state != Revoked }

// repeats reports whether a submission under this number is the same one once
// more; a new auth code needs a new number (wechatpay-v2.md 5.3).
func (o *order) repeats(in message) bool {
	return o.minor == minorOf(in) && o.price.code == feeTypeOf(in) &&
		o.code == in["auth_code"] && o.body == in["body"]
}
