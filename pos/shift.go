package pos

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Closing is the report of a shift: what its entries have done to the money. As
// an X it is looked at, as a Z it is journaled, with a number of its own, and
// never changes again. Corrections show up in the shift in which they are made.
type Closing struct {
	Number   int       `json:"number"` // of the Z, from 1 without gaps; of an X: the Z that it would be
	At       time.Time `json:"at"`
	By       string    `json:"by,omitempty"`
	Till     string    `json:"till,omitempty"`
	OpenedAt time.Time `json:"opened_at,omitzero"` // zero: nobody opened it, it began with the closing before
	OpenedBy string    `json:"opened_by,omitempty"`
	After    int64     `json:"after"` // the shift's entries: seq above this,
	Upto     int64     `json:"upto"`  // up to and with this
	Head     string    `json:"head"`  // hash of entry Upto, hexadecimal: paper witnesses the chain
	Lines    []Takings `json:"lines"` // by currency and cashier
	Carried  []Carried `json:"carried,omitempty"`
	Grand    []Grand   `json:"grand"` // by currency, of this journal since its first entry; never goes back

	owed []OrderNo // carried over into this shift, until End
}

// Takings is what a shift did to the money of one currency and cashier: the
// cashier who sold, whoever gave it back. Sums are minor units.
type Takings struct {
	Currency      Currency `json:"currency"`
	Cashier       string   `json:"cashier"`
	Paid          int      `json:"paid"` // attempts that became paid
	PaidMinor     int64    `json:"paid_minor"`
	Refunds       int      `json:"refunds"` // refunds that were done, of whatever shift's sales
	RefundedMinor int64    `json:"refunded_minor"`
	Voided        int      `json:"voided"` // paid sales that were taken back by a void
	VoidedMinor   int64    `json:"voided_minor"`
	Failed        int      `json:"failed"` // not paid
	FailedMinor   int64    `json:"failed_minor"`
	Revoked       int      `json:"revoked"`
	RevokedMinor  int64    `json:"revoked_minor"`
}

// NetMinor is what stays of the takings.
func (t Takings) NetMinor() int64 { return t.PaidMinor - t.RefundedMinor - t.VoidedMinor }

// Carried is what had no end when a shift was closed and belongs to the next one.
type Carried struct {
	OrderNo OrderNo `json:"order_no"`
	Amount  Money   `json:"amount"`
	State   State   `json:"state"`
	Refund  bool    `json:"refund,omitempty"` // the sale is settled; a refund of it is not
}

// Grand is everything that this journal has taken and given back since its first entry.
type Grand struct {
	Currency  Currency `json:"currency"`
	PaidMinor int64    `json:"paid_minor"`
	BackMinor int64    `json:"back_minor"` // refunded and voided
}

// ErrOpenSales refuses a closing while a sale has no verdict.
var ErrOpenSales = errors.New("a sale has no verdict yet")

// NewClosing begins the report of the shift that follows the closing before
// (zero: the journal's first), up to an entry.
func NewClosing(before Closing, upto int64, head string) Closing {
	c := Closing{Number: before.Number + 1, After: before.Upto, Upto: upto, Head: head, Grand: slices.Clone(before.Grand)}
	for _, s := range before.Carried {
		c.owed = append(c.owed, s.OrderNo)
	}
	return c
}

// Owed are the orders that the closing before carried over. They belong to this
// shift even if nothing has happened to them in it.
func (c *Closing) Owed() []OrderNo { return c.owed }

// Add counts one attempt by its entries, oldest first: each that has an entry in
// the shift, and each that is owed, once. Entries behind the shift are not looked at.
func (c *Closing) Add(entries []Entry) error {
	if _, err := Fold(entries); err != nil {
		return err
	}
	var before, after counted
	for _, e := range entries {
		if e.Seq > c.Upto {
			break
		}
		after.Attempt, _ = Next(after.Attempt, e.Event, e.At)
		after.void = after.void || after.voided()
		if e.Seq <= c.After {
			before = after
		}
	}
	if after.OrderNo != "" {
		c.count(before, after)
	}
	return nil
}

// counted is an attempt and what was counted of it that it may take back: a void
// that ends, and behind which the money is found again.
type counted struct {
	Attempt
	void bool
}

