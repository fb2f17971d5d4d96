package pos

import (
	"errors"
	"fmt"
)

// Kind says what may be done about a failure. The set is small and closed:
// each kind changes what the till or the command line does next.
type Kind int

// The kinds of failure that leave package pos or cross its ports.
const (
	KindInvalid     Kind = iota + 1 // the input is refused and nothing was sent: correct it
	KindNotFound                    // no such order in this journal
	KindUnavailable                 // not now: try again (quota used up, gateway away)
	KindConflict                    // another process holds the journal or changed the order
	KindJournal                     // the journal cannot be read or written: stop selling
	KindCredentials                 // key or certificate missing, unreadable or refused
	KindInternal                    // a bug
)

// String names the kind for logs.
func (k Kind) String() string {
	names := [...]string{"", "invalid", "not found", "unavailable", "conflict", "journal", "credentials", "internal"}
	if k < 1 || int(k) >= len(names) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return names[k]
}

// Error is any failure that leaves the till. Kind decides what happens next,
// Err has the operator's words, Hint (may be empty) says what to do about it.
type Error struct {
	Kind Kind
	Op   string // what was attempted, with its subject: "charge K1261121…"
	Err  error
	Hint string
}

// Error joins what was attempted and why it failed.
func (e *Error) Error() string {
	if e.Op == "" {
		return e.Err.Error()
	}
	return e.Op + ": " + e.Err.Error()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the outermost Error in err's chain, or
// KindInternal when there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindInternal
}

// HintOf returns the first hint in err's chain, or "".
func HintOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Hint != "" {
			return e.Hint
		}
		return HintOf(e.Err)
	}
	return ""
}

// invalid refuses input: nothing was sent, hint says what to do.
func invalid(hint, format string, args ...any) error {
	return &Error{Kind: KindInvalid, Err: fmt.Errorf(format, args...), Hint: hint}
}
