package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"cashier/pos"
)

// pageRows is how many sales are read at once.
const pageRows = 60

// listPage is the list of sales, newest first. It never holds more than was
// scrolled through.
type listPage struct {
	filter filter
	rows   []pos.Summary
	at     int  // the chosen one
	top    int  // the first one on the screen
	height int  // rows on the screen
	more   bool // older ones may follow
	loaded bool // an answer to this filter is there

	search *field // what is being searched for; nil: nothing is typed
	before filter // as it was before the search
}

func newListPage() *listPage { return &listPage{height: leastHeight} }

// chosen is the sale that the keys are about.
func (l *listPage) chosen() (pos.Summary, bool) {
	if l.at >= len(l.rows) {
		return pos.Summary{}, false
	}
	return l.rows[l.at], true
}

// span is a piece of the list: the sales before a first entry (0: the newest).
type span struct {
	before int64
	rows   []pos.Summary
}

// read has the newest page read again, and what stands on the screen.
func (l *listPage) read(r *review) {
	spans := []span{{}}
	if l.top+l.height > pageRows && l.top > 0 {
		spans = append(spans, span{before: l.rows[l.top-1].First})
	}
	l.load(r, spans)
}

// load reads pieces of the list. Their answer is dropped when the filter has
// changed meanwhile.
func (l *listPage) load(r *review, spans []span) {
	f, now, o := l.filter, r.zone(r.now), r.o
	r.ask(slotList, func(ctx context.Context) func() {
		where, err := f.where(ctx, o.Books, now, o.Currency)
		for i := 0; i < len(spans) && err == nil; i++ {
			where.Before, where.Limit = spans[i].before, pageRows
			spans[i].rows, err = o.Books.List(ctx, where)
		}
		return func() { l.came(r, spans, err) }
	})
}

func (l *listPage) came(r *review, spans []span, err error) {
	if errors.Is(err, errNoShift) {
		l.rows, l.loaded, l.more = nil, true, false
		r.tell(toneBad, r.say("review.no_shift", vars{"N": l.filter[byShift]}))
		return
	}
	if r.fails(err) {
		return
	}
	was, chosen := l.chosen()
	at := l.at
	for i, s := range spans {
		if gap := l.put(s); gap && i == 0 {
			break
		}
	}
	if !l.loaded {
		l.loaded = true
		return
	}
	defer l.ahead(r)
	if i := slices.IndexFunc(l.rows, func(s pos.Summary) bool { return s.OrderNo == was.OrderNo }); chosen && i >= 0 {
		l.at = i
		if l.top > 0 { // what is looked at stays where it is
			l.top = max(l.top+i-at, 0)
		}
	}
	l.at = min(l.at, max(len(l.rows)-1, 0))
}

// put replaces the part of the list that a piece speaks of. It reports a gap:
// more is new than was read, what lies between is not known, and the list begins
// anew.
func (l *listPage) put(s span) (gap bool) {
	full := len(s.rows) == pageRows
	var newer, older []pos.Summary
	for _, row := range l.rows {
		switch {
		case !l.loaded: // of another filter
		case s.before > 0 && row.First >= s.before:
			newer = append(newer, row)
		case full && row.First < s.rows[pageRows-1].First:
			older = append(older, row)
		}
	}
	if gap = s.before == 0 && full && len(l.rows) == len(older); gap {
		older = nil
	}
	if len(older) == 0 {
		l.more = full
	}
	l.rows = slices.Concat(newer, s.rows, older)
	return gap
}

// narrow begins with another filter.
func (l *listPage) narrow(r *review, f filter) {
	l.filter, l.loaded, l.at, l.top = f, false, 0, 0
	l.load(r, []span{{}})
}

func (l *listPage) press(r *review, s stroke) {
	if l.search != nil && l.searching(r, s) || l.moves(r, s) {
		return
	}
	sale, chosen := l.chosen()
	switch {
	case s.r == '/':
		l.seek()
	case s.r == 'f':
		r.push(newFilterForm(l.filter))
	case s.r == 's':
		r.push(&viewsPage{})
	case s.r == 'x' || s.name == "backspace" || s.name == "delete":
		l.narrow(r, filter{})
	case s.name == "enter" && chosen:
		r.open(sale)
	case s.r == 'p' && chosen:
		r.showCard(r.open(sale))
	}
}

// moves takes the keys that choose a sale, and reports whether it was one.
func (l *listPage) moves(r *review, s stroke) bool {
	step, moved := steps(s, l.height)
	if !moved {
		return false
	}
	l.at = min(max(l.at+step, 0), max(len(l.rows)-1, 0))
	l.ahead(r)
	return true
}

// ahead reads the next page before its first row is needed.
func (l *listPage) ahead(r *review) {
	if n := len(l.rows); l.more && n > 0 && l.at+l.height >= n && r.since[slotList].IsZero() {
		l.load(r, []span{{before: l.rows[n-1].First}})
	}
}

