package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

func TestAmountEnterScanVerdictEnter(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.hand("12.50")
		d.sees("Amount HKD 12.50")
		d.press(tea.KeyEnter)
		d.sees("Scan the customer's payment code")
		d.wait(time.Second)
		d.scan(aCode)
		d.sees("Asking WeChat Pay")
		d.wait(time.Second)
		d.sees("PAID")
		d.sees("ends in 7788")
		d.press(tea.KeyEnter)
		d.sees("Key the amount")
		d.seesNot("✓ PAID")
		d.attempts(1)
		if warmed, _ := d.gateway.counts(); warmed != 1 {
			t.Errorf("the gateway was warmed %d times, want once, at the first digit", warmed)
		}
	})
}

// design 7: exactly one attempt comes of a scan, however it arrives.
func TestOneAttemptHoweverTheScanArrives(t *testing.T) {
	enter := tea.KeyMsg{Type: tea.KeyEnter}
	for name, send := range map[string]func(d *desk){
		"one burst, CR":       func(d *desk) { d.burst(aCode); d.send(enter) },
		"CR LF":               func(d *desk) { d.burst(aCode); d.send(enter); d.send(tea.KeyMsg{Type: tea.KeyCtrlJ}) },
		"LF":                  func(d *desk) { d.burst(aCode); d.send(tea.KeyMsg{Type: tea.KeyCtrlJ}) },
		"Tab":                 func(d *desk) { d.burst(aCode); d.send(tea.KeyMsg{Type: tea.KeyTab}) },
		"nothing after it":    func(d *desk) { d.burst(aCode) },
		"late CR":             func(d *desk) { d.burst(aCode); d.wait(150 * time.Millisecond); d.send(enter) },
		"two bursts":          func(d *desk) { d.burst(aCode[:6]); d.burst(aCode[6:]); d.send(enter) },
		"two bursts, a pause": func(d *desk) { d.burst(aCode[:6]); d.wait(300 * time.Millisecond); d.burst(aCode[6:]); d.send(enter) },
		"digit by digit":      func(d *desk) { eachDigit(d, aCode, 5*time.Millisecond); d.send(enter) },
		"a slow scanner":      func(d *desk) { eachDigit(d, aCode, 60*time.Millisecond); d.send(enter) },
		"a paste":             func(d *desk) { paste(d, aCode) },
		"a paste with CR LF":  func(d *desk) { paste(d, aCode+"\r\n") },
		"a paste of both":     func(d *desk) { d.send(tea.KeyMsg{Type: tea.KeyBackspace}); back(d); paste(d, "12.50"+aCode+"\n") },
		"full-width":          func(d *desk) { d.burst("１３４５６７８９０１２３４５６７８９"); d.send(enter) },
		"full-width in bytes": func(d *desk) { inBytes(d, "１３４５６７８９０１２３４５６７８９"); d.send(enter) },
		"STX and ETX": func(d *desk) {
			d.send(tea.KeyMsg{Type: tea.KeyCtrlB})
			d.burst(aCode)
			d.send(tea.KeyMsg{Type: tea.KeyCtrlC})
		},
		"STX, CR, ETX": func(d *desk) {
			d.send(tea.KeyMsg{Type: tea.KeyCtrlB})
			d.burst(aCode)
			d.send(enter)
			d.send(tea.KeyMsg{Type: tea.KeyCtrlC})
		},
		"symbology prefix":      func(d *desk) { d.burst("]C1" + aCode); d.send(enter) },
		"symbology, one by one": func(d *desk) { eachDigit(d, "]C1"+aCode, 2*time.Millisecond); d.send(enter) },
		"after an Esc": func(d *desk) {
			d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(aCode[:1]), Alt: true})
			d.burst(aCode[1:])
			d.send(enter)
		},
		"twice":                  func(d *desk) { d.burst(aCode); d.send(enter); d.burst(aCode); d.send(enter) },
		"twice, nothing between": func(d *desk) { d.burst(aCode + aCode); d.send(enter) },
		"twice, a second apart":  func(d *desk) { d.burst(aCode); d.send(enter); d.wait(time.Second); d.burst(aCode); d.send(enter) },
		"again and again": func(d *desk) {
			for range 20 {
				d.burst(aCode)
				d.send(enter)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, deskWith{}, func(d *desk) {
				d.hand("12.50")
				d.press(tea.KeyEnter)
				d.wait(time.Second)
				send(d)
				d.wait(2 * time.Second)
				d.attempts(1)
				d.sees("Amount HKD 12.50")
				d.sees("PAID")
				if _, sent := d.gateway.counts(); sent != 1 {
					t.Errorf("%d submissions", sent)
				}
				if d.quit {
					t.Error("the scan has left the program")
				}
			})
		})
	}
}

