package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cashier/pos"
)

// View draws the frame from what the last update left; it asks nobody but Health.
func (m *Model) View() string {
	if m.leaving {
		return ""
	}
	if m.size.small {
		return m.tooSmall()
	}
	if m.cover == coverReview {
		head, rest, _ := strings.Cut(m.review.View(m.size.width, m.size.height), "\n")
		return head + "\n" + m.bell.Frame() + rest // the head has the clock: it would ring twice
	}
	rule := m.dim.Render(strings.Repeat(m.rule, m.size.width-2*margin))
	var b strings.Builder
	b.WriteString(" " + m.head() + "\n " + m.bell.Frame() + rule + "\n")
	for _, row := range m.body() {
		b.WriteString(row + "\n")
	}
	b.WriteString(" " + rule + "\n " + m.foot())
	return b.String()
}

// tooSmall is all that a small window shows: what is most needed, one thing a
// line, and never more than fits.
func (m *Model) tooSmall() string {
	var rows []string
	add := func(sentence string) { rows = append(rows, wrap(sentence, m.size.width)...) }
	if m.till.Policy().Practice {
		add(m.say("head.practice"))
	}
	if m.cover == coverQuestion {
		for _, sentence := range m.question.lines {
			add(sentence)
		}
		rows = append(rows, m.choices())
	}
	rows = append(rows, m.stateWord())
	amount := m.amountLine()
	if m.sale.amount.Minor > 0 && ansi.StringWidth(amount) > m.size.width {
		amount = m.sale.amount.String()
	}
	if ansi.StringWidth(amount) <= m.size.width { // cut, it would be another one
		rows = append(rows, amount)
	}
	add(m.banner())
	add(m.notice.text)
	add(m.say("small.need", vars{
		"Need": fmt.Sprintf("%dx%d", leastWidth, leastHeight),
		"Have": fmt.Sprintf("%dx%d", m.size.width, m.size.height),
	}))
	rows = slices.DeleteFunc(rows, func(row string) bool { return row == "" })
	rows = rows[:min(len(rows), max(m.size.height, 1))]
	for i, row := range rows {
		rows[i] = fitMost(row, m.size.width)
	}
	rows[len(rows)-1] += m.bell.Frame() // above it the spinner turns: it would ring twice
	return strings.Join(rows, "\n")
}

func (m *Model) stateWord() string {
	if m.sale.step() != stepAttempt {
		return ""
	}
	v := verdictOf(m.sale.attempt.State)
	return m.symbol(v.tone, m.beat) + " " + m.say(v.word)
}

// head is who we are, how the line is, and the time. What changes each second
// stands at its end.
func (m *Model) head() string {
	policy := m.till.Policy()
	sep := " " + m.dot + " "
	who := clean(m.opt.Store, 24) + sep + policy.Till
	if name := clean(m.cashier(), 16); name != "" {
		who += sep + name
	}
	head := m.strong.Render(who)
	if policy.Practice {
		head += "  " + m.practice.Render(m.pad+m.say("head.practice")+m.pad)
	}
	tail := m.health() + m.now.In(policy.Zone).Format("15:04:05")
	gap := max(m.size.width-2*margin-ansi.StringWidth(head)-ansi.StringWidth(tail), 1)
	return head + strings.Repeat(" ", gap) + tail
}

func (m *Model) health() string {
	if m.opt.Health == nil {
		return ""
	}
	rtt, answered, asked := m.opt.Health()
	switch {
	case !asked:
		return ""
	case !answered:
		return m.bad.Render(m.lamp) + " " + m.say("head.silent") + "      "
	}
	return m.good.Render(m.lamp) + " " + m.say("head.gateway", vars{"MS": rtt.Milliseconds()}) + "      "
}

// foot are the keys that would be taken now.
func (m *Model) foot() string {
	var parts []string
	for _, k := range m.keys.Footer(m.cover) {
		if k.Enabled() {
			parts = append(parts, m.key.Render(k.Help().Key)+" "+k.Help().Desc)
		}
	}
	return fitMost(strings.Join(parts, " "+m.dim.Render(m.dot)+" "), m.size.width-2*margin)
}

// messageRows at the bottom of the body are kept for what the till has to say,
// so that nothing moves when it says it.
const messageRows = 3

// body is everything between the rules, exactly as many lines as there are.
func (m *Model) body() []string {
	var rows []string
	if banner := m.banner(); banner != "" {
		rows = append(rows, " "+m.trouble.Render(fit(" "+banner, m.size.width-2*margin)))
	}
	messages := m.messages()
	room := m.size.body - len(rows) - len(messages)
	if m.shown() != "" && m.cover != coverHelp && m.cover != coverSignIn {
		return append(rows, m.codeBody(room+len(messages))...)
	}
	if m.cover == coverHelp {
		rows = append(rows, m.helpPage(room)...)
	} else {
		rows = append(rows, m.columns(room)...)
	}
	return append(rows, messages...)
}

// banner is why no new sale is taken.
func (m *Model) banner() string {
	switch err := m.stop; {
	case err == nil && m.edited:
		return m.say("trouble.edited")
	case err == nil:
		return ""
	case pos.KindOf(err) == pos.KindJournal:
		return m.say("trouble.journal")
	default:
		return m.say("trouble.leaving")
	}
}

// columns puts the sale in front beside the lists.
func (m *Model) columns(room int) []string {
	left, lists := m.front(room), m.lists(room)
	rows := make([]string, room)
	for i := range rows {
		l := ""
		if i < len(left) {
			l = left[i]
		}
		rows[i] = "   " + fit(l, m.size.left) + "  " + lists[i]
	}
	return rows
}

