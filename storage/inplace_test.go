package storage

import (
	"context"
	"os"
	"testing"

	"cashier/pos"
)

// A journal that is removed or replaced while a till has it open takes no new
// sale; what is open goes on.
func TestRemovedOrReplaced(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"removed":  os.Remove,
		"replaced": func(path string) error { return os.Rename(backupOf(t, path), path) },
	} {
		t.Run(name, func(t *testing.T) {
			j := openTemp(t)
			a := do(t, j, pos.Attempt{}, intent(j, 1))
			if err := harm(j.path); err != nil {
				t.Fatal(err)
			}
			_, err := j.Append(context.Background(), entry(pos.Attempt{}, intent(j, 2)))
			if pos.KindOf(err) != pos.KindJournal || pos.HintOf(err) == "" {
				t.Errorf("a new sale: %v", err)
			}
			a = do(t, j, a, paid)
			for _, e := range []pos.Event{pos.VoidPressed{Reason: "wrong"}, pos.RefundPressed{No: "R1", Amount: a.Amount, Reason: "cold"}} {
				if _, err := j.Append(context.Background(), entry(a, e)); pos.KindOf(err) != pos.KindJournal {
					t.Errorf("%s: %v", pos.EventName(e), err)
				}
			}
		})
	}
}

func backupOf(t *testing.T, path string) string {
	t.Helper()
	copied := t.TempDir() + "/copy.db"
	if _, err := openReaderAt(t, path).Backup(context.Background(), copied); err != nil {
		t.Fatal(err)
	}
	return copied
}
