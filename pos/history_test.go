package pos

import (
	"reflect"
	"slices"
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
	says    map[call][]Finding
	a       Attempt
	now     time.Time
	wake    time.Time
	submits int
	door    bool // a revoke was journaled
	entries []Entry
	native  nativeHistory
}

// TestNext_AnyHistory: whatever the gateway, the people and the clock do, the
// laws of design 3 hold at every step, the journal folds to the same attempt,
// and a gateway that comes to its senses brings the attempt to an end.
func TestNext_AnyHistory(t *testing.T) {
	anyHistory(t, someIntent(), submitFindings, revokeFindings, FoundClosed)
}

// TestNext_AnyNativeHistory: the same for a customer who scans the till, where
// the gateway may also come to its senses with the customer's money.
func TestNext_AnyNativeHistory(t *testing.T) {
	anyHistory(t, codeIntent(), orderFindings, closeFindings, FoundClosed, FoundPaid)
}

func anyHistory(t *testing.T, intent Intended, submit, revoke []Finding, ends ...Finding) {
	says := map[call][]Finding{submitCall: submit, queryCall: queryFindings, revokeCall: revoke}
	rapid.Check(t, func(t *rapid.T) {
		h := &history{t: t, says: says, now: t0}
		h.take(intent)
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			h.anything()
		}
		folded, err := Fold(h.entries)
		if err != nil || !reflect.DeepEqual(folded, h.a) {
			t.Fatalf("the journal folds to\n%+v (%v), not to\n%+v", folded, err, h.a)
		}
		h.settle(rapid.SampledFrom(ends).Draw(t, "end"))
	})
}

// anything lets one thing happen that can happen now.
func (h *history) anything() {
	switch rapid.IntRange(0, 10).Draw(h.t, "what") {
	case 0:
		h.take(RevokePressed{})
	case 1:
		h.take(AskPressed{})
	case 2:
		h.take(rapid.SampledFrom([]Event{Left{}, Returned{}, Acknowledged{}, Unseen{}, BillDiffers{}, Annotated{}}).Draw(h.t, "person"))
	case 3:
		h.take(Resumed{})
	case 10:
		h.take(VoidPressed{ClockSince: h.now.Add(time.Duration(rapid.IntRange(-60, 60).Draw(h.t, "clock")) * time.Second)})
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
	r := answerOf(rapid.SampledFrom(h.says[c]).Draw(h.t, "finding"))
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
	if next.Method.Closes() {
		h.nativeLaws(before, e, effects)
	} else {
		h.lawful(!(h.door && next.State == Paid), "3.8: the one-way door opened")
	}
	_, void := e.(VoidPressed)
	h.lawful(before.State != Paid || next.State == Paid || void && before.CanVoid(h.now) == nil, "a paid attempt changed its state")
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

// nativeHistory is what the laws of an order that is closed, and not revoked,
// have to remember.
type nativeHistory struct {
	newest  call      // that was answered
	said    Finding   // by that answer
	heardAt time.Time // and when
	ended   bool      // a query said CLOSED, REVOKED or REFUND, while the till worked on it
}

// nativeLaws are the laws of design 2 and 3.12.
func (h *history) nativeLaws(before Attempt, e Event, effects []Effect) {
	n, next := &h.native, h.a
	if slices.Contains(effects, Effect(Revoke{})) {
		h.lawful(n.newest == queryCall && n.said != FoundPaid, "3.12: a close that is not behind a query, or behind SUCCESS")
		h.lawful(n.heardAt.Equal(h.now), "3.12: the close does not follow its query at once")
		h.lawful(before.State != Paid, "3.12: a paid order is closed")
	}
	if step, stepped := e.(ClockStepped); stepped { // for the till no time has passed
		n.heardAt = n.heardAt.Add(time.Duration(step.ByMS) * time.Millisecond)
	}
	if f := finding(e); f != "" {
		n.newest, n.said, n.heardAt = before.inFlight, f, h.now
	}
	if r, queried := e.(QueryAnswered); queried {
		h.lawful(r.Answer.Finding != FoundPaid || n.ended || next.State == Paid, "design 2: a late SUCCESS is no sale")
		h.lawful(r.Answer.Finding != FoundPaid || !n.ended || next.Attention != "", "S14: SUCCESS behind an end, and nobody is told")
		n.ended = n.ended || before.Open() && slices.Contains([]Finding{FoundClosed, FoundRevoked, FoundRefunding}, r.Answer.Finding)
	}
	h.lawful(!n.ended || next.State != Paid || before.State == Paid, "S14: PAID behind an end")
	ready := before.inFlight == submitCall && finding(e) == FoundReady
	h.lawful(next.codeURL == before.codeURL || ready, "a code that nobody gave is shown")
	h.lawful(next.State != InDoubt || next.codeURL != "" || next.foreign || next.declined, "in doubt, and nothing to pay by")
}

// settle lets the gateway come to its senses: it accepts revokes and says what
// the end is. From every state the attempt then reaches an end (L1), in a bounded
// number of calls.
func (h *history) settle(end Finding) {
	sense := map[call]Finding{submitCall: FoundUnclear, queryCall: end, revokeCall: FoundRevokeAccepted}
	for range 20 {
		if !h.a.Open() {
			return
		}
		h.progress(func(c call) Answer { return Answer{Finding: sense[c]} })
	}
	h.t.Fatalf("L1: no end: %s, asking at %v, revoking at %v, now %v", describe(h.a), h.a.askAt, h.a.revokeAt, h.now)
}
