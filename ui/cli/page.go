package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/ui"
)

// This file has the commands for orders that the customer pays in a client of
// their own: made by Unified Order, ended by Close Order (design 3.12).

// closeFor is how long a command waits for the close that it has asked for.
const closeFor = 15 * time.Second

func (m *machine) qrCommand(f *flags) *cobra.Command {
	var scan pos.Scan
	var wait time.Duration
	c := &cobra.Command{
		Use:   "qr AMOUNT",
		Short: "Show a code that the customer scans, and wait for the payment",
		Long: `Draws a code on standard error, which the customer scans, waits for the
payment and prints how the order stands. When nobody has paid by the deadline
(timing.deadline, 45 s), after --wait, or when the command is told to end, the
order is closed.

Exit status 0 paid, 3 not paid, 4 still open.`,
		Args: takes("AMOUNT"),
		RunE: func(c *cobra.Command, args []string) error {
			scan.Method = pos.Native
			return m.qr(c.Context(), *f, args[0], scan, wait)
		},
	}
	orderFlags(c, &scan)
	c.Flags().DurationVar(&wait, "wait", defaultWait, "how long to wait for the customer; the order is closed then, and at the deadline in any case")
	return c
}

// orderFlags are those of every command that makes an order of its own.
func orderFlags(c *cobra.Command, scan *pos.Scan) {
	c.Flags().StringVar(&scan.Ref, "ref", "", "your own reference, sent along as attach (at most 127 bytes)")
	cashierFlag(c, &scan.Cashier)
}

// readOrder checks what the user gave, before the journal is opened.
func (m *machine) readOrder(f flags, amount string, scan *pos.Scan, wait time.Duration) error {
	set, err := m.settle(f)
	if err != nil {
		return err
	}
	if err := errors.Join(checkText("--ref", scan.Ref, 127), checkText("--cashier", scan.Cashier, 32),
		checkText("--openid", scan.Payer, 128), checkWait(wait)); err != nil {
		return err
	}
	currency, err := pos.ParseCurrency(set.Till.Currency)
	if err != nil {
		return err
	}
	scan.Amount, err = pos.ParseAmount(amount, currency)
	return err
}

// order makes an order and waits until its submission was answered.
func (s *shop) order(ctx context.Context, scan pos.Scan) (pos.Attempt, error) {
	if err := s.till.Start(ctx); err != nil {
		return pos.Attempt{}, err
	}
	a, err := s.till.Charge(ctx, scan)
	if err != nil {
		return pos.Attempt{}, err
	}
	s.answered(ctx, a.OrderNo)
	a, _ = s.till.Attempt(a.OrderNo)
	return a, nil
}

// answered waits until the submission of an order was answered.
func (s *shop) answered(ctx context.Context, no pos.OrderNo) pos.Summary {
	ctx, cancel := context.WithTimeout(ctx, defaultWait)
	defer cancel()
	var a pos.Attempt
	s.till.Wait(ctx, func() bool { // its error says no more than the state does
		a, _ = s.till.Attempt(no)
		return a.State != pos.Submitting
	})
	return a.Summary
}

// qr shows a code until it is paid, or closes it.
func (m *machine) qr(ctx context.Context, f flags, amount string, scan pos.Scan, wait time.Duration) error {
	if err := m.readOrder(f, amount, &scan, wait); err != nil {
		return err
	}
	return m.inShop(ctx, f, func(s *shop) (pos.Summary, error) {
		a, err := s.order(ctx, scan)
		if err != nil {
			return pos.Summary{}, err
		}
		if a.CodeURL() != "" && !f.json {
			m.drawCode(a.CodeURL())
		}
		if a.CodeURL() != "" {
			m.say("the customer scans %s", clean(a.CodeURL()))
		}
		stands := s.await(ctx, a.OrderNo, wait)
		if stands.State == pos.Submitting { // told to end before it was answered: what comes of it is closed
			stands = s.answered(context.WithoutCancel(ctx), a.OrderNo)
		}
		if stands.State != pos.InDoubt {
			return s.await(context.WithoutCancel(ctx), a.OrderNo, closeFor), nil
		}
		m.say("nobody has paid: closing the order")
		return s.shut(ctx, a.OrderNo, scan.Cashier)
	})
}

// drawCode draws the code for the customer.
func (m *machine) drawCode(url string) {
	rows, err := ui.QR(url, m.getenv("CASHIER_ASCII") != "" || !m.utf8())
	if err != nil {
		return // it is said in words all the same
	}
	for _, row := range rows {
		fmt.Fprintln(m.stderr, row)
	}
}

