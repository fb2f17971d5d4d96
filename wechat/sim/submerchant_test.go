package sim

import (
	"maps"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// institution is an account with one sub-merchant.
var institution = Merchant{AppID: "wx1", MchID: "100", Key: "secret", SubMchID: "201", SubAppID: "wx201"}

// papers is an application that the gateway takes.
func papers() message {
	return message{
		"merchant_name": "Teahouse Limited", "merchant_shortname": "Teahouse", "merchant_remark": "T1", "merchant_country_code": "344",
		"merchant_type": "ENTERPRISE", "business_category": "105", "mcc": "5812", "registration_certificate_number": "123", "registration_certificate_date": "2020-02-29",
		"business_type": "OFFLINE", "store_address": "1 Road", "store_photos": `["m1"]`, "director_name": "D", "director_id_number": "1",
		"office_phone": "1", "contact_name": "C", "contact_phone": "2", "contact_email": "c@shop.example", "settlement_bank_number": "9",
	}
}

// submit sends an application and says in one word what came back.
func (c *till) submit(what string, m message) reply {
	c.Helper()
	got := c.post("/secapi/mch/"+what+"Institutionsub", string(c.plainly("app_id", m).xml()))
	if got.message["return_code"] == "SUCCESS" && got.message["sign"] != got.message.signature(signMD5, c.merchant.Key) {
		c.Errorf("%s: the answer is signed wrongly: %v", what, got.message)
	}
	got.says = got.message["verification_status"] + got.message["err_code"]
	return got
}

// TestSubMerchant: registered, under review for a minute, then what its name says; modified, reviewed again (wechatpay-v2.md 6.15).
func TestSubMerchant(t *testing.T) {
	for name, c := range map[string]struct{ verified, status, application string }{
		"Teahouse Limited": {"Approved", "OPERATING", ""}, "REJECT Limited": {"Under review", "INCOMPLETE_APPLICATION", "REJECTED"},
	} {
		synctest.Test(t, func(t *testing.T) {
			till := newTill(t, Config{Merchants: []Merchant{shop, institution}})
			till.merchant = institution
			m := with(papers(), "merchant_name", name)
			no := till.submit("add", m).message["sub_mch_id"]
			ask := message{"sub_mch_id": no}
			if got := till.submit("query", ask).message; len(no) != 10 || got["sub_mch_status"] != "PENDING" || got["application_status"] != "UNDER_REVIEW" || got["contact_email"] != "c@shop.example" {
				t.Errorf("%s: %v", no, got)
			}
			<-time.After(time.Minute)
			if got := till.submit("query", ask).message; got["verification_status"] != c.verified || got["sub_mch_status"] != c.status || got["application_status"] != c.application ||
				(got["application_reject_detail"] != "") != (c.application != "") {
				t.Errorf("%s after a minute: %v", name, got)
			}
			m["sub_mch_id"], m["merchant_name"], m["contact_name"] = no, "Teahouse and Sons Limited", "S"
			delete(m, "merchant_remark")
			if got := till.submit("modify", m); got.says != "Under review" {
				t.Errorf("modify: %v", got.message)
			}
			if got := till.submit("query", ask).message; got["contact_name"] != "S" || got["merchant_remark"] != "T1" || got["application_status"] != "UNDER_REVIEW" {
				t.Errorf("modified: %v", got)
			}
			<-time.After(time.Minute)
			if got := till.submit("query", ask); got.says != "Approved" {
				t.Errorf("reviewed again: %v", got.message)
			}
		})
	}
}

// TestRegisteredOnce: merchant_remark is the institution's own number of a sub-merchant.
func TestRegisteredOnce(t *testing.T) {
	till := newTill(t, Config{Merchants: []Merchant{institution}})
	first, again, other := till.submit("add", papers()), till.submit("add", papers()), till.submit("add", with(papers(), "merchant_remark", "T2"))
	if first.message["sub_mch_id"] == "" || again.message["sub_mch_id"] != first.message["sub_mch_id"] || other.message["sub_mch_id"] == first.message["sub_mch_id"] {
		t.Errorf("%v, %v, %v", first.message, again.message, other.message)
	}
	if got := till.submit("add", with(papers(), "mcc", "5999")); got.says != "PARAM_ERROR" {
		t.Errorf("other papers under one number: %v", got.message)
	}
}

// TestPapers: what wechatpay-v2.md 6.15 requires of which merchant.
func TestPapers(t *testing.T) {
	till := newTill(t, Config{Merchants: []Merchant{institution}})
	for _, c := range []struct {
		change message
		want   string
	}{
		{message{"merchant_name": ""}, "PARAM_ERROR"}, {message{"merchant_remark": ""}, "PARAM_ERROR"}, {message{"merchant_remark": strings.Repeat("T", 21)}, "PARAM_ERROR"},
		{message{"merchant_country_code": "HKG"}, "PARAM_ERROR"}, {message{"merchant_type": "CLUB"}, "PARAM_ERROR"}, {message{"director_name": ""}, "PARAM_ERROR"},
		{message{"merchant_type": "INDIVIDUAL"}, "PARAM_ERROR"}, {message{"merchant_type": "INDIVIDUAL", "principal_name": "P", "principal_id_number": "1"}, "Under review"},
		{message{"business_type": "BOTH"}, "PARAM_ERROR"}, {message{"business_type": "ONLINE"}, "PARAM_ERROR"}, {message{"business_type": "ONLINE", "mini_program": "wx1", "store_address": ""}, "Under review"},
		{message{"store_address": ""}, "PARAM_ERROR"}, {message{"store_photos": "m1"}, "PARAM_ERROR"}, {message{"settlement_bank_number": ""}, "PARAM_ERROR"},
		{message{"registration_certificate_date": "29.2.2020"}, "PARAM_ERROR"}, {message{"registration_certificate_date": "PERMANENT"}, "Under review"}, {message{"contact_email": ""}, "PARAM_ERROR"},
	} {
		m := papers()
		m["merchant_remark"] = "T" + strings.Repeat("1", len(till.gateway.Calls())%19)
		maps.Copy(m, c.change)
		if got := till.submit("add", m); got.says != c.want {
			t.Errorf("%v: %s %v, want %s", c.change, got.says, got.message, c.want)
		}
	}
	stranger := *till
	stranger.gateway.config.Merchants = append(stranger.gateway.config.Merchants, Merchant{AppID: "wx3", MchID: "300", Key: "k", SubMchID: "301"})
	no := till.submit("add", papers()).message["sub_mch_id"]
	stranger.merchant = stranger.gateway.config.Merchants[1]
	if got := stranger.submit("query", message{"sub_mch_id": no}); no == "" || got.says != "PARAM_ERROR" {
		t.Errorf("another institution sees it: %v", got.message)
	}
	for _, what := range []string{"query", "modify"} {
		if got := till.submit(what, with(papers(), "sub_mch_id", "1900000000")); got.says != "PARAM_ERROR" {
			t.Errorf("%s of one that is not there: %v", what, got.message)
		}
	}
}

// TestInstitutionsOnly: an institution, MD5, and over TLS a certificate (wechatpay-v2.md 6.15).
func TestInstitutionsOnly(t *testing.T) {
	till := newTill(t, Config{Merchants: []Merchant{shop, institution}})
	if got := till.submit("add", papers()); !strings.HasPrefix(got.message["return_msg"], "MCHID_NOT_EXIST") {
		t.Errorf("a shop: %v", got.message)
	}
	till.merchant = institution
	m := papers()
	m["app_id"], m["sign_type"] = institution.AppID, signHMAC
	m["mch_id"] = institution.MchID
	m["sign"] = m.signature(signHMAC, institution.Key)
	if got := till.post("/secapi/mch/addInstitutionsub", string(m.xml())); !strings.HasPrefix(got.message["return_msg"], "SIGNERROR") {
		t.Errorf("HMAC-SHA256: %v", got.message)
	}
	server := httptest.NewTLSServer(till.gateway)
	defer server.Close()
	till.client, till.base = server.Client(), server.URL
	for _, what := range []string{"add", "query", "modify"} {
		if got := till.submit(what, papers()); !strings.HasPrefix(got.message["return_msg"], "CERT_ERROR") {
			t.Errorf("%s: %v", what, got.message)
		}
	}
	till.client.CloseIdleConnections()
}
