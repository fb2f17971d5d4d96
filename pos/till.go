package pos

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Policy is what the shop has decided for one till.
type Policy struct {
	Till     string         // 1 to 8 digits or upper-case letters; in every order number
	Currency Currency       // of every sale
	Terms    Terms          // of every new attempt
	Rescan   Rescan         // when a sale may be charged again
	Prefixes []string       // accepted first digits of an auth code
	Zone     *time.Location // the shop's day
	Practice bool           // marked in every record
	Run      string         // names this run of the program in the journal
}

// Times of the shell.
const (
	jump       = 5 * time.Second   // a step of the wall clock beyond this is an event (design 3.16)
	retryEvery = time.Second       // a journal that cannot be written is tried again
	DrainFor   = 180 * time.Second // how long open attempts go on without a screen
	readFor    = time.Second       // a verdict that stood for less was read by nobody
)

// remembered is how many attempts of this run are kept in memory for the screen.
const remembered = 256

// Till is the shell around Next: one goroutine for each open attempt, effects
// in order, the journal before the wire. It never waits for a screen. Its
// methods may be called from any goroutine; those that a screen or a command
// asks with stand in desk.go.
type Till struct {
	gateway Gateway
	journal Journal
	policy  Policy

	ctx     context.Context // ends with Close; calls on the wire end with it
	cancel  context.CancelFunc
	workers sync.WaitGroup

	selling  sync.Mutex // one new attempt at a time: number, intent; none is taken up meanwhile
	doubtful []OrderNo  // intents that may or may not have been kept; guarded by selling

	refunding sync.Mutex // one refund begins at a time

	mu       sync.Mutex
	clock    clock
	steps    []time.Duration // every jump of the wall clock in this run
	open     map[OrderNo]*worker
	latest   map[OrderNo]Attempt
	order    []OrderNo // of latest, oldest first
	changed  chan struct{}
	draining bool
	broken   error    // the journal cannot be written: no new sale
	paid     struct { // the newest sale of this run that became paid in front of somebody
		no OrderNo
		at time.Time
	}
}

// worker is the goroutine of one attempt. Only it touches a, seen and timer.
type worker struct {
	a     Attempt
	seen  int // of Till.steps
	inbox chan Event
	timer *time.Timer
}

// NewTill makes a till. Call Start (or TakeUp) before the first Charge, and Close in the end.
func NewTill(g Gateway, j Journal, p Policy) *Till {
	ctx, cancel := context.WithCancel(context.Background())
	return &Till{
		gateway: g, journal: j, policy: p, ctx: ctx, cancel: cancel,
		clock: newClock(readClocks), open: map[OrderNo]*worker{}, latest: map[OrderNo]Attempt{}, changed: make(chan struct{}),
	}
}

// Start takes up everything open, watches included, before the first new sale.
// The first query of each goes out at once.
func (t *Till) Start(ctx context.Context) error {
	if _, err := t.note(ctx, "started", nil); err != nil {
		return err
	}
	open, err := t.journal.Open(ctx)
	if err != nil {
		return err
	}
	for _, a := range open {
		t.work(a, Resumed{})
	}
	return t.findUnseen(ctx)
}

// TakeUp works on one order of the journal, and returns it as it stood. An
// open one is asked about at once.
func (t *Till) TakeUp(ctx context.Context, no OrderNo) (Attempt, error) {
	if a, known := t.Attempt(no); known {
		return a, nil
	}
	t.selling.Lock() // it may be just being charged, or taken up by somebody else
	defer t.selling.Unlock()
	return t.takeUp(ctx, no)
}

// takeUp is TakeUp with selling held.
func (t *Till) takeUp(ctx context.Context, no OrderNo) (Attempt, error) {
	if a, known := t.Attempt(no); known {
		return a, nil
	}
	a, err := t.journal.Attempt(ctx, no)
	if err != nil {
		return Attempt{}, err
	}
	if a.Busy() || a.inFlight != noCall {
		t.work(a, Resumed{})
	} else {
		t.remember(a)
	}
	return a, nil
}

