package sim

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestSubmissionFields: what wechatpay-v2.md 6.1 requires, and what it limits.
func TestSubmissionFields(t *testing.T) {
	for _, c := range []struct{ field, value, want string }{
		{"version", "", "paid 12"}, {"version", "2.0", "PARAM_ERROR"}, // needed on the English page alone
		{"body", "", "LACK_PARAMS"}, {"body", strings.Repeat("x", 128), "paid 12"}, {"body", strings.Repeat("x", 129), "PARAM_ERROR"}, {"body", strings.Repeat("茶", 42), "paid 12"},
		{"body", strings.Repeat("茶", 43), "PARAM_ERROR"}, {"body", "tea 🍵", "PARAM_ERROR"},
		{"detail", "", "paid 12"}, {"detail", "coffee", "PARAM_ERROR"}, {"detail", `{"goods_detail":[]}`, "PARAM_ERROR"},
		{"detail", `{"goods_detail":[{"goods_name":"","quantity":1}]}`, "PARAM_ERROR"}, {"detail", `{"goods_detail":[{"goods_name":"a","quantity":0}]}`, "PARAM_ERROR"},
		{"attach", strings.Repeat("x", 128), "paid 12"}, {"attach", strings.Repeat("x", 129), "PARAM_ERROR"}, {"device_info", strings.Repeat("x", 33), "PARAM_ERROR"},
		{"out_trade_no", "", "LACK_PARAMS"}, {"out_trade_no", strings.Repeat("1", 33), "PARAM_ERROR"}, {"out_trade_no", "A 1", "PARAM_ERROR"},
		{"out_trade_no", "A#1", "PARAM_ERROR"}, {"out_trade_no", "a_Z-9|*@", "paid 12"},
		{"total_fee", "", "LACK_PARAMS"}, {"total_fee", "0", "PARAM_ERROR"}, {"total_fee", "-1", "PARAM_ERROR"}, {"total_fee", "1.5", "PARAM_ERROR"},
		{"total_fee", "012", "PARAM_ERROR"}, {"total_fee", " 12", "PARAM_ERROR"}, {"total_fee", "1000000000000", "PARAM_ERROR"},
		{"fee_type", "XXX", "PARAM_ERROR"}, {"fee_type", "hkd", "PARAM_ERROR"}, {"fee_type", "", "paid 12"},
		{"spbill_create_ip", "", "LACK_PARAMS"}, {"spbill_create_ip", "here", "PARAM_ERROR"}, {"spbill_create_ip", "2001:db8::1", "paid 12"},
		{"limit_pay", "credit", "PARAM_ERROR"}, {"limit_pay", "no_credit", "paid 12"}, {"goods_tag", strings.Repeat("x", 33), "PARAM_ERROR"},
		{"auth_code", "", "LACK_PARAMS"}, {"auth_code", "13000000000000001", "AUTH_CODE_INVALID"}, {"auth_code", "280000000000000001", "AUTH_CODE_INVALID"},
		{"auth_code", "160000000000000001", "AUTH_CODE_INVALID"}, {"auth_code", "13000000000000000x", "AUTH_CODE_INVALID"}, {"auth_code", "100000000000000001", "paid 12"},
		{"sub_mch_id", "10000200", "return FAIL"}, {"sub_appid", "wx2", "return FAIL"}, {"something_new", "1", "paid 12"},
	} {
		till := newTill(t, Config{})
		m := till.order("A1", 12)
		m[c.field] = c.value
		if got := till.post("/pay/micropay", string(till.signed(m).xml())); got.says != c.want {
			t.Errorf("%s %q: %s (%s %s), want %s", c.field, c.value, got.says, got.message["err_code_des"], got.message["return_msg"], c.want)
		}
		if _, made := till.gateway.Order(m["out_trade_no"]); made != strings.HasPrefix(c.want, "paid") {
			t.Errorf("%s %q: order made: %v", c.field, c.value, made)
		}
	}
}

// TestCurrencies: the 30 codes of wechatpay-v2.md 5.2, and a yen that has no minor unit.
func TestCurrencies(t *testing.T) {
	const codes = "CNY HKD GBP USD JPY CAD AUD EUR NZD KRW THB SGD RUB CHF SEK DKK NOK AED TRY MOP TWD CZK MYR PHP IDR MNT QAR HUF KHR ISK"
	if n := len(currencies()); n != 30 {
		t.Errorf("%d currencies", n)
	}
	for code := range strings.FieldsSeq(codes) {
		if !isCurrency(code) {
			t.Errorf("%s is missing", code)
		}
	}
	yen, _ := currencyOf("JPY")
	if got := yen.convert(1000, walletOf("130000000000000001")); got != 4800 { // 1000 yen at 0.048 are CNY 48.00
		t.Errorf("1000 yen are %d fen", got)
	}
	if got := yen.convert(999_999_999_999, walletOf("150000000000000001")); got != 5_217_390_999_994 {
		t.Errorf("the largest amount became %d", got)
	}
}

