package cli

import (
	"fmt"
	"time"

	"cashier/pos"
	"cashier/ui"
)

// closingHelp says what the report of a shift is in --json.
const closingHelp = `With --json: number, at, by, opened_at, opened_by, after and upto (the entries that
it speaks of), head (hash of the last of them), seq (of the entry that the closing
is itself; an X has none), lines (currency, cashier, and for paid, refunds, voided,
failed and revoked the count and, with _minor, the sum; refunded_minor is that of
refunds), carried (order_no, amount with amount_minor and currency, state, refund)
grand (currency, paid_minor, back_minor) and practice (play money).`

// closingRecord is a closing in --json: all of pos.Closing, in the shop's zone.
type closingRecord struct {
	pos.Closing
	Seq      int64 `json:"seq,omitempty"` // of the Z's own entry; an X has none
	Practice bool  `json:"practice"`      // play money
}

// newRecordOf is the record of a Z, which speaks of everything up to the entry
// before its own.
func newRecordOf(z pos.Closing) closingRecord { return closingRecord{Closing: z, Seq: z.Upto + 1} }

// closing prints the report of a shift.
func (p printer) closing(r closingRecord) error {
	if p.json {
		r.Practice = p.practice
		r.Lines, r.Grand = append([]pos.Takings{}, r.Lines...), append([]pos.Grand{}, r.Grand...) // [] and not null
		r.At = r.At.In(p.zone).Truncate(time.Millisecond)
		if !r.OpenedAt.IsZero() {
			r.OpenedAt = r.OpenedAt.In(p.zone)
		}
		return writeJSON(p.out, r)
	}
	print := ui.PrintClosing
	if r.Seq == 0 {
		print = ui.PrintX
	}
	if p.practice {
		fmt.Fprintln(p.out, "PRACTICE")
	}
	for _, line := range print(r.Closing, p.language, p.zone, p.store, p.till, 0) {
		if _, err := fmt.Fprintln(p.out, clean(line)); err != nil {
			return err
		}
	}
	return nil
}

// closings lists closings, newest first.
func (p printer) closings(all []pos.Closing) error {
	for _, z := range all {
		if p.json {
			if err := p.closing(newRecordOf(z)); err != nil {
				return err
			}
			continue
		}
		text := fmt.Sprintf("%6d  %s  %s", z.Number, z.At.In(p.zone).Format("2006-01-02 15:04:05"), z.By)
		for _, t := range z.Sums() {
			text += "  " + pos.Money{Minor: t.NetMinor(), Currency: t.Currency}.String()
		}
		if len(z.Carried) > 0 {
			text += fmt.Sprintf("  carried over: %d", len(z.Carried))
		}
		if _, err := fmt.Fprintln(p.out, clean(text)); err != nil {
			return err
		}
	}
	return nil
}

// carriedLine is what has no end, for people.
func carriedLine(c pos.Carried) string {
	what := string(c.State)
	if c.Refund {
		what = "being given back"
	}
	return fmt.Sprintf("%s  %s  %s", c.OrderNo, c.Amount, what)
}
