package cli

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"cashier/pos"
	"cashier/storage"
)

// reconciled is one line of reconcile --json. Its names are a contract. Type is
// difference, carried, open or, with --all, other.
type reconciled struct {
	Type     string             `json:"type"`
	Day      string             `json:"day"`
	Kind     pos.DifferenceKind `json:"kind,omitempty"`
	OrderNo  string             `json:"order_no"`
	RefundNo string             `json:"refund_no"`
	Known    bool               `json:"known"` // the journal has the order
	Line     int                `json:"line"`  // of the bill; 0: not on it
	Ours     string             `json:"ours"`
	Theirs   string             `json:"theirs"`
}

// reconcileSummary is the last line of reconcile --json. Its names are a contract.
type reconcileSummary struct {
	Type        string          `json:"type"` // summary
	Day         string          `json:"day"`
	Differences int             `json:"differences"`
	Carried     int             `json:"carried"`
	Open        int             `json:"open"`
	Others      int             `json:"others"`
	Currencies  []reconciledSum `json:"currencies"`
}

// reconciledSum is one currency of the summary, amounts in minor units.
type reconciledSum struct {
	Currency           pos.Currency `json:"currency"`
	PaidHere           int          `json:"paid_here"`
	PaidHereMinor      int64        `json:"paid_here_minor"`
	PaidThere          int          `json:"paid_there"`
	PaidThereMinor     int64        `json:"paid_there_minor"`
	RefundedHere       int          `json:"refunded_here"`
	RefundedHereMinor  int64        `json:"refunded_here_minor"`
	RefundedThere      int          `json:"refunded_there"`
	RefundedThereMinor int64        `json:"refunded_there_minor"`
	Fee                string       `json:"fee"` // there; a decimal in major units
}

// reconciliation prints what was found; differences are exit status 7.
func (p printer) reconciliation(q reconciling, r pos.Reconciliation) error {
	lines, sum := q.printed(r)
	write := p.reconciledTable
	if p.json {
		write = p.reconciledJSON
	}
	if err := write(lines, sum); err != nil {
		return err
	}
	return differing(r)
}

// printed is a reconciliation as it is printed.
func (q reconciling) printed(r pos.Reconciliation) (lines []reconciled, sum reconcileSummary) {
	day := q.day.Format(time.DateOnly)
	for _, d := range r.Differences {
		lines = append(lines, reconciled{"difference", day, d.Kind, d.Number, d.RefundNo, d.OrderNo != "", d.Line, d.Ours, d.Theirs})
	}
	pending := func(kind string, all []pos.Pending) {
		for _, o := range all {
			lines = append(lines, reconciled{kind, day, "", string(o.OrderNo), o.RefundNo, true, 0, fmt.Sprintf("%s %s", o.State, o.Amount), ""})
		}
	}
	pending("carried", r.Carried)
	pending("open", r.Open)
	for _, l := range r.Others {
		if q.all {
			lines = append(lines, reconciled{"other", day, "", l.OrderNo, l.RefundNo, false, l.Line, "", l.String()})
		}
	}
	sum = reconcileSummary{"summary", day, len(r.Differences), len(r.Carried), len(r.Open), len(r.Others), []reconciledSum{}}
	for _, s := range r.Sums {
		sum.Currencies = append(sum.Currencies, reconciledSum{s.Currency, s.Paid.HereCount, s.Paid.HereMinor, s.Paid.ThereCount, s.Paid.ThereMinor,
			s.Refunded.HereCount, s.Refunded.HereMinor, s.Refunded.ThereCount, s.Refunded.ThereMinor, s.Fee})
	}
	return lines, sum
}

// reconciledJSON prints JSON Lines, the summary last.
func (p printer) reconciledJSON(lines []reconciled, sum reconcileSummary) error {
	for _, l := range lines {
		if err := writeJSON(p.out, l); err != nil {
			return err
		}
	}
	return writeJSON(p.out, sum)
}

// reconciledTable prints a table for people, and the summary below it.
func (p printer) reconciledTable(lines []reconciled, sum reconcileSummary) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	if len(lines) > 0 {
		fmt.Fprintln(w, "WHAT\tORDER\tHERE\tON THE BILL")
	}
	for _, l := range lines {
		what := l.Type
		if l.Kind != "" {
			what = string(l.Kind)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", what, clean(l.OrderNo), clean(l.Ours), clean(l.Theirs))
	}
	if len(sum.Currencies) > 0 {
		fmt.Fprintln(w, "\n\tPAID HERE\tON THE BILL\tREFUNDED HERE\tON THE BILL\tFEES")
	}
	for _, s := range sum.Currencies {
		side := func(count int, minor int64) string {
			return strconv.Itoa(count) + ": " + pos.Money{Minor: minor, Currency: s.Currency}.Decimal()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Currency, side(s.PaidHere, s.PaidHereMinor), side(s.PaidThere, s.PaidThereMinor),
			side(s.RefundedHere, s.RefundedHereMinor), side(s.RefundedThere, s.RefundedThereMinor), s.Fee)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.out, "%s: differences %d, carried over %d, open %d, of other tills %d\n", sum.Day, sum.Differences, sum.Carried, sum.Open, sum.Others)
	return err
}

// notesFor is how long the attention list shows what belongs to no order.
const notesFor = 31 * 24 * time.Hour

// billNotes prints what bills of the last month said of orders that the journal
// does not know, with both sides.
func (p printer) billNotes(ctx context.Context, r *storage.Reader) error {
	for _, name := range []string{unknownOrder, wrongTotals} {
		notes, err := r.Notes(ctx, name, time.Now().Add(-notesFor))
		if err != nil {
			return err
		}
		for _, e := range notes {
			n := e.Event.(pos.Noted).Detail
			if _, err := fmt.Fprintln(p.out, clean(fmt.Sprintf("%s  bill of %s: %s %s %s: here %s; on the bill %s", e.At.In(p.zone).Format("2006-01-02 15:04:05"),
				n["day"], n["kind"], n["order_no"], n["refund_no"], n["ours"], n["theirs"]))); err != nil {
				return err
			}
		}
	}
	return nil
}
