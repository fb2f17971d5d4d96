package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// many are n sales, a second apart, the newest of them a minute old.
func many(n int) func(*fakeBooks) {
	return func(b *fakeBooks) {
		begin := time.Now().Add(-time.Minute - time.Duration(n)*time.Second)
		for i := range n {
			b.order(begin.Add(time.Duration(i)*time.Second), hkd(int64(1000+i)), "cashier 2", paidAtOnce()...)
		}
	}
}

// refs are the references of the rows that the list holds.
func (d *reviewDesk) refs() (all []string) {
	for _, s := range d.r.list.rows {
		all = append(all, s.Ref)
	}
	return all
}

func TestListIsReadPageByPageAsOneScrolls(t *testing.T) {
	inReview(t, reviewWith{fill: many(400)}, func(d *reviewDesk) {
		d.hand("2")
		if n := len(d.r.list.rows); n != pageRows {
			t.Fatalf("%d sales were read at first, want %d", n, pageRows)
		}
		for range 12 {
			d.press(tea.KeyPgDown)
		}
		refs := d.refs()
		if len(refs) < 3*pageRows || len(refs) > 6*pageRows {
			t.Errorf("%d sales are held behind 12 pages", len(refs))
		}
		for i, ref := range refs {
			if want := fmt.Sprintf("R-%d", 400-i); ref != want {
				t.Fatalf("row %d is %s, want %s", i, ref, want)
			}
		}
		for _, f := range d.books.asked {
			if f.Limit > attentionMost || f.Limit == 0 {
				t.Errorf("the books were asked for %d sales at once", f.Limit)
			}
		}
		for range 40 {
			d.press(tea.KeyPgDown)
		}
		if refs := d.refs(); len(refs) != 400 || d.r.list.more {
			t.Errorf("at the end %d sales are held, more %v", len(refs), d.r.list.more)
		}
	})
}

func TestChosenSaleStaysChosenWhileTheTillSells(t *testing.T) {
	inReview(t, reviewWith{fill: many(200)}, func(d *reviewDesk) {
		d.hand("2")
		d.press(tea.KeyDown, tea.KeyDown)
		for i := range 3 {
			d.books.order(time.Now(), hkd(int64(5000+i)), "cashier 1", paidAtOnce()...)
		}
		d.wait(3 * time.Second)
		if s, _ := d.r.list.chosen(); s.Ref != "R-198" {
			t.Errorf("%s is chosen, it was R-198", s.Ref)
		}
		d.sees("R-203")

		for range 6 {
			d.press(tea.KeyPgDown)
		}
		d.press(tea.KeyUp, tea.KeyUp, tea.KeyUp) // neither at the top nor at the bottom
		s, _ := d.r.list.chosen()
		top := d.r.list.rows[d.r.list.top].Ref
		d.books.order(time.Now(), hkd(6000), "cashier 1", paidAtOnce()...)
		no := d.r.list.rows[d.r.list.at+1].OrderNo
		d.books.happens(no, time.Now(), pos.BillDiffers{Day: "2000-01-01", Ours: "a", Theirs: "b"})
		d.wait(3 * time.Second)
		if now, _ := d.r.list.chosen(); now.Ref != s.Ref || d.r.list.rows[d.r.list.top].Ref != top {
			t.Errorf("%s is chosen and %s on top, they were %s and %s", now.Ref, d.r.list.rows[d.r.list.top].Ref, s.Ref, top)
		}
		if d.r.list.rows[d.r.list.at+1].Attention == "" {
			t.Error("what has changed far down the list does not show")
		}
		if refs := d.refs(); len(slices.Compact(slices.Clone(refs))) != len(refs) || refs[0] != "R-204" {
			t.Errorf("the list has gaps or doubles: %v", refs)
		}
	})
}

// Behind a pause in which more was sold than a page holds nothing is left out in
// silence.
func TestListBeginsAnewBehindAGap(t *testing.T) {
	for _, pages := range []int{0, 4} {
		t.Run(fmt.Sprint(pages), func(t *testing.T) { gap(t, pages) })
	}
}

