package storage

import (
	"context"

	"cashier/pos"
)

// Rebuild makes payments again from events, in one transaction. Append waits for it.
func (j *Journal) Rebuild(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return fail("rebuild payments", j.within(func(context.Context) error { return j.rebuild(ctx) }))
}

const (
	deletePayments = `DELETE FROM payments`
	selectIntents  = `SELECT seq, order_no FROM events WHERE seq > ? AND name = 'intent' ORDER BY seq LIMIT 500`
)

// begun is where an attempt begins.
type begun struct {
	seq int64
	no  pos.OrderNo
}

func scanBegun(s scanner) (b begun, err error) {
	err = s.Scan(&b.seq, &b.no)
	return b, err
}

func (j *Journal) rebuild(ctx context.Context) error {
	if _, err := j.conn.ExecContext(ctx, deletePayments); err != nil {
		return err
	}
	for last := int64(0); ; {
		page, err := collect(ctx, j.conn, scanBegun, selectIntents, last)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, b := range page {
			last = b.seq
			if err := j.project(ctx, b.no); err != nil {
				return err
			}
		}
	}
}

// project writes the row of one attempt.
func (j *Journal) project(ctx context.Context, no pos.OrderNo) error {
	entries, err := timeline(ctx, j.conn, no)
	if err != nil {
		return err
	}
	p, err := derive(entries)
	if err != nil {
		return err
	}
	_, err = j.stmts.insertPayment.ExecContext(ctx, append(p.begun(), standing(p.Summary)...)...)
	return err
}
