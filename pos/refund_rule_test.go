package pos

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func refundOnItsWay(t *testing.T, now time.Time) Attempt {
	a := concluded(found(FoundPaid))
	a, _ = Next(a, RefundPressed{No: a.nextRefund(), Amount: Money{500, "HKD"}, Reason: "cold"}, now)
	a, _ = Next(a, Ticked{}, now)
	if a.inFlight != refundCall {
		t.Fatal(a.inFlight)
	}
	return a
}

// Design 3.16, F5: the 60 s in which a request may not show yet are of this run.
func TestRefund_AClockStepIsNoMinute(t *testing.T) {
	a := refundOnItsWay(t, t0)
	a, _ = Next(a, RefundAnswered{found(FoundRefundRefused)}, t0)
	now := t0.Add(10 * time.Minute)
	a, _ = Next(a, ClockStepped{ByMS: (10 * time.Minute).Milliseconds()}, now)
	now = now.Add(5 * time.Second)
	a, _ = Next(a, Ticked{}, now)
	a, _ = Next(a, RefundQueryAnswered{found(FoundRefundNotFound)}, now)
	if a.given.State == RefundFailed {
		t.Errorf("5 s after the request the refund is called failed; another may begin: %v", a.CanRefund(Money{500, "HKD"}))
	}
}

// The same number has to be asked for again after 60 s, however the clock was set.
func TestRefund_AClockSetBackDoesNotStopARefund(t *testing.T) {
	for _, restart := range []bool{false, true} {
		a := refundOnItsWay(t, t0)
		now := t0.Add(-365 * 24 * time.Hour)
		if restart {
			a, _ = Next(a, Resumed{}, now)
		} else {
			a, _ = Next(a, RefundAnswered{found(FoundUnclear)}, t0)
			a, _ = Next(a, ClockStepped{ByMS: now.Sub(t0).Milliseconds()}, now)
		}
		for sent := now; a.inFlight != refundCall; {
			if w := a.wait(); len(w) == 1 {
				now = later(now, w[0].(After).At)
			}
			a, _ = Next(a, Ticked{}, now)
			if a.inFlight == refundQueryCall {
				a, _ = Next(a, RefundQueryAnswered{found(FoundRefundNotFound)}, now)
			}
			if now.Sub(sent) > 30*24*time.Hour {
				t.Errorf("restart %v: after 30 days the request was never repeated, attention %q, another refund: %v", restart, a.Attention, a.CanRefund(Money{500, "HKD"}))
				break
			}
		}
	}
}

// Accepted is not refunded: trade_state REFUND because of our own refund ends nothing.
func TestRefund_RefundAcceptedIsNotRevoked(t *testing.T) {
	now := t0.Add(8 * 24 * time.Hour)
	a := concluded(found(FoundUnclear))
	a.State, a.refused, a.paidSeen, a.inFlight = Confirming, true, true, noCall
	a.askAt, a.revokeAt = now.Add(slow), time.Time{}
	a, _ = Next(a, RefundPressed{No: a.nextRefund(), Amount: a.Amount, Reason: "stuck"}, now)
	a, _ = Next(a, Ticked{}, now)
	a, _ = Next(a, RefundAnswered{found(FoundRefundAccepted)}, now)
	now = a.askAt
	a.refundAt = now.Add(time.Second)
	a, _ = Next(a, Ticked{}, now)
	a, _ = Next(a, QueryAnswered{found(FoundRefunding)}, now)
	if a.State == Revoked {
		t.Errorf("revoked (closed %v) while its refund is %s", a.closed, a.given.State)
	}
	for range 8 { // REFUNDCLOSE to the end
		if w := a.wait(); len(w) == 1 {
			now = later(now, w[0].(After).At)
		}
		a, _ = Next(a, Ticked{}, now)
		switch a.inFlight {
		case refundQueryCall:
			a, _ = Next(a, RefundQueryAnswered{found(FoundRefundClosed)}, now)
		case refundCall:
			a, _ = Next(a, RefundAnswered{found(FoundRefundRefused)}, now)
		}
	}
	t.Logf("%s, refund %s, refunded %d, open %v, attention %q, again: %v", a.State, a.given.State, a.Refunded, a.Busy(), a.Attention, a.CanRefund(a.Amount))
	if a.State == Revoked && a.Refunded == 0 {
		t.Error("revoked, nothing was given back, and nothing can be")
	}
}

