package ui

import (
	"fmt"
	"time"

	"cashier/pos"
)

// moment is one step of an order in words that a customer understands.
type moment struct {
	at    time.Time
	text  string
	by    string // who did it; empty: the till itself
	state pos.State
	times int
	key   string // of equal steps that follow each other
}

// story tells an order's entries, oldest first. A call is told with its answer,
// and the same answer several times in a row once.
func (p pen) story(entries []pos.Entry) []moment {
	var all []moment
	for i, e := range entries {
		if i+1 < len(entries) && answers(entries[i+1].Event, e.Event) {
			continue
		}
		m := p.moment(e)
		if n := len(all); n > 0 && m.key != "" && all[n-1].key == m.key && all[n-1].state == m.state {
			all[n-1].times++
			continue
		}
		all = append(all, m)
	}
	for i, m := range all {
		if m.times > 1 {
			all[i].text = p.say("story.times", vars{"Text": m.text, "Count": m.times})
		}
	}
	return all
}

// answers reports whether an event is the answer to a call.
func answers(answer, call pos.Event) bool {
	var is bool
	switch call.(type) {
	case pos.QuerySent:
		_, is = answer.(pos.QueryAnswered)
	case pos.RevokeSent:
		_, is = answer.(pos.RevokeAnswered)
	case pos.RefundSent:
		_, is = answer.(pos.RefundAnswered)
	case pos.RefundQuerySent:
		_, is = answer.(pos.RefundQueryAnswered)
	default: // no call
	}
	return is
}

// moment tells one entry.
func (p pen) moment(e pos.Entry) moment {
	m := moment{at: e.At, state: e.After.State, times: 1}
	switch e := e.Event.(type) {
	case pos.Intended:
		m.text, m.by = p.say(began[e.Method], vars{"Amount": e.Amount.String()}), e.Cashier
	case pos.SubmitAnswered:
		m.text = p.heard("", e.Answer)
	case pos.QueryAnswered:
		m.text, m.key = p.heard("story.asked", e.Answer), "query "+string(e.Answer.Finding)
	case pos.RevokeAnswered:
		m.text, m.key = p.heard("story.taking", e.Answer), "revoke "+string(e.Answer.Finding)
	case pos.RefundAnswered:
		m.text, m.key = p.heard("story.giving", e.Answer), "refund "+string(e.Answer.Finding)
	case pos.RefundQueryAnswered:
		m.text, m.key = p.heard("story.refund_asked", e.Answer), "refunded "+string(e.Answer.Finding)
	case pos.QuerySent:
		m.text = p.say("story.query")
	case pos.RevokeSent:
		m.text = p.say("story.revoke")
	case pos.RefundSent:
		m.text = p.say("story.refund")
	case pos.RefundQuerySent:
		m.text = p.say("story.refund_query")
	default:
		m.text, m.by = p.done(e)
	}
	return m
}

// began says how an order began, by its method.
var began = map[pos.Method]string{
	pos.QuickPay: "story.charge", pos.Native: "story.show", pos.App: "story.prepay", pos.MiniProgram: "story.prepay",
}

// done tells what people did, and what happened to the program.
func (p pen) done(e pos.Event) (text, by string) {
	switch e := e.(type) {
	case pos.RevokePressed:
		return p.say("story.revoke_pressed"), e.By
	case pos.VoidPressed:
		return p.say("story.void_pressed", vars{"Text": clean(e.Reason, 80)}), e.By
	case pos.RefundPressed:
		return p.say("story.refund_pressed", vars{"Amount": e.Amount.String(), "Text": clean(e.Reason, 80)}), e.By
	case pos.Annotated:
		return p.say("story.note", vars{"Text": clean(e.Text, 80)}), e.By
	case pos.Acknowledged:
		if e.Text == "" {
			return p.say("story.seen"), e.By
		}
		return p.say("story.resolved", vars{"Text": clean(e.Text, 80)}), e.By
	case pos.AskPressed:
		return p.say("story.ask_pressed"), ""
	case pos.Left:
		return p.say("story.left"), ""
	case pos.Returned:
		return p.say("story.returned"), ""
	case pos.Unseen:
		return p.say("story.unseen"), ""
	case pos.Resumed:
		return p.say("story.resumed"), ""
	case pos.ClockStepped:
		return p.say("story.clock", vars{"N": (time.Duration(e.ByMS) * time.Millisecond).Round(time.Second).String()}), ""
	case pos.BillDiffers:
		return p.say("story.bill", vars{"Day": clean(e.Day, 10), "Ours": clean(e.Ours, 40), "Theirs": clean(e.Theirs, 40)}), ""
	default:
		return pos.EventName(e), ""
	}
}

// findings says what an answer means.
var findings = map[pos.Finding]string{
	pos.FoundReady: "story.ready", pos.FoundPaid: "story.paid", pos.FoundUserPaying: "story.password",
	pos.FoundNotPaid: "story.unpaid", pos.FoundPayError: "story.pay_error", pos.FoundClosed: "story.closed",
	pos.FoundRevoked: "story.revoked", pos.FoundRefunding: "story.refunding", pos.FoundNoOrder: "story.no_order",
	pos.FoundMismatch: "story.mismatch", pos.FoundNotSent: "story.not_sent", pos.FoundCommFail: "story.refused",
	pos.FoundRevokeAccepted: "story.taken", pos.FoundRevokeMoot: "story.moot", pos.FoundRevokeAgain: "story.again",
	pos.FoundRevokeRefused: "story.kept", pos.FoundRefundAccepted: "story.accepted", pos.FoundRefundShort: "story.short",
	pos.FoundRefundTooOften: "story.later", pos.FoundRefundImpossible: "story.impossible", pos.FoundRefundNoOrder: "story.no_order",
	pos.FoundRefundRefused: "story.refund_refused", pos.FoundRefunded: "story.refunded", pos.FoundRefundPending: "story.pending",
	pos.FoundRefundClosed: "story.refund_closed", pos.FoundRefundAbnormal: "story.abnormal", pos.FoundRefundNotFound: "story.not_found",
}

// heard tells an answer, behind what it answers.
func (p pen) heard(call string, a pos.Answer) string {
	key := lookup(findings, a.Finding, "story.unclear")
	if a.Finding == pos.FoundDeclined {
		key = lookup(declines, a.Code, "failed.declined")
	}
	text := p.say(key, vars{"Code": clean(a.Code, 32), "Number": clean(a.TransactionID, 64)})
	if call == "" {
		return text
	}
	return p.say(call, vars{"Text": text})
}

// lasted is how much later something was, short.
func lasted(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 10*time.Second:
		return fmt.Sprintf("+%.1fs", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("+%ds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("+%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("+%dh", int(d.Hours()))
	}
	return fmt.Sprintf("+%dd", int(d.Hours()/24))
}
