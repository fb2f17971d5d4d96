//go:build !unix

package cli

// inherited: only standard input is known to have been handed over.
func inherited(fd int) bool { return fd == 0 }
