package sim

import (
	"fmt"
	"html"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// mainland is a client as published libraries for the mainland's shops are
// written. Its requests are what such a library sends: the form of the document,
// and what it adds by itself to what the shop says.
type mainland struct {
	name        string
	contentType string
	hmac        bool
	open        string              // up to the first element, with %s for the root's name
	line        string              // between two elements
	value       func(string) string // what stands between the tags
	root        map[string]string   // the root's name by path, where it is not xml
	adds        map[string][]string // name=value by path, unless the shop says it; "" is every path
}

// mainlandClients are seven that have nothing in common.
func mainlandClients() []mainland {
	const nonce = "nonce_str=5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
	return []mainland{
		{name: "everything in CDATA", contentType: "application/xml", open: "<%s>", value: inCDATA, adds: map[string][]string{"": {nonce}}},
		{name: "a clock for a nonce", contentType: "application/xml; charset=utf-8", open: "<%s>", value: inCDATA,
			adds: map[string][]string{"": {"nonce_str=1795328106442685484", "sign_type=MD5"}}},
		{name: "entities", contentType: "text/xml; charset=utf-8", hmac: true, open: "<%s>", value: html.EscapeString,
			adds: map[string][]string{"": {nonce, "sign_type=HMAC-SHA256"}}},
		{name: "bare numbers", open: "<%s>\n", line: "\n", value: bareNumber, adds: map[string][]string{
			"":              {nonce},
			"/pay/micropay": {"fee_type=CNY", "receipt=Y", "detail=a cup of tea"},
			"/pay/unifiedorder": {"fee_type=CNY", "detail=a cup of tea", "time_start=20250218090000", "time_expire=20250218110000",
				`scene_info={"store_info": {"id": "SZTX001", "name": "腾大餐厅"}}`},
			"/secapi/pay/refund": {"op_user_id=10000100", "refund_account=REFUND_SOURCE_UNSETTLED_FUNDS", "refund_desc=商品已售完", "refund_fee_type=CNY"},
		}},
		{name: "indented", open: "<?xml version=\"1.0\"?>\n<%s>\n  ", line: "\n  ", value: inCDATAIfNeeded, adds: map[string][]string{
			"":                   {"sign_type=MD5", "nonce_str=1QxlHWPGGOQrFBMU"},
			"/secapi/pay/refund": {"op_user_id=10000100"},
		}},
		{name: "goods of the mainland", contentType: "text/xml", hmac: true, value: html.EscapeString,
			open: "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<%s>\n", line: "\n", adds: map[string][]string{
				"": {nonce, "sign_type=HMAC-SHA256"},
				"/pay/micropay": {"version=1.0", `detail={"cost_price":1000,"receipt_id":"wx123","goods_detail":[{"goods_id":"1","quantity":1,"price":1000}]}`,
					"profit_sharing=N", "time_expire=20250218110000"},
			}},
		{name: "a struct for a root", contentType: "application/xml;charset=utf-8", open: "<%s>", value: html.EscapeString,
			root: map[string]string{"/pay/orderquery": "queryRequest", "/pay/closeorder": "closeRequest", "/secapi/pay/refund": "request"},
			adds: map[string][]string{"": {nonce, "sign_type=MD5"}, "/pay/orderquery": {"transaction_id=", "out_trade_no="}}},
	}
}

func inCDATA(v string) string { return "<![CDATA[" + v + "]]>" }

func inCDATAIfNeeded(v string) string {
	if strings.ContainsAny(v, `<>&'"`) {
		return inCDATA(v)
	}
	return v
}

func bareNumber(v string) string {
	if strings.Trim(v, "0123456789") == "" {
		return v
	}
	return inCDATA(v)
}

// document writes the request that says some fields, name=value.
func (m mainland) document(c independent, path string, says []string) string {
	fields := slices.Clone(says)
	for _, more := range slices.Concat(m.adds[""], m.adds[path]) {
		name, _, _ := strings.Cut(more, "=")
		if !slices.ContainsFunc(says, func(f string) bool { return strings.HasPrefix(f, name+"=") }) {
			fields = append(fields, more)
		}
	}
	signed := slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return strings.HasSuffix(f, "=") })
	fields = append(fields, "sign="+c.sign(signed))
	for i, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		fields[i] = "<" + name + ">" + m.value(value) + "</" + name + ">"
	}
	root := m.root[path]
	if root == "" {
		root = "xml"
	}
	return fmt.Sprintf(m.open, root) + strings.Join(fields, m.line) + strings.TrimRight(m.line, " ") + "</" + root + ">"
}

