package storage

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/pos"
	"cashier/storage/journaltest"
)

// TestMain lets the test binary be the other process of a test.
func TestMain(m *testing.M) {
	if name := os.Getenv("STORAGE_TEST_CHILD"); name != "" {
		children[name](os.Getenv("STORAGE_TEST_JOURNAL"))
		return
	}
	os.Exit(m.Run())
}

// TestJournal: the SQLite journal keeps every promise of the port.
func TestJournal(t *testing.T) {
	journaltest.Run(t, func(t testing.TB) pos.Journal { return &reopener{openTemp(t)} })
}

// reopener is a Journal that the suite may reopen.
type reopener struct{ *Journal }

func (r *reopener) Reopen(t testing.TB) pos.Journal {
	path := r.path
	if err := r.Journal.Close(); err != nil {
		t.Fatal(err)
	}
	r.Journal = open(t, path)
	return r
}

// openTemp opens a new journal that is closed at the test's end.
func openTemp(t testing.TB) *Journal {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "till", "journal.db"))
}

func open(t testing.TB, path string) *Journal {
	t.Helper()
	j, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func openReaderAt(t testing.TB, path string) *Reader {
	t.Helper()
	r, err := OpenReader(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// began is when the tests' sales begin.
var began = time.Date(2026, 11, 21, 12, 30, 0, 0, time.UTC)

// intent is the n-th sale's.
func intent(j *Journal, n int) pos.Intended {
	no, err := pos.NewOrderNo("K1", began, j.Incarnation(), n)
	if err != nil {
		panic(err)
	}
	return pos.Intended{
		OrderNo: no, Sale: pos.SaleID(no), Number: 1, Method: pos.QuickPay, Amount: pos.Money{Minor: 1250, Currency: "HKD"},
		CodeLast4: "3456", Fingerprint: fmt.Sprintf("%032x", n), Cashier: "2", Till: "K1", Counter: n, Terms: pos.DefaultTerms,
	}
}

// entry is what the machine makes of e, a second after the attempt's last event.
func entry(a pos.Attempt, e pos.Event) pos.Entry {
	now := a.UpdatedAt.Add(time.Second)
	if a.State == "" {
		now = began
	}
	after, _ := pos.Next(a, e, now)
	return pos.Entry{At: now, Day: "2026-11-21", Run: "run-1", OrderNo: after.OrderNo, Event: e, After: after}
}

// do appends what the machine makes of e.
func do(t testing.TB, j *Journal, a pos.Attempt, e pos.Event) pos.Attempt {
	t.Helper()
	n := entry(a, e)
	seq, err := j.Append(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	n.After.Seq = seq
	return n.After
}

var paid = pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundPaid, TransactionID: "4200000000000001"}}

// sell appends n paid sales, of two entries each, and one in doubt, of one.
func sell(t testing.TB, j *Journal, n int) {
	t.Helper()
	last, err := j.LastCounter(context.Background(), "K1", "2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		do(t, j, do(t, j, pos.Attempt{}, intent(j, last+i+1)), paid)
	}
	do(t, j, pos.Attempt{}, intent(j, last+n+1))
}

// raw opens the file behind the journal's back, as somebody with a shell may.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, "?_pragma=busy_timeout(5000)"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// check wants a journal without differences and returns the report.
func check(t testing.TB, r *Reader) Report {
	t.Helper()
	report, err := r.Verify(context.Background(), VerifyOptions{})
	if err != nil || !report.Good() {
		t.Fatalf("verify: %+v, %v", report, err)
	}
	return report
}

// wantError wants an error of a kind, with words in it and a hint.
func wantError(t testing.TB, err error, kind pos.Kind, words ...string) {
	t.Helper()
	if err == nil || pos.KindOf(err) != kind {
		t.Fatalf("error %v has kind %v, want %v", err, pos.KindOf(err), kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error()+" / "+pos.HintOf(err), w) {
			t.Errorf("error %q, hint %q, do not say %q", err, pos.HintOf(err), w)
		}
	}
	if pos.HintOf(err) == "" {
		t.Errorf("error %q has no hint", err)
	}
}
