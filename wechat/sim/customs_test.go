package sim

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// plainly signs as the operations of MD5 without a nonce do, under the given name of appid.
func (c *till) plainly(appid string, m message) message {
	m = maps.Clone(m)
	m[appid], m["mch_id"] = c.merchant.AppID, c.merchant.MchID
	m["sign"] = m.signature(signMD5, c.merchant.Key)
	return m
}

// mainland asks the customs in XML and says in one word what came back.
func (c *till) mainland(what string, m message) reply {
	c.Helper()
	path := map[string]string{
		"declare": "/cgi-bin/mch/customs/customdeclareorder", "query": "/cgi-bin/mch/customs/customdeclarequery",
		"redeclare": "/cgi-bin/mch/newcustoms/customdeclareredeclare",
	}[what]
	got := c.post(path, string(c.plainly("appid", m).xml()))
	if got.message["sign"] != "" && got.message["sign"] != got.message.signature(signMD5, c.merchant.Key) {
		c.Errorf("%s: the answer is signed wrongly: %v", what, got.message)
	}
	got.says = got.message["state"] + got.message["state_0"] + got.message["err_code"]
	return got
}

// declaration is what an order of ours says to the customs.
func (c *till) declaration(no string) message {
	o, _ := c.gateway.Order(no)
	return message{"out_trade_no": no, "transaction_id": o.TransactionID, "customs": "SHENZHEN", "mch_customs_no": "C1"}
}

// TestDeclarationTable: PROCESSING, SUBMITTED, and an end by the order's amount.
func TestDeclarationTable(t *testing.T) {
	for minor, c := range map[int64]struct{ end, redeclared, atLast string }{
		1000: {"SUCCESS", "PROCESSING", "SUCCESS"}, customsFails: {"FAIL", "PARAM_ERROR", "FAIL"},
		customsExcept: {"EXCEPT", "PROCESSING", "SUCCESS"}, customsStays: {"SUBMITTED", "PARAM_ERROR", "SUBMITTED"},
	} {
		synctest.Test(t, func(t *testing.T) {
			till := newTill(t, Config{})
			till.pay("A1", minor)
			m := till.declaration("A1")
			want := func(what, state string) {
				t.Helper()
				if got := till.mainland(what, m); got.says != state {
					t.Errorf("%d, %s: %s, want %s %v", minor, what, got.says, state, got.message)
				}
			}
			want("query", "ORDERNOTEXIST")
			want("redeclare", "ORDERNOTEXIST")
			want("declare", "PROCESSING")
			<-time.After(5 * time.Second)
			want("query", "SUBMITTED")
			want("declare", "SUBMITTED")
			<-time.After(5 * time.Second)
			want("query", c.end)
			if got := till.mainland("redeclare", with(m, "mch_customs_no", "C2")); got.says != "PARAM_ERROR" {
				t.Errorf("%d, another number at the customs: %s", minor, got.says)
			}
			want("redeclare", c.redeclared)
			<-time.After(10 * time.Second)
			want("query", c.atLast)
		})
	}
}

// TestDeclarationFields: what wechatpay-v2.md 6.14 requires, and what a split order adds up to.
func TestDeclarationFields(t *testing.T) {
	split := message{"sub_order_no": "S1", "fee_type": "HKD", "order_fee": "400", "transport_fee": "100", "product_fee": "300"}
	for _, c := range []struct {
		change message
		want   string
	}{
		{message{"out_trade_no": ""}, "LACK_PARAMS"}, {message{"transaction_id": ""}, "LACK_PARAMS"}, {message{"transaction_id": "4200"}, "ORDERNOTEXIST"},
		{message{"customs": ""}, "LACK_PARAMS"}, {message{"customs": "ATLANTIS"}, "PARAM_ERROR"}, {message{"mch_customs_no": ""}, "LACK_PARAMS"},
		{message{"action_type": "ADD"}, "PROCESSING"}, {message{"action_type": "MODIFY"}, "ORDERNOTEXIST"}, {message{"duty": "1.0"}, "PARAM_ERROR"},
		{split, "PROCESSING"}, {with(split, "order_fee", "401"), "PARAM_ERROR"}, {with(split, "fee_type", "USD"), "PARAM_ERROR"},
		{with(split, "product_fee", ""), "PARAM_ERROR"}, {with(with(split, "order_fee", "1001"), "product_fee", "901"), "PARAM_ERROR"},
		{message{"cert_type": "PASSPORT"}, "PARAM_ERROR"},
	} {
		till := newTill(t, Config{})
		till.pay("A1", 1000)
		m := till.declaration("A1")
		maps.Copy(m, c.change)
		if got := till.mainland("declare", m); got.says != c.want {
			t.Errorf("%v: %s %v, want %s", c.change, got.says, got.message, c.want)
		}
	}
	till := newTill(t, Config{})
	till.pay("A1", 42)
	if got := till.mainland("declare", till.declaration("A1")); got.says != "PARAM_ERROR" {
		t.Errorf("an order that is not paid: %s", got.says)
	}
	hmac := till.signed(till.declaration("A1"))
	if got := till.post("/cgi-bin/mch/customs/customdeclareorder", string(hmac.xml())); !strings.HasPrefix(got.message["return_msg"], "SIGNERROR") {
		t.Errorf("HMAC-SHA256: %v", got.message)
	}
}

