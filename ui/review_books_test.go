package ui

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cashier/pos"
)

// fakeBooks are the books of a journal in memory.
type fakeBooks struct {
	*fakeJournal
	mu      sync.Mutex
	slow    time.Duration // how long a list takes
	asked   []pos.Filter
	fail    error
	notes   []pos.Entry
	panics  bool
	running time.Duration // how long the running shift takes
	writing time.Duration // how long an entry takes
}

// set changes the books beside whoever reads them.
func (b *fakeBooks) set(change func(*fakeBooks)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

// take is how long something takes.
func (b *fakeBooks) take(of func(*fakeBooks) time.Duration) {
	b.mu.Lock()
	howLong := of(b)
	b.mu.Unlock()
	time.Sleep(howLong)
}

// Append is given up when its context ends before it is done.
func (b *fakeBooks) Append(ctx context.Context, e pos.Entry) (int64, error) {
	b.take(func(b *fakeBooks) time.Duration { return b.writing })
	if err := ctx.Err(); err != nil {
		return 0, &pos.Error{Kind: pos.KindJournal, Err: err}
	}
	return b.fakeJournal.Append(ctx, e)
}

func newFakeBooks() *fakeBooks { return &fakeBooks{fakeJournal: newFakeJournal()} }

// happens writes an event of an order, through the machine.
func (b *fakeBooks) happens(no pos.OrderNo, at time.Time, e pos.Event) {
	b.fakeJournal.mu.Lock()
	before, next := b.newest[no], int64(len(b.entries)+1)
	b.fakeJournal.mu.Unlock()
	after, _ := pos.Next(before, e, at)
	after.First = cmp.Or(before.First, next)
	if _, err := b.fakeJournal.Append(context.Background(), pos.Entry{At: at, Day: at.In(hkt).Format(time.DateOnly), Run: "r1", OrderNo: no, Event: e, After: after}); err != nil {
		panic(err)
	}
}

// then is an event, so long after the one before.
type then struct {
	after time.Duration
	event pos.Event
}

// order begins an order and lets events happen to it.
func (b *fakeBooks) order(at time.Time, m pos.Money, cashier string, steps ...then) pos.OrderNo {
	b.fakeJournal.mu.Lock()
	n := len(b.fakeJournal.order) + 1
	b.fakeJournal.mu.Unlock()
	no := pos.OrderNo(fmt.Sprintf("K1%sQ7RX%06d", at.In(hkt).Format("060102"), n))
	b.happens(no, at, pos.Intended{OrderNo: no, Sale: pos.SaleID(no), Number: 1, Method: pos.QuickPay, Amount: m,
		CodeLast4: "7788", Fingerprint: string(no), Cashier: cashier, Till: "K1", Ref: fmt.Sprintf("R-%d", n), Terms: pos.DefaultTerms})
	for _, s := range steps {
		at = at.Add(s.after)
		b.happens(no, at, s.event)
	}
	return no
}

var hkt = time.FixedZone("HKT", 8*3600)

func hkd(minor int64) pos.Money { return pos.Money{Minor: minor, Currency: "HKD"} }

// Answers as the gateway gives them.
func answered(f pos.Finding) pos.Answer {
	return pos.Answer{Finding: f, Heard: pos.Heard{Status: 200, TookMS: 312, Fields: map[string]string{
		"return_code": "SUCCESS", "result_code": "SUCCESS", "sign": strings.Repeat("C380BEC2", 8), "openid": "sha256:5f43b951"}}}
}

func paidAnswer() pos.Answer {
	a := answered(pos.FoundPaid)
	a.TransactionID = "4200001234202611210000007788"
	return a
}

// paidAtOnce is the story of most sales.
func paidAtOnce() []then {
	return []then{{400 * time.Millisecond, pos.SubmitAnswered{Answer: paidAnswer()}}}
}

// asks are n queries with the same answer.
func asks(n int, f pos.Finding) (all []then) {
	for range n {
		all = append(all, then{3 * time.Second, pos.QuerySent{}}, then{200 * time.Millisecond, pos.QueryAnswered{Answer: answered(f)}})
	}
	return all
}

func (b *fakeBooks) List(ctx context.Context, f pos.Filter) ([]pos.Summary, error) {
	b.mu.Lock()
	b.asked = append(b.asked, f)
	slow, fail, panics := b.slow, b.fail, b.panics
	b.mu.Unlock()
	if panics {
		panic("the books fell over")
	}
	if slow > 0 {
		time.Sleep(slow)
	}
	if fail != nil {
		return nil, fail
	}
	b.fakeJournal.mu.Lock()
	defer b.fakeJournal.mu.Unlock()
	var list []pos.Summary
	for _, no := range slices.Backward(b.fakeJournal.order) {
		s := b.newest[no].Summary
		s.First = b.first(no)
		if fitsFilter(s, f) && len(list) < cmp.Or(f.Limit, 50) {
			list = append(list, s)
		}
	}
	return list, nil
}

func (b *fakeBooks) first(no pos.OrderNo) int64 {
	return b.newest[no].First
}

func fitsFilter(s pos.Summary, f pos.Filter) bool {
	found := f.Find == "" || strings.Contains(string(s.OrderNo), f.Find) || strings.Contains(s.TransactionID, f.Find) ||
		strings.Contains(s.Ref, f.Find) || s.Amount.Decimal() == f.Find
	return found && (len(f.States) == 0 || slices.Contains(f.States, s.State)) &&
		(f.Day == "" || s.CreatedAt.In(hkt).Format(time.DateOnly) == f.Day) && (!f.Attention || s.Attention != "") &&
		(f.Cashier == "" || f.Cashier == s.Cashier) && (f.Till == "" || f.Till == s.Till) &&
		(f.Currency == "" || f.Currency == s.Amount.Currency) && (f.Minor == 0 || f.Minor == s.Amount.Minor) &&
		s.First > f.After && (f.Upto == 0 || s.First <= f.Upto) && (f.Before == 0 || s.First < f.Before)
}

func (b *fakeBooks) all() []pos.Attempt {
	b.fakeJournal.mu.Lock()
	defer b.fakeJournal.mu.Unlock()
	var all []pos.Attempt
	for _, no := range b.fakeJournal.order {
		all = append(all, b.newest[no])
	}
	return all
}

func (b *fakeBooks) Attentions(context.Context) (n int, err error) {
	for _, a := range b.all() {
		if a.Attention != "" {
			n++
		}
	}
	return n, nil
}

func (b *fakeBooks) Totals(_ context.Context, day string) ([]pos.Total, error) {
	sums := map[pos.Total]pos.Total{}
	for _, a := range b.all() {
		if a.CreatedAt.In(hkt).Format(time.DateOnly) == day {
			key := pos.Total{Currency: a.Amount.Currency, Cashier: a.Cashier, Till: a.Till, State: a.State}
			t := cmp.Or(sums[key], key)
			t.Attempts, t.Minor, t.RefundedMinor = t.Attempts+1, t.Minor+a.Amount.Minor, t.RefundedMinor+a.Refunded
			sums[key] = t
		}
	}
	var list []pos.Total
	for _, t := range sums {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b pos.Total) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Cashier, b.Cashier), cmp.Compare(a.State, b.State))
	})
	return list, nil
}

