package sim

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// bill asks for a bill and returns what came, as it came.
func (c *till) bill(m message) string {
	c.Helper()
	res, err := c.client.Post(c.base+"/pay/downloadbill", "text/xml", bytes.NewReader(c.signed(m).xml()))
	if err != nil {
		return broken(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return "no bill"
	}
	return string(body)
}

// table reads a bill by its headings, the rows without the totals, whose values come apart.
func table(t *testing.T, file string) (rows []map[string]string, totals map[string]string) {
	t.Helper()
	file, mark := strings.CutPrefix(file, "\ufeff")
	lines := strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n")
	if !mark || len(lines) < 4 {
		t.Fatalf("no bill: %q", file)
	}
	read := func(headings, line string) map[string]string {
		cells := map[string]string{}
		values := strings.Split(strings.TrimPrefix(line, "`"), ",`")
		for i, name := range strings.Split(headings, ",") {
			if i < len(values) {
				cells[name] = values[i]
			}
		}
		return cells
	}
	last := len(lines) - 2
	for _, line := range lines[1:last] {
		rows = append(rows, read(lines[0], line))
	}
	return rows, read(lines[last], lines[last+1])
}

// short says in a few words what the rows of a bill say.
func short(rows []map[string]string) string {
	var all []string
	for _, r := range rows {
		all = append(all, strings.TrimSpace(strings.Join([]string{r["商户订单号"], r["交易状态"], r["订单金额"], r["商户退款单号"], r["申请退款金额"]}, " ")))
	}
	return strings.Join(all, " | ")
}

// aDay is a day at the counter: 17 February 2025 from 23:00 to 23:40 GMT+8, the
// refunds of the first order at 23:50 and on the next day.
func aDay(t *testing.T, now *time.Time) *till {
	*now = time.Date(2025, 2, 17, 15, 0, 0, 0, time.UTC)
	till := newTill(t, Config{
		Merchants: []Merchant{shop, {AppID: "wx2", MchID: "20000100", Key: "secret"}},
		Now:       func() time.Time { return *now }, MinRevokeAge: -1, BillHours: true,
	})
	sell := func(no string, minor int64) {
		till.code = till.gateway.AuthCode()
		till.pay(no, minor)
		*now = now.Add(5 * time.Minute)
	}
	sell("A1", 1250)
	sell("A2", 42) // declined
	sell("A3", 79) // SYSTEMERROR, though paid
	sell("A4", 2)  // a voucher of 1
	sell("A5", 600)
	till.revoke("A5")
	sell("A6", 80)
	sell("A7", 81)
	sell("A8", 82)
	sell("A9", 700)
	*now = now.Add(5 * time.Minute)
	till.refund("A1", "R1", 1250, 250)
	*now = now.Add(20 * time.Minute)
	till.refund("A1", "R2", 1250, 1000)
	till.refund("A3", "R3", 79, 62) // CHANGE
	till.refund("A3", "R4", 79, 1)
	till.revoke("A9")
	return till
}

// TestBill: each order on the day it was paid, each refund on the day it was
// accepted, in GMT+8; and the three ways in which a bill disagrees with the till.
func TestBill(t *testing.T) {
	var now time.Time
	till := aDay(t, &now)
	now = time.Date(2025, 2, 19, 4, 0, 0, 0, time.UTC)
	const (
		a5   = "A5 REVOKED 6.00 0 6.00"
		paid = "A1 SUCCESS 12.50 0 0.00 | A3 SUCCESS 0.79 0 0.00 | A4 SUCCESS 0.02 0 0.00"
		odd  = "A7 SUCCESS 0.82 0 0.00 | A8 SUCCESS 0.82 0 0.00 | NOBODYKNOWSA8 SUCCESS 0.82 0 0.00 | A9 SUCCESS 7.00 0 0.00"
		r1   = "A1 REFUND 0.00 R1 2.50"
		next = "A1 REFUND 0.00 R2 10.00 | A3 REFUND 0.00 R3 0.62 | A3 REFUND 0.00 R4 0.01"
	)
	for _, c := range []struct{ day, kind, want string }{
		{"20250217", "", paid + " | " + a5 + " | " + odd + " | " + r1},
		{"20250217", "ALL", paid + " | " + a5 + " | " + odd + " | " + r1},
		{"20250217", "SUCCESS", "A1 SUCCESS 12.50 | A3 SUCCESS 0.79 | A4 SUCCESS 0.02 | A7 SUCCESS 0.82 | A8 SUCCESS 0.82 | NOBODYKNOWSA8 SUCCESS 0.82 | A9 SUCCESS 7.00"},
		{"20250217", "REFUND", r1},
		{"20250218", "ALL", next + " | A9 REVOKED 0.00 0 7.00"},
		{"20250218", "REFUND", next},
	} {
		rows, _ := table(t, till.bill(message{"bill_date": c.day, "bill_type": c.kind}))
		if got := short(rows); got != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.day, c.kind, got, c.want)
		}
	}
}

