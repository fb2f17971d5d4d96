package simulation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"cashier/pos"
)

// till is pos.Till by hand: what that does with goroutines, timers and locks
// stands here on the agenda of one world. The rules are the same: effects in
// order, the journal before the wire, an entry that cannot be written is tried
// again for ever, an answer goes to the attempt that asked.
type till struct {
	w        *world
	run      string
	clock    clock
	steps    []time.Duration
	open     map[pos.OrderNo]*worker
	doubtful []pos.OrderNo // intents that may or may not have been kept
	broken   bool          // the journal cannot be written: no new sale
	conflict bool          // another till has written: for ever
	dead     bool          // the process is gone
}

// worker is what pos.Till has a goroutine for.
type worker struct {
	a      pos.Attempt
	seen   int // of till.steps
	inbox  []pos.Event
	timer  int // the newest timer's number: older ones are void
	calls  int // on their way
	stuck  bool
	gone   bool
	submit func() pos.Answer
}

// jump is what pos.Till takes for a step of the clock (design 3.16).
const jump = 5 * time.Second

// clock runs evenly from the wall time at which it was set.
type clock struct{ wall, mono time.Time }

func (t *till) now() time.Time {
	return t.clock.wall.Add(t.w.mono().Sub(t.clock.mono)).Truncate(time.Millisecond)
}

// start takes up everything open, and what was paid as the last thing that the
// run before wrote.
func (t *till) start() bool {
	t.clock = clock{t.w.wall(), t.w.mono()}
	seq, err := t.note("started")
	if err != nil {
		return false
	}
	open, err := t.w.journal.Open(context.Background())
	t.w.must(err)
	for _, a := range open {
		t.take(a, pos.Resumed{})
	}
	paid, err := t.w.journal.List(context.Background(), pos.Filter{States: []pos.State{pos.Paid}})
	t.w.must(err)
	for _, s := range paid {
		if s.Seq == seq-1 && s.Attention == "" && s.Refunded == 0 && !s.Refunding {
			t.takeUp(s.OrderNo, pos.Unseen{})
		}
	}
	return true
}

func (t *till) note(name string) (int64, error) {
	now := t.now()
	return t.w.disk.Append(context.Background(), pos.Entry{At: now, Day: day(now), Run: t.run, Event: pos.Noted{Name: name}})
}

// shopZone is the shop's day.
var shopZone = time.FixedZone("HKT", 8*60*60)

func day(at time.Time) string { return at.In(shopZone).Format(time.DateOnly) }

// take works on an attempt, beginning with an event.
func (t *till) take(a pos.Attempt, first pos.Event) {
	if w := t.open[a.OrderNo]; w != nil {
		t.deliver(w, first)
		return
	}
	w := &worker{a: a, seen: len(t.steps)}
	t.open[a.OrderNo] = w
	t.deliver(w, first)
}

// takeUp gives an attempt of the journal an event. One that is open and that
// nobody works on is taken up before.
func (t *till) takeUp(no pos.OrderNo, e pos.Event) {
	a, err := t.w.journal.Attempt(context.Background(), no)
	if pos.KindOf(err) == pos.KindNotFound && err != nil {
		return
	}
	t.w.must(err)
	if t.open[no] == nil && (a.Busy() || a.InFlight() != "") {
		t.take(a, pos.Resumed{})
	}
	if t.open[no] != nil {
		a = t.open[no].a
	}
	t.take(a, e)
}

// deliver gives a worker an event, now or when the journal works again.
func (t *till) deliver(w *worker, e pos.Event) {
	if t.dead || w.gone {
		return
	}
	w.inbox = append(w.inbox, e)
	for !w.stuck && !w.gone && !t.dead && len(w.inbox) > 0 {
		e, w.inbox = w.inbox[0], w.inbox[1:]
		t.step(w, e)
	}
	if !w.a.Busy() && w.calls == 0 && !w.stuck && w.a.NextAsk().IsZero() {
		t.retire(w)
	}
}

// retire forgets an attempt of which nothing more happens by itself.
func (t *till) retire(w *worker) {
	w.gone = true
	if t.open[w.a.OrderNo] == w {
		delete(t.open, w.a.OrderNo)
	}
}

// step decides one event; what the clock has done comes before it.
func (t *till) step(w *worker, e pos.Event) {
	t.checkClock()
	var by time.Duration
	for ; w.seen < len(t.steps); w.seen++ {
		by += t.steps[w.seen]
	}
	if by != 0 {
		t.w.tally.happened("clock step")
		t.decide(w, pos.ClockStepped{ByMS: by.Milliseconds()})
		if w.stuck || w.gone || t.dead {
			w.inbox = append([]pos.Event{e}, w.inbox...)
			return
		}
	}
	t.decide(w, e)
}