// While a refund of a stuck order is under way no revoke goes out.
func TestRefund_NoRevokeBesideARefund(t *testing.T) {
	now := t0.Add(time.Hour)
	a := concluded(found(FoundUnclear))
	a.State, a.refused, a.paidSeen, a.inFlight = Confirming, true, true, noCall
	a.askAt, a.revokeAt = now.Add(slow+1), now.Add(slow)
	a, _ = Next(a, RefundPressed{No: a.nextRefund(), Amount: a.Amount, Reason: "stuck"}, now)
	a, _ = Next(a, Ticked{}, now)
	a, _ = Next(a, RefundAnswered{found(FoundRefundAccepted)}, now)
	now = a.revokeAt
	a, _ = Next(a, Ticked{}, now)
	if a.inFlight == revokeCall {
		t.Error("a revoke is sent while a refund is", a.given.State)
	}
}

// F3, F5: a request has the whole minute to show, and not a moment more.
func TestRefund_TheMinuteEnds(t *testing.T) {
	minute := DefaultTerms.refundVisible()
	for after, ends := range map[time.Duration]bool{minute - time.Millisecond: false, minute: true} {
		asked := func(a Attempt, f Finding, now time.Time) Attempt {
			a, _ = Next(a, RefundQuerySent{}, now)
			a, _ = Next(a, RefundQueryAnswered{found(f)}, now)
			return a
		}
		refused, _ := Next(refundOnItsWay(t, t0), RefundAnswered{found(FoundRefundRefused)}, t0)
		refused = asked(refused, FoundRefundNotFound, t0.Add(after))

		again, _ := Next(refundOnItsWay(t, t0), RefundAnswered{found(FoundRefundAccepted)}, t0)
		again = asked(again, FoundRefundClosed, t0)
		again, _ = Next(again, RefundSent{}, t0)
		again, _ = Next(again, RefundAnswered{found(FoundRefundAccepted)}, t0)
		again = asked(again, FoundRefundClosed, t0.Add(after))

		for what, a := range map[string]Attempt{"refused and not found": refused, "closed again": again} {
			if (a.given.State == RefundFailed) != ends {
				t.Errorf("%s after %s: %s", what, after, a.given.State)
			}
		}
	}
}

// WeChat's number of a refund is kept once it was told, whatever is heard next.
func TestRefund_WeChatsNumberIsKept(t *testing.T) {
	a, _ := Next(refundOnItsWay(t, t0), RefundAnswered{Answer{Finding: FoundRefundAccepted, RefundID: "5000"}}, t0)
	a, _ = Next(a, RefundQuerySent{}, t0)
	a, _ = Next(a, RefundQueryAnswered{found(FoundUnclear)}, t0)
	if a.given.RefundID != "5000" {
		t.Errorf("got %q", a.given.RefundID)
	}
}

// A request behind REFUNDCLOSE is a new one: what was refused before says nothing of it.
func TestRefund_RefusedIsOfOneRequest(t *testing.T) {
	a := refundOnItsWay(t, t0)
	now := t0
	tick := func() {
		now = later(now, a.wait()[0].(After).At)
		a, _ = Next(a, Ticked{}, now)
	}
	a, _ = Next(a, RefundAnswered{found(FoundRefundRefused)}, now)
	tick()
	a, _ = Next(a, RefundQueryAnswered{found(FoundRefundClosed)}, now)
	tick()
	a, _ = Next(a, RefundAnswered{found(FoundUnclear)}, now)
	for range 5 {
		if !a.Refunding {
			break
		}
		tick()
		if a.inFlight != refundQueryCall {
			return
		}
		a, _ = Next(a, RefundQueryAnswered{found(FoundRefundNotFound)}, now)
	}
	if a.given.State == RefundFailed {
		t.Error("the lost request is called failed because the one before was refused")
	}
}

