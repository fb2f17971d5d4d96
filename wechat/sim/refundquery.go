package sim

import (
	"slices"
	"strconv"
)

// The limits of a query by an order's number (wechatpay-v2.md 6.5).
const (
	refundPage     = 10
	maxRefundQuery = 20
)

// refundQueryRules are the rows of Query Refund (wechatpay-v2.md 6.5).
func refundQueryRules() []rule {
	return append(orderRules(),
		rule{"out_refund_no", 64, false, isOrderNo},
		rule{"refund_id", 32, false, nil},
		rule{"offset", 9, false, isDigits},
	)
}

// refundquery is Query Refund (wechatpay-v2.md 6.5). g.mu is held.
func (g *Gateway) refundquery(x *exchange) message {
	if why := check(x.in, refundQueryRules()); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	if x.in["refund_id"]+x.in["out_refund_no"] != "" {
		if r := g.book.refundNamed(x); r != nil {
			return x.refunds(r.order, []*refund{r})
		}
		return x.no("REFUNDNOTEXIST", "the refund does not exist")
	}
	if x.orderNo() == "" {
		return x.no("PARAM_ERROR", "one of refund_id, out_refund_no, transaction_id, out_trade_no is needed")
	}
	o := g.book.find(x.merchant, x.in, x.at)
	if o == nil && x.in["transaction_id"] != "" {
		return x.no("INVALID_TRANSACTIONID", "the transaction_id is not valid")
	}
	return x.refundsOf(o)
}

// refundNamed finds the refund that a query names: refund_id wins.
func (b *book) refundNamed(x *exchange) *refund {
	r := b.refunds[x.refundKey()]
	if id := x.in["refund_id"]; id != "" {
		r = nil
		for _, one := range b.refunds {
			if one.id == id {
				r = one
			}
		}
	}
	if r == nil || !r.order.of(x.merchant) || !r.visible(x) {
		return nil
	}
	return r
}

// visible reports that Query Refund finds the refund already.
func (r *refund) visible(x *exchange) bool {
	return !x.at.Before(r.accepted.Add(r.story.hidden))
}

// refundsOf answers a query by the order's number: a page of its refunds.
func (x *exchange) refundsOf(o *order) message {
	if o == nil {
		return x.no("REFUNDNOTEXIST", "the order does not exist")
	}
	all := slices.DeleteFunc(slices.Clone(o.refunds), func(r *refund) bool { return !r.visible(x) })
	offset := int(amountOf(x.in, "offset"))
	switch {
	case len(all) == 0:
		return x.no("REFUNDNOTEXIST", "the order has no refund")
	case len(all) > maxRefundQuery:
		return x.no("PARAM_ERROR", "the order has more than 20 refunds, ask by out_refund_no")
	case offset >= len(all):
		return x.no("PARAM_ERROR", "offset is not less than the number of refunds")
	}
	m := x.refunds(o, all[offset:min(offset+refundPage, len(all))])
	if x.in["offset"] != "" {
		m["total_refund_count"] = strconv.Itoa(len(all))
	}
	return m
}

// refunds tells of the order and of some of its refunds.
func (x *exchange) refunds(o *order, some []*refund) message {
	m := x.yes()
	m["transaction_id"], m["out_trade_no"] = o.transactionID, o.no
	o.priced(m)
	m["refund_count"] = strconv.Itoa(len(some))
	for i, r := range some {
		r.found(m, "_"+strconv.Itoa(i), x)
	}
	return m
}

// found writes one refund of a Query Refund.
func (r *refund) found(m message, suffix string, x *exchange) {
	r.tell(m, suffix)
	state := r.state(x.at)
	m["refund_channel"+suffix], m["refund_account"+suffix] = "ORIGINAL", r.account
	m["refund_status"+suffix] = string(state)
	m["refund_recv_accout"+suffix] = "支付用户零钱" // the customer's balance; the name is misspelt in the documents too
	if state == Refunded {
		m["refund_success_time"+suffix] = r.settles().In(china()).Format("2006-01-02 15:04:05")
	}
}
