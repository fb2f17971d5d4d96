package wechat

import (
	"time"

	"cashier/pos"
)

// This file judges refunds: wechatpay-v2 13.6. Like judge.go it does no I/O and
// remembers nothing; judge_refund_test.go has a test for each row.

// Judgement is what every judgement of this package's own operations says beside
// its finding. Their names are those of pos.Answer.
type Judgement struct {
	Code      string        `json:"code,omitempty"`          // err_code, a state, or our own word for what was wrong
	Alarm     pos.Attention `json:"alarm,omitempty"`         // a person should look
	NotBefore time.Duration `json:"not_before_ns,omitempty"` // do not repeat sooner than this; 0 for no wish
	Date      time.Time     `json:"date,omitzero"`           // the gateway's clock, of a signed answer
	Heard     pos.Heard     `json:"heard,omitzero"`
}

// note adds to a judgement what was heard.
func (j *Judgement) note(r Reply, err error) {
	a := r.complete(pos.Answer{}, err)
	j.Heard, j.Date = a.Heard, a.Date
}

// Findings that every operation can have (E1 to E10), by the names that package
// pos gives them.
const (
	foundNotSent  = string(pos.FoundNotSent)
	foundUnclear  = string(pos.FoundUnclear)
	foundCommFail = string(pos.FoundCommFail)
	foundMismatch = string(pos.FoundMismatch)
)

// judgeEnds applies E1 to E10 and reports whether they decide.
func judgeEnds(m merchant, e Envelope, err error) (pos.Answer, bool) {
	switch {
	case err != nil:
		return judgeError(err), true // E1 to E8
	case m.foreign(e):
		return mismatch(codeMerchant), true // E9
	case e.ResultCode != success && e.ResultCode != fail:
		return pos.Answer{Finding: pos.FoundUnclear, Code: codeResultCode}, true // E10
	}
	return pos.Answer{}, false
}

// RefundFinding is what an answer about a refund lets us conclude. The set is
// ours and closed.
type RefundFinding string

// Findings of both calls.
const (
	RefundNotSent  RefundFinding = RefundFinding(foundNotSent)  // E1, E2: nothing was sent
	RefundUnclear  RefundFinding = RefundFinding(foundUnclear)  // E3 to E6, E8, E10, R3, R10, F6: it may have happened; ask, and repeat under the same number
	RefundCommFail RefundFinding = RefundFinding(foundCommFail) // E7: not refunded as far as known; ask, and repeat under the same number
	RefundMismatch RefundFinding = RefundFinding(foundMismatch) // E9, R2: signed, but about something else; a person has to look
)

// Findings of Apply for Refund alone.
const (
	RefundAccepted   RefundFinding = "accepted"   // R1: accepted, not refunded; ask until it is done
	RefundShort      RefundFinding = "short"      // R4: the merchant's funds are short; later, under the same number
	RefundTooOften   RefundFinding = "too_often"  // R5: wait a minute, then under the same number
	RefundImpossible RefundFinding = "impossible" // R6, R7: too old, or the customer's account is gone; another way has to be found
	RefundNoOrder    RefundFinding = "no_order"   // R8: no such order; nothing was refunded
	RefundRefused    RefundFinding = "refused"    // R9: not refunded as far as known; only RefundNotFound makes it certain
)

// Findings of Query Refund alone.
const (
	RefundDone     RefundFinding = "refunded"   // F1: the end
	RefundPending  RefundFinding = "processing" // F2: up to 5 working days; ask again
	RefundFailed   RefundFinding = "closed"     // F3: it failed; again under the same number first
	RefundAbnormal RefundFinding = "abnormal"   // F4: the customer cannot be paid; a manager has to, in the portal
	RefundNotFound RefundFinding = "not_found"  // F5: it never arrived, or is not visible yet; after 60 s again under the same number
	RefundOther    RefundFinding = "other"      // F7: no state, or one that we do not know; ask again, and tell the manager
)

// Settled reports whether a refund has ended so that another one of the same
// order may be asked for under a new number: done, failed for good, or certainly
// not begun (F1, F3, R6 to R8). Anything else could still pay twice.
func (f RefundFinding) Settled() bool {
	switch f {
	case RefundDone, RefundFailed, RefundImpossible, RefundNoOrder:
		return true
	case RefundNotSent, RefundUnclear, RefundCommFail, RefundMismatch, RefundAccepted, RefundShort, RefundTooOften,
		RefundRefused, RefundPending, RefundAbnormal, RefundNotFound, RefundOther:
	}
	return false
}

// RefundAnswer is an answer about a refund, judged.
type RefundAnswer struct {
	Finding  RefundFinding `json:"finding"`
	RefundID string        `json:"refund_id,omitempty"` // WeChat Pay's number, once it says one
	Judgement
}

// Our own words for what was wrong with an answer about a refund.
const (
	codeRefundNo     = "out_refund_no" // R2, F1 to F4
	codeRefundFee    = "refund_fee"    // R2, F1 to F4
	codeRefundStatus = "refund_status" // F7
)

