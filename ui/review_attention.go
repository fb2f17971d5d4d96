package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cashier/pos"
)

// attentionMost is how many sales the attention list shows; the rest is counted.
const attentionMost = 200

// attentionPage is everything that needs a person: sales, the most urgent first and
// of these the newest, and orders of bills that no sale of this journal is.
type attentionPage struct {
	rows  []pos.Summary
	notes []pos.Entry
	total int
	at    int
	top   int
}

func (a *attentionPage) read(r *review) {
	books := r.o.Books
	r.ask(slotAttention, func(ctx context.Context) func() {
		total, err := books.Attentions(ctx)
		var rows []pos.Summary
		if err == nil && total > 0 {
			rows, err = books.List(ctx, pos.Filter{Attention: true, Limit: attentionMost})
			slices.SortStableFunc(rows, func(a, b pos.Summary) int { return b.Attention.Urgency() - a.Attention.Urgency() })
		}
		var notes []pos.Entry
		if err == nil {
			notes, err = books.BillNotes(ctx)
		}
		return func() {
			if !r.fails(err) {
				a.came(rows, notes, total)
			}
		}
	})
}

// came keeps the chosen sale chosen.
func (a *attentionPage) came(rows []pos.Summary, notes []pos.Entry, total int) {
	if s, chosen := a.chosen(); chosen {
		if i := slices.IndexFunc(rows, func(n pos.Summary) bool { return n.OrderNo == s.OrderNo }); i >= 0 {
			a.at = i
		}
	}
	a.rows, a.notes, a.total = rows, notes, total
	a.at = min(a.at, max(len(rows)+len(notes)-1, 0))
}

// chosen is the sale that the keys are about; a note has none.
func (a *attentionPage) chosen() (pos.Summary, bool) {
	if a.at >= len(a.rows) {
		return pos.Summary{}, false
	}
	return a.rows[a.at], true
}

// note is the order of a bill that the keys are about.
func (a *attentionPage) note() (pos.Entry, bool) {
	if i := a.at - len(a.rows); i >= 0 && i < len(a.notes) {
		return a.notes[i], true
	}
	return pos.Entry{}, false
}

// count stands beside the tab's name.
func (a *attentionPage) count() string { return fmt.Sprint(max(a.total, len(a.rows)) + len(a.notes)) }

func (a *attentionPage) press(r *review, s stroke) {
	if step, moved := steps(s, 10); moved {
		a.at = min(max(a.at+step, 0), max(len(a.rows)+len(a.notes)-1, 0))
		return
	}
	if noted, is := a.note(); is && s.r == 'd' && r.acts() {
		r.answerBill(noted)
	}
	sale, chosen := a.chosen()
	switch {
	case !chosen:
	case s.name == "enter":
		r.open(sale)
	case s.r == 'p':
		r.showCard(r.open(sale))
	case !r.acts():
	case s.r == 'n':
		r.note(sale, false)
	case s.r == 'd':
		r.resolve(sale)
	}
}

func (a *attentionPage) hints(r *review) []hint {
	if _, is := a.note(); is && r.acts() {
		return []hint{{"d", "review.key_done"}}
	}
	s, chosen := a.chosen()
	if !chosen {
		return nil
	}
	hints := []hint{{"Enter", "review.key_detail"}, {"p", "review.key_card"}}
	if !r.acts() {
		return hints
	}
	hints = append(hints, hint{"n", "review.key_note"})
	if s.CanResolve() == nil {
		hints = append(hints, hint{"d", "review.key_done"})
	}
	return hints
}

// lines are the list, and below it why the chosen one is on it.
func (a *attentionPage) lines(r *review, width, height int) []string {
	n := len(a.rows) + len(a.notes)
	if n == 0 {
		return []string{r.good.Render(r.say("review.calm"))}
	}
	about := a.about(r, width)
	room := max(height-len(about)-1, 3)
	a.top = min(max(a.top, a.at-room+1), a.at)
	var rows []string
	for i := a.top; i < min(a.top+room, n); i++ {
		if i < len(a.rows) {
			rows = append(rows, r.urgentRow(a.rows[i], i == a.at, width))
		} else {
			rows = append(rows, r.noteRow(a.notes[i-len(a.rows)], i == a.at, width))
		}
	}
	return append(append(rows, ""), about...)
}

