package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// keyMap is every key. A binding that would be refused is disabled: it then
// matches nothing and is not offered. Digits are no keys, they are the
// splitter's. Esc, Tab, Ctrl-Z and the like are not bound: scanners and split
// escape sequences send them.
type keyMap struct {
	Enter, Back, Show, Revoke, Next, Open, Seen, Find, Manager, Switch, Help, Leave key.Binding // at the counter
	Yes, No                                                                         key.Binding // for a question
	Close                                                                           key.Binding // for the help page
}

func newKeyMap(w words) keyMap {
	bind := func(cap, desc string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(cap, w.say(desc)))
	}
	return keyMap{
		Enter:   bind("Enter", "key.enter", "enter"),
		Back:    bind("Backspace", "key.back", "backspace", "delete"),
		Show:    bind("c", "key.show", "c"),
		Revoke:  bind("r", "key.revoke", "r"),
		Next:    bind("n", "key.next", "n"),
		Open:    bind("o", "key.open", "o"),
		Seen:    bind("a", "key.seen", "a"),
		Find:    bind("/", "key.find", "/"),
		Manager: bind("m", "key.manager", "m"),
		Switch:  bind("s", "key.switch", "s"),
		Help:    bind("?", "key.help", "?"),
		Leave:   bind("Ctrl-C", "key.leave", "ctrl+c"),
		Yes:     bind("y", "key.yes", "y"),
		No:      bind("n", "key.no", "n"),
		Close:   bind("?", "key.close", "?", "q", "backspace"),
	}
}

// Footer are the keys in the line at the bottom.
func (k keyMap) Footer(c cover) []key.Binding {
	switch c {
	case coverQuestion:
		return []key.Binding{k.Yes, k.No}
	case coverHelp:
		return []key.Binding{k.Close}
	case coverSignIn:
		return []key.Binding{k.Back, k.Leave}
	default:
		return []key.Binding{k.Show, k.Revoke, k.Next, k.Open, k.Seen, k.Find, k.Manager, k.Switch, k.Help}
	}
}

// Page are the keys on the help page.
func (k keyMap) Page() []key.Binding {
	return []key.Binding{k.Enter, k.Back, k.Show, k.Revoke, k.Next, k.Open, k.Seen, k.Find, k.Manager, k.Switch, k.Help, k.Leave}
}

// stroke is one key or character, as every kind of input is taken apart into:
// Bubble Tea gathers neighbouring characters into one message, cut anywhere.
type stroke struct {
	r     rune   // a character, or 0
	name  string // else the key's name
	paste bool
}

// String makes a stroke matchable by a key.Binding.
func (s stroke) String() string {
	if s.r != 0 {
		return string(s.r)
	}
	return s.name
}

// lineEnd reports whether the stroke ends a scan. Tab does nothing else.
func (s stroke) lineEnd() bool { return s.name == "enter" || s.name == "tab" }

// strokes takes a message apart. Alt is dropped from digits and dots, because an
// Esc before a scan becomes the first digit's Alt; a letter with Alt is no key.
func strokes(k tea.KeyMsg) []stroke {
	switch k.Type {
	case tea.KeyRunes, tea.KeySpace:
	case tea.KeyEnter, tea.KeyCtrlJ:
		return []stroke{{name: "enter"}}
	default:
		return []stroke{{name: tea.Key{Type: k.Type}.String()}}
	}
	var out []stroke
	for _, r := range k.Runes {
		if r = narrow(r); r == '\r' || r == '\n' || r == '\t' {
			out = append(out, stroke{name: "enter", paste: k.Paste})
		} else if !k.Alt || r == '.' || '0' <= r && r <= '9' {
			out = append(out, stroke{r: r, paste: k.Paste})
		}
	}
	return out
}

// narrow turns a full-width character into its ASCII one and a letter into a
// small one: the till works with Chinese input and with Caps Lock on.
func narrow(r rune) rune {
	switch {
	case '！' <= r && r <= '～':
		r -= '！' - '!'
	case r == '。' || r == '、':
		r = '.'
	}
	if r == ',' { // a decimal comma; where it stands for thousands the amount is refused, never multiplied
		r = '.'
	}
	if 'A' <= r && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}
