package pos

// This file is the small world around the machine: one sale, two attempts, a
// gateway that lies and a till that crashes. Its rules are the functions that
// list calls, to be read as a list; each adds what may happen.
//
// Not in it: the till's own refunds (refund_test.go, void_property_test.go), and the
// limits of calls a second (I10), which are not the machine's
// (wechat/budget_test.go). A wrong answer stands for all that Next
// treats alike: of queries CLOSED for REVOKED.

// wire is what is on its way from a till.
type wire uint8

const (
	idle wire = iota
	onSubmit
	onQuery
	onRevoke
)

// stand is how an order stands at the gateway: the truth.
type stand uint8

const (
	absent   stand = iota
	made           // of Unified Order; the customer has not begun to pay
	paying         // created; the customer has to confirm
	unpaid         // created; the customer will not pay (PAYERROR)
	taken          // the customer's money is ours
	over           // closed or given back, by a revoke or by WeChat Pay itself
	refunded       // given back by the shop without the till
)

// codeLives is how many slots after the submission the payment code is still
// good: 60 s, and the slot that begins then.
const codeLives = 4

// side is one attempt: in the tills, on the network and at the gateway.
type side struct {
	seats   [2]seat // the till in charge, and one that was replaced and does not know it
	stand   stand
	latePay bool  // a submission that its till gave up on may still arrive
	lateRev bool  // a revoke likewise
	age     uint8 // slots since the submission
	week    bool  // older than 7 days: it cannot be revoked any more
	hold    uint8 // slots for which the gateway wants no revoke
	fresh   bool  // the till was started, or the wall clock set, within a slot
	sent    uint8 // submissions that left a till
	shown   bool  // PAID was shown: the goods are gone
	door    bool  // a revoke was journaled
	warned  bool  // the newest telling answer spoke of somebody else's order
	offer   offer // to a customer who scans the till
	fails   bool  // the gateway never said anything but return_code FAIL
	handed  bool  // for which the watch ended when the code was dead, and a person was told (design 3.9)
	told    bool  // by the last answer: a person, that money has to be given back by hand
	broken  rule  // by the last step
}

// seat is one till's attempt and its call.
type seat struct {
	a    known
	wire wire
	long bool      // the call has taken a whole slot: it is answered in this one
	says happening // the gateway's slow answer; 0: it has not seen the call
}

// model is the world's rules with one machine in it.
type model struct {
	*machine
	rare
	allows   func(Summary, Rescan) error
	strict   bool        // a sale is never charged twice, not even for a moment
	lenient  bool        // 3.11 itself is not held, only what comes of it
	beside   bool        // a till that was replaced lives on
	blind    bool        // and the journal takes what it decided on an old entry
	manager  bool        // people press what is not theirs
	early    bool        // the customer sees the code before it is journaled
	begins   []happening // the first attempt by the first of them, a second by any
	sides    []node
	numbered map[side]number
}

func newModel(l law, besides rare) *model {
	m := &model{machine: newMachine(l, !besides.voids), rare: besides, numbered: map[side]number{}, allows: Summary.CanRescan,
		begins: []happening{intended}}
	m.place(side{})
	return m
}

// list is the world's rules, one after the other.
func (m *model) list(d side, down bool) []move {
	v := mover{model: m, d: d, down: down, moves: []move{}}
	v.begin()
	v.time()
	v.week()
	v.customer()
	v.refund()
	v.void()
	v.network()
	for k := range d.seats {
		v.gateway(k)
		v.till(k)
	}
	v.operator()
	v.clocks()
	return v.moves
}

// mover collects what may happen to a side.
type mover struct {
	*model
	d     side
	down  bool // no till runs
	moves []move
}

// may is a step that costs nothing.
func (v *mover) may(what string, says happening, to side) {
	v.moves = append(v.moves, move{what: what, says: says, to: v.place(to)})
}

// chance is a step that costs nothing, and that nobody can count upon.
func (v *mover) chance(what string, to side) {
	v.moves = append(v.moves, move{what: what, to: v.place(to), chance: true})
}

// lie is a step of the budget of faults.
func (v *mover) lie(what string, says happening, to side) {
	v.moves = append(v.moves, move{what: what, says: says, to: v.place(to), faults: 1})
}

// ---- the process ----

// crash: the till is gone, at any moment, with all that it knew.
func (m *model) crash(d side) side {
	d.abandon(0)
	return d
}

// start: some time after a crash everything open is taken up.
func (m *model) start(d side) side { return m.resume(m.crash(d)) }

