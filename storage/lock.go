package storage

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// Lock is the right to write a journal. One process has it at a time. The
// operating system takes it back when the process ends, however it ends.
type Lock struct {
	path string
	held *flock.Flock
}

// Holder is what a lock file says of its owner. It may be old: only
// AcquireLock can tell whether the lock is held.
type Holder struct {
	PID   int    // 0: not known
	Doing string // as given to Describe: "draining: finishing order K1261121Q7RX000001"; may be empty
}

// String is for the message that the lock is held: "process 4711, draining: …".
func (h Holder) String() string {
	switch {
	case h.PID == 0:
		return "another process"
	case h.Doing == "":
		return fmt.Sprintf("process %d", h.PID)
	default:
		return fmt.Sprintf("process %d, %s", h.PID, h.Doing)
	}
}

// lockPath is the lock file of the journal at path. It is never deleted.
func lockPath(path string) string { return path + ".lock" }

// AcquireLock takes the lock of the journal at path, at once or not at all.
// Held by another: pos.KindConflict, with the owner in the message. The folder must exist.
func AcquireLock(path string) (*Lock, error) {
	op := "lock the journal " + path
	if err := checkFile(lockPath(path)); err != nil {
		return nil, fail(op, err)
	}
	l := &Lock{
		path: lockPath(path),
		held: flock.New(lockPath(path), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(fileMode)),
	}
	got, err := l.held.TryLock()
	if err != nil {
		return nil, fail(op, mend(err, "check that you may write the folder"))
	}
	if !got {
		return nil, fail(op, conflict(fmt.Errorf("it is open in %s", Owner(path)),
			"close that till or wait for it, or give this one its own journal with --journal"))
	}
	if err := errors.Join(os.Chmod(l.path, fileMode), l.Describe("")); err != nil {
		return nil, fail(op, errors.Join(err, l.Release()))
	}
	return l, nil
}

// Describe tells whoever waits for the lock what its owner is doing, in one line.
func (l *Lock) Describe(doing string) error {
	doing = strings.Join(strings.Fields(doing), " ")
	text := fmt.Sprintf("%d\n%s\n", os.Getpid(), doing)
	f, err := os.OpenFile(l.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(text), 0)
	return errors.Join(err, f.Truncate(int64(len(text))), f.Close())
}

// Release gives the lock back. The file stays.
func (l *Lock) Release() error { return l.held.Unlock() }

// Owner reads who holds, or last held, the lock of the journal at path.
func Owner(path string) Holder {
	text, err := os.ReadFile(lockPath(path))
	if err != nil {
		return Holder{}
	}
	pid, doing, _ := strings.Cut(string(text), "\n")
	n, err := strconv.Atoi(pid)
	if err != nil {
		return Holder{}
	}
	return Holder{PID: n, Doing: strings.TrimSpace(doing)}
}
