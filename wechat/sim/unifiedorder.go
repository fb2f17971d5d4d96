package sim

import (
	"fmt"
	"net/url"
	"slices"
	"time"
)

// prepayLife is how long a prepay_id and a code_url are good (wechatpay-v2.md 6.6).
const prepayLife = 2 * time.Hour

// unifiedRules are the rows of Unified Order (wechatpay-v2.md 6.6), as generous
// as micropayRules where the pages disagree.
func unifiedRules() []rule {
	return []rule{
		{"trade_type", 16, true, oneOf("JSAPI", "NATIVE", "APP", "MWEB")},
		{"device_info", 32, false, nil},
		{"version", 32, false, exactly("1.0")},
		{"body", 128, true, nil},
		{"detail", 6000, false, nil},
		{"attach", 128, false, nil},
		{"out_trade_no", 32, true, isOrderNo},
		{"total_fee", 12, true, isAmount},
		{"fee_type", 16, false, isCurrency},
		{"spbill_create_ip", 64, true, isAddress},
		{"goods_tag", 32, false, nil},
		{"limit_pay", 32, false, exactly("no_credit")},
		{"notify_url", 256, true, isNotifyURL},
		{"time_start", 14, false, isTime},
		{"time_expire", 14, false, isTime},
		{"product_id", 32, false, nil},
		{"openid", 128, false, nil},
		{"sub_openid", 128, false, nil},
		{"scene_info", 256, false, nil},
	}
}

// unifiedorder is Unified Order (wechatpay-v2.md 6.6). g.mu is held.
func (g *Gateway) unifiedorder(x *exchange) message {
	if why := firstOf(check(x.in, unifiedRules()), itemised(x.in), tradeFields(x.in)); why != nil {
		return x.no(why.code, why.text)
	}
	expires, ok := expiry(x.in, x.at)
	if !ok {
		return x.no("PARAM_ERROR", "time_expire is less than 1 minute after the start")
	}
	if o := g.book.numbered(x.merchant.MchID, x.in["out_trade_no"], x.at); o != nil {
		return x.reordered(o)
	}
	told := prepaidStory(minorOf(x.in))
	if told.declines != "" {
		return x.no(told.declines, "the order is declined")
	}
	o := g.prepare(x, told, expires)
	if told.answer != nil {
		told.answer(x)
	}
	return x.prepaid(o)
}

// tradeFields checks what depends on the trade type and on the mode.
func tradeFields(in message) *refusal {
	lacks := func(name string) *refusal { return &refusal{"LACK_PARAMS", "missing parameter " + name} }
	institution := in["sub_mch_id"] != ""
	switch {
	case in["sub_openid"] != "" && !institution:
		return &refusal{"PARAM_ERROR", "sub_openid is for institutions"}
	case in["sub_openid"] != "" && in["sub_appid"] == "":
		return lacks("sub_appid")
	}
	switch in["trade_type"] {
	case "NATIVE":
		if in["product_id"] == "" {
			return lacks("product_id")
		}
	case "JSAPI":
		if in["openid"] == "" && in["sub_openid"] == "" {
			return lacks("openid")
		}
	case "APP":
		if institution && in["sub_appid"] == "" {
			return lacks("sub_appid")
		}
	case "MWEB":
		if in["scene_info"] == "" {
			return lacks("scene_info")
		}
	}
	return nil
}

// expiry is when a customer can no longer begin to pay: time_expire, at the
// latest with the prepay_id. ok is false when that is less than 1 minute ahead.
func expiry(in message, now time.Time) (at time.Time, ok bool) {
	end := now.Add(prepayLife)
	if in["time_expire"] == "" {
		return end, true
	}
	start := now.Truncate(time.Second) // the wire has no fractions
	if in["time_start"] != "" {
		start = timeOf(in["time_start"])
	}
	at = timeOf(in["time_expire"])
	if at.Before(start.Add(time.Minute)) || at.Before(now) {
		return at, false
	}
	if at.After(end) {
		at = end
	}
	return at, true
}

