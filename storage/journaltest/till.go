package journaltest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// start is when the suite's first shop day begins to sell.
var start = time.Date(2026, 11, 21, 12, 30, 0, 123_000_000, time.UTC)

// till journals attempts as pos.Till does: Next decides, the entry is
// appended, its seq is kept in the attempt. Its clock steps by itself.
type till struct {
	t       testing.TB
	journal pos.Journal
	id      string
	now     time.Time
	counter int
}

func newTill(t testing.TB, j pos.Journal) *till {
	return &till{t: t, journal: j, id: "K1", now: start}
}

// day is the shop's day of the till's clock.
func (l *till) day() string { return l.now.Format(time.DateOnly) }

// intent is a new attempt's, with an auth code of its own.
func (l *till) intent() pos.Intended {
	l.t.Helper()
	l.counter++
	no, err := pos.NewOrderNo(l.id, l.now, l.journal.Incarnation(), l.counter)
	if err != nil {
		l.t.Fatal(err)
	}
	return pos.Intended{
		OrderNo: no, Sale: pos.SaleID(no), Number: 1, Method: pos.QuickPay, Amount: pos.Money{Minor: 1250, Currency: "HKD"},
		CodeLast4: "3456", Fingerprint: fmt.Sprintf("%032x", l.counter), Cashier: "2", Till: l.id, Ref: "table 7",
		Counter: l.counter, Terms: pos.DefaultTerms,
	}
}

// entry is what the machine makes of an event now.
func (l *till) entry(a pos.Attempt, e pos.Event) pos.Entry {
	after, _ := pos.Next(a, e, l.now)
	return pos.Entry{At: l.now, Day: l.day(), Run: "run-1", OrderNo: after.OrderNo, Event: e, After: after}
}

// do journals an event and returns the attempt as a till would hold it.
func (l *till) do(a pos.Attempt, e pos.Event) pos.Attempt {
	l.t.Helper()
	l.now = l.now.Add(1500 * time.Millisecond)
	entry := l.entry(a, e)
	seq, err := l.journal.Append(context.Background(), entry)
	if err != nil {
		l.t.Fatalf("append %s: %v", entry.Name(), err)
	}
	entry.After.First, entry.After.Seq = cmp.Or(entry.After.First, seq), seq
	return entry.After
}

// begin journals an intent, changed by with.
func (l *till) begin(with ...func(*pos.Intended)) pos.Attempt {
	l.t.Helper()
	e := l.intent()
	for _, change := range with {
		change(&e)
	}
	return l.do(pos.Attempt{}, e)
}

// pay takes an attempt to paid.
func (l *till) pay(a pos.Attempt) pos.Attempt {
	l.t.Helper()
	return l.do(a, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundPaid, TransactionID: "4200" + strings.TrimPrefix(string(a.OrderNo), "K")}})
}

// fail takes an attempt to failed, without a watch.
func (l *till) fail(a pos.Attempt) pos.Attempt {
	l.t.Helper()
	return l.do(a, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundNotSent}})
}

// doubt takes an attempt to in doubt.
func (l *till) doubt(a pos.Attempt) pos.Attempt {
	l.t.Helper()
	return l.do(a, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundUserPaying, Code: "USERPAYING"}})
}

// watched takes an attempt to failed with a watch behind it.
func (l *till) watched(a pos.Attempt) pos.Attempt {
	l.t.Helper()
	return l.do(a, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundCommFail}})
}

// alarmed takes an attempt to in doubt with attention.
func (l *till) alarmed(a pos.Attempt) pos.Attempt {
	l.t.Helper()
	return l.do(a, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundUnclear, Alarm: pos.AttentionSignature}})
}

// findings that each call may bring.
var findings = map[string][]pos.Finding{
	"submit": {pos.FoundPaid, pos.FoundUserPaying, pos.FoundDeclined, pos.FoundCommFail, pos.FoundUnclear, pos.FoundMismatch, pos.FoundNotSent},
	"query": {pos.FoundPaid, pos.FoundUserPaying, pos.FoundNotPaid, pos.FoundPayError, pos.FoundClosed, pos.FoundRevoked,
		pos.FoundRefunding, pos.FoundNoOrder, pos.FoundOther, pos.FoundUnclear, pos.FoundCommFail, pos.FoundMismatch},
	"revoke": {pos.FoundRevokeAccepted, pos.FoundRevokeAgain, pos.FoundRevokeRefused, pos.FoundUnclear, pos.FoundCommFail},
}

// wander journals up to steps events that may happen, drawn by chance.
func (l *till) wander(a pos.Attempt, chance *rand.Rand, steps int) pos.Attempt {
	l.t.Helper()
	for range steps {
		l.now = l.now.Add(time.Duration(chance.IntN(60_000)) * time.Millisecond)
		a = l.do(a, l.anyEvent(a, chance))
	}
	return a
}

// anyEvent draws an event that may happen to a.
func (l *till) anyEvent(a pos.Attempt, chance *rand.Rand) pos.Event {
	events := []pos.Event{
		pos.Left{}, pos.Returned{}, pos.Acknowledged{By: "manager"}, pos.Resumed{},
		pos.ClockStepped{ByMS: 7000}, pos.AskPressed{},
	}
	answer := pos.Answer{Heard: pos.Heard{Status: 200, Fields: map[string]string{"result_code": "SUCCESS"}, TookMS: 84}}
	if call := a.InFlight(); call != "" {
		answer.Finding = findings[call][chance.IntN(len(findings[call]))]
	}
	switch a.InFlight() {
	case "submit":
		events = append(events, pos.SubmitAnswered{Answer: answer})
	case "query":
		events = append(events, pos.QueryAnswered{Answer: answer})
	case "revoke":
		answer.Recall = pos.RecallYes
		events = append(events, pos.RevokeAnswered{Answer: answer})
	default:
		events = append(events, pos.QuerySent{}, pos.QuerySent{Last: true})
		if a.State != pos.InDoubt && a.State != pos.Paid {
			events = append(events, pos.RevokeSent{})
		}
	}
	if a.CanRevoke(l.now) == nil {
		events = append(events, pos.RevokePressed{By: "2"})
	}
	return events[chance.IntN(len(events))]
}
