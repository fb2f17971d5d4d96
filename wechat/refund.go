package wechat

import (
	"context"
	"strconv"

	"cashier/pos"
)

// RefundRequest is Apply for Refund (POST /secapi/pay/refund). Identity,
// nonce_str, sign_type and sign are added by the client.
type RefundRequest struct {
	// TransactionID (transaction_id, String(32)) or OutTradeNo (out_trade_no,
	// String(32)) names the order; one is required, and the first wins.
	TransactionID, OutTradeNo string

	// OutRefundNo (out_refund_no, String(64), required) is our refund number. A
	// number is refunded once, however often it is sent: a refund is repeated
	// under its own number and never under another.
	OutRefundNo string

	// TotalFee (total_fee, Int, required) is the price of the whole order,
	// RefundFee (refund_fee, Int, required) what is given back of it now.
	TotalFee, RefundFee int64

	// RefundFeeType (refund_fee_type, String(8), optional) is the currency of
	// both, which has to be that of the order; here always sent.
	RefundFeeType string

	// RefundDesc (refund_desc, String(80), optional) is shown to the customer.
	RefundDesc string

	// RefundAccount (refund_account, String(30), optional) is the fund that pays;
	// empty: what is not settled yet. Described for the mainland.
	RefundAccount RefundAccount

	// NotifyURL (notify_url, String(256), optional) is told the result. A till has none.
	NotifyURL string
}

// RefundAccount is the fund that pays for a refund (refund_account, String(30)).
type RefundAccount string

// The funds.
const (
	UnsettledFunds RefundAccount = "REFUND_SOURCE_UNSETTLED_FUNDS" // the default
	RechargeFunds  RefundAccount = "REFUND_SOURCE_RECHARGE_FUNDS"
)

func (q RefundRequest) params() params {
	all := params{
		may("transaction_id", q.TransactionID, 32).number(),
		may("out_trade_no", q.OutTradeNo, 32).number(),
		need("out_refund_no", q.OutRefundNo, 64).number(),
		price("total_fee", q.TotalFee),
		price("refund_fee", q.RefundFee),
		need("refund_fee_type", q.RefundFeeType, 8).currency(),
		may("refund_desc", q.RefundDesc, 80),
		may("refund_account", string(q.RefundAccount), 30).of(string(UnsettledFunds), string(RechargeFunds)),
		may("notify_url", q.NotifyURL, 256).address(),
	}
	all[1].must = q.TransactionID == ""
	if q.RefundFee > q.TotalFee {
		all[4].wrong = invalid("give back what is left of the order, or less", "refund_fee %d is more than total_fee %d", q.RefundFee, q.TotalFee)
	}
	return all
}

// RefundResponse is the answer to Apply for Refund. SUCCESS at both layers means
// accepted, and never refunded: RefundQuery tells.
type RefundResponse struct {
	Envelope

	// TransactionID (transaction_id, String(32)), OutTradeNo (out_trade_no,
	// String(32)), OutRefundNo (out_refund_no, String(64)) and RefundID
	// (refund_id, String(32), WeChat Pay's number of the refund).
	TransactionID, OutTradeNo, OutRefundNo, RefundID string

	// RefundFee (refund_fee), TotalFee (total_fee) and CashFee (cash_fee), Int,
	// each in the smallest unit of its own currency; -1 when absent or no integer.
	RefundFee, TotalFee, CashFee int64

	// SettlementRefundFee (settlement_refund_fee) and SettlementTotalFee
	// (settlement_total_fee), Int, optional: without coupons that need no funding.
	SettlementRefundFee, SettlementTotalFee int64

	// CashRefundFee (cash_refund_fee, Int, optional) is what the customer's wallet
	// gets, in CashRefundFeeType (cash_refund_fee_type, String(8)).
	CashRefundFee     int64
	CashRefundFeeType string

	// FeeType (fee_type, String(8)), RefundFeeType (refund_fee_type) and
	// CashFeeType (cash_fee_type, String(16)), all optional.
	FeeType, RefundFeeType, CashFeeType string

	// Rate (rate, String(16), optional) is price currency to payment currency times 10^8.
	Rate string

	// CouponRefundFee (coupon_refund_fee, Int, optional) is the coupons' part, Coupons each of them.
	CouponRefundFee int64
	Coupons         []Coupon
}

