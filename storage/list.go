package storage

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"cashier/pos"
)

const (
	// defaultLimit is how many summaries a page has if the filter does not say.
	defaultLimit = 50

	// window is how many attempts, of those that the rest of the filter
	// selects, are searched for a text in the middle of a field; newest first.
	window = 20_000

	// minPrefix is how much of an order number must be given for all of the
	// journal to be searched for what begins with it: till id and date.
	minPrefix = 8
)

// List fits pos.Reader. Find looks through the whole journal for order numbers
// that begin with the text, and for a transaction id, ref or amount equal to
// it; for the text inside of one of these, through the newest 20,000 attempts
// that the rest of the filter selects (with Day: through the day).
func (r *Reader) List(ctx context.Context, f pos.Filter) ([]pos.Summary, error) {
	if f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	var found []payment
	for _, q := range queries(f) {
		some, err := collect(ctx, r.pool, scanPayment, q.text, q.args...)
		if err != nil {
			return nil, fail("list", err)
		}
		found = append(found, some...)
	}
	return merge(found, f.Limit), nil
}

// merge puts what several queries found in order, newest first, each once.
func merge(found []payment, limit int) []pos.Summary {
	slices.SortFunc(found, func(a, b payment) int { return int(b.First - a.First) })
	found = slices.CompactFunc(found, func(a, b payment) bool { return a.First == b.First })
	found = found[:min(len(found), limit)]
	list := make([]pos.Summary, len(found))
	for i, p := range found {
		list[i] = p.Summary
	}
	return list
}

// query is a text of SQL and its arguments.
type query struct {
	text string
	args []any
}

// term is one condition. Each %s in its text stands before a column and is
// filled with "" for the term whose index drives the query and with "+", which
// keeps SQLite from using an index, for every other.
type term struct {
	text  string
	args  []any
	index string // of a range: it must be named, or SQLite walks all of payments
}

// queries are those whose results together are the page: for each state and
// each way in which the text may be found one of its own, because each has an
// index of its own that already has the page's order.
func queries(f pos.Filter) []query {
	var all []query
	for _, state := range statesOf(f) {
		others := terms(f, state)
		for _, way := range findTerms(f.Find) {
			all = append(all, page(f, append([]term{way}, others...)))
		}
		if text := strings.TrimSpace(f.Find); text != "" {
			all = append(all, search(f, others, text))
		} else {
			all = append(all, page(f, others))
		}
	}
	return all
}

// statesOf are the states to select one by one; "" selects every state.
func statesOf(f pos.Filter) []pos.State {
	if len(f.States) == 0 {
		return []pos.State{""}
	}
	return f.States
}

// terms are the filter's conditions, the most selective first.
func terms(f pos.Filter, state pos.State) []term {
	var ts []term
	add := func(given bool, text, index string, args ...any) {
		if given {
			ts = append(ts, term{text, args, index})
		}
	}
	add(f.Sale != "", "%ssale = ?", "", f.Sale)
	add(f.Day != "", "%sday = ?", "", f.Day)
	add(!f.From.IsZero() || !f.To.IsZero(), "%screated_at_ms >= ? AND %screated_at_ms < ?", "payments_created", msFrom(f.From), msTo(f.To))
	add(f.Attention, "%sattention > ''", "payments_attention")
	add(state == pos.Failed || state == pos.Revoked, "%sstate = ? AND state IN ('failed', 'revoked')", "", state)
	add(state != "" && !state.Settled(), "%sopen = 1 AND state = ?", "", state)
	add(f.Minor != 0, "%samount_minor = ?", "", f.Minor)
	add(f.Cashier != "", "%scashier = ?", "", f.Cashier)
	add(f.Currency != "", "%scurrency = ?", "", f.Currency)
	add(f.Till != "", "%still = ?", "", f.Till)
	add(state == pos.Paid, "+state = ?", "", state) // most are paid: a walk finds them soon
	return ts
}

// msFrom and msTo are the bounds of a time range; a zero time is no bound.
// Stored times are whole milliseconds: a part of one rounds up.
func msFrom(t time.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.Add(time.Millisecond - 1).UnixMilli()
}

func msTo(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return msFrom(t)
}

// findTerms are the ways to find a text through an index.
func findTerms(text string) []term {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	ts := []term{
		{text: "%stransaction_id = ? AND transaction_id <> ''", args: []any{text}},
		{text: "%sref = ? AND ref <> ''", args: []any{text}},
	}
	for _, currency := range []pos.Currency{"CNY", "JPY"} { // with two decimals, with none
		if m, err := pos.ParseAmount(text, currency); err == nil {
			ts = append(ts, term{text: "%samount_minor = ?", args: []any{m.Minor}})
		}
	}
	if no := strings.ToUpper(text); len(no) >= minPrefix {
		// The last code point is above all that can follow the prefix.
		ts = append(ts, term{"%sorder_no >= ? AND %sorder_no < ?", []any{no, no + "\U0010FFFF"}, "sqlite_autoindex_payments_1"})
	}
	return ts
}

// page selects the newest attempts before f.Before that meet every term.
func page(f pos.Filter, ts []term) query {
	where, args := conditions(f, ts)
	return query{"SELECT " + paymentColumns + " FROM payments" + where + " ORDER BY first_seq DESC LIMIT ?", append(args, f.Limit)}
}

// search looks for text inside of the fields of the newest attempts that meet
// every term.
func search(f pos.Filter, ts []term, text string) query {
	where, args := conditions(f, ts)
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
	return query{
		"SELECT " + paymentColumns + " FROM (SELECT * FROM payments" + where + ` ORDER BY first_seq DESC LIMIT ?)
		WHERE order_no LIKE ? ESCAPE '\' OR transaction_id LIKE ? ESCAPE '\' OR ref LIKE ? ESCAPE '\'
		ORDER BY first_seq DESC LIMIT ?`,
		append(args, window, pattern, pattern, pattern, f.Limit),
	}
}

// conditions is the WHERE of ts, driven by the first of them, or by the page's
// key if there is none.
func conditions(f pos.Filter, ts []term) (where string, args []any) {
	texts, key := []string{}, "first_seq > ? AND first_seq < ?"
	for i, t := range ts {
		plus := "+"
		if i == 0 {
			plus = ""
		}
		texts = append(texts, strings.ReplaceAll(t.text, "%s", plus))
		args = append(args, t.args...)
	}
	if len(ts) > 0 && ts[0].index != "" {
		where, key = fmt.Sprintf(" INDEXED BY %s", ts[0].index), "+first_seq > ? AND +first_seq < ?"
	}
	return where + " WHERE " + strings.Join(append(texts, key), " AND "), append(args, f.After, below(f))
}

// below is the first entry that is too new for the page and for the shift.
func below(f pos.Filter) int64 {
	end := int64(math.MaxInt64)
	if f.Before > 0 {
		end = f.Before
	}
	if f.Upto > 0 {
		end = min(end, f.Upto+1)
	}
	return end
}
