//go:build unix

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is a pseudo-terminal of 80x24 with a cashier on it. It answers no
// query, as a serial line would not.
type terminal struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File

	mu  sync.Mutex
	out bytes.Buffer
}

// afterScan is when a Ctrl-C is a person's again, and not the ETX of a scanner.
const afterScan = 300 * time.Millisecond

// onTerminal starts a command on a terminal.
func onTerminal(t *testing.T, c *exec.Cmd) *terminal {
	t.Helper()
	c.Env = append(c.Env, "TERM=xterm-256color", "LANG=C.UTF-8")
	tty, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, cmd: c, tty: tty}
	t.Cleanup(func() { tty.Close(); c.Process.Kill() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			term.mu.Lock()
			term.out.Write(buf[:n])
			term.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return term
}

func (p *terminal) types(keys string) {
	p.t.Helper()
	if _, err := p.tty.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

func (p *terminal) drawn() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// sees waits until the terminal was sent a word.
func (p *terminal) sees(word string) {
	p.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); {
		if strings.Contains(p.drawn(), word) {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
	p.t.Fatalf("%q never came; the terminal was sent\n%q", word, p.drawn())
}

// ends waits for the program's end and wants its exit status.
func (p *terminal) ends(want string) {
	p.t.Helper()
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		got := "0"
		if err != nil {
			got = statusOf(err)
		}
		if got != want {
			p.t.Errorf("exit status %s, want %s\n%q", got, want, p.drawn())
		}
	case <-time.After(20 * time.Second):
		p.t.Fatalf("still running\n%q", p.drawn())
	}
}

// In an empty home directory, practice mode; no terminal colour query
// leaves the program, and a scan typed during start-up is not lost.
func TestStart_OnAMuteTerminal(t *testing.T) {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "CASHIER_AS_PROGRAM=1", "HOME="+t.TempDir(), "CASHIER_CONFIG=", "XDG_DATA_HOME=", "XDG_CONFIG_HOME=", "XDG_STATE_HOME=")
	start := time.Now()
	p := onTerminal(t, c)
	p.types("12.50\r") // before the program can have put the terminal into raw mode
	p.types("130000000000000001\r")
	p.sees("PRACTICE")
	t.Logf("first frame after %s (the test binary, not a release build)", time.Since(start).Round(time.Millisecond))
	p.sees("PAID")
	for _, query := range []string{"\x1b]11;?", "\x1b]10;?", "\x1b[6n", "\x1b[c"} {
		if strings.Contains(p.drawn(), query) {
			t.Errorf("the query %q left the program", query)
		}
	}
	<-time.After(afterScan)
	p.types("\x03")
	p.ends("0")
	if !strings.Contains(p.drawn(), "\x1b[?1049l") || !strings.Contains(p.drawn(), "\x1b[?25h") {
		t.Errorf("the terminal is not restored: %q", p.drawn()[max(0, len(p.drawn())-80):])
	}
}

// sellsInDoubt brings a screen to a sale in doubt, of which the customer never
// enters the password.
func sellsInDoubt(t *testing.T, f *shopFloor) *terminal {
	t.Helper()
	p := onTerminal(t, f.command())
	p.sees("HKD")
	p.types("0.40\r")
	p.types("130000000000000001\r")
	p.sees("HOLD")
	return p
}

// SIGHUP, SIGTERM, SIGINT, closed window: no new sale, open attempts go
// on without a screen until settled, the terminal is restored, the exit status
// is honest.
func TestLeaving(t *testing.T) {
	for name, leave := range map[string]func(p *terminal){
		"SIGTERM":        func(p *terminal) { p.cmd.Process.Signal(syscall.SIGTERM) },
		"SIGINT":         func(p *terminal) { p.cmd.Process.Signal(syscall.SIGINT) },
		"SIGHUP":         func(p *terminal) { p.cmd.Process.Signal(syscall.SIGHUP) },
		"closed window":  func(p *terminal) { p.tty.Close() },
		"SIGTERM, twice": func(p *terminal) { p.cmd.Process.Signal(syscall.SIGTERM); p.cmd.Process.Signal(syscall.SIGTERM) },
		"Ctrl-C, and again": func(p *terminal) {
			<-time.After(afterScan)
			p.types("\x03")
			p.sees("[y]")
			p.types("\x03")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newShopFloor(t)
			p := sellsInDoubt(t, f)
			leave(p)
			p.ends("0")
			_, records, _ := f.run("journal")
			if len(records) != 1 || records[0].State != "revoked" {
				t.Fatalf("the journal says %+v", records)
			}
			f.checkTruth(records[0], false)
			if name != "closed window" && !strings.Contains(p.drawn(), "\x1b[?1049l") {
				t.Error("the terminal is not restored")
			}
		})
	}
}

// A second instance waits for a draining one, and says for which sale.
func TestSecondTillWaitsForADrainingOne(t *testing.T) {
	f := newShopFloor(t)
	p := sellsInDoubt(t, f)
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.sees("finishing sale")
	exit, records, messages := f.run("pay", "1.00", "--code", "130000000000000002")
	if exit != exitDone || len(records) != 1 || !strings.Contains(messages, "waiting for process") || !strings.Contains(messages, "finishing sale K1") {
		t.Errorf("exit status %d, %+v\n%s", exit, records, messages)
	}
	p.ends("0")
}

// Killed with -9 while the screen is up: the next start takes the sale up
// before anything else, within 2 s.
func TestKilledScreen(t *testing.T) {
	f := newShopFloor(t)
	p := sellsInDoubt(t, f)
	p.cmd.Process.Kill()
	p.cmd.Wait()
	asked := make(chan struct{}, 64)
	gate := func(after bool) {
		if !after {
			select {
			case asked <- struct{}{}:
			default:
			}
		}
	}
	f.gate.Store(&gate)
	next := onTerminal(t, f.command())
	select {
	case <-asked:
	case <-time.After(2 * time.Second):
		t.Error("not asked about within 2 s of the start")
	}
	next.sees("REVOKED")
	next.types("\x03")
	next.ends("0")
}
