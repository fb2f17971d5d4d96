package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cashier/pos"
)

// View is a filter that is kept under a name.
type View struct {
	Name   string
	Filter string // as text: "day=today&state=open"
}

// filterField is one thing by which sales are chosen.
type filterField int

// The fields, in the order of the form; what is searched for is not in it.
const (
	byDay filterField = iota
	byShift
	byCashier
	byTill
	byState
	byCurrency
	byAmount
	byAttention
	byText
	filterFields
)

// fieldKind says how a field is called, in a view's text and in the catalogue,
// and what may be chosen where nothing is typed.
type fieldKind struct {
	name, label string
	choices     []string
	most        int // bytes that may be typed
}

var fieldOf = [filterFields]fieldKind{
	byDay:       {"day", "review.f_day", nil, 10},
	byShift:     {"shift", "review.f_shift", nil, 9},
	byCashier:   {"cashier", "review.f_cashier", nil, 72},
	byTill:      {"till", "review.f_till", nil, 8},
	byState:     {"state", "review.f_state", []string{"", "paid", "failed", "revoked", "open"}, 0},
	byCurrency:  {"currency", "review.f_currency", nil, 3},
	byAmount:    {"amount", "review.f_amount", nil, 16},
	byAttention: {"attention", "review.f_attention", []string{"", "yes"}, 0},
	byText:      {"find", "review.f_find", nil, 64},
}

// statesOf are the states behind a choice.
var statesOf = map[string][]pos.State{
	"paid": {pos.Paid}, "failed": {pos.Failed}, "revoked": {pos.Revoked},
	"open": {pos.Submitting, pos.InDoubt, pos.Revoking, pos.Confirming},
}

// choiceWords are the catalogue's keys of what may be chosen.
var choiceWords = map[string]string{
	"": "review.any", "yes": "review.yes", "paid": "word.paid", "failed": "word.failed", "revoked": "word.revoked", "open": "review.open",
}

// The days that have a word of their own: they mean another day tomorrow.
const (
	dayToday     = "today"
	dayYesterday = "yesterday"
)

// filter is what was typed or chosen, field by field; empty fields do not choose.
type filter [filterFields]string

// String is the filter as a view keeps it.
func (f filter) String() string {
	v := url.Values{}
	for i, text := range f {
		if text != "" {
			v.Set(fieldOf[i].name, text)
		}
	}
	return v.Encode()
}

// parseFilter reads a view's text. What it does not know is an error: a filter
// that is wider than what was kept would show something else.
func parseFilter(text string) (f filter, err error) {
	v, err := url.ParseQuery(text)
	if err != nil {
		return f, err
	}
	for name := range v {
		i := slices.IndexFunc(fieldOf[:], func(k fieldKind) bool { return k.name == name })
		if i < 0 {
			return f, fmt.Errorf("a filter has no %q", name)
		}
		f[i] = v.Get(name)
	}
	return f, nil
}

// narrowed is the filter with one field changed.
func (f filter) narrowed(by filterField, text string) filter {
	f[by] = text
	return f
}

// dayOf is the shop's day that is meant.
func dayOf(text string, now time.Time) (string, bool) {
	switch text {
	case "":
		return "", true
	case dayToday:
		return now.Format(time.DateOnly), true
	case dayYesterday:
		return now.AddDate(0, 0, -1).Format(time.DateOnly), true
	}
	_, err := time.Parse(time.DateOnly, text)
	return text, err == nil
}

// money is the price that is meant; without a currency the till's own.
func (f filter) money(home pos.Currency) (m pos.Money, err error) {
	if m.Currency = pos.Currency(f[byCurrency]); f[byCurrency] != "" {
		m.Currency, err = pos.ParseCurrency(f[byCurrency])
	}
	if err != nil || f[byAmount] == "" {
		return m, err
	}
	return pos.ParseAmount(f[byAmount], cmp.Or(m.Currency, home))
}

// wrong is the first field that says nothing that could be looked for.
func (f filter) wrong(now time.Time, home pos.Currency) (by filterField, is bool) {
	if _, ok := dayOf(f[byDay], now); !ok {
		return byDay, true
	}
	if n, err := strconv.Atoi(cmp.Or(f[byShift], "1")); err != nil || n < 1 {
		return byShift, true
	}
	if _, err := f.narrowed(byAmount, "").money(home); err != nil {
		return byCurrency, true
	}
	_, err := f.money(home)
	return byAmount, err != nil
}

// errNoShift: a filter speaks of a shift that was never closed nor begun.
var errNoShift = errors.New("there is no such shift")

// where is the filter as the books take it.
func (f filter) where(ctx context.Context, b pos.Books, now time.Time, home pos.Currency) (pos.Filter, error) {
	m, err := f.money(home)
	w := pos.Filter{
		Cashier: f[byCashier], Till: f[byTill], States: statesOf[f[byState]], Currency: m.Currency, Minor: m.Minor,
		Attention: f[byAttention] != "", Find: strings.TrimSpace(f[byText]),
	}
	w.Day, _ = dayOf(f[byDay], now)
	if err != nil || f[byShift] == "" {
		return w, err
	}
	n, err := strconv.Atoi(f[byShift])
	if err != nil {
		return w, err
	}
	closings, err := b.Closings(ctx)
	if err != nil {
		return w, err
	}
	w.After, w.Upto, err = shiftOf(closings, n)
	return w, err
}

// shiftOf are the entries of a shift; the running one has no end.
func shiftOf(closings []pos.Closing, n int) (after, upto int64, err error) {
	newest := pos.Closing{}
	for _, c := range closings {
		if c.Number == n {
			return c.After, c.Upto, nil
		}
		if c.Number > newest.Number {
			newest = c
		}
	}
	if n != newest.Number+1 {
		return 0, 0, errNoShift
	}
	return newest.Upto, 0, nil
}

// chips say what is filtered by, above the list.
func (r *review) chips(f filter) []string {
	var chips []string
	for i, text := range f {
		if text == "" {
			continue
		}
		of := fieldOf[i]
		if of.choices != nil {
			text = r.say(choiceWords[text])
		}
		if text == dayToday || text == dayYesterday {
			text = r.dayWord(text)
		}
		if filterField(i) == byAttention {
			chips = append(chips, "["+r.say(of.label)+"]")
			continue
		}
		chips = append(chips, "["+r.say(of.label)+" "+clean(text, 24)+"]")
	}
	return chips
}

// dayWord is today or yesterday in the manager's words.
func (r *review) dayWord(text string) string {
	if text == dayYesterday {
		return r.say("review.yesterday")
	}
	return r.say("review.today")
}
