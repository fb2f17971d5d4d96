package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"modernc.org/sqlite"
)

// walSize is how long the WAL is kept: a commit into a file that has its size
// costs about half of one that makes it grow (design 9).
const walSize = 6 << 20

// keepWAL has SQLite leave the WAL at its size when the last connection closes.
func keepWAL(c *sql.Conn) error {
	return c.Raw(func(dc any) error {
		_, err := dc.(sqlite.FileControl).FileControlPersistWAL("main", 1)
		return err
	})
}

const (
	createBallast = "CREATE TABLE IF NOT EXISTS ballast (x BLOB)"
	insertBallast = "INSERT INTO ballast VALUES (zeroblob(?))"
	dropBallast   = "DROP TABLE ballast"
)

// Warm grows the WAL to its size if it is shorter, once in the life of a
// journal, for about 50 ms. Call it when nobody is waiting.
func (j *Journal) Warm(ctx context.Context) error {
	if info, err := os.Stat(j.path + "-wal"); err == nil && info.Size() >= walSize {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.within(func(ctx context.Context) error {
		_, made := j.conn.ExecContext(ctx, createBallast)
		_, filled := j.conn.ExecContext(ctx, insertBallast, walSize)
		return errors.Join(made, filled)
	})
	if err == nil {
		err = j.within(func(ctx context.Context) error {
			_, err := j.conn.ExecContext(ctx, dropBallast)
			return err
		})
	}
	return fail("grow the WAL", errors.Join(err, j.checkpoint(ctx)))
}

// Checkpoint brings what the WAL has into the database file, as far as no
// reader is in the way, so that no commit has to. Call it between sales.
func (j *Journal) Checkpoint(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return fail("checkpoint", j.checkpoint(ctx))
}

func (j *Journal) checkpoint(ctx context.Context) error {
	var busy, frames, done int
	err := j.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &done)
	if err != nil {
		return fmt.Errorf("WAL to file: %w", err)
	}
	return nil
}
