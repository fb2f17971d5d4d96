package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The amounts at which a bill disagrees with what the till was told.
const (
	leftOut     = 80 // orders that are not on the bill
	oneMore     = 81 // orders that the bill lists with 1 minor unit more
	listedTwice = 82 // orders that the bill lists a second time, under a number that nobody made
)

// headings are the columns of a bill. The Global ones are not documented
// (12.10); these are the mainland's.
func headings(billType string) []string {
	order := strings.Split("交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额", ",")
	back := strings.Split("微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态", ",")
	goods := strings.Split("商品名称,商户数据包,手续费,费率,订单金额", ",")
	switch billType {
	case "SUCCESS":
		return slices.Concat(order, goods, []string{"费率备注"})
	case "REFUND":
		return slices.Concat(order, []string{"退款申请时间", "退款成功时间"}, back, goods, []string{"申请退款金额", "费率备注"})
	}
	return slices.Concat(order, back, goods, []string{"申请退款金额", "费率备注"})
}

// billRow is one row: its cells by heading, and its amounts for the totals.
type billRow struct {
	at                         time.Time
	cells                      map[string]string
	paid, settled              cents
	back, settledBack, coupons cents
	fee                        cents
}

// cents is an amount in hundred-thousandths of a major unit, fine enough for
// the fee of 0.60 % on one minor unit of every currency.
type cents int64

// String has the two digits of an amount. Currencies without minor units have them too.
func (c cents) String() string { return fmt.Sprintf("%d.%02d", c/100_000, c/1_000%100) }

// fee has five digits and a sign.
func (c cents) fee() string {
	if c < 0 {
		return "-" + (-c).fee()
	}
	return fmt.Sprintf("%d.%05d", c/100_000, c%100_000)
}

// cents turns minor units of the currency into the bill's amount.
func (c currency) cents(minor int64) cents {
	if c.digits == 0 {
		return cents(minor * 100_000)
	}
	return cents(minor * 1_000)
}

// billRows are the rows of a day, oldest first: each order on the day it was
// paid, each refund on the day it was accepted.
func (b *book) billRows(x *exchange, day time.Time) []billRow {
	end := day.AddDate(0, 0, 1)
	today := func(t time.Time) bool { return !t.Before(day) && t.Before(end) }
	var rows []billRow
	for _, o := range b.orders {
		if !o.billedTo(x) {
			continue
		}
		o.advance(x.at)
		rows = append(rows, o.billed(billTypeOf(x.in), today)...)
		if t := billTypeOf(x.in); t == "ALL" || t == "REFUND" {
			rows = append(rows, o.refundsBilled(x.at, today)...)
		}
	}
	slices.SortStableFunc(rows, func(a, b billRow) int { return a.at.Compare(b.at) })
	return rows
}

// billedTo reports that the order belongs on the bill that is asked for.
func (o *order) billedTo(x *exchange) bool {
	sub, device := x.in["sub_mch_id"], x.in["device_info"]
	return o.merchant.MchID == x.merchant.MchID && o.minor != leftOut &&
		(sub == "" || o.merchant.SubMchID == sub) && (device == "" || o.device == device)
}

// billed are the rows of the order itself: as paid on the day it was paid, as
// REVOKED on the day its money went back.
func (o *order) billed(billType string, today func(time.Time) bool) []billRow {
	paid := !o.paidAt.IsZero() && today(o.paidAt)
	revoked := !o.paidAt.IsZero() && o.state == Revoked && today(o.endedAt)
	switch {
	case billType == "ALL" && revoked:
		return []billRow{o.revokedRow(paid)}
	case paid && !revoked && (billType == "ALL" || billType == "SUCCESS"):
		return o.paidRows()
	}
	return nil
}

// paidRows is the row of a paid order, and the errors of the bill about it.
func (o *order) paidRows() []billRow {
	minor := o.minor
	if o.minor == oneMore {
		minor++
	}
	rows := []billRow{o.row("SUCCESS", o.paidAt, minor)}
	if o.minor == listedTwice {
		stranger := o.row("SUCCESS", o.paidAt, minor)
		stranger.cells["商户订单号"], stranger.cells["微信订单号"] = "NOBODYKNOWS"+o.no, "42"+o.transactionID[2:]+"9"
		rows = append(rows, stranger)
	}
	return rows
}

