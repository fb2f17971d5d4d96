package pos

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ledger is a day of a shop and the bill that WeChat Pay makes of it.
type ledger struct {
	booked []Booked
	lines  []BillLine
}

// drawLedger draws a day: orders of every end, refunds of that day and of
// earlier ones, and what happens around midnight.
func drawLedger(t *rapid.T) ledger {
	var l ledger
	for n := range rapid.IntRange(1, 8).Draw(t, "orders") {
		l.add(t, n+1)
	}
	for i := range l.lines {
		l.lines[i].Line = i + 2
	}
	return l
}

// add draws an order and writes what a bill says of it.
func (l *ledger) add(t *rapid.T, n int) {
	b := soldAt(billDay.Add(time.Duration(rapid.Int64Range(int64(midnight), int64(24*time.Hour-midnight-1)).Draw(t, "at"))), n)
	b.Amount = Money{rapid.Int64Range(1000, 100_000).Draw(t, "amount"), rapid.SampledFrom([]Currency{"HKD", "USD", "JPY"}).Draw(t, "currency")}
	today, listed := b.CreatedAt, true
	switch rapid.IntRange(0, 6).Draw(t, "story") {
	case 0: // not paid
		b.State, listed = Failed, false
	case 1: // revoked the same day
		b.State, b.EndedAt = Revoked, today
		l.lines = append(l.lines, newLine(b, BillRevoked, 0))
		listed = false
	case 2: // revoked two days later
		b.State, b.EndedAt = Revoked, today.AddDate(0, 0, 2)
	case 3: // sold two days before
		b.CreatedAt = b.CreatedAt.AddDate(0, 0, -2)
		listed = false
		l.refund(t, &b, today)
	case 4: // begun before midnight, paid after it
		b.CreatedAt, b.PaidAt = billDay.Add(-time.Second), billDay.Add(time.Second)
	case 5: // refunded
		l.refund(t, &b, today)
	}
	if listed {
		l.lines = append(l.lines, newLine(b, BillPaid, b.Amount.Minor))
	}
	l.booked = append(l.booked, b)
}

// refund gives back a part on the day.
func (l *ledger) refund(t *rapid.T, b *Booked, at time.Time) {
	g := BookedRefund{No: string(b.OrderNo) + "R1", Minor: rapid.Int64Range(1, b.Amount.Minor).Draw(t, "refund"), AskedAt: at, AcceptedAt: at}
	b.Refunds = append(b.Refunds, g)
	line := newLine(*b, BillRefund, -g.Minor)
	line.RefundNo, line.Amount.Minor = g.No, g.Minor
	l.lines = append(l.lines, line)
}

// newLine writes a line whose fee is charged on so much.
func newLine(b Booked, s BillState, settled int64) BillLine {
	return BillLine{State: s, OrderNo: string(b.OrderNo), TransactionID: b.TransactionID, Till: b.Till, Amount: b.Amount,
		Settled: settled, Fee: feeOf(b.Amount.Currency, settled), Rate: "0.60%"}
}

// feeOf is 0.60 % of an amount.
func feeOf(c Currency, minor int64) string {
	unit := int64(100)
	if c.Digits() == 0 {
		unit = 1
	}
	return big.NewRat(minor*6, unit*1000).FloatString(feeDigits)
}

// A journal and the bill made of it never differ, and of everything that could
// be wrong on either side each is found as what it is and nothing else.
func TestReconcile_FindsEachChangeAsWhatItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		check := func(why string, want ...DifferenceKind) {
			r := Reconcile(billDay, l.booked, l.lines, []string{"K1"})
			var got []DifferenceKind
			for _, d := range r.Differences {
				got = append(got, d.Kind)
			}
			if !slices.Equal(got, want) || len(r.Carried)+len(r.Open)+len(r.Others) > 0 {
				t.Fatalf("%s: %v, want %v\n%+v", why, got, want, r)
			}
		}
		check("untouched")
		for _, s := range Reconcile(billDay, l.booked, l.lines, nil).Sums {
			for _, side := range []Sides{s.Paid, s.Refunded} {
				if side.HereCount != side.ThereCount || side.HereMinor != side.ThereMinor {
					t.Fatalf("%+v", s)
				}
			}
		}
		if len(l.lines) == 0 {
			return
		}
		i := rapid.IntRange(0, len(l.lines)-1).Draw(t, "line")
		line := &l.lines[i]
		of := slices.IndexFunc(l.booked, func(b Booked) bool { return string(b.OrderNo) == line.OrderNo })
		b := &l.booked[of]
		change := rapid.SampledFrom(changes).Draw(t, "change")
		if slices.Contains(change.of, line.State) {
			want := change.make(&l, line, b)
			check(change.name, want...)
		}
	})
}

