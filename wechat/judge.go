package wechat

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"cashier/pos"
)

// This file is the whole judgement: what an answer lets us conclude. Nothing in
// it does I/O or remembers. The ids beside the lines are the rows of
// wechatpay-v2 13, and judge_test.go has a test for each.

// Our own words for what was wrong, in Answer.Code, beside the Rules.
const (
	codeMerchant      = "merchant"       // E9
	codeResultCode    = "result_code"    // E10
	codeOrderNo       = "out_trade_no"   // Q2, S2
	codeAmount        = "total_fee"      // Q2, S2
	codeCurrency      = "fee_type"       // Q2, S2
	codeTransactionID = "transaction_id" // Q2
	codeTradeState    = "trade_state"    // S10
	codeRecall        = "recall"         // V3
)

// refusedPause is how long a Revoke refused with INVALID_REQUEST waits: the
// code also means "too frequent" (V9).
const refusedPause = time.Minute

// judgeEnvelope applies E2 to E8, in this order. failed is what broke the round
// trip, if anything did. It returns the answer's parameters, verified ones when
// the rule is empty, and else the row that ends the judgement here and why.
func judgeEnvelope(r Reply, failed error, s *signer) (fields, Rule, error) {
	if notSent, ok := errors.AsType[*notSentError](failed); ok {
		return nil, NotSent, notSent // E2: and it is the only attempt under this number
	}
	switch {
	case failed != nil:
		return nil, NoAnswer, trouble(failed) // E3: unknown, never resent
	case r.Status != http.StatusOK:
		return nil, BadStatus, fmt.Errorf("the answer has HTTP status %d", r.Status) // E4: 3xx too
	case len(r.body) == 0:
		return nil, BadStatus, errors.New("the answer is empty") // E4
	case len(r.body) > maxBody:
		return nil, BadStatus, fmt.Errorf("the answer is longer than %d KiB", maxBody>>10) // E4
	}
	all, err := decode(r.body)
	if err != nil {
		return nil, Malformed, fmt.Errorf("the answer is not one flat <xml>: %w", err) // E5
	}
	switch strings.TrimSpace(all.value("return_code")) {
	case fail:
		return all, ReturnFail, nil // E7: unsigned, there is nothing to verify
	case success:
	default:
		return all, NoReturnCode, errors.New("return_code is neither SUCCESS nor FAIL") // E6
	}
	signed, ok := s.verify(all)
	if !ok {
		return all, BadSignature, errors.New("the answer is not signed with our key") // E8: even if it says SUCCESS
	}
	return signed, "", nil
}

// judgeError is what E1 to E8 conclude, the same for every operation.
func judgeError(err error) pos.Answer {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return pos.Answer{Finding: pos.FoundUnclear}
	}
	a := pos.Answer{Finding: pos.FoundUnclear, Code: string(e.Rule)} // E3 to E6: anything may be true
	switch e.Rule {
	case RefusedHere, NotSent: // E1, E2: nothing was sent
		a.Finding = pos.FoundNotSent
	case ReturnFail: // E7: what it means depends on the call; the machine knows
		a.Finding = pos.FoundCommFail
		if messageBlamesSetUp(e.ReturnMsg) {
			a.Alarm = pos.AttentionConfiguration
		}
	case BadSignature: // E8
		a.Alarm = pos.AttentionSignature
	}
	return a
}

// merchant is who we are, as every answer has to repeat it.
type merchant struct{ appID, mchID, subAppID, subMchID string }

// foreign reports a signed answer to somebody else (E9). A field that is absent
// is not foreign: FAIL answers may come without. sub_appid is compared only
// when we sent one, for WeChat Pay may know one that we do not.
func (m merchant) foreign(e Envelope) bool {
	differs := func(theirs, ours string) bool { return theirs != "" && theirs != ours }
	return differs(e.AppID, m.appID) || differs(e.MchID, m.mchID) || differs(e.SubMchID, m.subMchID) ||
		m.subAppID != "" && differs(e.SubAppID, m.subAppID)
}

// named reports whether the answer says in full whose money it is about, which
// Paid and every other end need.
func (m merchant) named(e Envelope) bool {
	return e.AppID == m.appID && e.MchID == m.mchID && e.SubMchID == m.subMchID
}

