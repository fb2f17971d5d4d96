package journaltest

import (
	"context"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/pos"
)

// Reopener is a journal that the suite may close and open again. A store
// that keeps nothing between two processes has no need of it.
type Reopener interface {
	// Reopen closes the journal and opens the same one again.
	Reopen(t testing.TB) pos.Journal
}

// promises are the subtests: their names are the contract.
var promises = []struct {
	name string
	test func(t *testing.T, j pos.Journal)
}{
	{"seq has no gaps and begins at 1", testSeq},
	{"what was appended is there after reopening", testReopen},
	{"an entry decided on an old one is refused", testStale},
	{"of two that were decided on the same one is refused", testRace},
	{"an auth code is taken once", testFingerprint},
	{"an order number is taken once", testOrderNumber},
	{"a refused entry leaves nothing behind", testRefusalLeavesNothing},
	{"the caller's cancellation does not undo an entry", testCancelled},
	{"the timeline gives back every event with all its fields", testTimeline},
	{"a till's own events are kept", testNoted},
	{"people stand as the newest entry about them left them", testPeople},
	{"a closing follows the last one and ends with the newest entry", testClosings},
	{"the fold is the attempt that the till held", testFold},
	{"the summary in lists is that of the fold", testSummary},
	{"open lists what is worked on, watches included, oldest first", testOpen},
	{"list is newest first and pages without gaps", testPages},
	{"list selects by each field and by all together", testFilters},
	{"find knows numbers, ids, refs and amounts", testFind},
	{"the last counter is of one till and one day", testLastCounter},
	{"a run ends with the last entry that it wrote", testEndsRun},
	{"attention reasons are counted until acknowledged", testAttentions},
	{"unknown orders are not found", testNotFound},
	{"readers see whole entries while others are written", testReadersDuringWrites},
	{"the identity is stable", testIdentity},
}

// Run runs the suite. open gives an empty journal of its own to each subtest
// and closes it at the subtest's end.
func Run(t *testing.T, open func(t testing.TB) pos.Journal) {
	for _, p := range promises {
		t.Run(strings.ReplaceAll(p.name, " ", "_"), func(t *testing.T) { p.test(t, open(t)) })
	}
}

func testSeq(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	for want := int64(1); want <= 20; want += 2 {
		a := l.begin()
		if b := l.pay(a); a.Seq != want || b.Seq != want+1 {
			t.Fatalf("seq %d, %d, want %d, %d", a.Seq, b.Seq, want, want+1)
		}
	}
}

func testReopen(t *testing.T, j pos.Journal) {
	r, ok := j.(Reopener)
	if !ok {
		t.Skip("this journal is not a Reopener")
	}
	l := newTill(t, j)
	paid, doubted := l.pay(l.begin()), l.doubt(l.begin())
	incarnation := j.Incarnation()
	j = r.Reopen(t)
	equal(t, "paid", attempt(t, j, paid.OrderNo), paid)
	equal(t, "in doubt", attempt(t, j, doubted.OrderNo), doubted)
	equal(t, "incarnation", j.Incarnation(), incarnation)
	l.journal = j
	if next := l.begin(); next.Seq != doubted.Seq+1 {
		t.Errorf("the first seq after reopening is %d, want %d", next.Seq, doubted.Seq+1)
	}
}

func testStale(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	old := l.begin()
	newest := l.doubt(old)
	refused(t, j, l.entry(old, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundPaid}}))
	unknown := l.entry(pos.Attempt{}, l.intent())
	refused(t, j, l.entry(unknown.After, pos.Left{})) // its intent was never appended
	equal(t, "the attempt", attempt(t, j, old.OrderNo), newest)
}

func testRace(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	a := l.doubt(l.begin())
	var both sync.WaitGroup
	var errs [8]error
	for i := range errs {
		both.Go(func() { _, errs[i] = j.Append(context.Background(), l.entry(a, pos.QuerySent{})) })
	}
	both.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else if pos.KindOf(err) != pos.KindConflict {
			t.Errorf("kind %v: %v", pos.KindOf(err), err)
		}
	}
	if kept != 1 {
		t.Errorf("%d entries were kept, want 1", kept)
	}
}

