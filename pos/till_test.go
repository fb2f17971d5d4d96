package pos

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

var somePolicy = Policy{
	Till: "K1", Currency: "HKD", Terms: DefaultTerms, Rescan: RescanQuick,
	Prefixes: DefaultPrefixes, Zone: time.FixedZone("HKT", 8*3600), Run: "run-1",
}

// code returns a distinct auth code.
func code(t testing.TB, n int) AuthCode {
	t.Helper()
	c, err := ParseAuthCode(fmt.Sprintf("13%016d", n), DefaultPrefixes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var twelveFifty = Money{1250, "HKD"}

// inBubble runs a till on a world and a journal in fake time.
func inBubble(t *testing.T, w *world, f func(t *testing.T, till *Till, j *memory)) {
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		till := NewTill(w, j, somePolicy)
		if err := till.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		f(t, till, j)
		till.Close()
		for _, a := range till.latest {
			if folded, err := j.Attempt(t.Context(), a.OrderNo); err != nil || !reflect.DeepEqual(folded, a) {
				t.Errorf("the journal folds to\n%+v (%v)\nthe till held\n%+v", folded, err, a)
			}
		}
	})
}

// charge begins a sale that has to be taken.
func charge(t *testing.T, till *Till, n int) OrderNo {
	t.Helper()
	a, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, n)})
	if err != nil {
		t.Fatal(err)
	}
	return a.OrderNo
}

// ends waits until nothing is open and returns the attempt.
func ends(t *testing.T, till *Till, no OrderNo) Attempt {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if err := till.Wait(ctx, till.Idle); err != nil {
		a, _ := till.Attempt(no)
		t.Fatalf("still open after an hour: %+v", a)
	}
	a, _ := till.Attempt(no)
	return a
}

func TestTill_PaidAtOnce(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		if a := ends(t, till, no); a.State != Paid || a.TransactionID != "4200" || a.Sale != SaleID(no) {
			t.Errorf("got %+v", a)
		}
		if got, want := j.names(no), []string{"intent", "submit_answer"}; !slices.Equal(got, want) {
			t.Errorf("journal %v, want %v", got, want)
		}
	})
}

// Design 3.1: the intent is durable before the first byte of Quick Pay leaves;
// and so is every call before it is made.
func TestTill_JournalBeforeWire(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.recalls = userPaying, FoundUserPaying, 1
	var durable []string
	w.each = func(point string) {
		want := map[string]string{"before submit": "intent", "before query": "query", "before revoke": "revoke"}[point]
		if want != "" && (len(durable) == 0 || durable[len(durable)-1] != want) {
			t.Errorf("%s: the newest entry is %v, want %s", point, durable, want)
		}
	}
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		j.after = func(e Entry) { durable = append(durable, e.Name()) }
		if a := ends(t, till, charge(t, till, 1)); a.State != Revoked || a.Reason != ReasonDeadline {
			t.Errorf("got %+v", a)
		}
	})
}

// Design 3.1: if the intent cannot be written there is no sale, and nothing is sent.
func TestTill_IntentNotWritten(t *testing.T) {
	w := newWorld()
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		j.fail(&Error{Kind: KindJournal, Err: errors.New("disk full")})
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 1)}); KindOf(err) != KindJournal {
			t.Errorf("got %v, want a journal error", err)
		}
		if len(w.seen) != 0 {
			t.Errorf("sent without an intent: %v", w.seen)
		}
		j.fail(nil) // the disk has room again: the next sale is taken
		ends(t, till, charge(t, till, 2))
	})
}

// Reliability P5: a result that cannot be written is no verdict. No new sale is
// taken; when the disk has room again the sale goes on.
func TestTill_ResultNotWritten(t *testing.T) {
	w := newWorld()
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		j.fail(&Error{Kind: KindJournal, Err: errors.New("disk full")})
		time.Sleep(5 * time.Second)
		if a, _ := till.Attempt(no); a.State != Submitting {
			t.Errorf("a verdict that the journal does not have: %s", a.State)
		}
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 2)}); KindOf(err) != KindJournal {
			t.Errorf("a new sale was taken: %v", err)
		}
		j.fail(nil)
		if a := ends(t, till, no); a.State != Paid || till.Trouble() != nil {
			t.Errorf("got %s, trouble %v", a.State, till.Trouble())
		}
	})
}

// Design 9: a sale refused by the quota leaves no attempt behind.
func TestTill_QuotaLeavesNothingBehind(t *testing.T) {
	w := newWorld()
	w.refuse = &Error{Kind: KindUnavailable, Err: errors.New("thirty a second")}
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 1)}); KindOf(err) != KindUnavailable {
			t.Errorf("got %v", err)
		}
		if len(j.all()) != 0 {
			t.Errorf("left behind: %v", j.all())
		}
	})
}

