package ui

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
)

// terminal keeps what the program has written.
type terminal struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *terminal) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func (w *terminal) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

// onTerminal runs a real Bubble Tea program on a pipe, in a bubble.
func onTerminal(t *testing.T, use func(t *testing.T, keys io.Writer, screen *terminal, g *fakeGateway)) {
	synctest.Test(t, func(t *testing.T) {
		g, j := newFakeGateway(), newFakeJournal()
		till := pos.NewTill(g, j, pos.Policy{
			Till: "K1", Currency: "HKD", Terms: pos.DefaultTerms, Prefixes: pos.DefaultPrefixes, Zone: time.UTC,
		})
		if err := till.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		m, err := New(Options{Till: till, Reader: j, Store: "Kowloon 1", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		in, keys := io.Pipe()
		screen := &terminal{}
		p := Program(m, in, screen)
		done := make(chan error, 1)
		go func() {
			_, err := p.Run()
			done <- err
		}()
		time.Sleep(50 * time.Millisecond)
		use(t, keys, screen, g)
		p.Send(LeaveMsg{})
		if err := <-done; err != nil || !m.leaving {
			t.Errorf("Run: %v, leaving %v", err, m.leaving)
		}
		keys.Close()
		till.Close()
		time.Sleep(2 * time.Minute) // ticks that Bubble Tea cannot take back
	})
}

func write(t *testing.T, w io.Writer, text string, pause time.Duration) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	time.Sleep(pause)
}

func TestSaleOnARealTerminal(t *testing.T) {
	onTerminal(t, func(t *testing.T, keys io.Writer, screen *terminal, g *fakeGateway) {
		write(t, keys, "12.50", 300*time.Millisecond)
		write(t, keys, "\r", 300*time.Millisecond)
		write(t, keys, aCode[:7], 2*time.Millisecond)
		write(t, keys, aCode[7:]+"\r\n", 3*time.Second)
		text := screen.text()
		if !strings.Contains(text, "PAID") || !strings.Contains(text, "Asking WeChat Pay") {
			t.Errorf("the terminal saw\n%q", text)
		}
		if n := strings.Count(text, "\a"); n != bellPaid {
			t.Errorf("the bell rang %d times, want %d", n, bellPaid)
		}
		if _, sent := g.counts(); sent != 1 {
			t.Errorf("%d submissions", sent)
		}
		if strings.Contains(text, aCode[:13]) {
			t.Error("the code was on the screen")
		}
	})
}

func TestEarlyAndPastedScansOnARealTerminal(t *testing.T) {
	for name, scan := range map[string]string{
		"CR":         aCode + "\r",
		"ctrl+j":     aCode + "\n",
		"nothing":    aCode,
		"paste":      "\x1b[200~" + aCode + "\r\n\x1b[201~",
		"STX, ETX":   "\x02" + aCode + "\x03",
		"full-width": "１３４５６７８９０１２３４５６７８９\r",
	} {
		t.Run(name, func(t *testing.T) {
			onTerminal(t, func(t *testing.T, keys io.Writer, screen *terminal, g *fakeGateway) {
				write(t, keys, "8\r", 300*time.Millisecond)
				write(t, keys, scan, 2*time.Second)
				if _, sent := g.counts(); sent != 1 || !strings.Contains(screen.text(), "PAID") {
					t.Errorf("%d submissions; the terminal saw\n%q", sent, screen.text())
				}
			})
		})
	}
}

// Full-width digits cut byte by byte: Bubble Tea hands them on in pieces.
func TestFullWidthDigitsByteByByte(t *testing.T) {
	onTerminal(t, func(t *testing.T, keys io.Writer, screen *terminal, g *fakeGateway) {
		write(t, keys, "8\r", 300*time.Millisecond)
		for _, b := range []byte("１３４５６７８９０１２３４５６７８９") {
			write(t, keys, string([]byte{b}), time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		if _, sent := g.counts(); sent != 1 {
			t.Errorf("%d submissions", sent)
		}
	})
}
