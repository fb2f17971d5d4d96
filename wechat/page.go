package wechat

import (
	"context"
	"time"

	"cashier/pos"
)

// This file speaks of orders that are not Quick Pay in the till's words.

// Prepare makes an order, once, and judges the answer.
func (c *Client) Prepare(ctx context.Context, q UnifiedOrderRequest) PrepayAnswer {
	r, err := c.UnifiedOrder(ctx, q)
	a := judgeUnifiedOrder(c.merchant, q, r, err)
	a.note(r.Reply, err)
	return a
}

// PageOrder is an order that was made by Unified Order. It is no pos.Order, which
// is a Quick Pay order, so that neither can be given to the call that is for the
// other: Revoke never takes this one, and ClosePage never that one.
type PageOrder struct {
	No        pos.OrderNo
	Amount    pos.Money
	TradeType TradeType
}

// QueryPage asks Query Order about an order that is not Quick Pay, and judges
// the answer by the same rows.
func (c *Client) QueryPage(ctx context.Context, o PageOrder) pos.Answer {
	return c.Query(ctx, pos.Order{No: o.No, Amount: o.Amount})
}

// ClosePage closes an order that is not Quick Pay and whose last query was not
// SUCCESS, once, and judges the answer.
func (c *Client) ClosePage(ctx context.Context, o PageOrder) CloseAnswer {
	r, err := CloseOrderResponse{}, checkNo(CloseOrder, o.No)
	if err == nil {
		r, err = c.CloseOrder(ctx, CloseOrderRequest{OutTradeNo: string(o.No), TradeType: o.TradeType})
	}
	a := judgeClose(c.merchant, r, err)
	a.note(r.Reply, err)
	return a
}

// tradeTypes are WeChat Pay's words for the till's methods.
var tradeTypes = map[pos.Method]TradeType{pos.Native: TradeNative, pos.App: TradeApp, pos.MiniProgram: TradeJSAPI}

// defaultNotifyURL is required and nobody listens there: a till has no public
// address and asks Query Order. The name is one that never resolves (RFC 2606).
const defaultNotifyURL = "https://cashier.invalid/paid"

// prepayRequest puts a charge into WeChat Pay's words.
func (c *Client) prepayRequest(ch pos.Charge) UnifiedOrderRequest {
	q := UnifiedOrderRequest{
		TradeType:      tradeTypes[ch.Method],
		MiniProgram:    ch.Method == pos.MiniProgram,
		OutTradeNo:     string(ch.No),
		TotalFee:       ch.Amount.Minor,
		FeeType:        string(ch.Amount.Currency),
		Body:           c.body(),
		Attach:         text(ch.Ref, maxText),
		DeviceInfo:     c.config.TillID,
		SpbillCreateIP: c.config.IP,
		NotifyURL:      c.config.NotifyURL,
	}
	switch {
	case ch.Method == pos.Native:
		q.ProductID = string(ch.No)
	case c.config.SubMchID != "":
		q.SubOpenID = ch.Payer
	default:
		q.OpenID = ch.Payer
	}
	return q
}

// submitPage is Submit for an order that is not Quick Pay.
func (c *Client) submitPage(ctx context.Context, ch pos.Charge) pos.Answer {
	p := c.Prepare(ctx, c.prepayRequest(ch))
	return pos.Answer{Finding: p.Finding.forTill(), CodeURL: p.CodeURL, PrepayID: p.PrepayID,
		Code: p.Code, Alarm: p.Alarm, Date: p.Date, Heard: p.Heard}
}

// forTill is what a finding means to a till, where the customer has nothing to
// pay by unless it is ready, and Query Order decides everything else.
func (f PrepayFinding) forTill() pos.Finding {
	//exhaustive:enforce
	switch f {
	case PrepayReady:
		return pos.FoundReady
	case PrepayRefused:
		return pos.FoundDeclined
	case PrepayPaid, PrepayClosed, PrepayUnclear:
		return pos.FoundUnclear
	case PrepayNotSent, PrepayCommFail, PrepayMismatch:
	}
	return pos.Finding(f)
}

// revokePage is Revoke for an order that is not Quick Pay: it closes it.
func (c *Client) revokePage(ctx context.Context, o pos.Order) pos.Answer {
	a := c.ClosePage(ctx, PageOrder{No: o.No, Amount: o.Amount, TradeType: tradeTypes[o.Method]})
	return pos.Answer{Finding: a.Finding.forTill(), Code: a.Code, Alarm: a.Alarm, Date: a.Date, Heard: a.Heard}
}

// forTill is what a finding means to a till. K1 and K3 are no proof before a
// query agrees; where there is nothing to close a query decides.
func (f CloseFinding) forTill() pos.Finding {
	//exhaustive:enforce
	switch f {
	case CloseDone:
		return pos.FoundRevokeAccepted // K1, K3
	case ClosePaid, CloseNoOrder, CloseNotAllowed:
		return pos.FoundRevokeMoot // K2, K5, K6
	case CloseRefused:
		return pos.FoundRevokeRefused // K7, K8
	case CloseNotSent, CloseUnclear, CloseCommFail, CloseMismatch:
	}
	return pos.Finding(f)
}

// FrontEnd are the signed parameters by which the customer's app or Mini Program
// pays an order that Submit made: an AppPayment or a JSAPIPayment. now is the time
// that the front end will show. The error has pos.KindInvalid.
func (c *Client) FrontEnd(ch pos.Charge, prepayID string, now time.Time) (any, error) {
	if ch.Method == pos.MiniProgram {
		return c.JSAPIPayment(c.prepayRequest(ch), prepayID, now)
	}
	return c.AppPayment(prepayID, now)
}
