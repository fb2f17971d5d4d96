package ui

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

func aManager(t *testing.T, b pos.Books) *Manager {
	t.Helper()
	m, err := NewManager(ManagerOptions{Books: b, Store: "Kowloon 1", Till: "K1", Zone: hkt, Currency: "HKD", Language: "en", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// On a terminal, beside a till that sells: what is new appears by itself, and q leaves.
func TestManagerFollowsTheTillOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFakeBooks()
		b.order(time.Now(), hkd(1250), "cashier 2", paidAtOnce()...)
		r, w := io.Pipe()
		screen := &terminal{}
		p := ManagerProgram(aManager(t, b), r, screen)
		done := make(chan error, 1)
		go func() {
			_, err := p.Run()
			done <- err
		}()
		p.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
		time.Sleep(time.Second)
		if _, err := io.WriteString(w, "2"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		b.order(time.Now(), hkd(7777), "cashier 1", paidAtOnce()...)
		time.Sleep(3 * time.Second)
		if text := screen.text(); !bytes.Contains([]byte(text), []byte("77.77")) {
			t.Errorf("what was sold meanwhile does not show:\n%q", text)
		}
		if _, err := io.WriteString(w, "q"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		default:
			t.Error("q does not leave")
			p.Kill()
		}
		w.Close()
		time.Sleep(time.Minute)
	})
}

func TestManagerLeavesWhenItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, msg := range []tea.Msg{LeaveMsg{}, tea.KeyMsg{Type: tea.KeyCtrlC}} {
			m := aManager(t, newFakeBooks())
			m.Init()
			if _, cmd := m.Update(msg); cmd == nil || m.View() != "" {
				t.Errorf("%T does not end it", msg)
			}
		}
	})
}

func TestManagerWantsBooks(t *testing.T) {
	if _, err := NewManager(ManagerOptions{Zone: hkt, Now: time.Now}); err == nil {
		t.Error("no books were taken")
	}
}
