package pos

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// plainPINs keeps PINs as they are: Argon2id is another package's.
type plainPINs struct{}

func (plainPINs) Hash(pin string) string        { return "kept " + pin }
func (plainPINs) Matches(hash, pin string) bool { return hash == "kept "+pin }

// officeBooks is a journal in memory with everything that a manager reads of one.
type officeBooks struct{ *memory }

func (l officeBooks) Totals(context.Context, string) ([]Total, error)               { return nil, nil }
func (l officeBooks) Hours(context.Context, string, *time.Location) ([]Hour, error) { return nil, nil }
func (l officeBooks) BillNotes(context.Context) ([]Entry, error)                    { return nil, nil }

func (l officeBooks) People(context.Context) (people []Person, _ error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		if e.Person == nil {
			continue
		}
		people = slices.DeleteFunc(people, func(p Person) bool { return p.Name == e.Person.Name })
		people = append(people, *e.Person)
	}
	slices.SortFunc(people, func(a, b Person) int { return strings.Compare(a.Name, b.Name) })
	return people, nil
}

func (l officeBooks) Closings(context.Context) (all []Closing, _ error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range slices.Backward(l.entries) {
		if z, closed := e.Event.(ShiftClosed); closed {
			all = append(all, z.Closing)
		}
	}
	return all, nil
}

func (l officeBooks) Running(ctx context.Context) (Closing, error) {
	before, _ := l.Closings(ctx)
	l.mu.Lock()
	upto := int64(len(l.entries))
	l.mu.Unlock()
	c := NewClosing(append(before, Closing{})[0], upto, fmt.Sprintf("head of %d", upto))
	l.mu.Lock()
	for _, e := range l.entries[c.After:upto] {
		if n, ok := e.Event.(Noted); ok && n.Name == notedOpened {
			c.OpenedAt, c.OpenedBy = e.At, n.Detail["by"]
		}
	}
	l.mu.Unlock()
	for _, a := range l.all() {
		entries, err := l.Timeline(ctx, a.OrderNo)
		if err != nil {
			return c, err
		}
		if entries[len(entries)-1].Seq <= c.After && !slices.Contains(c.Owed(), a.OrderNo) {
			continue
		}
		if err := c.Add(entries); err != nil {
			return c, err
		}
	}
	c.End()
	return c, nil
}

// inOffice opens a till in a bubble at which a manager "m" and a cashier "c" work.
func inOffice(t *testing.T, w *world, f func(t *testing.T, o *Office, till *Till, j *memory)) {
	inBubble(t, w, func(t *testing.T, till *Till, j *memory) {
		o := NewOffice(till, officeBooks{j}, plainPINs{})
		must(t, o.Employ(t.Context(), Person{}, "m", RoleManager, "274913"))
		must(t, o.Employ(t.Context(), Person{Name: "m"}, "c", RoleCashier, "305917"))
		f(t, o, till, j)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// notes are the till's own entries, each with what is told in it.
func (m *memory) notes() (all []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.entries {
		if n, ok := e.Event.(Noted); ok && n.Name != "started" {
			d := n.Detail
			all = append(all, strings.Join(strings.Fields(fmt.Sprint(n.Name, " ", d["who"], d["by"], " ", d["permission"], " ", d["about"])), " "))
		}
	}
	return all
}