func (t *till) decide(w *worker, e pos.Event) {
	now := t.now()
	next, effects := t.w.law(w.a, e, now)
	t.carryOut(w, next, effects, now)
}

// checkClock sets the till's clock again after a jump, and wakes everybody.
func (t *till) checkClock() {
	wall, mono := t.w.wall(), t.w.mono()
	by := (wall.Sub(t.clock.wall) - mono.Sub(t.clock.mono)).Truncate(time.Millisecond)
	if by.Abs() <= jump {
		return
	}
	t.clock = clock{wall, mono}
	t.steps = append(t.steps, by)
	for _, no := range slices.Sorted(maps.Keys(t.open)) {
		w := t.open[no]
		t.w.in(0, func() { t.deliver(w, pos.Ticked{}) })
	}
	_, _ = t.note("clock_step") // holds nothing up
}

// poke has a worker look into its inbox.
func (t *till) poke(w *worker) {
	if len(w.inbox) > 0 {
		e := w.inbox[0]
		w.inbox = w.inbox[1:]
		t.deliver(w, e)
	}
}

// carryOut performs effects in order and stops at the first that fails. The
// process may die between any two of them.
func (t *till) carryOut(w *worker, next pos.Attempt, effects []pos.Effect, now time.Time) {
	for i, effect := range effects {
		if t.w.strikes(t) {
			return
		}
		switch effect := effect.(type) {
		case pos.Record:
			seq, err := t.record(pos.Entry{At: now, Day: day(now), Run: t.run, OrderNo: next.OrderNo, Event: effect.Event, After: next})
			if err != nil {
				t.again(w, next, effects[i:], now, err)
				return
			}
			next.Seq = seq
			t.w.watchLaw(w.a, next, effect.Event)
			w.a = next
		case pos.Query:
			t.call(w, effect.Within, func() pos.Answer { return t.w.client.Query(context.Background(), orderOf(next)) },
				func(r pos.Answer) pos.Event { return pos.QueryAnswered{Answer: r} })
		case pos.Revoke:
			t.w.revoking(next)
			t.call(w, 0, func() pos.Answer { return t.w.client.Revoke(context.Background(), orderOf(next)) },
				func(r pos.Answer) pos.Event { return pos.RevokeAnswered{Answer: r} })
		case pos.GiveBack:
			t.call(w, 0, func() pos.Answer { return t.w.client.GiveBack(context.Background(), refundOf(next)) },
				func(r pos.Answer) pos.Event { return pos.RefundAnswered{Answer: r} })
		case pos.AskRefund:
			t.call(w, 0, func() pos.Answer { return t.w.client.AskRefund(context.Background(), refundOf(next)) },
				func(r pos.Answer) pos.Event { return pos.RefundQueryAnswered{Answer: r} })
		case pos.Submit:
			t.call(w, 0, w.submit, func(r pos.Answer) pos.Event { return pos.SubmitAnswered{Answer: r} })
		case pos.After:
			w.timer++
			alarm := w.timer
			t.w.in(max(effect.At.Sub(now), 0), func() {
				if w.timer == alarm {
					t.deliver(w, pos.Ticked{})
				}
			})
		}
	}
}

func orderOf(a pos.Attempt) pos.Order {
	return pos.Order{No: a.OrderNo, Amount: a.Amount, Method: a.Method}
}

func refundOf(a pos.Attempt) pos.Refunding {
	r := newestRefund(a)
	return pos.Refunding{Order: orderOf(a), RefundNo: r.No, Minor: r.Amount.Minor, Desc: r.Reason}
}

// record appends e, or finds that an Append of unknown outcome has kept it.
func (t *till) record(e pos.Entry) (int64, error) {
	seq, err := t.w.disk.Append(context.Background(), e)
	if err != nil && pos.KindOf(err) == pos.KindConflict {
		own, readErr := t.w.journal.Timeline(context.Background(), e.OrderNo)
		t.w.must(readErr)
		last := own[len(own)-1]
		if last.Run == e.Run && last.Name() == e.Name() && last.At.Equal(e.At) {
			seq, err = last.Seq, nil
		}
	}
	if err == nil && !t.conflict {
		t.broken = false
	}
	return seq, err
}

// again tries the rest of the effects a second later; a conflict with another
// till is for ever.
func (t *till) again(w *worker, next pos.Attempt, rest []pos.Effect, now time.Time, err error) {
	t.broken = true
	if pos.KindOf(err) == pos.KindConflict {
		t.conflict = true
		t.w.tally.happened("written by another till")
		t.retire(w)
		return
	}
	w.stuck = true
	t.w.in(time.Second, func() {
		if t.dead {
			return
		}
		w.stuck = false
		t.carryOut(w, next, rest, now)
		t.poke(w)
	})
}

