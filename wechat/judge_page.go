package wechat

import (
	"time"

	"cashier/pos"
)

// This file judges the two calls that only orders other than Quick Pay know:
// Unified Order, and Close Order by wechatpay-v2 13.7.

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

// PrepayFinding is what an answer to Unified Order lets us conclude. The set is
// ours and closed.
type PrepayFinding string

// The findings.
const (
	PrepayNotSent  PrepayFinding = PrepayFinding(foundNotSent)  // E1, E2: nothing was sent
	PrepayUnclear  PrepayFinding = PrepayFinding(foundUnclear)  // E3 to E6, E8, E10, SYSTEMERROR, other codes, SUCCESS that lacks what the customer needs: repeat with the same parameters
	PrepayCommFail PrepayFinding = PrepayFinding(foundCommFail) // E7: no order as far as known; repeat
	PrepayMismatch PrepayFinding = PrepayFinding(foundMismatch) // E9, OUT_TRADE_NO_USED

	PrepayReady   PrepayFinding = "ready"   // the customer can pay
	PrepayPaid    PrepayFinding = "paid"    // ORDERPAID: this number is paid already; Query Order decides
	PrepayClosed  PrepayFinding = "closed"  // ORDERCLOSED: this number is closed; a new one is needed
	PrepayRefused PrepayFinding = "refused" // our set-up; repeating does not help
)

// PrepayAnswer is an answer to Unified Order, judged. With PrepayReady it has
// what the customer's client needs.
type PrepayAnswer struct {
	Finding  PrepayFinding `json:"finding"`
	PrepayID string        `json:"prepay_id,omitempty"`
	CodeURL  string        `json:"code_url,omitempty"`
	MWebURL  string        `json:"mweb_url,omitempty"`
	Judgement
}

// Our own words for what an answer to Unified Order lacks.
const (
	codeTradeType = "trade_type"
	codePrepayID  = "prepay_id"
	codeCodeURL   = "code_url"
	codeMWebURL   = "mweb_url"
)

func prepayAnswer(a pos.Answer) PrepayAnswer {
	return PrepayAnswer{Finding: PrepayFinding(a.Finding), Judgement: Judgement{Code: a.Code, Alarm: a.Alarm}}
}

// judgeUnifiedOrder judges the answer to Unified Order.
func judgeUnifiedOrder(m merchant, q UnifiedOrderRequest, r UnifiedOrderResponse, err error) PrepayAnswer {
	if a, over := judgeEnds(m, r.Envelope, err); over {
		return prepayAnswer(a)
	}
	if r.ResultCode == fail {
		return judgeUnifiedOrderFail(r.ErrCode)
	}
	switch {
	case !m.named(r.Envelope):
		return prepayAnswer(mismatch(codeMerchant))
	case r.TradeType != q.TradeType:
		return prepayAnswer(mismatch(codeTradeType))
	case r.PrepayID == "":
		return lacking(codePrepayID)
	case q.TradeType == TradeNative && r.CodeURL == "":
		return lacking(codeCodeURL)
	case q.TradeType == TradeMWeb && r.MWebURL == "":
		return lacking(codeMWebURL)
	}
	return PrepayAnswer{Finding: PrepayReady, PrepayID: r.PrepayID, CodeURL: r.CodeURL, MWebURL: r.MWebURL}
}

// lacking is a success by which the customer cannot pay.
func lacking(code string) PrepayAnswer {
	return PrepayAnswer{Finding: PrepayUnclear, Judgement: Judgement{Code: code}}
}

func judgeUnifiedOrderFail(code ErrCode) PrepayAnswer {
	a := PrepayAnswer{Finding: PrepayUnclear, Judgement: Judgement{Code: string(code)}}
	switch {
	case code == OrderPaid:
		a.Finding = PrepayPaid
	case code == OrderClosed:
		a.Finding = PrepayClosed
	case code == OutTradeNoUsed:
		a = prepayAnswer(mismatch(string(code)))
	case code.blamesSetUp() || code == PostDataEmpty:
		a.Finding, a.Alarm = PrepayRefused, pos.AttentionConfiguration
	}
	return a
}

// CloseFinding is what an answer to Close Order lets us conclude. The set is
// ours and closed. Whatever it is, Query Order has the last word.
type CloseFinding string

// The findings.
const (
	CloseNotSent  CloseFinding = CloseFinding(foundNotSent)  // E1, E2: nothing was sent
	CloseUnclear  CloseFinding = CloseFinding(foundUnclear)  // E3 to E6, E8, E10, K4: it may be closed; repeat, then query
	CloseCommFail CloseFinding = CloseFinding(foundCommFail) // E7: not closed as far as known; repeat, query
	CloseMismatch CloseFinding = CloseFinding(foundMismatch) // E9

	CloseDone       CloseFinding = "closed"      // K1, K3: one query, which should say CLOSED
	ClosePaid       CloseFinding = "paid"        // K2: probably paid; query, it is a sale
	CloseNoOrder    CloseFinding = "no_order"    // K5: not final while the customer's page may be open; query later
	CloseNotAllowed CloseFinding = "not_allowed" // K6: not in this state; a query decides
	CloseRefused    CloseFinding = "refused"     // K7, K8: our set-up or our program; nothing is known about the order
)

// CloseAnswer is an answer to Close Order, judged.
type CloseAnswer struct {
	Finding CloseFinding `json:"finding"`
	Judgement
}

// judgeClose judges the answer to Close Order. It names no order; what ties it to
// ours is the connection, the signature and the identity.
func judgeClose(m merchant, r CloseOrderResponse, err error) CloseAnswer {
	if a, over := judgeEnds(m, r.Envelope, err); over {
		return CloseAnswer{CloseFinding(a.Finding), Judgement{Code: a.Code, Alarm: a.Alarm}}
	}
	if r.ResultCode == success {
		return CloseAnswer{Finding: CloseDone} // K1
	}
	a := CloseAnswer{Judgement: Judgement{Code: string(r.ErrCode)}}
	switch r.ErrCode {
	case OrderPaid: // K2
		a.Finding = ClosePaid
	case OrderClosed: // K3
		a.Finding = CloseDone
	case SystemError: // K4
		a.Finding = CloseUnclear
	case OrderNotExist: // K5
		a.Finding = CloseNoOrder
	case TradeStateNotAllowed: // K6
		a.Finding = CloseNotAllowed
	default: // K7, K8: an unknown code too, for a person has to look
		a.Finding, a.Alarm = CloseRefused, pos.AttentionConfiguration
	}
	return a
}