// tooOftenPause is how long a refund waits that was refused as one too many (R5),
// missingPause how long one that is not found (F5).
const (
	tooOftenPause = time.Minute
	missingPause  = time.Minute
)

// refundAnswer puts what holds for every operation into words about a refund.
func refundAnswer(a pos.Answer) RefundAnswer {
	return RefundAnswer{Finding: RefundFinding(a.Finding), Judgement: Judgement{Code: a.Code, Alarm: a.Alarm}}
}

// judgeRefund judges the answer to Apply for Refund. Nothing in it is a refund
// that has happened.
func judgeRefund(m merchant, want Refunding, r RefundResponse, err error) RefundAnswer {
	if a, over := judgeEnds(m, r.Envelope, err); over {
		return refundAnswer(a)
	}
	if r.ResultCode == fail {
		return judgeRefundFail(r.ErrCode)
	}
	if a, differs := want.differs(m, r.Envelope, r.OutTradeNo, r.OutRefundNo, r.RefundFee, r.RefundFeeType); differs {
		return a // R2
	}
	return RefundAnswer{Finding: RefundAccepted, RefundID: r.RefundID} // R1
}

// differs reports an answer that is not about this refund, or does not say so.
func (r Refunding) differs(m merchant, e Envelope, orderNo, refundNo string, fee int64, currency string) (RefundAnswer, bool) {
	switch {
	case !m.named(e):
		return refundAnswer(mismatch(codeMerchant)), true
	case r.Order.No == "" || orderNo != string(r.Order.No):
		return refundAnswer(mismatch(codeOrderNo)), true
	case r.No == "" || refundNo != r.No:
		return refundAnswer(mismatch(codeRefundNo)), true
	case fee != r.Minor:
		return refundAnswer(mismatch(codeRefundFee)), true
	case currency != "" && currency != string(r.Order.Amount.Currency):
		return refundAnswer(mismatch(codeCurrency)), true
	}
	return RefundAnswer{}, false
}

// judgeRefundFail judges result_code FAIL of Apply for Refund.
func judgeRefundFail(code ErrCode) RefundAnswer {
	a := RefundAnswer{Finding: RefundUnclear, Judgement: Judgement{Code: string(code)}} // R3, R10
	switch code {
	case NotEnough: // R4: here the merchant's funds, not the customer's
		a.Finding = RefundShort
	case InvalidReqTooMuch, FrequencyLimited: // R5
		a.Finding, a.NotBefore = RefundTooOften, tooOftenPause
	case TradeOverdue, UserAccountAbnormal: // R6, R7
		a.Finding = RefundImpossible
	case OrderNotExist, InvalidTransactionID: // R8
		a.Finding = RefundNoOrder
	case RefundBusinessError: // R9
		a.Finding = RefundRefused
	default:
		if code.blamesSetUp() || code == CertificateError { // R9
			a.Finding, a.Alarm = RefundRefused, pos.AttentionConfiguration
		}
	}
	return a
}

// judgeRefundQuery judges what Query Refund says about one refund.
func judgeRefundQuery(m merchant, want Refunding, r RefundQueryResponse, err error) RefundAnswer {
	if a, over := judgeEnds(m, r.Envelope, err); over {
		return refundAnswer(a)
	}
	if r.ResultCode == fail {
		return judgeRefundQueryFail(r.ErrCode)
	}
	if len(r.Refunds) == 0 {
		return RefundAnswer{Finding: RefundOther, Judgement: Judgement{Code: codeRefundStatus}} // F7
	}
	record := r.record(want.No)
	if a, differs := want.differs(m, r.Envelope, r.OutTradeNo, record.OutRefundNo, record.RefundFee, r.FeeType); differs {
		return a
	}
	return judgeRefundStatus(record)
}

// record is the refund under a number of ours; without it, the zero record.
func (r RefundQueryResponse) record(no string) RefundRecord {
	for _, record := range r.Refunds {
		if record.OutRefundNo == no {
			return record
		}
	}
	return RefundRecord{}
}

func judgeRefundStatus(r RefundRecord) RefundAnswer {
	a := RefundAnswer{RefundID: r.RefundID, Judgement: Judgement{Code: string(r.Status)}}
	switch r.Status {
	case RefundSucceeded:
		a.Finding = RefundDone // F1
	case RefundProcessing:
		a.Finding = RefundPending // F2
	case RefundClose:
		a.Finding = RefundFailed // F3
	case RefundChange:
		a.Finding = RefundAbnormal // F4
	case "":
		a.Finding, a.Code = RefundOther, codeRefundStatus // F7
	default:
		a.Finding = RefundOther // F7, shown as received
	}
	return a
}

// judgeRefundQueryFail judges a question that was not answered.
func judgeRefundQueryFail(code ErrCode) RefundAnswer {
	a := RefundAnswer{Finding: RefundUnclear, Judgement: Judgement{Code: string(code)}} // F6
	switch {
	case code == RefundNotExist: // F5
		a.Finding, a.NotBefore = RefundNotFound, missingPause
	case code.blamesSetUp():
		a.Alarm = pos.AttentionConfiguration
	}
	return a
}
