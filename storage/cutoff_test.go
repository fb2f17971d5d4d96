package storage

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"cashier/pos"
)

// cutOff makes at path what is left of a database whose writer was cut off in
// the middle of a transaction: pages in the file, and beside it the rollback
// journal that undoes them.
func cutOff(t *testing.T, path, before string) {
	t.Helper()
	whole := filepath.Join(t.TempDir(), "whole.db")
	db := raw(t, whole)
	db.SetMaxOpenConns(1) // a transaction is one connection's
	execute(t, db, before+"; PRAGMA cache_size = 1; BEGIN; CREATE TABLE half (x BLOB); INSERT INTO half VALUES (zeroblob(1000000))")
	for _, end := range []string{"", "-journal"} {
		data, err := os.ReadFile(whole + end)
		if err != nil || len(data) == 0 {
			t.Fatalf("%d bytes in %q, %v", len(data), end, err)
		}
		if err := os.WriteFile(path+end, data, fileMode); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, db, "ROLLBACK")
}

// A start that was cut off while it made the journal keeps nobody from starting
// again: the first till that comes makes it anew. Until then a reader says what to do.
func TestCutOffWhileMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	cutOff(t, path, "")
	_, err := OpenReader(context.Background(), path)
	wantError(t, err, pos.KindJournal, "never finished", "start a till")
	j := open(t, path)
	if _, err := j.Append(context.Background(), entry(pos.Attempt{}, intent(j, 1))); err != nil {
		t.Error(err)
	}
	check(t, j.Reader)
}

// Somebody else's database that was cut off is left as it is.
func TestCutOffForeign(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	cutOff(t, path, "CREATE TABLE album (title TEXT)")
	before, _ := os.ReadFile(path)
	_, err := Open(context.Background(), path, Options{})
	wantError(t, err, pos.KindJournal)
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}
