package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"cashier/pos"
	"cashier/wechat"
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

// heard counts what an answer has come to at the till: of an order that is paid
// and told otherwise too.
func (t *tally) heard(a pos.Answer, paid bool) {
	t.seen["found "+string(a.Finding)]++
	switch {
	case wechat.Rule(a.Code) == wechat.ReturnFail && paid:
		t.seen["paid, and told return_code FAIL"]++
	case wechat.ErrCode(a.Code) == wechat.SystemError && paid:
		t.seen["paid, and told FAIL SYSTEMERROR"]++
	}
	switch code := a.Code; code {
	case string(wechat.NoAnswer), string(wechat.BadStatus), string(wechat.Malformed), string(wechat.ReturnFail), string(wechat.BadSignature),
		string(wechat.NotOurs), "out_trade_no", "total_fee":
		t.seen["heard "+code]++
	}
}

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

// often are the states and the faults without which a run has proved little, as
// they happen to the till and as it hears of them.
func often() []string {
	all := []string{"state watch", "charged again", "second scan refused", "used code refused",
		"killed between two effects", "killed", "second till", "machine suspended", "clock set", "clock step",
		"disk refused", "disk kept it and said no",
	}
	for _, s := range []pos.State{pos.Submitting, pos.InDoubt, pos.Paid, pos.Failed, pos.Revoking, pos.Confirming, pos.Revoked} {
		all = append(all, "state "+string(s))
	}
	for _, c := range sim.Storm(1) {
		all = append(all, "fault "+c.Fault.String())
	}
	for _, r := range []wechat.Rule{wechat.NoAnswer, wechat.BadStatus, wechat.Malformed, wechat.ReturnFail, wechat.BadSignature, wechat.NotOurs} {
		all = append(all, "heard "+string(r))
	}
	return apart(all)
}

// sometimes is what most sales do without: lies about one thing, customers who scan
// the till, managers.
func sometimes() []string {
	all := []string{"recall Y", "recall N", "heard out_trade_no", "heard total_fee", "paid, and told return_code FAIL", "paid, and told FAIL SYSTEMERROR",
		"native: the customer paid", "native: the customer came too late", "reason " + string(pos.ReasonVoided), "refund " + string(pos.Refunded)}
	for _, s := range []pos.State{pos.Submitting, pos.InDoubt, pos.Paid, pos.Failed, pos.Revoking, pos.Confirming, pos.Revoked} {
		all = append(all, "native "+string(s))
	}
	for _, op := range []sim.Op{sim.OnUnifiedOrder, sim.OnClose, sim.OnRefund, sim.OnRefundQuery} {
		all = append(all, op.String()+" disturbed")
	}
	for _, c := range weather(1) {
		if !seldom(c.On) {
			all = append(all, "fault "+c.Fault.String())
		}
	}
	return apart(all)
}

// apart is each of the names once; of faults that strike together, each.
func apart(names []string) []string {
	var all []string
	for _, name := range names {
		kind, faults, _ := strings.Cut(name, "fault ")
		if kind != "" {
			all = append(all, name)
			continue
		}
		for fault := range strings.SplitSeq(faults, ", ") {
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
func rare(sales int) []string {
	all := []string{"eight days later", "refunded in the portal", "closed by WeChat Pay", "written by another till"}
	ops := []sim.Op{sim.OnUnifiedOrder, sim.OnClose}
	if sales >= 100_000 {
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

// missing is what came up less often than so many sales should bring it: 1,000
// times in 20,000 sales and more, what most sales do without in 100,000, and what is
// rare once. Of a short run nothing is expected.
func (t *tally) missing(sales int) (names []string) {
	lacks := func(all []string, enough int) {
		for _, what := range all {
			if t.seen[what] < enough {
				names = append(names, fmt.Sprintf("%s: %d, and not %d", what, t.seen[what], enough))
			}
		}
	}
	lacks(often(), min(sales/20, 1000))
	lacks(sometimes(), min(sales/100, 1000))
	lacks(rare(sales), min(sales/10_000, 1))
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
