package ui

import (
	"context"
	"slices"

	"cashier/pos"
)

// peoplePage is the last tab: who works at this till.
type peoplePage struct {
	people []pos.Person // those who left behind the others
	at     int
}

func (p *peoplePage) read(r *review) {
	books := r.o.Books
	r.ask(slotPeople, func(ctx context.Context) func() {
		people, err := books.People(ctx)
		return func() {
			if r.fails(err) {
				return
			}
			slices.SortStableFunc(people, func(a, b pos.Person) int { return gone(a) - gone(b) })
			p.people, p.at = people, min(p.at, max(len(people)-1, 0))
		}
	})
}

// gone puts those who left behind the others.
func gone(p pos.Person) int {
	if p.Gone {
		return 1
	}
	return 0
}

// chosen is the person under the pointer.
func (p *peoplePage) chosen() (who pos.Person, ok bool) {
	if p.at < len(p.people) {
		return p.people[p.at], true
	}
	return pos.Person{}, false
}

func (p *peoplePage) press(r *review, s stroke) {
	if step, moved := steps(s, len(p.people)); moved {
		p.at = min(max(p.at+step, 0), max(len(p.people)-1, 0))
		return
	}
	who, ok := p.chosen()
	switch {
	case !r.acts():
	case s.r == 'a':
		p.add(r)
	case !ok:
	case s.r == 'p':
		p.renew(r, who)
	case who.Gone:
	case s.r == 'r':
		p.promote(r, who)
	case s.r == 'x':
		p.dismiss(r, who)
	}
}

// add names somebody: the first a manager, everybody else a cashier to begin with.
func (p *peoplePage) add(r *review) {
	role := pos.RoleCashier
	if !slices.ContainsFunc(p.people, func(q pos.Person) bool { return !q.Gone }) {
		role = pos.RoleManager
	}
	f := p.form(r.say("people.add_title"), role)
	f.labels = append([]string{"signin.name"}, f.labels...)
	f.fields = append([]*field{{most: 96}}, f.fields...)
	f.done = func(r *review, texts []string) { p.employ(r, f, texts[0], role, texts[1:]) }
	r.push(f)
}

// renew gives somebody another PIN, or takes them back.
func (p *peoplePage) renew(r *review, who pos.Person) {
	f := p.form(r.say("people.pin_title", vars{"Name": clean(who.Name, 24)}), who.Role)
	f.done = func(r *review, texts []string) { p.employ(r, f, who.Name, who.Role, texts) }
	r.push(f)
}

// form asks for a PIN twice.
func (p *peoplePage) form(title string, role pos.Role) *form {
	pin := func() *field { return &field{most: pos.MaxPIN, only: "0123456789", secret: true} }
	return &form{title: title, labels: []string{"signin.pin", "signin.again"}, fields: []*field{pin(), pin()}}
}

// employ refuses what the office would refuse, in the words of the sign-in page.
func (p *peoplePage) employ(r *review, f *form, name string, role pos.Role, pins []string) {
	refuse := func(at int, key string) {
		f.at = at
		r.refuse(r.say(key))
	}
	first := len(f.fields) - 2
	switch {
	case pos.CheckName(name) != nil:
		refuse(0, "signin.name_wrong")
		return
	case first > 0 && slices.ContainsFunc(p.people, func(q pos.Person) bool { return q.Name == name && !q.Gone }):
		refuse(0, "people.known")
		return
	case pos.CheckPIN(pins[0]) != nil:
		refuse(first, "signin.weak")
		return
	case pins[0] != pins[1]:
		f.fields[first+1].clear()
		refuse(first+1, "signin.unlike")
		return
	}
	r.pop()
	p.change(r, name, role, pins[0])
}

// promote makes a cashier a manager, or a manager a cashier, after a question.
func (p *peoplePage) promote(r *review, who pos.Person) {
	role, key := pos.RoleManager, "people.ask_manager"
	if who.Role == pos.RoleManager {
		role, key = pos.RoleCashier, "people.ask_cashier"
	}
	r.confirm([]string{r.say(key, vars{"Name": clean(who.Name, 24)})}, func(r *review) { p.change(r, who.Name, role, "") })
}

func (p *peoplePage) change(r *review, name string, role pos.Role, pin string) {
	office, by, done := r.o.Office, r.o.Who, r.says(r.say("people.changed", vars{"Name": clean(name, 24)}))
	r.act(func(ctx context.Context) (func(), error) { return done, office.Employ(ctx, by, name, role, pin) })
}

// dismiss takes away everything somebody may do, after a question.
func (p *peoplePage) dismiss(r *review, who pos.Person) {
	r.confirm([]string{r.say("people.ask_gone", vars{"Name": clean(who.Name, 24)})}, func(r *review) {
		office, by, done := r.o.Office, r.o.Who, r.says(r.say("people.changed", vars{"Name": clean(who.Name, 24)}))
		r.act(func(ctx context.Context) (func(), error) { return done, office.Dismiss(ctx, by, who.Name) })
	})
}

func (p *peoplePage) hints(r *review) []hint {
	if !r.acts() {
		return nil
	}
	hints := []hint{{"a", "people.key_add"}}
	if who, ok := p.chosen(); ok {
		hints = append(hints, hint{"p", "people.key_pin"})
		if !who.Gone {
			hints = append(hints, hint{"r", "people.key_role"}, hint{"x", "people.key_gone"})
		}
	}
	return hints
}

func (p *peoplePage) lines(r *review, width, height int) []string {
	rows := []string{r.strong.Render(r.say("people.title")), ""}
	if len(p.people) == 0 {
		for _, row := range wrap(r.say("people.none"), width) {
			rows = append(rows, r.dim.Render(row))
		}
		return rows
	}
	from := max(min(p.at-(height-3)/2, len(p.people)-(height-3)), 0)
	for i := from; i < len(p.people) && len(rows) < height; i++ {
		rows = append(rows, fitMost(p.row(r, i), width))
	}
	return rows
}

// row is one person: name, role, and whether a PIN is looked at now.
func (p *peoplePage) row(r *review, i int) string {
	who := p.people[i]
	mark, name := "  ", fit(clean(who.Name, 24), 26)
	if i == p.at {
		mark, name = r.key.Render(r.pointer)+" ", r.strong.Render(name)
	}
	role := "people.cashier"
	if who.Role == pos.RoleManager {
		role = "people.manager"
	}
	line := mark + name + fit(r.say(role), 14)
	switch wait := who.Locked(r.now); {
	case who.Gone:
		line += r.dim.Render(r.say("people.gone"))
	case wait > 0:
		line += r.bad.Render(r.say("signin.locked", vars{"N": seconds(wait)}))
	case who.Misses > 0:
		line += r.wait.Render(r.say("people.misses", vars{"N": who.Misses}))
	}
	return line
}
