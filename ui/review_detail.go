package ui

import (
	"context"
	"strings"
	"time"

	"cashier/pos"
)

// detail is one sale: how it stands, what happens next, and how it came to that.
type detail struct {
	no      pos.OrderNo
	entries []pos.Entry
	attempt pos.Attempt // folded from them; zero: not read yet
	scroll  scroll
}

// newDetail shows what is known from a list until the rest is read.
func newDetail(s pos.Summary) *detail {
	return &detail{no: s.OrderNo, attempt: pos.Attempt{Summary: s}}
}

// read folds the sale again.
func (d *detail) read(r *review) {
	books := r.o.Books
	r.ask(slotDetail, func(ctx context.Context) func() {
		entries, err := books.Timeline(ctx, d.no)
		attempt := pos.Attempt{}
		if err == nil {
			attempt, err = pos.Fold(entries)
		}
		return func() {
			if !r.fails(err) {
				d.entries, d.attempt = entries, attempt
			}
		}
	})
}

// known reports whether the sale was read and not only listed.
func (d *detail) known() bool { return d.entries != nil }

func (d *detail) press(r *review, s stroke) {
	switch {
	case s.name == "esc" || s.name == "backspace":
		r.pop()
	case d.scroll.press(s, r.height-8):
	case s.r == 'w':
		r.push(&rawPage{of: d})
	case s.r == 'p':
		r.showCard(d)
	case !r.acts() || !d.known():
	case s.r == 'n':
		r.note(d.attempt.Summary, false)
	case s.r == 'd':
		r.resolve(d.attempt.Summary)
	case s.r == 'b':
		r.giveBack(d)
	case s.r == 'v':
		r.void(d)
	}
}

func (d *detail) hints(r *review) []hint {
	if !r.acts() || !d.known() {
		return detailHints
	}
	var hints []hint
	if d.attempt.CanRefund(least(d.attempt)) == nil {
		hints = append(hints, hint{"b", "review.key_refund"})
	}
	if d.attempt.CanVoid(r.now) == nil {
		hints = append(hints, hint{"v", "review.key_void"})
	}
	hints = append(hints, hint{"n", "review.key_note"})
	if d.attempt.CanResolve() == nil {
		hints = append(hints, hint{"d", "review.key_done"})
	}
	return append(hints, detailHints...)
}

// detailHints are the keys of a detail that change nothing.
var detailHints = []hint{{"p", "review.key_card"}, {"w", "review.key_raw"}, {"Esc", "review.key_back"}}

// least is an amount that can be given back if any can.
func least(a pos.Attempt) pos.Money {
	if a.State != pos.Paid {
		return a.Amount
	}
	return pos.Money{Minor: 1, Currency: a.Amount.Currency}
}

func (d *detail) lines(r *review, width, height int) []string {
	rows := d.header(r, width)
	if d.known() {
		rows = append(rows, "", r.strong.Render(r.say("review.next")))
		for _, sentence := range r.nexts(d.attempt) {
			rows = append(rows, wrap(sentence, width)...)
		}
		rows = append(rows, r.why(d.attempt.Summary, width)...)
		rows = append(rows, "", r.strong.Render(r.say("review.story")))
		rows = append(rows, d.timeline(r, width)...)
	}
	return d.scroll.window(r, rows, height)
}

// header is the verdict, the numbers, and what was given back.
func (d *detail) header(r *review, width int) []string {
	a := d.attempt
	v := verdictOf(a.State)
	rows := []string{
		r.chip(v.tone).Render(r.pad+r.symbol(v.tone, r.beat)+" "+r.say(v.word)+r.pad) + "  " + r.strong.Render(a.Amount.String()) +
			"  " + r.zone(a.CreatedAt).Format("2006-01-02 15:04:05"),
		r.facts("review.our_number", string(a.OrderNo)),
	}
	if a.TransactionID != "" {
		rows = append(rows, r.facts("review.their_number", a.TransactionID))
	}
	var who []string
	for _, text := range []string{a.Cashier, a.Till, a.Ref} {
		if text = clean(text, 40); text != "" {
			who = append(who, text)
		}
	}
	if a.CodeLast4 != "" {
		who = append(who, "***"+clean(a.CodeLast4, 4))
	}
	rows = append(rows, r.dim.Render(strings.Join(who, " "+r.dot+" ")))
	for i, row := range rows {
		rows[i] = fitMost(row, width)
	}
	for _, g := range a.Refunds() {
		rows = append(rows, r.refund(a, g, width)...)
	}
	return rows
}

