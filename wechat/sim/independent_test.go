package sim

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// independent is a client as strangers write them from the documents, with
// nothing of this package in it: it joins strings, and reads by a pattern.
type independent struct {
	t         *testing.T
	base, key string
	hmac      bool
}

// sign joins the sorted pairs and the key, and hashes them (wechatpay-v2.md 4.1).
func (c independent) sign(fields []string) string {
	sorted := slices.Clone(fields)
	slices.Sort(sorted)
	text := strings.Join(sorted, "&") + "&key=" + c.key
	if c.hmac {
		mac := hmac.New(sha256.New, []byte(c.key))
		mac.Write([]byte(text))
		return fmt.Sprintf("%X", mac.Sum(nil))
	}
	return fmt.Sprintf("%X", md5.Sum([]byte(text)))
}

// element is one element of an answer.
var element = regexp.MustCompile(`(?s)<([a-z_0-9]+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</`)

// call sends fields as name=value and returns what came back.
func (c independent) call(path string, fields ...string) map[string]string {
	c.t.Helper()
	fields = append(fields, "appid=wxd930ea5d5a258f4f", "mch_id=10000100", "nonce_str=5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "a_field_of_tomorrow=<茶>")
	if c.hmac {
		fields = append(fields, "sign_type=HMAC-SHA256")
	}
	doc := `<?xml version="1.0" encoding="UTF-8"?>` + "\n<xml>\n<attach></attach>\n<sign>" + c.sign(fields) + "</sign>\n"
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		doc += "  <" + name + ">" + html.EscapeString(value) + "</" + name + ">\n"
	}
	return c.post(path, "application/x-www-form-urlencoded", doc+"</xml>\n")
}

// post sends a document and returns what came back, once its signature is
// verified. The text of the whole answer is under the empty name.
func (c independent) post(path, contentType, doc string) map[string]string {
	c.t.Helper()
	res, err := http.Post(c.base+path, contentType, strings.NewReader(doc))
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	got := map[string]string{"": string(body)}
	var signed []string
	for _, e := range element.FindAllStringSubmatch(string(body), -1) {
		got[e[1]] = e[2] + html.UnescapeString(e[3])
		if e[1] != "sign" && got[e[1]] != "" {
			signed = append(signed, e[1]+"="+got[e[1]])
		}
	}
	if got["return_code"] == "SUCCESS" && got["sign"] != c.sign(signed) {
		c.t.Errorf("%s: the answer's signature is not what its fields give: %s", path, body)
	}
	return got
}

// says holds one answer against what must be in it, name=value.
func (c independent) says(got map[string]string, wanted ...string) {
	c.t.Helper()
	for _, w := range wanted {
		if name, value, _ := strings.Cut(w, "="); got[name] != value {
			c.t.Errorf("%s is %q, want %q, in %s", name, got[name], value, got[""])
		}
	}
}

