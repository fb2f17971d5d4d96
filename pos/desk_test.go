package pos

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// What is open is listed in the order in which it was begun, every time.
func TestTill_OpenIsInOrder(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = userPaying, FoundUserPaying
	inBubble(t, w, func(t *testing.T, till *Till, _ *memory) {
		var begun []OrderNo
		for n := range 5 {
			begun = append(begun, charge(t, till, n+1))
		}
		for range 50 { // a map of few is in order every other time
			var listed []OrderNo
			for _, a := range till.Open() {
				listed = append(listed, a.OrderNo)
			}
			if !slices.Equal(listed, begun) {
				t.Fatalf("got %v, want %v", listed, begun)
			}
		}
	})
}

// Whoever looks away from a sale that is over, or back at it, changes nothing.
func TestTill_LeaveAndReturnAreForOpenSales(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		a := ends(t, till, no)
		before := len(j.names(no))
		till.Leave(no)
		till.Leave("K1261121Q7RX999999")
		synctest.Wait()
		if now, _ := till.Attempt(no); now.Attention != "" || now.Seq != a.Seq {
			t.Errorf("left: %s", describe(now))
		}
		till.Return(no)
		till.Return("K1261121Q7RX999999")
		synctest.Wait()
		if names := j.names(no); len(names) != before {
			t.Errorf("journaled: %v", names[before:])
		}
	})
}

// A sale that was parked and paid is on the list until somebody acknowledges
// it; to look at it is not enough, for it is no longer open.
func TestTill_ReturnDoesNotAcknowledge(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.confirms = userPaying, FoundUserPaying, 5*time.Second
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		time.Sleep(time.Second)
		till.Leave(no)
		ends(t, till, no)
		till.Return(no)
		synctest.Wait()
		if a, _ := till.Attempt(no); a.Attention != AttentionPaidAway || slices.Contains(j.names(no), "returned") {
			t.Errorf("got %s, %v", describe(a), j.names(no))
		}
	})
}

// A cashier acknowledges that a sale was paid while away, and nothing else.
func TestTill_AcknowledgeIsForPaidAway(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		ends(t, till, no)
		for _, other := range []OrderNo{no, "K1261121Q7RX999999"} {
			if err := till.Acknowledge(other, "2"); KindOf(err) != KindInvalid {
				t.Errorf("%s: %v", other, err)
			}
		}
		synctest.Wait()
		if names := j.names(no); slices.Contains(names, "acknowledged") {
			t.Errorf("journaled: %v", names)
		}
	})
}

// Ask returns what the gateway said now, of a sale that is over as well.
// An alarm that waits for the disk, while a person acknowledges another, stays.
func TestTill_AcknowledgeLeavesAFreshAlarm(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.confirms = userPaying, FoundUserPaying, 5*time.Second
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		time.Sleep(time.Second)
		till.Leave(no)
		ends(t, till, no)
		w.orders[no] = refundedThere
		j.before = func(e Entry) {
			if e.Name() == EventName(QueryAnswered{}) {
				time.Sleep(2 * time.Second)
			}
		}
		till.tell(no, AskPressed{})
		time.Sleep(time.Second)
		if err := till.Acknowledge(no, "2"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if a, _ := till.Attempt(no); a.Attention != AttentionRefunded {
			t.Errorf("%s: the alarm is gone, and nobody has seen it; %v", describe(a), j.names(no))
		}
	})
}

func TestTill_AskReturnsTheNewAnswer(t *testing.T) {
	w := newWorld()
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		ends(t, till, no)
		w.orders[no] = refundedThere
		a, err := till.Ask(t.Context(), no)
		if err != nil || a.Asked != 1 || a.Attention != AttentionRefunded || a.InFlight() != "" {
			t.Errorf("got %s, asked %d, %v", describe(a), a.Asked, err)
		}
		if _, err := till.Ask(t.Context(), "K1261121Q7RX999999"); KindOf(err) != KindNotFound {
			t.Errorf("an order nobody knows: %v", err)
		}
	})
}

// A revoke of an order that this till does not work on, or that is over, is refused.
func TestTill_RevokeIsForOpenSales(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		ends(t, till, no)
		if err := till.Revoke(no, "2"); KindOf(err) != KindInvalid || !errors.Is(err, ErrRevokeSettled) {
			t.Errorf("paid: %v", err)
		}
		if err := till.Revoke("K1261121Q7RX999999", "2"); KindOf(err) != KindNotFound {
			t.Errorf("unknown: %v", err)
		}
	})
}

// Ask does not wait until the next query would be due, nor return before the
// one that it asked for, however slow the disk is.
func TestTill_AskAsksNow(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = userPaying, FoundUserPaying
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		time.Sleep(time.Second) // the first query is due at 3 s
		synctest.Wait()
		j.before = func(e Entry) {
			if e.Name() == "query" {
				time.Sleep(300 * time.Millisecond)
			}
		}
		began := time.Now()
		a, err := till.Ask(t.Context(), no)
		if took := time.Since(began); err != nil || a.Asked != 1 || a.LastFinding() != FoundUserPaying || took > time.Second {
			t.Errorf("asked %d after %s: %s, %v", a.Asked, took, describe(a), err)
		}
	})
}

// A query that is on its way when somebody asks is the answer to that.
func TestTill_AskTakesTheQueryOnItsWay(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = userPaying, FoundUserPaying
	inBubble(t, w, func(t *testing.T, till *Till, _ *memory) {
		no := charge(t, till, 1)
		time.Sleep(3*time.Second + 220*time.Millisecond)
		if a, _ := till.Attempt(no); a.InFlight() != "query" {
			t.Fatalf("got %q on its way", a.InFlight())
		}
		began := time.Now()
		a, err := till.Ask(t.Context(), no)
		if took := time.Since(began); err != nil || a.Asked != 1 || took > time.Second {
			t.Errorf("asked %d after %s, %v", a.Asked, took, err)
		}
	})
}

// Ask takes up a sale that is over from the journal of an earlier run.
func TestTill_AskAboutAnEarlierRun(t *testing.T) {
	w := newWorld()
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		first := NewTill(w, j, somePolicy)
		no := charge(t, first, 1)
		ends(t, first, no)
		first.Close()
		w.orders[no] = refundedThere
		second := NewTill(w, j, somePolicy)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if a, err := second.Ask(ctx, no); err != nil || a.Asked != 1 || a.Attention != AttentionRefunded {
			t.Errorf("got %s, asked %d, %v", describe(a), a.Asked, err)
		}
		second.Close()
	})
}

// A watch holds nobody up, for its verdict stands (design 3.9).
func TestTill_SettledWhileAWatchLooks(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = unknownThere, FoundCommFail
	inBubble(t, w, func(t *testing.T, till *Till, _ *memory) {
		no := charge(t, till, 1)
		time.Sleep(time.Second)
		if a, _ := till.Attempt(no); !a.Watch || !till.Settled() || till.Idle() {
			t.Errorf("%s: settled %v, idle %v", describe(a), till.Settled(), till.Idle())
		}
		ends(t, till, no)
	})
}
