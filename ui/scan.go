package ui

import (
	"slices"
	"strings"
	"time"

	"cashier/pos"
)

// How a scanner is told from a hand. A hand pauses at least 50 ms between two
// keys, a scanner hardly ever more than 20.
const (
	burstGap = 25 * time.Millisecond  // runes closer than this came from a machine
	quietFor = 100 * time.Millisecond // silence after which a complete code counts as scanned
	staleFor = time.Second            // silence after which a scan counts as broken
	waryFor  = 5 * time.Second        // so long the rest of a broken scan may still come
)

// Lengths. A WeChat Pay code has 18 digits and an amount at most 12, so
// neither is ever taken for the other.
const (
	codeDigits   = 18
	amountDigits = 12
	scanDigits   = 10 // so many digits in one burst, without a dot, are no amount
	echoDigits   = 4  // so many digits in one burst are not shown before it ends
	keyedMost    = 64
)

// heardKind says what the splitter made of its input.
type heardKind int

// What may come of it.
const (
	heardNothing   heardKind = iota + 1
	heardEntered             // a line end that ends no scan: the Enter key
	heardScan                // code was scanned; amount was keyed before it
	heardGarbled             // a scan, but not a whole one; its digits are dropped
	heardAmbiguous           // amount and code cannot be told apart; everything is dropped
)

// heard is an event of the splitter.
type heard struct {
	kind    heardKind
	amount  string // keyed before the scan; may be empty
	code    string // digits as scanned, not judged
	doubled bool   // the same code came twice in a row
	stray   bool   // digits stood before the code where no amount is asked for
	torn    bool   // heardGarbled: an Enter in the middle of the scan has made an amount of its beginning
}

// splitter takes every digit that reaches the till, whoever typed it, and tells
// scans from keyed amounts. It is pure: runes and times go in, events come out.
// Nothing else ever sees a digit, so digits cannot leak into another field.
type splitter struct {
	prefixes []string // of WeChat Pay codes
	dot      bool     // the currency has decimals

	keyed  []rune    // digits and at most one dot
	burst  int       // keyed[burst:] came without a pause
	last   time.Time // of the newest rune
	taken  time.Time // of the last scan: its line ends follow
	skip   int       // characters of a symbology prefix that are still to come
	framed bool      // STX has been seen: an ETX, which is Ctrl-C, will come
	hidden bool      // the burst is not shown yet
	wary   time.Time // until then the rest of a broken scan may still come
	over   bool      // a scan was taken and nothing has been keyed since
	old    bool      // keyed at what is no longer in front: a scan may come of it, an amount never
	ended  time.Time // a line end behind digits in a burst: an amount, or the beginning of a scan
	torn   bool      // a burst goes on behind that line end
}

// Rune takes a character and reports whether it was for the splitter: digits,
// full-width ones too, the dot, and an AIM symbology prefix such as "]C1".
func (s *splitter) Rune(r rune, now time.Time) (used bool) {
	switch paused := now.Sub(s.last) > burstGap; {
	case s.skip > 0 && now.Sub(s.last) < quietFor:
		s.skip--
	case r == ']':
		s.skip, s.burst = 2, len(s.keyed)
	case r == '.' && (!s.dot || slices.Contains(s.keyed, '.')):
	case r == '.' || '0' <= r && r <= '9':
		s.skip, s.torn = 0, s.torn || now.Sub(s.ended) < burstGap
		s.add(r, paused)
	default:
		return false
	}
	s.last = now
	return true
}

func (s *splitter) add(r rune, paused bool) {
	if paused {
		s.burst = len(s.keyed)
	}
	s.over = false
	if len(s.keyed) < keyedMost {
		s.keyed = append(s.keyed, r)
	}
	s.hidden = len(s.keyed)-s.burst >= echoDigits
}

// Spoil drops the burst that has just come: letters stand in it.
func (s *splitter) Spoil(now time.Time) {
	if now.Sub(s.last) < burstGap {
		s.keyed = s.keyed[:min(s.burst, len(s.keyed))]
	}
	s.burst, s.skip, s.hidden = len(s.keyed), 0, false
}

// Open is the STX that some scanners send first.
func (s *splitter) Open(now time.Time) {
	s.framed, s.burst, s.last = true, len(s.keyed), now
}

// Closes reports whether a Ctrl-C is the ETX that ends a scan and not a person's.
func (s *splitter) Closes(now time.Time) bool {
	inScan := len(s.keyed)-s.burst >= scanDigits && now.Sub(s.last) < quietFor
	return s.framed && now.Sub(s.last) < staleFor || inScan || s.trailing(now)
}

// trailing reports whether a line end belongs to the scan that was just taken:
// the LF of a CR LF, or a line end later than the silence that ended the scan.
func (s *splitter) trailing(now time.Time) bool {
	return s.over && now.Sub(s.taken) < quietFor
}

// End is a line end: Enter, Ctrl-J, Tab, ETX or a line break in a paste.
// keying says that digits before a scan are an amount.
func (s *splitter) End(keying bool, now time.Time) heard {
	if s.trailing(now) {
		return heard{kind: heardNothing}
	}
	if h := s.find(keying); h.kind != heardNothing {
		return s.take(h, now)
	}
	if s.fragment() || s.rest(now) || s.torn {
		return s.drop(keying, now)
	}
	if s.old {
		s.Clear()
		return heard{kind: heardNothing}
	}
	h := heard{kind: heardEntered, amount: s.Text()}
	if h.amount != "" && now.Sub(s.last) < burstGap {
		s.ended = now
	}
	if !keying {
		s.Clear()
	}
	return h
}

