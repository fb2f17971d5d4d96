package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"cashier/pos"
	"cashier/storage"
)

// commanded runs a command in this process with a home of its own.
func commanded(t testing.TB, home string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = Main(args, strings.NewReader(""), &out, &errs, []string{"HOME=" + home})
	return status, out.String(), errs.String()
}

// filled makes a practice journal with so many sales.
func filled(t testing.TB, sales string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "till", "practice.db")
	if status, _, stderr := commanded(t, t.TempDir(), "practice", "fill", sales, "--journal", path); status != exitDone {
		t.Fatal(status, stderr)
	}
	return path
}

// TestFill_IsAJournalLikeAnyOther: what it makes is verified from the first entry
// to the last closing, and has what a manager looks for.
func TestFill_IsAJournalLikeAnyOther(t *testing.T) {
	path := filled(t, "2500")
	r, err := storage.OpenReader(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	report, err := r.Verify(context.Background(), storage.VerifyOptions{})
	if err != nil || !report.Good() || report.Attempts != 2500 {
		t.Fatalf("%+v, %v", report, err)
	}
	closings, err := r.Closings(context.Background())
	if err != nil || len(closings) != 2 {
		t.Fatalf("%d closings, %v, want one a day", len(closings), err)
	}
	var sums pos.Takings
	for _, z := range closings {
		day := z.Sums()[0]
		sums.Paid, sums.Failed, sums.Revoked = sums.Paid+day.Paid, sums.Failed+day.Failed, sums.Revoked+day.Revoked
		sums.Refunds, sums.Voided = sums.Refunds+day.Refunds, sums.Voided+day.Voided
	}
	if share := sums.Paid * 100 / 2500; share < 89 || share > 95 || sums.Failed < 50 || sums.Revoked < 25 || sums.Refunds < 5 {
		t.Errorf("%+v", sums)
	}
	for name, f := range map[string]pos.Filter{
		"cashier 3": {Cashier: "3"}, "a table": {Find: "table 7"}, "a usual price": {Minor: 1250}, "a failed one": {States: []pos.State{pos.Failed}},
	} {
		if page, err := r.List(context.Background(), f); err != nil || len(page) < 5 || !page[0].Practice {
			t.Errorf("%s: %d, %v", name, len(page), err)
		}
	}
}

// TestFill_Refuses: real money always, entries that are there unless told, and
// numbers that are none.
func TestFill_Refuses(t *testing.T) {
	path := filled(t, "20")
	if status, _, stderr := commanded(t, t.TempDir(), "practice", "fill", "20", "--journal", path); status != exitUsage || !strings.Contains(stderr, "--more") {
		t.Errorf("twice: %d, %s", status, stderr)
	}
	if status, _, stderr := commanded(t, t.TempDir(), "practice", "fill", "20", "--more", "--journal", path); status != exitDone {
		t.Errorf("more: %d, %s", status, stderr)
	}
	if status, stdout, _ := commanded(t, t.TempDir(), "--practice", "verify", "--journal", path); status != exitDone || !strings.Contains(stdout, " 40 attempts") {
		t.Errorf("verify: %d, %s", status, stdout)
	}
	real := filepath.Join(t.TempDir(), "till", "journal.db")
	j, err := storage.Open(context.Background(), real, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{nil, {"--more"}} {
		args := append([]string{"practice", "fill", "20", "--journal", real}, more...)
		if status, _, stderr := commanded(t, t.TempDir(), args...); status != exitUsage || !strings.Contains(stderr, "real") {
			t.Errorf("real money %v: %d, %s", more, status, stderr)
		}
	}
	for _, n := range []string{"0", "-1", "x", "99999999", ""} {
		if status, _, _ := commanded(t, t.TempDir(), "practice", "fill", "--journal", path, "--", n); status != exitUsage {
			t.Errorf("%q: %d", n, status)
		}
	}
}
