package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"modernc.org/sqlite"

	"cashier/pos"
)

// Backup copies the journal, as it is at one moment, to a new file with mode
// 0600, also while a till writes, and verifies the copy. If anything fails
// there is no new file. An existing file is never touched (pos.KindInvalid).
func (r *Reader) Backup(ctx context.Context, path string) (Report, error) {
	op := "back up to " + path
	err := createFile(path)
	if errors.Is(err, fs.ErrExist) {
		return Report{}, fail(op, &pos.Error{Kind: pos.KindInvalid, Err: errors.New("the file exists"), Hint: "name a new file; a backup replaces nothing"})
	}
	if err != nil {
		return Report{}, fail(op, mend(err, "check that you may write the folder"))
	}
	report, err := r.copyTo(ctx, path)
	if err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return report, fail(op, err)
}

// copyTo copies, makes the copy durable and verifies it.
func (r *Reader) copyTo(ctx context.Context, path string) (Report, error) {
	if err := r.copyPages(ctx, path); err != nil {
		return Report{}, err
	}
	if err := syncFile(path); err != nil {
		return Report{}, err
	}
	return verifyCopy(ctx, path)
}

// stepPages is how many pages are copied between two looks at the context.
const stepPages = 4096

// copyPages copies inside of one read transaction: what a till writes meanwhile
// neither waits nor makes the copy begin anew.
func (r *Reader) copyPages(ctx context.Context, path string) error {
	c, err := r.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()                          // nothing was written
	if _, err := readMeta(ctx, tx); err != nil { // begins the read
		return err
	}
	return c.Raw(func(dc any) error {
		b, err := dc.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		}).NewBackup(dsn(path, "?_error_rc=1&_pragma=synchronous(FULL)"))
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if more, err = b.Step(stepPages); err == nil {
				err = ctx.Err()
			}
		}
		return errors.Join(err, b.Finish())
	})
}

// verifyCopy verifies a file that nobody writes.
func verifyCopy(ctx context.Context, path string) (Report, error) {
	copied, err := openReader(ctx, path, lying)
	if err != nil {
		return Report{}, err
	}
	report, err := copied.Verify(ctx, VerifyOptions{})
	err = errors.Join(err, copied.Close())
	if err == nil && !report.Good() {
		bad := report.FirstBad()
		err = mend(fmt.Errorf("the copy, or the journal itself, is damaged: entry %d: %s", bad.Seq, bad.Reason), "cashier verify")
	}
	return report, err
}
