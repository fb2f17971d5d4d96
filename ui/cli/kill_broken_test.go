package cli

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"cashier/pos"
)

// plantedBug is a till that does not obey, and how to catch it.
type plantedBug struct {
	breaks  killRule
	plan    []kill
	spoil   func(path string)                                                  // before the journal is opened
	below   func(pos.Journal) pos.Journal                                      // between the observer and the journal
	above   func(*seller, pos.Journal, pos.Gateway) (pos.Journal, pos.Gateway) // between the till and the observer
	started func(*seller)                                                      // after everything open was taken up
}

// under is the journal with the bug in it.
func (b plantedBug) under(j pos.Journal) pos.Journal {
	if b.below == nil {
		return j
	}
	return b.below(j)
}

// killedAt is a plain counter that sells at this price, killed at the first
// passing of a point.
func killedAt(point string, minor int64) kill {
	k := kill{errand: plain(minor)}
	k.Point, k.Nth = point, 1
	return k
}

// scannedAt is the same where the customer scans the till.
func scannedAt(point string, minor int64) kill {
	k := killedAt(point, minor)
	k.Scanners = 100
	return k
}

const answered = "journal/submit_answer/after"

// plantedBugs are one or more for each rule.
var plantedBugs = map[string]plantedBug{
	"an entry is acknowledged before it is kept": {
		breaks: ruleKept, plan: []kill{killedAt(answered, 100)},
		below: func(j pos.Journal) pos.Journal { return &lateJournal{Journal: j} },
	},
	"what was kept last is lost when the journal is opened": {
		breaks: ruleKept, plan: []kill{killedAt(answered, 100), killedAt(answered, 100)},
		spoil: loseNewest,
	},
	"a start submits again": {
		breaks: ruleOnce, plan: []kill{killedAt("call/submit/after", 31), {leave: true}},
		started: submitAgain,
	},
	"a start makes an order again": {
		breaks: ruleOnce, plan: []kill{scannedAt("call/order/after", 33), {leave: true}},
		started: submitAgain,
	},
	"an order that is closed is not taken up": {
		breaks: ruleEnds, plan: []kill{scannedAt("call/close/before", 33)},
		below: func(j pos.Journal) pos.Journal { return blindJournal{j} },
	},
	"a code is not known again after a start": {
		breaks: ruleCode, plan: []kill{killedAt(answered, 100), killedAt(answered, 100)},
		below: newForgetfulJournal,
	},
	"the submission leaves before its intent is kept": {
		breaks: ruleKnown, plan: []kill{killedAt("journal/intent/before", 100)},
		above: func(s *seller, j pos.Journal, g pos.Gateway) (pos.Journal, pos.Gateway) {
			return hastyJournal{j, g, s}, g
		},
	},
	"what is written is changed": {
		breaks: ruleChain, plan: []kill{killedAt(answered, 100), {leave: true}},
		spoil: rewrite,
	},
	"what is open is not taken up": {
		breaks: ruleEnds, plan: []kill{killedAt("call/submit/before", 100)},
		below: func(j pos.Journal) pos.Journal { return blindJournal{j} },
	},
	"doubt is taken as paid": {
		breaks: rulePaid, plan: []kill{killedAt(answered, 32)},
		above: func(_ *seller, j pos.Journal, g pos.Gateway) (pos.Journal, pos.Gateway) {
			return j, guessingGateway{g, pos.FoundPaid}
		},
	},
	"doubt is taken as not sent": {
		breaks: rulePaid, plan: []kill{killedAt(answered, 31)},
		above: func(_ *seller, j pos.Journal, g pos.Gateway) (pos.Journal, pos.Gateway) {
			return j, guessingGateway{g, pos.FoundNotSent}
		},
	},
	"a sale in doubt is charged again": {
		breaks: ruleSale, plan: []kill{impatient()},
		above: func(_ *seller, j pos.Journal, g pos.Gateway) (pos.Journal, pos.Gateway) { return carelessJournal{j}, g },
	},
	"the till stops selling": {
		breaks: ruleAlive, plan: []kill{killedAt("journal/query/after", 31)},
		above: func(_ *seller, j pos.Journal, g pos.Gateway) (pos.Journal, pos.Gateway) { return refusingJournal{j}, g },
	},
	"a point is never passed": {
		breaks: rulePoint, plan: []kill{neverThere()},
	},
}

