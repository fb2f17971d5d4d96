package wechat

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cashier/pos"
)

// The headings of mainland bills: the newer and the older one of all orders, and
// that of refunds.
const (
	newHeads    = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
	newTotals   = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
	oldHeads    = "交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,企业红包金额,微信退款单号,商户退款单号,退款金额,企业红包退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率"
	oldTotals   = "总交易单数,总交易额,总退款金额,总企业红包退款金额,手续费总金额"
	refundHeads = "交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,企业红包金额,退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,企业红包退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率"
)

// testBill is a day with a sale and its refund, as the newer layout writes them.
const testBill = "\uFEFF" + newHeads + "\r\n" +
	"`2025-02-18 09:30:04,`wx1,`10000100,`0,`K1,`" + testTxn + ",`" + testNo + ",`oUser,`MICROPAY,`SUCCESS,`CMB_CREDIT,`USD,`17.50,`0.00,`0,`0,`0.00,`0.00,`,`,`Counter 1-Coffee,`table 4,`0.10500,`0.60%,`17.50,`0.00,`\r\n" +
	"`2025-02-18 11:00:00,`wx1,`10000100,`0,`K1,`" + testTxn + ",`" + testNo + ",`oUser,`MICROPAY,`REFUND,`CMB_CREDIT,`USD,`0.00,`0.00,`" + testRefundID + ",`R1250218001,`7.50,`0.00,`ORIGINAL,`PROCESSING,`Counter 1-Coffee,`table 4,`-0.04500,`0.60%,`0.00,`7.50,`\r\n" +
	newTotals + "\r\n`2,`17.50,`7.50,`0.00,`0.06000,`17.50,`7.50\r\n"

