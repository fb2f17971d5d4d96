package pos

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// memory is a journal in memory: what is in it counts as durable. dead makes
// it fail as if the process had been killed; broken as if the disk were full.
type memory struct {
	mu      sync.Mutex
	entries []Entry
	broken  error
	lost    int         // so many entries are kept, and their writer is told they failed
	before  func(Entry) // called before an entry becomes durable
	after   func(Entry) // called when it has
}

func (m *memory) Append(_ context.Context, e Entry) (int64, error) {
	if m.before != nil {
		m.before(e)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return 0, m.broken
	}
	if e.OrderNo != "" && e.After.Seq != m.newest(e.OrderNo) {
		return 0, &Error{Kind: KindConflict, Err: errors.New("somebody else has changed the order")}
	}
	if z, closes := e.Event.(ShiftClosed); closes && z.Upto != int64(len(m.entries)) {
		return 0, &Error{Kind: KindConflict, Err: errors.New("something was journaled meanwhile")}
	}
	e.Seq = int64(len(m.entries) + 1)
	m.entries = append(m.entries, e)
	if m.after != nil {
		m.after(e)
	}
	if m.lost > 0 {
		m.lost--
		return 0, &Error{Kind: KindJournal, Err: errors.New("the disk did not answer in time")}
	}
	return e.Seq, nil
}

// fail makes every Append fail with err; nil makes them work again.
func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

// lose keeps the next n entries and tells their writer that they failed.
func (m *memory) lose(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lost = n
}

func (m *memory) newest(no OrderNo) int64 {
	for _, e := range slices.Backward(m.entries) {
		if e.OrderNo == no {
			return e.Seq
		}
	}
	return 0
}

func (m *memory) Incarnation() string    { return "Q7RX" }
func (m *memory) FingerprintKey() []byte { return []byte("key") }

func (m *memory) Timeline(_ context.Context, no OrderNo) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var own []Entry
	for _, e := range m.entries {
		if e.OrderNo == no {
			own = append(own, e)
		}
	}
	if len(own) == 0 {
		return nil, &Error{Kind: KindNotFound, Err: errors.New("no such order")}
	}
	return own, nil
}

func (m *memory) Attempt(ctx context.Context, no OrderNo) (Attempt, error) {
	own, err := m.Timeline(ctx, no)
	if err != nil {
		return Attempt{}, err
	}
	return Fold(own)
}

func (m *memory) all() []Attempt {
	m.mu.Lock()
	var numbers []OrderNo
	for _, e := range m.entries {
		if _, ok := e.Event.(Intended); ok {
			numbers = append(numbers, e.OrderNo)
		}
	}
	m.mu.Unlock()
	attempts := make([]Attempt, len(numbers))
	for i, no := range numbers {
		attempts[i], _ = m.Attempt(context.Background(), no)
	}
	return attempts
}

func (m *memory) Open(context.Context) ([]Attempt, error) {
	return slices.DeleteFunc(m.all(), func(a Attempt) bool { return !a.Open() }), nil
}

func (m *memory) List(_ context.Context, f Filter) ([]Summary, error) {
	var list []Summary
	for _, a := range m.all() {
		if (f.Sale == "" || a.Sale == f.Sale) && (f.States == nil || slices.Contains(f.States, a.State)) {
			list = append(list, a.Summary)
		}
	}
	return list, nil
}

func (m *memory) Attentions(context.Context) (n int, _ error) {
	for _, a := range m.all() {
		if a.Attention != "" {
			n++
		}
	}
	return n, nil
}

func (m *memory) FindCode(_ context.Context, fingerprint string) (OrderNo, error) {
	for _, a := range m.all() {
		if a.Fingerprint == fingerprint {
			return a.OrderNo, nil
		}
	}
	return "", nil
}

func (m *memory) EndsRun(_ context.Context, seq int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return seq == int64(len(m.entries)) || m.entries[seq].Run != m.entries[seq-1].Run, nil
}

func (m *memory) LastCounter(_ context.Context, _, day string) (last int, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.entries {
		if intent, ok := e.Event.(Intended); ok && e.Day == day {
			last = max(last, intent.Counter)
		}
	}
	return last, nil
}

// names lists the journal's events of one order.
func (m *memory) names(no OrderNo) []string {
	own, _ := m.Timeline(context.Background(), no)
	names := make([]string, len(own))
	for i, e := range own {
		names[i] = e.Name()
	}
	return names
}

// truth is what really happened to an order's money, at the gateway.
type truth int

