package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"cashier/pos"
)

// appendWithin bounds how long Append waits for the disk. The entry may be
// kept all the same.
const appendWithin = 30 * time.Second

// maxGroup is how many entries share one commit at most.
const maxGroup = 128

var (
	errClosed = errors.New("the journal is closed")
	errSlow   = fmt.Errorf("the disk did not answer in %s", appendWithin)
	errStale  = errors.New("somebody else changed the attempt")
	errExists = errors.New("the order number was used before")
	errUsed   = errors.New("the auth code was used before")
)

// request is one entry on its way through the writer.
type request struct {
	entry pos.Entry
	row   row           // all but its place in the chain
	seq   int64         // its place, once kept
	err   error         // or why it was not
	done  chan struct{} // closed when seq or err stands
}

// Append fits pos.Journal. The context's cancellation is not obeyed: an entry
// that is half-way must not be rolled back by a key press.
func (j *Journal) Append(_ context.Context, e pos.Entry) (int64, error) {
	op := "append " + e.Name() + " " + string(e.OrderNo)
	row, err := newRow(e)
	if err != nil {
		return 0, &pos.Error{Kind: pos.KindInternal, Op: op, Err: err}
	}
	if decides(e.Event) { // nothing is sent for a journal nobody will find
		if err := j.inPlace(); err != nil {
			return 0, fail(op, err)
		}
	}
	r := &request{entry: e, row: row, done: make(chan struct{})}
	late := time.NewTimer(appendWithin)
	defer late.Stop()
	select {
	case j.queue <- r:
	case <-j.closing:
		return 0, fail(op, errClosed)
	case <-late.C:
		return 0, fail(op, errSlow)
	}
	select {
	case <-r.done:
		return r.seq, fail(op, r.err)
	case <-late.C:
		return 0, fail(op, errSlow)
	}
}

// decides reports whether an entry begins something about money: a sale, or
// what a manager does with one or with a shift.
func decides(e pos.Event) bool {
	switch e.(type) {
	case pos.Intended, pos.RefundPressed, pos.VoidPressed, pos.ShiftClosed:
		return true
	default:
		return false
	}
}

// write is the writer: one goroutine, one connection. What came in while it
// waited for the disk shares the next commit (design 9).
func (j *Journal) write() {
	defer close(j.stopped)
	for {
		select {
		case r := <-j.queue:
			j.commit(j.gather(r))
		case <-j.closing:
			return
		}
	}
}

// gather adds what is waiting.
func (j *Journal) gather(first *request) []*request {
	group := []*request{first}
	for len(group) < maxGroup {
		select {
		case r := <-j.queue:
			group = append(group, r)
		default:
			return group
		}
	}
	return group
}

// commit makes a group durable and answers it. If the group fails as a whole
// its entries are tried alone: none fails for its neighbours.
func (j *Journal) commit(group []*request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.transact(group) != nil && len(group) > 1 {
		for i := range group {
			j.transact(group[i : i+1])
		}
	}
	for _, r := range group {
		close(r.done)
	}
}

// transact keeps a group in one transaction. An entry that is refused has its
// own error and leaves the others alone; if anything else fails none is kept
// and all have that error.
func (j *Journal) transact(group []*request) error {
	err := j.within(func(ctx context.Context) error { return j.extend(ctx, group) })
	if err != nil {
		for _, r := range group {
			r.seq, r.err = 0, err
		}
	}
	return err
}

// within runs do in one immediate transaction. A commit that fails for any
// reason but a full disk has an unknown outcome: from then on nothing is
// written before the file has been opened again.
func (j *Journal) within(do func(context.Context) error) error {
	if j.broken != nil {
		return mend(fmt.Errorf("an earlier commit failed: %w", j.broken), "start the till again: it then looks at what was kept")
	}
	ctx := context.Background()
	if _, err := j.stmts.begin.ExecContext(ctx); err != nil {
		return err
	}
	if err := do(ctx); err != nil {
		return j.undo(ctx, err)
	}
	if _, err := j.stmts.commit.ExecContext(ctx); err != nil {
		if code(err) != sqlite3.SQLITE_FULL {
			j.broken = err
		}
		return j.undo(ctx, err)
	}
	return nil
}

// undo rolls back after err. SQLite may have done so by itself, so that a
// failing rollback says nothing new.
func (j *Journal) undo(ctx context.Context, err error) error {
	j.stmts.rollback.ExecContext(ctx)
	return err
}

// extend adds a group to the chain.
func (j *Journal) extend(ctx context.Context, group []*request) error {
	seq, prev, err := scanHead(j.stmts.head.QueryRowContext(ctx), j.meta)
	if err != nil {
		return err
	}
	for _, r := range group {
		r.seq, r.err = 0, nil
		if err := j.refuse(ctx, r.entry, seq); pos.KindOf(err) == pos.KindConflict {
			r.err = err
			continue
		} else if err != nil {
			return err
		}
		row := r.row.chained(seq+1, prev)
		if err := j.insert(ctx, r.entry, row); err != nil {
			return err
		}
		seq, prev, r.seq = row.seq, row.hash, row.seq
	}
	return nil
}

// refuse is the compare-and-set: e must have been decided on the attempt's
// newest entry. An intent must be the first of its number and of its auth code; a
// closing speaks of everything up to the journal's newest entry, head.
func (j *Journal) refuse(ctx context.Context, e pos.Entry, head int64) error {
	if z, closes := e.Event.(pos.ShiftClosed); closes {
		return j.refuseClosing(ctx, z.Closing, head)
	}
	if e.OrderNo == "" {
		return nil
	}
	var newest int64
	err := j.stmts.newest.QueryRowContext(ctx, e.OrderNo).Scan(&newest)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	intent, begins := e.Event.(pos.Intended)
	switch {
	case begins && newest != 0:
		return conflict(errExists, "cashier verify says whether the journal is as it was written")
	case begins == (newest != 0) || newest != e.After.Seq:
		return conflict(errStale, "another till may be writing; start this one again")
	case begins && intent.Fingerprint != "":
		return j.refuseCode(ctx, intent.Fingerprint)
	}
	return nil
}

// refuseCode refuses an auth code that was ever submitted (design 7).
func (j *Journal) refuseCode(ctx context.Context, fingerprint string) error {
	var no string
	switch err := j.stmts.code.QueryRowContext(ctx, fingerprint).Scan(&no); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return conflict(fmt.Errorf("%w, for %s", errUsed, no), "ask the customer for a new code")
}

// insert writes an entry and its projection.
func (j *Journal) insert(ctx context.Context, e pos.Entry, r row) error {
	if _, err := j.stmts.insertEvent.ExecContext(ctx, r.values()...); err != nil {
		return err
	}
	if e.Person != nil {
		if _, err := j.stmts.upsertPerson.ExecContext(ctx, personValues(*e.Person)...); err != nil {
			return err
		}
	}
	after := e.After.Summary
	after.Seq = r.seq
	switch intent, begins := e.Event.(pos.Intended); {
	case e.OrderNo == "":
		return nil
	case begins:
		after.First = r.seq
		p := payment{Summary: after, day: e.Day, counter: intent.Counter}
		_, err := j.stmts.insertPayment.ExecContext(ctx, append(p.begun(), standing(after)...)...)
		return err
	default:
		_, err := j.stmts.updatePayment.ExecContext(ctx, append(standing(after), e.OrderNo)...)
		return err
	}
}
