package sim

import (
	"fmt"
	"strconv"
	"time"
)

// maxRefunds is how many refunds one order can have (wechatpay-v2.md 6.4).
const maxRefunds = 50

// RefundState is a value of refund_status_$n (wechatpay-v2.md 6.5).
type RefundState string

// The states a refund can be in.
const (
	Processing   RefundState = "PROCESSING"  // accepted, on its way
	Refunded     RefundState = "SUCCESS"     // the customer has the money
	RefundClosed RefundState = "REFUNDCLOSE" // failed; the money is the merchant's again
	Change       RefundState = "CHANGE"      // the customer's card is dead: the money is nobody's until the merchant pays it out otherwise
)

// refund is the gateway's truth about one out_refund_no.
type refund struct {
	order    *order
	no       string
	id       string // refund_id
	minor    int64
	wallet   uint64  // what the customer's wallet gets, in its own currency
	vouchers []int64 // what goes back to each of the order's vouchers
	account  string  // refund_account
	portal   bool    // not asked for by the API
	story    refundStory
	accepted time.Time
}

// state is where the refund has got to.
func (r *refund) state(now time.Time) RefundState {
	if r.story.stays || now.Before(r.settles()) {
		return Processing
	}
	if r.story.ends != "" {
		return r.story.ends
	}
	return Refunded
}

// settles is when the refund comes to its end.
func (r *refund) settles() time.Time {
	switch {
	case r.portal:
		return r.accepted
	case r.story.after > 0:
		return r.accepted.Add(r.story.after)
	}
	return r.accepted.Add(refundTime)
}

// refundRules are the rows of Apply for Refund (wechatpay-v2.md 6.4).
func refundRules() []rule {
	return append(orderRules(),
		rule{"out_refund_no", 64, true, isOrderNo},
		rule{"total_fee", 12, true, isAmount},
		rule{"refund_fee", 12, true, isAmount},
		rule{"refund_fee_type", 8, false, isCurrency},
		rule{"refund_desc", 80, false, nil},
		rule{"refund_account", 30, false, oneOf(fromUnsettled, "REFUND_SOURCE_RECHARGE_FUNDS")},
		rule{"notify_url", 256, false, isNotifyURL},
	)
}

// fromUnsettled is the default of refund_account.
const fromUnsettled = "REFUND_SOURCE_UNSETTLED_FUNDS"

// refund is Apply for Refund (wechatpay-v2.md 6.4). g.mu is held.
func (g *Gateway) refund(x *exchange) message {
	if why := check(x.in, refundRules()); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	if x.orderNo() == "" {
		return x.no("PARAM_ERROR", "out_trade_no or transaction_id is needed")
	}
	o := g.book.find(x.merchant, x.in, x.at)
	switch {
	case o == nil && x.in["transaction_id"] != "":
		return x.no("INVALID_TRANSACTIONID", "the transaction_id is not valid")
	case o == nil:
		return x.no("ORDERNOTEXIST", "the order does not exist")
	}
	if r := g.book.refunds[x.refundKey()]; r != nil {
		return x.refundedAgain(o, r)
	}
	if why := o.refusesRefund(x); why != nil {
		return x.no(why.code, why.text)
	}
	told := refundStoryOf(amountOf(x.in, "refund_fee"))
	if g.book.holdsBack(x, told) {
		return x.no(told.refuses, "refused for now")
	}
	r := g.book.accept(o, x, told)
	if told.answer != nil {
		told.answer(x)
	}
	return x.accepted(r)
}

// refundKey is under what a refund is filed: out_refund_no is unique under one mch_id.
func (x *exchange) refundKey() orderKey { return orderKey{x.merchant.MchID, x.in["out_refund_no"]} }

// refusesRefund says why a new refund of the order is refused, or nil. The
// table has the one code ERROR for everything that the business forbids.
func (o *order) refusesRefund(x *exchange) *refusal {
	total, fee := amountOf(x.in, "total_fee"), amountOf(x.in, "refund_fee")
	code := x.in["refund_fee_type"]
	switch {
	case o.state != Success && o.state != Refund:
		return &refusal{"ERROR", "the order is not paid, or was revoked"}
	case x.at.After(o.paidAt.AddDate(1, 0, 0)):
		return &refusal{"TRADE_OVERDUE", "the order is older than a year"}
	case total != o.minor:
		return &refusal{"ERROR", "total_fee is not that of the order"}
	case code != "" && code != o.price.code:
		return &refusal{"ERROR", "refund_fee_type is not that of the order"}
	case len(o.refunds) >= maxRefunds:
		return &refusal{"ERROR", "the order has 50 refunds"}
	case o.left(x.at) == 0:
		return &refusal{"ERROR", "the order was refunded in full"}
	case fee > o.left(x.at):
		return &refusal{"ERROR", "the refunds would be more than was paid"}
	}
	return nil
}

