package wechat

import (
	"context"
	"strconv"
	"time"
)

// RefundQueryRequest is Query Refund (POST /pay/refundquery). One number is
// required; of several the first in this order wins. Only OutRefundNo reaches
// every refund of an order that has more than 20.
type RefundQueryRequest struct {
	// RefundID (refund_id, String(32)) is WeChat Pay's number of one refund.
	RefundID string

	// OutRefundNo (out_refund_no, String(64)) is our number of one refund.
	OutRefundNo string

	// TransactionID (transaction_id, String(32)) and OutTradeNo (out_trade_no,
	// String(32)) name an order: the answer has its refunds, ten at a time.
	TransactionID, OutTradeNo string

	// Offset (offset, Int, optional) is the first refund wanted of an order that
	// has more than ten.
	Offset int
}

func (q RefundQueryRequest) params() params {
	all := params{
		may("refund_id", q.RefundID, 32).number(),
		may("out_refund_no", q.OutRefundNo, 64).number(),
		may("transaction_id", q.TransactionID, 32).number(),
		may("out_trade_no", q.OutTradeNo, 32).number(),
	}
	all[1].must = q.RefundID == "" && q.TransactionID == "" && q.OutTradeNo == ""
	switch {
	case q.Offset > 0:
		return append(all, need("offset", strconv.Itoa(q.Offset), 9))
	case q.Offset < 0:
		return append(all, param{name: "offset", wrong: invalid("count from 0", "offset %d is negative", q.Offset)})
	}
	return all
}

// RefundStatus is how a refund stands (refund_status, String(16)). The vocabulary
// is WeChat Pay's and stays open.
type RefundStatus string

// The documented states.
const (
	RefundSucceeded  RefundStatus = "SUCCESS"
	RefundProcessing RefundStatus = "PROCESSING"
	RefundClose      RefundStatus = "REFUNDCLOSE" // it failed
	RefundChange     RefundStatus = "CHANGE"      // the customer cannot be paid: a person has to, in the portal
)

// RefundQueryResponse is the answer to Query Refund.
type RefundQueryResponse struct {
	Envelope

	// TransactionID (transaction_id, String(32)) and OutTradeNo (out_trade_no,
	// String(32)) name the order.
	TransactionID, OutTradeNo string

	// TotalFee (total_fee, Int) in FeeType (fee_type, String(8), optional) is the
	// price of the order; SettlementTotalFee (settlement_total_fee, Int,
	// optional), CashFee (cash_fee, Int) and CashFeeType (cash_fee_type,
	// String(16), optional) are as in a payment. -1 when absent or no integer.
	TotalFee, SettlementTotalFee, CashFee int64
	FeeType, CashFeeType                  string

	// Rate (rate, String(16), optional) is price currency to payment currency times 10^8.
	Rate string

	// TotalRefundCount (total_refund_count, Int, with offset) is how many refunds
	// the order has. -1 when absent.
	TotalRefundCount int64

	// Refunds are as many as the answer counts (refund_count).
	Refunds []RefundRecord
}

// RefundRecord is one refund of an order: the fields that end in _$n.
type RefundRecord struct {
	// OutRefundNo (out_refund_no_$n, String(64)) is ours, RefundID (refund_id_$n,
	// String(32)) WeChat Pay's.
	OutRefundNo, RefundID string

	// Status (refund_status_$n, String(16)).
	Status RefundStatus

	// RefundFee (refund_fee_$n, Int) and SettlementRefundFee
	// (settlement_refund_fee_$n, Int, optional); -1 when absent or no integer.
	RefundFee, SettlementRefundFee int64

	// Channel (refund_channel_$n, String(16)): ORIGINAL, BALANCE, OTHER_BALANCE,
	// OTHER_BANKCARD. Account (refund_account_$n, String(30)) is the fund that
	// paid, Receiver (refund_recv_accout_$n, sic, String(64)) where it went, in words.
	Channel, Account, Receiver string

	// SucceededAt (refund_success_time_$n, String(20), GMT+8); zero unless done.
	SucceededAt time.Time

	// CouponRefundFee (coupon_refund_fee_$n, Int, optional) is the coupons' part,
	// Coupons (…_$n_$m) each of them.
	CouponRefundFee int64
	Coupons         []Coupon
}

func newRefundRecord(f fields, n int) RefundRecord {
	suffix := "_" + strconv.Itoa(n)
	return RefundRecord{
		OutRefundNo:         f.value("out_refund_no" + suffix),
		RefundID:            f.value("refund_id" + suffix),
		Status:              RefundStatus(f.value("refund_status" + suffix)),
		RefundFee:           minor(f.value("refund_fee" + suffix)),
		SettlementRefundFee: minor(f.value("settlement_refund_fee" + suffix)),
		Channel:             f.value("refund_channel" + suffix),
		Account:             f.value("refund_account" + suffix),
		Receiver:            f.value("refund_recv_accout" + suffix), // sic
		SucceededAt:         when(timeForm, f.value("refund_success_time"+suffix)),
		CouponRefundFee:     minor(f.value("coupon_refund_fee" + suffix)),
		Coupons:             f.coupons(suffix, f.value("coupon_refund_count"+suffix)),
	}
}

// RefundQuery asks how refunds stand. It may be repeated. The error is an
// *Error; without one the answer is signed.
func (c *Client) RefundQuery(ctx context.Context, q RefundQueryRequest) (RefundQueryResponse, error) {
	reply, err := c.signed(ctx, QueryRefund, q.params())
	f := reply.fields
	r := RefundQueryResponse{
		Envelope:           newEnvelope(reply),
		TransactionID:      f.value("transaction_id"),
		OutTradeNo:         f.value("out_trade_no"),
		TotalFee:           minor(f.value("total_fee")),
		SettlementTotalFee: minor(f.value("settlement_total_fee")),
		CashFee:            minor(f.value("cash_fee")),
		FeeType:            f.value("fee_type"),
		CashFeeType:        f.value("cash_fee_type"),
		Rate:               f.value("rate"),
		TotalRefundCount:   minor(f.value("total_refund_count")),
	}
	for n := range rows(f.value("refund_count")) {
		r.Refunds = append(r.Refunds, newRefundRecord(f, n))
	}
	return r, err
}
