package simulation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cashier/pos"
	"cashier/wechat/sim"
)

// customer is somebody who owes a sale.
type customer struct {
	minor int64
	last  int // digit of every code this customer shows
	sale  pos.SaleID
	tries int
}

// stories are the amounts of the simulator's table and some others. 0.41, whose
// recall is Y for ever, is a day's exception.
var stories = []int64{1, 2, 3, 30, 30, 30, 30, 31, 32, 33, 34, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 79, 501, 502,
	1250, 9900, 18, 77, 4242, 60, 850, 2600, 150_000, 99_999, 100_000, 7}

// queue lets n customers come, one after another.
func (w *world) queue(n int) {
	at := time.Duration(0)
	for range n {
		at += time.Duration(1+w.life.IntN(20)) * time.Second
		c := &customer{minor: stories[w.life.IntN(len(stories))], last: w.life.IntN(10), tries: 1 + w.life.IntN(3)}
		if w.life.IntN(200) == 0 {
			c.minor = 41
		}
		w.in(at, func() { w.sell(c, 20) })
	}
}

// code is a payment code that nobody has shown yet.
func (w *world) code(c *customer) pos.AuthCode {
	w.codes++
	code, err := pos.ParseAuthCode(fmt.Sprintf("13%015d%d", w.codes, c.last), pos.DefaultPrefixes)
	w.must(err)
	return code
}

// sell scans a customer's code, with patience for a till that is down.
func (w *world) sell(c *customer, patience int) {
	if patience == 0 || w.calm {
		w.tally.happened("customer gone")
		return
	}
	wait := time.Duration(5+w.life.IntN(30)) * time.Second
	if w.till.dead {
		w.in(max(time.Until(w.backAt), 0)+wait, func() { w.sell(c, patience-1) })
		return
	}
	scan := w.scan(c)
	no, err := w.till.charge(scan)
	if err != nil {
		if w.till.conflict && !w.till.dead {
			w.crash(w.till) // the banner says: start the till again
		}
		w.in(wait, func() { w.sell(c, patience-1) })
		return
	}
	c.sale = w.facts[no].sale
	w.tally.sales++
	w.attend(c, no, scan)
}

// attend is what people do about an attempt while it lasts.
func (w *world) attend(c *customer, no pos.OrderNo, scan pos.Scan) {
	sometime := func(perCent, from, to int, do func()) {
		if w.life.IntN(100) < perCent {
			w.in(time.Duration(1000*from+w.life.IntN(1000*(to-from)))*time.Millisecond, do)
		}
	}
	sometime(15, 0, 60, func() { w.press(no, pos.RevokePressed{By: "2"}) })
	sometime(10, 0, 60, func() { w.press(no, pos.AskPressed{}) })
	sometime(20, 1, 40, func() { w.press(no, pos.Left{}) })
	sometime(15, 20, 90, func() { w.press(no, pos.Returned{}) })
	sometime(15, 1, 40, func() { w.scanAgain(c, no) })
	sometime(12, 0, 40, func() { w.scanTwice(scan) })
	sometime(6, 20, 200, func() { w.portal(no) })
	sometime(15, 100, 400, func() { w.ask(no) })
	sometime(60, 30, 200, func() { w.look(c, no) })
	w.manage(no)
}

// press is a key for an attempt that the till works on, as the screen and
// Till.Revoke, Leave and Return let it through.
func (w *world) press(no pos.OrderNo, e pos.Event) {
	worker := w.till.open[no]
	if w.till.dead || worker == nil || !worker.a.Open() {
		return
	}
	if _, revoke := e.(pos.RevokePressed); revoke && worker.a.CanRevoke(w.till.now()) != nil {
		return
	}
	w.till.deliver(worker, e)
}

// ask asks about an order whatever its state (cashier query ORDER).
func (w *world) ask(no pos.OrderNo) {
	if !w.till.dead {
		w.till.takeUp(no, pos.AskPressed{})
	}
}

// scanAgain scans a new code for a sale that may be in doubt. Whether it may
// be charged is the till's to say (design 3.11).
func (w *world) scanAgain(c *customer, no pos.OrderNo) {
	if w.till.dead {
		return
	}
	before, err := w.journal.Attempt(context.Background(), no) // an answer may have been kept without a word
	w.must(err)
	_, err = w.till.charge(w.scan(c))
	if err == nil && (!before.State.Settled() || before.State == pos.Paid) {
		w.broke("design 3.11: charged again while the last attempt is "+string(before.State), no)
	}
	if err != nil {
		w.tally.happened("second scan refused")
	} else {
		w.tally.sales++
	}
}

// scanTwice shows the till a code that it has submitted.
func (w *world) scanTwice(scan pos.Scan) {
	if w.till.dead || w.till.broken || w.till.conflict || scan.Method != pos.QuickPay {
		return
	}
	switch no, err := w.till.charge(pos.Scan{Amount: scan.Amount, Method: scan.Method, Code: scan.Code, Cashier: "2"}); {
	case err == nil:
		w.broke("design 7: a code is submitted twice", no)
	case errors.Is(err, pos.ErrCodeUsed):
		w.tally.happened("used code refused")
	}
}

// portal is somebody who refunds or closes an order without the till.
func (w *world) portal(no pos.OrderNo) {
	truth, known := w.gateway.Order(string(no))
	f := w.facts[no]
	switch {
	case !known || w.calm:
	case truth.State == sim.Success:
		f.portal = true
		w.gateway.Force(string(no), sim.Refund)
		w.tally.happened("refunded in the portal")
	case truth.State == sim.NotPay || truth.State == sim.UserPaying || truth.State == sim.PayError:
		f.portal = true
		w.gateway.Force(string(no), sim.Closed)
		w.tally.happened("closed by WeChat Pay")
	}
}

// look is the cashier coming back to a sale: seen, charged again, or left.
func (w *world) look(c *customer, no pos.OrderNo) {
	s := w.facts[no].summary
	switch {
	case s.Attention == pos.AttentionPaidAway:
		if !w.till.dead {
			w.till.takeUp(no, pos.Acknowledged{By: "2", Of: s.Attention})
		}
	case s.CanRescan(w.rescan) == nil && c.tries > 0:
		c.tries--
		w.tally.happened("charged again")
		w.sell(c, 5)
	}
}
