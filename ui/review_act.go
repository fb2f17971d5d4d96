package ui

import (
	"context"
	"errors"
	"strings"

	"cashier/pos"
)

// What a manager does to a sale. Everything goes through the office, which asks
// whether it is allowed and writes it down; the screen says what has come of it.

// act has the office do something, and then has its outcome told. One thing is
// done at a time.
func (r *review) act(does func(context.Context) (func(), error)) {
	if !r.since[slotAct].IsZero() {
		r.refuse(r.say("act.busy"))
		return
	}
	r.tell(toneWait, r.say("act.doing"))
	r.ask(slotAct, func(ctx context.Context) func() {
		done, err := does(context.WithoutCancel(ctx)) // leaving the screen takes nothing back
		return func() {
			if err != nil {
				r.report(err)
				r.refuse(r.refusal(err))
			} else {
				done()
			}
			r.tabs[r.tab].read(r)
			if r.shown != nil {
				r.shown.read(r)
			}
		}
	})
}

// says tells that something was done.
func (r *review) says(text string) func() { return func() { r.tell(toneGood, text) } }

// refusedBy says why the till or the office refuses something.
var refusedBy = []struct {
	err error
	key string
}{
	{pos.ErrVoidUnpaid, "act.unpaid"}, {pos.ErrVoidMethod, "act.void_method"}, {pos.ErrVoidRefunded, "act.void_refunded"},
	{pos.ErrVoidLate, "act.void_late"}, {pos.ErrRefundUnpaid, "act.unpaid"}, {pos.ErrRefundBusy, "act.refund_busy"},
	{pos.ErrRefundWhole, "act.refund_whole"}, {pos.ErrRefundMany, "act.refund_many"}, {pos.ErrRevokeForeign, "revoke.foreign"},
	{pos.ErrRevokeBusy, "act.revoke_busy"}, {pos.ErrNothingToResolve, "act.not_listed"}, {pos.ErrStillWorking, "act.working"},
	{pos.ErrOpenSales, "shift.open_sales"},
}

// refusal is the sentence about an error.
func (r *review) refusal(err error) string {
	for _, by := range refusedBy {
		if errors.Is(err, by.err) {
			return r.say(by.key)
		}
	}
	text := err.Error()
	if hint := pos.HintOf(err); hint != "" {
		text += "; " + hint
	}
	return r.say("act.refused", vars{"Why": clean(text, 2*leastWidth)})
}

// asking is a question over the page, answered by y or n and never by Enter.
type asking struct {
	question
	yes func(*review)
}

// confirm lays a question on top.
func (r *review) confirm(lines []string, yes func(*review)) {
	q := &asking{question{lines: lines}, yes}
	q.Disturb(r.now)
	r.push(q)
}

func (q *asking) read(*review) {}

func (q *asking) press(r *review, s stroke) {
	choice := undecided
	switch {
	case s.r == 'y':
		choice = q.Answer(chosenYes, r.now)
	case s.r == 'n':
		choice = q.Answer(chosenNo, r.now)
	case s.name == "esc": // whoever sends it: no changes nothing
		choice = chosenNo
	default:
		q.Disturb(r.now)
	}
	if choice == undecided {
		return
	}
	r.pop()
	if choice == chosenYes {
		q.yes(r)
	}
}

func (q *asking) hints(*review) []hint { return []hint{{"y", "key.yes"}, {"n", "key.no"}} }

// lines are the question and, always, how to answer it.
func (q *asking) lines(r *review, width, height int) []string {
	rows := []string{""}
	for _, sentence := range q.question.lines {
		for _, row := range wrap(sentence, width-4) {
			rows = append(rows, "  "+r.wait.Render(row))
		}
	}
	rows = append(rows[:min(len(rows), height-2)], "")
	return append(rows, "  "+r.keycap("y")+" "+r.say("question.yes")+"   "+r.keycap("n")+" "+r.say("question.no"))
}

// form is a few lines of text for something that is about to be done.
type form struct {
	title  string
	about  []string // sentences below it
	labels []string
	fields []*field
	at     int
	done   func(r *review, texts []string) // the last line was ended
}

func (f *form) field() *field { return f.fields[f.at] }

func (f *form) typed(*review) {}

func (f *form) read(*review) {}

func (f *form) press(r *review, s stroke) {
	switch {
	case f.field().edit(s):
	case s.name == "esc":
		r.pop()
	case s.name == "up" || s.name == "shift+tab":
		f.at = max(f.at-1, 0)
	case s.name == "down" || s.name == "tab":
		f.at = min(f.at+1, len(f.fields)-1)
	case s.name == "enter" && f.at+1 < len(f.fields):
		f.at++
	case s.name == "enter":
		texts := make([]string, len(f.fields))
		for i, field := range f.fields {
			texts[i] = strings.TrimSpace(field.text())
		}
		f.done(r, texts)
	}
}

func (f *form) hints(*review) []hint {
	return []hint{{"Enter", "review.key_on"}, {"Up/Down", "review.key_line"}, {"Backspace", "review.key_erase"}, {"Esc", "review.key_drop"}}
}

