package ui

import "time"

// loneFor is how long a letter has to stand alone before it is a key.
const loneFor = burstGap + 5*time.Millisecond

// letterMsg ends the wait of a letter.
type letterMsg struct{ seq int }

// typist tells a person's keys from text that a machine types: a QR code with
// letters, or a terminal's answer to a query of somebody else's. A letter is a
// key only if no other character stands within burstGap before or behind it; in
// a burst it spoils the whole burst, digits and all, and nothing of it is used.
type typist struct {
	last    time.Time // of the newest character
	pending stroke    // a letter that may still turn out to begin a burst
	seq     int
	spoilt  bool // until there is silence
}

// Garbles takes every stroke first. It reports true for one that belongs to a
// text with letters, and for the one that makes it one. The letter of a symbology
// prefix is none.
func (l *typist) Garbles(s stroke, prefix bool, now time.Time) bool {
	if s.r == 0 && !s.lineEnd() {
		return false
	}
	burst := now.Sub(l.last) < burstGap
	letter := s.r != 0 && !s.scanned() && !prefix
	if burst && (letter || l.pending.r != 0) || s.paste && letter {
		l.spoilt = true
	}
	l.last, l.pending = now, stroke{}
	return l.spoilt
}

// Letter has a letter wait, and returns its number.
func (l *typist) Letter(s stroke) int {
	l.pending, l.seq = s, l.seq+1
	return l.seq
}

// Alone returns the letter with this number if it is still waiting.
func (l *typist) Alone(seq int) (s stroke, alone bool) {
	s, alone = l.pending, seq == l.seq && l.pending.r != 0
	if alone {
		l.pending = stroke{}
	}
	return s, alone
}

// Over ends a text with letters and reports whether there was one.
func (l *typist) Over() bool {
	over := l.spoilt
	l.spoilt = false
	return over
}

// scanned reports whether the character may stand in a scan of a code or in an
// amount: a digit, a dot, a blank, or the beginning of a symbology prefix.
func (s stroke) scanned() bool {
	return s.r == '.' || s.r == ' ' || s.r == ']' || '0' <= s.r && s.r <= '9'
}
