package wechat

import (
	"context"
	"fmt"
	"time"

	"cashier/pos"
)

// failingRefunds is the published limit of refunds a second that end in an
// error (Apply for Refund; wechatpay-v2 6.4), beside that for all refunds.
const failingRefunds = 6

// failing keeps the limit of calls that end in an error. How a call ends is
// known only afterwards, so that one is let through at a time, and after one that
// failed the next waits for its place.
type failing struct {
	turn  chan struct{} // holds one token while a call is under way
	space time.Duration
	next  time.Time // no call before; guarded by turn
}

func newFailing(share int) *failing {
	return &failing{turn: make(chan struct{}, 1), space: space(failingRefunds, share)}
}

// enter waits for the turn, for patience at most. The error has
// pos.KindUnavailable. Who was let in has to leave.
func (f *failing) enter(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return f.refuse("another refund is under way")
	}
	deadline, _ := ctx.Deadline()
	wait := time.Until(f.next)
	if time.Until(deadline) < wait {
		<-f.turn
		return f.refuse("this till's share of refunds that fail is used up")
	}
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		<-f.turn
		return f.refuse("the call was given up")
	}
}

// leave gives the turn on and says how the call ended.
func (f *failing) leave(failed bool) {
	if failed {
		f.next = time.Now().Add(f.space)
	}
	<-f.turn
}

func (f *failing) refuse(why string) error {
	return &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("%s: %s", Refund, why),
		Hint: "try again in a moment; a refund repeats under its own number"}
}
