package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// names are the events of the newest order entries.
func (d *reviewDesk) names() (all []string) {
	d.books.fakeJournal.mu.Lock()
	defer d.books.fakeJournal.mu.Unlock()
	for _, e := range d.books.entries {
		all = append(all, e.Name())
	}
	return all
}

// has reports whether something was journaled.
func (d *reviewDesk) has(name string) bool { return slices.Contains(d.names(), name) }

// asksToGiveBack opens the question about HKD 5.00 of a paid sale.
func (d *reviewDesk) asksToGiveBack() {
	d.find("R-6")
	d.hand("b")
	d.press(tea.KeyCtrlU)
	d.hand("5")
	d.press(tea.KeyEnter)
	d.hand("cold cup")
	d.press(tea.KeyEnter)
	d.sees("HKD 5.00 of HKD 118.00 goes back to the customer's wallet or card. Do it?")
}

func TestRefundIsAskedAboutDoneAndShown(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.asksToGiveBack()
		d.wait(armAfter)
		d.hand("y")
		d.wait(2500 * time.Millisecond) // two looks into the journal: the first may come as the answer does
		d.sees("The refund of HKD 5.00 was begun.")
		d.sees("HKD 5.00 is on its way back")
		d.wait(time.Minute)
		d.sees("HKD 5.00 was given back")
		d.sees("HKD 5.00 is to be given back: cold cup (anna)")
	})
}

func TestRefundThatWaitsForFundsSaysWhenItIsTriedAgain(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.gateway.short = true
		d.asksToGiveBack()
		d.wait(armAfter)
		d.hand("y")
		d.wait(3 * time.Second)
		d.sees("HKD 5.00 waits: not enough funds in the merchant account. It is tried again by itself at 21:00:")
	})
}

func TestQuestionIsAnsweredByYAlone(t *testing.T) {
	for name, answer := range map[string]func(d *reviewDesk){
		"y too early": func(d *reviewDesk) { d.burst("y"); d.wait(100 * time.Millisecond) },
		"Enter":       func(d *reviewDesk) { d.wait(time.Second); d.press(tea.KeyEnter) },
		"digits":      func(d *reviewDesk) { d.wait(time.Second); d.hand("1234") },
		"y behind a scan": func(d *reviewDesk) {
			d.wait(time.Second)
			d.burst(aReviewCode)
			d.wait(100 * time.Millisecond)
			d.hand("y")
		},
		"y behind an Enter": func(d *reviewDesk) { d.wait(time.Second); d.press(tea.KeyEnter); d.hand("y") },
		"y in a burst":      func(d *reviewDesk) { d.wait(time.Second); d.burst("yy"); d.wait(100 * time.Millisecond) },
		"y behind a late Enter": func(d *reviewDesk) {
			d.wait(time.Second)
			d.burst(aReviewCode)
			d.wait(80 * time.Millisecond)
			d.send(tea.KeyMsg{Type: tea.KeyEnter}) // the scan's own
			d.wait(235 * time.Millisecond)
			d.burst("y")
		},
		"y behind an early y": func(d *reviewDesk) { d.wait(200 * time.Millisecond); d.hand("yy") },
	} {
		t.Run(name, func(t *testing.T) {
			inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
				d.asksToGiveBack()
				before := len(d.names())
				d.r.over[len(d.r.over)-1].(*asking).Disturb(time.Now())
				answer(d)
				d.wait(100 * time.Millisecond)
				if len(d.names()) != before {
					t.Errorf("it was done: %v", d.names()[before:])
				}
				if _, asks := d.r.top().(*asking); !asks {
					t.Error("the question is gone")
				}
				d.wait(armAfter)
				d.hand("n")
				d.wait(time.Second)
				if _, asks := d.r.top().(*asking); asks || len(d.names()) != before {
					t.Error("n does not end it")
				}
			})
		})
	}
}

