package wechat

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"cashier/pos"
)

// keyLen is the length of an API key (wechatpay-v2 4.1).
const keyLen = 32

// masked stands wherever a secret would.
const masked = "***"

// Key is the API key that signs requests and verifies answers, the
// institution's own in institution mode. Every way of printing it shows "***".
// The secret is behind a pointer, so that even a dump of a struct that holds a
// Key in an unexported field shows an address. The zero value is no key.
type Key struct{ secret *string }

// ParseKey accepts the 32 letters and digits of the merchant portal. Outer
// white space, such as the line end of a key file, is dropped. The error has
// pos.KindCredentials and does not quote the key.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	if len(text) != keyLen || strings.ContainsFunc(text, notLetterOrDigit) {
		return Key{}, credentials("copy it again from the merchant portal, API security",
			errors.New("the API key is not 32 letters and digits"))
	}
	return Key{secret: &text}, nil
}

func notLetterOrDigit(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// reveal returns the secret, for the signature and nothing else.
func (k Key) reveal() string {
	if k.secret == nil {
		return ""
	}
	return *k.secret
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.secret == nil }

// String masks the key.
func (k Key) String() string { return masked }

// Format masks the key under every verb of package fmt.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, masked) }

// MarshalText masks the key in JSON and every other text encoding.
func (k Key) MarshalText() ([]byte, error) { return []byte(masked), nil }

// LogValue masks the key in structured logs.
func (k Key) LogValue() slog.Value { return slog.StringValue(masked) }

// credentials is trouble with the key or the certificate.
func credentials(hint string, err error) error {
	return &pos.Error{Kind: pos.KindCredentials, Err: err, Hint: hint}
}
