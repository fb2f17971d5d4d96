package pos

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// books is a journal of several attempts that is written by the machine alone.
type books struct {
	entries  []Entry
	attempts map[OrderNo]Attempt
	closings []Closing
	voided   map[OrderNo]bool
}

func (b *books) take(no OrderNo, e Event, now time.Time) {
	a, effects := Next(b.attempts[no], e, now)
	for _, effect := range effects {
		if r, ok := effect.(Record); ok {
			seq := int64(len(b.entries) + 1)
			b.entries = append(b.entries, Entry{Seq: seq, At: now, OrderNo: no, Event: r.Event})
			if a.Seq = seq; a.First == 0 {
				a.First = seq
			}
			b.attempts[no] = a
		}
	}
	b.attempts[no] = a
	b.voided[no] = b.voided[no] || a.voided()
}

func (b *books) of(no OrderNo) []Entry {
	return slices.DeleteFunc(slices.Clone(b.entries), func(e Entry) bool { return e.OrderNo != no })
}

// close makes a Z of what stands behind the newest one.
func (b *books) close(t interface{ Fatal(...any) }) Closing {
	before := Closing{}
	if n := len(b.closings); n > 0 {
		before = b.closings[n-1]
	}
	c := NewClosing(before, int64(len(b.entries)), "head")
	for no := range b.attempts {
		entries := b.of(no)
		if entries[len(entries)-1].Seq > c.After || slices.Contains(c.Owed(), no) {
			if err := c.Add(entries); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.End()
	b.closings = append(b.closings, c)
	b.entries = append(b.entries, Entry{Seq: int64(len(b.entries) + 1), Event: ShiftClosed{c}})
	return c
}

// Whenever the shifts are closed: what they took and gave back is what the
// attempts say in the end, no sale counts twice, each open one is listed in every
// closing until its end, and the grand totals never go back.
func TestProperty_ClosingsAddUpToTheJournal(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		b := &books{attempts: map[OrderNo]Attempt{}, voided: map[OrderNo]bool{}}
		now := t0
		for i := range rapid.IntRange(1, 4).Draw(t, "sales") {
			e := someIntent()
			e.OrderNo = OrderNo("K1261121Q7RX00000" + string(rune('1'+i)))
			e.Amount.Minor = rapid.Int64Range(1, 5000).Draw(t, "amount")
			e.Cashier = rapid.SampledFrom([]string{"", "c", "d"}).Draw(t, "cashier")
			b.take(e.OrderNo, e, now)
		}
		numbers := make([]OrderNo, 0, len(b.attempts))
		for no := range b.attempts {
			numbers = append(numbers, no)
		}
		slices.Sort(numbers)
		for range rapid.IntRange(30, 200).Draw(t, "steps") {
			if rapid.IntRange(0, 12).Draw(t, "close") == 0 {
				b.close(t)
			}
			no := rapid.SampledFrom(numbers).Draw(t, "order")
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "later")) * time.Second)
			b.anything(t, no, now)
		}
		b.close(t)
		b.check(t, seen)
	})
	for _, what := range []string{"paid", "refunded", "voided", "failed", "revoked", "carried"} {
		if seen[what] < 5 && !testing.Short() {
			t.Errorf("%s happened %d times only", what, seen[what])
		}
	}
}

// anything lets one thing happen to an attempt.
func (b *books) anything(t *rapid.T, no OrderNo, now time.Time) {
	a := b.attempts[no]
	answer := func(findings ...Finding) Answer { return answerOf(rapid.SampledFrom(findings).Draw(t, "answer")) }
	switch a.inFlight {
	case submitCall:
		b.take(no, SubmitAnswered{answer(FoundPaid, FoundPaid, FoundPaid, FoundCommFail, FoundDeclined, FoundUnclear, FoundNotSent)}, now)
	case queryCall:
		b.take(no, QueryAnswered{answer(FoundPaid, FoundPaid, FoundRevoked, FoundNotPaid, FoundNoOrder, FoundNoOrder, FoundUnclear)}, now)
	case revokeCall:
		b.take(no, RevokeAnswered{answer(revokeFindings...)}, now)
	case refundCall:
		b.take(no, RefundAnswered{answer(refundFindings...)}, now)
	case refundQueryCall:
		b.take(no, RefundQueryAnswered{answer(FoundRefunded, FoundRefundPending, FoundRefundNotFound)}, now)
	default:
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			b.take(no, VoidPressed{Reason: "wrong"}, now)
		case 1:
			amount := Money{rapid.Int64Range(1, 3000).Draw(t, "back"), a.Amount.Currency}
			if a.CanRefund(amount) == nil {
				b.take(no, RefundPressed{No: a.nextRefund(), Amount: amount, Reason: "cold"}, now)
			}
		case 2:
			b.take(no, Resumed{}, now)
		default:
			b.take(no, Ticked{}, now)
		}
	}
}

