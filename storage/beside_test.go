package storage

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cashier/pos"
)

// TestACashierSellsBesideAManager: whoever lists, sums, verifies, exports and
// backs up the same journal, from a process of their own, never makes an entry
// fail. How much longer it takes is printed and not judged: on a shared machine
// that would be luck.
func TestACashierSellsBesideAManager(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 100)
	closeShift(t, j)
	alone := sellTimed(t, j, 100)
	r := openReaderAt(t, j.path)
	selling, done := context.WithCancel(context.Background())
	var manager sync.WaitGroup
	rounds := 0
	manager.Go(func() {
		for ; selling.Err() == nil || rounds == 0; rounds++ {
			if err := readAll(r, filepath.Join(t.TempDir(), fmt.Sprint(rounds))); err != nil {
				t.Errorf("the manager, round %d: %v", rounds, err)
				return
			}
		}
	})
	beside := sellTimed(t, j, 100)
	done()
	manager.Wait()
	t.Logf("an entry alone: p50 %v, p99 %v; beside %d rounds of a manager: p50 %v, p99 %v; ratio of the medians %.2f",
		alone[len(alone)/2], alone[len(alone)*99/100], rounds, beside[len(beside)/2], beside[len(beside)*99/100],
		float64(beside[len(beside)/2])/float64(alone[len(alone)/2]))
	if report := check(t, r); report.Attempts != 303 || report.Events != 604 {
		t.Errorf("%+v, want every entry of 303 attempts", report)
	}
}

// sellTimed sells and returns how long each entry took, the shortest first.
func sellTimed(t *testing.T, j *Journal, n int) (times []time.Duration) {
	t.Helper()
	last, err := j.LastCounter(context.Background(), "K1", "2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	timed := func(a pos.Attempt, e pos.Event) pos.Attempt {
		began := time.Now()
		a = do(t, j, a, e)
		times = append(times, time.Since(began))
		return a
	}
	for i := range n {
		timed(timed(pos.Attempt{}, intent(j, last+i+1)), paid)
	}
	timed(pos.Attempt{}, intent(j, last+n+1))
	slices.Sort(times)
	return times
}

// readAll is everything that a manager does with a journal, once.
func readAll(r *Reader, folder string) error {
	ctx := context.Background()
	for _, f := range []pos.Filter{{}, {Day: "2026-11-21", Limit: 500}, {Find: "0042"}, {Cashier: "2", States: []pos.State{pos.Paid}}} {
		if _, err := r.List(ctx, f); err != nil {
			return err
		}
	}
	if _, err := r.Running(ctx); err != nil {
		return err
	}
	if _, err := r.Hours(ctx, "2026-11-21", time.UTC); err != nil {
		return err
	}
	if _, err := r.Archive(ctx, folder, 1); err != nil {
		return err
	}
	if report, err := r.Verify(ctx, VerifyOptions{}); err != nil || !report.Good() {
		return fmt.Errorf("verify: %+v, %w", report.FirstBad(), err)
	}
	_, err := r.Backup(ctx, filepath.Join(folder, "backup.db"))
	return err
}
