package pos

import "time"

// toRevoking closes the one-way door: from here on the attempt can never be
// concluded paid, because a revoke that was delayed on its way could give the
// money back after the goods have left (design 3.8). Close Order takes no money
// back: such an order may still be paid.
func (a Attempt) toRevoking(why Reason, now time.Time) Attempt {
	if a.Reason == ReasonVoided { // what it is taken back for stays what it was
		why = ReasonVoided
	}
	if a.State != Revoking {
		a.State, a.Reason = Revoking, why
	}
	a.Watch, a.askAt = false, time.Time{}
	if a.expired {
		return a.toRefused(now)
	}
	return a.scheduleRevoke(now)
}

// scheduleRevoke has the next revoke sent at t, or as soon as it is allowed:
// not before 15 s, not while the gateway asks for a pause, not after 7 days,
// and never by itself for somebody else's order.
func (a Attempt) scheduleRevoke(t time.Time) Attempt {
	a.revokeAt = time.Time{}
	if !a.expired && !a.foreign && !a.Refunding { // not beside a refund: the money could go back twice
		a.revokeAt = later(t, a.RevokeReady())
	}
	return a
}

// toRefused: the gateway will not revoke (V6, V11, V12) or 7 days are gone.
// Not proof of anything: ask, and try again every 5 minutes.
func (a Attempt) toRefused(now time.Time) Attempt {
	a.State, a.refused = Confirming, true
	if a.expired || a.Revokes >= slowAfter {
		a = a.raise(AttentionRevokeSlow)
	}
	a.askAt = now.Add(a.Terms.confirmAfter())
	return a.scheduleRevoke(now.Add(slow))
}

// revokeAnswered takes the answer to Revoke, of an attempt that is being
// revoked or of a watch. recall was read before result_code (design 3.8).
func (a Attempt) revokeAnswered(r Answer, now time.Time) Attempt {
	if !noNews(r.Finding) {
		a.Recall = r.Recall
	}
	a.holdUntil = now.Add(r.NotBefore) // V9
	switch {
	case r.Finding == FoundRevokeAccepted, r.Finding == FoundRevokeMoot: // V1, K1 to K3, K5, K6: not proof, a query has to agree
		a.refused, a.reversed = false, true
		a.askAt = now.Add(a.Terms.confirmAfter())
		if !a.Watch {
			a.State = Confirming
		}
		return a
	case r.Finding == FoundRevokeRefused && a.Watch:
		a.askAt = now.Add(a.Terms.confirmAfter())
		return a.scheduleRevoke(now.Add(slow))
	case r.Finding == FoundRevokeRefused, a.State == Confirming && noNews(r.Finding): // as refused as it was
		return a.toRefused(now)
	default: // V2 to V5, V7 to V10, V13, and no usable answer
		if !a.Watch {
			a.State = Revoking
		}
		return a.revokeAgain(now)
	}
}

// revokeAgain waits for the next revoke, with a query in between.
func (a Attempt) revokeAgain(now time.Time) Attempt {
	if a.expired && !a.Watch {
		return a.toRefused(now)
	}
	a = a.revokeNext(now)
	a.askAt = now.Add(a.Terms.revokeWait(a.Revokes) / 2)
	return a
}

// revokeNext has the next revoke sent when its step is over: the first at
// once, from the tenth on every 5 minutes and on the attention list; never
// forgotten (design 3.8).
func (a Attempt) revokeNext(now time.Time) Attempt {
	if a.Revokes >= slowAfter {
		a = a.raise(AttentionRevokeSlow)
	}
	if a.Revokes == 0 {
		return a.scheduleRevoke(now)
	}
	return a.scheduleRevoke(now.Add(a.Terms.revokeWait(a.Revokes)))
}

// over concludes revoked by evidence: W1, W2, W3.
func (a Attempt) over() Attempt {
	a = a.believe().calm()
	a.State, a.closed = Revoked, true
	return a
}

// evidence reports whether the gateway itself names an end: W1, W2, and W3 of an
// order of which it has no refund of ours. Of another REFUND says that it was
// accepted once, be it in part or closed since (wechatpay-v2 6.2): what became of
// it Query Refund says.
func (a Attempt) evidence(f Finding) bool {
	return f == FoundRevoked || f == FoundClosed || f == FoundRefunding && !a.refundTaken()
}

// ended is over by evidence. A REFUND that no revoke of ours explains may be of a part.
func (a Attempt) ended(f Finding) Attempt {
	if a = a.over(); f == FoundRefunding && !a.reversed {
		a = a.raise(AttentionRefunded)
	}
	return a
}

// queriedRevoking: a query between two revokes. Only an end that the gateway
// itself names counts; SUCCESS does not open the door again (S1r).
func (a Attempt) queriedRevoking(r Answer, now time.Time) Attempt {
	switch {
	case a.evidence(r.Finding):
		return a.ended(r.Finding)
	case r.Finding == FoundPaid:
		if a.Method.Closes() { // K2: it is a sale
			return a.paid(r)
		}
		a.paidSeen = true // W4
		a = a.believe()
	}
	switch {
	case a.foreign:
		a.askAt = now.Add(a.Terms.revokeWait(a.Revokes))
	case a.expired:
		a = a.toRefused(now)
	case a.revokeAt.IsZero():
		a = a.revokeNext(now)
	}
	return a
}

// queriedConfirming: the query that checks an accepted revoke, or one that the
// gateway refused.
func (a Attempt) queriedConfirming(r Answer, now time.Time) Attempt {
	switch {
	case a.evidence(r.Finding):
		return a.ended(r.Finding)
	case r.Finding == FoundRefunding: // of ours, and Query Refund says how it ends; no revoke does any more
		a.refused = true
		return a.queriedRefused(Answer{Finding: FoundPaid}, now)
	case r.Finding == FoundPaid && a.Method.Closes(): // K2: it is a sale
		return a.paid(r)
	case noNews(r.Finding), a.foreign: // W7
		if a.quiet >= slowAfter { // as many as the revokes of design 3.8: nobody would look otherwise
			a = a.raise(AttentionRevokeSlow)
		}
		a.askAt = now.Add(a.Terms.revokeWait(max(a.quiet, a.Revokes)))
		return a
	case a.refused:
		return a.queriedRefused(r, now)
	case r.Finding == FoundNoOrder && (a.prepayID == "" || a.lapsed): // K5: not while the customer may pay. W6: final only under 13.3 (b), so a watch looks on
		if a.State = Revoked; a.Reason == ReasonVoided { // there was one (S14): look on for as long as behind a new one
			a.since = now
		}
		return a.startWatch(FoundRevokeAccepted, a.watchAsk(now)).watchMayEnd(now)
	}
	a.paidSeen = a.paidSeen || r.Finding == FoundPaid
	a.State = Revoking // W4, W5
	return a.revokeAgain(now)
}

// queriedRefused: the gateway refused to revoke. If it is paid a person has to
// give the money back by a refund; else go on, every 5 minutes.
func (a Attempt) queriedRefused(r Answer, now time.Time) Attempt {
	if r.Finding == FoundPaid {
		a.paidSeen = true
		a = a.believe().raise(AttentionRevokeRefused)
	}
	a.askAt = now.Add(slow)
	if a.revokeAt.IsZero() {
		a = a.scheduleRevoke(now.Add(slow))
	}
	return a
}
