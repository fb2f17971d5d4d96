package simulation

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"time"

	"cashier/pos"
	"cashier/wechat"
	"cashier/wechat/sim"
)

// law is pos.Next, or a machine with a planted bug.
type law = func(pos.Attempt, pos.Event, time.Time) (pos.Attempt, []pos.Effect)

// world is one till's day, drawn from one seed, in one goroutine.
type world struct {
	seed    uint64
	law     law
	gateway *sim.Gateway
	wire    *wire
	client  pos.Gateway
	journal pos.Journal // as it is
	disk    *disk       // the same, on a disk that fails
	tally   *tally
	rescan  pos.Rescan

	agenda agenda
	quiet  int   // seconds between two troubles of the machine, at most
	till   *till // the one in charge
	tills  int
	asleep time.Duration // of the machine, so far
	set    time.Duration // how far the wall clock is from the truth
	backAt time.Time     // when the till that died will have been started again
	calm   bool          // the weather has cleared

	life, chance, fate *rand.Rand // of people, of the process, of the disk
	files              *rand.Rand // of a journal in a file
	phones             *rand.Rand // of customers who scan the till
	scanners           int        // they, of a hundred
	desk               *rand.Rand // of the manager
	managed            int        // sales that a manager looks at, of a hundred
	facts              map[pos.OrderNo]*fact
	paid               map[pos.SaleID]pos.OrderNo // concluded
	codes              int
	ordered            map[string]int // submissions by Unified Order that the gateway saw
}

// merchant is the shop's account.
var merchant = sim.Merchant{AppID: "wxd930ea5d5a258f4f", MchID: "10000100", Key: "192006250b4c09247ec02edce69f6a2d"}

// newWorld makes a world over a journal. Whatever a plant has to break is
// broken by the caller before the day begins.
func newWorld(seed uint64, j pos.Journal, tally *tally) *world {
	w := &world{
		seed: seed, law: pos.Next, journal: j, tally: tally, rescan: pos.RescanQuick,
		facts: map[pos.OrderNo]*fact{}, paid: map[pos.SaleID]pos.OrderNo{},
	}
	w.life, w.chance, w.fate = w.stream("life"), w.stream("process"), w.stream("disk")
	w.quiet, w.files = 70, w.stream("files")
	w.phones, w.scanners = w.stream("phones"), 20
	w.desk, w.managed = w.stream("manager"), 20
	w.wire = &wire{w: w, dice: w.stream("wire")}
	w.disk = &disk{Journal: j, w: w}
	if w.life.IntN(4) == 0 {
		w.rescan = pos.RescanStrict
	}
	w.gateway = sim.New(sim.Config{
		Merchants: []sim.Merchant{merchant}, Seed: seed, Chaos: weather(w.life.IntN(9) / 2),
		Now: w.wire.now, Sleep: w.wire.sleep,
	})
	w.wire.inner = sim.Transport(w.gateway)
	key, err := wechat.ParseKey(merchant.Key)
	w.must(err)
	w.client, err = wechat.New(wechat.Config{
		URL: "http://127.0.0.1:1", AppID: merchant.AppID, MchID: merchant.MchID, Key: key,
		IP: "203.0.113.7", RoundTripper: w.wire,
	})
	w.must(err)
	return w
}

