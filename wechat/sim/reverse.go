package sim

import "time"

// revokeLimit is the age after which an order cannot be revoked any more (wechatpay-v2.md 6.3).
const revokeLimit = 7 * 24 * time.Hour

// reverse is Revoke (wechatpay-v2.md 6.3). g.mu is held.
func (g *Gateway) reverse(x *exchange) message {
	if why := check(x.in, orderRules()); why != nil {
		return x.final("PARAM_ERROR", why.text)
	}
	if x.orderNo() == "" {
		return x.final("PARAM_ERROR", "out_trade_no or transaction_id is needed")
	}
	o := g.book.find(x.merchant, x.in, x.at)
	if o == nil {
		return x.revokedNothing()
	}
	switch age := x.at.Sub(o.created); {
	case o.trade != quickPay:
		return x.final("INVALID_REQUEST", "not a Quick Pay order, close or refund it")
	case age > revokeLimit:
		return x.final("REVERSE_EXPIRE", "the order is older than 7 days, use refund")
	case age < g.config.MinRevokeAge:
		return x.no("INVALID_REQUEST", "the order is too young, call again later")
	case o.state == Refund:
		return x.final("TRADE_ERROR", "the order was refunded")
	}
	recall, ok := o.revoke(x.at)
	if !ok {
		return x.no("SYSTEMERROR", "system error")
	}
	return x.recall(recall)
}

// revokedNothing answers a revoke that finds no order: an unknown transaction
// is refused, an unknown order number answers SUCCESS (wechatpay-v2.md 6.3).
func (x *exchange) revokedNothing() message {
	if x.in["transaction_id"] != "" {
		return x.final("INVALID_TRANSACTIONID", "the transaction_id is not valid")
	}
	return x.recall("N")
}

// recall is an answer that succeeds and says whether to call again. It names
// no order, amount or state: the real one does not either.
func (x *exchange) recall(recall string) message {
	m := x.yes()
	m["recall"] = recall
	return m
}

// final is a refusal that a repeat cannot cure.
func (x *exchange) final(code, text string) message {
	m := x.no(code, text)
	m["recall"] = "N"
	return m
}