// Design 7: a code that was ever submitted is never taken again.
func TestTill_CodeUsedBefore(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		ends(t, till, charge(t, till, 1))
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 1)}); !errors.Is(err, ErrCodeUsed) || KindOf(err) != KindInvalid {
			t.Errorf("got %v, want the code refused", err)
		}
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty}); KindOf(err) != KindInvalid {
			t.Errorf("without a code: %v", err)
		}
		if n := len(j.all()); n != 1 {
			t.Errorf("%d attempts", n)
		}
	})
}

// Design 3.11: a new attempt for the same sale is refused while the last one is
// open, under strict also while it is watched; the next customer's never is.
func TestTill_Rescan(t *testing.T) {
	for _, rule := range []Rescan{RescanQuick, RescanStrict} {
		w := newWorld()
		w.takes, w.answer = unknownThere, FoundDeclined
		inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
			till.policy.Rescan = rule
			no := charge(t, till, 1)
			again := Scan{Amount: twelveFifty, Code: code(t, 2), Sale: SaleID(no)}
			if _, err := till.Charge(t.Context(), again); KindOf(err) != KindInvalid {
				t.Errorf("%s: taken while the last attempt is open: %v", rule, err)
			}
			charge(t, till, 3) // the next customer
			time.Sleep(time.Second)
			a, _ := till.Attempt(no)
			if a.State != Failed || !a.Watch {
				t.Fatalf("%s: got %s", rule, describe(a))
			}
			second, err := till.Charge(t.Context(), again)
			if taken := err == nil; taken != (rule == RescanQuick) {
				t.Errorf("%s: taken under a watch: %v (%v)", rule, taken, err)
			}
			if err == nil && (second.Number != 2 || second.Sale != a.Sale || second.OrderNo == no) {
				t.Errorf("second attempt %+v", second.Summary)
			}
			if _, err := till.Charge(t.Context(), Scan{Amount: Money{99, "HKD"}, Code: code(t, 4), Sale: a.Sale}); KindOf(err) != KindInvalid {
				t.Errorf("another amount for the same sale: %v", err)
			}
			ends(t, till, no)
		})
	}
}

// Design 2: paid while nobody looked is on the attention list until acknowledged.
func TestTill_ParkedPaid(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.confirms = userPaying, FoundUserPaying, 5*time.Second
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		time.Sleep(time.Second)
		till.Leave(no)
		if a := ends(t, till, no); a.State != Paid || a.Attention != AttentionPaidAway {
			t.Fatalf("got %s", describe(a))
		}
		if err := till.Acknowledge(no, "2"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if a, _ := till.Attempt(no); a.Attention != "" {
			t.Errorf("got %s", describe(a))
		}
		if err := till.Acknowledge(no, "2"); err == nil {
			t.Error("acknowledged twice")
		}
	})
}

// Design 3.8: the key does nothing before 15 s.
func TestTill_RevokePressed(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.recalls = userPaying, FoundUserPaying, 1
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		time.Sleep(14 * time.Second)
		if err := till.Revoke(no, "2"); !errors.Is(err, ErrRevokeEarly) {
			t.Errorf("at 14 s: %v", err)
		}
		time.Sleep(2 * time.Second)
		if err := till.Revoke(no, "2"); err != nil {
			t.Errorf("at 16 s: %v", err)
		}
		if a := ends(t, till, no); a.State != Revoked || a.Reason != ReasonCashier || a.Revokes != 2 || a.Recall != RecallNo {
			t.Errorf("got %+v", a.Summary)
		}
	})
}

// What was read, what is on the list already and what was only looked up is not unseen.
func TestTill_Drain_WhatNobodyHasToBeTold(t *testing.T) {
	for name, does := range map[string]func(t *testing.T, till *Till, no OrderNo){
		"read":        func(_ *testing.T, _ *Till, _ OrderNo) { time.Sleep(readFor) },
		"asked again": func(t *testing.T, till *Till, no OrderNo) { time.Sleep(readFor); till.Ask(t.Context(), no) },
		"only looked up": func(t *testing.T, till *Till, no OrderNo) {
			time.Sleep(readFor)
			delete(till.latest, no) // as after 256 others
			if _, err := till.TakeUp(t.Context(), no); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
				no := charge(t, till, 1)
				ends(t, till, no)
				does(t, till, no)
				drained := till.Drain(t.Context())
				synctest.Wait()
				if !drained || slices.Contains(j.names(no), "unseen") {
					t.Errorf("drained: %v", j.names(no))
				}
			})
		})
	}
}