func gap(t *testing.T, pages int) {
	inReview(t, reviewWith{fill: many(100)}, func(d *reviewDesk) {
		d.hand("2")
		for range pages {
			d.press(tea.KeyPgDown)
		}
		for i := range pageRows + 20 {
			d.books.order(time.Now(), hkd(int64(7000+i)), "cashier 1", paidAtOnce()...)
		}
		d.wait(3 * time.Second)
		for range 20 {
			d.press(tea.KeyPgDown)
		}
		for i, ref := range d.refs() {
			if want := fmt.Sprintf("R-%d", 100+pageRows+20-i); ref != want {
				t.Fatalf("row %d is %s, want %s", i, ref, want)
			}
		}
	})
}

func TestAnswersToWhatWasAskedBeforeAreDropped(t *testing.T) {
	inReview(t, reviewWith{fill: many(100)}, func(d *reviewDesk) {
		d.hand("2")
		d.books.set(func(b *fakeBooks) { b.slow = 2 * time.Second })
		d.hand("/R-9")
		d.wait(300 * time.Millisecond) // asked, not answered
		d.books.set(func(b *fakeBooks) { b.slow = 10 * time.Millisecond })
		d.hand("9")
		d.wait(500 * time.Millisecond)
		if refs := d.refs(); !slices.Equal(refs, []string{"R-99"}) {
			t.Errorf("found %v", refs)
		}
		d.wait(5 * time.Second) // the late answer to R-9 has come
		if refs := d.refs(); !slices.Equal(refs, []string{"R-99"}) {
			t.Errorf("the answer to another search shows: %v", refs)
		}
	})
}

func TestSearchWaitsForAPauseInTheTyping(t *testing.T) {
	inReview(t, reviewWith{fill: many(20)}, func(d *reviewDesk) {
		d.hand("2")
		d.books.set(func(b *fakeBooks) { b.asked = nil })
		d.hand("/R-1")
		d.wait(500 * time.Millisecond)
		searches := 0
		for _, f := range d.books.asked {
			if f.Find != "" {
				searches++
			}
		}
		if searches != 1 {
			t.Errorf("%d searches for one word: %v", searches, d.books.asked)
		}
		d.press(tea.KeyEsc)
		d.wait(time.Second)
		if len(d.r.list.rows) != 20 || d.r.list.filter != (filter{}) {
			t.Errorf("Esc leaves %v", d.r.list.filter)
		}
	})
}

// A message of a screen that was closed reaches no other one.
func TestMessagesOfAnotherScreenAreDropped(t *testing.T) {
	inReview(t, reviewWith{fill: many(3)}, func(d *reviewDesk) {
		moved := false
		d.r.Update(reviewMsg{to: &review{}, slot: slotTick, seq: d.r.newest[slotTick], then: func() { moved = true }})
		d.r.Update(reviewMsg{to: d.r, slot: slotTick, seq: d.r.newest[slotTick] - 1, then: func() { moved = true }})
		if moved {
			t.Error("a stale message was taken")
		}
	})
}

func TestReadOnlyChangesNothingWhateverIsPressed(t *testing.T) {
	inReview(t, reviewWith{fill: aDay, readOnly: true}, func(d *reviewDesk) {
		d.wait(time.Second)
		entries := len(d.books.entries)
		try := func(where string) {
			for c := 'a'; c <= 'z'; c++ {
				if c == 'q' || c == 'f' || c == 's' || c == 'w' || c == 'p' || c == 'j' || c == 'k' {
					continue // they show something
				}
				depth := len(d.r.over)
				d.hand(string(c))
				if len(d.r.over) != depth {
					t.Errorf("%s: %c opens something:\n%s", where, c, d.frame())
					d.r.over = d.r.over[:depth]
				}
			}
			for _, offer := range []string{"give back ", "void ·", "note ·", "dealt with", "x X", "z Z", "o open"} {
				if foot := strings.Split(d.frame(), "\n")[23]; strings.Contains(foot, offer) {
					t.Errorf("%s offers %q: %s", where, offer, foot)
				}
			}
		}
		try("today")
		d.hand("3")
		try("attention")
		d.hand("4")
		d.wait(time.Second)
		try("shifts")
		d.find("R-8")
		try("detail")
		if len(d.books.entries) != entries {
			t.Errorf("%d entries, %d before", len(d.books.entries), entries)
		}
		d.sees("read only")
	})
}

