package storage

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cashier/pos"
)

// TestBackup: from a reader, while a till writes; the copy opens as a journal,
// and nothing lies beside it.
func TestBackup(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 50)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := 1000; ; n++ {
			select {
			case <-stop:
				return
			default:
				do(t, j, pos.Attempt{}, intent(j, n))
			}
		}
	}()
	dir := t.TempDir()
	path := filepath.Join(dir, "backup.db")
	report, err := openReaderAt(t, j.path).Backup(t.Context(), path)
	close(stop)
	<-stopped
	if err != nil || report.Events < 101 || !report.Good() {
		t.Fatalf("%+v, %v", report, err)
	}
	if names := files(t, dir); !slices.Equal(names, []string{"backup.db"}) {
		t.Errorf("the folder has %v", names)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	restored := open(t, path)
	if again := check(t, restored.Reader); again.Head != report.Head || restored.Incarnation() != j.Incarnation() {
		t.Errorf("the restored journal is another one: %+v, want %+v", again, report)
	}
	sell(t, restored, 1)
	check(t, j.Reader)
}

// TestBackupReplacesNothing: not even an empty file, nor what a link leads to.
func TestBackupReplacesNothing(t *testing.T) {
	j := openTemp(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "backup.db")
	for _, make := range []func() error{
		func() error { return os.WriteFile(path, nil, 0o600) },
		func() error { os.Remove(path); return os.Symlink(filepath.Join(dir, "elsewhere"), path) },
	} {
		if err := make(); err != nil {
			t.Fatal(err)
		}
		_, err := j.Backup(t.Context(), path)
		wantError(t, err, pos.KindInvalid, "exists")
	}
	if names := files(t, dir); !slices.Equal(names, []string{"backup.db"}) {
		t.Errorf("the folder has %v", names)
	}
}

// TestBadBackupIsRemoved: a copy that does not verify is no backup; one that
// was interrupted is none either.
func TestBadBackupIsRemoved(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 2)
	dir := t.TempDir()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Backup(cancelled, filepath.Join(dir, "one.db")); pos.KindOf(err) != pos.KindUnavailable {
		t.Errorf("interrupted: %v", err)
	}
	execute(t, raw(t, j.path), unlocked+"UPDATE events SET run = 'x' WHERE seq = 2")
	_, err := j.Backup(t.Context(), filepath.Join(dir, "two.db"))
	wantError(t, err, pos.KindJournal, "entry 2", "was changed")
	if names := files(t, dir); len(names) != 0 {
		t.Errorf("the folder has %v", names)
	}
}

// TestBackupFolderMissing: with a hint.
func TestBackupFolderMissing(t *testing.T) {
	j := openTemp(t)
	_, err := j.Backup(t.Context(), filepath.Join(t.TempDir(), "no", "such", "backup.db"))
	wantError(t, err, pos.KindJournal, "no such file", "folder")
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
