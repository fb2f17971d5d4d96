package pos

import (
	"flag"
	"maps"
	"testing"
	"time"
)

var (
	modelCrashes = flag.Int("model.crashes", 1, "crashes, second tills included, that TestModel explores")
	modelFaults  = flag.Int("model.faults", 2, "faults of the network and the gateway that TestModel explores")
)

// TestModel walks through everything that can happen to one sale with two
// attempts, with the product's Next in the middle, and holds the law of the
// money against every scene (docs/design.md 3). A failure prints the shortest
// way there.
func TestModel(t *testing.T) {
	skipModel(t)
	if *modelCrashes > most || *modelFaults > most {
		t.Fatalf("at most %d crashes and %d faults", most, most)
	}
	for _, rule := range []Rescan{RescanQuick, RescanStrict} {
		t.Run(string(rule), func(t *testing.T) {
			began := time.Now()
			x := newExplorer(newModel(nil, rule))
			if found := x.explore(*modelCrashes, *modelFaults); found != lawKept {
				t.Fatalf("%s\n%s", ruleText[found], x.trace())
			}
			if n := x.stuck(); n > 0 {
				t.Fatalf("%s, from %d sides\n%s", ruleText[ruleL1], n, x.trace())
			}
			t.Logf("%d crashes, %d faults: %d states, %d transitions, %v (%d sides, merged from %d, of %d different attempts)",
				*modelCrashes, *modelFaults, len(x.scenes), x.transitions, time.Since(began).Round(10*time.Millisecond),
				len(x.sides), len(x.real.sides), len(x.facts))
		})
	}
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
	m := newModel(nil, RescanStrict)
	m.beside = true
	x := explorer{model: m, real: m}
	if found := x.explore(1, 0); found != lawKept {
		t.Fatalf("%s\n%s", ruleText[found], x.trace())
	}
	t.Logf("%d states", len(x.scenes))
}

// TestModel_Merged: merging sides that behave alike loses nothing: as it is
// explored, or explored and then merged, the same is reached.
func TestModel_Merged(t *testing.T) {
	skipModel(t)
	where := func(x *explorer, merged func(scene) scene) map[scene]bool {
		reached := map[scene]bool{}
		for _, s := range x.scenes {
			s = merged(s)
			reached[newScene(s.sides(), 0, 0, s.down())] = true
		}
		return reached
	}
	x := newExplorer(newModel(nil, RescanStrict))
	x.explore(1, 0)
	plain := explorer{model: x.real, real: x.real}
	plain.explore(1, 0)
	got, want := where(x, func(s scene) scene { return s }), where(&plain, x.merged)
	if !maps.Equal(got, want) {
		t.Errorf("%d scenes reached, %d after merging", len(want), len(got))
	}
	t.Logf("%d scenes, from %d", len(got), len(plain.scenes))
}