// Quiet is the silence after the newest rune: a complete code needs no line end.
func (s *splitter) Quiet(keying bool, now time.Time) heard {
	s.hidden = false
	if h := s.find(keying); h.kind != heardNothing {
		return s.take(h, now)
	}
	return heard{kind: heardNothing}
}

// Stale is a long silence: the rest of a scan does not come any more.
func (s *splitter) Stale(keying bool, now time.Time) heard {
	s.framed = false
	if s.fragment() || s.torn {
		return s.drop(keying, now)
	}
	if !keying {
		s.Clear()
	}
	return heard{kind: heardNothing}
}

// take ends the input with a scan.
func (s *splitter) take(h heard, now time.Time) heard {
	framed := s.framed
	s.Clear()
	s.taken, s.last, s.framed, s.over = now, now, framed, true
	return h
}

// drop forgets the broken scan and keeps what a hand had keyed before it.
func (s *splitter) drop(keying bool, now time.Time) heard {
	kept := s.keyed[:s.burst]
	h := s.take(heard{kind: heardGarbled, torn: s.torn}, now)
	s.wary = now.Add(waryFor)
	if keying && digitsOf(kept) <= amountDigits {
		s.keyed = kept
		s.burst = len(kept)
	}
	return h
}

// full reports an input that is too long to tell what it ends in: what no longer
// fitted may be the end of a code.
func (s *splitter) full() bool { return len(s.keyed) == keyedMost }

// fragment reports whether the input ends in digits that only a machine sends
// and that are no code.
func (s *splitter) fragment() bool {
	tail := s.keyed[s.burst:]
	return s.full() || len(tail) >= scanDigits && !slices.Contains(tail, '.') ||
		len(s.keyed) > amountDigits && !slices.Contains(s.keyed, '.')
}

// rest reports whether the input ends in the rest of a scan that broke before:
// digits and a line end closer together than a hand can key them.
func (s *splitter) rest(now time.Time) bool {
	return now.Before(s.wary) && len(s.keyed) > s.burst && now.Sub(s.last) < burstGap
}

// find looks for a scan at the end of the input. Pauses are the better witness;
// where there are none, as in a paste, or too many, as from a slow scanner, the
// last 18 digits decide.
func (s *splitter) find(keying bool) heard {
	if s.full() {
		return heard{kind: heardNothing}
	}
	all, tail := string(s.keyed), string(s.keyed[s.burst:])
	if len(tail) == codeDigits && !strings.Contains(tail, ".") {
		return s.scan(all[:s.burst], tail, keying) // a whole code, of whatever wallet
	}
	if len(all) < codeDigits {
		if walletOf(tail, s.prefixes) != "" {
			return s.scan(all[:s.burst], tail, keying)
		}
		return heard{kind: heardNothing}
	}
	rest, code := all[:len(all)-codeDigits], all[len(all)-codeDigits:]
	mine := s.isCode(code)
	switch foreign := walletOf(tail, s.prefixes) != ""; {
	case foreign && mine && keying && s.burst == 0: // 30 and our code, or a longer one of theirs: nothing is charged on a guess
		return heard{kind: heardAmbiguous}
	case foreign:
		return s.scan(all[:s.burst], tail, keying)
	case !mine, !keying && strings.TrimSuffix(rest, code) != "":
		return heard{kind: heardNothing}
	}
	return s.scan(rest, code, keying)
}

// scan is the event of a code after an amount; what stands before a code where
// no amount is asked for means nothing.
func (s *splitter) scan(amount, code string, keying bool) heard {
	h := heard{kind: heardScan, code: code}
	h.doubled = strings.HasSuffix(amount, code)
	for strings.HasSuffix(amount, code) {
		amount = strings.TrimSuffix(amount, code)
	}
	if h.stray = !keying && amount != ""; keying {
		h.amount = amount
	}
	return h
}

func (s *splitter) isCode(digits string) bool {
	_, err := pos.ParseAuthCode(digits, s.prefixes)
	return err == nil
}

// wallets are the catalogue's keys of the other wallets that pos knows.
var wallets = map[string]string{"Alipay": "wallet.alipay", "UnionPay": "wallet.unionpay"}

// walletOf is the catalogue's key of the other wallet that a code belongs to, or empty.
func walletOf(digits string, prefixes []string) string {
	if _, err := pos.ParseAuthCode(digits, prefixes); err == nil {
		return ""
	}
	return wallets[pos.Wallet(digits)]
}

// Back takes the last character off and reports whether there was one.
func (s *splitter) Back() bool {
	if len(s.keyed) == 0 {
		return false
	}
	s.keyed = s.keyed[:len(s.keyed)-1]
	s.burst, s.hidden = len(s.keyed), false
	return true
}

// Clear forgets the input.
func (s *splitter) Clear() {
	s.keyed, s.burst, s.skip, s.framed, s.hidden, s.over, s.old, s.torn = nil, 0, 0, false, false, false, false, false
}

// Outdate has what was keyed so far be no amount: what it was keyed at has changed.
func (s *splitter) Outdate() { s.old = len(s.keyed) > 0 }

// Put replaces the input with an amount that is keyed again.
func (s *splitter) Put(text string) {
	over := s.over
	s.Clear()
	s.over = over
	s.keyed = []rune(text)
	s.burst = len(s.keyed)
}

// Text is everything keyed so far.
func (s *splitter) Text() string { return string(s.keyed) }

// Shown is what the amount field shows: never the digits of a scan.
func (s *splitter) Shown() (text string, reading bool) {
	if s.hidden || digitsOf(s.keyed) > amountDigits {
		return string(s.keyed[:s.burst]), true
	}
	return string(s.keyed), false
}

func digitsOf(runes []rune) int {
	n := 0
	for _, r := range runes {
		if r != '.' {
			n++
		}
	}
	return n
}
