package cli

import (
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"cashier/wechat/sim"
)

// wechat/sim/doc.go "What a customer does who scans the till", through the
// command line: what is not paid is closed.
func TestQR_TableOfAmounts(t *testing.T) {
	for _, c := range []struct {
		amount        string
		exit          int
		state, reason string
	}{
		{"1.00", 0, "paid", ""}, {"0.02", 0, "paid", ""}, {"0.30", 0, "paid", ""}, {"0.31", 3, "revoked", "no_code"},
		{"0.32", 3, "revoked", "pay_error"}, {"0.33", 3, "revoked", "deadline"}, {"0.40", 3, "revoked", "deadline"},
		{"0.42", 3, "revoked", "no_code"}, {"0.43", 0, "paid", ""}, {"0.44", 3, "revoked", "no_code"},
		{"0.46", 3, "revoked", "no_code"}, {"0.47", 3, "revoked", "no_code"}, {"0.48", 3, "revoked", "no_code"},
		{"0.49", 0, "paid", ""}, {"0.50", 3, "failed", "return_code_fail"}, {"0.79", 3, "revoked", "no_code"},
	} {
		t.Run(c.amount, func(t *testing.T) {
			t.Parallel()
			f := newShopFloor(t)
			exit, records, messages := f.run("qr", c.amount)
			if exit != c.exit || len(records) != 1 {
				t.Fatalf("exit status %d, %+v\n%s", exit, records, messages)
			}
			if r := records[0]; string(r.State) != c.state || string(r.Reason) != c.reason || r.Method != "native" {
				t.Errorf("%+v, want %s %s", r, c.state, c.reason)
			}
			f.checkPage(records[0], c.amount == "0.50") // FAIL though made: the watch closes it later
		})
	}
}

// checkPage holds a record against what the gateway knows: nothing that ended
// unpaid can still be paid.
func (f *shopFloor) checkPage(r record, watched bool) {
	f.t.Helper()
	truth, known := f.sim.Order(string(r.OrderNo))
	if r.State == "paid" && !truth.Kept() || r.State != "paid" && known && truth.State != sim.Closed && !watched {
		f.t.Errorf("%s is %s, and at WeChat Pay %s", r.OrderNo, r.State, truth.State)
	}
}

// Design 3.12: cancelled, the command closes the order before it ends.
func TestQR_CancelledCloses(t *testing.T) {
	f := newShopFloor(t)
	c := f.command("qr", "0.33", "--json")
	var out strings.Builder
	c.Stdout = &out
	shown := make(chan struct{})
	c.Stderr = &signalOn{text: "the customer scans", seen: shown}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-shown
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); statusOf(err) != "3" {
		t.Errorf("%v", err)
	}
	var r record
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil || r.Reason != "revoke_pressed" {
		t.Errorf("%v: %s", err, out.String())
	}
	f.checkPage(r, false)
}