// shut has the order closed, also when the command was told to end, and waits
// for its end.
func (s *shop) shut(ctx context.Context, no pos.OrderNo, by string) (pos.Summary, error) {
	ctx = context.WithoutCancel(ctx)
	if err := s.till.Revoke(no, by); err != nil && pos.KindOf(err) != pos.KindInvalid {
		return pos.Summary{}, err
	}
	return s.await(ctx, no, closeFor), nil
}

func (m *machine) closeCommand(f *flags) *cobra.Command {
	var by approval
	c := &cobra.Command{
		Use:   "close ORDER",
		Short: "Close an order that is not Quick Pay and not paid",
		Long: `Closes an order that the customer pays in a client of their own. It is asked about
first; one that is paid is not closed. A Quick Pay order is revoked instead.

Once people are named (cashier staff), whoever sold it or a manager says so with
a PIN.

Exit status 0 the customer was quicker, it is paid; 2 it was paid already; 3
closed or not paid; 4 still open.`,
		Args: takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error {
			no, err := pos.ParseOrderNo(args[0])
			if err != nil {
				return err
			}
			return m.inShop(c.Context(), *f, func(s *shop) (pos.Summary, error) {
				a, err := s.journal.Attempt(c.Context(), no)
				if err != nil {
					return pos.Summary{}, err
				}
				if a.State == pos.Paid {
					return pos.Summary{}, refuse("give it back with cashier refund "+string(no)+" AMOUNT --reason TEXT", "order %s is paid: it is never closed", no)
				}
				if !a.Method.Closes() {
					return pos.Summary{}, refuse("cashier revoke "+string(no), "order %s is a Quick Pay order: it is revoked and never closed", no)
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

// payers are the places where a customer pays, by their names on the command line.
var payers = map[string]pos.Method{"app": pos.App, "mini-program": pos.MiniProgram}

func (m *machine) prepayCommand(f *flags) *cobra.Command {
	var scan pos.Scan
	c := &cobra.Command{
		Use:   "prepay app|mini-program AMOUNT",
		Short: "Make an order for an app or a Mini Program and print what its front end needs",
		Long: `Makes an order that the customer pays in the merchant's app or in a Mini Program,
and prints the signed parameters that the front end needs. The order stays open
for 2 hours; cashier query asks about it, cashier close closes it, and every
till and cashier resume go on with it. What the front end reports is for
display: only WeChat Pay's answer makes it paid.

Exit status 0 the order is made, 3 it is not, 4 nobody knows yet.`,
		Args: takes("app|mini-program", "AMOUNT"),
		RunE: func(c *cobra.Command, args []string) error {
			method, known := payers[args[0]]
			if !known {
				return refuse("cashier prepay app, or cashier prepay mini-program", "%q is no place to pay in", args[0])
			}
			scan.Method = method
			return m.prepay(c.Context(), *f, args[1], scan)
		},
	}
	orderFlags(c, &scan)
	c.Flags().StringVar(&scan.Payer, "openid", "", "the customer's openid under the Mini Program (mini-program)")
	return c
}

// prepaid is what cashier prepay prints.
type prepaid struct {
	record
	PrepayID string `json:"prepay_id"`
	Payment  any    `json:"payment"` // by the names under which the front end needs them
}

// prepay makes the order and leaves it open: the customer pays elsewhere.
func (m *machine) prepay(ctx context.Context, f flags, amount string, scan pos.Scan) error {
	if err := m.readOrder(f, amount, &scan, 0); err != nil {
		return err
	}
	if mini := scan.Method == pos.MiniProgram; mini == (scan.Payer == "") {
		return refuse("the Mini Program knows it: wx.login", "--openid is required for a Mini Program, and for nothing else")
	}
	s, err := m.open(ctx, f)
	if err != nil {
		return err
	}
	a, err := s.order(ctx, scan)
	out := prepaid{record: newRecord(a.Summary, s.till.Policy().Zone), PrepayID: a.PrepayID()}
	if err == nil && a.PrepayID() != "" {
		out.Payment, err = s.client.FrontEnd(pos.Charge{Order: pos.Order{Method: scan.Method}, Payer: scan.Payer}, a.PrepayID(), s.till.Now())
	}
	stands := a.Summary
	if err == nil && a.PrepayID() == "" {
		stands = s.await(context.WithoutCancel(ctx), a.OrderNo, closeFor)
	}
	if err := errors.Join(err, s.close()); err != nil {
		return err
	}
	p, err := m.printer(f, s.setting)
	if err != nil {
		return err
	}
	if a.PrepayID() == "" {
		m.sayError(p.attempt(stands))
		return exitFor(stands.State)
	}
	if f.json {
		return writeJSON(m.stdout, out)
	}
	m.sayError(p.attempt(stands))
	return writeJSON(m.stdout, out.Payment)
}
