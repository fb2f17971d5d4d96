package pos

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

// codeLen is the length of a WeChat Pay auth code (wechatpay-v2 5.4).
const codeLen = 18

// DefaultPrefixes are the documented first two digits of a WeChat Pay auth code.
var DefaultPrefixes = []string{"10", "11", "12", "13", "14", "15"}

// AuthCode is the scanned payment code (auth_code): 18 digits and a bearer
// token for one minute. Every way of printing it shows the last four digits
// only; Reveal is the one way out, for the wire.
type AuthCode struct{ digits string }

// ParseAuthCode reads what a scanner sent: full-width digits, STX/ETX, a
// symbology prefix such as "]C1", spaces and line ends around it are dropped.
// prefixes are the accepted first digits. A code of another wallet is refused by name.
func ParseAuthCode(scan string, prefixes []string) (AuthCode, error) {
	d := CleanScan(scan)
	if wallet := Wallet(d); wallet != "" {
		return AuthCode{}, invalid("ask for the WeChat Pay code", "this is a code of %s, not of WeChat Pay", wallet)
	}
	if len(d) != codeLen || !allDigits(d) {
		return AuthCode{}, invalid("ask the customer to open the payment code and scan it again",
			"a payment code has %d digits, this scan has %d characters", codeLen, len(d))
	}
	if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(d, p) }) {
		return AuthCode{}, invalid("ask for the WeChat Pay code", "codes that start with %s are not WeChat Pay codes", d[:2])
	}
	return AuthCode{digits: d}, nil
}

// Wallet names the other wallet whose payment codes look like the digits d:
// "Alipay", "UnionPay" or "" when none is known.
func Wallet(d string) string {
	if len(d) < 16 || len(d) > 24 || !allDigits(d) {
		return ""
	}
	switch p := d[:2]; {
	case p >= "25" && p <= "30":
		return "Alipay"
	case p == "62":
		return "UnionPay"
	default:
		return ""
	}
}

// CleanScan reduces a scanner's output to the characters of the code:
// control characters, white space and an AIM symbology prefix ("]C1") go,
// full-width digits become ASCII. The result is not checked.
func CleanScan(scan string) string {
	var b strings.Builder
	for _, r := range scan {
		switch {
		case r >= '０' && r <= '９':
			b.WriteByte(byte('0' + r - '０'))
		case r > ' ' && r != 0x7f && r != '\u3000':
			b.WriteRune(r)
		}
	}
	s := b.String()
	if len(s) > 3 && s[0] == ']' {
		s = s[3:]
	}
	return s
}

// Reveal returns the 18 digits, for the request to WeChat Pay and nothing else.
func (c AuthCode) Reveal() string { return c.digits }

// IsZero reports whether there is no code.
func (c AuthCode) IsZero() bool { return c.digits == "" }

// Last4 returns the last four digits, the only ones that are ever kept or shown.
func (c AuthCode) Last4() string {
	if len(c.digits) < 4 {
		return ""
	}
	return c.digits[len(c.digits)-4:]
}

// Fingerprint is a keyed hash, to know a code that was used before without
// keeping the code (design 2).
func (c AuthCode) Fingerprint(key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(c.digits))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// String masks the code: "**************3456".
func (c AuthCode) String() string {
	if c.digits == "" {
		return ""
	}
	return strings.Repeat("*", max(len(c.digits)-4, 0)) + c.Last4()
}

// Format masks the code under every verb of package fmt, %#v and %x included.
func (c AuthCode) Format(f fmt.State, _ rune) { io.WriteString(f, c.String()) }

// MarshalText masks the code in JSON and every other text encoding.
func (c AuthCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// LogValue masks the code in structured logs.
func (c AuthCode) LogValue() slog.Value { return slog.StringValue(c.String()) }
