package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// employed are two people, of whom the manager looks at the page.
func employed(t *testing.T, d *reviewDesk) {
	t.Helper()
	o, boss := d.r.o.Office, pos.Person{Name: "anna", Role: pos.RoleManager}
	for _, err := range []error{o.Employ(t.Context(), pos.Person{}, "anna", pos.RoleManager, "274913"),
		o.Employ(t.Context(), boss, "cashier 2", pos.RoleCashier, "305917")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	d.hand("5")
	d.wait(time.Second)
}

// person is how somebody stands.
func (d *reviewDesk) person(name string) pos.Person {
	people, _ := d.books.People(d.t.Context())
	i := slices.IndexFunc(people, func(p pos.Person) bool { return p.Name == name })
	if i < 0 {
		return pos.Person{}
	}
	return people[i]
}

// A manager names people, gives them PINs and roles, and takes them away again.
func TestPeopleAreNamedChangedAndTakenAway(t *testing.T) {
	inReview(t, reviewWith{}, func(d *reviewDesk) {
		employed(t, d)
		d.hand("a")
		d.hand("cashier 3")
		d.press(tea.KeyEnter)
		d.hand("862075")
		if frame := d.frame(); strings.Contains(frame, "862") || !strings.Contains(frame, "******") {
			t.Errorf("the PIN is shown:\n%s", frame)
		}
		d.press(tea.KeyEnter)
		d.hand("862075")
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		if p := d.person("cashier 3"); p.Role != pos.RoleCashier || p.PIN != "kept 862075" {
			t.Fatalf("named: %+v\n%s", p, d.frame())
		}
		d.press(tea.KeyDown, tea.KeyDown)
		d.hand("r")
		d.wait(time.Second)
		d.hand("y")
		d.wait(time.Second)
		if p := d.person("cashier 3"); p.Role != pos.RoleManager {
			t.Errorf("a new role: %+v\n%s", p, d.frame())
		}
		d.hand("x")
		d.wait(time.Second)
		d.hand("n")
		d.wait(time.Second)
		if p := d.person("cashier 3"); p.Gone {
			t.Error("taken away by n")
		}
		d.hand("x")
		d.wait(time.Second)
		d.hand("y")
		d.wait(time.Second)
		if p := d.person("cashier 3"); !p.Gone {
			t.Errorf("taken away: %+v\n%s", p, d.frame())
		}
	})
}

// A name that is taken is not given to somebody else: a manager would become a cashier.
func TestANameIsGivenOnce(t *testing.T) {
	inReview(t, reviewWith{}, func(d *reviewDesk) {
		employed(t, d)
		d.hand("a")
		d.hand("anna")
		d.press(tea.KeyEnter)
		d.hand("862075")
		d.press(tea.KeyEnter)
		d.hand("862075")
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		if p := d.person("anna"); p.Role != pos.RoleManager || p.PIN != "kept 274913" {
			t.Errorf("changed: %+v", p)
		}
	})
}

// Two PINs that differ, or one that everybody tries first, are refused in the form.
func TestPINOfSomebodyIsTypedTwice(t *testing.T) {
	inReview(t, reviewWith{}, func(d *reviewDesk) {
		employed(t, d)
		d.press(tea.KeyDown)
		d.hand("p")
		for _, try := range []struct{ first, again, says string }{{"123456", "123456", "Choose 6 to 12"}, {"862075", "862076", "differ"}} {
			d.press(tea.KeyUp, tea.KeyCtrlU)
			d.hand(try.first)
			d.press(tea.KeyEnter, tea.KeyCtrlU)
			d.hand(try.again)
			d.press(tea.KeyEnter)
			d.wait(time.Second)
			if !strings.Contains(d.frame(), try.says) || d.person("cashier 2").PIN != "kept 305917" {
				t.Errorf("%s and %s:\n%s", try.first, try.again, d.frame())
			}
		}
	})
}

// Whoever only looks is offered nothing and changes nothing.
func TestPeopleAreOnlyLookedAtWithoutAPIN(t *testing.T) {
	inReview(t, reviewWith{readOnly: true}, func(d *reviewDesk) {
		d.hand("5")
		before := len(d.books.entries)
		d.hand("apxry")
		d.wait(time.Second)
		if len(d.books.entries) != before || strings.Contains(d.frame(), "add") {
			t.Errorf("something was done, or offered:\n%s", d.frame())
		}
	})
}
