package storage

import (
	"context"
	"encoding/hex"
	"strings"
	"testing"

	"cashier/pos"
)

const unlocked = "DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete; DROP TRIGGER meta_no_update;"

// rehash gives every entry from seq on a right hash again, as somebody who
// knows this package could; only what was written down elsewhere shows it.
func rehash(t *testing.T, path string, from, to int64) {
	t.Helper()
	db := raw(t, path)
	rows, err := collect(context.Background(), db, scanRow, "SELECT "+rowColumns+" FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq", from, to)
	if err != nil {
		t.Fatal(err)
	}
	prev := rows[0].prev
	for _, r := range rows {
		r = r.chained(r.seq, prev)
		prev = r.hash
		execute(t, db, "UPDATE events SET prev = ?, hash = ? WHERE seq = ?", r.prev, r.hash, r.seq)
	}
}

// TestTampering: each kind of change is found, at the entry where it was made.
func TestTampering(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(t *testing.T, path string)
		seq    int64
		reason string
	}{
		"edit a field":               {sqlTamper("UPDATE events SET data = replace(data, '1250', '1') WHERE seq = 3"), 3, "was changed"},
		"edit a time":                {sqlTamper("UPDATE events SET at_ms = at_ms + 1 WHERE seq = 4"), 4, "was changed"},
		"edit a state":               {sqlTamper("UPDATE events SET state = 'failed' WHERE seq = 4"), 4, "was changed"},
		"delete one from the middle": {sqlTamper("DELETE FROM events WHERE seq = 4"), 4, "missing"},
		"delete the tail":            {sqlTamper("DELETE FROM events WHERE seq > 6; DELETE FROM payments WHERE first_seq > 6"), 7, "shorter than the checkpoint"},
		"swap two":                   {sqlTamper(`UPDATE events SET seq = 100 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 5; UPDATE events SET seq = 5 WHERE seq = 100`), 3, "does not follow"},
		"insert one": {sqlTamper(`UPDATE events SET seq = seq + 1000 WHERE seq > 4; UPDATE events SET seq = seq - 999 WHERE seq > 1000;
			INSERT INTO events SELECT 5, at_ms, day, run, order_no, 'left', '{}', state, hash, hash FROM events WHERE seq = 4`), 5, "was changed"},
		"re-hash one": {func(t *testing.T, path string) {
			sqlTamper("UPDATE events SET data = replace(data, '1250', '1') WHERE seq = 3")(t, path)
			rehash(t, path, 3, 3)
		}, 4, "does not follow the entry before"},
		"re-hash all that follow": {func(t *testing.T, path string) {
			sqlTamper("UPDATE events SET at_ms = at_ms + 1 WHERE seq = 5")(t, path)
			rehash(t, path, 5, 7)
		}, 7, "another hash than the checkpoint"},
		"change the projection":      {sqlTamper("UPDATE payments SET state = 'failed' WHERE first_seq = 3"), 4, "payments says otherwise"},
		"hide from the open list":    {sqlTamper("UPDATE payments SET open = 0 WHERE first_seq = 7"), 7, "payments says otherwise"},
		"delete from the projection": {sqlTamper("DELETE FROM payments WHERE first_seq = 7"), 7, "payments speaks of 6 entries and the journal has 7"},
		"add to the projection":      {sqlTamper("UPDATE payments SET order_no = 'K9' WHERE first_seq = 7"), 7, "knows nothing"},
		"change the genesis":         {sqlTamper("UPDATE meta SET genesis = zeroblob(32)"), 1, "journal's identity"},
		"call practice money real":   {sqlTamper("UPDATE meta SET practice = 1 - practice"), 1, "journal's identity"},
		"an event that nobody knows": {sqlTamper("UPDATE events SET name = 'paid_by_hand' WHERE seq = 2"), 2, "was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			j := openTemp(t)
			sell(t, j, 3)
			seq, head, err := j.Head(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			check(t, j.Reader)
			j.Close()
			c.tamper(t, j.path)
			report, err := openReaderAt(t, j.path).Verify(context.Background(), VerifyOptions{Checkpoint: &Checkpoint{Seq: seq, Hash: head}})
			if err != nil {
				t.Fatal(err)
			}
			if bad := report.FirstBad(); bad.Seq != c.seq || !strings.Contains(bad.Reason, c.reason) {
				t.Errorf("first difference %+v, want %q at %d; all: %+v", bad, c.reason, c.seq, report.Differences)
			}
		})
	}
}

