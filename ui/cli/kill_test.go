package cli

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/wechat/sim"
)

var (
	killTimes = flag.Int("kill.times", 40, "how often TestKill kills a till at random, and at every named point once for each thousand; more than 5000 need -timeout")
	killSeed  = flag.Uint64("kill.seed", 0, "what TestKill's tills sell and when they are killed; 0: something new. The same seed makes the same plan, and "+
		"not the same moments: processes and their clocks are real")
)

// skipKills: what is killed are other processes, in which the race detector
// shows nothing and takes long.
func skipKills(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("kills other processes")
	}
}

// perFloor is how many kills one journal sees.
const perFloor = 40

// hopeless is an amount that never ends: no revoke of it is ever accepted.
const hopeless = 41

// TestKill: a till that sells is killed at random, and at every named point,
// many times in the life of one journal. Nothing that was acknowledged is lost,
// nothing is submitted twice, and every sale ends as the gateway has it.
func TestKill(t *testing.T) {
	skipKills(t)
	seed := seedOfKills()
	began := time.Now()
	points := killPoints(t)
	floors := planFloors(rand.New(rand.NewPCG(seed, 1)), *killTimes, points)
	total := onFloors(t, seed, floors)
	for _, p := range points {
		if total.points[p] == 0 {
			total.broke(rulePoint, "%s: nobody was killed there", p)
		}
	}
	t.Logf("%s\n%d floors, %.1f s", total, len(floors), time.Since(began).Seconds())
	total.report(t)
	if t.Failed() {
		t.Logf("go test ./ui/cli -run 'TestKill$' -kill.times=%d -kill.seed=%d makes the same plan, and not the same moments", *killTimes, seed)
	}
}

func seedOfKills() uint64 {
	seed := *killSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	return seed
}

// report fails the test with everything that is broken.
func (r *killResult) report(t *testing.T) {
	t.Helper()
	for rule, how := range r.broken {
		t.Errorf("broken: %s\n%s", rule, strings.Join(how[:min(len(how), 10)], "\n"))
	}
}

// onFloors kills on several floors at once: their children mostly wait.
func onFloors(t *testing.T, seed uint64, floors [][]kill) *killResult {
	total, work := newKillResult(), make(chan int)
	var mu sync.Mutex
	var crew sync.WaitGroup
	for range 3 * runtime.GOMAXPROCS(0) {
		crew.Go(func() {
			for n := range work {
				t.Run(fmt.Sprint(n), func(t *testing.T) {
					f := newKillFloor(t, seed+uint64(n))
					defer func() { // it may have been given up
						mu.Lock()
						defer mu.Unlock()
						total.add(f.result)
					}()
					f.kills(floors[n])
					f.finish()
				})
			}
		})
	}
	for n := range floors {
		work <- n
	}
	close(work)
	crew.Wait()
	return total
}

// planFloors makes a plan of so many kills at random, and at all points at
// least once, for journals that see perFloor kills each.
func planFloors(dice *rand.Rand, times int, points []string) (floors [][]kill) {
	var plan, alone []kill
	for range times {
		plan = append(plan, atRandom(dice))
	}
	for range max(1, times/1000) {
		for _, p := range points {
			if strings.HasPrefix(p, "journal/unseen/") {
				alone = append(alone, unseen(p)...)
			} else {
				plan = append(plan, atPoint(dice, p))
			}
		}
	}
	dice.Shuffle(len(plan), func(i, j int) { plan[i], plan[j] = plan[j], plan[i] })
	plan = append(alone, plan...)
	for ; len(plan) > perFloor; plan = plan[perFloor:] {
		floors = append(floors, plan[:perFloor])
	}
	return append(floors, plan)
}

// busy is a counter with a few sales at once.
func busy(dice *rand.Rand) errand {
	return errand{Sides: 1 + dice.IntN(4), Amounts: killAmounts(), Scanners: 25, Tries: 3, Patience: 2 * 45 * time.Second / killSpeed}
}

// killAmounts are those of the simulator's table, and some that are simply paid.
func killAmounts() (minor []int64) {
	for _, s := range sim.Scenarios() {
		if s.Minor != hopeless {
			minor = append(minor, s.Minor)
		}
	}
	return append(minor, 100, 100, 100, 1250, 1250, 8800, 100_000)
}

