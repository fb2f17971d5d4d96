package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"cashier/pos"
)

// config is config.toml, by its keys (design 6). Every key a.b may also be
// given as CASHIER_A_B; flags beat the environment, which beats the file.
type config struct {
	Till struct {
		ID       string `toml:"id"`
		Store    string `toml:"store"`
		Currency string `toml:"currency"`
		Language string `toml:"language"`
		Timezone string `toml:"timezone"`
		Rescan   string `toml:"rescan"`
	} `toml:"till"`
	WeChat struct {
		URL              string   `toml:"url"`
		AppID            string   `toml:"appid"`
		MchID            string   `toml:"mch_id"`
		SubAppID         string   `toml:"sub_appid"`
		SubMchID         string   `toml:"sub_mch_id"`
		SignType         string   `toml:"sign_type"`
		KeyFile          string   `toml:"key_file"`
		CertFile         string   `toml:"cert_file"`
		CertKeyFile      string   `toml:"cert_key_file"`
		PlatformCertFile string   `toml:"platform_cert_file"`
		NotifyURL        string   `toml:"notify_url"`
		Share            int      `toml:"share"`
		CodePrefixes     []string `toml:"code_prefixes"`
	} `toml:"wechat"`
	Timing struct {
		RequestTimeout duration `toml:"request_timeout"`
		FirstQuery     duration `toml:"first_query"`
		QueryEvery     duration `toml:"query_every"`
		RevokeAfter    duration `toml:"revoke_after"`
		RevokeEvery    duration `toml:"revoke_every"`
		Deadline       duration `toml:"deadline"`
	} `toml:"timing"`
	Journal struct {
		Path string `toml:"path"`
	} `toml:"journal"`

	file string // where it was read; empty: built in, or from the environment alone
	key  string // CASHIER_WECHAT_KEY, the key itself
}

// duration is written as in Go: "5s", "1m30s".
type duration time.Duration

// UnmarshalText reads a duration from the file or the environment.
func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration such as \"5s\"", text)
	}
	*d = duration(v)
	return nil
}

// MarshalText writes a duration for config show.
func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// defaults are the documented values (design 6).
func defaults() config {
	var c config
	c.Till.Currency, c.Till.Language, c.Till.Timezone = "HKD", "en", "Asia/Hong_Kong"
	c.Till.Rescan = string(pos.RescanQuick)
	c.WeChat.URL = "https://apihk.mch.weixin.qq.com"
	c.WeChat.SignType, c.WeChat.Share = "HMAC-SHA256", 1
	c.WeChat.CodePrefixes = pos.DefaultPrefixes
	t := pos.DefaultTerms
	c.Timing.RequestTimeout = duration(10 * time.Second)
	c.Timing.FirstQuery, c.Timing.QueryEvery = duration(t.FirstQuery), duration(t.QueryEvery)
	c.Timing.RevokeAfter, c.Timing.RevokeEvery = duration(t.RevokeAfter), duration(t.RevokeEvery)
	c.Timing.Deadline = duration(t.Deadline)
	return c
}

// What may be wrong with a configuration beside what stands in it.
var (
	errNoConfig = errors.New("there is no configuration") // nothing was ever configured here
	errMissing  = errors.New("does not exist")            // it is named, and not there
)