func (f *form) lines(r *review, width, _ int) []string {
	rows := []string{r.strong.Render(fitMost(f.title, width)), ""}
	for i, field := range f.fields {
		mark, text := "  ", clean(field.shown(), width-24)
		if i == f.at {
			mark, text = r.key.Render(r.pointer)+" ", r.strong.Render(text)+r.cursor
		}
		rows = append(rows, mark+fit(r.say(f.labels[i]), 18)+text)
	}
	for _, sentence := range f.about {
		rows = append(rows, "")
		for _, row := range wrap(sentence, width) {
			rows = append(rows, r.dim.Render(row))
		}
	}
	return rows
}

// mostReason is how many bytes a reason or a note may have.
const mostReason = 80

// giveBack asks how much of a sale goes back, and why.
func (r *review) giveBack(d *detail) {
	a := d.attempt
	if err := a.CanRefund(least(a)); err != nil {
		r.refuse(r.refusal(err))
		return
	}
	left := a.Refundable()
	amount := &field{most: 16, only: "0123456789."}
	amount.set(left.Decimal())
	amount.preset = true
	f := &form{
		title:  r.say("act.refund_title", vars{"Amount": a.Amount.String(), "Time": r.when(a.CreatedAt)}),
		about:  []string{r.say("act.refund_left", vars{"Amount": left.String()})},
		labels: []string{"act.amount", "act.reason"},
		fields: []*field{amount, {most: mostReason}},
	}
	f.done = func(r *review, texts []string) { r.askToGiveBack(d, f, texts[0], texts[1]) }
	r.push(f)
}

// askToGiveBack refuses what the till would refuse, and else says what will happen.
func (r *review) askToGiveBack(d *detail, f *form, amount, reason string) {
	a := d.attempt // as it stands by now
	m, err := pos.ParseAmount(amount, a.Amount.Currency)
	if err != nil {
		f.at = 0
		r.refuse(r.say("act.bad_amount", vars{"Amount": a.Refundable().String()}))
		return
	}
	if err := a.CanRefund(m); err != nil {
		f.at = 0
		if m.Minor > a.Refundable().Minor {
			r.refuse(r.say("act.bad_amount", vars{"Amount": a.Refundable().String()}))
		} else {
			r.refuse(r.refusal(err))
		}
		return
	}
	if reason == "" {
		r.refuse(r.say("act.no_reason"))
		return
	}
	r.confirm([]string{
		r.say("act.refund_ask", vars{"Amount": m.String(), "Price": a.Amount.String()}), r.say("act.refund_when"), r.say("act.final"),
	}, func(r *review) {
		r.pop() // the form
		office, who := r.o.Office, r.o.Who
		done := r.says(r.say("act.refund_done", vars{"Amount": m.String()}))
		r.act(func(ctx context.Context) (func(), error) {
			_, err := office.Refund(ctx, who, d.no, m, reason)
			return done, err
		})
	})
}

// void asks why a sale is taken back whole.
func (r *review) void(d *detail) {
	a := d.attempt
	if err := a.CanVoid(r.now); err != nil {
		r.refuse(r.refusal(err))
		return
	}
	f := &form{
		title:  r.say("act.void_title", vars{"Amount": a.Amount.String(), "Time": r.when(a.CreatedAt)}),
		labels: []string{"act.reason"},
		fields: []*field{{most: mostReason}},
	}
	f.done = func(r *review, texts []string) {
		if texts[0] == "" {
			r.refuse(r.say("act.no_reason"))
			return
		}
		r.confirm([]string{
			r.say("act.void_ask", vars{"Amount": a.Amount.String()}), r.say("act.void_else"), r.say("act.final"),
		}, func(r *review) {
			r.pop() // the form
			office, who, done := r.o.Office, r.o.Who, r.says(r.say("act.void_done"))
			r.act(func(ctx context.Context) (func(), error) {
				_, err := office.Void(ctx, who, d.no, texts[0])
				return done, err
			})
		})
	}
	r.push(f)
}

// resolve takes a sale off the attention list, if it may leave it.
func (r *review) resolve(s pos.Summary) {
	if err := s.CanResolve(); err != nil {
		r.refuse(r.refusal(err))
		return
	}
	r.note(s, true)
}

// note asks for what is known of a sale; resolving takes it off the list too.
func (r *review) note(s pos.Summary, resolving bool) {
	about, done, does := "act.note_about", "act.noted", r.o.Office.Annotate
	if resolving {
		about, done, does = "act.resolve_about", "act.resolved", r.o.Office.Resolve
	}
	r.write(string(s.OrderNo)+"  "+s.Amount.String(), about, done, func(ctx context.Context, text string) error {
		return does(ctx, r.o.Who, s.OrderNo, text)
	})
}

// answerBill takes an order that only a bill knows off the list.
func (r *review) answerBill(noted pos.Entry) {
	title := clean(noted.Event.(pos.Noted).Detail["order_no"], 40)
	r.write(title, "act.resolve_about", "act.resolved", func(ctx context.Context, text string) error {
		return r.o.Office.AnswerBill(ctx, r.o.Who, noted.Seq, text)
	})
}

// write asks for a few words and has them written down.
func (r *review) write(title, about, done string, does func(context.Context, string) error) {
	f := &form{title: title, about: []string{r.say(about)}, labels: []string{"act.note"}, fields: []*field{{most: mostReason}}}
	f.done = func(r *review, texts []string) {
		if texts[0] == "" {
			r.refuse(r.say("act.no_note"))
			return
		}
		r.pop()
		r.act(func(ctx context.Context) (func(), error) { return r.says(r.say(done)), does(ctx, texts[0]) })
	}
	r.push(f)
}
