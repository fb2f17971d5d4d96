package storage

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cashier/pos"
)

// Columns of a table of attempts. They are a contract: new ones go to the end.
var Columns = []string{"order_no", "sale", "attempt", "state", "watch", "attention", "amount", "amount_minor", "currency",
	"transaction_id", "recall", "reason", "cashier", "till", "ref", "created_at", "updated_at", "asked", "revokes", "method", "practice",
	"refunded_minor", "refunding"}

// stamp is how a table writes a time: milliseconds, in the table's zone.
const stamp = "2006-01-02T15:04:05.000Z07:00"

// Table writes attempts as CSV in UTF-8, with a byte order mark, that a
// spreadsheet opens without harm.
type Table struct {
	w    *csv.Writer
	zone *time.Location
	head error
}

// NewTable begins a table with the names of its columns.
func NewTable(w io.Writer, zone *time.Location) *Table {
	t := &Table{w: csv.NewWriter(w), zone: zone}
	t.head = t.w.Write(append([]string{"\ufeff" + Columns[0]}, Columns[1:]...))
	return t
}

// Put writes one attempt. Amounts are numbers of ours; texts are made harmless.
func (t *Table) Put(s pos.Summary) error {
	return t.w.Write([]string{string(s.OrderNo), string(s.Sale), strconv.Itoa(s.Number), string(s.State),
		strconv.FormatBool(s.Watch), string(s.Attention), s.Amount.Decimal(), strconv.FormatInt(s.Amount.Minor, 10),
		string(s.Amount.Currency), cell(s.TransactionID), string(s.Recall), string(s.Reason), cell(s.Cashier), cell(s.Till), cell(s.Ref),
		s.CreatedAt.In(t.zone).Format(stamp), s.UpdatedAt.In(t.zone).Format(stamp), strconv.Itoa(s.Asked), strconv.Itoa(s.Revokes),
		string(s.Method), strconv.FormatBool(s.Practice), strconv.FormatInt(s.Refunded, 10), strconv.FormatBool(s.Refunding)})
}

// Flush writes what is left and reports the first error of all.
func (t *Table) Flush() error {
	t.w.Flush()
	return errors.Join(t.head, t.w.Error())
}

// formula are the characters that begin a formula in some spreadsheet, those of
// full width in Chinese and Japanese ones.
const formula = "=+-@＝＋－＠"

// cell makes a text harmless in a spreadsheet: what would begin a formula gets an
// apostrophe in front, and so does what begins with apostrophes before it, so that
// taking one away always gives the text back. What could act on a terminal, line
// ends included, is left out.
func cell(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "'")); strings.ContainsRune(formula, first) {
		return "'" + text
	}
	return text
}
