package storage

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"cashier/pos"
)

// fail gives an error that leaves the package what was attempted and a kind.
// An error that has a kind keeps it.
func fail(op string, err error) error {
	if err == nil {
		return nil
	}
	kind, hint := pos.KindJournal, hintFor(err)
	if e, ok := errors.AsType[*pos.Error](err); ok {
		kind, hint = e.Kind, e.Hint
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		kind = pos.KindUnavailable
	}
	return &pos.Error{Kind: kind, Op: op, Err: err, Hint: hint}
}

// mend is a failure of the journal with what to do about it.
func mend(err error, hint string) error {
	return &pos.Error{Kind: pos.KindJournal, Err: err, Hint: hint}
}

// conflict refuses an entry; nothing was written.
func conflict(err error, hint string) error {
	return &pos.Error{Kind: pos.KindConflict, Err: err, Hint: hint}
}

// hintFor says what to do about a failure of SQLite.
func hintFor(err error) string {
	switch code(err) {
	case sqlite3.SQLITE_FULL:
		return "make room on the disk; nothing that was acknowledged is lost"
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return "the folder and the files of the journal must be yours and writable, even for reading"
	case sqlite3.SQLITE_NOTADB:
		return "this is not a journal of cashier; name another one with --journal"
	case sqlite3.SQLITE_CORRUPT:
		return "the file is damaged: keep it, restore the last backup, and reconcile with the bill"
	case sqlite3.SQLITE_IOERR:
		return "the disk failed: keep the file, check the disk, then start again"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "another program holds the file; close it and try again"
	}
	return ""
}

// code is SQLite's primary result code in err's chain, or 0.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}
