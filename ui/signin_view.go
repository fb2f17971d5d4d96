package ui

import (
	"fmt"
	"strings"

	"cashier/pos"
)

// signPage is the page in place of the sale.
func (m *Model) signPage(width, room int) []string {
	s := &m.sign
	lines := []string{m.strong.Render(m.say(signTitles[s.what]))}
	for _, row := range wrap(m.say(signHints[s.what]), width) {
		lines = append(lines, m.dim.Render(row))
	}
	lines = append(lines, "")
	if s.what == signFirst {
		lines = append(lines, m.field("signin.name", clean(string(s.name), width-12), !s.named))
		if s.named {
			lines = append(lines, m.field("signin.pin", m.dots(s), s.first == ""))
		}
		if s.first != "" {
			lines = append(lines, m.field("signin.again", m.dots(s), true))
		}
	} else {
		lines = append(lines, m.names(room-len(lines)-3)...)
		lines = append(lines, "", m.field("signin.pin", m.dots(s), s.chosen >= 0))
	}
	return lines
}

var signTitles = map[purpose]string{signTill: "signin.who", signReview: "signin.manager", signRevoke: "signin.manager", signFirst: "signin.first"}

var signHints = map[purpose]string{signTill: "signin.choose", signReview: "signin.approve", signRevoke: "signin.revoke", signFirst: "signin.first_how"}

// field is a label and what was keyed, with the cursor where the next key goes.
func (m *Model) field(label, text string, here bool) string {
	line := fit(m.say(label), 12) + m.strong.Render(text)
	if here && !m.sign.busy {
		line += m.cursor
	}
	return line
}

// dots stand for a PIN.
func (m *Model) dots(s *signIn) string {
	if s.busy {
		return m.say("signin.looking")
	}
	return strings.Repeat("*", len(s.pin))
}

// names are those who work here, as many as there is room for around the chosen one.
func (m *Model) names(room int) []string {
	s := &m.sign
	from := max(min(s.chosen-room/2, len(s.people)-room), 0)
	var lines []string
	for i := from; i < len(s.people) && len(lines) < room; i++ {
		p := s.people[i]
		mark, style := " ", m.plain
		if i == s.chosen {
			mark, style = m.pointer, m.strong
		}
		number := "  "
		if i < 9 {
			number = fmt.Sprintf("%d ", i+1)
		}
		line := mark + " " + m.key.Render(number) + style.Render(clean(p.Name, 24))
		if p.Role == pos.RoleManager {
			line += "  " + m.dim.Render(m.say("signin.role"))
		}
		if wait := p.Locked(m.now); wait > 0 {
			line += "  " + m.bad.Render(m.say("signin.locked", vars{"N": seconds(wait)}))
		}
		lines = append(lines, line)
	}
	return lines
}