// TestMainlandClients: every one of them pays, asks, revokes, orders, closes,
// refunds and asks for the refund, in both modes and on a sandbox's paths, and
// can verify each answer over all of its fields.
func TestMainlandClients(t *testing.T) {
	for _, m := range mainlandClients() {
		for _, mode := range []struct{ prefix, sub string }{{"", ""}, {"", "10000200"}, {"/sandboxnew", ""}} {
			t.Run(m.name+mode.prefix+mode.sub, func(t *testing.T) { m.drive(t, mode.prefix, mode.sub) })
		}
	}
}

// drive holds the conversation.
func (m mainland) drive(t *testing.T, prefix, sub string) {
	var since atomic.Int64
	start := time.Date(2025, 2, 18, 9, 0, 0, 0, china())
	merchant := shop
	merchant.SubMchID = sub
	g := New(Config{Merchants: []Merchant{merchant}, Now: func() time.Time { return start.Add(time.Duration(since.Load())) }})
	server := httptest.NewServer(g)
	defer server.Close()
	c := independent{t, server.URL + prefix, shop.Key, m.hmac}
	ask := func(path string, says ...string) map[string]string {
		t.Helper()
		says = append(says, "appid="+shop.AppID, "mch_id="+shop.MchID)
		if sub != "" {
			says = append(says, "sub_mch_id="+sub)
		}
		return c.post(path, m.contentType, m.document(c, path, says))
	}
	price := func(no, fee string, more ...string) []string {
		return append(more, "body=Counter 1-咖啡 & <tea>", "out_trade_no="+no, "total_fee="+fee, "spbill_create_ip=127.0.0.1")
	}

	paid := ask("/pay/micropay", price("MAINLAND1", "1000", "auth_code=130000000000000001")...)
	c.says(paid, "result_code=SUCCESS", "trade_type=MICROPAY", "total_fee=1000", "fee_type=CNY", "cash_fee=1000", "rate=")
	id := "transaction_id=" + paid["transaction_id"]
	c.says(ask("/pay/orderquery", id), "trade_state=SUCCESS", "out_trade_no=MAINLAND1")
	c.says(ask("/pay/micropay", price("MAINLAND2", "42", "auth_code=130000000000000002")...), "result_code=FAIL", "err_code=NOTENOUGH")
	c.says(ask("/pay/micropay", price("MAINLAND3", "30", "auth_code=130000000000000003")...), "result_code=FAIL", "err_code=USERPAYING")
	c.says(ask("/pay/orderquery", "out_trade_no=MAINLAND3"), "trade_state=USERPAYING")
	c.says(ask("/secapi/pay/refund", id, "out_refund_no=BACK1", "total_fee=1000", "refund_fee=300"), "result_code=SUCCESS", "refund_fee=300")
	c.says(ask("/pay/refundquery", "out_refund_no=BACK1"), "refund_status_0=PROCESSING")

	native := []string{"trade_type=NATIVE", "product_id=1", "notify_url=https://shop.example/paid"}
	c.says(ask("/pay/unifiedorder", price("MAINLAND4", "1000", native...)...), "result_code=SUCCESS", "trade_type=NATIVE")
	c.says(ask("/pay/closeorder", "out_trade_no=MAINLAND4"), "result_code=SUCCESS", "result_msg=")
	c.says(ask("/pay/orderquery", "out_trade_no=MAINLAND4"), "trade_state=CLOSED")

	since.Store(int64(15 * time.Second))
	c.says(ask("/pay/refundquery", id), "refund_count=1", "refund_status_0=SUCCESS")
	third := ask("/pay/orderquery", "out_trade_no=MAINLAND3")
	c.says(third, "trade_state=SUCCESS")
	c.says(ask("/secapi/pay/reverse", "transaction_id="+third["transaction_id"]), "result_code=SUCCESS", "recall=N")
	c.says(ask("/pay/orderquery", "out_trade_no=MAINLAND3"), "trade_state=REVOKED")

	c.key = "another key"
	c.says(ask("/pay/micropay", price("MAINLAND5", "1000", "auth_code=130000000000000005")...), "return_code=FAIL", "return_msg=SIGNERROR: signature error")
	if _, made := g.Order("MAINLAND5"); made {
		t.Error("an order was made under a wrong key")
	}
}

