package sim

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// The two values of sign_type; an absent sign_type means MD5 (wechatpay-v2.md 4.1).
const (
	signMD5  = "MD5"
	signHMAC = "HMAC-SHA256"
)

// signType is the algorithm that a request names, or "" when there is no such algorithm.
func (m message) signType() string {
	switch t := m["sign_type"]; t {
	case "", signMD5:
		return signMD5
	case signHMAC:
		return signHMAC
	}
	return ""
}

// plain is the sorted string that is signed, without the key: every non-empty
// value except sign, unescaped (wechatpay-v2.md 4.1, steps 1 to 3).
func (m message) plain() string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if name != "sign" && m[name] != "" {
			pairs = append(pairs, name+"="+m[name])
		}
	}
	return strings.Join(pairs, "&")
}

// signature is the upper-case hexadecimal digest of the message: 32 characters
// for MD5, 64 for HMAC-SHA256 (wechatpay-v2.md 4.1, steps 4 to 6).
func (m message) signature(signType, key string) string {
	text := []byte(m.plain() + "&key=" + key)
	if signType == signHMAC {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write(text)
		return strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
	}
	sum := md5.Sum(text)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// genuine reports whether the message carries the signature that its own sign_type asks for.
func (m message) genuine(key string) bool {
	t := m.signType()
	return t != "" && hmac.Equal([]byte(m["sign"]), []byte(m.signature(t, key)))
}
