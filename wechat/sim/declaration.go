package sim

import (
	"fmt"
	"strconv"
	"time"
)

// declareTime is how long a declaration is PROCESSING, and then SUBMITTED.
const declareTime = 5 * time.Second

// The amounts of orders whose declaration does not end well.
const (
	customsFails    = 90 // FAIL
	customsExcept   = 91 // EXCEPT; declared once more it succeeds
	customsStays    = 92 // SUBMITTED for ever
	anotherIdentity = 93 // the person who is named is not the one who paid
)

// declaration is the gateway's truth about one order, or a part of one, at the
// customs. Mainland and Global are two doors to the same book.
type declaration struct {
	order     *order
	subNo     string // sub_order_no, "" when the order was not split
	subID     string // sub_order_id
	customs   string
	customsNo string
	duty      string
	feeType   string
	orderFee  string
	transport string
	product   string
	identity  string // cert_check_result
	again     bool   // it was declared once more
	sent      time.Time
	modified  time.Time
}

// state is where the declaration has got to.
func (d *declaration) state(now time.Time) string {
	switch {
	case now.Before(d.sent.Add(declareTime)):
		return "PROCESSING"
	case now.Before(d.sent.Add(2 * declareTime)), d.order.minor == customsStays:
		return "SUBMITTED"
	case d.order.minor == customsFails:
		return "FAIL"
	case d.order.minor == customsExcept && !d.again:
		return "EXCEPT"
	}
	return "SUCCESS"
}

// isCustoms: one of the offices (wechatpay-v2.md 6.14).
func isCustoms(s string) bool {
	return oneOf("GUANGZHOU_ZS", "HANGZHOU_ZS", "NINGBO", "ZHENGZHOU_BS", "CHONGQING", "SHANGHAI_ZS",
		"SHENZHEN", "ZHENGZHOU_ZH_ZS", "TIANJIN")(s)
}

// declareRules are the rows of a declaration, in the mainland's names (wechatpay-v2.md 6.14).
func declareRules() []rule {
	return []rule{
		{"out_trade_no", 32, true, isOrderNo},
		{"transaction_id", 28, true, nil},
		{"customs", 32, true, isCustoms},
		{"mch_customs_no", 32, true, nil},
		{"duty", 12, false, isDigits},
		{"action_type", 32, false, oneOf("ADD", "MODIFY")},
		{"sub_order_no", 32, false, isOrderNo},
		{"fee_type", 3, false, isCurrency},
		{"order_fee", 12, false, isAmount},
		{"transport_fee", 12, false, isDigits},
		{"product_fee", 12, false, isDigits},
		{"cert_type", 32, false, exactly("IDCARD")},
		{"cert_id", 64, false, nil},
		{"name", 64, false, nil},
	}
}

// declare books a declaration, or finds the one that is there already.
func (b *book) declare(x *exchange) (*declaration, *refusal) {
	if why := check(x.in, declareRules()); why != nil {
		return nil, why
	}
	o := b.numbered(x.merchant.MchID, x.in["out_trade_no"], x.at)
	switch {
	case o == nil || o.transactionID != x.in["transaction_id"]:
		return nil, &refusal{"ORDERNOTEXIST", "the order does not exist"}
	case o.state != Success && o.state != Refund:
		return nil, &refusal{"PARAM_ERROR", "the order is not paid"}
	}
	d := b.declared(o, x.in["sub_order_no"], x.in["customs"])
	if d != nil && x.in["action_type"] != "MODIFY" {
		if !d.repeats(x.in) {
			return nil, &refusal{"PARAM_ERROR", "the order was declared with other parameters, modify it"}
		}
		return d, nil
	}
	if why := b.splits(o, x.in); why != nil {
		return nil, why
	}
	switch {
	case d == nil && x.in["action_type"] == "MODIFY":
		return nil, &refusal{"ORDERNOTEXIST", "the order was not declared"}
	case d == nil:
		d = &declaration{order: o, subNo: x.in["sub_order_no"], customs: x.in["customs"], identity: "UNCHECKED"}
		d.subID = fmt.Sprintf("16%018d", fingerprint(o.no, d.subNo, d.customs)%1_000_000_000_000_000_000)
		b.declarations = append(b.declarations, d)
	}
	d.write(x)
	return d, nil
}

