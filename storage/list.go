package storage

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"cashier/pos"
)

// defaultLimit is how many summaries a page has if the filter does not say.
const defaultLimit = 50

// List fits pos.Reader. How Find looks stands in find.go.
func (r *Reader) List(ctx context.Context, f pos.Filter) ([]pos.Summary, error) {
	if f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	var found []payment
	for _, state := range statesOf(f) {
		some, err := r.ofState(ctx, f, state)
		if err != nil {
			return nil, fail("list", err)
		}
		found = append(found, some...)
	}
	return merge(found, f.Limit), nil
}

// ofState lists what is in one state: each has an index of its own that already
// has the page's order.
func (r *Reader) ofState(ctx context.Context, f pos.Filter, state pos.State) ([]payment, error) {
	if text := strings.TrimSpace(f.Find); text != "" {
		return r.find(ctx, f, terms(f, state), text)
	}
	return r.ask(ctx, page(f, terms(f, state)))
}

// ask collects what the queries find.
func (r *Reader) ask(ctx context.Context, queries ...query) (found []payment, err error) {
	for _, q := range queries {
		some, err := collect(ctx, r.pool, scanPayment, q.text, q.args...)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return found, nil
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
	text   string
	args   []any
	listed bool  // it lists the attempts by itself: their order is the page's without a sort of whole rows
	behind *term // what it says where another one drives
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
	add := func(given bool, t term) {
		if given {
			ts = append(ts, t)
		}
	}
	is := func(column string, value any) term { return term{text: "%s" + column + " = ?", args: []any{value}} }
	timed := !f.From.IsZero() || !f.To.IsZero()
	day := term{text: "%sday = ?", args: []any{f.Day}, behind: &term{text: withinDay, args: []any{f.Day, f.Day, f.Day}}}
	add(f.Sale != "", is("sale", f.Sale))
	add(f.Attention, among("payments_attention", "attention > ''"))
	add(state != "" && !state.Settled(), term{text: "%sopen = 1 AND state = ?", args: []any{state}})
	add(timed && f.Day != "", day)
	add(timed, among("payments_created", "created_at_ms >= ? AND created_at_ms < ?", msFrom(f.From), msTo(f.To)))
	add(state == pos.Failed || state == pos.Revoked, term{text: "%sstate = ? AND %sstate IN ('failed', 'revoked')", args: []any{state}})
	add(f.Minor != 0, is("amount_minor", f.Minor))
	add(f.Cashier != "", is("cashier", f.Cashier))
	add(!timed && f.Day != "", day)
	add(f.Currency != "", is("currency", f.Currency))
	add(f.Till != "", is("till", f.Till))
	add(state == pos.Paid, term{text: "+state = ?", args: []any{state}}) // most are paid: a walk finds them soon
	return ts
}

// among is a range of an index. SQLite would walk all of payments in the page's
// order rather than sort: it is given the attempts of the range instead.
func among(index, condition string, args ...any) term {
	return term{text: "first_seq IN (SELECT first_seq FROM payments INDEXED BY " + index + " WHERE " + condition + ")", args: args, listed: true,
		behind: &term{text: condition, args: args}}
}

// withinDay is a day for an index that ends in first_seq: the entries of a day
// stand close together.
const withinDay = `first_seq BETWEEN coalesce((SELECT first_seq FROM payments WHERE day = ? ORDER BY first_seq LIMIT 1), 1)
	AND coalesce((SELECT first_seq FROM payments WHERE day = ? ORDER BY first_seq DESC LIMIT 1), 0) AND +day = ?`

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

// page selects the newest attempts before f.Before that meet every term.
func page(f pos.Filter, ts []term) query {
	where, args := conditions(f, ts)
	return query{"SELECT " + paymentColumns + " FROM payments" + where + " ORDER BY first_seq DESC LIMIT ?", append(args, f.Limit)}
}

// conditions is the WHERE of ts, driven by the first of them, or by the page's
// key if there is none.
func conditions(f pos.Filter, ts []term) (where string, args []any) {
	texts, key := []string{}, "first_seq > ? AND first_seq < ?"
	for i, t := range ts {
		plus := "+"
		if i == 0 {
			plus = ""
		} else if t.behind != nil {
			t = *t.behind
		}
		texts = append(texts, strings.ReplaceAll(t.text, "%s", plus))
		args = append(args, t.args...)
	}
	if len(ts) > 0 && ts[0].listed {
		key = "+first_seq > ? AND +first_seq < ?"
	}
	return " WHERE " + strings.Join(append(texts, key), " AND "), append(args, f.After, below(f))
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
