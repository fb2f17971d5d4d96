package wechat

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cashier/pos"
)

func TestHeardMasksTheCodeTheKeyAndTheCustomer(t *testing.T) {
	a := quickPay(t, said(t, paidPairs("sub_openid", "oSub", "return_msg", "code "+testCode+" key "+testKey, "other", "130000000000000002", "attach", "of oUpF8uN95", "a130000000000000003", "x")...))
	f := a.Heard.Fields
	if f["return_msg"] != "code **************0001 key ***" || f["other"] != "**************0002" || f["a**************0003"] != "x" || f["attach"] != "of "+f["openid"] {
		t.Errorf("%q", f)
	}
	for _, name := range []string{"openid", "sub_openid"} {
		if len(f[name]) != 16 {
			t.Errorf("%s: %q", name, f[name])
		}
	}
	if f["openid"] == f["sub_openid"] || f["sign"] == "" || f["out_trade_no"] != testNo {
		t.Errorf("%q", f)
	}
}

func TestAPseudonymIsStableAndKeyed(t *testing.T) {
	mine, other := redactor{key: mustKey(t)}, redactor{key: mustKeyOf("qazwsxedcrfvtgbyhnujmikolp111111")}
	one, again := mine.pseudonym("o1"), mine.pseudonym("o1")
	if one != again || one == mine.pseudonym("o2") || one == other.pseudonym("o1") {
		t.Error("not a keyed hash")
	}
}

// The hostile texts that an error could quote.
func TestNoErrorQuotesTheRequest(t *testing.T) {
	echo := "HTTP/1.1 " + testCode + " " + testKey + "\r\n\r\n"
	for name, g := range map[string]gateway{
		"return_msg":      {status: 200, body: unsigned("return_code", "FAIL", "return_msg", testCode+testKey)},
		"an error":        {err: fmt.Errorf("malformed HTTP response %q", echo)},
		"a body":          {status: 200, body: echo},
		"bad signature":   {status: 200, body: unsigned("return_code", "SUCCESS", "err_code", testCode)},
		"err_code":        {status: 200, body: failed(t, testCode+testKey)},
		"a status's page": {status: 500, body: echo},
	} {
		a := g.client(t).Submit(t.Context(), testCharge(t))
		if text := fmt.Sprintf("%+v %#v", a, a); strings.Contains(text, testCode) || strings.Contains(text, testKey) {
			t.Errorf("%s: %s", name, text)
		}
	}
	g := &gateway{status: 200, body: said(t, paidPairs("return_msg", testCode+testKey)...)}
	c := g.client(t)
	r, err := c.Micropay(t.Context(), c.micropayRequest(testCharge(t)))
	if text := fmt.Sprintf("%+v %#v %v", r, r, err); err != nil || strings.Contains(text, testCode) || strings.Contains(text, testKey) || strings.Contains(text, "oUpF8uN95") {
		t.Errorf("the response shows a secret: %s", text)
	}
	h := serve(t, nil, func(c *caller) { c.request(); c.say(echo) })
	if text := fmt.Sprintf("%+v", h.client(t, nil).Submit(t.Context(), testCharge(t))); strings.Contains(text, testCode) || strings.Contains(text, testKey) {
		t.Error(text)
	}
}

// design 3.17: what is not XML is kept as length and hash.
func TestHeardKeepsWhatIsNotXMLAsLengthAndHash(t *testing.T) {
	a := quickPay(t, "hello")
	if h := a.Heard; h.Bytes != 5 || h.SHA256 != "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" || h.Fields != nil || h.Status != 200 || h.Error == "" {
		t.Errorf("%+v", h)
	}
}

func TestHeardIsBounded(t *testing.T) {
	a := quickPay(t, said(t, paidPairs("promotion_detail", strings.Repeat("x", 10<<10), "wallet", strings.Repeat("y", 9<<10))...))
	total := 0
	for name, value := range a.Heard.Fields {
		total += len(name) + len(value)
	}
	if total > maxHeard || a.Heard.Fields["out_trade_no"] != testNo || a.Heard.Fields["promotion_detail"] != "" || a.Heard.SHA256 == "" {
		t.Errorf("%d bytes, %d fields", total, len(a.Heard.Fields))
	}
	judged(t, a, pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
}

// design 3.17: 16 KiB are kept whole, and one byte more is not.
func TestHeardKeepsWhatFitsExactly(t *testing.T) {
	for spare, whole := range map[int]bool{0: true, 1: false} {
		r := Reply{fields: newFields(field{"b", "1"}, field{"a", strings.Repeat("x", maxHeard-3+spare)}), length: 99, sum: "hash"}
		h := r.heard(nil)
		if _, kept := h.Fields["a"]; kept != whole || h.Fields["b"] != "1" || (h.SHA256 == "") != whole {
			t.Errorf("%d over: kept %v, hash %q", spare, kept, h.SHA256)
		}
	}
}

func TestAnErrorIsStructured(t *testing.T) {
	g := &gateway{status: 200, body: unsigned("return_code", "FAIL", "return_msg", "签名失败")}
	_, err := g.client(t).OrderQuery(t.Context(), OrderQueryRequest{OutTradeNo: testNo})
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Rule != ReturnFail || e.ReturnMsg != "签名失败" || e.Op != QueryOrder || !strings.Contains(e.LogValue().String(), "return_fail") {
		t.Errorf("%#v", err)
	}
}

// design 3.17: where nothing came there is nothing to prove by a hash.
func TestNothingHeardHasNoHash(t *testing.T) {
	if h := quickPay(t, "").Heard; h.Bytes != 0 || h.SHA256 != "" {
		t.Errorf("%d bytes, hash %q", h.Bytes, h.SHA256)
	}
}