const (
	unknownThere truth = iota // no such order
	userPaying
	paidThere
	closedThere
	refundedThere
)

// world is a gateway with an order book: what it does is set by the test, what
// it knows is the truth that the journal is held against.
type world struct {
	mu      sync.Mutex
	orders  map[OrderNo]truth
	seen    map[OrderNo]int // Quick Pay submissions that arrived
	revoked map[OrderNo]int
	given   map[string]int64 // refunds that were accepted
	start   time.Time

	takes     truth         // what a submission leads to
	answer    Finding       // to a submission; FoundUnclear: the answer is lost
	confirms  time.Duration // after this the customer has paid; 0: never
	recalls   int           // so many revokes say recall Y and do nothing
	deaf      bool          // no query is ever answered
	unreached bool          // nothing arrives, and that is not known
	refuse    error         // Admit says no
	each      func(string)  // called before and after each call takes effect
}

func newWorld() *world {
	return &world{orders: map[OrderNo]truth{}, seen: map[OrderNo]int{}, revoked: map[OrderNo]int{}, given: map[string]int64{},
		takes: paidThere, answer: FoundPaid}
}

func (w *world) point(name string) {
	if w.each != nil {
		w.each(name)
	}
}

func (w *world) Warm()                               {}
func (w *world) Admit(context.Context, Method) error { return w.refuse }

func (w *world) Submit(ctx context.Context, c Charge) Answer {
	if len(c.Code.Reveal()) != 18 {
		panic("a submission without a code")
	}
	w.point("before submit")
	time.Sleep(200 * time.Millisecond)
	w.mu.Lock()
	if !w.unreached {
		w.seen[c.No]++
		w.orders[c.No] = w.takes
	}
	w.start = time.Now()
	w.mu.Unlock()
	w.point("after submit")
	if w.answer == FoundUnclear {
		return wait(ctx, 10*time.Second)
	}
	return Answer{Finding: w.answer, TransactionID: idOf(w.answer)}
}

func idOf(f Finding) string {
	if f == FoundPaid {
		return "4200"
	}
	return ""
}

// wait is a call that nobody answers.
func wait(ctx context.Context, timeout time.Duration) Answer {
	select {
	case <-ctx.Done():
	case <-time.After(timeout):
	}
	return Answer{Finding: FoundUnclear}
}

// settle is the order after the customer had time to pay.
func (w *world) settle(no OrderNo) truth {
	if w.orders[no] == userPaying && w.confirms > 0 && time.Since(w.start) >= w.confirms {
		w.orders[no] = paidThere
	}
	return w.orders[no]
}

func (w *world) Query(ctx context.Context, o Order) Answer {
	w.point("before query")
	time.Sleep(50 * time.Millisecond)
	if w.deaf {
		return wait(ctx, 10*time.Second)
	}
	w.mu.Lock()
	stands := w.settle(o.No)
	w.mu.Unlock()
	w.point("after query")
	found := map[truth]Finding{unknownThere: FoundNoOrder, userPaying: FoundUserPaying, paidThere: FoundPaid,
		closedThere: FoundClosed, refundedThere: FoundRevoked}[stands]
	return Answer{Finding: found, TransactionID: idOf(found)}
}

func (w *world) GiveBack(_ context.Context, r Refunding) Answer {
	w.point("before refund")
	time.Sleep(50 * time.Millisecond)
	w.mu.Lock()
	w.given[r.RefundNo] = r.Minor
	w.mu.Unlock()
	w.point("after refund")
	return Answer{Finding: FoundRefundAccepted, RefundID: "5000"}
}

func (w *world) AskRefund(_ context.Context, r Refunding) Answer {
	w.point("before refund query")
	time.Sleep(50 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.given[r.RefundNo] != r.Minor {
		return Answer{Finding: FoundRefundNotFound}
	}
	return Answer{Finding: FoundRefunded, RefundID: "5000"}
}

func (w *world) Revoke(_ context.Context, o Order) Answer {
	w.point("before revoke")
	time.Sleep(50 * time.Millisecond)
	w.mu.Lock()
	w.revoked[o.No]++
	again := w.revoked[o.No] <= w.recalls
	if !again {
		w.orders[o.No] = cmp.Or(map[truth]truth{paidThere: refundedThere, userPaying: closedThere}[w.settle(o.No)], w.orders[o.No])
	}
	w.mu.Unlock()
	w.point("after revoke")
	if again {
		return Answer{Finding: FoundRevokeAgain, Recall: RecallYes}
	}
	return Answer{Finding: FoundRevokeAccepted, Recall: RecallNo}
}
