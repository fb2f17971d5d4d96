package wechat

import (
	"crypto/aes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

// vectorInfo is req_info of wechatpay-v2 7.2.
const vectorInfo = `WBzGpzQuNpcFxIlFjUUD9BfnwwNUlVAs7bwvgHME4/SyHggOftiK/WFLLEQYifPJjUF6J1J4xU4Xuo3b+lNaAs27gGtso/DIzNj/bM43hg0vyEwt7mkgK+89H1v01kshjfjKZzDLr16BAAfrgfg3LyETsGbsiSNO9gSAusa4g3HsOPwmM1AHovtq/11fmco5PaoqIKfRaBOnn6m2HibK/22LIrDg6Tcoh1dao7NZPW8DL4U+Wt2x0lfxDadzfWrB2EaDN2W/mJyorlvnHe/o9FLAVLapOD+QAseOifR/zfjmZaGlsbjyMxBbOUcp+mpu7a2sspMbC8Oh66JoOTEbk3cjX3GANWjHo5/DdE8OHYgPmuQkNY4j8IUFpH74bc7+J0yT/yUIU/99h/OI6hbDkcn9F8RjgYDY2K8CXgCxvy9pR/oJAssu7hVUfuFj39RHwMcUagvExaart4CsYXgDEk258HcYJs1Gv/duLy6csu72yyeC5cNbuDh4Ga914//5+pe2OQY04OR6KMXaZTA8CV78gVWJYoD9K7BroCYFaRHtemz1FyPJjtKKpwgEsrSzhCD61ktlEtGivYF4c5Hrt9Q04vPBZDA/w58/z363rww=`

const vectorPlain = `<root><out_refund_no><![CDATA[R20250101000001]]></out_refund_no><out_trade_no><![CDATA[20250101000001]]></out_trade_no><refund_fee><![CDATA[1750]]></refund_fee><refund_id><![CDATA[50000408942018111907145868882]]></refund_id><refund_status><![CDATA[SUCCESS]]></refund_status><success_time><![CDATA[2018-11-19 16:24:13]]></success_time><total_fee><![CDATA[1750]]></total_fee><transaction_id><![CDATA[4200000215201811190261405420]]></transaction_id></root>`

func TestReqInfoIsDecryptedByTheVector(t *testing.T) {
	plain, err := decryptInfo(mustKey(t), vectorInfo)
	if err != nil || string(plain) != vectorPlain {
		t.Errorf("%s, %v", plain, err)
	}
}

func refundNotice(info string, more ...string) []byte {
	return []byte(unsigned(append([]string{"return_code", "SUCCESS", "appid", "wxd930ea5d5a258f4f", "mch_id", "10000100", "nonce_str", "n", "req_info", info}, more...)...))
}

func TestARefundNotificationIsRead(t *testing.T) {
	n, err := (&gateway{}).client(t).RefundNotification(refundNotice(vectorInfo))
	want := RefundNotification{TransactionID: testTxn, OutTradeNo: "20250101000001", RefundID: "50000408942018111907145868882", OutRefundNo: "R20250101000001",
		TotalFee: 1750, RefundFee: 1750, SettlementTotalFee: -1, SettlementRefundFee: -1, Status: RefundSucceeded, SucceededAt: time.Date(2018, 11, 19, 16, 24, 13, 0, china)}
	if err != nil || n != want {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestARefundNotificationThatIsNotOursIsRefused(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(vectorInfo)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int) string {
		c := append([]byte(nil), raw...)
		c[at] ^= 1
		return base64.StdEncoding.EncodeToString(c)
	}
	for name, row := range map[string]struct {
		body []byte
		want Rule
	}{
		"another merchant":  {refundNotice(vectorInfo, "sub_mch_id", "10000999"), NotOurs},
		"return_code FAIL":  {[]byte(unsigned("return_code", "FAIL")), NoReturnCode},
		"no XML":            {[]byte("hello"), Malformed},
		"too long":          {[]byte(strings.Repeat(" ", maxBody) + string(refundNotice(vectorInfo))), Malformed},
		"no req_info":       {refundNotice(""), BadSignature},
		"no base64":         {refundNotice("???"), BadSignature},
		"half a block":      {refundNotice(base64.StdEncoding.EncodeToString(raw[:24])), BadSignature},
		"a changed ending":  {refundNotice(changed(len(raw) - 1)), BadSignature},
		"a changed opening": {refundNotice(changed(0)), Malformed},
	} {
		_, err := (&gateway{}).client(t).RefundNotification(row.body)
		if e, ok := errors.AsType[*Error](err); !ok || e.Rule != row.want || e.Op != RefundNotice {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := (&gateway{}).client(t, func(c *Config) { c.Key = mustKeyOf("qazwsxedcrfvtgbyhnujmikolp111111") })
	if _, err := other.RefundNotification(refundNotice(vectorInfo)); err == nil {
		t.Error("another key opens it")
	}
}

// encrypted is req_info of a text that has its padding already.
func encrypted(t *testing.T, text string) string {
	t.Helper()
	block, err := aes.NewCipher([]byte("d96eb16afdd491fa1e705096edbc2205")) // wechatpay-v2 7.2
	if err != nil {
		t.Fatal(err)
	}
	out := []byte(text)
	for at := 0; at < len(out); at += aes.BlockSize {
		block.Encrypt(out[at:], out[at:])
	}
	return base64.StdEncoding.EncodeToString(out)
}

func TestPaddingThatIsNoneIsRefused(t *testing.T) {
	const text = "<root><a>1</a></root>" // 21 bytes: 11 are missing
	if plain, err := decryptInfo(mustKey(t), encrypted(t, text+strings.Repeat("\x0b", 11))); err != nil || string(plain) != text {
		t.Errorf("%q, %v", plain, err)
	}
	for _, padding := range []string{strings.Repeat("\x00", 11), strings.Repeat("\x11", 11), strings.Repeat("\x0a", 10) + "\x0b", "\x01" + strings.Repeat("\x0b", 10)} {
		if plain, err := decryptInfo(mustKey(t), encrypted(t, text+padding)); err == nil {
			t.Errorf("%q is taken: %q", padding, plain)
		}
	}
}

func TestAPaymentNotificationIsVerifiedByTheAlgorithmThatItNames(t *testing.T) {
	for _, own := range []SignType{MD5, HMACSHA256} {
		c := (&gateway{}).client(t, func(c *Config) { c.SignType = own })
		for named, algorithm := range map[string]SignType{"HMAC-SHA256": HMACSHA256, "MD5": MD5, "-": MD5} {
			n, err := c.PaymentNotification([]byte(saidBy(t, algorithm, paidPairs("sign_type", named, "trade_state", "-")...)))
			if err != nil || n.OutTradeNo != testNo || n.TotalFee != 1750 || n.TransactionID != testTxn || n.OpenID == "oUpF8uN95" {
				t.Errorf("%s: %+v, %v", named, n, err)
			}
		}
	}
}

func TestAPaymentNotificationThatIsNotOursIsRefused(t *testing.T) {
	good := saidBy(t, MD5, paidPairs()...)
	for name, row := range map[string]struct {
		body string
		want Rule
	}{
		"unsigned":          {unsigned(append(paidPairs(), "return_code", "SUCCESS")...), BadSignature},
		"changed":           {strings.Replace(good, "1750", "1751", 1), BadSignature},
		"the other one":     {saidBy(t, HMACSHA256, paidPairs()...), BadSignature},
		"named wrongly":     {saidBy(t, MD5, paidPairs("sign_type", "HMAC-SHA256")...), BadSignature},
		"another merchant":  {saidBy(t, MD5, paidPairs("mch_id", "10000999")...), NotOurs},
		"another one below": {saidBy(t, MD5, paidPairs("sub_mch_id", "10000999")...), NotOurs},
		"return_code FAIL":  {unsigned("return_code", "FAIL"), NoReturnCode},
		"a document type":   {"<!DOCTYPE xml>" + good, Malformed},
		"too long":          {strings.Repeat(" ", maxBody) + good, Malformed},
	} {
		_, err := (&gateway{}).client(t).PaymentNotification([]byte(row.body))
		if e, ok := errors.AsType[*Error](err); !ok || e.Rule != row.want || e.Op != PaymentNotice {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheAnswerToANotificationIsToTheLetter(t *testing.T) {
	f, err := decode([]byte(NotificationTaken))
	if err != nil || f.value("return_code") != "SUCCESS" || f.value("return_msg") != "OK" || !strings.Contains(NotificationTaken, "<![CDATA[SUCCESS]]>") {
		t.Errorf("%q, %v", f, err)
	}
}
