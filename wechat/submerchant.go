package wechat

import (
	"context"
	"encoding/json"
	"slices"
)

// The three calls about sub-merchants are for institutions. They show the client
// certificate, are signed with MD5, write app_id with an underscore, and have no
// nonce_str.

// SubMerchant is what an institution says of a sub-merchant.
type SubMerchant struct {
	ChannelID    string // channel_id, String(20), optional
	Name         string // merchant_name, String(128), required: the legal name
	ShortName    string // merchant_shortname, String(64), required: shown to customers
	Remark       string // merchant_remark, String(20), required to register, then fixed: the institution's own id of it
	CountryCode  string // merchant_country_code, String(3), required: numeric, "344"
	Type         MerchantType
	Category     string // business_category, String(3), required
	MCC          string // mcc, String(4), required
	Registration string // registration_certificate_number, String(50), required
	RegisteredTo string // registration_certificate_date, String(10), required: yyyy-MM-dd, PERMANENT or N/A
	Copy         string // registration_certificate_copy, String(128), optional: media id

	Business                                         BusinessType
	AppDownload, Website, OfficeAccount, MiniProgram string   // app_download, business_website, office_account, mini_program: one of them when online
	StoreAddress                                     string   // store_address, when offline
	StorePhotos                                      []string // store_photos, media ids, to register when offline

	DirectorName, DirectorID   string // director_name, director_id_number, of an enterprise, to register
	PrincipalName, PrincipalID string // principal_name, principal_id_number, of an individual, to register

	OfficePhone, ContactName, ContactPhone, ContactEmail string // office_phone, contact_name, contact_phone, contact_email, required
	SettlementBankNumber                                 string // settlement_bank_number, required to register

	ApplyH5    string   // apply_h5_payment, optional: YES or NO
	H5Website  string   // h5_website_url, optional
	H5Domains  []string // h5_domains, optional
	Attachment string   // attach, optional
}

// MerchantType is what a sub-merchant is (merchant_type).
type MerchantType string

// BusinessType is where a sub-merchant sells (business_type).
type BusinessType string

// Their values.
const (
	Enterprise MerchantType = "ENTERPRISE"
	Individual MerchantType = "INDIVIDUAL"

	Online  BusinessType = "ONLINE"
	Offline BusinessType = "OFFLINE"
	Both    BusinessType = "BOTH"
)

// registering and modifying say which of the two a request is.
type purpose bool

const (
	registering purpose = true
	modifying   purpose = false
)

// maxUnsaid bounds the parameters that the page gives no length for.
const maxUnsaid = 1024

// params are those of both calls. Which of the conditional ones may be left out
// is not documented; they are asked for by their meaning.
func (s SubMerchant) params(p purpose) params {
	first := p == registering
	online, offline := s.Business == Online || s.Business == Both, s.Business == Offline || s.Business == Both
	remark := may("merchant_remark", s.Remark, 20)
	if remark.must = first; !first && s.Remark != "" {
		remark.wrong = invalid("leave it out", "merchant_remark cannot be changed")
	}
	if s.AppDownload+s.Website+s.OfficeAccount+s.MiniProgram != "" {
		online = false // one is enough
	}
	when := func(must bool, name, value string) param {
		return param{name: name, value: value, max: maxUnsaid, must: must}
	}
	return params{
		may("channel_id", s.ChannelID, 20),
		need("merchant_name", s.Name, 128),
		need("merchant_shortname", s.ShortName, 64),
		remark,
		need("merchant_country_code", s.CountryCode, 3),
		need("merchant_type", string(s.Type), 16).of(string(Enterprise), string(Individual)),
		need("business_category", s.Category, 3),
		need("mcc", s.MCC, 4),
		need("registration_certificate_number", s.Registration, 50),
		need("registration_certificate_date", s.RegisteredTo, 10),
		may("registration_certificate_copy", s.Copy, 128),
		need("business_type", string(s.Business), 16).of(string(Online), string(Offline), string(Both)),
		when(online, "business_website", s.Website),
		when(false, "app_download", s.AppDownload),
		when(false, "office_account", s.OfficeAccount),
		when(false, "mini_program", s.MiniProgram),
		when(offline, "store_address", s.StoreAddress),
		when(first && offline, "store_photos", array(s.StorePhotos)),
		when(first && s.Type == Enterprise, "director_name", s.DirectorName),
		when(first && s.Type == Enterprise, "director_id_number", s.DirectorID),
		when(first && s.Type == Individual, "principal_name", s.PrincipalName),
		when(first && s.Type == Individual, "principal_id_number", s.PrincipalID),
		when(true, "office_phone", s.OfficePhone),
		when(true, "contact_name", s.ContactName),
		when(true, "contact_phone", s.ContactPhone),
		when(true, "contact_email", s.ContactEmail),
		when(first, "settlement_bank_number", s.SettlementBankNumber),
		may("apply_h5_payment", s.ApplyH5, 3).of("YES", "NO"),
		when(false, "h5_website_url", s.H5Website),
		when(false, "h5_domains", array(s.H5Domains)),
		when(false, "attach", s.Attachment),
	}
}

// array is a JSON array, "" of nothing.
func array(values []string) string {
	if len(values) == 0 {
		return ""
	}
	out, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(out)
}

// SubMerchantResponse is the answer to registering and modifying.
type SubMerchantResponse struct {
	Envelope // SubMchID (sub_mch_id) is the sub-merchant's number

	// Verification (verification_status): "Under review", "Approved"; open.
	Verification string

	Description string // description, for people

	// H5Authorization (h5_authorization_state): APPROVED, UNAUTHORIZED,
	// UNDER_REVIEW, REJECTED, UNDER_PUNISHMENT, APPLICATION_FAILED; open.
	H5Authorization string
}