// Drain takes no new sale and lets the open ones go on without a screen until
// each has its verdict or ctx ends. It reports whether all have.
func (t *Till) Drain(ctx context.Context) bool {
	t.stopSelling()
	since := t.Now().Add(-readFor)
	for _, a := range t.Open() {
		t.Leave(a.OrderNo)
	}
	t.listUnread(ctx, since)
	settled := t.Wait(ctx, t.Settled) == nil
	t.listUnread(ctx, since) // a verdict may have crossed the word that nobody looks
	return settled
}

// Close ends every goroutine of the till, whatever they are doing: what is
// open stays open in the journal. The journal itself is the caller's to close.
func (t *Till) Close() {
	t.stopSelling()
	t.mu.Lock()
	t.cancel() // under the lock: no goroutine begins after this
	t.mu.Unlock()
	t.workers.Wait()
	t.noteOrBrake("stopped", map[string]string{"open": fmt.Sprint(len(t.Open()))})
}

// stopSelling refuses every sale from now on; one that is being begun is finished first.
func (t *Till) stopSelling() {
	t.selling.Lock()
	defer t.selling.Unlock()
	t.mu.Lock()
	t.draining = true
	t.mu.Unlock()
	t.shout()
}

// note journals an event of the till itself.
func (t *Till) note(ctx context.Context, name string, detail map[string]string) (int64, error) {
	return t.enter(ctx, Noted{Name: name, Detail: detail}, nil)
}

// enter is note for any of them, with how somebody who works here stands afterwards.
func (t *Till) enter(ctx context.Context, e Event, p *Person) (int64, error) {
	now := t.Now()
	return t.journal.Append(ctx, Entry{At: now, Day: t.day(now), Run: t.policy.Run, Event: e, Person: p})
}

// noteOrBrake is note for what must not hold anything up.
func (t *Till) noteOrBrake(name string, detail map[string]string) {
	if _, err := t.note(context.WithoutCancel(t.ctx), name, detail); err != nil {
		t.brake(err)
	}
}

// work gives an event to an attempt of the journal that nobody may be working on yet.
func (t *Till) work(a Attempt, first Event) {
	t.own(a, func(w *worker) bool { return t.step(w, first) }, first)
}

// own makes a goroutine for an attempt, which first does begin. If there is
// one already it is given the event instead; if there was one meanwhile the
// attempt is as that one left it. It reports false when the one there is too
// busy, or the till has been closed.
func (t *Till) own(a Attempt, begin func(*worker) bool, otherwise Event) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w, working := t.open[a.OrderNo]; working {
		return w.post(otherwise)
	}
	if t.ctx.Err() != nil {
		return false
	}
	if latest := t.latest[a.OrderNo]; latest.Seq > a.Seq {
		a = latest
	}
	w := &worker{a: a, seen: len(t.steps), inbox: make(chan Event, 8), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	t.open[a.OrderNo] = w
	t.publish(a)
	t.workers.Go(func() {
		defer t.retire(w)
		if begin(w) {
			t.live(w)
		}
	})
	return true
}

// tell posts an event to an attempt of this run, waking it if it had retired.
// It reports false when the attempt is too busy to take one more.
func (t *Till) tell(no OrderNo, e Event) bool {
	a, known := t.Attempt(no)
	return known && t.own(a, func(w *worker) bool { return t.step(w, e) }, e)
}

// post hands an event to the worker without waiting for it.
func (w *worker) post(e Event) bool {
	select {
	case w.inbox <- e:
		return true
	default:
		return false
	}
}

// live is the life of one attempt in this process.
func (t *Till) live(w *worker) {
	for !t.over(w) {
		var e Event
		select {
		case e = <-w.inbox:
		case <-w.timer.C:
			e = Ticked{}
		case <-t.ctx.Done():
			return
		}
		if !t.step(w, e) {
			return
		}
	}
}

