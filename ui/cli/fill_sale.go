package cli

import (
	"fmt"
	"math/rand/v2"
	"time"

	"cashier/pos"
)

// outcome is how a made-up sale goes: what WeChat Pay answers, and what the
// cashier does. The machine of the till decides everything else.
type outcome struct {
	share   int         // of a thousand sales
	submit  pos.Finding // to Quick Pay
	queries []pos.Finding
	press   time.Duration // after so long the cashier asks for a revoke; 0: never
	away    bool          // nobody looks when it is paid
	alarm   pos.Attention
}

// outcomes are those of a shop with a good connection. The last of the queries is
// answered for ever, until a revoke was.
var outcomes = []outcome{
	{share: 800, submit: pos.FoundPaid},
	{share: 60, submit: pos.FoundUserPaying, queries: []pos.Finding{pos.FoundPaid}},
	{share: 50, submit: pos.FoundUserPaying, queries: []pos.Finding{pos.FoundUserPaying, pos.FoundUserPaying, pos.FoundPaid}},
	{share: 6, submit: pos.FoundUnclear, queries: []pos.Finding{pos.FoundPaid}},
	{share: 4, submit: pos.FoundUserPaying, queries: []pos.Finding{pos.FoundPaid}, away: true},
	{share: 30, submit: pos.FoundDeclined, queries: []pos.Finding{pos.FoundNotPaid}},
	{share: 10, submit: pos.FoundNotSent},
	{share: 10, submit: pos.FoundUserPaying, queries: []pos.Finding{pos.FoundUserPaying, pos.FoundClosed}},
	{share: 24, submit: pos.FoundUserPaying, queries: []pos.Finding{pos.FoundUserPaying}, press: 18 * time.Second},
	{share: 4, submit: pos.FoundUserPaying, queries: []pos.Finding{pos.FoundUserPaying}}, // to the deadline
	{share: 2, submit: pos.FoundUnclear, queries: []pos.Finding{pos.FoundUnclear, pos.FoundPaid}, alarm: pos.AttentionSignature},
}

// drawOutcome draws one by its share.
func drawOutcome(chance *rand.Rand) outcome {
	n := chance.IntN(1000)
	for _, o := range outcomes {
		if n -= o.share; n < 0 {
			return o
		}
	}
	return outcomes[0]
}

// playing is one attempt being played.
type playing struct {
	outcome
	attempt pos.Attempt
	entries []pos.Entry // so far
	now     time.Time
	asked   int
	revoked bool
}

// tell plays an event and everything that follows from it by itself, and hands
// out each entry as the machine has it recorded.
func (s *playing) tell(e pos.Event, record func(*playing, pos.Event)) {
	for e != nil {
		var effects []pos.Effect
		s.attempt, effects = pos.Next(s.attempt, e, s.now)
		e = nil
		for _, effect := range effects {
			switch effect := effect.(type) {
			case pos.Record:
				record(s, effect.Event)
			case pos.After:
				e = s.wait(effect.At)
			default:
				e = s.answer(effect)
			}
		}
	}
}

// wait lets time pass until the machine is due, or the cashier does something.
func (s *playing) wait(at time.Time) pos.Event {
	if s.away && !s.attempt.Away() {
		return pos.Left{}
	}
	if pressed := s.attempt.CreatedAt.Add(s.press); s.press > 0 && at.After(pressed) && s.attempt.CanRevoke(pressed) == nil {
		s.press, s.now = 0, later(s.now, pressed)
		return pos.RevokePressed{By: s.attempt.Cashier}
	}
	s.now = later(s.now, at.Add(time.Millisecond-1).Truncate(time.Millisecond))
	return pos.Ticked{}
}

// answer is what WeChat Pay says to a call.
func (s *playing) answer(call pos.Effect) pos.Event {
	s.now = s.now.Add(time.Duration(90+len(s.entries)*7%200) * time.Millisecond)
	//exhaustive:enforce
	switch call.(type) {
	case pos.Submit:
		return pos.SubmitAnswered{Answer: s.said(s.submit, s.alarm)}
	case pos.Query:
		if s.revoked {
			return pos.QueryAnswered{Answer: s.said(pos.FoundRevoked, "")}
		}
		s.asked++
		return pos.QueryAnswered{Answer: s.said(s.queries[min(s.asked, len(s.queries))-1], "")}
	case pos.Revoke:
		s.revoked = true
		answer := s.said(pos.FoundRevokeAccepted, "")
		answer.Recall = pos.RecallNo
		return pos.RevokeAnswered{Answer: answer}
	case pos.GiveBack:
		return pos.RefundAnswered{Answer: s.said(pos.FoundRefundAccepted, "")}
	case pos.AskRefund:
		return pos.RefundQueryAnswered{Answer: s.said(pos.FoundRefunded, "")}
	case pos.Record, pos.After:
	}
	panic(fmt.Sprintf("%T is not a call", call))
}

// said is an answer with about as many fields as a real one.
func (s *playing) said(f pos.Finding, alarm pos.Attention) pos.Answer {
	a := pos.Answer{Finding: f, Alarm: alarm, Date: s.now.Truncate(time.Second), Heard: pos.Heard{Status: 200, TookMS: 90, Fields: map[string]string{
		"return_code": "SUCCESS", "result_code": "SUCCESS", "trade_type": "MICROPAY", "bank_type": "OTHERS",
		"out_trade_no": string(s.attempt.OrderNo), "fee_type": string(s.attempt.Amount.Currency), "total_fee": fmt.Sprint(s.attempt.Amount.Minor),
	}}}
	if f == pos.FoundPaid {
		a.TransactionID = fmt.Sprintf("4200%06d%s%010d", s.attempt.CreatedAt.UnixMilli()%1_000_000, s.attempt.CreatedAt.Format("20060102"), s.number())
		a.Heard.Fields["transaction_id"] = a.TransactionID
	}
	return a
}

// number is a number that no other attempt of the day has.
func (s *playing) number() int64 {
	return s.entries[0].Seq * 7919 % 10_000_000_000
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
