package pos

import (
	"context"
	"errors"
	"slices"
	"time"
)

// This file is what a screen or a command asks of a till.

// ErrDraining refuses a new sale because the till is about to leave.
var ErrDraining = errors.New("the till is closing and takes no new sale")

// Policy returns what the shop has decided.
func (t *Till) Policy() Policy { return t.policy }

// Warm dials ahead; the amount is being keyed.
func (t *Till) Warm() { t.gateway.Warm() }

// Now is the till's clock: it shows the wall time at which it was set and from
// there runs evenly, in milliseconds. Attempts are timed by it.
func (t *Till) Now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.clock.now()
}

// Changed returns a channel that is closed at the next change of anything.
// Take it before reading, and no change is missed.
func (t *Till) Changed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changed
}

// Attempt returns the newest value of an attempt that this run has worked on.
func (t *Till) Attempt(no OrderNo) (Attempt, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.latest[no]
	return a, ok
}

// Open returns everything that has no end yet, oldest first, watches included.
func (t *Till) Open() []Attempt { return t.those(func(a Attempt) bool { return a.Open() }) }

// those are the attempts of this run that are so, oldest first.
func (t *Till) those(so func(Attempt) bool) []Attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := []Attempt{}
	for _, a := range t.latest {
		if so(a) {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b Attempt) int { return int(a.First - b.First) })
	return found
}

// Working returns everything the till works on, refunds that are followed
// included, oldest first.
func (t *Till) Working() []Attempt { return t.those(func(a Attempt) bool { return a.Busy() }) }

// Settled reports whether no verdict is open that somebody at the till waits
// for; watches may still be looking.
func (t *Till) Settled() bool {
	return !slices.ContainsFunc(t.Open(), func(a Attempt) bool { return !a.State.Settled() && !a.Method.Elsewhere() })
}

// Idle reports whether nothing is open, watches included.
func (t *Till) Idle() bool { return len(t.Open()) == 0 }

// Trouble returns why no new sale is taken, or nil: the journal cannot be
// written, or the till is leaving.
func (t *Till) Trouble() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.broken != nil {
		return &Error{Kind: KindJournal, Op: "write the journal", Err: t.broken,
			Hint: "free disk space or restart the till; sales in doubt are not lost"}
	}
	if t.draining {
		return &Error{Kind: KindUnavailable, Err: ErrDraining}
	}
	return nil
}

// Wait returns when done reports true, which it is asked after every change,
// or with ctx's error.
func (t *Till) Wait(ctx context.Context, done func() bool) error {
	for {
		changed := t.Changed()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-t.ctx.Done():
			return ErrDraining
		}
	}
}

// Revoke asks for a revoke; refused with the reason of Attempt.CanRevoke.
func (t *Till) Revoke(no OrderNo, by string) error {
	a, known := t.Attempt(no)
	if !known {
		return &Error{Kind: KindNotFound, Op: "revoke " + string(no), Err: errUnknown}
	}
	if err := a.CanRevoke(t.Now()); err != nil {
		return &Error{Kind: KindInvalid, Op: "revoke " + string(no), Err: err}
	}
	if !t.tell(no, RevokePressed{By: by}) {
		return &Error{Kind: KindUnavailable, Op: "revoke " + string(no), Err: errBusy, Hint: "press again"}
	}
	return nil
}

// Refund begins to give money of a paid order back and returns as soon as that
// is durable; refused with the reason of Attempt.CanRefund.
func (t *Till) Refund(ctx context.Context, no OrderNo, amount Money, reason, by string) (Attempt, error) {
	op := "refund " + string(no)
	t.refunding.Lock() // two at once would both be told that the one of them has begun
	defer t.refunding.Unlock()
	a, err := t.TakeUp(ctx, no)
	if err != nil {
		return Attempt{}, err
	}
	if err := a.CanRefund(amount); err != nil {
		return a, &Error{Kind: KindInvalid, Op: op, Err: err}
	}
	refund := RefundPressed{No: a.nextRefund(), Amount: amount, Reason: reason, By: by}
	if !t.tell(no, refund) {
		return a, &Error{Kind: KindUnavailable, Op: op, Err: errBusy, Hint: "try again"}
	}
	begun := func() bool { return a.given != nil && a.given.No == refund.No }
	err = t.Wait(ctx, func() bool {
		a, _ = t.Attempt(no)
		return begun() || a.CanRefund(amount) != nil // the attempt has changed in between
	})
	if err == nil && !begun() {
		err = &Error{Kind: KindInvalid, Op: op, Err: a.CanRefund(amount)}
	}
	return a, err
}

// Ask queries an order now, whatever its state, and returns it with the
// answer taken in.
func (t *Till) Ask(ctx context.Context, no OrderNo) (Attempt, error) {
	_, working := t.Attempt(no)
	before, err := t.TakeUp(ctx, no)
	if err != nil {
		return Attempt{}, err
	}
	if working || !before.Open() {
		t.tell(no, AskPressed{})
	}
	err = t.Wait(ctx, func() bool {
		a, _ := t.Attempt(no)
		asked := a.Asked > before.Asked || before.inFlight == queryCall && a.Seq > before.Seq
		return asked && a.inFlight != queryCall
	})
	a, _ := t.Attempt(no)
	return a, err
}

// Leave notes that nobody looks at an attempt any more: it is parked, or the screen is gone.
func (t *Till) Leave(no OrderNo) {
	if a, known := t.Attempt(no); known && a.Open() {
		t.tell(no, Left{})
	}
}

// Return notes that somebody looks at an attempt again.
func (t *Till) Return(no OrderNo) {
	if a, known := t.Attempt(no); known && a.Open() {
		t.tell(no, Returned{})
	}
}

// Acknowledge takes a payment that was found while nobody looked off the
// attention list. Every other reason is a manager's.
func (t *Till) Acknowledge(no OrderNo, by string) error {
	a, known := t.Attempt(no)
	if !known || a.Attention != AttentionPaidAway {
		return &Error{Kind: KindInvalid, Op: "acknowledge " + string(no), Err: errors.New("there is nothing a cashier may acknowledge")}
	}
	t.tell(no, Acknowledged{By: by, Of: a.Attention})
	return nil
}
