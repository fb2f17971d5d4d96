package wechat

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"cashier/pos"
)

// sentBy is the request that a call makes, as the gateway reads it.
func sentBy(t *testing.T, call func(*Client) pos.Answer, change ...func(*Config)) fields {
	t.Helper()
	g := &gateway{status: 200, body: ""}
	call(g.client(t, change...))
	f, err := decode([]byte(g.sent[0]))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestQuickPaySendsWhatThePagesAskFor(t *testing.T) {
	for _, kind := range []SignType{MD5, HMACSHA256} {
		f := sentBy(t, func(c *Client) pos.Answer { return c.Submit(t.Context(), testCharge(t)) }, func(c *Config) { c.SignType = kind })
		for name, want := range map[string]string{
			"appid": "wxd930ea5d5a258f4f", "mch_id": "10000100", "sub_mch_id": "", "sub_appid": "", "version": "1.0", "fee_type": "USD",
			"total_fee": "1750", "out_trade_no": testNo, "auth_code": testCode, "body": "Counter 1-Sale", "attach": "table 4",
			"detail":      `{"goods_detail":[{"goods_name":"Counter 1-Sale","quantity":1}]}`,
			"device_info": "K1", "spbill_create_ip": "203.0.113.7", "sign_type": string(kind),
		} {
			if got := f.value(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if _, ok := newSigner(mustKey(t), kind).verify(f); !ok || len(f.value("nonce_str")) != 32 {
			t.Error("not signed, or no nonce")
		}
	}
}

func TestInstitutionModeNamesTheSubMerchantInEveryCall(t *testing.T) {
	for name, call := range calls(t) {
		f := sentBy(t, call, institution)
		if f.value("sub_mch_id") != "10000200" || f.value("sub_appid") != "wxsub" {
			t.Errorf("%s: %q", name, f)
		}
	}
}

func TestWhatIsEmptyIsNotSent(t *testing.T) {
	charge := testCharge(t)
	charge.Ref = " \n"
	f := sentBy(t, func(c *Client) pos.Answer { return c.Submit(t.Context(), charge) }, func(c *Config) { c.TillID, c.Store = "", "" })
	for _, p := range f {
		if p.value == "" || p.name == "attach" || p.name == "device_info" {
			t.Errorf("%q", p)
		}
	}
	if f.value("body") != "Sale" {
		t.Error(f.value("body"))
	}
}

func TestEveryCallHasANonceOfItsOwn(t *testing.T) {
	if first, second := nonce(), nonce(); first == second {
		t.Errorf("%s twice", first)
	}
}

func TestTextIsFitToSend(t *testing.T) {
	for in, want := range map[string]string{
		"Café & 茶 <1>":             "Café & 茶 <1>",
		"tea \U0001F375 time":      "tea  time",
		"\x1b[2Jbell\a\u009b":      "[2Jbell",
		" outer \t":                "outer",
		"bad\xffbytes":             "badbytes",
		"1234567890":               "1234567890",
		"123456789 0123456789 012": "123456789 0123456789",
		"茶茶茶茶茶茶茶":                  "茶茶茶茶茶茶",
	} {
		if got := text(in, 20); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestBodyAndDetailStayInTheirLimits(t *testing.T) {
	f := sentBy(t, func(c *Client) pos.Answer { return c.Submit(t.Context(), testCharge(t)) }, func(c *Config) { c.Store = strings.Repeat("茶\"", 99) })
	body := f.value("body")
	if len(body) > 127 || !strings.HasSuffix(body, "-Sale") || !utf8.ValidString(body) || !json.Valid([]byte(f.value("detail"))) {
		t.Errorf("%d bytes: %s %s", len(body), body, f.value("detail"))
	}
}

// wechatpay-v2 3: what an operator typed goes out without control characters and
// characters of four bytes, and is cut between characters.
func TestTextBounds(t *testing.T) {
	for in, want := range map[string]string{
		"a b": "a b", "a\x1fb": "ab", "a~\x7fb": "a~b", "a\u0080\u009fb": "ab", "a\u00a0b": "a\u00a0b",
		"a\ufffdb": "ab", "a\ufffeb": "ab", "a\uffffb": "ab", "a😀b": "ab", " a ": "a",
		"12345678": "12345678", "123456789": "12345678", "1234567é": "1234567", "123456é": "123456é", "1234567 9": "1234567",
	} {
		if got := text(in, 8); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
