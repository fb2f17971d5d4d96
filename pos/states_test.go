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
	for name, table := range map[string]string{
		"submit": submitTable(someIntent(), submitFindings), "query": queryTable(t), "revoke": revokeTable(t),
		"native submit": submitTable(codeIntent(), orderFindings), "native query": nativeQueryTable(t), "native close": closeTable(t),
		"refund": refundTable(), "refund query": refundQueryTable(),
	} {
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

// submitTable is what each answer to the submission leads to.
func submitTable(intent Intended, findings []Finding) string {
	var b strings.Builder
	b.WriteString("| answer | becomes |\n|---|---|\n")
	for _, f := range findings {
		a, _ := Next(Attempt{}, intent, t0)
		a, effects := Next(a, SubmitAnswered{answerOf(f)}, t0)
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

// nativeSituations are the same for a customer who scans the till.
func nativeSituations(t *testing.T) []situation {
	t.Helper()
	scanned := func(answers ...Finding) Attempt { return playedFrom(t, codeIntent(), answersOf(answers)...) }
	last := sent(t, scanned(FoundReady))
	last.lastAsked = true
	paid, over := scanned(FoundReady, FoundPaid), scanned(FoundNotSent)
	paid.inFlight, over.inFlight = queryCall, queryCall
	noOrder := scanned(FoundUnclear, FoundNoOrder, FoundRevokeMoot, FoundNoOrder)
	return []situation{
		{"in_doubt, the code is shown", sent(t, scanned(FoundReady))},
		{"in_doubt, the last query", last},
		{"in_doubt after `declined`", sent(t, scanned(FoundDeclined))},
		{"in_doubt after `mismatch`", sent(t, scanned(FoundMismatch))},
		{"revoking, before the close", sent(t, scanned(FoundUnclear))},
		{"revoking, between two closes", sent(t, scanned(FoundReady, FoundPayError, FoundUnclear))},
		{"confirming, the code was shown", sent(t, scanned(FoundReady, FoundPayError, FoundRevokeAccepted))},
		{"confirming, nothing was shown", sent(t, scanned(FoundUnclear, FoundNoOrder, FoundRevokeMoot))},
		{"confirming after a refusal", sent(t, scanned(FoundReady, FoundPayError, FoundRevokeRefused))},
		{"failed+watch after `declined`", sent(t, scanned(FoundDeclined, FoundNotPaid, FoundRevokeAccepted))},
		{"failed+watch after `comm_fail`", sent(t, scanned(FoundCommFail))},
		{"the same at 120 s", aged(sent(t, scanned(FoundCommFail)))},
		{"revoked+watch, nothing was shown", sent(t, noOrder)},
		{"the same at 120 s", aged(sent(t, noOrder))},
		{"paid", paid},
		{"failed, no watch", over},
	}
}

// nativeQueryTable is what each answer of Query Order makes of each of these.
func nativeQueryTable(t *testing.T) string {
	return table(nativeSituations(t), queryFindings, func(r Answer) Event { return QueryAnswered{r} })
}

// closeTable is what each answer of Close Order makes of each situation.
func closeTable(t *testing.T) string {
	t.Helper()
	return table([]situation{
		{"revoking", sent(t, playedFrom(t, codeIntent(), answersOf([]Finding{FoundReady, FoundPayError})...))},
		{"failed+watch", sent(t, playedFrom(t, codeIntent(), answersOf([]Finding{FoundDeclined, FoundNotPaid})...))},
	}, closeFindings, func(r Answer) Event { return RevokeAnswered{r} })
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