func TestEscTakesAQuestionBack(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.asksToGiveBack()
		before := len(d.names())
		d.press(tea.KeyEsc)
		if _, asks := d.r.top().(*form); !asks || len(d.names()) != before {
			t.Errorf("Esc leads to %T", d.r.top())
		}
		d.press(tea.KeyEsc, tea.KeyEsc)
		if len(d.r.over) != 0 || d.r.left {
			t.Errorf("%d pages on top, left %v", len(d.r.over), d.r.left)
		}
		d.press(tea.KeyEsc)
		if d.r.left {
			t.Error("Esc leaves the screen")
		}
	})
}

func TestRefundIsRefusedBeforeItIsAskedAbout(t *testing.T) {
	for name, of := range map[string]struct {
		ref, amount, reason, want string
	}{
		"too much":    {"R-8", "40.51", "why", "Key an amount of at most HKD 40.50."},
		"nothing":     {"R-8", "0", "why", "Key an amount of at most HKD 40.50."},
		"no amount":   {"R-8", "", "why", "Key an amount of at most HKD 40.50."},
		"no reason":   {"R-8", "5", "", "Say why, in a few words."},
		"blank":       {"R-8", "5", "   ", "Say why, in a few words."},
		"not paid":    {"R-4", "", "", "Only a paid order can be given back."},
		"one is open": {"R-9", "", "", "A refund of this order has not ended."},
	} {
		t.Run(name, func(t *testing.T) {
			inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
				d.find(of.ref)
				before := len(d.names())
				d.hand("b")
				if _, form := d.r.top().(*form); form {
					d.press(tea.KeyCtrlU)
					d.hand(of.amount)
					d.press(tea.KeyEnter)
					d.hand(of.reason)
					d.press(tea.KeyEnter)
				}
				d.sees(of.want)
				d.wait(time.Second)
				d.hand("y")
				d.wait(time.Second)
				if len(d.names()) != before {
					t.Errorf("journaled: %v", d.names()[before:])
				}
			})
		})
	}
}

func TestVoidIsAskedAboutAndDone(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.find("R-6")
		d.hand("v")
		d.hand("wrong table")
		d.press(tea.KeyEnter)
		d.sees("HKD 118.00 is taken back whole")
		d.wait(armAfter)
		d.hand("y")
		d.wait(2 * time.Second)
		d.sees("The void was begun.")
		d.wait(2 * time.Minute)
		d.sees("REVOKED")
		d.sees("All of it is to be taken back: wrong table (anna)")
		if !d.has("void_pressed") || !d.has("revoke") {
			t.Errorf("journaled: %v", d.names())
		}
		d.hand("v")
		d.sees("Only a paid order can be given back.")
	})
}

func TestVoidOfWhatWasPartlyGivenBackIsRefused(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.find("R-8")
		d.hand("v")
		d.sees("Money of it went back")
		if d.has("void_pressed") {
			t.Error("it was voided")
		}
	})
}

func TestNoteIsWrittenAndChangesNothingElse(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.find("R-6")
		d.hand("n")
		d.hand("The Customer came back")
		d.press(tea.KeyEnter)
		d.wait(3 * time.Second)
		d.sees("Written down: The Customer came back (anna)")
		d.sees("PAID")
	})
}

func TestListedSaleIsResolvedUnlessTheTillWorksOnIt(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.hand("3")
		d.press(tea.KeyDown) // below the refund, which is more urgent
		d.hand("d")
		d.hand("has the goods")
		d.press(tea.KeyEnter)
		d.wait(3 * time.Second)
		d.sees("3 Attention 2")
		if !d.has("acknowledged") {
			t.Error("nothing was journaled")
		}
		d.press(tea.KeyUp)
		d.hand("d") // the refund that waits
		d.sees("The till is still working on it")
		if len(d.r.over) != 0 {
			t.Error("it asks for a text all the same")
		}
	})
}

// An order that only a bill knows leaves the list with what was found out about it.
func TestOrderOfABillIsAnswered(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.books.notes[0].Seq = 7
		d.hand("3")
		d.press(tea.KeyDown, tea.KeyDown)
		d.hand("d")
		d.hand("sold by the till upstairs")
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		i := slices.IndexFunc(d.books.entries, func(e pos.Entry) bool { return e.Name() == "bill_answered" })
		if i < 0 {
			t.Fatalf("nothing was journaled:\n%s", d.frame())
		}
		if detail := d.books.entries[i].Event.(pos.Noted).Detail; detail["entry"] != "7" || detail["text"] != "sold by the till upstairs" || detail["by"] != "anna" {
			t.Errorf("answered: %v", detail)
		}
	})
}

