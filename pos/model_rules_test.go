package pos

// This file lists what must never happen. In this world I6, I8 and I9 follow
// from stricter rules (I2, I3, I4), and are held all the same. I10, the limits of
// calls a second, is not the machine's: wechat/budget_test.go holds it.

// rule is a law that a scene or a step may break: I for what must hold at every
// moment, L for what must go on.
type rule uint8

const (
	lawKept rule = iota
	rulePanic
	ruleCanon
	ruleOneCall
	ruleEarly
	ruleLate
	ruleClock
	ruleAhead
	rulePause
	ruleDeadline
	ruleMismatch
	ruleRescan
	ruleClose
	ruleSale
	ruleCode
	ruleI1
	ruleStrict
	ruleI2
	ruleI3
	ruleI4
	ruleI5
	ruleI6
	ruleI7
	ruleStands
	ruleI8
	ruleI11
	ruleL1
	ruleL2
)

var ruleText = [...]string{
	lawKept:      "no rule is broken",
	rulePanic:    "Next panics: an event that cannot happen",
	ruleCanon:    "the model itself: a decision depends on what canon leaves out",
	ruleOneCall:  "design 3.7: two calls at once",
	ruleEarly:    "design 3.8: a revoke in the first 15 s",
	ruleLate:     "design 3.8: a revoke although the gateway's clock says that 7 days are gone",
	ruleClock:    "design 3.16: after a jump of the clock the gateway is not asked first",
	ruleAhead:    "design 3.16: permissions count from a time to come",
	rulePause:    "V9: a revoke while the gateway wants a pause",
	ruleDeadline: "design 3.7: the deadline is put off",
	ruleRescan:   "design 3.11: charged again while the last attempt has no verdict",
	ruleClose:    "design 3.12: a close that is not behind a query, or behind SUCCESS",
	ruleSale:     "design 2: a late SUCCESS is no sale",
	ruleCode:     "nothing to scan: in doubt without a code, or shown one that the submission did not bring",
	ruleStands:   "S14, S15: the verdict PAID is taken back",
	ruleMismatch: "design 3.10: somebody else's order is revoked",
	ruleI1:       "I1: two attempts of one sale are PAID",
	ruleStrict:   "design 3.11: money of two attempts taken at once, although rescan is strict",
	ruleI2:       "I2: PAID, and the money is not there",
	ruleI3:       "I3: money taken or about to be behind a verdict NOT PAID or REVOKED, and nobody looks",
	ruleI4:       "I4: the one-way door opened",
	ruleI5:       "I5: an order number submitted twice",
	ruleI6:       "I6: the goods are gone, and the money is not there",
	ruleI7:       "I7: an order that the journal does not know",
	ruleI8:       "I8, I9: at rest, and the payments kept are not those concluded PAID",
	ruleI11:      "I11: a submission is on its way behind a verdict",
	ruleL1:       "L1: no end can be reached any more",
	ruleL2:       "L2: a revoke is forgotten, or ends without evidence",
}

// judge returns the rule that a side breaks.
func (m *model) judge(d side) rule {
	a := &m.facts[d.seats[0].a].a
	switch {
	case d.broken != lawKept:
		return d.broken
	case d.sent > 1:
		return ruleI5
	case d.stand != absent && a.State == "":
		return ruleI7
	case d.door && a.State == Paid:
		return ruleI4
	case a.State == Paid && d.stand != taken && d.stand != refunded:
		return ruleI2
	case d.shown && d.stand != taken && d.stand != refunded:
		return ruleI6
	case (a.State == Failed || a.State == Revoked) && !a.Watch && !d.handed && (d.stand == taken || d.stand == paying || d.payable()):
		return ruleI3
	case a.State.Settled() && d.seats[0].wire == onSubmit:
		return ruleI11
	}
	return lawKept
}

// judgeSale returns the rule that two sides break together.
func (m *model) judgeSale(first, second *node) rule {
	kept, earned := bit(first.keeps)+bit(second.keeps), bit(first.earned)+bit(second.earned)
	switch {
	case first.paid && second.paid:
		return ruleI1
	case m.strict && kept > 1:
		return ruleStrict
	case first.rests && second.rests && kept != earned:
		return ruleI8
	}
	return lawKept
}

// rests reports that the attempt has an end and nothing is on its way. One
// that a person has to see to has no other (design 3.10): the gateway spoke of
// somebody else's order, and knows none of ours.
func (m *model) rests(d side) bool {
	f := m.facts[d.seats[0].a]
	persons := f.a.foreign && f.a.State == InDoubt && d.stand == absent
	return d.sent == 0 || d.seats[0].wire == idle && !d.latePay && (!f.open || persons)
}
