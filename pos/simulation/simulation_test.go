package simulation

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cashier/pos"
)

var (
	sales  = flag.Int("simulation.sales", 4000, "sales that are simulated on a journal in memory")
	sqlite = flag.Int("simulation.sqlite", 500, "sales that are simulated on the real journal")
	fresh  = flag.Bool("simulation.fresh", false, "half of the days from seeds that nobody has tried")
	one    = flag.Uint64("simulation.seed", 0, "the day that TestReplay plays")
)

// customers is how many a day has. Some leave, some are charged again.
const (
	customers  = 100
	soldInADay = 90
)

// run plays days until there were so many sales, on every processor.
func run(t *testing.T, sales int, journal func(*testing.T) pos.Journal) {
	if raced {
		sales = customers
	}
	total := newTally()
	began := time.Now()
	days := sales/soldInADay + 1
	lanes := runtime.GOMAXPROCS(0)
	t.Run("days", func(t *testing.T) {
		for lane := range lanes {
			t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
				t.Parallel()
				for n := lane; n < days && !t.Failed(); n += lanes {
					play(t, seedOf(n), journal, nil, total)
				}
			})
		}
	})
	took := time.Since(began)
	t.Logf("%d days, %d sales, %d calls in %v, %.0f sales a second\n%s", total.worlds, total.sales, total.calls,
		took.Round(time.Second/10), float64(total.sales)/took.Seconds(), total.report())
	if t.Failed() {
		return
	}
	enough := min(sales/100, 1000)
	if sales < 2000 {
		return // too short to be empty
	}
	if names := total.missing(enough); len(names) > 0 {
		t.Errorf("empty: these came up less than %d times\n  %s", enough, strings.Join(names, "\n  "))
	}
}

// seedOf is the seed of the n-th day: the same in every run, or, for every
// other one of a fresh run, one that nobody has tried.
func seedOf(n int) uint64 {
	if *fresh && n%2 == 1 {
		return rand.Uint64()
	}
	return uint64(n + 1)
}

// play plays one day and reports what it broke, with the seed that plays it again.
func play(t *testing.T, seed uint64, journal func(*testing.T) pos.Journal, plant func(*world), total *tally) (failed *broken) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(seed, journal(t), newTally())
		if plant != nil {
			plant(w)
		}
		failed = w.play()
		if failed != nil && plant == nil {
			t.Errorf("%s (order %s): seed %d, again by\n  go test ./pos/simulation -run Replay -v -simulation.seed=%d\n%s",
				failed.rule, failed.no, seed, seed, w.story(failed.no))
		}
		total.add(w)
	})
	return failed
}

// play is the day from its first customer to its last verdict.
func (w *world) play() (failed *broken) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case broken:
			failed = &p
		default:
			fmt.Println("seed", w.seed)
			panic(p)
		}
	}()
	w.open()
	w.queue(customers)
	w.in(time.Minute, w.trouble)
	evening := time.Now().Add(20 * time.Minute)
	w.live(func() bool { return time.Now().After(evening) })
	w.evening()
	return nil
}

func inMemory(*testing.T) pos.Journal { return newMemory() }

func TestSimulation_Memory(t *testing.T) { run(t, *sales, inMemory) }

// TestSimulation_SQLite plays on the real journal, whose file is in memory
// where the system has such a place: what a disk keeps is proved by killing
// (storage, ui/cli).
func TestSimulation_SQLite(t *testing.T) { run(t, *sqlite, inFile) }

// TestKeptSeeds plays the days that once found something, as they are now, before a
// manager could give money back, and before customers could scan the till.
func TestKeptSeeds(t *testing.T) {
	text, err := os.ReadFile("testdata/seeds")
	if err != nil {
		t.Fatal(err)
	}
	total := newTally()
	for line := range strings.Lines(string(text)) {
		number, _, _ := strings.Cut(line, " ")
		seed, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		for _, then := range []func(*world){managed, unmanaged, quickPayOnly} {
			if failed := play(t, seed, inMemory, then, total); failed != nil {
				t.Errorf("seed %d: %s (order %s)", seed, failed.rule, failed.no)
			}
		}
	}
	if total.left[deniedAtLast] == 0 {
		t.Errorf("none of them is the day any more on which the gateway denies what it has")
	}
}

func managed(*world)        {}
func unmanaged(w *world)    { w.managed = 0 }
func quickPayOnly(w *world) { w.scanners, w.managed = 0, 0 }

// TestReplay plays one day again.
func TestReplay(t *testing.T) {
	if *one == 0 {
		t.Skip("plays the day of -simulation.seed=N")
	}
	total := newTally()
	play(t, *one, inMemory, nil, total)
	t.Log("\n" + total.report())
}

// TestSameSeedSameDay: a day is its seed, to the last entry of its journal.
func TestSameSeedSameDay(t *testing.T) {
	var hashes [2]uint64
	for i := range hashes {
		var m *memory
		play(t, 3, func(*testing.T) pos.Journal { m = newMemory(); return m }, nil, newTally())
		h := fnv.New64a()
		for _, e := range m.entries {
			fmt.Fprintf(h, "%d %v %s %s %s\n", e.Seq, e.At, e.OrderNo, e.Name(), e.After.State)
		}
		hashes[i] = h.Sum64()
	}
	if hashes[0] != hashes[1] {
		t.Errorf("%x and %x", hashes[0], hashes[1])
	}
}
