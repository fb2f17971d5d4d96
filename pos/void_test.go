package pos

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A void and a refund at once: what is durable first stands, and the other is
// refused, or the money could go back twice (design 3.8).
func TestOffice_AVoidBesideARefund(t *testing.T) {
	for first, want := range map[Event]error{RefundPressed{}: ErrVoidRefunded, VoidPressed{}: ErrRefundUnpaid} {
		inOffice(t, newWorld(), func(t *testing.T, o *Office, till *Till, j *memory) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			m, no := Person{Name: "m"}, charge(t, till, 1)
			ends(t, till, no)
			written := make(chan struct{})
			j.before = func(e Entry) {
				if e.Name() == EventName(first) {
					<-written
				}
			}
			one := func() error { _, err := o.Refund(ctx, m, no, Money{500, "HKD"}, "cold"); return err }
			other := func() error { _, err := o.Void(ctx, m, no, "wrong drink"); return err }
			if first == (VoidPressed{}) {
				one, other = other, one
			}
			var stands, refused error
			var both sync.WaitGroup
			both.Go(func() { stands = one() })
			synctest.Wait()
			both.Go(func() { refused = other() })
			synctest.Wait()
			close(written)
			both.Wait()
			if stands != nil || !errors.Is(refused, want) || KindOf(refused) != KindInvalid {
				t.Errorf("%s: %v, and the other: %v", EventName(first), stands, refused)
			}
		})
	}
}

// Whoever voids a payment that nobody saw has seen it; every other reason to look stays.
func TestVoid_AttentionEndsWithItsReason(t *testing.T) {
	for why, want := range map[Attention]Attention{AttentionPaidAway: "", AttentionContradiction: AttentionContradiction, AttentionBill: AttentionBill} {
		a := played(t, found(FoundPaid))
		a.Attention = why
		if a, _ = Next(a, VoidPressed{}, t0.Add(time.Minute)); a.State != Revoking || a.Attention != want {
			t.Errorf("behind %q: %s", why, describe(a))
		}
	}
}

// Design 3.16: after a restart permissions count from the restart, and after a
// jump of the clock from that: nobody has told a payment that is settled of either.
func TestVoid_WaitsFromWhereTheClockIsKnown(t *testing.T) {
	for name, then := range map[string]func(t *testing.T, w *world, till *Till, j *memory) *Till{
		"a clock that was set on": func(_ *testing.T, _ *world, till *Till, _ *memory) *Till {
			stepClock(till, time.Hour)
			till.checkClock()
			return till
		},
		"a clock that was set back, and nobody has noticed": func(_ *testing.T, _ *world, till *Till, _ *memory) *Till {
			stepClock(till, -24*time.Hour)
			return till
		},
		"a restart": func(t *testing.T, w *world, till *Till, j *memory) *Till {
			till.Close()
			again := NewTill(w, j, somePolicy)
			stepClock(again, time.Hour)
			again.clock = newClock(again.clock.read)
			must(t, again.Start(t.Context()))
			return again
		},
		"nothing": func(_ *testing.T, _ *world, till *Till, _ *memory) *Till { return till },
	} {
		w := newWorld()
		synctest.Test(t, func(t *testing.T) {
			j, began := &memory{}, time.Now()
			till := NewTill(w, j, somePolicy)
			must(t, till.Start(t.Context()))
			no := charge(t, till, 1)
			ends(t, till, no)
			time.Sleep(5 * time.Second)
			till = then(t, w, till, j)
			if _, err := till.Void(t.Context(), no, "wrong drink", "m"); err != nil {
				t.Fatal(err)
			}
			must(t, till.Wait(t.Context(), func() bool { a, _ := till.Attempt(no); return a.Revokes > 0 }))
			want := began
			if name != "nothing" {
				want = want.Add(5 * time.Second)
			}
			if after := time.Since(want); after < 15*time.Second || after > 16*time.Second {
				t.Errorf("%s: the revoke left %s after that", name, after)
			}
			if a := ends(t, till, no); a.State != Revoked {
				t.Errorf("%s: %s", name, describe(a))
			}
			till.Close()
		})
	}
}