// Coupon is a coupon that takes part in a refund.
type Coupon struct {
	ID   string // coupon_refund_id_$n, String(20)
	Type string // coupon_type_$n, String(8): CASH or NO_CASH
	Fee  int64  // coupon_refund_fee_$n, Int; -1 when absent or no integer
}

func newRefundResponse(r Reply) RefundResponse {
	f := r.fields
	return RefundResponse{
		Envelope:            newEnvelope(r),
		TransactionID:       f.value("transaction_id"),
		OutTradeNo:          f.value("out_trade_no"),
		OutRefundNo:         f.value("out_refund_no"),
		RefundID:            f.value("refund_id"),
		RefundFee:           minor(f.value("refund_fee")),
		TotalFee:            minor(f.value("total_fee")),
		CashFee:             minor(f.value("cash_fee")),
		SettlementRefundFee: minor(f.value("settlement_refund_fee")),
		SettlementTotalFee:  minor(f.value("settlement_total_fee")),
		CashRefundFee:       minor(f.value("cash_refund_fee")),
		CashRefundFeeType:   f.value("cash_refund_fee_type"),
		FeeType:             f.value("fee_type"),
		RefundFeeType:       f.value("refund_fee_type"),
		CashFeeType:         f.value("cash_fee_type"),
		Rate:                f.value("rate"),
		CouponRefundFee:     minor(f.value("coupon_refund_fee")),
		Coupons:             f.coupons("", f.value("coupon_refund_count")),
	}
}

// maxRows bounds what a count in an answer may ask for; an order has at most 50 refunds.
const maxRows = 100

// rows reads a count of rows, 0 when it is none.
func rows(count string) int {
	n, err := strconv.Atoi(count)
	if err != nil {
		return 0
	}
	return max(0, min(n, maxRows))
}

// coupons are the coupons of a refund; within is "_$n" in a list of refunds.
func (f fields) coupons(within, count string) []Coupon {
	var all []Coupon
	for m := range rows(count) {
		suffix := within + "_" + strconv.Itoa(m)
		all = append(all, Coupon{
			ID:   f.value("coupon_refund_id" + suffix),
			Type: f.value("coupon_type" + suffix),
			Fee:  minor(f.value("coupon_refund_fee" + suffix)),
		})
	}
	return all
}

// Refund asks for a refund, of a part or all of a paid order, within a year. It
// may be repeated with the same number and amounts, and after anything but
// SUCCESS it has to be, unless RefundQuery knows it. It shows the client
// certificate. The error is an *Error; without one the answer is signed.
func (c *Client) Refund(ctx context.Context, q RefundRequest) (RefundResponse, error) {
	if err := c.fit(Refund, q.params()); err != nil { // before the turn, which it would waste
		return RefundResponse{}, err
	}
	if err := c.failing.enter(ctx); err != nil {
		return RefundResponse{}, &Error{Op: Refund, Rule: RefusedHere, Err: err}
	}
	reply, err := c.signed(ctx, Refund, q.params())
	r := newRefundResponse(reply)
	c.failing.leave(err != nil || r.ResultCode != success)
	return r, err
}

// refundRequest puts a refund into WeChat Pay's words.
func refundRequest(g pos.Refunding) RefundRequest {
	return RefundRequest{
		OutTradeNo:    string(g.Order.No),
		OutRefundNo:   g.RefundNo,
		TotalFee:      g.Order.Amount.Minor,
		RefundFee:     g.Minor,
		RefundFeeType: string(g.Order.Amount.Currency),
		RefundDesc:    text(g.Desc, 80),
	}
}
