package storage

import (
	"context"
	"strings"
	"unicode/utf8"

	"cashier/pos"
)

// A text is found in the whole journal where an index can find it: as a whole
// order number, transaction id, ref or amount, and from four characters on as the
// beginning or the end of an order number or transaction id. In the middle of
// one, or of a ref, it is found in the newest attempts that the rest of the
// filter selects.
const (
	// window is how many attempts are searched for a text in the middle.
	window = 20_000

	// maxRange is how many numbers that begin with a text are looked at, the
	// highest first: more than a till sells on a day.
	maxRange = 5_000

	// minEnd is how much of a beginning or an end an index needs.
	minEnd = 4
)

// find lists what has the text in it. What the window does not have is older than
// everything in it, so that a full page needs no look at the rest.
func (r *Reader) find(ctx context.Context, f pos.Filter, ts []term, text string) ([]payment, error) {
	whole, err := r.ask(ctx, wholeNumber(f, ts, text)...)
	if err != nil || len(whole) > 0 {
		return whole, err
	}
	found, err := r.ask(ctx, search(f, ts, text))
	if err == nil && len(found) < f.Limit {
		var rest []payment
		rest, err = r.ask(ctx, ends(f, ts, text)...)
		found = append(found, rest...)
	}
	if err != nil {
		return nil, err
	}
	sums, err := r.ask(ctx, amounts(f, ts, text)...)
	return append(found, sums...), err
}

// wholeNumber selects the order that has the number, or WeChat Pay's number.
func wholeNumber(f pos.Filter, ts []term, text string) []query {
	return []query{
		page(f, driven(ts, term{text: "%sorder_no = ?", args: []any{strings.ToUpper(text)}})),
		page(f, driven(ts, term{text: "%stransaction_id = ? AND transaction_id <> ''", args: []any{text}})),
	}
}

// driven are the terms with another one that drives.
func driven(ts []term, by term) []term { return append([]term{by}, ts...) }

// amounts selects those of that price, with two decimals or with none.
func amounts(f pos.Filter, ts []term, text string) (all []query) {
	for _, currency := range []pos.Currency{"CNY", "JPY"} {
		if m, err := pos.ParseAmount(text, currency); err == nil {
			all = append(all, page(f, driven(ts, term{text: "%samount_minor = ?", args: []any{m.Minor}})))
		}
	}
	return all
}

// search looks for text inside of the fields of the newest attempts that meet
// every term.
func search(f pos.Filter, ts []term, text string) query {
	where, args := conditions(f, ts)
	like := pattern("%", text, "%")
	return query{
		"SELECT " + paymentColumns + ` FROM payments WHERE first_seq IN (SELECT first_seq FROM (
			SELECT first_seq, order_no, transaction_id, ref FROM payments` + where + ` ORDER BY first_seq DESC LIMIT ?)
			WHERE order_no LIKE ? ESCAPE '\' OR transaction_id LIKE ? ESCAPE '\' OR ref <> '' AND ref LIKE ? ESCAPE '\' LIMIT ?)
		ORDER BY first_seq DESC`,
		append(args, window, like, like, like, f.Limit),
	}
}

// pattern is a text for LIKE, as it is.
func pattern(before, text, after string) string {
	return before + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + after
}

// ends select, in the whole journal, what is the text, begins or ends with it.
func ends(f pos.Filter, ts []term, text string) []query {
	all := []query{
		page(f, driven(ts, term{text: "%sref = ? AND ref <> ''", args: []any{text}})),
	}
	if utf8.RuneCountInString(text) < minEnd {
		return all
	}
	no := strings.ToUpper(text)
	return append(all,
		page(f, driven(ts, beginning(f, "order_no", "sqlite_autoindex_payments_1", no))),
		page(f, driven(ts, beginning(f, "transaction_id", "payments_transaction", text))),
		page(f, driven(ts, ending("order_no", no))),
		page(f, driven(ts, ending("transaction_id", text))))
}

// ending is what ends with the text: its last four characters have an index.
func ending(column, text string) term {
	runes := []rune(text)
	return term{
		text: "substr(" + column + ", -4) = ? AND " + column + " <> '' AND " + column + ` LIKE ? ESCAPE '\'`,
		args: []any{string(runes[len(runes)-minEnd:]), pattern("%", text, "")},
	}
}

// beginning is what begins with the text, of the highest numbers before the page.
func beginning(f pos.Filter, column, index, text string) term {
	return term{
		text: "first_seq IN (SELECT first_seq FROM payments INDEXED BY " + index + " WHERE " + column + " >= ? AND " + column + " < ? AND " +
			column + " <> '' AND first_seq < ? ORDER BY " + column + " DESC LIMIT ?)",
		listed: true,
		args:   []any{text, text + "\U0010FFFF", below(f), maxRange}, // the last code point is above all that can follow
	}
}