func readBill(t testing.TB, text string) Bill {
	t.Helper()
	b, err := ReadBill(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestABillIsReadInMinorUnits(t *testing.T) {
	b := readBill(t, testBill)
	if len(b.Rows) != 2 || b.Totals.Count != 2 || b.Totals.Trouble != "" {
		t.Fatalf("%+v", b)
	}
	want := BillRow{Line: 2, Time: time.Date(2025, 2, 18, 9, 30, 4, 0, china), AppID: "wx1", MchID: "10000100", SubMchID: "0", DeviceInfo: "K1",
		TransactionID: testTxn, OutTradeNo: testNo, TradeType: TradeMicropay, State: BillPaid, BankType: "CMB_CREDIT", Currency: "USD",
		Total: 1750, Order: 1750, RefundID: "0", OutRefundNo: "0", Goods: "Counter 1-Coffee", Attach: "table 4", Fee: "0.10500", Rate: "0.60%"}
	if b.Rows[0] != want {
		t.Errorf("got  %+v\nwant %+v", b.Rows[0], want)
	}
	if r := b.Rows[1]; r.State != BillRefunded || r.Refund != 750 || r.RefundAsked != 750 || r.OutRefundNo != "R1250218001" || r.RefundID != testRefundID ||
		r.RefundStatus != "PROCESSING" || r.RefundType != "ORIGINAL" || r.Fee != "-0.04500" || r.Total != 0 || r.Trouble != "" {
		t.Errorf("%+v", r)
	}
}

// The same bill in every dress that bills come in.
func TestABillReadsTheSameInEveryDress(t *testing.T) {
	want := fmt.Sprintf("%+v", readBill(t, testBill).Rows)
	for name, text := range map[string]string{
		"no mark":       strings.TrimPrefix(testBill, "\uFEFF"),
		"LF":            strings.ReplaceAll(testBill, "\r\n", "\n"),
		"no last end":   strings.TrimSuffix(testBill, "\r\n"),
		"no back-ticks": strings.ReplaceAll(testBill, "`", ""),
		"more ends":     testBill + "\r\n\r\n",
		"English": strings.Replace(strings.Replace(testBill, newHeads, "Trade time,appid,merchant number,sub-merchant number,device,WeChat order number,merchant order number,user id,trade type,trade state,bank,currency,settled total,coupon amount,WeChat refund number,merchant refund number,refund amount,coupon refund amount,refund type,refund state,goods name,attach,fee,fee rate,order amount,requested refund amount,rate remark", 1),
			newTotals, "count,total,refund total,coupon refund total,fee total,order total,requested refund total", 1),
	} {
		if got := fmt.Sprintf("%+v", readBill(t, text).Rows); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
	}
}

func TestOldBillsAndBillsOfRefundsAreRead(t *testing.T) {
	old := oldHeads + "\n`2014-11-10 16:33:45,`wx2,`10000100,`0,`1000,`1001690740201411100005734289,`1415640626,`oUser,`MICROPAY,`SUCCESS,`OTHERS,`CNY,`0.01,`0.0,`0,`0,`0,`0,`,`,`被扫支付测试,`订单额外描述,`0,`0.60%\n" +
		"`2014-11-10 16:46:14,`wx2,`10000100,`0,`1000,`1002780740201411100005729794,`1415635270,`oUser,`MICROPAY,`REVOKED,`OTHERS,`CNY,`0.01,`0.0,`0,`0,`0,`0,`,`,`被扫支付测试,`订单额外描述,`0,`0.60%\n" +
		oldTotals + "\n`2,`0.02,`0.0,`0.0,`0\n"
	b := readBill(t, old)
	if b.Totals.Trouble != "" || b.Rows[0].Total != 1 || b.Rows[1].State != BillRevoked || b.Rows[1].OutTradeNo != "1415635270" || b.Rows[0].Order != 0 {
		t.Errorf("%+v", b)
	}
	refunds := refundHeads + "\n`2018-08-20 16:38:50,`wx3,`1510598081,`1511458511,`,`4200000153201808209352891155,`2018082012,`oUser,`NATIVE,`REFUND,`CFT,`CNY,`0.00,`0.00,`2018-08-21 18:11:13,`2018-08-21 18:11:15,`50000307952018082106030149502,`R2,`0.01,`0.00,`ORIGINAL,`SUCCESS,`a name,`,`0.00000,`1.00%\n" +
		oldTotals + "\n`1,`0.00,`0.01,`0.00,`0.00000\n"
	b = readBill(t, refunds)
	if r := b.Rows[0]; b.Totals.Trouble != "" || r.Refund != 1 || !r.RefundedAt.Equal(time.Date(2018, 8, 21, 10, 11, 13, 0, time.UTC)) || r.RefundDoneAt.Sub(r.RefundedAt) != 2*time.Second {
		t.Errorf("%+v", b)
	}
}

func TestABillWithoutAnyTradeIsEmpty(t *testing.T) {
	b := readBill(t, newHeads+"\n"+newTotals+"\n`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00\n")
	if len(b.Rows) != 0 || b.Totals.Trouble != "" {
		t.Errorf("%+v", b)
	}
}

// A comma in a name shifts nothing where there are back-ticks; where there are
// none, money is read from the right, and a person is told.
func TestACommaInANameShiftsNoMoney(t *testing.T) {
	name := strings.Replace(testBill, "Counter 1-Coffee,`table 4,`0.10500", "Coffee, large, hot,`table 4,`0.10500", 1)
	if r := readBill(t, name).Rows[0]; r.Goods != "Coffee, large, hot" || r.Trouble != "" || r.Order != 1750 || r.Fee != "0.10500" {
		t.Errorf("%+v", r)
	}
	b := readBill(t, strings.ReplaceAll(name, "`", ""))
	if r := b.Rows[0]; r.Goods != "Coffee, large, hot" || r.Attach != "table 4" || r.Order != 1750 || r.Total != 1750 || r.Fee != "0.10500" || r.Trouble == "" {
		t.Errorf("%+v", r)
	}
	if b.Totals.Trouble == "" {
		t.Error("the totals are said to agree with a line that a person has to look at")
	}
	// A back-tick in a name is the same trouble.
	if r := readBill(t, strings.Replace(testBill, "Counter 1-Coffee", "Coffee,`large", 1)).Rows[0]; r.Goods != "Coffee,large" || r.Order != 1750 || r.Trouble == "" {
		t.Errorf("%+v", r)
	}
}

func TestALineInDoubtIsKeptAndSaysSo(t *testing.T) {
	for name, change := range map[string][2]string{
		"an amount":         {"`17.50,`0.00,`0,", "`17.5x,`0.00,`0,"},
		"a third decimal":   {"`17.50,`0.00,`0,", "`17.501,`0.00,`0,"},
		"an exponent":       {"`17.50,`0.00,`0,", "`1.75e1,`0.00,`0,"},
		"a plus":            {"`17.50,`0.00,`0,", "`+17.50,`0.00,`0,"},
		"a currency":        {"`USD", "`XXX"},
		"an unsure one":     {"`USD", "`HUF"},
		"a time":            {"`2025-02-18 09:30:04", "`yesterday"},
		"no order number":   {"`" + testNo + ",", "`,"},
		"a fee":             {"`0.10500", "`free"},
		"not UTF-8":         {"table 4", "table \xff"},
		"a line cut in two": {"Counter 1-Coffee", "Counter\n1-Coffee"},
	} {
		b := readBill(t, strings.Replace(testBill, change[0], change[1], 1))
		if b.Rows[0].Trouble == "" || b.Totals.Trouble == "" {
			t.Errorf("%s: %+v", name, b.Rows[0])
		}
	}
}

func TestTheTotalsAreCheckedAgainstTheRows(t *testing.T) {
	for name, totals := range map[string]string{
		"count":     "`3,`17.50,`7.50,`0.00,`0.06000,`17.50,`7.50",
		"total":     "`2,`17.51,`7.50,`0.00,`0.06000,`17.50,`7.50",
		"refund":    "`2,`17.50,`7.49,`0.00,`0.06000,`17.50,`7.50",
		"coupon":    "`2,`17.50,`7.50,`0.01,`0.06000,`17.50,`7.50",
		"fee":       "`2,`17.50,`7.50,`0.00,`0.06001,`17.50,`7.50",
		"order":     "`2,`17.50,`7.50,`0.00,`0.06000,`17.00,`7.50",
		"asked":     "`2,`17.50,`7.50,`0.00,`0.06000,`17.50,`0.00",
		"no number": "`2,`much,`7.50,`0.00,`0.06000,`17.50,`7.50",
		"no count":  "`two,`17.50,`7.50,`0.00,`0.06000,`17.50,`7.50",
		"few cells": "`2,`17.50",
	} {
		b := readBill(t, strings.Replace(testBill, "`2,`17.50,`7.50,`0.00,`0.06000,`17.50,`7.50", totals, 1))
		if b.Totals.Trouble == "" || b.Rows[0].Trouble != "" {
			t.Errorf("%s: %+v", name, b.Totals)
		}
	}
	mixed := readBill(t, strings.Replace(testBill, "`USD,`0.00", "`HKD,`0.00", 1))
	if mixed.Totals.Trouble == "" || mixed.Rows[1].Trouble != "" {
		t.Errorf("two currencies are added up: %+v", mixed.Totals)
	}
}

func TestWhatIsNoBillIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           "",
		"empty lines":       "\r\n\r\n",
		"other words":       "hello,world\n",
		"XML":               "<xml></xml>",
		"a column missing":  strings.Replace(testBill, "交易状态", "x", 1),
		"a column twice":    strings.Replace(testBill, "付款银行", "交易状态", 1),
		"cut in the rows":   testBill[:strings.Index(testBill, newTotals)],
		"cut in the totals": testBill[:strings.Index(testBill, "`2,`17.50")],
		"twice":             testBill + testBill,
		"an endless line":   newHeads + "\n`" + strings.Repeat("x", maxLine+1),
	} {
		if _, err := ReadBill(strings.NewReader(text)); err == nil {
			t.Errorf("%s is taken", name)
		} else {
			kind(t, err, pos.KindInvalid)
		}
	}
}

