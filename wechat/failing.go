package wechat

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"cashier/pos"
)

// failingRefunds is the published limit of refunds a second that end in an
// error (Apply for Refund; wechatpay-v2 6.4), beside that for all refunds.
const failingRefunds = 6

// failing keeps the limit of calls that end in an error. How a call ends is
// known only afterwards, so that one is let through at a time, and each takes a
// place among those that fail, which it gives back when it did not.
type failing struct {
	turn  chan struct{} // holds one token while a call is under way
	space time.Duration
	place *rate.Limiter // guarded by turn
}

func newFailing(share int) *failing {
	f := &failing{turn: make(chan struct{}, 1), space: space(failingRefunds, share)}
	f.place = f.empty()
	return f
}

// empty is a bucket from which nothing was taken.
func (f *failing) empty() *rate.Limiter { return rate.NewLimiter(rate.Every(f.space), 1) }

// enter waits for turn and place, for patience at most; when the place could not
// come in time it refuses at once. The error has pos.KindUnavailable. Who was let
// in has to leave.
func (f *failing) enter(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return f.refuse("another refund is under way")
	}
	if f.place.Wait(ctx) != nil {
		<-f.turn
		return f.refuse("this till's share of refunds that fail is used up")
	}
	return nil
}

// leave gives the turn on and says how the call ended.
func (f *failing) leave(failed bool) {
	if !failed {
		f.place = f.empty()
	}
	<-f.turn
}

func (f *failing) refuse(why string) error {
	return &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("%s: %s", Refund, why),
		Hint: "try again in a moment; a refund repeats under its own number"}
}
