package wechat

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// column is what stands in a column of a bill, in the operator's words.
type column string

// The columns of the rows, and those that only the line of totals has.
const (
	colOther         column = "" // not known here
	colTime          column = "time of the trade"
	colAppID         column = "appid"
	colMchID         column = "merchant number"
	colSubMchID      column = "sub-merchant number"
	colDevice        column = "device"
	colTransactionID column = "WeChat order number"
	colOutTradeNo    column = "merchant order number"
	colTradeType     column = "trade type"
	colState         column = "trade state"
	colBank          column = "bank"
	colCurrency      column = "currency"
	colTotal         column = "total"
	colCoupon        column = "coupon amount"
	colRefundAskedAt column = "time of the refund's request"
	colRefundDoneAt  column = "time of the refund"
	colRefundID      column = "WeChat refund number"
	colOutRefundNo   column = "merchant refund number"
	colRefund        column = "refund amount"
	colCouponRefund  column = "coupon refund amount"
	colRefundType    column = "refund type"
	colRefundStatus  column = "refund state"
	colGoods         column = "goods name"
	colAttach        column = "attach"
	colFee           column = "fee"
	colRate          column = "fee rate"
	colOrder         column = "order amount"
	colRefundAsked   column = "requested refund amount"

	colCount column = "count"
)

// headings are the names of the columns: those of mainland bills, old and new,
// and for each the English words in which the pages speak of it. What a Global
// bill writes is not documented (wechatpay-v2 12, item 10); a heading that is
// missing here is passed over, unless the column is needed.
var headings = map[column][]string{
	colTime:          {"交易时间", "trade time", "transaction time", "time"},
	colAppID:         {"公众账号ID", "appid", "official account id"},
	colMchID:         {"商户号", "merchant number", "merchant id", "vendor id", "mch_id"},
	colSubMchID:      {"子商户号", "特约商户号", "sub-merchant number", "sub-merchant id", "sub vendor id", "sub_mch_id"},
	colDevice:        {"设备号", "device", "device id", "device number", "device_info"},
	colTransactionID: {"微信订单号", "wechat order number", "wechat pay order number", "wechat order id", "transaction_id"},
	colOutTradeNo:    {"商户订单号", "merchant order number", "vendor order number", "merchant order id", "out_trade_no"},
	colTradeType:     {"交易类型", "trade type", "transaction type"},
	colState:         {"交易状态", "trade state", "trade status", "transaction state", "transaction status"},
	colBank:          {"付款银行", "bank", "payment bank", "paying bank", "bank_type"},
	colCurrency:      {"货币种类", "currency", "currency type", "fee_type"},
	colTotal:         {"总金额", "应结订单金额", "settled total", "settlement total", "total", "total amount"},
	colCoupon:        {"代金券金额", "代金券或立减优惠金额", "企业红包金额", "coupon amount", "coupon", "red packet amount"},
	colRefundAskedAt: {"退款申请时间", "refund request time"},
	colRefundDoneAt:  {"退款成功时间", "refund success time"},
	colRefundID:      {"微信退款单号", "wechat refund number", "wechat pay refund number", "refund_id"},
	colOutRefundNo:   {"商户退款单号", "merchant refund number", "vendor refund number", "out_refund_no"},
	colRefund:        {"退款金额", "refund amount", "refund_fee"},
	colCouponRefund:  {"充值券退款金额", "代金券或立减优惠退款金额", "企业红包退款金额", "coupon refund amount", "red packet refund amount"},
	colRefundType:    {"退款类型", "refund type", "type of refund"},
	colRefundStatus:  {"退款状态", "refund state", "refund status"},
	colGoods:         {"商品名称", "goods name", "product name", "goods"},
	colAttach:        {"商户数据包", "attach", "merchant data package", "vendor data package", "data package"},
	colFee:           {"手续费", "fee", "service charge", "handling fee"},
	colRate:          {"费率", "fee rate", "rate"},
	colOrder:         {"订单金额", "order amount"},
	colRefundAsked:   {"申请退款金额", "requested refund amount"},
}

