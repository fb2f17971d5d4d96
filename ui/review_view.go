package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// View draws the frame, and remembers its size for the next update.
func (r *review) View(width, height int) string {
	r.width, r.height = width, height
	if width < leastWidth || height < leastHeight {
		rows := wrap(r.say("small.need", vars{
			"Need": fmt.Sprintf("%dx%d", leastWidth, leastHeight), "Have": fmt.Sprintf("%dx%d", width, height),
		}), width)
		return strings.Join(rows[:min(len(rows), max(height, 1))], "\n")
	}
	rule := r.dim.Render(strings.Repeat(r.rule, width-2*margin))
	rows := []string{r.head(width - 2*margin), r.bell.Frame() + rule}
	rows = append(rows, r.body(width-2*margin, height-4)...)
	rows = append(rows, rule, r.foot(width-2*margin))
	for i, row := range rows {
		rows[i] = " " + row
	}
	return strings.Join(rows, "\n")
}

// head is where we are, who acts, and the time.
func (r *review) head(width int) string {
	sep := " " + r.dot + " "
	who := clean(r.o.Store, 24) + sep + clean(r.o.Till, 8) + sep
	if r.acts() {
		who += clean(r.o.Who.Name, 24)
		if r.o.Who.Name == "" {
			who += r.say("review.manager")
		}
	} else {
		who += r.say("review.readonly")
	}
	head := r.strong.Render(who)
	if r.o.Practice {
		head += "  " + r.practice.Render(r.pad+r.say("head.practice")+r.pad)
	}
	clock := r.zone(r.now).Format("2006-01-02 15:04:05")
	return fit(head, width-len(clock)-1) + " " + clock
}

// tabLine names the tabs; the one in front stands in brackets, so that it is
// known without a colour.
func (r *review) tabLine(width int) string {
	var parts []string
	for t, key := range tabNames {
		name := r.say(key)
		if n := len(r.urgent.rows) + len(r.urgent.notes); tab(t) == tabAttention && n > 0 {
			name += " " + r.urgent.count()
		}
		if tab(t) == r.tab {
			parts = append(parts, r.strong.Render("["+fmt.Sprint(t+1)+" "+name+"]"))
		} else {
			parts = append(parts, " "+r.key.Render(fmt.Sprint(t+1))+" "+name+" ")
		}
	}
	line := strings.Join(parts, " ")
	if r.waitsSlow() {
		line += "  " + r.wait.Render(r.spinner[r.beat%len(r.spinner)]+" "+r.say("review.reading"))
	}
	return fitMost(line, width)
}

func (r *review) waitsSlow() bool {
	for s := slotToday; s < slots; s++ {
		if r.waits(s) {
			return true
		}
	}
	return false
}

// body is everything between the rules: the tabs, what is on top, and what has
// to be said.
func (r *review) body(width, height int) []string {
	var said []string
	if r.said.text != "" {
		for _, row := range wrap(r.said.text, width) {
			said = append(said, r.word(r.said.tone).Render(row))
		}
		said = said[:min(len(said), 3)]
	}
	rows := append([]string{r.tabLine(width), ""}, r.content(width, height-2-len(said))...)
	return append(padRows(rows, height-len(said)), said...)
}

// content is the page on top, and beside the list the detail.
func (r *review) content(width, height int) []string {
	below := r.tab == tabList && (len(r.over) == 0 || len(r.over) == 1 && r.over[0] == page(r.shown))
	if r.width < reviewBeside || !below || r.shown == nil {
		return r.top().lines(r, width, height)
	}
	left := max(width*4/7, 72)
	list, detail := padRows(r.list.lines(r, left, height), height), padRows(r.shown.lines(r, width-left-3, height), height)
	for i := range list {
		list[i] = fit(list[i], left) + " " + r.dim.Render(r.bar) + " " + detail[i]
	}
	return list
}

// foot are the keys that would be taken now.
func (r *review) foot(width int) string {
	hints := r.top().hints(r)
	if p, types := r.top().(typing); len(r.over) == 0 && (!types || p.field() == nil) {
		hints = append(hints, hint{"q", "review.key_leave"})
	}
	var parts []string
	for _, h := range hints {
		part := r.key.Render(h.cap) + " " + r.say(h.does)
		if ansi.StringWidth(strings.Join(append(parts, part), " "+r.dot+" ")) > width {
			break
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " "+r.dim.Render(r.dot)+" ")
}
