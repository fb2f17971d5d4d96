package ui

import (
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// told is the story of entries in English, a step a line.
func told(t *testing.T, entries ...pos.Entry) string {
	t.Helper()
	w, err := newWords("en")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, m := range (pen{words: w}).story(entries) {
		b.WriteString(m.text + "\n")
	}
	return b.String()
}

// Whatever can happen to an order has a sentence, and none is a name out of the code.
func TestStoryHasASentenceForEveryEvent(t *testing.T) {
	answer := pos.Answer{Finding: pos.FoundUnclear}
	for _, e := range []pos.Event{
		pos.Intended{Method: pos.QuickPay}, pos.Intended{Method: pos.Native}, pos.Intended{Method: pos.App}, pos.Intended{Method: pos.MiniProgram},
		pos.SubmitAnswered{Answer: answer}, pos.QueryAnswered{Answer: answer}, pos.RevokeAnswered{Answer: answer}, pos.RefundAnswered{Answer: answer},
		pos.RefundQueryAnswered{Answer: answer}, pos.QuerySent{}, pos.RevokeSent{}, pos.RefundSent{}, pos.RefundQuerySent{}, pos.RevokePressed{},
		pos.VoidPressed{}, pos.RefundPressed{}, pos.Annotated{}, pos.Acknowledged{}, pos.Acknowledged{Text: "x"}, pos.AskPressed{}, pos.Left{},
		pos.Returned{}, pos.Unseen{}, pos.Resumed{}, pos.ClockStepped{ByMS: 61_000}, pos.BillDiffers{},
	} {
		text := strings.TrimSpace(told(t, pos.Entry{Event: e}))
		if text == "" || text == pos.EventName(e) || keyForm.MatchString(text) {
			t.Errorf("%T is told as %q", e, text)
		}
	}
}

func TestStoryHasASentenceForEveryAnswer(t *testing.T) {
	unclear := told(t, pos.Entry{Event: pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundUnclear}}})
	for _, f := range []pos.Finding{pos.FoundNotSent, pos.FoundCommFail, pos.FoundReady, pos.FoundPaid, pos.FoundMismatch, pos.FoundUserPaying,
		pos.FoundDeclined, pos.FoundNotPaid, pos.FoundPayError, pos.FoundClosed, pos.FoundRevoked, pos.FoundRefunding, pos.FoundNoOrder,
		pos.FoundRevokeAccepted, pos.FoundRevokeMoot, pos.FoundRevokeAgain, pos.FoundRevokeRefused, pos.FoundRefundAccepted, pos.FoundRefundShort,
		pos.FoundRefundTooOften, pos.FoundRefundImpossible, pos.FoundRefundNoOrder, pos.FoundRefundRefused, pos.FoundRefunded, pos.FoundRefundPending,
		pos.FoundRefundClosed, pos.FoundRefundAbnormal, pos.FoundRefundNotFound} {
		if text := told(t, pos.Entry{Event: pos.SubmitAnswered{Answer: pos.Answer{Finding: f}}}); text == unclear || strings.Contains(text, "story.") {
			t.Errorf("%s is told as %q", f, text)
		}
	}
}

func TestStoryTellsACallWithItsAnswerAndTheSameAnswerOnce(t *testing.T) {
	b := newFakeBooks()
	no := b.order(time.Now(), hkd(1250), "cashier 2", append(append(append(
		[]then{{time.Second, pos.SubmitAnswered{Answer: answered(pos.FoundUserPaying)}}}, asks(3, pos.FoundUserPaying)...),
		asks(1, pos.FoundNotPaid)...), asks(2, pos.FoundUserPaying)...)...)
	b.happens(no, time.Now(), pos.QuerySent{})
	entries, _ := b.Timeline(t.Context(), no)
	want := `We asked WeChat Pay to charge HKD 12.50.
WeChat Pay asked the customer for the password.
We asked how it stands: WeChat Pay asked the customer for the password. (3 times)
We asked how it stands: Not paid yet.
We asked how it stands: WeChat Pay asked the customer for the password. (2 times)
We asked how it stands; no answer is there yet.
`
	if got := told(t, entries...); got != want {
		t.Errorf("the story is\n%s\nwant\n%s", got, want)
	}
}

func TestLastedIsShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "+0.0s", 1250 * time.Millisecond: "+1.2s", 34 * time.Second: "+34s", 5 * time.Minute: "+5m",
		3 * time.Hour: "+3h", 50 * time.Hour: "+2d",
	} {
		if got := lasted(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

func TestNextStepsAreThoseOfTheMachine(t *testing.T) {
	w, err := newWords("en")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2000, 1, 1, 21, 0, 0, 0, hkt)
	r := &review{pen: pen{words: w}, o: reviewOptions{Zone: hkt}, now: at}
	for name, of := range map[string]struct {
		steps []then
		want  string
	}{
		"on its way": {nil, "The till asks WeChat Pay now, or as soon as it runs."},
		"in doubt":   {unclear(), "WeChat Pay is asked again at 21:00:15."},
		"paid":       {paidAtOnce(), "Nothing is left to do."},
		"watched":    {declinedThen(), "WeChat Pay is asked again at 21:00:09. It is taken back, or closed, at 21:00:15. The till goes on checking in the background."},
		"refunding":  {paidThen(pressed(500), sent(), accepted()), "The refund is followed up at 21:00:05."},
	} {
		b := newFakeBooks()
		a := b.newest[b.order(at, hkd(4550), "", of.steps...)]
		if got := strings.Join(r.nexts(a), " "); got != of.want {
			t.Errorf("%s: %q, want %q", name, got, of.want)
		}
	}
	r.now = at.Add(time.Hour) // no till has run since
	b := newFakeBooks()
	a := b.newest[b.order(at, hkd(4550), "", unclear()...)]
	if got := strings.Join(r.nexts(a), " "); got != "The till asks WeChat Pay now, or as soon as it runs." {
		t.Errorf("an hour later: %q", got)
	}
}
