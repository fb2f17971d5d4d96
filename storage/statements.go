package storage

import (
	"context"
	"database/sql"
	"errors"
)

// statements are what the writer runs, prepared once on its one connection.
type statements struct {
	begin, commit, rollback, head, newest, code, insertEvent, insertPayment, updatePayment, upsertPerson *sql.Stmt
}

const (
	insertEvent  = `INSERT INTO events (` + rowColumns + `) VALUES (?,?,?,?,?,?,?,?,?,?)`
	selectNewest = `SELECT seq FROM events WHERE order_no = ? AND order_no <> '' ORDER BY seq DESC LIMIT 1` // payments is derived, and may have been edited
	selectCode   = `SELECT order_no FROM payments WHERE fingerprint = ? AND fingerprint <> ''`
	selectHead   = `SELECT seq, hash FROM events WHERE seq <= 9223372036854775807 ORDER BY seq DESC LIMIT 1`
)

// prepare prepares every statement of the writer.
func prepare(ctx context.Context, c *sql.Conn) (s statements, err error) {
	for _, p := range []struct {
		stmt  **sql.Stmt
		query string
	}{
		{&s.begin, "BEGIN IMMEDIATE"},
		{&s.commit, "COMMIT"},
		{&s.rollback, "ROLLBACK"},
		{&s.head, selectHead},
		{&s.newest, selectNewest},
		{&s.code, selectCode},
		{&s.insertEvent, insertEvent},
		{&s.insertPayment, insertPayment},
		{&s.updatePayment, updatePayment},
		{&s.upsertPerson, upsertPerson},
	} {
		if *p.stmt, err = c.PrepareContext(ctx, p.query); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s statements) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{
		s.begin, s.commit, s.rollback, s.head, s.newest, s.code, s.insertEvent, s.insertPayment, s.updatePayment, s.upsertPerson,
	} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	return errors.Join(errs...)
}
