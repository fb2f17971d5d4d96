package simulation

import (
	"time"

	"cashier/pos"
	"cashier/wechat/sim"
)

// This file is the customers who scan the till, and the law about them.

// scan is what a customer and the cashier do to begin an attempt: the till
// scans a code, or shows one.
func (w *world) scan(c *customer) pos.Scan {
	s := pos.Scan{Amount: pos.Money{Minor: c.minor, Currency: "HKD"}, Method: pos.QuickPay, Sale: c.sale, Cashier: "2"}
	if w.phones.IntN(100) < w.scanners {
		s.Method = pos.Native
		return s
	}
	s.Code = w.code(c)
	return s
}

// nobodySaw: the simulator's customer goes to work as soon as an answer with
// the code has left it. Here nobody sees a code that the till does not show.
func (w *world) nobodySaw(o pos.Order) {
	if truth, known := w.gateway.Order(string(o.No)); known && o.Method.Closes() && truth.State == sim.NotPay {
		w.gateway.Force(string(o.No), sim.NotPay)
	}
}

// shown: the till shows a code. Whoever scans it may have scanned it long
// before the payment, and is not kept from it by what the till does meanwhile.
func (w *world) shown(a pos.Attempt) {
	no, code := string(a.OrderNo), a.CodeURL()
	become := func(from, to sim.TradeState) {
		if truth, known := w.gateway.Order(no); known && truth.State == from {
			w.gateway.Force(no, to)
		}
	}
	in := time.Duration(2+w.phones.IntN(50)) * time.Second
	password := time.Duration(1+w.phones.IntN(12)) * time.Second
	switch w.phones.IntN(10) {
	case 0, 1: // never scans it
	case 2:
		w.in(in, func() { become(sim.NotPay, sim.UserPaying) })
		w.in(in+password, func() { become(sim.UserPaying, sim.PayError) })
		w.in(in+2*password, func() { w.pays(code) })
	case 3:
		w.in(in, func() { become(sim.NotPay, sim.UserPaying) })
		w.in(in+password, func() { become(sim.UserPaying, sim.PayError) })
	default:
		w.in(in, func() { become(sim.NotPay, sim.UserPaying) })
		w.in(in+password, func() { w.pays(code) })
	}
}

func (w *world) pays(code string) {
	if w.gateway.Scan(code) {
		w.tally.happened("native: the customer paid")
	} else {
		w.tally.happened("native: the customer came too late")
	}
}

// watchScanned holds an entry of an order that is closed and not revoked.
func (w *world) watchScanned(f *fact, before, after pos.Attempt, e pos.Event) {
	if before.CodeURL() == "" && after.CodeURL() != "" {
		w.shown(after)
	}
	switch e := e.(type) {
	case pos.RevokeSent:
		if !f.asked {
			w.broke("design 3.12: a close that is not behind a query, or behind SUCCESS", after.OrderNo)
		}
	case pos.QueryAnswered:
		f.asked = e.Answer.Finding != pos.FoundPaid
		if !f.asked && after.State != pos.Paid {
			w.broke("design 2: a late SUCCESS is no sale", after.OrderNo)
		}
	case pos.SubmitAnswered, pos.RevokeAnswered, pos.Resumed:
		f.asked = false
	}
	if after.State == pos.InDoubt && after.CodeURL() == "" && after.LastFinding() == pos.FoundUnclear && after.Asked == 0 {
		w.broke("in doubt, and nothing to pay by", after.OrderNo)
	}
}

// countOrders counts the submissions by Unified Order.
func (w *world) countOrders() {
	w.ordered = map[string]int{}
	for _, c := range w.gateway.Calls() {
		if c.Op == sim.OnUnifiedOrder {
			w.ordered[c.OrderNo]++
		}
	}
}
