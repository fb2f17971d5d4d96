package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"cashier/pos"
)

// TestAppendOnly: the triggers hold against anybody with SQL.
func TestAppendOnly(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 1)
	db := raw(t, j.path)
	for _, query := range []string{
		"UPDATE events SET at_ms = 0", "UPDATE events SET data = '{}' WHERE seq = 1", "DELETE FROM events WHERE seq = 3",
		"UPDATE meta SET practice = 1", "DELETE FROM meta",
		"INSERT INTO events SELECT seq, at_ms, day, run, order_no, name, data, state, prev, hash FROM events WHERE seq = 1",
	} {
		if _, err := db.Exec(query); err == nil {
			t.Errorf("%s was obeyed", query)
		}
	}
	check(t, j.Reader)
}

// TestGroup: neighbours in one commit do not fail for each other.
func TestGroup(t *testing.T) {
	j := openTemp(t)
	a := do(t, j, pos.Attempt{}, intent(j, 1))
	good, twice, stale := entry(pos.Attempt{}, intent(j, 2)), entry(a, paid), entry(a, pos.Left{})
	again := intent(j, 1)
	reused := intent(j, 3)
	reused.Fingerprint = a.Fingerprint
	group := []*request{}
	for _, e := range []pos.Entry{good, twice, stale, entry(pos.Attempt{}, reused), entry(pos.Attempt{}, again), {At: began, Event: pos.Noted{Name: "started"}}} {
		row, err := newRow(e)
		if err != nil {
			t.Fatal(err)
		}
		group = append(group, &request{entry: e, row: row, done: make(chan struct{})})
	}
	group[0].row.data = []byte("no JSON") // the table refuses it: no conflict, a failure
	j.commit(group)
	for i, want := range []struct {
		seq int64
		err error
	}{{0, nil}, {2, nil}, {0, errStale}, {0, errUsed}, {0, errExists}, {3, nil}} {
		r := group[i]
		if r.seq != want.seq || want.err != nil && !errors.Is(r.err, want.err) || want.seq != 0 && r.err != nil || i == 0 && r.err == nil {
			t.Errorf("entry %d: seq %d, %v, want %d, %v", i, r.seq, r.err, want.seq, want.err)
		}
	}
	check(t, j.Reader)
}

// TestManyTills: 64 callers at once, every answer is right and the chain whole.
func TestManyTills(t *testing.T) {
	j := openTemp(t)
	var all sync.WaitGroup
	for caller := range 64 {
		all.Go(func() {
			for n := range 5 {
				a := do(t, j, pos.Attempt{}, intent(j, caller*5+n+1))
				if b := do(t, j, a, paid); b.Seq <= a.Seq {
					t.Errorf("seq %d after %d", b.Seq, a.Seq)
				}
			}
		})
	}
	all.Wait()
	if report := check(t, j.Reader); report.Events != 640 || report.Attempts != 320 {
		t.Errorf("%+v, want 640 entries of 320 attempts", report)
	}
}

// TestFullDisk: what was acknowledged stays, the failure has its kind, and with
// room again the journal goes on by itself.
func TestFullDisk(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 1)
	ctx := context.Background()
	pages, err := one[int](ctx, j.conn, "PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if _, err := one[int](ctx, j.conn, fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	kept := 0
	for n := 100; err == nil; n++ {
		if _, err = j.Append(ctx, entry(pos.Attempt{}, intent(j, n))); err == nil {
			kept++
		}
	}
	wantError(t, err, pos.KindJournal, "make room")
	if report := check(t, j.Reader); report.Events != int64(3+kept) {
		t.Errorf("%d entries, want %d", report.Events, 3+kept)
	}
	limit(1 << 30)
	do(t, j, pos.Attempt{}, intent(j, 9000))
	path := j.path
	j.Close()
	if report := check(t, openReaderAt(t, path)); report.Events != int64(4+kept) {
		t.Errorf("%d entries after reopening, want %d", report.Events, 4+kept)
	}
}

// TestUnknownCommitStopsTheJournal: nothing is written after a commit that may
// or may not have happened.
func TestUnknownCommitStopsTheJournal(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 1)
	j.mu.Lock()
	j.broken = errors.New("disk I/O error")
	j.mu.Unlock()
	_, err := j.Append(context.Background(), entry(pos.Attempt{}, intent(j, 9)))
	wantError(t, err, pos.KindJournal, "start the till again", "disk I/O error")
	check(t, j.Reader)
}

// TestWrongEntry: an entry whose order is not its attempt's is a bug.
func TestWrongEntry(t *testing.T) {
	j := openTemp(t)
	e := entry(pos.Attempt{}, intent(j, 1))
	e.OrderNo = "K1261121AAAA000009"
	if _, err := j.Append(context.Background(), e); pos.KindOf(err) != pos.KindInternal {
		t.Errorf("%v has kind %v", err, pos.KindOf(err))
	}
}

// TestClosed: Append fails and nobody waits for ever.
func TestClosed(t *testing.T) {
	j := openTemp(t)
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			_, err := j.Append(context.Background(), entry(pos.Attempt{}, intent(j, n+1)))
			if err != nil && !errors.Is(err, errClosed) {
				t.Error(err)
			}
		})
	}
	if err := errors.Join(j.Close(), j.Close()); err != nil {
		t.Error(err)
	}
	all.Wait()
	if _, err := j.Append(context.Background(), entry(pos.Attempt{}, intent(j, 99))); !errors.Is(err, errClosed) {
		t.Errorf("append after Close: %v", err)
	}
}

// TestBubble: opened and closed inside a synctest bubble the journal lets time
// pass and leaves no goroutine behind.
func TestBubble(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path := t.TempDir() + "/till/journal.db"
	synctest.Test(t, func(t *testing.T) {
		j, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sell(t, j, 3)
		synctest.Wait()
		check(t, j.Reader)
		if err := errors.Join(j.Warm(t.Context()), j.Checkpoint(t.Context()), j.Close()); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkFloor: what the disk needs for 4 KiB over existing bytes, to compare
// BenchmarkAppend with.
func BenchmarkFloor(b *testing.B) {
	f, err := os.Create(b.TempDir() + "/floor")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.WriteAt(page, 0); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppend: one durable step of a lone till, WAL at its size.
func BenchmarkAppend(b *testing.B) {
	j := openTemp(b)
	if err := j.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for n := range b.N {
		do(b, j, pos.Attempt{}, intent(j, n+1))
	}
}

// BenchmarkAppend64: the same from 64 callers, who share commits.
func BenchmarkAppend64(b *testing.B) {
	j := openTemp(b)
	if err := j.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	var all sync.WaitGroup
	for caller := range 64 {
		all.Go(func() {
			for n := caller; n < b.N; n += 64 {
				do(b, j, pos.Attempt{}, intent(j, n+1))
			}
		})
	}
	all.Wait()
}
