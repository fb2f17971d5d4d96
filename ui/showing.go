package ui

import (
	"github.com/charmbracelet/x/ansi"

	"cashier/pos"
)

// This file is the sale whose customer scans the till: the key that begins it
// and the screen while its code is shown.

// mayShow reports whether a code may be shown for the sale in front: once there
// is an amount, and again behind a verdict that is not paid (design 3.11).
func (m *Model) mayShow() bool {
	switch m.sale.step() {
	case stepAmount:
		return m.in.Text() != "" && !m.in.fragment() && m.sale.held.IsZero()
	case stepCode:
		return true
	case stepAttempt:
		return m.sale.settled() && m.sale.attempt.CanRescan(m.till.Policy().Rescan) == nil
	}
	return false
}

// show has the customer scan the till. An amount that is none shows nothing.
func (m *Model) show() {
	switch m.sale.step() {
	case stepAmount:
		m.fix(m.in.Text())
	case stepAttempt:
		m.sale.amount = m.sale.attempt.Amount
	}
	if m.sale.amount.Minor > 0 {
		m.begin(pos.Scan{Method: pos.Native})
	}
}

// shown is the code that the customer scans now, or "".
func (m *Model) shown() string {
	if a := m.sale.attempt; m.sale.step() == stepAttempt && a.State == pos.InDoubt {
		return a.CodeURL()
	}
	return ""
}

// code is a QR code as drawn, for one address.
type code struct {
	url  string
	rows []string
}

// drawnCode draws the code of url, once.
func (m *Model) drawnCode(url string) []string {
	if m.code.url != url {
		rows, err := QR(url, m.opt.ASCII)
		if m.report(err); err != nil {
			rows = nil
		}
		for i, row := range rows {
			rows[i] = m.qr.Render(row)
		}
		m.code = code{url, rows}
	}
	return m.code.rows
}

// codeBody puts the code beside the sale, in all of the body: the lists make
// room for it. A window that is too small for it says so.
func (m *Model) codeBody(room int) []string {
	rows := m.drawnCode(m.shown())
	wide := m.size.width - 6*margin
	if len(rows) == 0 || len(rows) > room {
		rows = nil
	} else {
		wide -= ansi.StringWidth(rows[0]) + 2*margin
	}
	if wide < m.size.side { // ASCII needs two characters a module
		rows, wide = nil, m.size.width-6*margin
	}
	text := m.codeStory(wide, rows == nil)
	below := m.said(wide)
	text = append(padRows(text, room-len(below)), below...)
	body := make([]string, room)
	for i := range body {
		left := ""
		if rows != nil {
			left = fit(at(rows, i), ansi.StringWidth(rows[0])) + "  "
		}
		body[i] = "   " + left + text[i]
	}
	return body
}

// codeStory is what stands beside the code.
func (m *Model) codeStory(width int, hidden bool) []string {
	p := panel{pen: m.pen, a: m.sale.attempt, now: m.now, beat: m.beat, rescan: m.till.Policy().Rescan}
	lines := append([]string{m.amountLine(), ""}, p.Lines(width, 0)...)
	if hidden {
		lines = append(lines, "")
		for _, row := range wrap(m.say("code.room"), width) {
			lines = append(lines, m.bad.Render(row))
		}
	}
	return lines
}

// at is a row, or an empty one behind the last.
func at(rows []string, i int) string {
	if i < len(rows) {
		return rows[i]
	}
	return ""
}