// facts is a label and what belongs to it.
func (r *review) facts(label, text string) string {
	return r.dim.Render(r.say(label)) + " " + clean(text, 64)
}

// refundWords says how a refund stands.
var refundWords = map[pos.RefundState]string{
	pos.RefundRequested: "review.refund_requested", pos.RefundProcessing: "review.refund_processing",
	pos.Refunded: "review.refund_done", pos.RefundFailed: "review.refund_failed",
}

// refund tells one refund, and why it waits.
func (r *review) refund(a pos.Attempt, g pos.Refund, width int) []string {
	v := vars{"Amount": g.Amount.String(), "Time": r.when(g.UpdatedAt)}
	text := r.say(lookup(refundWords, g.State, "review.refund_requested"), v)
	if !g.State.Settled() && a.Attention == pos.AttentionRefundShort && !a.NextRefund().IsZero() {
		text = r.say("review.refund_short", vars{"Amount": g.Amount.String(), "Time": r.clock(a.NextRefund())})
	}
	var rows []string
	for _, row := range wrap(text, width) {
		rows = append(rows, r.gone.Render(row))
	}
	return rows
}

// nexts say what the program will do by itself.
func (r *review) nexts(a pos.Attempt) []string {
	var all []string
	now := a.InFlight() != ""
	add := func(key string, at time.Time) {
		if at.After(r.now) {
			all = append(all, r.say(key, vars{"Time": r.clock(at)}))
		}
		now = now || !at.IsZero() && !at.After(r.now)
	}
	add("review.next_ask", a.NextAsk())
	add("review.next_revoke", a.NextRevoke())
	add("review.next_refund", a.NextRefund())
	if now {
		all = append([]string{r.say("review.next_now")}, all...)
	}
	if a.Watch {
		all = append(all, r.say("next.watch"))
	}
	if len(all) == 0 {
		all = append(all, r.say("review.next_none"))
	}
	return all
}

// clock is a time to the second, of another day with the day.
func (r *review) clock(t time.Time) string {
	if t = r.zone(t); t.Format(time.DateOnly) != r.today() {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("15:04:05")
}

// timeline puts the story under each other, each step with the time since the
// one before.
func (d *detail) timeline(r *review, width int) []string {
	const indent = 17
	var rows []string
	var before time.Time
	var state pos.State
	for _, m := range r.story(d.entries) {
		at := r.zone(m.at)
		stamp, since := at.Format("15:04:05"), ""
		if !before.IsZero() {
			since = lasted(m.at.Sub(before))
			if at.Format(time.DateOnly) != r.zone(before).Format(time.DateOnly) {
				rows = append(rows, r.dim.Render(at.Format(time.DateOnly)))
			}
		}
		text := m.text
		if m.by != "" {
			text += " (" + clean(m.by, 24) + ")"
		}
		for i, row := range wrap(text, width-indent) {
			if i == 0 {
				row = stamp + " " + r.dim.Render(fit(since, indent-9)) + row
			} else {
				row = strings.Repeat(" ", indent) + row
			}
			rows = append(rows, row)
		}
		if m.state != state && m.state.Settled() {
			v := verdictOf(m.state)
			rows = append(rows, strings.Repeat(" ", indent)+r.word(v.tone).Render(r.symbol(v.tone, 0)+" "+r.say(v.word)))
		}
		before, state = m.at, m.state
	}
	return rows
}

// scroll is how far a page was scrolled.
type scroll int

// press takes the keys that scroll, and reports whether it was one.
func (s *scroll) press(k stroke, page int) bool {
	step, moved := steps(k, max(page, 1))
	if moved {
		*s = max(*s+scroll(step), 0)
	}
	return moved
}

// window is what fits, and a last row that says that there is more.
func (s *scroll) window(r *review, rows []string, height int) []string {
	if len(rows) <= height {
		*s = 0
		return rows
	}
	*s = min(*s, scroll(len(rows)-height+1))
	rest := rows[*s:]
	if len(rest) <= height {
		return rest
	}
	return append(rest[:height-1:height-1], r.dim.Render(r.say("review.more", vars{"N": len(rest) - height + 1})))
}
