package pos

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"time"
)

// BillState is how an order stands on a line of a bill. The vocabulary is
// WeChat Pay's and stays open.
type BillState string

// The documented states (wechatpay-v2 6.8).
const (
	BillPaid    BillState = "SUCCESS"
	BillRevoked BillState = "REVOKED"
	BillRefund  BillState = "REFUND" // from the moment the refund was accepted
)

// BillLine is a line of a bill. A bill is not signed: it says where to look, and
// Query Order decides.
type BillLine struct {
	Line          int // of the file
	State         BillState
	OrderNo       string // the merchant's, who may have other tills and other programs
	TransactionID string
	Till          string // device_info; may be empty
	Amount        Money  // the price, or of a refund what went back; of an order revoked on a later day 0
	RefundNo      string // of a refund alone
	Settled       int64  // what the fee is charged on, in minor units: without coupons that need no funding, negative for a refund
	Fee, Rate     string // decimals as written: "0.10500", "0.60%"
	Trouble       string // why a person has to read the line; empty: it reads well
}

// Booked is an order as the journal has it.
type Booked struct {
	Summary
	PaidAt  time.Time // by WeChat Pay's clock (time_end); zero: not known
	EndedAt time.Time // of a revoked order: when that was certain
	Refunds []BookedRefund
}

// BookedRefund is a refund as the journal has it.
type BookedRefund struct {
	No         string
	Minor      int64
	AskedAt    time.Time // when it was decided
	AcceptedAt time.Time // when it was first known to be accepted; zero: it is not
	Failed     bool      // certainly not done
}

// DifferenceKind is what a bill and a journal differ in, by the names of --json.
type DifferenceKind string

// The kinds of differences.
const (
	DiffMissingHere  DifferenceKind = "missing_here"  // the bill has an order or a refund that the journal does not have
	DiffMissingThere DifferenceKind = "missing_there" // the journal has one that the bill does not have
	DiffState        DifferenceKind = "state"         // paid on one side and not on the other
	DiffAmount       DifferenceKind = "amount"
	DiffCurrency     DifferenceKind = "currency"
	DiffFee          DifferenceKind = "fee"        // not what the line's own rate makes of its amount
	DiffNumber       DifferenceKind = "number"     // one order number with two transaction ids, or the other way round
	DiffTwice        DifferenceKind = "twice"      // listed once more
	DiffUnreadable   DifferenceKind = "unreadable" // a line that a person has to read
	DiffTotals       DifferenceKind = "totals"     // the bill does not add up
)

// Difference is one thing that the journal and the bill do not agree on.
type Difference struct {
	Kind         DifferenceKind
	OrderNo      OrderNo // of the journal; empty: it knows no such order
	Number       string  // the order's number, as the side writes it that has it
	RefundNo     string  // empty: it is about the order itself
	Line         int     // of the bill; 0: the bill has none
	Ours, Theirs string  // both sides, for people
}

// Pending is what can be on no side yet: an order without an end, or one that
// may stand on the bill of the day before or after.
type Pending struct {
	Summary
	RefundNo string // empty: the order itself
}

// Reconciliation is a journal held against the bill of a day.
type Reconciliation struct {
	Differences []Difference
	Carried     []Pending  // around midnight: look into the neighbour's bill
	Open        []Pending  // no end yet: not compared
	Others      []BillLine // of other tills of the merchant
	Sums        []Sum      // one for each currency
}

// Sum counts one currency on both sides.
type Sum struct {
	Currency       Currency
	Paid, Refunded Sides
	Fee            string // of the bill's lines that are ours
}

// Sides are a count and an amount in minor units, here and there.
type Sides struct {
	HereCount, ThereCount int
	HereMinor, ThereMinor int64
}

// midnight is how near to the end of a bill's day something of ours may belong to
// the neighbour's: a payment takes its time, and the till's clock may be wrong.
const midnight = 10 * time.Minute

// payable is how long a customer may take who pays elsewhere.
const payable = 2 * time.Hour

// BillReach is from when to when the attempts began that may stand on the bill
// of the day that begins at day.
func BillReach(day time.Time) (from, to time.Time) {
	return day.Add(-midnight - payable), day.AddDate(0, 0, 1).Add(midnight)
}

// Reconcile holds what the journal has against the bill of the day that begins
// at day (GMT+8). booked are the attempts within BillReach, those that other
// lines name and those with refunds of that day. tills are the ids of the
// journal's tills: lines of others are none of its business.
func Reconcile(day time.Time, booked []Booked, lines []BillLine, tills []string) Reconciliation {
	r := reconciler{from: day, to: day.AddDate(0, 0, 1), sums: map[Currency]*Sum{}, fees: map[Currency]*big.Rat{}}
	byNumber, byTransaction := map[string]int{}, map[string]int{}
	for i, b := range booked {
		byNumber[string(b.OrderNo)] = i
		byTransaction[b.TransactionID] = i
	}
	delete(byTransaction, "")
	ofOrder := make([][]BillLine, len(booked))
	for _, l := range lines {
		i, known := byNumber[l.OrderNo]
		if !known {
			i, known = byTransaction[l.TransactionID]
		}
		switch {
		case known:
			ofOrder[i] = append(ofOrder[i], l)
		case l.of(tills):
			r.stranger(l)
		default:
			r.Others = append(r.Others, l)
		}
	}
	for i, b := range booked {
		r.order(b, ofOrder[i])
	}
	return r.finish()
}

