package pos

import (
	"fmt"
	"math/big"
	"strings"
)

// order holds one order against all lines about it.
func (r *reconciler) order(b Booked, lines []BillLine) {
	if !b.State.Settled() {
		r.Open = append(r.Open, Pending{Summary: b.Summary})
		for _, l := range lines { // what it will end as is not known; that the bill has it is
			if l.Trouble != "" {
				r.differs(DiffUnreadable, b, l)
				continue
			}
			r.count(l)
			r.differs(DiffState, b, l)
		}
		return
	}
	o := onBill{refunds: map[string]BillLine{}}
	for _, l := range lines {
		switch {
		case l.Trouble != "":
			o.unreadable = true
			r.differs(DiffUnreadable, b, l)
			continue
		case l.OrderNo != string(b.OrderNo) || b.TransactionID != "" && l.TransactionID != b.TransactionID:
			r.differs(DiffNumber, b, l)
		}
		r.count(l)
		if o.has(l) {
			r.differs(DiffTwice, b, l)
			continue
		}
		o.take(l)
	}
	r.payment(b, o)
	r.refunds(b, o)
}

// onBill is what a bill says of one order.
type onBill struct {
	paid, revoked, other *BillLine
	refunds              map[string]BillLine // by their number
	unreadable           bool                // and may say more
}

// slot is where a line about the order itself belongs.
func (o *onBill) slot(s BillState) **BillLine {
	switch s {
	case BillPaid:
		return &o.paid
	case BillRevoked:
		return &o.revoked
	}
	return &o.other
}

// has reports whether the bill has said the same before.
func (o *onBill) has(l BillLine) bool {
	if l.State == BillRefund {
		_, known := o.refunds[l.RefundNo]
		return known
	}
	return *o.slot(l.State) != nil
}

func (o *onBill) take(l BillLine) {
	if l.State == BillRefund {
		o.refunds[l.RefundNo] = l
		return
	}
	*o.slot(l.State) = &l
}

// payment compares the order itself.
func (r *reconciler) payment(b Booked, o onBill) {
	for _, c := range []struct {
		l      *BillLine
		agrees bool
	}{
		{o.paid, r.wasPaid(b, o)},
		{o.revoked, b.State == Revoked || b.State == Failed},
		{o.other, false},
	} {
		switch l := c.l; {
		case l == nil:
		case !c.agrees:
			r.differs(DiffState, b, *l)
		default:
			r.amounts(b, *l, b.Amount)
		}
	}
	listed := o.paid != nil || o.revoked != nil || o.other != nil || o.unreadable
	switch at := r.paid(b); {
	case listed || b.State != Paid:
	case at == onThisDay:
		r.missing(b, "")
	case at == perhaps || r.place(b.CreatedAt, b.CreatedAt) == onThisDay:
		r.Carried = append(r.Carried, Pending{Summary: b.Summary})
	}
	if b.State == Paid && (listed || r.paid(b) == onThisDay) || o.paid != nil && r.wasPaid(b, o) {
		sum := r.sum(b.Amount.Currency)
		sum.Paid.HereCount++
		sum.Paid.HereMinor += b.Amount.Minor
	}
}

// wasPaid reports whether the journal agrees that the order was paid on that
// day. One whose money went back on a later day is still SUCCESS on the bill of
// the first; one that ended in a refund has both lines.
func (r *reconciler) wasPaid(b Booked, o onBill) bool {
	wentBack := o.revoked != nil || len(o.refunds) > 0 || !b.EndedAt.Before(r.to.Add(-midnight))
	return b.State == Paid || b.State == Revoked && wentBack
}

