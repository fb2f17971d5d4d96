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
	switch part := refunded(w.desk.IntN(5)); part {
	case whole:
		w.in(in, func() { w.refund(no, part) })
	case piece, told: // and then some more
		w.in(in, func() { w.refund(no, part) })
		w.in(2*in, func() { w.refund(no, part) })
	default:
		w.in(in, func() { w.void(no) })
	}
}

// refunded is how much is given back: all that is left, a piece of it, or an
// amount of which the simulator tells a story.
type refunded int

const (
	whole refunded = iota
	piece
	told
)

// stands is the attempt as the till has it, or the journal; false when no till can be asked.
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
		w.till.takeUp(no, pos.VoidPressed{By: "manager", Reason: "wrong drink", ClockSince: w.till.clock.wall.Truncate(time.Millisecond)})
	}
}

// refundStories are the amounts of the simulator's table of refunds; that of
// 61 never ends, and that of 62 only in the portal.
var refundStories = []int64{60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71}

// refund is Till.Refund.
func (w *world) refund(no pos.OrderNo, part refunded) {
	a, ok := w.stands(no)
	if !ok {
		return
	}
	amount := a.Refundable()
	switch story := refundStories[w.desk.IntN(len(refundStories))]; {
	case part == piece:
		amount.Minor = 1 + w.desk.Int64N(max(amount.Minor, 1))
	case part == told && story <= amount.Minor:
		amount.Minor = story
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

// unsettled reports a refund that has to come to an end yet.
func unsettled(a pos.Attempt) bool {
	r := newestRefund(a)
	forever := r.State == pos.RefundProcessing && (r.Amount.Minor == 61 || r.Amount.Minor == 62)
	return a.Refunding && !forever
}

// takenBack: only a manager's void takes back what is paid.
func (w *world) takenBack(a pos.Attempt, e pos.Event) {
	if _, void := e.(pos.VoidPressed); !void {
		w.broke("design 3.2: PAID was taken back", a.OrderNo)
	}
	delete(w.paid, a.Sale)
}

// givenBack holds what the journal says of refunds against the gateway's book.
func (w *world) givenBack(a pos.Attempt) {
	truth := map[string]sim.OrderRefund{}
	left, given := a.Amount.Minor, int64(0)
	for _, r := range w.gateway.Refunds(string(a.OrderNo)) {
		truth[r.No] = r
		if r.State != sim.RefundClosed {
			left -= r.Minor
		}
	}
	for _, r := range a.Refunds() {
		there, known := truth[r.No]
		delete(truth, r.No)
		w.tally.left["refund "+string(r.State)]++
		switch {
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
	order, _ := w.gateway.Order(string(a.OrderNo))
	switch {
	case left < 0, order.State == sim.Revoked && left < a.Amount.Minor:
		w.broke("more was given back than was paid", a.OrderNo)
	case given != a.Refunded:
		w.broke(fmt.Sprintf("the refunds are %d, the journal says %d", given, a.Refunded), a.OrderNo)
	}
	for no := range truth {
		if !w.facts[a.OrderNo].portal {
			w.broke("I7: a refund that the journal does not know: "+no, a.OrderNo)
		}
	}
}
