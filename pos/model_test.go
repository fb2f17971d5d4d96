package pos

import (
	"flag"
	"maps"
	"slices"
	"testing"
	"time"
)

var (
	modelCrashes = flag.Int("model.crashes", 1, "crashes, second tills included, that TestModel explores")
	modelFaults  = flag.Int("model.faults", 1, "faults of the network and the gateway that TestModel explores")
)

// TestModel walks through everything that can happen to one sale with two
// attempts, with the product's Next in the middle, and holds the law of the
// money against every scene (docs/design.md 3). A failure prints the shortest
// way there.
func TestModel(t *testing.T) {
	skipModel(t)
	x := mergedExplorer(t, newModel(nil, rare{}))
	t.Run("quick", func(t *testing.T) { explored(t, x, RescanQuick, modelBudget(t, 0)) })
	t.Run("strict", func(t *testing.T) { explored(t, x, RescanStrict, modelBudget(t, 1)) })
}

// The same with what is rare (model_rare_test.go), one thing after the other.
// By the quick rule, which allows two attempts at once, only one thing goes wrong.
func TestModel_SevenDaysRefundsAndVoids(t *testing.T) {
	exploreRare(t, rare{days: true, refunds: true, voids: true})
}

func TestModel_Clocks(t *testing.T) { exploreRare(t, rare{clock: true}) }

func TestModel_SetUpRefused(t *testing.T) { exploreRare(t, rare{refuses: true}) }

func TestModel_Pauses(t *testing.T) { exploreRare(t, rare{pause: true}) }

// TestModel_AllAtOnce has nearly all of it in one world, too large for more than one thing that goes wrong.
func TestModel_AllAtOnce(t *testing.T) {
	exploreUnmerged(t, rare{days: true, clock: true, pause: true, refunds: true})
}

func TestModel_VoidsAndClocks(t *testing.T) { exploreUnmerged(t, rare{voids: true, clock: true}) }

func exploreUnmerged(t *testing.T, besides rare) {
	t.Helper()
	skipModel(t)
	m := newModel(nil, besides)
	explored(t, &explorer{model: m, real: m}, RescanStrict, budget{1, 1, 1})
}

func exploreRare(t *testing.T, besides rare) {
	t.Helper()
	skipModel(t)
	x := mergedExplorer(t, newModel(nil, besides))
	t.Run("quick", func(t *testing.T) { explored(t, x, RescanQuick, budget{1, 1, 1}) })
	t.Run("strict", func(t *testing.T) { explored(t, x, RescanStrict, modelBudget(t, 2)) })
}

func mergedExplorer(t *testing.T, m *model) *explorer {
	t.Helper()
	began := time.Now()
	x := newExplorer(m)
	t.Logf("%s: %d different attempts, %d sides of a sale, %d of them behave differently, %v", t.Name(),
		len(x.facts), len(x.real.sides), len(x.sides), time.Since(began).Round(10*time.Millisecond))
	return x
}

// explored holds every rule, and prints how much there was to see.
func explored(t *testing.T, x *explorer, rule Rescan, b budget) {
	t.Helper()
	began := time.Now()
	if found := x.explore(rule, b); found != lawKept {
		t.Fatalf("%s\n%s", ruleText[found], x.trace())
	}
	if n := x.stuck(); n > 0 {
		t.Fatalf("%s, from %d sides\n%s", ruleText[ruleL1], n, x.trace())
	}
	t.Logf("%s, %s: %d states, %d transitions, %v", t.Name(), b, len(x.scenes), x.transitions, time.Since(began).Round(10*time.Millisecond))
}

// modelBudget is what was asked for, and some faults more where there is less to see.
func modelBudget(t *testing.T, more int) budget {
	t.Helper()
	if *modelCrashes > most || *modelFaults > most {
		t.Fatalf("at most %d crashes and %d faults", most, most)
	}
	faults := min(*modelFaults+more, most)
	return budget{*modelCrashes, faults, *modelCrashes + faults}
}

func skipModel(t *testing.T) {
	t.Helper()
	if testing.Short() || raced {
		t.Skip("takes some seconds, in one goroutine")
	}
}

// TestModel_TwoTills: a till that lives on beside the one that replaced it can
// do no harm, because the journal refuses what it decides (compare-and-set).
func TestModel_TwoTills(t *testing.T) {
	skipModel(t)
	m := newModel(nil, rare{})
	m.beside = true
	x := explorer{model: m, real: m}
	faults := *modelFaults / 3 // of a release alone: there is much to see
	if found := x.explore(RescanStrict, budget{1, faults, 1 + faults}); found != lawKept {
		t.Fatalf("%s\n%s", ruleText[found], x.trace())
	}
	t.Logf("%s, %s: %d states, %d transitions", t.Name(), x.budget, len(x.scenes), x.transitions)
}

// TestModel_Merged: merging sides that behave alike loses nothing: as it is
// explored, or explored and then merged, the same is reached.
func TestModel_Merged(t *testing.T) {
	skipModel(t)
	t.Run("quick pay", func(t *testing.T) { mergedAlike(t, func(*model) {}) })
	t.Run("native", func(t *testing.T) { mergedAlike(t, scanning) })
}

func mergedAlike(t *testing.T, world func(*model)) {
	t.Helper()
	where := func(x *explorer, merged func(scene) scene) map[scene]bool {
		reached := map[scene]bool{}
		for _, s := range x.scenes {
			s = merged(s)
			reached[newScene(s.sides(), 0, 0, s.down())] = true
		}
		return reached
	}
	m := newModel(nil, rare{})
	world(m)
	x := newExplorer(m)
	x.explore(RescanStrict, budget{1, 0, 1})
	plain := explorer{model: x.real, real: x.real}
	plain.explore(RescanStrict, budget{1, 0, 1})
	got, want := where(x, func(s scene) scene { return s }), where(&plain, x.merged)
	if !maps.Equal(got, want) {
		t.Errorf("%d states reached, %d after merging", len(want), len(got))
	}
	t.Logf("%s, %s: %d states, from %d", t.Name(), x.budget, len(got), len(plain.scenes))
}

// TestModel_SameTwice: what is counted is counted in the same order again.
func TestModel_SameTwice(t *testing.T) {
	skipModel(t)
	var scenes [2][]scene
	for i := range scenes {
		m := newModel(nil, rare{days: true, clock: true, pause: true, refunds: true})
		x := explorer{model: m, real: m}
		x.explore(RescanStrict, budget{0, 0, 0})
		scenes[i] = x.scenes
	}
	if !slices.Equal(scenes[0], scenes[1]) {
		t.Errorf("%d states, then %d, or others", len(scenes[0]), len(scenes[1]))
	}
	t.Logf("%s: %d states, one by one", t.Name(), len(scenes[0]))
}