// A key that moves while the list is just being read again loses no page.
func TestPageIsReadEvenIfTheListIsJustBeingRead(t *testing.T) {
	inReview(t, reviewWith{fill: many(200)}, func(d *reviewDesk) {
		d.hand("2")
		d.books.set(func(b *fakeBooks) { b.slow = time.Second })
		for d.r.since[slotList].IsZero() { // until it is being read again
			d.wait(50 * time.Millisecond)
		}
		for range 4 {
			d.press(tea.KeyPgDown)
		}
		d.wait(4 * time.Second)
		if len(d.r.list.rows) <= pageRows {
			t.Errorf("%d sales are held", len(d.r.list.rows))
		}
	})
}

func TestSmallWindowSaysWhatItNeeds(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		for _, size := range [][2]int{{79, 24}, {80, 23}, {20, 5}, {1, 1}} {
			fits(t, d.r.View(size[0], size[1]), size[0], size[1])
		}
		if frame := d.r.View(79, 24); !strings.Contains(frame, "80x24") {
			t.Errorf("it says %q", frame)
		}
	})
}

func TestTroubleWithTheBooksIsSaidAndPasses(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.hand("2")
		d.books.set(func(b *fakeBooks) { b.fail = errors.New("disk \x1b[31mon fire\u202e") })
		d.wait(3 * time.Second)
		d.sees("It could not be read: disk [31mon fire")
		d.sees("R-13")
		d.books.set(func(b *fakeBooks) { b.fail, b.panics = nil, true })
		d.wait(4 * time.Second)
		d.sees("A fault in this screen.")
		d.books.set(func(b *fakeBooks) { b.panics = false })
		d.books.order(time.Now(), hkd(100), "cashier 1", paidAtOnce()...)
		d.wait(4 * time.Second)
		d.sees("R-14")
		if len(d.faults) < 2 {
			t.Errorf("reported: %v", d.faults)
		}
	})
}

func TestSlowReadHasASpinnerAndIsNotBegunAgain(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.books.set(func(b *fakeBooks) { b.running = 5 * time.Second })
		d.hand("4")
		d.wait(time.Second)
		d.sees("reading")
		d.wait(5 * time.Second)
		d.seesNot("reading")
		d.sees("X report")
		d.wait(10 * time.Second) // a tenth of the time at most
		if !d.r.since[slotShifts].IsZero() {
			t.Error("a read that takes 5 s was begun again within 10 s")
		}
	})
}

func TestTextOfOthersIsCleaned(t *testing.T) {
	evil := "\x1b[2J\u202eevil\x07\u0085"
	fill := func(b *fakeBooks) {
		no := b.order(time.Now().Add(-time.Hour), hkd(100), "x"+evil, then{time.Second, pos.SubmitAnswered{Answer: pos.Answer{
			Finding: pos.FoundDeclined, Code: evil, Heard: pos.Heard{Status: 200, Error: evil, Fields: map[string]string{"a" + evil: evil}}}}})
		b.happens(no, time.Now(), pos.Annotated{By: evil, Text: evil})
		b.happens(no, time.Now(), pos.BillDiffers{Day: evil, Ours: evil, Theirs: evil})
	}
	inReview(t, reviewWith{fill: fill, options: func(o *reviewOptions) {
		o.Store = evil
		o.Till = evil
		o.Who.Name = evil
		o.Views = []View{{evil, "day=today"}}
	}}, func(d *reviewDesk) {
		for _, keys := range []string{"1", "2", "3", "4"} {
			d.hand(keys)
			d.wait(time.Second)
			dirty(t, d)
		}
		d.hand("2s")
		dirty(t, d)
		d.press(tea.KeyEsc, tea.KeyEnter)
		d.wait(time.Second)
		dirty(t, d)
		d.hand("w")
		dirty(t, d)
		d.press(tea.KeyEsc)
		d.hand("p")
		dirty(t, d)
	})
}

