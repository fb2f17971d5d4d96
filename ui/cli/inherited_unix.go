//go:build unix

package cli

import "golang.org/x/sys/unix"

// inherited reports whether a file descriptor was handed over by whoever started
// the program: its own files, the journal among them, close on exec.
func inherited(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil && flags&unix.FD_CLOEXEC == 0
}
