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
