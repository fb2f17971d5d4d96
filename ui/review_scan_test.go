package ui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

const aReviewCode = "139753186429758643"

// scans are the ways in which a code may come.
var scans = map[string]func(d *reviewDesk){
	"in one": func(d *reviewDesk) { d.burst(aReviewCode + "\r") },
	"in pieces": func(d *reviewDesk) {
		d.burst(aReviewCode[:3])
		d.wait(4 * time.Millisecond)
		d.burst(aReviewCode[3:])
		d.press(tea.KeyEnter)
	},
	"one by one": func(d *reviewDesk) {
		for _, c := range aReviewCode {
			d.burst(string(c))
			d.wait(8 * time.Millisecond)
		}
		d.press(tea.KeyEnter)
	},
	"late Enter": func(d *reviewDesk) { d.burst(aReviewCode); d.wait(60 * time.Millisecond); d.press(tea.KeyEnter) },
	"no Enter":   func(d *reviewDesk) { d.burst(aReviewCode) },
	"STX, ETX":   func(d *reviewDesk) { d.press(tea.KeyCtrlB); d.burst(aReviewCode); d.press(tea.KeyCtrlC) },
	"symbology":  func(d *reviewDesk) { d.burst("]C1" + aReviewCode); d.press(tea.KeyEnter) },
	"full-width": func(d *reviewDesk) {
		d.burst("１３９７５３１８６４２９７５８６４３")
		d.press(tea.KeyEnter)
	},
	"twice":  func(d *reviewDesk) { d.burst(aReviewCode + aReviewCode); d.press(tea.KeyEnter) },
	"broken": func(d *reviewDesk) { d.burst(aReviewCode[:16]); d.press(tea.KeyEnter) },
	"pasted": func(d *reviewDesk) {
		d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(aReviewCode + "\n"), Paste: true})
	},
}

// fields are the places where somebody may be when a scan comes.
var fields = map[string]func(d *reviewDesk){
	"today":     func(*reviewDesk) {},
	"list":      func(d *reviewDesk) { d.hand("2") },
	"search":    func(d *reviewDesk) { d.hand("2/R") },
	"filter":    func(d *reviewDesk) { d.hand("2f"); d.press(tea.KeyDown, tea.KeyDown) },
	"view name": func(d *reviewDesk) { d.hand("2/R-1"); d.wait(time.Second); d.press(tea.KeyEnter); d.hand("ss") },
	"detail":    func(d *reviewDesk) { d.find("R-8") },
	"amount":    func(d *reviewDesk) { d.find("R-8"); d.hand("b"); d.press(tea.KeyCtrlU) },
	"reason":    func(d *reviewDesk) { d.find("R-8"); d.hand("b"); d.press(tea.KeyEnter) },
	"question":  func(d *reviewDesk) { d.find("R-7"); d.hand("v"); d.hand("why"); d.press(tea.KeyEnter) },
	"note":      func(d *reviewDesk) { d.find("R-8"); d.hand("n") },
	"shifts":    func(d *reviewDesk) { d.hand("4") },
}

// leaks is a part of the code that stands in a text, or empty.
func leaks(text string) string {
	text = strings.Map(narrow, text)
	for i := range len(aReviewCode) - echoDigits {
		if part := aReviewCode[i : i+echoDigits+1]; strings.Contains(text, part) {
			return part
		}
	}
	return ""
}

func TestScanIsRefusedAloudAndLeaksNowhere(t *testing.T) {
	for where, goTo := range fields {
		for how, scan := range scans {
			t.Run(where+"/"+how, func(t *testing.T) {
				inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
					goTo(d)
					d.wait(time.Second)
					depth, entries := len(d.r.over), len(d.books.entries)
					d.books.set(func(b *fakeBooks) { b.asked = nil })
					d.bells = 0
					scan(d)
					if shown := leaks(d.frame()); shown != "" {
						t.Errorf("the screen shows %s:\n%s", shown, d.frame())
					}
					d.wait(2 * time.Second)
					frame := d.frame()
					if shown := leaks(frame); shown != "" {
						t.Errorf("the screen shows %s:\n%s", shown, frame)
					}
					d.sees("That was a scan.")
					if d.bells == 0 {
						t.Error("it was refused in silence")
					}
					if d.r.left || len(d.r.over) != depth || len(d.books.entries) != entries {
						t.Errorf("left %v, %d pages on top (%d before), %d entries (%d before)", d.r.left, len(d.r.over), depth, len(d.books.entries), entries)
					}
					for _, f := range d.books.asked {
						if leaks(f.Find+" "+f.Cashier) != "" {
							t.Errorf("the books were asked for %+v", f)
						}
					}
				})
			})
		}
	}
}

// Eighteen digits that were keyed one after the other are a code all the same.
func TestCodeThatIsKeyedIsNotSearchedFor(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.hand("2/" + aReviewCode)
		d.sees("That was a scan.")
		if text := d.r.list.search.text(); text != "" {
			t.Errorf("the field has %q", text)
		}
	})
}

// WeChat Pay's own number has 28 digits and is searched for however it comes.
func TestNumberOfACustomersBillIsSearchedFor(t *testing.T) {
	for _, paste := range []bool{true, false} {
		inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
			d.hand("2/")
			d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("4200001234202611210000007788"), Paste: paste})
			d.wait(time.Second)
			d.seesNot("That was a scan.")
			if f := d.r.list.filter[byText]; f != "4200001234202611210000007788" || len(d.r.list.rows) == 0 {
				t.Errorf("searched for %q, found %d", f, len(d.r.list.rows))
			}
		})
	}
}
