package ui

import (
	"strings"
	"time"

	"cashier/pos"
)

// card answers the question of a customer at the counter: was it paid? It is
// shown to them, in English or in Chinese, whatever the till's language is.
type card struct {
	of      *detail
	words   [2]words
	chinese int // 1: in Chinese
}

// showCard lays the card over a detail.
func (r *review) showCard(d *detail) {
	chinese := "zh-Hans"
	if strings.HasPrefix(r.o.Language, "zh") {
		chinese = r.o.Language
	}
	c := &card{of: d}
	for i, lang := range []string{"en", chinese} {
		w, err := newWords(lang)
		if err != nil {
			r.fault(err)
			return
		}
		c.words[i] = w
	}
	if strings.HasPrefix(r.o.Language, "zh") {
		c.chinese = 1
	}
	r.push(c)
}

func (c *card) read(*review) {}

func (c *card) press(r *review, s stroke) {
	switch {
	case s.name == "esc" || s.name == "backspace" || s.r == 'p':
		r.pop()
	case s.r == 'e':
		c.chinese = 1 - c.chinese
	}
}

func (c *card) hints(*review) []hint {
	other := [...]string{"card.in_chinese", "card.in_english"}[c.chinese]
	return []hint{{"Esc", "review.key_back"}, {"e", other}}
}

func (c *card) lines(r *review, width, height int) []string {
	p := pen{c.words[c.chinese], r.look}
	a := c.of.attempt
	width = min(width-4, 68)
	facts := []string{p.strong.Render(clean(r.o.Store, width)), "",
		p.fact("card.amount", a.Amount.String()), p.fact("card.time", r.zone(a.CreatedAt).Format("2006-01-02 15:04:05")), ""}
	tone, verdict := p.verdict(a, r.o.Zone)
	if !c.of.known() {
		tone, verdict = toneWait, []string{p.say("review.reading")}
	}
	for i, sentence := range verdict {
		for _, row := range wrap(sentence, width) {
			if i == 0 {
				row = p.word(tone).Bold(true).Render(row)
			}
			facts = append(facts, row)
		}
	}
	facts = append(facts, "")
	if a.TransactionID != "" {
		facts = append(facts, p.fact("card.theirs", fours(clean(a.TransactionID, 64))))
	}
	facts = append(facts, p.fact("card.ours", clean(string(a.OrderNo), 32)))
	if r.o.Practice {
		facts = append(facts, "", p.practice.Render(p.pad+p.say("head.practice")+p.pad))
	}
	rows := make([]string, max((height-len(facts))/4, 0))
	for _, fact := range facts {
		rows = append(rows, "    "+fact)
	}
	return rows
}

func (p pen) fact(label, text string) string { return p.dim.Render(fit(p.say(label), 22)) + text }

// fours groups a number as the customer's own bill shows it.
func fours(number string) string {
	var groups []string
	for ; len(number) > 4; number = number[4:] {
		groups = append(groups, number[:4])
	}
	return strings.Join(append(groups, number), " ")
}

// verdict is the answer: the first sentence says yes, no or not yet, the others
// what more there is to know.
func (p pen) verdict(a pos.Attempt, zone *time.Location) (tone, []string) {
	v := vars{"Amount": a.Amount.String()}
	t, all := toneWait, []string{p.say("card.unknown"), p.say("card.wait")}
	switch a.State {
	case pos.Paid:
		t, all = toneGood, []string{p.say("card.yes", v)}
	case pos.Failed:
		t, all = toneBad, []string{p.say("card.no")}
	case pos.Revoked:
		t, all = toneGone, []string{p.say(p.revokedFor(a), v)}
	case pos.Revoking, pos.Confirming:
		all = []string{p.say("card.revoking"), p.say("card.wait")}
		if a.PaidSeen() {
			all[0] = p.say("card.returning", v)
		}
	case pos.Submitting, pos.InDoubt:
	}
	all = append(all, p.givenBack(a, zone)...)
	if a.Watch {
		all = append(all, p.say("card.watch"))
	}
	if a.Attention != "" && a.State.Settled() {
		all = append(all, p.say("card.person"))
	}
	return t, all
}

// revokedFor is the key of what a revoked order means to who may have paid it.
func (p pen) revokedFor(a pos.Attempt) string {
	switch {
	case a.Refunded > 0:
		return "card.was"
	case a.Reason == pos.ReasonVoided:
		return "card.voided"
	case a.Reason == pos.ReasonRefunded:
		return "card.elsewhere"
	case a.PaidSeen():
		return "card.returned"
	}
	return "card.closed"
}

// givenBack tells what of it went back, or is about to.
func (p pen) givenBack(a pos.Attempt, zone *time.Location) []string {
	var all []string
	for _, g := range a.Refunds() {
		v := vars{"Amount": g.Amount.String(), "Time": g.UpdatedAt.In(zone).Format("2006-01-02 15:04")}
		switch g.State {
		case pos.Refunded:
			all = append(all, p.say("card.back", v))
		case pos.RefundRequested, pos.RefundProcessing:
			v["Time"] = g.CreatedAt.In(zone).Format("2006-01-02 15:04")
			all = append(all, p.say("card.going", v))
		case pos.RefundFailed:
		}
	}
	return all
}
