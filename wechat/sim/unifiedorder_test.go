package sim

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPrepaidTable holds every row of PrepaidScenarios as a conversation about one order.
func TestPrepaidTable(t *testing.T) {
	told := map[int64]bool{}
	for _, c := range []struct {
		minor  int64
		script string
	}{
		{1, "order: prepaid | 5999ms | query: NOTPAY | 1ms | query: SUCCESS | close: ORDERPAID"},
		{100_000, "order: prepaid | 6s | query: SUCCESS"},
		{2, "order: prepaid | 6s | query: SUCCESS"},
		{3, "order: prepaid | 6s | query: SUCCESS"},
		{30, "order: prepaid | 19s | query: NOTPAY | 1s | query: SUCCESS"},
		{31, "order: lost | 60s | query: NOTPAY | order: prepaid | 6s | query: SUCCESS"},
		{32, "order: prepaid | 5s | query: NOTPAY | 1s | query: PAYERROR | close: closed | query: CLOSED"},
		{33, "order: prepaid | 119m | query: NOTPAY | close: closed | query: CLOSED | close: ORDERCLOSED"},
		{40, "order: prepaid | 60s | query: NOTPAY | close: SYSTEMERROR | close: SYSTEMERROR | query: NOTPAY | close: closed | query: CLOSED"},
		{41, "order: prepaid | close: SYSTEMERROR | 24h | close: SYSTEMERROR | close: SYSTEMERROR | close: SYSTEMERROR | query: NOTPAY"},
		{42, "order: NOTENOUGH | query: ORDERNOTEXIST | close: ORDERNOTEXIST | truth: "},
		{43, "order: prepaid | 60s | query: NOTPAY | close: ORDERPAID | query: SUCCESS | close: ORDERPAID"},
		{44, "order: unsigned | 60s | query: NOTPAY | order: prepaid | 6s | query: SUCCESS"},
		{46, "order: garbage | 60s | query: NOTPAY | order: prepaid | 6s | query: SUCCESS"},
		{47, "order: status 502 | 60s | query: NOTPAY | order: prepaid | 6s | query: SUCCESS"},
		{48, "order: late | 60s | query: NOTPAY | order: prepaid | 6s | query: SUCCESS"},
		{49, "order: prepaid | 6s | truth: SUCCESS | query: ORDERNOTEXIST | close: ORDERNOTEXIST | 14s | query: SUCCESS | close: ORDERPAID"},
		{50, "order: return FAIL | 60s | query: NOTPAY | order: prepaid | 6s | query: SUCCESS"},
		{79, "order: SYSTEMERROR | 60s | query: NOTPAY | order: prepaid | 6s | query: SUCCESS"},
		{501, "order: prepaid | 6s | query: SUCCESS"},
		{502, "order: prepaid | 6s | query: SUCCESS"},
	} {
		told[c.minor] = true
		t.Run(c.script, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newTill(t, Config{}).want(c.minor, c.script) })
		})
	}
	for _, row := range PrepaidScenarios() {
		if !told[row.Minor] {
			t.Errorf("%d, %s: no conversation", row.Minor, row.Says)
		}
	}
}

// TestNoSelfRevoke: only a Quick Pay ends by itself after 45 s (wechatpay-v2.md 9.1).
func TestNoSelfRevoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newTill(t, Config{}).want(33, "order: prepaid | 24h | query: NOTPAY | truth: NOTPAY")
	})
}

// TestUnseenCode: nobody pays by a code that never arrived.
func TestUnseenCode(t *testing.T) {
	for name, fault := range map[string]Fault{
		"lost": DropAnswer, "cut": CutAnswer, "forged": WrongSignature, "no XML": WebPage, "lied": SystemError, "too late": Delay(time.Minute), "too slow": Trickle(time.Minute),
		"refused": Refuse("SYSTEMERROR"),
	} {
		synctest.Test(t, func(t *testing.T) {
			till := newTill(t, Config{})
			till.gateway.Inject(OnUnifiedOrder, fault)
			till.prepay("A1", 12)
			<-time.After(time.Minute)
			if o, _ := till.gateway.Order("A1"); o.State == Success {
				t.Errorf("%s: paid", name)
			}
			till.want(12, "order: prepaid | 6s | query: SUCCESS")
		})
	}
}

