package cli

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"cashier/wechat"
)

// merchantFile is what an institution says of a sub-merchant, in TOML.
type merchantFile struct {
	SubMchID string `toml:"sub_mch_id"` // to query and to modify
	merchantPaper
}

// merchantPaper is wechat.SubMerchant under the names of the wire
// (wechatpay-v2 6.15), in TOML and in --json.
type merchantPaper struct {
	ChannelID    string              `toml:"channel_id" json:"channel_id,omitempty"`
	Name         string              `toml:"merchant_name" json:"merchant_name,omitempty"`
	ShortName    string              `toml:"merchant_shortname" json:"merchant_shortname,omitempty"`
	Remark       string              `toml:"merchant_remark" json:"merchant_remark,omitempty"`
	CountryCode  string              `toml:"merchant_country_code" json:"merchant_country_code,omitempty"`
	Type         wechat.MerchantType `toml:"merchant_type" json:"merchant_type,omitempty"`
	Category     string              `toml:"business_category" json:"business_category,omitempty"`
	MCC          string              `toml:"mcc" json:"mcc,omitempty"`
	Registration string              `toml:"registration_certificate_number" json:"registration_certificate_number,omitempty"`
	RegisteredTo string              `toml:"registration_certificate_date" json:"registration_certificate_date,omitempty"`
	Copy         string              `toml:"registration_certificate_copy" json:"registration_certificate_copy,omitempty"`

	Business      wechat.BusinessType `toml:"business_type" json:"business_type,omitempty"`
	AppDownload   string              `toml:"app_download" json:"app_download,omitempty"`
	Website       string              `toml:"business_website" json:"business_website,omitempty"`
	OfficeAccount string              `toml:"office_account" json:"office_account,omitempty"`
	MiniProgram   string              `toml:"mini_program" json:"mini_program,omitempty"`
	StoreAddress  string              `toml:"store_address" json:"store_address,omitempty"`
	StorePhotos   []string            `toml:"store_photos" json:"store_photos,omitempty"`

	DirectorName  string `toml:"director_name" json:"director_name,omitempty"`
	DirectorID    string `toml:"director_id_number" json:"director_id_number,omitempty"`
	PrincipalName string `toml:"principal_name" json:"principal_name,omitempty"`
	PrincipalID   string `toml:"principal_id_number" json:"principal_id_number,omitempty"`

	OfficePhone          string `toml:"office_phone" json:"office_phone,omitempty"`
	ContactName          string `toml:"contact_name" json:"contact_name,omitempty"`
	ContactPhone         string `toml:"contact_phone" json:"contact_phone,omitempty"`
	ContactEmail         string `toml:"contact_email" json:"contact_email,omitempty"`
	SettlementBankNumber string `toml:"settlement_bank_number" json:"settlement_bank_number,omitempty"`

	ApplyH5    string   `toml:"apply_h5_payment" json:"apply_h5_payment,omitempty"`
	H5Website  string   `toml:"h5_website_url" json:"h5_website_url,omitempty"`
	H5Domains  []string `toml:"h5_domains" json:"h5_domains,omitempty"`
	Attachment string   `toml:"attach" json:"attach,omitempty"`
}

// merchantRecord is the answer to register and modify in --json, and with the
// papers as stored that to query. Its names are a contract.
type merchantRecord struct {
	SubMchID        string                 `json:"sub_mch_id"`
	Verification    string                 `json:"verification_status"`
	Description     string                 `json:"description"`
	H5Authorization string                 `json:"h5_authorization_state"`
	Status          string                 `json:"sub_mch_status,omitempty"`
	Application     string                 `json:"application_status,omitempty"`
	Rejected        []wechat.RejectedField `json:"application_reject_detail,omitempty"`
	H5Rejected      string                 `json:"h5_audit_reject_detail,omitempty"`
	*merchantPaper                         // of query
}

func newMerchantRecord(r wechat.SubMerchantResponse) merchantRecord {
	return merchantRecord{SubMchID: r.SubMchID, Verification: r.Verification, Description: r.Description, H5Authorization: r.H5Authorization}
}

func newStoredMerchantRecord(r wechat.SubMerchantQueryResponse) merchantRecord {
	m := newMerchantRecord(r.SubMerchantResponse)
	m.Status, m.Application, m.Rejected, m.H5Rejected = r.Status, r.Application, r.Rejected, r.H5Rejected
	paper := merchantPaper(r.SubMerchant)
	m.merchantPaper = &paper
	return m
}

// merchant prints an answer: for people as a file that modify takes.
func (p printer) merchant(r merchantRecord) error {
	if p.json {
		return writeJSON(p.out, r)
	}
	for _, part := range []struct{ name, value string }{
		{"sub_mch_status", r.Status}, {"application_status", r.Application}, {"verification_status", r.Verification},
		{"h5_authorization_state", r.H5Authorization}, {"h5_audit_reject_detail", r.H5Rejected}, {"description", r.Description},
	} {
		if part.value != "" {
			fmt.Fprintf(p.out, "# %s: %s\n", part.name, oneLine(part.value))
		}
	}
	for _, f := range r.Rejected {
		fmt.Fprintf(p.out, "# rejected: %s: %s\n", oneLine(f.Field), oneLine(f.Reason))
	}
	if err := writeKey(p.out, "sub_mch_id", r.SubMchID); err != nil || r.merchantPaper == nil {
		return err
	}
	return r.write(p.out)
}

// oneLine is a text of somebody else's behind a #.
func oneLine(text string) string { return strings.ReplaceAll(clean(text), "\n", " ") }

// write writes what is there as TOML; what cannot be changed as a comment.
func (p merchantPaper) write(w io.Writer) error {
	fields := reflect.ValueOf(p)
	for i := range fields.NumField() {
		name, value := fields.Type().Field(i).Tag.Get("toml"), fields.Field(i)
		if value.Len() == 0 {
			continue
		}
		if name == "merchant_remark" {
			name = "# " + name
		}
		if err := writeKey(w, name, value.Interface()); err != nil {
			return err
		}
	}
	return nil
}

// writeKey writes a text or a list of texts as TOML, which takes them as JSON has them.
func writeKey(w io.Writer, name string, value any) error {
	if _, err := fmt.Fprintf(w, "%s = ", name); err != nil {
		return err
	}
	return writeJSON(w, value)
}