func sqlTamper(script string) func(*testing.T, string) {
	return func(t *testing.T, path string) { execute(t, raw(t, path), unlocked+script) }
}

// TestExpect: a head from a Z report is found however much was sold since, and
// not any more if the chain behind it was written anew.
func TestExpect(t *testing.T) {
	j := openTemp(t)
	empty, root, err := j.Head(context.Background())
	if err != nil || empty != 0 {
		t.Fatalf("head of an empty journal: %d, %v", empty, err)
	}
	sell(t, j, 2)
	_, head, _ := j.Head(context.Background())
	sell(t, j, 2)
	_, newest, _ := j.Head(context.Background())
	expect := func(head string) Report {
		t.Helper()
		report, err := j.Verify(context.Background(), VerifyOptions{Expect: head})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	for _, good := range []string{head, newest, root, head[:16], strings.ToUpper(head[:20])} {
		if report := expect(good); !report.Good() || report.Head != newest || report.Seq != 10 {
			t.Errorf("expect %s: %+v", good, report)
		}
	}
	if report := expect(strings.Repeat("0", 64)); report.Good() || !strings.Contains(report.FirstBad().Reason, "expected head") {
		t.Errorf("a head that never was: %+v", report)
	}
	for _, short := range []string{head[:15], "not a head at all", head + "0"} {
		_, err := j.Verify(context.Background(), VerifyOptions{Expect: short})
		wantError(t, err, pos.KindInvalid, "16 hexadecimal digits")
	}
}

// TestVerifyFrom: what stands before is taken for granted, what stands after is
// checked together with its attempts.
func TestVerifyFrom(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 3)
	j.Close()
	execute(t, raw(t, j.path), unlocked+"UPDATE events SET run = 'x' WHERE seq = 2; UPDATE payments SET reason = 'x' WHERE first_seq = 3")
	r := openReaderAt(t, j.path)
	for _, c := range []struct{ from, events, bad int64 }{{0, 7, 2}, {2, 6, 2}, {3, 5, 4}, {4, 4, 4}, {5, 3, 0}, {8, 0, 0}, {12, 0, 11}} {
		report, err := r.Verify(context.Background(), VerifyOptions{From: c.from})
		if err != nil || report.Events != c.events || report.FirstBad().Seq != c.bad {
			t.Errorf("from %d: %+v, %v, want %d entries, first difference %d", c.from, report, err, c.events, c.bad)
		}
	}
}

// TestChainForm holds the form that doc.go promises to whoever verifies without us.
func TestChainForm(t *testing.T) {
	r := row{
		seq: 1, atMS: 1795264200123, day: "2026-11-21", run: "r", orderNo: "K1261121Q7RX000001", name: "left",
		data: []byte("{}"), state: "in_doubt", prev: make([]byte, 32),
	}
	const want = "43b8d5b9d9ed9f8b06dd356f845267594597636873cd2951334ce1c126e3de56" // made by another program, after doc.go
	if got := r.link(); hex.EncodeToString(got[:]) != want {
		t.Errorf("%x, want %s", got, want)
	}
}

// TestRebuild makes payments again, identical.
func TestRebuild(t *testing.T) {
	j := openTemp(t)
	sell(t, j, 600) // more than a page
	a := do(t, j, pos.Attempt{}, intent(j, 5000))
	do(t, j, a, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundDeclined, Code: "NOTENOUGH", Alarm: pos.AttentionSignature}})
	dump := func() []payment {
		all, err := collect(context.Background(), j.Reader.pool, scanPayment, "SELECT "+paymentColumns+" FROM payments ORDER BY first_seq")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := dump()
	execute(t, raw(t, j.path), "DELETE FROM payments WHERE first_seq % 2 = 0; UPDATE payments SET state = 'failed', day = '', counter = 0")
	if err := j.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	after := dump()
	if len(before) != 602 || len(after) != len(before) {
		t.Fatalf("%d rows before, %d after", len(before), len(after))
	}
	for i := range before {
		if before[i] != after[i] {
			t.Errorf("row %d: %+v, want %+v", i, after[i], before[i])
		}
	}
	check(t, j.Reader)
	do(t, j, pos.Attempt{}, intent(j, 6000)) // and goes on
}

// BenchmarkVerify: entries a second of a whole verification.
func BenchmarkVerify(b *testing.B) {
	j := openTemp(b)
	sell(b, j, 2000)
	for b.Loop() {
		check(b, j.Reader)
	}
	b.ReportMetric(4001*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