// Amount 43 is paid in the moment of its close by whoever saw the code; an order
// whose code never came is closed like any other.
func TestNobodyPaysByACodeThatNeverCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		till.gateway.Inject(OnUnifiedOrder, ReturnFail)
		till.prepay("A1", 43)
		till.close("A1")
		if o, _ := till.gateway.Order("A1"); o.State != Closed {
			t.Errorf("the order is %s", o.State)
		}
	})
}

// TestCustomerBeginsOnce: a code that is shown once more does not delay who has
// begun to pay, and who begins too late for time_expire does not pay.
func TestCustomerBeginsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newTill(t, Config{}).want(12, "order: prepaid | 3s | order: prepaid | 3s | query: SUCCESS")
	})
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		m := till.native("A1", 31)
		m["time_start"] = time.Now().In(china()).Format("20060102150405")
		m["time_expire"] = time.Now().Add(time.Minute).In(china()).Format("20060102150405")
		till.send("/pay/unifiedorder", m)
		<-time.After(57 * time.Second)
		if got := till.send("/pay/unifiedorder", m); got.says != "prepaid" {
			t.Error(got.says)
		}
		till.want(31, "1h | query: NOTPAY")
	})
}

// TestUnifiedOrderFields: what wechatpay-v2.md 6.6 requires, and what it limits.
func TestUnifiedOrderFields(t *testing.T) {
	for _, c := range []struct{ field, value, want string }{
		{"trade_type", "", "LACK_PARAMS"}, {"trade_type", "MICROPAY", "PARAM_ERROR"}, {"trade_type", "native", "PARAM_ERROR"},
		{"product_id", "", "LACK_PARAMS"}, {"product_id", strings.Repeat("1", 33), "PARAM_ERROR"},
		{"version", "", "prepaid"}, {"version", "2.0", "PARAM_ERROR"},
		{"body", "", "LACK_PARAMS"}, {"body", strings.Repeat("x", 128), "prepaid"}, {"body", strings.Repeat("x", 129), "PARAM_ERROR"},
		{"detail", "", "prepaid"}, {"detail", "coffee", "PARAM_ERROR"}, {"attach", strings.Repeat("x", 128), "prepaid"}, {"attach", strings.Repeat("x", 129), "PARAM_ERROR"},
		{"out_trade_no", "", "LACK_PARAMS"}, {"out_trade_no", "A@1", "prepaid"}, {"out_trade_no", "A#1", "PARAM_ERROR"},
		{"total_fee", "", "LACK_PARAMS"}, {"total_fee", "0", "PARAM_ERROR"}, {"total_fee", "1.5", "PARAM_ERROR"},
		{"fee_type", "XXX", "PARAM_ERROR"}, {"fee_type", "", "prepaid"},
		{"spbill_create_ip", "", "LACK_PARAMS"}, {"spbill_create_ip", "here", "PARAM_ERROR"},
		{"notify_url", "", "LACK_PARAMS"}, {"notify_url", "shop.example/paid", "PARAM_ERROR"}, {"notify_url", "ftp://shop.example/", "PARAM_ERROR"},
		{"notify_url", "https://shop.example/paid?order=1", "PARAM_ERROR"}, {"notify_url", "http://shop.example/paid", "prepaid"},
		{"time_expire", "tomorrow", "PARAM_ERROR"}, {"time_expire", "20250218073159", "PARAM_ERROR"}, {"time_expire", "20250218073200", "prepaid"},
		{"time_start", "20250218073", "PARAM_ERROR"}, {"sub_openid", "o1", "PARAM_ERROR"}, {"limit_pay", "credit", "PARAM_ERROR"},
		{"something_new", "1", "prepaid"},
	} {
		now := time.Date(2025, 2, 17, 23, 31, 0, 0, time.UTC)
		till := newTill(t, Config{Now: func() time.Time { return now }})
		m := till.native("A1", 12)
		m[c.field] = c.value
		if got := till.send("/pay/unifiedorder", m); got.says != c.want {
			t.Errorf("%s %q: %s (%s %s), want %s", c.field, c.value, got.says, got.message["err_code_des"], got.message["return_msg"], c.want)
		}
		if _, made := till.gateway.Order(m["out_trade_no"]); made != (c.want == "prepaid") {
			t.Errorf("%s %q: order made: %v", c.field, c.value, made)
		}
	}
	till := newTill(t, Config{})
	if got := till.post("/pay/unifiedorder", ""); !strings.HasPrefix(got.message["return_msg"], "POST_DATA_EMPTY") {
		t.Errorf("an empty body: %v", got.message)
	}
}

