package pos

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// identity is what sets an attempt apart.
type identity struct {
	till, day, incarnation string
	counter                int
}

// identities draws some that are alike: a till's id may end like a date, a date
// like an incarnation, an incarnation like a counter.
func identities(t *rapid.T) []identity {
	tills := rapid.OneOf(rapid.StringMatching(`[0-9A-Z]{1,8}`), rapid.StringMatching(`K[0-9]{0,7}`), rapid.SampledFrom([]string{"K", "K1", "K11", "K126", "K1261121"}))
	incarnations := rapid.OneOf(rapid.StringMatching(`[0-9A-V]{4}`), rapid.StringMatching(`[01]{4}`))
	// of one century: the year in a number has two digits
	days := rapid.Map(rapid.IntRange(0, 20_000), func(n int) string { return t0.AddDate(0, 0, n).Format(time.DateOnly) })
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) identity {
		return identity{tills.Draw(t, "till"), days.Draw(t, "day"), incarnations.Draw(t, "incarnation"),
			rapid.OneOf(rapid.IntRange(1, maxCounter), rapid.IntRange(1, 12)).Draw(t, "counter")}
	}), 2, 12).Draw(t, "identities")
}

// number makes the order number of an identity, at some hour of its day.
func (i identity) number(t *rapid.T) OrderNo {
	day, err := time.Parse(time.DateOnly, i.day)
	if err != nil {
		t.Fatal(err)
	}
	hour := time.Duration(rapid.IntRange(0, 23).Draw(t, "hour")) * time.Hour
	no, err := NewOrderNo(i.till, day.Add(hour), i.incarnation, i.counter)
	if err != nil {
		t.Fatalf("%+v: %v", i, err)
	}
	return no
}

// Design 9: two numbers are the same exactly if everything is the same; at most
// 24 characters that WeChat Pay takes, and readable back; of one till they sort
// by day, and of one day and journal as they were given out.
func TestProperty_OrderNumbersAreUniqueSortedAndShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := identities(t)
		for i, a := range all {
			x := a.number(t)
			if len(x) > 24 || strings.Trim(string(x), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
				t.Fatalf("%+v: %q", a, x)
			}
			if back, err := ParseOrderNo(string(x)); err != nil || back != x {
				t.Fatalf("%q reads as %q (%v)", x, back, err)
			}
			for _, b := range all[i:] {
				y := b.number(t)
				if (x == y) != (a == b) {
					t.Fatalf("%+v and %+v: %q and %q", a, b, x, y)
				}
				if a.till == b.till && a.day < b.day && x >= y {
					t.Fatalf("%q of %s stands behind %q of %s", x, a.day, y, b.day)
				}
				later := b
				later.till, later.day, later.incarnation = a.till, a.day, a.incarnation
				if z := later.number(t); (x < z) != (a.counter < b.counter) {
					t.Fatalf("%d and %d of one day: %q and %q", a.counter, b.counter, x, z)
				}
			}
		}
	})
}

// Design 9: full means refuse. A number that does not exist is not made into
// one that does, such as the first of the day.
func TestProperty_OrderNumbersNeverWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counter := rapid.OneOf(rapid.IntRange(maxCounter-3, maxCounter+3), rapid.IntRange(-3, 3), rapid.Int()).Draw(t, "counter")
		no, err := NewOrderNo("K1", t0, "Q7RX", counter)
		exists := counter >= 1 && counter <= maxCounter
		switch {
		case exists && (err != nil || !strings.HasSuffix(string(no), fmt.Sprintf("Q7RX%06d", counter))):
			t.Fatalf("%d: %q, %v", counter, no, err)
		case !exists && (no != "" || KindOf(err) != KindInvalid || HintOf(err) == ""):
			t.Fatalf("%d: %q, %v (hint %q)", counter, no, err, HintOf(err))
		}
	})
}
