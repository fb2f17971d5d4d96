package pos

import (
	"slices"
	"testing"
	"time"
)

// These tests take the sentences of WeChat Pay's page "API Rules" and of the
// law in docs/design.md one by one. testdata/next has the longer conversations.

// played is an attempt after answers to its calls, each 100 ms after it was due.
func played(t *testing.T, answers ...Answer) Attempt {
	t.Helper()
	return playedFrom(t, someIntent(), answers...)
}

// playedFrom is the same for any intent.
func playedFrom(t *testing.T, intent Intended, answers ...Answer) Attempt {
	t.Helper()
	now := t0
	a, _ := Next(Attempt{}, intent, now)
	for _, r := range answers {
		for a.inFlight == noCall {
			effects := a.wait()
			if len(effects) == 0 {
				t.Fatalf("no call is due for answer %v: %s", r.Finding, describe(a))
			}
			now = later(now, effects[0].(After).At)
			a, _ = Next(a, Ticked{}, now)
		}
		now = now.Add(100 * time.Millisecond)
		event := map[call]Event{submitCall: SubmitAnswered{r}, queryCall: QueryAnswered{r}, revokeCall: RevokeAnswered{r}}[a.inFlight]
		a, _ = Next(a, event, now)
	}
	return a
}

func found(f Finding) Answer { return Answer{Finding: f} }

// answerOf is an answer with what belongs to its finding.
func answerOf(f Finding) Answer {
	r := found(f)
	switch f {
	case FoundPaid:
		r.TransactionID = "4200"
	case FoundReady:
		r.CodeURL, r.PrepayID = "weixin://wxpay/bizpayurl?pr=1", "wx1"
	}
	return r
}

func answersOf(findings []Finding) (answers []Answer) {
	for _, f := range findings {
		answers = append(answers, answerOf(f))
	}
	return answers
}

// Seed rule 1: return_code and result_code SUCCESS: the transaction succeeded.
func TestRule1_SuccessIsPaid(t *testing.T) {
	if a := played(t, Answer{Finding: FoundPaid, TransactionID: "4200"}); a.State != Paid || a.TransactionID != "4200" || a.Open() {
		t.Errorf("got %s", describe(a))
	}
}

// Seed rule 2: return_code SUCCESS and result_code FAIL is never a failure yet: poll Query Order.
func TestRule2_SuccessThenFailIsPolled(t *testing.T) {
	for _, f := range []Finding{FoundDeclined, FoundUserPaying, FoundUnclear} {
		a := played(t, found(f))
		if a.State != InDoubt || len(a.wait()) == 0 {
			t.Errorf("%s: got %s, want in doubt with a query due", f, describe(a))
		}
		if a := played(t, found(f), found(FoundPaid)); a.State != Paid {
			t.Errorf("%s, then a query says SUCCESS: got %s", f, describe(a))
		}
	}
}

// Seed rule 3: return_code FAIL on Quick Pay: the transaction failed. A watch looks behind it.
func TestRule3_ReturnCodeFailIsFailed(t *testing.T) {
	if a := played(t, found(FoundCommFail)); a.State != Failed || !a.Watch {
		t.Errorf("got %s", describe(a))
	}
}

// Design 3.4: on every other call return_code FAIL means no information.
func TestLaw4_ReturnCodeFailElsewhereIsNoInformation(t *testing.T) {
	if a := played(t, found(FoundUnclear), found(FoundCommFail), found(FoundCommFail), found(FoundPaid)); a.State != Paid {
		t.Errorf("on Query Order: got %s", describe(a))
	}
	a := played(t, found(FoundUnclear), found(FoundPayError), found(FoundCommFail))
	if a.State != Revoking || a.revokeAt.IsZero() {
		t.Errorf("on Revoke: got %s", describe(a))
	}
}

// Seed, Revoke: recall Y means call again; N means no need to. Both are read
// before anything is believed, and N is checked by a query (design 3.8).
func TestRule_Recall(t *testing.T) {
	y := played(t, found(FoundUnclear), found(FoundPayError), Answer{Finding: FoundRevokeAgain, Recall: RecallYes})
	if y.State != Revoking || y.Recall != RecallYes || y.revokeAt.IsZero() {
		t.Errorf("Y: got %s, recall %q", describe(y), y.Recall)
	}
	n := played(t, found(FoundUnclear), found(FoundPayError), Answer{Finding: FoundRevokeAccepted, Recall: RecallNo})
	if n.State != Confirming || n.Recall != RecallNo || n.askAt.IsZero() {
		t.Errorf("N: got %s, recall %q", describe(n), n.Recall)
	}
}

