package cli

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// hides waits until the terminal shows nothing of what is typed.
func (p *terminal) hides() {
	p.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		state, err := unix.IoctlGetTermios(int(p.tty.Fd()), unix.TCGETS)
		if err != nil {
			p.t.Fatal(err)
		}
		if state.Lflag&unix.ECHO == 0 {
			return
		}
		<-time.After(time.Millisecond)
	}
	p.t.Fatalf("the terminal shows what is typed\n%q", p.drawn())
}

// A new PIN is asked for twice, and none is ever shown. The one that approves is
// asked for too.
func TestStaff_OnATerminal(t *testing.T) {
	f := newShopFloor(t)
	answer := func(p *terminal, question, pin string) {
		t.Helper()
		p.sees(question)
		p.hides()
		p.types(pin + "\n")
	}
	first := onTerminal(t, f.command("staff", "add", "anna", "--role", "manager"))
	answer(first, "new PIN of anna: ", rightPIN)
	answer(first, "the same again: ", wrongPIN)
	first.sees("these are two PINs")
	first.ends("2")

	second := onTerminal(t, f.command("staff", "add", "anna", "--role", "manager"))
	answer(second, "new PIN of anna: ", rightPIN)
	answer(second, "the same again: ", rightPIN)
	second.sees("anna works here now, as a manager")
	second.ends("0")

	z := onTerminal(t, f.command("shift", "z"))
	answer(z, "PIN of anna: ", rightPIN)
	z.sees("closing 1 is kept in")
	z.ends("0")
	for _, p := range []*terminal{first, second, z} {
		if strings.Contains(p.drawn(), rightPIN) {
			t.Errorf("a PIN was shown: %q", p.drawn())
		}
	}
}
