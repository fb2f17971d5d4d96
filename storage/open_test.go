package storage

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cashier/pos"
)

// TestForeignFilesAreRefused: and left as they are, by a till and by a reader.
func TestForeignFilesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		word string
	}{
		"another program's database": {func(t *testing.T, path string) {
			execute(t, raw(t, path), "CREATE TABLE album (title TEXT)")
		}, "another program"},
		"another application id": {func(t *testing.T, path string) {
			execute(t, raw(t, path), "PRAGMA application_id = 7")
		}, "another program"},
		"a newer cashier": {func(t *testing.T, path string) {
			j := open(t, path)
			j.Close()
			execute(t, raw(t, path), fmt.Sprintf("PRAGMA user_version = %d", schemaVersion+1))
		}, "newer cashier"},
		"no database": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("hello, world\n"), 400), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not a database"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.db")
			c.make(t, path)
			if err := os.Chmod(path, 0o600); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			_, err := Open(context.Background(), path, Options{})
			wantError(t, err, pos.KindJournal, c.word)
			_, err = OpenReader(context.Background(), path)
			wantError(t, err, pos.KindJournal, c.word)
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

// TestPracticeAndRealNeverMix: whichever comes first.
func TestPracticeAndRealNeverMix(t *testing.T) {
	for _, practice := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "journal.db")
		j, err := Open(context.Background(), path, Options{Practice: practice})
		if err != nil {
			t.Fatal(err)
		}
		if j.Practice() != practice {
			t.Errorf("Practice() = %v", j.Practice())
		}
		j.Close()
		_, err = Open(context.Background(), path, Options{Practice: !practice})
		wantError(t, err, pos.KindInvalid, "this is a "+kindOf(practice), "the till is for "+kindOf(!practice))
		if j, err = Open(context.Background(), path, Options{Practice: practice}); err != nil {
			t.Fatalf("after the refusal: %v", err) // the lock was given back
		}
		j.Close()
	}
}

// TestStartCutOff: an empty file, or one whose first migration did not happen, is completed.
func TestStartCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	if err := createFile(path); err != nil {
		t.Fatal(err)
	}
	_, err := OpenReader(context.Background(), path)
	wantError(t, err, pos.KindJournal, "never finished")
	execute(t, raw(t, path), "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))")
	execute(t, raw(t, path), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)")
	sell(t, open(t, path), 1)
}

// TestIdentityIsKept: two journals differ, one stays the same.
func TestIdentityIsKept(t *testing.T) {
	one, other := openTemp(t), openTemp(t)
	if one.Incarnation() == other.Incarnation() && bytes.Equal(one.FingerprintKey(), other.FingerprintKey()) {
		t.Error("two journals have the same identity")
	}
	key := one.FingerprintKey()
	one.Close()
	if again := open(t, one.path); !bytes.Equal(again.FingerprintKey(), key) || again.Incarnation() != one.Incarnation() {
		t.Error("the identity changed")
	}
}

// TestSettings: the pragmas of the writer and of the readers are what the promises need.
func TestSettings(t *testing.T) {
	j := openTemp(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "fullfsync": "1", "checkpoint_fullfsync": "1", "foreign_keys": "1",
		"application_id": "1128354632", "user_version": fmt.Sprint(schemaVersion),
	} {
		if got, err := one[string](context.Background(), j.conn, "PRAGMA "+pragma); err != nil || got != want {
			t.Errorf("%s = %s, %v, want %s", pragma, got, err, want)
		}
	}
	for _, query := range []string{"DELETE FROM payments", "CREATE TABLE x (y)", "PRAGMA user_version = 9"} {
		if _, err := j.Reader.pool.Exec(query); err == nil {
			t.Errorf("a reader may %s", query)
		}
	}
}

// TestReaderNeedsAFile: it makes none.
func TestReaderNeedsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "till", "journal.db")
	_, err := OpenReader(context.Background(), path)
	wantError(t, err, pos.KindJournal, "no such file", "--journal")
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("the folder was made")
	}
}

// TestReaderWithoutAWriter reads what a till left, and follows one that comes later.
func TestReaderWithoutAWriter(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 3)
	j.Close()
	r := openReaderAt(t, j.path)
	check(t, r)
	j = open(t, j.path)
	sell(t, j, 2)
	if seq, _, err := r.Head(context.Background()); err != nil || seq != 12 {
		t.Errorf("head %d, %v, want 12", seq, err)
	}
	check(t, r)
}

// TestReaderIsToldToStop: a context that ended is no failure of the journal.
func TestReaderIsToldToStop(t *testing.T) {
	j := openTemp(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := j.List(ctx, pos.Filter{}); pos.KindOf(err) != pos.KindUnavailable {
		t.Errorf("%v has kind %v", err, pos.KindOf(err))
	}
}

// TestOddPaths: what a file name may have means nothing to SQLite's URIs.
func TestOddPaths(t *testing.T) {
	path := filepath.Join(t.TempDir(), "店 50% #1?mode=memory", "a b&c.db")
	j := open(t, path)
	sell(t, j, 1)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	check(t, openReaderAt(t, path))
}
