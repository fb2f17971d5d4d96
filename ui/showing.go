package ui

import (
	"strings"

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

// show has the customer scan the till. An amount that is none shows nothing, and
// no order is made for a code that this window has no room for.
func (m *Model) show() {
	if rows, _ := QR(strings.Repeat("x", longestURL), m.opt.ASCII); m.size.small || !m.fits(rows, m.size.body-1) {
		m.refuse("code.room")
		return
	}
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

// longestURL is the length of code_url (wechatpay-v2 6.6).
const longestURL = 64

// fits reports whether a code has room beside the sale.
func (m *Model) fits(rows []string, room int) bool {
	return len(rows) > 0 && len(rows) <= room && m.size.width-6*margin-ansi.StringWidth(rows[0])-2*margin >= m.size.side
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

// codeBody puts the code beside the sale, in all of the body; where there is no
// room for the lists they wait. A window that has become too small says so.
func (m *Model) codeBody(room int) []string {
	rows := m.drawnCode(m.shown())
	wide := m.size.width - 6*margin
	if !m.fits(rows, room) {
		return m.beneath(m.codeStory(wide, true), room, wide)
	}
	code := ansi.StringWidth(rows[0])
	wide -= code + 2*margin
	lists := wide-m.size.side-2*margin >= m.size.side
	if lists {
		wide -= m.size.side + 2*margin
	}
	body := m.beneath(m.codeStory(wide, false), room, wide)
	for i := range body {
		body[i] = "   " + fit(at(rows, i), code) + "  " + strings.TrimPrefix(body[i], "   ")
		if lists {
			body[i] = fit(body[i], m.size.width-3*margin-m.size.side) + at(m.lists(room), i)
		}
	}
	return body
}

// beneath is a column of text with what the till has to say at its end.
func (m *Model) beneath(text []string, room, wide int) []string {
	below := m.said(wide)
	rows := append(padRows(text, room-len(below)), below...)
	for i, row := range rows {
		rows[i] = "   " + row
	}
	return rows
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
