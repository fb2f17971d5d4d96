package storage

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"

	"cashier/pos"
)

// A journal of an earlier cashier is brought up to date by the first till that
// opens it, and nothing in it is lost; a reader asks for that.
func TestAnEarlierJournalIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j := open(t, path)
	sell(t, j, 2)
	before, err := j.List(t.Context(), pos.Filter{})
	if err != nil || len(before) != 3 {
		t.Fatalf("%d, %v", len(before), err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	db := raw(t, path)
	for _, undo := range []string{"DROP TRIGGER payments_counted", "DROP TRIGGER payments_recounted", "DROP TRIGGER payments_uncounted", "DROP TABLE totals",
		"DROP TABLE people", "DROP INDEX events_till", "DROP INDEX payments_currency", "DROP INDEX payments_till", "DROP INDEX payments_order_end", "DROP INDEX payments_transaction_end",
		"CREATE INDEX events_restored ON events (seq) WHERE name = 'restored' AND order_no = ''",
		"ALTER TABLE payments DROP COLUMN refunded_minor", "ALTER TABLE payments DROP COLUMN refunding",
		"PRAGMA user_version = 1", "DELETE FROM goose_db_version WHERE version_id > 1"} {
		execute(t, db, undo)
	}
	if _, err := OpenReader(context.Background(), path); err == nil || pos.HintOf(err) == "" {
		t.Errorf("a reader takes an old journal: %v", err)
	}
	j = open(t, path)
	if after, err := j.List(t.Context(), pos.Filter{}); err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("%+v, %v, want %+v", after, err, before)
	}
	check(t, j.Reader)
}
