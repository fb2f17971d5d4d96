package sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

// reviewTime is how long WeChat Pay reads an application of a sub-merchant.
const reviewTime = time.Minute

// subMerchant is one sub-merchant that an institution registered. It is a file
// of papers: no till can sell under its number, because the gateway's accounts
// are those of its Config.
type subMerchant struct {
	mchID    string // the institution
	no       string // sub_mch_id
	papers   message
	reviewed time.Time // when the last application is decided
}

// rejected reports that the application ends badly: one whose legal name has REJECT in it.
func (s *subMerchant) rejected() bool { return strings.Contains(s.papers["merchant_name"], "REJECT") }

// paperRules are the rows of an application; those that only the registration
// needs are last (wechatpay-v2.md 6.15).
func paperRules(registering bool) []rule {
	rules := []rule{
		{"channel_id", 20, false, nil},
		{"merchant_name", 128, true, nil},
		{"merchant_shortname", 64, true, nil},
		{"merchant_country_code", 3, true, isDigits},
		{"merchant_type", 32, true, oneOf("ENTERPRISE", "INDIVIDUAL")},
		{"business_category", 3, true, nil},
		{"mcc", 4, true, isDigits},
		{"registration_certificate_number", 50, true, nil},
		{"registration_certificate_date", 10, true, isCertificateDate},
		{"registration_certificate_copy", 128, false, nil},
		{"business_type", 32, true, oneOf("ONLINE", "OFFLINE", "BOTH")},
		{"store_photos", 6000, false, isStrings},
		{"office_phone", 128, true, nil},
		{"contact_name", 128, true, nil},
		{"contact_phone", 128, true, nil},
		{"contact_email", 128, true, nil},
		{"apply_h5_payment", 3, false, oneOf("YES", "NO")},
		{"h5_domains", 6000, false, isStrings},
	}
	if !registering {
		return append(rules, rule{"sub_mch_id", 32, true, nil})
	}
	return append(rules, rule{"merchant_remark", 20, true, nil}, rule{"settlement_bank_number", 128, true, nil})
}

// conditional checks what depends on the kind of the merchant and of its business.
func conditional(in message, registering bool) *refusal {
	lacks := func(what string) *refusal { return &refusal{"PARAM_ERROR", "missing " + what} }
	online := in["app_download"] + in["business_website"] + in["office_account"] + in["mini_program"]
	switch {
	case in["business_type"] != "OFFLINE" && online == "":
		return lacks("one of app_download, business_website, office_account, mini_program")
	case in["business_type"] != "ONLINE" && in["store_address"] == "":
		return lacks("store_address")
	case !registering:
		return nil
	case in["merchant_type"] == "ENTERPRISE" && (in["director_name"] == "" || in["director_id_number"] == ""):
		return lacks("director_name or director_id_number")
	case in["merchant_type"] == "INDIVIDUAL" && (in["principal_name"] == "" || in["principal_id_number"] == ""):
		return lacks("principal_name or principal_id_number")
	}
	return nil
}

// register is Register Sub-merchant (wechatpay-v2.md 6.15). merchant_remark is
// the institution's own number for it: the same papers once more are the same
// sub-merchant, others under that number are refused. g.mu is held.
func (g *Gateway) register(x *exchange) message {
	if why := firstOf(check(x.in, paperRules(true)), conditional(x.in, true)); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	papers := papersOf(x.in)
	for _, s := range g.book.subMerchants {
		if s.mchID != x.merchant.MchID || s.papers["merchant_remark"] != papers["merchant_remark"] {
			continue
		}
		if !maps.Equal(s.papers, papers) {
			return x.no("PARAM_ERROR", "merchant_remark was used with other parameters")
		}
		return x.applied(s)
	}
	s := &subMerchant{mchID: x.merchant.MchID, papers: papers, reviewed: x.at.Add(reviewTime)}
	s.no = fmt.Sprintf("19%08d", fingerprint(s.mchID, papers["merchant_remark"])%100_000_000)
	g.book.subMerchants = append(g.book.subMerchants, s)
	return x.applied(s)
}

// modify is Modify Sub-merchant. g.mu is held.
func (g *Gateway) modify(x *exchange) message {
	if why := firstOf(check(x.in, paperRules(false)), conditional(x.in, false)); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	s := g.book.subMerchant(x)
	if s == nil {
		return x.no("PARAM_ERROR", "the sub-merchant does not exist")
	}
	changes := papersOf(x.in)
	delete(changes, "merchant_remark")
	maps.Copy(s.papers, changes)
	s.reviewed = x.at.Add(reviewTime)
	return x.applied(s)
}

// submerchant is Query Sub-merchant. g.mu is held.
func (g *Gateway) submerchant(x *exchange) message {
	s := g.book.subMerchant(x)
	if s == nil {
		return x.no("PARAM_ERROR", "the sub-merchant does not exist")
	}
	m := x.applied(s)
	maps.Copy(m, s.papers)
	switch {
	case x.at.Before(s.reviewed):
		m["sub_mch_status"], m["application_status"] = "PENDING", "UNDER_REVIEW"
	case s.rejected():
		m["sub_mch_status"], m["application_status"] = "INCOMPLETE_APPLICATION", "REJECTED"
		m["application_reject_detail"] = `[{"field":"merchant_name","reason":"the name was not found in the register"}]`
	default:
		m["sub_mch_status"] = "OPERATING"
	}
	return m
}

// applied is what all three answers share; they name no appid and no mch_id.
func (x *exchange) applied(s *subMerchant) message {
	m := message{"return_code": "SUCCESS", "return_msg": "OK", "result_code": "SUCCESS", "sub_mch_id": s.no}
	m["verification_status"], m["h5_authorization_state"] = "Under review", "UNAUTHORIZED"
	if !x.at.Before(s.reviewed) && !s.rejected() {
		m["verification_status"] = "Approved"
		if s.papers["apply_h5_payment"] == "YES" {
			m["h5_authorization_state"] = "APPROVED"
		}
	}
	return m
}

// subMerchant finds a sub-merchant of the institution by its number, or nil.
func (b *book) subMerchant(x *exchange) *subMerchant {
	for _, s := range b.subMerchants {
		if s.mchID == x.merchant.MchID && s.no == x.in["sub_mch_id"] {
			return s
		}
	}
	return nil
}

// papersOf is an application without the envelope and without what is empty.
func papersOf(in message) message {
	papers := maps.Clone(in)
	maps.DeleteFunc(papers, func(name, value string) bool {
		return value == "" || oneOf("app_id", "mch_id", "sub_mch_id", "nonce_str", "sign", "sign_type")(name)
	})
	return papers
}

// firstOf is the first refusal, or nil.
func firstOf(why ...*refusal) *refusal {
	for _, w := range why {
		if w != nil {
			return w
		}
	}
	return nil
}

// isCertificateDate: yyyy-MM-dd, PERMANENT or N/A.
func isCertificateDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil || s == "PERMANENT" || s == "N/A"
}

// isStrings: a JSON array of texts.
func isStrings(s string) bool {
	var texts []string
	return json.Unmarshal([]byte(s), &texts) == nil
}
