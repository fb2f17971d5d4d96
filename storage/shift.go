package storage

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"cashier/pos"
)

const (
	entryColumns = `seq, at_ms, day, run, order_no, name, data`

	selectClosings       = `SELECT ` + entryColumns + ` FROM events WHERE name = 'shift_z' AND order_no = '' AND seq < ? ORDER BY seq DESC LIMIT ?`
	selectLastClosing    = `SELECT seq FROM events WHERE name = 'shift_z' AND order_no = '' AND seq > 0 ORDER BY seq DESC LIMIT 1`
	selectLastNumber     = `SELECT data ->> '$.number' FROM events WHERE name = 'shift_z' AND order_no = '' AND seq > 0 ORDER BY seq DESC LIMIT 1`
	selectLastOpening    = `SELECT ` + entryColumns + ` FROM events WHERE name = 'shift_opened' AND order_no = '' AND seq > ? AND seq <= ? ORDER BY seq DESC LIMIT 1`
	selectShiftTimelines = `SELECT ` + entryColumns + ` FROM events WHERE order_no <> '' AND seq <= ?2
		AND order_no IN (SELECT order_no FROM events WHERE seq > ?1 AND seq <= ?2 AND order_no <> '' UNION SELECT value FROM json_each(?3))
		ORDER BY order_no, seq`

	lastSeq = 1<<63 - 1 // above every entry
)

// Closings fits pos.Books.
func (r *Reader) Closings(ctx context.Context) ([]pos.Closing, error) {
	all, err := closings(ctx, r.pool, lastSeq, -1)
	return all, fail("read the closings", err)
}

// LastClosing is the entry of the newest Z report; 0 if there is none.
func (r *Reader) LastClosing(ctx context.Context) (seq int64, err error) {
	seq, err = one[int64](ctx, r.pool, selectLastClosing)
	return seq, fail("read the last closing", err)
}

// closings are the newest Z reports before an entry, newest first; at most so
// many, or all (-1).
func closings(ctx context.Context, q queryer, before, most int64) ([]pos.Closing, error) {
	scan := func(s scanner) (pos.Closing, error) {
		e, err := scanEntry(s)
		if err != nil {
			return pos.Closing{}, err
		}
		return e.Event.(pos.ShiftClosed).Closing, nil
	}
	return collect(ctx, q, scan, selectClosings, before, most)
}

// closing is the Z report that r is the entry of.
func (r row) closing() (pos.Closing, error) {
	e, err := r.entry()
	if err != nil {
		return pos.Closing{}, err
	}
	return e.Event.(pos.ShiftClosed).Closing, nil
}

// Running fits pos.Books.
func (r *Reader) Running(ctx context.Context) (c pos.Closing, err error) {
	err = r.moment(ctx, func(tx *sql.Tx) error {
		seq, head, err := scanHead(tx.QueryRowContext(ctx, selectHead), r.meta)
		if err != nil {
			return err
		}
		c, err = shift(ctx, tx, seq, hex.EncodeToString(head))
		return err
	})
	return c, fail("sum the shift", err)
}

// moment runs read in one read transaction: what it sees is of one moment.
func (r *Reader) moment(ctx context.Context, read func(*sql.Tx) error) error {
	tx, err := r.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return read(tx)
}

// shift sums what happened behind the newest closing.
func shift(ctx context.Context, q queryer, upto int64, head string) (pos.Closing, error) {
	last, err := closings(ctx, q, lastSeq, 1)
	if err != nil {
		return pos.Closing{}, err
	}
	c := pos.NewClosing(append(last, pos.Closing{})[0], upto, head)
	if err := opened(ctx, q, &c); err != nil {
		return c, err
	}
	if err := eachAttempt(ctx, q, c, c.Add); err != nil {
		return c, err
	}
	c.End()
	return c, nil
}

// opened fills in who began the shift, if anybody did.
func opened(ctx context.Context, q queryer, c *pos.Closing) error {
	entries, err := collect(ctx, q, scanEntry, selectLastOpening, c.After, c.Upto)
	for _, e := range entries {
		c.OpenedAt, c.OpenedBy = e.At, e.Event.(pos.Noted).Detail["by"]
	}
	return err
}

// eachAttempt hands out the entries, up to the end of the shift, of every attempt
// that has one in it or is owed, in the order of their numbers. The slice is used again: a
// shift that nobody closed for years still fits into memory.
func eachAttempt(ctx context.Context, q queryer, c pos.Closing, do func([]pos.Entry) error) error {
	owed, err := json.Marshal(c.Owed())
	if err != nil {
		return err
	}
	rows, err := q.QueryContext(ctx, selectShiftTimelines, c.After, c.Upto, string(owed))
	if err != nil {
		return err
	}
	defer rows.Close()
	var attempt []pos.Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		if len(attempt) > 0 && attempt[0].OrderNo != e.OrderNo {
			if err := do(attempt); err != nil {
				return err
			}
			attempt = attempt[:0]
		}
		attempt = append(attempt, e)
	}
	if err := rows.Err(); err != nil || len(attempt) == 0 {
		return err
	}
	return do(attempt)
}

// refuseClosing refuses a closing that does not follow the last one, or does not
// speak of everything before its own entry, which will be the one after newest.
func (j *Journal) refuseClosing(ctx context.Context, c pos.Closing, newest int64) error {
	last, err := one[int](ctx, j.conn, selectLastNumber)
	switch {
	case err != nil:
		return err
	case c.Number != last+1:
		return conflict(fmt.Errorf("closing %d does not follow closing %d", c.Number, last), "sum the shift again")
	case c.Upto != newest:
		return conflict(fmt.Errorf("the closing ends with entry %d and the journal with %d", c.Upto, newest), "sum the shift again")
	}
	return nil
}
