package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
)

func (m *machine) reconcileCommand(f *flags) *cobra.Command {
	var q reconciling
	var file string
	c := &cobra.Command{
		Use:   "reconcile DAY",
		Short: "Hold the journal against WeChat Pay's bill of a day",
		Long: `Holds the journal against WeChat Pay's bill of a day in GMT+8, both ways: what is
missing here or there, and what differs in state, amount, currency or fee. The bill
is downloaded, or read from --bill.

A bill changes no verdict. WeChat Pay is asked about every order of the journal that
differs, and its signed answer decides. What still differs is journaled with both
sides and stands on the attention list; once, however often you compare.

Exit status 0 no difference, 7 differences.

With --json one object a line for what differs, is carried over, open or, with
--all, of others: type, day, kind, order_no, refund_no, known (to the journal),
line (of the bill), ours and theirs. The last line has type summary, day,
differences, carried, open, others, and in currencies for each currency the counts
paid_here, paid_there, refunded_here and refunded_there, the same with _minor (sums
in the smallest unit), and fee.`,
		Args: takes("DAY"),
		RunE: func(c *cobra.Command, args []string) error {
			return m.reconcile(c.Context(), *f, args[0], file, q)
		},
	}
	c.Flags().StringVar(&file, "bill", "", "a file with the bill, as cashier bill writes it")
	c.Flags().BoolVar(&q.readOnly, "no-query", false, "compare only: ask nothing, journal nothing; also beside a till that sells")
	c.Flags().BoolVar(&q.all, "all", false, "list also what is on the bill of other tills")
	return c
}

// reconciling is a bill that is being held against the journal.
type reconciling struct {
	setting
	readOnly bool
	all      bool
	day      time.Time // 00:00 in GMT+8
	bill     bill
}

// reconcile compares, asks about what differs, journals what remains and prints it.
func (m *machine) reconcile(ctx context.Context, f flags, day, file string, q reconciling) error {
	set, p, err := m.prepare(f)
	if err != nil {
		return err
	}
	q.setting = set
	if q.day, err = reconciledDay(day, file, time.Now()); err != nil {
		return err
	}
	if q.bill, err = m.readBill(ctx, f, q, file); err != nil {
		return err
	}
	var found pos.Reconciliation
	var fresh []pos.Difference
	err = m.reading(ctx, f, func(r *storage.Reader, _ printer) error {
		if found, err = q.compare(ctx, r); err == nil && !q.readOnly {
			fresh, err = q.fresh(ctx, r, found.Differences)
		}
		return err
	})
	if err == nil && len(fresh) > 0 {
		found, err = m.settleDifferences(ctx, f, q, fresh)
	}
	if err != nil {
		return err
	}
	return p.reconciliation(q, found)
}

// reconciledDay reads DAY. A bill that is there already may be of any day.
func reconciledDay(text, file string, now time.Time) (time.Time, error) {
	if file == "" {
		return billDay(text, now)
	}
	return chinaDay("DAY", text, now)
}

// readBill reads the bill from its file, or downloads it.
func (m *machine) readBill(ctx context.Context, f flags, q reconciling, file string) (bill, error) {
	if file != "" {
		const hint = "name a file with a bill: cashier bill DAY --out FILE"
		in, err := os.Open(file)
		if err != nil {
			return bill{}, refuse(hint, "%w", err)
		}
		defer in.Close()
		if info, err := in.Stat(); err == nil && info.IsDir() {
			return bill{}, refuse(hint, "%s is a folder", file)
		}
		return q.newBill(in)
	}
	if q.practice {
		return bill{}, refuse("give one with --bill FILE", "practice has no bill: its WeChat Pay ends with the program")
	}
	var text bytes.Buffer
	err := m.inOfficeOf(f, q.setting, func(o *office) error {
		receipt, err := o.client.DownloadBill(ctx, wechat.DownloadBillRequest{Day: q.day}, &text)
		return o.note(wechat.DownloadBill, receipt.Reply, "", err)
	})
	switch {
	case errors.Is(err, wechat.ErrNoBill) && !time.Now().Before(q.day.AddDate(0, 0, 1).Add(billHour)):
		return bill{}, nil // nothing was traded
	case err != nil:
		return bill{}, err
	}
	b, err := q.newBill(&text)
	if err != nil { // it was sent: not exit 2
		return bill{}, &pos.Error{Kind: pos.KindUnavailable, Err: err, Hint: pos.HintOf(err)}
	}
	return b, nil
}

// billHour is when a day's bill can be had, on the next day (wechatpay-v2 6.8).
const billHour = 10 * time.Hour