// reconciler collects what differs.
type reconciler struct {
	Reconciliation
	from, to time.Time // the day
	sums     map[Currency]*Sum
	fees     map[Currency]*big.Rat
}

// finish puts everything in an order that does not change from run to run.
func (r *reconciler) finish() Reconciliation {
	slices.SortStableFunc(r.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.RefundNo, b.RefundNo), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind))
	})
	for currency, sum := range r.sums {
		if fee := r.fees[currency]; fee != nil {
			sum.Fee = fee.FloatString(feeDigits)
		}
		r.Sums = append(r.Sums, *sum)
	}
	slices.SortFunc(r.Sums, func(a, b Sum) int { return cmp.Compare(a.Currency, b.Currency) })
	return r.Reconciliation
}

// stranger is a line of a till of ours about an order that the journal does not know.
func (r *reconciler) stranger(l BillLine) {
	kind := DiffMissingHere
	if l.Trouble != "" {
		kind = DiffUnreadable
	} else {
		r.count(l)
	}
	r.Differences = append(r.Differences, Difference{
		Kind: kind, Number: l.OrderNo, RefundNo: l.RefundNo, Line: l.Line, Ours: "not in this journal", Theirs: l.String(),
	})
}

// numberForm takes the till id out of an order number that one of our tills made.
var numberForm = regexp.MustCompile(`^([0-9A-Z]{1,8})\d{6}[0-9A-Z]{4}\d{6}$`)

// of reports whether the line is about an order of one of these tills. A number
// of our own form says so, of any other what the line says itself. One that
// cannot be read may be ours.
func (l BillLine) of(tills []string) bool {
	till := l.Till
	if made := numberForm.FindStringSubmatch(l.OrderNo); made != nil {
		till = made[1]
	}
	return slices.Contains(tills, till) || till == "" && l.Trouble != ""
}

// String is the line for people.
func (l BillLine) String() string {
	if l.Trouble != "" {
		return l.Trouble
	}
	text := string(l.State) + " " + l.Amount.String()
	if l.RefundNo != "" {
		text += ", refund " + l.RefundNo
	}
	if l.TransactionID != "" {
		text += ", transaction " + l.TransactionID
	}
	return text
}

// count adds a line of ours to the bill's side.
func (r *reconciler) count(l BillLine) {
	sum := r.sum(l.Amount.Currency)
	switch l.State {
	case BillPaid:
		sum.Paid.ThereCount++
		sum.Paid.ThereMinor += l.Amount.Minor
	case BillRefund:
		sum.Refunded.ThereCount++
		sum.Refunded.ThereMinor += l.Amount.Minor
	}
	if fee, ok := decimal(l.Fee); ok {
		total := r.fees[l.Amount.Currency]
		if total == nil {
			total = new(big.Rat)
			r.fees[l.Amount.Currency] = total
		}
		total.Add(total, fee)
	}
}

// sum is the line of a currency in the summary.
func (r *reconciler) sum(c Currency) *Sum {
	if r.sums[c] == nil {
		r.sums[c] = &Sum{Currency: c}
	}
	return r.sums[c]
}

// place is where something stands on the bill of the day.
type place int

const (
	onAnother place = iota
	perhaps
	onThisDay
)

// place says it of something that happened between two times.
func (r *reconciler) place(earliest, latest time.Time) place {
	switch {
	case latest.Before(r.from) || !earliest.Before(r.to):
		return onAnother
	case earliest.Before(r.from) || !latest.Before(r.to):
		return perhaps
	}
	return onThisDay
}

// paid says on which bill a paid order stands.
func (r *reconciler) paid(b Booked) place {
	switch {
	case !b.PaidAt.IsZero():
		return r.place(b.PaidAt, b.PaidAt)
	case b.Method.Elsewhere():
		return r.place(b.CreatedAt.Add(-midnight), b.CreatedAt.Add(midnight+payable))
	}
	return r.place(b.CreatedAt.Add(-midnight), b.CreatedAt.Add(midnight))
}

// feeDigits are the decimals of a fee on a bill.
const feeDigits = 5

// decimalForm is a number as bills write it; big.Rat would take more.
var decimalForm = regexp.MustCompile(`^-?\d{1,18}(\.\d{0,12})?$`)

// decimal reads a decimal number exactly.
func decimal(text string) (*big.Rat, bool) {
	if !decimalForm.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