// Attention ends with its reason.
func TestRefund_AttentionOfAFailedRefundEnds(t *testing.T) {
	for _, bad := range []Answer{found(FoundRefundImpossible), {Finding: FoundMismatch, Alarm: AttentionMismatch}, {Finding: FoundUnclear, Alarm: AttentionSignature}} {
		a := refundOnItsWay(t, t0)
		a, _ = Next(a, RefundAnswered{bad}, t0)
		now := t0
		if !a.Refunding {
			a, _ = Next(a, RefundPressed{No: a.nextRefund(), Amount: Money{500, "HKD"}, Reason: "cold"}, t0)
		}
		for a.Refunding {
			now = later(now, a.wait()[0].(After).At)
			a, _ = Next(a, Ticked{}, now)
			if a.inFlight == refundCall {
				a, _ = Next(a, RefundAnswered{found(FoundRefundAccepted)}, now)
			} else {
				a, _ = Next(a, RefundQueryAnswered{found(FoundRefunded)}, now)
			}
		}
		if a.Attention != "" {
			t.Errorf("all was given back, attention %q stays", a.Attention)
		}
	}
}

// Two who refund at once: one of them is refused.
func TestRefund_TwoRefundsAtOnce(t *testing.T) {
	w := newWorld()
	inBubble(t, w, func(t *testing.T, till *Till, _ *memory) {
		no := charge(t, till, 1)
		ends(t, till, no)
		wrong := 0
		for range 50 {
			var wg sync.WaitGroup
			got := make([]Attempt, 2)
			errs := make([]error, 2)
			for i := range 2 {
				wg.Go(func() { got[i], errs[i] = till.Refund(t.Context(), no, Money{int64(1 + i), "HKD"}, "r", "") })
			}
			wg.Wait()
			if errs[0] == nil && errs[1] == nil {
				wrong++
				t.Logf("both begun: 1 and 2 were asked for, given %s and %s", got[0].given.Amount, got[1].given.Amount)
				break
			}
			time.Sleep(time.Hour)
		}
		if wrong > 0 {
			t.Error("both callers were told that their refund has begun; one never was")
		}
	})
}

// A refund is no payment that nobody saw.
func TestRefund_ARefundIsNoUnseenPayment(t *testing.T) {
	w := newWorld()
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		first := NewTill(w, j, somePolicy)
		if err := first.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		no := charge(t, first, 1)
		time.Sleep(time.Minute)
		first.note(t.Context(), "something", nil)
		if _, err := first.Refund(t.Context(), no, Money{500, "HKD"}, "cold", ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		j.fail(errKilled)
		first.Close()
		j.fail(nil)
		second := NewTill(w, j, somePolicy)
		if err := second.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if a, _ := second.Attempt(no); a.Attention != "" {
			t.Errorf("%s: attention %q", a.State, a.Attention)
		}
		second.Close()
	})
}

// wechatpay-v2 6.8: bill SUCCESS and the journal does not say paid: a difference.
func TestRefund_PaidOnTheBillAndStuckHere(t *testing.T) {
	b := soldAt(noon, 1)
	for _, s := range []State{Confirming, Revoking, InDoubt} {
		stuck := b
		stuck.State = s
		if r := Reconcile(billDay, []Booked{stuck}, []BillLine{paidLine(b), paidLine(b)}, []string{"K1"}); len(r.Differences) == 0 {
			t.Errorf("%s here, twice SUCCESS on the bill: no difference, sums %+v", s, r.Sums)
		}
	}
}

// F5: whatever a shop configures, a request has a minute to show, or the money
// could be given back a second time.
func TestRefund_EveryShopWaitsAMinute(t *testing.T) {
	for _, m := range []Method{QuickPay, Native, App, MiniProgram} {
		least := Terms{FirstQuery: 3 * time.Second, QueryEvery: 3 * time.Second, RevokeAfter: 15 * time.Second, RevokeEvery: time.Second, Deadline: 30 * time.Second}
		if err := least.Check(false); err != nil {
			t.Fatal(err)
		}
		if got := least.For(m).refundVisible(); got < time.Minute {
			t.Errorf("%s: %s", m, got)
		}
	}
}
