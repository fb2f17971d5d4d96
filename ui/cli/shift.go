package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
)

func (m *machine) shiftCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "shift",
		Short: "Open, read and close a shift, and print earlier closings",
		Long: `A shift is what stands in the journal between two closings. Its report says what
came in and what was given back, for each currency and cashier. Read before the
end it is an X; a closing makes a Z of it, which has a number without gaps, never
changes, and carries the head of the journal, so that the paper witnesses it:
cashier verify --expect HEAD.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return refuse("cashier shift open|x|z|list|show", "cashier shift wants a word")
		},
	}
	c.AddCommand(m.shiftOpenCommand(f), m.shiftXCommand(f), m.shiftZCommand(f), m.shiftListCommand(f), m.shiftShowCommand(f))
	return c
}

func (m *machine) shiftOpenCommand(f *flags) *cobra.Command {
	var by approval
	c := &cobra.Command{
		Use:   "open",
		Short: "Note who begins a shift",
		Long: `Notes who begins a shift, and when. A shift that nobody opens begins with the
closing before it. Once people are named it asks for a PIN: --by NAME, a cashier
or a manager.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return m.inBackroom(c.Context(), *f, func(s *shop, _ printer) error {
				who, err := s.who(c.Context(), m, by, pos.MayOpenShift, "")
				if err == nil {
					err = s.office.OpenShift(c.Context(), who)
				}
				if err == nil {
					m.say("the shift is open")
				}
				return err
			})
		},
	}
	approvalFlags(c, &by)
	return c
}

func (m *machine) shiftXCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "x",
		Short: "Read the shift that runs, without closing it",
		Long: `Prints the report of the shift that runs, as an X: as it stands now, and changing
nothing. Like every command that reads it needs no lock and no PIN, works beside a
till that sells, and leaves no trace in the journal; the X that is taken at the
till does.

` + closingHelp,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error {
				x, err := r.Running(c.Context())
				if err != nil {
					return err
				}
				x.At = time.Now()
				return p.closing(closingRecord{Closing: x})
			})
		},
	}
}

func (m *machine) shiftZCommand(f *flags) *cobra.Command {
	var by approval
	var carry bool
	c := &cobra.Command{
		Use:   "z",
		Short: "Close the shift",
		Long: `Closes the shift and prints its report, the Z. A sale without a verdict stands in
the way: wait for it, or have it listed and carried over into the next shift with
--carry-over. A refund that takes days stands in nobody's way and is listed.

Then the whole journal is verified, and what belongs to the closing is kept in the
folder archives beside it, readable without this program. If one of them fails the
Z stands all the same. Once people are named, a manager approves it with a PIN.

` + closingHelp + `

Exit status 2 refused, 6 the archive could not be written, 7 verify found
differences.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return m.inBackroom(c.Context(), *f, func(s *shop, p printer) error { return s.closeShift(c.Context(), m, p, by, carry) })
		},
	}
	c.Flags().BoolVar(&carry, "carry-over", false, "close although a sale has no verdict, and list it")
	approvalFlags(c, &by)
	return c
}

// closeShift makes the Z, prints it, and does what follows from it.
func (s *shop) closeShift(ctx context.Context, m *machine, p printer, by approval, carry bool) error {
	who, err := s.who(ctx, m, by, pos.MayCloseShift, "")
	if err != nil {
		return err
	}
	z, err := s.office.CloseShift(ctx, who, carry)
	if errors.Is(err, pos.ErrOpenSales) {
		for _, open := range z.Carried {
			m.say("open: %s", carriedLine(open))
		}
		return refuse("wait for the verdict (cashier resume), or close with --carry-over: it is listed, and belongs to the next shift", "%w", err)
	}
	if err != nil {
		return err
	}
	m.sayError(p.closing(newRecordOf(z))) // the Z stands, whoever reads
	return s.afterClosing(ctx, m, z)
}

// afterClosing verifies the whole journal and keeps the archive. The Z stands
// whatever becomes of them, and neither keeps the other from being tried.
func (s *shop) afterClosing(ctx context.Context, m *machine, z pos.Closing) error {
	report, err := s.journal.Verify(ctx, storage.VerifyOptions{Expect: z.Head})
	for _, d := range report.Differences {
		m.say("entry %d: %s", d.Seq, d.Reason)
	}
	if err == nil && !report.Good() {
		m.say("closing %d stands, and the journal is not what was written: DIFFERENCES FOUND", z.Number)
		err = status(exitDifferences)
	}
	path, kept := s.archive(ctx, z)
	if kept == nil {
		m.say("closing %d is kept in %s", z.Number, path)
		return err
	}
	m.sayError(kept)
	m.say("closing %d stands, and its archive is missing", z.Number)
	return cmp.Or(err, error(status(exitJournal)))
}

// lookBack is how many closings before it a closing looks for that have no archive:
// a till was killed behind them, or somebody has carried the files away.
const lookBack = 7

// archive keeps what belongs to a closing beside the journal, and returns where.
func (s *shop) archive(ctx context.Context, z pos.Closing) (string, error) {
	name := "archives"
	if s.practice { // its closings have the numbers of the real ones
		name = "practice-archives"
	}
	folder := filepath.Join(filepath.Dir(s.path), name)
	for n := z.Number - 1; n > max(z.Number-1-lookBack, 0) && !archived(folder, n); n-- {
		if _, err := s.journal.Archive(ctx, folder, n); err != nil {
			return "", err
		}
	}
	return s.journal.Archive(ctx, folder, z.Number)
}

// archived reports whether a closing has its archive.
func archived(folder string, number int) bool {
	found, err := filepath.Glob(filepath.Join(folder, fmt.Sprintf("Z-*-%04d.zip", number)))
	return err == nil && len(found) > 0
}

func (m *machine) shiftListCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the closings, newest first",
		Long:  "Lists the closings, newest first, with what stayed of each currency.\n\n" + closingHelp,
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error {
				all, err := r.Closings(c.Context())
				if err != nil {
					return err
				}
				return p.closings(all)
			})
		},
	}
}

func (m *machine) shiftShowCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "show N",
		Short: "Print a closing again",
		Long:  "Prints a closing again, just as it was printed when the shift was closed.\n\n" + closingHelp,
		Args:  takes("N"),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := parseClosing("N", args[0])
			if err != nil {
				return err
			}
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error {
				all, err := r.Closings(c.Context())
				if err != nil {
					return err
				}
				z, err := closingOf(all, n)
				if err != nil {
					return err
				}
				return p.closing(newRecordOf(z))
			})
		},
	}
}

// parseClosing reads the number of a closing.
func parseClosing(flag, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, refuse("cashier shift list has the numbers", "%s: %q is not the number of a closing", flag, text)
	}
	return n, nil
}

// closingOf is the closing with a number.
func closingOf(all []pos.Closing, n int) (pos.Closing, error) {
	i := slices.IndexFunc(all, func(z pos.Closing) bool { return z.Number == n })
	if i < 0 {
		return pos.Closing{}, &pos.Error{Kind: pos.KindNotFound, Err: fmt.Errorf("there is no closing %d", n), Hint: "cashier shift list has the numbers"}
	}
	return all[i], nil
}
