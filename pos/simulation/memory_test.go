package simulation

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"cashier/pos"
	"cashier/storage/journaltest"
)

// memory is a journal that forgets at the end of the process. It lives up to
// the same suite as the real one.
type memory struct {
	mu       sync.Mutex
	entries  []pos.Entry
	byOrder  map[pos.OrderNo][]int // places in entries
	orders   []pos.OrderNo         // oldest first
	codes    map[string]pos.OrderNo
	counters map[string]int // by till and day
	people   map[string]pos.Person
	closed   int // the number of the last closing
}

func newMemory() *memory {
	return &memory{byOrder: map[pos.OrderNo][]int{}, codes: map[string]pos.OrderNo{}, counters: map[string]int{}, people: map[string]pos.Person{}}
}

// TestMemory holds the double to the contract of every journal.
func TestMemory(t *testing.T) {
	journaltest.Run(t, func(testing.TB) pos.Journal { return newMemory() })
}

func (m *memory) Append(_ context.Context, e pos.Entry) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e.Seq = int64(len(m.entries) + 1)
	if err := m.refuse(e); err != nil {
		return 0, &pos.Error{Kind: pos.KindConflict, Err: err}
	}
	if e.OrderNo != "" {
		m.byOrder[e.OrderNo] = append(m.byOrder[e.OrderNo], len(m.entries))
	}
	if intent, begins := e.Event.(pos.Intended); begins {
		m.orders = append(m.orders, e.OrderNo)
		m.codes[intent.Fingerprint] = e.OrderNo
		m.counters[intent.Till+e.Day] = max(m.counters[intent.Till+e.Day], intent.Counter)
	}
	if z, closes := e.Event.(pos.ShiftClosed); closes {
		m.closed = z.Number
	}
	if e.Person != nil {
		m.people[e.Person.Name] = *e.Person
	}
	m.entries = append(m.entries, e)
	return e.Seq, nil
}

// refuse is the compare-and-set of pos.Journal.
func (m *memory) refuse(e pos.Entry) error {
	if z, closes := e.Event.(pos.ShiftClosed); closes && (z.Number != m.closed+1 || z.Upto != e.Seq-1) {
		return errors.New("the closing does not follow")
	}
	if e.OrderNo == "" {
		return nil
	}
	var newest int64
	if own := m.byOrder[e.OrderNo]; len(own) > 0 {
		newest = m.entries[own[len(own)-1]].Seq
	}
	intent, begins := e.Event.(pos.Intended)
	switch {
	case begins == (newest != 0) || newest != e.After.Seq:
		return errors.New("decided on an old entry")
	case begins && intent.Fingerprint != "" && m.codes[intent.Fingerprint] != "":
		return errors.New("the auth code was used before")
	}
	return nil
}

func (m *memory) Incarnation() string    { return "51MU" }
func (m *memory) FingerprintKey() []byte { return []byte("a key of thirty-two bytes, or so") }

func (m *memory) Timeline(_ context.Context, no pos.OrderNo) ([]pos.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.timeline(no)
}

func (m *memory) timeline(no pos.OrderNo) ([]pos.Entry, error) {
	own := m.byOrder[no]
	if len(own) == 0 {
		return nil, &pos.Error{Kind: pos.KindNotFound, Err: errors.New("no such order")}
	}
	entries := make([]pos.Entry, len(own))
	for i, place := range own {
		entries[i] = m.entries[place]
	}
	return entries, nil
}

func (m *memory) Attempt(_ context.Context, no pos.OrderNo) (pos.Attempt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fold(no)
}

func (m *memory) fold(no pos.OrderNo) (pos.Attempt, error) {
	own, err := m.timeline(no)
	if err != nil {
		return pos.Attempt{}, err
	}
	return pos.Fold(own)
}

// summary is the attempt as its newest entry left it.
func (m *memory) summary(no pos.OrderNo) pos.Summary {
	own := m.byOrder[no]
	s := m.entries[own[len(own)-1]].After.Summary
	s.First, s.Seq = m.entries[own[0]].Seq, m.entries[own[len(own)-1]].Seq
	return s
}

func (m *memory) Open(context.Context) ([]pos.Attempt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var open []pos.Attempt
	for _, no := range m.orders {
		if !m.summary(no).Busy() {
			continue
		}
		a, err := m.fold(no)
		if err != nil {
			return nil, err
		}
		open = append(open, a)
	}
	return open, nil
}

func (m *memory) List(_ context.Context, f pos.Filter) ([]pos.Summary, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []pos.Summary
	for _, no := range slices.Backward(m.orders) {
		s := m.summary(no)
		if m.selects(f, s) && len(list) < cmp.Or(f.Limit, 50) {
			list = append(list, s)
		}
	}
	return list, nil
}

func (m *memory) selects(f pos.Filter, s pos.Summary) bool {
	for _, miss := range []bool{
		f.Day != "" && f.Day != m.entries[m.byOrder[s.OrderNo][0]].Day,
		!f.From.IsZero() && s.CreatedAt.Before(f.From),
		!f.To.IsZero() && !s.CreatedAt.Before(f.To),
		len(f.States) > 0 && !slices.Contains(f.States, s.State),
		f.Attention && s.Attention == "",
		f.Cashier != "" && f.Cashier != s.Cashier,
		f.Till != "" && f.Till != s.Till,
		f.Sale != "" && f.Sale != s.Sale,
		f.Currency != "" && f.Currency != s.Amount.Currency,
		f.Minor != 0 && f.Minor != s.Amount.Minor,
		s.First <= f.After,
		f.Upto != 0 && s.First > f.Upto,
		f.Before != 0 && s.First >= f.Before,
		f.Find != "" && !finds(s, strings.ToLower(strings.TrimSpace(f.Find))),
	} {
		if miss {
			return false
		}
	}
	return true
}

func finds(s pos.Summary, text string) bool {
	for _, field := range []string{string(s.OrderNo), s.TransactionID, s.Ref} {
		if strings.Contains(strings.ToLower(field), text) {
			return true
		}
	}
	return text == s.Amount.Decimal() || text == strconv.FormatInt(s.Amount.Minor, 10)
}

func (m *memory) Attentions(ctx context.Context) (int, error) {
	list, err := m.List(ctx, pos.Filter{Attention: true, Limit: math.MaxInt})
	return len(list), err
}

func (m *memory) FindCode(_ context.Context, fingerprint string) (pos.OrderNo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.codes[fingerprint], nil
}

func (m *memory) EndsRun(_ context.Context, seq int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return seq == int64(len(m.entries)) || m.entries[seq].Run != m.entries[seq-1].Run, nil
}

func (m *memory) LastCounter(_ context.Context, till, day string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counters[till+day], nil
}

// People are those of pos.Books, by name.
func (m *memory) People(context.Context) ([]pos.Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.people), func(a, b pos.Person) int { return cmp.Compare(a.Name, b.Name) }), nil
}