// splits checks the amounts of a split order (wechatpay-v2.md 6.14).
func (b *book) splits(o *order, in message) *refusal {
	fee, transport, product := amountOf(in, "order_fee"), amountOf(in, "transport_fee"), amountOf(in, "product_fee")
	switch {
	case in["sub_order_no"] == "" && in["order_fee"] == "":
		return nil
	case in["order_fee"] == "" || in["transport_fee"] == "" || in["product_fee"] == "" || in["fee_type"] == "":
		return &refusal{"PARAM_ERROR", "a split order needs fee_type, order_fee, transport_fee and product_fee"}
	case fee != transport+product:
		return &refusal{"PARAM_ERROR", "order_fee is not transport_fee and product_fee"}
	case in["fee_type"] != o.price.code:
		return &refusal{"PARAM_ERROR", "fee_type is not that of the order"}
	}
	total := fee
	for _, d := range b.declarations {
		if d.order == o && d.customs == in["customs"] && d.subNo != in["sub_order_no"] {
			part, _ := strconv.ParseInt(d.orderFee, 10, 64)
			total += part
		}
	}
	if total > o.minor {
		return &refusal{"PARAM_ERROR", "the parts are more than the order"}
	}
	return nil
}

// write takes what a declaration says, and sends it to the customs.
func (d *declaration) write(x *exchange) {
	d.customsNo, d.duty, d.feeType = x.in["mch_customs_no"], x.in["duty"], x.in["fee_type"]
	d.orderFee, d.transport, d.product = x.in["order_fee"], x.in["transport_fee"], x.in["product_fee"]
	if x.in["cert_id"] != "" {
		d.identity = d.order.identity()
	}
	d.sent, d.modified = x.at, x.at
}

// identity is whether the person who is named is the one who paid.
func (o *order) identity() string {
	if o.minor == anotherIdentity {
		return "DIFFERENT"
	}
	return "SAME"
}

// repeats reports whether a declaration says the same once more.
func (d *declaration) repeats(in message) bool {
	return d.customsNo == in["mch_customs_no"] && d.duty == in["duty"] && d.feeType == in["fee_type"] &&
		d.orderFee == in["order_fee"] && d.transport == in["transport_fee"] && d.product == in["product_fee"]
}

// declared finds a declaration, or nil.
func (b *book) declared(o *order, subNo, customs string) *declaration {
	for _, d := range b.declarations {
		if d.order == o && d.subNo == subNo && d.customs == customs {
			return d
		}
	}
	return nil
}

// declarationsOf are the declarations that a request names by any one number.
func (b *book) declarationsOf(x *exchange) []*declaration {
	var all []*declaration
	for _, d := range b.declarations {
		if d.order.merchant.MchID == x.merchant.MchID && d.customs == x.in["customs"] && d.named(x.in) {
			all = append(all, d)
		}
	}
	return all
}

// named reports that the request names the declaration; the narrowest number that it has counts.
func (d *declaration) named(in message) bool {
	switch {
	case in["sub_order_id"] != "":
		return in["sub_order_id"] == d.subID
	case in["sub_order_no"] != "":
		return in["sub_order_no"] == d.subNo
	case in["transaction_id"] != "":
		return in["transaction_id"] == d.order.transactionID
	}
	return in["out_trade_no"] == d.order.no
}

// redeclare sends declarations to the customs once more; only what has ended there can be.
func (b *book) redeclare(x *exchange) ([]*declaration, *refusal) {
	all := b.declarationsOf(x)
	if len(all) == 0 {
		return nil, &refusal{"ORDERNOTEXIST", "the order was not declared"}
	}
	for _, d := range all {
		if s := d.state(x.at); s != "SUCCESS" && s != "EXCEPT" {
			return nil, &refusal{"PARAM_ERROR", "the declaration is " + s}
		}
		if d.customsNo != x.in["mch_customs_no"] {
			return nil, &refusal{"PARAM_ERROR", "mch_customs_no is not that of the declaration"}
		}
	}
	for _, d := range all {
		d.again, d.sent, d.modified = true, x.at, x.at
	}
	return all, nil
}
