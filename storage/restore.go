package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"cashier/pos"
)

// Restore puts the backup in the place of a journal that was lost. The backup
// is verified first and stays as it is. The restored journal has a new
// incarnation: what was sold after the backup was made has order numbers that
// this journal does not know and must not give out again. That stands in an
// entry "restored", which has the At, Day and Run of when.
//
// A journal that is already there is never touched (pos.KindInvalid), nor is
// one whose lock is held (pos.KindConflict). A backup of play money becomes no
// real journal, nor the other way round (pos.KindInvalid).
func Restore(ctx context.Context, backup, path string, practice bool, when pos.Entry) (Report, error) {
	op := "restore " + path
	if err := prepareFolder(filepath.Dir(path)); err != nil {
		return Report{}, fail(op, err)
	}
	lock, err := AcquireLock(path)
	if err != nil {
		return Report{}, err
	}
	report, err := restore(ctx, backup, path, practice, when)
	return report, fail(op, errors.Join(err, lock.Release()))
}

// restore makes the journal under another name and gives it its own when it is
// complete. The lock of path is held.
func restore(ctx context.Context, backup, path string, practice bool, when pos.Entry) (Report, error) {
	for _, there := range []string{path, path + "-wal", path + "-shm"} { // SQLite would read the lost journal's WAL as the new one's
		if _, err := os.Lstat(there); !errors.Is(err, fs.ErrNotExist) {
			return Report{}, errors.Join(err, &pos.Error{
				Kind: pos.KindInvalid, Err: fmt.Errorf("a journal is there: %s", there), Hint: "move it and the files beside it away first; never delete it",
			})
		}
	}
	if filled(backup + "-wal") { // which is not read, and holds what was sold last
		return Report{}, &pos.Error{Kind: pos.KindInvalid, Err: errors.New("it is no backup but a journal: a WAL lies beside it"),
			Hint: "move both files together to where the journal has to be, or make a backup of it first: cashier backup"}
	}
	source, err := openReader(ctx, backup, lying)
	if err != nil {
		return Report{}, err
	}
	defer source.Close() // only read
	if err := source.meta.of(practice); err != nil {
		return Report{}, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".restore-")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(dir) // what is complete has its own name by then
	unfinished := filepath.Join(dir, "journal.db")
	report, err := source.Backup(ctx, unfinished)
	if err != nil {
		return report, err
	}
	if err := mark(ctx, unfinished, source.Practice(), report, when); err != nil {
		return report, err
	}
	return report, errors.Join(os.Link(unfinished, path), syncFile(filepath.Dir(path)))
}

// mark appends the entry that gives a restored journal its new incarnation.
func mark(ctx context.Context, path string, practice bool, backup Report, when pos.Entry) error {
	j, err := Open(ctx, path, Options{Practice: practice})
	if err != nil {
		return err
	}
	when.Event = pos.Noted{Name: "restored", Detail: map[string]string{
		"incarnation": newIncarnation(), "backup_seq": strconv.FormatInt(backup.Seq, 10), "backup_head": backup.Head,
	}}
	_, err = j.Append(ctx, when)
	// Closing the last connection brings the WAL into the file: it is complete on its own.
	if err = errors.Join(err, j.Close()); err != nil {
		return fmt.Errorf("mark the restored journal: %w", err)
	}
	return syncFile(path)
}
