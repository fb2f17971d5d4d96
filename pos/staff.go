package pos

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Person is somebody who works at this till. Every till has its own list, in its journal.
type Person struct {
	Name     string // unique; what the journal calls them
	Role     Role
	PIN      string // as Hasher keeps it, never the digits
	Gone     bool   // works here no more; the name stays taken
	Misses   int    // wrong PINs since the last right one
	MissedAt time.Time
}

// Hasher keeps PINs so that the journal does not hold them.
type Hasher interface {
	Hash(pin string) string
	Matches(hash, pin string) bool
}

// Limits of a PIN and of a name (reliability 6).
const (
	MinPIN       = 6
	MaxPIN       = 12
	maxName      = 24 // characters
	MaxNameBytes = maxName * utf8.UTFMax
	freeMisses   = 2 // wrong PINs without a wait
	lockMisses   = 5 // from this one on:
	lockFor      = 15 * time.Minute
	firstWait    = time.Second // after the third; doubled after each further one
	nobodysName  = "-"         // in lists: sold where no people were named
)

// ErrPIN refuses a PIN that is not the person's.
var ErrPIN = errors.New("this is not the PIN")

// CheckPIN refuses digits that are no PIN, or one that everybody tries first.
func CheckPIN(pin string) error {
	const hint = "choose 6 to 12 digits that are not all the same and no run like 123456"
	if len(pin) < MinPIN || len(pin) > MaxPIN || strings.Trim(pin, "0123456789") != "" {
		return invalid(hint, "a PIN has %d to %d digits", MinPIN, MaxPIN)
	}
	for _, step := range []byte{0, 1, 255} {
		if isRun(pin, step) {
			return invalid(hint, "this PIN is too easy to guess")
		}
	}
	return nil
}

// isRun reports whether each digit is step more than the one before.
func isRun(pin string, step byte) bool {
	for i := 1; i < len(pin); i++ {
		if pin[i] != pin[i-1]+step {
			return false
		}
	}
	return true
}

// CheckName refuses what cannot stand in lists and in the journal as a name.
func CheckName(name string) error {
	switch {
	case !utf8.ValidString(name) || strings.ContainsFunc(name, invisible):
		return invalid("use plain text", "the name has characters that cannot be shown")
	case strings.TrimSpace(name) != name || name == "" || name == nobodysName || utf8.RuneCountInString(name) > maxName:
		return invalid("type 1 to 24 characters, without a blank at either end", "%q is not a name", name)
	}
	return nil
}

// invisible reports characters that are drawn as nothing, or act on a terminal: two
// names would look alike.
func invisible(r rune) bool {
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// Locked is how long no PIN of the person is looked at: 1, 2 s after the third
// and fourth wrong one in a row, 15 min from the fifth on. It stands in the
// journal, so a restart does not end it.
func (p Person) Locked(now time.Time) time.Duration {
	wait := time.Duration(0)
	switch {
	case p.Misses >= lockMisses:
		wait = lockFor
	case p.Misses > freeMisses:
		wait = firstWait << (p.Misses - freeMisses - 1)
	}
	// A clock that was set back does not make it longer than it ever was.
	return min(max(p.MissedAt.Add(wait).Sub(now), 0), wait)
}

// missed is the person after one more wrong PIN.
func (p Person) missed(now time.Time) Person {
	p.Misses, p.MissedAt = p.Misses+1, now
	return p
}

// trusted is the person after the right PIN.
func (p Person) trusted() Person {
	p.Misses, p.MissedAt = 0, time.Time{}
	return p
}

// working are the people who work here now.
func working(all []Person) []Person {
	return slices.DeleteFunc(slices.Clone(all), func(p Person) bool { return p.Gone })
}

// find returns the person with the name.
func find(all []Person, name string) (Person, error) {
	i := slices.IndexFunc(all, func(p Person) bool { return p.Name == name })
	if i < 0 {
		return Person{}, &Error{Kind: KindNotFound, Err: fmt.Errorf("nobody here is called %q", name), Hint: "cashier staff list says who works here"}
	}
	return all[i], nil
}

// digest tells one kept PIN from another and helps nobody to guess either.
func (p Person) digest() string {
	sum := sha256.Sum256([]byte(p.PIN))
	return hex.EncodeToString(sum[:])
}