func testFingerprint(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	a := l.fail(l.begin())
	again := l.intent()
	again.Fingerprint = a.Fingerprint
	refused(t, j, l.entry(pos.Attempt{}, again))
	no, err := j.FindCode(context.Background(), a.Fingerprint)
	if err != nil || no != a.OrderNo {
		t.Errorf("FindCode = %q, %v, want %q", no, err, a.OrderNo)
	}
	if no, err = j.FindCode(context.Background(), "never seen"); err != nil || no != "" {
		t.Errorf(`FindCode of an unknown code = %q, %v, want ""`, no, err)
	}
	for range 2 { // an order without an auth code shares its absence with others
		l.begin(func(e *pos.Intended) { e.Fingerprint = "" })
	}
}

func testOrderNumber(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	a := l.begin()
	again := l.intent()
	again.OrderNo = a.OrderNo
	refused(t, j, l.entry(pos.Attempt{}, again))
	e := l.entry(pos.Attempt{}, again)
	e.After.Seq = a.Seq // not even as the newest entry's successor
	refused(t, j, e)
}

func testRefusalLeavesNothing(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	a := l.begin()
	again := l.intent()
	again.Fingerprint = a.Fingerprint
	refused(t, j, l.entry(pos.Attempt{}, again))
	if _, err := j.Attempt(context.Background(), again.OrderNo); pos.KindOf(err) != pos.KindNotFound {
		t.Errorf("the refused attempt: %v", err)
	}
	if b := l.pay(a); b.Seq != a.Seq+1 {
		t.Errorf("the next seq is %d, want %d", b.Seq, a.Seq+1)
	}
}

func testCancelled(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e := l.entry(pos.Attempt{}, l.intent())
	if _, err := j.Append(ctx, e); err != nil {
		t.Fatal(err)
	}
	attempt(t, j, e.OrderNo)
}

// everyEvent is one history with every event that can be journaled, each field filled.
func everyEvent() []pos.Event {
	full := func(f pos.Finding) pos.Answer {
		return pos.Answer{
			Finding: f, TransactionID: "420000000000000001", Recall: pos.RecallYes, Code: "SYSTEMERROR",
			Alarm: pos.AttentionSignature, NotBefore: 7 * time.Second, Date: start.Truncate(time.Second),
			Heard: pos.Heard{
				Fields: map[string]string{"err_code": "SYSTEMERROR", "attach": "桌 7 <&> \u202e"}, Status: 502,
				Bytes: 120, SHA256: "ab12", Error: "not one flat <xml>", TookMS: 1234,
			},
		}
	}
	return []pos.Event{
		pos.SubmitAnswered{Answer: full(pos.FoundUnclear)},
		pos.Left{}, pos.Returned{}, pos.AskPressed{}, pos.Resumed{}, pos.ClockStepped{ByMS: -7200_000},
		pos.QuerySent{Last: true}, pos.QueryAnswered{Answer: full(pos.FoundUserPaying)},
		pos.QuerySent{}, pos.QueryAnswered{Answer: full(pos.FoundPayError)},
		pos.RevokePressed{By: "2"}, pos.RevokeSent{}, pos.RevokeAnswered{Answer: full(pos.FoundRevokeAgain)},
		pos.Acknowledged{By: "manager"},
	}
}

func testTimeline(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	l.begin() // somebody else's entries stand between
	var want []pos.Entry
	a := pos.Attempt{}
	intent := l.intent()
	intent.Practice, intent.Number, intent.Ref = true, 2, "桌 7 \"'"
	for _, e := range append([]pos.Event{intent}, everyEvent()...) {
		l.now = l.now.Add(20 * time.Second)
		entry := l.entry(a, e)
		seq, err := j.Append(context.Background(), entry)
		if err != nil {
			t.Fatal(err)
		}
		entry.Seq = seq
		want = append(want, entry)
		a = entry.After
		a.First, a.Seq = want[0].Seq, seq
		l.begin()
	}
	got, err := j.Timeline(context.Background(), intent.OrderNo)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		equal(t, want[i].Name(), got[i], want[i])
	}
	if len(got) != len(want) {
		t.Errorf("%d entries, want %d", len(got), len(want))
	}
}

