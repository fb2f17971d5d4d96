//go:build unix

package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cashier/pos"
)

// TestFilesAreOurs: 0600 in a 0700 folder, whatever the umask is, of every
// file that comes to be.
func TestFilesAreOurs(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o377} {
		dir := filepath.Join(t.TempDir(), "till")
		old := syscall.Umask(umask)
		j := open(t, filepath.Join(dir, "journal.db"))
		sell(t, j, 1)
		_, err := j.Backup(t.Context(), filepath.Join(dir, "backup.db"))
		syscall.Umask(old)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]fs.FileMode{
			".": 0o700, "journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600, "journal.db.lock": 0o600, "backup.db": 0o600,
		} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != want {
				t.Errorf("umask %04o: %s has mode %04o, want %04o", umask, name, got, want)
			}
		}
	}
}

// TestLooseFilesAreRefused: with what to do about it, and nothing is mended behind anybody's back.
func TestLooseFilesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		loosen func(path string) error
		word   string
	}{
		"group may read":      {func(p string) error { return os.Chmod(p, 0o640) }, "chmod 600"},
		"others may read":     {func(p string) error { return os.Chmod(p, 0o604) }, "chmod 600"},
		"the WAL is readable": {func(p string) error { return os.Chmod(p+"-wal", 0o644) }, "-wal"},
		"the lock is":         {func(p string) error { return os.Chmod(p+".lock", 0o666) }, ".lock"},
		"a writable folder":   {func(p string) error { return os.Chmod(filepath.Dir(p), 0o770) }, "chmod 700"},
		"a hard link":         {func(p string) error { return os.Link(p, p+"2") }, "hard link"},
		"a symbolic link": {func(p string) error {
			return errors.Join(os.Rename(p, p+"2"), os.Symlink(p+"2", p))
		}, "symbolic link"},
		"a linked lock": {func(p string) error {
			return errors.Join(os.Rename(p+".lock", p+"2"), os.Symlink(p+"2", p+".lock"))
		}, "symbolic link"},
		"a folder in its place": {func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) }, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			j := openTemp(t)
			sell(t, j, 1)
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			if err := c.loosen(j.path); err != nil {
				t.Fatal(err)
			}
			_, err := Open(context.Background(), j.path, Options{})
			wantError(t, err, pos.KindJournal, c.word)
		})
	}
}

// TestReaderInAReadOnlyFolder: SQLite has to write beside the file even to
// read it; whoever cannot is told so.
func TestReaderInAReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	j := openTemp(t)
	sell(t, j, 1)
	j.Close()
	dir := filepath.Dir(j.path)
	if err := errors.Join(os.Remove(j.path+"-wal"), os.Chmod(dir, 0o500)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	_, err := OpenReader(context.Background(), j.path)
	wantError(t, err, pos.KindJournal, "writable, even for reading")
	_, err = Open(context.Background(), j.path, Options{})
	wantError(t, err, pos.KindJournal)
}

// TestAnotherUsersJournal is refused.
func TestAnotherUsersJournal(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	j := openTemp(t)
	j.Close()
	if err := os.Chown(j.path, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	_, err := Open(context.Background(), j.path, Options{})
	wantError(t, err, pos.KindJournal, "another user")
}
