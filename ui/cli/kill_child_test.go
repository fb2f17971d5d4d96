package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"cashier/pos"
	"cashier/storage"
)

// sellerEnv makes the test binary a till that sells until it is killed; its
// value is the errand.
const sellerEnv = "CASHIER_AS_SELLER"

// errand is what a seller is told to do.
type errand struct {
	Child     int           // its number at this journal; no two show the same auth codes
	Seed      uint64        // of what its customers and its cashier do
	Sides     int           // sales at once; 0: it finishes what is open, and leaves
	Customers int           // of each side, then it leaves; 0: they never end
	Amounts   []int64       // what they buy, in minor units
	Scanners  int           // of a hundred customers, who scan the till
	Tries     int           // how often a customer shows a code before he gives up
	Patience  time.Duration // how long he waits for a verdict, at most, before he shows the next
	Quiet     bool          // nobody comes back, is impatient, presses a key or sweeps
	Key       string        // of keys, which the cashier presses above all; empty: none
	Point     string        // where it kills itself; empty: nowhere
	Nth       int64         // at which passing
	Bug       string        // planted, by its name in plantedBugs
}

// seller is the real program without a screen: real configuration, journal,
// client and till. Only the two ports are observed.
type seller struct {
	errand
	*shop
	passed atomic.Int64 // Point

	mu    sync.Mutex
	dice  *rand.Rand
	codes int // shown so far
}

// sellUntilKilled is the whole life of a seller.
func sellUntilKilled(text string) {
	s := &seller{}
	err := json.Unmarshal([]byte(text), &s.errand)
	if err == nil {
		err = s.live(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitError)
	}
	os.Exit(exitDone)
}

func (s *seller) live(ctx context.Context) error {
	s.dice = rand.New(rand.NewPCG(s.Seed, uint64(s.Child)))
	m := &machine{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		env: map[string]string{"HOME": os.Getenv("HOME"), "CASHIER_CONFIG": os.Getenv("CASHIER_CONFIG")}}
	set, err := m.settle(flags{})
	if err != nil {
		return err
	}
	if err := s.lockOnly(set.path); err != nil {
		return err
	}
	bug := plantedBugs[s.Bug]
	if bug.spoil != nil {
		bug.spoil(set.path)
	}
	if s.shop, err = m.open(ctx, flags{}); err != nil {
		return err
	}
	s.at("start/opened")
	s.observe(bug)
	if err := s.till.Start(ctx); err != nil {
		return err
	}
	if bug.started != nil {
		bug.started(s)
	}
	s.at("start/taken_up")
	if err := s.sell(ctx); err != nil {
		return err
	}
	s.till.Drain(ctx)
	return s.close()
}

// lockOnly kills the seller while it has the lock and has not opened the
// journal, if that is its errand.
func (s *seller) lockOnly(path string) error {
	if s.Point != "start/locked" {
		return nil
	}
	if _, err := storage.AcquireLock(path); err != nil {
		return err
	}
	s.at("start/locked")
	return errors.New("still alive")
}

// observe makes the till anew between the observed ports. A planted bug sits
// below the observer or above it.
func (s *seller) observe(bug plantedBug) {
	journal, gateway := pos.Journal(observedJournal{bug.under(s.journal), s}), pos.Gateway(observedGateway{s.gateway, s})
	if bug.above != nil {
		journal, gateway = bug.above(s, journal, gateway)
	}
	s.till = pos.NewTill(gateway, journal, s.till.Policy())
}

// at is a named point. The seller ends here, at the passing that it was told.
func (s *seller) at(point string) {
	if point != s.Point || s.passed.Add(1) != s.Nth {
		return
	}
	s.print("at %s", point)
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		self.Kill()
	}
	select {} // the signal is on its way
}

// print writes one line for the parent, at once and whole.
func (s *seller) print(format string, args ...any) {
	line := fmt.Sprintf(format+"\n", args...)
	s.mu.Lock()
	defer s.mu.Unlock()
	os.Stdout.WriteString(line)
}

// observedJournal has a point around each Append, and acknowledges to the
// parent what was acknowledged to the till.
type observedJournal struct {
	pos.Journal
	s *seller
}

func (j observedJournal) Append(ctx context.Context, e pos.Entry) (int64, error) {
	j.s.at("journal/" + e.Name() + "/before")
	seq, err := j.Journal.Append(ctx, e)
	if err == nil {
		j.s.print("%s", ack{seq, e.OrderNo, e.Name()})
	}
	j.s.at("journal/" + e.Name() + "/after")
	return seq, err
}

func (j observedJournal) Open(ctx context.Context) ([]pos.Attempt, error) {
	j.s.at("start/reading")
	open, err := j.Journal.Open(ctx)
	j.s.at("start/read")
	return open, err
}

// observedGateway has a point around each call on the wire.
type observedGateway struct {
	pos.Gateway
	s *seller
}

func (g observedGateway) Submit(ctx context.Context, c pos.Charge) pos.Answer {
	return g.around(byMethod(c.Method, "submit", "order"), func() pos.Answer { return g.Gateway.Submit(ctx, c) })
}

func (g observedGateway) Query(ctx context.Context, o pos.Order) pos.Answer {
	return g.around("query", func() pos.Answer { return g.Gateway.Query(ctx, o) })
}

func (g observedGateway) Revoke(ctx context.Context, o pos.Order) pos.Answer {
	return g.around(byMethod(o.Method, "revoke", "close"), func() pos.Answer { return g.Gateway.Revoke(ctx, o) })
}

func (g observedGateway) GiveBack(ctx context.Context, r pos.Refunding) pos.Answer {
	return g.around("giveback", func() pos.Answer { return g.Gateway.GiveBack(ctx, r) })
}

func (g observedGateway) AskRefund(ctx context.Context, r pos.Refunding) pos.Answer {
	return g.around("askrefund", func() pos.Answer { return g.Gateway.AskRefund(ctx, r) })
}

// byMethod names a call that is another one for an order that is closed.
func byMethod(m pos.Method, revoked, closed string) string {
	if m.Closes() {
		return closed
	}
	return revoked
}

func (g observedGateway) around(call string, do func() pos.Answer) pos.Answer {
	g.s.at("call/" + call + "/before")
	r := do()
	g.s.at("call/" + call + "/after")
	return r
}
