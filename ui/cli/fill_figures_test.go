package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/pos"
	"cashier/storage"
)

var (
	figureJournal = flag.String("figures.journal", "", "measure this journal; else one is made")
	figureSales   = flag.Int("figures.sales", 1000, "how many sales the made journal has")
	figureTimes   = flag.Int("figures.times", 3, "how often each question is asked")
)

// question is one question of a manager.
type question struct {
	name string
	ask  func() (found int, err error)
	once bool // it takes long
}

// TestFigures asks a journal everything that the manager's screen asks and prints
// how long that took, warm: at best, in the middle and in the slowest of a hundred.
// .ci/measure runs it with a million sales.
func TestFigures(t *testing.T) {
	path := *figureJournal
	if path == "" {
		path = filled(t, fmt.Sprint(*figureSales))
	}
	ctx := context.Background()
	r, err := storage.OpenReader(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	t.Logf("| %-34s | %8s | %8s | %8s | %7s |", "question", "best", "p50", "p99", "found")
	for _, f := range questions(t, r, path) {
		times, found := make([]time.Duration, 0, *figureTimes), 0
		for n := 0; n < *figureTimes && (n == 0 || !f.once); n++ {
			began := time.Now()
			found, err = f.ask()
			times = append(times, time.Since(began))
			if err != nil {
				t.Fatalf("%s: %v", f.name, err)
			}
		}
		slices.Sort(times)
		t.Logf("| %-34s | %8s | %8s | %8s | %7d |", f.name, short(times[0]), short(times[len(times)/2]), short(times[len(times)*99/100]), found)
		if found == 0 && !strings.HasSuffix(f.name, "is nowhere") && !strings.Contains(f.name, "rare") {
			t.Errorf("%s found nothing", f.name)
		}
	}
}

// short is a duration with three digits or so.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// questions are the questions, about a sale and a day in the middle of the journal.
func questions(t *testing.T, r *storage.Reader, path string) []question {
	ctx := context.Background()
	closings, err := r.Closings(ctx)
	if err != nil || len(closings) == 0 {
		t.Fatal(closings, err)
	}
	z := closings[len(closings)/2]
	page, err := r.List(ctx, pos.Filter{After: z.After, Upto: z.Upto, States: []pos.State{pos.Paid}})
	if err != nil || len(page) == 0 {
		t.Fatal(page, err)
	}
	sale := page[len(page)/2]
	day := z.At.Format(time.DateOnly)
	no, id := string(sale.OrderNo), sale.TransactionID
	list := func(f pos.Filter) func() (int, error) {
		return func() (int, error) { l, err := r.List(ctx, f); return len(l), err }
	}
	all := []question{
		{"open a reader, newest page", func() (int, error) {
			again, err := storage.OpenReader(ctx, path)
			if err != nil {
				return 0, err
			}
			defer again.Close()
			l, err := again.List(ctx, pos.Filter{})
			return len(l), err
		}, false},
		{"newest page", list(pos.Filter{}), false},
		{"a page in the middle", list(pos.Filter{Before: sale.First}), false},
		{"day", list(pos.Filter{Day: day}), false},
		{"shift", list(pos.Filter{After: z.After, Upto: z.Upto}), false},
		{"cashier", list(pos.Filter{Cashier: "2"}), false},
		{"cashier of a day", list(pos.Filter{Cashier: "2", Day: day}), false},
		{"cashier of a shift", list(pos.Filter{Cashier: "2", After: z.After, Upto: z.Upto}), false},
		{"till", list(pos.Filter{Till: sale.Till}), false},
		{"a rare till", list(pos.Filter{Till: "ZZ"}), false},
		{"currency", list(pos.Filter{Currency: sale.Amount.Currency}), false},
		{"a rare currency", list(pos.Filter{Currency: "USD"}), false},
		{"state paid", list(pos.Filter{States: []pos.State{pos.Paid}}), false},
		{"state failed", list(pos.Filter{States: []pos.State{pos.Failed}}), false},
		{"state revoked of a day", list(pos.Filter{States: []pos.State{pos.Revoked}, Day: day}), false},
		{"state revoked of a cashier", list(pos.Filter{States: []pos.State{pos.Revoked}, Cashier: "2"}), false},
		{"state in doubt (rare)", list(pos.Filter{States: []pos.State{pos.InDoubt, pos.Revoking, pos.Confirming}}), false},
		{"amount", list(pos.Filter{Minor: 1250}), false},
		{"amount of a day", list(pos.Filter{Minor: sale.Amount.Minor, Day: day}), false},
		{"amount within 10 minutes", list(pos.Filter{Minor: sale.Amount.Minor, From: sale.CreatedAt.Add(-5 * time.Minute), To: sale.CreatedAt.Add(5 * time.Minute)}), false},
		{"attention (rare)", list(pos.Filter{Attention: true}), false},
		{"everything at once", list(pos.Filter{Day: day, Cashier: sale.Cashier, Till: sale.Till, States: []pos.State{pos.Paid}, Currency: sale.Amount.Currency, Minor: sale.Amount.Minor}), false},
		{"find: a whole order number", list(pos.Filter{Find: no}), false},
		{"find: a whole transaction id", list(pos.Filter{Find: id}), false},
		{"find: beginning of an order number", list(pos.Filter{Find: no[:len(no)-4]}), false},
		{"find: last 4 of an order number", list(pos.Filter{Find: no[len(no)-4:]}), false},
		{"find: last 6 of an order number", list(pos.Filter{Find: no[len(no)-6:]}), false},
		{"find: last 4 of a transaction id", list(pos.Filter{Find: id[len(id)-4:]}), false},
		{"find: last 8 of a transaction id", list(pos.Filter{Find: id[len(id)-8:]}), false},
		{"find: a ref", list(pos.Filter{Find: "table 7"}), false},
		{"find: an amount", list(pos.Filter{Find: "12.50"}), false},
		{"find: what is nowhere", list(pos.Filter{Find: "nothing like it is nowhere"}), false},
	}
	for n := 1; n <= 6; n++ {
		all = append(all, question{fmt.Sprintf("as you type: %d of an order number", n), list(pos.Filter{Find: no[:n]}), false})
	}
	return append(all,
		question{"attention count (rare)", func() (int, error) { return r.Attentions(ctx) }, false},
		question{"one order's timeline", func() (int, error) { e, err := r.Timeline(ctx, sale.OrderNo); return len(e), err }, false},
		question{"totals of a day", func() (int, error) { l, err := r.Totals(ctx, day); return len(l), err }, false},
		question{"hours of a day", func() (int, error) { l, err := r.Hours(ctx, day, time.Local); return len(l), err }, false},
		question{"closings", func() (int, error) { l, err := r.Closings(ctx); return len(l), err }, false},
		question{"the newest closing's entry", func() (int, error) { n, err := r.LastClosing(ctx); return int(min(n, 1)), err }, false},
		question{"running shift, just closed", func() (int, error) { c, err := r.Running(ctx); return c.Number, err }, false},
		question{"export a day as CSV", func() (int, error) { return exportDay(ctx, r, day) }, false},
		question{"archive of a closing", func() (int, error) { _, err := r.Archive(ctx, t.TempDir(), z.Number); return 1, err }, true},
		question{"verify from the newest closing", func() (int, error) {
			last, err := r.LastClosing(ctx)
			if err != nil {
				return 0, err
			}
			report, err := r.Verify(ctx, storage.VerifyOptions{From: last})
			return int(report.Events), err
		}, false},
		question{"verify all, closings included", func() (int, error) {
			report, err := r.Verify(ctx, storage.VerifyOptions{})
			if err == nil && !report.Good() {
				err = fmt.Errorf("%+v", report.FirstBad())
			}
			return int(report.Events), err
		}, true},
	)
}

// exportDay writes all of a day, as cashier journal --day --csv does.
func exportDay(ctx context.Context, r *storage.Reader, day string) (rows int, err error) {
	table := storage.NewTable(io.Discard, time.UTC)
	for f := (pos.Filter{Day: day, Limit: 500}); ; {
		page, err := r.List(ctx, f)
		if err != nil || len(page) == 0 {
			return rows, errors.Join(err, table.Flush())
		}
		for _, s := range page {
			if err := table.Put(s); err != nil {
				return rows, err
			}
		}
		rows, f.Before = rows+len(page), page[len(page)-1].First
	}
}
