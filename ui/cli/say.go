package cli

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"cashier/pos"
)

// Exit statuses (design 5). They are a contract: scripts use them.
const (
	exitDone        = 0 // done as asked
	exitError       = 1
	exitUsage       = 2 // usage, configuration or refused input: nothing was sent
	exitNotPaid     = 3 // failed or revoked
	exitOpen        = 4 // still open: due at the next start or by resume
	exitCredentials = 5 // key or certificate
	exitJournal     = 6 // locked, unwritable or unreadable
	exitDifferences = 7 // verify or reconcile found some
)

// status is an exit status that is no failure of the program: the answer to
// what was asked.
type status int

// Error makes a status travel as an error; it is never printed.
func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// refuse is an error about what the user gave us: exit 2, nothing was sent.
func refuse(hint, format string, args ...any) error {
	return &pos.Error{Kind: pos.KindInvalid, Err: fmt.Errorf(format, args...), Hint: hint}
}

// exitCode maps an error to the exit status of the program.
func exitCode(err error) int {
	var s status
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &s):
		return int(s)
	}
	switch pos.KindOf(err) {
	case pos.KindInvalid, pos.KindNotFound:
		return exitUsage
	case pos.KindCredentials:
		return exitCredentials
	case pos.KindConflict, pos.KindJournal:
		return exitJournal
	default:
		return exitError
	}
}

// sayError prints an error in the program's voice: lower case, no full stop,
// the hint on a line of its own. A status says nothing.
func (m *machine) sayError(err error) {
	var s status
	if err == nil || errors.As(err, &s) {
		return
	}
	fmt.Fprintf(m.stderr, "cashier: error: %s\n", clean(err.Error()))
	if hint := pos.HintOf(err); hint != "" {
		fmt.Fprintf(m.stderr, "cashier: hint: %s\n", clean(hint))
	}
}

// say prints a message for a person to standard error.
func (m *machine) say(format string, args ...any) {
	fmt.Fprintf(m.stderr, "cashier: %s\n", clean(fmt.Sprintf(format, args...)))
}

// clean takes out of a text whatever could act on a terminal: control
// characters, escapes, bidirectional overrides. Line ends stay, indented.
func clean(text string) string {
	text = strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
}
