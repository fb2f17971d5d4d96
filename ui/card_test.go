package ui

import (
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// verdicts are the states an order can be in when a customer asks, with a way
// that leads there, and what the card says.
var verdicts = []struct {
	name  string
	steps []then
	want  []string // the sentences, in order
}{
	{"submitting", nil, []string{"Not known yet: WeChat Pay has not", "Please wait"}},
	{"in doubt", unclear(), []string{"Not known yet: WeChat Pay has not", "Please wait"}},
	{"paid", paidAtOnce(), []string{"Yes: WeChat Pay took HKD 45.50"}},
	{"paid, part on its way", paidThen(pressed(500), sent()), []string{"Yes:", "HKD 5.00 is on its way back since 2000-01-01 21:00."}},
	{"paid, part given back", paidThen(pressed(500), sent(), accepted(), done()), []string{"Yes:", "HKD 5.00 was given back, 2000-01-01 21:00."}},
	{"paid, a refund failed", paidThen(pressed(500), sent(), then{0, pos.RefundAnswered{Answer: pos.Answer{Finding: pos.FoundRefundImpossible}}}),
		[]string{"Yes:", "The manager is still looking"}},
	{"paid, all given back", paidThen(pressed(4550), sent(), accepted(), done()), []string{"Yes:", "HKD 45.50 was given back"}},
	{"paid, and the bill differs", paidThen(then{0, pos.BillDiffers{Day: "x"}}), []string{"Yes:", "The manager is still looking"}},
	{"failed", []then{{time.Second, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundNotSent}}}}, []string{"No: this was not paid."}},
	{"failed, watched", declinedThen(), []string{"No: this was not paid.", "The shop still asks WeChat Pay"}},
	{"paid behind failed", declinedThen(asked(paidAnswer())...), []string{"It was paid, and it is being taken back: HKD 45.50"}},
	{"being paid behind failed", declinedThen(asked(answered(pos.FoundUserPaying))...), []string{"Not known yet: the shop is cancelling it.", "Please wait"}},
	{"revoking", revoked(0), []string{"Not known yet: the shop is cancelling it.", "Please wait"}},
	{"confirming", revoked(3), []string{"Not known yet: the shop is cancelling it.", "Please wait"}},
	{"revoked", revoked(5), []string{"No: the order was cancelled. Money that was paid for it has gone back."}},
	{"voiding", paidThen(then{time.Minute, pos.VoidPressed{Reason: "x"}}), []string{"It was paid, and it is being taken back: HKD 45.50", "Please wait"}},
	{"voided", paidThen(then{time.Minute, pos.VoidPressed{Reason: "x"}}, then{0, pos.RevokeSent{}},
		then{0, pos.RevokeAnswered{Answer: pos.Answer{Finding: pos.FoundRevokeAccepted}}}, then{0, pos.QuerySent{}},
		then{0, pos.QueryAnswered{Answer: pos.Answer{Finding: pos.FoundRevoked}}}), []string{"Taken back: it was paid"}},
	{"given back from elsewhere", append(unclear(), asked(pos.Answer{Finding: pos.FoundRefunding})...),
		[]string{"No: the payment was given back, though not by this till.", "The manager is still looking"}},
}

func unclear() []then {
	return []then{{10 * time.Second, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundUnclear}}}}
}

func paidThen(more ...then) []then { return append(paidAtOnce(), more...) }

func asked(a pos.Answer) []then {
	return []then{{3 * time.Second, pos.QuerySent{}}, {0, pos.QueryAnswered{Answer: a}}}
}

func declinedThen(more ...then) []then {
	all := []then{{time.Second, pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundDeclined, Code: "NOTENOUGH"}}}}
	return append(append(all, asked(pos.Answer{Finding: pos.FoundNotPaid})...), more...)
}

func pressed(minor int64) then {
	return then{0, pos.RefundPressed{No: "K1000101Q7RX000001R1", Amount: hkd(minor), Reason: "why"}}
}

func sent() then { return then{0, pos.RefundSent{}} }

func accepted() then {
	return then{0, pos.RefundAnswered{Answer: pos.Answer{Finding: pos.FoundRefundAccepted}}}
}

