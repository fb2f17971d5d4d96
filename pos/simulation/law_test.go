package simulation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"cashier/pos"
	"cashier/wechat/sim"
)

// fact is what the world remembers of an attempt, beside the journal.
type fact struct {
	sale    pos.SaleID
	began   time.Time   // in truth; zero when nobody was told, and nothing was submitted
	summary pos.Summary // as the till last showed it
	door    bool        // a revoke was journaled, of a Quick Pay
	asked   bool        // of another order: the newest answer was to a query, and not SUCCESS
	fair    bool        // the newest query was answered in fair weather
	portal  bool        // somebody gave the money back, or closed it, without the till
	heard   bool        // an answer that was not return_code FAIL, or none
	denied  bool        // a watch ended because the gateway said that there is no such order
	refused bool        // a watch ended because the gateway never said anything but return_code FAIL, and a person was told
}

// broken ends a world.
type broken struct {
	rule string
	no   pos.OrderNo
}

func (w *world) broke(rule string, no pos.OrderNo) { panic(broken{rule, no}) }

// must is for what cannot fail in a world.
func (w *world) must(err error) {
	if err != nil {
		w.broke("the journal can be read: "+err.Error(), "")
	}
}

// watchLaw holds every entry that was kept against the truth of its moment.
func (w *world) watchLaw(before, after pos.Attempt, e pos.Event) {
	f := w.facts[after.OrderNo]
	if f == nil { // its intent may have been kept without a word
		f = &fact{sale: after.Sale}
		w.facts[after.OrderNo] = f
	}
	if _, begins := e.(pos.Intended); begins {
		f.began = time.Now()
	}
	f.summary, f.denied, f.refused = after.Summary, f.denies(before, after, e), f.refuses(before, after, e)
	w.tally.entered(before, after)
	if _, queried := e.(pos.QueryAnswered); queried {
		f.fair = w.calm
	}
	if after.Method.Closes() {
		w.watchScanned(f, before, after, e)
	} else if _, sent := e.(pos.RevokeSent); sent || after.State == pos.Revoking {
		f.door = true
	}
	switch {
	case f.door && after.State == pos.Paid:
		w.broke("I4: PAID behind the one-way door", after.OrderNo)
	case before.State == pos.Paid && after.State != pos.Paid:
		w.takenBack(after, e)
	case before.State != pos.Paid && after.State == pos.Paid:
		w.concludedPaid(f, after)
	case after.State.Settled() && !after.Open() && after.State != pos.Paid && w.kept(after.OrderNo) && !f.denied && !f.refused:
		w.broke("I3: concluded "+string(after.State)+", nobody looks, and the money is kept", after.OrderNo)
	}
}

// concludedPaid: the cashier hands over the goods.
func (w *world) concludedPaid(f *fact, a pos.Attempt) {
	if !w.kept(a.OrderNo) && !f.portal {
		w.broke("I2, I6: PAID, and the money is not there", a.OrderNo)
	}
	if other := w.paid[a.Sale]; other != "" && other != a.OrderNo && w.standsPaid(other) {
		w.broke("I1: two attempts of one sale are PAID, the other is "+string(other), a.OrderNo)
	}
	w.paid[a.Sale] = a.OrderNo
}

// standsPaid asks the journal, which may know of a void that was kept without a word.
func (w *world) standsPaid(no pos.OrderNo) bool {
	a, err := w.journal.Attempt(context.Background(), no)
	w.must(err)
	return a.State == pos.Paid
}

// kept asks the gateway's own book whether the shop has money of the customer,
// be it a part: trade_state REFUND says only that a refund was accepted once.
func (w *world) kept(no pos.OrderNo) bool {
	truth, known := w.gateway.Order(string(no))
	left := truth.Minor
	for _, r := range w.gateway.Refunds(string(no)) {
		if r.State != sim.RefundClosed {
			left -= r.Minor
		}
	}
	return known && (truth.Kept() || truth.State == sim.Refund && left > 0)
}

// refunds reports that the gateway has accepted a refund of the order.
func (w *world) refunds(no pos.OrderNo) bool {
	truth, _ := w.gateway.Order(string(no))
	return truth.State == sim.Refund
}

