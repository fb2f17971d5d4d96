package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"cashier/pos"
)

// What happens at a seller's counter: customers on a few sides at once, and a
// cashier who presses every key there is.

// sell serves every side until its customers have gone.
func (s *seller) sell(ctx context.Context) error {
	over := make(chan error, s.Sides)
	for range s.Sides {
		go func() { over <- s.side(ctx) }()
	}
	busy, done := context.WithCancel(ctx)
	defer done()
	if s.Sides > 0 && !s.Quiet {
		go s.press(busy)
		go s.sweep(busy)
	}
	for range s.Sides {
		if err := <-over; err != nil {
			return err
		}
	}
	return nil
}

func (s *seller) side(ctx context.Context) error {
	for n := 0; s.Customers == 0 || n < s.Customers; n++ {
		if err := s.serve(ctx); err != nil {
			return err
		}
	}
	return nil
}

// serve is one customer. He waits for the verdict as long as he likes, and
// then wants to pay again, whether there was one or not.
func (s *seller) serve(ctx context.Context) error {
	scan, err := s.customer(ctx)
	if err != nil {
		return err
	}
	for range s.Tries {
		if scan, err = s.shows(scan); err != nil {
			return err
		}
		a, err := s.till.Charge(ctx, scan)
		if err != nil {
			return refused(err)
		}
		if s.waits(ctx, a.OrderNo) {
			return nil
		}
		scan.Sale = a.Sale
	}
	return nil
}

// shows is the scan with a code of the customer's, or for a customer who scans
// the till. The gateway's customer of 0.49 pays what it does not know yet, also
// by a code that nobody saw: not here.
func (s *seller) shows(scan pos.Scan) (pos.Scan, error) {
	var err error
	scan.Method, scan.Code = pos.Native, pos.AuthCode{}
	if s.Scanners == 0 || scan.Amount.Minor == 49 || s.roll(100) >= s.Scanners {
		scan.Method = pos.QuickPay
		scan.Code, err = s.nextCode()
	}
	return scan, err
}

// refused drops what a till has to refuse: a code that was used before, a sale
// that may not be charged again, the quota, a till that is leaving.
func refused(err error) error {
	if k := pos.KindOf(err); k == pos.KindInvalid || k == pos.KindUnavailable {
		return nil
	}
	return err
}

// customer is a new sale, or one that came to nothing before.
func (s *seller) customer(ctx context.Context) (pos.Scan, error) {
	if !s.Quiet && s.roll(4) == 0 {
		lost, err := s.journal.List(ctx, pos.Filter{States: []pos.State{pos.Failed, pos.Revoked}, Limit: 10})
		if err != nil {
			return pos.Scan{}, err
		}
		if len(lost) > 0 {
			again := lost[s.roll(len(lost))]
			return pos.Scan{Amount: again.Amount, Sale: again.Sale}, nil
		}
	}
	minor := s.Amounts[s.roll(len(s.Amounts))]
	return pos.Scan{Amount: pos.Money{Minor: minor, Currency: s.till.Policy().Currency}}, nil
}