// TestDetailOfEachGeneration: version 1.0 promises goods in JSON, by the Global
// page's name or the mainland's number; without a version detail is any text
// (wechatpay-v2.md 6.1).
func TestDetailOfEachGeneration(t *testing.T) {
	for _, c := range []struct {
		version, detail string
		taken           bool
	}{
		{"", "Ipad mini 16G", true}, {"", "", true}, {"", strings.Repeat("x", 6001), false}, {"", "tea 🍵", false},
		{"1.0", "Ipad mini 16G", false}, {"1.0", "", true}, {"1.0", `{"goods_detail":[]}`, false},
		{"1.0", `{"goods_detail":[{"goods_name":"tea","quantity":1}]}`, true},
		{"1.0", `{"goods_detail":[{"goods_id":"1","quantity":1,"price":5}],"cost_price":5}`, true},
		{"1.0", `{"goods_detail":[{"quantity":1}]}`, false},
	} {
		for path, paid := range map[string]string{"/pay/micropay": "paid 12", "/pay/unifiedorder": "prepaid"} {
			till := newTill(t, Config{})
			m := till.order("A1", 12)
			if path == "/pay/unifiedorder" {
				m = till.native("A1", 12)
			}
			m["version"], m["detail"] = c.version, c.detail
			if got := till.send(path, m).says; (got == paid) != c.taken || !c.taken && got != "PARAM_ERROR" {
				t.Errorf("%s, version %q, %.40q: %s", path, c.version, c.detail, got)
			}
		}
	}
}

// TestRateIsBetweenTwoCurrencies: an answer names a rate when price and wallet
// differ, and none when they are the same (wechatpay-v2.md 5.2).
func TestRateIsBetweenTwoCurrencies(t *testing.T) {
	for _, c := range []struct{ price, code, rate string }{
		{"CNY", "130000000000000001", ""}, {"", "130000000000000001", ""}, {"HKD", "150000000000000001", ""},
		{"HKD", "130000000000000001", "92000000"}, {"USD", "130000000000000001", "650000000"},
	} {
		till := newTill(t, Config{})
		m := till.order("A1", 12)
		m["fee_type"], m["auth_code"] = c.price, c.code
		if got := till.send("/pay/micropay", m); got.says != "paid 12" || got.message["rate"] != c.rate {
			t.Errorf("%q by %.2s…: %s, rate %q, want %q", c.price, c.code, got.says, got.message["rate"], c.rate)
		}
		if got := till.query("A1"); got.message["rate"] != c.rate {
			t.Errorf("%q by %.2s…: the query's rate is %q, want %q", c.price, c.code, got.message["rate"], c.rate)
		}
	}
}

// TestPlainHTTP: clients of HTTP/1.0, those that send in chunks and those that
// would take a compressed answer all get the whole answer as it is.
func TestPlainHTTP(t *testing.T) {
	till := newTill(t, Config{})
	server := httptest.NewServer(till.gateway)
	defer server.Close()
	doc := string(till.signed(message{"out_trade_no": "A1"}).xml())
	for name, head := range map[string]string{
		"HTTP/1.0":   fmt.Sprintf("POST /pay/orderquery HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s", len(doc), doc),
		"chunks":     fmt.Sprintf("POST /pay/orderquery HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(doc), doc),
		"compressed": fmt.Sprintf("POST /pay/orderquery HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(doc), doc),
	} {
		line, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer line.Close()
		if _, err := io.WriteString(line, head); err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(line)
		headers, body, _ := strings.Cut(string(page), "\r\n\r\n")
		m, broken := parse([]byte(body))
		if err != nil || broken != nil || till.describe(m) != "ORDERNOTEXIST" || !strings.Contains(headers, fmt.Sprintf("Content-Length: %d", len(body))) {
			t.Errorf("%s: %v %v %q", name, err, broken, page)
		}
	}
}
