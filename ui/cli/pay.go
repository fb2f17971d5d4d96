package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"cashier/pos"
)

// defaultWait is how long pay and revoke wait for a verdict.
const defaultWait = 90 * time.Second

func (m *machine) payCommand(f *flags) *cobra.Command {
	var code, ref, cashier string
	var wait time.Duration
	c := &cobra.Command{
		Use:   "pay AMOUNT --code DIGITS",
		Short: "Sell once without a screen",
		Long: `Sells once without a screen. Prints how it stands at paid, failed or revoked, or
after --wait, which cancels nothing: what is open then is worked on by the next
cashier that starts, or by cashier resume.

Exit status 0 paid, 3 not paid, 4 still open.`,
		Args: takes("AMOUNT"),
		RunE: func(c *cobra.Command, args []string) error {
			return m.pay(c.Context(), *f, args[0], code, pos.Scan{Ref: ref, Cashier: cashier}, wait)
		},
	}
	c.Flags().StringVar(&code, "code", "", "the 18 digits of the customer's payment code; - reads them from standard input")
	c.Flags().StringVar(&ref, "ref", "", "your own reference, sent along as attach (at most 127 bytes)")
	cashierFlag(c, &cashier)
	c.Flags().DurationVar(&wait, "wait", defaultWait, "how long to wait for a verdict")
	return c
}

// pay charges one customer. Everything that can be refused is refused before
// the journal is opened.
func (m *machine) pay(ctx context.Context, f flags, amount, code string, scan pos.Scan, wait time.Duration) error {
	set, err := m.settle(f)
	if err != nil {
		return err
	}
	if err := errors.Join(checkText("--ref", scan.Ref, 127), checkText("--cashier", scan.Cashier, 32), checkWait(wait)); err != nil {
		return err
	}
	if scan.Amount, scan.Code, err = m.readSale(ctx, set, amount, code); err != nil {
		return err
	}
	return m.inShop(ctx, f, func(s *shop) (pos.Summary, error) {
		if err := s.till.Start(ctx); err != nil {
			return pos.Summary{}, err
		}
		a, err := s.till.Charge(ctx, scan)
		if err != nil {
			return pos.Summary{}, err
		}
		stands := s.await(ctx, a.OrderNo, wait)
		if !stands.State.Settled() {
			m.say("still open: it goes on at the next start, or with cashier resume")
		}
		return stands, nil
	})
}

// readSale reads amount and code; an empty --code is asked for by name.
func (m *machine) readSale(ctx context.Context, s setting, amount, code string) (pos.Money, pos.AuthCode, error) {
	currency, err := pos.ParseCurrency(s.Till.Currency)
	if err != nil {
		return pos.Money{}, pos.AuthCode{}, err
	}
	money, err := pos.ParseAmount(amount, currency)
	if err != nil {
		return pos.Money{}, pos.AuthCode{}, err
	}
	switch code {
	case "":
		return pos.Money{}, pos.AuthCode{}, refuse("scan the customer's code: --code DIGITS, or --code - to read it from standard input", "--code is missing")
	case "-":
		if code, err = m.readLine(ctx); err != nil {
			return pos.Money{}, pos.AuthCode{}, err
		}
	}
	scanned, err := pos.ParseAuthCode(code, s.WeChat.CodePrefixes)
	return money, scanned, err
}

// longestScan bounds what is read for a code.
const longestScan = 256

// readLine reads standard input to the first line end, as a scanner sends it,
// or until ctx ends.
func (m *machine) readLine(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() { // ends with the program if nothing ever comes
		text, err := scanLine(m.stdin)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		return l.text, l.err
	case <-ctx.Done():
		return "", refuse("scan the code, or give it with --code DIGITS", "no code came on standard input")
	}
}

// scanLine reads to the first CR, LF or tab behind something.
func scanLine(in io.Reader) (string, error) {
	r := bufio.NewReader(io.LimitReader(in, longestScan))
	var text []byte
	for {
		b, err := r.ReadByte()
		switch ends := b == '\r' || b == '\n' || b == '\t'; {
		case errors.Is(err, io.EOF), err == nil && ends && len(text) > 0:
			return string(text), nil
		case err != nil:
			return "", err
		case !ends:
			text = append(text, b)
		}
	}
}

