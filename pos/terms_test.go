package pos

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// documented draws intervals inside the documented range (design 3.7).
func documented(t *rapid.T) Terms {
	between := func(name string, from, to int) time.Duration {
		return time.Duration(rapid.IntRange(1000*from, 1000*to).Draw(t, name)) * time.Millisecond
	}
	return Terms{
		FirstQuery: between("first_query", 3, 10), QueryEvery: between("query_every", 3, 10),
		RevokeAfter: between("revoke_after", 15, 30), RevokeEvery: between("revoke_every", 1, 60), Deadline: between("deadline", 30, 60),
	}
}

// Design 3.7: what is outside the documented range is refused, with the range;
// against a loopback gateway it may be shorter, never longer and never nothing.
func TestProperty_TermsKeepTheDocumentedRange(t *testing.T) {
	limits := []struct {
		of       func(*Terms) *time.Duration
		min, max time.Duration
	}{
		{func(t *Terms) *time.Duration { return &t.FirstQuery }, 3 * time.Second, 10 * time.Second},
		{func(t *Terms) *time.Duration { return &t.QueryEvery }, 3 * time.Second, 10 * time.Second},
		{func(t *Terms) *time.Duration { return &t.RevokeAfter }, 15 * time.Second, 30 * time.Second},
		{func(t *Terms) *time.Duration { return &t.RevokeEvery }, time.Second, 60 * time.Second},
		{func(t *Terms) *time.Duration { return &t.Deadline }, 30 * time.Second, 60 * time.Second},
	}
	rapid.Check(t, func(t *rapid.T) {
		terms := documented(t)
		if err := terms.Check(false); err != nil {
			t.Fatal(err)
		}
		limit := rapid.SampledFrom(limits).Draw(t, "of")
		got := time.Duration(rapid.OneOf(
			rapid.Int64Range(-1, 1), rapid.Int64Range(int64(limit.min)-1, int64(limit.min)+1), rapid.Int64Range(int64(limit.max)-1, int64(limit.max)+1), rapid.Int64(),
		).Draw(t, "got"))
		*limit.of(&terms) = got
		for _, loopback := range []bool{false, true} {
			fits := got > 0 && got <= limit.max && (got >= limit.min || loopback)
			if err := terms.Check(loopback); (err == nil) != fits || err != nil && (KindOf(err) != KindInvalid || HintOf(err) == "") {
				t.Fatalf("%v, loopback %v: %v (hint %q)", got, loopback, err, HintOf(err))
			}
		}
	})
}

// Design 3.7: every 3 s ± 20 %, drawn from the history alone; and it is drawn:
// tills that began together do not stay together.
func TestProperty_QueryWaitIsWithinTwentyPercentAndSpread(t *testing.T) {
	seen := map[time.Duration]bool{}
	rapid.Check(t, func(t *rapid.T) {
		a := Attempt{Summary: Summary{OrderNo: OrderNo(rapid.StringMatching(`K1261121Q7RX[0-9]{6}`).Draw(t, "no")), Asked: rapid.IntRange(0, 500).Draw(t, "asked")}}
		a.Terms.QueryEvery = time.Duration(rapid.Int64Range(1, int64(10*time.Second)).Draw(t, "every"))
		got := a.queryWait()
		if got < a.Terms.QueryEvery*80/100 || got > a.Terms.QueryEvery*120/100 || got != a.queryWait() {
			t.Fatalf("every %v: %v, then %v", a.Terms.QueryEvery, got, a.queryWait())
		}
		a.Terms.QueryEvery = 100
		seen[a.queryWait()] = true
	})
	if len(seen) < 20 && !testing.Short() {
		t.Errorf("only %d different waits", len(seen))
	}
}