// mismatch is a signed answer about something else: somebody else's order until
// shown otherwise (design 3.10).
func mismatch(code string) pos.Answer {
	return pos.Answer{Finding: pos.FoundMismatch, Code: code, Alarm: pos.AttentionMismatch}
}

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

// judgeQuickPay judges the answer to Submit Quick Pay.
//
// API Rules, "Correct request result": SUCCESS and SUCCESS is a successful
// transaction; SUCCESS and FAIL is not a failure, Query Order has to be polled;
// FAIL is a failed transaction.
func judgeQuickPay(m merchant, o pos.Order, r MicropayResponse, err error) pos.Answer {
	switch {
	case err != nil:
		return judgeError(err) // E1 to E8
	case m.foreign(r.Envelope):
		return mismatch(codeMerchant) // E9
	case r.ResultCode == success:
		return judgePaid(m, o, r.Envelope, r.Payment) // Q1, Q2
	case r.ResultCode == fail:
		return judgeQuickPayFail(r.ErrCode) // Q3 to Q10
	}
	return pos.Answer{Finding: pos.FoundUnclear, Code: codeResultCode} // E10
}

// judgePaid is the evidence for Paid, of Quick Pay (Q1) and Query Order (S1):
// everything ours and everything there. What differs or is missing is Q2 or S2.
func judgePaid(m merchant, o pos.Order, e Envelope, p Payment) pos.Answer {
	switch {
	case !m.named(e):
		return mismatch(codeMerchant)
	case o.No == "" || p.OutTradeNo != string(o.No):
		return mismatch(codeOrderNo)
	case p.TotalFee != o.Amount.Minor:
		return mismatch(codeAmount)
	case p.FeeType != "" && p.FeeType != string(o.Amount.Currency):
		return mismatch(codeCurrency)
	case p.TransactionID == "":
		return mismatch(codeTransactionID)
	}
	return pos.Answer{Finding: pos.FoundPaid, TransactionID: p.TransactionID}
}

// judgeQuickPayFail judges result_code FAIL of Quick Pay: never a failure yet,
// whatever err_code says (design 3.3).
func judgeQuickPayFail(code ErrCode) pos.Answer {
	a := pos.Answer{Finding: pos.FoundUnclear, Code: string(code)} // Q4, Q5, Q7, Q10: doubt
	switch {
	case code == UserPaying: // Q3: the customer is entering the password
		a.Finding = pos.FoundUserPaying
	case code == OutTradeNoUsed: // Q6: our number is somebody else's order
		a = mismatch(string(code))
	case code.declines(): // Q8
		a.Finding = pos.FoundDeclined
	case code.blamesSetUp(): // Q9
		a.Finding, a.Alarm = pos.FoundDeclined, pos.AttentionConfiguration
	}
	return a
}

// judgeQuery judges the answer to Query Order. SUCCESS and SUCCESS only say that
// the question was answered; trade_state alone decides (API Rules, "Note").
func judgeQuery(m merchant, o pos.Order, r OrderQueryResponse, err error) pos.Answer {
	switch {
	case err != nil:
		return judgeError(err) // E1 to E8
	case m.foreign(r.Envelope):
		return mismatch(codeMerchant) // E9
	case r.OutTradeNo != "" && r.OutTradeNo != string(o.No):
		return mismatch(codeOrderNo) // S2
	case r.ResultCode == success:
		return judgeTradeState(m, o, r)
	case r.ResultCode == fail:
		return judgeQueryFail(r.ErrCode)
	}
	return pos.Answer{Finding: pos.FoundUnclear, Code: codeResultCode} // E10
}

