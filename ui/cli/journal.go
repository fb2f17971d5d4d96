package cli

import (
	"cmp"
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cashier/pos"
	"cashier/storage"
)

func (m *machine) journalCommand(f *flags) *cobra.Command {
	var q listing
	c := &cobra.Command{
		Use:   "journal",
		Short: "List attempts, newest first",
		Long: `Lists attempts, newest first; all flags that select go together. docs/journal.md
describes every column of --csv and every name of --json.

With --attention each stands with why somebody should look at it, what the till
has tried, what it will do by itself, and what a manager may do.

With --events it lists what happened to the till itself instead: who signed in,
which PIN was wrong, what was refused, who was named, how shifts began and ended,
when the program was started and stopped. With --json each has seq, at, event and
detail.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := q.fits(c.Flags()); err != nil {
				return err
			}
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error {
				if q.events {
					return p.events(c.Context(), r, q)
				}
				return m.list(c.Context(), r, p, q)
			})
		},
	}
	fl := c.Flags()
	fl.StringVar(&q.day, "day", "", "the shop's day: 2026-11-21, today or yesterday")
	fl.StringVar(&q.from, "from", "", "began at or after: 15:04 (today), 2026-11-21 15:04 or RFC 3339")
	fl.StringVar(&q.to, "to", "", "began before, written as --from")
	fl.StringSliceVar(&q.states, "state", nil, "states: submitting, in_doubt, paid, failed, revoking, confirming, revoked")
	fl.StringVar(&q.Cashier, "cashier", "", "who sold")
	fl.StringVar(&q.Till, "till", "", "which till")
	fl.StringVar(&q.Find, "find", "", "part of an order number, a transaction id, a reference, or an amount")
	fl.StringVar(&q.shift, "shift", "", "began in this shift, by the number of its closing; the next number is the shift that runs")
	fl.StringVar(&q.currency, "currency", "", "priced in this currency")
	fl.StringVar(&q.amount, "amount", "", "just this price, in --currency or the till's own")
	fl.BoolVar(&q.Attention, "attention", false, "only what somebody should look at")
	fl.IntVar(&q.Limit, "limit", 50, "at most so many; 0 is all")
	fl.BoolVar(&q.csv, "csv", false, "CSV with a header, UTF-8 with byte order mark")
	fl.BoolVar(&q.events, "events", false, "what happened to the till itself")
	fl.StringVar(&q.who, "who", "", "with --events: by this person, or to them")
	return c
}

// listing is what the flags of cashier journal ask for.
type listing struct {
	pos.Filter
	day, from, to           string
	states                  []string
	shift, currency, amount string
	csv                     bool
	events                  bool
	who                     string
}

// fits refuses flags that do not go together.
func (q listing) fits(fl *pflag.FlagSet) error {
	if !q.events && q.who != "" {
		return refuse("cashier journal --cashier NAME lists what somebody sold", "--who goes with --events")
	}
	var other string
	fl.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "events", "day", "who", "limit", "config", "journal", "practice", "json":
		default:
			other = f.Name
		}
	})
	if q.events && other != "" {
		return refuse("--events goes with --day, --who and --limit", "--events and --%s do not go together", other)
	}
	return nil
}

// list prints what is asked for, page by page.
func (m *machine) list(ctx context.Context, r *storage.Reader, p printer, q listing) error {
	if err := q.parse(time.Now().In(p.zone), p.currency); err != nil {
		return err
	}
	if err := q.inShift(ctx, r); err != nil {
		return err
	}
	put, flush := p.attempt, func() error { return nil }
	switch {
	case q.csv:
		table := storage.NewTable(p.out, p.zone)
		put, flush = table.Put, table.Flush
	case q.Attention && !p.json:
		put, flush = p.urgent, func() error { return p.billNotes(ctx, r) }
	}
	left := q.Limit
	for {
		page := q.Filter
		page.Limit = 500
		if q.Limit > 0 {
			page.Limit = min(left, 500)
		}
		found, err := r.List(ctx, page)
		if err != nil {
			return err
		}
		for _, s := range found {
			if err := put(s); err != nil {
				return err
			}
		}
		left -= len(found)
		if len(found) < page.Limit || q.Limit > 0 && left <= 0 {
			return flush()
		}
		q.Before = found[len(found)-1].First
	}
}

// parse reads the flags that have a form of their own.
func (q *listing) parse(now time.Time, currency pos.Currency) (err error) {
	if q.Limit < 0 {
		return refuse("use 0 for all", "--limit %d is negative", q.Limit)
	}
	for _, s := range q.states {
		if err := oneOf("--state", s, "submitting", "in_doubt", "paid", "failed", "revoking", "confirming", "revoked"); err != nil {
			return err
		}
		q.States = append(q.States, pos.State(s))
	}
	if q.Day, err = parseDay(q.day, now); err != nil {
		return err
	}
	if q.From, err = parseTime("--from", q.from, now); err != nil {
		return err
	}
	if q.To, err = parseTime("--to", q.to, now); err != nil {
		return err
	}
	return q.parsePrice(currency)
}

// parsePrice reads the currency and the price; one alone is in the till's own.
func (q *listing) parsePrice(currency pos.Currency) (err error) {
	if q.currency != "" {
		if q.Currency, err = pos.ParseCurrency(q.currency); err != nil {
			return err
		}
	}
	if q.amount == "" {
		return nil
	}
	q.Currency = cmp.Or(q.Currency, currency)
	price, err := pos.ParseAmount(q.amount, q.Currency)
	q.Minor = price.Minor
	return err
}

// inShift selects the entries of a shift: one that was closed, or the one that runs.
func (q *listing) inShift(ctx context.Context, r *storage.Reader) error {
	if q.shift == "" {
		return nil
	}
	n, err := parseClosing("--shift", q.shift)
	if err != nil {
		return err
	}
	all, err := r.Closings(ctx)
	if err != nil {
		return err
	}
	if running := len(all) + 1; n == running { // numbers have no gaps
		if len(all) > 0 {
			q.After = all[0].Upto
		}
		return nil
	}
	z, err := closingOf(all, n)
	q.After, q.Upto = z.After, z.Upto
	return err
}

// parseDay reads a day of the shop.
func parseDay(text string, now time.Time) (string, error) {
	switch text {
	case "":
		return "", nil
	case "today":
		return now.Format(time.DateOnly), nil
	case "yesterday":
		return now.AddDate(0, 0, -1).Format(time.DateOnly), nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", refuse("write it as 2026-11-21, today or yesterday", "--day %q is not a day", text)
	}
	return text, nil
}

// parseTime reads a time in the shop's zone.
func parseTime(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	if t, err := time.ParseInLocation("15:04", text, now.Location()); err == nil {
		return time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, now.Location()), nil
	}
	return time.Time{}, refuse("write it as 15:04, 2026-11-21 15:04 or RFC 3339", "%s %q is not a time", flag, text)
}
