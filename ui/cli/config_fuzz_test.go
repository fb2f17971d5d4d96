package cli

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"cashier/pos"
)

// aConfig has every key of design 6.
const aConfig = `
[till]
id = "K1" # in every order number
store = "Kowloon 1"
currency = "HKD"
language = "en"
timezone = "Asia/Hong_Kong"
rescan = "quick"
[wechat]
url = "https://apihk.mch.weixin.qq.com"
appid = "wx1"
mch_id = "100"
sub_appid = ""
sub_mch_id = ""
sign_type = "HMAC-SHA256"
key_file = "wechat.key"
cert_file = 'apiclient_cert.p12'
cert_key_file = ""
platform_cert_file = ""
notify_url = "https://shop.example/paid"
share = 1
code_prefixes = ["10", "11"]
[timing]
request_timeout = "10s"
first_query = "5s"
query_every = "3s"
revoke_after = "15s"
revoke_every = "5s"
deadline = "45s"
[journal]
path = ""
`

var atLine = regexp.MustCompile(`^line ([0-9]+): `)

// FuzzConfig: what is taken is what stands in the file and the defaults for
// the rest, key by key, and it is written again as the same; what is not taken
// is refused with a line that the file has. What then passes the check can be
// sold with.
func FuzzConfig(f *testing.F) {
	if c := defaults(); c.decode([]byte(aConfig)) != nil || c.check() != nil {
		f.Fatalf("the configuration of design 6 is refused: %v, %v", c.decode([]byte(aConfig)), c.check())
	}
	for _, text := range []string{aConfig, strings.ReplaceAll(aConfig, "\n", "\r\n"), "\ufeff" + aConfig, "", "till.id = 'K1'\nwechat = {share = 2}\n",
		"[till]\nid = 7\n", "[till]\nidd = \"K1\"\n", "[till]\nID = \"K1\"\nid = \"K2\"\n", "[till]\nid = \"K1\"\nid = \"K2\"\n", "[[till]]\n", "till = 1",
		"[timing]\nfirst_query = 0\n", "[timing]\nrequest_timeout = 10\n", "[timing]\nrequest_timeout = 1.5\n", "[timing]\ndeadline = 1979-05-27\n", "[wechat]\nshare = 9223372036854775808\n", "[wechat]\ncode_prefixes = [1, \"2\"]\n", "[a.b]\nc = 1\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := defaults()
		if err := c.decode(raw); err != nil {
			m := atLine.FindStringSubmatch(err.Error())
			if m == nil {
				t.Fatalf("%q is refused without a line: %v", raw, err)
			}
			if line, err := strconv.Atoi(m[1]); err != nil || line < 1 || line > strings.Count(string(raw), "\n")+1 {
				t.Fatalf("%q is refused at line %s", raw, m[1])
			}
			return
		}
		standsAsWritten(t, raw, &c)
		text, err := toml.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again := defaults()
		if err := again.decode(text); err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%q is written as %q and read as %+v, %v", raw, text, again, err)
		}
		switch err := c.check(); {
		case err != nil && (pos.KindOf(err) != pos.KindInvalid || pos.HintOf(err) == ""):
			t.Fatalf("%q: %v without a hint", raw, err)
		case err == nil:
			if p, err := c.policy("run-1", false); err != nil || p.Terms.Check(c.loopback()) != nil || c.WeChat.Share < 1 || pos.ValidTillID(p.Till) != nil {
				t.Fatalf("%q passes as %+v, %v", raw, p, err)
			}
		}
	})
}

// standsAsWritten compares each key with the file as a plain map, or with its default.
func standsAsWritten(t *testing.T, raw []byte, c *config) {
	var file map[string]map[string]any
	if err := toml.Unmarshal(raw, &file); err != nil {
		t.Fatalf("%q is taken: %v", raw, err)
	}
	written := map[string]any{}
	for section, keys := range file {
		for key, value := range keys {
			name := strings.ToLower(section + "." + key)
			if _, twice := written[name]; twice {
				t.Skip("one key in two spellings")
			}
			written[name] = value
		}
	}
	plain := defaults()
	for i, f := range c.fields() {
		value, given := written[f.name]
		delete(written, f.name)
		if want := plain.fields()[i].value.Interface(); !given && !reflect.DeepEqual(f.value.Interface(), want) {
			t.Fatalf("%q: %s is %v, its default %v", raw, f.name, f.value, want)
		}
		if given && !means(f.value.Interface(), value) {
			t.Fatalf("%q: %s is %#v, not %#v", raw, f.name, f.value, value)
		}
	}
	if len(written) > 0 {
		t.Fatalf("%q: nobody knows %v", raw, written)
	}
}

// means reports whether a value of the configuration is the one of the file.
func means(got, written any) bool {
	switch got := got.(type) {
	case string:
		return got == written
	case int:
		return int64(got) == written
	case duration:
		d, err := time.ParseDuration(fmt.Sprint(written))
		return err == nil && time.Duration(got) == d
	case []string:
		return fmt.Sprintf("%q", got) == fmt.Sprintf("%q", written)
	}
	return false
}