// judgeTradeState judges a question that was answered.
func judgeTradeState(m merchant, o pos.Order, r OrderQueryResponse) pos.Answer {
	a := pos.Answer{Code: string(r.TradeState), TransactionID: r.TransactionID}
	switch r.TradeState {
	case TradeSuccess:
		return judgePaid(m, o, r.Envelope, r.Payment) // S1, S2; S1r is the machine's
	case TradeRefund:
		a.Finding = pos.FoundRefunding // S3
	case TradeRevoked:
		a.Finding = pos.FoundRevoked // S4
	case TradeClosed:
		a.Finding = pos.FoundClosed // S5
	case TradeNotPay:
		a.Finding = pos.FoundNotPaid // S6
	case TradeUserPaying:
		a.Finding = pos.FoundUserPaying // S7
	case TradePayError:
		a.Finding = pos.FoundPayError // S8: the order is still open
	case "":
		return pos.Answer{Finding: pos.FoundUnclear, Code: codeTradeState} // S10
	default:
		a.Finding = pos.FoundOther // S9 ACCEPT, S10 a new value: doubt, shown as received
	}
	if acts(r.TradeState) && (r.OutTradeNo == "" || !m.named(r.Envelope)) {
		// What ends an attempt, or begins a revoke, has to say of which order and whose.
		return pos.Answer{Finding: pos.FoundUnclear, Code: codeOrderNo, Alarm: pos.AttentionMismatch}
	}
	return a
}

// acts reports whether a trade_state other than SUCCESS makes the till act.
func acts(s TradeState) bool {
	return s == TradeRefund || s == TradeRevoked || s == TradeClosed || s == TradePayError
}

// judgeQueryFail judges a question that was not answered.
func judgeQueryFail(code ErrCode) pos.Answer {
	a := pos.Answer{Finding: pos.FoundUnclear, Code: string(code)} // S12, S13: no information
	switch {
	case code == OrderNotExist: // S11: not final, the submission may still be on its way
		a.Finding = pos.FoundNoOrder
	case code.blamesSetUp():
		a.Alarm = pos.AttentionConfiguration
	}
	return a
}

// judgeRevoke judges the answer to Revoke. It names no order; what ties it to
// ours is the connection, the signature and the identity. A missing answer is
// judged by E1 to E8; the machine calls again.
//
// recall is read before result_code (design 3.8; this overrides the precedence
// in wechatpay-v2 13.5). API Rules, "Revoke API": Y, call again; a success
// answer is also given for orders that do not exist.
func judgeRevoke(m merchant, r ReverseResponse, err error) pos.Answer {
	switch {
	case err != nil:
		return judgeError(err) // E1 to E8
	case m.foreign(r.Envelope): // E9: of its recall nothing is believed
		return pos.Answer{Finding: pos.FoundRevokeAgain, Code: codeMerchant, Alarm: pos.AttentionMismatch}
	}
	a := pos.Answer{Finding: pos.FoundRevokeAgain, Recall: heardRecall(r.Recall), Code: string(r.ErrCode)}
	if r.ErrCode.blamesSetUp() {
		a.Alarm = pos.AttentionConfiguration // V8, V9
	}
	if r.ErrCode == InvalidRequest {
		a.NotBefore = refusedPause // V9
	}
	switch {
	case r.Recall == pos.RecallYes: // V2, V4: again, whatever else it says
	case r.ResultCode == success && r.Recall == pos.RecallNo:
		a.Finding = pos.FoundRevokeAccepted // V1: not proof
	case r.ResultCode == success:
		a.Code = codeRecall // V3: missing or unknown, so not finished
	case r.ResultCode == fail:
		a.Finding = judgeRevokeFail(r) // V5 to V13
	default:
		a.Finding, a.Code = pos.FoundUnclear, codeResultCode // E10
	}
	return a
}

// heardRecall drops what is neither Y nor N.
func heardRecall(r pos.Recall) pos.Recall {
	if r == pos.RecallYes || r == pos.RecallNo {
		return r
	}
	return ""
}

// judgeRevokeFail judges result_code FAIL without recall Y. Codes that say what
// to do come first, for V5, V7 to V11 hold with any recall; then N decides.
func judgeRevokeFail(r ReverseResponse) pos.Finding {
	switch r.ErrCode {
	case ReverseExpire, TradeError:
		return pos.FoundRevokeRefused // V6, V11
	case UserPaying, InvalidTransactionID, ParamError, SignError, RequirePostMethod, InvalidRequest, SystemError:
		return pos.FoundRevokeAgain // V5, V7, V8, V9, V10
	}
	if r.Recall == pos.RecallNo {
		return pos.FoundRevokeRefused // V12: not proof of a reversal either
	}
	return pos.FoundRevokeAgain // V13
}
