package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// clean is the one gate for text that is not ours: what the gateway, the journal
// or the configuration said. What comes out is valid UTF-8 on one line and moves
// no cursor: no control (C0, C1, DEL), no format character (bidi, zero width), no
// private use, no line or paragraph separator; at most width cells.
func clean(text string, width int) string {
	kept := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, text)
	return ansi.Truncate(kept, max(width, 0), "")
}