// TestEnvelope: what is wrong before the signature is known is answered in the first layer, unsigned.
func TestEnvelope(t *testing.T) {
	good := newTill(t, Config{}).order("A1", 12)
	for _, c := range []struct {
		name, want string
		spoil      func(*till, message) string
	}{
		{"no signature", "LACK_PARAMS", func(c *till, m message) string { delete(m, "sign"); return string(m.xml()) }},
		{"wrong signature", "SIGNERROR", func(c *till, m message) string { m["total_fee"] = "13"; return string(m.xml()) }},
		{"lower case", "SIGNERROR", func(c *till, m message) string { m["sign"] = strings.ToLower(m["sign"]); return string(m.xml()) }},
		{"other algorithm", "SIGNERROR", func(c *till, m message) string {
			m["sign"] = m.signature(signMD5, c.merchant.Key)
			return string(m.xml())
		}},
		{"unknown algorithm", "SIGNERROR", func(c *till, m message) string { m["sign_type"] = "SM3"; return string(m.xml()) }},
		{"no nonce", "LACK_PARAMS", func(c *till, m message) string { delete(m, "nonce_str"); return string(m.xml()) }},
		{"long nonce", "PARAM_ERROR", func(c *till, m message) string { m["nonce_str"] = strings.Repeat("n", 33); return string(m.xml()) }},
		{"unknown merchant", "MCHID_NOT_EXIST", func(c *till, m message) string { m["mch_id"] = "1"; return string(m.xml()) }},
		{"unknown appid", "APPID_NOT_EXIST", func(c *till, m message) string { m["appid"] = "wx0"; return string(m.xml()) }},
		{"appid of another", "APPID_MCHID_NOT_MATCH", func(c *till, m message) string { m["appid"] = "wx2"; return string(m.xml()) }},
		{"doubled element", "XML_FORMAT_ERROR", func(c *till, m message) string {
			return strings.Replace(string(m.xml()), "<xml>", "<xml><body>x</body>", 1)
		}},
		{"no XML", "XML_FORMAT_ERROR", func(c *till, m message) string { return "appid=1" }},
		{"too long", "XML_FORMAT_ERROR", func(c *till, m message) string { return string(m.xml()) + strings.Repeat(" ", maxRequest) }},
		{"not UTF-8", "NOT_UTF8", func(c *till, m message) string { return "<xml>\xff</xml>" }},
	} {
		till := newTill(t, Config{Merchants: []Merchant{shop, {AppID: "wx2", MchID: "20000100", Key: "k"}}})
		got := till.post("/pay/micropay", c.spoil(till, till.signed(good)))
		if got.says != "return FAIL" || !strings.HasPrefix(got.message["return_msg"], c.want+":") || len(got.message) != 2 {
			t.Errorf("%s: %v", c.name, got.message)
		}
		if n := len(till.gateway.Orders()); n != 0 {
			t.Errorf("%s: %d orders", c.name, n)
		}
	}
}

// TestMethodAndPath: POST only, the paths of design 8, nothing else.
func TestMethodAndPath(t *testing.T) {
	till := newTill(t, Config{})
	res, err := till.client.Get(till.base + "/pay/micropay")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if call := till.gateway.Calls()[0]; call.Answer != "FAIL" {
		t.Errorf("GET: %v", call)
	}
	for _, prefix := range []string{"", "/sandboxnew", "/xdc/apiv2sandbox"} {
		if got := till.post(prefix+"/pay/orderquery", string(till.signed(message{"out_trade_no": "none"}).xml())); got.says != "ORDERNOTEXIST" {
			t.Errorf("%q: %s", prefix, got.says)
		}
	}
	for _, path := range []string{"/", "/pay/nothing", "/sandboxnew/sandboxnew/pay/micropay", "/pay/getsignkey"} {
		if got := till.post(path, "<xml/>"); got.says != "status 404" {
			t.Errorf("%s: %s", path, got.says)
		}
	}
}