func TestZIsAskedAboutWithTheOpenSalesAndArchived(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.hand("4")
		d.wait(time.Second)
		d.hand("z")
		d.sees("Close shift 2?")
		d.sees("They are listed and carried over into the next shift: K1000101Q7RX000013 HKD 12.50 HOLD")
		d.wait(armAfter)
		d.hand("y")
		d.wait(time.Second)
		d.sees("Z 2 is closed. Journal ")
		d.sees("Archive: /archive/Z-20000101-001")
		d.wait(3 * time.Second)
		closings, _ := d.books.Closings(t.Context())
		if len(closings) != 2 || len(closings[0].Carried) != 2 || closings[0].By != "anna" || !slices.Equal(d.archived, []int{2}) {
			t.Errorf("closings %+v, archived %v", closings, d.archived)
		}
		if text := strings.ReplaceAll(d.r.said.text, " ", ""); text != "" && !strings.Contains(text, closings[0].Head[:16]) {
			t.Errorf("the head is not in %q", d.r.said.text)
		}
	})
}

func TestZThatCannotBeArchivedStandsAndIsSaid(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.refuse = errors.New("no space left")
		d.hand("4")
		d.wait(time.Second)
		d.hand("z")
		d.wait(armAfter)
		d.hand("y")
		d.wait(time.Second)
		d.sees("Z 2 is closed.")
		d.sees("It was not archived: no space left")
	})
}

func TestXShowsTheRunningShiftAndClosesNothing(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.hand("4")
		d.wait(time.Second)
		d.hand("x")
		d.wait(time.Second)
		d.sees("X report: nothing is closed (it would be Z 2)")
		if closings, _ := d.books.Closings(t.Context()); len(closings) != 1 || !d.has("shift_x") {
			t.Errorf("%d closings, journaled %v", len(closings), d.names())
		}
	})
}

func TestShiftIsOpenedOnce(t *testing.T) {
	inReview(t, reviewWith{fill: many(2)}, func(d *reviewDesk) {
		d.hand("4")
		d.wait(time.Second)
		d.hand("o")
		d.wait(3 * time.Second)
		if !d.has("shift_opened") {
			t.Fatal("it was not opened")
		}
		d.hand("o")
		d.wait(time.Second)
		d.sees("It was not done: the shift was opened at 2000-01-01 21:00 by anna; close it first")
	})
}

// One thing is done at a time: two refunds could give the money back twice.
func TestSecondActWaitsForTheFirst(t *testing.T) {
	inReview(t, reviewWith{fill: many(2)}, func(d *reviewDesk) {
		d.r.since[slotAct] = time.Now()
		d.hand("4")
		d.wait(time.Second)
		d.hand("o")
		d.sees("Wait for what was begun before.")
		if d.has("shift_opened") {
			t.Error("it was done beside the first")
		}
	})
}

// What was begun is finished and written down even if the manager leaves at once.
func TestActOutlivesTheScreen(t *testing.T) {
	inReview(t, reviewWith{fill: many(2)}, func(d *reviewDesk) {
		d.hand("4")
		d.wait(time.Second)
		d.books.set(func(b *fakeBooks) { b.writing = 500 * time.Millisecond })
		d.burst("o")
		d.wait(loneFor)
		d.hand("q")
		d.wait(time.Second)
		if !d.r.left || !d.has("shift_opened") {
			t.Errorf("left %v, journaled %v", d.r.left, d.names())
		}
	})
}

func TestRefusalsHaveASentence(t *testing.T) {
	w, err := newWords("en")
	if err != nil {
		t.Fatal(err)
	}
	r := &review{pen: pen{words: w}}
	for _, by := range refusedBy {
		err := &pos.Error{Kind: pos.KindInvalid, Op: "x", Err: by.err}
		if text := r.refusal(err); text == by.key || strings.Contains(text, "It was not done") {
			t.Errorf("%v: %s", by.err, text)
		}
	}
}
