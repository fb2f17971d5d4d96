package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
)

func (m *machine) refundCommand(f *flags) *cobra.Command {
	var reason string
	var by approval
	var wait time.Duration
	c := &cobra.Command{
		Use:   "refund ORDER AMOUNT --reason TEXT",
		Short: "Give money of a paid order back, in full or in part",
		Long: `Gives money of a paid order back, in full or in part. WeChat Pay accepts a refund
first and carries it out later, for a wallet within minutes, for a card within
days. The command waits for that, for at most --wait; what is not done then is
followed by every till that runs and by cashier resume, until it is.

Once people are named (cashier staff), a manager approves it with a PIN.

Exit status 0 given back, 1 refused for good, 4 not done yet.`,
		Args: takes("ORDER", "AMOUNT"),
		RunE: func(c *cobra.Command, args []string) error {
			return m.refund(c.Context(), *f, args[0], args[1], reason, by, wait)
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the journal and the customer (at most 80 bytes)")
	approvalFlags(c, &by)
	c.Flags().StringVar(&by.by, "cashier", "", "the same as --by")
	c.Flags().DurationVar(&wait, "wait", defaultWait, "how long to wait until it is done")
	return c
}

// refund begins a refund and waits for its end.
func (m *machine) refund(ctx context.Context, f flags, order, amount, reason string, by approval, wait time.Duration) error {
	set, err := m.settle(f)
	if err != nil {
		return err
	}
	no, err := pos.ParseOrderNo(order)
	if err != nil {
		return err
	}
	if err := errors.Join(checkReason(reason), checkText("--by", by.by, pos.MaxNameBytes), checkWait(wait)); err != nil {
		return err
	}
	currency, err := pos.ParseCurrency(set.Till.Currency)
	if err != nil {
		return err
	}
	back, err := pos.ParseAmount(amount, currency)
	if err != nil {
		return err
	}
	s, err := m.open(ctx, f)
	if err != nil {
		return err
	}
	a, err := s.refund(ctx, m, no, back, reason, by, wait)
	if err := errors.Join(err, s.close()); err != nil {
		return err
	}
	p, err := m.printer(f, s.setting)
	if err != nil {
		return err
	}
	m.sayError(p.refunds(a))
	return refundExit(a)
}

// refund waits, once the refund is durable, until it has ended or wait is over.
func (s *shop) refund(ctx context.Context, m *machine, no pos.OrderNo, amount pos.Money, reason string, by approval, wait time.Duration) (pos.Attempt, error) {
	if err := s.till.Start(ctx); err != nil {
		return pos.Attempt{}, err
	}
	who, err := s.who(ctx, m, by, pos.MayRefund, string(no))
	if err != nil {
		return pos.Attempt{}, err
	}
	begun, err := s.office.Refund(ctx, who, no, amount, reason)
	if err != nil {
		return begun, err
	}
	stands := func() pos.Attempt {
		a, _ := s.till.Attempt(no)
		return a
	}
	// The errors of Wait say no more than the state does.
	ended, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	s.till.Wait(ended, func() bool { return !stands().Refunding })
	sent, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendFor)
	defer cancel()
	s.till.Wait(sent, func() bool { // --wait cancels nothing, and least of all the request itself
		a := stands()
		return a.InFlight() == "" && (!a.Refunding || a.NextRefund().After(s.till.Now()))
	})
	return stands(), nil
}

// refundExit follows the state of the newest refund alone.
func refundExit(a pos.Attempt) error {
	all := a.Refunds()
	r := all[len(all)-1]
	//exhaustive:enforce
	switch r.State {
	case pos.Refunded:
		return nil
	case pos.RefundFailed:
		return &pos.Error{Kind: pos.KindUnavailable, Op: "refund " + r.No, Err: fmt.Errorf("nothing was given back (%s)", clean(r.Code)),
			Hint: "try again, or give it back in WeChat Pay's merchant portal"}
	case pos.RefundRequested, pos.RefundProcessing:
		return status(exitOpen)
	}
	return fmt.Errorf("refund state %q is not known", r.State)
}

// refundRecord is one refund in --json.
type refundRecord struct {
	RefundNo    string          `json:"refund_no"`
	AmountMinor int64           `json:"amount_minor"`
	Currency    pos.Currency    `json:"currency"`
	State       pos.RefundState `json:"state"`
	RefundID    string          `json:"refund_id"`
	Reason      string          `json:"reason"`
	Code        string          `json:"code"`
	By          string          `json:"by"`
	CreatedAt   string          `json:"created_at"`
	UpdatedAt   string          `json:"updated_at"`
}

func newRefundRecords(all []pos.Refund, zone *time.Location) []refundRecord {
	var records []refundRecord
	for _, r := range all {
		records = append(records, refundRecord{
			RefundNo: r.No, AmountMinor: r.Amount.Minor, Currency: r.Amount.Currency, State: r.State, RefundID: r.RefundID,
			Reason: r.Reason, Code: r.Code, By: r.By,
			CreatedAt: r.CreatedAt.In(zone).Format(stamp), UpdatedAt: r.UpdatedAt.In(zone).Format(stamp),
		})
	}
	return records
}

// refunds prints an attempt with its refunds.
func (p printer) refunds(a pos.Attempt) error {
	if p.json {
		r := newRecord(a.Summary, p.zone)
		r.Refunds = newRefundRecords(a.Refunds(), p.zone)
		return writeJSON(p.out, r)
	}
	if err := p.attempt(a.Summary); err != nil {
		return err
	}
	for _, r := range a.Refunds() {
		if _, err := fmt.Fprintln(p.out, refundLine(r, p.zone)); err != nil {
			return err
		}
	}
	return nil
}

// refundLine is one refund for people.
func refundLine(r pos.Refund, zone *time.Location) string {
	text := fmt.Sprintf("%s  %-17s %14s  %s", r.CreatedAt.In(zone).Format("2006-01-02 15:04:05"), r.State, r.Amount, r.No)
	for _, more := range []string{r.RefundID, r.Code, byWhom(r.By, r.Reason)} {
		if more != "" {
			text += "  " + more
		}
	}
	return clean(text)
}
