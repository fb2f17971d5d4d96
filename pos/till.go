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
)

// remembered is how many attempts of this run are kept in memory for the screen.
const remembered = 256

// ErrDraining refuses a new sale because the till is about to leave.
var ErrDraining = errors.New("the till is closing and takes no new sale")

// Till is the shell around Next: one goroutine for each open attempt, effects
// in order, the journal before the wire. It never waits for a screen. Its
// methods may be called from any goroutine.
type Till struct {
	gateway Gateway
	journal Journal
	policy  Policy

	ctx     context.Context // ends with Close; calls on the wire end with it
	cancel  context.CancelFunc
	workers sync.WaitGroup

	selling sync.Mutex // one new attempt at a time: number, intent

	mu       sync.Mutex
	clock    clock
	open     map[OrderNo]*worker
	latest   map[OrderNo]Attempt
	order    []OrderNo // of latest, oldest first
	changed  chan struct{}
	draining bool
	broken   error // the journal cannot be written: no new sale
}

// worker is the goroutine of one attempt. Only it touches a, code and timer.
type worker struct {
	a     Attempt
	code  AuthCode // until it is submitted
	ref   string
	inbox chan Event
	timer *time.Timer
}

// NewTill makes a till. Call Start (or TakeUp) before the first Charge, and Close in the end.
func NewTill(g Gateway, j Journal, p Policy) *Till {
	ctx, cancel := context.WithCancel(context.Background())
	return &Till{
		gateway: g, journal: j, policy: p, ctx: ctx, cancel: cancel,
		clock: newClock(time.Now), open: map[OrderNo]*worker{}, latest: map[OrderNo]Attempt{}, changed: make(chan struct{}),
	}
}

// Start takes up everything open, watches included, before the first new sale.
// The first query of each goes out at once.
func (t *Till) Start(ctx context.Context) error {
	if err := t.Note(ctx, "started", nil); err != nil {
		return err
	}
	open, err := t.journal.Open(ctx)
	if err != nil {
		return err
	}
	for _, a := range open {
		t.launch(a, Resumed{})
	}
	return nil
}

// TakeUp works on one order of the journal, and returns it as it stands. An
// open one is asked about at once.
func (t *Till) TakeUp(ctx context.Context, no OrderNo) (Attempt, error) {
	if a, known := t.Attempt(no); known {
		return a, nil
	}
	a, err := t.journal.Attempt(ctx, no)
	if err != nil {
		return Attempt{}, err
	}
	if a.Open() {
		t.launch(a, Resumed{})
	} else {
		t.remember(a)
	}
	return a, nil
}

// Warm dials ahead; the amount is being keyed.
func (t *Till) Warm() { t.gateway.Warm() }

// Policy returns what the shop has decided.
func (t *Till) Policy() Policy { return t.policy }

// Now is the till's clock: it shows the wall time at which it was set and from
// there runs evenly, in milliseconds. Attempts are timed by it.
func (t *Till) Now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.clock.now()
}

// Changed returns a channel that is closed at the next change of anything.
// Take it before reading, and no change is missed.
func (t *Till) Changed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changed
}

// Attempt returns the newest value of an attempt that this run has worked on.
func (t *Till) Attempt(no OrderNo) (Attempt, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.latest[no]
	return a, ok
}

// Open returns everything the till works on, oldest first, watches included.
func (t *Till) Open() []Attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	open := []Attempt{}
	for _, a := range t.latest {
		if a.Open() {
			open = append(open, a)
		}
	}
	slices.SortFunc(open, func(a, b Attempt) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return open
}

// Trouble returns why no new sale is taken, or nil: the journal cannot be
// written, or the till is leaving.
func (t *Till) Trouble() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.broken != nil {
		return &Error{Kind: KindJournal, Op: "write the journal", Err: t.broken,
			Hint: "free disk space or restart the till; sales in doubt are not lost"}
	}
	if t.draining {
		return &Error{Kind: KindUnavailable, Err: ErrDraining}
	}
	return nil
}

// Revoke asks for a revoke; refused with the reason of Attempt.CanRevoke.
func (t *Till) Revoke(no OrderNo, by string) error {
	a, known := t.Attempt(no)
	if !known {
		return &Error{Kind: KindNotFound, Op: "revoke " + string(no), Err: errors.New("not worked on by this till")}
	}
	if err := a.CanRevoke(t.Now()); err != nil {
		return &Error{Kind: KindInvalid, Op: "revoke " + string(no), Err: err}
	}
	t.tell(no, RevokePressed{By: by})
	return nil
}

