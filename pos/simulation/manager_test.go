package simulation

import (
	"context"
	"fmt"
	"time"

	"cashier/pos"
	"cashier/wechat/sim"
)

// This file is the manager, who takes back what is paid or gives it back, and the law about it.

// manage is what a manager may do about a sale, some time after it.
func (w *world) manage(no pos.OrderNo) {
	if w.desk.IntN(100) >= w.managed {
		return
	}
	in := time.Duration(1+w.desk.IntN(600)) * time.Second
	if w.desk.IntN(4) == 0 { // at once
		in = time.Duration(1+w.desk.IntN(15)) * time.Second
	}
	void := func() { w.void(no) }
	whole := func() { w.refund(no, func(left int64) int64 { return left }) }
	piece := func() { w.refund(no, func(left int64) int64 { return 1 + w.desk.Int64N(left) }) }
	told := func() {
		w.refund(no, func(left int64) int64 { return min(refundRows[w.desk.IntN(len(refundRows))].Minor, left) })
	}
	does := [...][2]func(){{void, void}, {void, whole}, {whole, void}, {piece, piece}, {told, told}, {told, void}}[w.desk.IntN(6)]
	w.in(in, does[0])
	w.in(2*in, does[1])
}

// refundRows are the stories that the simulator tells of refunds.
var refundRows = sim.RefundScenarios()

// stands is the attempt as the till has it, or the journal; false when no till runs, or the day is over.
func (w *world) stands(no pos.OrderNo) (pos.Attempt, bool) {
	if w.till.dead || w.calm {
		return pos.Attempt{}, false
	}
	if worker := w.till.open[no]; worker != nil {
		return worker.a, true
	}
	a, err := w.journal.Attempt(context.Background(), no)
	return a, err == nil
}

// void is Till.Void.
func (w *world) void(no pos.OrderNo) {
	if a, ok := w.stands(no); ok && a.CanVoid(w.till.now()) == nil {
		w.till.checkClock()
		w.till.takeUp(no, pos.VoidPressed{By: "manager", Reason: "wrong drink", ClockSince: w.till.clock.wall.Truncate(time.Millisecond)})
	}
}

// refund is Till.Refund of a part of what is left. Of an order that is being
// revoked all has to go back.
func (w *world) refund(no pos.OrderNo, part func(int64) int64) {
	a, ok := w.stands(no)
	if !ok || a.Refundable().Minor == 0 {
		return
	}
	amount := a.Refundable()
	if a.State == pos.Paid {
		amount.Minor = part(amount.Minor)
	}
	if a.CanRefund(amount) == nil {
		next := fmt.Sprintf("%sR%d", no, len(a.Refunds())+1)
		w.till.takeUp(no, pos.RefundPressed{No: next, Amount: amount, Reason: "cold", By: "manager"})
	}
}

// newestRefund is the refund that the till may be working on.
func newestRefund(a pos.Attempt) pos.Refund {
	all := a.Refunds()
	if len(all) == 0 {
		return pos.Refund{}
	}
	return all[len(all)-1]
}

// unsettled reports a refund that has to come to an end yet: of 0.61 there is
// none, and of 0.62 only in the portal.
func unsettled(a pos.Attempt) bool {
	r := newestRefund(a)
	forever := r.State == pos.RefundProcessing && (r.Amount.Minor == 61 || r.Amount.Minor == 62)
	return a.Refunding && !forever
}

// takenBack: only a manager's void takes back what is paid, and by a revoke.
func (w *world) takenBack(a pos.Attempt, e pos.Event) {
	if _, void := e.(pos.VoidPressed); !void || a.State != pos.Revoking {
		w.broke("design 3.2: PAID was taken back", a.OrderNo)
	}
}

// givenBack holds what the journal says of refunds against the gateway's book.
func (w *world) givenBack(a pos.Attempt) {
	truth := map[string]sim.OrderRefund{}
	given := int64(0)
	for _, r := range w.gateway.Refunds(string(a.OrderNo)) {
		truth[r.No] = r
	}
	for i, r := range a.Refunds() {
		there, known := truth[r.No]
		delete(truth, r.No)
		w.tally.left["refund "+string(r.State)]++
		switch {
		case i+1 < len(a.Refunds()) && !r.State.Settled():
			w.broke("wechatpay-v2 13.6: a second refund while one is open: "+r.No, a.OrderNo)
		case known && there.Minor != r.Amount.Minor:
			w.broke("a refund of another amount than asked for: "+r.No, a.OrderNo)
		case r.State == pos.Refunded && there.State != sim.Refunded:
			w.broke("wechatpay-v2 F1: refunded, and it is not: "+r.No, a.OrderNo)
		case r.State == pos.RefundFailed && known && there.State != sim.RefundClosed:
			w.broke("wechatpay-v2 13.6: failed, and the money went back: "+r.No, a.OrderNo)
		case r.State == pos.Refunded:
			given += r.Amount.Minor
		}
	}
	if given != a.Refunded {
		w.broke(fmt.Sprintf("the refunds are %d, the journal says %d", given, a.Refunded), a.OrderNo)
	}
	for no := range truth {
		if !w.facts[a.OrderNo].portal {
			w.broke("I7: a refund that the journal does not know: "+no, a.OrderNo)
		}
	}
}