// totalsHeadings are the names in the line of totals.
var totalsHeadings = map[column][]string{
	colCount:        {"总交易单数", "count", "total count", "total number of transactions", "total transaction count"},
	colTotal:        {"总交易额", "应结订单总金额", "total", "settled total", "total amount", "total transaction amount"},
	colRefund:       {"总退款金额", "退款总金额", "refund total", "total refund amount"},
	colCouponRefund: {"总企业红包退款金额", "总代金券或立减优惠退款金额", "充值券退款总金额", "coupon refund total", "total coupon refund amount"},
	colFee:          {"手续费总金额", "fee total", "total fee"},
	colOrder:        {"订单总金额", "order total", "total order amount"},
	colRefundAsked:  {"申请退款总金额", "requested refund total"},
}

var columnOf, totalsColumnOf = byHeading(headings), byHeading(totalsHeadings)

func byHeading(names map[column][]string) map[string]column {
	all := map[string]column{}
	for c, headings := range names {
		for _, h := range headings {
			all[normal(h)] = c
		}
	}
	return all
}

// normal drops what headings are written with in one bill and without in
// another: case, spaces, hyphens, underscores, back-ticks.
func normal(heading string) string { return ornament.Replace(strings.ToLower(heading)) }

var ornament = strings.NewReplacer(" ", "", "-", "", "_", "", "`", "", "\t", "")

// newTotalsLayout reads the headings of the totals, and reports whether the line
// is that at all.
func newTotalsLayout(line string) ([]column, bool) {
	first, _, _ := strings.Cut(line, ",")
	if totalsColumnOf[normal(first)] != colCount {
		return nil, false
	}
	var heads []column
	for _, heading := range cells(line) {
		heads = append(heads, totalsColumnOf[normal(heading)])
	}
	return heads, true
}

// newBillTotals compares the totals with the rows: their number always, money
// when every row could be read and all are in one currency.
func newBillTotals(heads []column, cells []string, rows []BillRow) BillTotals {
	t := BillTotals{Cells: cells}
	if len(cells) != len(heads) {
		t.Trouble = fmt.Sprintf("the totals have %d cells, their headings are %d", len(cells), len(heads))
		return t
	}
	count, err := strconv.Atoi(strings.TrimSpace(cells[0]))
	t.Count = count
	if err != nil || count != len(rows) {
		t.Trouble = fmt.Sprintf("the totals count %q orders, there are %d", cells[0], len(rows))
		return t
	}
	odd := slices.IndexFunc(rows, func(r BillRow) bool { return r.Trouble != "" || r.Currency != rows[0].Currency })
	if odd >= 0 {
		t.Trouble = fmt.Sprintf("line %d cannot be added up with the others", rows[odd].Line)
		return t
	}
	for i, c := range heads {
		digits := feeDigits
		if c != colFee && len(rows) > 0 {
			digits = rows[0].Currency.Digits()
		}
		stated, ok := minorOf(strings.TrimSpace(cells[i]), digits)
		if c != colCount && c != colOther && (!ok || stated != sum(rows, c)) {
			t.Trouble = fmt.Sprintf("the %s of the totals is %q, and not that of the rows", c, cells[i])
		}
	}
	return t
}

// sum adds a column up.
func sum(rows []BillRow, c column) (total int64) {
	for _, r := range rows {
		switch c {
		case colTotal:
			total += r.Total
		case colRefund:
			total += r.Refund
		case colCouponRefund:
			total += r.CouponRefund
		case colOrder:
			total += r.Order
		case colRefundAsked:
			total += r.RefundAsked
		case colFee:
			fee, _ := minorOf(r.Fee, feeDigits)
			total += fee
		}
	}
	return total
}