// refundedAgain answers a refund number that is in use: the same refund once
// more is carried out once and gets the same answer (wechatpay-v2.md 6.4).
func (x *exchange) refundedAgain(o *order, r *refund) message {
	code := x.in["refund_fee_type"]
	same := r.order == o && r.minor == amountOf(x.in, "refund_fee") && o.minor == amountOf(x.in, "total_fee") &&
		(code == "" || code == o.price.code)
	switch {
	case !same:
		return x.no("ERROR", "the refund number was used with other parameters")
	case r.state(x.at) != RefundClosed:
		return x.accepted(r)
	case !r.story.again:
		return x.no("ERROR", "the refund was closed, use a new number")
	case r.minor > o.left(x.at):
		return x.no("ERROR", "the refunds would be more than was paid")
	}
	r.story, r.accepted = refundStory{}, x.at
	return x.accepted(r)
}

// holdsBack reports whether a refund is refused for now, and remembers when it was first asked for.
func (b *book) holdsBack(x *exchange, told refundStory) bool {
	if told.refuses == "" {
		return false
	}
	first, known := b.asked[x.refundKey()]
	if !known {
		first = x.at
		b.asked[x.refundKey()] = first
	}
	return x.at.Before(first.Add(told.until))
}

// accept enters a new refund; from here on the order's state is REFUND,
// whatever part of it goes back (wechatpay-v2.md 6.2).
func (b *book) accept(o *order, x *exchange, told refundStory) *refund {
	r := &refund{order: o, no: x.in["out_refund_no"], minor: amountOf(x.in, "refund_fee"), account: x.in["refund_account"], story: told}
	if r.account == "" {
		r.account = fromUnsettled
	}
	b.enter(r, x.at)
	return r
}

// enter books a refund.
func (b *book) enter(r *refund, now time.Time) {
	o := r.order
	r.accepted = now
	r.id = fmt.Sprintf("5030%s%016d", now.In(china()).Format("20060102"), fingerprint(o.merchant.MchID, r.no)%10_000_000_000_000_000)
	r.split(now)
	o.refunds = append(o.refunds, r)
	o.become(Refund, now)
	b.refunds[orderKey{o.merchant.MchID, r.no}] = r
}

// standing are the refunds that were not closed.
func (o *order) standing(now time.Time) []*refund {
	var all []*refund
	for _, r := range o.refunds {
		if r.state(now) != RefundClosed {
			all = append(all, r)
		}
	}
	return all
}

// left is what can still be refunded.
func (o *order) left(now time.Time) int64 {
	left := o.minor
	for _, r := range o.standing(now) {
		left -= r.minor
	}
	return left
}

// split decides where the money goes: to the wallet first, and what is more
// than the wallet paid to the vouchers, in their order. The wallet's parts add
// up to exactly what it paid, however often the rate was rounded.
func (r *refund) split(now time.Time) {
	o := r.order
	byVoucher, _ := o.discount()
	before, after := int64(0), int64(0) // of the wallet's share, in the price currency
	spent := make([]int64, len(o.story.vouchers))
	for _, earlier := range o.standing(now) {
		before += earlier.minor - sum(earlier.vouchers)
		for i, part := range earlier.vouchers {
			spent[i] += part
		}
	}
	after = min(before+r.minor, o.minor-byVoucher)
	r.wallet = o.price.convert(after, o.wallet) - o.price.convert(before, o.wallet)
	rest := r.minor - (after - before)
	r.vouchers = make([]int64, len(spent))
	for i, v := range o.story.vouchers {
		r.vouchers[i] = min(rest, v.minor-spent[i])
		rest -= r.vouchers[i]
	}
}

// accepted is the answer to a refund that was accepted, which is not yet done.
func (x *exchange) accepted(r *refund) message {
	m := x.yes()
	m["transaction_id"], m["out_trade_no"] = r.order.transactionID, r.order.no
	r.order.priced(m)
	r.tell(m, "")
	m["refund_fee_type"] = r.order.price.code
	m["cash_refund_fee"], m["cash_refund_fee_type"] = strconv.FormatUint(r.wallet, 10), r.order.wallet.code
	return m
}

// tell writes what the answers of Apply for Refund and Query Refund share;
// the suffix is empty in the first and _$n in the second.
func (r *refund) tell(m message, suffix string) {
	m["out_refund_no"+suffix], m["refund_id"+suffix] = r.no, r.id
	m["refund_fee"+suffix] = strconv.FormatInt(r.minor, 10)
	unsettled, used := int64(0), 0
	for i, v := range r.order.story.vouchers {
		part := r.vouchers[i]
		if part == 0 {
			continue
		}
		if v.kind == free {
			unsettled += part
		}
		at := suffix + "_" + strconv.Itoa(used)
		m["coupon_refund_id"+at], m["coupon_type"+at] = r.order.voucherID(i), v.kind
		m["coupon_refund_fee"+at] = strconv.FormatInt(part, 10)
		used++
	}
	if len(r.vouchers) > 0 {
		m["settlement_refund_fee"+suffix] = strconv.FormatInt(r.minor-unsettled, 10)
		m["coupon_refund_fee"+suffix] = strconv.FormatInt(sum(r.vouchers), 10)
		m["coupon_refund_count"+suffix] = strconv.Itoa(used)
	}
}

// amountOf is an amount of a request that was checked.
func amountOf(in message, name string) int64 {
	minor, _ := strconv.ParseInt(in[name], 10, 64)
	return minor
}

// sum adds amounts up.
func sum(parts []int64) (total int64) {
	for _, p := range parts {
		total += p
	}
	return total
}
