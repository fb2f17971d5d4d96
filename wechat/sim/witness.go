package sim

import (
	"slices"
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
	State           TradeState
	Created         time.Time
	PaidAt          time.Time // zero when it was never paid
}

// Kept reports that the merchant has the customer's money and nothing was given back.
func (o Order) Kept() bool { return o.State == Success }

// Call is one request that reached the gateway's network.
type Call struct {
	At      time.Time
	Op      Op
	OrderNo string // out_trade_no, or the transaction_id named instead; empty when unreadable
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

// Order is the truth about the order with this number, at whichever merchant; ok is false when there is none.
func (g *Gateway) Order(orderNo string) (truth Order, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if o := g.anyone(orderNo); o != nil {
		return o.snapshot(), true
	}
	return Order{}, false
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
		all = append(all, o.snapshot())
	}
	return all
}

// snapshot is the order as the outside may see it.
func (o *order) snapshot() Order {
	return Order{
		MchID: o.merchant.MchID, SubMchID: o.merchant.SubMchID, No: o.no, TransactionID: o.transactionID,
		Minor: o.minor, Currency: o.price.code, State: o.state, Created: o.created, PaidAt: o.paidAt,
	}
}

// Calls is the log of all calls, oldest first. It is kept as long as the gateway.
func (g *Gateway) Calls() []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.calls)
}

// Force puts an order into a state, as somebody could in the merchant portal
// or WeChat Pay on its own: Refund, Closed, or a state that no document knows.
// It reports whether there is such an order.
func (g *Gateway) Force(orderNo string, s TradeState) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.anyone(orderNo)
	if o == nil {
		return false
	}
	o.become(s, g.config.Now())
	return true
}

// record writes the call into the log. g.mu is held.
func (g *Gateway) record(x *exchange) {
	g.calls = append(g.calls, Call{x.at, x.op, x.orderNo(), x.out.outcome(), strings.Join(x.faults, ", ")})
}

// outcome is the answer in a few words.
func (m message) outcome() string {
	return strings.TrimSpace(strings.Join([]string{m["return_code"], m["result_code"], m["err_code"]}, " "))
}
