package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// reviews are the ways in which the manager's screen can look.
var reviews = map[string]struct {
	readOnly bool
	script   func(d *reviewDesk)
}{
	"today":     {script: func(*reviewDesk) {}},
	"yesterday": {script: func(d *reviewDesk) { d.press(tea.KeyLeft) }},
	"list":      {script: func(d *reviewDesk) { d.hand("2"); d.press(tea.KeyDown) }},
	"detail":    {script: func(d *reviewDesk) { d.find("R-7") }},
	"refunded":  {script: func(d *reviewDesk) { d.find("R-8") }},
	"waiting":   {script: func(d *reviewDesk) { d.find("R-9") }},
	"raw":       {script: func(d *reviewDesk) { d.find("R-7"); d.hand("w") }},
	"card":      {script: func(d *reviewDesk) { d.find("R-8"); d.hand("p") }},
	"filter": {script: func(d *reviewDesk) {
		d.hand("2f")
		d.hand("today")
		d.press(tea.KeyDown, tea.KeyDown)
		d.hand("cashier 2")
		d.press(tea.KeyDown, tea.KeyDown, tea.KeyRight)
	}},
	"chips": {script: func(d *reviewDesk) {
		d.hand("2f")
		d.press(tea.KeyDown, tea.KeyDown)
		d.hand("cashier 2")
		d.press(tea.KeyDown, tea.KeyDown, tea.KeyRight, tea.KeyEnter)
	}},
	"views":     {script: func(d *reviewDesk) { d.hand("2s") }},
	"search":    {script: func(d *reviewDesk) { d.hand("2/12.50"); d.wait(time.Second) }},
	"attention": {script: func(d *reviewDesk) { d.hand("3") }},
	"note":      {script: func(d *reviewDesk) { d.hand("3"); d.press(tea.KeyDown, tea.KeyDown) }},
	"give_back": {script: func(d *reviewDesk) { d.find("R-8"); d.hand("b"); d.press(tea.KeyCtrlU); d.hand("5") }},
	"refund_ask": {script: func(d *reviewDesk) {
		d.find("R-8")
		d.hand("b")
		d.press(tea.KeyCtrlU)
		d.hand("5")
		d.press(tea.KeyEnter)
		d.hand("a cold cup")
		d.press(tea.KeyEnter)
	}},
	"void_ask": {script: func(d *reviewDesk) {
		d.find("R-7")
		d.hand("v")
		d.hand("wrong table")
		d.press(tea.KeyEnter)
	}},
	"shifts":    {script: func(d *reviewDesk) { d.hand("4") }},
	"paper":     {script: func(d *reviewDesk) { d.hand("4"); d.press(tea.KeyDown, tea.KeyEnter) }},
	"shift_ask": {script: func(d *reviewDesk) { d.hand("4"); d.hand("z") }},
	"people": {script: func(d *reviewDesk) {
		employed(d.t, d)
		d.press(tea.KeyDown)
	}},
	"people_add": {script: func(d *reviewDesk) {
		employed(d.t, d)
		d.hand("a")
		d.hand("cashier 3")
		d.press(tea.KeyEnter)
		d.hand("8620")
	}},
	"read_only": {readOnly: true, script: func(d *reviewDesk) { d.find("R-8") }},
}

// find opens the sale with a reference of the shop.
func (d *reviewDesk) find(ref string) {
	d.hand("2/" + ref)
	d.wait(time.Second)
	d.press(tea.KeyEnter, tea.KeyEnter)
	d.wait(time.Second)
}

func TestReviewScreens(t *testing.T) {
	for name, of := range reviews {
		for _, lang := range []string{"en", "zh-Hans"} {
			for _, size := range [][2]int{{80, 24}, {140, 45}} {
				file := fmt.Sprintf("review_%s.%s.%dx%d", name, lang, size[0], size[1])
				t.Run(file, func(t *testing.T) {
					inReview(t, reviewWith{fill: aDay, lang: lang, width: size[0], height: size[1], readOnly: of.readOnly}, func(d *reviewDesk) {
						of.script(d)
						fits(t, d.frame(), size[0], size[1])
						golden(t, file, d.frame())
					})
				})
			}
		}
	}
}

// Every language fits, on every page.
func TestReviewFitsInEveryLanguage(t *testing.T) {
	for name, of := range reviews {
		for _, lang := range []string{"zh-Hant", "ja"} {
			inReview(t, reviewWith{fill: aDay, lang: lang, readOnly: of.readOnly}, func(d *reviewDesk) {
				of.script(d)
				fits(t, d.frame(), 80, 24)
				if strings.Contains(d.frame(), "review.") || strings.Contains(d.frame(), "story.") {
					t.Errorf("%s in %s shows a key:\n%s", name, lang, d.frame())
				}
			})
		}
	}
}

func TestReviewInASCII(t *testing.T) {
	for name, of := range reviews {
		inReview(t, reviewWith{fill: aDay, ascii: true, readOnly: of.readOnly}, func(d *reviewDesk) {
			of.script(d)
			frame := strings.ReplaceAll(d.frame(), "中文", "")
			if i := strings.IndexFunc(frame, func(r rune) bool { return r > '~' }); i >= 0 {
				t.Errorf("%s has %q:\n%s", name, frame[i:i+4], frame)
			}
		})
	}
}
