package pos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// This file visits every scene of the model and tells the way to one.

// scene is the world at one moment: two sides, the budget, and whether a till runs.
type scene uint64

func newScene(sides [2]number, crashes, faults uint8, down bool) scene {
	s := scene(sides[0]) | scene(sides[1])<<26 | scene(crashes)<<52 | scene(faults)<<56
	if down {
		s |= 1 << 60
	}
	return s
}

func (s scene) sides() [2]number {
	return [2]number{number(s & (1<<26 - 1)), number(s >> 26 & (1<<26 - 1))}
}
func (s scene) crashes() uint8 { return uint8(s >> 52 & 15) }
func (s scene) faults() uint8  { return uint8(s >> 56 & 15) }
func (s scene) down() bool     { return s>>60&1 == 1 }

// explorer visits scenes, first those that need the fewest crashes and faults,
// and of these breadth first: so the first way found is the most innocent one,
// and of those a shortest.
type explorer struct {
	*model
	real        *model   // of which the one above may be merged
	classes     []number // by which it is
	scenes      []scene
	parents     []uint32
	queues      [][]uint32     // by how much of the budget is spent
	seen        [2][][]budgets // by whether the till is down, and by side and side
	crashes     uint8          // at the beginning
	faults      uint8
	transitions int
	end         uint32 // of the trace
}

// newExplorer explores a model whose sides that behave alike are merged.
func newExplorer(m *model) *explorer {
	merged, classes := m.merge()
	return &explorer{model: merged, real: m, classes: classes}
}

// explore visits every scene that can be reached, or stops at the first that breaks a rule.
func (x *explorer) explore(crashes, faults int) (found rule) {
	x.queues = make([][]uint32, crashes+faults+1)
	x.crashes, x.faults = uint8(crashes), uint8(faults)
	x.visit(newScene([2]number{}, x.crashes, x.faults, false), 0)
	for spent := range x.queues {
		for i := 0; i < len(x.queues[spent]); i++ {
			at := x.queues[spent][i]
			x.follow(x.scenes[at], func(_ int, _ move, next scene) {
				x.transitions++
				if found == lawKept && x.visit(next, at) {
					found = x.holds(next)
				}
			})
			if found != lawKept {
				return found
			}
		}
	}
	return lawKept
}

// visit notes a scene, unless it was visited before with at least that budget:
// whoever has less of it can do nothing more.
func (x *explorer) visit(s scene, parent uint32) bool {
	before := x.before(s)
	if before.cover(s.crashes(), s.faults()) {
		return false
	}
	*before |= 1 << (4*s.crashes() + s.faults())
	x.end = uint32(len(x.scenes))
	x.scenes, x.parents = append(x.scenes, s), append(x.parents, parent)
	spent := x.crashes - s.crashes() + x.faults - s.faults()
	x.queues[spent] = append(x.queues[spent], x.end)
	return true
}

// before is the place for the budgets with which the sides of s were visited.
func (x *explorer) before(s scene) *budgets {
	sides, rows := s.sides(), &x.seen[s>>60]
	if more := len(x.sides) - len(*rows); more > 0 {
		*rows = append(*rows, make([][]budgets, more)...)
	}
	row := &(*rows)[sides[0]]
	if int(sides[1]) >= len(*row) {
		*row = append(*row, make([]budgets, len(x.sides)-len(*row))...)
	}
	return &(*row)[sides[1]]
}

// most is the most crashes, and the most faults, that a scene has room for.
const most = 3

// budgets are those with which two sides were visited: a bit for each number
// of faults left, four of them for each number of crashes left.
type budgets uint16

// cover reports a visit with at least that much.
func (b budgets) cover(crashes, faults uint8) bool {
	return b&(0x1111*(0xf<<faults&0xf))>>(4*crashes)<<(4*crashes) != 0
}

// holds returns the rule that a scene breaks.
func (x *explorer) holds(s scene) rule {
	n := s.sides()
	first, second := &x.sides[n[0]], &x.sides[n[1]]
	return cmp.Or(first.broken, second.broken, x.judgeSale(first, second))
}

