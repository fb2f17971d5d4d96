package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
)

// reading opens the journal for a command that only reads: no lock, beside a
// till that sells.
func (m *machine) reading(ctx context.Context, f flags, work func(*storage.Reader, printer) error) error {
	set, p, err := m.prepare(f)
	if err != nil {
		return err
	}
	r, err := storage.OpenReader(ctx, set.path)
	if err != nil {
		return err
	}
	return errors.Join(work(r, p), r.Close())
}

// prepare reads the configuration for a command that opens the journal by itself.
func (m *machine) prepare(f flags) (setting, printer, error) {
	set, err := m.settle(f)
	if err != nil {
		return setting{}, printer{}, err
	}
	p, err := m.printer(f, set)
	return set, p, err
}

func (m *machine) showCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "show ORDER",
		Short: "Print one order with its timeline",
		Args:  takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error {
			no, err := pos.ParseOrderNo(args[0])
			if err != nil {
				return err
			}
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error {
				entries, err := r.Timeline(c.Context(), no)
				if err != nil {
					return err
				}
				return p.show(entries)
			})
		},
	}
}

// show prints one attempt and what happened to it, oldest first.
func (p printer) show(entries []pos.Entry) error {
	a, err := pos.Fold(entries)
	if err != nil {
		return err
	}
	timeline := newTimeline(entries, p.zone)
	if p.json {
		r := newRecord(a.Summary, p.zone)
		r.Refunds, r.Timeline = newRefundRecords(a.Refunds(), p.zone), timeline
		return writeJSON(p.out, r)
	}
	if err := p.refunds(a); err != nil {
		return err
	}
	for i, t := range timeline {
		_, err = fmt.Fprintf(p.out, "  %6d  %s  %-19s  %-10s  %s\n", t.Seq, entries[i].At.In(p.zone).Format("15:04:05.000"), t.Event, t.State, clean(said(t.Data)))
	}
	return err
}

// said is what an event adds to its name, for people.
func said(e pos.Event) string {
	switch e := e.(type) {
	case pos.Intended:
		return saidIntent(e)
	case pos.SubmitAnswered, pos.QueryAnswered, pos.RevokeAnswered, pos.RefundAnswered, pos.RefundQueryAnswered:
		return saidAnswer(pos.AnswerOf(e))
	case pos.RefundPressed:
		return fmt.Sprintf("%s, %s: %s %s", e.No, e.Amount, e.Reason, e.By)
	case pos.RevokePressed:
		return e.By
	case pos.Acknowledged:
		return e.By
	case pos.BillDiffers:
		return fmt.Sprintf("%s, bill of %s: %s; ours: %s", e.Kind, e.Day, e.Theirs, e.Ours)
	default:
		return ""
	}
}

func saidIntent(e pos.Intended) string {
	how := "code ending in " + e.CodeLast4
	if e.Method.Closes() {
		how = string(e.Method)
	}
	return strings.TrimSuffix(fmt.Sprintf("%s, %s, %s", e.Amount, how, e.Ref), ", ")
}

func saidAnswer(r pos.Answer) string {
	text := string(r.Finding)
	for _, part := range []struct{ name, value string }{
		{" ", r.Code}, {" recall ", string(r.Recall)}, {" transaction ", r.TransactionID}, {": ", r.Heard.Error},
	} {
		if part.value != "" {
			text += part.name + part.value
		}
	}
	return text
}

func (m *machine) journalCommand(f *flags) *cobra.Command {
	var q listing
	c := &cobra.Command{
		Use:   "journal",
		Short: "List attempts, newest first",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error { return m.list(c.Context(), r, p, q) })
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
	fl.BoolVar(&q.Attention, "attention", false, "only what somebody should look at")
	fl.IntVar(&q.Limit, "limit", 50, "at most so many; 0 is all")
	fl.BoolVar(&q.csv, "csv", false, "CSV with a header, UTF-8 with byte order mark")
	return c
}

// listing is what the flags of cashier journal ask for.
type listing struct {
	pos.Filter
	day, from, to string
	states        []string
	csv           bool
}