func eachDigit(d *desk, text string, pace time.Duration) {
	for _, r := range text {
		d.burst(string(r))
		d.wait(pace)
	}
}

func paste(d *desk, text string) {
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
}

func back(d *desk) {
	for range 5 {
		d.send(tea.KeyMsg{Type: tea.KeyBackspace})
	}
}

// inBytes sends text as Bubble Tea does when a read cuts each character.
func inBytes(d *desk, text string) {
	type unknownInputByteMsg byte
	for _, b := range []byte(text) {
		d.send(unknownInputByteMsg(b))
	}
}

func TestScanRightAfterTheAmount(t *testing.T) {
	for name, send := range map[string]func(d *desk){
		"keyed by hand": func(d *desk) { d.hand("12.50"); d.wait(300 * time.Millisecond); d.burst(aCode) },
		"in one go":     func(d *desk) { d.burst("12.50" + aCode) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, deskWith{}, func(d *desk) {
				send(d)
				d.send(tea.KeyMsg{Type: tea.KeyEnter})
				d.wait(time.Second)
				d.sees("Amount HKD 12.50")
				d.sees("PAID")
				d.attempts(1)
			})
		})
	}
}

// A scan before the amount is kept in an empty sale for 30 s, visibly, and
// cleared by a key.
func TestScanBeforeTheAmount(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.scan(aCode)
		d.sees("A code (***6789) is kept for 30 s")
		d.seesNot(aCode[:6])
		d.scan(aCode)
		d.sees("kept already")
		d.hand("8")
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		d.sees("HKD 8.00")
		d.sees("PAID")
		d.attempts(1)
	})
}

func TestKeptCodeIsForgotten(t *testing.T) {
	for name, forget := range map[string]func(d *desk){
		"by Backspace": func(d *desk) { d.press(tea.KeyBackspace) },
		"after 30 s":   func(d *desk) { d.wait(31 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, deskWith{}, func(d *desk) {
				d.scan(aCode)
				forget(d)
				d.hand("8")
				d.press(tea.KeyEnter)
				d.wait(time.Second)
				d.sees("Scan the customer's payment code")
				d.attempts(0)
			})
		})
	}
}

// In any other state a scan is refused aloud, and its digits go nowhere.
func TestScanIsRefusedAloud(t *testing.T) {
	for name, c := range map[string]struct {
		before func(d *desk)
		says   string
	}{
		"in doubt":   {func(d *desk) { d.sell("0.40"); d.wait(time.Second) }, "This sale is still open"},
		"asking":     {func(d *desk) { d.gateway.delay = 8 * time.Second; d.sell("0.40"); d.wait(2 * time.Second) }, "This sale is still open"},
		"paid":       {func(d *desk) { d.sell("12.50"); d.wait(time.Second) }, "This sale is paid"},
		"a question": {func(d *desk) { d.sell("0.40"); d.wait(16 * time.Second); d.burst("r"); d.wait(time.Second) }, "[y] yes"},
		"help":       {func(d *desk) { d.burst("?") }, "The scan was not used. First answer, or close the help."},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, deskWith{}, func(d *desk) {
				c.before(d)
				d.journal.mu.Lock()
				before := len(d.journal.order)
				d.journal.mu.Unlock()
				bells := d.bells
				d.scan("129999999999999999")
				d.wait(time.Second)
				d.sees(c.says)
				d.attempts(before)
				if d.bells != bells+1 {
					t.Errorf("the bell rang %d times, want once", d.bells-bells)
				}
				if frame := d.m.View(); strings.Contains(frame, "9999") {
					t.Errorf("digits of the code are on the screen:\n%s", frame)
				}
			})
		})
	}
}

func TestForeignCodeIsNamed(t *testing.T) {
	for code, says := range map[string]string{
		alipay:               "That is a code of Alipay",
		union:                "That is a code of UnionPay",
		"994567890123456789": "Codes that start with 99",
		"13456789012345678":  "not complete",
	} {
		inBubble(t, deskWith{}, func(d *desk) {
			d.hand("8")
			d.press(tea.KeyEnter)
			d.wait(time.Second)
			d.scan(code)
			d.sees(says)
			d.attempts(0)
			d.wait(time.Second)
			d.scan(aCode)
			d.wait(time.Second)
			d.sees("PAID")
		})
	}
}