func (a *attentionPage) about(r *review, width int) []string {
	if s, chosen := a.chosen(); chosen {
		return r.why(s, width)[1:]
	}
	var rows []string
	for _, row := range wrap(r.say("review.bill_unknown"), width) {
		rows = append(rows, r.bad.Render(row))
	}
	return append(rows, wrap(r.say("review.you_may", vars{"Text": r.say("review.do_bill")}), width)...)
}

// urgentRow is one sale with its reason.
func (r *review) urgentRow(s pos.Summary, chosen bool, width int) string {
	v := verdictOf(s.State)
	return r.marked(chosen, fit(r.when(s.CreatedAt), 11)+" "+right(s.Amount.String(), 15)+" "+r.word(v.tone).Render(fit(r.say(v.word), 10))+" "+r.say(reasonOf(s)), width)
}

// noteRow is an order that stands on a bill alone.
func (r *review) noteRow(e pos.Entry, chosen bool, width int) string {
	n, _ := e.Event.(pos.Noted)
	var said []string
	for _, key := range []string{"day", "order_no", "refund_no", "theirs"} {
		if text := clean(n.Detail[key], 40); text != "" {
			said = append(said, text)
		}
	}
	return r.marked(chosen, fit(r.when(e.At), 11)+" "+strings.Join(said, " "+r.dot+" "), width)
}

// marked is a row of a list, with the pointer before the chosen one.
func (r *review) marked(chosen bool, row string, width int) string {
	if !chosen {
		return fitMost("  "+row, width)
	}
	return fitMost(r.key.Render(r.pointer)+" "+r.strong.Render(row), width)
}

// reasonOf is the sentence about why a sale needs a person.
func reasonOf(s pos.Summary) string {
	switch {
	case s.State == pos.Paid && s.Attention == pos.AttentionPaidLate:
		return "attention.sale_after_failed"
	case s.Attention == pos.AttentionRevokeSlow: // the cashier's says to tell the manager, who reads this one
		return "review.unconfirmed"
	}
	return lookup(attentions, s.Attention, "attention.contradiction")
}

// remedies says what a manager may do about a reason.
var remedies = map[pos.Attention]string{
	pos.AttentionPaidAway: "review.do_goods", pos.AttentionPaidLate: "review.do_wait",
	pos.AttentionConfiguration: "review.do_setup", pos.AttentionSignature: "review.do_setup",
	pos.AttentionMismatch: "review.do_portal", pos.AttentionRevokeSlow: "review.do_wait",
	pos.AttentionRevokeRefused: "review.do_whole", pos.AttentionRefunded: "review.do_portal",
	pos.AttentionBill: "review.do_portal", pos.AttentionContradiction: "review.do_portal",
	pos.AttentionRefundShort: "review.do_fund", pos.AttentionRefundSlow: "review.do_look",
	pos.AttentionRefundAbnormal: "review.do_pay", pos.AttentionRefundFailed: "review.do_again",
}

// why says why a sale is on the attention list, what was tried, whether the till
// goes on by itself, and what a manager may do; nothing for one that is not.
func (r *review) why(s pos.Summary, width int) []string {
	if s.Attention == "" {
		return nil
	}
	rows := []string{""}
	for _, row := range wrap(r.say(reasonOf(s)), width) {
		rows = append(rows, r.bad.Render(row))
	}
	itself := "review.itself_over"
	if s.Busy() {
		itself = "review.itself_on"
	}
	remedy := lookup(remedies, s.Attention, "review.do_portal")
	if s.State == pos.Paid && s.Attention == pos.AttentionPaidLate {
		remedy = "review.do_goods"
	}
	for _, sentence := range []string{
		r.say("review.tried", vars{"Asked": s.Asked, "Revokes": s.Revokes, "Time": r.clock(s.UpdatedAt)}),
		r.say(itself),
		r.say("review.you_may", vars{"Text": r.say(remedy)}),
	} {
		rows = append(rows, wrap(sentence, width)...)
	}
	return rows
}