func testNoted(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	a := l.begin()
	seq, err := j.Append(context.Background(), pos.Entry{
		At: l.now, Day: l.day(), Run: "run-1", Event: pos.Noted{Name: "started", Detail: map[string]string{"version": "1"}},
	})
	if err != nil || seq != a.Seq+1 {
		t.Fatalf("append = %d, %v", seq, err)
	}
	l.pay(a) // it is nobody's newest entry
}

func testFold(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	chance := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		held := l.wander(l.begin(), chance, chance.IntN(30))
		equal(t, string(held.OrderNo), attempt(t, j, held.OrderNo), held)
	}
}

func testSummary(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	chance := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		held := l.wander(l.begin(), chance, chance.IntN(30))
		got := list(t, j, pos.Filter{Limit: 1})
		equal(t, string(held.OrderNo), got, []pos.Summary{held.Summary})
	}
}

func testOpen(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	if open, err := j.Open(context.Background()); err != nil || len(open) != 0 {
		t.Fatalf("of an empty journal: %v, %v", open, err)
	}
	submitting := l.begin()
	l.pay(l.begin())
	watched := l.watched(l.begin())
	l.fail(l.begin())
	doubted := l.doubt(l.begin())
	open, err := j.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "open", open, []pos.Attempt{submitting, watched, doubted})
}

func testPages(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	var want []pos.Summary
	first := map[pos.OrderNo]int64{}
	for range 120 {
		a := l.begin()
		first[a.OrderNo] = a.Seq
		want = append([]pos.Summary{l.pay(a).Summary}, want...)
	}
	equal(t, "the default page", list(t, j, pos.Filter{}), want[:50])
	var got []pos.Summary
	for page := list(t, j, pos.Filter{Limit: 7}); len(page) > 0; {
		got = append(got, page...)
		page = list(t, j, pos.Filter{Limit: 7, Before: first[page[len(page)-1].OrderNo]})
	}
	equal(t, "all pages", got, want)
}

