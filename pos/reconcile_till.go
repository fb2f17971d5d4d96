package pos

import (
	"context"
	"errors"
	"slices"
)

// BillDiffers journals that a bill says something else about an order, which
// puts it on the attention list. What stands in its timeline already is not
// written again.
func (t *Till) BillDiffers(ctx context.Context, no OrderNo, e BillDiffers) error {
	if _, err := t.TakeUp(ctx, no); err != nil {
		return err
	}
	for told := false; ; {
		changed := t.Changed()
		entries, err := t.journal.Timeline(ctx, no)
		if err != nil || e.In(entries) {
			return err
		}
		if !told && !t.tell(no, e) {
			return &Error{Kind: KindUnavailable, Op: "journal a difference of " + string(no), Err: errors.New("the journal is waited for"), Hint: "try again"}
		}
		told = true
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-t.ctx.Done():
			return ErrDraining
		}
	}
}

// In reports whether the same stands in the timeline of an order.
func (e BillDiffers) In(entries []Entry) bool {
	return slices.ContainsFunc(entries, func(k Entry) bool { return k.Event == Event(e) })
}

// Note journals an event of the till itself, that no order of the journal has.
func (t *Till) Note(ctx context.Context, n Noted) error {
	_, err := t.note(ctx, n.Name, n.Detail)
	return err
}