// TestBillCells: amounts in major units, times in GMT+8, a back-tick before every value, totals that add up.
func TestBillCells(t *testing.T) {
	var now time.Time
	till := aDay(t, &now)
	now = time.Date(2025, 2, 19, 4, 0, 0, 0, time.UTC)
	rows, totals := table(t, till.bill(message{"bill_date": "20250217"}))
	for name, want := range map[string]string{
		"交易时间": "2025-02-17 23:00:00", "公众账号ID": shop.AppID, "商户号": shop.MchID, "特约商户号": "0", "设备号": "", "交易类型": "MICROPAY",
		"付款银行": "OTHERS", "货币种类": "HKD", "应结订单金额": "12.50", "代金券金额": "0.00", "微信退款单号": "0", "退款金额": "0.00", "退款类型": "", "退款状态": "",
		"商品名称": "Counter 1-Coffee", "手续费": "0.07500", "费率": "0.60%", "费率备注": "",
	} {
		if rows[0][name] != want {
			t.Errorf("%s is %q, want %q", name, rows[0][name], want)
		}
	}
	if rows[2]["应结订单金额"] != "0.01" || rows[2]["代金券金额"] != "0.01" {
		t.Errorf("the voucher: %v", rows[2])
	}
	refund := rows[len(rows)-1]
	if refund["手续费"] != "-0.01500" || refund["退款类型"] != "ORIGINAL" || refund["退款状态"] != "SUCCESS" || len(refund["微信退款单号"]) != 28 {
		t.Errorf("the refund: %v", refund)
	}
	want := map[string]string{
		"总交易单数": "9", "应结订单总金额": "28.76", "退款总金额": "8.50", "充值券退款总金额": "0.00", "手续费总金额": "0.12156", "订单总金额": "28.77", "申请退款总金额": "8.50",
	}
	if !maps.Equal(totals, want) {
		t.Errorf("totals %v, want %v", totals, want)
	}
	later, _ := table(t, till.bill(message{"bill_date": "20250218", "bill_type": "REFUND"}))
	if later[0]["退款申请时间"] != "2025-02-18 00:10:00" || later[0]["退款成功时间"] != "2025-02-18 00:10:05" || later[1]["退款状态"] != "CHANGE" || later[1]["退款成功时间"] != "" {
		t.Errorf("the next day: %v", later)
	}
}

// TestBillHours: the documented hours when they are kept, any time otherwise; at most three months back (wechatpay-v2.md 6.8).
func TestBillHours(t *testing.T) {
	china := time.FixedZone("GMT+8", 8*60*60)
	for _, c := range []struct {
		now    time.Time
		strict string
		loose  string
	}{
		{time.Date(2025, 2, 17, 12, 0, 0, 0, china), "No Bill Exist", "a bill"},
		{time.Date(2025, 2, 18, 8, 59, 59, 0, china), "No Bill Exist", "a bill"},
		{time.Date(2025, 2, 18, 9, 0, 0, 0, china), "Bill Creating", "a bill"},
		{time.Date(2025, 2, 18, 10, 0, 0, 0, china), "a bill", "a bill"},
		{time.Date(2025, 5, 17, 10, 0, 0, 0, china), "a bill", "a bill"},
		{time.Date(2025, 5, 19, 10, 0, 0, 0, china), "No Bill Exist", "No Bill Exist"},
	} {
		for strict, want := range map[bool]string{true: c.strict, false: c.loose} {
			now := time.Date(2025, 2, 17, 11, 0, 0, 0, china)
			till := newTill(t, Config{Now: func() time.Time { return now }, BillHours: strict})
			till.pay("A1", 12)
			now = c.now
			got := till.bill(message{"bill_date": "20250217"})
			if m, err := parse([]byte(got)); err == nil {
				got = m["return_msg"]
			} else if strings.Contains(got, "`A1,") {
				got = "a bill"
			}
			if got != want {
				t.Errorf("at %v, strict %v: %s, want %s", c.now, strict, got, want)
			}
		}
	}
}