func TestAmountThatIsNoneChargesNothing(t *testing.T) {
	for _, amount := range []string{"0", "0.00", "1.234", ".", "99999999999.99"} {
		inBubble(t, deskWith{}, func(d *desk) {
			d.hand(amount)
			d.press(tea.KeyEnter)
			d.sees("is not an amount the till takes. HKD is keyed like 12.50.")
			d.wait(time.Second)
			d.scan(aCode)
			d.wait(time.Second)
			d.attempts(0)
		})
	}
}

func TestBackspaceCorrectsTheAmount(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.hand("12.505")
		d.press(tea.KeyBackspace)
		d.press(tea.KeyEnter)
		d.sees("Scan the customer's payment code")
		d.press(tea.KeyBackspace)
		d.sees("Key the amount")
		back(d)
		d.hand("7")
		d.press(tea.KeyEnter)
		d.sees("HKD 7.00")
	})
}

// design 3.11: another try for the same sale.
func TestScanAfterNotPaidTriesAgain(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.42")
		d.wait(time.Second)
		d.sees("NOT PAID")
		d.sees("Not enough money")
		d.scan(d.code())
		d.wait(time.Second)
		d.attempts(2)
		if a := d.m.sale.attempt; a.Number != 2 || a.Amount.Minor != 42 {
			t.Errorf("attempt %d over %s", a.Number, a.Amount)
		}
	})
}

func TestStrictShopWaitsForTheWatch(t *testing.T) {
	strict := deskWith{policy: func(p *pos.Policy) { p.Rescan = pos.RescanStrict }}
	inBubble(t, strict, func(d *desk) {
		d.sell("0.42")
		d.wait(time.Second)
		d.sees("Another try has to wait")
		d.scan(d.code())
		d.sees("still being checked")
		d.attempts(1)
	})
}

func TestKeyingBeginsTheNextSale(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("12.50")
		d.wait(time.Second)
		d.hand("8.40")
		d.sees("Amount HKD 8.40")
		d.seesNot("✓ PAID")
		d.press(tea.KeyEnter)
		d.sees("Scan the customer's payment code")
		d.attempts(1)
	})
}

func TestUsedCodeIsNotTakenAgain(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("12.50")
		d.wait(time.Second)
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		d.hand("8")
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		d.scan("134567890123456700")
		d.sees("this code was used before")
		d.attempts(1)
		d.wait(time.Second)
		d.scan(d.code())
		d.wait(time.Second)
		d.sees("HKD 8.00")
		d.attempts(2)
	})
}

func TestBellTwiceForPaidOnceForNotPaid(t *testing.T) {
	for amount, want := range map[string]int{"12.50": 2, "0.42": 1} {
		inBubble(t, deskWith{}, func(d *desk) {
			d.sell(amount)
			d.wait(2 * time.Second)
			if d.bells != want {
				t.Errorf("%s: the bell rang %d times, want %d", amount, d.bells, want)
			}
			if strings.Contains(d.m.View(), "\a") {
				t.Error("the bell stays in the frame")
			}
		})
	}
}

// A verdict that is there before its sale stands in front is announced all the same.
func TestBellForAVerdictAtOnce(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.gateway.delay = 0
		d.hand("12.50" + aCode)
		d.m.sale.writing = true // as if the message of Charge were late
		d.wait(time.Second)
		d.m.sale.writing = false
		a := d.till.Open()
		if len(a) != 0 {
			t.Fatal("not paid at once")
		}
		d.m.sale = sale{}
		no := d.journal.order[0]
		paid, _ := d.till.Attempt(no)
		d.bells = 0
		d.m.pending = map[pos.OrderNo]bool{}
		d.send(chargedMsg{attempt: paid})
		d.wait(time.Second)
		if d.bells != bellPaid {
			t.Errorf("the bell rang %d times", d.bells)
		}
		d.sees("✓ PAID")
	})
}

// design 7: the revoke key, from the first second of doubt to the verdict.
func TestRevokeKey(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.40")
		d.wait(time.Second)
		d.sees("[r] Revoke ready in 15 s")
		d.burst("r")
		d.wait(time.Second)
		d.seesNot("[y]")
		d.seesNot("r revoke")
		d.wait(14 * time.Second)
		d.sees("r revoke")
		d.burst("r")
		d.sees("If the customer has not paid yet, the order is closed.")
		d.wait(time.Second)
		d.press(tea.KeyEnter) // a scanner's Enter confirms nothing
		d.wait(time.Second)
		d.sees("[y] yes")
		d.burst("n")
		d.seesNot("[y]")
		d.sees("entering the password")
	})
}

