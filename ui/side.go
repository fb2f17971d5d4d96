package ui

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cashier/pos"
)

// side is what the right column shows from the journal.
type side struct {
	last      []pos.Summary // settled, newest first
	away      []pos.Summary // paid while nobody looked, oldest first
	attention int           // attempts on the attention list
}

func readSide(ctx context.Context, r pos.Reader, till string, limit int) (s side, err error) {
	s.last, err = r.List(ctx, pos.Filter{Till: till, States: []pos.State{pos.Paid, pos.Failed, pos.Revoked}, Limit: limit})
	if err != nil {
		return s, err
	}
	if s.attention, err = r.Attentions(ctx); err != nil {
		return s, err
	}
	if s.attention > 0 {
		s.away, err = readAway(ctx, r, till)
	}
	return s, err
}

// readAway reads what a cashier may acknowledge.
func readAway(ctx context.Context, r pos.Reader, till string) ([]pos.Summary, error) {
	all, err := r.List(ctx, pos.Filter{Till: till, Attention: true})
	away := slices.DeleteFunc(all, func(s pos.Summary) bool { return s.Attention != pos.AttentionPaidAway })
	slices.Reverse(away)
	return away, err
}

// column draws the right column, width cells wide and exactly height lines.
type column struct {
	pen
	zone  *time.Location
	front pos.OrderNo // marked
	now   time.Time
}

// Lines puts the parts under each other: the last sales take what the open
// ones and the attention list leave.
func (c column) Lines(s side, open []pos.Attempt, broken bool, width, height int) []string {
	below := append(c.opened(open, width), c.attention(s, broken, width)...)
	lines := c.lastSales(s.last, width, height-len(below)-1)
	lines = append(append(lines, ""), below...)
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:max(height, 0)]
}

func (c column) lastSales(last []pos.Summary, width, height int) []string {
	lines := []string{" " + c.strong.Render(c.say("list.last"))}
	if len(last) == 0 {
		lines = append(lines, " "+c.dim.Render(c.say("list.none")))
	}
	for _, s := range last[:min(len(last), max(height-1, 0))] {
		state := ""
		if s.Watch {
			state = c.say("list.checking")
		}
		lines = append(lines, c.row(s, " ", state, width))
	}
	return lines
}

// openMost is how many open sales are listed at most; the rest is counted.
const openMost = 4

func (c column) opened(open []pos.Attempt, width int) []string {
	unsettled := slices.DeleteFunc(slices.Clone(open), func(a pos.Attempt) bool { return a.State.Settled() })
	if len(unsettled) == 0 {
		return nil
	}
	lines := []string{" " + c.strong.Render(c.say("list.open"))}
	for _, a := range unsettled[:min(len(unsettled), openMost)] {
		mark := " "
		if a.OrderNo == c.front {
			mark = c.pointer
		}
		lines = append(lines, c.row(a.Summary, mark, c.age(c.now.Sub(a.CreatedAt)), width))
	}
	if more := len(unsettled) - openMost; more > 0 {
		lines = append(lines, " "+c.dim.Render(c.say("list.more", vars{"N": more})))
	}
	return append(lines, "")
}

func (c column) attention(s side, broken bool, width int) []string {
	title := c.say("list.attention", vars{"N": s.attention})
	if broken {
		return []string{" " + c.bad.Render(c.say("list.unreadable"))}
	}
	if s.attention == 0 {
		return []string{" " + c.dim.Render(title)}
	}
	lines := []string{" " + c.bad.Render(title)}
	for _, a := range s.away[:min(len(s.away), 2)] {
		text := fmt.Sprintf("%s %s %s", c.clock(a.CreatedAt), a.Amount.Decimal(), c.say("list.away"))
		lines = append(lines, " "+c.wait.Render(fitMost(text, width-1)))
	}
	return lines
}

// row is one sale: time, amount, word, and what more there is to say.
func (c column) row(s pos.Summary, mark, more string, width int) string {
	v := verdictOf(s.State)
	line := mark + c.clock(s.CreatedAt) + " " + right(s.Amount.Decimal(), min(max(width-19, 9), 13)-1) + "  " + c.word(v.tone).Render(c.say(v.word))
	if with := line + " " + c.dim.Render(more); more != "" && ansi.StringWidth(with) <= width {
		return with
	}
	return fitMost(line, width)
}

func (c column) clock(t time.Time) string { return t.In(c.zone).Format("15:04") }