// Design 3.8: the last recall heard stays; an answer that proves nothing does not change it.
func TestLaw8_RecallIsTheLastHeard(t *testing.T) {
	a := played(t, found(FoundUnclear), found(FoundPayError), Answer{Finding: FoundRevokeAgain, Recall: RecallYes},
		found(FoundNotPaid), found(FoundUnclear))
	if a.Recall != RecallYes {
		t.Errorf("got %q", a.Recall)
	}
}

// Design 3.8: the tenth revoke that is refused is on the attention list, as the tenth that is not finished is.
func TestLaw8_TheTenthRefusalIsShown(t *testing.T) {
	for revokes, want := range map[int]Attention{9: "", 10: AttentionRevokeSlow, 11: AttentionRevokeSlow} {
		a := sent(t, played(t, found(FoundUnclear), found(FoundPayError)))
		a.Revokes = revokes
		a, _ = Next(a, RevokeAnswered{found(FoundRevokeRefused)}, a.UpdatedAt.Add(time.Second))
		if a.Attention != want {
			t.Errorf("after %d: %s", revokes, describe(a))
		}
	}
}

// W4: only what was seen paid since the door closed is given back; anything else is merely closed.
func TestLaw8_PaidSeen(t *testing.T) {
	confirming := []Answer{found(FoundUnclear), found(FoundPayError), found(FoundRevokeAccepted)}
	for name, c := range map[string]struct {
		then []Answer
		want bool
	}{
		"paid":            {[]Answer{found(FoundPaid)}, true},
		"paying":          {[]Answer{found(FoundUserPaying)}, false},
		"paid, then open": {[]Answer{found(FoundPaid), found(FoundUnclear), found(FoundRevokeAccepted), found(FoundNotPaid)}, true},
	} {
		if a := played(t, append(confirming[:3:3], c.then...)...); a.PaidSeen() != c.want {
			t.Errorf("%s: got %v, %s", name, a.PaidSeen(), describe(a))
		}
	}
	for f, want := range map[Finding]bool{FoundPaid: true, FoundUserPaying: false} {
		if a := played(t, found(FoundCommFail), found(f)); a.State != Revoking || a.PaidSeen() != want {
			t.Errorf("%s behind a verdict: got %v, %s", f, a.PaidSeen(), describe(a))
		}
	}
}

// Design 3.11.
func TestLaw11_CanRescan(t *testing.T) {
	for _, c := range []struct {
		state         State
		watch         bool
		quick, strict bool
	}{
		{Submitting, false, false, false}, {InDoubt, false, false, false}, {Revoking, false, false, false},
		{Confirming, false, false, false}, {Paid, false, false, false},
		{Failed, true, true, false}, {Failed, false, true, true}, {Revoked, true, true, false}, {Revoked, false, true, true},
	} {
		s := Summary{State: c.state, Watch: c.watch}
		if quick, strict := s.CanRescan(RescanQuick) == nil, s.CanRescan(RescanStrict) == nil; quick != c.quick || strict != c.strict {
			t.Errorf("%s, watch %v: quick %v, strict %v", c.state, c.watch, quick, strict)
		}
	}
}

// Design 3.7, 3.8: the documented values, and the steps 5, 5, 10, 20, 40, 60 s, then 5 min.
func TestTerms(t *testing.T) {
	if err := DefaultTerms.Check(false); err != nil {
		t.Error(err)
	}
	for i, want := range []time.Duration{5, 5, 10, 20, 40, 60, 60, 60, 60, 300, 300} {
		if got := DefaultTerms.revokeWait(i + 1); got != want*time.Second {
			t.Errorf("after revoke %d: %s, want %ds", i+1, got, want)
		}
	}
	short := Terms{FirstQuery: 1, QueryEvery: 1, RevokeAfter: 1, RevokeEvery: 1, Deadline: 1}
	if short.Check(true) != nil || KindOf(short.Check(false)) != KindInvalid {
		t.Error("short intervals are for a loopback gateway only")
	}
	long := DefaultTerms
	long.Deadline = 61 * time.Second
	if long.Check(true) == nil || long.Check(false) == nil {
		t.Error("a deadline over 60 s was taken")
	}
}

