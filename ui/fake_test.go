package ui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"cashier/pos"
)

// fakeGateway answers by amount in minor units, like the simulator, with a
// little delay so that "asking" can be seen.
type fakeGateway struct {
	mu     sync.Mutex
	orders map[pos.OrderNo]*fakeOrder
	warmed int
	sent   int
	delay  time.Duration
}

type fakeOrder struct {
	minor   int64
	at      time.Time
	revokes int
	revoked bool
}

func newFakeGateway() *fakeGateway {
	return &fakeGateway{orders: map[pos.OrderNo]*fakeOrder{}, delay: 80 * time.Millisecond}
}

func (g *fakeGateway) Admit(context.Context, pos.Method) error { return nil }

// Nothing is refunded at the counter.
func (g *fakeGateway) GiveBack(context.Context, pos.Refunding) pos.Answer  { panic("a refund") }
func (g *fakeGateway) AskRefund(context.Context, pos.Refunding) pos.Answer { panic("a refund") }

func (g *fakeGateway) Warm() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.warmed++
}

// counts are how often the gateway was warmed and how often something was submitted.
func (g *fakeGateway) counts() (warmed, sent int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.warmed, g.sent
}

func (g *fakeGateway) pause(ctx context.Context) {
	select {
	case <-time.After(g.delay):
	case <-ctx.Done():
	}
}

var fakePaid = pos.Answer{Finding: pos.FoundPaid, TransactionID: "4200000000202611210000007788"}

