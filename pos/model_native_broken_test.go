package pos

import "time"

// brokenNativeRules are tills that lack a rule for a customer who scans them.
func brokenNativeRules() []brokenRule {
	rules := []brokenRule{
		// When a close may go out, and what it proves.
		{name: "a close without a query", law: closesUnasked, shows: ruleClose},
		{name: "a close although the query said SUCCESS", law: deafToSale(Revoking), shows: ruleSale},
		{name: "an accepted close believed, no query", law: onRevokeAnswer(FoundRevokeAccepted, concludes(Revoked)), shows: ruleI3},
		{name: "ORDERPAID of a close believed, no query", law: onRevokeAnswer(FoundRevokeMoot, concludes(Paid)), shows: ruleI2},
		{name: "ORDERNOTEXIST of a close taken as closed", law: onRevokeAnswer(FoundRevokeMoot, concludes(Revoked)), shows: ruleI3},
		{name: "a refused close taken as done", law: onRevokeAnswer(FoundRevokeRefused, concludes(Revoked)), shows: ruleI3},
		{name: "somebody else's order closed by itself", law: onQueryAnswer(InDoubt, FoundMismatch, revokesForeign), shows: ruleMismatch},
		{name: "a close is forgotten", law: onQueryAnswer(Revoking, FoundNotPaid, forgets), shows: ruleL2},

		// A late SUCCESS is a sale.
		{name: "a one-way door for an order that is closed", law: deafToSale(Confirming), shows: ruleSale},
		{name: "a late SUCCESS behind a verdict ignored", law: blindWatch, world: shownEarly, shows: ruleSale},

		{name: "a code that nobody can pay any more is closed for ever", law: dateless, besides: rare{days: true}, shows: ruleL1},

		// Who has the code can pay, and nobody else.
		{name: "ORDERNOTEXIST ends the close of a code that was shown (W6)", law: notFinal, shows: ruleI3},
		{name: "ORDERNOTEXIST taken as unpaid, the code shown", law: onQueryAnswer(InDoubt, FoundNoOrder, concludes(Failed)), shows: ruleI3},
		{name: "the code is shown before it is journaled", world: shownEarly, rescan: RescanQuick, shows: ruleI1},
		{name: "a submission without an answer waits for the customer", law: onSubmitAnswer(FoundUnclear, waitsForNobody), shows: ruleCode},
		{name: "a restart waits for the customer, nothing was shown", law: onRestart(waitsForNobody), shows: ruleCode},
		{name: "a code is found later and shown", law: onQueryAnswer(Revoking, FoundNotPaid, findsCode), shows: ruleCode},

		// One submission, one attempt at a time.
		{name: "the order is made again after a restart", law: onRestart(func(a Attempt, effects []Effect) (Attempt, []Effect) { return a, append(effects, Submit{}) }), shows: ruleI5},
		{name: "two tills, no compare-and-set", world: func(m *model) { m.beside, m.blind, m.allows = true, true, alone }, shows: ruleClose},
		{name: "new attempt while the first is being closed", world: rescanIn(Revoking, Confirming), rescan: RescanQuick, shows: ruleRescan},
		{name: "new attempt while the first is being closed, what comes of it", world: lenient(rescanIn(Revoking, Confirming)), rescan: RescanQuick, shows: ruleI1},
	}
	for i := range rules {
		rules[i].name, rules[i].world = "native: "+rules[i].name, alsoScanning(rules[i].world)
	}
	return rules
}

// alsoScanning is such a world in which the customer scans the till.
func alsoScanning(world func(*model)) func(*model) {
	return func(m *model) {
		scanning(m)
		if world != nil {
			world(m)
		}
	}
}

// shownEarly shows a code as soon as there is an order.
func shownEarly(m *model) { m.early, m.begins = true, m.begins[:1] }

// closesUnasked takes every close for one that is behind a query.
func closesUnasked(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if e == Event(Ticked{}) {
		a.answered = later(a.answered, a.revokeAt)
	}
	return Next(a, e, now)
}

// deafToSale does not hear SUCCESS in a state.
func deafToSale(in State) law {
	return func(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
		if r, answered := e.(QueryAnswered); answered && r.Answer.Finding == FoundPaid && a.State == in {
			r.Answer.Finding = FoundUserPaying
			e = r
		}
		return Next(a, e, now)
	}
}

// notFinal ends a close by ORDERNOTEXIST, whoever may have the code.
func notFinal(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if finding(e) == FoundNoOrder && a.State == Confirming {
		a.prepayID = ""
	}
	return Next(a, e, now)
}

// dateless never looks at the Date of a query's answer.
func dateless(a Attempt, e Event, now time.Time) (Attempt, []Effect) {
	if r, answered := e.(QueryAnswered); answered {
		r.Answer.Date = time.Time{}
		e = r
	}
	return Next(a, e, now)
}

// waitsForNobody leaves in doubt what nobody can pay.
func waitsForNobody(a Attempt, effects []Effect) (Attempt, []Effect) {
	if a.Method.Closes() {
		a.State, a.askAt, a.revokeAt = InDoubt, t0, time.Time{}
	}
	return anew(a, effects)
}

// findsCode shows a code that the submission did not bring.
func findsCode(a Attempt, effects []Effect) (Attempt, []Effect) {
	a.codeURL, a.prepayID = "weixin://wxpay/bizpayurl?pr=2", "wx2"
	return a, effects
}