// Design 3.7: ± 20 %, and the same history always waits the same.
func TestLaw7_Jitter(t *testing.T) {
	seen := map[time.Duration]bool{}
	for asked := range 200 {
		a := Attempt{Summary: Summary{OrderNo: "K1261121Q7RX000001", Asked: asked}, Terms: DefaultTerms}
		wait := a.queryWait()
		if wait < 2400*time.Millisecond || wait > 3600*time.Millisecond || wait != a.queryWait() {
			t.Errorf("asked %d: %s", asked, wait)
		}
		seen[wait] = true
	}
	if len(seen) < 20 {
		t.Errorf("only %d different waits", len(seen))
	}
}

// An event that cannot happen is a bug, found today.
func TestNext_PanicsOnTheImpossible(t *testing.T) {
	paid := played(t, found(FoundPaid))
	for name, f := range map[string]func(){
		"a second intent":          func() { Next(paid, someIntent(), t0) },
		"an event without intent":  func() { Next(Attempt{}, Ticked{}, t0) },
		"an answer without a call": func() { Next(paid, QueryAnswered{}, t0) },
		"a revoke of a paid order": func() { Next(paid, RevokeSent{}, t0) },
		"an event of the till":     func() { Next(paid, Noted{}, t0) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was taken", name)
				}
			}()
			f()
		}()
	}
}

// Design 3.7: every interval has a least and a greatest value; a loopback
// gateway waives the least, and nothing else.
func TestLaw7_EveryIntervalHasItsRange(t *testing.T) {
	for key, c := range map[string]struct {
		set         func(*Terms, time.Duration)
		least, most time.Duration
	}{
		"first_query":  {func(t *Terms, d time.Duration) { t.FirstQuery = d }, 3 * time.Second, 10 * time.Second},
		"query_every":  {func(t *Terms, d time.Duration) { t.QueryEvery = d }, 3 * time.Second, 10 * time.Second},
		"revoke_after": {func(t *Terms, d time.Duration) { t.RevokeAfter = d }, 15 * time.Second, 30 * time.Second},
		"revoke_every": {func(t *Terms, d time.Duration) { t.RevokeEvery = d }, time.Second, 60 * time.Second},
		"deadline":     {func(t *Terms, d time.Duration) { t.Deadline = d }, 30 * time.Second, 60 * time.Second},
	} {
		for _, d := range []time.Duration{0, 1, c.least - 1, c.least, c.most, c.most + 1} {
			terms := DefaultTerms
			c.set(&terms, d)
			if taken, want := terms.Check(false) == nil, d >= c.least && d <= c.most; taken != want {
				t.Errorf("%s = %s: taken %v", key, d, taken)
			}
			if taken, want := terms.Check(true) == nil, d > 0 && d <= c.most; taken != want {
				t.Errorf("%s = %s, loopback: taken %v", key, d, taken)
			}
		}
	}
}

// Design 3.9: a watch asks every 3 s until the attempt is 45 s old, then at
// 120 s, then every 5 minutes.
func TestLaw9_AWatchAsksLessAndLess(t *testing.T) {
	a := played(t, found(FoundCommFail))
	wait := a.queryWait()
	for _, c := range []struct{ age, next time.Duration }{
		{5 * time.Second, 5*time.Second + wait},
		{a.Terms.Deadline - wait - 1, a.Terms.Deadline - 1},
		{a.Terms.Deadline - wait, 120 * time.Second},
		{120*time.Second - 1, 120 * time.Second},
		{120 * time.Second, 420 * time.Second},
		{420 * time.Second, 720 * time.Second},
	} {
		if got := a.watchAsk(a.since.Add(c.age)).Sub(a.since); got != c.next {
			t.Errorf("at %s: asks at %s, want %s", c.age, got, c.next)
		}
	}
}

