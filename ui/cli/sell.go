package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"cashier/pos"
	"cashier/storage"
	"cashier/ui"
)

// settleDown is how long after the start the journal prepares itself for fast
// commits: the first frame and an eager scan come first (design 9, order of start-up).
const settleDown = 300 * time.Millisecond

func (m *machine) practiceCommand(f *flags) *cobra.Command {
	var cashier string
	c := &cobra.Command{
		Use:   "practice",
		Short: "Open the cashier's screen in practice mode: built-in WeChat Pay, play money",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f.practice = true
			return m.sell(c.Context(), *f, cashier)
		},
	}
	cashierFlag(c, &cashier)
	c.AddCommand(m.fillCommand(f))
	return c
}

// cashierFlag is who stands at the screen.
func cashierFlag(c *cobra.Command, cashier *string) {
	c.Flags().StringVar(cashier, "cashier", "", "who sells, for the header and the journal")
}

// sell runs the cashier's screen. Whatever ends it, open sales go on without a
// screen until each has its verdict, for at most 180 s.
func (m *machine) sell(ctx context.Context, f flags, cashier string) error {
	if err := checkText("--cashier", cashier, 32); err != nil {
		return err
	}
	in, out, err := m.tty()
	if err != nil {
		return err
	}
	if f.practice = f.practice || m.neverConfigured(f); !f.practice {
		if _, err := m.settle(f); err != nil {
			return err
		}
	}
	s, err := m.open(ctx, f)
	if err != nil {
		return err
	}
	err = s.screen(ctx, m, cashier, in, out)
	drained := m.drain(s)
	return errors.Join(err, s.close(), drained)
}

// tty refuses to draw a screen where there is none.
func (m *machine) tty() (in, out *os.File, err error) {
	in, inFile := m.stdin.(*os.File)
	out, outFile := m.stdout.(*os.File)
	if !inFile || !outFile || !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil, nil, refuse("use cashier pay in scripts", "the screen needs a terminal")
	}
	return in, out, nil
}

// neverConfigured reports whether this is a first look: no configuration, named
// or not, and no journal of real money. A till that was ever configured never
// falls back into practice by itself.
func (m *machine) neverConfigured(f flags) bool {
	if _, err := m.loadConfig(f.config); !errors.Is(err, errNoConfig) || f.journal != "" {
		return false
	}
	_, err := os.Stat(m.journalPath(false))
	return errors.Is(err, fs.ErrNotExist)
}

// screen shows the cashier's screen until it is left; ctx ends it at once.
func (s *shop) screen(ctx context.Context, m *machine, cashier string, in io.Reader, out io.Writer) error {
	if err := s.till.Start(ctx); err != nil {
		return err
	}
	people, err := s.office.People(ctx)
	if err != nil {
		return err
	}
	options := s.options(m, cashier)
	options.People = people
	shown, left := context.WithCancel(ctx)
	defer left()
	options.Verify = func(context.Context) error { return s.verifyAtStart(shown) } // who leaves does not wait for it
	model, err := ui.New(options)
	if err != nil {
		return err
	}
	program := ui.Program(model, in, out)
	stop := context.AfterFunc(ctx, func() { program.Send(ui.LeaveMsg{}) })
	defer stop()
	warm := time.AfterFunc(settleDown, func() {
		if err := s.journal.Warm(ctx); err != nil {
			s.log.Warn("warm the journal", "error", err)
		}
	})
	defer warm.Stop()
	go s.tidy(shown)
	_, err = program.Run()
	if ctx.Err() != nil {
		return nil // told to end, and the terminal may be gone with it
	}
	return err
}

// tidy brings the journal's WAL into its file whenever nothing is open, so that
// no commit of a sale has to (design 9: checkpoints between sales).
func (s *shop) tidy(ctx context.Context) {
	for {
		select {
		case <-s.till.Changed():
		case <-ctx.Done():
			return
		}
		if !s.till.Idle() {
			continue
		}
		if err := s.journal.Checkpoint(ctx); err != nil {
			s.log.Warn("checkpoint", "error", err.Error())
		}
	}
}

