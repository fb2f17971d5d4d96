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
	budget      budget
	scenes      []scene
	parents     []uint32
	queues      [][]uint32     // by how much of the budget is spent
	seen        [2][][]budgets // by whether the till is down, and by side and side
	transitions int
	end         uint32 // of the trace
}

// budget is how much may go wrong: so many crashes, so many faults, and so many of both together.
type budget struct{ crashes, faults, together int }

func (b budget) String() string {
	s := fmt.Sprintf("%d crashes, %d faults", b.crashes, b.faults)
	if b.together < b.crashes+b.faults {
		s += fmt.Sprintf(", %d of them", b.together)
	}
	return s
}

// newExplorer explores a model whose sides that behave alike are merged.
func newExplorer(m *model) *explorer {
	merged, classes := m.merge()
	return &explorer{model: merged, real: m, classes: classes}
}

// explore visits every scene that can be reached, or stops at the first that breaks a rule.
func (x *explorer) explore(rule Rescan, b budget) (found rule) {
	x.strict, x.real.strict = rule == RescanStrict, rule == RescanStrict
	*x = explorer{model: x.model, real: x.real, classes: x.classes, budget: b, scenes: x.scenes[:0], parents: x.parents[:0],
		queues: make([][]uint32, b.together+1)}
	x.visit(newScene([2]number{}, uint8(b.crashes), uint8(b.faults), false), 0)
	for spent := range x.queues {
		for i := 0; i < len(x.queues[spent]); i++ {
			at := x.queues[spent][i]
			x.follow(x.scenes[at], func(_ int, _ move, next scene) {
				x.transitions++
				if found == lawKept && x.visit(next, at) {
					found = cmp.Or(x.holds(next), x.begins(x.scenes[at], next))
				}
			})
			if found != lawKept {
				return found
			}
		}
		x.queues[spent] = nil
	}
	return lawKept
}

// visit notes a scene, unless it was visited before with at least that budget:
// whoever has less of it can do nothing more.
func (x *explorer) visit(s scene, parent uint32) bool {
	spent := x.budget.crashes - int(s.crashes()) + x.budget.faults - int(s.faults())
	if spent > x.budget.together || !x.before(s).add(s.crashes(), s.faults()) {
		return false
	}
	x.end = uint32(len(x.scenes))
	x.scenes, x.parents = append(x.scenes, s), append(x.parents, parent)
	x.queues[spent] = append(x.queues[spent], x.end)
	return true
}

// before is the place for the budgets with which the sides of s were visited.
func (x *explorer) before(s scene) *budgets {
	sides, rows := s.sides(), &x.seen[s>>60]
	*rows = reaching(*rows, sides[0])
	row := &(*rows)[sides[0]]
	*row = reaching(*row, sides[1])
	return &(*row)[sides[1]]
}

// reaching is a list with a place for n, and with some more if it had none.
func reaching[T any](list []T, n number) []T {
	if more := int(n) + 1 - len(list); more > 0 {
		list = append(list, make([]T, max(more, len(list)/4))...)
	}
	return list
}

// most is the most crashes, and the most faults, that a scene has room for.
const most = 3

// budgets are those with which two sides were visited: a bit for each number
// of faults left, four of them for each number of crashes left.
type budgets uint16

// add notes a visit, and reports whether there was none with at least that much.
func (b *budgets) add(crashes, faults uint8) bool {
	if *b&(0x1111*(0xf<<faults&0xf))>>(4*crashes)<<(4*crashes) != 0 {
		return false
	}
	*b |= 1 << (4*crashes + faults)
	return true
}

// holds returns the rule that a scene breaks.
func (x *explorer) holds(s scene) rule {
	n := s.sides()
	first, second := &x.sides[n[0]], &x.sides[n[1]]
	return cmp.Or(first.broken, second.broken, x.judgeSale(first, second))
}

// begins returns the rule that a new attempt breaks (design 3.11).
func (x *explorer) begins(before, s scene) rule {
	if last := before.sides(); !x.lenient && last[1] == 0 && s.sides()[1] != 0 && !x.sides[last[0]].settled {
		return ruleRescan
	}
	return lawKept
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
		if m.clock {
			all("the till starts again, after its clock was set on by an hour", startedOn, crashes, false)
			all("the till starts again, after its clock was set back by an hour", startedBack, crashes, false)
		}
	} else if crashes > 0 && sides[0] != 0 {
		all("the till crashes", crashed, crashes-1, true)
		all("a second till is started on the same journal", doubled, crashes-1, false)
	}
	for i, n := range sides {
		if i == 1 && n == 0 && !m.sides[sides[0]].rescan[bit(m.strict)] {
			continue
		}
		for _, step := range m.moves(n, down) {
			if step.crashes <= crashes && step.faults <= faults && (i > 0 || !step.second) {
				next := sides
				next[i] = step.to
				yield(i+1, step, newScene(next, crashes-step.crashes, faults-step.faults, down))
			}
		}
	}
}

// stuck counts the sides that were reached and from which no end can be
// reached without one more crash or fault, whoever helps (L1), and ends the
// trace at the first. The till has to get there by itself, or come to tell a
// person that it cannot, because the 7 days are over and the money is there;
// with that person's help there has to be an end too. The sides of a sale come
// to rest independently, so it is enough to look at them one by one; a till
// that is down can always be started.
func (x *explorer) stuck() (n int) {
	reached := make([]bool, len(x.sides))
	for _, s := range x.scenes {
		for _, n := range s.sides() {
			reached[n] = reached[n] || !s.down()
		}
	}
	helped := x.ends(reached, func(n *node) bool { return n.rests }, true)
	alone := x.ends(reached, func(n *node) bool { return n.rests || n.told }, false)
	lost := func(i number) bool { return reached[i] && !(helped[i] && alone[i]) }
	for i := range reached {
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

// ends tells from which of the sides an end can be reached at no cost, by chance or without.
func (x *explorer) ends(among []bool, end func(*node) bool, chance bool) []bool {
	ends := make([]bool, len(among))
	for changed := true; changed; {
		changed = false
		for i := len(ends) - 1; i >= 0; i-- {
			if among[i] && !ends[i] {
				ends[i] = end(&x.sides[i]) || slices.ContainsFunc(x.moves(number(i), false), func(m move) bool {
					return m.crashes == 0 && m.faults == 0 && (chance || !m.chance) && ends[m.to]
				})
				changed = changed || ends[i]
			}
		}
	}
	return ends
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
			text += ": " + string(finding(x.real.events[m.says]))
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

// finding is what an answer lets us conclude; empty for every other event.
func finding(e Event) Finding {
	switch e := e.(type) {
	case SubmitAnswered:
		return e.Answer.Finding
	case QueryAnswered:
		return e.Answer.Finding
	case RevokeAnswered:
		return e.Answer.Finding
	}
	return ""
}
