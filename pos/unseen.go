package pos

import (
	"context"
	"time"
)

// This file is the payments that nobody can have seen: the screen went, or the
// program was killed, as they came.

// findUnseen puts a sale on the attention list whose being paid is the last
// thing that its run wrote: the program was killed before anybody can have seen it.
func (t *Till) findUnseen(ctx context.Context) error {
	recent, err := t.journal.List(ctx, Filter{States: []State{Paid}})
	if err != nil {
		return err
	}
	for _, s := range recent {
		if s.Attention != "" || s.Method.Elsewhere() || s.Refunded > 0 || s.Refunding {
			continue
		}
		unseen, err := t.wasUnseen(ctx, s.OrderNo)
		if err != nil {
			return err
		}
		if unseen {
			_, err = t.TakeUp(ctx, s.OrderNo)
			t.tell(s.OrderNo, Unseen{})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// wasUnseen reports whether a run ended with the entry that made the order paid,
// and nobody was told since.
func (t *Till) wasUnseen(ctx context.Context, no OrderNo) (bool, error) {
	entries, err := t.journal.Timeline(ctx, no)
	if err != nil {
		return false, err
	}
	paid := int64(0)
	a := Attempt{}
	for _, e := range entries {
		if name := e.Name(); name == EventName(Unseen{}) || name == EventName(Acknowledged{}) {
			return false, nil
		}
		if a, _ = Next(a, e.Event, e.At); a.State == Paid && paid == 0 {
			paid = e.Seq
		}
	}
	return t.journal.EndsRun(ctx, paid)
}

// listUnread puts a sale on the attention list that became paid as the screen went.
func (t *Till) listUnread(ctx context.Context, since time.Time) {
	if no := t.unread(since); no != "" && t.tell(no, Unseen{}) {
		t.Wait(ctx, func() bool { return t.unread(since) == "" }) // if it fails there is nothing left to do
	}
}

// unread is the sale that became paid since then and is on no list, or none.
func (t *Till) unread(since time.Time) OrderNo {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.paid.at.After(since) && t.latest[t.paid.no].Attention == "" {
		return t.paid.no
	}
	return ""
}