// TestKill_Broken: what TestKill looks for is found where it is. Each bug is
// planted in tills that are killed at the right moment; without it the same
// kills break nothing.
func TestKill_Broken(t *testing.T) {
	skipKills(t)
	for _, name := range slices.Sorted(maps.Keys(plantedBugs)) {
		bug := plantedBugs[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := onFloorWith(t, name, bug.plan)
			if len(r.broken[bug.breaks]) == 0 {
				t.Fatalf("not found; found are %v", r.broken)
			}
			t.Logf("found: %s: %s", bug.breaks, r.broken[bug.breaks][0])
			if bug.breaks != rulePoint {
				onFloorWith(t, "", bug.plan).report(t)
			}
		})
	}
}

func onFloorWith(t *testing.T, bug string, plan []kill) *killResult {
	f := newKillFloor(t, 0)
	f.bug = bug
	f.kills(plan)
	return f.finish()
}

// impatient is a customer who shows a second code at once.
func impatient() kill {
	k := kill{errand: plain(31), leave: true}
	k.Customers, k.Tries, k.Patience = 1, 2, 1
	return k
}

// neverThere is a kill at a point that there is not.
func neverThere() kill {
	k := killedAt("journal/nothing/before", 100)
	k.Customers = 1
	return k
}

// lateJournal acknowledges an entry at once and keeps it when the next one comes.
type lateJournal struct {
	pos.Journal
	mu      sync.Mutex
	waiting *pos.Entry
	last    int64 // kept
}

func (b *lateJournal) Append(ctx context.Context, e pos.Entry) (seq int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last == 0 { // only the journal knows where it goes on
		b.last, err = b.Journal.Append(ctx, e)
		return b.last, err
	}
	if b.waiting != nil {
		if b.last, err = b.Journal.Append(ctx, *b.waiting); err != nil {
			return 0, err
		}
	}
	b.waiting = &e
	return b.last + 1, nil
}

// loseNewest drops what SQLite has not yet brought into its file.
func loseNewest(path string) {
	os.Remove(path + "-wal") // there is none before the first start
	os.Remove(path + "-shm")
}

// submitAgain sends what is open once more.
func submitAgain(s *seller) {
	for _, a := range s.till.Open() {
		if code, err := s.nextCode(); err == nil {
			order := pos.Order{No: a.OrderNo, Amount: a.Amount, Method: a.Method}
			s.gateway.Submit(context.Background(), pos.Charge{Order: order, Code: code})
		}
	}
}

// forgetfulJournal hashes auth codes under another key in each run.
type forgetfulJournal struct {
	pos.Journal
	key []byte
}

func newForgetfulJournal(j pos.Journal) pos.Journal {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return forgetfulJournal{j, key}
}

func (f forgetfulJournal) FingerprintKey() []byte { return f.key }

// hastyJournal submits before it writes.
type hastyJournal struct {
	pos.Journal
	gateway pos.Gateway
	s       *seller
}

func (h hastyJournal) Append(ctx context.Context, e pos.Entry) (int64, error) {
	if _, begins := e.Event.(pos.Intended); begins {
		if code, err := h.s.nextCode(); err == nil {
			h.gateway.Submit(ctx, pos.Charge{Order: pos.Order{No: e.OrderNo, Amount: e.After.Amount}, Code: code})
		}
	}
	return h.Journal.Append(ctx, e)
}

// rewrite changes the first entry.
func rewrite(path string) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=rw")
	if err != nil {
		return
	}
	defer db.Close()
	db.Exec("DROP TRIGGER events_no_update; UPDATE events SET run = 'another' WHERE seq = 1") // there is none before the first start
}

// blindJournal finds nothing open.
type blindJournal struct{ pos.Journal }

func (blindJournal) Open(context.Context) ([]pos.Attempt, error) { return nil, nil }

// guessingGateway takes an unclear answer to the submission for a clear one.
type guessingGateway struct {
	pos.Gateway
	as pos.Finding
}

func (g guessingGateway) Submit(ctx context.Context, c pos.Charge) pos.Answer {
	r := g.Gateway.Submit(ctx, c)
	if r.Finding == pos.FoundUnclear {
		r.Finding = g.as
	}
	return r
}

// carelessJournal takes every attempt of a sale for failed.
type carelessJournal struct{ pos.Journal }

func (c carelessJournal) List(ctx context.Context, f pos.Filter) ([]pos.Summary, error) {
	list, err := c.Journal.List(ctx, f)
	if f.Sale != "" {
		for i := range list {
			list[i].State = pos.Failed
		}
	}
	return list, err
}

// refusingJournal refuses to write that it asks.
type refusingJournal struct{ pos.Journal }

func (s refusingJournal) Append(ctx context.Context, e pos.Entry) (int64, error) {
	if e.Name() == "query" {
		return 0, &pos.Error{Kind: pos.KindConflict, Err: errors.New("no")}
	}
	return s.Journal.Append(ctx, e)
}