// TestNoBill: what comes in place of a bill is XML, unsigned, with the documents' words (wechatpay-v2.md 6.8).
func TestNoBill(t *testing.T) {
	now := time.Date(2025, 2, 17, 11, 0, 0, 0, time.UTC)
	till := newTill(t, Config{Now: func() time.Time { return now }})
	for _, c := range []struct {
		m          message
		want, code string
	}{
		{message{"bill_date": "20250217"}, "No Bill Exist", "20002"},
		{message{"bill_date": "20250218"}, "No Bill Exist", "20002"},
		{message{}, "missing parameter", "20001"},
		{message{"bill_date": "2025-02-17"}, "data format error", "20001"},
		{message{"bill_date": "20250217", "tar_type": "ZIP"}, "data format error", "20001"},
		{message{"bill_date": "20250217", "bill_type": "SOME"}, "invalid bill_type", "20001"},
		{message{"bill_date": "20250217", "sign_type": "SM3"}, "SIGN ERROR", "20001"},
	} {
		sent := till.signed(c.m)
		if c.m["sign_type"] != "" {
			sent["sign_type"] = c.m["sign_type"]
		}
		got := till.post("/pay/downloadbill", string(sent.xml())).message
		if !maps.Equal(got, message{"return_code": "FAIL", "return_msg": c.want, "error_code": c.code}) {
			t.Errorf("%v: %v", c.m, got)
		}
	}
	till.gateway.Inject(OnBill, Refuse("Bill Creating"), SystemError, ReturnFail)
	for _, want := range []string{"Bill Creating", "SYSTEMERROR", "system error"} {
		if got := till.send("/pay/downloadbill", message{"bill_date": "20250217"}).message; got["return_msg"] != want || got["return_code"] != "FAIL" {
			t.Errorf("%v, want %s", got, want)
		}
	}
}