func (b *fakeBooks) Hours(_ context.Context, day string, zone *time.Location) (list []pos.Hour, err error) {
	for _, a := range b.all() {
		if at := a.CreatedAt.In(zone); at.Format(time.DateOnly) == day {
			list = append(list, pos.Hour{Hour: at.Hour(), Currency: a.Amount.Currency, State: a.State, Attempts: 1, Minor: a.Amount.Minor})
		}
	}
	return list, nil
}

func (b *fakeBooks) People(ctx context.Context) ([]pos.Person, error) {
	return staff{b.fakeJournal}.People(ctx)
}

func (b *fakeBooks) BillNotes(context.Context) ([]pos.Entry, error) { return b.notes, nil }

func (b *fakeBooks) Closings(context.Context) (list []pos.Closing, err error) {
	b.fakeJournal.mu.Lock()
	defer b.fakeJournal.mu.Unlock()
	for _, e := range slices.Backward(b.entries) {
		if z, is := e.Event.(pos.ShiftClosed); is {
			list = append(list, z.Closing)
		}
	}
	return list, nil
}

func (b *fakeBooks) Running(ctx context.Context) (pos.Closing, error) {
	b.take(func(b *fakeBooks) time.Duration { return b.running })
	closings, _ := b.Closings(ctx)
	before := pos.Closing{}
	if len(closings) > 0 {
		before = closings[0]
	}
	b.fakeJournal.mu.Lock()
	upto := int64(len(b.entries))
	order, entries := slices.Clone(b.fakeJournal.order), slices.Clone(b.entries)
	b.fakeJournal.mu.Unlock()
	c := pos.NewClosing(before, upto, hex.EncodeToString([]byte(fmt.Sprintf("%032d", upto))))
	for _, e := range entries[before.Upto:] {
		if n, is := e.Event.(pos.Noted); is && n.Name == "shift_opened" {
			c.OpenedAt, c.OpenedBy = e.At, n.Detail["by"]
		}
	}
	for _, no := range order {
		timeline, _ := b.Timeline(ctx, no)
		if err := c.Add(timeline); err != nil {
			return c, err
		}
	}
	c.End()
	return c, nil
}

