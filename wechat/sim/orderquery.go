package sim

import "strconv"

// orderquery is Query Order (wechatpay-v2.md 6.2). g.mu is held.
func (g *Gateway) orderquery(x *exchange) message {
	if why := check(x.in, orderRules()); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	if x.orderNo() == "" {
		return x.no("PARAM_ERROR", "out_trade_no or transaction_id is needed")
	}
	o := g.book.find(x.merchant, x.in, x.at)
	if o == nil {
		return x.no("ORDERNOTEXIST", "the order does not exist")
	}
	if o.muted() {
		DropAnswer(x)
	}
	return x.found(o)
}

// found tells the state of an order. Amount, transaction_id and the like come
// only with SUCCESS (wechatpay-v2.md 6.2, last row of the table).
func (x *exchange) found(o *order) message {
	m := x.yes()
	m["trade_state"], m["trade_state_desc"] = string(o.state), o.state.describe()
	m["out_trade_no"] = o.no
	m.set("attach", o.attach)
	if o.state != Success {
		return m
	}
	o.paid(m, x.in)
	m.set("device_info", o.device)
	for i, v := range o.story.vouchers {
		n := strconv.Itoa(i)
		m["coupon_type_"+n], m["coupon_fee_"+n] = v.kind, strconv.FormatInt(v.minor, 10)
		m["coupon_id_"+n] = o.voucherID(i)
	}
	if n := len(o.story.vouchers); n > 0 {
		m["coupon_count"] = strconv.Itoa(n)
	}
	return m
}

// describe is trade_state_desc: words for people.
func (s TradeState) describe() string {
	switch s {
	case Success:
		return "Paid"
	case Refund:
		return "Refunded"
	case NotPay:
		return "Not paid"
	case Closed:
		return "Closed"
	case Revoked:
		return "Revoked"
	case UserPaying:
		return "The customer is entering the password"
	case PayError:
		return "The payment failed, revoke the order"
	}
	return "State " + string(s)
}