// weather is what strikes the calls of a day: nothing, or everything that can,
// from a breeze to a storm in which most calls go wrong, or a gateway that
// refuses our set-up most of the time.
func weather(strength int) []sim.Chance {
	perMille := []int{0, 3, 10, 24, 0}[strength]
	chances := sim.Storm(perMille)
	for _, lie := range []struct {
		on    sim.Op
		often int // for a call that is seldom made
		fault sim.Fault
	}{
		{0, 1, sim.Skew(8 * 24 * time.Hour)},
		{sim.OnQuickPay, 5, sim.Refuse("OUT_TRADE_NO_USED")},
		{sim.OnQuickPay, 4, sim.Refuse("NOTENOUGH")},
		{sim.OnQuery, 1, sim.With("trade_state", "ACCEPT")},
		{sim.OnQuery, 1, sim.With("trade_state", "NOTPAY")},
		{sim.OnQuery, 1, sim.With("trade_state", "A_STATE_THAT_IS_NEW")},
		{sim.OnQuery, 1, sim.Refuse("ORDERNOTEXIST")},
		{sim.OnQuickPay, 3, paidBy("SOMEBODYELSE0001")},
		{sim.OnQuery, 1, paidBy("SOMEBODYELSE0001")},
		{sim.OnQuery, 1, sim.Together(paidBy(""), sim.WrongSignature)},
		{sim.OnRevoke, 5, sim.Refuse("USERPAYING")},
		{sim.OnRevoke, 5, sim.With("recall", "")},
		{sim.OnUnifiedOrder, 3, sim.Refuse("OUT_TRADE_NO_USED")},
		{sim.OnUnifiedOrder, 3, sim.Refuse("NOTENOUGH")},
		{sim.OnUnifiedOrder, 3, sim.Refuse("APPID_NOT_EXIST")},
		{sim.OnUnifiedOrder, 3, sim.With("code_url", "")},
		{sim.OnClose, 5, sim.Refuse("ORDERNOTEXIST")},
		{sim.OnClose, 5, sim.Refuse("TRADE_STATE_ERROR")},
		{sim.OnClose, 5, sim.Refuse("SIGNERROR")},
		{sim.OnRefund, 5, sim.Refuse("NOTENOUGH")},
		{sim.OnRefund, 5, sim.Refuse("FREQUENCY_LIMITED")},
		{sim.OnRefund, 5, sim.Refuse("ERROR")},
	} {
		chances = append(chances, sim.Chance{On: lie.on, PerMille: perMille * lie.often, Fault: lie.fault})
	}
	if strength == 4 {
		chances = []sim.Chance{{PerMille: 600, Fault: sim.ReturnFail}}
	}
	return chances
}

// paidBy claims that an order is paid: another one, or the one that the answer
// is about. It is of 0.30, the story in which it is not paid yet.
func paidBy(no string) sim.Fault {
	claim := sim.Together(sim.With("result_code", "SUCCESS"), sim.With("err_code", ""), sim.With("trade_state", "SUCCESS"),
		sim.With("transaction_id", "4200000215201811190261405420"), sim.With("total_fee", "30"), sim.With("fee_type", "HKD"))
	if no == "" {
		return claim
	}
	return sim.Together(claim, sim.With("out_trade_no", no))
}

// stream is one actor's dice: nobody's throw changes another's.
func (w *world) stream(actor string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(actor))
	return rand.New(rand.NewPCG(w.seed, h.Sum64()))
}

// ---- time ----

// item is something that will happen.
type item struct {
	at time.Time
	n  int // of two at the same time the first noted comes first
	do func()
}

type agenda struct {
	items []item
	n     int
}

func (a *agenda) Len() int      { return len(a.items) }
func (a *agenda) Swap(i, j int) { a.items[i], a.items[j] = a.items[j], a.items[i] }
func (a *agenda) Push(x any)    { a.items = append(a.items, x.(item)) }
func (a *agenda) Less(i, j int) bool {
	x, y := a.items[i], a.items[j]
	return x.at.Before(y.at) || x.at.Equal(y.at) && x.n < y.n
}
func (a *agenda) Pop() any {
	last := a.items[len(a.items)-1]
	a.items = a.items[:len(a.items)-1]
	return last
}

// in notes something for later.
func (w *world) in(d time.Duration, do func()) {
	w.agenda.n++
	heap.Push(&w.agenda, item{time.Now().Add(d), w.agenda.n, do})
}

// live lets things happen in their order, until done.
func (w *world) live(done func() bool) {
	for w.agenda.Len() > 0 && !done() {
		next := heap.Pop(&w.agenda).(item)
		time.Sleep(time.Until(next.at)) // in the bubble: at once
		next.do()
	}
}

// wall is what the machine's clock shows, mono what runs evenly while it is awake.
func (w *world) wall() time.Time { return time.Now().Add(w.set).UTC().Round(0) }
func (w *world) mono() time.Time { return time.Now().Add(-w.asleep).Round(0) }

// suspend puts the machine to sleep: the world outside goes on.
func (w *world) suspend(d time.Duration) {
	w.tally.happened("machine suspended")
	time.Sleep(d)
	w.asleep += d
	for i := range w.agenda.items {
		w.agenda.items[i].at = w.agenda.items[i].at.Add(d)
	}
}

// setClock moves the wall clock.
func (w *world) setClock(d time.Duration) {
	w.tally.happened("clock set")
	w.set += d
}

// ---- the network ----

// wire carries the client's calls to the gateway inside one moment of the
// bubble, and keeps account of how long each would have taken.
type wire struct {
	w       *world
	inner   http.RoundTripper
	dice    *rand.Rand
	ahead   time.Duration // how long the call under way has taken
	allowed time.Duration
}