// with is a message with one field changed.
func with(m message, name, value string) message {
	m = maps.Clone(m)
	m[name] = value
	return m
}

// TestSplitDeclaration: parts are declared one by one, never more than the order, and changed by MODIFY.
func TestSplitDeclaration(t *testing.T) {
	till := newTill(t, Config{Merchants: []Merchant{shop, institution}})
	till.pay("A1", 1000)
	part := till.declaration("A1")
	maps.Copy(part, message{"sub_order_no": "S1", "fee_type": "HKD", "order_fee": "600", "transport_fee": "0", "product_fee": "600"})
	other := with(part, "sub_order_no", "S2")
	for i, c := range []struct {
		m    message
		want string
	}{
		{part, "PROCESSING"}, {part, "PROCESSING"}, {other, "PARAM_ERROR"},
		{with(part, "duty", "5"), "PARAM_ERROR"}, {with(with(with(part, "action_type", "MODIFY"), "order_fee", "500"), "product_fee", "500"), "PROCESSING"},
		{other, "PARAM_ERROR"}, {with(with(other, "order_fee", "500"), "product_fee", "500"), "PROCESSING"},
	} {
		if got := till.mainland("declare", c.m); got.says != c.want {
			t.Errorf("%d: %s %v, want %s", i, got.says, got.message, c.want)
		}
	}
	got := till.mainland("query", message{"out_trade_no": "A1", "customs": "SHENZHEN"}).message
	if got["count"] != "2" || got["sub_order_no_0"] != "S1" || got["order_fee_0"] != "500" || got["sub_order_no_1"] != "S2" || got["order_fee_1"] != "500" || got["out_trade_no"] != "A1" {
		t.Errorf("%v", got)
	}
	one := till.mainland("query", message{"sub_order_id": got["sub_order_id_1"], "customs": "SHENZHEN"}).message
	if one["count"] != "1" || one["sub_order_no_0"] != "S2" {
		t.Errorf("%v", one)
	}
	till.merchant = institution
	if got := till.mainland("query", message{"out_trade_no": "A1", "customs": "SHENZHEN"}); got.says != "ORDERNOTEXIST" {
		t.Errorf("another merchant sees it: %v", got.message)
	}
}

// TestIdentity: whether the person who is named is the one who paid.
func TestIdentity(t *testing.T) {
	for minor, want := range map[int64]string{1000: "SAME", anotherIdentity: "DIFFERENT"} {
		till := newTill(t, Config{})
		till.pay("A1", minor)
		m := till.declaration("A1")
		if got := till.mainland("declare", with(m, "customs", "NINGBO")); got.message["cert_check_result"] != "UNCHECKED" {
			t.Errorf("%d without a person: %v", minor, got.message)
		}
		maps.Copy(m, message{"cert_type": "IDCARD", "cert_id": "1", "name": "N"})
		if got := till.mainland("declare", m); got.message["cert_check_result"] != want {
			t.Errorf("%d: %v", minor, got.message)
		}
	}
}

