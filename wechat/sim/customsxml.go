package sim

import "strconv"

// declareorder is the mainland's declaration, and its modification (wechatpay-v2.md 6.14). g.mu is held.
func (g *Gateway) declareorder(x *exchange) message {
	d, why := g.book.declare(x)
	if why != nil {
		return x.no(why.code, why.text)
	}
	return x.declared(d)
}

// declared is the answer to one declaration.
func (x *exchange) declared(d *declaration) message {
	m := x.yes()
	d.tell(m, "", x)
	m["cert_check_result"] = d.identity
	m["verify_department"], m["verify_department_trade_id"] = "OTHERS", "4"+d.subID
	return m
}

// tell writes what all answers say of a declaration.
func (d *declaration) tell(m message, suffix string, x *exchange) {
	m["state"+suffix] = d.state(x.at)
	m["modify_time"+suffix] = d.modified.In(china()).Format("20060102150405")
	m["transaction_id"], m["out_trade_no"] = d.order.transactionID, d.order.no
	m.set("sub_order_no"+suffix, d.subNo)
	m.set("sub_order_id"+suffix, d.subID)
}

// declareNames are the rows that name a declaration.
func declareNames() []rule {
	return append(orderRules(),
		rule{"sub_order_no", 32, false, isOrderNo},
		rule{"sub_order_id", 32, false, nil},
		rule{"customs", 32, true, isCustoms},
	)
}

// names reports that the request has one of the four numbers.
func (m message) names() bool {
	return m["out_trade_no"]+m["transaction_id"]+m["sub_order_no"]+m["sub_order_id"] != ""
}

// declarequery is the mainland's query (wechatpay-v2.md 6.14). g.mu is held.
func (g *Gateway) declarequery(x *exchange) message {
	if why := check(x.in, declareNames()); why != nil || !x.in.names() {
		return x.no("PARAM_ERROR", "one of the order numbers and customs are needed")
	}
	all := g.book.declarationsOf(x)
	if len(all) == 0 {
		return x.no("ORDERNOTEXIST", "the order was not declared")
	}
	m := x.yes()
	m["count"] = strconv.Itoa(len(all))
	for i, d := range all {
		suffix := "_" + strconv.Itoa(i)
		d.tell(m, suffix, x)
		m["customs"+suffix], m["mch_customs_no"+suffix] = d.customs, d.customsNo
		m["cert_check_result"+suffix] = d.identity
		m.set("fee_type"+suffix, d.feeType)
		m.set("order_fee"+suffix, d.orderFee)
		m.set("transport_fee"+suffix, d.transport)
		m.set("product_fee"+suffix, d.product)
		m.set("duty"+suffix, d.duty)
		if d.state(x.at) == "FAIL" {
			m["explanation"+suffix] = "the customs refused the declaration"
		}
	}
	return m
}

// redeclareorder is the mainland's second declaration (wechatpay-v2.md 6.14). g.mu is held.
func (g *Gateway) redeclareorder(x *exchange) message {
	rules := append(declareNames(), rule{"mch_customs_no", 32, true, nil})
	if why := check(x.in, rules); why != nil || !x.in.names() {
		return x.no("PARAM_ERROR", "one of the order numbers, customs and mch_customs_no are needed")
	}
	all, why := g.book.redeclare(x)
	if why != nil {
		return x.no(why.code, why.text)
	}
	return x.declared(all[0])
}
