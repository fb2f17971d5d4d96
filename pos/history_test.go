package pos

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	submitFindings = []Finding{FoundPaid, FoundNotSent, FoundCommFail, FoundDeclined, FoundUserPaying, FoundUnclear, FoundMismatch}
	queryFindings  = []Finding{FoundPaid, FoundNotSent, FoundCommFail, FoundUserPaying, FoundUnclear, FoundMismatch,
		FoundNotPaid, FoundPayError, FoundClosed, FoundRevoked, FoundRefunding, FoundNoOrder, FoundOther}
	revokeFindings = []Finding{FoundRevokeAccepted, FoundRevokeAgain, FoundRevokeRefused, FoundUnclear, FoundCommFail, FoundNotSent}

	// Of an order whose customer scans the till (wechat/page.go).
	orderFindings = []Finding{FoundReady, FoundNotSent, FoundCommFail, FoundDeclined, FoundUnclear, FoundMismatch}
	closeFindings = []Finding{FoundRevokeAccepted, FoundRevokeMoot, FoundRevokeRefused, FoundUnclear, FoundCommFail, FoundNotSent, FoundMismatch}
)

// history drives Next with a gateway that may say anything, and holds the laws
// against every step.
type history struct {
	t       *rapid.T
	a       Attempt
	now     time.Time
	wake    time.Time
	submits int
	door    bool // a revoke was journaled
	entries []Entry
}

// TestNext_AnyHistory: whatever the gateway, the people and the clock do, the
// laws of design 3 hold at every step, the journal folds to the same attempt,
// and a gateway that comes to its senses brings the attempt to an end.
func TestNext_AnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &history{t: t, now: t0}
		h.take(someIntent())
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			h.anything()
		}
		folded, err := Fold(h.entries)
		if err != nil || !reflect.DeepEqual(folded, h.a) {
			t.Fatalf("the journal folds to\n%+v (%v), not to\n%+v", folded, err, h.a)
		}
		h.settle()
	})
}

// anything lets one thing happen that can happen now.
func (h *history) anything() {
	switch rapid.IntRange(0, 9).Draw(h.t, "what") {
	case 0:
		h.take(RevokePressed{})
	case 1:
		h.take(AskPressed{})
	case 2:
		h.take(rapid.SampledFrom([]Event{Left{}, Returned{}, Acknowledged{}, Unseen{}, BillDiffers{}}).Draw(h.t, "person"))
	case 3:
		h.take(Resumed{})
	case 4:
		by := time.Duration(rapid.Int64Range(-86400, 86400).Draw(h.t, "by")) * time.Second
		h.now = h.now.Add(by)
		h.take(ClockStepped{ByMS: by.Milliseconds()})
	default:
		h.progress(func(c call) Answer { return h.draw(c) })
	}
}

// progress answers the call on its way, or lets time pass until one is due.
func (h *history) progress(answer func(call) Answer) {
	switch c := h.a.inFlight; {
	case c == submitCall:
		h.now = h.now.Add(time.Second)
		h.take(SubmitAnswered{answer(c)})
	case c == queryCall:
		h.now = h.now.Add(100 * time.Millisecond)
		h.take(QueryAnswered{answer(c)})
	case c == revokeCall:
		h.now = h.now.Add(100 * time.Millisecond)
		h.take(RevokeAnswered{answer(c)})
	case !h.wake.IsZero():
		h.now = later(h.now, h.wake)
		h.take(Ticked{})
	}
}

func (h *history) draw(c call) Answer {
	findings := map[call][]Finding{submitCall: submitFindings, queryCall: queryFindings, revokeCall: revokeFindings}[c]
	r := Answer{Finding: rapid.SampledFrom(findings).Draw(h.t, "finding")}
	if r.Finding == FoundPaid {
		r.TransactionID = "4200"
	}
	if rapid.IntRange(0, 20).Draw(h.t, "old") == 0 {
		r.Date = h.a.CreatedAt.Add(revocable)
	}
	return r
}

// take gives one event to Next and checks the laws.
func (h *history) take(e Event) {
	before := h.a
	next, effects := Next(h.a, e, h.now)
	h.wake = time.Time{}
	recorded := false
	for _, effect := range effects {
		switch effect := effect.(type) {
		case Record:
			recorded = true
			h.entries = append(h.entries, Entry{Seq: int64(len(h.entries) + 1), At: h.now, Event: effect.Event})
			next.First, next.Seq = 1, int64(len(h.entries))
		case Submit:
			h.submits++
			h.lawful(recorded && h.submits == 1, "a submission that is not journaled, or a second one")
		case Query:
			h.lawful(recorded && before.inFlight == noCall, "3.7: a query that is not journaled, or two calls at once")
		case Revoke:
			h.door = true
			h.lawful(recorded && before.inFlight == noCall, "3.8: a revoke that is not journaled, or two calls at once")
			h.lawful(!h.now.Before(before.since.Add(before.Terms.RevokeAfter)), "3.8: a revoke before 15 s")
			h.lawful(!before.foreign && !before.expired, "3.10: somebody else's order is revoked, or 7 days are gone")
		case After:
			h.wake = effect.At
		}
	}
	if next.State == Revoking {
		h.door = true
	}
	h.a = next
	h.lawful(!(h.door && next.State == Paid), "3.8: the one-way door opened")
	h.lawful(before.State != Paid || next.State == Paid, "a paid attempt changed its state")
	h.lawful(!next.Open() || next.inFlight != noCall || !h.wake.IsZero(), "an open attempt with nothing to wait for")
	if _, answered := e.(QueryAnswered); !answered {
		_, submitted := e.(SubmitAnswered)
		h.lawful(submitted || next.State != Paid || before.State == Paid, "15: paid without an answer")
	}
}

func (h *history) lawful(ok bool, law string) {
	if !ok {
		h.t.Fatalf("%s\n%s after %d entries", law, describe(h.a), len(h.entries))
	}
}

// settle lets the gateway come to its senses: it accepts revokes and says
// CLOSED. From every state the attempt then reaches an end (L1), in a bounded
// number of calls.
func (h *history) settle() {
	sense := map[call]Finding{submitCall: FoundUnclear, queryCall: FoundClosed, revokeCall: FoundRevokeAccepted}
	for range 20 {
		if !h.a.Open() {
			return
		}
		h.progress(func(c call) Answer { return Answer{Finding: sense[c]} })
	}
	h.t.Fatalf("L1: no end: %s, asking at %v, revoking at %v, now %v", describe(h.a), h.a.askAt, h.a.revokeAt, h.now)
}
