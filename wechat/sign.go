package wechat

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"hash"
	"strings"
	"sync"
)

// SignType is the algorithm of the signature (sign_type).
type SignType string

// The two algorithms. HMAC-SHA256 is what this program asks for.
const (
	MD5        SignType = "MD5"
	HMACSHA256 SignType = "HMAC-SHA256"
)

// signer signs and verifies with one key and one algorithm. It is safe for
// concurrent use.
type signer struct {
	key  Key
	kind SignType
	desk sync.Pool // *desk, so that a signature costs one allocation
}

// desk is what one signature needs: the hash and room for the text.
type desk struct {
	hash hash.Hash
	text []byte // the string to sign
	sum  []byte // its hash
}

func newSigner(key Key, kind SignType) *signer {
	s := &signer{key: key, kind: kind}
	s.desk.New = func() any { return &desk{hash: s.newHash()} }
	return s
}

// newHash makes the hash of the algorithm. With HMAC-SHA256 the key is in the
// text and keys the hash as well (wechatpay-v2 4.1, step 5).
func (s *signer) newHash() hash.Hash {
	if s.kind == MD5 {
		return md5.New()
	}
	return hmac.New(sha256.New, []byte(s.key.reveal()))
}

// sign computes the signature of f: upper-case hexadecimal, 32 characters for
// MD5 and 64 for HMAC-SHA256. f is sorted by name; a sign in it is not signed.
func (s *signer) sign(f fields) string {
	d := s.desk.Get().(*desk)
	defer s.desk.Put(d)
	d.text = appendSigned(d.text[:0], f)
	d.text = append(append(d.text, "key="...), s.key.reveal()...)
	d.hash.Reset()
	d.hash.Write(d.text)
	d.sum = d.hash.Sum(d.sum[:0])
	return upperHex(d.sum)
}

// appendSigned writes the string to sign as far as the key: name=value& for
// every parameter but sign whose value is not empty, in byte order of the
// names, values raw: no URL encoding, no XML escaping (wechatpay-v2 4.1).
func appendSigned(dst []byte, f fields) []byte {
	for _, p := range f {
		if p.value == "" || p.name == "sign" {
			continue
		}
		dst = append(append(dst, p.name...), '=')
		dst = append(append(dst, p.value...), '&')
	}
	return dst
}

func upperHex(sum []byte) string {
	const digits = "0123456789ABCDEF"
	var out [2 * sha256.Size]byte
	for i, b := range sum {
		out[2*i], out[2*i+1] = digits[b>>4], digits[b&15]
	}
	return string(out[:2*len(sum)])
}

// verify checks the answer's own sign, over all its parameters, those that we
// do not know included: first as received, then with outer white space cut off,
// because the official SDK trims before it signs. It returns the parameters
// that were signed.
func (s *signer) verify(f fields) (fields, bool) {
	if s.matches(f) {
		return f, true
	}
	trimmed := f.trimmed()
	return trimmed, s.matches(trimmed)
}

// matches compares in constant time, and only with the algorithm that we asked
// for: a 32-character MD5 in the answer to an HMAC call is a bad signature (E8).
func (s *signer) matches(f fields) bool {
	return subtle.ConstantTimeCompare([]byte(f.value("sign")), []byte(s.sign(f))) == 1
}

// trimmed is a copy with the outer white space of every value cut off.
func (f fields) trimmed() fields {
	t := make(fields, len(f))
	for i, p := range f {
		t[i] = field{p.name, strings.TrimSpace(p.value)}
	}
	return t
}