// over reports whether nothing more happens to the attempt by itself; then its
// place is free at once, so that no event can be lost in between.
func (t *Till) over(w *worker) bool {
	if w.a.Busy() || w.a.inFlight != noCall || !w.a.askAt.IsZero() {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(w.inbox) > 0 {
		return false
	}
	delete(t.open, w.a.OrderNo)
	return true
}

// retire ends a goroutine, however it ends. A bug in the machine does not take
// the screen and every other sale with it: the attempt stays open in the
// journal, and no new sale is taken.
func (t *Till) retire(w *worker) {
	w.timer.Stop()
	if p := recover(); p != nil {
		t.brake(&Error{Kind: KindConflict, Op: "work on " + string(w.a.OrderNo), Err: fmt.Errorf("a bug: %v\n%s", p, debug.Stack())})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open[w.a.OrderNo] == w {
		delete(t.open, w.a.OrderNo)
	}
}

// step takes one event: the new state is decided, made durable and only then
// acted upon and shown. What the clock has done comes before it. It reports
// false when the goroutine has to end.
func (t *Till) step(w *worker, e Event) bool {
	now, stepped := t.time(w)
	if stepped != 0 {
		next, effects := Next(w.a, ClockStepped{ByMS: stepped.Milliseconds()}, now)
		if !t.carryOut(w, next, effects, now) {
			return false
		}
		now, _ = t.time(w)
	}
	next, effects := Next(w.a, e, now)
	return t.carryOut(w, next, effects, now)
}

// carryOut performs effects in order and stops at the first that fails.
func (t *Till) carryOut(w *worker, next Attempt, effects []Effect, now time.Time) bool {
	for _, effect := range effects {
		switch effect := effect.(type) {
		case Record:
			// Nothing below happens before this entry is durable.
			seq, ok := t.record(Entry{At: now, OrderNo: next.OrderNo, Event: effect.Event, After: next})
			if !ok {
				return false
			}
			next.Seq = seq
			w.a = next
			t.remember(next)
		case Query:
			t.call(w, effect.Within, func(ctx context.Context) Answer { return t.gateway.Query(ctx, next.order()) },
				func(r Answer) Event { return QueryAnswered{r} })
		case Revoke:
			t.call(w, 0, func(ctx context.Context) Answer { return t.gateway.Revoke(ctx, next.order()) },
				func(r Answer) Event { return RevokeAnswered{r} })
		case GiveBack:
			t.call(w, 0, func(ctx context.Context) Answer { return t.gateway.GiveBack(ctx, next.refunding()) },
				func(r Answer) Event { return RefundAnswered{r} })
		case AskRefund:
			t.call(w, 0, func(ctx context.Context) Answer { return t.gateway.AskRefund(ctx, next.refunding()) },
				func(r Answer) Event { return RefundQueryAnswered{r} })
		case After:
			w.timer.Reset(max(effect.At.Sub(now), 0))
		case Submit:
			panic("a submission outside Charge")
		}
	}
	return true
}

// record appends e, trying again for as long as the journal cannot be written:
// until then the screen goes on showing the state before, and no new sale is
// taken. It gives up when the till closes or another process has changed the order.
func (t *Till) record(e Entry) (seq int64, ok bool) {
	e.Day, e.Run = t.day(e.At), t.policy.Run
	for {
		seq, err := t.journal.Append(context.WithoutCancel(t.ctx), e)
		if KindOf(err) == KindConflict {
			seq, err = t.kept(e, err)
		}
		if err == nil {
			t.heal()
			return seq, true
		}
		t.brake(err)
		if KindOf(err) == KindConflict {
			return 0, false
		}
		select {
		case <-time.After(retryEvery):
		case <-t.ctx.Done():
			return 0, false
		}
	}
}

// kept looks whether the entry that is in the way is e itself: an Append whose
// outcome was not known has kept it after all.
func (t *Till) kept(e Entry, conflict error) (int64, error) {
	entries, err := t.journal.Timeline(context.WithoutCancel(t.ctx), e.OrderNo)
	if err != nil {
		return 0, conflict
	}
	last := entries[len(entries)-1]
	if last.Run != e.Run || last.Name() != e.Name() || !last.At.Equal(e.At) {
		return 0, conflict
	}
	return last.Seq, nil
}

// call makes one call on the wire and posts its answer to the attempt. A call
// that panics has no answer: doubt.
func (t *Till) call(w *worker, within time.Duration, call func(context.Context) Answer, event func(Answer) Event) {
	t.workers.Go(func() {
		ctx := t.ctx
		if within > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, within)
			defer cancel()
		}
		answer := guarded(ctx, call)
		select {
		case w.inbox <- event(answer):
		case <-t.ctx.Done(): // the answer is lost, as in a crash; the next start asks
		}
	})
}

