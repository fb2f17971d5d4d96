package wechat

import (
	"time"

	"cashier/pos"
)

// This file judges refunds: wechatpay-v2 13.6. Like judge.go it does no I/O and
// remembers nothing; judge_refund_test.go has a test for each row.

// Our own words for what was wrong with an answer about a refund.
const (
	codeRefundNo     = "out_refund_no" // R2, F1 to F4
	codeRefundFee    = "refund_fee"    // R2, F1 to F4
	codeRefundStatus = "refund_status" // F7
)

// tooOftenPause is how long a refund waits that was refused as one too many (R5).
const tooOftenPause = time.Minute

// judgeRefund judges the answer to Apply for Refund. Nothing in it is a refund
// that has happened.
func judgeRefund(m merchant, want pos.Refunding, r RefundResponse, err error) pos.Answer {
	if a, over := judgeEnds(m, r.Envelope, err); over {
		return a
	}
	if r.ResultCode == fail {
		return judgeRefundFail(r.ErrCode)
	}
	if a, differs := m.differs(want, r.Envelope, r.OutTradeNo, r.OutRefundNo, r.RefundFee, r.RefundFeeType); differs {
		return a // R2
	}
	return pos.Answer{Finding: pos.FoundRefundAccepted, RefundID: r.RefundID} // R1
}

// differs reports an answer that is not about refund r, or does not say so.
func (m merchant) differs(r pos.Refunding, e Envelope, orderNo, refundNo string, fee int64, currency string) (pos.Answer, bool) {
	switch {
	case !m.named(e):
		return mismatch(codeMerchant), true
	case r.Order.No == "" || orderNo != string(r.Order.No):
		return mismatch(codeOrderNo), true
	case r.RefundNo == "" || refundNo != r.RefundNo:
		return mismatch(codeRefundNo), true
	case fee != r.Minor:
		return mismatch(codeRefundFee), true
	case currency != "" && currency != string(r.Order.Amount.Currency):
		return mismatch(codeCurrency), true
	}
	return pos.Answer{}, false
}

// judgeRefundFail judges result_code FAIL of Apply for Refund.
func judgeRefundFail(code ErrCode) pos.Answer {
	a := pos.Answer{Finding: pos.FoundUnclear, Code: string(code)} // R3, R10
	switch code {
	case NotEnough: // R4: here the merchant's funds, not the customer's
		a.Finding = pos.FoundRefundShort
	case InvalidReqTooMuch, FrequencyLimited: // R5
		a.Finding, a.NotBefore = pos.FoundRefundTooOften, tooOftenPause
	case TradeOverdue, UserAccountAbnormal: // R6, R7
		a.Finding = pos.FoundRefundImpossible
	case OrderNotExist, InvalidTransactionID: // R8
		a.Finding = pos.FoundRefundNoOrder
	case RefundBusinessError: // R9
		a.Finding = pos.FoundRefundRefused
	default:
		if code.blamesSetUp() || code == CertificateError { // R9
			a.Finding, a.Alarm = pos.FoundRefundRefused, pos.AttentionConfiguration
		}
	}
	return a
}

// judgeRefundQuery judges what Query Refund says about one refund.
func judgeRefundQuery(m merchant, want pos.Refunding, r RefundQueryResponse, err error) pos.Answer {
	if a, over := judgeEnds(m, r.Envelope, err); over {
		return a
	}
	if r.ResultCode == fail {
		return judgeRefundQueryFail(r.ErrCode)
	}
	if len(r.Refunds) == 0 {
		return pos.Answer{Finding: pos.FoundRefundOther, Code: codeRefundStatus} // F7
	}
	record := r.record(want.RefundNo)
	if a, differs := m.differs(want, r.Envelope, r.OutTradeNo, record.OutRefundNo, record.RefundFee, r.FeeType); differs {
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

func judgeRefundStatus(r RefundRecord) pos.Answer {
	a := pos.Answer{RefundID: r.RefundID, Code: string(r.Status)}
	switch r.Status {
	case RefundSucceeded:
		a.Finding = pos.FoundRefunded // F1
	case RefundProcessing:
		a.Finding = pos.FoundRefundPending // F2
	case RefundClose:
		a.Finding = pos.FoundRefundClosed // F3
	case RefundChange:
		a.Finding = pos.FoundRefundAbnormal // F4
	case "":
		a.Finding, a.Code = pos.FoundRefundOther, codeRefundStatus // F7
	default:
		a.Finding = pos.FoundRefundOther // F7, shown as received
	}
	return a
}

// judgeRefundQueryFail judges a question that was not answered.
func judgeRefundQueryFail(code ErrCode) pos.Answer {
	a := pos.Answer{Finding: pos.FoundUnclear, Code: string(code)} // F6
	switch {
	case code == RefundNotExist: // F5
		a.Finding = pos.FoundRefundNotFound
	case code.blamesSetUp():
		a.Alarm = pos.AttentionConfiguration
	}
	return a
}
