package sim

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Config is what a gateway needs to know. Only Merchants is needed.
type Config struct {
	Merchants []Merchant

	// Seed chooses the gateway's random stream: nonces, auth codes and chaos.
	// Each order number and operation draws from a stream of its own, so what
	// happens to one order does not depend on what other orders do meanwhile.
	Seed uint64

	// Now is the gateway's clock; nil means time.Now.
	Now func() time.Time

	// Sleep waits before a late answer and gives up when the request's context
	// ends; nil means a timer. It is set together with Now when time is faked
	// by hand; in a testing/synctest bubble neither is needed.
	Sleep func(ctx context.Context, d time.Duration) error

	// MinRevokeAge is the age below which Revoke is refused; 0 means the
	// documented 15 s, a negative value means none, for tills that run with
	// shortened times against a loopback gateway.
	MinRevokeAge time.Duration

	// BillHours keeps the documented hours of Download Bill: a day's bill is made
	// from 9:00 GMT+8 on the next day and can be had from 10:00. Without it a bill
	// can be had at any time, also of the day that still runs, because a gateway
	// that lives in a process rarely sees the next morning.
	BillHours bool

	// Chaos makes things go wrong by chance, on top of the table of amounts.
	Chaos []Chance
}

// Gateway is a WeChat Pay that lives in this process. It is an http.Handler,
// safe for concurrent use, and forgets everything when it is dropped.
type Gateway struct {
	config     Config
	operations []operation

	mu       sync.Mutex
	book     *book
	nth      map[string]int // calls so far, by operation and order number
	calls    []Call
	injected map[Op][]Fault
	late     []*exchange // still travelling, soonest first
	codes    int         // auth codes made
}

// New returns a gateway with an empty order book.
func New(c Config) *Gateway {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.MinRevokeAge == 0 {
		c.MinRevokeAge = 15 * time.Second // wechatpay-v2.md 6.3
	}
	return &Gateway{config: c, operations: operations(), book: newBook(), nth: map[string]int{}, injected: map[Op][]Fault{}}
}

// ServeHTTP answers one request. A lost answer panics with
// http.ErrAbortHandler, which net/http and Transport turn into a broken connection.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o, ok := g.route(r.Method, r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	x := &exchange{operation: o}
	x.admit(g.config.Merchants, r)
	g.take(x)
	g.send(w, r, x)
}

// take lets one request happen, at one moment, alone.
func (g *Gateway) take(x *exchange) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x.at = g.config.Now()
	g.arrive(x.at)
	g.count(x)
	g.disturb(x)
	switch {
	case x.unheard:
	case x.lateBy > 0:
		g.postpone(x)
	default:
		g.handle(x)
	}
	g.record(x)
}

// handle carries a request out, twice when the network doubled it; the last answer counts.
func (g *Gateway) handle(x *exchange) {
	if x.out != nil { // refused at the door
		return
	}
	x.out = g.once(x)
	if x.twice {
		x.out = g.once(x)
	}
}

// once carries a request out once.
func (g *Gateway) once(x *exchange) message {
	if x.refusal != "" {
		return x.no(x.refusal, "refused on request")
	}
	return x.answer(g, x)
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