// steps is how far a key moves in a list.
func steps(s stroke, page int) (step int, moved bool) {
	switch {
	case s.name == "up" || s.r == 'k':
		return -1, true
	case s.name == "down" || s.r == 'j':
		return 1, true
	case s.name == "pgup":
		return -page, true
	case s.name == "pgdown":
		return page, true
	case s.name == "home":
		return -1 << 30, true
	}
	return 0, false
}

// field is what is being searched for.
func (l *listPage) field() *field { return l.search }

// seek begins a search, with what was searched for before.
func (l *listPage) seek() {
	l.search, l.before = &field{most: fieldOf[byText].most}, l.filter
	l.search.set(l.filter[byText])
}

// find opens the screen with a search: somebody at the counter asks about one sale.
func (r *review) find() {
	r.tab = tabList
	r.list.seek()
}

// typed has the search begin when the typing pauses.
func (l *listPage) typed(r *review) {
	r.after(slotSearch, searchPause, func() {
		if l.search != nil && l.filter[byText] != l.search.text() {
			l.narrow(r, l.filter.narrowed(byText, l.search.text()))
		}
	})
}

// searching takes the keys of the search, and reports whether it was one.
func (l *listPage) searching(r *review, s stroke) bool {
	switch {
	case l.search.edit(s):
		l.typed(r)
	case s.name == "enter":
		text := l.search.text()
		l.search = nil
		r.drop(slotSearch)
		if text != l.filter[byText] {
			l.narrow(r, l.filter.narrowed(byText, text))
		}
	case s.name == "esc":
		l.search = nil
		r.drop(slotSearch)
		l.narrow(r, l.before)
	default:
		return s.r != 0
	}
	return true
}

func (l *listPage) hints(r *review) []hint {
	if l.search != nil {
		return []hint{{"Enter", "review.key_keep"}, {"Esc", "review.key_drop"}}
	}
	hints := []hint{{"Enter", "review.key_detail"}, {"/", "review.key_search"}, {"f", "review.key_filter"}, {"s", "review.key_views"}}
	if l.filter != (filter{}) {
		hints = append(hints, hint{"x", "review.key_clear"})
	}
	return append(hints, hint{"p", "review.key_card"})
}

func (l *listPage) lines(r *review, width, height int) []string {
	rows := []string{fitMost(l.above(r), width), r.dim.Render(fitMost(r.columns(r.say("review.c_time"), right(r.say("review.c_amount"), 15),
		r.say("review.c_word"), r.say("review.f_cashier"), r.say("review.f_till"), r.say("review.c_number"), r.say("review.c_ref")), width))}
	l.height = max(height-len(rows), 1)
	l.top = min(max(l.top, l.at-l.height+1), l.at)
	if len(l.rows) == 0 && l.loaded {
		return append(rows, "", r.dim.Render(r.say("review.none")))
	}
	for i := l.top; i < min(l.top+l.height, len(l.rows)); i++ {
		rows = append(rows, r.saleRow(l.rows[i], i == l.at, width))
	}
	return rows
}

// above is what is searched and filtered by.
func (l *listPage) above(r *review) string {
	f := l.filter
	var parts []string
	if l.search != nil {
		parts = append(parts, r.key.Render("/")+r.strong.Render(clean(l.search.text(), 40))+r.cursor)
		f[byText] = ""
	}
	parts = append(parts, r.chips(f)...)
	if len(parts) == 0 {
		return r.dim.Render(r.say("review.newest"))
	}
	return strings.Join(parts, " ")
}

// columns puts what a list shows of a sale under each other.
func (r *review) columns(at, amount, word, cashier, till, number, ref string) string {
	return "   " + strings.Join([]string{fit(at, 11), amount, fit(word, 12), fit(cashier, 10), fit(till, 6), fit(number, 6), ref}, " ")
}

// saleRow is one sale in a list.
func (r *review) saleRow(s pos.Summary, chosen bool, width int) string {
	mark, look := "  ", " "
	if chosen {
		mark = r.key.Render(r.pointer) + " "
	}
	if s.Attention != "" {
		look = r.bad.Render("!")
	}
	v := verdictOf(s.State)
	word := r.word(v.tone).Render(r.say(v.word))
	if s.Refunded > 0 || s.Refunding {
		word += " " + r.gone.Render(r.revoked)
	}
	row := r.columns(r.when(s.CreatedAt), right(s.Amount.String(), 15), word, clean(s.Cashier, 10), clean(s.Till, 6), last(string(s.OrderNo), 6), clean(s.Ref, 40))
	line := mark + look + row[3:]
	if chosen {
		line = r.strong.Render(line)
	}
	return fitMost(line, width)
}

// when is the time of a sale; of another day with the day.
func (r *review) when(t time.Time) string {
	t = r.zone(t)
	if t.Format(time.DateOnly) == r.today() {
		return t.Format("15:04:05")
	}
	if t.Year() == r.zone(r.now).Year() {
		return t.Format("01-02 15:04")
	}
	return t.Format(time.DateOnly)
}

// last are the last n characters of a text without others than ASCII.
func last(text string, n int) string { return text[max(len(text)-n, 0):] }
