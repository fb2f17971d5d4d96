package pos

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// Design 3.16: 5 s are not yet a step, so that NTP disturbs nobody.
func TestTill_FiveSecondsAreNoClockStep(t *testing.T) {
	for by, want := range map[time.Duration]bool{5 * time.Second: false, -5 * time.Second: false, 5001 * time.Millisecond: true} {
		inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
			stepClock(till, by)
			ends(t, till, charge(t, till, 1))
			got := slices.ContainsFunc(j.entries, func(e Entry) bool { return e.Name() == "clock_step" })
			if got != want {
				t.Errorf("%s: a step is journaled: %v", by, got)
			}
		})
	}
}

// A step of the clock that cannot be journaled stops selling like anything else that cannot.
func TestTill_ClockStepNotWritten(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		j.fail(&Error{Kind: KindJournal, Err: errors.New("disk full")})
		stepClock(till, time.Hour)
		till.checkClock()
		if err := till.Trouble(); KindOf(err) != KindJournal {
			t.Errorf("got %v", err)
		}
		j.fail(nil)
	})
}

// Two steps since an attempt last looked are one for it, as far as both together.
func TestTill_StepsAddUp(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, _ *memory) {
		till.steps = []time.Duration{time.Hour, time.Minute, -2 * time.Hour}
		w := &worker{seen: 1}
		if _, by := till.time(w); by != time.Minute-2*time.Hour {
			t.Errorf("got %s", by)
		}
		if _, by := till.time(w); by != 0 {
			t.Errorf("again: %s", by)
		}
	})
}
