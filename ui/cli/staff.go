package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
)

func (m *machine) staffCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "staff",
		Short: "Name who works at this till: cashiers and managers, with PINs",
		Long: `Names who works at this till. The first one has to be a manager. From then on
refund, void, the closing of a shift, the revoke of another cashier's sale and any
change here need a manager's PIN, and everybody signs in at the screen. Where
nobody was ever named nothing asks for a PIN.

A PIN has 6 to 12 digits. After the third wrong one in a row the till waits for
1 s, after the fourth for 2 s, from the fifth on for 15 minutes, also when it is
started again. Everybody may change their own PIN.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return refuse("cashier staff list|add|pin|role|remove", "cashier staff wants a word")
		},
	}
	c.AddCommand(m.staffListCommand(f), m.staffAddCommand(f), m.staffPINCommand(f), m.staffRoleCommand(f), m.staffRemoveCommand(f))
	return c
}

func (m *machine) staffListCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List who works here, and whose PIN is locked",
		Long: `Lists who works here, their roles, and until when a PIN is locked because too
many were wrong. It needs no lock and no PIN.

With --json: name, role and locked_until (empty: not locked).`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return m.reading(c.Context(), *f, func(r *storage.Reader, p printer) error {
				people, err := r.People(c.Context())
				if err != nil {
					return err
				}
				return p.staff(people, time.Now())
			})
		},
	}
}

// personRecord is somebody in --json.
type personRecord struct {
	Name        string   `json:"name"`
	Role        pos.Role `json:"role"`
	LockedUntil string   `json:"locked_until"`
}

// staff prints who works here, never a PIN.
func (p printer) staff(people []pos.Person, now time.Time) error {
	for _, who := range people {
		if who.Gone {
			continue
		}
		r := personRecord{Name: who.Name, Role: who.Role}
		locked := who.Locked(now)
		if locked > 0 {
			r.LockedUntil = now.Add(locked).In(p.zone).Format(stamp)
		}
		if p.json {
			if err := writeJSON(p.out, r); err != nil {
				return err
			}
			continue
		}
		text := fmt.Sprintf("%-8s  %s", who.Role, who.Name)
		if locked > 0 {
			text += "  locked until " + now.Add(locked).In(p.zone).Format(time.TimeOnly)
		}
		if _, err := fmt.Fprintln(p.out, clean(text)); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) staffAddCommand(f *flags) *cobra.Command {
	var role string
	var by approval
	newPIN := noFD
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Name somebody, with a role and a PIN",
		Long: `Names somebody, with a role (cashier or manager) and a PIN, which is asked for
twice on the terminal or read from --new-pin-fd. The first one has to be a manager
and needs nobody's approval; everybody after that is approved by a manager.`,
		Args: takes("NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkStaff(args[0], role, by, newPIN); err != nil {
				return err
			}
			return m.inBackroom(c.Context(), *f, func(s *shop, _ printer) error {
				return s.addPerson(c.Context(), m, by, args[0], pos.Role(role), newPIN)
			})
		},
	}
	c.Flags().StringVar(&role, "role", string(pos.RoleCashier), "cashier or manager; the first is a manager")
	newPINFlag(c, &newPIN)
	approvalFlags(c, &by)
	return c
}

func (m *machine) staffPINCommand(f *flags) *cobra.Command {
	var by approval
	newPIN := noFD
	c := &cobra.Command{
		Use:   "pin NAME",
		Short: "Give somebody another PIN",
		Long: `Gives somebody another PIN, which is asked for twice on the terminal or read from
--new-pin-fd, and ends a lock. A manager approves it; with --by NAME everybody
changes their own.`,
		Args: takes("NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkStaff(args[0], string(pos.RoleCashier), by, newPIN); err != nil {
				return err
			}
			return m.inBackroom(c.Context(), *f, func(s *shop, _ printer) error {
				return s.changePIN(c.Context(), m, by, args[0], newPIN)
			})
		},
	}
	newPINFlag(c, &newPIN)
	approvalFlags(c, &by)
	return c
}

func (m *machine) staffRoleCommand(f *flags) *cobra.Command {
	var by approval
	c := &cobra.Command{
		Use:   "role NAME ROLE",
		Short: "Make somebody a cashier or a manager",
		Long:  "Makes somebody a cashier or a manager; a manager approves it. The only manager stays one.",
		Args:  takes("NAME", "ROLE"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkStaff(args[0], args[1], by, noFD); err != nil {
				return err
			}
			return m.inBackroom(c.Context(), *f, func(s *shop, _ printer) error {
				return s.changeRole(c.Context(), m, by, args[0], pos.Role(args[1]))
			})
		},
	}
	approvalFlags(c, &by)
	return c
}

func (m *machine) staffRemoveCommand(f *flags) *cobra.Command {
	var by approval
	c := &cobra.Command{
		Use:   "remove NAME",
		Short: "Take away everything somebody may do",
		Long: `Takes away everything somebody may do; a manager approves it. What they did stays
in the journal under their name. The only manager stays.`,
		Args: takes("NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkStaff(args[0], string(pos.RoleCashier), by, noFD); err != nil {
				return err
			}
			return m.inBackroom(c.Context(), *f, func(s *shop, _ printer) error {
				return s.removePerson(c.Context(), m, by, args[0])
			})
		},
	}
	approvalFlags(c, &by)
	return c
}

// noFD is no file descriptor: somebody is asked on the terminal.
const noFD = -1

func newPINFlag(c *cobra.Command, fd *int) {
	c.Flags().IntVar(fd, "new-pin-fd", noFD, "read the new PIN from this file descriptor instead of asking on the terminal")
}