func TestABillIsBounded(t *testing.T) {
	row := testBill[strings.Index(testBill, "\n")+1:]
	row = strings.Replace(row[:strings.Index(row, "\n")+1], "Coffee", strings.Repeat("x", maxLine/2), 1)
	long := newHeads + "\n" + strings.Repeat(row, maxBill/len(row)+1)
	if _, err := ReadBill(strings.NewReader(long)); err == nil || !strings.Contains(err.Error(), "longer than 64 MiB") {
		t.Error(err)
	}
}

// Decimals become minor units exactly or not at all: what is read prints as it
// was written, for every currency's number of digits.
func TestAmountsAreReadExactlyOrNotAtAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(0, 6).Draw(t, "digits")
		n := rapid.Int64Range(-1e14, 1e14).Draw(t, "n")
		text := decimal(n, digits) + strings.Repeat("0", rapid.IntRange(0, 3).Draw(t, "zeros")*min(digits, 1))
		got, ok := minorOf(text, digits)
		if !ok || got != n {
			t.Fatalf("%q: %d %v, want %d", text, got, ok, n)
		}
		if digits > 0 {
			if _, ok := minorOf(decimal(n, digits)+"1", digits); ok {
				t.Fatalf("%q has a digit more than %d and is taken", text, digits)
			}
		}
	})
	for text, want := range map[string]int64{"": 0, "0": 0, "1750": 175000, "17.5": 1750, "17.": 1700, "-0.05": -5} {
		if got, ok := minorOf(text, 2); !ok || got != want {
			t.Errorf("%q: %d %v", text, got, ok)
		}
	}
	if got, ok := minorOf("1750.00", 0); !ok || got != 1750 {
		t.Errorf("JPY with decimals: %d %v", got, ok)
	}
	for _, text := range []string{".5", "-", "1,000", "1 000", "0x1", "--1", "1.-5", "1.5.0", "١", "12345678901234567890", "+1", "1e2"} {
		if _, ok := minorOf(text, 2); ok {
			t.Errorf("%q is taken", text)
		}
	}
}

// decimal writes n units of 10^-digits.
func decimal(n int64, digits int) string {
	sign, s := "", strconv.FormatInt(n, 10)
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for len(s) <= digits {
		s = "0" + s
	}
	if digits == 0 {
		return sign + s
	}
	return sign + s[:len(s)-digits] + "." + s[len(s)-digits:]
}

// FuzzReadBill: no bytes make it panic, and what it reads without trouble adds up.
func FuzzReadBill(f *testing.F) {
	f.Add(testBill)
	f.Add(oldHeads + "\n" + oldTotals + "\n`0,`0,`0,`0,`0\n")
	f.Add(newHeads + "\n`,`,`\n" + newTotals + "\n`1\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ReadBill(strings.NewReader(text))
		if err != nil || b.Totals.Trouble != "" {
			return
		}
		if b.Totals.Count != len(b.Rows) {
			t.Fatalf("%d rows, %+v", len(b.Rows), b.Totals)
		}
		for _, r := range b.Rows {
			if r.Trouble != "" || r.OutTradeNo == "" || r.Time.IsZero() {
				t.Fatalf("%+v", r)
			}
		}
	})
}