func TestRevokeAgainAfterRecallYes(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.40")
		d.wait(16 * time.Second)
		d.burst("r")
		d.wait(time.Second)
		d.burst("y")
		d.wait(time.Second)
		d.sees("[r] Revoke again by itself in 5 s")
		d.wait(9*time.Second + 500*time.Millisecond)
		d.sees("[r] Revoke checking")
		d.wait(4 * time.Second)
		d.sees("REVOKED")
		d.sees("Do not hand over the goods.")
		d.seesNot("[r]")
	})
}

func TestQuestionHasAQuietPeriod(t *testing.T) {
	ready := func(d *desk) {
		d.sell("0.40")
		d.wait(16 * time.Second)
		d.burst("r")
	}
	state := func(d *desk) pos.State {
		d.wait(time.Second)
		a, _ := d.till.Attempt(d.m.sale.attempt.OrderNo)
		return a.State
	}
	for name, c := range map[string]struct {
		press func(d *desk)
		want  bool
	}{
		"y after it":                 {func(d *desk) { d.wait(armAfter); d.burst("y") }, true},
		"y within it":                {func(d *desk) { d.burst("y") }, false},
		"a text with y at its end":   {func(d *desk) { d.wait(armAfter); d.burst("https://shop.example/grocery") }, false},
		"letters one by one, fast":   {func(d *desk) { d.wait(armAfter); d.burst("xy"); d.burst("y") }, false},
		"y and a scan count nothing": {func(d *desk) { d.burst("y"); d.scan(aCode2) }, false},
		"a scan and then y":          {func(d *desk) { d.wait(armAfter); d.scan(aCode2); d.wait(armAfter); d.burst("y") }, true},
		"y and n":                    {func(d *desk) { d.burst("y"); d.burst("n") }, false},
		"Enter":                      {func(d *desk) { d.wait(armAfter); d.press(tea.KeyEnter) }, false},
		"a pasted y":                 {func(d *desk) { d.wait(armAfter); paste(d, "yyy\n") }, false},
		"Alt-y":                      {func(d *desk) { d.wait(armAfter); d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("y"), Alt: true}) }, false},
		"Y with Caps Lock":           {func(d *desk) { d.wait(armAfter); d.burst("Y") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, deskWith{}, func(d *desk) {
				ready(d)
				c.press(d)
				if revoked := state(d) != pos.InDoubt; revoked != c.want {
					t.Errorf("revoked is %v, want %v", revoked, c.want)
				}
			})
		})
	}
}

func TestQuestionGoesWhenTheVerdictComes(t *testing.T) {
	inBubble(t, deskWith{policy: func(p *pos.Policy) { p.Terms.RevokeAfter = time.Second }}, func(d *desk) {
		d.sell("0.30")
		d.wait(2 * time.Second)
		d.burst("r")
		d.sees("[y] yes")
		d.wait(6 * time.Second)
		d.seesNot("[y] yes")
		d.sees("✓ PAID")
	})
}

func TestParkedSaleAnnouncesItsEnd(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.30")
		d.wait(time.Second)
		d.burst("n")
		d.sees("Key the amount")
		d.sees("0.30 HOLD")
		d.hand("12.50")
		bells := d.bells
		d.wait(8 * time.Second)
		d.sees("HKD 0.30 of 08:00: PAID")
		d.sees("Amount HKD 12.50") // and nothing else has moved
		d.sees("Attention 1")
		if d.bells != bells+2 {
			t.Errorf("the bell rang %d times, want twice", d.bells-bells)
		}
		d.burst("a")
		d.sees("was paid while nobody looked")
		d.wait(time.Second)
		d.burst("y")
		d.wait(time.Second)
		d.sees("Attention 0")
		d.sees("Amount HKD 12.50")
	})
}

// Parked before the very first answer: nobody looked when it was paid.
func TestParkedWhileAskingNeedsAttention(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.gateway.delay = 3 * time.Second
		d.sell("12.50")
		d.wait(time.Second)
		d.burst("n")
		d.wait(4 * time.Second)
		d.sees("HKD 12.50 of 08:00: PAID")
		d.sees("Attention 1")
	})
}

