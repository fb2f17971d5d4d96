package wechat

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"cashier/pos"
)

// maxHeard bounds what is kept of an answer (design 3.17).
const maxHeard = 16 << 10

// redactor takes out of an answer what must not be kept: the auth code and the
// API key wherever the other side echoes them, and who the customer is.
type redactor struct {
	key  Key
	code pos.AuthCode // of this call; zero when it has none
}

// fields returns a copy that is safe to keep, print and log.
func (r redactor) fields(f fields) fields {
	safe := slices.Clone(f)
	for i, p := range safe {
		switch p.name {
		case "openid", "sub_openid":
			safe[i].value = r.pseudonym(p.value)
		default:
			safe[i].value = r.text(p.value)
		}
	}
	return safe
}

// text masks the auth code of this call, all but its last four digits, and the key.
func (r redactor) text(s string) string {
	if !r.code.IsZero() {
		s = strings.ReplaceAll(s, r.code.Reveal(), r.code.String())
	}
	if !r.key.IsZero() {
		s = strings.ReplaceAll(s, r.key.reveal(), masked)
	}
	return s
}

// pseudonym stands for a customer: the same customer, the same 16 hexadecimal
// digits, and no way back without the key.
func (r redactor) pseudonym(openid string) string {
	if openid == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(r.key.reveal()))
	mac.Write([]byte("openid:" + openid))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// heard is the answer for the journal: at most maxHeard bytes of names and
// values. Short values go first, because those that decide are short; when some
// do not fit, length and hash of the whole say so.
func (r Reply) heard(err error) pos.Heard {
	h := pos.Heard{Status: r.Status, TookMS: r.Took.Milliseconds()}
	if err != nil {
		h.Error = err.Error()
	}
	byLength := slices.Clone(r.fields)
	slices.SortStableFunc(byLength, func(a, b field) int { return cmp.Compare(len(a.value), len(b.value)) })
	kept, room := make(map[string]string, len(byLength)), maxHeard
	for _, p := range byLength {
		if room -= len(p.name) + len(p.value); room < 0 {
			break
		}
		kept[p.name] = p.value
	}
	if len(kept) > 0 {
		h.Fields = kept
	}
	if len(kept) < max(len(r.fields), 1) {
		h.Bytes, h.SHA256 = r.length, r.sum
	}
	return h
}