// options are what the screen has to know. The terminal is judged by the
// environment alone: asking it would cost a scan.
func (s *shop) options(m *machine, cashier string) ui.Options {
	plain := m.getenv("NO_COLOR") != "" || m.getenv("TERM") == "dumb"
	views := m.viewsFile()
	return ui.Options{
		Books: s.journal, Office: s.office, Archive: s.keepClosing,
		Views: m.readViews(views), SaveView: func(v []ui.View) error { return writeViews(views, v) },
		Till: s.till, Reader: s.journal, Store: s.Till.Store, Cashier: cashier, Language: s.Till.Language, Health: s.gateway.health,
		Color: !plain, ASCII: m.getenv("CASHIER_ASCII") != "" || !m.utf8(), Still: m.getenv("CASHIER_STILL") != "",
		Report: func(err error) { s.log.Error("screen", "error", err.Error()) },
	}
}

// recent is how many entries are looked through when the screen opens, if no
// closing is nearer: some seconds in the background.
const recent = 50_000

// verifyAtStart looks through what came since the last closing, and then through
// all of it, in the background (design 9). That it could not be read to its end
// is no difference, and is the log's.
func (s *shop) verifyAtStart(ctx context.Context) error {
	err := s.verifyRecent(ctx)
	if err == nil {
		err = s.verifyFrom(ctx, storage.VerifyOptions{})
	}
	if err != nil && !errors.Is(err, errEdited) {
		s.log.Warn("verify", "error", err.Error())
		return nil
	}
	return err
}

// errEdited is a journal that is not as it was written.
var errEdited = errors.New("the journal is not as it was written")

// verifyRecent looks for differences in what came since the last closing.
func (s *shop) verifyRecent(ctx context.Context) error {
	last, err := s.journal.LastClosing(ctx)
	if err != nil {
		return err
	}
	head, _, err := s.journal.Head(ctx)
	if err != nil {
		return err
	}
	return s.verifyFrom(ctx, storage.VerifyOptions{From: max(last, head-recent)})
}

// verifyFrom is verify with a difference as an error.
func (s *shop) verifyFrom(ctx context.Context, o storage.VerifyOptions) error {
	report, err := s.journal.Verify(ctx, o)
	if err == nil && !report.Good() {
		bad := report.FirstBad()
		err = &pos.Error{Kind: pos.KindJournal, Err: fmt.Errorf("%w: entry %d: %s", errEdited, bad.Seq, bad.Reason), Hint: "cashier verify"}
	}
	return err
}

// keepClosing does what follows from a closing at the screen: all of the journal
// is verified, and its archive is written. Neither keeps the other from being tried.
func (s *shop) keepClosing(ctx context.Context, z pos.Closing) (string, error) {
	path, err := s.archive(ctx, z)
	return path, errors.Join(err, s.verifyFrom(ctx, storage.VerifyOptions{Expect: z.Head}))
}

// utf8 reports whether the locale says that the terminal shows UTF-8.
func (m *machine) utf8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(m.getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return false
}

// drain finishes what is open without a screen. Waiting tills are told for
// which sale. Signals do not shorten it: money is in doubt.
func (m *machine) drain(s *shop) error {
	ctx, cancel := context.WithTimeout(context.Background(), pos.DrainFor)
	defer cancel()
	var open []string
	for _, a := range s.till.Open() {
		if !a.State.Settled() {
			open = append(open, string(a.OrderNo))
			m.say("finishing sale %s, %s, without a screen; this takes up to %s", a.OrderNo, a.Amount, pos.DrainFor)
		}
	}
	if len(open) > 0 {
		if err := s.journal.Describe(draining + ": finishing sale " + strings.Join(open, ", ")); err != nil {
			s.log.Warn("describe", "error", err.Error())
		}
	}
	if !s.till.Drain(ctx) {
		m.say("a sale is still open; it goes on at the next start, or with cashier resume")
		return status(exitOpen)
	}
	return nil
}