// double: a second till is started beside the first. That one lives on, but can
// do nothing: every event begins with an entry, and the journal refuses one
// that was decided on an old one. So only its calls are looked at, which are
// still on their way; TestModel_TwoTills looks at all of it.
func (m *model) double(d side) side {
	d.seats[1], d.seats[0] = d.seats[0], seat{a: d.seats[0].a}
	if !m.beside {
		d.abandon(1)
		d.seats[1] = seat{}
	}
	return m.resume(d)
}

// resume: what is open is taken up, and what was asked about although it is
// settled (Till.TakeUp does that when somebody asks again).
func (m *model) resume(d side) side {
	d.fresh = m.voids && d.sent > 0
	if f := m.facts[d.seats[0].a]; f.a.State != "" && (f.open || f.a.inFlight != noCall) {
		return m.take(d, 0, resumed)
	}
	return d
}

// abandon forgets a call; what the gateway has not seen may still arrive.
func (d *side) abandon(k int) {
	q := &d.seats[k]
	d.latePay = d.latePay || q.wire == onSubmit && q.says == 0
	d.lateRev = d.lateRev || q.wire == onRevoke && q.says == 0
	*q = seat{a: q.a}
}

// begin: an attempt begins; the second one only when the first allows it.
func (v *mover) begin() {
	if v.down || v.d.sent > 0 {
		return
	}
	for i, h := range v.begins {
		what := beginText[h]
		d := v.take(v.d, 0, h)
		if v.step(0, h).early { // the power fails between the call and the journal
			lost := d
			lost.abandon(0)
			lost.seats[0] = seat{}
			v.moves = append(v.moves, move{what: what + ", the till crashes before it has written that", to: v.place(lost), crashes: 1, second: i > 0})
		}
		v.moves = append(v.moves, move{what: what, to: v.place(d), second: i > 0})
	}
}

var beginText = [...]string{intended: "the code is scanned, Quick Pay is sent", offered: "Unified Order is sent"}

// ---- time ----

// time: each attempt has its own clock, because no rule compares two. What is
// due may be done up to a slot too late, and a call may take as long.
func (v *mover) time() {
	d := v.d
	if q := d.seats[0]; !v.down && (q.wire != idle && q.long || q.wire == idle && v.facts[q.a].overdue) {
		return
	}
	d.age, d.hold, d.fresh = min(d.age+1, codeLives+1), max(d.hold, 1)-1, false
	for k := range d.seats {
		q := &d.seats[k]
		q.a, q.long = v.step(q.a, slotPassed).a, q.wire != idle
	}
	d.offer.asked = d.offer.asked && v.facts[v.d.seats[0].a].due
	v.may("15 s pass", 0, d)
}

// ---- the customer, and WeChat Pay by itself ----

// customer: pays, cancels or never reacts; WeChat Pay closes an order that is
// not paid, or never does. Its 45 s are not counted upon: it may come sooner.
func (v *mover) customer() {
	become := func(s stand, what string) {
		d := v.d
		d.stand = s
		v.may(what, 0, d)
	}
	if v.d.offer.made {
		v.scanner()
		return
	}
	if v.d.stand == paying {
		become(taken, "the customer pays")
		become(unpaid, "the customer cancels")
	}
	if v.d.stand == paying || v.d.stand == unpaid {
		become(over, "WeChat Pay closes the order")
	}
}

// network: what a till has given up on arrives after all; or never.
func (v *mover) network() {
	if d := v.d; d.latePay {
		d.latePay = false
		if d.offer.made {
			d.stand = made
			v.may("the late order is there", 0, d)
			return
		}
		for _, s := range []stand{taken, paying} {
			d.stand = s
			v.may("the late Quick Pay request arrives: "+standText[s], 0, d)
		}
	}
	if d := v.d; d.lateRev && d.stand != absent {
		d.revoke()
		d.lateRev = false
		v.may("the late Revoke request arrives", 0, d)
	}
}

// ---- the gateway ----

// gateway: a call is handled and answered at once, honestly or not; or it is
// lost on either way; or the answer is slow.
func (v *mover) gateway(k int) {
	q := v.d.seats[k]
	switch {
	case q.wire == idle:
	case q.says != 0:
		v.may("the slow answer comes", q.says, v.take(v.d, k, q.says))
	case q.wire == onSubmit && v.d.offer.made:
		v.answerOffer(k)
	case q.wire == onSubmit:
		v.answerSubmit(k)
	case q.wire == onQuery:
		v.answerQuery(k)
	case q.wire == onRevoke && v.d.offer.made:
		v.answerClose(k)
	case q.wire == onRevoke:
		v.answerRevoke(k)
	}
}

