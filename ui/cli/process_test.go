package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cashier/wechat/sim"
)

// statusOf is the exit status in an error of package exec, as text.
func statusOf(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return strconv.Itoa(exit.ExitCode())
	}
	return err.Error()
}

// speed is how much faster than life the till and its gateway run in these tests.
const speed = 45

// shopFloor is a till's home and a WeChat Pay on loopback, both fast.
type shopFloor struct {
	t      *testing.T
	home   string
	sim    *sim.Gateway
	clock  *simClock
	server *httptest.Server
	gate   atomic.Pointer[func(after bool)] // called around each request
}

func newShopFloor(t *testing.T) *shopFloor {
	t.Helper()
	f := &shopFloor{t: t, home: t.TempDir()}
	f.open(speed, func(w http.ResponseWriter, r *http.Request) {
		f.around(false)
		f.sim.ServeHTTP(w, r)
		f.around(true)
	})
	return f
}

// open makes the gateway behind serve, and the till's configuration, so much
// faster than life.
func (f *shopFloor) open(speed time.Duration, serve http.HandlerFunc) {
	f.t.Helper()
	f.clock = newSimClock(speed)
	f.sim = sim.New(sim.Config{
		Merchants: []sim.Merchant{practiceMerchant}, MinRevokeAge: -1, Now: f.clock.now, Sleep: f.clock.sleep,
	})
	f.server = httptest.NewServer(serve)
	f.t.Cleanup(f.server.Close)
	f.write("config.toml", fmt.Sprintf(`
[till]
id = "K1"
store = "Kowloon 1"
[wechat]
url = %q
appid = %q
mch_id = %q
key_file = "wechat.key"
[timing]
request_timeout = %q
first_query = %q
query_every = %q
revoke_after = %q
revoke_every = %q
deadline = %q
[journal]
path = "journal.db"
`, f.server.URL, practiceMerchant.AppID, practiceMerchant.MchID,
		18*time.Second/speed, 5*time.Second/speed, 3*time.Second/speed, 15*time.Second/speed, 5*time.Second/speed, 45*time.Second/speed))
	f.write("wechat.key", practiceMerchant.Key+"\n")
}

// simClock is the gateway's time: that of the wall, so much faster.
type simClock struct {
	origin, set time.Time
	speed       time.Duration
}

func newSimClock(speed time.Duration) *simClock {
	wall := wallTime()
	return &simClock{wall, wall, speed}
}

// wallTime has no monotonic reading, so that it goes on in a bubble.
func wallTime() time.Time { return time.Now().Round(0) }

func (c *simClock) now() time.Time { return c.origin.Add(c.speed * wallTime().Sub(c.set)) }

func (c *simClock) sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d / c.speed):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *shopFloor) write(name, text string) {
	f.t.Helper()
	if err := os.Chmod(f.home, 0o700); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.home, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *shopFloor) config() string { return filepath.Join(f.home, "config.toml") }

func (f *shopFloor) around(after bool) {
	if gate := f.gate.Load(); gate != nil {
		(*gate)(after)
	}
}

// command is a cashier that has not been started yet.
func (f *shopFloor) command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "CASHIER_AS_PROGRAM=1", "HOME="+f.home, "CASHIER_CONFIG="+f.config())
	return c
}

// run runs a command to its end and returns its exit status, its attempts and its messages.
func (f *shopFloor) run(args ...string) (int, []record, string) {
	f.t.Helper()
	c := f.command(append(args, "--json")...)
	var out, messages bytes.Buffer
	c.Stdout, c.Stderr = &out, &messages
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		f.t.Fatal(err)
	}
	var records []record
	for dec := json.NewDecoder(&out); ; {
		var r record
		if dec.Decode(&r) != nil {
			break
		}
		records = append(records, r)
	}
	return c.ProcessState.ExitCode(), records, messages.String()
}