// A parked sale that becomes paid is on the list by itself, and does not hide
// the one that became paid in front of the cashier just before.
func TestTill_Drain_AParkedSaleHidesNoOther(t *testing.T) {
	till := NewTill(newWorld(), &memory{}, somePolicy)
	since := till.Now().Add(-readFor)
	for _, a := range []Attempt{
		{Summary: Summary{OrderNo: "K1261121Q7RX000001", State: InDoubt}, away: true},
		{Summary: Summary{OrderNo: "K1261121Q7RX000002", State: InDoubt}},
		{Summary: Summary{OrderNo: "K1261121Q7RX000002", State: Paid}},
		{Summary: Summary{OrderNo: "K1261121Q7RX000001", State: Paid, Attention: AttentionPaidAway}, away: true},
	} {
		till.remember(a)
	}
	if no := till.unread(since); no != "K1261121Q7RX000002" {
		t.Errorf("%q is unread", no)
	}
}

// Draining takes no new sale, the open ones go on until settled.
func TestTill_Drain(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.confirms = userPaying, FoundUserPaying, 20*time.Second
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		ctx, cancel := context.WithTimeout(t.Context(), DrainFor)
		defer cancel()
		if !till.Drain(ctx) {
			t.Error("not settled")
		}
		if a, _ := till.Attempt(no); a.State != Paid || a.Attention != AttentionPaidAway {
			t.Errorf("got %s", describe(a))
		}
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 2)}); !errors.Is(err, ErrDraining) {
			t.Errorf("a sale while draining: %v", err)
		}
	})
}

// A verdict that came as the screen went has been seen by nobody (design 2).
func TestTill_Drain_PaidAsTheScreenWent(t *testing.T) {
	for stood, want := range map[time.Duration]Attention{0: AttentionPaidAway, readFor - time.Millisecond: AttentionPaidAway, readFor: ""} {
		inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
			no := charge(t, till, 1)
			ends(t, till, no)
			time.Sleep(stood)
			if !till.Drain(t.Context()) {
				t.Error("not settled")
			}
			if a, _ := till.Attempt(no); a.State != Paid || a.Attention != want {
				t.Errorf("after %s: got %s", stood, describe(a))
			}
		})
	}
}

// stepClock sets the wall clock by d, as somebody or NTP would.
func stepClock(till *Till, d time.Duration) {
	till.mu.Lock()
	defer till.mu.Unlock()
	till.clock.read = func() (wall, mono time.Time) {
		wall, mono = readClocks()
		return wall.Add(d), mono
	}
}

// Design 3.16: a step of the wall clock over 5 s is an event; an open attempt
// is asked about before any timer acts, and every duration of the run stays.
func TestTill_ClockStep(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -24 * time.Hour, 6 * time.Second} {
		w := newWorld()
		w.takes, w.answer = userPaying, FoundUserPaying
		inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
			start := time.Now()
			no := charge(t, till, 1)
			time.Sleep(4 * time.Second)
			stepClock(till, by)
			if a := ends(t, till, no); a.Reason != ReasonDeadline || a.State != Revoked {
				t.Errorf("%s: got %s", by, describe(a))
			}
			if took := time.Since(start); took < 45*time.Second || took > 50*time.Second {
				t.Errorf("%s: the deadline came after %s", by, took)
			}
			names := j.names(no)
			at := slices.Index(names, "clock_stepped")
			if at < 0 || names[at+1] != "query" && names[at+1] != "query_answer" {
				t.Errorf("%s: journal %v", by, names)
			}
			if !slices.ContainsFunc(j.entries, func(e Entry) bool { return e.OrderNo == "" && e.Name() == "clock_step" }) {
				t.Error("the step is not in the journal")
			}
		})
	}
}

// An answer that arrives with the jump is not judged by the new clock: a watch
// that is 5 s old has not lasted 120 s.
func TestTill_AnswerAfterAClockStep(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = unknownThere, FoundCommFail
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		time.Sleep(5*time.Second + 220*time.Millisecond) // the first query is on its way
		stepClock(till, 3*time.Minute)
		time.Sleep(time.Second)
		if a, _ := till.Attempt(no); !a.Watch {
			t.Errorf("the watch is over after 6 s: %s", describe(a))
		}
		ends(t, till, no)
	})
}

