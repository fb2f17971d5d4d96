package pos

import "time"

// A watch keeps the verdict and goes on looking (design 3.9). What it was
// started after decides what it does and when it may end: FoundDeclined,
// FoundCommFail or FoundRevokeAccepted (a revoke of an order that does not exist).

// startWatch begins a watch that asks first at askAt. After a decline it also
// revokes, until confirmed.
func (a Attempt) startWatch(after Finding, askAt time.Time) Attempt {
	a.Watch, a.watchKind = true, after
	// Only where nothing signed was ever heard may return_code FAIL end it: after
	// an accepted revoke a late request can still take the money.
	a.failsOnly = after == FoundCommFail
	a.reversed = after == FoundRevokeAccepted
	a.askAt, a.revokeAt = askAt, time.Time{}
	if after == FoundDeclined {
		a = a.scheduleRevoke(a.since)
	}
	return a
}

// queriedWatch takes a query's answer behind a verdict.
func (a Attempt) queriedWatch(r Answer, now time.Time) Attempt {
	a.failsOnly = a.failsOnly && r.Finding == FoundCommFail
	a.askAt = a.watchAsk(now)
	switch r.Finding {
	case FoundPaid, FoundUserPaying:
		return a.paidLate(r, now)
	case FoundRevoked, FoundClosed:
		a.closed = true
		return a.endWatch()
	case FoundRefunding: // somebody else gave it back; whether in full a person has to see
		a.closed = true
		return a.endWatch().raise(AttentionRefunded)
	case FoundNoOrder:
		if a.watchKind == FoundDeclined && !a.reversed && a.revokeAt.IsZero() {
			a = a.revokeNext(now) // an answer about another order had held it up
		}
		return a.watchMayEnd(now)
	case FoundNotPaid, FoundPayError, FoundOther: // it exists and is open
		if a.revokeAt.IsZero() {
			a.reversed = false
			return a.revokeNext(now)
		}
	case FoundCommFail: // nothing but return_code FAIL, ever: our set-up is refused
		if a.failsOnly && a.decisive(now) {
			return a.endWatch().raise(AttentionConfiguration)
		}
	}
	return a
}

// watchMayEnd ends the watch on ORDERNOTEXIST at 120 s or later; after a
// decline only if a revoke was accepted as well (wechatpay-v2 13.3 b).
func (a Attempt) watchMayEnd(now time.Time) Attempt {
	if a.decisive(now) && (a.watchKind != FoundDeclined || a.reversed) {
		return a.endWatch()
	}
	return a
}

// decisive reports whether the code and any late request are dead by now.
func (a Attempt) decisive(now time.Time) bool { return now.Sub(a.since) >= decisive }

func (a Attempt) endWatch() Attempt {
	a = a.calm()
	a.Watch = false
	return a
}

// paidLate: money, or a customer about to pay, behind a verdict that told the
// cashier otherwise. It is given back, and a person should know.
func (a Attempt) paidLate(r Answer, now time.Time) Attempt {
	a = a.believe().raise(AttentionPaidLate)
	if a.Method.Closes() && r.Finding == FoundPaid { // it cannot be closed any more: a sale, and a person should know
		return a.paid(r)
	}
	a.paidSeen = r.Finding == FoundPaid
	a.refused, a.reversed = false, false
	if a.since.After(now) { // of an earlier run, before the clock was set back: permissions count from now (design 3.16)
		a.since = now
	}
	return a.toRevoking(ReasonPaidLate, now)
}