// changes are what could be wrong, the lines it can be wrong with, and what it
// has to be found as.
var changes = []struct {
	name string
	of   []BillState
	make func(l *ledger, line *BillLine, b *Booked) []DifferenceKind
}{
	{"a line is left out", []BillState{BillPaid, BillRefund}, func(l *ledger, line *BillLine, _ *Booked) []DifferenceKind {
		later := line.State == BillPaid && l.of(line).State == Revoked // whether it was paid the journal does not say
		l.lines = slices.DeleteFunc(l.lines, func(o BillLine) bool { return o.Line == line.Line })
		if later {
			return nil
		}
		return []DifferenceKind{DiffMissingThere}
	}},
	{"an order is lost", []BillState{BillPaid, BillRevoked, BillRefund}, func(l *ledger, line *BillLine, b *Booked) (want []DifferenceKind) {
		for _, o := range l.lines {
			if o.OrderNo == line.OrderNo {
				want = append(want, DiffMissingHere)
			}
		}
		lost := b.OrderNo
		l.booked = slices.DeleteFunc(l.booked, func(b Booked) bool { return b.OrderNo == lost })
		return want
	}},
	{"a refund is lost", []BillState{BillRefund}, func(_ *ledger, _ *BillLine, b *Booked) []DifferenceKind {
		b.Refunds = nil
		return []DifferenceKind{DiffMissingHere}
	}},
	{"paid there and failed here", []BillState{BillPaid}, func(_ *ledger, _ *BillLine, b *Booked) []DifferenceKind {
		b.State = Failed
		if len(b.Refunds) > 0 {
			b.Refunds = nil
			return []DifferenceKind{DiffState, DiffState}
		}
		return []DifferenceKind{DiffState}
	}},
	{"paid here and revoked there", []BillState{BillRevoked}, func(_ *ledger, _ *BillLine, b *Booked) []DifferenceKind {
		b.State = Paid
		return []DifferenceKind{DiffState}
	}},
	{"another amount there", []BillState{BillPaid, BillRevoked, BillRefund}, func(_ *ledger, line *BillLine, _ *Booked) []DifferenceKind {
		line.Amount.Minor++
		return []DifferenceKind{DiffAmount}
	}},
	{"another currency there", []BillState{BillPaid, BillRevoked, BillRefund}, func(_ *ledger, line *BillLine, _ *Booked) []DifferenceKind {
		line.Amount.Currency = "EUR"
		line.Fee = feeOf("EUR", line.Settled)
		return []DifferenceKind{DiffCurrency}
	}},
	{"a fee of one unit more", []BillState{BillPaid, BillRefund}, func(_ *ledger, line *BillLine, _ *Booked) []DifferenceKind {
		fee, _ := decimal(line.Fee)
		line.Fee = fee.Add(fee, big.NewRat(1, 1)).FloatString(feeDigits)
		return []DifferenceKind{DiffFee}
	}},
	{"another transaction", []BillState{BillPaid, BillRevoked, BillRefund}, func(_ *ledger, line *BillLine, _ *Booked) []DifferenceKind {
		line.TransactionID += "9"
		return []DifferenceKind{DiffNumber}
	}},
	{"another order number", []BillState{BillPaid, BillRevoked, BillRefund}, func(_ *ledger, line *BillLine, _ *Booked) []DifferenceKind {
		line.OrderNo = strings.Replace(line.OrderNo, "Q7RX", "Q7RY", 1)
		return []DifferenceKind{DiffNumber}
	}},
	{"a line twice", []BillState{BillPaid, BillRevoked, BillRefund}, func(l *ledger, line *BillLine, _ *Booked) []DifferenceKind {
		l.lines = append(l.lines, *line)
		return []DifferenceKind{DiffTwice}
	}},
	{"a line in pieces", []BillState{BillPaid, BillRevoked, BillRefund}, func(_ *ledger, line *BillLine, _ *Booked) []DifferenceKind {
		line.Trouble = "it has 28 cells"
		return []DifferenceKind{DiffUnreadable}
	}},
}

// of is the order that a line is about.
func (l *ledger) of(line *BillLine) Booked {
	return l.booked[slices.IndexFunc(l.booked, func(b Booked) bool { return string(b.OrderNo) == line.OrderNo })]
}
