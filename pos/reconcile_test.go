package pos

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// The day of these tests begins at billDay, GMT+8.
var (
	gmt8    = time.FixedZone("GMT+8", 8*60*60)
	billDay = time.Date(2026, 11, 21, 0, 0, 0, 0, gmt8)
	noon    = billDay.Add(12 * time.Hour)
)

// soldAt is a paid order of HKD 12.50.
func soldAt(at time.Time, counter int) Booked {
	return Booked{Summary: Summary{
		OrderNo: OrderNo(fmt.Sprintf("K1261121Q7RX%06d", counter)), Method: QuickPay, Amount: Money{1250, "HKD"}, State: Paid,
		TransactionID: fmt.Sprintf("42%06d", counter), Till: "K1", CreatedAt: at,
	}}
}

// ended is the order with another end.
func ended(b Booked, s State, at time.Time) Booked {
	b.State, b.EndedAt = s, at
	return b
}

// givenBack is the order with a refund of HKD 5.00, accepted at noon.
func givenBack(b Booked, change func(*BookedRefund)) Booked {
	g := BookedRefund{No: string(b.OrderNo) + "R1", Minor: 500, AskedAt: noon, AcceptedAt: noon}
	if change != nil {
		change(&g)
	}
	b.Refunds = append(slices.Clone(b.Refunds), g)
	return b
}

// paidLine is the line that a bill has for a paid order.
func paidLine(b Booked) BillLine {
	return BillLine{State: BillPaid, OrderNo: string(b.OrderNo), TransactionID: b.TransactionID, Till: b.Till, Amount: b.Amount,
		Settled: b.Amount.Minor, Fee: "0.07500", Rate: "0.60%"}
}

// revokedLine is the line of an order that was paid and revoked.
func revokedLine(b Booked) BillLine {
	l := paidLine(b)
	l.State, l.Settled, l.Fee = BillRevoked, 0, "0.00000"
	return l
}

// refundLine is the line of its n-th refund.
func refundLine(b Booked, n int) BillLine {
	g, l := b.Refunds[n-1], paidLine(b)
	l.State, l.RefundNo, l.Amount.Minor, l.Settled, l.Fee = BillRefund, g.No, g.Minor, -g.Minor, "-0.03000"
	return l
}

// with is the line changed.
func with(l BillLine, change func(*BillLine)) BillLine {
	change(&l)
	return l
}

