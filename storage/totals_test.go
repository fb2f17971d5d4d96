package storage

import (
	"context"
	"reflect"
	"testing"

	"cashier/pos"
)

// The sums of a day follow every change of its attempts, in the same transaction.
func TestTotalsFollowTheirPayments(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 2) // two paid, and one that is being submitted
	want := []pos.Total{
		{Currency: "HKD", Cashier: "2", Till: "K1", State: pos.Paid, Attempts: 2, Minor: 2500},
		{Currency: "HKD", Cashier: "2", Till: "K1", State: pos.Submitting, Attempts: 1, Minor: 1250},
	}
	totals(t, j, want)
	a, err := j.Attempt(context.Background(), intent(j, 3).OrderNo)
	if err != nil {
		t.Fatal(err)
	}
	do(t, j, a, paid)
	want = []pos.Total{{Currency: "HKD", Cashier: "2", Till: "K1", State: pos.Paid, Attempts: 3, Minor: 3750}}
	totals(t, j, want)

	a, _ = j.Attempt(context.Background(), intent(j, 1).OrderNo)
	for _, e := range []pos.Event{
		pos.RefundPressed{No: string(a.OrderNo) + "R1", Amount: pos.Money{Minor: 500, Currency: "HKD"}}, pos.RefundSent{},
		pos.RefundAnswered{Answer: pos.Answer{Finding: pos.FoundRefundAccepted}}, pos.RefundQuerySent{},
		pos.RefundQueryAnswered{Answer: pos.Answer{Finding: pos.FoundRefunded}},
	} {
		a = do(t, j, a, e)
	}
	want[0].RefundedMinor = 500
	totals(t, j, want)

	if err := j.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	totals(t, j, want)
	if other, err := j.Totals(context.Background(), "2026-11-22"); err != nil || len(other) != 0 {
		t.Errorf("%+v, %v", other, err)
	}
}

func totals(t *testing.T, j *Journal, want []pos.Total) {
	t.Helper()
	got, err := j.Totals(context.Background(), "2026-11-21")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	check(t, j.Reader)
}

// A sum that somebody has edited is found.
func TestVerifyFindsChangedTotals(t *testing.T) {
	for name, change := range map[string]string{
		"more":    "UPDATE totals SET amount_minor = amount_minor + 1 WHERE state = 'paid'",
		"missing": "DELETE FROM totals WHERE state = 'paid'",
		"made up": "INSERT INTO totals VALUES ('2026-11-20', 'HKD', '2', 'K1', 'paid', 1, 1250, 0)",
	} {
		j := openTemp(t)
		sell(t, j, 2)
		execute(t, raw(t, j.path), change)
		if report, err := j.Verify(context.Background(), VerifyOptions{}); err != nil || report.Good() {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
	}
}