func TestTurningToAParkedSale(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.40")
		d.wait(time.Second)
		first := d.m.sale.attempt.OrderNo
		d.burst("n")
		d.sell("0.33")
		d.wait(time.Second)
		second := d.m.sale.attempt.OrderNo
		d.burst("o")
		if !d.m.sale.shows(first) {
			t.Fatal("o did not turn to the parked sale")
		}
		d.wait(time.Second)
		for no, away := range map[pos.OrderNo]bool{first: false, second: true} {
			if a, _ := d.till.Attempt(no); a.Away() != away {
				t.Errorf("%s: away is %v", no, a.Away())
			}
		}
		d.burst("o")
		if !d.m.sale.shows(second) {
			t.Error("o did not turn to the other one")
		}
	})
}

func TestPaidInFrontNeedsNoAttention(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.30")
		d.wait(time.Second)
		d.burst("n")
		d.burst("o")
		d.wait(8 * time.Second)
		d.sees("✓ PAID")
		d.sees("Attention 0")
		d.seesNot("of 08:00: PAID")
	})
}

func TestLeaving(t *testing.T) {
	ctrlC := tea.KeyMsg{Type: tea.KeyCtrlC}
	for name, c := range map[string]struct {
		do   func(d *desk)
		want bool
	}{
		"nothing open":             {func(d *desk) { d.send(ctrlC) }, true},
		"money open: asks":         {func(d *desk) { d.sell("0.40"); d.wait(time.Second); d.send(ctrlC) }, false},
		"money open, yes":          {func(d *desk) { d.sell("0.40"); d.wait(time.Second); d.send(ctrlC); d.wait(time.Second); d.burst("y") }, true},
		"money open, no":           {func(d *desk) { d.sell("0.40"); d.wait(time.Second); d.send(ctrlC); d.wait(time.Second); d.burst("n") }, false},
		"money open, Ctrl-C again": {func(d *desk) { d.sell("0.40"); d.wait(time.Second); d.send(ctrlC); d.wait(time.Second); d.send(ctrlC) }, true},
		"parked money asks too":    {func(d *desk) { d.sell("0.40"); d.wait(time.Second); d.burst("n"); d.send(ctrlC) }, false},
		"told to":                  {func(d *desk) { d.sell("0.40"); d.wait(time.Second); d.send(LeaveMsg{}) }, true},
		"from the help":            {func(d *desk) { d.burst("?"); d.send(ctrlC) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, deskWith{}, func(d *desk) {
				c.do(d)
				d.wait(time.Second)
				if d.quit != c.want || d.m.leaving != c.want {
					t.Errorf("quit %v, leaving %v, want %v", d.quit, d.m.leaving, c.want)
				}
			})
		})
	}
}

func TestFilterKeepsTheProgramFromEndingBehindOurBack(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		for msg, want := range map[tea.Msg]tea.Msg{
			tea.SuspendMsg{}: nil, tea.InterruptMsg{}: LeaveMsg{}, tea.QuitMsg{}: LeaveMsg{}, changedMsg{}: changedMsg{},
		} {
			if got := d.m.filter(d.m, msg); got != want {
				t.Errorf("%T becomes %T, want %T", msg, got, want)
			}
		}
		d.m.leaving = true
		if got := d.m.filter(d.m, tea.QuitMsg{}); got != (tea.QuitMsg{}) {
			t.Errorf("our own quit becomes %T", got)
		}
	})
}

func TestHelpOffersOnlyWhatIsTaken(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.burst("?")
		d.seesNot("revoke ")
		d.sees("Enter take the amount")
		d.burst("?")
		d.sell("0.40")
		d.wait(16 * time.Second)
		d.burst("?")
		d.sees("r revoke")
		d.sees("n next customer")
		d.burst("r") // covered: no question behind the help
		d.burst("q")
		d.seesNot("[y]")
	})
}

// A comma is a decimal one; a grouped amount is refused and never multiplied.
func TestComma(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.hand("1,50")
		d.press(tea.KeyEnter)
		d.sees("HKD 1.50")
	})
	inBubble(t, deskWith{}, func(d *desk) {
		d.hand("1,250")
		d.press(tea.KeyEnter)
		d.scan(aCode)
		d.attempts(0)
	})
}

// What was said while a sale was open does not stand under its verdict.
func TestNoticeGoesWithItsState(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("0.30")
		d.wait(time.Second)
		d.scan(aCode)
		d.sees("This sale is still open")
		d.wait(10 * time.Second)
		d.sees("PAID")
		d.seesNot("This sale is still open")
	})
}

