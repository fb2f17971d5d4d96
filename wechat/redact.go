package wechat

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"cashier/pos"
)

// maxHeard bounds what is kept of an answer (design 3.17).
const maxHeard = 16 << 10

// redactor takes out of an answer what must not be kept: the auth code and the
// API key wherever the other side echoes them, and who the customer is.
type redactor struct {
	key   Key
	code  pos.AuthCode // of this call; zero when it has none
	plain bool         // no auth code is near: a value of 18 digits is a number, or part of a prepay_id
}

// fields returns a copy that is safe to keep, print and log.
func (r redactor) fields(f fields) fields {
	customers := r.customers(f)
	safe := slices.Clone(f)
	for i, p := range safe {
		safe[i].name = r.text(p.name)
		safe[i].value = customers.Replace(r.text(p.value))
		if r.plain {
			continue
		}
		safe[i].name = codeLike.ReplaceAllString(safe[i].name, maskedCode)
		if !numbers[p.name] {
			safe[i].value = codeLike.ReplaceAllString(safe[i].value, maskedCode)
		}
	}
	return safe
}

// numbers are the fields whose own values may look like an auth code.
var numbers = map[string]bool{"out_trade_no": true, "transaction_id": true, "mch_id": true, "sub_mch_id": true}

// customers replaces the customer's openid, and wherever else it is said again.
func (r redactor) customers(f fields) *strings.Replacer {
	var pairs []string
	for _, name := range []string{"openid", "sub_openid"} {
		if id := f.value(name); id != "" {
			pairs = append(pairs, id, r.pseudonym(id))
		}
	}
	return strings.NewReplacer(pairs...)
}

// codeLike is a number of 18 digits that stands alone: an auth code, or
// something as long that nobody will miss.
var codeLike = regexp.MustCompile(`(^|[^0-9])[0-9]{14}([0-9]{4})($|[^0-9])`)

// maskedCode is what is left of it.
const maskedCode = "${1}**************${2}${3}"

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
