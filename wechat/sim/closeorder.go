package sim

// closeorder is Close Order (wechatpay-v2.md 6.7): at any age, because the
// Global page asks for no waiting time. g.mu is held.
func (g *Gateway) closeorder(x *exchange) message {
	if why := check(x.in, []rule{{"out_trade_no", 32, true, isOrderNo}}); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	o := g.book.find(x.merchant, message{"out_trade_no": x.in["out_trade_no"]}, x.at)
	switch {
	case o == nil:
		return x.no("ORDERNOTEXIST", "the order does not exist")
	case o.trade == quickPay:
		return x.no("INVALID_REQUEST", "a Quick Pay order is revoked, not closed")
	case o.state == Success, o.state == Refund:
		return x.no("ORDERPAID", "the order is paid")
	case o.state == Closed:
		return x.no("ORDERCLOSED", "the order is closed")
	case !o.state.open():
		return x.no("TRADE_STATE_ERROR", "the order cannot be closed in this state")
	}
	return x.closed(o)
}

// closed carries the close out, as far as the order's story lets it. The answer
// is the Global page's, the layers alone; result_msg is the mainland's.
func (x *exchange) closed(o *order) message {
	o.accepted++
	switch {
	case o.accepted <= o.story.recalls:
		return x.no("SYSTEMERROR", "system error")
	case o.story.crosses && o.shown: // nobody pays by a code that never came
		o.become(Success, x.at)
		return x.no("ORDERPAID", "the order is paid")
	}
	o.become(Closed, x.at)
	return x.yes()
}