func guarded(ctx context.Context, call func(context.Context) Answer) (r Answer) {
	defer func() {
		if p := recover(); p != nil {
			r = Answer{Finding: FoundUnclear, Code: "bug", Heard: Heard{Error: fmt.Sprintf("a bug: %v\n%s", p, debug.Stack())}}
		}
	}()
	return call(ctx)
}

// remember publishes the newest value of an attempt.
func (t *Till) remember(a Attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.publish(a)
}

// publish is remember with the lock held.
func (t *Till) publish(a Attempt) {
	before, known := t.latest[a.OrderNo]
	if !known {
		t.order = append(t.order, a.OrderNo)
	}
	if known && a.State == Paid && before.State != Paid && !a.away && !a.Method.Elsewhere() {
		t.paid.no, t.paid.at = a.OrderNo, t.clock.now()
	}
	t.latest[a.OrderNo] = a
	t.forget()
	t.wake()
}

// forget drops the oldest attempt that nobody works on when there are too many.
func (t *Till) forget() {
	if len(t.order) <= remembered {
		return
	}
	for i, no := range t.order {
		if _, working := t.open[no]; !working && !t.latest[no].Busy() {
			delete(t.latest, no)
			t.order = slices.Delete(t.order, i, i+1)
			return
		}
	}
}

// shout wakes everybody who waits for a change.
func (t *Till) shout() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wake()
}

// wake is shout with the lock held.
func (t *Till) wake() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// brake takes no new sale: the journal cannot be written. A conflict with
// another process, or a bug, is not overwritten: it never heals by itself.
func (t *Till) brake(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if KindOf(t.broken) != KindConflict {
		t.broken = err
	}
	t.wake()
}

// heal takes sales again.
func (t *Till) heal() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.broken != nil && KindOf(t.broken) != KindConflict {
		t.broken = nil
		t.wake()
	}
}

// day is the shop's day.
func (t *Till) day(at time.Time) string { return at.In(t.policy.Zone).Format(time.DateOnly) }

// time is the till's clock as an attempt has to see it: when the wall clock
// has jumped since the attempt last looked, by is how far.
func (t *Till) time(w *worker) (now time.Time, by time.Duration) {
	t.checkClock()
	t.mu.Lock()
	defer t.mu.Unlock()
	for ; w.seen < len(t.steps); w.seen++ {
		by += t.steps[w.seen]
	}
	return t.clock.now(), by
}

// checkClock sets the till's clock again after a jump of the wall clock or a
// sleep of the machine, and wakes every attempt, which then asks first.
func (t *Till) checkClock() {
	t.mu.Lock()
	by := t.clock.off().Truncate(time.Millisecond)
	if by.Abs() <= jump {
		t.mu.Unlock()
		return
	}
	t.clock = newClock(t.clock.read)
	t.steps = append(t.steps, by)
	for _, w := range t.open {
		w.post(Ticked{})
	}
	t.mu.Unlock()
	t.noteOrBrake("clock_step", map[string]string{"by_ms": fmt.Sprint(by.Milliseconds())})
}

// clockSince is since when the till's clock has run evenly: its start, or when
// the wall clock was set.
func (t *Till) clockSince() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.clock.wall.Truncate(time.Millisecond)
}

// clock runs evenly from the wall time at which it was set, so that no
// duration in one run ever depends on somebody setting the wall clock.
type clock struct {
	wall time.Time // when it was set
	mono time.Time // at the same moment, with monotonic reading
	read func() (wall, mono time.Time)
}

// readClocks reads what a person calls the time, and what runs evenly.
func readClocks() (wall, mono time.Time) {
	now := time.Now()
	return now.UTC().Round(0), now
}

func newClock(read func() (wall, mono time.Time)) clock {
	wall, mono := read()
	return clock{wall, mono, read}
}

// now is in whole milliseconds, as the journal keeps it, so that a fold of the
// journal decides exactly as the till did.
func (c clock) now() time.Time {
	_, mono := c.read()
	return c.wall.Add(mono.Sub(c.mono)).Truncate(time.Millisecond)
}

// off is how far the wall clock has run away from this one.
func (c clock) off() time.Duration {
	wall, mono := c.read()
	return wall.Sub(c.wall) - mono.Sub(c.mono)
}

// errUnknown is about an order that this run does not work on.
var errUnknown = errors.New("not worked on by this till")
