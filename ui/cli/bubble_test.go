package cli

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cashier/pos"
	"cashier/storage"
)

// bench is the whole program in a bubble: keys in, frames and journal out, in
// fake time. Screen, till, client, simulator and SQLite are the real ones.
type bench struct {
	t    *testing.T
	shop *shop
	keys *io.PipeWriter
	out  frames
	done chan error
}

// frames is what was written to the terminal.
type frames struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (f *frames) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf.Write(p)
}

// take returns what was written since the last take.
func (f *frames) take() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.buf.Reset()
	return f.buf.String()
}

// inBubble opens a shop in practice, shows its screen and plays a story.
func inBubble(t *testing.T, story func(b *bench)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		m := &machine{
			stdout: io.Discard, stderr: io.Discard, log: nowhere{},
			env: map[string]string{"HOME": dir, "LANG": "C.UTF-8", "NO_COLOR": "1"},
		}
		s, err := m.open(t.Context(), flags{practice: true, journal: dir + "/cashier/practice.db"})
		if err != nil {
			t.Fatal(err)
		}
		in, keys := io.Pipe()
		b := &bench{t: t, shop: s, keys: keys, done: make(chan error, 1)}
		go func() { b.done <- s.screen(t.Context(), m, "2", in, &b.out) }()
		b.pass(time.Second)
		story(b)
		b.leave(m)
		in.Close()
		time.Sleep(time.Minute) // Bubble Tea's pending ticks cannot be cancelled
	})
}

// typed sends keys, and time passes.
func (b *bench) typed(keys string, d time.Duration) string {
	b.t.Helper()
	if _, err := io.WriteString(b.keys, keys); err != nil {
		b.t.Fatal(err)
	}
	return b.pass(d)
}

// pass lets time pass and returns what was drawn meanwhile.
func (b *bench) pass(d time.Duration) string {
	time.Sleep(d)
	synctest.Wait()
	return b.out.take()
}

// sells keys an amount and scans a code, as a scanner does: in one burst, with CR.
func (b *bench) sells(amount, code string) string {
	b.t.Helper()
	b.typed(amount, 200*time.Millisecond)
	b.typed("\r", 200*time.Millisecond)
	return b.typed(code+"\r", 500*time.Millisecond)
}

func (b *bench) sees(drawn, want string) {
	b.t.Helper()
	if !strings.Contains(drawn, want) {
		b.t.Errorf("the screen does not say %q but\n%s", want, drawn)
	}
}

// leave presses Ctrl-C, drains as the program does, and proves the journal.
func (b *bench) leave(m *machine) {
	b.t.Helper()
	b.typed("\x03", time.Second)
	b.typed("\x03", time.Second)
	if err := <-b.done; err != nil {
		b.t.Errorf("the screen ended with %v", err)
	}
	if err := m.drain(b.shop); err != nil {
		b.t.Errorf("drained with %v", err)
	}
	report, err := b.shop.journal.Verify(context.Background(), storage.VerifyOptions{})
	if err != nil || !report.Good() {
		b.t.Errorf("verify: %+v, %v", report, err)
	}
	if err := b.shop.close(); err != nil {
		b.t.Error(err)
	}
}

// newest is the journal's newest attempt.
func (b *bench) newest() pos.Summary {
	b.t.Helper()
	list, err := b.shop.journal.List(context.Background(), pos.Filter{Limit: 1})
	if err != nil || len(list) == 0 {
		b.t.Fatalf("list: %v, %v", list, err)
	}
	return list[0]
}

func (b *bench) wants(state pos.State, reason pos.Reason) {
	b.t.Helper()
	if s := b.newest(); s.State != state || s.Reason != reason {
		b.t.Errorf("the journal says %s %s, want %s %s", s.State, s.Reason, state, reason)
	}
}

// The whole program in one bubble: a day at the counter in milliseconds.
func TestWholeProgram(t *testing.T) {
	stories := map[string]func(b *bench){
		"paid at once": func(b *bench) {
			b.sees(b.sells("12.50", "130000000000000001"), "PAID")
			b.wants(pos.Paid, "")
		},
		"amount and scan without Enter between them": func(b *bench) {
			b.typed("8.00", 300*time.Millisecond)
			b.sees(b.typed("130000000000000001\r", time.Second), "PAID")
			b.wants(pos.Paid, "")
		},
		"password, then paid": func(b *bench) {
			b.sees(b.sells("0.30", "130000000000000001"), "HOLD")
			b.sees(b.pass(10*time.Second), "PAID")
			b.wants(pos.Paid, "")
		},
		"answer lost, then paid": func(b *bench) {
			b.sells("0.31", "130000000000000001")
			b.sees(b.pass(20*time.Second), "PAID")
		},
		"declined, scanned again": func(b *bench) {
			b.sees(b.sells("0.42", "130000000000000001"), "NOT PAID")
			b.wants(pos.Failed, pos.ReasonDeclined)
			b.typed("130000000000000002\r", time.Second)
			if s := b.newest(); s.Number != 2 || s.OrderNo == pos.OrderNo(s.Sale) {
				b.t.Errorf("the second scan made %+v", s)
			}
		},
		"revoke, recall Y then N": func(b *bench) {
			b.sells("0.40", "130000000000000001")
			b.typed("r", 2*time.Second) // too early: nothing happens
			b.wants(pos.InDoubt, "")
			b.pass(15 * time.Second)
			b.typed("r", 2*time.Second)
			b.typed("130000000000000002\r", 2*time.Second) // a scanner's Enter confirms nothing
			b.wants(pos.InDoubt, "")
			b.typed("y", time.Second)
			b.wants(pos.Revoking, pos.ReasonCashier)
			b.sees(b.pass(30*time.Second), "REVOKED")
			b.wants(pos.Revoked, pos.ReasonCashier)
			if s := b.newest(); s.Recall != pos.RecallNo || s.Revokes != 3 {
				b.t.Errorf("recall %q after %d revokes", s.Recall, s.Revokes)
			}
		},
		"nobody presses anything": func(b *bench) {
			b.sells("0.33", "130000000000000001")
			b.sees(b.pass(2*time.Minute), "REVOKED")
			b.wants(pos.Revoked, pos.ReasonDeadline)
		},
		"parked, next customer, paid while away": func(b *bench) {
			b.sells("0.30", "130000000000000001")
			b.typed("n", time.Second)
			b.sees(b.sells("5.00", "130000000000000002"), "PAID")
			b.pass(10 * time.Second)
			list, err := b.shop.journal.List(context.Background(), pos.Filter{Attention: true})
			if err != nil || len(list) != 1 || list[0].State != pos.Paid || list[0].Attention != pos.AttentionPaidAway {
				b.t.Errorf("attention: %+v, %v", list, err)
			}
		},
		"left in doubt: drained without a screen": func(b *bench) {
			b.sells("0.30", "130000000000000001")
		},
	}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) { inBubble(t, story) })
	}
}
