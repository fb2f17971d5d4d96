package cli

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argon keeps PINs with Argon2id (reliability 6: 19 MiB, 2 passes, 1 lane, as
// OWASP advises). It fits pos.Hasher.
type argon struct{}

// The cost of a PIN, and the lengths of what is kept, in bytes.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
	saltSize    = 16
	hashSize    = 32
)

// argonPrefix is how a kept PIN begins, in the common form of password hashes (PHC).
var argonPrefix = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, argonMemory, argonPasses, argonLanes)

var base = base64.RawStdEncoding

// Hash keeps a PIN, each time with another salt.
func (argon) Hash(pin string) string {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails
	return argonPrefix + base.EncodeToString(salt) + "$" + base.EncodeToString(derive(pin, salt))
}

// Matches reports whether it is the PIN that was kept. What was kept at another
// cost matches nothing: this program has known only one.
func (argon) Matches(hash, pin string) bool {
	rest, known := strings.CutPrefix(hash, argonPrefix)
	first, second, whole := strings.Cut(rest, "$")
	salt, err := base.DecodeString(first)
	want, err2 := base.DecodeString(second)
	if !known || !whole || err != nil || err2 != nil || len(want) != hashSize {
		return false
	}
	return subtle.ConstantTimeCompare(want, derive(pin, salt)) == 1
}

func derive(pin string, salt []byte) []byte {
	return argon2.IDKey([]byte(pin), salt, argonPasses, argonMemory, argonLanes, hashSize)
}
