package storage

import (
	"context"
	"errors"

	"cashier/pos"
)

// filling is writing without waiting for the disk, for play money alone.
const filling = "?_txlock=immediate&_dqs=0&_defensive=1&_error_rc=1" +
	"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-262144)" +
	"&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_pragma=wal_autocheckpoint(20000)&_pragma=journal_size_limit(6291456)"

// Filler writes what a shop might have sold into a practice journal, many entries
// at once. It is no pos.Journal: what it has written is on the disk only when it
// has been closed. The chain, the rules of Append and the projection are the same.
type Filler struct {
	*Reader
	journal *Journal
}

// OpenFiller opens a practice journal, as Open does, or makes one. A journal of
// real money is refused (pos.KindInvalid).
func OpenFiller(ctx context.Context, path string) (*Filler, error) {
	j, err := Open(ctx, path, Options{Practice: true, how: filling})
	if err != nil {
		return nil, err
	}
	return &Filler{j.Reader, j}, nil
}

// Fill appends all entries, or none. Seq begins behind the newest entry.
func (f *Filler) Fill(_ context.Context, entries []pos.Entry) error {
	group := make([]*request, len(entries))
	for i, e := range entries {
		row, err := newRow(e)
		if err != nil {
			return &pos.Error{Kind: pos.KindInternal, Op: "fill", Err: err}
		}
		group[i] = &request{entry: e, row: row}
	}
	f.journal.mu.Lock()
	defer f.journal.mu.Unlock()
	return fail("fill", f.journal.within(func(ctx context.Context) error {
		if err := f.journal.extend(ctx, group); err != nil {
			return err
		}
		for _, r := range group {
			if r.err != nil { // one that is refused takes all with it
				return r.err
			}
		}
		return nil
	}))
}

// Close makes everything durable and closes the journal.
func (f *Filler) Close() error {
	return errors.Join(f.journal.Close(), fail("make the journal durable", syncFile(f.path)))
}
