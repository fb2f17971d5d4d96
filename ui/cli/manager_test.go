//go:build unix

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cashier/ui"
)

// Issue 5: whoever may read the journal reviews it, without lock and PIN, while a
// till sells: the till holds the lock, and the sale in front of it goes on.
func TestManager_BesideATillThatSells(t *testing.T) {
	f := newShopFloor(t)
	till := sellsInDoubt(t, f)
	manager := onTerminal(t, f.command("manager"))
	manager.sees("0.40")
	manager.types("\x03")
	manager.ends("0")
	if !strings.Contains(manager.drawn(), "\x1b[?1049l") {
		t.Error("the terminal is not restored")
	}
	till.sees("REVOKED")
	till.types("\x03")
	till.ends("0")
}

// The review screen needs a terminal; what prints the same is named.
func TestManager_NeedsATerminal(t *testing.T) {
	f := newShopFloor(t)
	exit, _, messages := f.gives("", "manager")
	if exit != exitUsage || !strings.Contains(messages, "needs a terminal") || !strings.Contains(messages, "hint: cashier journal") {
		t.Errorf("exit status %d\n%s", exit, messages)
	}
}

// Saved views come back, are nobody else's to read, and a file that is none of
// ours costs a message and not the screen.
func TestViews(t *testing.T) {
	home := t.TempDir()
	var said bytes.Buffer
	m := &machine{stderr: &said, env: map[string]string{"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state")}}
	path := m.viewsFile()
	if views := m.readViews(path); views != nil || said.Len() > 0 {
		t.Errorf("before any was saved: %v, %s", views, said.String())
	}
	want := []ui.View{{Name: "open", Filter: "state=open"}, {Name: "茶", Filter: "find=茶"}}
	for range 2 { // the second replaces the first
		if err := writeViews(path, want); err != nil {
			t.Fatal(err)
		}
	}
	if got := m.readViews(path); !reflect.DeepEqual(got, want) || said.Len() > 0 {
		t.Errorf("%v, %s", got, said.String())
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	for _, text := range []string{"", "{", `{"views":1}`, "[1]"} {
		said.Reset()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if views := m.readViews(path); views != nil || !strings.Contains(said.String(), "the saved views cannot be read") {
			t.Errorf("%q: %v, %s", text, views, said.String())
		}
	}
}
