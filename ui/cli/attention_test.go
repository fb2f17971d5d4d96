package cli

import (
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// Issue 5: the list says why somebody should look, what was tried, what comes next
// by itself and what a manager may do, of every reason in words of its own.
func TestAttentionList_SaysAllOfIt(t *testing.T) {
	reasons := []pos.Attention{pos.AttentionPaidAway, pos.AttentionPaidLate, pos.AttentionConfiguration, pos.AttentionSignature,
		pos.AttentionMismatch, pos.AttentionRevokeSlow, pos.AttentionRevokeRefused, pos.AttentionRefunded, pos.AttentionBill,
		pos.AttentionContradiction, pos.AttentionRefundShort, pos.AttentionRefundSlow, pos.AttentionRefundAbnormal, pos.AttentionRefundFailed}
	whys := map[string]pos.Attention{}
	for _, reason := range reasons {
		a := adviceOn(reason)
		if before, known := whys[a.why]; known || a.why == string(reason) || a.may == "" {
			t.Errorf("%s: %+v, as %s", reason, a, before)
		}
		whys[a.why] = reason
	}
	var out strings.Builder
	p := printer{out: &out, zone: time.UTC}
	s := pos.Summary{OrderNo: "K1261122GQDR000002", Amount: pos.Money{Minor: 1250, Currency: "HKD"}, State: pos.Confirming,
		Attention: pos.AttentionRevokeRefused, Asked: 1, Revokes: 3, CreatedAt: time.UnixMilli(0)}
	if err := p.urgent(s); err != nil {
		t.Fatal(err)
	}
	_, lines, _ := strings.Cut(out.String(), "\n")
	if want := `    why    WeChat Pay will not revoke it, and it is paid
    tried  asked once, revoked 3 times
    next   it is asked about, and revoked again, every 5 minutes
    may    give all of it back: cashier refund
`; lines != want {
		t.Errorf("%s", lines)
	}
}

// What a till does by itself differs by where the order stands, and is nothing
// only where nobody works on it any more.
func TestNextStep_IsNothingOnlyForWhatIsOver(t *testing.T) {
	said := map[string]pos.Summary{}
	for _, state := range []pos.State{pos.InDoubt, pos.Revoking, pos.Confirming, pos.Failed, pos.Paid, pos.Revoked} {
		for _, watch := range []bool{false, true} {
			for _, refunding := range []bool{false, true} {
				s := pos.Summary{State: state, Watch: watch && state.Settled(), Refunding: refunding}
				step := nextStep(s)
				if nothing := strings.HasPrefix(step, "nothing"); nothing == s.Busy() {
					t.Errorf("%+v: %s", s, step)
				}
				said[step] = s
			}
		}
	}
	if len(said) != 6 {
		t.Errorf("%d sentences: %v", len(said), said)
	}
}