// list prints what is asked for, page by page.
func (m *machine) list(ctx context.Context, r *storage.Reader, p printer, q listing) error {
	if err := q.parse(time.Now().In(p.zone)); err != nil {
		return err
	}
	put, flush := p.attempt, func() error { return nil }
	switch {
	case q.csv:
		put, flush = p.table()
	case q.Attention && !p.json:
		flush = func() error { return p.billNotes(ctx, r) }
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
func (q *listing) parse(now time.Time) (err error) {
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
	q.To, err = parseTime("--to", q.to, now)
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

// columns of --csv. They are a contract: new ones go to the end.
var columns = []string{"order_no", "sale", "attempt", "state", "watch", "attention", "amount", "amount_minor", "currency",
	"transaction_id", "recall", "reason", "cashier", "till", "ref", "created_at", "updated_at", "asked", "revokes", "method", "practice"}

// table prints CSV that a spreadsheet opens without harm: a text that begins
// like a formula gets an apostrophe in front. Amounts are numbers of ours.
func (p printer) table() (put func(pos.Summary) error, flush func() error) {
	w := csv.NewWriter(p.out)
	head := w.Write(append([]string{"\ufeff" + columns[0]}, columns[1:]...))
	put = func(s pos.Summary) error {
		r := newRecord(s, p.zone)
		return w.Write([]string{string(r.OrderNo), string(r.Sale), strconv.Itoa(r.Attempt), string(r.State),
			strconv.FormatBool(r.Watch), string(r.Attention), s.Amount.Decimal(), strconv.FormatInt(r.AmountMinor, 10),
			string(r.Currency), cell(r.TransactionID), string(r.Recall), string(r.Reason), cell(r.Cashier), cell(r.Till), cell(r.Ref),
			r.CreatedAt, r.UpdatedAt, strconv.Itoa(r.Asked), strconv.Itoa(r.Revokes), string(r.Method), strconv.FormatBool(r.Practice)})
	}
	flush = func() error {
		w.Flush()
		return errors.Join(head, w.Error())
	}
	return put, flush
}

// cell makes a text harmless in a spreadsheet.
func cell(text string) string {
	text = clean(text)
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func (m *machine) verifyCommand(f *flags) *cobra.Command {
	var expect, checkpoint string
	c := &cobra.Command{
		Use:   "verify",
		Short: "Prove that nobody has edited the journal",
		Long: `Walks the whole hash chain, folds every attempt again and compares. Without
something that was written down elsewhere, a tail that was cut off or a chain that
was written anew cannot be found: keep the head that verify prints, and give it
back with --expect; or keep the output of verify --json as a file, and give it
back with --checkpoint.

Exit status 0 good, 7 differences found, 6 unreadable.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o := storage.VerifyOptions{Expect: expect}
			if err := readCheckpoint(checkpoint, &o); err != nil {
				return err
			}
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error {
				report, err := r.Verify(c.Context(), o)
				if err != nil {
					return err
				}
				return p.report(report)
			})
		},
	}
	c.Flags().StringVar(&expect, "expect", "", "a head that was written down earlier (hexadecimal, first 16 digits or more)")
	c.Flags().StringVar(&checkpoint, "checkpoint", "", "a file with an earlier output of verify --json")
	return c
}

// readCheckpoint reads the file of --checkpoint.
func readCheckpoint(path string, o *storage.VerifyOptions) error {
	if path == "" {
		return nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return refuse("name a file with the output of cashier verify --json", "%w", err)
	}
	var report storage.Report
	if err := json.Unmarshal(raw, &report); err != nil || report.Head == "" {
		return refuse("name a file with the output of cashier verify --json", "%s is not a checkpoint", path)
	}
	o.Checkpoint = &storage.Checkpoint{Seq: report.Seq, Hash: report.Head}
	return nil
}

// report prints what verify found; differences are exit status 7.
func (p printer) report(r storage.Report) error {
	var err error
	if p.json {
		err = writeJSON(p.out, r)
	} else {
		for _, d := range r.Differences {
			fmt.Fprintf(p.out, "entry %d: %s\n", d.Seq, clean(d.Reason))
		}
		verdict := "good"
		if !r.Good() {
			verdict = "DIFFERENCES FOUND"
		}
		_, err = fmt.Fprintf(p.out, "%s: %d entries, %d attempts, head %d %s\n", verdict, r.Events, r.Attempts, r.Seq, r.Head)
	}
	if err == nil && !r.Good() {
		return status(exitDifferences)
	}
	return err
}

func (m *machine) backupCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the journal to a new file and verify the copy",
		Args:  takes("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error {
				report, err := r.Backup(c.Context(), args[0])
				if err != nil {
					return err
				}
				m.say("the copy %s is verified", args[0])
				return p.report(report)
			})
		},
	}
}

func (m *machine) restoreCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of a journal that was lost",
		Long: `Verifies the backup, then puts a copy of it where the journal was. A journal
that is still there is never touched. The restored journal gives out order numbers
of its own: what was sold after the backup was made is not in it.`,
		Args: takes("FILE"),
		RunE: func(c *cobra.Command, args []string) error { return m.restore(c.Context(), *f, args[0]) },
	}
}

// restore needs the lock: it makes a journal.
func (m *machine) restore(ctx context.Context, f flags, backup string) error {
	set, p, err := m.prepare(f)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	report, err := storage.Restore(ctx, backup, set.path, pos.Entry{At: now, Day: now.In(p.zone).Format(time.DateOnly), Run: newRun()})
	if err != nil {
		return err
	}
	m.say("%s is restored to %s", backup, set.path)
	return p.report(report)
}