// callTimeout is the client's own (Config.RequestTimeout).
const callTimeout = 10 * time.Second

// carry makes one call and says how long it took.
func (c *wire) carry(within time.Duration, call func() pos.Answer) (pos.Answer, time.Duration) {
	c.allowed = callTimeout
	if within > 0 {
		c.allowed = min(within, callTimeout)
	}
	c.ahead = time.Duration(20+c.dice.IntN(200)) * time.Millisecond
	answer := call()
	took := min(c.ahead, c.allowed)
	c.ahead = 0
	answer.Heard.TookMS = took.Milliseconds() // the client saw no time pass
	return answer, took
}

// now is the gateway's clock during a call.
func (c *wire) now() time.Time { return time.Now().Add(c.ahead) }

// sleep is the gateway taking its time, or the network.
func (c *wire) sleep(_ context.Context, d time.Duration) error {
	if c.ahead += d; c.ahead > c.allowed {
		return context.DeadlineExceeded
	}
	return nil
}

// RoundTrip fits http.RoundTripper.
func (c *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.inner.RoundTrip(req)
	if c.ahead > c.allowed {
		return nil, context.DeadlineExceeded
	}
	return resp, err
}

// ---- the disk ----

// disk is the journal on a disk that sometimes refuses an entry, for a while,
// and sometimes keeps one without saying so.
type disk struct {
	pos.Journal
	w    *world
	full time.Time // until then
}

var errDisk = &pos.Error{Kind: pos.KindJournal, Err: errors.New("the disk failed")}

func (d *disk) Append(ctx context.Context, e pos.Entry) (int64, error) {
	throw := d.w.fate.IntN(1000)
	switch {
	case d.w.calm:
	case time.Now().Before(d.full):
		return 0, errDisk
	case throw < 6:
		d.w.tally.happened("disk refused")
		d.full = time.Now().Add(time.Duration(d.w.fate.IntN(8)) * time.Second)
		return 0, errDisk
	case throw < 12:
		d.w.tally.happened("disk kept it and said no")
		if _, err := d.Journal.Append(ctx, e); err != nil {
			return 0, err
		}
		return 0, errDisk
	}
	return d.Journal.Append(ctx, e)
}

// ---- the process ----

// strikes reports whether the process is dead, which it may be from now on.
func (w *world) strikes(t *till) bool {
	if !t.dead && !w.calm && w.chance.IntN(400) == 0 {
		w.tally.happened("killed between two effects")
		w.crash(t)
	}
	return t.dead
}

// crash ends a process; somebody starts the till again.
func (w *world) crash(t *till) {
	t.kill()
	if t != w.till {
		return // one that was replaced long ago
	}
	away := time.Duration(1+w.chance.IntN(60)) * time.Second
	if w.chance.IntN(300) == 0 {
		away = 8 * 24 * time.Hour
		w.tally.happened("eight days later")
	}
	w.backAt = time.Now().Add(away)
	w.in(away, func() {
		if w.till == t {
			w.open()
		}
	})
}

// reopener is a journal in a file. One start in twelve opens it again.
type reopener interface{ reopen() }

// open starts a till, until one has started.
func (w *world) open() {
	if again := w.files.IntN(12) == 0; again && w.tills > 0 {
		if file, ok := w.journal.(reopener); ok {
			file.reopen()
		}
	}
	w.tills++
	t := &till{w: w, run: fmt.Sprint("run-", w.tills), open: map[pos.OrderNo]*worker{}}
	w.till = t
	if !t.start() {
		t.kill()
		w.backAt = time.Now().Add(5 * time.Second)
		w.in(5*time.Second, func() {
			if w.till == t {
				w.open()
			}
		})
	}
}

// trouble is what happens to the machine in the course of a day.
func (w *world) trouble() {
	if w.calm {
		return
	}
	some := func(seconds int) time.Duration { return time.Duration(6+w.chance.IntN(seconds)) * time.Second }
	switch w.chance.IntN(4) {
	case 0:
		w.tally.happened("killed")
		w.crash(w.till)
	case 1:
		w.suspend(some(200))
	case 2:
		w.setClock(some(7200) - time.Hour)
	case 3:
		w.tally.happened("second till")
		w.open() // the first one lives on, and does not know
	}
	w.in(some(w.quiet), w.trouble)
}
