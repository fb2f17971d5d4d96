package storage

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cashier/pos"
)

// calls says what each call may be answered with.
var callFindings = map[string][]pos.Finding{
	"submit": {pos.FoundPaid, pos.FoundNotSent, pos.FoundCommFail, pos.FoundDeclined, pos.FoundUserPaying, pos.FoundUnclear, pos.FoundMismatch},
	"query": {pos.FoundPaid, pos.FoundNotSent, pos.FoundCommFail, pos.FoundUserPaying, pos.FoundUnclear, pos.FoundMismatch, pos.FoundNotPaid,
		pos.FoundPayError, pos.FoundClosed, pos.FoundRevoked, pos.FoundRefunding, pos.FoundNoOrder, pos.FoundOther},
	"revoke": {pos.FoundRevokeAccepted, pos.FoundRevokeAgain, pos.FoundRevokeRefused, pos.FoundUnclear, pos.FoundCommFail, pos.FoundNotSent},
	"refund": {pos.FoundRefundAccepted, pos.FoundRefundShort, pos.FoundRefundTooOften, pos.FoundRefundImpossible, pos.FoundRefundNoOrder,
		pos.FoundRefundRefused, pos.FoundUnclear, pos.FoundMismatch},
	"refund_query": {pos.FoundRefunded, pos.FoundRefundPending, pos.FoundRefundClosed, pos.FoundRefundAbnormal, pos.FoundRefundNotFound,
		pos.FoundRefundOther, pos.FoundUnclear, pos.FoundCommFail},
}

// words are texts as they come from outside: anything that is UTF-8.
var words = rapid.StringN(0, 12, 40)

// drawAnswer is what the gateway may say to the call on its way.
func drawAnswer(t *rapid.T, call string, now time.Time) pos.Answer {
	r := pos.Answer{
		Finding: rapid.SampledFrom(callFindings[call]).Draw(t, "finding"),
		Code:    words.Draw(t, "code"),
		Heard: pos.Heard{Status: 200, TookMS: rapid.Int64Range(0, 15_000).Draw(t, "took"),
			Fields: map[string]string{"return_msg": words.Draw(t, "said"), "": words.Draw(t, "nameless")}},
	}
	if r.Finding == pos.FoundPaid {
		r.TransactionID = "4200000215201811190261405420"
	}
	if rapid.Bool().Draw(t, "dated") { // a Date header: UTC and whole seconds; 7 days later at times
		r.Date = now.Add(time.Duration(rapid.IntRange(0, 8).Draw(t, "days")) * 24 * time.Hour).Truncate(time.Second)
	}
	return r
}

// drawEvent is something that may happen to the attempt now.
func drawEvent(t *rapid.T, a pos.Attempt, now time.Time) pos.Event {
	events := []pos.Event{pos.AskPressed{}, pos.Left{}, pos.Returned{}, pos.Unseen{}, pos.Acknowledged{By: words.Draw(t, "by")}, pos.Resumed{},
		pos.ClockStepped{ByMS: rapid.Int64Range(-1e9, 1e9).Draw(t, "step")}, pos.RevokePressed{By: "2"},
		pos.RefundPressed{No: fmt.Sprintf("%sR%d", a.OrderNo, len(a.Refunds())+1), Reason: words.Draw(t, "reason"),
			Amount: pos.Money{Minor: rapid.Int64Range(1, 500).Draw(t, "back"), Currency: a.Amount.Currency}}}
	var due []pos.Event
	switch call := a.InFlight(); call {
	case "submit":
		due = []pos.Event{pos.SubmitAnswered{Answer: drawAnswer(t, call, now)}}
	case "query":
		due = []pos.Event{pos.QueryAnswered{Answer: drawAnswer(t, call, now)}}
	case "revoke":
		due = []pos.Event{pos.RevokeAnswered{Answer: drawAnswer(t, call, now)}}
	case "refund":
		due = []pos.Event{pos.RefundAnswered{Answer: drawAnswer(t, call, now)}}
	case "refund_query":
		due = []pos.Event{pos.RefundQueryAnswered{Answer: drawAnswer(t, call, now)}}
	default:
		due = []pos.Event{pos.QuerySent{}, pos.QuerySent{Last: true}}
		if a.State != pos.InDoubt && a.State != pos.Paid {
			due = append(due, pos.RevokeSent{})
		}
		if a.Refunding {
			due = append(due, pos.RefundSent{}, pos.RefundQuerySent{})
		}
	}
	return rapid.OneOf(rapid.SampledFrom(due), rapid.SampledFrom(due), rapid.SampledFrom(events)).Draw(t, "event")
}

