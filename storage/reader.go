package storage

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"cashier/pos"
)

// Reader reads a journal, also while another process writes it, and needs no
// lock. It fits pos.Reader. Its methods may be called from any goroutine;
// their failures have pos.KindJournal unless they say otherwise, or
// pos.KindUnavailable when the context ended.
type Reader struct {
	path string
	pool *sql.DB
	meta meta
}

// OpenReader opens the journal at path for reading. A file that is missing,
// not ours or from a newer cashier has pos.KindJournal.
func OpenReader(ctx context.Context, path string) (*Reader, error) {
	op := "read the journal " + path
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fail(op, mend(errors.New("there is no such file"),
			"name the journal with --journal; a till makes one when it starts"))
	} else if err != nil {
		return nil, fail(op, mend(err, "check that you may read the file"))
	}
	r, err := openReader(ctx, path, reading)
	return r, fail(op, err)
}

func openReader(ctx context.Context, path, how string) (*Reader, error) {
	pool, err := openPool(path, how, readers)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path, pool: pool}
	if err := r.identify(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return r, nil
}

// identify reads who the journal is.
func (r *Reader) identify(ctx context.Context) error {
	h, err := headerOf(ctx, r.path, r.pool)
	if err != nil {
		return err
	}
	if err := h.check(); err != nil {
		return err
	}
	if !h.complete() {
		return mend(errors.New("the journal was never finished, or is of an older cashier"), "start a till with it once")
	}
	r.meta, err = readMeta(ctx, r.pool)
	return err
}

// Close closes the file.
func (r *Reader) Close() error { return fail("close the journal", r.pool.Close()) }

// Incarnation fits pos.Journal.
func (r *Reader) Incarnation() string { return r.meta.incarnation }

// FingerprintKey fits pos.Journal. It is a secret; 32 bytes.
func (r *Reader) FingerprintKey() []byte { return r.meta.fingerprintKey }

// Practice reports whether this is a practice journal.
func (r *Reader) Practice() bool { return r.meta.practice }

// Head is the newest entry and its hash in hexadecimal. An empty journal has 0
// and the value that its first entry will follow.
func (r *Reader) Head(ctx context.Context) (seq int64, hash string, err error) {
	seq, sum, err := scanHead(r.pool.QueryRowContext(ctx, selectHead), r.meta)
	return seq, hex.EncodeToString(sum), fail("read the head", err)
}

// scanHead reads the newest entry, or the root of a journal that has none.
func scanHead(s scanner, m meta) (seq int64, sum []byte, err error) {
	err = s.Scan(&seq, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		root := m.root()
		return 0, root[:], nil
	}
	return seq, sum, err
}

const selectTimeline = `SELECT seq, at_ms, day, run, order_no, name, data FROM events WHERE order_no = ? AND order_no <> '' ORDER BY seq`

// Timeline fits pos.Reader. The entries equal those that were appended, After included.
func (r *Reader) Timeline(ctx context.Context, no pos.OrderNo) ([]pos.Entry, error) {
	entries, err := timeline(ctx, r.pool, no)
	if err == nil {
		_, err = replay(entries)
	}
	return entries, fail("read "+string(no), err)
}

// Attempt fits pos.Reader.
func (r *Reader) Attempt(ctx context.Context, no pos.OrderNo) (pos.Attempt, error) {
	a, err := attempt(ctx, r.pool, no)
	return a, fail("read "+string(no), err)
}

func attempt(ctx context.Context, q queryer, no pos.OrderNo) (pos.Attempt, error) {
	entries, err := timeline(ctx, q, no)
	if err != nil {
		return pos.Attempt{}, err
	}
	return pos.Fold(entries)
}

// timeline reads an attempt's entries, without After.
func timeline(ctx context.Context, q queryer, no pos.OrderNo) ([]pos.Entry, error) {
	entries, err := collect(ctx, q, scanEntry, selectTimeline, no)
	if err == nil && len(entries) == 0 {
		err = &pos.Error{Kind: pos.KindNotFound, Err: fmt.Errorf("order %s is not in this journal", no), Hint: "cashier journal --find lists what there is"}
	}
	return entries, err
}

const selectOpen = `SELECT order_no FROM payments WHERE open = 1 ORDER BY first_seq`

// Open fits pos.Reader.
func (r *Reader) Open(ctx context.Context) ([]pos.Attempt, error) {
	numbers, err := collect(ctx, r.pool, scanOne[pos.OrderNo], selectOpen)
	if err != nil {
		return nil, fail("read the open attempts", err)
	}
	var open []pos.Attempt
	for _, no := range numbers {
		a, err := r.Attempt(ctx, no)
		if err != nil {
			return nil, err
		}
		if a.Busy() { // it may have ended since
			open = append(open, a)
		}
	}
	return open, nil
}

const (
	// The index of attention reasons holds nothing else, and few.
	selectAttentions = `SELECT count(*) FROM payments WHERE attention > ''`

	selectEndsRun = `SELECT NOT EXISTS (SELECT 1 FROM events AS next, events AS this WHERE this.seq = ? AND next.seq = this.seq + 1 AND next.run = this.run)`

	selectLastCounter = `SELECT counter FROM payments WHERE till = ? AND day = ? ORDER BY counter DESC LIMIT 1`
)

// Attentions fits pos.Reader.
func (r *Reader) Attentions(ctx context.Context) (int, error) {
	n, err := one[int](ctx, r.pool, selectAttentions)
	return n, fail("count attention reasons", err)
}

// FindCode fits pos.Reader.
func (r *Reader) FindCode(ctx context.Context, fingerprint string) (pos.OrderNo, error) {
	no, err := one[pos.OrderNo](ctx, r.pool, selectCode, fingerprint)
	return no, fail("look for the auth code", err)
}

// EndsRun fits pos.Reader.
func (r *Reader) EndsRun(ctx context.Context, seq int64) (bool, error) {
	last, err := one[bool](ctx, r.pool, selectEndsRun, seq)
	return last, fail("look for the end of a run", err)
}

// LastCounter fits pos.Reader.
func (r *Reader) LastCounter(ctx context.Context, till, day string) (int, error) {
	n, err := one[int](ctx, r.pool, selectLastCounter, till, day)
	return n, fail("read the last order number", err)
}

// one reads a single value; its zero if there is none.
func one[T any](ctx context.Context, q queryer, query string, args ...any) (v T, err error) {
	err = q.QueryRowContext(ctx, query, args...).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return v, err
}

func scanOne[T any](s scanner) (v T, err error) {
	err = s.Scan(&v)
	return v, err
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q queryer, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
