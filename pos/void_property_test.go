package pos

import (
	"testing"

	"pgregory.net/rapid"
)

// voiding is one paid order at an office that also revokes.
type voiding struct {
	*office
	a       Attempt
	revoked bool
}

// revoke answers Revoke: of an order of which a refund was accepted nothing is revoked.
func (v *voiding) revoke() Answer {
	happens := rapid.SampledFrom([]string{"accepted", "refused", "refused", "refused", "again", "lost there", "lost back"}).Draw(v.t, "revoke")
	switch {
	case happens == "lost there":
		return Answer{Finding: FoundUnclear}
	case happens == "again":
		return Answer{Finding: FoundRevokeAgain, Recall: RecallYes}
	case happens == "refused", len(v.given) > 0:
		return Answer{Finding: FoundRevokeRefused}
	}
	v.revoked = true
	if happens == "lost back" {
		return Answer{Finding: FoundUnclear}
	}
	return Answer{Finding: FoundRevokeAccepted, Recall: RecallNo}
}

// query answers Query Order: from the first refund that is accepted REFUND, also
// for a part and also when that is closed (wechatpay-v2 6.2).
func (v *voiding) query() Answer {
	switch {
	case rapid.IntRange(0, 5).Draw(v.t, "lost") == 0:
		return Answer{Finding: rapid.SampledFrom([]Finding{FoundUnclear, FoundCommFail, FoundUserPaying}).Draw(v.t, "as")}
	case v.revoked:
		return Answer{Finding: FoundRevoked}
	case len(v.given) > 0:
		return Answer{Finding: FoundRefunding}
	}
	return Answer{Finding: FoundPaid}
}

// refund answers Apply for Refund: what was revoked is not refunded.
func (v *voiding) refund() Answer {
	if v.revoked {
		return Answer{Finding: FoundRefundRefused}
	}
	return v.ask(v.a.refunding())
}

func (v *voiding) take(e Event) { v.a, _ = Next(v.a, e, v.now) }

// design 3.8: however voids and refunds cross, and whatever becomes of either,
// the money goes back once, and an order is revoked only when all of it has gone.
func TestProperty_VoidsAndRefunds(t *testing.T) {
	ends := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		v := &voiding{office: &office{t: t, given: map[string]*grant{}, now: t0}, a: concluded(found(FoundPaid))}
		v.price = v.a.Amount.Minor
		for range 60 {
			v.press()
			if due := v.a.wait(); len(due) == 1 {
				v.now = later(v.now, due[0].(After).At)
				v.take(Ticked{})
			}
			if rapid.IntRange(0, 9).Draw(t, "dies") == 0 {
				v.dies()
			}
			v.answer()
			v.lawful()
		}
		switch {
		case v.a.State == Revoked && v.revoked:
			ends["revoked"]++
		case v.a.State == Revoked:
			ends["refunded in its place"]++
		}
	})
	if t.Logf("%v", ends); len(ends) < 2 && !testing.Short() {
		t.Error("one of the ends never came up")
	}
}

// press is what a manager may want of the order.
func (v *voiding) press() {
	switch rapid.IntRange(0, 12).Draw(v.t, "press") {
	case 0, 4, 5, 6:
		v.take(VoidPressed{})
	case 1:
		v.take(RefundPressed{No: v.a.nextRefund(), Amount: Money{rapid.Int64Range(1, v.price).Draw(v.t, "part"), v.a.Amount.Currency}})
	case 2, 7, 8:
		v.take(RefundPressed{No: v.a.nextRefund(), Amount: v.a.Amount})
	case 3:
		v.take(AskPressed{})
	}
}

// dies ends the till; the call on its way may have arrived.
func (v *voiding) dies() {
	if rapid.Bool().Draw(v.t, "arrived") {
		switch v.a.inFlight {
		case refundCall:
			v.refund()
		case revokeCall:
			v.revoke()
		}
	}
	v.take(Resumed{})
}

// answer answers the call on its way.
func (v *voiding) answer() {
	switch v.a.inFlight {
	case refundCall:
		v.take(RefundAnswered{v.refund()})
	case refundQueryCall:
		v.take(RefundQueryAnswered{v.look(v.a.given.No)})
	case revokeCall:
		v.take(RevokeAnswered{v.revoke()})
	case queryCall:
		v.take(QueryAnswered{v.query()})
	}
}

func (v *voiding) lawful() {
	done := int64(0)
	for _, g := range v.given {
		if g.done && !g.closed {
			done += g.minor
		}
	}
	switch {
	case v.revoked && len(v.given) > 0:
		v.t.Fatalf("given back by a revoke and by %d refunds", len(v.given))
	case v.a.State == Paid && v.revoked:
		v.t.Fatal("paid, and it was revoked")
	case v.a.State == Revoked && !v.revoked && done < v.price:
		v.t.Fatalf("revoked, and %d of %d have gone back", done, v.price)
	}
}