// handled is what a call did and what the gateway says about it.
type handled struct {
	becomes stand
	says    Finding
}

var (
	honestSubmit = []handled{{taken, FoundPaid}, {paying, FoundUserPaying}, {unpaid, FoundDeclined},
		{absent, FoundDeclined}, {absent, FoundCommFail}, {absent, FoundNotSent}}
	lyingSubmit = []handled{{taken, FoundDeclined}, {taken, FoundCommFail}, {taken, FoundMismatch},
		{paying, FoundDeclined}, {paying, FoundCommFail}, {paying, FoundMismatch}, {absent, FoundMismatch}}
	honestQuery = [...][]Finding{absent: {FoundNoOrder}, made: {FoundNotPaid}, paying: {FoundUserPaying, FoundNotPaid}, unpaid: {FoundPayError},
		taken: {FoundPaid}, over: {FoundClosed}, refunded: {FoundRefunding}}
	lyingQuery  = []Finding{FoundUnclear, FoundCommFail, FoundMismatch}
	lyingRevoke = []struct {
		does bool
		says Finding
	}{{true, FoundRevokeAgain}, {false, FoundRevokeAgain}, {false, FoundRevokeRefused}, {false, FoundRevokeAccepted}}
	standText = [...]string{absent: "no order", made: "order made", paying: "customer paying", unpaid: "unpaid", taken: "MONEY TAKEN", over: "closed or given back",
		refunded: "given back by hand"}
)

func (v *mover) answerSubmit(k int) {
	expired := func(h handled) bool { return v.d.age > codeLives && h.becomes != absent }
	for _, h := range honestSubmit {
		d, says := v.d, submitSays(h.says, v.date())
		if d.stand = h.becomes; !expired(h) {
			v.may("Quick Pay is answered", says, v.take(d, k, says))
			v.slow(k, d, says)
		}
	}
	for _, h := range lyingSubmit {
		d, says := v.d, submitSays(h.says, v.date())
		if d.stand = h.becomes; !expired(h) {
			v.lie("Quick Pay is answered wrongly", says, v.take(d, k, says))
		}
	}
	v.lost(k, submitSays(FoundUnclear, undated))
}

func (v *mover) answerQuery(k int) {
	d := v.d
	for _, f := range honestQuery[d.stand] {
		says := querySays(f, v.date())
		v.may("Query Order is answered", says, v.take(d, k, says))
		v.slow(k, d, says)
		if says = querySays(f, dayEight); v.days && !d.week && !v.facts[d.seats[k].a].a.firstDate.IsZero() {
			v.lie("Query Order is answered, and the Date is wrong", says, v.take(d, k, says))
		}
	}
	for _, f := range lyingQuery {
		says := querySays(f, v.date())
		v.lie("Query Order is not or wrongly answered", says, v.take(d, k, says))
	}
	v.refusal(k)
	if d.offer.made && d.stand != absent && !d.week { // K5: one that exists is not known yet
		says := querySays(FoundNoOrder, v.date())
		v.lie("Query Order does not know the order", says, v.take(d, k, says))
	}
}

func (v *mover) answerRevoke(k int) {
	d, honest := v.d, []Finding{FoundRevokeAccepted}
	switch {
	case d.stand == refunded:
		honest = []Finding{FoundRevokeAccepted, FoundRevokeRefused}
	case d.week && d.stand != absent: // REVERSE_EXPIRE
		honest = []Finding{FoundRevokeRefused}
	default:
		d.revoke()
	}
	for _, f := range honest {
		says := revokeSays(f, v.date())
		v.may("Revoke is answered", says, v.take(d, k, says))
		v.slow(k, d, says)
	}
	for _, h := range lyingRevoke {
		d, says := v.d, revokeSays(h.says, v.date())
		if h.does {
			d.revoke()
		}
		v.lie("Revoke is answered wrongly", says, v.take(d, k, says))
	}
	v.pauses(k)
	v.lost(k, revokeSays(FoundUnclear, undated))
}

// revoke is what a revoke does; of an order that the gateway does not know it
// remembers nothing.
func (d *side) revoke() {
	if d.offer.made {
		d.close()
		return
	}
	if d.stand != absent && d.stand != refunded && !d.week {
		d.stand = over
	}
}

// slow: the call has been handled and the answer is still on its way.
func (v *mover) slow(k int, d side, says happening) {
	d.seats[k].says = says
	v.lie("the gateway has handled the call, its answer is slow", says, d)
}

