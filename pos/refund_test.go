package pos

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// office is a gateway's truth about the refunds of one order.
type office struct {
	t     *rapid.T
	price int64
	given map[string]*grant
	now   time.Time
}

// grant is a refund that the office has accepted.
type grant struct {
	minor   int64
	at      time.Time // queries know it a while later
	visible time.Duration
	done    bool
	closed  bool
	shut    bool // it was closed before: queries say so until they know better
}

// kept is what refunds have taken, or will.
func (o *office) kept() (sum int64) {
	for _, g := range o.given {
		if !g.closed {
			sum += g.minor
		}
	}
	return sum
}

// ask takes a request for a refund: it may be lost on either way, refused, or
// accepted. Whatever is said about a request that was accepted, nothing is taken back.
func (o *office) ask(r Refunding) Answer {
	g := o.given[r.RefundNo]
	happens := rapid.SampledFrom([]string{"arrives", "arrives", "lost there", "lost back", "refused", "short", "too often", "impossible", "not sent"}).Draw(o.t, "request")
	switch happens {
	case "lost there":
		return Answer{Finding: FoundUnclear}
	case "not sent":
		return Answer{Finding: FoundNotSent}
	case "short":
		return Answer{Finding: FoundRefundShort}
	case "too often":
		return Answer{Finding: FoundRefundTooOften, NotBefore: time.Minute}
	case "refused":
		return Answer{Finding: FoundRefundRefused}
	case "impossible":
		if g == nil || g.closed { // of one that it has the gateway knows better
			return Answer{Finding: FoundRefundImpossible}
		}
	}
	if g == nil {
		if r.Minor > o.price-o.kept() {
			return Answer{Finding: FoundRefundRefused}
		}
		g = &grant{minor: r.Minor, at: o.now, visible: time.Duration(rapid.IntRange(0, 59).Draw(o.t, "visible")) * time.Second}
		o.given[r.RefundNo] = g
	} else if g.closed && r.Minor <= o.price-o.kept() {
		g.closed, g.done, g.shut, g.at = false, false, true, o.now
	}
	if happens == "lost back" {
		return Answer{Finding: FoundUnclear}
	}
	return Answer{Finding: FoundRefundAccepted}
}

// look answers a question about a refund.
func (o *office) look(no string) Answer {
	g := o.given[no]
	switch {
	case rapid.IntRange(0, 5).Draw(o.t, "lost") == 0:
		return Answer{Finding: rapid.SampledFrom([]Finding{FoundUnclear, FoundCommFail, FoundRefundOther}).Draw(o.t, "as")}
	case g != nil && g.shut && o.now.Sub(g.at) < g.visible:
		return Answer{Finding: FoundRefundClosed}
	case g == nil || o.now.Sub(g.at) < g.visible:
		return Answer{Finding: FoundRefundNotFound}
	case g.closed:
		return Answer{Finding: FoundRefundClosed}
	case !g.done:
		switch rapid.IntRange(0, 3).Draw(o.t, "comes to") {
		case 0:
			g.done = true
		case 1:
			g.closed = true
			return Answer{Finding: FoundRefundClosed}
		default:
			return Answer{Finding: FoundRefundPending}
		}
	}
	return Answer{Finding: FoundRefunded, RefundID: "5000"}
}

// wechatpay-v2 13.6: however requests are lost, refused and repeated, and
// whenever the till dies and however its clock is set then, no new number begins while an earlier refund may still
// happen, never more is given back than was paid, and what the till says is true.
func TestProperty_NeverMoreIsGivenBackThanWasPaid(t *testing.T) {
	most := 0
	rapid.Check(t, func(t *rapid.T) {
		a := concluded(found(FoundPaid))
		o := &office{t: t, price: a.Amount.Minor, given: map[string]*grant{}, now: t0}
		skew := time.Duration(0) // of the till's clock
		take := func(e Event) { a, _ = Next(a, e, o.now.Add(skew)) }
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			amount := Money{rapid.Int64Range(-1, 700).Draw(t, "amount"), a.Amount.Currency}
			if a.CanRefund(amount) == nil {
				for no, g := range o.given {
					if !g.done && !g.closed {
						t.Fatalf("a new number is begun, and %s is under way", no)
					}
				}
				take(RefundPressed{No: a.nextRefund(), Amount: amount, Reason: "cold"})
			} else {
				before := len(a.Refunds())
				if take(RefundPressed{No: a.nextRefund(), Amount: amount}); len(a.Refunds()) != before {
					t.Fatalf("%s was begun all the same", amount)
				}
			}
			if due := a.wait(); len(due) == 1 {
				o.now = later(o.now, due[0].(After).At.Add(-skew))
				take(Ticked{})
			}
			if rapid.IntRange(0, 9).Draw(t, "dies") == 0 {
				if a.inFlight == refundCall && rapid.Bool().Draw(t, "arrived") {
					o.ask(a.refunding())
				}
				skew += time.Duration(rapid.IntRange(-3600, 3600).Draw(t, "set")) * time.Second
				take(Resumed{})
			}
			switch a.inFlight {
			case refundCall:
				take(RefundAnswered{o.ask(a.refunding())})
			case refundQueryCall:
				take(RefundQueryAnswered{o.look(a.given.No)})
			}
			o.holds(a)
		}
		most = max(most, len(a.Refunds()))
	})
	t.Logf("at most %d refunds of one order", most)
}