// Design 3.9: ORDERNOTEXIST ends a watch at 120 s, and not before.
func TestLaw9_AWatchEndsAt120s(t *testing.T) {
	for age, ends := range map[time.Duration]bool{120*time.Second - 1: false, 120 * time.Second: true} {
		a := sent(t, played(t, found(FoundCommFail)))
		a, _ = Next(a, QueryAnswered{found(FoundNoOrder)}, a.since.Add(age))
		if a.Watch == ends {
			t.Errorf("at %s: %s", age, describe(a))
		}
	}
}

// Wechatpay-v2 9.1: 45 s after its creation WeChat Pay closes an unpaid order by itself.
func TestClosesAt(t *testing.T) {
	if got := played(t, found(FoundUserPaying)).ClosesAt(); !got.Equal(t0.Add(45 * time.Second)) {
		t.Errorf("got %s", got)
	}
}

// Design 3.12, 3.16: after a restart the gateway is asked before the close,
// also when the clock was set back between the two runs.
func TestNext_CloseAsksFirstThoughTheClockWasSetBack(t *testing.T) {
	a := playedFrom(t, codeIntent(), answersOf([]Finding{FoundReady, FoundNotPaid})...)
	a, _ = Next(a, RevokePressed{}, a.UpdatedAt)
	back := a.UpdatedAt.Add(-time.Hour)
	a, _ = Next(a, Resumed{}, back)
	if _, effects := Next(a, Ticked{}, back); slices.Contains(effects, Effect(Revoke{})) {
		t.Error("the close leaves, and nobody has asked")
	}
}

// API Rules, "Close Order API", design 3.12: called at once when the last query is
// not SUCCESS, whatever it said, unless that is an end by itself.
func TestLaw12_CloseOrderFollowsAQueryThatIsNotSuccessAtOnce(t *testing.T) {
	for _, f := range queryFindings {
		a := playedFrom(t, codeIntent(), answersOf([]Finding{FoundReady})...)
		for a.State == InDoubt && !a.lastAsked && a.Asked < 100 { // to the last query
			now := a.wait()[0].(After).At
			if a, _ = Next(a, Ticked{}, now); !a.lastAsked {
				a, _ = Next(a, QueryAnswered{found(FoundNotPaid)}, now)
			}
		}
		now := a.UpdatedAt
		a, _ = Next(a, QueryAnswered{Answer{Finding: f, TransactionID: idOf(f)}}, now)
		_, effects := Next(a, Ticked{}, now)
		closes := len(effects) == 2 && effects[1] == Effect(Revoke{})
		over := f == FoundPaid || f == FoundClosed || f == FoundRevoked || f == FoundRefunding
		if closes == (over || f == FoundMismatch) {
			t.Errorf("behind %s: %s, closed %v", f, describe(a), closes)
		}
	}
}

// The same: a paid order is never closed, however it is pressed or asked about.
func TestLaw12_APaidOrderIsNeverClosed(t *testing.T) {
	for _, f := range queryFindings {
		a := playedFrom(t, codeIntent(), answersOf([]Finding{FoundReady, FoundPaid})...)
		now := a.UpdatedAt
		for _, e := range []Event{RevokePressed{}, AskPressed{}, Ticked{}, QueryAnswered{Answer{Finding: f, TransactionID: idOf(f)}}, RevokePressed{}, Ticked{}, Resumed{}, Ticked{}} {
			var effects []Effect
			a, effects = Next(a, e, now)
			for _, effect := range effects {
				if effect == Effect(Revoke{}) || a.State != Paid {
					t.Errorf("%s: %T leads to %s, %v", f, e, describe(a), effects)
				}
			}
		}
	}
}

// S14: a paid order keeps the number of its payment, and a person looks at another one.
func TestRule_PaymentIsNotReplaced(t *testing.T) {
	of := func(number string) Answer { return Answer{Finding: FoundPaid, TransactionID: number} }
	for number, want := range map[string]Attention{"4200": "", "4201": AttentionContradiction, "": ""} {
		a, _ := Next(played(t, of("4200")), AskPressed{}, t0.Add(time.Minute))
		a, _ = Next(a, Ticked{}, t0.Add(time.Minute))
		a, _ = Next(a, QueryAnswered{of(number)}, t0.Add(61*time.Second))
		if a.State != Paid || a.TransactionID != "4200" || a.Attention != want {
			t.Errorf("%q: %s, payment %s", number, describe(a), a.TransactionID)
		}
	}
}