// done is the question about a refund that was accepted, and its answer.
func done() then { return then{} }

// revoked are the first n steps of a revoke behind the key.
func revoked(n int) []then {
	steps := []then{{0, pos.RevokeSent{}}, {0, pos.RevokeAnswered{Answer: pos.Answer{Finding: pos.FoundRevokeAccepted, Recall: pos.RecallNo}}},
		{2 * time.Second, nil}, {0, pos.QuerySent{}}, {0, pos.QueryAnswered{Answer: pos.Answer{Finding: pos.FoundRevoked}}}}
	return append(append(unclear(), then{20 * time.Second, pos.RevokePressed{}}), steps[:n]...)
}

func TestCardAnswersWhateverStateTheOrderIsIn(t *testing.T) {
	states := map[pos.State]bool{}
	for _, v := range verdicts {
		b := newFakeBooks()
		at := time.Date(2000, 1, 1, 21, 0, 0, 0, hkt)
		var steps []then
		for _, s := range v.steps {
			switch {
			case s == then{}:
				steps = append(steps, then{0, pos.RefundQuerySent{}}, then{0, pos.RefundQueryAnswered{Answer: pos.Answer{Finding: pos.FoundRefunded}}})
			case s.event != nil:
				steps = append(steps, s)
			}
		}
		a := b.newest[b.order(at, hkd(4550), "cashier 1", steps...)]
		states[a.State] = true
		for _, lang := range []string{"en", "zh-Hans", "zh-Hant", "ja"} {
			w, err := newWords(lang)
			if err != nil {
				t.Fatal(err)
			}
			p := pen{w, newLook(false, newGlyphs(false, w.cjk))}
			_, got := p.verdict(a, hkt)
			if lang == "en" && len(got) < len(v.want) {
				t.Errorf("%s: the card says %q", v.name, got)
				continue
			}
			for i, want := range v.want {
				if lang == "en" && !strings.HasPrefix(got[i], want) {
					t.Errorf("%s: sentence %d is %q, want %q", v.name, i, got[i], want)
				}
			}
			if strings.Contains(strings.Join(got, ""), "card.") {
				t.Errorf("%s in %s: %q", v.name, lang, got)
			}
		}
	}
	for _, s := range []pos.State{pos.Submitting, pos.InDoubt, pos.Paid, pos.Failed, pos.Revoking, pos.Confirming, pos.Revoked} {
		if !states[s] {
			t.Errorf("no order of the table is %s", s)
		}
	}
}

// A card never says yes or no about what nobody knows.
func TestCardIsNeverSurerThanTheVerdict(t *testing.T) {
	w, err := newWords("en")
	if err != nil {
		t.Fatal(err)
	}
	p := pen{w, newLook(false, newGlyphs(false, false))}
	for _, s := range []pos.State{pos.Submitting, pos.InDoubt, pos.Revoking, pos.Confirming, "of another version"} {
		_, got := p.verdict(pos.Attempt{Summary: pos.Summary{State: s, Amount: hkd(1)}}, hkt)
		if !strings.HasPrefix(got[0], "Not known yet") {
			t.Errorf("%s: %q", s, got)
		}
	}
}

func TestCardSwitchesBetweenEnglishAndChinese(t *testing.T) {
	for lang, first := range map[string]string{"en": "Yes: WeChat Pay took HKD 20.00", "ja": "Yes: WeChat Pay took HKD 20.00", "zh-Hant": "已付款：微信支付收取了 HKD 20.00"} {
		inReview(t, reviewWith{fill: aDay, lang: lang}, func(d *reviewDesk) {
			d.find("R-7")
			d.hand("p")
			d.sees(first)
			d.sees("4200 0012 3420 2611 2100 0000 7788")
			d.hand("e")
			if lang == "zh-Hant" {
				d.sees("Yes: WeChat Pay took HKD 20.00")
			} else {
				d.sees("已付款：微信支付收取了 HKD 20.00")
			}
		})
	}
}

func TestFoursGroupsAnyNumber(t *testing.T) {
	for number, want := range map[string]string{"": "", "123": "123", "1234": "1234", "12345": "1234 5", "12345678": "1234 5678"} {
		if got := fours(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}
