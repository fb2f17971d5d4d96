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
		"cashier of a day": {pos.Filter{Cashier: "2", Day: "2026-11-21"}, "payments_day"},
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
			for _, q := range queries(f) {
				wantPlan(t, j, name, q, c.want)
			}
			f.Find = "K1261121" // the last of the queries is the search inside of fields
			all := queries(f)
			wantPlan(t, j, name+", search", all[len(all)-1], c.want)
		}
	}
	for i, index := range []string{"payments_transaction", "payments_ref", "payments_amount", "payments_amount", "sqlite_autoindex_payments_1"} {
		wantPlan(t, j, "find", queries(pos.Filter{Find: "12610000", Day: "2026-11-21", Cashier: "2"})[i], index)
	}
	for text, want := range map[string]string{
		selectOpen: "payments_open", selectAttentions: "payments_attention", selectLastCounter: "payments_counter",
		selectCode: "payments_fingerprint", selectNewest: "sqlite_autoindex_payments_1", selectPayment: "sqlite_autoindex_payments_1",
		selectTimeline: "events_order", selectMeta: "events_till", selectHead: "INTEGER PRIMARY KEY", selectHash: "INTEGER PRIMARY KEY",
		selectChain: "INTEGER PRIMARY KEY", selectPayments: "INTEGER PRIMARY KEY", selectIntents: "INTEGER PRIMARY KEY",
		selectClosings: "events_till", selectLastClosing: "events_till", selectLastNumber: "events_till", selectLastOpening: "events_till",
		selectBillNotes: "events_till", selectBuckets: "payments_day", selectShiftTimelines: "events_order",
		selectStaff: "events_till", selectClosedBy: "events_till", selectClosing: "events_till", selectRange: "INTEGER PRIMARY KEY",
	} {
		wantPlan(t, j, text, query{text: text, args: make([]any, strings.Count(text, "?"))}, want)
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
