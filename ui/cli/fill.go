package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
)

// maxFill is how many sales one till can have made in a year, and more.
const maxFill = 10_000_000

func (m *machine) fillCommand(f *flags) *cobra.Command {
	var more bool
	c := &cobra.Command{
		Use:   "fill N",
		Short: "Fill the practice journal with N sales that nobody made",
		Long: `Fills an empty practice journal with N sales over the last days, about 2,000 a day
and at most a year: to see what the program does with many. They go through the
same rules as sales that are made, with play money and answers that are made up:
92 of 100 are paid, others fail, are revoked or need a person; three cashiers sell,
some sales are refunded, and each day ends with a closing.

A journal of real money is always refused, one that has entries unless --more is given.`,
		Args: takes("N"),
		RunE: func(c *cobra.Command, args []string) error {
			f.practice = true
			n, err := strconv.Atoi(args[0])
			if err != nil || n < 1 || n > maxFill {
				return refuse(fmt.Sprintf("give a number from 1 to %d", maxFill), "%q is not a number of sales", args[0])
			}
			return m.fill(c.Context(), *f, n, more)
		},
	}
	c.Flags().BoolVar(&more, "more", false, "add to a practice journal that has entries")
	return c
}

// fill opens the practice journal and fills it.
func (m *machine) fill(ctx context.Context, f flags, n int, more bool) error {
	set, err := m.settle(f)
	if err != nil {
		return err
	}
	policy, err := set.policy(newRun(), true)
	if err != nil {
		return err
	}
	j, err := storage.OpenFiller(ctx, set.path)
	if err != nil {
		return err
	}
	seq, _, err := j.Head(ctx)
	if err == nil && seq > 0 && !more {
		err = refuse("add to it with --more, or name a new one with --journal", "the practice journal %s has entries", set.path)
	}
	if err == nil {
		began := time.Now()
		shop := newMadeUp(j, policy, time.Now(), n, seq)
		if err = shop.run(ctx); err == nil {
			m.say("%d sales over %d days in %s: %s", n, len(shop.days), time.Since(began).Round(time.Millisecond), set.path)
		}
	}
	return errors.Join(err, j.Close())
}

// madeUp is a shop that nobody has.
type madeUp struct {
	journal *storage.Filler
	policy  pos.Policy
	chance  *rand.Rand
	days    []time.Time // 00:00 in the shop's zone
	sales   int         // of all days
	until   time.Time   // nothing begins later
	seq     int64       // of the newest entry
	day     *madeUpDay
	back    []*playing // paid; somebody will bring it back
}

// madeUpDay is what was written on one day, before it is in the journal.
type madeUpDay struct {
	entries []pos.Entry
	touched map[pos.OrderNo][]pos.Entry // every entry of what was sold or brought back
}

const (
	perDay  = 2000
	maxDays = 365
	opens   = 9 * time.Hour
	closes  = 22 * time.Hour
)

// newMadeUp plans the days: the last one is today, or yesterday before the shop opens.
func newMadeUp(j *storage.Filler, p pos.Policy, now time.Time, sales int, seq int64) *madeUp {
	now = now.In(p.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, p.Zone)
	if now.Before(today.Add(opens + time.Hour)) {
		today = today.AddDate(0, 0, -1)
	}
	n := min((sales+perDay-1)/perDay, maxDays)
	days := make([]time.Time, n)
	for i := range days {
		days[i] = today.AddDate(0, 0, i+1-n)
	}
	return &madeUp{journal: j, policy: p, chance: rand.New(rand.NewPCG(uint64(seq), uint64(sales))), days: days, sales: sales, until: now, seq: seq}
}

// run writes day after day; while one is being written the next is made up.
func (s *madeUp) run(ctx context.Context) error {
	days, written := make(chan *madeUpDay, 1), make(chan error, 1)
	go func() { written <- s.write(ctx, days) }()
	for i := range s.days {
		sales := s.sales*(i+1)/len(s.days) - s.sales*i/len(s.days)
		if err := s.live(ctx, s.days[i], sales); err != nil {
			close(days)
			return errors.Join(err, <-written)
		}
		select {
		case days <- s.day:
		case err := <-written:
			return err
		}
	}
	close(days)
	return <-written
}

// live is one day of the shop, and the place for its closing behind it.
func (s *madeUp) live(ctx context.Context, day time.Time, sales int) error {
	s.day = &madeUpDay{touched: map[pos.OrderNo][]pos.Entry{}}
	counter, err := s.journal.LastCounter(ctx, s.policy.Till, day.Format(time.DateOnly))
	if err != nil {
		return err
	}
	end := day.Add(closes)
	if s.until.Before(end) {
		end = s.until
	}
	now := day.Add(opens)
	s.note(now, pos.Noted{Name: "shift_opened", Detail: map[string]string{"by": "1"}})
	for _, planned := range s.plan(now, end, sales) {
		counter++
		bought, err := s.sell(later(now, planned), counter)
		if err != nil {
			return err
		}
		now = bought.now
		if bought.attempt.State == pos.Paid && s.chance.IntN(1000) < 8 {
			s.back = append(s.back, bought)
		}
		if len(s.back) > 0 && s.chance.IntN(100) == 0 {
			now = s.bringBack(now)
		}
	}
	s.seq++ // of the closing
	return nil
}