// waits reports whether the sale was paid while the customer waited.
func (s *seller) waits(ctx context.Context, no pos.OrderNo) bool {
	patience := s.Patience
	if !s.Quiet {
		patience = time.Duration(s.roll(int(s.Patience)))
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stands := func() pos.State {
		a, _ := s.till.Attempt(no)
		return a.State
	}
	s.till.Wait(ctx, func() bool { return stands().Settled() }) // its error says no more than the state does
	return stands() == pos.Paid
}

// nextCode is the code of the next phone. The first customer of each child
// shows one that the child before may have charged.
func (s *seller) nextCode() (pos.AuthCode, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	child, n := s.Child, s.codes
	if s.codes++; n == 0 && child > 0 {
		child--
	} else if child > 0 {
		n--
	}
	return pos.ParseAuthCode(codeOf(child, n), s.till.Policy().Prefixes)
}

// codeOf is a child's n-th auth code. The last digit decides what the customer
// of a sale of 0.30 does.
func codeOf(child, n int) string {
	return fmt.Sprintf("13%06d%09d%d", child, n, []int{1, 8, 9}[n%3])
}

// roll throws a die with so many sides.
func (s *seller) roll(sides int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dice.IntN(sides)
}

// keyEvery is how long the cashier rests between two keys.
const keyEvery = 8 * time.Millisecond

// press presses keys until ctx ends. Most are refused, as they should be.
func (s *seller) press(ctx context.Context) {
	tick := time.NewTicker(keyEvery)
	defer tick.Stop()
	for range tick.C {
		if ctx.Err() != nil {
			return
		}
		no, err := s.picks(ctx)
		if err != nil || no == "" {
			continue
		}
		key := s.Key
		if key == "" || s.roll(2) == 0 {
			key = keyNames[s.roll(len(keyNames))]
		}
		keys[key](s, ctx, no)
	}
}

// sweepEvery is how long the journal is left alone: more sales are open here
// than a shop ever has, so that tidy would hardly find a quiet moment.
const sweepEvery = 60 * time.Millisecond

// sweep grows the WAL and brings it into the file, as a screen has it done.
func (s *seller) sweep(ctx context.Context) {
	if err := s.journal.Warm(ctx); err != nil {
		s.log.Warn("warm the journal", "error", err)
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for range tick.C {
		if ctx.Err() != nil {
			return
		}
		if err := s.journal.Checkpoint(ctx); err != nil {
			s.log.Warn("checkpoint", "error", err)
		}
	}
}

// picks is a sale to press a key about: an open one, one that needs attention,
// or one of the newest.
func (s *seller) picks(ctx context.Context) (pos.OrderNo, error) {
	if open := s.till.Open(); len(open) > 0 && s.roll(2) == 0 {
		return open[s.roll(len(open))].OrderNo, nil
	}
	list, err := s.journal.List(ctx, pos.Filter{Limit: 20, Attention: s.roll(2) == 0})
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[s.roll(len(list))].OrderNo, nil
}

// keys are what a cashier can do about a sale, by the name of the event.
var keys = map[string]func(*seller, context.Context, pos.OrderNo){
	"left":     func(s *seller, _ context.Context, no pos.OrderNo) { s.till.Leave(no) },
	"returned": func(s *seller, _ context.Context, no pos.OrderNo) { s.till.Return(no) },
	"ask_pressed": func(s *seller, ctx context.Context, no pos.OrderNo) {
		go func() { // it waits for the answer
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			s.till.Ask(ctx, no)
		}()
	},
	"refund_pressed": func(s *seller, ctx context.Context, no pos.OrderNo) {
		go func() { // it waits for the journal
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			if a, err := s.journal.Attempt(ctx, no); err == nil {
				s.till.Refund(ctx, no, a.Refundable(), "wrong size", "2")
			}
		}()
	},
	"void_pressed": func(s *seller, ctx context.Context, no pos.OrderNo) {
		if s.Key != "void_pressed" && s.roll(8) > 0 { // or nothing would stay paid
			return
		}
		go func() {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			s.till.Void(ctx, no, "wrong size", "2")
		}()
	},
	"annotated": func(s *seller, ctx context.Context, no pos.OrderNo) {
		go func() {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			s.till.Annotate(ctx, no, "the customer came back", "2")
		}()
	},
	"shift_z": func(s *seller, ctx context.Context, _ pos.OrderNo) {
		go func() {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			pos.NewOffice(s.till, s.journal, argon{}).CloseShift(ctx, pos.Person{}, true)
		}()
	},
	"revoke_pressed": func(s *seller, _ context.Context, no pos.OrderNo) { s.till.Revoke(no, "2") },
	"acknowledged": func(s *seller, ctx context.Context, _ pos.OrderNo) {
		list, err := s.journal.List(ctx, pos.Filter{Attention: true, Limit: 50})
		i := slices.IndexFunc(list, func(a pos.Summary) bool { return a.Attention == pos.AttentionPaidAway })
		if err != nil || i < 0 {
			return
		}
		if _, err := s.till.TakeUp(ctx, list[i].OrderNo); err == nil {
			s.till.Acknowledge(list[i].OrderNo, "2")
		}
	},
}

var keyNames = slices.Sorted(maps.Keys(keys))
