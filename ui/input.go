package ui

import (
	"reflect"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// How input is routed: to the splitter first, and what it leaves to whatever
// lies on top.

// stroke takes one key or character. The splitter comes first: no digit, and no
// line end of a scan, ever gets past it.
func (m *Model) stroke(s stroke) {
	if m.text.Garbles(s, m.in.skip > 0, m.now) {
		m.in.Spoil(m.now)
		m.disturb()
		m.hush()
		return
	}
	switch {
	case s.r != 0 && m.take(s.r):
		m.hush()
	case s.name == "ctrl+b": // STX
		m.in.Open(m.now)
	case s.name == "ctrl+c" && m.in.Closes(m.now), s.lineEnd():
		m.disturb()
		m.heard(m.in.End(m.keying(), m.now), s)
	case s.r == ' ':
	case s.r != 0:
		m.after(loneFor, letterMsg{m.text.Letter(s)})
	default:
		m.notice = line{}
		m.press(s)
	}
}

// letterAlone presses a letter that nothing else has followed: a person's.
func (m *Model) letterAlone(msg letterMsg) {
	if s, alone := m.text.Alone(msg.seq); alone {
		m.notice = line{}
		m.press(s)
	}
}

// take hands a character to the splitter. The first digit of an amount has the
// gateway dialled ahead.
func (m *Model) take(r rune) bool {
	first := m.keying() && m.in.Text() == ""
	if !m.in.Rune(r, m.now) {
		return false
	}
	m.disturb()
	if first {
		m.notice = line{}
		m.run(m.warm)
	}
	return true
}

// warm has the gateway dialled ahead.
func (m *Model) warm() tea.Msg {
	m.till.Warm()
	return nil
}

// hush has the silence after the newest character noticed.
func (m *Model) hush() {
	m.quiet++
	m.after(quietFor, quietMsg{seq: m.quiet})
}

func (m *Model) silence(msg quietMsg) {
	switch {
	case msg.seq != m.quiet:
	case m.text.Over():
		m.refuse("refuse.garbled")
	case msg.long:
		m.heard(m.in.Stale(m.keying(), m.now), stroke{})
	default:
		m.after(staleFor-quietFor, quietMsg{seq: m.quiet, long: true})
		m.beginByKeying()
		m.heard(m.in.Quiet(m.keying(), m.now), stroke{})
	}
}

// disturb keeps a question from being answered by what a scanner sends.
func (m *Model) disturb() {
	if m.cover == coverQuestion {
		m.armQuestion()
	}
}

// press takes a key that the splitter left.
func (m *Model) press(s stroke) {
	switch m.cover {
	case coverQuestion:
		m.pressQuestion(s)
	case coverHelp:
		if key.Matches(s, m.keys.Close) {
			m.uncover()
		} else if key.Matches(s, m.keys.Leave) {
			m.uncover()
			m.askToLeave()
		}
	default:
		m.pressCounter(s)
	}
}

func (m *Model) pressQuestion(s stroke) {
	switch {
	case key.Matches(s, m.keys.Leave) && m.question.about == askLeave:
		m.leave()
	case key.Matches(s, m.keys.Leave):
		m.uncover()
		m.askToLeave()
	case key.Matches(s, m.keys.Yes):
		m.chosen(m.question.Answer(chosenYes, m.now))
	case key.Matches(s, m.keys.No):
		m.chosen(m.question.Answer(chosenNo, m.now))
	default:
		m.armQuestion()
	}
}

func (m *Model) pressCounter(s stroke) {
	switch {
	case key.Matches(s, m.keys.Back):
		m.back()
	case key.Matches(s, m.keys.Show):
		m.show()
	case key.Matches(s, m.keys.Revoke):
		m.revokeAsked()
	case key.Matches(s, m.keys.Find):
		m.openReview(pos.Person{}, false)
	case key.Matches(s, m.keys.Manager):
		m.manage()
	case key.Matches(s, m.keys.Switch):
		m.lock("switch")
	case key.Matches(s, m.keys.Next):
		m.park()
	case key.Matches(s, m.keys.Open):
		m.turnTo()
	case key.Matches(s, m.keys.Seen):
		m.askIfSeen(m.side.away[0])
	case key.Matches(s, m.keys.Help):
		m.lay(coverHelp)
	case key.Matches(s, m.keys.Leave):
		m.askToLeave()
	}
}

// strayByte puts a character together that was read in pieces: Bubble Tea hands
// each byte on as a message of a type it keeps to itself. Full-width digits of
// a Chinese input method come this way over slow lines.
func (m *Model) strayByte(msg tea.Msg) {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Uint8 {
		return
	}
	if m.stray = append(m.stray, byte(v.Uint())); !utf8.FullRune(m.stray) {
		return
	}
	r, _ := utf8.DecodeRune(m.stray)
	m.stray = nil
	if r != utf8.RuneError {
		m.typed(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
}
