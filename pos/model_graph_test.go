package pos

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// This file makes the rules of the world a graph of sides: a sale has two of
// them, which have nothing to do with each other but the budget of crashes and
// faults, a till that crashes for both, and the one's leave for the other to begin.

// number counts the different sides that were reached; 0 is an attempt that was not begun.
type number uint32

// move is what may happen to a side, at the cost of the budget.
type move struct {
	what            string
	says            happening
	to              number
	crashes, faults uint8
	chance          bool // it may, but nobody can count upon it
	second          bool // only for a second attempt
}

// price orders the moves to the same side: the lowest of them counts.
func (m move) price() uint64 {
	return uint64(m.crashes)<<4 | uint64(m.faults)<<1 | uint64(bit(m.chance))
}

// node is a side with what follows from it, worked out once.
type node struct {
	side
	broken  rule
	rests   bool      // nothing more has to happen
	paid    bool      // concluded
	earned  bool      // and nobody has given the money back by hand since
	settled bool      // there is a verdict
	keeps   bool      // the customer's money, and no person was told to see to it
	rescan  [2]bool   // the sale may be charged again, by the quick and the strict rule
	moves   [2][]move // what may happen while a till runs, and while none does; nil: not worked out
	after   []number  // with the whole till
}

// What may happen to a whole till, in the order of node.after.
const (
	crashed = iota
	started
	doubled
	startedOn // after the clock was set on by an hour, in a world where that happens
	startedBack
)

// place is the number of a side.
func (m *model) place(d side) number {
	d.tidy()
	n, ok := m.numbered[d]
	if !ok {
		n = number(len(m.sides))
		m.numbered[d] = n
		a := &m.facts[d.seats[0].a].a
		m.sides = append(m.sides, node{side: d, broken: m.judge(d), rests: m.rests(d), paid: a.State == Paid,
			earned: a.State == Paid && d.stand != refunded, settled: a.State.Settled(), keeps: d.stand == taken && !d.handed,
			rescan: [2]bool{m.again(d, RescanQuick), m.again(d, RescanStrict)}})
	}
	return n
}

// again reports whether the sale may be charged again.
func (m *model) again(d side, rule Rescan) bool {
	return d.sent > 0 && m.allows(m.facts[d.seats[0].a].a.Summary, rule) == nil
}

// moves lists what may happen to a side.
func (m *model) moves(n number, down bool) []move {
	while := bit(down)
	if m.sides[n].moves[while] == nil {
		list := m.list(m.sides[n].side, down)
		m.sides[n].moves[while] = list
	}
	return m.sides[n].moves[while]
}

// process is what happens to a side with its till.
func (m *model) process(n number) []number {
	if m.sides[n].after == nil {
		d := m.sides[n].side
		after := []number{crashed: m.place(m.crash(d)), started: m.place(m.start(d)), doubled: m.place(m.double(d))}
		if m.clock {
			after = append(after, m.place(m.startSet(d, setOn)), m.place(m.startSet(d, setBack)))
		}
		m.sides[n].after = after
	}
	return m.sides[n].after
}

// merge returns the model with sides that behave alike made one, and which
// side became which. Two sides behave alike if no rule tells them apart and
// every step of the one leads, at the same cost, to a side that behaves like
// one where a step of the other leads (a bisimulation). So nothing is lost by
// it, neither a violation nor a step of the shortest way to it.
func (m *model) merge() (merged *model, classes []number) {
	for n := number(0); int(n) < len(m.sides); n++ {
		if m.sides[n].broken == lawKept {
			m.moves(n, true)
			m.moves(n, false)
			m.process(n)
		}
	}
	classes, count := make([]number, len(m.sides)), 1
	for before := 0; count != before; {
		before = count
		classes, count = m.refine(classes)
	}
	copied := *m
	merged = &copied
	merged.sides = make([]node, count)
	for n, class := range slices.Backward(classes) {
		merged.sides[class] = m.sides[n].in(classes, class)
	}
	return merged, classes
}

// refine splits classes whose sides lead to different classes.
func (m *model) refine(classes []number) (finer []number, count int) {
	finer, names := make([]number, len(classes)), map[string]number{}
	var name []byte
	for n := range m.sides {
		name = m.sides[n].name(name[:0], classes, classes[n])
		class, ok := names[string(name)]
		if !ok {
			class = number(len(names))
			names[string(name)] = class
		}
		finer[n] = class
	}
	return finer, len(names)
}

// name tells apart what behaves differently, as far as classes do: what the
// rules look at, and the steps to other classes, each at its lowest price.
func (s *node) name(name []byte, classes []number, own number) []byte {
	name = binary.LittleEndian.AppendUint32(name, uint32(own))
	for _, told := range []bool{s.rests, s.told, s.paid, s.earned, s.settled, s.keeps, s.rescan[0], s.rescan[1]} {
		name = append(name, bit(told))
	}
	name = append(name, byte(s.broken))
	var steps [64]uint64
	for _, moves := range s.moves {
		steps := steps[:0]
		for _, step := range moves {
			if to := classes[step.to]; to != own {
				steps = append(steps, uint64(to)<<8|step.price())
			}
		}
		slices.Sort(steps)
		for i, step := range steps {
			if i == 0 || step>>8 != steps[i-1]>>8 {
				name = binary.LittleEndian.AppendUint64(name, step)
			}
		}
		name = append(name, '|')
	}
	for _, to := range s.after {
		name = binary.LittleEndian.AppendUint32(name, uint32(classes[to]))
	}
	return name
}

// in is the side with its steps leading to classes: each once, at the lowest
// price, and none that leads nowhere.
func (s node) in(classes []number, own number) node {
	for while, moves := range s.moves {
		mapped := slices.Clone(moves)
		for i := range mapped {
			mapped[i].to = classes[mapped[i].to]
		}
		mapped = slices.DeleteFunc(mapped, func(m move) bool { return m.to == own })
		slices.SortFunc(mapped, func(a, b move) int {
			return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.price(), b.price()))
		})
		s.moves[while] = slices.CompactFunc(mapped, func(a, b move) bool { return a.to == b.to })
	}
	s.after = slices.Clone(s.after)
	for i := range s.after {
		s.after[i] = classes[s.after[i]]
	}
	return s
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
