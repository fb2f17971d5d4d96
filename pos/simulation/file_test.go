package simulation

import (
	"context"
	"os"
	"testing"

	"cashier/pos"
	"cashier/storage"
)

// file is the real journal, which can be closed and opened again within a day.
type file struct {
	*storage.Journal
	t    *testing.T
	path string
}

// inFile makes a journal that is verified and closed at the end of the day.
func inFile(t *testing.T) pos.Journal {
	f := &file{t: t, path: folder(t) + "/till/journal.db"}
	f.open()
	t.Cleanup(func() {
		report, err := f.Verify(context.Background(), storage.VerifyOptions{})
		if err != nil || !report.Good() {
			t.Errorf("verify: %v %+v", err, report)
		}
		f.close()
	})
	return f
}

// folder is one in memory if the system has a place for that.
func folder(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "cashier")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (f *file) open() {
	j, err := storage.Open(context.Background(), f.path, storage.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	f.Journal = j
}

func (f *file) close() {
	if err := f.Close(); err != nil {
		f.t.Error(err)
	}
}

// Incarnation is the same for all, because the waits are drawn from the order
// number: the same seed is the same day.
func (f *file) Incarnation() string { return newMemory().Incarnation() }

// reopen is what a new process does.
func (f *file) reopen() {
	f.close()
	f.open()
}
