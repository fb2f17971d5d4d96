package pos

// This file is what seldom happens to a sale, as rules of the world like those
// beside it: the 7 days go by, a clock is set, the gateway wants a pause, the
// shop gives money back without the till, a manager voids, our set-up is refused. With two attempts, crashes and faults
// all of it at once would take too long, so an exploration says what it adds.

// rare is what the world has besides.
type rare struct {
	days    bool // the 7 days in which a revoke is possible end; answers have a Date
	clock   bool // the wall clock is set, the machine sleeps
	pause   bool // the gateway wants a pause between revokes (V9)
	refunds bool // money is given back in WeChat's merchant portal
	voids   bool // a manager voids what is paid
	refuses bool // our set-up: the gateway says return_code FAIL and nothing else, for as long as it likes
}

// date is what the header of an answer says of the day.
func (v *mover) date() dated {
	switch {
	case !v.days:
		return undated
	case v.d.week:
		return dayEight
	}
	return dayOne
}

// week: the 7 days are over. No rule asks for an age between 120 s and that, so
// it may be now for every till that is as old, and for every one that does not
// run: what it would do until then it can do before.
func (v *mover) week() {
	d := v.d
	if d.offer.made { // what is not known by then never will be
		d.latePay = false
	}
	if !v.days || d.sent == 0 || d.week || d.mayArrive() || d.offer.made && d.stand == paying || !v.down && !v.aged() {
		return
	}
	d.week, d.lateRev = true, false
	v.chance("the 7 days are over", d)
}

// aged reports that no rule of the attempt waits for an age any more.
func (v *mover) aged() bool {
	return !v.facts[v.d.seats[0].a].a.since.After(t0.Add(-decisive))
}

// refusal: whoever refused our set-up once goes on refusing.
func (v *mover) refusal(k int) {
	if v.refuses && v.d.fails {
		v.chance("Query Order is answered return_code FAIL", v.take(v.d, k, querySays(FoundCommFail, v.date())))
	}
}

// clocks: somebody sets the wall clock by an hour, or the machine sleeps as
// long. The till sees the same in both: its own clock has not gone on (Till.checkClock).
func (v *mover) clocks() {
	d := v.d
	f := v.facts[d.seats[0].a]
	if !v.clock || v.down || d.sent == 0 || !f.open && !(v.voids && f.void) {
		return
	}
	on, back := v.set(d, clockOn), v.set(d, clockBack)
	if !f.open && !f.waits && d.seats[0].wire == idle { // nobody works on it, and nobody tells it
		on, back = v.set(d, setOn), v.set(d, setBack)
	}
	v.chance("the clock is set on by an hour", on)
	v.chance("the clock is set back by an hour", back)
	on.age, on.hold = codeLives+1, 0
	v.chance("the machine sleeps for an hour", on)
}

// set is the till's attempt with a clock that was set.
func (m *model) set(d side, h happening) side {
	d.fresh = m.voids && d.sent > 0
	if h == setOn || h == setBack {
		d.seats[0].a = m.step(d.seats[0].a, h).a
		return d
	}
	return m.take(d, 0, h)
}

// startSet: somebody set the clock while no till ran. One cannot know that, and
// believes it also about a pause.
func (m *model) startSet(d side, h happening) side {
	d.hold = 0
	return m.resume(m.crash(m.set(d, h)))
}

// pauses: a revoke is refused because it came too soon after the one before.
func (v *mover) pauses(k int) {
	if v.pause {
		says := pauseSays(v.date())
		v.lie("Revoke is answered: not so often", says, v.take(v.d, k, says))
	}
}

// refund: the shop gives the money back by hand, of any order.
func (v *mover) refund() {
	if d := v.d; v.refunds && d.stand == taken {
		d.stand = refunded
		v.chance("the shop gives the money back in the merchant portal", d)
	}
}

// void: a manager takes a paid order back by a revoke, at any time that the
// till allows.
func (v *mover) void() {
	d := v.d
	if !v.voids || v.down || d.seats[0].a == 0 || !v.manager && !v.facts[d.seats[0].a].void {
		return
	}
	press := voidPressed
	if d.fresh {
		press = voidAtOnce
	}
	v.chance("a manager voids it", v.take(d, 0, press))
	if v.clock {
		v.chance("a manager voids it, and the clock was set back", v.take(d, 0, voidAhead))
	}
}