// plan is when the sales of a day begin: most at noon and in the evening.
func (s *madeUp) plan(from, to time.Time, n int) []time.Time {
	times := make([]time.Time, n)
	for i := range times {
		at := s.chance.Int64N(1000) // thousandths of the day
		if peak := []int64{250, 750, -1}[s.chance.IntN(3)]; peak > 0 {
			at = peak - 150 + (s.chance.Int64N(300)+s.chance.Int64N(300))/2
		}
		times[i] = from.Add((to.Sub(from)*time.Duration(at) + time.Duration(s.chance.Int64N(int64(to.Sub(from))))) / 1000).Truncate(time.Millisecond)
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// sell plays one sale to its end.
func (s *madeUp) sell(now time.Time, counter int) (*playing, error) {
	no, err := pos.NewOrderNo(s.policy.Till, now.In(s.policy.Zone), s.journal.Incarnation(), counter)
	if err != nil {
		return nil, err
	}
	intent := pos.Intended{
		OrderNo: no, Sale: pos.SaleID(no), Number: 1, Method: pos.QuickPay, Amount: pos.Money{Minor: s.price(), Currency: s.policy.Currency},
		CodeLast4: fmt.Sprintf("%04d", s.chance.IntN(10_000)), Fingerprint: fmt.Sprintf("%016x%016x", s.chance.Uint64(), s.chance.Uint64()),
		Cashier: strconv.Itoa(1 + s.chance.IntN(3)), Till: s.policy.Till, Ref: s.ref(), Practice: true, Counter: counter, Terms: s.policy.Terms,
	}
	t := &playing{outcome: drawOutcome(s.chance), now: now.UTC()}
	t.tell(intent, s.record)
	if t.attempt.Attention != "" && s.chance.IntN(10) > 0 {
		t.tell(pos.Acknowledged{By: "manager"}, s.record)
	}
	return t, nil
}

// price is one of a few that are sold often, or any.
func (s *madeUp) price() int64 {
	if s.chance.IntN(2) == 0 {
		return []int64{800, 1250, 1800, 2500, 3200, 4500, 6800, 9900}[s.chance.IntN(8)]
	}
	return 100 + s.chance.Int64N(1+s.chance.Int64N(24_000)) // small ones more often
}

// ref is what some sales are noted under.
func (s *madeUp) ref() string {
	switch n := s.chance.IntN(10); {
	case n < 3:
		return fmt.Sprintf("table %d", 1+s.chance.IntN(40))
	case n == 3:
		return fmt.Sprintf("INV-%06d", s.chance.IntN(1_000_000))
	}
	return ""
}

// bringBack gives the money of one sale back: in part, in full, or by a void.
func (s *madeUp) bringBack(now time.Time) time.Time {
	i := s.chance.IntN(len(s.back))
	t := s.back[i]
	s.back = slices.Delete(s.back, i, i+1)
	t.now = now.UTC()
	if s.chance.IntN(8) == 0 && t.attempt.CanVoid(t.now) == nil {
		t.tell(pos.VoidPressed{By: "manager", Reason: "wrong amount"}, s.record)
		return t.now
	}
	amount := t.attempt.Amount
	if s.chance.IntN(3) == 0 {
		amount.Minor = 1 + amount.Minor/2
	}
	if t.attempt.CanRefund(amount) == nil {
		t.tell(pos.RefundPressed{No: string(t.attempt.OrderNo) + "R1", Amount: amount, Reason: "brought back", By: "manager"}, s.record)
	}
	return t.now
}

// record keeps an entry of an attempt, as a till would have it appended.
func (s *madeUp) record(t *playing, e pos.Event) {
	s.seq++
	entry := pos.Entry{Seq: s.seq, At: t.now, Day: t.now.In(s.policy.Zone).Format(time.DateOnly), Run: s.policy.Run,
		OrderNo: t.attempt.OrderNo, Event: e, After: t.attempt}
	t.entries = append(t.entries, entry)
	t.attempt.First, t.attempt.Seq = t.entries[0].Seq, s.seq
	s.day.entries = append(s.day.entries, entry)
	s.day.touched[entry.OrderNo] = t.entries
}

// note keeps an entry of the till itself.
func (s *madeUp) note(now time.Time, e pos.Event) {
	s.seq++
	s.day.entries = append(s.day.entries, pos.Entry{Seq: s.seq, At: now.UTC(), Day: now.Format(time.DateOnly), Run: s.policy.Run, Event: e})
}

// write writes each day and closes it.
func (s *madeUp) write(ctx context.Context, days <-chan *madeUpDay) error {
	all, err := s.journal.Closings(ctx)
	if err != nil {
		return err
	}
	last := append(all, pos.Closing{})[0]
	for d := range days {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.journal.Fill(ctx, d.entries); err != nil {
			return err
		}
		if last, err = s.closeDay(ctx, d, last); err != nil {
			return err
		}
	}
	return nil
}

// closeDay makes the Z of a day from what was written.
func (s *madeUp) closeDay(ctx context.Context, d *madeUpDay, last pos.Closing) (pos.Closing, error) {
	upto, head, err := s.journal.Head(ctx)
	if err != nil {
		return last, err
	}
	newest := d.entries[len(d.entries)-1]
	c := pos.NewClosing(last, upto, head)
	c.At, c.By = newest.At.Add(time.Minute), "manager"
	c.OpenedAt, c.OpenedBy = d.entries[0].At, "1"
	for _, entries := range d.touched {
		if err := c.Add(entries); err != nil {
			return c, err
		}
	}
	c.End()
	return c, s.journal.Fill(ctx, []pos.Entry{{At: c.At, Day: newest.Day, Run: s.policy.Run, Event: pos.ShiftClosed{Closing: c}}})
}
