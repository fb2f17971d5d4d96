package pos

import (
	"slices"
	"testing"
	"testing/synctest"
)

// A difference is journaled once, raises attention and leaves the verdict alone
// (wechatpay-v2 6.8: the bill never changes a row by itself).
func TestTill_BillDiffersIsWrittenOnce(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		before := ends(t, till, no)
		differs := BillDiffers{Day: "2026-11-21", Kind: string(DiffState), Ours: "paid HKD 12.50", Theirs: "REVOKED HKD 12.50"}
		other := differs
		other.Day = "2026-11-22"
		for _, e := range []BillDiffers{differs, differs, other, differs} {
			if err := till.BillDiffers(t.Context(), no, e); err != nil {
				t.Fatal(err)
			}
			if a, _ := till.Attempt(no); a.State != before.State || a.Attention != AttentionBill || a.Asked != before.Asked {
				t.Errorf("got %s", describe(a))
			}
		}
		synctest.Wait()
		names := slices.DeleteFunc(j.names(no), func(name string) bool { return name != "bill_differs" })
		if len(names) != 2 {
			t.Errorf("journaled %d times", len(names))
		}
		if err := till.BillDiffers(t.Context(), "K1261121Q7RX999999", differs); KindOf(err) != KindNotFound {
			t.Errorf("an order nobody knows: %v", err)
		}
	})
}

// What is more urgent is not hidden by a bill, and hides it.
func TestNext_ABillIsNotTheMostUrgent(t *testing.T) {
	paid := played(t, found(FoundPaid))
	for _, c := range []struct{ why, want Attention }{
		{"", AttentionBill}, {AttentionPaidAway, AttentionBill}, {AttentionRefunded, AttentionBill},
		{AttentionContradiction, AttentionContradiction}, {AttentionRevokeRefused, AttentionRevokeRefused},
	} {
		a := paid
		a.Attention = c.why
		if a, _ = Next(a, BillDiffers{}, t0); a.Attention != c.want || a.State != Paid {
			t.Errorf("behind %q: %s, want %s", c.why, describe(a), c.want)
		}
	}
}
