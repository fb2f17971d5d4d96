package ui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// This file is about keys and scans that cross what the screen does at the same
// moment: what was meant for one sale is never taken for another.

// verdictAfter waits until the answer to a query is about to bring the verdict of
// 0.30, does something, and waits for the verdict.
func (d *desk) verdictAfter(do func()) {
	for a := (pos.Attempt{}); a.InFlight() != "query" || time.Since(a.CreatedAt) < 6*time.Second || time.Since(a.UpdatedAt) < 75*time.Millisecond; {
		d.wait(time.Millisecond)
		a, _ = d.till.Attempt(d.m.sale.attempt.OrderNo)
	}
	do()
	for !d.m.sale.settled() {
		d.wait(time.Millisecond)
	}
}

// The verdict takes the question away in the middle of a scan: the rest of it is no
// amount (design 7), and the verdict stays.
func TestCrossing_ScanAndAQuestionThatGoes(t *testing.T) {
	for _, cut := range []int{6, 9, 14} {
		inBubble(t, deskWith{policy: func(p *pos.Policy) { p.Terms.RevokeAfter = time.Second }}, func(d *desk) {
			d.sell("0.30")
			d.wait(2 * time.Second)
			d.burst("r")
			d.sees("[y] yes")
			d.verdictAfter(func() { d.burst(aCode2[:cut]) })
			d.burst(aCode2[cut:])
			d.press(tea.KeyEnter)
			d.wait(300 * time.Millisecond)
			d.sees("Amount HKD 0.30")
			d.sees("Hand over the goods")
			d.sees("The scan was not complete")
		})
	}
}

// A digit that was keyed at HOLD, a moment before the verdict, does not take it away,
// nor does one that waits under a question become an amount.
func TestCrossing_DigitsAndTheVerdict(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.30")
		d.wait(3 * time.Second)
		d.verdictAfter(func() { d.burst("8") })
		d.wait(time.Second)
		d.sees("Hand over the goods")
	})
	inBubble(t, deskWith{policy: func(p *pos.Policy) { p.Terms.RevokeAfter = time.Second }}, func(d *desk) {
		d.sell("0.30")
		d.wait(2 * time.Second)
		d.burst("5")
		d.wait(200 * time.Millisecond)
		d.burst("r")
		d.sees("[y] yes")
		d.wait(8 * time.Second)
		d.sees("Hand over the goods")
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		if d.m.sale.amount.Minor != 0 || d.m.in.Text() != "" {
			t.Errorf("what was keyed at HOLD is the next amount: %s %q", d.m.sale.amount, d.m.in.Text())
		}
	})
}

// Whoever taps Enter all through HOLD has not read the verdict.
func TestCrossing_EnterAgainAndAgain(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.30")
		for range 60 {
			d.press(tea.KeyEnter)
			d.wait(130 * time.Millisecond)
		}
		d.sees("Hand over the goods")
		d.wait(time.Second)
		d.press(tea.KeyEnter)
		d.seesNot("Hand over the goods")
	})
}

// An amount keyed quickly behind NOT PAID, and the scan at once: the old sale is not
// charged again for it.
func TestCrossing_TheNextAmountBehindNotPaid(t *testing.T) {
	for _, pace := range []time.Duration{60, 90} {
		inBubble(t, deskWith{}, func(d *desk) {
			d.sell("0.42")
			d.wait(2 * time.Second)
			d.sees("NOT PAID")
			eachDigit(d, "800", pace*time.Millisecond)
			d.scan(d.code())
			d.wait(time.Second)
			if a := d.m.sale.attempt; a.Number != 1 {
				t.Errorf("at a key each %d ms %s was charged as attempt %d", pace, a.Amount, a.Number)
			}
		})
	}
}

// A hand's Enter in the middle of a scan makes no amount of its beginning.
func TestCrossing_EnterInAScan(t *testing.T) {
	for _, cut := range []int{3, 6, 9} {
		inBubble(t, deskWith{}, func(d *desk) {
			eachDigit(d, aCode2[:cut], 5*time.Millisecond)
			d.send(tea.KeyMsg{Type: tea.KeyEnter})
			d.wait(2 * time.Millisecond)
			eachDigit(d, aCode2[cut:], 5*time.Millisecond)
			d.send(tea.KeyMsg{Type: tea.KeyEnter})
			d.wait(2 * time.Second)
			d.scan("148888888888888877")
			d.wait(time.Second)
			d.attempts(0)
		})
	}
}

