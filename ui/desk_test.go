package ui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// desk is a counter in a bubble of time: a real till on a fake gateway and a
// journal in memory, and the model driven as Bubble Tea drives it.
type desk struct {
	t       *testing.T
	m       *Model
	till    *pos.Till
	gateway *fakeGateway
	journal *fakeJournal
	msgs    chan tea.Msg
	quit    bool
	bells   int
	faults  []error
	last    string
}

// deskWith changes what a desk is made of, before it opens.
type deskWith struct {
	policy  func(*pos.Policy)
	options func(*Options)
	before  func(*desk)
}

// inBubble opens a desk, lets the test use it and closes it.
func inBubble(t *testing.T, with deskWith, use func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, gateway: newFakeGateway(), journal: newFakeJournal(), msgs: make(chan tea.Msg, 4096)}
		policy := pos.Policy{
			Till: "K1", Currency: "HKD", Terms: pos.DefaultTerms, Rescan: pos.RescanQuick,
			Prefixes: pos.DefaultPrefixes, Zone: time.FixedZone("HKT", 8*3600), Run: "r1",
		}
		if with.policy != nil {
			with.policy(&policy)
		}
		if with.before != nil {
			with.before(d)
		}
		d.till = pos.NewTill(d.gateway, d.journal, policy)
		if err := d.till.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		options := Options{
			Till: d.till, Reader: d.journal, Store: "Kowloon 1", Cashier: "cashier 2", Language: "en",
			Health: func() (time.Duration, bool, bool) { return 84 * time.Millisecond, true, true },
			Report: func(err error) { d.faults = append(d.faults, err) },
		}
		if with.options != nil {
			with.options(&options)
		}
		m, err := New(options)
		if err != nil {
			t.Fatal(err)
		}
		d.m = m
		d.spawn(m.Init())
		d.wait(10 * time.Millisecond)
		use(d)
		d.till.Close()
		time.Sleep(time.Minute) // ticks that Bubble Tea cannot take back
	})
}

func (d *desk) spawn(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				d.spawn(c)
			}
		default:
			d.msgs <- msg
		}
	}()
}

func (d *desk) send(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	_, cmd := d.m.Update(msg)
	d.spawn(cmd)
	frame := d.m.View()
	if strings.Contains(frame, "\a") && !strings.Contains(d.last, "\a") {
		d.bells++
	}
	d.last = frame
}

// wait lets time pass; messages are handled as they come.
func (d *desk) wait(howLong time.Duration) {
	over := time.After(howLong)
	for {
		select {
		case msg := <-d.msgs:
			d.send(msg)
		case <-over:
			synctest.Wait()
			for len(d.msgs) > 0 {
				d.send(<-d.msgs)
			}
			return
		}
	}
}

// burst sends characters in one message, as Bubble Tea does.
func (d *desk) burst(text string) {
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
	if r := []rune(text); len(r) == 1 && !(stroke{r: narrow(r[0])}).scanned() {
		d.wait(loneFor) // a letter is a key when nothing follows it
	}
}

// hand keys one character after the other, at a person's pace.
func (d *desk) hand(text string) {
	for _, r := range text {
		d.burst(string(r))
		d.wait(120 * time.Millisecond)
	}
}

// press sends one key and gives it time.
func (d *desk) press(k tea.KeyType) {
	d.send(tea.KeyMsg{Type: k})
	d.wait(20 * time.Millisecond)
}

// scan sends a code and Enter, as most scanners do.
func (d *desk) scan(code string) {
	d.burst(code)
	d.send(tea.KeyMsg{Type: tea.KeyEnter})
	d.wait(20 * time.Millisecond)
}

// sell keys an amount and scans a fresh code.
func (d *desk) sell(amount string) {
	d.hand(amount)
	d.press(tea.KeyEnter)
	d.wait(500 * time.Millisecond)
	d.scan(d.code())
}

// code is a code that nobody has used before.
func (d *desk) code() string {
	d.journal.mu.Lock()
	defer d.journal.mu.Unlock()
	return "1345678901234567" + string([]byte{byte('0' + len(d.journal.order)/10%10), byte('0' + len(d.journal.order)%10)})
}

func (d *desk) sees(want string) {
	d.t.Helper()
	if frame := d.m.View(); !strings.Contains(strings.Join(strings.Fields(frame), " "), want) {
		d.t.Errorf("the screen does not say %q:\n%s", want, frame)
	}
}

func (d *desk) seesNot(what string) {
	d.t.Helper()
	if frame := d.m.View(); strings.Contains(strings.Join(strings.Fields(frame), " "), what) {
		d.t.Errorf("the screen says %q:\n%s", what, frame)
	}
}

// attempts is how many attempts were begun, and each was sent exactly once.
func (d *desk) attempts(want int) {
	d.t.Helper()
	d.journal.mu.Lock()
	got := len(d.journal.order)
	d.journal.mu.Unlock()
	if got != want {
		d.t.Errorf("%d attempts, want %d", got, want)
	}
}

// showCode keys an amount and has the customer scan the till.
func (d *desk) showCode(amount string) {
	d.hand(amount)
	d.wait(time.Second)
	d.burst("c")
	d.wait(200 * time.Millisecond)
}
