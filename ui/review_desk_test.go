package ui

import (
	"cmp"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// backGateway gives money back too, and each refund is done at the second question.
type backGateway struct {
	*fakeGateway
	short bool // the merchant's funds are short
	times int
}

func (g *backGateway) GiveBack(context.Context, pos.Refunding) pos.Answer {
	if g.short {
		return pos.Answer{Finding: pos.FoundRefundShort, Code: "NOTENOUGH"}
	}
	return pos.Answer{Finding: pos.FoundRefundAccepted}
}

func (g *backGateway) AskRefund(context.Context, pos.Refunding) pos.Answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.times++; g.times > 1 {
		return pos.Answer{Finding: pos.FoundRefunded}
	}
	return pos.Answer{Finding: pos.FoundRefundPending}
}

// reviewDesk is a manager's screen in a bubble of time.
type reviewDesk struct {
	t             *testing.T
	r             *review
	books         *fakeBooks
	till          *pos.Till
	gateway       *backGateway
	msgs          chan tea.Msg
	width, height int
	bells         int
	faults        []error
	saved         []View
	archived      []int
	refuse        error // of the archive
}

// reviewWith changes what the screen is made of.
type reviewWith struct {
	fill     func(*fakeBooks)
	readOnly bool
	lang     string
	width    int
	height   int
	options  func(*reviewOptions)
	ascii    bool
	later    time.Duration // than 21:00
}

// inReview opens the screen at 21:00 of a day of the shop.
func inReview(t *testing.T, with reviewWith, use func(d *reviewDesk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(13*time.Hour + with.later) // 21:00 in Hong Kong
		d := &reviewDesk{t: t, books: newFakeBooks(), gateway: &backGateway{fakeGateway: newFakeGateway()}, msgs: make(chan tea.Msg, 4096),
			width: cmp.Or(with.width, 80), height: cmp.Or(with.height, 24)}
		if with.fill != nil {
			with.fill(d.books)
		}
		d.till = pos.NewTill(d.gateway, d.books, pos.Policy{Till: "K1", Currency: "HKD", Terms: pos.DefaultTerms,
			Rescan: pos.RescanQuick, Prefixes: pos.DefaultPrefixes, Zone: hkt, Run: "r2"})
		o := reviewOptions{
			Books: d.books, Zone: hkt, Store: "Kowloon 1", Till: "K1", Currency: "HKD", Now: d.till.Now, Prefixes: pos.DefaultPrefixes,
			Language: cmp.Or(with.lang, "en"), Who: pos.Person{Name: "anna", Role: pos.RoleManager},
			SaveView: func(v []View) error { d.saved = v; return nil },
			Report:   func(err error) { d.faults = append(d.faults, err) },
			Archive: func(_ context.Context, c pos.Closing) (string, error) {
				d.archived = append(d.archived, c.Number)
				return "/archive/Z-20000101-001", d.refuse
			},
		}
		if !with.readOnly {
			o.Office = pos.NewOffice(d.till, d.books, plainPINs{})
		}
		if with.options != nil {
			with.options(&o)
		}
		w, err := newWords(o.Language)
		if err != nil {
			t.Fatal(err)
		}
		d.r = newReview(pen{w, newLook(false, newGlyphs(with.ascii, w.cjk))}, o)
		d.r.View(d.width, d.height)
		d.spawn(d.r.Init())
		d.wait(20 * time.Millisecond)
		use(d)
		d.r.left = true
		d.till.Close()
		time.Sleep(2 * time.Hour) // ticks that Bubble Tea cannot take back
	})
}

func (d *reviewDesk) spawn(cmd tea.Cmd) {
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

func (d *reviewDesk) send(msg tea.Msg) {
	d.spawn(d.r.Update(msg))
	if strings.Contains(d.r.View(d.width, d.height), "\a") {
		d.bells++
	}
}

// wait lets time pass; messages are handled as they come.
func (d *reviewDesk) wait(howLong time.Duration) {
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

// burst sends characters in one message, as a scanner's or a paste arrive.
func (d *reviewDesk) burst(text string) {
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
}

// hand keys one character after the other, at a person's pace.
func (d *reviewDesk) hand(text string) {
	for _, c := range text {
		d.burst(string(c))
		d.wait(60 * time.Millisecond)
	}
}

func (d *reviewDesk) press(keys ...tea.KeyType) {
	for _, k := range keys {
		d.send(tea.KeyMsg{Type: k})
		d.wait(50 * time.Millisecond)
	}
}

func (d *reviewDesk) frame() string {
	return strings.ReplaceAll(d.r.View(d.width, d.height), "\a", "")
}

func (d *reviewDesk) sees(want string) {
	d.t.Helper()
	if frame := d.frame(); !strings.Contains(strings.Join(strings.Fields(frame), " "), want) {
		d.t.Errorf("the screen does not say %q:\n%s", want, frame)
	}
}

func (d *reviewDesk) seesNot(what string) {
	d.t.Helper()
	if frame := d.frame(); strings.Contains(strings.Join(strings.Fields(frame), " "), what) {
		d.t.Errorf("the screen says %q:\n%s", what, frame)
	}
}
