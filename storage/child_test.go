//go:build unix

package storage

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"cashier/pos"
)

// children are what the test binary can be instead (TestMain).
var children = map[string]func(path string){
	"holder":  holdJournal,
	"seller":  sellForEver,
	"counted": sellCounted,
}

// child starts the test binary as one of children. It is killed at the test's end.
func child(t *testing.T, name, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "STORAGE_TEST_CHILD="+name, "STORAGE_TEST_JOURNAL="+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(c) })
	return c, bufio.NewScanner(out)
}

func kill(c *exec.Cmd) {
	c.Process.Kill() // SIGKILL; it may be over already
	c.Wait()
}

func must[T any](v T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return v
}

// holdJournal holds the lock, and says that it is draining.
func holdJournal(path string) {
	j := must(Open(context.Background(), path, Options{}))
	must(0, j.Describe("draining: finishing order K1261121Q7RX000001"))
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin) // until the test ends
}

// TestSecondTillIsRefused: with the owner's pid and what it is doing; the lock
// ends with the process and the lock file stays.
func TestSecondTillIsRefused(t *testing.T) {
	path := t.TempDir() + "/till/journal.db"
	c, out := child(t, "holder", path)
	if !out.Scan() {
		t.Fatal("the first till did not start")
	}
	_, err := Open(context.Background(), path, Options{})
	wantError(t, err, pos.KindConflict, fmt.Sprintf("process %d", c.Process.Pid), "draining: finishing order K1261121Q7RX000001", "--journal")
	if h := Owner(path); h.PID != c.Process.Pid || !strings.HasPrefix(h.Doing, "draining") {
		t.Errorf("owner %+v", h)
	}
	openReaderAt(t, path) // readers need no lock
	before, err := os.Stat(lockPath(path))
	if err != nil {
		t.Fatal(err)
	}
	kill(c)
	j := open(t, path)
	if h := Owner(path); h != (Holder{PID: os.Getpid()}) {
		t.Errorf("owner %+v, want this process, doing nothing to speak of", h)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(lockPath(path)); err != nil || !os.SameFile(before, after) {
		t.Errorf("the lock file was replaced or deleted: %v", err)
	}
}

// sellForEver sells from 8 sides at once and prints the order number of each
// intent that was acknowledged, and of each sale that was.
func sellForEver(path string) {
	j := must(Open(context.Background(), path, Options{}))
	last := must(j.LastCounter(context.Background(), "K1", "2026-11-21"))
	acknowledged := make(chan string)
	for side := range 8 {
		go func() {
			for n := last + 1 + side; ; n += 8 {
				e := entry(pos.Attempt{}, intent(j, n))
				e.After.Seq = must(j.Append(context.Background(), e))
				acknowledged <- string(e.OrderNo) + " submitting"
				must(j.Append(context.Background(), entry(e.After, paid)))
				acknowledged <- string(e.OrderNo) + " paid"
			}
		}()
	}
	for line := range acknowledged {
		fmt.Println(line)
	}
}

// TestKill: kill -9 at any moment loses nothing that was acknowledged, and the
// chain stays whole (docs/decisions/0002).
func TestKill(t *testing.T) {
	kills := 30
	if testing.Short() {
		kills = 3
	}
	path := t.TempDir() + "/till/journal.db"
	states := map[string]string{} // by order number, as last acknowledged
	for i := range kills {
		c, out := child(t, "seller", path)
		for range 1 + 37*i%200 {
			if !out.Scan() {
				t.Fatal("the till ended by itself")
			}
			no, state, _ := strings.Cut(out.Text(), " ")
			states[no] = state
		}
		kill(c)
	}
	j := open(t, path)
	report := check(t, j.Reader)
	lost := 0
	for no, state := range states {
		a, err := j.Attempt(context.Background(), pos.OrderNo(no))
		if err != nil || state == "paid" && a.State != pos.Paid {
			t.Errorf("%s was acknowledged as %s and is %q, %v", no, state, a.State, err)
			lost++
		}
	}
	t.Logf("%d kills, %d attempts acknowledged, %d lost, %d entries, chain whole", kills, len(states), lost, report.Events)
}

// counted is how many commits the child makes whose fsyncs are counted.
const counted = 200

// sellCounted warms the journal, prints a mark, makes its commits, prints another.
func sellCounted(path string) {
	j := must(Open(context.Background(), path, Options{}))
	must(0, j.Warm(context.Background()))
	os.Stdout.WriteString("mark\n")
	for n := range counted {
		must(j.Append(context.Background(), entry(pos.Attempt{}, intent(j, n+1))))
	}
	os.Stdout.WriteString("mark\n")
}

// TestOneSyncPerCommit: each durable step waits for the disk once (design 9).
func TestOneSyncPerCommit(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	log := t.TempDir() + "/strace"
	c := exec.Command("strace", "-f", "-o", log, "-e", "trace=fsync,fdatasync,write", os.Args[0])
	c.Env = append(os.Environ(), "STORAGE_TEST_CHILD=counted", "STORAGE_TEST_JOURNAL="+t.TempDir()+"/till/journal.db")
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("strace may not trace here: %v: %s", err, out)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), strconv.Quote("mark\n"))
	if len(parts) != 3 {
		t.Fatalf("%d parts, want 3", len(parts))
	}
	syncs := strings.Count(parts[1], "fsync(") + strings.Count(parts[1], "fdatasync(")
	// One more may belong to the WAL's header, when it begins anew after Warm.
	if syncs < counted || syncs > counted+1 {
		t.Errorf("%d commits made %d syncs, want one each", counted, syncs)
	}
	t.Logf("%d commits, %d syncs", counted, syncs)
}