// holds compares what the till says with the truth.
func (o *office) holds(a Attempt) {
	if a.given != nil && a.given.State.Settled() == a.Refunding {
		o.t.Fatalf("%s, and another refund may begin: %v", a.given.State, !a.Refunding)
	}
	sum := int64(0)
	for _, r := range a.Refunds() {
		g := o.given[r.No]
		switch {
		case r.State == Refunded && (g == nil || !g.done || g.closed || g.minor != r.Amount.Minor):
			o.t.Fatalf("%s is not refunded: %+v", r.No, g)
		case r.State == RefundFailed && g != nil && !g.closed:
			o.t.Fatalf("%s has not failed: %+v", r.No, g)
		case r.State == Refunded:
			sum += r.Amount.Minor
		}
	}
	if sum != a.Refunded || o.kept() > o.price || a.State != Paid {
		o.t.Fatalf("%s: %d given back, the till says %d of %d", a.State, o.kept(), a.Refunded, o.price)
	}
}

// wechatpay-v2 6.4: at most 50 refunds of an order.
func TestAnOrderHasAtMostFiftyRefunds(t *testing.T) {
	a := played(t, found(FoundPaid))
	for n := 1; n <= 51; n++ {
		err := a.CanRefund(Money{1, "HKD"})
		if (err == nil) != (n <= 50) {
			t.Fatalf("refund %d: %v", n, err)
		}
		if err != nil {
			return
		}
		a, _ = Next(a, RefundPressed{No: a.nextRefund(), Amount: Money{1, "HKD"}}, t0)
		if a.given.No != fmt.Sprintf("K1261121Q7RX000001R%d", n) {
			t.Fatal(a.given.No)
		}
		for _, e := range []Event{RefundSent{}, RefundAnswered{found(FoundRefundAccepted)}, RefundQuerySent{}, RefundQueryAnswered{found(FoundRefunded)}} {
			a, _ = Next(a, e, t0)
		}
	}
}

// Only what is paid is refunded, in its own currency and not more than is left.
func TestWhatCannotBeRefunded(t *testing.T) {
	paid := played(t, found(FoundPaid))
	for _, m := range []Money{{0, "HKD"}, {-1, "HKD"}, {1251, "HKD"}, {1, "USD"}} {
		if paid.CanRefund(m) == nil {
			t.Errorf("%s of %s", m, paid.Amount)
		}
	}
	if err := paid.CanRefund(paid.Amount); err != nil {
		t.Error(err)
	}
	for _, a := range []Attempt{
		played(t, found(FoundUnclear)), played(t, found(FoundCommFail)),
		played(t, found(FoundUnclear), found(FoundPayError)), played(t, found(FoundUnclear), found(FoundPayError), found(FoundRevokeAccepted)),
		played(t, found(FoundUnclear), found(FoundPayError), found(FoundRevokeRefused)),
		played(t, found(FoundUnclear), found(FoundPayError), found(FoundRevokeAccepted), found(FoundPaid), found(FoundPaid), found(FoundRevokeAccepted)),
	} {
		if a.CanRefund(a.Amount) != ErrRefundUnpaid {
			t.Errorf("%s: %v", describe(a), a.CanRefund(a.Amount))
		}
	}
}

// concluded is an attempt whose submission was answered.
func concluded(r Answer) Attempt {
	a, _ := Next(Attempt{}, someIntent(), t0)
	a, _ = Next(a, SubmitAnswered{r}, t0)
	return a
}
