package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
)

func (m *machine) totalsCommand(f *flags) *cobra.Command {
	day := "today"
	c := &cobra.Command{
		Use:   "totals",
		Short: "Sum a day: paid, given back, not paid, revoked, open; per currency and cashier",
		Long: `Sums the attempts that began on a day of the shop, for each currency and each
cashier, and for all of them. What has no verdict yet stands apart and is in no
other sum. What was given back is of these attempts, whenever that was.

With --json each line has day, currency, cashier, all (it is the sum of all
cashiers), and for paid, failed, revoked and in_doubt the count and, with _minor,
the sum; refunded_minor is part of paid_minor, or of revoked_minor.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error { return m.totals(c.Context(), r, p, day) })
		},
	}
	c.Flags().StringVar(&day, "day", day, "the shop's day: 2026-11-21, today or yesterday")
	return c
}

// sums is a line of cashier totals. Its names are a contract.
type sums struct {
	Day           string       `json:"day"`
	Currency      pos.Currency `json:"currency"`
	Cashier       string       `json:"cashier"`
	All           bool         `json:"all"`
	Paid          int          `json:"paid"`
	PaidMinor     int64        `json:"paid_minor"`
	RefundedMinor int64        `json:"refunded_minor"`
	Failed        int          `json:"failed"`
	FailedMinor   int64        `json:"failed_minor"`
	Revoked       int          `json:"revoked"`
	RevokedMinor  int64        `json:"revoked_minor"`
	InDoubt       int          `json:"in_doubt"`
	InDoubtMinor  int64        `json:"in_doubt_minor"`
	Practice      bool         `json:"practice"`
}

// totals prints the sums of a day.
func (m *machine) totals(ctx context.Context, r *storage.Reader, p printer, when string) error {
	day, err := parseDay(when, time.Now().In(p.zone))
	if err != nil {
		return err
	}
	totals, err := r.Totals(ctx, day)
	if err != nil {
		return err
	}
	lines := summed(day, totals)
	if !p.json && len(lines) > 0 {
		if p.practice {
			fmt.Fprintln(p.out, "PRACTICE")
		}
		fmt.Fprintf(p.out, "%-10s  %-16s  %17s  %14s  %17s  %17s  %17s\n", day, "", "PAID", "GIVEN BACK", "NOT PAID", "REVOKED", "OPEN")
	}
	for _, s := range lines {
		if err := p.sums(s); err != nil {
			return err
		}
	}
	return nil
}

// summed is a line for each currency and cashier, and one for each currency.
func summed(day string, totals []pos.Total) []sums {
	type group struct {
		currency pos.Currency
		cashier  string
		all      bool
	}
	lines := map[group]*sums{}
	for _, t := range totals {
		for _, g := range []group{{t.Currency, t.Cashier, false}, {t.Currency, "", true}} {
			if lines[g] == nil {
				lines[g] = &sums{Day: day, Currency: g.currency, Cashier: g.cashier, All: g.all}
			}
			lines[g].add(t)
		}
	}
	var list []sums
	for _, s := range lines {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b sums) int {
		if a.Currency == b.Currency && a.All != b.All {
			return map[bool]int{true: 1, false: -1}[a.All]
		}
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Cashier, b.Cashier))
	})
	return list
}

func (s *sums) add(t pos.Total) {
	s.RefundedMinor += t.RefundedMinor
	count, minor := &s.InDoubt, &s.InDoubtMinor
	//exhaustive:enforce
	switch t.State {
	case pos.Paid:
		count, minor = &s.Paid, &s.PaidMinor
	case pos.Failed:
		count, minor = &s.Failed, &s.FailedMinor
	case pos.Revoked:
		count, minor = &s.Revoked, &s.RevokedMinor
	case pos.Submitting, pos.InDoubt, pos.Revoking, pos.Confirming:
	}
	*count += t.Attempts
	*minor += t.Minor
}

// sums prints one line.
func (p printer) sums(s sums) error {
	if p.json {
		s.Practice = p.practice
		return writeJSON(p.out, s)
	}
	who := clean(s.Cashier)
	if s.All {
		who = "all"
	}
	money := func(minor int64) string { return pos.Money{Minor: minor, Currency: s.Currency}.Decimal() }
	cell := func(n int, minor int64) string { return fmt.Sprintf("%4d %12s", n, money(minor)) }
	_, err := fmt.Fprintf(p.out, "%-10s  %-16s  %17s  %14s  %17s  %17s  %17s\n", s.Currency, who,
		cell(s.Paid, s.PaidMinor), money(s.RefundedMinor), cell(s.Failed, s.FailedMinor), cell(s.Revoked, s.RevokedMinor), cell(s.InDoubt, s.InDoubtMinor))
	return err
}
