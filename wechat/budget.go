package wechat

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"cashier/pos"
)

// Operation is one call of the API, by the name that WeChat Pay gives it.
type Operation string

// The operations of this package; first those that have a published limit, and Revoke.
const (
	QuickPay            Operation = "Quick Pay"
	QueryOrder          Operation = "Query Order"
	Revoke              Operation = "Revoke"
	UnifiedOrder        Operation = "Unified Order"
	Refund              Operation = "Refund"
	QueryRefund         Operation = "Query Refund"
	Declaration         Operation = "Declaration"
	RegisterSubMerchant Operation = "Register Sub-merchant"

	CloseOrder        Operation = "Close Order"
	DownloadBill      Operation = "Download Bill"
	QueryExchangeRate Operation = "Query Exchange Rate"
	QuerySettledFunds Operation = "Query Settled Funds"
	QueryDeclaration  Operation = "Query Declaration"
	ModifyDeclaration Operation = "Modify Declaration"
	Redeclaration     Operation = "Redeclaration"
	QuerySubMerchant  Operation = "Query Sub-merchant"
	ModifySubMerchant Operation = "Modify Sub-merchant"
)

// limits is the published table, calls per second and mch_id (API Rules,
// "Frequency limits"; design 3.13). No limit is published for the others.
var limits = map[Operation]int{
	QueryOrder:          1800,
	UnifiedOrder:        600,
	Refund:              150,
	QueryRefund:         300,
	QuickPay:            30,
	Declaration:         600,
	RegisterSubMerchant: 30,
}

// patience is how long a call waits for its place before it is refused. A
// cashier does not notice it, and a queue longer than that is a wrong share.
const patience = time.Second

// budget keeps the published limits: one bucket for each operation.
type budget map[Operation]*rate.Limiter

// newBudget takes one of share equal parts of every limit. A bucket holds one
// call, so that calls are spaced and no second ever sees more than the part; a
// bucket of a whole second's calls could let out twice as many.
func newBudget(share int) budget {
	b := make(budget, len(limits))
	for op, perSecond := range limits {
		b[op] = rate.NewLimiter(rate.Every(space(perSecond, share)), 1)
	}
	// Whether the limit for declarations is one for them all is not said: it is taken so.
	b[QueryDeclaration], b[ModifyDeclaration], b[Redeclaration] = b[Declaration], b[Declaration], b[Declaration]
	return b
}

// space is the time between two calls. The part is whole calls, rounded down,
// because seven tills with 4.3 of 30 calls each would make up to 5 in some
// second, 35 together. Where there is not one a second for each till only their
// mean can be kept. The space is a microsecond longer than it need be, for
// rounding must not win a call.
func space(perSecond, share int) time.Duration {
	if each := perSecond / share; each > 0 {
		return time.Second/time.Duration(each) + time.Microsecond
	}
	return time.Second*time.Duration(share)/time.Duration(perSecond) + time.Microsecond
}

// take waits for a place in the limit of op, for patience at most; when it
// could not come in time it refuses at once. The error has pos.KindUnavailable.
func (b budget) take(ctx context.Context, op Operation) error {
	bucket, limited := b[op]
	if !limited {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if bucket.Wait(waiting) != nil {
		return &pos.Error{Kind: pos.KindUnavailable, Hint: "try again in a moment; wechat.share says how many tills share the limit",
			Err: fmt.Errorf("this till's share of the limit for %s, %.3g calls a second, is used up", op, float64(bucket.Limit()))}
	}
	return nil
}