// denies reports the one lie that nobody can see through: a signed ORDERNOTEXIST
// 120 s after the submission, behind a revoke that was accepted, or return_code
// FAIL, is the end of a watch (wechatpay-v2 13.3 b, design 3.9). It stands until
// the gateway says something else.
func (f *fact) denies(before, after pos.Attempt, e pos.Event) bool {
	r, queried := e.(pos.QueryAnswered)
	if !queried || r.Answer.Finding == pos.FoundUnclear || r.Answer.Finding == pos.FoundCommFail {
		return f.denied
	}
	last := before.Watch && !after.Watch && (before.Reason == pos.ReasonCommFail || before.Recall == pos.RecallNo)
	return last && r.Answer.Finding == pos.FoundNoOrder && time.Since(f.began) >= 2*time.Minute
}

// refuses reports the other end of a watch that may leave money behind: from the
// submission on the gateway has said return_code FAIL and nothing else, for 120 s,
// and a person is told (design 3.9).
func (f *fact) refuses(before, after pos.Attempt, e pos.Event) bool {
	switch e := e.(type) {
	case pos.SubmitAnswered:
		f.heard = e.Answer.Finding != pos.FoundCommFail
	case pos.QueryAnswered:
		f.heard = f.heard || e.Answer.Finding != pos.FoundCommFail
	default:
		return f.refused && !after.Open()
	}
	ends := before.Watch && !after.Watch
	told := after.Attention == pos.AttentionConfiguration
	return !after.Open() && !f.heard && (f.refused || ends && told && time.Since(f.began) >= 2*time.Minute)
}

// deniedAtLast is what a run says of such an order.
const deniedAtLast = "kept, and the gateway denied it at 120 s"

// revoking looks at a revoke that is about to leave.
func (w *world) revoking(a pos.Attempt) {
	switch {
	case a.State == pos.Paid:
		w.broke("design 3.12: a paid order is revoked", a.OrderNo)
	case !a.Method.Closes() && time.Since(w.facts[a.OrderNo].began) < 15*time.Second:
		w.broke("design 3.8: a revoke in the first 15 s", a.OrderNo)
	case a.Foreign():
		w.broke("design 3.10: somebody else's order is revoked", a.OrderNo)
	}
}

// evening lets the weather clear and works on everything open, for at most
// some hours; then the day is held against the law.
func (w *world) evening() {
	w.calm = true
	clear := make([]sim.Fault, 1<<16)
	for _, op := range []sim.Op{sim.OnQuickPay, sim.OnQuery, sim.OnRevoke, sim.OnUnifiedOrder, sim.OnClose, sim.OnRefund, sim.OnRefundQuery} {
		w.gateway.Inject(op, clear...)
	}
	end := time.Now().Add(6 * time.Hour)
	for again := true; again; again = w.replaced() {
		for w.till.dead || w.till.ready() != nil {
			w.till.kill()
			w.open()
		}
		w.live(func() bool { return w.till.conflict || w.rest() || time.Now().After(end) })
	}
	w.judge()
}

// replaced kills the till if one that lives on beside it has written meanwhile, or
// works on something that was not there when this one began.
func (w *world) replaced() bool {
	open, err := w.journal.Open(context.Background())
	w.must(err)
	beside := func(a pos.Attempt) bool { return w.till.open[a.OrderNo] == nil }
	if !w.till.conflict && !slices.ContainsFunc(open, beside) {
		return false
	}
	w.till.kill()
	return true
}

// rest reports that nothing is open but what a person has to end.
func (w *world) rest() bool {
	for _, worker := range w.till.open {
		if worker.a.Open() && !w.endless(worker.a) && !mute(worker.a) || unsettled(worker.a) || worker.calls > 0 || worker.stuck {
			return false
		}
	}
	return true
}

// endless is an attempt that no machine can end, and a person is told: 7 days are
// gone, the number answers for somebody else's order, in fair weather too (design
// 3.10), recall is Y for ever (0.41), or no query is answered of what the portal gave
// back and no revoke can take any more. It is asked about for ever.
func (w *world) endless(a pos.Attempt) bool {
	refused := a.Attention == pos.AttentionRevokeSlow || a.Attention == pos.AttentionRevokeRefused
	forever := a.Amount.Minor == 41 || unanswered(a) && w.facts[a.OrderNo].portal
	return a.Attention != "" && (refused && a.NextRevoke().IsZero() || a.Foreign() && w.facts[a.OrderNo].fair || a.Revokes >= 10 && forever)
}

// unanswered is an order of 0.33 or 0.34: in these stories no query is answered
// before the order is revoked.
func unanswered(a pos.Attempt) bool {
	return a.Method == pos.QuickPay && (a.Amount.Minor == 33 || a.Amount.Minor == 34)
}

