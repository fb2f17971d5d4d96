package wechat

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cashier/pos"
)

// crowd calls one operation of one till: some callers at the same time, each
// with its own pauses.
type crowd struct {
	op     Operation
	share  int
	pauses [][]time.Duration // of each caller, before each call
}

func drawCrowd(t *rapid.T) crowd {
	pause := rapid.OneOf( // bursts, the rhythm of the till, and what looks like the limit itself
		rapid.Just(time.Duration(0)),
		rapid.Map(rapid.IntRange(0, 50_000), func(us int) time.Duration { return time.Duration(us) * time.Microsecond }),
		rapid.Map(rapid.IntRange(0, 4000), func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }),
	)
	return crowd{
		op:     rapid.SampledFrom(slices.Sorted(maps.Keys(limits))).Draw(t, "op"),
		share:  rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, 2500)).Draw(t, "share"),
		pauses: rapid.SliceOfN(rapid.SliceOfN(pause, 1, 60), 1, 6).Draw(t, "pauses"),
	}
}

// admitted are the times at which a call was let through, in order. A call that
// is refused must be refused at once.
func (c crowd) admitted(t *rapid.T) []time.Time {
	var (
		b       = newBudget(c.share)
		callers sync.WaitGroup
		mu      sync.Mutex
		times   []time.Time
	)
	for _, pauses := range c.pauses {
		callers.Go(func() {
			for _, p := range pauses {
				<-time.After(p)
				asked := time.Now()
				err := b.take(t.Context(), c.op)
				waited := time.Since(asked)
				if err != nil && (waited != 0 || pos.KindOf(err) != pos.KindUnavailable) || waited > patience {
					t.Errorf("%v after %v", err, waited)
				}
				if err == nil {
					mu.Lock()
					times = append(times, time.Now())
					mu.Unlock()
				}
			}
		})
	}
	callers.Wait()
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// I10, design 3.13: whoever calls and when, no second sees more calls than this
// till's share, so that all the tills together keep the published limit. With
// more tills than calls a second each of them has one call, and the mean is kept.
func TestProperty_I10_InAnySecondTheShareOfTheLimitIsKept(t *testing.T) {
	cases, calls := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := drawCrowd(t)
		rapid.SyncTest(t, func(t *rapid.T) {
			times := c.admitted(t)
			most, apart := limits[c.op]/c.share, time.Duration(0)
			if most == 0 {
				most, apart = 1, time.Second*time.Duration(c.share)/time.Duration(limits[c.op])
			}
			for i := range times {
				if i+most < len(times) && times[i+most].Sub(times[i]) < max(time.Second, apart) {
					t.Fatalf("%s, share %d of %d: %d calls in %v", c.op, c.share, limits[c.op], most+1, times[i+most].Sub(times[i]))
				}
			}
			if len(times) == 0 {
				t.Fatal("not even one call was let through")
			}
			cases, calls = cases+1, calls+len(times)
		})
	})
	t.Logf("%d crowds, %d calls let through", cases, calls)
}

// The share is not only kept, it can be used: who calls without a pause gets it
// all, but for the microsecond between two calls.
func TestProperty_TheWholeShareCanBeUsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom(slices.Sorted(maps.Keys(limits))).Draw(t, "op")
		share := rapid.IntRange(1, limits[op]/2).Draw(t, "share") // one a second and less is not waited for
		rapid.SyncTest(t, func(t *rapid.T) {
			b, start, n := newBudget(share), time.Now(), 0
			for ; time.Since(start) < time.Second; n++ {
				if err := b.take(t.Context(), op); err != nil {
					t.Fatal(err)
				}
			}
			if each := limits[op] / share; n-1 < each-each/100 {
				t.Fatalf("%s, share %d: %d calls in a second, of %d", op, share, n-1, each)
			}
		})
	})
}