// count adds what became of one attempt.
func (c *Closing) count(before, after counted) {
	t := c.line(after.Amount.Currency, after.Cashier)
	one := func(is bool, n *int, minor *int64, sum int64) {
		if is {
			*n, *minor = *n+1, *minor+sum
		}
	}
	price := after.Amount.Minor
	one(after.taken() && !before.taken(), &t.Paid, &t.PaidMinor, price)
	one(after.void && !before.void, &t.Voided, &t.VoidedMinor, price)
	one(after.State == Failed && before.State != Failed, &t.Failed, &t.FailedMinor, price)
	one(after.State == Revoked && before.State != Revoked && !after.taken(), &t.Revoked, &t.RevokedMinor, price)
	if after.taken() && !after.void {
		t.Refunds += after.refundsDone() - before.refundsDone()
		t.RefundedMinor += after.Refunded - before.Refunded
	}
	if !after.State.Settled() || after.Refunding {
		c.Carried = append(c.Carried, Carried{after.OrderNo, after.Amount, after.State, after.State.Settled()})
	}
}

// line is the takings of a currency and cashier.
func (c *Closing) line(currency Currency, cashier string) *Takings {
	i := slices.IndexFunc(c.Lines, func(t Takings) bool { return t.Currency == currency && t.Cashier == cashier })
	if i < 0 {
		c.Lines, i = append(c.Lines, Takings{Currency: currency, Cashier: cashier}), len(c.Lines)
	}
	return &c.Lines[i]
}

// End sums what was added: lines and carried sales in their order, lines that say
// nothing left out, the grand totals with this shift's.
func (c *Closing) End() {
	c.owed = nil
	c.Lines = slices.DeleteFunc(c.Lines, func(t Takings) bool { return t == Takings{Currency: t.Currency, Cashier: t.Cashier} })
	slices.SortFunc(c.Lines, func(a, b Takings) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Cashier, b.Cashier))
	})
	slices.SortFunc(c.Carried, func(a, b Carried) int { return cmp.Compare(a.OrderNo, b.OrderNo) })
	for _, t := range c.Lines {
		i := slices.IndexFunc(c.Grand, func(g Grand) bool { return g.Currency == t.Currency })
		if i < 0 {
			c.Grand, i = append(c.Grand, Grand{Currency: t.Currency}), len(c.Grand)
		}
		c.Grand[i].PaidMinor += t.PaidMinor
		c.Grand[i].BackMinor += t.RefundedMinor + t.VoidedMinor
	}
	slices.SortFunc(c.Grand, func(a, b Grand) int { return cmp.Compare(a.Currency, b.Currency) })
}

// Sums are the lines of each currency added up.
func (c Closing) Sums() []Takings {
	sums := Closing{}
	for _, t := range c.Lines {
		s := sums.line(t.Currency, "")
		s.Paid, s.PaidMinor = s.Paid+t.Paid, s.PaidMinor+t.PaidMinor
		s.Refunds, s.RefundedMinor = s.Refunds+t.Refunds, s.RefundedMinor+t.RefundedMinor
		s.Voided, s.VoidedMinor = s.Voided+t.Voided, s.VoidedMinor+t.VoidedMinor
		s.Failed, s.FailedMinor = s.Failed+t.Failed, s.FailedMinor+t.FailedMinor
		s.Revoked, s.RevokedMinor = s.Revoked+t.Revoked, s.RevokedMinor+t.RevokedMinor
	}
	return sums.Lines
}

// CanClose returns nil if the shift may be closed, or the reason not to. A refund
// that takes days holds nothing up; a sale without a verdict does, unless it is
// to be carried over into the next shift, listed.
func (c Closing) CanClose(carry bool) error {
	n := 0
	for _, s := range c.Carried {
		if !s.Refund {
			n++
		}
	}
	if n > 0 && !carry {
		return &Error{Kind: KindInvalid, Err: fmt.Errorf("%w: %d open", ErrOpenSales, n),
			Hint: "wait for the verdict, or close with the open sales listed and carried over"}
	}
	return nil
}

// taken reports whether the till has ever called the attempt paid; only a
// manager's void goes behind that.
func (a Attempt) taken() bool { return a.State == Paid || a.Reason == ReasonVoided }

// voided reports whether a void has taken all of a paid sale back. One that the
// gateway would not revoke is refunded instead, and counts when that has ended.
func (a Attempt) voided() bool {
	return a.State == Revoked && a.Reason == ReasonVoided && a.Refunded == 0 && !a.Refunding
}

// refundsDone counts the refunds that were carried out.
func (a Attempt) refundsDone() (n int) {
	for _, r := range a.Refunds() {
		if r.State == Refunded {
			n++
		}
	}
	return n
}
