package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cashier/pos"
)

// TestNoSpace: a file system that is full in the middle of a commit. What was
// acknowledged stays, and with room again the journal goes on by itself.
func TestNoSpace(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	path := filepath.Join(dir, "journal.db")
	j := open(t, path)
	sell(t, j, 1)
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	kept, err := 0, error(nil)
	for n := 100; err == nil && n < 5000; n++ {
		if _, err = j.Append(context.Background(), entry(pos.Attempt{}, intent(j, n))); err == nil {
			kept++
		}
	}
	wantError(t, err, pos.KindJournal, "make room")
	check(t, j.Reader)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	do(t, j, pos.Attempt{}, intent(j, 9000))
	j.Close()
	if report := check(t, openReaderAt(t, path)); report.Events != int64(4+kept) {
		t.Errorf("%d entries after reopening, want %d", report.Events, 4+kept)
	}
}

// fill writes a file until there is no room.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}
