package storage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"cashier/pos"
)

// This file answers what a manager reads beside a till that sells; totals.go and
// shift.go sum.

var _ pos.Books = (*Reader)(nil)

const (
	// bucket is what an hour of every zone is made of.
	bucket = 15 * time.Minute

	selectBuckets = `SELECT created_at_ms / ?, currency, state, sum(1), sum(amount_minor)
		FROM payments WHERE day = ? GROUP BY 1, currency, state`

	// An order of a bill that no attempt is, until an entry answers it by its seq.
	selectBillNotes = `SELECT ` + entryColumns + ` FROM events AS noted
		WHERE name = 'bill_unknown_order' AND order_no = '' AND NOT EXISTS (
			SELECT 1 FROM events WHERE name = 'bill_answered' AND order_no = '' AND seq > noted.seq
			AND CAST(data ->> '$.detail.entry' AS INTEGER) = noted.seq)
		ORDER BY seq`
)

// Hours fits pos.Books.
func (r *Reader) Hours(ctx context.Context, day string, zone *time.Location) ([]pos.Hour, error) {
	scan := func(s scanner) (h pos.Hour, err error) {
		var n int64
		err = s.Scan(&n, &h.Currency, &h.State, &h.Attempts, &h.Minor)
		h.Hour = at(n * bucket.Milliseconds()).In(zone).Hour()
		return h, err
	}
	parts, err := collect(ctx, r.pool, scan, selectBuckets, bucket.Milliseconds(), day)
	return sumHours(parts), fail("sum the hours", err)
}

// sumHours adds up what is of the same hour, currency and state.
func sumHours(parts []pos.Hour) []pos.Hour {
	slices.SortFunc(parts, func(a, b pos.Hour) int {
		return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.State, b.State))
	})
	var hours []pos.Hour
	for _, p := range parts {
		if n := len(hours); n > 0 && hours[n-1].Hour == p.Hour && hours[n-1].Currency == p.Currency && hours[n-1].State == p.State {
			hours[n-1].Attempts += p.Attempts
			hours[n-1].Minor += p.Minor
			continue
		}
		hours = append(hours, p)
	}
	return hours
}

// BillNotes fits pos.Books.
func (r *Reader) BillNotes(ctx context.Context) ([]pos.Entry, error) {
	notes, err := collect(ctx, r.pool, scanEntry, selectBillNotes)
	return notes, fail("read what bills said", err)
}
