package storage

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// note appends an entry of the till itself.
func note(t testing.TB, j *Journal, name string, detail map[string]string) int64 {
	t.Helper()
	seq, err := j.Append(context.Background(), pos.Entry{At: began, Day: "2026-11-21", Run: "r", Event: pos.Noted{Name: name, Detail: detail}})
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// running is the X report.
func running(t testing.TB, j *Journal) pos.Closing {
	t.Helper()
	c, err := j.Running(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// closeShift appends the Z report of everything so far, as Office.CloseShift does.
func closeShift(t testing.TB, j *Journal) pos.Closing {
	t.Helper()
	c := running(t, j)
	c.At, c.By = began.Add(time.Duration(c.Number)*time.Hour), "cashier 1"
	if _, err := j.Append(context.Background(), pos.Entry{At: c.At, Day: "2026-11-21", Run: "r", Event: pos.ShiftClosed{Closing: c}}); err != nil {
		t.Fatal(err)
	}
	return c
}

// giveBack takes a paid attempt through a refund.
func giveBack(t testing.TB, j *Journal, a pos.Attempt, minor int64) pos.Attempt {
	t.Helper()
	for _, e := range []pos.Event{
		pos.RefundPressed{No: fmt.Sprintf("%sR%d", a.OrderNo, len(a.Refunds())+1), Amount: pos.Money{Minor: minor, Currency: a.Amount.Currency}}, pos.RefundSent{},
		pos.RefundAnswered{Answer: pos.Answer{Finding: pos.FoundRefundAccepted}}, pos.RefundQuerySent{},
		pos.RefundQueryAnswered{Answer: pos.Answer{Finding: pos.FoundRefunded}},
	} {
		a = do(t, j, a, e)
	}
	return a
}

// A shift is everything behind the last closing: what was sold before and ends
// in it counts in it, and what has not ended is carried over.
func TestShifts(t *testing.T) {
	j := openTemp(t)
	_, root, _ := j.Head(context.Background())
	if got, want := running(t, j), (pos.Closing{Number: 1, Head: root}); !reflect.DeepEqual(got, want) {
		t.Errorf("of an empty journal: %+v, want %+v", got, want)
	}
	opened := note(t, j, "shift_opened", map[string]string{"by": "cashier 2"})
	sold := do(t, j, do(t, j, pos.Attempt{}, intent(j, 1)), paid)
	open := do(t, j, pos.Attempt{}, intent(j, 2))
	seq, head, _ := j.Head(context.Background())

	first := closeShift(t, j)
	if want := (pos.Closing{
		Number: 1, At: began.Add(time.Hour), By: "cashier 1", OpenedAt: began, OpenedBy: "cashier 2", Upto: seq, Head: head,
		Lines:   []pos.Takings{{Currency: "HKD", Cashier: "2", Paid: 1, PaidMinor: 1250}},
		Carried: []pos.Carried{{OrderNo: open.OrderNo, Amount: open.Amount, State: pos.Submitting}},
		Grand:   []pos.Grand{{Currency: "HKD", PaidMinor: 1250}},
	}); !reflect.DeepEqual(first, want) {
		t.Errorf("first shift\n got %+v\nwant %+v", first, want)
	}
	if opened != 1 {
		t.Errorf("opened at %d", opened)
	}

	giveBack(t, j, sold, 250)
	do(t, j, open, paid)
	second := closeShift(t, j)
	if want := []pos.Takings{{Currency: "HKD", Cashier: "2", Paid: 1, PaidMinor: 1250, Refunds: 1, RefundedMinor: 250}}; !reflect.DeepEqual(second.Lines, want) {
		t.Errorf("second shift: %+v, want %+v", second.Lines, want)
	}
	if want := []pos.Grand{{Currency: "HKD", PaidMinor: 2500, BackMinor: 250}}; !reflect.DeepEqual(second.Grand, want) || !second.OpenedAt.IsZero() || len(second.Carried) != 0 {
		t.Errorf("second shift: %+v, want grand %+v, opened by nobody, nothing carried", second, want)
	}
	if third := running(t, j); third.Number != 3 || third.After != second.Upto || len(third.Lines) != 0 {
		t.Errorf("third shift: %+v", third)
	}
	all, err := j.Closings(context.Background())
	if err != nil || !reflect.DeepEqual(all, []pos.Closing{second, first}) {
		t.Errorf("closings %+v, %v, want the second and the first", all, err)
	}
	last, err := j.LastClosing(context.Background())
	if err != nil || last != second.Upto+1 {
		t.Errorf("the last closing is entry %d, %v, want %d", last, err, second.Upto+1)
	}
}

// Hours are those of the shop's zone, also where it is a quarter of an hour
// apart from the full one.
func TestHours(t *testing.T) {
	j := openTemp(t)
	for n, minute := range []int{0, 20, 35, 59, 60, 61} {
		e := entry(pos.Attempt{}, intent(j, n+1))
		e.At = began.Add(time.Duration(minute) * time.Minute)
		e.After, _ = pos.Next(pos.Attempt{}, e.Event, e.At)
		if _, err := j.Append(context.Background(), e); err != nil {
			t.Fatal(err)
		}
	}
	for zone, want := range map[string]string{
		"UTC":            "12: 2 13: 4 ", // began is 12:30
		"Asia/Kathmandu": "18: 3 19: 3 ", // 5 h 45 min ahead
		"Asia/Hong_Kong": "20: 2 21: 4 ",
	} {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		hours, err := j.Hours(context.Background(), "2026-11-21", place)
		var got strings.Builder
		for _, h := range hours {
			fmt.Fprintf(&got, "%d: %d ", h.Hour, h.Attempts)
			if h.Minor != int64(h.Attempts)*1250 || h.Currency != "HKD" || h.State != pos.Submitting {
				t.Errorf("%s: %+v", zone, h)
			}
		}
		if err != nil || got.String() != want {
			t.Errorf("%s: %s, %v, want %s", zone, &got, err, want)
		}
	}
	if hours, err := j.Hours(context.Background(), "2026-11-20", time.UTC); err != nil || len(hours) != 0 {
		t.Errorf("of another day: %+v, %v", hours, err)
	}
}

// What a bill said of an order that nobody knows stays until it is answered.
func TestBillNotes(t *testing.T) {
	j := openTemp(t)
	one := note(t, j, "bill_unknown_order", map[string]string{"order_no": "K9"})
	note(t, j, "bill_totals", nil)
	note(t, j, "bill_answered", map[string]string{"entry": fmt.Sprint(one + 3)}) // before its question
	two := note(t, j, "bill_unknown_order", map[string]string{"order_no": "K8"})
	left := func(want ...int64) {
		t.Helper()
		notes, err := j.BillNotes(context.Background())
		var got []int64
		for _, e := range notes {
			got = append(got, e.Seq)
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("entries %v, %v, want %v", got, err, want)
		}
	}
	left(one, two)
	note(t, j, "bill_answered", map[string]string{"entry": fmt.Sprint(one)})
	left(two)
}

// What is open is carried over from closing to closing, also when nothing
// happens to it in between: the till was off.
func TestShifts_WhatIsOpenIsNeverLost(t *testing.T) {
	j := openTemp(t)
	a := do(t, j, pos.Attempt{}, intent(j, 1))
	for n := range 3 {
		if c := closeShift(t, j); len(c.Carried) != 1 || c.Carried[0].OrderNo != a.OrderNo {
			t.Errorf("closing %d carries %v over", n+1, c.Carried)
		}
	}
	do(t, j, a, paid)
	if c := closeShift(t, j); len(c.Carried) != 0 || c.Sums()[0].Paid != 1 {
		t.Errorf("the last closing: %+v", c)
	}
}
