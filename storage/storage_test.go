package storage

import (
	"context"
	"path/filepath"
	"testing"

	"cashier/pos"
	"cashier/storage/journaltest"
)

// TestJournal: the SQLite journal keeps every promise of the port.
func TestJournal(t *testing.T) {
	journaltest.Run(t, func(t testing.TB) pos.Journal { return &reopener{openTemp(t)} })
}

// reopener is a Journal that the suite may reopen.
type reopener struct{ *Journal }

func (r *reopener) Reopen(t testing.TB) pos.Journal {
	path := r.path
	if err := r.Journal.Close(); err != nil {
		t.Fatal(err)
	}
	r.Journal = open(t, path)
	return r
}

// openTemp opens a new journal that is closed at the test's end.
func openTemp(t testing.TB) *Journal {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "till", "journal.db"))
}

func open(t testing.TB, path string) *Journal {
	t.Helper()
	j, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}