// The two sides of an order, and what has to be said of them: kinds of
// differences, "carried", "open", "other" or nothing.
func TestReconcile(t *testing.T) {
	b := soldAt(noon, 1)
	late, early := soldAt(billDay.Add(24*time.Hour-time.Minute), 1), soldAt(billDay.Add(-time.Minute), 1)
	failed := ended(b, Failed, time.Time{})
	voided, voidedLater := ended(b, Revoked, noon.Add(time.Hour)), ended(b, Revoked, noon.Add(72*time.Hour))
	part := givenBack(b, nil)
	at := func(b Booked, paid time.Time) Booked { b.PaidAt = paid; return b }
	elsewhereAt := func(at time.Time) Booked { b := soldAt(at, 1); b.Method = App; return b }
	unknown := paidLine(soldAt(noon, 9))

	for name, c := range map[string]struct {
		b     []Booked
		lines []BillLine
		want  string
	}{
		"nothing on either side":             {nil, nil, ""},
		"paid on both sides":                 {[]Booked{b}, []BillLine{paidLine(b)}, ""},
		"missing there":                      {[]Booked{b}, nil, "missing_there"},
		"missing here":                       {nil, []BillLine{unknown}, "missing_here"},
		"missing here, a number of nobody's": {[]Booked{b}, []BillLine{paidLine(b), with(unknown, func(l *BillLine) { l.OrderNo = "NOBODYKNOWS1" })}, "missing_here"},
		"not paid, and nobody says it is":    {[]Booked{failed, voided}, nil, ""},

		"state: paid there, failed here":               {[]Booked{failed}, []BillLine{paidLine(b)}, "state"},
		"state: paid there, revoked here before that":  {[]Booked{voided}, []BillLine{paidLine(b)}, "state"},
		"state: revoked there, paid here":              {[]Booked{b}, []BillLine{revokedLine(b)}, "state"},
		"state: a state that nobody has documented":    {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.State = "LOST" })}, "state"},
		"revoked on both sides":                        {[]Booked{voided}, []BillLine{revokedLine(b)}, ""},
		"revoked there, failed here":                   {[]Booked{failed}, []BillLine{revokedLine(b)}, ""},
		"paid on this day, revoked on a later one":     {[]Booked{voidedLater}, []BillLine{paidLine(b)}, ""},
		"revoked on this day, paid on one before":      {[]Booked{ended(soldAt(noon.Add(-72*time.Hour), 1), Revoked, noon)}, []BillLine{with(revokedLine(b), func(l *BillLine) { l.Amount.Minor = 0 })}, ""},
		"paid and revoked on one day, two lines of it": {[]Booked{voided}, []BillLine{paidLine(b), revokedLine(b)}, ""},

		"amount":   {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Amount.Minor++ })}, "amount"},
		"currency": {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Amount.Currency = "USD" })}, "currency"},

		"fee: one cent more":                    {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Fee = "0.08500" })}, "fee"},
		"fee: rounded to the cent":              {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Fee = "0.08" })}, ""},
		"fee: of what is settled, not priced":   {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Settled, l.Fee = 0, "0.00000" })}, ""},
		"fee: kept though the money went":       {[]Booked{part}, []BillLine{paidLine(b), with(refundLine(part, 1), func(l *BillLine) { l.Fee = "0.00000" })}, "fee"},
		"fee: of a revoked order, undocumented": {[]Booked{voided}, []BillLine{with(revokedLine(b), func(l *BillLine) { l.Settled = 1250 })}, ""},
		"fee: a rate that says nothing":         {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Rate, l.Fee = "", "9" })}, ""},
		"fee: a rate in words":                  {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Rate = "free%" })}, ""},
		"fee: a rate of no percent":             {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Rate, l.Fee = "0.60", "9" })}, ""},
		"fee: none that can be read":            {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Fee = "free" })}, ""},

		"number: another transaction":              {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.TransactionID = "4299" })}, "number"},
		"number: the transaction under another":    {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.OrderNo = unknown.OrderNo })}, "number"},
		"number: we never heard the transaction's": {[]Booked{func() Booked { c := b; c.TransactionID = ""; return c }()}, []BillLine{paidLine(b)}, ""},
		"twice":                                  {[]Booked{b}, []BillLine{paidLine(b), paidLine(b)}, "twice"},
		"unreadable, and not missing too":        {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Trouble = "it has 28 cells" })}, "unreadable"},
		"unreadable, nobody knows whose":         {nil, []BillLine{{Trouble: "it names no order"}}, "unreadable"},
		"another till's, by its number":          {[]Booked{b}, []BillLine{paidLine(b), with(unknown, func(l *BillLine) { l.OrderNo = "K2261121Q7RX000001" })}, "other"},
		"unreadable, and the next one counts":    {[]Booked{b}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Trouble = "it has 28 cells" }), with(paidLine(b), func(l *BillLine) { l.Amount.Minor++ })}, "amount unreadable"},
		"twice, and the next one counts":         {[]Booked{b}, []BillLine{paidLine(b), paidLine(b), refundLine(part, 1)}, "twice missing_here"},
		"nobody's till and number":               {nil, []BillLine{with(unknown, func(l *BillLine) { l.OrderNo, l.Till = "WEB1", "" })}, "other"},
		"another till's, by its device":          {nil, []BillLine{with(unknown, func(l *BillLine) { l.OrderNo, l.Till = "WEB1", "WEB" })}, "other"},
		"ours by its number, whatever the till":  {nil, []BillLine{with(unknown, func(l *BillLine) { l.Till = "" })}, "missing_here"},
		"in doubt, and the bill knows more":      {[]Booked{ended(b, InDoubt, time.Time{})}, []BillLine{paidLine(b)}, "state open"},
		"in doubt, and a line in pieces first":   {[]Booked{ended(b, InDoubt, time.Time{})}, []BillLine{with(paidLine(b), func(l *BillLine) { l.Trouble = "it has 28 cells" }), paidLine(b)}, "state unreadable open"},
		"being revoked is compared with nothing": {[]Booked{ended(b, Revoking, time.Time{})}, nil, "open"},

		"midnight: the last minute":              {[]Booked{late}, nil, "carried"},
		"midnight: the last minute, listed":      {[]Booked{late}, []BillLine{paidLine(late)}, ""},
		"midnight: the minute before the first":  {[]Booked{early}, nil, "carried"},
		"midnight: before the first, listed":     {[]Booked{early}, []BillLine{paidLine(early)}, ""},
		"midnight: WeChat Pay's clock says here": {[]Booked{at(late, billDay.Add(24*time.Hour-time.Second))}, nil, "missing_there"},
		"midnight: it says tomorrow":             {[]Booked{at(late, billDay.Add(24*time.Hour))}, nil, "carried"},
		"midnight: it says yesterday":            {[]Booked{at(early, billDay.Add(-time.Second))}, nil, ""},
		"midnight: an hour before, paid later":   {[]Booked{elsewhereAt(billDay.Add(23 * time.Hour))}, nil, "carried"},
		"midnight: an App order begun after it":  {[]Booked{elsewhereAt(billDay.Add(time.Minute))}, nil, "carried"},
		"midnight: the void crossed it":          {[]Booked{ended(late, Revoked, billDay.Add(24*time.Hour-time.Second))}, []BillLine{paidLine(late)}, ""},
		"long before, and not of this day":       {[]Booked{soldAt(noon.Add(-48*time.Hour), 1)}, nil, ""},

		"refund on both sides":           {[]Booked{part}, []BillLine{paidLine(b), refundLine(part, 1)}, ""},
		"refund of an earlier day's":     {[]Booked{givenBack(soldAt(noon.Add(-48*time.Hour), 1), nil)}, []BillLine{refundLine(part, 1)}, ""},
		"refund missing there":           {[]Booked{part}, []BillLine{paidLine(b)}, "missing_there"},
		"refund missing here":            {[]Booked{b}, []BillLine{paidLine(b), refundLine(part, 1)}, "missing_here"},
		"refund of another amount":       {[]Booked{part}, []BillLine{paidLine(b), with(refundLine(part, 1), func(l *BillLine) { l.Amount.Minor = 501 })}, "amount"},
		"refund listed twice":            {[]Booked{part}, []BillLine{paidLine(b), refundLine(part, 1), refundLine(part, 1)}, "twice"},
		"refund that failed, listed":     {[]Booked{givenBack(b, func(g *BookedRefund) { g.AcceptedAt, g.Failed = time.Time{}, true })}, []BillLine{paidLine(b), refundLine(part, 1)}, "state"},
		"refund that failed, not listed": {[]Booked{givenBack(b, func(g *BookedRefund) { g.AcceptedAt, g.Failed = time.Time{}, true })}, []BillLine{paidLine(b)}, ""},
		"refund closed after all":        {[]Booked{givenBack(b, func(g *BookedRefund) { g.Failed = true })}, []BillLine{paidLine(b), refundLine(part, 1)}, ""},
		"refund not accepted yet":        {[]Booked{givenBack(b, func(g *BookedRefund) { g.AcceptedAt = time.Time{} })}, []BillLine{paidLine(b)}, "open"},
		"refund around midnight":         {[]Booked{givenBack(b, func(g *BookedRefund) { g.AskedAt = billDay; g.AcceptedAt = billDay.Add(time.Minute) })}, []BillLine{paidLine(b)}, "carried"},
		"refund that was heard of later": {[]Booked{givenBack(b, func(g *BookedRefund) { g.AcceptedAt = noon.Add(24 * time.Hour) })}, []BillLine{paidLine(b)}, "carried"},
		"refund of another day":          {[]Booked{givenBack(b, func(g *BookedRefund) { g.AskedAt = noon.Add(48 * time.Hour); g.AcceptedAt = g.AskedAt })}, []BillLine{paidLine(b)}, ""},
		"refund that ended a revoke":     {[]Booked{voided}, []BillLine{paidLine(b), refundLine(part, 1)}, ""},
		"refund that ended it, of all":   {[]Booked{voided}, []BillLine{paidLine(b), with(refundLine(part, 1), func(l *BillLine) { l.Amount.Minor = 1250 })}, ""},
		"refund of more than there was":  {[]Booked{voided}, []BillLine{paidLine(b), with(refundLine(part, 1), func(l *BillLine) { l.Amount.Minor = 1251 })}, "amount"},
		"refund of what failed":          {[]Booked{failed}, []BillLine{refundLine(part, 1)}, "state"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(Reconcile(billDay, c.b, c.lines, []string{"K1"})); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// told is a reconciliation in words.
func told(r Reconciliation) (text string) {
	add := func(word string) {
		if text != "" {
			text += " "
		}
		text += word
	}
	for _, d := range r.Differences {
		add(string(d.Kind))
	}
	for range r.Carried {
		add("carried")
	}
	for range r.Open {
		add("open")
	}
	for range r.Others {
		add("other")
	}
	return text
}

// Both sides of a difference stand in it, with the numbers to look for.
func TestReconcile_ShowsBothSides(t *testing.T) {
	b := soldAt(noon, 1)
	l := paidLine(b)
	l.Line, l.Amount.Minor = 7, 1251
	want := Difference{Kind: DiffAmount, OrderNo: b.OrderNo, Number: string(b.OrderNo), Line: 7, Ours: "HKD 12.50", Theirs: "HKD 12.51"}
	if got := Reconcile(billDay, []Booked{b}, []BillLine{l}, nil).Differences; len(got) != 1 || got[0] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	l.OrderNo, l.TransactionID = "K1261121Q7RX000002", "4299"
	want = Difference{Kind: DiffMissingHere, Number: l.OrderNo, Line: 7, Ours: "not in this journal", Theirs: "SUCCESS HKD 12.51, transaction 4299"}
	if got := Reconcile(billDay, nil, []BillLine{l}, []string{"K1"}).Differences; len(got) != 1 || got[0] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	want = Difference{Kind: DiffMissingThere, OrderNo: b.OrderNo, Number: string(b.OrderNo), Ours: "paid HKD 12.50, transaction 42000001", Theirs: "not on the bill"}
	if got := Reconcile(billDay, []Booked{b}, nil, nil).Differences; len(got) != 1 || got[0] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Both sides of a refund are of the refund and not of its order.
func TestReconcile_ShowsBothSidesOfARefund(t *testing.T) {
	b := givenBack(soldAt(noon, 1), func(g *BookedRefund) { g.AcceptedAt, g.Failed = time.Time{}, true })
	no := b.Refunds[0].No
	want := Difference{Kind: DiffState, OrderNo: b.OrderNo, Number: string(b.OrderNo), RefundNo: no,
		Ours: "refund " + no + " of HKD 5.00", Theirs: "REFUND HKD 5.00, refund " + no + ", transaction 42000001"}
	if got := Reconcile(billDay, []Booked{b}, []BillLine{paidLine(b), refundLine(b, 1)}, nil).Differences; len(got) != 1 || got[0] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A refund counts on our side only if it was done on this day, as far as we know.
func TestReconcile_RefundsThatDoNotCount(t *testing.T) {
	b := soldAt(noon, 1)
	for name, c := range map[string]struct {
		change func(*BookedRefund)
		listed bool
	}{
		"failed, and listed": {func(g *BookedRefund) { g.AcceptedAt, g.Failed = time.Time{}, true }, true},
		"failed":             {func(g *BookedRefund) { g.AcceptedAt, g.Failed = time.Time{}, true }, false},
		"not accepted yet":   {func(g *BookedRefund) { g.AcceptedAt = time.Time{} }, false},
		"around midnight":    {func(g *BookedRefund) { g.AskedAt = billDay; g.AcceptedAt = billDay.Add(time.Minute) }, false},
		"of another day":     {func(g *BookedRefund) { g.AskedAt = noon.Add(48 * time.Hour); g.AcceptedAt = g.AskedAt }, false},
	} {
		back := givenBack(b, c.change)
		lines := []BillLine{paidLine(b)}
		if c.listed {
			lines = append(lines, refundLine(back, 1))
		}
		if sums := Reconcile(billDay, []Booked{back}, lines, nil).Sums; len(sums) != 1 || sums[0].Refunded.HereCount != 0 {
			t.Errorf("%s: %+v", name, sums)
		}
	}
}

// Everything that may stand on the bill of a day is looked for: what began
// outside the reach stands on another, and at its ends on this one or a neighbour's.
func TestBillReach(t *testing.T) {
	from, to := BillReach(billDay)
	r := reconciler{from: billDay, to: billDay.AddDate(0, 0, 1)}
	for _, m := range []Method{QuickPay, App} {
		sold := func(at time.Time) place { b := soldAt(at, 1); b.Method = m; return r.paid(b) }
		if sold(from.Add(-time.Nanosecond)) != onAnother || sold(to.Add(time.Nanosecond)) != onAnother {
			t.Errorf("%s: what began outside %s to %s may be on the bill", m, from, to)
		}
		if last := sold(to.Add(-time.Nanosecond)); last != perhaps {
			t.Errorf("%s: the last one is %d", m, last)
		}
		if first := sold(from); m.Elsewhere() && first != perhaps {
			t.Errorf("%s: the first one is %d", m, first)
		}
	}
}

// What is on either side is counted there, each currency for itself; what is
// carried over is on neither.
func TestReconcile_Sums(t *testing.T) {
	b, part, yen := soldAt(noon, 1), givenBack(soldAt(noon, 2), nil), soldAt(noon, 3)
	yen.Amount = Money{1250, "JPY"}
	yenLine := paidLine(yen)
	yenLine.Fee = "7.50000"
	missing, carried := soldAt(noon, 4), soldAt(billDay, 5)
	lines := []BillLine{paidLine(b), paidLine(part), refundLine(part, 1), yenLine, paidLine(soldAt(noon, 6)),
		with(paidLine(b), func(l *BillLine) { l.OrderNo, l.Till = "WEB1", "WEB" })}
	lines[5].TransactionID = "43"
	want := []Sum{
		{Currency: "HKD", Paid: Sides{3, 3, 3750, 3750}, Refunded: Sides{1, 1, 500, 500}, Fee: "0.19500"},
		{Currency: "JPY", Paid: Sides{1, 1, 1250, 1250}, Fee: "7.50000"},
	}
	if got := Reconcile(billDay, []Booked{b, part, yen, missing, carried}, lines, []string{"K1"}).Sums; !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}