func testFilters(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	one := l.pay(l.begin())
	two := l.doubt(l.begin(func(e *pos.Intended) { e.Cashier = "3" }))
	three := l.fail(l.begin(func(e *pos.Intended) { e.Sale, e.Number, e.Amount.Minor = two.Sale, 2, 990 }))
	alarmed := l.alarmed(l.begin(func(e *pos.Intended) { e.Amount.Currency = "JPY" }))
	l.now = l.now.AddDate(0, 0, 1)
	l.id = "K2"
	next := l.pay(l.begin())
	for _, c := range []struct {
		name   string
		filter pos.Filter
		want   []pos.Attempt
	}{
		{"nothing", pos.Filter{}, []pos.Attempt{next, alarmed, three, two, one}},
		{"day", pos.Filter{Day: "2026-11-21"}, []pos.Attempt{alarmed, three, two, one}},
		{"an empty day", pos.Filter{Day: "2026-11-20"}, nil},
		{"from is included", pos.Filter{From: two.CreatedAt}, []pos.Attempt{next, alarmed, three, two}},
		{"to is not", pos.Filter{To: three.CreatedAt}, []pos.Attempt{two, one}},
		{"from and to", pos.Filter{From: two.CreatedAt, To: alarmed.CreatedAt}, []pos.Attempt{three, two}},
		{"a state", pos.Filter{States: []pos.State{pos.Failed}}, []pos.Attempt{three}},
		{"paid", pos.Filter{States: []pos.State{pos.Paid}}, []pos.Attempt{next, one}},
		{"states", pos.Filter{States: []pos.State{pos.Paid, pos.InDoubt}}, []pos.Attempt{next, alarmed, two, one}},
		{"states, a short page", pos.Filter{States: []pos.State{pos.Paid, pos.InDoubt}, Limit: 3}, []pos.Attempt{next, alarmed, two}},
		{"attention", pos.Filter{Attention: true}, []pos.Attempt{alarmed}},
		{"cashier", pos.Filter{Cashier: "3"}, []pos.Attempt{two}},
		{"till", pos.Filter{Till: "K2"}, []pos.Attempt{next}},
		{"currency", pos.Filter{Currency: "JPY"}, []pos.Attempt{alarmed}},
		{"price", pos.Filter{Minor: 990}, []pos.Attempt{three}},
		{"price of a currency", pos.Filter{Minor: 990, Currency: "JPY"}, nil},
		{"a shift", pos.Filter{After: one.First, Upto: alarmed.First - 1}, []pos.Attempt{three, two}},
		{"of a shift that still runs", pos.Filter{After: two.First}, []pos.Attempt{next, alarmed, three}},
		{"of a shift, the next page", pos.Filter{After: one.First, Upto: alarmed.First, Before: three.First}, []pos.Attempt{two}},
		{"of a shift, a state", pos.Filter{After: one.First, Upto: alarmed.First, States: []pos.State{pos.Failed}}, []pos.Attempt{three}},
		{"sale", pos.Filter{Sale: two.Sale}, []pos.Attempt{three, two}},
		{"all together", pos.Filter{
			Day: "2026-11-21", From: one.CreatedAt, To: alarmed.CreatedAt, States: []pos.State{pos.Failed, pos.Paid},
			Cashier: "2", Till: "K1", Sale: two.Sale, Find: "table",
			Currency: "HKD", Minor: 990, After: one.First, Upto: three.First, Before: alarmed.First,
		}, []pos.Attempt{three}},
	} {
		var want []pos.Summary
		for _, a := range c.want {
			want = append(want, a.Summary)
		}
		equal(t, c.name, list(t, j, c.filter), want)
	}
}

func testFind(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	wanted := l.pay(l.begin(func(e *pos.Intended) { e.Ref, e.Amount.Minor = "Invoice 50%_a", 9905 }))
	yen := l.pay(l.begin(func(e *pos.Intended) { e.Ref, e.Amount = "", pos.Money{Minor: 777, Currency: "JPY"} }))
	l.pay(l.begin())
	no := string(wanted.OrderNo)
	for _, c := range []struct {
		find string
		want pos.Attempt
	}{
		{no, wanted}, {strings.ToLower(no), wanted}, {" " + no + "\n", wanted}, {no[len(no)-6:], wanted},
		{wanted.TransactionID, wanted}, {wanted.TransactionID[6:], wanted},
		{"Invoice 50%_a", wanted}, {"invoice", wanted}, {"50%", wanted}, {"%_a", wanted},
		{"99.05", wanted}, {"9905", wanted}, {"777", yen},
	} {
		equal(t, "find "+c.find, list(t, j, pos.Filter{Find: c.find}), []pos.Summary{c.want.Summary})
	}
	if all := list(t, j, pos.Filter{Find: no[:8]}); len(all) != 3 {
		t.Errorf("find %s: %d attempts, want 3", no[:8], len(all))
	}
	for _, nothing := range []string{"nothing like it", "K9261121", "n_o", "99.06"} {
		equal(t, "find "+nothing, list(t, j, pos.Filter{Find: nothing}), nil)
	}
}

func testLastCounter(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	today := l.day()
	for range 12 {
		l.begin()
	}
	l.now = l.now.AddDate(0, 0, 1)
	l.id = "K2"
	l.begin()
	for _, c := range []struct {
		till, day string
		want      int
	}{{"K1", today, 12}, {"K1", l.day(), 0}, {"K2", l.day(), 13}, {"K2", today, 0}} {
		if got, err := j.LastCounter(context.Background(), c.till, c.day); err != nil || got != c.want {
			t.Errorf("%s on %s: %d, %v, want %d", c.till, c.day, got, err, c.want)
		}
	}
}

