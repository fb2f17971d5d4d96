package cli

import (
	"context"
	"database/sql"
	"errors"
	"testing"
)

// What is found at the start is said; a look that was broken off finds nothing.
func TestStart_LooksThroughTheJournal(t *testing.T) {
	f := newShopFloor(t)
	f.pays()
	db, err := sql.Open("sqlite", f.journal())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	look := func(ctx context.Context) error {
		s, err := (&machine{env: map[string]string{"HOME": f.home}}).open(t.Context(), flags{config: f.config()})
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		return s.verifyAtStart(ctx)
	}
	if err := look(t.Context()); err != nil {
		t.Errorf("as it was written: %v", err)
	}
	if _, err := db.Exec(`UPDATE payments SET state = 'failed'`); err != nil {
		t.Fatal(err)
	}
	if err := look(t.Context()); !errors.Is(err, errEdited) {
		t.Errorf("edited: %v", err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := look(gone); err != nil {
		t.Errorf("broken off: %v", err)
	}
}