// TestSignKey: both addresses tell a merchant who signs, and nobody else (wechatpay-v2.md 10).
func TestSignKey(t *testing.T) {
	for _, path := range []string{"/sandboxnew/pay/getsignkey", "/xdc/apiv2getsignkey/sign/getsignkey"} {
		till := newTill(t, Config{})
		ask := message{"mch_id": shop.MchID, "nonce_str": "n"}
		ask["sign"] = ask.signature(signMD5, shop.Key)
		want := message{"return_code": "SUCCESS", "return_msg": "OK", "mch_id": shop.MchID, "sandbox_signkey": shop.Key}
		if got := till.post(path, string(ask.xml())); !maps.Equal(got.message, want) {
			t.Errorf("%s: %v", path, got.message)
		}
		ask["nonce_str"] = "m"
		if got := till.post(path, string(ask.xml())); got.says != "return FAIL" || got.message["sandbox_signkey"] != "" {
			t.Errorf("%s, signed wrongly: %v", path, got.message)
		}
	}
}

// TestAnswerAlgorithm: the answer is signed as the request was, MD5 when sign_type is absent (wechatpay-v2.md 4.1).
func TestAnswerAlgorithm(t *testing.T) {
	for signType, length := range map[string]int{"": 32, signMD5: 32, signHMAC: 64} {
		till := newTill(t, Config{})
		till.signType = signType
		if got := till.pay("A1", 12); got.says != "paid 12" || len(got.message["sign"]) != length {
			t.Errorf("%q: %s, signature %s", signType, got.says, got.message["sign"])
		}
	}
}

// TestInstitution: the sub-merchant is needed, must be the right one, and sees only its own orders (wechatpay-v2.md 5.1).
func TestInstitution(t *testing.T) {
	one := Merchant{AppID: "wx1", MchID: "100", Key: "secret", SubMchID: "201", SubAppID: "wx201"}
	two := one
	two.SubMchID, two.SubAppID = "202", ""
	till := newTill(t, Config{Merchants: []Merchant{one, two}})
	m := till.order("A1", 12)
	m["sub_appid"] = "wx201"
	got := till.post("/pay/micropay", string(till.signed(m).xml()))
	if got.says != "paid 12" || got.message["sub_openid"] == "" || got.message["sub_mch_id"] != "201" || got.message["sub_appid"] != "wx201" {
		t.Errorf("%s %v", got.says, got.message)
	}
	for _, c := range []struct{ sub, want string }{{"202", "ORDERNOTEXIST"}, {"", "return FAIL"}, {"203", "return FAIL"}} {
		till.merchant.SubMchID = c.sub
		if got := till.query("A1"); got.says != c.want {
			t.Errorf("sub-merchant %q: %s, want %s", c.sub, got.says, c.want)
		}
	}
	till.merchant.SubMchID, till.code = "202", "130000000000000002"
	if got := till.pay("A1", 12); got.says != "OUT_TRADE_NO_USED" {
		t.Errorf("a number is unique under the institution: %s", got.says)
	}
}

// TestRepeatedNumber: a number in use is never charged again (wechatpay-v2.md 6.1, error codes).
func TestRepeatedNumber(t *testing.T) {
	for _, c := range []struct {
		minor int64
		state TradeState // forced, "" for what the amount gives
		want  string
	}{
		{12, "", "ORDERPAID"}, {12, Refund, "ORDERPAID"}, {12, Closed, "ORDERCLOSED"}, {12, Revoked, "ORDERREVERSED"},
		{30, "", "USERPAYING"}, {42, "", "NOTENOUGH"}, {32, "", "TRADE_ERROR"},
	} {
		till := newTill(t, Config{})
		till.pay("A1", c.minor)
		if c.state != "" && !till.gateway.Force("A1", c.state) {
			t.Errorf("%s: not forced", c.state)
		}
		if got := till.pay("A1", c.minor); got.says != c.want {
			t.Errorf("%d %s: %s, want %s", c.minor, c.state, got.says, c.want)
		}
		if got := till.pay("A1", c.minor+1); got.says != "OUT_TRADE_NO_USED" {
			t.Errorf("%d %s, another amount: %s", c.minor, c.state, got.says)
		}
		for field, value := range map[string]string{"auth_code": "130000000000000005", "body": "Tea", "fee_type": "USD"} {
			m := till.order("A1", c.minor)
			m[field] = value
			if got := till.post("/pay/micropay", string(till.signed(m).xml())); got.says != "OUT_TRADE_NO_USED" {
				t.Errorf("%d %s, another %s: %s", c.minor, c.state, field, got.says)
			}
		}
		if n, orders := till.gateway.Seen("A1"), till.gateway.Orders(); n != 6 || len(orders) != 1 {
			t.Errorf("seen %d times, %d orders", n, len(orders))
		}
	}
}

