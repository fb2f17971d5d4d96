package pos

import (
	"errors"
	"time"
)

// A void takes all of a paid order back by a revoke, within 7 days: the customer
// sees that the payment never was, where a refund is a payment of its own. It
// goes the way of every revoke, through the one-way door and to a query that
// agrees; what the gateway will not revoke has to be refunded (design 3.8).

// The reasons why a paid order is not voided.
var (
	ErrVoidUnpaid   = errors.New("only a paid order is voided")
	ErrVoidMethod   = errors.New("an order that the customer scanned cannot be revoked: refund it")
	ErrVoidRefunded = errors.New("money of it went back or was about to, and WeChat Pay revokes no such order: refund the rest")
	ErrVoidLate     = errors.New("WeChat Pay revokes within 7 days only: refund it")
)

// CanVoid returns nil if the order may be voided now, or the reason not to. The
// 7 days are those of our clock, which may be wrong: then the gateway refuses,
// and the sale waits for a refund.
func (a Attempt) CanVoid(now time.Time) error {
	switch {
	case a.State != Paid:
		return ErrVoidUnpaid
	case a.Method.Closes():
		return ErrVoidMethod
	case a.given != nil, a.closed:
		return ErrVoidRefunded
	case a.foreign:
		return ErrRevokeForeign
	case a.expired || now.Sub(a.CreatedAt) >= revocable:
		return ErrVoidLate
	}
	return nil
}

// toVoid begins a void. Whoever asked looks at it. After a restart permissions
// count from the restart (design 3.16), and after a jump of the clock from that.
func (a Attempt) toVoid(e VoidPressed, now time.Time) Attempt {
	if a.since = later(a.since, e.ClockSince); a.since.After(now) { // the clock was set back since
		a.since = now
	}
	a.paidSeen, a.refused, a.away = true, false, false
	if a.Attention == AttentionPaidAway {
		a.Attention = "" // somebody has decided about it
	}
	return a.toRevoking(ReasonVoided, now)
}