// loadConfig reads the named file, or the default one, and the environment.
// A file that is named but missing is refused; with the default one missing
// and nothing in the environment the error is errNoConfig.
func (m *machine) loadConfig(named string) (config, error) {
	path, mustExist := m.configPath(named)
	c := defaults()
	raw, err := readPlain(path)
	switch {
	case err == nil:
		c.file = path
		if err := c.decode(raw); err != nil {
			return config{}, refuse("correct the line; the README lists every key", "%s: %w", path, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return config{}, refuse("name a file that this user can read", "%w", err)
	case mustExist:
		return config{}, refuse("cashier config init writes one; CASHIER_CONFIG or --config names it", "%s %w", path, errMissing)
	}
	set, err := c.overlay(m.env)
	if err != nil {
		return config{}, err
	}
	if c.file == "" && !set {
		return config{}, &pos.Error{Kind: pos.KindInvalid, Err: errNoConfig, Hint: "cashier config init writes one; --practice needs none"}
	}
	c.resolvePaths()
	return c, c.check()
}

// plainSize is the most that a configuration, a key or a certificate has.
const plainSize = 1 << 20

// readPlain reads a whole small file. What is no plain file could keep us
// waiting for ever.
func readPlain(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a plain file", path)
	case info.Size() > plainSize:
		return nil, fmt.Errorf("%s is larger than %d bytes", path, plainSize)
	}
	return os.ReadFile(path)
}

// decode reads the file.
func (c *config) decode(raw []byte) error {
	err := toml.Unmarshal(raw, &struct { // a duration is text: a bare number would be so many nanoseconds
		Timing map[string]string `toml:"timing"`
	}{})
	if err != nil && !marked(raw) {
		return tomlTrouble(err)
	}
	return strictTOML(raw, c)
}

// strictTOML reads TOML; a key that is unknown or of the wrong type is an error
// with its line.
func strictTOML(raw []byte, into any) error {
	if marked(raw) {
		return errors.New("line 1: the file begins with a byte order mark; save it as UTF-8 without")
	}
	return tomlTrouble(toml.NewDecoder(bytes.NewReader(raw)).DisallowUnknownFields().Decode(into))
}

// marked reports a byte order mark.
func marked(raw []byte) bool { return bytes.HasPrefix(raw, []byte("\ufeff")) }

// tomlTrouble says where and what is wrong with TOML.
func tomlTrouble(err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		e := unknown.Errors[0]
		line, _ := e.Position()
		return fmt.Errorf("line %d: key %s is not known", line, strings.Join(e.Key(), "."))
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		line, _ := wrong.Position()
		what := strings.TrimPrefix(wrong.Error(), "toml: ")
		if strings.HasPrefix(what, "cannot decode TOML") {
			what = "key " + strings.Join(wrong.Key(), ".") + " is of another type"
		}
		return fmt.Errorf("line %d: %s", line, what)
	}
	return err
}

// overlay takes CASHIER_A_B for every key a.b and reports whether there was
// any. A variable of a section that is no key is refused like one in the file.
func (c *config) overlay(env map[string]string) (set bool, err error) {
	c.key = env[keyVariable]
	set = c.key != ""
	known := map[string]bool{keyVariable: true}
	for _, f := range c.fields() {
		name := "CASHIER_" + strings.ToUpper(strings.ReplaceAll(f.name, ".", "_"))
		known[name] = true
		if env[name] == "" {
			continue
		}
		set = true
		if err := f.set(env[name]); err != nil {
			return set, refuse("correct the variable or unset it", "%s: %w", name, err)
		}
	}
	for name, value := range env {
		if value != "" && ofSection.MatchString(name) && !known[name] {
			return set, refuse("correct the variable or unset it; the README lists every key", "%s is not known", name)
		}
	}
	return set, nil
}

// keyVariable holds the API key itself.
const keyVariable = "CASHIER_WECHAT_KEY"

// ofSection are the variables that look like keys.
var ofSection = regexp.MustCompile(`^CASHIER_(TILL|WECHAT|TIMING|JOURNAL)_`)

// field is one key of the configuration.
type field struct {
	name  string // "till.id"
	value reflect.Value
}

// fields lists every key in the order of the file.
func (c *config) fields() []field {
	var list []field
	sections := reflect.ValueOf(c).Elem()
	for i := range sections.NumField() {
		section := sections.Type().Field(i)
		for j := 0; section.IsExported() && j < section.Type.NumField(); j++ {
			name := section.Tag.Get("toml") + "." + section.Type.Field(j).Tag.Get("toml")
			list = append(list, field{name, sections.Field(i).Field(j)})
		}
	}
	return list
}

// set reads text as the field's type; a list is separated by commas.
func (f field) set(text string) error {
	switch v := f.value.Addr().Interface().(type) {
	case *string:
		*v = text
	case *[]string:
		*v = strings.Split(text, ",")
	case *duration:
		return v.UnmarshalText([]byte(text))
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is not a number", text)
		}
		*v = n
	default:
		panic("config: no way to set " + f.name)
	}
	return nil
}

// resolvePaths takes file names in the file as relative to its folder.
func (c *config) resolvePaths() {
	base, err := filepath.Abs(filepath.Dir(c.file))
	if err != nil { // the folder we stand in is gone
		base = filepath.Dir(c.file)
	}
	for _, p := range []*string{&c.WeChat.KeyFile, &c.WeChat.CertFile, &c.WeChat.CertKeyFile, &c.WeChat.PlatformCertFile, &c.Journal.Path} {
		if c.file != "" && *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(base, *p)
		}
	}
}