// Design 8 through the command line: each amount ends as the contract says.
func TestPay_TableOfAmounts(t *testing.T) {
	for _, c := range []struct {
		amount string
		code   string // last digit matters for 0.30
		exit   int
		state  string
		reason string
	}{
		{"1.00", "1", 0, "paid", ""}, {"0.01", "1", 0, "paid", ""}, {"0.02", "1", 0, "paid", ""}, {"0.03", "1", 0, "paid", ""},
		{"0.30", "1", 0, "paid", ""}, {"0.30", "8", 3, "", ""}, {"0.30", "9", 3, "", ""},
		{"0.31", "1", 0, "paid", ""}, {"0.32", "1", 3, "", ""}, {"0.33", "1", 3, "revoked", "deadline"},
		{"0.34", "1", 3, "revoked", "deadline"}, {"0.40", "1", 3, "revoked", "deadline"}, {"0.42", "1", 3, "failed", "declined"},
		{"0.43", "1", 3, "revoked", "deadline"}, {"0.44", "1", 0, "paid", ""}, {"0.45", "1", 0, "paid", ""},
		{"0.46", "1", 0, "paid", ""}, {"0.47", "1", 0, "paid", ""}, {"0.48", "1", 0, "paid", ""}, {"0.49", "1", 0, "paid", ""},
		{"0.50", "1", 3, "failed", "return_code_fail"}, {"0.79", "1", 0, "paid", ""}, {"5.01", "1", 0, "paid", ""}, {"5.02", "1", 0, "paid", ""},
		{"1000.00", "1", 0, "paid", ""},
	} {
		t.Run(c.amount+" "+c.code, func(t *testing.T) {
			t.Parallel()
			f := newShopFloor(t)
			exit, records, messages := f.run("pay", c.amount, "--code", "13000000000000000"+c.code)
			if exit != c.exit || len(records) != 1 {
				t.Fatalf("exit status %d, %+v\n%s", exit, records, messages)
			}
			r := records[0]
			if c.state != "" && string(r.State) != c.state || c.reason != "" && string(r.Reason) != c.reason {
				t.Errorf("%s %s, want %s %s", r.State, r.Reason, c.state, c.reason)
			}
			f.checkTruth(r, c.amount == "0.50") // FAIL though paid: the watch gives it back later
		})
	}
}

// checkTruth holds a record against what the gateway knows.
func (f *shopFloor) checkTruth(r record, mayBeKept bool) {
	f.t.Helper()
	if n := f.sim.Seen(string(r.OrderNo)); n > 1 {
		f.t.Errorf("%s was submitted %d times", r.OrderNo, n)
	}
	truth, known := f.sim.Order(string(r.OrderNo))
	if kept := known && truth.Kept(); kept != (r.State == "paid") && !mayBeKept {
		f.t.Errorf("%s is %s and the money is kept: %v", r.OrderNo, r.State, kept)
	}
}

// Killed with -9 around its submission, started again: cashier resume finishes
// the sale. TestKill_EveryRequest kills around all the others.
func TestKilled(t *testing.T) {
	for _, amount := range []string{"0.31", "0.40"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s after=%v", amount, after), func(t *testing.T) {
				t.Parallel()
				newShopFloor(t).kill(amount, after)
			})
		}
	}
}

// kill sells, kills the till before or after the gateway acts on the
// submission, and lets resume finish.
func (f *shopFloor) kill(amount string, after bool) {
	c := f.command("pay", amount, "--code", "130000000000000001")
	gate := func(isAfter bool) {
		if isAfter == after {
			c.Process.Kill()
		}
	}
	if err := c.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.gate.Store(&gate)
	if err := c.Wait(); statusOf(err) != strconv.Itoa(killedStatus) {
		f.t.Errorf("pay was not killed: %v", err)
	}
	f.gate.Store(nil)

	exit, _, messages := f.run("resume", "--wait", "4s")
	if exit != exitDone && exit != exitOpen { // a watch may be open until 120 s
		f.t.Fatalf("resume: exit status %d\n%s", exit, messages)
	}
	_, records, _ := f.run("journal")
	if len(records) != 1 {
		f.t.Fatalf("%d attempts", len(records))
	}
	if r := records[0]; !r.State.Settled() {
		f.t.Errorf("still %s", r.State)
	} else {
		f.checkTruth(r, false)
	}
	if exit, _, messages := f.run("verify"); exit != exitDone {
		f.t.Errorf("verify: exit status %d\n%s", exit, messages)
	}
}

