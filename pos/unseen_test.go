package pos

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// killed leaves a journal behind in which the till was killed as the sale became paid.
func killed(t *testing.T, w *world, j *memory, run string, n int) OrderNo {
	t.Helper()
	till := NewTill(w, j, runOf(run))
	no := charge(t, till, n)
	ends(t, till, no)
	j.fail(errKilled)
	till.Close()
	j.fail(nil)
	return no
}

// A payment that somebody has dealt with since is not called unseen, and it does
// not hide one that is.
func TestTill_WhatIsNoUnseenPayment(t *testing.T) {
	for name, deal := range map[string]func(context.Context, *Till, OrderNo) error{
		"refunded": func(ctx context.Context, till *Till, no OrderNo) error {
			_, err := till.Refund(ctx, no, Money{500, "HKD"}, "cold", "m")
			time.Sleep(time.Hour)
			return err
		},
		"about to be refunded": func(ctx context.Context, till *Till, no OrderNo) error {
			_, err := till.Refund(ctx, no, Money{500, "HKD"}, "cold", "m")
			return err
		},
		"on the list already": func(ctx context.Context, till *Till, no OrderNo) error {
			return till.BillDiffers(ctx, no, BillDiffers{Day: "2026-11-21", Kind: string(DiffState)})
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			w, j := newWorld(), &memory{}
			no := killed(t, w, j, "first", 1)
			backroom := NewTill(w, j, runOf("backroom"))
			must(t, deal(t.Context(), backroom, no))
			backroom.Close()
			unseen := killed(t, w, j, "second", 2)
			last := NewTill(w, j, runOf("last"))
			must(t, last.Start(t.Context()))
			synctest.Wait()
			if names := j.names(no); slices.Contains(names, "unseen") {
				t.Errorf("%s: %v", name, names)
			}
			if a, _ := j.Attempt(t.Context(), unseen); a.Attention != AttentionPaidAway {
				t.Errorf("behind one that is %s: %s", name, describe(a))
			}
			last.Close()
		})
	}
}

// Whether a payment was seen is said by what its own run wrote next, and by no
// later word about it.
func TestTill_ALaterWordMakesNoPaymentUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, j := newWorld(), &memory{}
		first := NewTill(w, j, runOf("first"))
		no := charge(t, first, 1)
		ends(t, first, no)
		first.Close()
		backroom := NewTill(w, j, runOf("backroom"))
		must(t, backroom.Annotate(t.Context(), no, "the customer was here", "m"))
		j.fail(errKilled)
		backroom.Close()
		j.fail(nil)
		last := NewTill(w, j, runOf("last"))
		must(t, last.Start(t.Context()))
		synctest.Wait()
		if a, _ := j.Attempt(t.Context(), no); a.Attention != "" {
			t.Errorf("got %s", describe(a))
		}
		last.Close()
	})
}
