package ui

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// How keys reach the manager's screen. Characters are held until there is a
// short silence. One that stands alone is a key or text; a burst is text where
// text is typed and nothing where it is not; an auth code is refused aloud
// wherever it comes, and is neither shown nor searched for.

// burst is what came without a pause.
type burst struct {
	runes []rune
	paste bool
	last  time.Time
	deaf  time.Time // until then a line end belongs to the scan that was refused
}

// theirDigits is how long WeChat Pay's numbers are.
const theirDigits = 28

// typing is a page with a text field.
type typing interface {
	page
	field() *field   // nil: characters are keys now
	typed(r *review) // its text has changed
}

// strike takes a message apart.
func (r *review) strike(k tea.KeyMsg) {
	switch k.Type {
	case tea.KeyRunes, tea.KeySpace:
		for _, c := range k.Runes {
			switch {
			case c == '\r' || c == '\n' || c == '\t':
				r.named(stroke{name: "enter", paste: k.Paste})
			case !k.Alt || c == '.' || '0' <= c && c <= '9': // an Esc before a scan becomes the first digit's Alt
				r.character(c, k.Paste)
			}
		}
	case tea.KeyCtrlJ:
		r.named(stroke{name: "enter"})
	default:
		r.named(stroke{name: tea.Key{Type: k.Type}.String()})
	}
}

// character keeps one until it is known whether it came alone.
func (r *review) character(c rune, paste bool) {
	if len(r.input.runes) > 0 && r.now.Sub(r.input.last) > burstGap {
		r.flush()
	}
	r.input.runes = append(r.input.runes, c)
	r.input.paste, r.input.last = paste, r.now
	if len(r.input.runes) > 1 || paste {
		r.disturb()
	}
	r.after(slotBurst, loneFor, r.flush)
}

// named takes every key that is no character. A line end behind a burst ends a
// scan or a paste and means nothing else; so does an ETX, which is Ctrl-C.
func (r *review) named(s stroke) {
	machine := len(r.input.runes) >= echoDigits || s.paste
	r.flush()
	r.disturb()
	ends := s.lineEnd() || s.name == "ctrl+c"
	if s.name == "ctrl+b" || ends && (machine || r.now.Before(r.input.deaf)) {
		return
	}
	r.said = line{}
	if s.name == "ctrl+c" {
		r.left = true
		return
	}
	r.pressed(s)
}

// flush decides what the burst was.
func (r *review) flush() {
	runes := r.input.runes
	r.input.runes = nil
	r.drop(slotBurst)
	if len(runes) == 0 {
		return
	}
	text := string(runes)
	p, types := r.top().(typing)
	types = types && p.field() != nil
	switch {
	case r.isCode(text), r.isBroken(text) && !r.input.paste, !types && digitsOf(runes) >= scanDigits:
		r.refuseScan()
	case types:
		r.said = line{}
		p.field().put(runes)
		if r.isCode(p.field().text()) {
			p.field().clear()
			r.refuseScan()
		}
		p.typed(r)
	case len(runes) == 1:
		r.said = line{}
		r.pressed(stroke{r: narrow(runes[0])})
	}
}

// isCode reports whether text is an auth code, once or twice in a row.
func (r *review) isCode(text string) bool {
	text = pos.CleanScan(text)
	if half := len(text) / 2; len(text) == 2*codeDigits && text[:half] == text[half:] {
		text = text[:half]
	}
	_, err := pos.ParseAuthCode(text, r.o.Prefixes)
	return err == nil
}

// isBroken reports whether text looks like an auth code of which some digits were
// lost or doubled on the way. WeChat Pay's own numbers are longer.
func (r *review) isBroken(text string) bool {
	text = pos.CleanScan(text)
	return len(text) >= scanDigits && len(text) < theirDigits && strings.Trim(text, "0123456789") == "" &&
		slices.ContainsFunc(r.o.Prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
}

func (r *review) refuseScan() {
	r.input.deaf = r.now.Add(quietFor)
	r.refuse(r.say("review.scan"))
}

// disturb keeps a question from being answered by what a scanner sends.
func (r *review) disturb() {
	if q, open := r.top().(*asking); open {
		q.Disturb(r.now)
	}
}

// pressed gives a key to the page on top; what it does not take over the tabs
// chooses among them.
func (r *review) pressed(s stroke) {
	if r.turns() {
		switch {
		case '1' <= s.r && s.r <= '5':
			r.turn(tab(s.r - '1'))
			return
		case s.name == "tab":
			r.turn((r.tab + 1) % tab(len(r.tabs)))
			return
		case s.name == "shift+tab":
			r.turn((r.tab + tab(len(r.tabs)) - 1) % tab(len(r.tabs)))
			return
		case s.r == 'q':
			r.left = true
			return
		}
	}
	r.top().press(r, s)
}

// turns reports whether the keys of the tabs are taken: from a tab itself, and
// from a sale, its raw answers and its card.
func (r *review) turns() bool {
	switch r.top().(type) {
	case *detail, *rawPage, *card:
		return true
	}
	return len(r.over) == 0
}

// field is one line of text that is being typed.
type field struct {
	runes  []rune
	most   int    // bytes
	only   string // the characters that it takes; empty: all that can be shown
	preset bool   // what stands in it was put there by us: typing replaces it
	secret bool   // stars stand for it
}

// put appends what was typed, as far as it may stand here and fits.
func (f *field) put(runes []rune) {
	if f.preset {
		f.clear()
	}
	for _, c := range clean(string(runes), 4*leastWidth) {
		if f.only != "" {
			c = narrow(c)
		}
		if f.only != "" && !strings.ContainsRune(f.only, c) || len(f.text())+utf8.RuneLen(c) > f.most {
			continue
		}
		f.runes = append(f.runes, c)
	}
}

// edit takes the keys that change a text, and reports whether it was one.
func (f *field) edit(s stroke) bool {
	f.preset = false
	switch s.name {
	case "backspace", "delete":
		f.runes = f.runes[:max(len(f.runes)-1, 0)]
	case "ctrl+u":
		f.clear()
	default:
		return false
	}
	return true
}

func (f *field) clear() { f.runes, f.preset = nil, false }

func (f *field) set(text string) { f.runes = []rune(text) }

func (f *field) text() string { return string(f.runes) }

// shown is the text as it may stand on the screen.
func (f *field) shown() string {
	if f.secret {
		return strings.Repeat("*", len(f.runes))
	}
	return f.text()
}