// global asks the customs in JSON and returns status and answer.
func (c *till) global(method, path string, fields map[string]any) (int, map[string]any) {
	c.Helper()
	address, body := c.base+path, ""
	if fields = maps.Clone(fields); method == http.MethodGet {
		values := url.Values{"appid": {c.merchant.AppID}, "mchid": {c.merchant.MchID}}
		for name, value := range fields {
			values.Set(name, value.(string))
		}
		address += "?" + values.Encode()
	} else {
		fields["appid"], fields["mchid"] = c.merchant.AppID, c.merchant.MchID
		body = string(encoded(fields))
	}
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	if c.signType != "" {
		req.Header.Set("Authorization", "WECHATPAY2-SHA256-RSA2048 mchid=\"1\"")
	}
	res, err := c.client.Do(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	doc, _ := io.ReadAll(res.Body)
	var got map[string]any
	if json.Unmarshal(doc, &got) != nil {
		return res.StatusCode, map[string]any{"garbage": string(doc)}
	}
	return res.StatusCode, got
}

// twice is a request with two JSON objects in it.
func twice(address string) *http.Request {
	doc := string(encoded(map[string]string{"appid": shop.AppID, "mchid": shop.MchID}))
	req := httptest.NewRequest(http.MethodPost, address, strings.NewReader(doc+doc))
	req.RequestURI = ""
	req.Header.Set("Authorization", "WECHATPAY2-SHA256-RSA2048 mchid=\"1\"")
	return req
}

// TestGlobalCustoms is one declaration from its beginning to its end, as the Global pages have it (wechatpay-v2.md 6.14).
func TestGlobalCustoms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		till.pay("A1", customsExcept)
		o, _ := till.gateway.Order("A1")
		m := map[string]any{"out_trade_no": "A1", "transaction_id": o.TransactionID, "customs": "SHENZHEN", "merchant_customs_no": "C1"}
		want := func(method, path string, fields map[string]any, status int, key string, value any) map[string]any {
			t.Helper()
			got, answer := till.global(method, path, fields)
			if got != status || answer[key] != value {
				t.Errorf("%s %s: %d %v, want %d with %s %v", method, path, got, answer, status, key, value)
			}
			return answer
		}
		const orders = "/global/v3/customs/orders"
		ask := map[string]any{"order_type": "out_trade_no", "order_no": "A1", "customs": "SHENZHEN", "offset": "0", "limit": "20"}
		want("GET", orders, ask, 404, "code", "ORDERNOTEXIST")
		want("PATCH", orders, m, 404, "code", "ORDERNOTEXIST")
		want("POST", orders, m, 200, "state", "PROCESSING")
		parts := maps.Clone(m)
		maps.Copy(parts, map[string]any{"sub_order_no": "S1", "fee_type": "HKD", "order_fee": 10, "transport_fee": 3, "product_fee": 7})
		want("POST", orders, parts, 200, "sub_order_no", "S1")
		parts["duty"] = 1
		delete(parts, "fee_type") // it stays as it was
		want("PATCH", orders, parts, 200, "state", "PROCESSING")
		<-time.After(10 * time.Second)
		got := want("GET", orders, ask, 200, "total_count", float64(2))
		second := got["data"].([]any)[1].(map[string]any)
		if second["order_fee"] != float64(10) || second["fee_type"] != "HKD" || second["duty"] != float64(1) || second["state"] != "EXCEPT" || got["mchid"] != shop.MchID || got["transaction_id"] != o.TransactionID {
			t.Errorf("%v", got)
		}
		ask["limit"], ask["offset"] = "1", "1"
		if got := want("GET", orders, ask, 200, "limit", float64(1)); len(got["data"].([]any)) != 1 {
			t.Errorf("%v", got)
		}
		want("POST", "/global/v3/customs/redeclare", m, 200, "state", "PROCESSING")
		want("POST", "/global/v3/customs/redeclare", m, 400, "code", "PARAM_ERROR")
		<-time.After(10 * time.Second)
		want("POST", orders, m, 200, "state", "SUCCESS")
		maps.Copy(m, map[string]any{"certificate_type": "IDCARD", "certificate_id": "x", "certificate_name": "y"})
		want("POST", "/global/v3/customs/verify-certificate", m, 200, "certificate_check_result", "SAME")
		m["certificate_type"] = "PASSPORT"
		want("POST", "/global/v3/customs/verify-certificate", m, 400, "code", "PARAM_ERROR")

		for fault, status := range map[string]int{"refused": 400, "busy": 500, "lied": 500, "proxy": 502, "lost": 0} {
			till.gateway.Inject(OnDeclare, map[string]Fault{
				"refused": Refuse("PARAM_ERROR"), "busy": SystemError, "lied": ReturnFail, "proxy": BadGateway, "lost": DropAnswer,
			}[fault])
			if got, answer := till.global("POST", orders, m); got != status {
				t.Errorf("%s: %d %v", fault, got, answer)
			}
		}
		res, err := till.client.Do(twice(till.base + orders))
		if err != nil {
			t.Fatal(err)
		}
		if doc, _ := io.ReadAll(res.Body); !strings.Contains(string(doc), "not one JSON object") {
			t.Errorf("two objects: %s", doc)
		}
		res.Body.Close()
		m["customs"] = []string{"SHENZHEN"}
		want("POST", orders, m, 400, "code", "PARAM_ERROR")
		till.signType = "" // no authorisation
		want("GET", orders, ask, 401, "code", "SIGN_ERROR")
		till.signType, till.merchant.MchID = signHMAC, "1"
		want("GET", orders, ask, 400, "code", "MCHID_NOT_EXIST")
		if status, _ := till.global("DELETE", orders, ask); status != 404 {
			t.Errorf("DELETE: %d", status)
		}
	})
}
