package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cashier/pos"
)

// checkStaff refuses what no PIN has to be asked for.
func checkStaff(name, role string, by approval, newPIN int) error {
	if err := errors.Join(pos.CheckName(name), checkText("--by", by.by, pos.MaxNameBytes)); err != nil {
		return err
	}
	if newPIN >= 0 && newPIN == by.pinFD {
		return refuse("hand over two", "--pin-fd and --new-pin-fd are the same file descriptor")
	}
	return oneOf("the role", role, string(pos.RoleCashier), string(pos.RoleManager))
}

// person is somebody who works here.
func (s *shop) person(ctx context.Context, name string) (pos.Person, error) {
	people, err := s.office.People(ctx)
	if err != nil {
		return pos.Person{}, err
	}
	i := slices.IndexFunc(people, func(p pos.Person) bool { return p.Name == name })
	if i < 0 {
		return pos.Person{}, refuse("cashier staff list lists who works here", "nobody here is called %q", name)
	}
	return people[i], nil
}

// addPerson names somebody.
func (s *shop) addPerson(ctx context.Context, m *machine, by approval, name string, role pos.Role, newPIN int) error {
	people, err := s.office.People(ctx)
	if err == nil {
		err = canAdd(people, name, role)
	}
	if err != nil {
		return err
	}
	who, err := s.who(ctx, m, by, pos.MayManageStaff, name)
	if err != nil {
		return err
	}
	pin, err := m.readNewPIN(newPIN, name)
	if err != nil {
		return err
	}
	err = s.office.Employ(ctx, who, name, role, pin)
	if err == nil {
		m.say("%s works here now, as a %s", name, role)
	}
	return err
}

// canAdd refuses, before any PIN is asked for, to name somebody twice or to begin
// with a cashier.
func canAdd(people []pos.Person, name string, role pos.Role) error {
	switch {
	case len(people) == 0 && role != pos.RoleManager:
		return refuse("name a manager first: cashier staff add NAME --role manager", "the first person has to be a manager")
	case slices.ContainsFunc(people, func(p pos.Person) bool { return p.Name == name }):
		return refuse("cashier staff pin and cashier staff role change them", "%s is named already", name)
	}
	return nil
}

// changePIN gives somebody another PIN.
func (s *shop) changePIN(ctx context.Context, m *machine, by approval, name string, newPIN int) error {
	p, err := s.person(ctx, name)
	if err != nil {
		return err
	}
	who, err := s.changesPIN(ctx, m, by, name)
	if err != nil {
		return err
	}
	pin, err := m.readNewPIN(newPIN, name)
	if err != nil {
		return err
	}
	err = s.office.Employ(ctx, who, name, p.Role, pin)
	if err == nil {
		m.say("the PIN of %s is changed", name)
	}
	return err
}

// changesPIN is who gives somebody another PIN: a manager, or they themselves,
// for which nobody needs a permission.
func (s *shop) changesPIN(ctx context.Context, m *machine, by approval, name string) (pos.Person, error) {
	if by.by != name {
		return s.who(ctx, m, by, pos.MayManageStaff, name)
	}
	pin, err := m.readPIN(by.pinFD, "PIN of "+name)
	if err != nil {
		return pos.Person{}, err
	}
	return s.office.SignIn(ctx, name, pin, "own PIN")
}

// changeRole makes somebody a cashier or a manager.
func (s *shop) changeRole(ctx context.Context, m *machine, by approval, name string, role pos.Role) error {
	return s.changePerson(ctx, m, by, name, fmt.Sprintf("%s is a %s now", name, role), func(who pos.Person) error {
		return s.office.Employ(ctx, who, name, role, "")
	})
}

// removePerson takes away everything somebody may do.
func (s *shop) removePerson(ctx context.Context, m *machine, by approval, name string) error {
	return s.changePerson(ctx, m, by, name, name+" works here no more", func(who pos.Person) error {
		return s.office.Dismiss(ctx, who, name)
	})
}

// changePerson has a manager change somebody who works here, and says what has become of it.
func (s *shop) changePerson(ctx context.Context, m *machine, by approval, name, done string, change func(who pos.Person) error) error {
	if _, err := s.person(ctx, name); err != nil {
		return err
	}
	who, err := s.who(ctx, m, by, pos.MayManageStaff, name)
	if err == nil {
		err = change(who)
	}
	if err == nil {
		m.say("%s", done)
	}
	return err
}

// readNewPIN reads a PIN that somebody will have, on the terminal twice.
func (m *machine) readNewPIN(fd int, name string) (string, error) {
	pin, err := m.readPIN(fd, "new PIN of "+name)
	if err == nil {
		err = pos.CheckPIN(pin)
	}
	if err != nil || fd >= 0 {
		return pin, err
	}
	again, err := m.readPIN(fd, "the same again")
	if err == nil && again != pin {
		err = refuse("type the same twice", "these are two PINs")
	}
	return pin, err
}
