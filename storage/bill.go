package storage

import (
	"context"
	"time"

	"cashier/pos"
)

// This file answers what somebody asks who compares a bill with the journal.

const (
	// What was noted after a time stands behind the newest attempt that began before it.
	selectNotes = `SELECT seq, at_ms, day, run, order_no, name, data FROM events
	WHERE seq > coalesce((SELECT first_seq FROM payments INDEXED BY payments_created WHERE created_at_ms < ? ORDER BY created_at_ms DESC LIMIT 1), 0)
	AND order_no = '' AND name = ? ORDER BY seq`

	selectTransaction = `SELECT order_no FROM payments WHERE transaction_id = ? AND transaction_id <> '' ORDER BY first_seq DESC LIMIT 1`
)

// Notes returns the events of the till itself that were noted under a name since
// a time, oldest first.
func (r *Reader) Notes(ctx context.Context, name string, since time.Time) ([]pos.Entry, error) {
	entries, err := collect(ctx, r.pool, scanEntry, selectNotes, msFrom(since), name)
	return entries, fail("read the notes", err)
}

// FindTransaction returns the newest attempt that has WeChat Pay's number, or "".
func (r *Reader) FindTransaction(ctx context.Context, id string) (pos.OrderNo, error) {
	no, err := one[pos.OrderNo](ctx, r.pool, selectTransaction, id)
	return no, fail("look for the transaction", err)
}