// An Append whose outcome was not known and that was kept all the same is not
// taken for somebody else's.
func TestTill_KeptAllTheSame(t *testing.T) {
	w := newWorld()
	w.takes, w.answer = userPaying, FoundUserPaying
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		synctest.Wait()
		j.lose(1)
		if a := ends(t, till, no); a.State != Revoked || till.Trouble() != nil {
			t.Errorf("got %s, trouble %v", describe(a), till.Trouble())
		}
	})
}

// The same for an intent: nothing was sent, and it is taken up when the
// journal works again.
func TestTill_IntentKeptAllTheSame(t *testing.T) {
	w := newWorld()
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		j.lose(1)
		if _, err := till.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 1)}); KindOf(err) != KindJournal {
			t.Fatalf("got %v", err)
		}
		no := charge(t, till, 2)
		ends(t, till, no)
		for _, a := range j.all() {
			if a.OrderNo != no && (a.State != Revoked || w.seen[a.OrderNo] != 0) {
				t.Errorf("the lost intent is %s, sent %d times", describe(a), w.seen[a.OrderNo])
			}
		}
	})
}

// A query of a settled order that was cut off does not block the next one.
func TestTill_AskAfterACutOffQuery(t *testing.T) {
	w := newWorld()
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		first := NewTill(w, j, somePolicy)
		no := charge(t, first, 1)
		ends(t, first, no)
		w.deaf = true
		first.tell(no, AskPressed{})
		time.Sleep(time.Second)
		first.Close()
		w.deaf = false
		second := NewTill(w, j, somePolicy)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if a, err := second.Ask(ctx, no); err != nil || a.State != Paid {
			t.Errorf("got %s, %v", describe(a), err)
		}
		second.Close()
	})
}

// runOf is the policy of another run of the program.
func runOf(name string) Policy {
	p := somePolicy
	p.Run = name
	return p
}

// Paid, and killed before anybody can have seen it: on the attention list.
func TestTill_PaidAndKilled(t *testing.T) {
	w := newWorld()
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		first := NewTill(w, j, somePolicy)
		no := charge(t, first, 1)
		time.Sleep(time.Second)
		j.fail(errKilled) // nothing more is written
		first.Close()
		j.fail(nil)
		second := NewTill(w, j, runOf("second"))
		if err := second.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if a, _ := second.Attempt(no); a.Attention != AttentionPaidAway {
			t.Errorf("got %s", describe(a))
		}
		second.Close()
		third := NewTill(w, j, runOf("third")) // a run that ended in order leaves nothing unseen
		if err := third.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		third.Close()
	})
}

// Only the sale that the last entry of the earlier run is about can have been
// paid unseen: whoever was sold to after it, or shut the till, had seen it.
func TestTill_OnlyTheLastCanBeUnseen(t *testing.T) {
	w := newWorld()
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		first := NewTill(w, j, somePolicy)
		seen := charge(t, first, 1)
		ends(t, first, seen)
		unseen := charge(t, first, 2)
		ends(t, first, unseen)
		j.fail(errKilled)
		first.Close()
		j.fail(nil)
		second := NewTill(w, j, runOf("second"))
		if err := second.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for no, want := range map[OrderNo]Attention{seen: "", unseen: AttentionPaidAway} {
			if a, err := j.Attempt(t.Context(), no); err != nil || a.Attention != want {
				t.Errorf("%s: %s, %v", no, describe(a), err)
			}
		}
		second.Close()
	})
}

// Killed between any two effects and started again, the sale ends
// right and nothing is submitted twice. The till is killed at the n-th point
// of its life, for every n, in every world; then another one takes over.
func TestTill_KilledBetweenAnyTwoEffects(t *testing.T) {
	worlds := map[string]func(*world){
		"paid":              func(w *world) {},
		"paid, answer lost": func(w *world) { w.answer = FoundUnclear },
		"never arrived":     func(w *world) { w.answer, w.unreached = FoundUnclear, true },
		"password":          func(w *world) { w.takes, w.answer, w.confirms = userPaying, FoundUserPaying, 8*time.Second },
		"never confirmed":   func(w *world) { w.takes, w.answer, w.recalls = userPaying, FoundUserPaying, 2 },
		"declined":          func(w *world) { w.takes, w.answer = unknownThere, FoundDeclined },
		"FAIL though paid":  func(w *world) { w.answer = FoundCommFail },
		"paid late":         func(w *world) { w.takes, w.answer, w.confirms = userPaying, FoundCommFail, 30*time.Second },
	}
	for name, set := range worlds {
		t.Run(name, func(t *testing.T) {
			for n := 1; killedAt(t, set, n); n++ {
			}
		})
	}
}

