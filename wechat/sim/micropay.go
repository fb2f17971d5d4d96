package sim

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"
)

// codeLife is how long an auth code of ours is good (wechatpay-v2.md 5.4).
const codeLife = time.Minute

// china is the zone of every time on the wire, GMT+8 without daylight saving (wechatpay-v2.md 5.5).
func china() *time.Location { return time.FixedZone("GMT+8", 8*60*60) }

// micropay is Submit Quick Pay (wechatpay-v2.md 6.1). g.mu is held.
func (g *Gateway) micropay(x *exchange) message {
	if why := firstOf(check(x.in, micropayRules()), itemised(x.in)); why != nil {
		return x.no(why.code, why.text)
	}
	if o := g.book.numbered(x.merchant.MchID, x.in["out_trade_no"], x.at); o != nil {
		return x.resubmitted(o)
	}
	if why := g.book.refuses(x.in["auth_code"], x.at); why != nil {
		return x.no(why.code, why.text)
	}
	o := g.open(x)
	if o.story.answer != nil {
		o.story.answer(x)
	}
	return x.submitted(o)
}

// refuses says why an auth code cannot be charged, or nil. Only codes that this
// gateway made have an age; a stranger's code counts as fresh.
func (b *book) refuses(code string, now time.Time) *refusal {
	made, ours := b.issued[code]
	switch {
	case !isAuthCode(code):
		return &refusal{"AUTH_CODE_INVALID", "not a WeChat Pay code, scan the customer's payment code"}
	case b.spent[code]:
		return &refusal{"AUTH_CODE_ERROR", "the code was used before, ask for a new one"}
	case ours && now.Sub(made) > codeLife:
		return &refusal{"AUTHCODEEXPIRE", "the code has expired, ask for a new one"}
	}
	return nil
}

// open enters a new order and lets its story begin.
func (g *Gateway) open(x *exchange) *order {
	price, _ := currencyOf(feeTypeOf(x.in)) // checked by micropayRules
	o := &order{
		merchant: *x.merchant, no: x.in["out_trade_no"], trade: quickPay, code: x.in["auth_code"],
		body: x.in["body"], attach: x.in["attach"], device: x.in["device_info"],
		payer: x.in["auth_code"], wallet: walletOf(x.in["auth_code"]),
		price: price, minor: minorOf(x.in), story: storyOf(minorOf(x.in)), created: x.at,
	}
	if o.story.once && g.book.relieved(x.merchant, o.minor) {
		o.story = o.story.healed()
	}
	o.transactionID = transactionID(o)
	switch o.story.start {
	case "":
		o.become(Success, x.at)
	case UserPaying:
		o.become(UserPaying, x.at)
		to, after := o.story.reaction(o.code)
		o.turnsTo, o.turnsAt = to, x.at.Add(after)
	default:
		o.become(o.story.start, x.at)
	}
	g.book.add(o)
	return o
}

// submitted is the truthful answer to a submission that made, or repeats, an open or paid order.
func (x *exchange) submitted(o *order) message {
	switch o.state {
	case Success:
		m := x.yes()
		m.set("device_info", o.device)
		o.paid(m, x.in)
		return m
	case UserPaying:
		return x.no("USERPAYING", "the customer is entering the password")
	case NotPay:
		return x.no("NOTENOUGH", "not enough balance")
	}
	return x.no("TRADE_ERROR", "the payment failed")
}

// resubmitted answers a number that is in use (wechatpay-v2.md 6.1, error codes).
// A repeat of an open order gets the first answer again: the real host
// tolerates it, and money never moves twice under one number.
func (x *exchange) resubmitted(o *order) message {
	switch {
	case !o.repeats(x.in):
		return x.no("OUT_TRADE_NO_USED", "the order number was used with other parameters")
	case o.state == Success, o.state == Refund:
		return x.no("ORDERPAID", "the order is paid")
	case o.state == Closed:
		return x.no("ORDERCLOSED", "the order is closed")
	case o.state == Revoked:
		return x.no("ORDERREVERSED", "the order was revoked")
	}
	return x.submitted(o)
}

// minorOf is total_fee of a request that was checked.
func minorOf(in message) int64 {
	minor, _ := strconv.ParseInt(in["total_fee"], 10, 64)
	return minor
}

// feeTypeOf is fee_type with its default (wechatpay-v2.md 5.2).
func feeTypeOf(in message) string {
	if code := in["fee_type"]; code != "" {
		return code
	}
	return "CNY"
}

// transactionID makes WeChat Pay's number: 28 digits, the same in every run.
func transactionID(o *order) string {
	return fmt.Sprintf("4200%s%016d", o.created.In(china()).Format("20060102"),
		fingerprint(o.merchant.MchID, o.no)%10_000_000_000_000_000)
}

// openID makes the customer's identity under one appid: 28 characters. Every code is another customer.
func openID(appID, code string) string {
	return fmt.Sprintf("oSim%08x%016x", uint32(fingerprint(appID)), fingerprint(appID, code))
}

// fingerprint is a hash of its parts.
func fingerprint(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p + "/")) // a hash cannot fail
	}
	return h.Sum64()
}
