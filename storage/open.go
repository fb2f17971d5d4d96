package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"cashier/pos"
)

// Options say what a journal is opened for.
type Options struct {
	// Practice must be what the file was made with: practice and real money
	// never share a journal.
	Practice bool

	how string // of openPool; "": writing
}

// Journal is the one writer of a journal file, and a Reader of it. It fits
// pos.Journal. Its methods may be called from any goroutine.
type Journal struct {
	*Reader
	lock *Lock
	file fs.FileInfo // the file as it was opened

	queue   chan *request // to the writer
	closed  sync.Once
	closing chan struct{}
	stopped chan struct{} // the writer has ended

	mu     sync.Mutex // guards what follows: one user of the connection at a time
	pool   *sql.DB    // of one connection
	conn   *sql.Conn
	stmts  statements
	broken error // a commit with an unknown outcome: nothing more is written
}

var (
	_ pos.Journal = (*Journal)(nil)
	_ pos.Reader  = (*Reader)(nil)
)

// Open opens the journal at path for writing, or makes a new one. It takes the
// lock first. Failures: pos.KindConflict if another process has the lock,
// pos.KindInvalid if the file and o differ about practice, else pos.KindJournal.
func Open(ctx context.Context, path string, o Options) (*Journal, error) {
	op := "open the journal " + path
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fail(op, err)
	}
	if err := prepareFolder(filepath.Dir(path)); err != nil {
		return nil, fail(op, err)
	}
	lock, err := AcquireLock(path)
	if err != nil {
		return nil, err
	}
	j := &Journal{
		lock: lock, queue: make(chan *request), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	if err := j.open(ctx, path, o); err != nil {
		return nil, fail(op, errors.Join(err, j.release()))
	}
	go j.write()
	return j, nil
}

// open does everything that needs the lock.
func (j *Journal) open(ctx context.Context, path string, o Options) (err error) {
	if err := prepareFile(ctx, path); err != nil {
		return err
	}
	if j.file, err = os.Stat(path); err != nil {
		return err
	}
	if j.pool, err = openPool(path, cmp.Or(o.how, writing), 1); err != nil {
		return err
	}
	if err := migrate(ctx, j.pool); err != nil {
		return err
	}
	if err := identify(ctx, j.pool, o.Practice); err != nil {
		return err
	}
	if j.conn, err = j.pool.Conn(ctx); err != nil {
		return err
	}
	if err := keepWAL(j.conn); err != nil {
		return err
	}
	if j.stmts, err = prepare(ctx, j.conn); err != nil {
		return err
	}
	j.Reader, err = openReader(ctx, path, reading)
	return err
}

// inPlace refuses when the file that is open is no longer the one at its path:
// SQLite would go on writing into a file that nobody will find.
func (j *Journal) inPlace() error {
	now, err := os.Stat(j.path)
	if err == nil && os.SameFile(now, j.file) {
		return nil
	}
	return mend(errors.New("the journal was removed or replaced while it was open"),
		"end this till and put the file back, or a backup with cashier restore")
}

// prepareFile makes a new file, or looks at an existing one before anything is
// changed in it: a foreign file stays as it is.
func prepareFile(ctx context.Context, path string) error {
	if err := checkFiles(path); err != nil {
		return err
	}
	if err := noOrphan(path); err != nil {
		return err
	}
	if err := createFile(path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return err // made by a start that was cut off
	}
	db, err := openPool(path, reading, 1)
	if err != nil {
		return err
	}
	h, err := headerOf(ctx, path, db)
	if err == nil {
		err = h.check()
	}
	return errors.Join(err, db.Close())
}

// noOrphan refuses a WAL whose journal is missing or empty: SQLite would delete
// it, with all that was durable in it.
func noOrphan(path string) error {
	if filled(path) || !filled(path+"-wal") {
		return nil
	}
	return mend(fmt.Errorf("the journal is missing, and %s-wal is there, which belongs to it", path),
		"put the journal back beside it; to begin a new one move that file away, never delete it")
}

// filled reports a file that is not empty.
func filled(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

const selectAny = `SELECT seq FROM events LIMIT 1`

// identify gives a new journal its identity, and refuses one of the other kind.
func identify(ctx context.Context, db *sql.DB, practice bool) error {
	m, err := readMeta(ctx, db)
	if errors.Is(err, sql.ErrNoRows) {
		if seq, known := one[int64](ctx, db, selectAny); known != nil || seq > 0 {
			return errors.Join(known, mend(errors.New("the journal has entries and no identity: it was edited"),
				"keep the file and restore the last backup"))
		}
		m = newMeta(practice)
		_, err = db.ExecContext(ctx, insertMeta, m.born, m.genesis, m.fingerprintKey, flag(m.practice))
	}
	if err != nil {
		return err
	}
	return m.of(practice)
}

// of refuses a journal of the other kind.
func (m meta) of(practice bool) error {
	if m.practice == practice {
		return nil
	}
	return &pos.Error{
		Kind: pos.KindInvalid, Hint: "practice and real money never share a journal: name another one with --journal",
		Err: fmt.Errorf("this is a %s journal and the till is for %s", kindOf(m.practice), kindOf(practice)),
	}
}

func kindOf(practice bool) string {
	if practice {
		return "practice"
	}
	return "real"
}

// Describe tells whoever waits for the journal what this till is doing (Lock.Describe).
func (j *Journal) Describe(doing string) error {
	return fail("describe the lock", j.lock.Describe(doing))
}

// Close commits what the writer has begun, closes the file and gives the lock
// back. Append fails from then on. Closing again does nothing.
func (j *Journal) Close() (err error) {
	j.closed.Do(func() {
		close(j.closing)
		<-j.stopped
		err = fail("close the journal", j.release())
	})
	return err
}

// release closes what is open, the lock last.
func (j *Journal) release() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var errs []error
	if j.Reader != nil {
		errs = append(errs, j.Reader.Close())
	}
	errs = append(errs, j.stmts.close())
	if j.conn != nil {
		errs = append(errs, j.conn.Close())
	}
	if j.pool != nil {
		errs = append(errs, j.pool.Close())
	}
	return errors.Join(append(errs, j.lock.Release())...)
}
