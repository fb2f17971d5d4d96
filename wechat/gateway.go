package wechat

import (
	"context"
	"errors"

	"cashier/pos"
)

// Client fits the till's port to the payment side.
var _ pos.Gateway = (*Client)(nil)

// Submit implements pos.Gateway: Submit Quick Pay or Unified Order, exactly once.
func (c *Client) Submit(ctx context.Context, ch pos.Charge) pos.Answer {
	ctx = context.WithValue(ctx, placed{}, true)
	if ch.Method.Closes() {
		return c.submitPage(ctx, ch)
	}
	r, err := MicropayResponse{}, checkCharge(ch)
	if err == nil {
		r, err = c.Micropay(ctx, c.micropayRequest(ch))
	}
	return r.complete(judgeQuickPay(c.merchant, ch.Order, r, err), err)
}

// Query implements pos.Gateway: Query Order by our number.
func (c *Client) Query(ctx context.Context, o pos.Order) pos.Answer {
	r, err := OrderQueryResponse{}, checkNo(QueryOrder, o.No)
	if err == nil {
		r, err = c.OrderQuery(ctx, OrderQueryRequest{OutTradeNo: string(o.No)})
	}
	return r.complete(judgeQuery(c.merchant, o, r, err), err)
}

// Revoke implements pos.Gateway: Revoke by our number for a Quick Pay order, and
// for every other Close Order; each refuses the orders of the other.
func (c *Client) Revoke(ctx context.Context, o pos.Order) pos.Answer {
	if o.Method.Closes() {
		return c.revokePage(ctx, o)
	}
	r, err := ReverseResponse{}, checkNo(Revoke, o.No)
	if err == nil {
		r, err = c.Reverse(ctx, ReverseRequest{OutTradeNo: string(o.No), TradeType: TradeMicropay})
	}
	return r.complete(judgeRevoke(c.merchant, r, err), err)
}

// GiveBack implements pos.Gateway: Apply for Refund, once. It names the order by
// our own number alone: a transaction_id would win over it, and a wrong one would
// be somebody else's order.
func (c *Client) GiveBack(ctx context.Context, g pos.Refunding) pos.Answer {
	r, err := RefundResponse{}, checkNo(Refund, g.Order.No)
	if err == nil {
		r, err = c.Refund(ctx, refundRequest(g))
	}
	return r.complete(judgeRefund(c.merchant, g, r, err), err)
}

// AskRefund implements pos.Gateway: Query Refund by our number of the refund.
func (c *Client) AskRefund(ctx context.Context, g pos.Refunding) pos.Answer {
	r, err := c.RefundQuery(ctx, RefundQueryRequest{OutRefundNo: g.RefundNo})
	return r.complete(judgeRefundQuery(c.merchant, g, r, err), err)
}

// complete adds to a judgement what was heard, and when the gateway said it: of
// a signed answer only, for 7 days may hang on that clock (design 3.16).
func (r Reply) complete(a pos.Answer, err error) pos.Answer {
	a.Heard = r.heard(err)
	if err == nil {
		a.Date = r.Date
	}
	return a
}

// checkCharge refuses what must not be sent (E1). A till does not get here.
func checkCharge(ch pos.Charge) error {
	switch {
	case ch.Code.IsZero():
		return refused(QuickPay, "there is no auth code")
	case ch.Amount.Minor < 1 || ch.Amount.Minor > pos.MaxMinor:
		return refused(QuickPay, "the amount is out of range")
	case ch.Amount.Currency == "":
		return refused(QuickPay, "the amount has no currency")
	}
	return checkNo(QuickPay, ch.No)
}

// checkNo refuses an order number that cannot be sent (E1).
func checkNo(op Operation, no pos.OrderNo) error {
	if _, err := pos.ParseOrderNo(string(no)); err != nil {
		return &Error{Op: op, Rule: RefusedHere, Err: err}
	}
	return nil
}

func refused(op Operation, why string) error {
	return &Error{Op: op, Rule: RefusedHere, Err: errors.New(why)}
}
