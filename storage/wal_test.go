package storage

import (
	"context"
	"os"
	"testing"

	"cashier/pos"
)

// TestWALIsKept: it has its size after Warm, keeps it through Close, and a
// second Warm has nothing to do.
func TestWALIsKept(t *testing.T) {
	j := openTemp(t)
	ctx := context.Background()
	sell(t, j, 1)
	if err := j.Warm(ctx); err != nil {
		t.Fatal(err)
	}
	do(t, j, pos.Attempt{}, intent(j, 50))
	if err := j.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		t.Helper()
		info, err := os.Stat(j.path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	warm := size()
	if warm < walSize {
		t.Errorf("the WAL has %d bytes, want %d or more", warm, walSize)
	}
	j.Close()
	if got := size(); got != warm {
		t.Errorf("after Close the WAL has %d bytes, want %d", got, warm)
	}
	j = open(t, j.path)
	if err := j.Warm(ctx); err != nil || size() != warm {
		t.Errorf("warmed again: %d bytes, %v, want %d", size(), err, warm)
	}
	check(t, j.Reader)
}
