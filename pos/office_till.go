package pos

import (
	"context"
	"errors"
)

// This file is what a manager asks of a till, once Office has allowed it.

// errBusy is what an attempt says that takes no more events now.
var errBusy = errors.New("the journal is waited for")

// write has an attempt take an event that changes no verdict, and returns as soon
// as it is durable.
func (t *Till) write(ctx context.Context, no OrderNo, e Event) error {
	if _, err := t.TakeUp(ctx, no); err != nil {
		return err
	}
	before, err := t.journal.Timeline(ctx, no)
	if err != nil {
		return err
	}
	if !t.tell(no, e) {
		return &Error{Kind: KindUnavailable, Op: "write " + EventName(e) + " " + string(no), Err: errBusy, Hint: "try again"}
	}
	var failed error
	err = t.Wait(ctx, func() bool {
		var entries []Entry
		entries, failed = t.journal.Timeline(ctx, no)
		return failed != nil || countOf(e, entries) > countOf(e, before)
	})
	return errors.Join(err, failed)
}

// Void begins to take a paid order back and returns as soon as that is durable;
// refused with the reason of Attempt.CanVoid.
func (t *Till) Void(ctx context.Context, no OrderNo, reason, by string) (Attempt, error) {
	op := "void " + string(no)
	a, err := t.TakeUp(ctx, no)
	if err != nil {
		return Attempt{}, err
	}
	if err := a.CanVoid(t.Now()); err != nil {
		return a, &Error{Kind: KindInvalid, Op: op, Err: err}
	}
	t.checkClock()
	if !t.tell(no, VoidPressed{By: by, Reason: reason, ClockSince: t.clockSince()}) {
		return a, &Error{Kind: KindUnavailable, Op: op, Err: errBusy, Hint: "try again"}
	}
	var refused error
	err = t.Wait(ctx, func() bool {
		a, _ = t.Attempt(no)
		refused = a.CanVoid(t.Now())
		return refused != nil
	})
	if err == nil && a.Reason != ReasonVoided { // it has changed in between
		err = &Error{Kind: KindInvalid, Op: op, Err: refused}
	}
	return a, err
}

// Annotate writes down what is known of an order; it changes nothing else.
func (t *Till) Annotate(ctx context.Context, no OrderNo, text, by string) error {
	return t.write(ctx, no, Annotated{By: by, Text: text})
}

// Resolve takes an order off the attention list with what a manager has found
// out. What the till still works on stays there: it would come back.
func (t *Till) Resolve(ctx context.Context, no OrderNo, text, by string) error {
	a, err := t.TakeUp(ctx, no)
	if err != nil {
		return err
	}
	if err := a.CanResolve(); err != nil {
		return &Error{Kind: KindInvalid, Op: "resolve " + string(no), Err: err}
	}
	return t.write(ctx, no, Acknowledged{By: by, Text: text, Of: a.Attention})
}

// The reasons why an order stays on the attention list, or is not on it.
var (
	ErrNothingToResolve = errors.New("it is not on the attention list")
	ErrStillWorking     = errors.New("the till is still working on it: it leaves the list when that has ended; write down what you know")
)

// CanResolve returns nil if a manager may take the attempt off the attention
// list, or the reason not to.
func (s Summary) CanResolve() error {
	switch {
	case s.Attention == "":
		return ErrNothingToResolve
	case s.Busy():
		return ErrStillWorking
	}
	return nil
}
