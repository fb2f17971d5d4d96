package journaltest

import (
	"context"
	"testing"
	"time"

	"cashier/pos"
)

// This file is what a journal promises an Office.

// peopled is what a Journal that is also Books tells of people.
type peopled interface {
	People(ctx context.Context) ([]pos.Person, error)
}

// changed journals that a person stands as p from now on.
func (l *till) changed(p pos.Person) int64 {
	l.t.Helper()
	seq, err := l.journal.Append(context.Background(), pos.Entry{
		At: l.now, Day: l.day(), Run: "run-1", Event: pos.Noted{Name: "staff_changed", Detail: map[string]string{"who": p.Name}}, Person: &p,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return seq
}

func testPeople(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	people := func(want ...pos.Person) {
		t.Helper()
		got, err := l.journal.(peopled).People(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "people", got, want)
	}
	people()
	two := pos.Person{Name: "cashier 2", Role: pos.RoleCashier, PIN: "kept 2", Misses: 5, MissedAt: start.Truncate(time.Millisecond)}
	one := pos.Person{Name: "cashier 1", Role: pos.RoleManager, PIN: "kept 1"}
	l.changed(two)
	l.changed(one)
	l.pay(l.begin()) // an entry about nobody changes nobody
	people(one, two)
	two.Misses, two.MissedAt, two.PIN, two.Role, two.Gone = 0, time.Time{}, "kept 3", pos.RoleManager, true
	l.changed(two)
	people(one, two)
	stale := l.entry(pos.Attempt{}, l.intent())
	stale.After.Seq, stale.Person = 99, &pos.Person{Name: "cashier 3", Role: pos.RoleManager}
	refused(t, j, stale) // with everything that came with it
	people(one, two)
	if r, ok := j.(Reopener); ok {
		l.journal = r.Reopen(t)
		people(one, two)
	}
}

func testClosings(t *testing.T, j pos.Journal) {
	l := newTill(t, j)
	closing := func(number int, after, upto int64) pos.Entry {
		return pos.Entry{At: l.now, Day: l.day(), Run: "run-1", Event: pos.ShiftClosed{Closing: pos.Closing{Number: number, After: after, Upto: upto}}}
	}
	closed := func(e pos.Entry, want int64) {
		t.Helper()
		if seq, err := j.Append(context.Background(), e); err != nil || seq != want {
			t.Fatalf("append the closing = %d, %v, want %d", seq, err, want)
		}
	}
	refused(t, j, closing(2, 0, 0)) // there is no closing 1
	closed(closing(1, 0, 0), 1)     // of a journal in which nothing ever was
	refused(t, j, closing(1, 0, 1)) // twice the same number
	a := l.begin()
	refused(t, j, closing(2, 0, 1)) // the sale came in between
	closed(closing(2, 1, a.Seq), a.Seq+1)
	refused(t, j, closing(4, a.Seq, a.Seq+1)) // a gap
	refused(t, j, closing(3, a.Seq, a.Seq+2)) // of an entry that is to come
	l.pay(a)                                  // a closing is nobody's newest entry
	if r, ok := j.(Reopener); ok {
		j = r.Reopen(t)
	}
	refused(t, j, closing(2, 1, a.Seq+2))
	closed(closing(3, a.Seq, a.Seq+2), a.Seq+3)
}