// Whoever scans while the PIN is being looked at, however slow the scanner, keys no
// amount with the rest; and who was quick with the PIN is not told of a scan.
func TestCrossing_ScanAndThePIN(t *testing.T) {
	for _, pace := range []time.Duration{2, 30, 60} {
		staffed(t, true, func(d *desk) {
			d.wait(time.Second)
			d.hand("1" + "305917")
			d.send(tea.KeyMsg{Type: tea.KeyEnter})
			for _, r := range aCode[:9] { // the PIN takes as long
				d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
				time.Sleep(pace * time.Millisecond)
			}
			d.wait(pace * time.Millisecond)
			d.seesNot("Who is at the till?")
			eachDigit(d, aCode[9:], pace*time.Millisecond)
			d.send(tea.KeyMsg{Type: tea.KeyEnter})
			d.wait(300 * time.Millisecond)
			if d.m.sale.amount.Minor != 0 || d.m.in.Text() != "" {
				t.Errorf("%d ms: the rest of a scan is an amount: %s %q", pace, d.m.sale.amount, d.m.in.Text())
			}
		})
	}
	staffed(t, true, func(d *desk) {
		d.wait(time.Second)
		eachDigit(d, "1", 200*time.Millisecond)
		eachDigit(d, "305917", 60*time.Millisecond)
		d.send(tea.KeyMsg{Type: tea.KeyEnter})
		d.wait(time.Second)
		d.seesNot("Who is at the till?")
		d.seesNot("The scan was not complete")
	})
}

// A full-width character that arrives byte by byte is for the page that is in front.
func TestCrossing_PiecesOnALockedTill(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.wait(time.Second)
		for _, text := range []string{"８", "ｃ", "ｍ"} {
			inBytes(d, text)
			d.wait(time.Second)
		}
		d.attempts(0)
		if d.m.cover != coverSignIn || d.m.sign.what != signTill {
			t.Errorf("the till is not locked any more:\n%s", d.m.View())
		}
	})
}

// strikes counts the strokes that a terminal hears: each line that has changed and
// holds a BEL.
func (d *desk) strikes(within time.Duration) int {
	n, before := 0, strings.Split(d.m.View(), "\n")
	for end := time.Now().Add(within); time.Now().Before(end); {
		d.wait(5 * time.Millisecond)
		now := strings.Split(d.m.View(), "\n")
		for i, line := range now {
			if strings.Contains(line, "\a") && (i >= len(before) || before[i] != line) {
				n++
			}
		}
		before = now
	}
	return n
}

// A refusal rings once, whatever turns beside it: two strokes are PAID.
func TestCrossing_OneStrokeForARefusal(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.send(tea.WindowSizeMsg{Width: 70, Height: 20})
		d.sell("0.33")
		d.wait(3 * time.Second)
		d.burst(aCode2)
		d.send(tea.KeyMsg{Type: tea.KeyEnter})
		if n := d.strikes(time.Second); n > 0 { // the first stands already
			t.Errorf("in a small window: %d strokes more", n)
		}
	})
	staffed(t, true, func(d *desk) {
		d.signIn("1", "305917")
		d.burst("/")
		d.wait(time.Second)
		for time.Now().Nanosecond() < 899e6 { // the clock in the head is about to turn
			d.wait(time.Millisecond)
		}
		d.m.ring(bellElse)
		d.spawn(d.m.settle())
		if n := d.strikes(time.Second); n > 0 {
			t.Errorf("in the manager's screen: %d strokes more", n)
		}
		for i := range 4 {
			d.bells = 0
			d.burst(aCode)
			d.press(tea.KeyEnter)
			d.wait(3 * time.Second)
			if d.bells != 1 {
				t.Errorf("refusal %d of the manager's screen: %d strokes", i+1, d.bells)
			}
		}
	})
}

// The question of a revoke is read to its last word, in every language.
func TestCrossing_TheDoorIsNamed(t *testing.T) {
	plain := func(text string) string { return strings.Join(strings.Fields(text), "") }
	for _, language := range Languages {
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
			inBubble(t, deskWith{options: func(o *Options) { o.Language = language }}, func(d *desk) {
				d.send(size)
				d.sell("0.33")
				d.wait(20 * time.Second)
				d.burst("r")
				if !strings.Contains(plain(d.m.View()), plain(d.m.say("question.door"))) {
					t.Errorf("%s: the one-way door is not on the screen:\n%s", language, d.m.View())
				}
			})
		}
	}
}

// An amount that has no room is not shown in part: it would be another one.
func TestCrossing_NoAmountIsCut(t *testing.T) {
	for width := 4; width < 40; width++ {
		inBubble(t, deskWith{}, func(d *desk) {
			d.sell("12500.00")
			d.wait(time.Second)
			d.send(tea.WindowSizeMsg{Width: width, Height: 10})
			if v := d.m.View(); !strings.Contains(v, "12500.00") && strings.Contains(v, "HKD 1") {
				t.Errorf("%d cells: %q", width, v)
			}
		})
	}
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		for _, m := range []pos.Money{{Minor: 12345678901, Currency: "HKD"}, {Minor: 100000000000, Currency: "JPY"}} {
			s := pos.Summary{Amount: m, State: pos.Paid, CreatedAt: d.r.now}
			if row := d.r.saleRow(s, false, 118); !strings.Contains(row, m.String()) {
				t.Errorf("%s is shown as %q", m, row)
			}
		}
	})
}
