package cli

import (
	"reflect"
	"testing"

	"cashier/pos"
)

// Each currency and cashier has a line, each currency one for all; what has no
// verdict stands apart and is in no other sum.
func TestTotals_ApartWhatIsOpen(t *testing.T) {
	total := func(c pos.Currency, cashier, till string, s pos.State, n int, minor int64) pos.Total {
		return pos.Total{Currency: c, Cashier: cashier, Till: till, State: s, Attempts: n, Minor: minor}
	}
	refunded := total("HKD", "2", "K1", pos.Paid, 3, 3000)
	refunded.RefundedMinor = 500
	got := summed("2026-11-21", []pos.Total{
		total("JPY", "", "K1", pos.Paid, 1, 800), refunded, total("HKD", "2", "K2", pos.Paid, 1, 100),
		total("HKD", "1", "K1", pos.Failed, 1, 700), total("HKD", "1", "K1", pos.Revoked, 2, 60),
		total("HKD", "1", "K1", pos.InDoubt, 1, 1), total("HKD", "1", "K1", pos.Revoking, 1, 2), total("HKD", "1", "K1", pos.Confirming, 1, 4), total("HKD", "1", "K1", pos.Submitting, 1, 8),
	})
	want := []sums{
		{Day: "2026-11-21", Currency: "HKD", Cashier: "1", Failed: 1, FailedMinor: 700, Revoked: 2, RevokedMinor: 60, InDoubt: 4, InDoubtMinor: 15},
		{Day: "2026-11-21", Currency: "HKD", Cashier: "2", Paid: 4, PaidMinor: 3100, RefundedMinor: 500},
		{Day: "2026-11-21", Currency: "HKD", All: true, Paid: 4, PaidMinor: 3100, RefundedMinor: 500, Failed: 1, FailedMinor: 700, Revoked: 2, RevokedMinor: 60, InDoubt: 4, InDoubtMinor: 15},
		{Day: "2026-11-21", Currency: "JPY", Paid: 1, PaidMinor: 800},
		{Day: "2026-11-21", Currency: "JPY", All: true, Paid: 1, PaidMinor: 800},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
