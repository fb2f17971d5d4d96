package cli

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"cashier/wechat/sim"
)

var (
	storiesAll   = flag.Bool("stories.all", false, "TestStories tears every journal entry and closes windows in both ways")
	storiesPairs = flag.Bool("stories.pairs", false, "TestStories breaks every pair of calls as well")
)

// tornOne of so many journal entries is torn without -stories.all.
const tornOne = 6

// story is something that happens at the counter (design 7): what the cashier
// does, whatever the screen says, and what comes of it when nothing is broken.
type story struct {
	name    string
	does    func(c *cashier)
	ends    []string               // the attempts in the end, in order: "failed declined revokes:1 recall:N", "paid attempt:2"
	goods   string                 // what was handed over, in order: "12.50, 5.00"
	weather map[sim.Op][]sim.Fault // what befalls the calls in any case
	env     map[string]string
}

// way is how a call is lost.
type way struct {
	name  string
	fault sim.Fault
}

var ways = []way{
	{"lost on the way there", sim.DropRequest},
	{"swallowed on the way there", sim.Together(sim.DropRequest, sim.Delay(time.Minute))},
	{"lost on the way back", sim.DropAnswer},
}

// TestStories tells every story, and again with each of its calls lost on the
// way there and on the way back, and with journal entries torn. The laws hold in all of them.
func TestStories(t *testing.T) {
	f := newFigures()
	t.Run("story", func(t *testing.T) {
		for _, s := range slices.Concat(counter, showing, leaving, closings(*storiesAll)) {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				clean := f.tell(t, run{story: s, injected: s.weather, clean: true})
				if !slices.Equal(clean.ends, s.ends) || clean.goods != s.goods {
					t.Errorf("it ended as %q with goods for %q, want %q and %q", clean.ends, clean.goods, s.ends, s.goods)
				}
				if testing.Short() || raced {
					return // a story that is broken has the same goroutines
				}
				f.breakCalls(t, s, clean)
				f.tearEntries(t, s, clean)
			})
		}
	})
	f.print(t)
}

// breakCalls tells a story with each of its calls broken, or each pair.
func (f *figures) breakCalls(t *testing.T, s story, clean told) {
	breaks := breaksOf(clean.calls)
	for i, first := range breaks {
		f.tellOnce(t, first.name, run{story: s, injected: s.with(first)})
		if !*storiesPairs {
			continue
		}
		for _, second := range breaks[i+1:] {
			if second.op != first.op || second.nth != first.nth {
				t.Run(first.name+" and "+second.name, func(t *testing.T) { // the second may never come after the first
					f.tell(t, run{story: s, injected: s.with(first, second)})
				})
			}
		}
	}
}

// breakage is one way to lose one call.
type breakage struct {
	way
	op  sim.Op
	nth int
}

// breaksOf is every way to lose every one of these calls.
func breaksOf(calls map[sim.Op]int) (all []breakage) {
	for _, op := range slices.Sorted(maps.Keys(calls)) {
		for nth := range calls[op] {
			for _, w := range ways {
				all = append(all, breakage{way{fmt.Sprintf("%s %d %s", op, nth+1, w.name), w.fault}, op, nth})
			}
		}
	}
	return all
}

// with adds breakages to the story's weather.
func (s story) with(breaks ...breakage) map[sim.Op][]sim.Fault {
	all := map[sim.Op][]sim.Fault{}
	for op, faults := range s.weather {
		all[op] = slices.Clone(faults)
	}
	for _, b := range breaks {
		for len(all[b.op]) <= b.nth {
			all[b.op] = append(all[b.op], nil)
		}
		fault := b.fault
		if weather := all[b.op][b.nth]; weather != nil {
			fault = sim.Together(weather, fault)
		}
		all[b.op][b.nth] = fault
	}
	return all
}

// tearEntries tells a story with its journal entries torn, one at a time.
func (f *figures) tearEntries(t *testing.T, s story, clean told) {
	step := tornOne
	if *storiesAll {
		step = 1
	}
	for n := 1 + len(s.name)%step; n <= clean.entries; n += step {
		for name, torn := range map[string]tear{"not kept": notKept, "kept and not said": keptUnsaid} {
			f.tellOnce(t, fmt.Sprintf("entry %d %s", n, name), run{story: s, injected: s.weather, tears: map[int]tear{n: torn}})
		}
	}
}

// figures are what TestStories did.
type figures struct {
	began time.Time

	mu             sync.Mutex
	stories        int
	calls, entries int // of the stories as they are when nothing is broken
	lost, torn     int // runs with calls lost, with entries torn
	words          map[string]int
	watched        int
}

func newFigures() *figures { return &figures{began: time.Now(), words: map[string]int{}} }

// tellOnce tells one run in a test of its own. What is to be broken has to come.
func (f *figures) tellOnce(t *testing.T, name string, r run) {
	t.Run(name, func(t *testing.T) {
		if missed := r.missed(f.tell(t, r)); missed != "" {
			t.Error("it was never broken:", missed)
		}
	})
}

// tell tells one run and adds it up.
func (f *figures) tell(t *testing.T, r run) told {
	out := r.tells(t)
	for _, broken := range out.laws.broken {
		t.Error(broken)
	}
	f.add(r, out)
	return out
}

func (f *figures) add(r run, out told) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case len(r.tears) > 0:
		f.torn++
	case !r.clean:
		f.lost++
	default:
		f.stories++
		f.entries += out.entries
		for _, n := range out.calls {
			f.calls += n
		}
	}
	for word, n := range out.laws.words {
		f.words[word] += n
	}
	f.watched += out.laws.watched
}

func (f *figures) print(t *testing.T) {
	t.Logf("%d stories with %d calls and %d journal entries; %d runs with calls lost, %d with entries torn; %.1f s",
		f.stories, f.calls, f.entries, f.lost, f.torn, time.Since(f.began).Seconds())
	t.Logf("shown: %d PAID, %d NOT PAID, %d REVOKED, %d HOLD; watches that ten minutes did not end: %d",
		f.words[wordPaid], f.words[wordNotPaid], f.words[wordRevoked], f.words[wordHold], f.watched)
}
