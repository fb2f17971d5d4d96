package pos

import (
	"errors"
	"fmt"
	"testing"
)

func TestKind_String(t *testing.T) {
	for kind, want := range map[Kind]string{
		KindInvalid: "invalid", KindNotFound: "not found", KindUnavailable: "unavailable", KindConflict: "conflict",
		KindJournal: "journal", KindCredentials: "credentials", KindInternal: "internal",
		-1: "Kind(-1)", 0: "Kind(0)", KindInternal + 1: "Kind(8)",
	} {
		if got := kind.String(); got != want {
			t.Errorf("%d: got %q, want %q", int(kind), got, want)
		}
	}
}

// What was attempted stands before what was wrong; the outermost hint is the one to follow.
func TestError(t *testing.T) {
	inner := &Error{Kind: KindJournal, Err: errors.New("disk full"), Hint: "free some space"}
	outer := &Error{Kind: KindUnavailable, Op: "charge K1", Err: fmt.Errorf("write: %w", inner)}
	if inner.Error() != "disk full" || outer.Error() != "charge K1: write: disk full" {
		t.Errorf("got %q and %q", inner, outer)
	}
	if HintOf(outer) != "free some space" || KindOf(outer) != KindUnavailable {
		t.Errorf("hint %q, kind %s", HintOf(outer), KindOf(outer))
	}
	outer.Hint = "try again"
	if HintOf(outer) != "try again" || HintOf(errors.New("x")) != "" || KindOf(errors.New("x")) != KindInternal || KindOf(nil) != KindInternal {
		t.Errorf("hint %q", HintOf(outer))
	}
}
