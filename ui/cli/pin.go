package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"cashier/pos"
)

// approval is who stands behind a command that not everybody may give.
type approval struct {
	by    string
	pinFD int
}

// approvalFlags are those of a command that asks for a PIN once people exist.
func approvalFlags(c *cobra.Command, a *approval) {
	c.Flags().StringVar(&a.by, "by", "", "who approves it; asked for a PIN once people are named (cashier staff)")
	c.Flags().IntVar(&a.pinFD, "pin-fd", -1, "read the PIN from this file descriptor instead of asking on the terminal")
}

// who is the person behind a command, with the permission for it. Where nobody
// was ever named it is whoever calls themselves so. A manager who is the only
// one need not say who they are.
func (s *shop) who(ctx context.Context, m *machine, a approval, p pos.Permission, about string) (pos.Person, error) {
	if err := checkText("--by", a.by, pos.MaxNameBytes); err != nil {
		return pos.Person{}, err
	}
	people, err := s.office.People(ctx)
	if err != nil {
		return pos.Person{}, err
	}
	if len(people) == 0 {
		return pos.Person{Name: a.by}, nil
	}
	if a.by == "" {
		if a.by, err = onlyManager(people); err != nil {
			return pos.Person{}, err
		}
	}
	pin, err := m.readPIN(a.pinFD, "PIN of "+a.by)
	if err != nil {
		return pos.Person{}, err
	}
	who, err := s.office.SignIn(ctx, a.by, pin, string(p)+" "+about)
	if err != nil {
		return pos.Person{}, err
	}
	return who, s.office.Allow(ctx, who, p, about)
}

// onlyManager is the manager's name if there is just one.
func onlyManager(people []pos.Person) (string, error) {
	name := ""
	for _, p := range people {
		switch {
		case p.Role != pos.RoleManager:
		case name != "":
			return "", refuse("say which: --by NAME", "there is more than one manager")
		default:
			name = p.Name
		}
	}
	return name, nil
}

// readPIN reads a PIN from a file descriptor, or asks for it without an echo. No
// flag and no variable takes one: others can read those.
func (m *machine) readPIN(fd int, question string) (string, error) {
	if fd >= 0 {
		return m.pinFrom(fd)
	}
	in, isFile := m.stdin.(*os.File)
	if !isFile || !term.IsTerminal(int(in.Fd())) {
		return "", refuse("call it on a terminal, or name a file descriptor with --pin-fd", "a PIN is needed and there is nobody to ask")
	}
	fmt.Fprintf(m.stderr, "cashier: %s: ", clean(question))
	pin, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(m.stderr)
	return string(pin), err
}

// pinFrom reads the first line of a file descriptor; 0 is standard input.
func (m *machine) pinFrom(fd int) (string, error) {
	in := m.stdin
	if fd > 0 {
		if !inherited(fd) {
			return "", refuse("hand it over open for reading", "--pin-fd %d: nobody handed over such a file descriptor", fd)
		}
		f := os.NewFile(uintptr(fd), "the PIN")
		defer f.Close()
		in = f
	}
	line, err := bufio.NewReader(io.LimitReader(in, 64)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", refuse("hand it over open for reading", "--pin-fd %d: %w", fd, err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", refuse("hand over the PIN and a line end", "--pin-fd %d: there is no PIN in it", fd)
	}
	return line, nil
}