// checkText refuses a text of the user's that the journal or WeChat Pay's
// attach cannot carry (wechatpay-v2 5.5).
func checkText(flag, text string, most int) error {
	switch {
	case len(text) > most:
		return refuse("shorten it", "%s has %d bytes, %d is the most", flag, len(text), most)
	case clean(text) != text || strings.TrimSpace(text) != text || !utf8.ValidString(text):
		return refuse("use plain text", "%s has characters that do not print, or blanks around it", flag)
	case strings.ContainsFunc(text, func(r rune) bool { return r > 0xFFFF }):
		return refuse("leave them out", "%s has characters that WeChat Pay does not take", flag)
	}
	return nil
}

// checkWait refuses to wait backwards.
func checkWait(wait time.Duration) error {
	if wait < 0 {
		return refuse("use 0s or more", "--wait %s is negative", wait)
	}
	return nil
}

// inShop opens the shop, prints the attempt that work returns and exits by its state.
func (m *machine) inShop(ctx context.Context, f flags, work func(*shop) (pos.Summary, error)) error {
	s, err := m.open(ctx, f)
	if err != nil {
		return err
	}
	found, err := work(s)
	if err == nil {
		m.sayError(s.unwritten())
	}
	if err := errors.Join(err, s.close()); err != nil {
		return err
	}
	p, err := m.printer(f, s.setting)
	if err != nil {
		return err
	}
	m.sayError(p.attempt(found)) // the exit status follows the state alone (design 5)
	return exitFor(found.State)
}

// unwritten is why the journal cannot be written, or nil.
func (s *shop) unwritten() error {
	if err := s.till.Trouble(); pos.KindOf(err) == pos.KindJournal {
		return err
	}
	return nil
}

// sendFor is how long pay waits in any case for the submission to be answered:
// --wait cancels nothing, and least of all the request itself.
const sendFor = 2 * time.Second

// await waits for a verdict for at most wait and returns the attempt as it stands.
func (s *shop) await(ctx context.Context, no pos.OrderNo, wait time.Duration) pos.Summary {
	stands := func() pos.Attempt {
		a, _ := s.till.Attempt(no)
		return a
	}
	// The errors of Wait say no more than the state does.
	settled, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	s.till.Wait(settled, func() bool { return stands().State.Settled() })
	sent, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	s.till.Wait(sent, func() bool { return stands().State != pos.Submitting })
	return stands().Summary
}

func (m *machine) queryCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "query ORDER",
		Short: "Ask WeChat Pay now, journal and print the verdict",
		Long: `Asks WeChat Pay about an order now, writes the answer into the journal and prints
how the order stands.

Exit status 0 paid, 3 not paid, 4 still open.`,
		Args: takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error {
			no, err := pos.ParseOrderNo(args[0])
			if err != nil {
				return err
			}
			return m.inShop(c.Context(), *f, func(s *shop) (pos.Summary, error) {
				ctx, cancel := context.WithTimeout(c.Context(), defaultWait)
				defer cancel()
				a, err := s.till.Ask(ctx, no)
				if err == nil {
					m.say("WeChat Pay answered: %s", a.LastFinding())
				}
				if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
					err = s.unwritten() // nil: not answered, and the attempt stands as it did
				}
				return a.Summary, err
			})
		},
	}
}

func (m *machine) revokeCommand(f *flags) *cobra.Command {
	var by approval
	c := &cobra.Command{
		Use:   "revoke ORDER",
		Short: "Revoke an attempt in doubt; before 15 s it waits",
		Long: `Revokes a Quick Pay order in doubt, from 15 s after its start on, and waits for
the end. A paid order is not revoked: cashier refund gives it back. Any other
order is closed instead (cashier close).

Once people are named (cashier staff), whoever sold it or a manager says so with
a PIN.

Exit status 2 it is paid, 3 revoked or not paid, 4 still open.`,
		Args: takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error {
			no, err := pos.ParseOrderNo(args[0])
			if err != nil {
				return err
			}
			return m.inShop(c.Context(), *f, func(s *shop) (pos.Summary, error) {
				if a, err := s.journal.Attempt(c.Context(), no); err == nil && a.Method.Closes() {
					return pos.Summary{}, refuse("cashier close "+string(no), "order %s is not a Quick Pay order: it is closed and never revoked", no)
				}
				who, err := s.revoker(c.Context(), m, no, by)
				if err != nil {
					return pos.Summary{}, err
				}
				return s.revoke(c.Context(), m, no, who.Name)
			})
		},
	}
	approvalFlags(c, &by)
	c.Flags().StringVar(&by.by, "cashier", "", "the same as --by")
	return c
}