func (g *fakeGateway) Submit(ctx context.Context, c pos.Charge) pos.Answer {
	g.pause(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sent++
	g.orders[c.No] = &fakeOrder{minor: c.Amount.Minor, at: time.Now()}
	if c.Method.Closes() {
		return shownCode(c.Amount.Minor)
	}
	switch c.Amount.Minor {
	case 9:
		return pos.Answer{Finding: pos.FoundCommFail}
	case 8:
		return pos.Answer{Finding: pos.FoundNotSent}
	case 30, 40:
		return pos.Answer{Finding: pos.FoundUserPaying, Code: "USERPAYING"}
	case 31, 32, 33:
		return pos.Answer{Finding: pos.FoundUnclear}
	case 42:
		return pos.Answer{Finding: pos.FoundDeclined, Code: "NOTENOUGH"}
	case 45:
		return pos.Answer{Finding: pos.FoundMismatch, Alarm: pos.AttentionMismatch}
	case 666:
		return pos.Answer{Finding: pos.FoundDeclined, Code: "\x1b[31mEVIL\u202e\x07\x9b2J"}
	}
	return fakePaid
}

// fakeURL is what the customer scans.
const fakeURL = "weixin://wxpay/bizpayurl?pr=5f43b951906"

// shownCode answers Unified Order.
func shownCode(minor int64) pos.Answer {
	if minor == 31 {
		return pos.Answer{Finding: pos.FoundUnclear}
	}
	return pos.Answer{Finding: pos.FoundReady, CodeURL: fakeURL, PrepayID: "wx1"}
}

// scanned is how an order stands whose customer scans the till.
func (o *fakeOrder) scanned() pos.Answer {
	switch {
	case o.revoked:
		return pos.Answer{Finding: pos.FoundClosed}
	case o.minor == 30:
		return pos.Answer{Finding: pos.FoundUserPaying}
	case o.minor < 100 || time.Since(o.at) < 6*time.Second:
		return pos.Answer{Finding: pos.FoundNotPaid}
	}
	return fakePaid
}

func (g *fakeGateway) Query(ctx context.Context, o pos.Order) pos.Answer {
	g.pause(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	order := g.orders[o.No]
	switch {
	case order == nil:
		return pos.Answer{Finding: pos.FoundNoOrder}
	case o.Method.Closes():
		return order.scanned()
	case order.revoked:
		return pos.Answer{Finding: pos.FoundRevoked}
	}
	switch order.minor {
	case 30:
		if time.Since(order.at) < 6*time.Second {
			return pos.Answer{Finding: pos.FoundUserPaying}
		}
	case 40:
		return pos.Answer{Finding: pos.FoundUserPaying}
	case 32:
		return pos.Answer{Finding: pos.FoundPayError}
	case 33:
		return pos.Answer{Finding: pos.FoundUnclear}
	case 42, 666:
		return pos.Answer{Finding: pos.FoundNotPaid}
	case 45:
		return pos.Answer{Finding: pos.FoundMismatch}
	case 9:
		return pos.Answer{Finding: pos.FoundNoOrder}
	}
	return fakePaid
}

func (g *fakeGateway) Revoke(ctx context.Context, o pos.Order) pos.Answer {
	g.pause(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	order := g.orders[o.No]
	if order == nil {
		return pos.Answer{Finding: pos.FoundRevokeAccepted, Recall: pos.RecallNo}
	}
	order.revokes++
	if order.minor == 40 && order.revokes < 3 {
		return pos.Answer{Finding: pos.FoundRevokeAgain, Recall: pos.RecallYes}
	}
	order.revoked = true
	return pos.Answer{Finding: pos.FoundRevokeAccepted, Recall: pos.RecallNo}
}

// fakeJournal keeps everything in memory.
type fakeJournal struct {
	mu      sync.Mutex
	entries []pos.Entry
	newest  map[pos.OrderNo]pos.Attempt
	order   []pos.OrderNo
	fail    error
}

func newFakeJournal() *fakeJournal { return &fakeJournal{newest: map[pos.OrderNo]pos.Attempt{}} }

func (j *fakeJournal) Append(_ context.Context, e pos.Entry) (int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fail != nil {
		return 0, &pos.Error{Kind: pos.KindJournal, Err: j.fail}
	}
	e.Seq = int64(len(j.entries) + 1)
	j.entries = append(j.entries, e)
	if e.OrderNo != "" {
		if _, known := j.newest[e.OrderNo]; !known {
			j.order = append(j.order, e.OrderNo)
		}
		e.After.Seq = e.Seq
		j.newest[e.OrderNo] = e.After
	}
	return e.Seq, nil
}

func (j *fakeJournal) Incarnation() string    { return "Q7RX" }
func (j *fakeJournal) FingerprintKey() []byte { return []byte("0123456789abcdef") }

func (j *fakeJournal) Attempt(_ context.Context, no pos.OrderNo) (pos.Attempt, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	a, known := j.newest[no]
	if !known {
		return a, &pos.Error{Kind: pos.KindNotFound, Err: errors.New("no such order")}
	}
	return a, nil
}

func (j *fakeJournal) Timeline(_ context.Context, no pos.OrderNo) ([]pos.Entry, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(j.entries), func(e pos.Entry) bool { return e.OrderNo != no }), nil
}

func (j *fakeJournal) Open(context.Context) ([]pos.Attempt, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var open []pos.Attempt
	for _, no := range j.order {
		if a := j.newest[no]; a.Open() {
			open = append(open, a)
		}
	}
	return open, nil
}

func (j *fakeJournal) List(_ context.Context, f pos.Filter) ([]pos.Summary, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []pos.Summary
	for _, no := range slices.Backward(j.order) {
		s := j.newest[no].Summary
		fits := (len(f.States) == 0 || slices.Contains(f.States, s.State)) && (f.Sale == "" || f.Sale == s.Sale) &&
			(!f.Attention || s.Attention != "")
		if fits && (f.Limit == 0 || len(list) < f.Limit) {
			list = append(list, s)
		}
	}
	return list, nil
}

func (j *fakeJournal) Attentions(ctx context.Context) (int, error) {
	list, err := j.List(ctx, pos.Filter{Attention: true})
	return len(list), err
}

func (j *fakeJournal) FindCode(_ context.Context, fingerprint string) (pos.OrderNo, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, no := range j.order {
		if j.newest[no].Fingerprint == fingerprint {
			return no, nil
		}
	}
	return "", nil
}

func (j *fakeJournal) EndsRun(context.Context, int64) (bool, error) { return false, nil }

func (j *fakeJournal) LastCounter(context.Context, string, string) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.order), nil
}
