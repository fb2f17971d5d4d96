package storage

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cashier/pos"
)

// TestRestore: everything up to the backup is there, the chain goes on, and no
// order number that was given out after the backup can come again.
func TestRestore(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	sell(t, j, 3)
	backup := filepath.Join(t.TempDir(), "backup.db")
	report, err := j.Backup(ctx, backup)
	if err != nil {
		t.Fatal(err)
	}
	lost := do(t, j, pos.Attempt{}, intent(j, 100)) // after the backup
	when := pos.Entry{At: began.Add(1e9), Day: "2026-11-22", Run: "run-2"}

	_, err = Restore(ctx, backup, j.path, false, when)
	wantError(t, err, pos.KindConflict, "process")
	j.Close()
	_, err = Restore(ctx, backup, j.path, false, when)
	wantError(t, err, pos.KindInvalid, "a journal is there")

	path := filepath.Join(t.TempDir(), "till", "journal.db")
	restored, err := Restore(ctx, backup, path, false, when)
	if err != nil || restored.Head != report.Head {
		t.Fatalf("%+v, %v, want %+v", restored, err, report)
	}
	if names := files(t, filepath.Dir(path)); !slices.Equal(names, []string{"journal.db", "journal.db.lock"}) {
		t.Errorf("the folder has %v", names)
	}
	again := open(t, path)
	if again.Incarnation() == j.Incarnation() {
		t.Error("the restored journal has the incarnation of the lost one")
	}
	if a := do(t, again, pos.Attempt{}, intent(again, 100)); a.OrderNo == lost.OrderNo || a.Seq != 9 {
		t.Errorf("order %s, seq %d, want another than %s and 9", a.OrderNo, a.Seq, lost.OrderNo)
	}
	kept := again.Incarnation()
	again.Close()
	if got := open(t, path).Incarnation(); got != kept {
		t.Errorf("incarnation %s after reopening, want %s", got, kept)
	}
	if after, err := openReaderAt(t, path).Verify(ctx, VerifyOptions{Expect: report.Head}); err != nil || !after.Good() {
		t.Errorf("%+v, %v", after, err)
	}
}

// TestBadBackupIsNotRestored: and nothing is left in its place.
func TestBadBackupIsNotRestored(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 2)
	j.Checkpoint(t.Context())
	j.Close()
	execute(t, raw(t, j.path), unlocked+"UPDATE events SET run = 'x' WHERE seq = 2; PRAGMA wal_checkpoint(TRUNCATE)")
	path := filepath.Join(t.TempDir(), "till", "journal.db")
	_, err := Restore(context.Background(), j.path, path, false, pos.Entry{At: began})
	wantError(t, err, pos.KindJournal, "entry 2", "was changed")
	if _, err := os.Stat(path); err == nil {
		t.Error("a journal was made of it")
	}
}

// asKilled is what is left on disk of a till that was killed, as far as it is in
// these files.
func asKilled(t *testing.T, path string, ends ...string) string {
	t.Helper()
	there := filepath.Join(t.TempDir(), "till", "journal.db")
	if err := os.Mkdir(filepath.Dir(there), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, end := range ends {
		bytes, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(there+end, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return there
}

// TestRestore_WAL: a journal is the file and the WAL beside it. A backup is put
// beside no WAL of another journal, and no journal is restored without its own.
func TestRestore_WAL(t *testing.T) {
	ctx, when := t.Context(), pos.Entry{At: began.Add(1e9), Day: "2026-11-22", Run: "run-2"}
	j := openTemp(t)
	sell(t, j, 3)
	backup := filepath.Join(t.TempDir(), "backup.db")
	if _, err := j.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	do(t, j, pos.Attempt{}, intent(j, 100))

	lost := asKilled(t, j.path, "-wal")
	_, err := Restore(ctx, backup, lost, false, when)
	wantError(t, err, pos.KindInvalid, "a journal is there", "journal.db-wal")
	_, err = Restore(ctx, asKilled(t, j.path, "", "-wal"), filepath.Join(t.TempDir(), "till", "journal.db"), false, when)
	wantError(t, err, pos.KindInvalid, "it is no backup but a journal")
}

// TestOpen_WALWithoutJournal: a till that starts while the file is away does not
// take the WAL for its own, which SQLite deletes.
func TestOpen_WALWithoutJournal(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 3)
	for _, empty := range []bool{false, true} {
		path := asKilled(t, j.path, "-wal")
		if empty {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Open(t.Context(), path, Options{})
		wantError(t, err, pos.KindJournal, "the journal is missing", "journal.db-wal")
		if !filled(path + "-wal") {
			t.Error("the WAL is gone")
		}
	}
}

// TestRestore_Practice: play money does not become the shop's journal.
func TestRestore_Practice(t *testing.T) {
	j, err := Open(t.Context(), filepath.Join(t.TempDir(), "till", "practice.db"), Options{Practice: true})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	sell(t, j, 1)
	backup := filepath.Join(t.TempDir(), "backup.db")
	if _, err := j.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "till", "journal.db")
	_, err = Restore(t.Context(), backup, path, false, pos.Entry{At: began, Day: "2026-11-22", Run: "run-2"})
	wantError(t, err, pos.KindInvalid, "this is a practice journal")
	if filled(path) {
		t.Error("a journal was made of it")
	}
}

// TestOpen_IdentityIsNotReplaced: with a new key for its fingerprints a till would
// take codes for new that were used.
func TestOpen_IdentityIsNotReplaced(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 1)
	j.Close()
	execute(t, raw(t, j.path), unlocked+"DROP TRIGGER meta_no_delete; DELETE FROM meta")
	_, err := Open(t.Context(), j.path, Options{})
	wantError(t, err, pos.KindJournal, "entries and no identity")
}

// TestAppend_OrderNumberOnce: design 3.1, although somebody has edited the table that
// is made from the entries.
func TestAppend_OrderNumberOnce(t *testing.T) {
	j := openTemp(t)
	a := do(t, j, pos.Attempt{}, intent(j, 1))
	execute(t, raw(t, j.path), unlocked+"DELETE FROM payments")
	_, err := j.Append(t.Context(), entry(pos.Attempt{}, intent(j, 1)))
	wantError(t, err, pos.KindConflict)
	if own, err := j.Timeline(t.Context(), a.OrderNo); err != nil || len(own) != 1 {
		t.Errorf("%d entries, %v", len(own), err)
	}
}
