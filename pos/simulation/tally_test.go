package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"cashier/pos"
	"cashier/wechat/sim"
)

// tally counts what came up in a run.
type tally struct {
	mu            sync.Mutex
	worlds, sales int
	calls         int
	seen          map[string]int // states, findings, faults, troubles
	left          map[string]int // what a person has to end
}

func newTally() *tally { return &tally{seen: map[string]int{}, left: map[string]int{}} }

func (t *tally) happened(what string) { t.seen[what]++ }
func (t *tally) found(f pos.Finding)  { t.seen["found "+string(f)]++ }

// entered counts what an attempt has become.
func (t *tally) entered(before, after pos.Attempt) {
	for _, c := range []struct{ kind, before, after string }{
		{"state", string(before.State), string(after.State)},
		{"attention", string(before.Attention), string(after.Attention)},
		{"reason", string(before.Reason), string(after.Reason)},
		{"recall", string(before.Recall), string(after.Recall)},
	} {
		if c.after != c.before && c.after != "" {
			t.seen[c.kind+" "+c.after]++
		}
	}
	if r := newestRefund(after); len(after.Refunds()) > 0 && (len(before.Refunds()) < len(after.Refunds()) || newestRefund(before).State != r.State) {
		t.seen["refund "+string(r.State)]++
	}
	if after.Watch && !before.Watch {
		t.seen["state watch"]++
	}
	if after.Method == pos.Native && after.State != before.State {
		t.seen["native "+string(after.State)]++
	}
}

// add takes in what one world counted.
func (t *tally) add(w *world) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.worlds++
	t.sales += w.tally.sales
	for what, n := range w.tally.seen {
		t.seen[what] += n
	}
	for what, n := range w.tally.left {
		t.left[what] += n
	}
	for _, c := range w.gateway.Calls() {
		t.calls++
		for fault := range strings.SplitSeq(c.Faults, ", ") {
			if fault != "" {
				t.seen["fault "+fault]++
				if seldom(c.Op) {
					t.seen[c.Op.String()+" disturbed"]++
					t.seen[c.Op.String()+": "+fault]++
				}
			}
		}
	}
}

// often are the states and faults without which a run has proved little.
func often() []string {
	all := []string{"state watch", "recall Y", "recall N",
		"killed between two effects", "killed", "second till", "machine suspended", "clock set", "clock step",
		"disk refused", "disk kept it and said no", "charged again", "second scan refused", "used code refused",
	}
	for _, s := range []pos.State{pos.Submitting, pos.InDoubt, pos.Paid, pos.Failed, pos.Revoking, pos.Confirming, pos.Revoked} {
		all = append(all, "state "+string(s), "native "+string(s))
	}
	all = append(all, "reason "+string(pos.ReasonVoided), "refund "+string(pos.Refunded))
	all = append(all, "native: the customer paid", "native: the customer came too late")
	for _, op := range []sim.Op{sim.OnUnifiedOrder, sim.OnClose, sim.OnRefund, sim.OnRefundQuery} {
		all = append(all, op.String()+" disturbed")
	}
	for _, c := range weather(1) {
		if seldom(c.On) {
			continue
		}
		for fault := range strings.SplitSeq(c.Fault.String(), ", ") {
			all = append(all, "fault "+fault)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// seldom reports a call that most sales do without.
func seldom(op sim.Op) bool {
	return op == sim.OnUnifiedOrder || op == sim.OnClose || op == sim.OnRefund || op == sim.OnRefundQuery
}

// rare is what has to come up, however seldom. What may befall a refund is left to
// the longest runs, for most sales have none.
func rare(enough int) []string {
	all := []string{"eight days later", "refunded in the portal", "closed by WeChat Pay", "written by another till"}
	ops := []sim.Op{sim.OnUnifiedOrder, sim.OnClose}
	if enough >= 1000 {
		ops = append(ops, sim.OnRefund, sim.OnRefundQuery)
	}
	for _, c := range weather(1) {
		for fault := range strings.SplitSeq(c.Fault.String(), ", ") {
			for _, op := range ops {
				if c.On == 0 || c.On == op {
					all = append(all, op.String()+": "+fault)
				}
			}
		}
	}
	for _, a := range []pos.Attention{pos.AttentionPaidAway, pos.AttentionPaidLate, pos.AttentionConfiguration, pos.AttentionSignature,
		pos.AttentionRefundShort, pos.AttentionRefundFailed, pos.AttentionRefundAbnormal, pos.AttentionMismatch, pos.AttentionRevokeSlow, pos.AttentionRevokeRefused, pos.AttentionRefunded, pos.AttentionContradiction} {
		all = append(all, "attention "+string(a))
	}
	for _, r := range []pos.Reason{pos.ReasonCommFail, pos.ReasonDeclined, pos.ReasonClosed, pos.ReasonCashier, pos.ReasonDeadline,
		pos.ReasonPayError, pos.ReasonPaidLate, pos.ReasonRefunded, pos.ReasonNoCode} {
		all = append(all, "reason "+string(r))
	}
	return all
}

// missing is what came up less than often enough. Of a short run nothing rare is expected.
func (t *tally) missing(enough int) (names []string) {
	for _, what := range often() {
		if t.seen[what] < enough {
			names = append(names, fmt.Sprintf("%s: %d", what, t.seen[what]))
		}
	}
	for _, what := range rare(enough) {
		if t.seen[what] == 0 && enough >= 100 {
			names = append(names, what+": never")
		}
	}
	return names
}

// report is the run's figures.
func (t *tally) report() string {
	var text strings.Builder
	for _, group := range []map[string]int{t.seen, t.left} {
		for _, what := range slices.Sorted(maps.Keys(group)) {
			fmt.Fprintf(&text, "  %8d  %s\n", group[what], what)
		}
	}
	return text.String()
}
