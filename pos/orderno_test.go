package pos

import (
	"strings"
	"testing"
	"time"
)

// Design 9: till id + yyMMdd + incarnation + 6-digit counter, at most 24 characters; full means refuse.
func TestNewOrderNo(t *testing.T) {
	day := time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)
	if no, err := NewOrderNo("K1", day, "Q7RX", 1); err != nil || no != "K1261121Q7RX000001" {
		t.Errorf("got %s, %v", no, err)
	}
	if no, err := NewOrderNo("KOWLOON1", day, "Q7RX", maxCounter); err != nil || len(no) != 24 {
		t.Errorf("got %s, %v", no, err)
	}
	for _, counter := range []int{0, -1, maxCounter + 1} {
		if _, err := NewOrderNo("K1", day, "Q7RX", counter); KindOf(err) != KindInvalid {
			t.Errorf("counter %d: %v", counter, err)
		}
	}
	for _, id := range []string{"", "k1", "K-1", "KOWLOON12", "九"} {
		if _, err := NewOrderNo(id, day, "Q7RX", 1); KindOf(err) != KindInvalid || HintOf(err) == "" {
			t.Errorf("till %q: %v", id, err)
		}
	}
}

// Unique by construction: two numbers are equal only if till, day, journal and counter are.
func TestNewOrderNo_Unique(t *testing.T) {
	seen := map[OrderNo]string{}
	for _, till := range []string{"K1", "K", "K11"} {
		for _, day := range []int{1, 11} {
			for _, incarnation := range []string{"Q7RX", "1Q7R"} {
				for _, counter := range []int{1, 11, 110000} {
					no, err := NewOrderNo(till, time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC), incarnation, counter)
					if err != nil {
						t.Fatal(err)
					}
					if first, twice := seen[no]; twice {
						t.Errorf("%s for %s and %s", no, first, till)
					}
					seen[no] = till
				}
			}
		}
	}
}

func TestParseOrderNo(t *testing.T) {
	if no, err := ParseOrderNo("K1261121Q7RX000001"); err != nil || no != "K1261121Q7RX000001" {
		t.Errorf("got %s, %v", no, err)
	}
	for _, s := range []string{"", "K1", "k1261121q7rx000001", "K1'; --", strings.Repeat("K", 33)} {
		if _, err := ParseOrderNo(s); KindOf(err) != KindInvalid {
			t.Errorf("%q: %v", s, err)
		}
	}
}
