package wechat

import (
	"encoding/json"
	"testing"
	"time"

	"cashier/pos"
)

// The vectors of wechatpay-v2 4.2, by the types that a front end gets.
func TestFrontEndParametersMatchTheGoldenVectors(t *testing.T) {
	page := JSAPIPayment{AppID: "wx8888888888888888", NonceStr: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
		Package: "prepay_id=wx201410272009395522657a690389285100", TimeStamp: "1414561699"}
	for kind, want := range map[SignType]string{MD5: "C65DBAE5857F710BAA484800E0C26DA7", HMACSHA256: "D2412456FD36C0D07E3B63BA8DB9047BDD94A7B603F80231BCD4B4FDA254A5C3"} {
		page.SignType = string(kind)
		if got := newSigner(mustKey(t), kind).sign(page.fields()); got != want {
			t.Errorf("JSAPI, %s: %s", kind, got)
		}
	}
	app := AppPayment{AppID: "wx8888888888888888", PartnerID: "1900000109", PrepayID: "wx201410272009395522657a690389285100", Package: "Sign=WXPay",
		NonceStr: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", Timestamp: "1414561699"}
	for kind, want := range map[SignType]string{MD5: "BB73F0F846BA577217D18C12F84665A1", HMACSHA256: "94F9FEB7701927A13E58F3E910646F7DBD884A3ACB534BE51FCE232F4D283253"} {
		if got := newSigner(mustKey(t), kind).sign(app.fields()); got != want {
			t.Errorf("App, %s: %s", kind, got)
		}
	}
	mini := JSAPIPayment{AppID: "wxd678efh567hg6787", NonceStr: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
		Package: "prepay_id=wx2017033010242291fcfe0db70013231072", SignType: "MD5", TimeStamp: "1490840662"}
	if got := newSigner(mustKeyOf("qazwsxedcrfvtgbyhnujmikolp111111"), MD5).sign(mini.fields()); got != "22D9B4E54AB1950F51E0649E8810ACD6" {
		t.Errorf("Mini Program: %s", got)
	}
}

var testNow = time.Unix(1414561699, 0)

// API Rules: in institution mode an app is signed for under the sub-merchant's
// own appid and number, with the institution's key.
func TestInAppParametersAreTheSubMerchantsInInstitutionMode(t *testing.T) {
	for _, algorithm := range []SignType{MD5, HMACSHA256} {
		with := func(c *Config) { c.SignType = algorithm }
		for want, change := range map[[2]string]func(*Config){
			{"wxd930ea5d5a258f4f", "10000100"}: with,
			{"wxsub", "10000200"}:              func(c *Config) { with(c); institution(c) },
		} {
			p, err := (&gateway{}).client(t, change).AppPayment(testPrepayID, testNow)
			if err != nil || p.AppID != want[0] || p.PartnerID != want[1] || p.PrepayID != testPrepayID || p.Package != "Sign=WXPay" ||
				p.Timestamp != "1414561699" || len(p.NonceStr) != 32 {
				t.Errorf("%+v, %v", p, err)
			}
			if p.Sign != byTheBook(valuesOf(p.fields()), testKey, algorithm) {
				t.Errorf("%s: %s", algorithm, p.Sign)
			}
			all := asJSON(t, p)
			if len(all) != 7 || all["appid"] != want[0] || all["partnerid"] != want[1] || all["prepayid"] == "" || all["package"] == "" ||
				all["noncestr"] == "" || all["timestamp"] == "" || all["sign"] == "" {
				t.Errorf("%q", all)
			}
		}
	}
	_, err := (&gateway{}).client(t, subMerchantAlone).AppPayment(testPrepayID, testNow)
	kind(t, err, pos.KindInvalid)
	_, err = (&gateway{}).client(t).AppPayment("", testNow)
	kind(t, err, pos.KindInvalid)
}

// API Rules: in institution mode a Mini Program is signed for under the
// sub-merchant's own.
func TestMiniProgramParametersAreTheSubMerchantsInInstitutionMode(t *testing.T) {
	direct, sub := jsapiOrder(), jsapiOrder()
	direct.MiniProgram = true
	sub.MiniProgram, sub.OpenID, sub.SubOpenID = true, "", "os1"
	for _, algorithm := range []SignType{MD5, HMACSHA256} {
		with := func(c *Config) { c.SignType = algorithm }
		for want, row := range map[string]struct {
			q      UnifiedOrderRequest
			change func(*Config)
		}{
			"wxd930ea5d5a258f4f": {direct, with},
			"wxsub":              {sub, func(c *Config) { with(c); institution(c) }},
		} {
			p, err := (&gateway{}).client(t, row.change).JSAPIPayment(row.q, testPrepayID, testNow)
			if err != nil || p.AppID != want || p.Package != "prepay_id="+testPrepayID || p.SignType != string(algorithm) || p.TimeStamp != "1414561699" || len(p.NonceStr) != 32 {
				t.Errorf("%+v, %v", p, err)
			}
			if p.PaySign != byTheBook(valuesOf(p.fields()), testKey, algorithm) {
				t.Errorf("%s: %s", algorithm, p.PaySign)
			}
			all := asJSON(t, p)
			if len(all) != 6 || all["appId"] != want || all["timeStamp"] == "" || all["nonceStr"] == "" || all["package"] == "" || all["signType"] == "" || all["paySign"] == "" {
				t.Errorf("%q", all)
			}
		}
	}
	// An Official Account's page in institution mode, whose payer the institution knows.
	p, err := (&gateway{}).client(t, institution).JSAPIPayment(jsapiOrder(), testPrepayID, testNow)
	if err != nil || p.AppID != "wxd930ea5d5a258f4f" {
		t.Errorf("%+v, %v", p, err)
	}
	for name, refused := range map[string]func() error{
		"without sub_appid": func() error {
			_, err := (&gateway{}).client(t, subMerchantAlone).JSAPIPayment(sub, "p", testNow)
			return err
		},
		"without sub_openid": func() error {
			_, err := (&gateway{}).client(t, institution).JSAPIPayment(direct, "p", testNow)
			return err
		},
		"without prepay_id": func() error { _, err := (&gateway{}).client(t).JSAPIPayment(direct, "", testNow); return err },
		"for an app":        func() error { _, err := (&gateway{}).client(t).JSAPIPayment(appOrder(), "p", testNow); return err },
	} {
		if err := refused(); err == nil {
			t.Errorf("%s: taken", name)
		} else {
			kind(t, err, pos.KindInvalid)
		}
	}
}

// asJSON is what a front end gets.
func asJSON(t *testing.T, v any) map[string]string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}