// TestIndependentClient: a client of the v2 documents sells, asks, revokes, orders,
// closes, refunds and downloads over a socket with nothing changed but the
// address; with MD5 and no sign_type, with HMAC-SHA256, on the plain paths and on both sandboxes'.
func TestIndependentClient(t *testing.T) {
	for prefix, hmac := range map[string]bool{"": true, "/sandboxnew": false, "/xdc/apiv2sandbox": false} {
		var since atomic.Int64
		start := time.Date(2025, 2, 18, 9, 0, 0, 0, time.FixedZone("GMT+8", 8*60*60))
		g := New(Config{Merchants: []Merchant{shop}, Now: func() time.Time { return start.Add(time.Duration(since.Load())) }})
		pass := func(d time.Duration) { since.Add(int64(d)) }
		server := httptest.NewServer(g)
		defer server.Close()
		c := independent{t, server.URL + prefix, shop.Key, hmac}

		price := []string{"body=Counter 1-Coffee & tea", "total_fee=1750", "fee_type=USD", "spbill_create_ip=203.0.113.7", "version=1.0"}
		quick := append(price, `detail={"goods_detail":[{"goods_name":"Coffee","quantity":1}]}`)
		paid := c.call("/pay/micropay", append(quick, "out_trade_no=Q1", "auth_code=130000000000000001")...)
		c.says(paid, "result_code=SUCCESS", "trade_type=MICROPAY", "total_fee=1750", "out_trade_no=Q1", "cash_fee=11375")
		c.says(c.call("/pay/orderquery", "out_trade_no=Q1"), "trade_state=SUCCESS", "transaction_id="+paid["transaction_id"])
		c.says(c.call("/secapi/pay/refund", "transaction_id="+paid["transaction_id"], "out_refund_no=R1", "total_fee=1750", "refund_fee=750", "op_user_id=10000100"),
			"result_code=SUCCESS", "out_refund_no=R1", "refund_fee=750", "cash_refund_fee=4875")
		c.says(c.call("/pay/refundquery", "out_trade_no=Q1"), "refund_count=1", "refund_status_0=PROCESSING", "refund_fee_0=750")
		pass(5 * time.Second)
		c.says(c.call("/pay/refundquery", "out_refund_no=R1"), "refund_status_0=SUCCESS", "refund_success_time_0=2025-02-18 09:00:05")
		c.says(c.call("/pay/orderquery", "out_trade_no=Q1"), "trade_state=REFUND")

		c.call("/pay/micropay", append(quick, "out_trade_no=Q2", "auth_code=130000000000000002")...)
		pass(15 * time.Second)
		c.says(c.call("/secapi/pay/reverse", "out_trade_no=Q2"), "result_code=SUCCESS", "recall=N")
		c.says(c.call("/pay/orderquery", "out_trade_no=Q2"), "trade_state=REVOKED")

		native := append(price, "trade_type=NATIVE", "product_id=1", "notify_url=https://shop.example/paid")
		code := c.call("/pay/unifiedorder", append(native, "out_trade_no=N1")...)
		c.says(code, "result_code=SUCCESS", "trade_type=NATIVE")
		if !g.Scan(code["code_url"]) {
			t.Errorf("the customer cannot scan %q", code["code_url"])
		}
		c.says(c.call("/pay/orderquery", "out_trade_no=N1"), "trade_state=SUCCESS", "trade_type=NATIVE")
		c.call("/pay/unifiedorder", append(native, "out_trade_no=N2")...)
		c.says(c.call("/pay/closeorder", "out_trade_no=N2"), "result_code=SUCCESS")
		c.says(c.call("/pay/orderquery", "out_trade_no=N2"), "trade_state=CLOSED")
		c.says(c.call("/pay/closeorder", "out_trade_no=N1"), "result_code=FAIL", "err_code=ORDERPAID")

		if file := c.call("/pay/downloadbill", "bill_date=20250218", "bill_type=ALL")[""]; strings.Count(file, "\n") != 7 || !strings.Contains(file, ",`17.50,`0.00,`") {
			t.Errorf("the bill: %q", file)
		}
		c.says(c.call("/pay/queryexchagerate", "fee_type=USD", "date=20250218"), "rate=650000000")
		c.says(c.call("/pay/settlementquery", "usetag=2", "offset=0", "limit=10", "date_start=20250218", "date_end=20250218"), "record_num=1", "pay_fee_0=5250")
	}
}

// TestStormOnEverything: every kind of fault can strike every operation; nothing
// breaks but the answer, and no request that was turned away is signed.
func TestStormOnEverything(t *testing.T) {
	till := newTill(t, Config{Sleep: noSleep, Merchants: []Merchant{shop, institution}})
	till.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	n := 0
	for _, chance := range Storm(1) {
		for _, o := range operations() {
			n++
			no := fmt.Sprint("A", n)
			till.code = till.gateway.AuthCode()
			till.pay(no, 1000)
			m := till.native(no, 1000)
			for _, more := range []message{till.order(no, 1000), till.declaration(no), papers(), {"refund_fee": "1", "out_refund_no": "R" + no, "bill_date": "20250218", "date": "20250218"}} {
				for name, value := range more {
					m.set(name, value)
				}
			}
			till.gateway.Inject(o.op, chance.Fault)
			if o.speaks == inJSON {
				till.global(o.method, o.path, map[string]any{"out_trade_no": no, "customs": "NINGBO"})
			} else if got := till.send(o.path, m); o.op == onSignKey && got.message["sign"] != "" {
				t.Errorf("getsignkey is signed: %v", got.message)
			}
			if call := till.gateway.Calls()[len(till.gateway.Calls())-1]; call.Op != o.op || call.Faults != chance.Fault.String() {
				t.Fatalf("%s on %s: %+v", chance.Fault, o.op, call)
			}
		}
	}
	t.Logf("%d faults on %d routes", len(Storm(1)), len(operations()))
}

// TestOperationsHaveNames: every operation has a name of its own, which its random stream depends on.
func TestOperationsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for op := OnQuickPay; op <= onSignKey; op++ {
		if name := op.String(); seen[name] || name == "" || name == Op(0).String() {
			t.Errorf("operation %d is called %q", op, name)
		} else {
			seen[name] = true
		}
	}
}