// TestUsedCode: an auth code makes one order, paid or not (wechatpay-v2.md 5.4).
func TestUsedCode(t *testing.T) {
	for _, minor := range []int64{12, 42} {
		till := newTill(t, Config{})
		till.pay("A1", minor)
		if got := till.pay("A2", 12); got.says != "AUTH_CODE_ERROR" {
			t.Errorf("after %d: %s", minor, got.says)
		}
	}
}

// TestNaming: how query and revoke name an order (wechatpay-v2.md 6.2, 6.3).
func TestNaming(t *testing.T) {
	other := Merchant{AppID: "wx2", MchID: "20000100", Key: "secret"}
	till := newTill(t, Config{Merchants: []Merchant{shop, other}, MinRevokeAge: -1})
	id := till.pay("A1", 12).message["transaction_id"]
	stranger := *till
	stranger.merchant = other
	for _, m := range []message{{"out_trade_no": "A1"}, {"transaction_id": id}} {
		if got := stranger.post("/pay/orderquery", string(stranger.signed(m).xml())); got.says != "ORDERNOTEXIST" {
			t.Errorf("another merchant sees the order: %s", got.says)
		}
	}
	if len(id) != 28 || !isDigits(id) {
		t.Errorf("transaction_id %q", id)
	}
	for _, c := range []struct{ path, no, id, want string }{
		{"/pay/orderquery", "", "", "PARAM_ERROR"}, {"/pay/orderquery", "A#1", "", "PARAM_ERROR"},
		{"/pay/orderquery", "", id, "SUCCESS"}, {"/pay/orderquery", "other", id, "SUCCESS"}, {"/pay/orderquery", "A1", "4200", "ORDERNOTEXIST"},
		{"/secapi/pay/reverse", "", "", "PARAM_ERROR N"}, {"/secapi/pay/reverse", "A#1", id, "PARAM_ERROR N"},
		{"/secapi/pay/reverse", "A1", "4200", "INVALID_TRANSACTIONID N"}, {"/secapi/pay/reverse", "unknown", "", "N"},
		{"/secapi/pay/reverse", "A1", id, "N"}, {"/secapi/pay/reverse", "", id, "N"}, {"/secapi/pay/reverse", "", "4200", "INVALID_TRANSACTIONID N"},
	} {
		m := message{"out_trade_no": c.no, "transaction_id": c.id}
		if got := till.post(c.path, string(till.signed(m).xml())); got.says != c.want {
			t.Errorf("%s %q %q: %s, want %s", c.path, c.no, c.id, got.says, c.want)
		}
	}
}

// TestAnswersTellNoMore: fields that the documents keep for paid orders (wechatpay-v2.md 6.2), and a revoke that names nothing (6.3).
func TestAnswersTellNoMore(t *testing.T) {
	till := newTill(t, Config{MinRevokeAge: -1})
	m := till.order("A1", 12)
	m["attach"], m["device_info"] = "till 3 ]]> \r\n", "K1"
	till.post("/pay/micropay", string(till.signed(m).xml()))
	paid := till.query("A1").message
	for _, name := range []string{"transaction_id", "total_fee", "fee_type", "cash_fee", "cash_fee_type", "rate", "time_end", "openid", "trade_type", "bank_type", "device_info"} {
		if paid[name] == "" {
			t.Errorf("paid without %s", name)
		}
	}
	for _, name := range []string{"return_code", "return_msg", "appid", "mch_id", "nonce_str", "sign", "result_code", "recall"} {
		if got := till.revoke("A1").message; got[name] == "" || len(got) != 8 {
			t.Errorf("revoke answers %v", got)
		}
	}
	got := till.query("A1").message
	if got["trade_state"] != "REVOKED" || got["out_trade_no"] != "A1" || got["attach"] != m["attach"] || got["total_fee"]+got["transaction_id"] != "" {
		t.Errorf("revoked: %v", got)
	}
}

// TestClientCertificate: over TLS a revoke needs one, the other calls do not (wechatpay-v2.md 2.3).
func TestClientCertificate(t *testing.T) {
	till := newTill(t, Config{})
	server := httptest.NewTLSServer(till.gateway)
	defer server.Close()
	till.client, till.base = server.Client(), server.URL
	if got := till.revoke("A1"); got.says != "return FAIL" || !strings.HasPrefix(got.message["return_msg"], "CERT_ERROR") {
		t.Errorf("revoke: %v", got.message)
	}
	if got := till.query("A1"); got.says != "ORDERNOTEXIST" {
		t.Errorf("query: %s", got.says)
	}
	till.client.CloseIdleConnections()
	till.client, till.base = &http.Client{Transport: Transport(till.gateway)}, "http://gateway.test"
	if got := till.revoke("A1"); got.says != "N" {
		t.Errorf("without TLS: %s", got.says)
	}
}