// Design 5: a second till is refused with the owner's pid, exit 6; readers are not.
func TestSecondTill(t *testing.T) {
	f := newShopFloor(t)
	first := f.command("pay", "0.40", "--code", "130000000000000001")
	reached := make(chan struct{})
	gate := func(after bool) {
		if after {
			select {
			case <-reached:
			default:
				close(reached)
			}
		}
	}
	f.gate.Store(&gate)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached
	exit, _, messages := f.run("pay", "1.00", "--code", "130000000000000002")
	if exit != exitJournal || !strings.Contains(messages, strconv.Itoa(first.Process.Pid)) {
		t.Errorf("exit status %d, want %d and the pid %d\n%s", exit, exitJournal, first.Process.Pid, messages)
	}
	if exit, records, messages := f.run("journal"); exit != exitDone || len(records) != 1 {
		t.Errorf("a reader beside the till: exit status %d, %d attempts\n%s", exit, len(records), messages)
	}
	if err := first.Wait(); statusOf(err) != "3" {
		t.Errorf("the first till: %v", err)
	}
}

// Design 5: --wait cancels nothing; resume finishes it. query and revoke by number.
func TestWaitQueryRevoke(t *testing.T) {
	f := newShopFloor(t)
	exit, records, messages := f.run("pay", "0.40", "--code", "130000000000000009", "--wait", "100ms")
	if exit != exitOpen || len(records) != 1 || records[0].State != "in_doubt" {
		t.Fatalf("pay: exit status %d, %+v\n%s", exit, records, messages)
	}
	no := string(records[0].OrderNo)
	if exit, records, messages = f.run("query", no); exit != exitOpen || records[0].State != "in_doubt" || records[0].Asked == 0 {
		t.Errorf("query: exit status %d, %+v\n%s", exit, records, messages)
	}
	if exit, records, messages = f.run("revoke", no); exit != exitNotPaid || records[0].State != "revoked" || records[0].Recall != "N" || records[0].Reason != "revoke_pressed" {
		t.Errorf("revoke: exit status %d, %+v\n%s", exit, records, messages)
	}
	f.checkTruth(records[0], false)
	if exit, records, messages = f.run("resume", "--wait", "0"); exit != exitDone || len(records) != 0 {
		t.Errorf("resume: exit status %d, %+v\n%s", exit, records, messages)
	}
	_, paid, _ := f.run("pay", "1.00", "--code", "130000000000000002")
	if exit, _, messages = f.run("revoke", string(paid[0].OrderNo)); exit != exitUsage || !strings.Contains(messages, "is paid") {
		t.Errorf("revoke of a paid order: exit status %d\n%s", exit, messages)
	}
	if exit, _, messages = f.run("query", "K1261121Q7RX999999"); exit != exitUsage {
		t.Errorf("query of an unknown order: exit status %d\n%s", exit, messages)
	}
}

// Nothing secret in any file or message after a run.
func TestNothingSecretIsKept(t *testing.T) {
	f := newShopFloor(t)
	const code = "130000000000012341"
	var said strings.Builder
	for _, args := range [][]string{{"pay", "0.31", "--code", code}, {"pay", "1.00", "--code", code}, {"journal"}, {"verify"}, {"doctor"}} {
		_, records, messages := f.run(args...)
		fmt.Fprint(&said, records, messages)
	}
	filepath.WalkDir(f.home, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && d.Name() != "wechat.key" {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			}
			said.Write(text)
		}
		return err
	})
	for _, secret := range []string{code, practiceMerchant.Key} {
		if strings.Contains(said.String(), secret) {
			t.Errorf("%.4s… is kept or said", secret)
		}
	}
}

// Design 5: the exit status follows the state alone, whoever still reads.
func TestPay_NobodyReads(t *testing.T) {
	f := newShopFloor(t)
	c := f.command("pay", "1.00", "--code", "130000000000000001")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	c.Stdout = write
	if err := c.Run(); err != nil {
		t.Errorf("a paid sale whose output nobody reads: %v", err)
	}
	if _, records, _ := f.run("journal"); len(records) != 1 || records[0].State != "paid" {
		t.Errorf("the journal says %+v", records)
	}
}