// Ask queries an order now, whatever its state, and returns it with the
// answer taken in.
func (t *Till) Ask(ctx context.Context, no OrderNo) (Attempt, error) {
	_, working := t.Attempt(no)
	before, err := t.TakeUp(ctx, no)
	if err != nil {
		return Attempt{}, err
	}
	if working || !before.Open() {
		t.tell(no, AskPressed{})
	}
	err = t.Wait(ctx, func() bool {
		a, _ := t.Attempt(no)
		return a.Asked > before.Asked && a.inFlight != queryCall
	})
	a, _ := t.Attempt(no)
	return a, err
}

// Leave notes that nobody looks at an attempt any more: it is parked, or the screen is gone.
func (t *Till) Leave(no OrderNo) {
	if a, known := t.Attempt(no); known && !a.away && a.Open() {
		t.tell(no, Left{})
	}
}

// Return notes that somebody looks at an attempt again.
func (t *Till) Return(no OrderNo) {
	if a, known := t.Attempt(no); known && a.away && a.Open() {
		t.tell(no, Returned{})
	}
}

// Acknowledge takes a payment that was found while nobody looked off the
// attention list. Every other reason is a manager's.
func (t *Till) Acknowledge(no OrderNo, by string) error {
	a, known := t.Attempt(no)
	if !known || a.Attention != AttentionPaidAway {
		return &Error{Kind: KindInvalid, Op: "acknowledge " + string(no), Err: errors.New("there is nothing a cashier may acknowledge")}
	}
	t.tell(no, Acknowledged{By: by})
	return nil
}

// Wait returns when done reports true, which it is asked after every change,
// or with ctx's error.
func (t *Till) Wait(ctx context.Context, done func() bool) error {
	for {
		changed := t.Changed()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-t.ctx.Done():
			return ErrDraining
		}
	}
}

// Settled reports whether no verdict is open; watches may still be looking.
func (t *Till) Settled() bool {
	return !slices.ContainsFunc(t.Open(), func(a Attempt) bool { return !a.State.Settled() })
}

// Idle reports whether nothing is open, watches included.
func (t *Till) Idle() bool { return len(t.Open()) == 0 }

// Drain takes no new sale and lets the open ones go on without a screen until
// each has its verdict or ctx ends. It reports whether all have.
func (t *Till) Drain(ctx context.Context) bool {
	t.stopSelling()
	for _, a := range t.Open() {
		t.Leave(a.OrderNo)
	}
	return t.Wait(ctx, t.Settled) == nil
}

