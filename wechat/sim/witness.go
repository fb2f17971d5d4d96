package sim

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Order is the gateway's truth about one order at the moment of asking.
type Order struct {
	MchID, SubMchID string
	No              string // out_trade_no
	TransactionID   string
	Minor           int64  // total_fee, in minor units
	Currency        string // fee_type
	Trade           string // trade_type; MICROPAY for a Quick Pay
	State           TradeState
	Created         time.Time
	PaidAt          time.Time // zero when it was never paid
	Refunded        int64     // what was refunded or is on its way back, in minor units; without closed refunds
}

// OrderRefund is the gateway's truth about one refund at the moment of asking.
type OrderRefund struct {
	OrderNo  string
	No       string // out_refund_no
	ID       string // refund_id
	Minor    int64  // refund_fee, in minor units of the order's currency
	State    RefundState
	Accepted time.Time // when it was accepted, or started again
}

// Kept reports that the merchant has the customer's money and nothing was given back.
func (o Order) Kept() bool { return o.State == Success }

// Call is one request that reached the gateway's network.
type Call struct {
	At      time.Time
	Op      Op
	OrderNo string // out_trade_no, or the transaction_id named instead; empty when unreadable
	Refund  string // out_refund_no
	Answer  string // return_code, result_code, err_code as far as they were; empty when not handled at once
	Faults  string // what went wrong, comma separated; empty for nothing
}

// Seen is the number of Quick Pay submissions that reached the gateway's
// network under this number, refused and lost ones included; a request that
// the network doubled counts once. More than 1 means that a till sent it again.
func (g *Gateway) Seen(orderNo string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.nth[OnQuickPay.String()+"/"+orderNo]
}

// SeenRefund is the number of Apply for Refund requests that reached the
// gateway's network under this out_refund_no.
func (g *Gateway) SeenRefund(refundNo string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.nth[OnRefund.String()+"/"+refundNo]
}

// Order is the truth about the order with this number, at whichever merchant; ok is false when there is none.
func (g *Gateway) Order(orderNo string) (truth Order, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if o := g.anyone(orderNo); o != nil {
		return o.snapshot(g.config.Now()), true
	}
	return Order{}, false
}

// Refunds is the truth about all refunds of an order, oldest first.
func (g *Gateway) Refunds(orderNo string) []OrderRefund {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.anyone(orderNo)
	if o == nil {
		return nil
	}
	var all []OrderRefund
	for _, r := range o.refunds {
		all = append(all, OrderRefund{o.no, r.no, r.id, r.minor, r.state(g.config.Now()), r.accepted})
	}
	return all
}

// anyone finds an order by its number alone, as it stands now, or nil. g.mu is held.
func (g *Gateway) anyone(orderNo string) *order {
	now := g.config.Now()
	g.arrive(now)
	for _, m := range g.config.Merchants {
		if o := g.book.numbered(m.MchID, orderNo, now); o != nil {
			return o
		}
	}
	return nil
}

// Orders is the truth about all orders, oldest first.
func (g *Gateway) Orders() []Order {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.config.Now()
	g.arrive(now)
	all := make([]Order, 0, len(g.book.orders))
	for _, o := range g.book.orders {
		o.advance(now)
		all = append(all, o.snapshot(now))
	}
	return all
}

// snapshot is the order as the outside may see it.
func (o *order) snapshot(now time.Time) Order {
	return Order{
		MchID: o.merchant.MchID, SubMchID: o.merchant.SubMchID, No: o.no, TransactionID: o.transactionID,
		Minor: o.minor, Currency: o.price.code, Trade: o.trade, State: o.state, Created: o.created, PaidAt: o.paidAt,
		Refunded: o.minor - o.left(now),
	}
}

// Calls is the log of all calls, oldest first. It is kept as long as the gateway.
func (g *Gateway) Calls() []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.calls)
}

// Pay lets the customer of an order pay it now: one who was shown the code of
// a Unified Order, or who is asked for the password of a Quick Pay. It reports
// whether the customer could.
func (g *Gateway) Pay(orderNo string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pay(g.anyone(orderNo))
}

// Scan lets a customer scan the QR code of a NATIVE order and pay it now. It
// reports whether there is an order with that code_url that can still be paid.
func (g *Gateway) Scan(codeURL string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.config.Now()
	g.arrive(now)
	for _, o := range g.book.orders {
		if o.trade == "NATIVE" && o.codeURL() == codeURL {
			o.advance(now)
			return g.pay(o)
		}
	}
	return false
}

// pay lets the customer pay. g.mu is held.
func (g *Gateway) pay(o *order) bool {
	now := g.config.Now()
	if o == nil || !o.payable(now) {
		return false
	}
	o.become(Success, now)
	return true
}

// Force puts an order into a state, as somebody could in the merchant portal
// or WeChat Pay on its own: Refund, Closed, or a state that no document knows.
// Refund gives back what is left of a paid order, at once. It reports whether
// there is such an order.
func (g *Gateway) Force(orderNo string, s TradeState) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	o, now := g.anyone(orderNo), g.config.Now()
	if o == nil {
		return false
	}
	if left := o.left(now); s == Refund && !o.paidAt.IsZero() && left > 0 {
		g.book.enter(&refund{order: o, no: o.no + "P" + strconv.Itoa(len(o.refunds)), minor: left, account: fromUnsettled, portal: true}, now)
	}
	o.become(s, now)
	return true
}

// record writes the call into the log. g.mu is held.
func (g *Gateway) record(x *exchange) {
	g.calls = append(g.calls, Call{x.at, x.op, x.orderNo(), x.in["out_refund_no"], x.out.outcome(), strings.Join(x.faults, ", ")})
}

// outcome is the answer in a few words.
func (m message) outcome() string {
	return strings.TrimSpace(strings.Join([]string{m["return_code"], m["result_code"], m["err_code"]}, " "))
}