// follow yields every scene that may be next; who is 0 for the world, 1 or 2 for an attempt.
func (m *model) follow(s scene, yield func(who int, step move, next scene)) {
	sides, crashes, faults, down := s.sides(), s.crashes(), s.faults(), s.down()
	all := func(what string, which int, crashes uint8, down bool) {
		next := [2]number{m.process(sides[0])[which], m.process(sides[1])[which]}
		yield(0, move{what: what}, newScene(next, crashes, faults, down))
	}
	if down {
		all("the till starts again", started, crashes, false)
	} else if crashes > 0 && sides[0] != 0 {
		all("the till crashes", crashed, crashes-1, true)
		all("a second till is started on the same journal", doubled, crashes-1, false)
	}
	for i, n := range sides {
		if i == 1 && n == 0 && !m.sides[sides[0]].rescan {
			continue
		}
		for _, step := range m.moves(n, down) {
			if step.crashes <= crashes && step.faults <= faults {
				next := sides
				next[i] = step.to
				yield(i+1, step, newScene(next, crashes-step.crashes, faults-step.faults, down))
			}
		}
	}
}

// stuck counts the sides that were reached and from which no rest can be
// reached without one more crash or fault (L1), and ends the trace at the
// first. The sides of a sale come to rest independently, so it is enough to
// look at them one by one; a till that is down can always be started.
func (x *explorer) stuck() (n int) {
	reached, ends := make([]bool, len(x.sides)), make([]bool, len(x.sides))
	for _, s := range x.scenes {
		for _, n := range s.sides() {
			reached[n] = reached[n] || !s.down()
		}
	}
	for changed := true; changed; {
		changed = false
		for i := len(ends) - 1; i >= 0; i-- {
			if reached[i] && !ends[i] {
				ends[i] = x.sides[i].rests || slices.ContainsFunc(x.moves(number(i), false), func(m move) bool {
					return m.crashes == 0 && m.faults == 0 && ends[m.to]
				})
				changed = changed || ends[i]
			}
		}
	}
	lost := func(i number) bool { return reached[i] && !ends[i] }
	for i := range ends {
		if lost(number(i)) {
			n++
		}
	}
	x.end = uint32(max(0, slices.IndexFunc(x.scenes, func(s scene) bool {
		sides := s.sides()
		return !s.down() && (lost(sides[0]) || lost(sides[1]))
	})))
	return n
}

// way lists the scenes to the end, without the beginning.
func (x *explorer) way() (way []uint32) {
	for at := x.end; at != 0; at = x.parents[at] {
		way = append(way, at)
	}
	slices.Reverse(way)
	return way
}

// trace tells the way to the end, a line a step.
func (x *explorer) trace() string {
	var b strings.Builder
	at := x.scenes[0]
	for i, n := range x.way() {
		text := ""
		at, text = x.tell(at, x.scenes[n])
		fmt.Fprintf(&b, "%3d. %s\n", i+1, text)
	}
	return b.String()
}

// tell says in words what led from a scene of the real model to one that
// counts as the next, and which that is.
func (x *explorer) tell(from, to scene) (at scene, text string) {
	x.real.follow(from, func(who int, m move, next scene) {
		if x.merged(next) != to || text != "" {
			return
		}
		at, text = next, m.what
		if m.says != 0 {
			text += ": " + answerText(x.real.events[m.says])
		}
		if who > 0 {
			d := x.real.sides[next.sides()[who-1]]
			text = fmt.Sprintf("attempt %d: %s   [%s; %s]", who, text, x.real.facts[d.seats[0].a], standText[d.stand])
		}
	})
	return at, text
}

// merged is the scene with each side counting as the one it is merged with.
func (x *explorer) merged(s scene) scene {
	sides := s.sides()
	if x.classes != nil {
		sides = [2]number{x.classes[sides[0]], x.classes[sides[1]]}
	}
	return newScene(sides, s.crashes(), s.faults(), s.down())
}

func answerText(e Event) string {
	switch e := e.(type) {
	case SubmitAnswered:
		return string(e.Answer.Finding)
	case QueryAnswered:
		return string(e.Answer.Finding)
	case RevokeAnswered:
		return string(e.Answer.Finding)
	}
	return ""
}