// revoke presses the key as soon as it may be pressed and waits for the end.
func (s *shop) revoke(ctx context.Context, m *machine, no pos.OrderNo, by string) (pos.Summary, error) {
	a, err := s.till.TakeUp(ctx, no)
	if err != nil {
		return pos.Summary{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, defaultWait)
	defer cancel()
	for told := false; ; {
		changed := s.till.Changed()
		now := s.till.Now()
		if latest, known := s.till.Attempt(no); known {
			a = latest
		}
		switch err := a.CanRevoke(now); {
		case a.State == pos.Paid && a.Method.Closes():
			m.say("nothing was closed: it is paid")
			return a.Summary, nil
		case a.State == pos.Paid:
			return pos.Summary{}, refuse("take it back with cashier void "+string(no)+" --reason TEXT", "order %s is paid", no)
		case a.State.Settled(), errors.Is(err, pos.ErrRevokeForeign), errors.Is(err, pos.ErrRevokeExpired):
			if a.Reason != pos.ReasonCashier {
				m.say("nothing was revoked: %s", err)
			}
			return a.Summary, nil
		case errors.Is(err, pos.ErrRevokeEarly) && !told && a.State == pos.InDoubt:
			m.say("waiting until %s: WeChat Pay takes no revoke before", a.RevokeReady().In(s.till.Policy().Zone).Format(time.TimeOnly))
			told = true
		case err == nil && a.State == pos.InDoubt:
			if err := s.till.Revoke(no, by); err != nil && pos.KindOf(err) != pos.KindInvalid {
				return pos.Summary{}, err
			}
		}
		select {
		case <-changed:
		case <-time.After(max(a.RevokeReady().Sub(now), 100*time.Millisecond)):
		case <-ctx.Done():
			return a.Summary, nil
		}
	}
}

func (m *machine) resumeCommand(f *flags) *cobra.Command {
	var wait time.Duration
	c := &cobra.Command{
		Use:   "resume",
		Short: "Work on everything open until nothing is, or --wait is over",
		Long: `Works on everything open, the checks behind a verdict too, until nothing is, or
--wait is over, and prints how each stands. Refunds that are not done are asked
about once.

Exit status 0 nothing is open, 4 something still is.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return m.resume(c.Context(), *f, wait) },
	}
	c.Flags().DurationVar(&wait, "wait", 60*time.Second, "how long; 0 does only what is due now")
	return c
}

// resume works on everything open and prints how each stands in the end. Exit
// status 0 when nothing is open, watches included, else 4.
func (m *machine) resume(ctx context.Context, f flags, wait time.Duration) error {
	if err := checkWait(wait); err != nil {
		return err
	}
	s, err := m.open(ctx, f)
	if err != nil {
		return err
	}
	work := func() ([]pos.Summary, error) {
		began := s.till.Now()
		if err := s.till.Start(ctx); err != nil {
			return nil, err
		}
		return s.workOn(ctx, s.till.Working(), began, wait), nil
	}
	ended, err := work()
	if err := errors.Join(err, s.close()); err != nil {
		return err
	}
	p, err := m.printer(f, s.setting)
	if err != nil {
		return err
	}
	open := false
	for _, a := range ended {
		open = open || a.Open()
		m.sayError(p.attempt(a))
	}
	if open {
		return status(exitOpen)
	}
	return nil
}

// workOn waits until nothing is open and no refund is asked about, or for wait;
// with 0 until each has been asked about once. What a refund needs days for is
// not waited for.
func (s *shop) workOn(ctx context.Context, open []pos.Attempt, began time.Time, wait time.Duration) []pos.Summary {
	done := func() bool { return s.till.Idle() && s.refundsAsked(began) }
	if wait == 0 {
		wait, done = defaultWait, func() bool { return s.allAsked(open) && s.refundsAsked(began) }
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	s.till.Wait(ctx, done) // its error says no more than the states do
	ended := make([]pos.Summary, len(open))
	for i, a := range open {
		latest, _ := s.till.Attempt(a.OrderNo)
		ended[i] = latest.Summary
	}
	return ended
}

// refundsAsked reports whether each refund was asked about since this run began,
// and no call about one is due.
func (s *shop) refundsAsked(began time.Time) bool {
	now := s.till.Now()
	return !slices.ContainsFunc(s.till.Working(), func(a pos.Attempt) bool {
		return a.Refunding && (a.UpdatedAt.Before(began) || a.InFlight() != "" || !a.NextRefund().After(now))
	})
}

// allAsked reports whether each attempt was asked about since, and answered.
func (s *shop) allAsked(since []pos.Attempt) bool {
	for _, before := range since {
		a, _ := s.till.Attempt(before.OrderNo)
		if a.Open() && (a.Asked == before.Asked || a.InFlight() != "") {
			return false
		}
	}
	return true
}