// check holds the closings against the attempts.
func (b *books) check(t *rapid.T, seen map[string]int) {
	want, got := map[string]Takings{}, map[string]Takings{}
	for no, a := range b.attempts {
		w := want[a.Cashier]
		price := a.Amount.Minor
		if a.State == Paid || a.Reason == ReasonVoided {
			w.Paid, w.PaidMinor, seen["paid"] = w.Paid+1, w.PaidMinor+price, seen["paid"]+1
			for _, r := range a.Refunds() {
				if r.State == Refunded && !b.voided[no] {
					w.Refunds, w.RefundedMinor, seen["refunded"] = w.Refunds+1, w.RefundedMinor+r.Amount.Minor, seen["refunded"]+1
				}
			}
			if b.voided[no] {
				w.Voided, w.VoidedMinor, seen["voided"] = w.Voided+1, w.VoidedMinor+price, seen["voided"]+1
			}
		}
		want[a.Cashier] = w
		var in []int
		for _, c := range b.closings {
			if slices.ContainsFunc(c.Carried, func(s Carried) bool { return s.OrderNo == no }) {
				in = append(in, c.Number)
			}
		}
		last := len(b.closings)
		if open := a.Open() && !a.State.Settled() || a.Refunding; open != slices.Contains(in, last) {
			t.Fatalf("%s stands as %s, and the last closing lists it: %v", no, describe(a), !open)
		}
		seen["carried"] += len(in)
		for i := 1; i < len(in); i++ { // a settled sale comes back on the list by a void or a refund alone
			if in[i] != in[i-1]+1 && a.given == nil && a.Reason != ReasonVoided && a.Reason != ReasonPaidLate {
				t.Fatalf("%s is carried over in %v", no, in)
			}
		}
	}
	grand := Grand{}
	for i, c := range b.closings {
		if c.Number != i+1 || i > 0 && c.After != b.closings[i-1].Upto {
			t.Fatalf("closing %d has number %d and begins behind %d", i+1, c.Number, c.After)
		}
		for _, l := range c.Lines {
			seen["failed"], seen["revoked"] = seen["failed"]+l.Failed, seen["revoked"]+l.Revoked
			g := got[l.Cashier]
			g.Paid, g.PaidMinor, g.Refunds, g.RefundedMinor = g.Paid+l.Paid, g.PaidMinor+l.PaidMinor, g.Refunds+l.Refunds, g.RefundedMinor+l.RefundedMinor
			g.Voided, g.VoidedMinor = g.Voided+l.Voided, g.VoidedMinor+l.VoidedMinor
			got[l.Cashier] = g
		}
		for _, g := range c.Grand {
			if g.PaidMinor < grand.PaidMinor || g.BackMinor < grand.BackMinor {
				t.Fatalf("the grand total went back: %v after %v", g, grand)
			}
			grand = g
		}
	}
	net := int64(0)
	for who, w := range want {
		if got[who] != w {
			t.Fatalf("of %q the closings say %+v, and the attempts %+v", who, got[who], w)
		}
		net += w.NetMinor()
	}
	if grand.PaidMinor-grand.BackMinor != net {
		t.Fatalf("the grand total is %v, and %d stays", grand, net)
	}
}

// A sale without a verdict stands in the way of a closing, unless it is carried
// over, listed, and then it is in the next one whatever happens in between.
func TestOffice_OpenSalesHoldUpAClosing(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.confirms = userPaying, FoundUserPaying, 10*time.Second
	inOffice(t, w, func(t *testing.T, o *Office, till *Till, j *memory) {
		ctx, m, no := t.Context(), Person{Name: "m"}, charge(t, till, 1)
		time.Sleep(time.Second)
		if c, err := o.CloseShift(ctx, m, false); !errors.Is(err, ErrOpenSales) || len(c.Carried) != 1 {
			t.Errorf("closed with an open sale: %v, %+v", err, c)
		}
		first, err := o.CloseShift(ctx, m, true)
		must(t, err)
		if first.Number != 1 || len(first.Carried) != 1 || first.Carried[0] != (Carried{no, twelveFifty, InDoubt, false}) {
			t.Errorf("first: %+v", first)
		}
		again, err := o.CloseShift(ctx, m, true)
		must(t, err)
		if len(again.Carried) != 1 || again.After != first.Upto {
			t.Errorf("nothing has happened to it, and it is lost: %+v", again)
		}
		ends(t, till, no)
		last, err := o.CloseShift(ctx, m, false)
		must(t, err)
		if last.Number != 3 || len(last.Carried) != 0 || last.Sums()[0].PaidMinor != 1250 || last.Grand[0].PaidMinor != 1250 {
			t.Errorf("last: %+v", last)
		}
	})
}

