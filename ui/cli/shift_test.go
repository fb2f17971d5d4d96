package cli

import (
	"database/sql"
	"strings"
	"testing"
)

// Reliability 6.1: the whole journal is verified at each closing. What is found is
// said and is exit 7, and the Z stands all the same.
func TestShiftZ_VerifiesTheWholeJournal(t *testing.T) {
	f := newShopFloor(t)
	f.pays()
	if exit, _, messages := f.gives("", "shift", "z"); exit != exitDone {
		t.Fatalf("exit status %d\n%s", exit, messages)
	}
	f.pays()
	db, err := sql.Open("sqlite", f.journal())
	if err != nil {
		t.Fatal(err)
	}
	// Of the first sale, which is older than the last closing.
	if _, err := db.Exec(`UPDATE payments SET amount_minor = amount_minor - 1 WHERE first_seq = (SELECT min(first_seq) FROM payments)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	exit, _, messages := f.gives("", "shift", "z")
	if exit != exitDifferences || !strings.Contains(messages, "payments says otherwise about") || !strings.Contains(messages, "closing 2 stands") {
		t.Errorf("exit status %d\n%s", exit, messages)
	}
	if exit, _, messages := f.gives("", "shift", "show", "2"); exit != exitDone {
		t.Errorf("show: exit status %d\n%s", exit, messages)
	}
}

// A day is closed without a key, a certificate or a network.
func TestShift_NeedsNoCredentials(t *testing.T) {
	f := newShopFloor(t)
	f.pays()
	f.server.Close()
	f.write("wechat.key", "")
	for _, args := range []string{"shift open --by 2", "shift x", "shift z --by 2", "shift show 1", "staff add anna --role manager --new-pin-fd 0", "staff list"} {
		if exit, _, messages := f.gives(rightPIN, strings.Fields(args)...); exit != exitDone {
			t.Errorf("%s: exit status %d\n%s", args, exit, messages)
		}
	}
}

// Every reader of shifts and people works beside a till that holds the lock; what
// writes is refused with the owner's pid.
func TestShift_BesideATillThatSells(t *testing.T) {
	f := newShopFloor(t)
	s, err := (&machine{env: map[string]string{"HOME": f.home}}).open(t.Context(), flags{config: f.config()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for args, want := range map[string]int{
		"shift x": exitDone, "shift list": exitDone, "staff list": exitDone, "journal --events": exitDone,
		"shift z": exitJournal, "shift open": exitJournal, "staff add anna --role manager --new-pin-fd 0": exitJournal,
		"void K1261122020R000001 --reason cold": exitJournal,
	} {
		if exit, _, messages := f.gives(rightPIN, strings.Fields(args)...); exit != want {
			t.Errorf("%s: exit status %d, want %d\n%s", args, exit, want, messages)
		}
	}
}
