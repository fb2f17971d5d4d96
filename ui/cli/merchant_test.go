package cli

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"cashier/pos"
	"cashier/wechat"
)

// What query prints is what modify reads, whatever text a shop is called by: the
// fixed remark alone is left out, and nothing in it acts on a terminal.
func TestMerchantFile_IsReadAsItIsPrinted(t *testing.T) {
	var paper merchantPaper
	fields := reflect.ValueOf(&paper).Elem()
	for i := range fields.NumField() {
		text := fields.Type().Field(i).Name + " 茶 \"'\\ <&> \x1b[2J \u202e \u3000 \n end"
		switch f := fields.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(text)
		default:
			f.Set(reflect.ValueOf([]string{text, "two"}))
		}
	}
	var out bytes.Buffer
	r := merchantRecord{SubMchID: "1912345678", Description: "two\nlines = 1", merchantPaper: &paper}
	if err := (printer{out: &out}).merchant(r); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if line = strings.TrimSuffix(line, "\n"); clean(line) != line {
			t.Errorf("%q acts on a terminal", line)
		}
	}
	var file merchantFile
	if err := strictTOML(out.Bytes(), &file); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	want := paper
	want.Remark = ""
	if file.SubMchID != "1912345678" || !reflect.DeepEqual(file.merchantPaper, want) {
		t.Errorf("read as\n%+v\nfrom\n%s", file, out.String())
	}
}

// Every name of the file is the wire's, for each field alike in TOML and JSON.
func TestMerchantFile_HasTheNamesOfTheWire(t *testing.T) {
	for i := range reflect.TypeFor[merchantPaper]().NumField() {
		f := reflect.TypeFor[merchantPaper]().Field(i)
		if f.Tag.Get("json") != f.Tag.Get("toml")+",omitempty" {
			t.Errorf("%s is %q in TOML and %q in JSON", f.Name, f.Tag.Get("toml"), f.Tag.Get("json"))
		}
	}
}

// Whether registering may be repeated is not documented: after no answer the
// mend is a look into the portal, and never "try again".
func TestRegister_UnansweredIsNotRepeated(t *testing.T) {
	broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	file := strings.NewReplacer("\t", "").Replace(`
	merchant_name = "Kowloon Tea Ltd"
	merchant_shortname = "Kowloon Tea"
	merchant_remark = "shop-17"
	merchant_country_code = "344"
	merchant_type = "INDIVIDUAL"
	business_category = "001"
	mcc = "5812"
	registration_certificate_number = "1"
	registration_certificate_date = "N/A"
	business_type = "ONLINE"
	business_website = "https://shop.example"
	principal_name = "Lee"
	principal_id_number = "1"
	office_phone = "1"
	contact_name = "Lee"
	contact_phone = "1"
	contact_email = "lee@shop.example"
	settlement_bank_number = "1"
	`)
	exit, stdout, stderr := askWith(t, broken, file, []string{"CASHIER_WECHAT_SUB_MCH_ID=1900000001"}, "merchant", "register", "-")
	if exit != exitError || stdout != "" || !strings.Contains(stderr, "hint: look into the merchant portal") {
		t.Errorf("exit %d, %q, %q", exit, stdout, stderr)
	}
	for rule, want := range map[wechat.Rule]bool{wechat.NoAnswer: true, wechat.BadSignature: true, wechat.RefusedHere: false, wechat.NotSent: false, wechat.ReturnFail: false} {
		if got := unanswered(afterAsking(&wechat.Error{Rule: rule, Err: &pos.Error{Kind: pos.KindInvalid, Err: http.ErrAbortHandler}})); got != want {
			t.Errorf("%s: unanswered = %v", rule, got)
		}
	}
}
