package storage

import (
	"context"
	"path/filepath"
	"testing"

	"cashier/pos"
)

// A filler keeps all of a group or nothing, by the rules of Append, and never
// touches real money; it alone does not wait for the disk.
func TestFiller(t *testing.T) {
	ctx := context.Background()
	real := openTemp(t)
	real.Close()
	_, err := OpenFiller(ctx, real.path)
	wantError(t, err, pos.KindInvalid, "real journal")

	f, err := OpenFiller(ctx, filepath.Join(t.TempDir(), "till", "practice.db"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := one[string](ctx, f.journal.conn, "PRAGMA synchronous"); err != nil || got != "0" {
		t.Errorf("synchronous = %s, %v", got, err)
	}
	first := entry(pos.Attempt{}, intent(f.journal, 1))
	first.After.Seq = 0
	then := first.After
	then.Seq = 1
	second := entry(then, paid)
	if err := f.Fill(ctx, []pos.Entry{first, second}); err != nil {
		t.Fatal(err)
	}
	third := entry(pos.Attempt{}, intent(f.journal, 2))
	if err := f.Fill(ctx, []pos.Entry{third, first}); pos.KindOf(err) != pos.KindConflict {
		t.Errorf("an order number twice: %v", err)
	}
	if seq, _, err := f.Head(ctx); err != nil || seq != 2 {
		t.Errorf("the journal ends at %d, %v, want 2: all or nothing", seq, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, openReaderAt(t, f.path))
}