// mute is such an order that was made after its revoke was accepted, by a submission
// that came late: a watch asks without being answered.
func mute(a pos.Attempt) bool { return unanswered(a) && a.State == pos.Revoked && a.Watch }

// judge is the law at rest.
func (w *world) judge() {
	ctx := context.Background()
	keptOf := map[pos.SaleID]pos.OrderNo{}
	w.countOrders()
	for _, no := range slices.Sorted(maps.Keys(w.facts)) {
		a, err := w.journal.Attempt(ctx, no)
		w.must(err)
		w.sameFold(a)
		w.settled(w.facts[no], a)
		w.givenBack(a)
		f := w.facts[no]
		if w.kept(no) && !mute(a) && !(a.Open() && w.endless(a)) && !f.refused && !f.denied { // those are not at rest, or a person's
			if other := keptOf[a.Sale]; other != "" {
				w.broke("I8: two payments of one sale are kept, the other is "+string(other), no)
			}
			keptOf[a.Sale] = no
		}
	}
	for _, truth := range w.gateway.Orders() {
		if w.facts[pos.OrderNo(truth.No)] == nil {
			if _, err := w.journal.Attempt(ctx, pos.OrderNo(truth.No)); err != nil {
				w.broke("I7: an order that the journal does not know", pos.OrderNo(truth.No))
			}
		}
	}
}

// sameFold: what the till holds is what the journal folds to.
func (w *world) sameFold(a pos.Attempt) {
	if worker := w.till.open[a.OrderNo]; worker != nil && !reflect.DeepEqual(worker.a, a) {
		w.broke(fmt.Sprintf("the fold is the attempt that the till holds:\n%+v\n%+v", worker.a, a), a.OrderNo)
	}
}

// settled: every sale has its end, and the money is where the journal says.
func (w *world) settled(f *fact, a pos.Attempt) {
	kept := w.kept(a.OrderNo)
	switch {
	case w.gateway.Seen(string(a.OrderNo)) > 1:
		w.broke("I5: Quick Pay was sent twice", a.OrderNo)
	case w.ordered[string(a.OrderNo)] > 1:
		w.broke("I5: Unified Order was sent twice", a.OrderNo)
	case mute(a):
		w.tally.left["watched, and no query is answered (0.33, 0.34)"]++
	case a.Open() && !w.endless(a), unsettled(a):
		w.broke("L1: still open after six hours of fair weather", a.OrderNo)
	case a.State == pos.Paid && !kept && !f.portal && !w.refunds(a.OrderNo):
		w.broke("I9: PAID, and the money is not there", a.OrderNo)
	case f.denied && kept:
		w.tally.left[deniedAtLast]++
	case a.State != pos.Paid && kept && !a.Open() && !f.refused:
		w.broke("I9: the money is kept, the journal says "+string(a.State)+", and nobody is told", a.OrderNo)
	case a.State != pos.Paid && kept:
		w.tally.left[string(a.State)+" and kept, a person is told: "+string(a.Attention)]++
	case a.Open():
		w.tally.left["open for a person: "+string(a.Attention)]++
	}
}

// story is everything about an order: the journal and the gateway's log.
func (w *world) story(no pos.OrderNo) string {
	a, _ := w.journal.Attempt(context.Background(), no)
	all, _ := w.journal.List(context.Background(), pos.Filter{Sale: cmp.Or(a.Sale, "none")})
	text := w.told(no)
	for _, other := range all {
		if other.OrderNo != no {
			text += "\n\nof the same sale, " + string(other.OrderNo) + "\n" + w.told(other.OrderNo)
		}
	}
	return text
}

// told is what happened to one order, from both sides.
func (w *world) told(no pos.OrderNo) string {
	var lines []string
	own, _ := w.journal.Timeline(context.Background(), no)
	for _, e := range own {
		event, _ := json.Marshal(e.Event)
		lines = append(lines, fmt.Sprintf("%s journal %5d %-14s %s %s %.240s", e.At.Format(clockTime), e.Seq, e.Name(), e.After.State, e.Run, event))
	}
	for _, c := range w.gateway.Calls() {
		if c.OrderNo == string(no) {
			lines = append(lines, fmt.Sprintf("%s gateway %v: %s (%s)", c.At.UTC().Format(clockTime), c.Op, c.Answer, c.Faults))
		}
	}
	truth, _ := w.gateway.Order(string(no))
	return strings.Join(lines, "\n") + fmt.Sprintf("\ntruth: %+v", truth)
}

const clockTime = "02 15:04:05.000"