// TestTradeTypes: what each trade type needs in each mode, and what it answers (wechatpay-v2.md 6.6).
func TestTradeTypes(t *testing.T) {
	institution := Merchant{AppID: "wx1", MchID: "100", Key: "secret", SubMchID: "201", SubAppID: "wx201"}
	for _, c := range []struct {
		merchant Merchant
		trade    string
		fields   message
		want     string
		answer   string // the prefix of the field that only this trade type has
	}{
		{shop, "NATIVE", message{}, "prepaid", "code_url weixin://wxpay/bizpayurl?pr="},
		{shop, "JSAPI", message{}, "LACK_PARAMS", ""},
		{shop, "JSAPI", message{"openid": "o1"}, "prepaid", ""},
		{shop, "APP", message{}, "prepaid", ""},
		{shop, "MWEB", message{}, "LACK_PARAMS", ""},
		{shop, "MWEB", message{"scene_info": "{}"}, "prepaid", "mweb_url https://"},
		{institution, "NATIVE", message{}, "prepaid", "code_url weixin://wxpay/bizpayurl?pr="},
		{institution, "JSAPI", message{"openid": "o1"}, "prepaid", ""},
		{institution, "JSAPI", message{"sub_openid": "o2"}, "LACK_PARAMS", ""},
		{institution, "JSAPI", message{"sub_openid": "o2", "sub_appid": "wx201"}, "prepaid", ""},
		{institution, "JSAPI", message{"sub_openid": "o2", "sub_appid": "wx202"}, "return FAIL", ""},
		{institution, "APP", message{}, "LACK_PARAMS", ""},
		{institution, "APP", message{"sub_appid": "wx201"}, "prepaid", ""},
	} {
		till := newTill(t, Config{Merchants: []Merchant{c.merchant}})
		m := till.native("A1", 12)
		m["trade_type"] = c.trade
		if c.trade != "NATIVE" {
			delete(m, "product_id")
		}
		for name, value := range c.fields {
			m[name] = value
		}
		got := till.send("/pay/unifiedorder", m)
		if got.says != c.want {
			t.Errorf("%s %v: %s, want %s", c.trade, c.fields, got.says, c.want)
			continue
		}
		if c.want != "prepaid" {
			continue
		}
		name, begins, _ := strings.Cut(c.answer, " ")
		if got.message["trade_type"] != c.trade || len(got.message["prepay_id"]) != 36 || !strings.HasPrefix(got.message[name], begins) {
			t.Errorf("%s: %v", c.trade, got.message)
		}
		if (got.message["code_url"] != "") != (c.trade == "NATIVE") || (got.message["mweb_url"] != "") != (c.trade == "MWEB") || len(got.message["code_url"]) > 64 {
			t.Errorf("%s: %v", c.trade, got.message)
		}
		if !till.gateway.Pay("A1") {
			t.Errorf("%s: the customer cannot pay", c.trade)
		}
		paid := till.send("/pay/orderquery", message{"out_trade_no": "A1", "sub_appid": c.fields["sub_appid"]}).message
		if paid["trade_type"] != c.trade || c.fields["openid"] != "" && paid["openid"] != c.fields["openid"] || paid["sub_openid"] != "" && c.fields["sub_openid"] != "" && paid["sub_openid"] != c.fields["sub_openid"] {
			t.Errorf("%s paid: %v", c.trade, paid)
		}
	}
}

