package simulation

import (
	"context"
	"errors"
	"flag"
	"fmt"
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
	sales  = flag.Int("simulation.sales", 2500, "sales that are simulated on a journal in memory")
	sqlite = flag.Int("simulation.sqlite", 400, "sales that are simulated on the real journal")
	fresh  = flag.Int("simulation.fresh", 0, "so many of the days from seeds that nobody has tried, at most every other one")
	one    = flag.Uint64("simulation.seed", 0, "the day that TestReplay plays")
)

// customers is how many a day has. Some leave, some are charged again.
const (
	customers  = 100
	soldInADay = 73
)

// run plays days until there were so many sales, on every processor. The first has the seed behind from.
func run(t *testing.T, sales int, journal func(*testing.T) pos.Journal, from uint64) {
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
					play(t, seedOf(n)+from, journal, nil, total)
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
	if sales < 2000 {
		return // too short to be empty
	}
	if names := total.missing(sales); len(names) > 0 {
		t.Errorf("empty: these came up too seldom\n  %s", strings.Join(names, "\n  "))
	}
}

// seedOf is the seed of the n-th day: the same in every run, or, for every
// other one of the first, one that nobody has tried.
func seedOf(n int) uint64 {
	if n%2 == 1 && n/2 < *fresh {
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

func TestSimulation_Memory(t *testing.T) { run(t, *sales, inMemory, 0) }

// TestSimulation_SQLite plays on the real journal, whose file is in memory
// where the system has such a place: what a disk keeps is proved by killing
// (storage, ui/cli).
func TestSimulation_SQLite(t *testing.T) { run(t, *sqlite, inFile, 1_000_000) }

// TestKeptSeeds plays the days that once found something, as they are now, with half
// the troubles, before a manager could give money back, and before customers could
// scan the till.
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
		for _, then := range []func(*world){asNow, quieter, unmanaged, quickPayOnly} {
			if failed := play(t, seed, inMemory, then, total); failed != nil {
				t.Errorf("seed %d: %s (order %s)", seed, failed.rule, failed.no)
			}
		}
	}
	if total.left[deniedAtLast] == 0 {
		t.Errorf("none of them is the day any more on which the gateway denies what it has")
	}
}

func asNow(*world)          {}
func quieter(w *world)      { w.quiet = 190 }
func unmanaged(w *world)    { w.quiet, w.managed = 190, 0 }
func quickPayOnly(w *world) { w.quiet, w.scanners, w.managed = 190, 0, 0 }

// TestReplay plays one day again, on both journals.
func TestReplay(t *testing.T) {
	if *one == 0 {
		t.Skip("plays the day of -simulation.seed=N")
	}
	for _, journal := range []func(*testing.T) pos.Journal{inMemory, inFile} {
		total := newTally()
		play(t, *one, journal, nil, total)
		t.Log("\n" + total.report())
	}
}

// TestSameSeedSameDay: a day is its seed, to the last entry of its journal,
// whichever journal that is.
func TestSameSeedSameDay(t *testing.T) {
	for seed := range uint64(3) {
		var days []string
		for _, journal := range []func(*testing.T) pos.Journal{inMemory, inMemory, inFile} {
			read := func(t *testing.T) pos.Journal {
				j := journal(t)
				t.Cleanup(func() { days = append(days, dayOf(t, j)) })
				return j
			}
			play(t, seed+1, read, nil, newTally())
		}
		if days[0] != days[1] || days[0] != days[2] {
			t.Errorf("day %d: %d, %d and in a file %d bytes, or others", seed+1, len(days[0]), len(days[1]), len(days[2]))
		}
	}
}

// dayOf is what a journal has of every order, line by line.
func dayOf(t *testing.T, j pos.Journal) string {
	t.Helper()
	var text strings.Builder
	all, err := j.List(context.Background(), pos.Filter{})
	for _, s := range all {
		entries, broken := j.Timeline(context.Background(), s.OrderNo)
		err = errors.Join(err, broken)
		for _, e := range entries {
			fmt.Fprintf(&text, "%d %v %s %s %s\n", e.Seq, e.At, e.OrderNo, e.Name(), e.After.State)
		}
	}
	if err != nil || len(all) == 0 {
		t.Errorf("%d orders, %v", len(all), err)
	}
	return text.String()
}