// call makes one call on the wire. The gateway sees it at once; the answer
// comes when it has taken its time, if anybody is there to hear it.
func (t *till) call(w *worker, within time.Duration, call func() pos.Answer, event func(pos.Answer) pos.Event) {
	if w.calls++; w.calls > 1 {
		t.w.broke("design 3.7: two calls at once", w.a.OrderNo)
	}
	answer, took := t.w.wire.carry(within, call)
	paid := t.w.kept(w.a.OrderNo)
	t.w.in(took, func() {
		w.calls--
		t.w.tally.heard(answer, paid)
		t.deliver(w, event(answer))
	})
}

// errBusy refuses a sale at a till that is down, or cannot write.
var errBusy = errors.New("no sale at this moment")

// charge is Till.Charge: everything that can be refused is refused before the
// intent, and the intent is durable before the first byte leaves.
func (t *till) charge(s pos.Scan) (pos.OrderNo, error) {
	ctx := context.Background()
	t.checkClock()
	if err := t.ready(); err != nil {
		return "", err
	}
	fingerprint := ""
	if s.Method == pos.QuickPay {
		fingerprint = s.Code.Fingerprint(t.w.journal.FingerprintKey())
		if used, err := t.w.journal.FindCode(ctx, fingerprint); used != "" || err != nil {
			return "", errors.Join(pos.ErrCodeUsed, err)
		}
	}
	var attempts []pos.Summary
	if s.Sale != "" {
		var err error
		attempts, err = t.w.journal.List(ctx, pos.Filter{Sale: s.Sale})
		t.w.must(err)
	}
	for _, a := range attempts {
		if err := a.CanRescan(t.w.rescan); err != nil {
			return "", err
		}
	}
	if err := t.w.client.Admit(ctx, s.Method); err != nil {
		return "", err
	}
	return t.begin(t.intent(s, len(attempts)+1, fingerprint), s)
}

// ready tries a journal once more that could not be written.
func (t *till) ready() error {
	if t.dead || t.conflict {
		return errBusy
	}
	if !t.broken {
		return nil
	}
	if _, err := t.note("journal_tried"); err != nil {
		return errBusy
	}
	t.broken = false
	for _, no := range t.doubtful {
		t.takeUp(no, pos.AskPressed{})
	}
	t.doubtful = nil
	return nil
}

func (t *till) intent(s pos.Scan, number int, fingerprint string) pos.Intended {
	now := t.now()
	last, err := t.w.journal.LastCounter(context.Background(), "K1", day(now))
	t.w.must(err)
	no, err := pos.NewOrderNo("K1", now.In(shopZone), t.w.journal.Incarnation(), last+1)
	t.w.must(err)
	if s.Sale == "" {
		s.Sale = pos.SaleID(no)
	}
	e := pos.Intended{OrderNo: no, Sale: s.Sale, Number: number, Method: s.Method, Amount: s.Amount,
		Fingerprint: fingerprint, Cashier: s.Cashier, Till: "K1", Counter: last + 1, Terms: pos.DefaultTerms.For(s.Method)}
	if s.Method == pos.QuickPay {
		e.CodeLast4 = s.Code.Last4()
	}
	return e
}

// begin journals the intent and submits. An intent that could not be written is no sale.
func (t *till) begin(e pos.Intended, s pos.Scan) (pos.OrderNo, error) {
	now := t.now()
	a, effects := t.w.law(pos.Attempt{}, e, now)
	if t.w.strikes(t) {
		return "", errBusy
	}
	seq, err := t.w.disk.Append(context.Background(), pos.Entry{At: now, Day: day(now), Run: t.run, OrderNo: e.OrderNo, Event: e, After: a})
	if err != nil {
		t.broken = true
		t.doubtful = append(t.doubtful, e.OrderNo)
		return "", err
	}
	a.First, a.Seq = seq, seq
	t.w.watchLaw(pos.Attempt{}, a, e)
	w := &worker{a: a, seen: len(t.steps), submit: func() pos.Answer {
		answer := t.w.client.Submit(context.Background(), pos.Charge{Order: orderOf(a), Code: s.Code, Ref: s.Ref})
		t.w.nobodySaw(orderOf(a))
		return answer
	}}
	if t.open[a.OrderNo] != nil {
		panic(fmt.Sprintf("%s is worked on already", a.OrderNo))
	}
	t.open[a.OrderNo] = w
	t.carryOut(w, a, effects[1:], now)
	return a.OrderNo, nil
}

// kill ends the process: timers, inboxes and answers on their way are gone.
func (t *till) kill() { t.dead = true }
