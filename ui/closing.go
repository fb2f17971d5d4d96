package ui

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cashier/pos"
)

// paperWidth is how many characters a receipt printer has in a line.
const paperWidth = 40

// PrintClosing is a closing, a Z, as it is printed, width characters wide (0: as
// wide as paper).
func PrintClosing(c pos.Closing, language string, zone *time.Location, store, till string, width int) []string {
	return printed(c, "shift.z", language, zone, store, till, width)
}

// PrintX is PrintClosing of a shift that runs on. Its title says so: on paper
// nothing else would.
func PrintX(c pos.Closing, language string, zone *time.Location, store, till string, width int) []string {
	return printed(c, "shift.x", language, zone, store, till, width)
}

func printed(c pos.Closing, title, language string, zone *time.Location, store, till string, width int) []string {
	w, err := newWords(language)
	if err != nil {
		return []string{err.Error()}
	}
	till = cmp.Or(c.Till, till) // a closing is printed the same for ever
	s := &slip{words: w, zone: zone, width: max(cmp.Or(width, paperWidth), paperWidth)}
	s.print(title, c, store, till)
	return s.rows
}

// slip is a strip of paper.
type slip struct {
	words
	zone  *time.Location
	width int
	rows  []string
}

// text prints sentences, each on lines of its own.
func (s *slip) text(sentences ...string) {
	for _, sentence := range sentences {
		s.rows = append(s.rows, wrap(sentence, s.width)...)
	}
}

// pair prints a label and, at the right end, what belongs to it.
func (s *slip) pair(label, value string) {
	room := s.width - ansi.StringWidth(value) - 1
	s.rows = append(s.rows, fit(ansi.Truncate(label, room, ""), room)+" "+value)
}

func (s *slip) rule() { s.rows = append(s.rows, strings.Repeat("-", s.width)) }

func (s *slip) stamp(t time.Time) string { return t.In(s.zone).Format("2006-01-02 15:04:05") }

// print prints all of a closing.
func (s *slip) print(title string, c pos.Closing, store, till string) {
	s.text(clean(store, s.width), s.say(title, vars{"N": c.Number}))
	s.pair(s.say("shift.till"), clean(till, 8))
	if !c.OpenedAt.IsZero() {
		s.pair(s.say("shift.from"), s.stamp(c.OpenedAt))
		s.who("shift.opened_by", c.OpenedBy)
	}
	if !c.At.IsZero() {
		s.pair(s.say("shift.upto"), s.stamp(c.At))
		s.who("shift.by", c.By)
	}
	s.pair(s.say("shift.entries"), fmt.Sprintf("%d..%d", c.After+1, c.Upto))
	for _, t := range c.Lines {
		s.rule()
		s.takings(string(t.Currency)+"  "+cmp.Or(clean(t.Cashier, 24), s.say("shift.nobody")), t)
	}
	if len(c.Lines) == 0 {
		s.rule()
		s.text(s.say("shift.empty"))
	}
	for _, t := range c.Sums() {
		if s.several(c.Lines, t.Currency) {
			s.rule()
			s.takings(string(t.Currency)+"  "+s.say("shift.all"), t)
		}
	}
	if len(c.Carried) > 0 {
		s.rule()
		s.carried(c.Carried)
	}
	if len(c.Grand) > 0 {
		s.rule()
	}
	for _, g := range c.Grand {
		s.text(string(g.Currency) + "  " + s.say("shift.grand"))
		s.money("shift.paid", g.PaidMinor, g.Currency)
		s.money("shift.back", g.BackMinor, g.Currency)
		s.money("shift.net", g.PaidMinor-g.BackMinor, g.Currency)
	}
	s.rule()
	s.pair(s.say("shift.head"), shortHead(c.Head))
}

// several reports whether a currency has more than one cashier, so that a sum says
// something that a line does not.
func (s *slip) several(lines []pos.Takings, c pos.Currency) bool {
	n := 0
	for _, t := range lines {
		if t.Currency == c {
			n++
		}
	}
	return n > 1
}

func (s *slip) who(label, name string) {
	if name != "" {
		s.pair(s.say(label), clean(name, 24))
	}
}

func (s *slip) money(label string, minor int64, c pos.Currency) {
	s.pair("  "+s.say(label), pos.Money{Minor: minor, Currency: c}.Decimal())
}

// takings prints a line of a closing; what was not is left out.
func (s *slip) takings(title string, t pos.Takings) {
	s.text(title)
	for _, of := range []struct {
		label string
		n     int
		minor int64
	}{
		{"shift.paid", t.Paid, t.PaidMinor}, {"shift.refunded", t.Refunds, -t.RefundedMinor}, {"shift.voided", t.Voided, -t.VoidedMinor},
		{"shift.failed", t.Failed, t.FailedMinor}, {"shift.revoked", t.Revoked, t.RevokedMinor},
	} {
		if of.n > 0 || of.label == "shift.paid" {
			s.pair("  "+s.say(of.label), fmt.Sprintf("%d x %14s", of.n, pos.Money{Minor: of.minor, Currency: t.Currency}.Decimal()))
		}
		if of.label == "shift.voided" {
			s.money("shift.net", t.NetMinor(), t.Currency)
		}
	}
}

func (s *slip) carried(list []pos.Carried) {
	s.text(s.say("shift.carried"))
	for _, c := range list {
		s.pair("  "+clean(string(c.OrderNo), 32), c.Amount.String())
		if c.Refund {
			s.text("    " + s.say("shift.refund_open"))
		}
	}
}

// shortHead is as much of the journal's head as paper witnesses.
func shortHead(head string) string { return fours(clean(head, 16)) }
