package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cashier/pos"
)

// todayPage is a day at a glance.
type todayPage struct {
	day    string // shown; empty: today, whatever day that is
	got    string // the day that was read; empty: none yet
	totals []pos.Total
	hours  []pos.Hour
	listed int // sales of the day that need a person
	scroll scroll
}

func newTodayPage(*review) *todayPage { return &todayPage{} }

// when is the day that is shown.
func (d *todayPage) when(r *review) string { return cmp.Or(d.day, r.today()) }

func (d *todayPage) read(r *review) {
	day, zone, books := d.when(r), r.o.Zone, r.o.Books
	r.ask(slotToday, func(ctx context.Context) func() {
		totals, err := books.Totals(ctx, day)
		var hours []pos.Hour
		if err == nil {
			hours, err = books.Hours(ctx, day, zone)
		}
		var listed []pos.Summary
		if err == nil {
			listed, err = books.List(ctx, pos.Filter{Day: day, Attention: true, Limit: attentionMost})
		}
		return func() {
			if !r.fails(err) {
				d.got, d.totals, d.hours, d.listed = day, totals, hours, len(listed)
			}
		}
	})
}

func (d *todayPage) press(r *review, s stroke) {
	switch {
	case s.name == "left":
		d.turn(r, -1)
	case s.name == "right":
		d.turn(r, 1)
	case s.r == 't':
		d.day = ""
		d.read(r)
	case s.name == "enter":
		r.turn(tabList)
		r.list.narrow(r, filter{byDay: d.when(r)})
	default:
		d.scroll.press(s, r.height-8)
	}
}

// turn goes to another day; tomorrow is not shown.
func (d *todayPage) turn(r *review, by int) {
	day, err := time.Parse(time.DateOnly, d.when(r))
	if r.fails(err) {
		return
	}
	d.day = day.AddDate(0, 0, by).Format(time.DateOnly)
	if d.day >= r.today() {
		d.day = ""
	}
	d.read(r)
}

func (d *todayPage) hints(*review) []hint {
	hints := []hint{{"Left/Right", "review.key_day"}, {"Enter", "review.key_sales"}}
	if d.day != "" {
		hints = append(hints, hint{"t", "review.key_today"})
	}
	return hints
}

func (d *todayPage) lines(r *review, width, height int) []string {
	title := r.strong.Render(d.when(r))
	if d.day == "" {
		title += "  " + r.say("review.today")
	}
	if d.got != d.when(r) {
		return []string{title}
	}
	if d.listed > 0 {
		title += "  " + r.bad.Render(r.say("list.attention", vars{"N": d.listed}))
	}
	rows := []string{title, ""}
	currencies := d.currencies()
	if len(currencies) == 0 {
		return append(rows, r.dim.Render(r.say("review.no_sales")))
	}
	each := max((height-len(rows))/len(currencies), 12)
	for _, c := range currencies {
		rows = append(rows, d.block(r, c, width, each)...)
	}
	return d.scroll.window(r, rows, height)
}

// currencies are those of the day; the one with the most sales first.
func (d *todayPage) currencies() []pos.Currency {
	n := map[pos.Currency]int{}
	var all []pos.Currency
	for _, t := range d.totals {
		if n[t.Currency] == 0 {
			all = append(all, t.Currency)
		}
		n[t.Currency] += t.Attempts
	}
	slices.SortStableFunc(all, func(a, b pos.Currency) int { return cmp.Compare(n[b], n[a]) })
	return all
}

// Cells of the day's page.
const (
	sumsWidth  = 28
	dayHours   = 24
	leastHour  = 2
	widestHour = 4
	mostChart  = 20 // rows
)

// block is one currency: its hours and its cashiers on the left, its sums on the right.
func (d *todayPage) block(r *review, c pos.Currency, width, height int) []string {
	cell := min(max((width-sumsWidth-2)/dayHours, leastHour), widestHour)
	cashiers := d.cashiers(r, c)
	chart := d.chart(r, c, cell, min(max(height-len(cashiers)-4, 4), mostChart))
	left := append(append(chart, ""), cashiers...)
	sums := d.sums(r, c)
	rows := make([]string, max(len(left), len(sums))+1)
	for i := range rows {
		if i < len(left) {
			rows[i] = left[i]
		}
		if i < len(sums) {
			rows[i] = fit(rows[i], cell*dayHours+2) + sums[i]
		}
	}
	return rows
}

