package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"cashier/pos"
)

// employ journals how a person stands, as Office does.
func employ(t testing.TB, j *Journal, p pos.Person) {
	t.Helper()
	digest := sha256.Sum256([]byte(p.PIN))
	_, err := j.Append(context.Background(), pos.Entry{At: began, Day: "2026-11-21", Run: "r", Person: &p, Event: pos.Noted{Name: "staff_changed",
		Detail: map[string]string{"who": p.Name, "role": string(p.Role), "gone": fmt.Sprint(p.Gone), "pin": hex.EncodeToString(digest[:])}}})
	if err != nil {
		t.Fatal(err)
	}
}

// twoShifts makes a journal with two people, two shifts and a beginning of a third:
// entries 1 and 2 are the people, 6 and 10 the closings.
func twoShifts(t testing.TB) *Journal {
	j := openTemp(t)
	employ(t, j, pos.Person{Name: "cashier 1", Role: pos.RoleManager, PIN: "kept 1"})
	employ(t, j, pos.Person{Name: "cashier 2", Role: pos.RoleCashier, PIN: "kept 2"})
	for range 2 {
		sell(t, j, 1)
		closeShift(t, j)
	}
	sell(t, j, 1)
	return j
}

// TestTamperingWithTheOffice: what somebody changes who can write the file and
// knows how to hash is found where people and closings are concerned.
func TestTamperingWithTheOffice(t *testing.T) {
	forge := func(script string, from int64) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			sqlTamper(script)(t, path)
			rehash(t, path, from, 13)
		}
	}
	const z1, z2 = " WHERE seq = 6", " WHERE seq = 10"
	for name, c := range map[string]struct {
		tamper func(*testing.T, string)
		seq    int64
		reason string
	}{
		"replace a PIN":             {sqlTamper("UPDATE people SET pin = 'mine' WHERE name = 'cashier 1'"), 1, "people says otherwise"},
		"raise a role":              {sqlTamper("UPDATE people SET role = 'manager' WHERE name = 'cashier 2'"), 2, "people says otherwise"},
		"dismiss somebody":          {sqlTamper("UPDATE people SET gone = 1 WHERE name = 'cashier 1'"), 1, "people says otherwise"},
		"make somebody up":          {sqlTamper("INSERT INTO people VALUES ('x', 'manager', 'mine', 0, 0, 0)"), 13, "knows nothing"},
		"make somebody disappear":   {sqlTamper("DELETE FROM people WHERE name = 'cashier 2'"), 2, "people does not have"},
		"edit a closing":            {sqlTamper(`UPDATE events SET data = replace(data, '"paid_minor":1250', '"paid_minor":50')` + z2), 10, "was changed"},
		"edit and re-hash it":       {forge(`UPDATE events SET data = replace(data, '"paid_minor":1250', '"paid_minor":50')`+z2, 10), 10, "otherwise than its entries"},
		"edit an earlier one":       {forge(`UPDATE events SET data = replace(data, '"paid_minor":1250', '"paid_minor":50')`+z1, 6), 6, "otherwise than its entries"},
		"take back a grand total":   {forge(`UPDATE events SET data = replace(data, '"paid_minor":2500', '"paid_minor":1250')`+z2, 10), 10, "otherwise than its entries"},
		"forget what was carried":   {forge(`UPDATE events SET data = json_remove(data, '$.carried')`+z2, 10), 10, "otherwise than its entries"},
		"renumber a closing":        {forge(`UPDATE events SET data = replace(data, '"number":2', '"number":3')`+z2, 10), 10, "closing 3 follows closing 1"},
		"hide a closing":            {forge(`UPDATE events SET name = 'shift_x', data = '{"name":"shift_x"}'`+z1, 6), 10, "closing 2 follows closing 0"},
		"begin a closing later":     {forge(`UPDATE events SET data = replace(data, '"after":5', '"after":7')`+z2, 10), 10, "begins behind entry 7"},
		"end a closing earlier":     {forge(`UPDATE events SET data = replace(data, '"upto":9', '"upto":8')`+z2, 10), 10, "entries up to 8"},
		"a head that never was":     {forge(`UPDATE events SET data = json_set(data, '$.head', '00')`+z2, 10), 10, "another head than entry 9"},
		"edit a sale of the shift":  {forge("UPDATE events SET at_ms = at_ms + 1 WHERE seq = 8", 8), 8, "payments says otherwise"},
		"a closing nobody can read": {forge(`UPDATE events SET data = '{"numbers":1}'`+z2, 10), 10, "cannot be understood"},
	} {
		t.Run(name, func(t *testing.T) {
			j := twoShifts(t)
			check(t, j.Reader)
			j.Close()
			c.tamper(t, j.path)
			report, err := openReaderAt(t, j.path).Verify(context.Background(), VerifyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if bad := report.FirstBad(); bad.Seq != c.seq || !strings.Contains(bad.Reason, c.reason) {
				t.Errorf("first difference %+v, want %q at %d; all: %+v", bad, c.reason, c.seq, report.Differences)
			}
		})
	}
}

// A sale that was edited, with all that follows hashed anew, no longer has the
// head that is on the paper of its closing.
func TestAClosingWitnessesItsSales(t *testing.T) {
	j := twoShifts(t)
	j.Close()
	sqlTamper("UPDATE events SET run = 'x' WHERE seq = 8")(t, j.path)
	rehash(t, j.path, 8, 13)
	report, err := openReaderAt(t, j.path).Verify(context.Background(), VerifyOptions{})
	if err != nil || report.FirstBad().Seq != 10 || !strings.Contains(report.FirstBad().Reason, "another head than entry 9") {
		t.Errorf("%+v, %v", report, err)
	}
}

// What stands before the first entry to check is taken for granted, the sums of
// a shift of which only a part is checked as well.
func TestVerifyFromAClosing(t *testing.T) {
	j := twoShifts(t)
	last, err := j.LastClosing(context.Background())
	if err != nil || last != 10 {
		t.Fatal(last, err)
	}
	for from := range last + 5 { // also where a sale that is owed to a shift is not in the range
		if report, err := j.Verify(context.Background(), VerifyOptions{From: from}); err != nil || !report.Good() {
			t.Errorf("from %d: %+v, %v", from, report, err)
		}
	}
	j.Close()
	sqlTamper(`UPDATE events SET data = replace(data, '"paid_minor":1250', '"paid_minor":50') WHERE seq = 10`)(t, j.path)
	rehash(t, j.path, 10, 13)
	for from, bad := range map[int64]int64{0: 10, 6: 10, 7: 0, last: 0, last + 1: 0} {
		report, err := openReaderAt(t, j.path).Verify(context.Background(), VerifyOptions{From: from})
		if err != nil || report.FirstBad().Seq != bad {
			t.Errorf("from %d: %+v, %v, want %d", from, report, err, bad)
		}
	}
}
