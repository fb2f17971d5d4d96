package ui

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

func TestDayIsTurnedAndNeverBeyondToday(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.press(tea.KeyRight)
		d.sees("2000-01-01 Today")
		d.press(tea.KeyLeft)
		d.wait(time.Second)
		d.sees("1999-12-31")
		d.sees("PAID 1 42.00")
		d.seesNot("132.50")
		d.press(tea.KeyRight)
		d.wait(time.Second)
		d.sees("2000-01-01 Today")
		d.sees("cashier 2 5 132.50")
		d.press(tea.KeyLeft, tea.KeyEnter)
		d.wait(time.Second)
		d.sees("[Day 1999-12-31]")
		if refs := d.refs(); len(refs) != 1 || refs[0] != "R-1" {
			t.Errorf("the day's sales are %v", refs)
		}
	})
}

// At midnight the screen turns to the new day by itself.
func TestTodayIsTodayAcrossMidnight(t *testing.T) {
	inReview(t, reviewWith{fill: aDay, later: 3*time.Hour - 5*time.Second}, func(d *reviewDesk) {
		d.sees("2000-01-01 Today")
		d.wait(10 * time.Second)
		d.sees("2000-01-02 Today")
		d.seesNot("132.50")
	})
}

func TestWhatIsInDoubtAndWhatWasGivenBackStandApart(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.sees("PAID 8 384.00")
		d.sees("given back -5.00")
		d.sees("stays 379.00")
		d.sees("in doubt 1 12.50")
		d.sees("Attention 2")
		d.sees("the most USD 10.00")
	})
}

// The highest hour fills the chart, an hour with anything shows, one without does not.
func TestBarsAreAsHighAsWhatCameIn(t *testing.T) {
	for _, g := range []glyphs{newGlyphs(false, false), newGlyphs(false, true), newGlyphs(true, false)} {
		l := look{glyphs: g}
		whole := g.ramp[len(g.ramp)-1]
		const height = 8
		for y := range height {
			if got := l.level(pos.MaxMinor, pos.MaxMinor, y, height); got != whole {
				t.Errorf("the highest bar has %q in row %d", got, y)
			}
			if got := l.level(0, pos.MaxMinor, y, height); got != " " {
				t.Errorf("nothing has %q in row %d", got, y)
			}
			if got := l.level(1, pos.MaxMinor, y, height); (got == g.ramp[0]) != (y == 0) {
				t.Errorf("the least has %q in row %d", got, y)
			}
			if got := l.level(50, 100, y, height); (got == whole) != (y < height/2) {
				t.Errorf("a half has %q in row %d", got, y)
			}
		}
	}
}