// newBill reads the text of a bill and refuses another shop's, or another day's.
func (q reconciling) newBill(text io.Reader) (bill, error) {
	read, err := wechat.ReadBill(text)
	if err != nil {
		return bill{}, err
	}
	merchant, days := q.WeChat.MchID, map[string]bool{}
	if q.practice {
		merchant = practiceMerchant.MchID
	}
	for _, r := range read.Rows {
		if r.Trouble == "" && r.MchID != "" && r.MchID != merchant {
			return bill{}, refuse("give the bill of this shop", "line %d of the bill is of merchant %s, this is %s", r.Line, r.MchID, merchant)
		}
		if r.Trouble == "" && r.State == wechat.BillPaid {
			days[r.Time.Format(time.DateOnly)] = true
		}
	}
	if day := q.day.Format(time.DateOnly); len(days) > 0 && !days[day] {
		return bill{}, refuse("give the bill of that day", "no payment on the bill is of %s", day)
	}
	return q.split(read), nil
}

// differing is the exit status of a reconciliation.
func differing(r pos.Reconciliation) error {
	if len(r.Differences) > 0 {
		return status(exitDifferences)
	}
	return nil
}

// settleDifferences asks WeChat Pay about the orders that differ, and journals
// what differs after that.
func (m *machine) settleDifferences(ctx context.Context, f flags, q reconciling, fresh []pos.Difference) (pos.Reconciliation, error) {
	s, err := m.open(ctx, f)
	if pos.KindOf(err) == pos.KindConflict {
		err = &pos.Error{Kind: pos.KindConflict, Op: fmt.Sprintf("ask about %d differences", len(fresh)), Err: err,
			Hint: "compare again when the till has been left; with --no-query it is only compared"}
	}
	if err != nil {
		return pos.Reconciliation{}, err
	}
	found, err := q.settle(ctx, m, s, fresh)
	return found, errors.Join(err, s.close())
}

func (q reconciling) settle(ctx context.Context, m *machine, s *shop, fresh []pos.Difference) (pos.Reconciliation, error) {
	asked := map[pos.OrderNo]bool{}
	for _, d := range fresh {
		if d.OrderNo != "" && !asked[d.OrderNo] {
			asked[d.OrderNo] = true
			if err := s.askAbout(ctx, m, d.OrderNo); err != nil {
				return pos.Reconciliation{}, err
			}
		}
	}
	found, err := q.compare(ctx, s.journal.Reader)
	if err != nil {
		return found, err
	}
	fresh, err = q.fresh(ctx, s.journal.Reader, found.Differences)
	if err != nil {
		return found, err
	}
	for _, d := range fresh {
		if d.OrderNo == "" {
			err = s.till.Note(ctx, q.noted(d))
		} else {
			err = s.till.BillDiffers(ctx, d.OrderNo, q.journaled(d))
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// askAbout asks about one order. Without an answer it stands as it did.
func (s *shop) askAbout(ctx context.Context, m *machine, no pos.OrderNo) error {
	within, cancel := context.WithTimeout(ctx, defaultWait)
	defer cancel()
	a, err := s.till.Ask(within, no)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		m.say("%s: WeChat Pay did not answer", no)
		return nil
	case err != nil:
		return err
	}
	m.say("%s: WeChat Pay answered: %s", no, a.LastFinding())
	return nil
}

// journaled is a difference as it stands in the timeline of its order.
func (q reconciling) journaled(d pos.Difference) pos.BillDiffers {
	return pos.BillDiffers{Day: q.day.Format(time.DateOnly), Kind: string(d.Kind), Ours: d.Ours, Theirs: d.Theirs}
}

// The names under which the till notes what no order of the journal has.
const (
	unknownOrder = "bill_unknown_order"
	wrongTotals  = "bill_totals"
)

// noted is a difference that belongs to no order of the journal.
func (q reconciling) noted(d pos.Difference) pos.Noted {
	name := unknownOrder
	if d.Kind == pos.DiffTotals {
		name = wrongTotals
	}
	return pos.Noted{Name: name, Detail: map[string]string{"day": q.day.Format(time.DateOnly), "kind": string(d.Kind),
		"order_no": d.Number, "refund_no": d.RefundNo, "ours": d.Ours, "theirs": d.Theirs}}
}

// fresh are the differences that are not in the journal yet.
func (q reconciling) fresh(ctx context.Context, r *storage.Reader, all []pos.Difference) (fresh []pos.Difference, err error) {
	noted := map[string]bool{}
	for _, name := range []string{unknownOrder, wrongTotals} {
		entries, err := r.Notes(ctx, name, q.day)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			noted[fmt.Sprint(e.Event)] = true // fmt writes a map in the order of its keys
		}
	}
	for _, d := range all {
		known := noted[fmt.Sprint(q.noted(d))]
		if d.OrderNo != "" {
			entries, err := r.Timeline(ctx, d.OrderNo)
			if err != nil {
				return nil, err
			}
			known = q.journaled(d).In(entries)
		}
		if !known {
			fresh = append(fresh, d)
		}
	}
	return fresh, nil
}
