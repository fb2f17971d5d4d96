package pos

import (
	"testing"
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