// revokedRow tells of an order whose money went back; its price stands there only when it was paid on the same day.
func (o *order) revokedRow(paidToday bool) billRow {
	minor := int64(0)
	if paidToday {
		minor = o.minor
	}
	r := o.row("REVOKED", o.endedAt, minor)
	byVoucher, _ := o.discount()
	r.giveBack(o.price, o.minor, byVoucher, "0", "0", "SUCCESS")
	return r
}

// refundsBilled are the rows of the order's refunds. One on its way is listed
// as done; one that was closed moved nothing and is not listed.
func (o *order) refundsBilled(now time.Time, today func(time.Time) bool) []billRow {
	var rows []billRow
	for _, r := range o.standing(now) {
		if !today(r.accepted) {
			continue
		}
		row := o.row("REFUND", r.accepted, 0)
		status := Refunded
		if r.state(now) == Change {
			status = Change
		}
		row.giveBack(o.price, r.minor, sum(r.vouchers), r.id, r.no, string(status))
		row.cells["退款申请时间"] = billTime(r.accepted)
		if r.state(now) == Refunded {
			row.cells["退款成功时间"] = billTime(r.settles())
		}
		rows = append(rows, row)
	}
	return rows
}

// row fills the columns that every row has; minor is what it says was paid.
func (o *order) row(state string, at time.Time, minor int64) billRow {
	byVoucher, unsettled := o.discount()
	if minor == 0 {
		byVoucher, unsettled = 0, 0
	}
	r := billRow{at: at, paid: o.price.cents(minor), settled: o.price.cents(minor - unsettled)}
	r.fee = r.settled * 6 / 1_000
	r.cells = map[string]string{
		"交易时间": billTime(at), "公众账号ID": o.merchant.AppID, "商户号": o.merchant.MchID, "特约商户号": orZero(o.merchant.SubMchID),
		"设备号": o.device, "微信订单号": o.transactionID, "商户订单号": o.no, "用户标识": o.openID(),
		"交易类型": o.trade, "交易状态": state, "付款银行": "OTHERS", "货币种类": o.price.code,
		"应结订单金额": r.settled.String(), "代金券金额": o.price.cents(byVoucher).String(), "订单金额": r.paid.String(),
		"商品名称": o.body, "商户数据包": o.attach, "手续费": r.fee.fee(), "费率": "0.60%",
		"微信退款单号": "0", "商户退款单号": "0", "退款金额": "0.00", "充值券退款金额": "0.00", "申请退款金额": "0.00",
	}
	return r
}

// giveBack fills the columns of money that went back.
func (r *billRow) giveBack(price currency, minor, byVoucher int64, id, no, status string) {
	r.back, r.coupons = price.cents(minor), price.cents(byVoucher)
	r.settledBack = r.back - r.coupons
	r.fee -= r.settledBack * 6 / 1_000
	r.cells["微信退款单号"], r.cells["商户退款单号"] = id, no
	r.cells["退款金额"], r.cells["充值券退款金额"], r.cells["申请退款金额"] = r.settledBack.String(), r.coupons.String(), r.back.String()
	r.cells["退款类型"], r.cells["退款状态"], r.cells["手续费"] = "ORIGINAL", status, r.fee.fee()
}

// sums are the totals below the rows, their headings first. Amounts of several
// currencies are added up as they stand.
func sums(rows []billRow) (names []string, totals map[string]string) {
	var t billRow
	for _, r := range rows {
		t.paid, t.settled, t.fee = t.paid+r.paid, t.settled+r.settled, t.fee+r.fee
		t.back, t.settledBack, t.coupons = t.back+r.back, t.settledBack+r.settledBack, t.coupons+r.coupons
	}
	return strings.Split("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额", ","), map[string]string{
		"总交易单数": strconv.Itoa(len(rows)), "应结订单总金额": t.settled.String(), "退款总金额": t.settledBack.String(),
		"充值券退款总金额": t.coupons.String(), "手续费总金额": t.fee.fee(), "订单总金额": t.paid.String(), "申请退款总金额": t.back.String(),
	}
}

// billTime is a time as a bill writes it.
func billTime(t time.Time) string { return t.In(china()).Format("2006-01-02 15:04:05") }

// orZero is how a bill writes a number that there is not.
func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}
