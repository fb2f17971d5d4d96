package wechat

import (
	"bytes"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// The test merchant, order and customer of wechatpay-v2 4.3.
const (
	testKey  = "192006250b4c09247ec02edce69f6a2d"
	testNo   = "C120250218093000001"
	testCode = "130000000000000001"
	testTxn  = "4200000215201811190261405420"
)

var testOrder = pos.Order{No: testNo, Amount: pos.Money{Minor: 1750, Currency: "USD"}}

func testCharge(t testing.TB) pos.Charge {
	t.Helper()
	code, err := pos.ParseAuthCode(testCode, pos.DefaultPrefixes)
	if err != nil {
		t.Fatal(err)
	}
	return pos.Charge{Order: testOrder, Code: code, Ref: "table 4"}
}

func mustKey(t testing.TB) Key {
	t.Helper()
	key, err := ParseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// testConfig is a merchant in direct mode.
func testConfig(t testing.TB) Config {
	return Config{URL: "http://127.0.0.1:1", AppID: "wxd930ea5d5a258f4f", MchID: "10000100", Key: mustKey(t),
		Store: "Counter 1", TillID: "K1", IP: "203.0.113.7", RequestTimeout: 2 * time.Second}
}

func newClient(t testing.TB, config Config) *Client {
	t.Helper()
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// gateway answers every call inside the process and keeps what was sent.
type gateway struct {
	status int
	header http.Header
	body   string
	err    error

	sent    []string // request bodies
	rewinds bool     // a request had a GetBody
}

func (g *gateway) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	g.sent = append(g.sent, string(body))
	g.rewinds = g.rewinds || req.GetBody != nil
	if g.err != nil {
		return nil, g.err
	}
	return &http.Response{StatusCode: g.status, Header: g.header, Body: io.NopCloser(strings.NewReader(g.body)), Request: req}, nil
}

// client asks g.
func (g *gateway) client(t testing.TB, change ...func(*Config)) *Client {
	config := testConfig(t)
	config.RoundTripper = g
	for _, f := range change {
		f(&config)
	}
	return newClient(t, config)
}

// institution turns the test merchant into an institution with one sub-merchant.
func institution(c *Config) { c.SubMchID, c.SubAppID = "10000200", "wxsub" }

// said is an answer signed with our key: return_code SUCCESS and our identity,
// then pairs of name and value. The value "-" takes a field out.
func said(t testing.TB, pairs ...string) string { return saidBy(t, HMACSHA256, pairs...) }

func saidBy(t testing.TB, kind SignType, pairs ...string) string {
	t.Helper()
	f := testFields(pairs...)
	return string(encode(f, newSigner(mustKey(t), kind).sign(f)))
}

func testFields(pairs ...string) fields {
	values := map[string]string{"return_code": "SUCCESS", "return_msg": "OK", "appid": "wxd930ea5d5a258f4f", "mch_id": "10000100", "nonce_str": "ibuaiVcKdpRxkhJA"}
	for pair := range slices.Chunk(pairs, 2) {
		values[pair[0]] = pair[1]
	}
	var all []field
	for name, value := range values {
		if value != "-" {
			all = append(all, field{name, value})
		}
	}
	return newFields(all...)
}

// unsigned is an answer without a signature.
func unsigned(pairs ...string) string {
	var out bytes.Buffer
	out.WriteString("<xml>")
	for pair := range slices.Chunk(pairs, 2) {
		out.Write(appendElement(nil, field{pair[0], pair[1]}))
	}
	return out.String() + "</xml>"
}

// paidPairs is layer 3 of an answer that proves Paid; more is appended to it.
func paidPairs(more ...string) []string {
	return append([]string{"result_code", "SUCCESS", "out_trade_no", testNo, "total_fee", "1750", "fee_type", "USD",
		"transaction_id", testTxn, "trade_state", "SUCCESS", "openid", "oUpF8uN95"}, more...)
}

// The three calls, answered with status 200 and body.
func quickPay(t testing.TB, body string, change ...func(*Config)) pos.Answer {
	return (&gateway{status: 200, body: body}).client(t, change...).Submit(t.Context(), testCharge(t))
}

func query(t testing.TB, body string, change ...func(*Config)) pos.Answer {
	return (&gateway{status: 200, body: body}).client(t, change...).Query(t.Context(), testOrder)
}

func revoke(t testing.TB, body string, change ...func(*Config)) pos.Answer {
	return (&gateway{status: 200, body: body}).client(t, change...).Revoke(t.Context(), testOrder)
}

// judged compares everything but what was heard and when.
func judged(t testing.TB, got, want pos.Answer) {
	t.Helper()
	heard := got.Heard
	got.Heard, got.Date = pos.Heard{}, time.Time{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got   %+v\nwant  %+v\nheard %+v", got, want, heard)
	}
}
