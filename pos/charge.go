package pos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// ErrCodeUsed refuses a code that was ever submitted.
var ErrCodeUsed = errors.New("this code was used before")

// Scan is what the cashier has: an amount and a scanned code, or another method
// by which the customer is to pay.
type Scan struct {
	Amount  Money
	Method  Method   // empty: Quick Pay
	Code    AuthCode // Quick Pay alone
	Payer   string   // MiniProgram alone: the customer's openid
	Sale    SaleID   // empty: a new sale; else a further attempt of this one
	Cashier string
	Ref     string // the shop's own reference; may be empty
}

// Charge begins one attempt and returns as soon as its intent is durable; the
// submission is then on its way. Everything that can be refused is refused
// before the intent, and then nothing is left behind: KindInvalid (a code that
// was used before, a sale that must not be charged again), KindUnavailable
// (the quota, a till that is leaving), KindCredentials, KindJournal.
func (t *Till) Charge(ctx context.Context, s Scan) (Attempt, error) {
	t.selling.Lock()
	defer t.selling.Unlock()
	t.checkClock()
	if err := t.ready(ctx); err != nil {
		return Attempt{}, err
	}
	if err := t.check(s); err != nil {
		return Attempt{}, err
	}
	s.Method = cmp.Or(s.Method, QuickPay)
	fingerprint := ""
	if s.Method == QuickPay {
		fingerprint = s.Code.Fingerprint(t.journal.FingerprintKey())
		if err := t.freshCode(ctx, fingerprint); err != nil {
			return Attempt{}, err
		}
	}
	number, err := t.nextAttempt(ctx, s)
	if err != nil {
		return Attempt{}, err
	}
	// The quota stands before the intent: a refused sale leaves no attempt behind (design 9).
	if err := t.gateway.Admit(ctx, s.Method); err != nil {
		return Attempt{}, err
	}
	now := t.Now()
	intent, err := t.intend(ctx, s, number, fingerprint, now)
	if err != nil {
		return Attempt{}, err
	}
	return t.begin(ctx, intent, s, now)
}

// ready refuses a sale while the till leaves or the journal cannot be written.
// A journal that failed is tried once more, with an entry that costs nothing.
// Once it works, whoever found that out, an intent whose fate was not known is
// taken up first, if it was kept.
func (t *Till) ready(ctx context.Context) error {
	if KindOf(t.Trouble()) == KindJournal {
		if _, err := t.note(ctx, "journal_tried", nil); err == nil {
			t.heal()
		}
	}
	if err := t.Trouble(); err != nil {
		return err
	}
	for len(t.doubtful) > 0 {
		if _, err := t.takeUp(ctx, t.doubtful[0]); err != nil && KindOf(err) != KindNotFound {
			return err
		}
		t.doubtful = t.doubtful[1:]
	}
	return nil
}

// check refuses what cannot be charged at all.
func (t *Till) check(s Scan) error {
	switch {
	case s.Amount.Currency != t.policy.Currency || s.Amount.Minor < 1 || s.Amount.Minor > MaxMinor:
		return invalid("type the amount again", "%s cannot be charged here", s.Amount)
	case s.Code.IsZero() != s.Method.Closes():
		return invalid("scan the customer's code", "there is no payment code")
	case (s.Payer == "") == (s.Method == MiniProgram):
		return invalid("the Mini Program knows it, and nobody else needs it", "the customer's openid is for a Mini Program")
	case !utf8.ValidString(s.Ref) || !utf8.ValidString(s.Cashier):
		return invalid("use plain text", "the reference or the cashier's name is not UTF-8")
	}
	return nil
}

// freshCode refuses a code that was ever submitted (design 7).
func (t *Till) freshCode(ctx context.Context, fingerprint string) error {
	used, err := t.journal.FindCode(ctx, fingerprint)
	if err != nil {
		return err
	}
	if used != "" {
		return &Error{Kind: KindInvalid, Err: fmt.Errorf("%w, for order %s", ErrCodeUsed, used),
			Hint: "ask the customer to refresh the code and scan again"}
	}
	return nil
}

// nextAttempt is the number of the sale's next attempt, if one may begin (design 3.11).
func (t *Till) nextAttempt(ctx context.Context, s Scan) (int, error) {
	if s.Sale == "" {
		return 1, nil
	}
	attempts, err := t.journal.List(ctx, Filter{Sale: s.Sale})
	if err != nil {
		return 0, err
	}
	if len(attempts) == 0 {
		return 0, &Error{Kind: KindNotFound, Err: fmt.Errorf("there is no sale %s", s.Sale)}
	}
	for _, a := range attempts {
		if err := a.CanRescan(t.policy.Rescan); err != nil {
			return 0, &Error{Kind: KindInvalid, Op: "charge again", Err: err, Hint: "wait for the verdict"}
		}
		if a.Amount != s.Amount {
			return 0, invalid("begin a new sale", "the sale is about %s, not %s", a.Amount, s.Amount)
		}
	}
	return len(attempts) + 1, nil
}

// intend decides everything about the attempt, its number included.
func (t *Till) intend(ctx context.Context, s Scan, number int, fingerprint string, now time.Time) (Intended, error) {
	last, err := t.journal.LastCounter(ctx, t.policy.Till, t.day(now))
	if err != nil {
		return Intended{}, err
	}
	no, err := NewOrderNo(t.policy.Till, now.In(t.policy.Zone), t.journal.Incarnation(), last+1)
	if err != nil {
		return Intended{}, err
	}
	sale := s.Sale
	if sale == "" {
		sale = SaleID(no)
	}
	return Intended{
		OrderNo: no, Sale: sale, Number: number, Method: s.Method, Amount: s.Amount,
		CodeLast4: s.Code.Last4(), Fingerprint: fingerprint, Cashier: s.Cashier, Till: t.policy.Till,
		Ref: s.Ref, Practice: t.policy.Practice, Counter: last + 1, Terms: t.policy.Terms.For(s.Method),
	}, nil
}

// begin makes the intent durable and submits, once. An intent that could not
// be written is no sale: nothing was sent. Should it have been kept all the
// same, it is taken up when the journal works again, or by the next start.
func (t *Till) begin(ctx context.Context, e Intended, s Scan, now time.Time) (Attempt, error) {
	a, _ := Next(Attempt{}, e, now)
	seq, err := t.journal.Append(context.WithoutCancel(ctx), Entry{
		At: now, Day: t.day(now), Run: t.policy.Run, OrderNo: e.OrderNo, Event: e, After: a,
	})
	if err != nil {
		t.brake(err)
		t.doubtful = append(t.doubtful, e.OrderNo)
		return Attempt{}, err
	}
	a.First, a.Seq = seq, seq
	// From here on the charge is ours: the intent is on disk. Whatever happens
	// to the call, we ask; we never charge a second time.
	charge := Charge{Order: a.order(), Code: s.Code, Payer: s.Payer, Ref: s.Ref}
	submit := func(w *worker) bool {
		t.call(w, 0, func(ctx context.Context) Answer { return t.gateway.Submit(ctx, charge) },
			func(r Answer) Event { return SubmitAnswered{r} })
		return true
	}
	if !t.own(a, submit, nil) {
		return a, &Error{Kind: KindInternal, Op: "charge", Err: fmt.Errorf("order %s is worked on already", a.OrderNo)}
	}
	return a, nil
}