// TestPackedBill: tar_type GZIP is the same file in a gzip file, which is no Content-Encoding.
func TestPackedBill(t *testing.T) {
	till := newTill(t, Config{})
	till.pay("A1", 12)
	day := message{"bill_date": time.Now().In(china()).Format("20060102")}
	plain := till.bill(day)
	day["tar_type"] = "GZIP"
	packed, err := gzip.NewReader(strings.NewReader(till.bill(day)))
	if err != nil {
		t.Fatal(err)
	}
	if file, err := io.ReadAll(packed); err != nil || string(file) != plain || !strings.Contains(plain, "`A1,") {
		t.Errorf("%q, %v; plain %q", file, err, plain)
	}
	till.gateway.Inject(OnBill, HalfXML, BadGateway, DropAnswer)
	for _, want := range []string{plain[:len(plain)/2], "no bill", "lost"} {
		delete(day, "tar_type")
		if got := till.bill(day); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestCommaInBill: nothing is quoted, so a comma in a goods name shifts its row (wechatpay-v2.md 6.8).
func TestCommaInBill(t *testing.T) {
	till := newTill(t, Config{})
	m := till.order("A1", 12)
	m["body"], m["device_info"] = "Counter 1-Coffee, milk", "K1"
	till.send("/pay/micropay", m)
	file := till.bill(message{"bill_date": time.Now().In(china()).Format("20060102"), "device_info": "K1"})
	lines := strings.Split(file, "\r\n")
	if strings.Count(lines[1], ",") != strings.Count(lines[0], ",")+1 || !strings.Contains(lines[1], ",`Counter 1-Coffee, milk,`") {
		t.Errorf("%q", lines[1])
	}
	if got := till.bill(message{"bill_date": time.Now().In(china()).Format("20060102"), "device_info": "K2"}); !strings.Contains(got, "No Bill Exist") {
		t.Errorf("another device: %q", got)
	}
}

// TestInstitutionBill: an institution gets one sub-merchant's bill, or everybody's when it names none.
func TestInstitutionBill(t *testing.T) {
	one := Merchant{AppID: "wx1", MchID: "100", Key: "secret", SubMchID: "201"}
	two, stranger := one, shop
	two.SubMchID = "202"
	till := newTill(t, Config{Merchants: []Merchant{one, two, stranger}})
	for i, m := range []Merchant{one, two, stranger} {
		till.merchant, till.code = m, till.gateway.AuthCode()
		till.pay("A"+string(rune('1'+i)), 12)
	}
	day := time.Now().In(china()).Format("20060102")
	for _, c := range []struct{ sub, want string }{{"201", "A1"}, {"202", "A2"}, {"", "A1 A2"}} {
		till.merchant = one
		till.merchant.SubMchID = c.sub
		rows, _ := table(t, till.bill(message{"bill_date": day}))
		var got []string
		for _, r := range rows {
			got = append(got, r["商户订单号"])
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("sub-merchant %q: %v, want %s", c.sub, got, c.want)
		}
	}
	till.merchant.SubMchID = "203"
	if got := till.bill(message{"bill_date": day}); !strings.Contains(got, "MCHID_NOT_EXIST") {
		t.Errorf("a sub-merchant that is not there: %q", got)
	}
}

// TestYenBill: a currency without minor units stands there whole.
func TestYenBill(t *testing.T) {
	till := newTill(t, Config{})
	m := till.order("A1", 1250)
	m["fee_type"] = "JPY"
	till.send("/pay/micropay", m)
	rows, totals := table(t, till.bill(message{"bill_date": time.Now().In(china()).Format("20060102")}))
	if rows[0]["订单金额"] != "1250.00" || rows[0]["手续费"] != "7.50000" || totals["订单总金额"] != "1250.00" {
		t.Errorf("%v %v", rows, totals)
	}
}

// TestSettlement: a day is settled on the next one; money that went back counts against it (wechatpay-v2.md 6.10).
func TestSettlement(t *testing.T) {
	var now time.Time
	till := aDay(t, &now)
	now = time.Date(2025, 2, 18, 4, 0, 0, 0, time.UTC)
	ask := func(change message) message {
		m := message{"usetag": "1", "offset": "0", "limit": "10", "date_start": "20250217", "date_end": "20250218"}
		maps.Copy(m, change)
		return till.send("/pay/settlementquery", m).message
	}
	settled, open := ask(nil), ask(message{"usetag": "2"})
	for name, want := range map[string]string{
		"result_code": "SUCCESS", "record_num": "1", "date_start_0": "2025-02-17", "date_end_0": "2025-02-17", "date_settlement_0": "2025-02-18", "settlementfee_type_0": "HKD",
		"pay_fee_0": "2874", "refund_fee_0": "-850", "pay_net_fee_0": "2024", "poundage_fee_0": "12", "settlement_fee_0": "2012", "unsettlement_fee_0": "0",
	} {
		if settled[name] != want {
			t.Errorf("settled: %s is %q, want %q", name, settled[name], want)
		}
	}
	if open["record_num"] != "1" || open["pay_fee_0"] != "0" || open["refund_fee_0"] != "-1763" || open["settlement_fee_0"] != "0" {
		t.Errorf("open: %v", open)
	}
	other := *till
	other.merchant = Merchant{AppID: "wx2", MchID: "20000100", Key: "secret"}
	if got := other.send("/pay/settlementquery", message{"usetag": "1", "offset": "0", "limit": "10", "date_start": "20250217", "date_end": "20250218"}).message; got["record_num"] != "0" {
		t.Errorf("another merchant: %v", got)
	}
	if got := ask(message{"offset": "1"}); got["record_num"] != "0" {
		t.Errorf("from the second on: %v", got)
	}
	if got := ask(message{"date_end": "20250216"}); got["record_num"] != "0" {
		t.Errorf("before: %v", got)
	}
	for field, value := range map[string]string{"usetag": "3", "offset": "", "limit": "ten", "date_start": "", "date_end": "2025"} {
		if got := ask(message{field: value}); got["err_code"] != "PARAM_ERROR" {
			t.Errorf("%s %q: %v", field, value, got)
		}
	}
	m := message{"appid": shop.AppID, "mchid": shop.MchID, "nonce_str": "n", "usetag": "1", "offset": "0", "limit": "10", "date_start": "20250217", "date_end": "20250218"}
	m["sign"] = m.signature(signMD5, shop.Key)
	if got := till.post("/pay/settlementquery", string(m.xml())).message; got["record_num"] != "1" || got["mchid"] != shop.MchID {
		t.Errorf("mchid in place of mch_id: %v", got)
	}
}

// TestExchangeRate: no nonce, no result_code, a new rate at 10:00 GMT+8 (wechatpay-v2.md 6.9).
func TestExchangeRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // midnight of 1 January 2000 UTC is 8:00 GMT+8
		till := newTill(t, Config{})
		ask := func(feeType, date string) message {
			m := message{"appid": shop.AppID, "mch_id": shop.MchID, "fee_type": feeType, "date": date}
			m["sign"] = m.signature(signMD5, shop.Key)
			return till.post("/pay/queryexchagerate", string(m.xml())).message
		}
		want := message{"return_code": "SUCCESS", "return_msg": "OK", "appid": shop.AppID, "mch_id": shop.MchID, "fee_type": "USD", "rate_time": "19991231", "rate": "650000000"}
		want["sign"] = want.signature(signMD5, shop.Key)
		if got := ask("USD", "20000101"); !maps.Equal(got, want) {
			t.Errorf("%v", got)
		}
		<-time.After(2 * time.Hour)
		if got := ask("USD", "20000101"); got["rate_time"] != "20000101" {
			t.Errorf("at 10:00: %v", got)
		}
		for _, c := range []message{ask("XXX", "20000101"), ask("", "20000101"), ask("USD", ""), ask("USD", "20000102"), ask("USD", "yesterday")} {
			if c["return_code"] != "FAIL" || !strings.HasPrefix(c["return_msg"], "PARAM_ERROR") || c["sign"] != "" {
				t.Errorf("%v", c)
			}
		}
		if got := till.send("/pay/queryexchagerate", message{"fee_type": "USD", "date": "20000101"}); got.says == "unsigned" || got.message["rate"] == "" {
			t.Errorf("with a nonce and HMAC-SHA256: %v", got.message)
		}
	})
}