// A closing speaks of everything before it: what is journaled while it is summed
// has it summed again.
func TestOffice_AClosingSpeaksOfEverythingBeforeIt(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, till *Till, j *memory) {
		var once sync.Once
		j.before = func(e Entry) {
			if _, z := e.Event.(ShiftClosed); z {
				once.Do(func() { must(t, till.Note(t.Context(), Noted{Name: "in between"})) })
			}
		}
		z, err := o.CloseShift(t.Context(), Person{Name: "m"}, false)
		must(t, err)
		j.mu.Lock()
		defer j.mu.Unlock()
		if last := j.entries[len(j.entries)-1]; last.Event.(ShiftClosed).Upto != last.Seq-1 || z.Upto != last.Seq-1 {
			t.Errorf("the closing at %d speaks of %d", last.Seq, z.Upto)
		}
	})
}

func TestOffice_AShiftIsOpenedOnce(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, till *Till, j *memory) {
		ctx, c, m := t.Context(), Person{Name: "c"}, Person{Name: "m"}
		must(t, o.OpenShift(ctx, c))
		if err := o.OpenShift(ctx, m); KindOf(err) != KindInvalid {
			t.Errorf("opened twice: %v", err)
		}
		x, err := o.ReadShift(ctx, m)
		must(t, err)
		z, err := o.CloseShift(ctx, m, false)
		must(t, err)
		if x.OpenedBy != "c" || z.OpenedBy != "c" || x.Number != z.Number || x.Upto >= z.Upto {
			t.Errorf("X %+v\nZ %+v", x, z)
		}
		must(t, o.OpenShift(ctx, m))
		synctest.Wait()
	})
}

// Each outcome counts once, in the shift in which it came: a watch that goes on
// behind NOT PAID adds nothing to the next one, a revoke of what was never paid is
// no void, and a void that ends by a refund counts as the refund.
func TestClosing_EachOutcomeCountsOnce(t *testing.T) {
	const failed, revoked, stuck = OrderNo("K1261121Q7RX000001"), OrderNo("K1261121Q7RX000002"), OrderNo("K1261121Q7RX000003")
	b := &books{attempts: map[OrderNo]Attempt{}, voided: map[OrderNo]bool{}}
	for _, no := range []OrderNo{failed, revoked, stuck} {
		e := someIntent()
		e.OrderNo = no
		b.take(no, e, t0)
	}
	b.take(failed, SubmitAnswered{found(FoundCommFail)}, t0)
	b.take(revoked, SubmitAnswered{found(FoundUnclear)}, t0)
	b.take(revoked, RevokePressed{}, t0.Add(20*time.Second))
	b.take(revoked, Ticked{}, t0.Add(20*time.Second))
	b.take(revoked, RevokeAnswered{found(FoundRevokeAccepted)}, t0.Add(21*time.Second))
	b.take(revoked, Ticked{}, t0.Add(30*time.Second))
	b.take(revoked, QueryAnswered{found(FoundRevoked)}, t0.Add(31*time.Second))
	b.take(stuck, SubmitAnswered{found(FoundPaid)}, t0)
	first := b.close(t)
	want := Takings{Currency: "HKD", Paid: 1, PaidMinor: 1250, Failed: 1, FailedMinor: 1250, Revoked: 1, RevokedMinor: 1250}
	if len(first.Lines) != 1 || first.Lines[0] != want {
		t.Errorf("first: %+v", first.Lines)
	}
	later := t0.Add(time.Hour)
	b.take(failed, Resumed{}, later)
	b.take(stuck, VoidPressed{Reason: "wrong"}, later)
	b.take(stuck, Ticked{}, later)
	b.take(stuck, RevokeAnswered{found(FoundRevokeRefused)}, later)
	b.take(stuck, Ticked{}, later.Add(5*time.Second))
	b.take(stuck, QueryAnswered{found(FoundPaid)}, later.Add(5*time.Second))
	b.take(stuck, RefundPressed{No: b.attempts[stuck].nextRefund(), Amount: twelveFifty, Reason: "wrong"}, later)
	b.take(stuck, Ticked{}, later.Add(6*time.Second))
	b.take(stuck, RefundAnswered{found(FoundRefundAccepted)}, later)
	b.take(stuck, Ticked{}, later.Add(time.Minute))
	b.take(stuck, RefundQueryAnswered{found(FoundRefunded)}, later)
	second := b.close(t)
	if want = (Takings{Currency: "HKD", Refunds: 1, RefundedMinor: 1250}); len(second.Lines) != 1 || second.Lines[0] != want {
		t.Errorf("second: %+v, %s", second.Lines, describe(b.attempts[stuck]))
	}
	if second.Grand[0] != (Grand{"HKD", 1250, 1250}) || want.NetMinor() != -1250 {
		t.Errorf("grand: %+v", second.Grand)
	}
}