// chart is what came in by the hour in which the sales began.
func (d *todayPage) chart(r *review, c pos.Currency, cell, height int) []string {
	var sums [dayHours]int64
	for _, h := range d.hours {
		if h.Currency == c && h.State == pos.Paid && 0 <= h.Hour && h.Hour < dayHours {
			sums[h.Hour] += h.Minor
		}
	}
	most := slices.Max(sums[:])
	rows := []string{r.dim.Render(r.say("review.by_hour", vars{"Amount": pos.Money{Minor: most, Currency: c}.String()}))}
	for y := height - 1; y >= 0; y-- {
		var b strings.Builder
		for _, sum := range sums {
			b.WriteString(fit(strings.Repeat(r.level(sum, most, y, height), cell-1), cell))
		}
		rows = append(rows, r.good.Render(strings.TrimRight(b.String(), " ")))
	}
	var axis strings.Builder
	for h := 0; h < dayHours; h += 3 {
		axis.WriteString(fit(fmt.Sprint(h), 3*cell))
	}
	return append(rows, r.dim.Render(strings.TrimRight(axis.String(), " ")))
}

// level is the character of a bar in row y (0: the lowest). Whatever is not
// nothing shows.
func (l look) level(sum, most int64, y, height int) string {
	if sum <= 0 || most <= 0 {
		return " "
	}
	steps := int64(len(l.ramp))
	filled := max((sum*steps*int64(height)+most/2)/most, 1) - int64(y)*steps
	switch {
	case filled <= 0:
		return " "
	case filled >= steps:
		return l.ramp[steps-1]
	}
	return l.ramp[filled-1]
}

// sums are the outcomes; what is in doubt stands apart.
func (d *todayPage) sums(r *review, c pos.Currency) []string {
	type sum struct {
		n     int
		minor int64
	}
	by, back := map[string]sum{}, int64(0)
	for _, t := range d.totals {
		if t.Currency != c {
			continue
		}
		key := verdictOf(t.State).word
		if !t.State.Settled() {
			key = "review.open"
		}
		by[key] = sum{by[key].n + t.Attempts, by[key].minor + t.Minor}
		if t.State == pos.Paid {
			back += t.RefundedMinor
		}
	}
	money := func(minor int64) string { return pos.Money{Minor: minor, Currency: c}.Decimal() }
	row := func(t tone, key string) string {
		s := by[key]
		return r.word(t).Render(fit(r.say(key), 11)) + right(fmt.Sprint(s.n), 5) + right(money(s.minor), sumsWidth-16)
	}
	total := func(key string, minor int64) string {
		return fit(r.say(key), 13) + right(money(minor), sumsWidth-13)
	}
	rows := []string{r.strong.Render(string(c)), row(toneGood, "word.paid"), total("review.back", -back),
		r.strong.Render(total("review.stays", by["word.paid"].minor-back)), "", row(toneBad, "word.failed"), row(toneGone, "word.revoked"), ""}
	if open := "review.open"; by[open].n > 0 {
		return append(rows, row(toneWait, open))
	}
	return append(rows, r.dim.Render(r.say("review.none_open")))
}

// cashiers are what each took in and what of it was given back.
func (d *todayPage) cashiers(r *review, c pos.Currency) []string {
	type takings struct {
		name        string
		n           int
		minor, back int64
	}
	var all []takings
	for _, t := range d.totals {
		if t.Currency != c || t.State != pos.Paid {
			continue
		}
		i := slices.IndexFunc(all, func(k takings) bool { return k.name == t.Cashier })
		if i < 0 {
			i, all = len(all), append(all, takings{name: t.Cashier})
		}
		all[i].n, all[i].minor, all[i].back = all[i].n+t.Attempts, all[i].minor+t.Minor, all[i].back+t.RefundedMinor
	}
	var rows []string
	for _, k := range all {
		back := ""
		if k.back > 0 {
			back = pos.Money{Minor: -k.back, Currency: c}.Decimal()
		}
		rows = append(rows, fit(cmp.Or(clean(k.name, 16), r.say("shift.nobody")), 17)+right(fmt.Sprint(k.n), 5)+
			right(pos.Money{Minor: k.minor, Currency: c}.Decimal(), 14)+right(back, 11))
	}
	return rows
}