// atRandom is a kill after a random time, or a random number of entries; one
// in eight hits a till that is leaving.
func atRandom(dice *rand.Rand) kill {
	k := kill{errand: busy(dice)}
	if dice.IntN(2) == 0 {
		k.after = time.Duration(dice.IntN(400)+1) * time.Millisecond
	} else {
		k.lines = 1 + dice.IntN(60)
	}
	if dice.IntN(8) == 0 {
		k.Customers = 1 + dice.IntN(3)
	}
	return k
}

// atPoint is a kill at one of the first passings of a named point.
func atPoint(dice *rand.Rand, point string) kill {
	k := kill{errand: busy(dice)}
	k.Nth = 1 + dice.Int64N(3)
	what := strings.Split(point, "/")[1]
	switch {
	case keys[what] != nil:
		k.Key = what
	case strings.HasPrefix(what, "refund"), what == "giveback", what == "askrefund":
		k.Key = "refund_pressed"
	case slices.Contains(pageCalls, what):
		k.Scanners = 75
	}
	switch wire, onWire := strings.CutPrefix(point, "wire/"); {
	case onWire:
		k.wire = wire
		return k
	case strings.HasPrefix(point, "journal/stopped/"):
		k.Customers, k.Nth = 1, 1
	case strings.HasPrefix(point, "start/"), strings.HasPrefix(point, "journal/started/"):
		k.Nth = 1
	}
	k.Point = point
	return k
}

// unseen brings a till to a point around an entry that is rare: the run before
// wrote that a sale is paid, and nothing after it.
func unseen(point string) []kill {
	before, at := kill{errand: plain(100)}, kill{errand: plain(100)}
	before.Point, before.Nth = "journal/submit_answer/after", 1
	at.Point, at.Nth = point, 1
	return []kill{before, at}
}

// plain is a counter with one sale after the other, and nothing else.
func plain(minor int64) errand {
	return errand{Sides: 1, Quiet: true, Amounts: []int64{minor}, Tries: 1, Patience: time.Second}
}

// scanned is the same where the customer scans the till.
func scanned(minor int64) errand {
	e := plain(minor)
	e.Scanners = 100
	return e
}

// TestKill_EveryRequest: killed around each request of a sale, before and after
// WeChat Pay acts on it, the sale of every kind ends right. The next till
// leaves by itself, with everything settled.
func TestKill_EveryRequest(t *testing.T) {
	skipKills(t)
	var floors [][]kill
	for _, sale := range []errand{plain(100), plain(30), plain(31), plain(40), plain(42), plain(50), scanned(100), scanned(31), scanned(33)} {
		for nth := range int64(4) {
			for _, when := range []string{"before", "after"} {
				killed := kill{errand: sale, wire: "request/" + when, leave: true}
				killed.Customers, killed.Nth = 1, nth+1
				floors = append(floors, []kill{killed, {leave: true}})
			}
		}
	}
	total := onFloors(t, 0, floors)
	t.Log(total)
	total.report(t)
	const sure = 9 + 7 // each sale has a first request, and all but 1.00 and 0.50 a second one
	for _, when := range []string{"before", "after"} {
		if n := total.points["wire/request/"+when]; n < sure {
			t.Errorf("%d were killed %s a request, want %d or more", n, when, sure)
		}
	}
}

// TestKill_AtBirth: killed while it makes its journal, which keeps no till from
// starting again.
func TestKill_AtBirth(t *testing.T) {
	skipKills(t)
	seed := seedOfKills()
	dice := rand.New(rand.NewPCG(seed, 2))
	var floors [][]kill
	for range max(20, *killTimes/10) {
		birth := kill{errand: plain(100), birth: 1 + time.Duration(dice.Int64N(int64(longestBirth)))}
		floors = append(floors, []kill{birth, {errand: plain(100), lines: 3}})
	}
	total := onFloors(t, seed, floors)
	t.Log(total)
	total.report(t)
}

// longestBirth is about how long a journal takes to be made.
const longestBirth = 8 * time.Millisecond
