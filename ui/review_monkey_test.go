package ui

import (
	"math/rand/v2"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// monkeyKeys are the named keys that it presses.
var monkeyKeys = []tea.KeyType{tea.KeyEnter, tea.KeyEsc, tea.KeyUp, tea.KeyDown, tea.KeyLeft, tea.KeyRight, tea.KeyTab, tea.KeyShiftTab,
	tea.KeyBackspace, tea.KeyPgUp, tea.KeyPgDown, tea.KeyHome, tea.KeyCtrlU, tea.KeyCtrlB, tea.KeyDelete}

// Whatever is pressed, the screen stands: nothing panics, every frame fits, and no
// part of a code shows.
func TestWhateverIsPressedTheScreenStands(t *testing.T) {
	const letters = "1234abcdefghijklmnoprstuvwxyz/. 5日"
	for seed := range uint64(12) {
		chance := rand.New(rand.NewPCG(seed, 6))
		inReview(t, reviewWith{fill: aDay, lang: Languages[seed%4], readOnly: seed%3 == 0}, func(d *reviewDesk) {
			sizes := [][2]int{{80, 24}, {140, 45}, {119, 24}, {120, 30}, {60, 10}}
			for range 250 {
				switch n := chance.IntN(40); {
				case n == 0:
					size := sizes[chance.IntN(len(sizes))]
					d.width, d.height = size[0], size[1]
				case n == 1:
					d.burst(aReviewCode)
				case n == 2:
					d.books.order(time.Now(), hkd(int64(1+chance.IntN(9999))), "cashier 1", paidAtOnce()...)
				case n == 3:
					d.wait(3 * time.Second)
				case n < 20:
					d.send(tea.KeyMsg{Type: monkeyKeys[chance.IntN(len(monkeyKeys))]})
				default:
					runes := []rune(letters)
					d.burst(string(runes[chance.IntN(len(runes))]))
				}
				d.wait(40 * time.Millisecond)
				fits(t, d.frame(), d.width, d.height)
				if part := leaks(d.frame()); part != "" {
					t.Fatalf("seed %d: the screen shows %s:\n%s", seed, part, d.frame())
				}
				if t.Failed() {
					t.Fatalf("seed %d:\n%s", seed, d.frame())
				}
			}
		})
	}
}
