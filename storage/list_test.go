package storage

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// TestPlans: no query walks a whole table (design 9). Each filter names
// the index that must drive it.
func TestPlans(t *testing.T) {
	j := openTemp(t)
	from, to := began, began.Add(time.Hour)
	for name, c := range map[string]struct {
		filter pos.Filter
		want   string
	}{
		"all":              {pos.Filter{}, "INTEGER PRIMARY KEY"},
		"day":              {pos.Filter{Day: "2026-11-21"}, "payments_day"},
		"cashier":          {pos.Filter{Cashier: "2"}, "payments_cashier"},
		"cashier of a day": {pos.Filter{Cashier: "2", Day: "2026-11-21"}, "payments_cashier (cashier=? AND rowid>? AND rowid<?)"},
		"till":             {pos.Filter{Till: "K1"}, "payments_till"},
		"currency":         {pos.Filter{Currency: "HKD"}, "payments_currency"},
		"price":            {pos.Filter{Minor: 1250, Currency: "HKD"}, "payments_amount"},
		"shift":            {pos.Filter{After: 3, Upto: 9}, "INTEGER PRIMARY KEY"},
		"till of a day":    {pos.Filter{Till: "K1", Day: "2026-11-21"}, "payments_day"},
		"sale":             {pos.Filter{Sale: "K1"}, "payments_sale"},
		"time":             {pos.Filter{From: from, To: to}, "payments_created"},
		"from":             {pos.Filter{From: from}, "payments_created"},
		"time of a day":    {pos.Filter{Day: "2026-11-21", From: from, To: to}, "payments_day"},
		"attention":        {pos.Filter{Attention: true}, "payments_attention"},
		"paid":             {pos.Filter{States: []pos.State{pos.Paid}}, "INTEGER PRIMARY KEY"},
		"failed, revoked":  {pos.Filter{States: []pos.State{pos.Failed, pos.Revoked}}, "payments_state"},
		"in doubt":         {pos.Filter{States: []pos.State{pos.InDoubt, pos.Revoking}}, "payments_open"},
	} {
		next := c.filter
		next.Before = 100
		for _, f := range []pos.Filter{c.filter, next} {
			for _, state := range statesOf(f) {
				ts := terms(f, state)
				wantPlan(t, j, name, page(f, ts), c.want)
				wantPlan(t, j, name+", search", search(f, ts, "K126"), c.want)
				wantFinds(t, j, name, f, ts)
			}
		}
	}
	for text, want := range map[string]string{
		selectOpen: "payments_open", selectAttentions: "payments_attention", selectLastCounter: "payments_counter",
		selectCode: "payments_fingerprint", selectNewest: "events_order", selectPayment: "sqlite_autoindex_payments_1",
		selectTimeline: "events_order", selectMeta: "events_till", selectHead: "INTEGER PRIMARY KEY", selectHash: "INTEGER PRIMARY KEY",
		selectChain: "INTEGER PRIMARY KEY", selectPayments: "INTEGER PRIMARY KEY", selectIntents: "INTEGER PRIMARY KEY",
		selectClosings: "events_till", selectLastClosing: "events_till", selectLastNumber: "events_till", selectLastOpening: "events_till",
		selectBillNotes: "events_till", selectBuckets: "payments_day", selectShiftTimelines: "events_order",
		selectStaff: "events_till", selectClosedBy: "events_till", selectClosing: "events_till", selectRange: "INTEGER PRIMARY KEY",
	} {
		wantPlan(t, j, text, query{text: text, args: make([]any, strings.Count(text, "?"))}, want)
	}
}

// wantFinds: a text is found through its own indexes, whatever else is asked for.
func wantFinds(t *testing.T, j *Journal, name string, f pos.Filter, ts []term) {
	t.Helper()
	wantPlan(t, j, name+", number", wholeNumber(f, ts, "K1")[0], "sqlite_autoindex_payments_1")
	wantPlan(t, j, name+", number", wholeNumber(f, ts, "K1")[1], "payments_transaction (")
	for i, index := range []string{"payments_ref", "sqlite_autoindex_payments_1", "payments_transaction (", "payments_order_end", "payments_transaction_end"} {
		wantPlan(t, j, name+", find", ends(f, ts, "1261")[i], index)
	}
	for _, q := range amounts(f, ts, "1261") {
		wantPlan(t, j, name+", find", q, "payments_amount")
	}
}

func wantPlan(t *testing.T, j *Journal, name string, q query, index string) {
	t.Helper()
	plan, err := collect(context.Background(), j.Reader.pool, func(s scanner) (line string, err error) {
		var id, parent, unused int
		err = s.Scan(&id, &parent, &unused, &line)
		return line, err
	}, "EXPLAIN QUERY PLAN "+q.text, q.args...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	all := strings.Join(plan, "; ")
	if strings.Contains(q.text, "payments WHERE first_seq IN (SELECT first_seq FROM payments INDEXED") && !strings.Contains(all, "(rowid=?)") {
		t.Errorf("%s walks: %s", name, all)
	}
	if strings.Contains(all, "SCAN payments") || strings.Contains(all, "SCAN events") || !strings.Contains(all, index) {
		t.Errorf("%s: %s, want %s\n%s", name, all, index, q.text)
	}
}

// BenchmarkList: a page of 50 of a day, of 20,000 sales over ten days.
func BenchmarkList(b *testing.B) {
	j := openTemp(b)
	for n := range 20_000 {
		e := entry(pos.Attempt{}, intent(j, n+1))
		e.Day = fmt.Sprintf("2026-11-%02d", 10+n/2000)
		if _, err := j.Append(context.Background(), e); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if page, err := j.List(context.Background(), pos.Filter{Day: "2026-11-15"}); err != nil || len(page) != 50 {
			b.Fatal(len(page), err)
		}
	}
}

// Beginnings and ends of numbers are found by their indexes, however old: not
// only where the newest attempts are searched.
func TestEndsAreFoundByTheirIndexes(t *testing.T) {
	j := openTemp(t)
	for n := range 3 {
		a := do(t, j, pos.Attempt{}, intent(j, 1230+n*10_001)) // ends in 1230, 1231, 1232
		do(t, j, a, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundPaid, TransactionID: fmt.Sprintf("42000000%d", 77_770+n)}})
	}
	for text, want := range map[string]int{
		"1231": 1, "011231": 1, "9931231": 0, "K126": 3, "k1261121": 3, "K127": 0,
		"7771": 1, "77772": 1, "4200": 3, "420000007777": 3, "42000000777": 3, "%231": 0, "231": 0, "420000007_": 0,
	} {
		f := pos.Filter{Limit: 50}
		found, err := j.ask(context.Background(), ends(f, nil, text)...)
		if err != nil || len(merge(found, 50)) != want {
			t.Errorf("%s: %d, %v, want %d", text, len(merge(found, 50)), err, want)
		}
	}
	f := pos.Filter{Limit: 2, Before: 5}
	found, err := j.ask(context.Background(), ends(f, nil, "K126")...)
	if page := merge(found, 2); err != nil || len(page) != 2 || page[0].First != 3 || page[1].First != 1 {
		t.Errorf("the next page: %+v, %v", page, err)
	}
}
