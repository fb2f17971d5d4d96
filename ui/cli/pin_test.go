package cli

import (
	"strconv"
	"strings"
	"testing"
)

// A file descriptor that nobody handed over is none of a PIN's: it may be the journal.
func TestPINFD_IsNeverAFileOfOurs(t *testing.T) {
	f := newShopFloor(t)
	f.gives(rightPIN, "staff", "add", "anna", "--role", "manager", "--new-pin-fd", "0")
	for fd := 3; fd < 12; fd++ {
		exit, _, messages := f.run("shift", "z", "--pin-fd", strconv.Itoa(fd))
		if exit != exitUsage || strings.Contains(messages, "PINs") || strings.Contains(messages, "not the PIN") || strings.Contains(messages, "close the journal") {
			t.Errorf("%d: exit status %d\n%s", fd, exit, messages)
		}
	}
}