// prepare enters a new order that waits for its customer.
func (g *Gateway) prepare(x *exchange, told story, expires time.Time) *order {
	price, _ := currencyOf(feeTypeOf(x.in)) // checked by unifiedRules
	o := &order{
		merchant: *x.merchant, no: x.in["out_trade_no"], trade: x.in["trade_type"],
		body: x.in["body"], attach: x.in["attach"], device: x.in["device_info"],
		payer: x.in["out_trade_no"], knownAs: x.in["openid"], subKnownAs: x.in["sub_openid"], wallet: yuan(),
		price: price, minor: minorOf(x.in), story: told,
		created: x.at, prepared: x.at, expires: expires,
	}
	o.transactionID = transactionID(o)
	o.become(NotPay, x.at)
	g.book.add(o)
	return o
}

// reordered answers a number that is in use. The same order once more gets its
// prepay_id again, or a new one when the old one is no longer good.
func (x *exchange) reordered(o *order) message {
	switch {
	case !o.reorders(x.in):
		return x.no("OUT_TRADE_NO_USED", "the order number was used with other parameters")
	case o.state == Success, o.state == Refund:
		return x.no("ORDERPAID", "the order is paid")
	case !o.state.open():
		return x.no("ORDERCLOSED", "the order is closed")
	}
	if !x.at.Before(o.prepared.Add(prepayLife)) {
		o.prepared = x.at
		o.expires, _ = expiry(x.in, x.at)
	}
	return x.prepaid(o)
}

// reorders reports whether an order under this number is the same one once more.
func (o *order) reorders(in message) bool {
	return o.trade == in["trade_type"] && o.minor == minorOf(in) && o.price.code == feeTypeOf(in) && o.body == in["body"] &&
		o.knownAs == in["openid"] && o.subKnownAs == in["sub_openid"] && o.merchant.SubMchID == in["sub_mch_id"]
}

// prepaid answers with what the customer pays by. Once that reaches the
// merchant the customer can see it and goes to work.
func (x *exchange) prepaid(o *order) message {
	if x.arrives() {
		o.expect(x.at)
	}
	m := x.yes()
	m.set("device_info", o.device)
	m["trade_type"], m["prepay_id"] = o.trade, o.prepayID()
	switch o.trade {
	case "NATIVE":
		m["code_url"] = o.codeURL()
	case "MWEB":
		m["mweb_url"] = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=" + o.prepayID()
	}
	return m
}

// arrives reports that nothing keeps the answer from being read and believed,
// as far as that is known before it leaves.
func (x *exchange) arrives() bool {
	return !x.lost && !x.cut && x.spoil == nil && x.forge == nil && len(x.lies) == 0 && x.wait+x.trickle < slowAnswer
}

// prepayID is prepay_id: 36 characters, the same in every run.
func (o *order) prepayID() string {
	at := o.prepared.In(china()).Format("20060102150405")
	return fmt.Sprintf("wx%s%020d", at, fingerprint(o.merchant.MchID, o.no, at))
}

// codeURL is what a NATIVE order's QR code says.
func (o *order) codeURL() string {
	return fmt.Sprintf("weixin://wxpay/bizpayurl?pr=%011x", fingerprint(o.prepayID())>>20)
}

// oneOf accepts some values.
func oneOf(values ...string) func(string) bool {
	return func(got string) bool { return slices.Contains(values, got) }
}

// isNotifyURL: an absolute address of the web without parameters (wechatpay-v2.md 6.6).
func isNotifyURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.RawQuery == ""
}

// isTime: yyyyMMddHHmmss.
func isTime(s string) bool { return len(s) == 14 && !timeOf(s).IsZero() }

// timeOf reads yyyyMMddHHmmss in GMT+8; the zero time stands for what is none.
func timeOf(s string) time.Time {
	t, err := time.ParseInLocation("20060102150405", s, china())
	if err != nil {
		return time.Time{}
	}
	return t
}