func dirty(t *testing.T, d *reviewDesk) {
	t.Helper()
	for _, row := range strings.Split(d.frame(), "\n") {
		if clean(row, 1000) != row {
			t.Errorf("the screen has %q", row)
		}
	}
}

func TestViewsAreSavedUsedAndDeleted(t *testing.T) {
	inReview(t, reviewWith{fill: aDay}, func(d *reviewDesk) {
		d.hand("2/12.50")
		d.wait(time.Second)
		d.press(tea.KeyEnter)
		d.hand("ss")
		d.hand("Coffee")
		d.press(tea.KeyEnter)
		if want := []View{{"Coffee", "find=12.50"}}; !slices.Equal(d.saved, want) {
			t.Fatalf("saved %v, want %v", d.saved, want)
		}
		d.press(tea.KeyEsc)
		d.hand("x")
		d.wait(time.Second)
		d.hand("s5")
		d.wait(time.Second)
		if len(d.r.list.rows) != 2 || d.r.list.filter[byText] != "12.50" {
			t.Errorf("the view shows %v by %v", d.refs(), d.r.list.filter)
		}
		d.hand("s")
		for range 4 {
			d.press(tea.KeyDown)
		}
		d.hand("d")
		if len(d.saved) != 0 {
			t.Errorf("it was not deleted: %v", d.saved)
		}
		d.press(tea.KeyEnter) // the one above it is chosen now
		if d.r.list.filter[byAttention] != "yes" {
			t.Errorf("behind the last view %v is used", d.r.list.filter)
		}
	})
}

func TestFilterKeepsItsMeaningAsText(t *testing.T) {
	f := filter{byDay: "today", byCashier: "a&b=c ü", byState: "open", byAttention: "yes", byText: "12.50"}
	back, err := parseFilter(f.String())
	if err != nil || back != f {
		t.Errorf("%q is read as %v, %v", f, back, err)
	}
	if _, err := parseFilter("colour=red"); err == nil {
		t.Error("a filter that is not known was taken")
	}
}

func TestFilterSaysWhichLineIsWrong(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, hkt)
	for _, test := range []struct {
		f  filter
		by filterField
		is bool
	}{
		{filter{}, byAmount, false},
		{filter{byDay: "2026-02-30"}, byDay, true},
		{filter{byDay: "yesterday", byShift: "3", byAmount: "12.50"}, byAmount, false},
		{filter{byShift: "0"}, byShift, true},
		{filter{byShift: "x"}, byShift, true},
		{filter{byCurrency: "XXX"}, byCurrency, true},
		{filter{byCurrency: "JPY", byAmount: "12.50"}, byAmount, true},
		{filter{byAmount: "12,5"}, byAmount, true},
	} {
		if by, is := test.f.wrong(now, "HKD"); is != test.is || is && by != test.by {
			t.Errorf("%q: line %d, %v", test.f, by, is)
		}
	}
}

func TestFilterByShiftIsItsEntries(t *testing.T) {
	b := newFakeBooks()
	aDay(b)
	for shift, want := range map[string][2]int64{"1": {0, 2}, "2": {2, 0}} {
		w, err := filter{byShift: shift}.where(context.Background(), b, time.Now(), "HKD")
		if err != nil || w.After != want[0] || w.Upto != want[1] {
			t.Errorf("shift %s: %d..%d, %v; want %v", shift, w.After, w.Upto, err, want)
		}
	}
	if _, err := (filter{byShift: "3"}).where(context.Background(), b, time.Now(), "HKD"); !errors.Is(err, errNoShift) {
		t.Errorf("shift 3: %v", err)
	}
}