// SubMerchantQueryResponse is the answer to the query.
type SubMerchantQueryResponse struct {
	SubMerchantResponse
	SubMerchant // as stored

	Status      string // sub_mch_status: OPERATING, PENDING, DEACTIVATED, CLOSED, INCOMPLETE_APPLICATION; open
	Application string // application_status: UNDER_REVIEW, REJECTED; open

	// Rejected (application_reject_detail) is what is wrong with the application;
	// H5Rejected (h5_audit_reject_detail) as received.
	Rejected   []RejectedField
	H5Rejected string
}

// RejectedField is one field that has to be corrected.
type RejectedField struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// RegisterSubMerchant registers a sub-merchant. Whether it may be repeated is not
// documented: after no answer, look into the portal. The error is an *Error;
// without one the answer is signed, and ResultCode says how it went.
func (c *Client) RegisterSubMerchant(ctx context.Context, s SubMerchant) (SubMerchantResponse, error) {
	reply, err := c.institution(ctx, RegisterSubMerchant, s.params(registering))
	return newSubMerchantResponse(reply), c.oursInstitution(RegisterSubMerchant, reply, "", err)
}

// ModifySubMerchant changes what is stored of a sub-merchant, which is given in
// full. The error is an *Error; without one the answer is signed.
func (c *Client) ModifySubMerchant(ctx context.Context, subMchID string, s SubMerchant) (SubMerchantResponse, error) {
	all := append(s.params(modifying), need("sub_mch_id", subMchID, 32))
	reply, err := c.institution(ctx, ModifySubMerchant, all)
	return newSubMerchantResponse(reply), c.oursInstitution(ModifySubMerchant, reply, subMchID, err)
}

// QuerySubMerchant asks what is stored of a sub-merchant, and how its application
// stands. It may be repeated. The error is an *Error; without one the answer is
// signed and about that sub-merchant.
func (c *Client) QuerySubMerchant(ctx context.Context, subMchID string) (SubMerchantQueryResponse, error) {
	reply, err := c.institution(ctx, QuerySubMerchant, params{need("sub_mch_id", subMchID, 32)})
	f := reply.fields
	r := SubMerchantQueryResponse{
		SubMerchantResponse: newSubMerchantResponse(reply),
		SubMerchant:         storedSubMerchant(f),
		Status:              f.value("sub_mch_status"),
		Application:         f.value("application_status"),
		H5Rejected:          f.value("h5_audit_reject_detail"),
	}
	json.Unmarshal([]byte(f.value("application_reject_detail")), &r.Rejected) // for people: what is no JSON stays in the fields
	return r, c.oursInstitution(QuerySubMerchant, reply, subMchID, err)
}

// institution makes a call with the identity block of these three.
func (c *Client) institution(ctx context.Context, op Operation, q params) (Reply, error) {
	return c.signedMD5(ctx, op, c.url(op), append(slices.Clip(q), need("app_id", c.config.AppID, 32), need("mch_id", c.config.MchID, 32)))
}

// oursInstitution adds E9: the answer is to this institution, and about the
// sub-merchant that was named, which need not be the one that the till sells for.
func (c *Client) oursInstitution(op Operation, r Reply, subMchID string, err error) error {
	us := merchant{c.config.AppID, c.config.MchID, "", subMchID}
	e := newEnvelope(r)
	e.AppID = r.fields.value("app_id")
	if subMchID == "" {
		e.SubMchID = ""
	}
	if err == nil && us.foreign(e) {
		return foreignAnswer(op)
	}
	return err
}

func newSubMerchantResponse(r Reply) SubMerchantResponse {
	return SubMerchantResponse{
		Envelope:        newEnvelope(r),
		Verification:    r.fields.value("verification_status"),
		Description:     r.fields.value("description"),
		H5Authorization: r.fields.value("h5_authorization_state"),
	}
}

func storedSubMerchant(f fields) SubMerchant {
	values := func(name string) (all []string) {
		json.Unmarshal([]byte(f.value(name)), &all) // what is no JSON stays in the fields
		return all
	}
	return SubMerchant{
		ChannelID: f.value("channel_id"), Name: f.value("merchant_name"), ShortName: f.value("merchant_shortname"),
		Remark: f.value("merchant_remark"), CountryCode: f.value("merchant_country_code"), Type: MerchantType(f.value("merchant_type")),
		Category: f.value("business_category"), MCC: f.value("mcc"), Registration: f.value("registration_certificate_number"),
		RegisteredTo: f.value("registration_certificate_date"), Copy: f.value("registration_certificate_copy"),
		Business: BusinessType(f.value("business_type")), AppDownload: f.value("app_download"), Website: f.value("business_website"),
		OfficeAccount: f.value("office_account"), MiniProgram: f.value("mini_program"), StoreAddress: f.value("store_address"),
		StorePhotos: values("store_photos"), DirectorName: f.value("director_name"), DirectorID: f.value("director_id_number"),
		PrincipalName: f.value("principal_name"), PrincipalID: f.value("principal_id_number"), OfficePhone: f.value("office_phone"),
		ContactName: f.value("contact_name"), ContactPhone: f.value("contact_phone"), ContactEmail: f.value("contact_email"),
		SettlementBankNumber: f.value("settlement_bank_number"), ApplyH5: f.value("apply_h5_payment"), H5Website: f.value("h5_website_url"),
		H5Domains: values("h5_domains"), Attachment: f.value("attach"),
	}
}