// shop is a journal, and the attempts as the till holds them.
type shop struct {
	journal *Journal
	now     time.Time
	held    map[pos.OrderNo]pos.Attempt
	entries int
}

// step journals what the machine makes of an event; one that changes nothing
// is not journaled.
func (s *shop) step(t *rapid.T, a pos.Attempt, e pos.Event) {
	s.now = s.now.Add(time.Duration(rapid.Int64Range(0, 90_000).Draw(t, "later")) * time.Millisecond)
	after, effects := pos.Next(a, e, s.now)
	if _, recorded := first(effects).(pos.Record); !recorded {
		return
	}
	seq, err := s.journal.Append(context.Background(), pos.Entry{
		At: s.now, Day: s.now.Format(time.DateOnly), Run: "run-1", OrderNo: after.OrderNo, Event: e, After: after})
	if err != nil {
		t.Fatalf("%T after %s: %v", e, a.State, err)
	}
	after.First, after.Seq = cmp.Or(after.First, seq), seq
	s.held[after.OrderNo] = after
	s.entries++
}

func first(effects []pos.Effect) pos.Effect {
	if len(effects) == 0 {
		return nil
	}
	return effects[0]
}

// compare holds what a reader tells of the attempts against what the till has.
func (s *shop) compare(t interface{ Fatalf(string, ...any) }, from string, r pos.Reader) {
	for no, held := range s.held {
		if got, err := r.Attempt(context.Background(), no); err != nil || !reflect.DeepEqual(got, held) {
			t.Fatalf("%s: %s is\n%+v, %v, the till held\n%+v", from, no, got, err, held)
		}
		list, err := r.List(context.Background(), pos.Filter{Sale: pos.SaleID(no)})
		if err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], held.Summary) {
			t.Fatalf("%s: %s is listed as\n%+v, %v, the till held\n%+v", from, no, list, err, held.Summary)
		}
	}
}

// fold(journal) = state, with the disk in between: whatever happens to some
// attempts at once, a reader beside the till folds each to what the till holds;
// so does the journal when it is opened again, its backup, and what is restored
// from that, which then goes on under another incarnation.
func TestProperty_AnyHistoryIsReadBackAsTheTillHeldIt(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "till", "journal.db")
	s := &shop{journal: open(t, path), now: began, held: map[pos.OrderNo]pos.Attempt{}}
	beside := openReaderAt(t, path)
	all := map[pos.OrderNo]pos.Attempt{}
	rapid.Check(t, func(t *rapid.T) {
		s.held = map[pos.OrderNo]pos.Attempt{}
		for range rapid.IntRange(1, 3).Draw(t, "attempts") {
			s.step(t, pos.Attempt{}, intent(s.journal, len(all)+len(s.held)+1))
		}
		numbers := numbersOf(s.held)
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			a := s.held[rapid.SampledFrom(numbers).Draw(t, "which")]
			s.step(t, a, drawEvent(t, a, s.now))
		}
		for no, a := range s.held {
			all[no] = a
		}
		s.compare(t, "a reader beside the till", beside)
	})
	s.held = all

	incarnation := s.journal.Incarnation()
	if err := s.journal.Close(); err != nil {
		t.Fatal(err)
	}
	s.journal = open(t, path)
	s.compare(t, "opened again", s.journal)
	check(t, s.journal.Reader)

	backup := filepath.Join(t.TempDir(), "backup.db")
	report, err := beside.Backup(ctx, backup)
	if err != nil {
		t.Fatal(err)
	}
	s.compare(t, "the backup", openReaderAt(t, backup))
	restoredPath := filepath.Join(t.TempDir(), "till", "journal.db")
	if _, err := Restore(ctx, backup, restoredPath, false, pos.Entry{At: s.now, Day: "2026-11-22", Run: "run-2"}); err != nil {
		t.Fatal(err)
	}
	restored := open(t, restoredPath)
	s.compare(t, "restored", restored)
	if restored.Incarnation() == incarnation {
		t.Error("the restored journal has the incarnation of the lost one")
	}
	do(t, restored, pos.Attempt{}, intent(restored, len(all)+1))
	t.Logf("%d attempts, %d entries, read back %d times over", len(all), report.Events, 4)
}

// numbersOf are the keys, in the order in which they were given out.
func numbersOf(held map[pos.OrderNo]pos.Attempt) []pos.OrderNo {
	numbers := make([]pos.OrderNo, 0, len(held))
	for no := range held {
		numbers = append(numbers, no)
	}
	slices.Sort(numbers)
	return numbers
}
