package pos

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// statesDoc is the page whose tables this test holds.
const statesDoc = "../docs/states.md"

// TestStatesDoc: the tables in docs/states.md say what Next does, cell by cell.
// -update writes them; read the diff.
func TestStatesDoc(t *testing.T) {
	page, err := os.ReadFile(statesDoc)
	if err != nil {
		t.Fatal(err)
	}
	got := string(page)
	for name, table := range map[string]string{"submit": submitTable(), "query": queryTable(t), "revoke": revokeTable(t)} {
		got = between(t, got, "<!-- "+name+" -->\n", "<!-- end -->", table)
	}
	if *update {
		if err := os.WriteFile(statesDoc, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != string(page) {
		t.Errorf("docs/states.md differs from what Next does; run go test ./pos -update and read the diff")
	}
}

// between replaces what stands between two marks.
func between(t *testing.T, page, begin, end, text string) string {
	t.Helper()
	head, rest, ok := strings.Cut(page, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place marked %q", statesDoc, begin)
	}
	return head + begin + text + end + tail
}

// submitTable is what the answer to Quick Pay leads to.
func submitTable() string {
	var b strings.Builder
	b.WriteString("| answer | becomes |\n|---|---|\n")
	for _, f := range submitFindings {
		a, _ := Next(Attempt{}, someIntent(), t0)
		a, effects := Next(a, SubmitAnswered{Answer{Finding: f}}, t0)
		fmt.Fprintf(&b, "| `%s` | %s%s |\n", f, describe(a), due(t0, effects))
	}
	return b.String()
}

// due says when the next call is due.
func due(now time.Time, effects []Effect) string {
	for _, e := range effects {
		if after, ok := e.(After); ok {
			return fmt.Sprintf(", next call after %.0f s", after.At.Sub(now).Seconds())
		}
	}
	return ""
}

// situation is an attempt with a query or a revoke on its way.
type situation struct {
	name string
	a    Attempt
}

// querySituations are the attempts that an answer of Query Order can meet.
func querySituations(t *testing.T) []situation {
	t.Helper()
	doubt := sent(t, played(t, found(FoundUserPaying)))
	last := doubt
	last.lastAsked = true
	foreign := sent(t, played(t, found(FoundMismatch)))
	paid := played(t, found(FoundPaid))
	paid.inFlight = queryCall
	refused := sent(t, played(t, found(FoundUnclear), found(FoundPayError), found(FoundRevokeRefused)))
	over := played(t, found(FoundNotSent))
	over.inFlight = queryCall
	return []situation{
		{"in_doubt", doubt},
		{"in_doubt, the last query", last},
		{"in_doubt after `declined`", sent(t, played(t, found(FoundDeclined)))},
		{"in_doubt after `mismatch`", foreign},
		{"revoking", sent(t, played(t, found(FoundUnclear), found(FoundPayError), found(FoundRevokeAgain)))},
		{"confirming", sent(t, played(t, found(FoundUnclear), found(FoundPayError), found(FoundRevokeAccepted)))},
		{"confirming after a refusal", refused},
		{"failed+watch after `declined`", sent(t, played(t, found(FoundDeclined), found(FoundNotPaid)))},
		{"failed+watch after `comm_fail`", sent(t, played(t, found(FoundCommFail)))},
		{"the same at 120 s", aged(sent(t, played(t, found(FoundCommFail))))},
		{"revoked+watch", sent(t, played(t, found(FoundUnclear), found(FoundPayError), found(FoundRevokeAccepted), found(FoundNoOrder)))},
		{"the same at 120 s", aged(sent(t, played(t, found(FoundUnclear), found(FoundPayError), found(FoundRevokeAccepted), found(FoundNoOrder))))},
		{"paid", paid},
		{"failed, no watch", over},
	}
}

// sent is the attempt with its next call on its way.
func sent(t *testing.T, a Attempt) Attempt {
	t.Helper()
	a, effects := Next(a, Ticked{}, a.wait()[0].(After).At)
	if a.inFlight == noCall {
		t.Fatalf("nothing was sent: %v", effects)
	}
	return a
}

// aged is the attempt two minutes later.
func aged(a Attempt) Attempt {
	a.since = a.since.Add(-decisive)
	return a
}

// queryTable is what each answer of Query Order makes of each situation.
func queryTable(t *testing.T) string {
	return table(querySituations(t), queryFindings, func(r Answer) Event { return QueryAnswered{r} })
}

// revokeTable is what each answer of Revoke makes of each situation.
func revokeTable(t *testing.T) string {
	t.Helper()
	watch := played(t, found(FoundDeclined), found(FoundNotPaid))
	watch.inFlight = revokeCall
	return table([]situation{
		{"revoking", sent(t, played(t, found(FoundUnclear), found(FoundPayError)))},
		{"failed+watch", watch},
	}, revokeFindings, func(r Answer) Event { return RevokeAnswered{r} })
}

// table draws situations down and findings across; "=" is no change.
func table(rows []situation, columns []Finding, event func(Answer) Event) string {
	var b strings.Builder
	b.WriteString("| |")
	for _, f := range columns {
		fmt.Fprintf(&b, " `%s` |", f)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, s := range rows {
		fmt.Fprintf(&b, "| **%s** |", s.name)
		for _, f := range columns {
			after, _ := Next(s.a, event(Answer{Finding: f}), s.a.UpdatedAt.Add(100*time.Millisecond))
			cell := describe(after)
			if cell == describe(s.a) {
				cell = "="
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	return b.String()
}