func testEndsRun(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	first := l.begin().Seq
	last := l.begin().Seq
	note := pos.Entry{At: l.now, Day: l.day(), Run: "run-2", Event: pos.Noted{Name: "started"}}
	for range 2 {
		if _, err := j.Append(context.Background(), note); err != nil {
			t.Fatal(err)
		}
	}
	for seq, want := range map[int64]bool{first: false, last: true, last + 1: false, last + 2: true} {
		if got, err := j.EndsRun(context.Background(), seq); err != nil || got != want {
			t.Errorf("entry %d: %v, %v", seq, got, err)
		}
	}
}

func testAttentions(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	count := func(want int) {
		t.Helper()
		if got, err := j.Attentions(context.Background()); err != nil || got != want {
			t.Errorf("%d, %v, want %d", got, err, want)
		}
	}
	count(0)
	l.pay(l.begin())
	a := l.alarmed(l.begin())
	l.alarmed(l.begin())
	count(2)
	l.do(a, pos.Acknowledged{By: "manager"})
	count(1)
}

func testNotFound(t *testing.T, j pos.Journal) {
	ctx := context.Background()
	if _, err := j.Attempt(ctx, "K1261121Q7RX000001"); pos.KindOf(err) != pos.KindNotFound {
		t.Errorf("attempt: %v", err)
	}
	if _, err := j.Timeline(ctx, "K1261121Q7RX000001"); pos.KindOf(err) != pos.KindNotFound {
		t.Errorf("timeline: %v", err)
	}
}

func testReadersDuringWrites(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	a := l.doubt(l.begin())
	no, done := a.OrderNo, make(chan struct{})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for seen := int64(0); ; {
				select {
				case <-done:
					return
				default:
				}
				got, err := j.Attempt(context.Background(), no)
				if err != nil || got.Seq < seen {
					t.Errorf("a reader saw seq %d after %d, %v", got.Seq, seen, err)
					return
				}
				seen = got.Seq
				page, err := j.List(context.Background(), pos.Filter{Limit: 1})
				if err != nil || len(page) != 1 || page[0].Seq < seen {
					t.Errorf("a reader's list is behind its fold: %v, %v, want seq %d or more", page, err, seen)
					return
				}
			}
		})
	}
	for range 50 {
		a = l.do(l.do(a, pos.QuerySent{}), pos.QueryAnswered{Answer: pos.Answer{Finding: pos.FoundUserPaying}})
	}
	close(done)
	all.Wait()
	equal(t, "the last", attempt(t, j, a.OrderNo), a)
}

func testIdentity(t *testing.T, j pos.Journal) {
	if got := j.Incarnation(); len(got) != 4 || strings.Trim(got, "0123456789ABCDEFGHIJKLMNOPQRSTUV") != "" {
		t.Errorf("incarnation %q is not four base-32 characters", got)
	}
	if got := j.FingerprintKey(); len(got) < 32 {
		t.Errorf("the fingerprint key has %d bytes, want 32", len(got))
	}
}

// refused appends e and wants a conflict.
func refused(t *testing.T, j pos.Journal, e pos.Entry) {
	t.Helper()
	if seq, err := j.Append(context.Background(), e); pos.KindOf(err) != pos.KindConflict || err == nil {
		t.Errorf("append %s = %d, %v, want a conflict", e.Name(), seq, err)
	}
}

func attempt(t *testing.T, j pos.Journal, no pos.OrderNo) pos.Attempt {
	t.Helper()
	a, err := j.Attempt(context.Background(), no)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func list(t *testing.T, j pos.Journal, f pos.Filter) []pos.Summary {
	t.Helper()
	l, err := j.List(context.Background(), f)
	if err != nil {
		t.Fatalf("list %+v: %v", f, err)
	}
	return l
}

// equal compares values that pos.Next and pos.Fold made, unexported fields included.
func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if reflect.ValueOf(got).Kind() == reflect.Slice && reflect.ValueOf(got).Len() == 0 && reflect.ValueOf(want).Len() == 0 {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}