// check refuses what cannot work, by key, with the mend.
func (c config) check() error {
	if c.Till.ID == "" {
		return refuse(`add id = "K1" under [till]`, "till.id is missing")
	}
	if err := pos.ValidTillID(c.Till.ID); err != nil {
		return c.at("till.id", err)
	}
	if _, err := pos.ParseCurrency(c.Till.Currency); err != nil {
		return c.at("till.currency", err)
	}
	if _, err := time.LoadLocation(c.Till.Timezone); err != nil {
		return refuse(`use a name such as "Asia/Hong_Kong"`, "till.timezone %q is not known", c.Till.Timezone)
	}
	if err := oneOf("till.language", c.Till.Language, "en", "zh-Hans", "zh-Hant", "ja"); err != nil {
		return err
	}
	if err := oneOf("till.rescan", c.Till.Rescan, string(pos.RescanQuick), string(pos.RescanStrict)); err != nil {
		return err
	}
	for _, p := range c.WeChat.CodePrefixes {
		if _, err := strconv.ParseUint(p, 10, 32); err != nil || len(p) < 2 {
			return refuse(`use digits, such as "13"`, "wechat.code_prefixes: %q is not the beginning of a code", p)
		}
	}
	if u, err := url.Parse(c.WeChat.URL); err != nil || u.Host == "" {
		return refuse("write it like https://apihk.mch.weixin.qq.com", "wechat.url %q is not an address", c.WeChat.URL)
	}
	if !reportable(c.WeChat.NotifyURL) {
		return refuse("write it like https://shop.example/paid, or leave it empty", "wechat.notify_url %q is not an absolute address without a query", c.WeChat.NotifyURL)
	}
	if c.WeChat.Share < 1 {
		return refuse("use 1 or more", "wechat.share is how many tills share the limits")
	}
	if t := time.Duration(c.Timing.RequestTimeout); t <= 0 || t > 15*time.Second {
		return refuse("use 1s to 15s", "timing.request_timeout = %s cannot work", t)
	}
	return c.terms().Check(c.loopback())
}

// maxNotifyURL is the most that the wire takes (notify_url, String(256)).
const maxNotifyURL = 256

// reportable reports whether WeChat Pay could report to an address; to none it need not.
func reportable(address string) bool {
	if address == "" {
		return true
	}
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil &&
		u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && len(address) <= maxNotifyURL && clean(address) == address
}

// at says which key an error is about.
func (c config) at(key string, err error) error {
	return &pos.Error{Kind: pos.KindOf(err), Op: key, Err: err, Hint: pos.HintOf(err)}
}

// oneOf refuses a value outside a closed list.
func oneOf(key, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return refuse("use one of "+strings.Join(allowed, ", "), "%s = %q is not known", key, value)
}

// terms are the intervals of new attempts.
func (c config) terms() pos.Terms {
	return pos.Terms{
		FirstQuery: time.Duration(c.Timing.FirstQuery), QueryEvery: time.Duration(c.Timing.QueryEvery),
		RevokeAfter: time.Duration(c.Timing.RevokeAfter), RevokeEvery: time.Duration(c.Timing.RevokeEvery),
		Deadline: time.Duration(c.Timing.Deadline),
	}
}

// loopback reports whether the gateway is on this machine: then, and only
// then, short intervals are taken (design 3.7).
func (c config) loopback() bool {
	u, err := url.Parse(c.WeChat.URL)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// policy is what the till has to know.
func (c config) policy(run string, practice bool) (pos.Policy, error) {
	currency, err := pos.ParseCurrency(c.Till.Currency)
	if err != nil {
		return pos.Policy{}, c.at("till.currency", err)
	}
	zone, err := time.LoadLocation(c.Till.Timezone)
	if err != nil {
		return pos.Policy{}, err
	}
	return pos.Policy{
		Till: c.Till.ID, Currency: currency, Terms: c.terms(), Rescan: pos.Rescan(c.Till.Rescan),
		Prefixes: c.WeChat.CodePrefixes, Zone: zone, Practice: practice, Run: run,
	}, nil
}
