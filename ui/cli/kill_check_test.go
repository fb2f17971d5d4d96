package cli

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cashier/pos"
	"cashier/wechat/sim"
)

// killRule is something that holds however often a till is killed.
type killRule string

const (
	ruleKept  killRule = "an acknowledged entry is in the journal, as it was"
	ruleOnce  killRule = "an order is submitted once"
	ruleCode  killRule = "an auth code is charged once"
	ruleKnown killRule = "every order at the gateway is in the journal"
	ruleChain killRule = "the chain is whole, and every fold is its projection"
	ruleEnds  killRule = "every sale ends, and every watch behind it"
	rulePaid  killRule = "the gateway keeps the money of what is paid, and of nothing else"
	ruleSale  killRule = "a sale is paid once"
	ruleAlive killRule = "a till ends when it is killed or has nothing to do, and not by itself"
	rulePoint killRule = "every point is reached"
)

// killResult is what became of a floor, or of all of them.
type killResult struct {
	random    int            // kills
	points    map[string]int // kills, by point
	children  int
	acked     int // entries
	sales     int
	states    map[pos.State]int // of attempts
	attention map[pos.Attention]int
	broken    map[killRule][]string
}

func newKillResult() *killResult {
	return &killResult{points: map[string]int{}, states: map[pos.State]int{}, attention: map[pos.Attention]int{}, broken: map[killRule][]string{}}
}

func (r *killResult) broke(rule killRule, format string, args ...any) {
	r.broken[rule] = append(r.broken[rule], fmt.Sprintf(format, args...))
}

// ended counts a life, and reports whether it ended as planned.
func (r *killResult) ended(l *life, killed bool) bool {
	point := l.Point
	if l.wire != "" {
		point = "wire/" + l.wire
	}
	switch {
	case !killed:
		return l.leave
	case point == "" && !l.leave:
		r.random++
	case l.reached.Load():
		r.points[point]++
	default: // it took too long
		return false
	}
	return true
}

// add is the sum of two floors.
func (r *killResult) add(o *killResult) {
	r.random, r.children, r.acked, r.sales = r.random+o.random, r.children+o.children, r.acked+o.acked, r.sales+o.sales
	addCounts(r.points, o.points)
	addCounts(r.states, o.states)
	addCounts(r.attention, o.attention)
	for rule, how := range o.broken {
		r.broken[rule] = append(r.broken[rule], how...)
	}
}

func addCounts[K comparable](sum, more map[K]int) {
	for k, n := range more {
		sum[k] += n
	}
}

// atPoints is how many kills were at a named point.
func (r *killResult) atPoints() (n int) {
	for _, k := range r.points {
		n += k
	}
	return n
}

// String is the table of figures.
func (r *killResult) String() string {
	attempts := 0
	for _, n := range r.states {
		attempts += n
	}
	return fmt.Sprintf(`%d kills at random, %d at %d named points, %d children
%d acknowledged entries, %d lost
%d sales in %d attempts: %s; needing attention: %s
%d orders sent twice, %d codes charged twice, %d orders unknown to the journal, %d breaks of the chain, %d not ended, %d ended wrong, %d sales paid twice`,
		r.random, r.atPoints(), len(r.points), r.children, r.acked, len(r.broken[ruleKept]),
		r.sales, attempts, counts(r.states), counts(r.attention),
		len(r.broken[ruleOnce]), len(r.broken[ruleCode]), len(r.broken[ruleKnown]), len(r.broken[ruleChain]),
		len(r.broken[ruleEnds]), len(r.broken[rulePaid]), len(r.broken[ruleSale]))
}

func counts[K ~string](m map[K]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%d %s", m[k], k))
	}
	return strings.Join(parts, ", ")
}

// checkEntries looks for each entry that was acknowledged, in the table itself.
func (f *killFloor) checkEntries() {
	db, err := sql.Open("sqlite", "file:"+f.journal()+"?mode=ro")
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT seq, order_no, name FROM events")
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	kept := map[int64]ack{}
	for rows.Next() {
		var a ack
		if err := rows.Scan(&a.seq, &a.no, &a.name); err != nil {
			f.t.Fatal(err)
		}
		kept[a.seq] = a
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	for _, a := range f.acked {
		if kept[a.seq] != a {
			f.result.broke(ruleKept, "acknowledged: %s; in the journal: %s", a, kept[a.seq])
		}
	}
}

// all lists every attempt.
func (f *killFloor) all(reader pos.Reader) (list []pos.Summary) {
	const page = 1000
	for before := int64(0); ; {
		some, err := reader.List(context.Background(), pos.Filter{Before: before, Limit: page})
		if err != nil {
			f.t.Fatal(err)
		}
		list = append(list, some...)
		if len(some) < page {
			return list
		}
		before = some[page-1].First
	}
}

// checkGateway looks at everything that reached the gateway.
func (f *killFloor) checkGateway(list []pos.Summary) {
	known := map[string]bool{}
	for _, s := range list {
		known[string(s.OrderNo)] = true
	}
	submitted, ordered := map[string]bool{}, map[string]int{}
	for _, c := range f.sim.Calls() {
		if c.Op == sim.OnUnifiedOrder {
			ordered[c.OrderNo]++
		} else if c.Op != sim.OnQuickPay {
			continue
		}
		submitted[c.OrderNo] = true
		if strings.Contains(c.Answer, "AUTH_CODE_ERROR") {
			f.result.broke(ruleCode, "%s was submitted with a code that was charged before", c.OrderNo)
		}
	}
	for no := range submitted {
		if n := f.sim.Seen(no) + ordered[no]; n > 1 {
			f.result.broke(ruleOnce, "%s was submitted %d times", no, n)
		}
		if !known[no] {
			f.result.broke(ruleKnown, "%s is not in the journal", no)
		}
	}
}

// checkSales holds every attempt against the gateway's truth.
func (f *killFloor) checkSales(list []pos.Summary) {
	paid := map[pos.SaleID]int{}
	for _, s := range list {
		f.result.states[s.State]++
		if s.Attention != "" {
			f.result.attention[s.Attention]++
		}
		truth, _ := f.sim.Order(string(s.OrderNo))
		switch kept := truth.Kept() || s.State == pos.Paid && truth.State == sim.Refund; {
		case s.Open():
			f.result.broke(ruleEnds, "%s of %s is %s, watched: %v", s.OrderNo, s.Amount, s.State, s.Watch)
		case s.State == pos.Paid && !s.Refunding && truth.Refunded != s.Refunded:
			f.result.broke(rulePaid, "%s of %s: %d given back, and at the gateway %d", s.OrderNo, s.Amount, s.Refunded, truth.Refunded)
		case kept != (s.State == pos.Paid), kept && truth.Minor != s.Amount.Minor:
			f.result.broke(rulePaid, "%s of %s is %s %s, and at the gateway %s of %d", s.OrderNo, s.Amount, s.State, s.Reason, truth.State, truth.Minor)
		}
		if paid[s.Sale] += count(s.State == pos.Paid); paid[s.Sale] == 2 {
			f.result.broke(ruleSale, "%s", s.Sale)
		}
	}
	f.result.sales = len(paid)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
