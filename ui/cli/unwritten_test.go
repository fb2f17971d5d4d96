package cli

import (
	"context"
	"errors"
	"testing"
	"time"

	"cashier/pos"
)

// A query that waits for a journal that cannot be written ends as that, and not as
// a question that nobody has answered.
func TestQuery_UnwrittenJournal(t *testing.T) {
	inBubble(t, nil, seams{}, func(b *bench) {
		c := &cashier{bench: b, laws: newLaws(), clean: true}
		c.comes()
		c.serves("12.50")
		if err := b.shop.unwritten(); err != nil {
			t.Errorf("a journal that is well: %v", err)
		}
		b.paper.die()
		ctx, done := context.WithTimeout(context.Background(), 5*time.Second)
		defer done()
		_, err := b.shop.till.Ask(ctx, c.attempts()[0].OrderNo)
		if !errors.Is(err, context.DeadlineExceeded) || pos.KindOf(b.shop.unwritten()) != pos.KindJournal {
			t.Errorf("%v, and the journal: %v", err, b.shop.unwritten())
		}
		b.paper.revive()
		c.pass(2 * time.Second)
		c.leaves()
	})
}
