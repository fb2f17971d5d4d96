package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
)

func (m *machine) voidCommand(f *flags) *cobra.Command {
	var reason string
	var by approval
	var wait time.Duration
	c := &cobra.Command{
		Use:   "void ORDER --reason TEXT",
		Short: "Take a paid order back, all of it, within 7 days",
		Long: `Takes a paid Quick Pay order back by a revoke, all of it, within 7 days. It is
not paid any more from the moment the command begins, and nothing makes it paid
again. The command waits for the end, for at most --wait; what has not ended then
goes on in every till that runs and in cashier resume. What WeChat Pay will not
revoke has to be given back with cashier refund.

Once people are named (cashier staff), a manager approves it with a PIN.

Exit status 2 refused, 3 revoked, 4 not over yet, or to be refunded.`,
		Args: takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error {
			no, err := pos.ParseOrderNo(args[0])
			if err != nil {
				return err
			}
			if err := errors.Join(checkReason(reason), checkText("--by", by.by, pos.MaxNameBytes), checkWait(wait)); err != nil {
				return err
			}
			return m.inShop(c.Context(), *f, func(s *shop) (pos.Summary, error) {
				return s.void(c.Context(), m, no, reason, by, wait)
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the journal (at most 80 bytes)")
	approvalFlags(c, &by)
	c.Flags().DurationVar(&wait, "wait", defaultWait, "how long to wait until it is over")
	return c
}

// checkReason wants to know why money is given back.
func checkReason(reason string) error {
	if reason == "" {
		return refuse(`say why: --reason "cold coffee"`, "--reason is missing")
	}
	return checkText("--reason", reason, 80)
}

// void says what will happen, has it approved, and waits for the end.
func (s *shop) void(ctx context.Context, m *machine, no pos.OrderNo, reason string, by approval, wait time.Duration) (pos.Summary, error) {
	if err := s.till.Start(ctx); err != nil {
		return pos.Summary{}, err
	}
	paid, err := s.till.TakeUp(ctx, no)
	if err != nil {
		return pos.Summary{}, err
	}
	if err := paid.CanVoid(s.till.Now()); err != nil {
		return pos.Summary{}, notVoided(paid, err)
	}
	m.say("all of %s goes back to the customer by a revoke of %s, which is not paid from now on, whatever comes of it", paid.Amount, no)
	who, err := s.who(ctx, m, by, pos.MayVoid, string(no))
	if err != nil {
		return pos.Summary{}, err
	}
	if _, err := s.office.Void(ctx, who, no, reason); err != nil {
		return pos.Summary{}, err
	}
	a := s.awaitVoid(ctx, m, no, wait)
	switch {
	case a.State.Settled():
		m.say("revoked: %s", paid.Amount)
	case unrevokable(a):
		m.sayError(&pos.Error{Kind: pos.KindUnavailable, Op: "void " + string(no), Err: errors.New("WeChat Pay will not revoke it, and has it as paid"),
			Hint: fmt.Sprintf("give all of it back: cashier refund %s %s --reason TEXT", no, paid.Amount.Decimal())})
	default:
		m.say("not over yet: it goes on at the next start, or with cashier resume")
	}
	return a.Summary, nil
}

// notVoided is why an order is not voided, and the refund if that is the way.
func notVoided(a pos.Attempt, reason error) error {
	hint := ""
	if left := a.Refundable(); a.CanRefund(left) == nil {
		hint = fmt.Sprintf("cashier refund %s %s --reason TEXT", a.OrderNo, left.Decimal())
	}
	return &pos.Error{Kind: pos.KindInvalid, Op: "void " + string(a.OrderNo), Err: reason, Hint: hint}
}

// unrevokable reports whether WeChat Pay has refused to revoke an order that a
// query has found paid since, so that only a refund of the whole ends it (design 3.8).
func unrevokable(a pos.Attempt) bool {
	return a.State == pos.Confirming && a.Attention != "" && a.CanRefund(a.Amount) == nil
}

// awaitVoid waits until a void is over, or somebody has to refund, or wait is over.
func (s *shop) awaitVoid(ctx context.Context, m *machine, no pos.OrderNo, wait time.Duration) pos.Attempt {
	stands := func() pos.Attempt {
		a, _ := s.till.Attempt(no)
		return a
	}
	if a := stands(); a.RevokeReady().After(s.till.Now()) {
		m.say("waiting until %s: WeChat Pay takes no revoke before", a.RevokeReady().In(s.till.Policy().Zone).Format(time.TimeOnly))
	}
	// The errors of Wait say no more than the state does.
	ended, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	s.till.Wait(ended, func() bool { a := stands(); return a.State.Settled() || unrevokable(a) })
	sent, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendFor)
	defer cancel()
	s.till.Wait(sent, func() bool { a := stands(); return a.Revokes > 0 && a.InFlight() == "" || a.State.Settled() }) // --wait cancels nothing
	return stands()
}

// revoker is who revokes an attempt in doubt: whoever sold it, or a manager.
func (s *shop) revoker(ctx context.Context, m *machine, no pos.OrderNo, by approval) (pos.Person, error) {
	sold, err := s.journal.Attempt(ctx, no)
	if err != nil {
		return pos.Person{}, err
	}
	return s.who(ctx, m, by, sold.RevokeOf(by.by), string(no))
}