// Design 3.8: 5, 5, 10, 20, 40, 60 s, the first step scales the rest, and from
// the tenth on every 5 minutes.
func TestProperty_RevokeWaits(t *testing.T) {
	steps := []time.Duration{5, 5, 10, 20, 40, 60, 60, 60, 60}
	rapid.Check(t, func(t *rapid.T) {
		terms := documented(t)
		for n := range 30 {
			want := 5 * time.Minute
			if n < len(steps) {
				want = terms.RevokeEvery * steps[n] / 5
			}
			if got := terms.revokeWait(n + 1); got != want {
				t.Fatalf("first step %v, after revoke %d: %v, want %v", terms.RevokeEvery, n+1, got, want)
			}
		}
	})
}

// Design 3.9: a watch looks every 3 s up to 45 s, at 120 s, and then every 5
// minutes, however long its queries take.
func TestProperty_AWatchLooksWhenItMust(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Attempt{Summary: Summary{OrderNo: "K1261121Q7RX000001"}, Terms: documented(t), since: t0}
		decided := false
		for now := t0; now.Sub(t0) < 20*time.Minute; a.Asked++ {
			now = now.Add(time.Duration(rapid.IntRange(0, 10_000).Draw(t, "took")) * time.Millisecond)
			next := a.watchAsk(now)
			wait, age, every := next.Sub(now), next.Sub(t0), a.Terms.QueryEvery
			switch {
			case now.Sub(t0) < decisive && age == decisive: // the look that decides
			case age < a.Terms.Deadline && wait >= every*80/100 && wait <= every*120/100:
			case now.Sub(t0) >= decisive && wait == 5*time.Minute:
			default:
				t.Fatalf("at the age of %v it waits %v, to the age of %v", now.Sub(t0), wait, age)
			}
			decided = decided || age == decisive || now.Sub(t0) >= decisive
			now = next
		}
		if !decided {
			t.Fatal("it never looks at 120 s")
		}
	})
}

// ride drives an attempt whose gateway never says anything that ends it, each
// call taking as long as it likes or may.
type ride struct {
	t    *rapid.T
	a    Attempt
	now  time.Time
	wake time.Time

	within  time.Duration // of the query on its way
	landed  time.Time     // when the last call was answered
	revoked time.Time     // when the last revoke was answered
	hold    time.Duration // how long that answer asked to wait
	due     time.Time     // the earliest time at which the law allows the next query
	first   bool          // no query has gone out yet
	press   time.Time     // when somebody will press revoke, if nothing is on its way
	pressed bool          // and it was taken: a revoke is due now
}

var (
	noVerdict = []Finding{FoundUserPaying, FoundUnclear, FoundCommFail, FoundNotSent, FoundNotPaid, FoundNoOrder, FoundOther}
	noRevoke  = []Finding{FoundRevokeAgain, FoundUnclear, FoundCommFail, FoundNotSent}
)

// Design 3.7 and 3.8, the bounds of every wait: no call before the law allows
// it and none later than it must be, from the submission to the fourteenth revoke.
func TestProperty_NoCallIsTooEarlyOrTooLate(t *testing.T) {
	calls := 0
	rapid.Check(t, func(t *rapid.T) {
		intent := someIntent()
		intent.Terms = documented(t)
		r := &ride{t: t, now: t0, first: true, press: t0.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "press")) * 500 * time.Millisecond)}
		r.take(intent)
		for r.a.Revokes < 14 {
			switch r.a.inFlight {
			case submitCall:
				r.answer(15*time.Second, func(took time.Duration) Event {
					f := rapid.SampledFrom([]Finding{FoundUserPaying, FoundUnclear}).Draw(t, "submitted")
					return SubmitAnswered{Answer{Finding: f, Heard: Heard{TookMS: took.Milliseconds()}}}
				})
				r.due = r.now.Add(r.a.Terms.FirstQuery)
				if r.a.last == FoundUserPaying {
					r.due = r.now.Add(r.a.Terms.QueryEvery)
				}
			case queryCall:
				r.answer(r.within, func(time.Duration) Event {
					return QueryAnswered{Answer{Finding: rapid.SampledFrom(noVerdict).Draw(t, "queried")}}
				})
			case revokeCall:
				r.answer(15*time.Second, func(time.Duration) Event {
					r.hold = time.Duration(rapid.SampledFrom([]int{0, 0, 60}).Draw(t, "hold")) * time.Second
					return RevokeAnswered{Answer{Finding: rapid.SampledFrom(noRevoke).Draw(t, "revoked"), NotBefore: r.hold}}
				})
				r.revoked = r.now
			default:
				r.pause()
			}
			calls++
		}
	})
	t.Logf("%d calls and waits", calls)
}

