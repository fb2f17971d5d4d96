package sim

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Chance is a fault that strikes by chance: PerMille of the calls of operation
// On, or of every operation when On is 0.
type Chance struct {
	On       Op
	PerMille int
	Fault    Fault
}

// Storm is every kind of fault, each striking the given share of all calls.
// With 10 per mille about one call in four goes wrong.
func Storm(perMille int) []Chance {
	faults := []Fault{
		DropRequest, Late(10 * time.Second), Late(time.Minute), Duplicate, Refuse("SYSTEMERROR"), Refuse("BANKERROR"),
		DropAnswer, Delay(2 * time.Second), Delay(time.Minute), Together(DropRequest, Delay(time.Minute)),
		Trickle(5 * time.Second), Trickle(time.Minute),
		CutAnswer, HalfXML, BadGateway, WebPage, Redirect, DoubledField, Gzip,
		WrongSignature, NoSignature, OtherSignature,
		WrongAmount, WrongOrder, WrongMerchant, ReturnFail, SystemError, Skew(time.Hour), Skew(-time.Hour),
	}
	var storm []Chance
	for _, f := range faults {
		storm = append(storm, Chance{PerMille: perMille, Fault: f})
	}
	return storm
}

// Inject arms faults for the next calls of an operation, one fault for each
// call in the order of arrival. A nil fault lets its call pass, so that
// Inject(OnQuery, nil, DropAnswer) loses the second answer. An injected entry,
// nil included, takes the place of chaos for its call; the table of amounts still holds.
func (g *Gateway) Inject(on Op, faults ...Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.injected[on] = append(g.injected[on], faults...)
}

// disturb lets the injected fault or chaos mark the exchange. g.mu is held.
func (g *Gateway) disturb(x *exchange) {
	fault, armed := g.nextInjected(x.op)
	if !armed {
		fault = g.drawn(x)
	}
	if fault != nil {
		fault(x)
	}
}

// nextInjected takes the next armed fault of an operation.
func (g *Gateway) nextInjected(op Op) (f Fault, armed bool) {
	queue := g.injected[op]
	if len(queue) == 0 {
		return nil, false
	}
	g.injected[op] = queue[1:]
	return queue[0], true
}

// drawn throws the dice once; the chances lie side by side on the thousand.
func (g *Gateway) drawn(x *exchange) Fault {
	throw := x.dice.IntN(1000)
	for _, c := range g.config.Chaos {
		if c.On != 0 && c.On != x.op {
			continue
		}
		if throw -= c.PerMille; throw < 0 {
			return c.Fault
		}
	}
	return nil
}

// stream is the random stream of one actor. It depends on the seed and the
// actor alone, so that a run can be repeated however its tills interleave.
func (g *Gateway) stream(actor ...string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(actor, "/"))) // a hash cannot fail
	return rand.New(rand.NewPCG(g.config.Seed, h.Sum64()))
}

// count numbers the exchange among the calls for its order and operation and
// gives it its dice. It counts what reached the gateway's network, so a request
// that is lost from here on is counted, and one that the network doubles is counted once.
func (g *Gateway) count(x *exchange) {
	key := x.op.String() + "/" + x.subject()
	g.nth[key]++
	x.dice = g.stream(key, strconv.Itoa(g.nth[key]))
	x.nonce = hex32(x.dice)
}

// orderNo is the number the request names, or the transaction it names instead.
func (x *exchange) orderNo() string {
	if no := x.in["out_trade_no"]; no != "" {
		return no
	}
	return x.in["transaction_id"]
}

// subject is what the request is about: a refund if it names one, otherwise an order.
func (x *exchange) subject() string {
	if no := x.in["out_refund_no"]; no != "" {
		return no
	}
	return x.orderNo()
}

// hex32 is 32 random hexadecimal characters, the form of nonce_str.
func hex32(r *rand.Rand) string {
	const digits = "0123456789abcdef"
	b := make([]byte, 32)
	for i := range b {
		b[i] = digits[r.IntN(16)]
	}
	return string(b)
}

// postpone keeps a late request until its time. g.mu is held.
func (g *Gateway) postpone(x *exchange) {
	late := *x
	late.at = x.at.Add(x.lateBy)
	g.late = append(g.late, &late)
	slices.SortStableFunc(g.late, func(a, b *exchange) int { return a.at.Compare(b.at) })
}

// arrive handles the late requests whose time has come, each at its own time.
// It needs no goroutine: nobody can tell the difference before the next look. g.mu is held.
func (g *Gateway) arrive(now time.Time) {
	for len(g.late) > 0 && !g.late[0].at.After(now) {
		x := g.late[0]
		g.late = g.late[1:]
		g.handle(x)
	}
}