// lost: the till hears nothing. The request arrives later, at once, or never.
func (v *mover) lost(k int, says happening) {
	d := v.d
	d.abandon(k)
	d.seats[k].wire = v.d.seats[k].wire
	v.lie("the call is not answered", says, v.take(d, k, says))
}

// ---- the till ----

// till: a call that is due goes out.
func (v *mover) till(k int) {
	d := v.d
	if q := d.seats[k]; q.wire == idle && v.facts[q.a].due && (k == 1 || !v.down) {
		v.may("the till's next call goes out", 0, v.take(d, k, ticked))
	}
}

// operator: presses revoke whenever the key allows it, and asks whenever nothing is on its way.
func (v *mover) operator() {
	d := v.d
	q := d.seats[0]
	if q.a == 0 || v.down {
		return
	}
	f := v.facts[q.a]
	if f.revoke || v.manager {
		v.chance("the cashier presses revoke", v.take(d, 0, revokePressed))
	}
	if q.wire == idle && !f.due {
		v.chance("the cashier asks", v.take(d, 0, askPressed))
	}
	for h := acknowledged; h <= unseen; h++ {
		if v.manager || v.step(q.a, h).broken != lawKept {
			v.chance("a person looks, leaves or acknowledges", v.take(d, 0, h))
		}
	}
}

// take gives an event to a till's machine and carries out what it answers. A
// till that was replaced writes nothing: its entry was decided on an old one.
func (m *model) take(d side, k int, h happening) side {
	q := &d.seats[k]
	if k == 1 && !m.blind {
		*q = seat{}
		return d
	}
	o := m.step(q.a, h)
	before := &m.facts[q.a].a
	d.hears(m.events[h], before.State)
	if h >= answers {
		*q = seat{}
	}
	q.a = o.a
	if o.sends != idle {
		*q = seat{a: o.a, wire: o.sends}
	}
	after := &m.facts[o.a].a
	if o.sends == onSubmit {
		d.sent, d.age, d.offer.made = min(d.sent+1, 2), 0, after.Method.Closes()
	}
	if d.offer.made {
		return d.offered(before, after, m.events[h], o)
	}
	d.door = d.door || after.State == Revoking || after.State == Confirming || o.sends == onRevoke
	d.shown = d.shown && !h.voids() || after.State == Paid // whoever voids has the goods, or leaves them
	d.handed = d.handed || d.fails && o.alarms && d.age > codeLives
	d.broken = max(d.broken, o.broken)
	switch {
	case h >= answers:
		d.told = d.week && o.tells
	case o.sends != onRevoke:
	case d.warned:
		d.broken = ruleMismatch
	case d.age == 0:
		d.broken = ruleEarly
	case d.hold > 0:
		d.broken = rulePause
	}
	return d
}

// hears keeps whether the gateway has only ever said return_code FAIL, and
// whether it spoke of somebody else's order. In doubt only an answer that
// settles the attempt takes that back; behind the door and behind a verdict the
// next one that speaks of our order does.
func (d *side) hears(e Event, in State) {
	var r Answer
	switch e := e.(type) {
	case SubmitAnswered:
		r, d.fails = e.Answer, true
	case QueryAnswered:
		r = e.Answer
	case RevokeAnswered:
		d.fails, d.hold = false, uint8(e.Answer.NotBefore/slot)
		return
	default:
		return
	}
	d.fails = d.fails && r.Finding == FoundCommFail
	switch r.Finding {
	case FoundMismatch:
		d.warned = true
	case FoundPaid, FoundClosed, FoundRevoked, FoundRefunding:
		d.warned = false
	case FoundUserPaying, FoundNotPaid, FoundPayError, FoundNoOrder, FoundOther, FoundDeclined:
		d.warned = d.warned && in == InDoubt
	}
}

// tidy forgets what can have no effect any more: a submission whose code is
// dead or whose order exists, a revoke of what is over or can never exist, and
// an age that nothing depends on.
func (d *side) tidy() {
	if d.offer.made {
		d.tidyOffer()
		return
	}
	d.latePay = d.latePay && d.stand == absent && d.age <= codeLives
	alive := d.mayArrive()
	d.lateRev = d.lateRev && d.stand != over && d.stand != refunded && (d.stand != absent || alive)
	if !alive && !d.fails {
		d.age = min(d.age, d.sent, 1)
	}
}

// mayArrive reports a submission that the gateway has not seen yet.
func (d *side) mayArrive() bool {
	for _, q := range d.seats {
		if q.wire == onSubmit && q.says == 0 {
			return true
		}
	}
	return d.latePay
}