// TestRepeatedUnifiedOrder: a number is one order, whoever made it (wechatpay-v2.md 6.6, error codes).
func TestRepeatedUnifiedOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		first := till.prepay("A1", 33)
		if again := till.prepay("A1", 33); again.message["code_url"] != first.message["code_url"] {
			t.Errorf("the same order once more: %v", again.message)
		}
		for field, value := range map[string]string{"total_fee": "34", "body": "Tea", "fee_type": "USD", "trade_type": "APP"} {
			m := till.native("A1", 33)
			m[field] = value
			if got := till.send("/pay/unifiedorder", m); got.says != "OUT_TRADE_NO_USED" {
				t.Errorf("another %s: %s", field, got.says)
			}
		}
		till.want(33, "pay: OUT_TRADE_NO_USED | 2h")
		if later := till.prepay("A1", 33); later.says != "prepaid" || later.message["prepay_id"] == first.message["prepay_id"] {
			t.Errorf("after 2 hours: %v", later.message)
		}
		till.want(33, "scan: true | order: ORDERPAID | refund R1 33: accepted 33 | order: ORDERPAID")
	})
	newTill(t, Config{}).want(33, "order: prepaid | close: closed | order: ORDERCLOSED")
	newTill(t, Config{}).want(12, "pay: paid 12 | order: OUT_TRADE_NO_USED")
}

// TestCustomerScans: who sees the code can pay by it until it is no longer good, the order is closed, or it is paid.
func TestCustomerScans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		code := till.prepay("A1", 33).message["code_url"]
		if till.gateway.Scan(code + "0") {
			t.Error("a code that nobody made was paid")
		}
		<-time.After(2*time.Hour - time.Millisecond)
		if !till.gateway.Scan(code) || till.gateway.Scan(code) {
			t.Error("a code is paid once, up to 2 hours")
		}
		till.want(33, "query: SUCCESS")
		late := till.prepay("A2", 33).message["code_url"]
		<-time.After(2 * time.Hour)
		if till.gateway.Scan(late) {
			t.Error("paid after 2 hours")
		}
		gone := till.prepay("A3", 33).message["code_url"]
		till.close("A3")
		if till.gateway.Scan(gone) || till.gateway.Pay("A3") || till.gateway.Pay("A4") {
			t.Error("paid a closed order, or none")
		}
		m := till.native("A5", 12)
		m["time_expire"] = time.Now().Add(time.Minute).In(china()).Format("20060102150405")
		till.send("/pay/unifiedorder", m)
		<-time.After(6 * time.Second)
		if o, _ := till.gateway.Order("A5"); o.State != Success || o.Trade != "NATIVE" {
			t.Errorf("%+v", o)
		}
		m["out_trade_no"], m["total_fee"] = "A6", "33"
		m["time_expire"] = time.Now().Add(time.Minute).In(china()).Format("20060102150405")
		till.send("/pay/unifiedorder", m)
		<-time.After(time.Minute)
		if till.gateway.Pay("A6") {
			t.Error("paid after time_expire")
		}
		m["out_trade_no"], m["time_expire"] = "A7", time.Now().Add(24*time.Hour).In(china()).Format("20060102150405")
		till.send("/pay/unifiedorder", m)
		<-time.After(2 * time.Hour)
		if till.gateway.Pay("A7") {
			t.Error("paid by a prepay_id older than 2 hours")
		}
	})
}

// TestPasswordNow: Pay also types the password that a Quick Pay waits for.
func TestPasswordNow(t *testing.T) {
	newTill(t, Config{}).want(40, "scan: false | pay: USERPAYING | scan: true | query: SUCCESS | scan: false")
}

// TestCloseAndRevokeApart: Close Order is for all orders but Quick Pay, Revoke for Quick Pay alone (wechatpay-v2.md 1, rule 12).
func TestCloseAndRevokeApart(t *testing.T) {
	quick := newTill(t, Config{})
	quick.want(42, "pay: NOTENOUGH | close: INVALID_REQUEST | query: NOTPAY")
	scanned := newTill(t, Config{MinRevokeAge: -1})
	scanned.want(33, "order: prepaid | revoke: INVALID_REQUEST N | query: NOTPAY")
	scanned.gateway.Force("A1", "FROZEN")
	scanned.want(33, "close: TRADE_STATE_ERROR")
	if got := scanned.send("/pay/closeorder", message{"transaction_id": "4200"}); got.says != "PARAM_ERROR" {
		t.Errorf("a transaction_id in place of out_trade_no: %s", got.says)
	}
}
