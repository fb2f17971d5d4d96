package storage

import (
	"context"
	"testing"
	"time"

	"cashier/pos"
)

// A bill's lines and what was noted about them are found through an index.
func TestBillQueries(t *testing.T) {
	j := openTemp(t)
	note := func(name, what string) {
		t.Helper()
		e := pos.Entry{At: began, Day: "2026-11-21", Run: "r", Event: pos.Noted{Name: name, Detail: map[string]string{"what": what}}}
		if _, err := j.Append(context.Background(), e); err != nil {
			t.Fatal(err)
		}
	}
	note("a", "1")
	sell(t, j, 1)
	note("a", "2")
	note("b", "3")
	sold, err := j.List(context.Background(), pos.Filter{})
	if err != nil || len(sold) == 0 {
		t.Fatal(sold, err)
	}
	for since, want := range map[time.Time]string{{}: "12", sold[0].CreatedAt: "12", sold[0].CreatedAt.Add(time.Millisecond): "2"} {
		entries, err := j.Notes(context.Background(), "a", since)
		got := ""
		for _, e := range entries {
			got += e.Event.(pos.Noted).Detail["what"]
		}
		if err != nil || got != want {
			t.Errorf("since %s: %q, %v, want %q", since, got, err, want)
		}
	}
	for id, want := range map[string]pos.OrderNo{sold[len(sold)-1].TransactionID: sold[len(sold)-1].OrderNo, "": "", "4299": ""} {
		if no, err := j.FindTransaction(context.Background(), id); no != want || err != nil {
			t.Errorf("transaction %q: %q, %v, want %q", id, no, err, want)
		}
	}
	wantPlan(t, j, "transaction", query{text: selectTransaction, args: []any{"4200"}}, "payments_transaction")
	wantPlan(t, j, "notes", query{text: selectNotes, args: []any{0, "a"}}, "payments_created")
}
