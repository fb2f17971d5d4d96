package wechat

import (
	"context"

	"cashier/pos"
)

// OrderQueryRequest is Query Order (POST /pay/orderquery), by our own number
// alone: it is the one that exists before any answer.
type OrderQueryRequest struct {
	// OutTradeNo (out_trade_no, String(32)) is our order number.
	OutTradeNo string
}

// TradeState is how an order stands (trade_state, String(32)). The vocabulary is
// WeChat Pay's and stays open: an unknown value means doubt.
type TradeState string

// The documented states.
const (
	TradeSuccess    TradeState = "SUCCESS"    // paid
	TradeRefund     TradeState = "REFUND"     // was paid; a refund, of a part or all, has begun
	TradeNotPay     TradeState = "NOTPAY"     // not paid, yet
	TradeClosed     TradeState = "CLOSED"     // closed unpaid
	TradeRevoked    TradeState = "REVOKED"    // revoked; Quick Pay only
	TradeUserPaying TradeState = "USERPAYING" // the customer is paying; Quick Pay only
	TradePayError   TradeState = "PAYERROR"   // the payment failed; the order may still be open
	TradeAccept     TradeState = "ACCEPT"     // accepted, waiting for deduction; not expected here
)

// OrderQueryResponse is the answer to Query Order.
type OrderQueryResponse struct {
	Envelope

	// TradeState (trade_state, with SUCCESS at both layers) decides alone: both
	// SUCCESS only say that the question was answered.
	TradeState TradeState

	// TradeStateDesc (trade_state_desc, String(256)) is for people.
	TradeStateDesc string

	// Payment is complete with TradeSuccess only; in other states there may be
	// OutTradeNo and Attach alone.
	Payment
}

// OrderQuery asks how an order stands. It may be repeated. The error is an
// *Error; without one the answer is signed.
func (c *Client) OrderQuery(ctx context.Context, q OrderQueryRequest) (OrderQueryResponse, error) {
	reply, err := c.call(ctx, QueryOrder, pos.AuthCode{}, []field{{"out_trade_no", q.OutTradeNo}})
	return OrderQueryResponse{
		Envelope:       newEnvelope(reply),
		TradeState:     TradeState(reply.fields.value("trade_state")),
		TradeStateDesc: reply.fields.value("trade_state_desc"),
		Payment:        newPayment(reply.fields),
	}, err
}