// lists is the right column, drawn again when it has changed.
func (m *Model) lists(room int) []string {
	second := m.now.Unix() // the ages of open sales
	if m.column == nil || len(m.column) != room || len(m.open) > 0 && second != m.drawn {
		m.drawn = second
		c := column{pen: m.pen, zone: m.till.Policy().Zone, front: m.sale.attempt.OrderNo, now: m.now}
		m.column = c.Lines(m.side, m.open, m.broken, m.size.side, room)
	}
	return m.column
}

// front is the left column: the amount and what has become of it.
func (m *Model) front(room int) []string {
	width := m.size.left
	if m.cover == coverSignIn {
		return m.signPage(width, room)
	}
	lines := []string{m.amountLine(), ""}
	switch m.sale.step() {
	case stepAmount:
		return append(lines, m.invitation(width)...)
	case stepCode:
		lines = append(lines, m.strong.Render(m.say("code.ask")))
		return append(lines, m.dim.Render(m.say("code.back")))
	case stepWriting:
		return append(lines, m.wait.Render(m.spinner[m.beat%len(m.spinner)])+" "+m.say("work.writing"))
	}
	p := panel{pen: m.pen, a: m.sale.attempt, now: m.now, beat: m.beat, rescan: m.till.Policy().Rescan}
	return append(lines, p.Lines(width, room-len(lines))...)
}

func (m *Model) amountLine() string {
	label := m.dim.Render(m.say("amount.label")) + "   "
	if m.sale.amount.Minor > 0 {
		return label + m.strong.Render(m.sale.amount.String())
	}
	in := &m.in
	if m.cover != coverNone {
		in = &m.kept
	}
	text, reading := in.Shown()
	line := label + m.strong.Render(string(m.till.Policy().Currency)+" "+text) + m.cursor
	if reading {
		line += " " + m.dim.Render(m.say("amount.reading"))
	}
	return line
}

// invitation says what to do in an empty sale, and shows a code that is kept.
func (m *Model) invitation(width int) []string {
	var lines []string
	if !m.sale.held.IsZero() {
		left := seconds(m.sale.until.Sub(m.now))
		for _, row := range wrap(m.say("amount.held", vars{"Code": "***" + m.sale.held.Last4(), "N": left}), width) {
			lines = append(lines, m.wait.Render(row))
		}
		return lines
	}
	keys := []string{"amount.ask", "amount.direct"}
	if m.opt.Office != nil && len(m.people) == 0 && !m.till.Policy().Practice {
		keys = append(keys, "signin.none")
	}
	for _, key := range keys {
		for _, row := range wrap(m.say(key), width) {
			lines = append(lines, m.dim.Render(row))
		}
	}
	return lines
}

// messages are the lowest rows of the body: a question, to its last word, or
// what was refused and what has happened elsewhere.
func (m *Model) messages() []string {
	rows := m.said(m.size.width - 6*margin)
	for i, row := range rows {
		rows[i] = "   " + row
	}
	for len(rows) < messageRows {
		rows = append([]string{""}, rows...)
	}
	if m.cover == coverQuestion {
		return rows
	}
	return rows[:messageRows]
}

// said is a question, or what was refused and what has happened elsewhere.
func (m *Model) said(width int) []string {
	var rows []string
	add := func(t tone, text string) {
		for _, row := range wrap(text, width) {
			rows = append(rows, m.word(t).Render(row))
		}
	}
	if m.cover == coverQuestion {
		for _, sentence := range m.question.lines {
			add(toneWait, sentence)
		}
		rows = append(rows, m.choices())
	} else {
		if m.news.text != "" && m.now.Before(m.news.until) {
			add(m.news.tone, m.news.text)
		}
		if m.notice.text != "" {
			add(m.notice.tone, m.notice.text)
		}
	}
	return rows
}

func (m *Model) choices() string {
	return m.keycap("y") + " " + m.say("question.yes") + "   " + m.keycap("n") + " " + m.say("question.no")
}

// practiceHelp are the amounts, in minor units, that make the simulator do
// something (design 8).
var practiceHelp = []struct {
	minor int64
	key   string
}{{1, "help.paid"}, {30, "help.password"}, {31, "help.lost"}, {32, "help.unpaid"}, {40, "help.recall"}, {42, "help.declined"}}

// helpPage is made from the bindings, so it offers nothing that is refused.
func (m *Model) helpPage(room int) []string {
	rows := []string{m.strong.Render(m.say("help.title")), ""}
	for _, k := range m.keys.Page() {
		if k.Enabled() {
			rows = append(rows, fit(m.key.Render(k.Help().Key), 12)+k.Help().Desc)
		}
	}
	if m.till.Policy().Practice {
		rows = m.beside(rows, m.practicePage())
	}
	rows = append(rows, "")
	for _, sentence := range []string{"help.scan", "help.hold"} {
		rows = append(rows, wrap(m.say(sentence), m.size.width-8*margin)...)
	}
	for i := range rows {
		rows[i] = "   " + rows[i]
	}
	return padRows(rows, room)
}

func (m *Model) practicePage() []string {
	rows := []string{m.strong.Render(m.say("help.practice")), ""}
	for _, p := range practiceHelp {
		amount := pos.Money{Minor: p.minor, Currency: m.till.Policy().Currency}
		rows = append(rows, fit(m.key.Render(amount.Decimal()), 8)+m.say(p.key))
	}
	return rows
}

// beside puts right next to left, from the top.
func (m *Model) beside(left, right []string) []string {
	rows := padRows(left, max(len(left), len(right)))
	for i, row := range right {
		rows[i] = fit(rows[i], m.size.width/2) + row
	}
	return rows
}

// padRows makes rows exactly n.
func padRows(rows []string, n int) []string {
	for len(rows) < n {
		rows = append(rows, "")
	}
	return rows[:max(n, 0)]
}