// A QR code with letters, or a terminal's answer to a query, presses no key and
// leaves no digit behind.
func TestTextThatAMachineTypes(t *testing.T) {
	for name, text := range map[string]string{
		"a receive code":      "wxp://f2f0q5K7yB",
		"a web address":       "https://qr.alipay.com/fkx19",
		"a colour, by OSC":    "]11;rgb:0000/0000/0000\a0815",
		"a version, by DCS":   "P>|xterm(370)",
		"a picture, by APC":   "_Gi=31;OK",
		"letters behind code": aCode + "y",
	} {
		for _, cut := range []int{0, 3, len(text) - 1} {
			t.Run(fmt.Sprint(name, " cut at ", cut), func(t *testing.T) {
				inBubble(t, deskWith{}, func(d *desk) {
					d.hand("12")
					d.burst(text[:cut])
					d.burst(text[cut:])
					d.send(tea.KeyMsg{Type: tea.KeyEnter})
					d.wait(2 * time.Second)
					d.sees("Amount HKD 12")
					d.seesNot("HKD 12.")
					d.sees("Scan again")
					d.attempts(0)
				})
			})
		}
	}
}

// The rest of a scan that broke is no amount.
func TestTheRestOfABrokenScan(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.hand("12")
		d.burst(aCode[:17])
		d.wait(1300 * time.Millisecond)
		d.sees("Scan again")
		d.burst(aCode[17:])
		d.send(tea.KeyMsg{Type: tea.KeyEnter})
		d.wait(time.Second)
		d.sees("Amount HKD 12")
		d.seesNot("HKD 12.")
		d.wait(6 * time.Second)
		d.hand("0")
		d.press(tea.KeyEnter)
		d.sees("HKD 120.00")
	})
}

func TestSlowScanIntoTheHelp(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.hand("12")
		d.burst("?")
		eachDigit(d, aCode, 60*time.Millisecond)
		d.press(tea.KeyEnter)
		d.sees("First answer, or close the help")
		d.wait(time.Second)
		d.burst("?")
		d.sees("Amount HKD 12")
	})
}

func TestKeptCodeIsUsedOnce(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.sell("12.50")
		d.wait(time.Second)
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		d.scan("134567890123456700") // used for the first sale
		d.hand("8")
		d.press(tea.KeyEnter)
		d.sees("this code was used before")
		d.press(tea.KeyBackspace)
		d.seesNot("is kept")
		d.press(tea.KeyEnter)
		d.sees("Scan the customer's payment code")
		d.attempts(1)
	})
}

func TestHelpKeepsTheAmount(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.hand("12.50")
		d.burst("?")
		d.scan(aCode)
		d.wait(time.Second)
		d.burst("?")
		d.sees("Amount HKD 12.50")
		d.attempts(0)
	})
}

// A panic in a command is said and reported, and the till goes on.
func TestFaultInACommand(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.m.run(func() tea.Msg { panic("planted") })
		d.spawn(d.m.settle())
		d.wait(time.Second)
		d.sees("A fault in the till")
		if len(d.faults) != 1 || !strings.Contains(d.faults[0].Error(), "planted") {
			t.Errorf("reported: %v", d.faults)
		}
		d.sell("12.50")
		d.wait(time.Second)
		d.sees("✓ PAID")
	})
}

// Sales of an earlier run go on and announce their end.
func TestSalesOfAnEarlierRun(t *testing.T) {
	journal, gateway := newFakeJournal(), newFakeGateway()
	same := deskWith{before: func(d *desk) { d.journal, d.gateway = journal, gateway }}
	inBubble(t, same, func(d *desk) {
		d.sell("0.30")
		d.wait(time.Second)
	})
	inBubble(t, same, func(d *desk) {
		d.sees("0.30 HOLD")
		d.wait(12 * time.Second)
		d.sees("HKD 0.30 of 08:00: PAID")
		d.sees("Attention 1")
	})
}

func TestStillMeansNoAnimation(t *testing.T) {
	inBubble(t, deskWith{options: func(o *Options) { o.Still = true }}, func(d *desk) {
		d.sell("0.40")
		d.wait(time.Second)
		before := d.m.beat
		d.wait(5 * time.Second)
		if d.m.beat != before {
			t.Error("the spinner turns without animation")
		}
		d.sees("asked once")
	})
}
