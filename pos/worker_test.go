package pos

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// free reports whether no goroutine of the till works on any attempt.
func free(till *Till) bool {
	till.mu.Lock()
	defer till.mu.Unlock()
	return len(till.open) == 0
}

// A sale that is over keeps no goroutine.
func TestTill_WhatIsOverIsLetGo(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, _ *memory) {
		ends(t, till, charge(t, till, 1))
		synctest.Wait()
		if !free(till) {
			t.Error("a goroutine still works on it")
		}
	})
}

// Another process has changed the order: its entry is not overwritten, nothing
// more is done for the order here, and no new sale is taken, for good.
func TestTill_SomebodyElseHasChangedTheOrder(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = userPaying, FoundUserPaying
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		till := NewTill(w, j, somePolicy)
		no := charge(t, till, 1)
		time.Sleep(time.Second)
		a, _ := till.Attempt(no)
		if _, err := j.Append(t.Context(), Entry{At: till.Now(), Run: "run-2", OrderNo: no, Event: AskPressed{}, After: a}); err != nil {
			t.Fatal(err)
		}
		before := len(j.names(no))
		time.Sleep(time.Minute)
		if names := j.names(no); len(names) != before || !free(till) {
			t.Errorf("went on: %v", names[before:])
		}
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 2)}); KindOf(err) != KindJournal {
			t.Errorf("sold again: %v", err)
		}
		till.Close()
	})
}

// A journal that fails heals when it can be written again; a conflict is not
// made harmless by a later failure, and never heals.
func TestTill_AConflictNeverHeals(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, _ *memory) {
		full := &Error{Kind: KindJournal, Err: errors.New("disk full")}
		conflict := &Error{Kind: KindConflict, Err: errors.New("somebody else")}
		till.brake(full)
		if !errors.Is(till.Trouble(), full) {
			t.Errorf("got %v", till.Trouble())
		}
		till.heal()
		if till.Trouble() != nil {
			t.Errorf("healed, and still %v", till.Trouble())
		}
		for _, err := range []error{full, conflict, full} {
			till.brake(err)
		}
		till.heal()
		if !errors.Is(till.Trouble(), conflict) {
			t.Errorf("the conflict is gone: %v", till.Trouble())
		}
	})
}

// refusing is a journal that keeps an entry and says that somebody else's is in the way.
type refusing struct {
	*memory
	once bool
}

func (r *refusing) Append(ctx context.Context, e Entry) (int64, error) {
	seq, err := r.memory.Append(ctx, e)
	if r.once && err == nil {
		r.once = false
		return 0, &Error{Kind: KindConflict, Err: errors.New("somebody else has changed the order")}
	}
	return seq, err
}

// An entry that is in the way of itself was kept.
func TestTill_KeptThoughRefused(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = userPaying, FoundUserPaying
	synctest.Test(t, func(t *testing.T) {
		j := &refusing{memory: &memory{}}
		till := NewTill(w, j, somePolicy)
		no := charge(t, till, 1)
		synctest.Wait()
		j.once = true
		if a := ends(t, till, no); a.State != Revoked || till.Trouble() != nil {
			t.Errorf("got %s, trouble %v", describe(a), till.Trouble())
		}
		till.Close()
	})
}

// An entry is known again by its run, its name and its time, all three.
func TestTill_AnotherEntryIsNotTakenForOurs(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		ends(t, till, no)
		own, err := j.Timeline(t.Context(), no)
		if err != nil {
			t.Fatal(err)
		}
		last := own[len(own)-1]
		if seq, err := till.kept(last, errKilled); err != nil || seq != last.Seq {
			t.Errorf("our own: %d, %v", seq, err)
		}
		for name, spoil := range map[string]func(*Entry){
			"another run":  func(e *Entry) { e.Run = "run-2" },
			"another name": func(e *Entry) { e.Event = AskPressed{} },
			"another time": func(e *Entry) { e.At = e.At.Add(time.Millisecond) },
		} {
			e := last
			spoil(&e)
			if _, err := till.kept(e, errKilled); !errors.Is(err, errKilled) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Design 3.7: an unanswered last query does not delay the revoke.
func TestTill_AnUnansweredLastQueryIsCutOff(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.deaf = userPaying, FoundUserPaying, true
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		began := time.Now()
		no := charge(t, till, 1)
		time.Sleep(46 * time.Second)
		own, _ := j.Timeline(t.Context(), no)
		for _, e := range own {
			if took := e.At.Sub(began); e.Name() == "revoke" && took <= 45*time.Second+600*time.Millisecond {
				w.deaf = false
				ends(t, till, no)
				return
			}
		}
		t.Errorf("no revoke by 45.6 s: %v", j.names(no))
	})
}

// A query that nothing waits for has the time of any call.
func TestTill_AQueryOfAWatchIsNotCutOff(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.deaf = unknownThere, FoundCommFail, true
	inBubble(t, w, func(t *testing.T, till *Till, _ *memory) {
		no := charge(t, till, 1)
		time.Sleep(9 * time.Second)
		if a, _ := till.Attempt(no); a.InFlight() != "query" || a.Asked != 1 {
			t.Errorf("asked %d, %q on its way", a.Asked, a.InFlight())
		}
		synctest.Wait()
		w.deaf = false
		ends(t, till, no)
	})
}

// The till remembers 256 attempts; the oldest that is over is forgotten first, and an open one never.
func TestTill_Remembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := NewTill(newWorld(), &memory{}, somePolicy)
		number := func(n int) OrderNo { return OrderNo(fmt.Sprintf("K1261121Q7RX%06d", n)) }
		for n := range remembered + 2 {
			state := Paid
			if n == 0 {
				state = InDoubt
			}
			till.remember(Attempt{Summary: Summary{OrderNo: number(n), State: state}})
			if want := min(n+1, remembered); len(till.latest) != want || len(till.order) != want {
				t.Fatalf("after %d: remembers %d, in an order of %d", n+1, len(till.latest), len(till.order))
			}
		}
		for n, want := range map[int]bool{0: true, 1: false, 2: false, 3: true, remembered + 1: true} {
			if _, known := till.Attempt(number(n)); known != want {
				t.Errorf("%d: known %v", n, known)
			}
		}
		till.Close()
	})
}
