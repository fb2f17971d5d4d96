package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cashier/pos"
)

// rawPage shows what WeChat Pay said, as received and as the journal keeps it:
// codes and openids were masked before they were written.
type rawPage struct {
	of     *detail
	scroll scroll
}

func (w *rawPage) read(*review) {}

func (w *rawPage) press(r *review, s stroke) {
	if !w.scroll.press(s, r.height-8) && (s.name == "esc" || s.name == "backspace" || s.r == 'w') {
		r.pop()
	}
}

func (w *rawPage) hints(*review) []hint {
	return []hint{{"Esc", "review.key_back"}, {"Up/Down", "review.key_scroll"}}
}

func (w *rawPage) lines(r *review, width, height int) []string {
	rows := []string{r.strong.Render(r.say("review.raw")) + " " + string(w.of.no)}
	for _, e := range w.of.entries {
		rows = append(rows, r.answer(e, width)...)
	}
	if len(rows) == 1 {
		rows = append(rows, "", r.dim.Render(r.say("review.raw_none")))
	}
	return w.scroll.window(r, rows, height)
}

// answer is one answer, a field a line; nil for an entry that has none.
func (r *review) answer(e pos.Entry, width int) []string {
	a := pos.AnswerOf(e.Event)
	if a.Finding == "" {
		return nil
	}
	h := a.Heard
	title := fmt.Sprintf("%s  %s  %s", r.zone(e.At).Format("15:04:05.000"), e.Name(), clean(string(a.Finding), 24))
	if h.Status > 0 {
		title += fmt.Sprintf("  HTTP %d", h.Status)
	}
	if h.TookMS > 0 {
		title += fmt.Sprintf("  %d ms", h.TookMS)
	}
	rows := []string{"", r.key.Render(fitMost(title, width))}
	add := func(name, value string) {
		for i, row := range strings.Split(ansi.Hardwrap(clean(value, 16<<10), width-26, true), "\n") {
			if i > 0 {
				name = ""
			}
			rows = append(rows, "  "+fit(clean(name, 23), 24)+row)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(h.Fields)) {
		add(name, h.Fields[name])
	}
	if h.Error != "" {
		add("-", h.Error)
	}
	if h.Bytes > 0 {
		add("-", fmt.Sprintf("%d bytes, SHA-256 %s", h.Bytes, h.SHA256))
	}
	return rows
}