// aDay is a day with everything that a manager may have to look at.
func aDay(b *fakeBooks) {
	at := func(clock string) time.Time {
		t, err := time.ParseInLocation("2006-01-02 15:04:05", "2000-01-01 "+clock, hkt)
		if err != nil {
			panic(err)
		}
		return t
	}
	yesterday := at("18:00:00").AddDate(0, 0, -1)
	b.order(yesterday, hkd(4200), "cashier 1", paidAtOnce()...)
	z := pos.NewClosing(pos.Closing{}, int64(len(b.entries)), strings.Repeat("0123456789abcdef", 4))
	timeline, _ := b.Timeline(context.Background(), b.fakeJournal.order[0])
	if err := z.Add(timeline); err != nil {
		panic(err)
	}
	z.End()
	z.At, z.By = yesterday.Add(4*time.Hour), "anna"
	_, _ = b.Append(context.Background(), pos.Entry{At: z.At, Day: "1999-12-31", Event: pos.ShiftClosed{Closing: z}})
	_, _ = b.Append(context.Background(), pos.Entry{At: at("09:00:00"), Day: "2000-01-01", Event: pos.Noted{Name: "shift_opened", Detail: map[string]string{"by": "cashier 2"}}})
	b.order(at("09:12:00"), hkd(1250), "cashier 2", paidAtOnce()...)
	b.order(at("09:40:10"), hkd(8800), "cashier 1", paidAtOnce()...)
	b.order(at("10:05:00"), hkd(3000), "cashier 2", slices.Concat([]then{
		{time.Second, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundDeclined, Code: "NOTENOUGH"}}}}, asks(1, pos.FoundNotPaid))...)
	b.order(at("12:30:00"), hkd(2600), "cashier 2", paidAtOnce()...)
	b.order(at("12:41:00"), hkd(11800), "cashier 1", paidAtOnce()...)
	b.order(at("13:20:00"), hkd(2000), "cashier 2", slices.Concat([]then{
		{time.Second, pos.SubmitAnswered{Answer: answered(pos.FoundUserPaying)}}}, asks(4, pos.FoundUserPaying), []then{
		{3 * time.Second, pos.QuerySent{}}, {200 * time.Millisecond, pos.QueryAnswered{Answer: paidAnswer()}}})...)
	refund := func(no string, m pos.Money) then {
		return then{time.Hour, pos.RefundPressed{No: no, Amount: m, Reason: "one cup was cold", By: "anna"}}
	}
	no := pos.OrderNo("K1000101Q7RX000008")
	b.order(at("15:00:00"), hkd(4550), "cashier 1", append(paidAtOnce(), refund(string(no)+"R1", hkd(500)),
		then{0, pos.RefundSent{}}, then{time.Second, pos.RefundAnswered{Answer: answered(pos.FoundRefundAccepted)}},
		then{5 * time.Second, pos.RefundQuerySent{}}, then{time.Second, pos.RefundQueryAnswered{Answer: answered(pos.FoundRefunded)}})...)
	b.order(at("16:10:00"), hkd(1800), "cashier 2", append(paidAtOnce(), refund("K1000101Q7RX000009R1", hkd(1800)),
		then{0, pos.RefundSent{}}, then{time.Second, pos.RefundAnswered{Answer: pos.Answer{Finding: pos.FoundRefundShort, Code: "NOTENOUGH"}}})...)
	b.order(at("17:00:00"), pos.Money{Minor: 1000, Currency: "USD"}, "cashier 1", paidAtOnce()...)
	b.order(at("18:00:00"), hkd(990), "cashier 2", slices.Concat([]then{{10 * time.Second, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundUnclear}}}},
		asks(3, pos.FoundNotPaid), []then{{time.Second, pos.RevokePressed{By: "cashier 2"}}, {0, pos.RevokeSent{}},
			{time.Second, pos.RevokeAnswered{Answer: pos.Answer{Finding: pos.FoundRevokeAccepted, Recall: pos.RecallNo}}},
			{2 * time.Second, pos.QuerySent{}}, {time.Second, pos.QueryAnswered{Answer: answered(pos.FoundRevoked)}}})...)
	b.order(at("19:30:00"), hkd(5600), "cashier 2", slices.Concat([]then{{time.Second, pos.SubmitAnswered{Answer: answered(pos.FoundUserPaying)}},
		{time.Second, pos.Left{}}}, []then{{3 * time.Second, pos.QuerySent{}}, {200 * time.Millisecond, pos.QueryAnswered{Answer: paidAnswer()}}})...)
	b.order(at("20:59:40"), hkd(1250), "cashier 2", slices.Concat([]then{{time.Second, pos.SubmitAnswered{Answer: answered(pos.FoundUserPaying)}}},
		asks(4, pos.FoundUserPaying))...)
	b.notes = []pos.Entry{{At: at("11:00:00"), Event: pos.Noted{Name: "bill_unknown_order", Detail: map[string]string{
		"day": "1999-12-31", "kind": "missing_here", "order_no": "K9991231ABCD000077", "theirs": "SUCCESS HKD 45.00"}}}}
}
