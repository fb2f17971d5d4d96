package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
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
	p.practice = r.Practice()
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
		return fmt.Sprintf("%s, %s, %s", e.No, e.Amount, byWhom(e.By, e.Reason))
	case pos.VoidPressed:
		return byWhom(e.By, e.Reason)
	case pos.RevokePressed:
		return byWhom(e.By, "")
	case pos.Acknowledged:
		return byWhom(e.By, e.Text)
	case pos.Annotated:
		return byWhom(e.By, e.Text)
	case pos.BillDiffers:
		return fmt.Sprintf("%s, bill of %s: %s; ours: %s", e.Kind, e.Day, e.Theirs, e.Ours)
	default:
		return ""
	}
}

// byWhom is who did something and why, or what they wrote.
func byWhom(who, text string) string {
	if who != "" {
		who = "by " + who
	}
	if who != "" && text != "" {
		who += ": "
	}
	return who + text
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

func (m *machine) verifyCommand(f *flags) *cobra.Command {
	var expect, checkpoint string
	c := &cobra.Command{
		Use:   "verify",
		Short: "Prove that nobody has edited the journal",
		Long: `Walks the whole hash chain, folds every attempt again and compares. Without
something that was written down elsewhere, a tail that was cut off or a chain that
was written anew cannot be found: keep the head that verify prints, and give it
back with --expect, and so the one on a closing's paper; or keep the output of verify --json as a file, and give it
back with --checkpoint.

Exit status 0 good, 7 differences found, 6 unreadable.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for name, value := range map[string]string{"expect": expect, "checkpoint": checkpoint} { // a variable of a script that was not set
				if c.Flags().Changed(name) && strings.TrimSpace(value) == "" {
					return refuse("leave it out to compare the journal with itself", "--%s is empty", name)
				}
			}
			o := storage.VerifyOptions{Expect: strings.ReplaceAll(expect, " ", "")} // as it stands on paper, too
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
	report, err := storage.Restore(ctx, backup, set.path, set.practice, pos.Entry{At: now, Day: now.In(p.zone).Format(time.DateOnly), Run: newRun()})
	if err != nil {
		return err
	}
	m.say("%s is restored to %s", backup, set.path)
	return p.report(report)
}
