package pos

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// everyFinding is what an answer may have been judged to be, and something that
// is no judgement of ours.
var everyFinding = []Finding{FoundPaid, FoundNotSent, FoundCommFail, FoundDeclined, FoundUserPaying, FoundUnclear, FoundMismatch,
	FoundNotPaid, FoundPayError, FoundClosed, FoundRevoked, FoundRefunding, FoundNoOrder, FoundOther,
	FoundRevokeAccepted, FoundRevokeAgain, FoundRevokeRefused, "tomorrow"}

// scribbled is a journal that need not make sense: two bytes for each entry,
// which event it is and what stands in it. The till writes no such thing; a
// damaged file or a bug may.
func scribbled(t testing.TB, script []byte) []Entry {
	names := strings.Fields("intent submit_answer query query_answer revoke revoke_answer revoke_pressed ask_pressed left returned unseen acknowledged resumed clock_stepped bill_differs")
	var entries []Entry
	now := t0
	for len(script) >= 2 && len(entries) < 80 {
		name, arg := names[int(script[0])%len(names)], int(script[1])
		script = script[2:]
		data := `{}`
		switch {
		case name == "intent":
			data = string(journaled(t, someIntent()))
		case strings.HasSuffix(name, "answer"):
			data = fmt.Sprintf(`{"answer":{"finding":%q,"transaction_id":"4200","not_before_ns":%d,"heard":{"took_ms":%d}}}`,
				everyFinding[arg%len(everyFinding)], arg%2*int(time.Minute), arg*40)
		case name == "query":
			data = fmt.Sprintf(`{"last":%v}`, arg%2 == 1)
		case name == "clock_stepped":
			data = fmt.Sprintf(`{"by_ms":%d}`, (arg-128)*60_000)
		}
		event, err := DecodeEvent(someNo, name, []byte(data))
		if err != nil {
			t.Fatalf("%s %s: %v", name, data, err)
		}
		now = now.Add(time.Duration(arg%16) * 5 * time.Second)
		entries = append(entries, Entry{Seq: int64(len(entries) + 1), At: now, OrderNo: someNo, Event: event})
	}
	return entries
}

// FuzzFold: whatever stands in the journal, folding it ends in an attempt or in
// an error and never in a panic. If the whole makes sense every beginning of it
// does, the fold is each event's turn and nothing else, and what it concludes
// stands in the entries: paid by an answer that says so and never behind a
// revoke, as many queries and revokes as were begun (I4, design 3.8, 3.15).
func FuzzFold(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0})                            // paid
	f.Add([]byte{0, 0, 1, 4, 2, 0, 3, 4, 2, 0, 3, 0})    // in doubt, asked twice, paid
	f.Add([]byte{0, 0, 1, 5, 6, 15, 4, 0, 5, 14, 2, 0})  // revoked by a person
	f.Add([]byte{0, 0, 1, 2, 2, 0, 3, 0, 4, 3, 5, 15})   // FAIL, then found paid
	f.Add([]byte{0, 0, 12, 9, 13, 255, 2, 1, 3, 12, 10}) // after a crash
	f.Fuzz(func(t *testing.T, script []byte) {
		entries := scribbled(t, script)
		folded, err := Fold(entries)
		if err != nil {
			return
		}
		var a Attempt
		door, count := false, map[string]int{}
		for i, e := range entries {
			before := a
			a, _ = Next(a, e.Event, e.At)
			a.First, a.Seq = 1, e.Seq
			if part, err := Fold(entries[:i+1]); err != nil || !reflect.DeepEqual(part, a) {
				t.Fatalf("the first %d of %d entries fold to\n%+v (%v), not to\n%+v", i+1, len(entries), part, err, a)
			}
			count[e.Name()]++
			door = door || a.State == Revoking || a.InFlight() == "revoke"
			if a.State == Paid && (door || before.State != Paid && !answersWith(e.Event, FoundPaid)) {
				t.Fatalf("paid by %s at entry %d, revoked before: %v", e.Name(), i+1, door)
			}
		}
		if !reflect.DeepEqual(folded, a) || a.Asked != count["query"] || a.Revokes != count["revoke"] {
			t.Fatalf("folds to\n%+v, not to\n%+v with %v", folded, a, count)
		}
	})
}

// answersWith reports an answer with this finding.
func answersWith(e Event, f Finding) bool {
	switch e := e.(type) {
	case SubmitAnswered:
		return e.Answer.Finding == f
	case QueryAnswered:
		return e.Answer.Finding == f
	}
	return false
}