// refunds compares what was given back.
func (r *reconciler) refunds(b Booked, o onBill) {
	for _, g := range b.Refunds {
		l, listed := o.refunds[g.No]
		delete(o.refunds, g.No)
		switch at := r.place(g.AskedAt.Add(-midnight), g.AcceptedAt.Add(midnight)); {
		case listed && g.Failed && g.AcceptedAt.IsZero():
			r.differs(DiffState, b, l)
			continue
		case listed:
			r.amounts(b, l, Money{g.Minor, b.Amount.Currency})
		case g.Failed || o.unreadable:
			continue
		case g.AcceptedAt.IsZero():
			r.Open = append(r.Open, Pending{b.Summary, g.No})
			continue
		case at == perhaps:
			r.Carried = append(r.Carried, Pending{b.Summary, g.No})
			continue
		case at == onAnother:
			continue
		default:
			r.missing(b, g.No)
		}
		sum := r.sum(b.Amount.Currency)
		sum.Refunded.HereCount++
		sum.Refunded.HereMinor += g.Minor
	}
	for _, l := range o.refunds {
		r.unknownRefund(b, l)
	}
}

// unknownRefund is a refund that this journal did not ask for. Of a revoked
// order it is how the money went back.
func (r *reconciler) unknownRefund(b Booked, l BillLine) {
	switch b.State {
	case Paid:
		r.differs(DiffMissingHere, b, l)
	case Failed:
		r.differs(DiffState, b, l)
	default:
		if l.Amount.Currency != b.Amount.Currency || l.Amount.Minor > b.Amount.Minor {
			r.differs(DiffAmount, b, l)
		}
	}
}

// amounts compares a line with our amount, and its fee with itself: the journal
// knows no fees.
func (r *reconciler) amounts(b Booked, l BillLine, ours Money) {
	revokedLater := l.State == BillRevoked && l.Amount.Minor == 0
	switch {
	case l.Amount.Currency != ours.Currency:
		r.differsIn(DiffCurrency, b, l, ours.String(), l.Amount.String())
	case l.Amount != ours && !revokedLater:
		r.differsIn(DiffAmount, b, l, ours.String(), l.Amount.String())
	}
	if want, ok := l.fee(); !ok {
		text := fmt.Sprintf("%s at %s of %s", want.FloatString(feeDigits), l.Rate, Money{l.Settled, l.Amount.Currency})
		r.differsIn(DiffFee, b, l, text, l.Fee)
	}
}

// fee is what the line's rate makes of its amount, and whether the line agrees to
// less than the smallest unit, which is how far fees are rounded. What the bill
// writes for a revoked order is not documented.
func (l BillLine) fee() (want *big.Rat, ok bool) {
	percent, told := strings.CutSuffix(l.Rate, "%")
	rate, readable := decimal(percent)
	fee, charged := decimal(l.Fee)
	if !told || !readable || !charged || l.State == BillRevoked {
		return nil, true
	}
	unit := big.NewRat(1, 1)
	for range l.Amount.Currency.Digits() {
		unit.Mul(unit, big.NewRat(1, 10))
	}
	want = rate.Mul(rate, big.NewRat(l.Settled, 100))
	want.Mul(want, unit)
	off := new(big.Rat).Sub(fee, want)
	return want, off.Abs(off).Cmp(unit) < 0
}

// missing notes that the bill has no line for the order, or for one refund of it.
func (r *reconciler) missing(b Booked, refund string) {
	r.Differences = append(r.Differences, Difference{
		Kind: DiffMissingThere, OrderNo: b.OrderNo, Number: string(b.OrderNo), RefundNo: refund, Ours: b.about(refund), Theirs: "not on the bill",
	})
}

// differs notes a difference between a whole order and a whole line.
func (r *reconciler) differs(kind DifferenceKind, b Booked, l BillLine) {
	r.differsIn(kind, b, l, b.about(l.RefundNo), l.String())
}

func (r *reconciler) differsIn(kind DifferenceKind, b Booked, l BillLine, ours, theirs string) {
	r.Differences = append(r.Differences, Difference{
		Kind: kind, OrderNo: b.OrderNo, Number: string(b.OrderNo), RefundNo: l.RefundNo, Line: l.Line, Ours: ours, Theirs: theirs,
	})
}

// about is the order, or one refund of it, for people.
func (b Booked) about(refund string) string {
	for _, g := range b.Refunds {
		if g.No == refund {
			return fmt.Sprintf("refund %s of %s", g.No, Money{g.Minor, b.Amount.Currency})
		}
	}
	text := fmt.Sprintf("%s %s", b.State, b.Amount)
	if b.TransactionID != "" {
		text += ", transaction " + b.TransactionID
	}
	return text
}
