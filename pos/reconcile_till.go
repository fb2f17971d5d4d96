package pos

import (
	"context"
)

// BillDiffers journals that a bill says something else about an order, which
// puts it on the attention list. What stands in its timeline already is not
// written again.
func (t *Till) BillDiffers(ctx context.Context, no OrderNo, e BillDiffers) error {
	entries, err := t.journal.Timeline(ctx, no)
	if err != nil || e.In(entries) {
		return err
	}
	return t.write(ctx, no, e)
}

// In reports whether the same stands in the timeline of an order.
func (e BillDiffers) In(entries []Entry) bool { return countOf(e, entries) > 0 }

// countOf is how often the same event stands in a timeline.
func countOf(e Event, entries []Entry) (n int) {
	for _, k := range entries {
		if k.Event == e {
			n++
		}
	}
	return n
}

// Note journals an event of the till itself, that no order of the journal has.
func (t *Till) Note(ctx context.Context, n Noted) error {
	_, err := t.note(ctx, n.Name, n.Detail)
	return err
}