// Close ends every goroutine of the till, whatever they are doing: what is
// open stays open in the journal. The journal itself is the caller's to close.
func (t *Till) Close() {
	t.stopSelling()
	t.cancel()
	t.workers.Wait()
	t.note("stopped", map[string]string{"open": fmt.Sprint(len(t.Open()))})
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

// Note journals an event of the till itself.
func (t *Till) Note(ctx context.Context, name string, detail map[string]string) error {
	now := t.Now()
	_, err := t.journal.Append(ctx, Entry{At: now, Day: t.day(now), Run: t.policy.Run, Event: Noted{Name: name, Detail: detail}})
	return err
}

// note is Note for what must not hold anything up.
func (t *Till) note(name string, detail map[string]string) {
	if err := t.Note(context.WithoutCancel(t.ctx), name, detail); err != nil {
		t.brake(err)
	}
}

// launch starts the goroutine of an attempt of the journal with a first event.
func (t *Till) launch(a Attempt, first Event) {
	w := newWorker(a)
	t.start(w, func() bool { return t.step(w, first) })
}

func newWorker(a Attempt) *worker {
	w := &worker{a: a, inbox: make(chan Event, 8), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	return w
}

// start publishes the attempt and runs its goroutine, first doing begin.
func (t *Till) start(w *worker, begin func() bool) {
	t.mu.Lock()
	t.open[w.a.OrderNo] = w
	t.mu.Unlock()
	t.remember(w.a)
	t.workers.Go(func() {
		defer w.timer.Stop()
		defer t.survive(w.a.OrderNo)
		if begin() {
			t.work(w)
		}
	})
}

// survive keeps a bug in the machine from taking the screen and every other
// sale with it: the attempt stays open in the journal, and no new sale is taken.
func (t *Till) survive(no OrderNo) {
	if p := recover(); p != nil {
		t.brake(&Error{Kind: KindConflict, Op: "work on " + string(no), Err: fmt.Errorf("a bug: %v\n%s", p, debug.Stack())})
	}
}

// work is the life of one attempt in this process.
func (t *Till) work(w *worker) {
	for !t.retire(w) {
		var e Event
		select {
		case e = <-w.inbox:
		case <-w.timer.C:
			e = Ticked{}
		case <-t.ctx.Done():
			return
		}
		t.checkClock()
		if _, tick := e.(Ticked); tick && len(w.inbox) > 0 {
			continue // what has happened comes before what is due; a jump of the clock most of all
		}
		if !t.step(w, e) {
			return
		}
	}
}

// retire ends the goroutine of an attempt that nothing more happens to by itself.
func (t *Till) retire(w *worker) bool {
	if w.a.Open() || w.a.inFlight != noCall || !w.a.askAt.IsZero() {
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

// step takes one event: the new state is decided, made durable and only then
// acted upon and shown. It reports false when the goroutine has to end.
func (t *Till) step(w *worker, e Event) bool {
	now := t.Now()
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
		case Submit:
			// From here on the charge is ours: the intent is on disk. Whatever
			// happens to the call, we ask; we never charge a second time.
			charge := Charge{Order: next.order(), Code: w.code, Ref: w.ref}
			w.code = AuthCode{}
			t.call(w, func(ctx context.Context) Event { return SubmitAnswered{t.gateway.Submit(ctx, charge)} }, 0)
		case Query:
			t.call(w, func(ctx context.Context) Event { return QueryAnswered{t.gateway.Query(ctx, next.order())} }, effect.Within)
		case Revoke:
			t.call(w, func(ctx context.Context) Event { return RevokeAnswered{t.gateway.Revoke(ctx, next.order())} }, 0)
		case After:
			w.timer.Reset(max(effect.At.Sub(now), 0))
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

// call makes one call on the wire and posts its answer to the attempt.
func (t *Till) call(w *worker, call func(context.Context) Event, within time.Duration) {
	t.workers.Go(func() {
		ctx := t.ctx
		if within > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, within)
			defer cancel()
		}
		answer := call(ctx)
		select {
		case w.inbox <- answer:
		case <-t.ctx.Done(): // the answer is lost, as in a crash; the next start asks
		}
	})
}

// tell posts an event to an attempt, waking it if it had retired.
func (t *Till) tell(no OrderNo, e Event) {
	t.mu.Lock()
	w, working := t.open[no]
	if working {
		w.post(e)
	}
	a := t.latest[no]
	t.mu.Unlock()
	if !working && t.ctx.Err() == nil {
		t.launch(a, e)
	}
}

// post hands an event to the worker without waiting for it: when eight keys
// wait already, one more says nothing new.
func (w *worker) post(e Event) {
	select {
	case w.inbox <- e:
	default:
	}
}

// remember publishes the newest value of an attempt.
func (t *Till) remember(a Attempt) {
	t.mu.Lock()
	if _, known := t.latest[a.OrderNo]; !known {
		t.order = append(t.order, a.OrderNo)
	}
	t.latest[a.OrderNo] = a
	t.forget()
	t.mu.Unlock()
	t.shout()
}

// forget drops the oldest attempt that nobody works on when there are too many.
func (t *Till) forget() {
	if len(t.order) <= remembered {
		return
	}
	for i, no := range t.order {
		if _, working := t.open[no]; !working && !t.latest[no].Open() {
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
	close(t.changed)
	t.changed = make(chan struct{})
}

// brake takes no new sale: the journal cannot be written.
func (t *Till) brake(err error) {
	t.mu.Lock()
	t.broken = err
	t.mu.Unlock()
	t.shout()
}

// heal takes sales again. A conflict with another process never heals by itself.
func (t *Till) heal() {
	t.mu.Lock()
	was := t.broken
	if KindOf(was) != KindConflict {
		t.broken = nil
	}
	t.mu.Unlock()
	if was != nil {
		t.shout()
	}
}

// day is the shop's day.
func (t *Till) day(at time.Time) string { return at.In(t.policy.Zone).Format(time.DateOnly) }

// checkClock sets the till's clock again after a jump of the wall clock or a
// sleep of the machine, and tells every open attempt before its timer can act.
func (t *Till) checkClock() {
	t.mu.Lock()
	by := t.clock.off()
	if by.Abs() <= jump {
		t.mu.Unlock()
		return
	}
	t.clock = newClock(t.clock.read)
	for _, w := range t.open {
		w.post(ClockStepped{ByMS: by.Milliseconds()})
	}
	t.mu.Unlock()
	t.note("clock_step", map[string]string{"by_ms": fmt.Sprint(by.Milliseconds())})
}

// clock runs evenly from the wall time at which it was set, so that no
// duration in one run ever depends on somebody setting the wall clock.
type clock struct {
	wall time.Time // at start, without monotonic reading
	mono time.Time // at start, with it
	read func() time.Time
}

func newClock(read func() time.Time) clock {
	now := read()
	return clock{wall: now.UTC().Round(0), mono: now, read: read}
}

// now is in whole milliseconds, as the journal keeps it, so that a fold of the
// journal decides exactly as the till did.
func (c clock) now() time.Time { return c.wall.Add(c.read().Sub(c.mono)).Truncate(time.Millisecond) }

// off is how far the wall clock has run away from this one.
func (c clock) off() time.Duration {
	now := c.read()
	return now.Round(0).Sub(c.wall) - now.Sub(c.mono)
}