// killedAt kills the till at its n-th point and checks how the sale ends. It
// reports whether the till lived that long.
func killedAt(t *testing.T, set func(*world), n int) (reached bool) {
	synctest.Test(t, func(t *testing.T) {
		w, j := newWorld(), &memory{}
		set(w)
		points, dead := 0, make(chan struct{})
		kill := func() bool {
			points++
			if points == n {
				reached = true
				close(dead)
			}
			return points >= n
		}
		first := NewTill(&mortal{world: w, kill: kill}, &mortalJournal{memory: j, kill: kill}, somePolicy)
		if err := first.Start(t.Context()); err == nil {
			first.Charge(t.Context(), Scan{Amount: twelveFifty, Code: code(t, 1)})
		}
		select {
		case <-dead:
		case <-time.After(time.Hour):
		}
		first.Close()

		second := NewTill(w, j, somePolicy)
		if err := second.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkEnd(t, n, second, w, j)
		second.Close()
	})
	return reached
}

// checkEnd holds what the till concludes against what really happened.
func checkEnd(t *testing.T, n int, till *Till, w *world, j *memory) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if till.Wait(ctx, till.Idle) != nil {
		t.Fatalf("killed at %d: still open after an hour: %s", n, describe(till.Open()[0]))
	}
	for no, times := range w.seen {
		if times > 1 {
			t.Errorf("killed at %d: %s was submitted %d times", n, no, times)
		}
		if _, err := j.Attempt(t.Context(), no); err != nil {
			t.Errorf("killed at %d: the gateway has an order that the journal does not: %v", n, err)
		}
	}
	for _, a := range j.all() {
		kept := w.orders[a.OrderNo] == paidThere
		if kept != (a.State == Paid) {
			t.Errorf("killed at %d: %s, but the money is kept: %v\n%v", n, describe(a), kept, j.names(a.OrderNo))
		}
	}
}

// mortal is a gateway that the till is killed around: before a call and after
// it took effect.
type mortal struct {
	*world
	kill func() bool
}

func (m *mortal) around(ctx context.Context, call func() Answer) Answer {
	if m.kill() {
		<-ctx.Done()
		return Answer{Finding: FoundUnclear}
	}
	r := call()
	if m.kill() {
		<-ctx.Done()
	}
	return r
}

func (m *mortal) Submit(ctx context.Context, c Charge) Answer {
	return m.around(ctx, func() Answer { return m.world.Submit(ctx, c) })
}

func (m *mortal) Query(ctx context.Context, o Order) Answer {
	return m.around(ctx, func() Answer { return m.world.Query(ctx, o) })
}

func (m *mortal) Revoke(ctx context.Context, o Order) Answer {
	return m.around(ctx, func() Answer { return m.world.Revoke(ctx, o) })
}

// mortalJournal is a journal that the till is killed around: before an entry
// is durable and after.
type mortalJournal struct {
	*memory
	kill func() bool
}

var errKilled = &Error{Kind: KindConflict, Err: errors.New("killed")}

func (m *mortalJournal) Append(ctx context.Context, e Entry) (int64, error) {
	if m.kill() {
		return 0, errKilled
	}
	seq, err := m.memory.Append(ctx, e)
	if m.kill() {
		return 0, errKilled
	}
	return seq, err
}

// What other commands write in between, without taking anything up, hides nothing:
// a shift that is opened, another run that ends in order.
func TestTill_UnseenBehindOtherRuns(t *testing.T) {
	w := newWorld()
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		first := NewTill(w, j, somePolicy)
		no := charge(t, first, 1)
		ends(t, first, no)
		j.fail(errKilled)
		first.Close()
		j.fail(nil)
		backroom := NewTill(w, j, runOf("backroom"))
		must(t, NewOffice(backroom, officeBooks{j}, plainPINs{}).OpenShift(t.Context(), Person{}))
		backroom.Close()
		for _, run := range []string{"third", "fourth"} {
			till := NewTill(w, j, runOf(run))
			must(t, till.Start(t.Context()))
			synctest.Wait()
			if a, err := j.Attempt(t.Context(), no); err != nil || a.Attention != AttentionPaidAway {
				t.Errorf("%s: %s, %v", run, describe(a), err)
			}
			till.Close()
		}
		last := NewTill(w, j, runOf("last"))
		must(t, last.Resolve(t.Context(), no, "the customer has the goods", "m"))
		last.Close()
		after := NewTill(w, j, runOf("after"))
		must(t, after.Start(t.Context()))
		synctest.Wait()
		if a, _ := j.Attempt(t.Context(), no); a.Attention != "" {
			t.Errorf("it came back: %s", describe(a))
		}
		after.Close()
	})
}