// A sale that began behind the shift is not in it, not even as an open one.
func TestClosing_WhatBeganBehindItIsNotInIt(t *testing.T) {
	b := &books{attempts: map[OrderNo]Attempt{}, voided: map[OrderNo]bool{}}
	b.take(someIntent().OrderNo, someIntent(), t0)
	c := NewClosing(Closing{}, 0, "head")
	if err := c.Add(b.of(someIntent().OrderNo)); err != nil || len(c.Carried)+len(c.Lines) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

// The sums of a currency are those of all its cashiers and of no other currency.
func TestClosing_SumsOfACurrency(t *testing.T) {
	c := Closing{Lines: []Takings{
		{"HKD", "c", 1, 10, 2, 20, 3, 30, 4, 40, 5, 50},
		{"HKD", "d", 100, 1000, 200, 2000, 300, 3000, 400, 4000, 500, 5000},
		{"USD", "c", 7, 7, 7, 7, 7, 7, 7, 7, 7, 7},
	}}
	want := []Takings{
		{"HKD", "", 101, 1010, 202, 2020, 303, 3030, 404, 4040, 505, 5050},
		{"USD", "", 7, 7, 7, 7, 7, 7, 7, 7, 7, 7},
	}
	if got := c.Sums(); !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}

// busyBooks are never read without something being journaled meanwhile.
type busyBooks struct {
	officeBooks
	till  *Till
	reads int
}

func (r *busyBooks) Running(ctx context.Context) (Closing, error) {
	if r.reads++; r.reads > 2*closeTries {
		return Closing{}, errors.New("read again and again")
	}
	c, err := r.officeBooks.Running(ctx)
	return c, cmp.Or(err, r.till.Note(ctx, Noted{Name: "in between"}))
}

// A closing that never finds the journal quiet says so in the end.
func TestOffice_AClosingGivesUp(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		b := &busyBooks{officeBooks: officeBooks{j}, till: till}
		if _, err := NewOffice(till, b, plainPINs{}).CloseShift(t.Context(), Person{}, false); KindOf(err) != KindConflict || b.reads != closeTries {
			t.Errorf("read %d times: %v", b.reads, err)
		}
	})
}

// A void that has ended, and behind which the money is found and goes back once
// more, is one void: it counts in the shift in which it ended first, and never again.
func TestClosing_AVoidIsOneVoid(t *testing.T) {
	const no = OrderNo("K1261121Q7RX000001")
	b := &books{attempts: map[OrderNo]Attempt{}, voided: map[OrderNo]bool{}}
	b.take(no, someIntent(), t0)
	b.take(no, SubmitAnswered{found(FoundPaid)}, t0)
	b.close(t)
	at := t0.Add(time.Hour)
	next := func(e Event) {
		at = at.Add(10 * time.Second)
		b.take(no, Ticked{}, at)
		b.take(no, e, at)
	}
	b.take(no, VoidPressed{Reason: "wrong"}, at)
	next(RevokeAnswered{found(FoundRevokeAccepted)})
	next(QueryAnswered{found(FoundNoOrder)})
	want := Takings{Currency: "HKD", Voided: 1, VoidedMinor: 1250}
	if z := b.close(t); len(z.Lines) != 1 || z.Lines[0] != want {
		t.Errorf("the void: %+v", z.Lines)
	}
	b.take(no, AskPressed{}, at)
	next(QueryAnswered{found(FoundPaid)})
	if a := b.attempts[no]; a.State != Revoking || a.Reason != ReasonVoided || a.Attention != AttentionPaidLate {
		t.Fatalf("found paid: %s", describe(a))
	}
	if z := b.close(t); len(z.Lines) != 0 || len(z.Carried) != 1 {
		t.Errorf("found paid: %+v", z)
	}
	next(RevokeAnswered{found(FoundRevokeAccepted)})
	next(QueryAnswered{found(FoundRevoked)})
	if z := b.close(t); len(z.Lines) != 0 || z.Grand[0] != (Grand{"HKD", 1250, 1250}) {
		t.Errorf("the end: %+v, %s", z, describe(b.attempts[no]))
	}
}
