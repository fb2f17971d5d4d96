package pos

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Everything that can be refused is refused before the intent: nothing is
// journaled, and nothing is sent.
func TestTill_RefusedLeavesNothingBehind(t *testing.T) {
	w := newWorld()
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		good := Scan{Amount: twelveFifty, Code: code(t, 1), Ref: "table 4", Cashier: "2"}
		for name, c := range map[string]struct {
			spoil func(*Scan)
			kind  Kind
		}{
			"another currency":         {func(s *Scan) { s.Amount.Currency = "USD" }, KindInvalid},
			"nothing":                  {func(s *Scan) { s.Amount.Minor = 0 }, KindInvalid},
			"less than nothing":        {func(s *Scan) { s.Amount.Minor = -1 }, KindInvalid},
			"too much":                 {func(s *Scan) { s.Amount.Minor = MaxMinor + 1 }, KindInvalid},
			"no code":                  {func(s *Scan) { s.Code = AuthCode{} }, KindInvalid},
			"a reference not in UTF-8": {func(s *Scan) { s.Ref = "\xff" }, KindInvalid},
			"a cashier not in UTF-8":   {func(s *Scan) { s.Cashier = "\xff" }, KindInvalid},
			"a sale that is not there": {func(s *Scan) { s.Sale = "K1261121Q7RX999999" }, KindNotFound},
		} {
			bad := good
			c.spoil(&bad)
			if _, err := till.Charge(t.Context(), bad); KindOf(err) != c.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(j.all()) != 0 || len(w.seen) != 0 {
			t.Errorf("left behind: %v, sent: %v", j.all(), w.seen)
		}
	})
}

// The smallest and the greatest amount are taken, and the numbers of a day follow each other.
func TestTill_TheBoundsOfAnAmountAreTaken(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, _ *memory) {
		for n, minor := range []int64{1, MaxMinor} {
			a, err := till.Charge(t.Context(), Scan{Amount: Money{minor, "HKD"}, Code: code(t, n+1)})
			if err != nil || a.Amount.Minor != minor || a.Number != 1 || a.Sale != SaleID(a.OrderNo) {
				t.Fatalf("%d: %+v, %v", minor, a.Summary, err)
			}
			if want := []string{"000001", "000002"}[n]; string(a.OrderNo[len(a.OrderNo)-6:]) != want {
				t.Errorf("number %s, want it to end in %s", a.OrderNo, want)
			}
			ends(t, till, a.OrderNo)
		}
	})
}

// blind is a journal of which no attempt can be read while it says so.
type blind struct {
	*memory
	err error
}

func (b *blind) Attempt(ctx context.Context, no OrderNo) (Attempt, error) {
	if b.err != nil {
		return Attempt{}, b.err
	}
	return b.memory.Attempt(ctx, no)
}

// An intent whose fate was not known is not forgotten because the journal could
// be written again and not be read: no sale is taken before it is taken up.
func TestTill_ALostIntentIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &blind{memory: &memory{}}
		till := NewTill(newWorld(), j, somePolicy)
		j.lose(1)
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 1)}); KindOf(err) != KindJournal {
			t.Fatalf("got %v", err)
		}
		j.err = &Error{Kind: KindJournal, Err: errors.New("cannot be read")}
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 2)}); !errors.Is(err, j.err) {
			t.Errorf("taken while the journal cannot be read: %v", err)
		}
		j.err = nil
		charge(t, till, 3)
		if n := len(till.Open()); n != 2 {
			t.Errorf("%d open, want the lost one and the new one", n)
		}
		till.Close()
	})
}

// The journal works again as soon as any sale could be written to it; a lost
// intent is taken up then, too.
func TestTill_ALostIntentIsTakenUpWhoeverHealedTheJournal(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = userPaying, FoundUserPaying
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		charge(t, till, 1)
		synctest.Wait()
		j.lose(1)
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 2)}); KindOf(err) != KindJournal {
			t.Fatalf("got %v", err)
		}
		time.Sleep(4 * time.Second) // the first sale has asked, and written that down
		if err := till.Trouble(); err != nil {
			t.Fatal(err)
		}
		charge(t, till, 3)
		if n := len(till.Open()); n != 3 {
			t.Errorf("%d open, want the lost one and two more", n)
		}
	})
}