// Design 3.12: told to end before the code came, the command closes the order all the same.
func TestQR_CancelledBeforeTheCodeCloses(t *testing.T) {
	f := newShopFloor(t)
	asked, told := make(chan struct{}), make(chan struct{})
	gate := func(after bool) {
		if calls := f.sim.Calls(); after && len(calls) == 1 { // the answer to Unified Order waits
			close(asked)
			<-told
		}
	}
	f.gate.Store(&gate)
	c := f.command("qr", "0.33", "--json")
	var out strings.Builder
	c.Stdout = &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		t.Fatalf("it did not wait for what it had sent: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	close(told)
	if err := <-ended; statusOf(err) != "3" || !strings.Contains(out.String(), `"reason":"revoke_pressed"`) { // and not only the deadline
		t.Errorf("%v: %s", err, out.String())
	}
	for _, o := range f.sim.Orders() {
		if o.State != sim.Closed {
			t.Errorf("%s is %s", o.No, o.State)
		}
	}
}

// signalOn closes seen when text was written.
type signalOn struct {
	text    string
	seen    chan struct{}
	written strings.Builder
}

func (s *signalOn) Write(p []byte) (int, error) {
	before := strings.Contains(s.written.String(), s.text)
	s.written.Write(p)
	if !before && strings.Contains(s.written.String(), s.text) {
		close(s.seen)
	}
	return os.Stderr.Write(nil)
}

// Design 3.12, the API Rules: Close Order is never for a Quick Pay order nor for
// one that is paid, Revoke for nothing else.
func TestCloseAndRevokeKeepApart(t *testing.T) {
	f := newShopFloor(t)
	_, scanned, _ := f.run("pay", "1.00", "--code", "130000000000000001")
	_, shown, _ := f.run("qr", "1.00")
	for _, c := range [][2]string{{"close", string(scanned[0].OrderNo)}, {"revoke", string(shown[0].OrderNo)}, {"close", string(shown[0].OrderNo)}} {
		if exit, _, messages := f.run(c[0], c[1]); exit != exitUsage || !strings.Contains(messages, "hint: ") {
			t.Errorf("%s: exit status %d\n%s", c[0], exit, messages)
		}
	}
	for _, call := range f.sim.Calls() {
		if call.Op == sim.OnClose || call.Op == sim.OnRevoke {
			t.Errorf("%+v", call)
		}
	}
}

// An order that is paid in an app stays open for the customer, is found paid by
// a question or closed by hand, and nobody at the till is waited for.
func TestPrepay(t *testing.T) {
	f := newShopFloor(t)
	exit, records, messages := f.run("prepay", "app", "1.00")
	if exit != 0 || records[0].State != "in_doubt" || records[0].Method != "app" {
		t.Fatalf("exit status %d, %+v\n%s", exit, records, messages)
	}
	f.sim.Pay(string(records[0].OrderNo))
	if exit, asked, messages := f.run("query", string(records[0].OrderNo)); exit != 0 || asked[0].State != "paid" || asked[0].Attention != "" {
		t.Errorf("exit status %d, %+v\n%s", exit, asked, messages)
	}
	_, left, _ := f.run("prepay", "mini-program", "0.33", "--openid", "oABC")
	exit, closed, messages := f.run("close", string(left[0].OrderNo))
	if exit != 3 || closed[0].State != "revoked" {
		t.Errorf("exit status %d, %+v\n%s", exit, closed, messages)
	}
	f.checkPage(closed[0], false)
	for _, args := range [][]string{{"prepay", "kiosk", "1.00"}, {"prepay", "mini-program", "1.00"}, {"prepay", "app", "1.00", "--openid", "oABC"}, {"prepay", "app", "0"}} {
		if exit, _, messages := f.run(args...); exit != exitUsage || !strings.Contains(messages, "hint: ") {
			t.Errorf("%v: exit status %d\n%s", args, exit, messages)
		}
	}
}

// wechat/sim/doc.go "What becomes of a refund", through the command line.
func TestRefund_TableOfAmounts(t *testing.T) {
	for _, c := range []struct {
		amount string
		exit   int
		state  string
	}{
		{"5.00", 0, "refunded"}, {"0.61", exitOpen, "refund_processing"}, {"0.62", exitOpen, "refund_processing"}, {"0.63", 0, "refunded"},
		{"0.64", exitError, "refund_failed"}, {"0.65", 0, "refunded"}, {"0.66", 0, "refunded"}, {"0.67", 0, "refunded"}, {"0.68", 0, "refunded"},
		{"0.69", 0, "refunded"}, {"0.70", exitError, "refund_failed"}, {"0.71", 0, "refunded"},
	} {
		t.Run(c.amount, func(t *testing.T) {
			t.Parallel()
			f := newShopFloor(t)
			_, sold, _ := f.run("pay", "12.50", "--code", "130000000000000001")
			no := string(sold[0].OrderNo)
			exit, records, messages := f.run("refund", no, c.amount, "--reason", "cold coffee", "--cashier", "2", "--wait", "4s")
			if exit != c.exit || len(records) != 1 || len(records[0].Refunds) != 1 {
				t.Fatalf("exit status %d, %+v\n%s", exit, records, messages)
			}
			r := records[0].Refunds[0]
			if string(r.State) != c.state || r.Reason != "cold coffee" || r.By != "2" || records[0].State != "paid" {
				t.Errorf("%+v", r)
			}
			if done := c.exit == 0; done != (records[0].RefundedMinor == r.AmountMinor) {
				t.Errorf("%+v", records[0])
			}
			if exit, _, messages := f.run("verify"); exit != exitDone {
				t.Errorf("verify: exit status %d\n%s", exit, messages)
			}
		})
	}
}

// Money goes back once and not more than was paid; what is not paid, and what
// makes no sense, is refused before anything is sent.
func TestRefund_Refused(t *testing.T) {
	f := newShopFloor(t)
	_, sold, _ := f.run("pay", "12.50", "--code", "130000000000000001")
	_, unsold, _ := f.run("pay", "0.42", "--code", "130000000000000002")
	no := string(sold[0].OrderNo)
	if exit, _, messages := f.run("refund", no, "12.00", "--reason", "cold"); exit != 0 {
		t.Fatalf("exit status %d\n%s", exit, messages)
	}
	for _, args := range [][]string{
		{no, "0.51", "--reason", "cold"}, {no, "0.50"}, {no, "0", "--reason", "cold"}, {no, "-1", "--reason", "cold"}, {no, "1.005", "--reason", "cold"},
		{no, "0.50", "--reason", strings.Repeat("cold", 21)}, {no, "0.50", "--reason", "cold\x1b[2J"}, {"K1261121Q7RX999999", "1", "--reason", "cold"},
		{string(unsold[0].OrderNo), "0.42", "--reason", "cold"},
	} {
		if exit, _, messages := f.run(append([]string{"refund"}, args...)...); exit != exitUsage {
			t.Errorf("%q: exit status %d\n%s", args, exit, messages)
		}
	}
	if n := len(f.sim.Refunds(no)); n != 1 {
		t.Errorf("%d refunds", n)
	}
}

// A refund that is not done yet is followed by whoever runs next, under its own number.
func TestRefund_IsFollowed(t *testing.T) {
	f := newShopFloor(t)
	_, sold, _ := f.run("pay", "12.50", "--code", "130000000000000001")
	no := string(sold[0].OrderNo)
	if exit, records, messages := f.run("refund", no, "12.50", "--reason", "cold", "--wait", "0s"); exit != exitOpen || len(records) != 1 {
		t.Fatalf("exit status %d, %+v\n%s", exit, records, messages)
	}
	for tries := 0; ; tries++ {
		if exit, _, messages := f.run("resume", "--wait", "2s"); exit != 0 || tries == 20 {
			out, _ := f.command("show", no).CombinedOutput()
			t.Fatalf("resume: exit status %d\n%s\n%s", exit, messages, out)
		}
		if _, records, _ := f.run("journal"); records[0].RefundedMinor == 1250 {
			break
		}
	}
	if n := len(f.sim.Refunds(no)); n != 1 {
		t.Errorf("%d refunds", n)
	}
}