// pause lets time pass until something is due, or somebody presses the key.
func (r *ride) pause() {
	if r.press.After(r.now) && r.press.Before(r.wake) {
		r.now = r.press
		r.pressed = r.a.CanRevoke(r.now) == nil
		r.take(RevokePressed{})
		return
	}
	r.now = later(r.now, r.wake)
	r.take(Ticked{})
}

// answer lets the call take some of the time that it may.
func (r *ride) answer(most time.Duration, event func(took time.Duration) Event) {
	took := time.Duration(rapid.Int64Range(0, most.Milliseconds()).Draw(r.t, "took")) * time.Millisecond
	r.now = r.now.Add(took)
	r.landed = r.now
	r.take(event(took))
}

// take gives an event to Next and looks at what it sends.
func (r *ride) take(e Event) {
	next, effects := Next(r.a, e, r.now)
	for _, effect := range effects {
		switch effect := effect.(type) {
		case Query:
			r.within = effect.Within
			if r.within == 0 {
				r.within = 15 * time.Second
			}
			r.query()
			r.first = false
		case Revoke:
			r.revoke()
		case After:
			r.wake = effect.At
		}
	}
	r.a = next
}

// query: in doubt at the first moment of the law, give or take a fifth, or at
// the deadline, which nothing postpones; between two revokes half-way.
func (r *ride) query() {
	terms, wait, deadline := r.a.Terms, r.now.Sub(r.landed), t0.Add(r.a.Terms.Deadline)
	switch {
	case r.a.State == Revoking:
		r.exactly("a query between two revokes", r.revoked.Add(terms.revokeWait(r.a.Revokes)/2))
	case r.first && r.now.Equal(r.due), r.now.Equal(deadline), !r.landed.Before(deadline) && wait == 0:
	case !r.first && wait >= terms.QueryEvery*80/100 && wait <= terms.QueryEvery*120/100 && r.now.Before(deadline):
	default:
		r.t.Fatalf("%v after the submission, %v after the last answer, a query in state %s", r.now.Sub(t0), wait, r.a.State)
	}
}

// revoke: the first when it is pressed, or at the deadline, when the last query
// has had its half second, but never in the first 15 s; the others at their step.
func (r *ride) revoke() {
	age, terms := r.now.Sub(t0), r.a.Terms
	if age < terms.RevokeAfter {
		r.t.Fatalf("a revoke %v after the submission", age)
	}
	switch {
	case r.pressed:
		r.exactly("the revoke that was pressed", r.press)
		r.pressed = false
	case r.a.Revokes > 0:
		r.exactly("the next revoke", r.revoked.Add(max(terms.revokeWait(r.a.Revokes), r.hold)))
	default:
		latest := max(terms.Deadline+3*minimumCall/2, terms.RevokeAfter*101/100+time.Second)
		if age < terms.Deadline || age > latest {
			r.t.Fatalf("the first revoke %v after the submission, deadline %v", age, terms.Deadline)
		}
	}
}

// exactly: at due, or as soon as the line was free after it.
func (r *ride) exactly(what string, due time.Time) {
	if want := later(due, r.landed); !r.now.Equal(want) {
		r.t.Fatalf("%s, after %d, is %v off", what, r.a.Revokes, r.now.Sub(want))
	}
}
