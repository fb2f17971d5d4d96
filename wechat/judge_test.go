package wechat

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// One test for each row of wechatpay-v2 13.1, 13.2, 13.4 and 13.5, by its id.
// Rows S1r, S14, S15 and W are about what the machine does with a judgement;
// here they are what Query Order is judged to say.

// everyCall answers the three calls with the same bytes.
func everyCall(t *testing.T, g gateway, want pos.Answer) {
	t.Helper()
	for name, ask := range map[string]func(*Client) pos.Answer{
		"Quick Pay":   func(c *Client) pos.Answer { return c.Submit(t.Context(), testCharge(t)) },
		"Query Order": func(c *Client) pos.Answer { return c.Query(t.Context(), testOrder) },
		"Revoke":      func(c *Client) pos.Answer { return c.Revoke(t.Context(), testOrder) },
	} {
		t.Run(name, func(t *testing.T) {
			gw := g
			judged(t, ask(gw.client(t)), want)
			if len(gw.sent) != 1 {
				t.Errorf("sent %d times", len(gw.sent))
			}
		})
	}
}

func unclear(code string) pos.Answer { return pos.Answer{Finding: pos.FoundUnclear, Code: code} }

func TestE1_RefusedHereIsNotSent(t *testing.T) {
	g := &gateway{status: 200, body: said(t, paidPairs()...)}
	c := g.client(t)
	charge := testCharge(t)
	for name, spoil := range map[string]func(*pos.Charge){
		"no code":     func(ch *pos.Charge) { ch.Code = pos.AuthCode{} },
		"no amount":   func(ch *pos.Charge) { ch.Amount.Minor = 0 },
		"too much":    func(ch *pos.Charge) { ch.Amount.Minor = pos.MaxMinor + 1 },
		"no currency": func(ch *pos.Charge) { ch.Amount.Currency = "" },
		"no number":   func(ch *pos.Charge) { ch.No = "" },
	} {
		bad := charge
		spoil(&bad)
		if a := c.Submit(t.Context(), bad); a.Finding != pos.FoundNotSent || a.Heard.Error == "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
	judged(t, c.Query(t.Context(), pos.Order{}), pos.Answer{Finding: pos.FoundNotSent, Code: "refused_here"})
	judged(t, c.Revoke(t.Context(), pos.Order{}), pos.Answer{Finding: pos.FoundNotSent, Code: "refused_here"})
	if len(g.sent) != 0 {
		t.Errorf("sent %d requests", len(g.sent))
	}
	for _, minor := range []int64{1, pos.MaxMinor} { // the bounds are sent
		charge.Amount.Minor = minor
		if a := c.Submit(t.Context(), charge); a.Finding == pos.FoundNotSent {
			t.Errorf("%d: %+v", minor, a)
		}
	}
}

func TestE2_ProvedUnwrittenIsNotSent(t *testing.T) {
	everyCall(t, gateway{err: &notSentError{errors.New("no route")}}, pos.Answer{Finding: pos.FoundNotSent, Code: "not_sent"})
}

func TestE3_NoAnswerIsUnclear(t *testing.T) {
	for _, err := range []error{io.EOF, io.ErrUnexpectedEOF, errors.New("whatever")} {
		everyCall(t, gateway{err: err}, unclear("no_answer"))
	}
}

func TestE4_OnlyStatus200Counts(t *testing.T) {
	good := said(t, paidPairs("recall", "N")...)
	for _, status := range []int{100, 201, 204, 301, 302, 303, 307, 308, 400, 403, 404, 500, 502, 503} {
		everyCall(t, gateway{status: status, body: good}, unclear("bad_status"))
	}
	everyCall(t, gateway{status: 200, body: ""}, unclear("bad_status"))
	everyCall(t, gateway{status: 200, body: strings.Repeat(" ", maxBody) + good}, unclear("bad_status"))
}

func TestE4_TheLongestAnswerIsStillRead(t *testing.T) {
	good := said(t, paidPairs()...)
	longest := strings.Repeat(" ", maxBody-len(good)) + good
	judged(t, quickPay(t, longest), pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})

	one := quickPay(t, longest+" ")
	judged(t, one, unclear("bad_status"))
	if one.Heard.Error != "Quick Pay: the answer is longer than 64 KiB" {
		t.Errorf("one byte more: %q", one.Heard.Error)
	}
}

func TestE5_MalformedIsUnclear(t *testing.T) {
	good := said(t, paidPairs("recall", "N")...)
	for _, body := range []string{
		"Bad Gateway", "<html><body>502</body></html>", good[:len(good)/2], good + good, good + "x",
		strings.Replace(good, "<xml>", "<xml><return_code>SUCCESS</return_code>", 1),
		strings.Replace(good, ">SUCCESS<", ">SUC<!-- -->CESS<", 1),
		"<!DOCTYPE xml>" + good,
	} {
		everyCall(t, gateway{status: 200, body: body}, unclear("malformed"))
	}
}

func TestE6_ReturnCodeMissingOrUnknownIsUnclear(t *testing.T) {
	everyCall(t, gateway{status: 200, body: said(t, paidPairs("return_code", "-")...)}, unclear("return_code"))
	everyCall(t, gateway{status: 200, body: said(t, paidPairs("return_code", "success")...)}, unclear("return_code"))
	everyCall(t, gateway{status: 200, body: said(t, paidPairs("return_code", "OK")...)}, unclear("return_code"))
}

func TestE7_ReturnFailIsCommFail(t *testing.T) {
	everyCall(t, gateway{status: 200, body: unsigned("return_code", "FAIL", "return_msg", "system error")},
		pos.Answer{Finding: pos.FoundCommFail, Code: "return_fail"})
	everyCall(t, gateway{status: 200, body: unsigned("return_code", "FAIL")},
		pos.Answer{Finding: pos.FoundCommFail, Code: "return_fail"})
}

func TestE7_AMessageAboutOurSetUpRaisesAnAlarm(t *testing.T) {
	for _, msg := range []string{"签名失败", "签名错误", "证书错误", "参数格式校验错误", "缺少参数", "SIGN ERROR", "Invalid certificate",
		"XML format error", "mch_id not found", "appid不存在", "商户号不存在", "lack of parameter"} {
		everyCall(t, gateway{status: 200, body: unsigned("return_code", "FAIL", "return_msg", msg)},
			pos.Answer{Finding: pos.FoundCommFail, Code: "return_fail", Alarm: pos.AttentionConfiguration})
	}
}

func TestE8_BadSignatureIsUnclearEvenIfItSaysSuccess(t *testing.T) {
	want := pos.Answer{Finding: pos.FoundUnclear, Code: "bad_signature", Alarm: pos.AttentionSignature}
	good := said(t, paidPairs("recall", "N")...)
	everyCall(t, gateway{status: 200, body: unsigned(append(paidPairs(), "return_code", "SUCCESS")...)}, want)
	everyCall(t, gateway{status: 200, body: strings.Replace(good, "1750", "1751", 1)}, want)
	everyCall(t, gateway{status: 200, body: strings.Replace(good, "<xml>", "<xml><new_field>x</new_field>", 1)}, want)
	everyCall(t, gateway{status: 200, body: lowerSign(good)}, want)
}

// lowerSign writes the signature in lower case.
func lowerSign(body string) string {
	i := strings.Index(body, "<sign>") + len("<sign>")
	return body[:i] + strings.ToLower(body[i:i+64]) + body[i+64:]
}

func TestE8_TheOtherAlgorithmIsABadSignature(t *testing.T) {
	want := pos.Answer{Finding: pos.FoundUnclear, Code: "bad_signature", Alarm: pos.AttentionSignature}
	judged(t, quickPay(t, saidBy(t, MD5, paidPairs()...)), want)
	judged(t, quickPay(t, saidBy(t, HMACSHA256, paidPairs()...), func(c *Config) { c.SignType = MD5 }), want)
	judged(t, quickPay(t, saidBy(t, MD5, paidPairs()...), func(c *Config) { c.SignType = MD5 }),
		pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
}

func TestE8_ValuesAreVerifiedRawThenTrimmed(t *testing.T) {
	spaced := strings.ReplaceAll(strings.ReplaceAll(said(t, paidPairs()...), "><", ">\n<"), "SUCCESS<", " SUCCESS\n<")
	judged(t, quickPay(t, spaced), pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
}

func TestE9_AnotherMerchantIsNotUs(t *testing.T) {
	want := pos.Answer{Finding: pos.FoundMismatch, Code: "merchant", Alarm: pos.AttentionMismatch}
	for _, other := range [][]string{{"appid", "wxother"}, {"mch_id", "10000999"}, {"sub_mch_id", "10000999"}} {
		judged(t, quickPay(t, said(t, paidPairs(other...)...)), want)
		judged(t, query(t, said(t, paidPairs(other...)...)), want)
		judged(t, revoke(t, said(t, paidPairs(append(other, "recall", "N")...)...)),
			pos.Answer{Finding: pos.FoundRevokeAgain, Code: "merchant", Alarm: pos.AttentionMismatch})
	}
}

func TestE9_InInstitutionModeTheSubMerchantHasToBeOurs(t *testing.T) {
	want := pos.Answer{Finding: pos.FoundMismatch, Code: "merchant", Alarm: pos.AttentionMismatch}
	judged(t, quickPay(t, said(t, paidPairs("sub_mch_id", "10000200")...), institution), pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
	judged(t, quickPay(t, said(t, paidPairs("sub_mch_id", "10000200", "sub_appid", "wxsub")...), institution),
		pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
	judged(t, quickPay(t, said(t, paidPairs()...), institution), want)
	judged(t, quickPay(t, said(t, paidPairs("sub_mch_id", "10000201")...), institution), want)
	judged(t, quickPay(t, said(t, paidPairs("sub_mch_id", "10000200", "sub_appid", "wxother")...), institution), want)
}

func TestE10_ResultCodeMissingOrUnknownIsUnclear(t *testing.T) {
	for _, code := range []string{"-", "success", "MAYBE"} {
		everyCall(t, gateway{status: 200, body: said(t, paidPairs("result_code", code)...)}, unclear("result_code"))
	}
}

func TestQ1_SuccessAtBothLayersAndOursIsPaid(t *testing.T) {
	want := pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn}
	judged(t, quickPay(t, said(t, paidPairs()...)), want)
	judged(t, quickPay(t, said(t, paidPairs("fee_type", "-", "trade_state", "-")...)), want)
	judged(t, quickPay(t, said(t, paidPairs("settlement_total_fee", "1", "cash_fee", "0", "a_field_of_tomorrow", "茶 & <1>")...)), want)
}

// unlike are the ways in which an answer of SUCCESS is not the evidence for Paid.
func unlike() map[string][]string {
	return map[string][]string{
		"out_trade_no": {"out_trade_no", "C120250218093000002"},
		"total_fee":    {"total_fee", "1751"},
		"fee_type":     {"fee_type", "CNY"},
	}
}

func unlikeAnswer(code string) pos.Answer {
	return pos.Answer{Finding: pos.FoundMismatch, Code: code, Alarm: pos.AttentionMismatch}
}

// lacks are the parts of the evidence that may be missing, with what is said of it.
func lacks() map[string]string {
	return map[string]string{"appid": "merchant", "mch_id": "merchant", "out_trade_no": "out_trade_no", "transaction_id": "transaction_id"}
}

func TestQ2_AnAmountThatIsMissingIsNoAmount(t *testing.T) {
	order := pos.Order{No: testNo, Amount: pos.Money{Minor: 1, Currency: "USD"}}
	for _, fee := range []string{"-", "", "x", "-1", "1.0"} {
		g := gateway{status: 200, body: said(t, paidPairs("total_fee", fee)...)}
		judged(t, g.client(t).Query(t.Context(), order), pos.Answer{Finding: pos.FoundMismatch, Code: "total_fee", Alarm: pos.AttentionMismatch})
	}
	g := gateway{status: 200, body: said(t, paidPairs("total_fee", "1")...)}
	judged(t, g.client(t).Query(t.Context(), order), pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
}

func TestQ2_SuccessThatDiffersIsNeverPaid(t *testing.T) {
	for code, pair := range unlike() {
		judged(t, quickPay(t, said(t, paidPairs(pair...)...)), unlikeAnswer(code))
	}
	for name, code := range lacks() {
		judged(t, quickPay(t, said(t, paidPairs(name, "-")...)), unlikeAnswer(code))
	}
	for _, amount := range []string{"-", "+1750", "1750.0", "1.75e3", "0x6d6", "-1750"} {
		judged(t, quickPay(t, said(t, paidPairs("total_fee", amount)...)), unlikeAnswer("total_fee"))
	}
}

// failed is a signed result_code FAIL.
func failed(t *testing.T, code string, more ...string) string {
	return said(t, append([]string{"result_code", "FAIL", "err_code", code, "err_code_des", "in words"}, more...)...)
}

func TestQ3_UserPaying(t *testing.T) {
	judged(t, quickPay(t, failed(t, "USERPAYING")), pos.Answer{Finding: pos.FoundUserPaying, Code: "USERPAYING"})
}

func TestQ4_SystemErrorIsUnclear(t *testing.T) {
	for _, code := range []string{"SYSTEMERROR", "BANKERROR"} {
		judged(t, quickPay(t, failed(t, code)), unclear(code))
	}
}

func TestQ5_OrderPaidIsUnclear(t *testing.T) {
	judged(t, quickPay(t, failed(t, "ORDERPAID")), unclear("ORDERPAID"))
}

func TestQ6_OutTradeNoUsedIsSomebodyElsesOrder(t *testing.T) {
	judged(t, quickPay(t, failed(t, "OUT_TRADE_NO_USED")),
		pos.Answer{Finding: pos.FoundMismatch, Code: "OUT_TRADE_NO_USED", Alarm: pos.AttentionMismatch})
}

func TestQ7_ClosedOrReversedIsUnclear(t *testing.T) {
	for _, code := range []string{"ORDERCLOSED", "ORDERREVERSED"} {
		judged(t, quickPay(t, failed(t, code)), unclear(code))
	}
}

func TestQ8_TheDeclineSetIsDeclined(t *testing.T) {
	for _, code := range []string{"AUTHCODEEXPIRE", "AUTH_CODE_ERROR", "AUTH_CODE_INVALID", "NOTENOUGH", "NOTSUPORTCARD", "BUYER_MISMATCH", "TRADE_ERROR"} {
		judged(t, quickPay(t, failed(t, code)), pos.Answer{Finding: pos.FoundDeclined, Code: code})
	}
}

func TestQ9_TheSetUpSetIsDeclinedWithAnAlarm(t *testing.T) {
	for _, code := range []string{"NOAUTH", "PARAM_ERROR", "LACK_PARAMS", "INVALID_REQUEST", "APPID_NOT_EXIST", "MCHID_NOT_EXIST",
		"APPID_MCHID_NOT_MATCH", "SIGNERROR", "XML_FORMAT_ERROR", "REQUIRE_POST_METHOD", "NOT_UTF8"} {
		judged(t, quickPay(t, failed(t, code)), pos.Answer{Finding: pos.FoundDeclined, Code: code, Alarm: pos.AttentionConfiguration})
	}
}

func TestQ10_AnyOtherErrCodeIsUnclear(t *testing.T) {
	judged(t, quickPay(t, failed(t, "A_CODE_OF_TOMORROW")), unclear("A_CODE_OF_TOMORROW"))
	judged(t, quickPay(t, failed(t, "")), unclear(""))
	judged(t, quickPay(t, failed(t, "-")), unclear(""))
}

func TestS1_TradeStateSuccessAndOursIsPaid(t *testing.T) {
	want := pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn}
	judged(t, query(t, said(t, paidPairs()...)), want)
	judged(t, query(t, said(t, paidPairs("fee_type", "-")...)), want)
}

func TestS2_TradeStateSuccessThatDiffersIsNeverPaid(t *testing.T) {
	for code, pair := range unlike() {
		judged(t, query(t, said(t, paidPairs(pair...)...)), unlikeAnswer(code))
	}
	for name, code := range lacks() {
		judged(t, query(t, said(t, paidPairs(name, "-")...)), unlikeAnswer(code))
	}
}

// state is a signed answer to Query Order.
func state(t *testing.T, s string, more ...string) string {
	return said(t, append([]string{"result_code", "SUCCESS", "out_trade_no", testNo, "trade_state", s}, more...)...)
}

// inState asks about an order whose end is s: it has to be named, and ours.
func inState(t *testing.T, s string, f pos.Finding, ends bool) {
	t.Helper()
	judged(t, query(t, state(t, s)), pos.Answer{Finding: f, Code: s})
	judged(t, query(t, state(t, s, "out_trade_no", "SOMEBODYELSE")), unlikeAnswer("out_trade_no"))
	unnamed := query(t, state(t, s, "out_trade_no", "-"))
	if ends {
		want := pos.Answer{Finding: pos.FoundUnclear, Code: "out_trade_no", Alarm: pos.AttentionMismatch}
		judged(t, unnamed, want)
		judged(t, query(t, state(t, s, "mch_id", "-")), want)
	} else {
		judged(t, unnamed, pos.Answer{Finding: f, Code: s})
	}
}

func TestS3_Refund(t *testing.T)     { inState(t, "REFUND", pos.FoundRefunding, true) }
func TestS4_Revoked(t *testing.T)    { inState(t, "REVOKED", pos.FoundRevoked, true) }
func TestS5_Closed(t *testing.T)     { inState(t, "CLOSED", pos.FoundClosed, true) }
func TestS6_NotPay(t *testing.T)     { inState(t, "NOTPAY", pos.FoundNotPaid, false) }
func TestS7_UserPaying(t *testing.T) { inState(t, "USERPAYING", pos.FoundUserPaying, false) }
func TestS8_PayError(t *testing.T)   { inState(t, "PAYERROR", pos.FoundPayError, true) }
func TestS9_Accept(t *testing.T)     { inState(t, "ACCEPT", pos.FoundOther, false) }

func TestS10_TradeStateMissingOrNewIsDoubt(t *testing.T) {
	judged(t, query(t, state(t, "-")), unclear("trade_state"))
	judged(t, query(t, state(t, "")), unclear("trade_state"))
	inState(t, "A_STATE_OF_TOMORROW", pos.FoundOther, false)
	inState(t, "success", pos.FoundOther, false)
}

func TestS11_OrderNotExist(t *testing.T) {
	judged(t, query(t, failed(t, "ORDERNOTEXIST")), pos.Answer{Finding: pos.FoundNoOrder, Code: "ORDERNOTEXIST"})
	judged(t, query(t, failed(t, "ORDERNOTEXIST", "out_trade_no", "SOMEBODYELSE")), unlikeAnswer("out_trade_no"))
}

func TestS12_SystemErrorIsNoInformation(t *testing.T) {
	judged(t, query(t, failed(t, "SYSTEMERROR")), unclear("SYSTEMERROR"))
	// trade_state counts only when the question was answered.
	judged(t, query(t, failed(t, "SYSTEMERROR", "trade_state", "SUCCESS")), unclear("SYSTEMERROR"))
}

func TestS13_AnyOtherFailIsNoInformation(t *testing.T) {
	judged(t, query(t, failed(t, "A_CODE_OF_TOMORROW")), unclear("A_CODE_OF_TOMORROW"))
	judged(t, query(t, failed(t, "-")), unclear(""))
	judged(t, query(t, failed(t, "SIGNERROR")), pos.Answer{Finding: pos.FoundUnclear, Code: "SIGNERROR", Alarm: pos.AttentionConfiguration})
}

// W1 to W7: what Query Order says after a Revoke is judged as before it.
func TestW_QueryAfterRevokeIsJudgedTheSame(t *testing.T) {
	for s, want := range map[string]pos.Finding{"REVOKED": pos.FoundRevoked, "CLOSED": pos.FoundClosed, "REFUND": pos.FoundRefunding,
		"NOTPAY": pos.FoundNotPaid, "USERPAYING": pos.FoundUserPaying, "PAYERROR": pos.FoundPayError, "ACCEPT": pos.FoundOther} {
		if a := query(t, state(t, s)); a.Finding != want {
			t.Errorf("%s: %+v", s, a)
		}
	}
}

func again(code string, recall pos.Recall) pos.Answer {
	return pos.Answer{Finding: pos.FoundRevokeAgain, Code: code, Recall: recall}
}

func TestV1_SuccessWithRecallNIsAccepted(t *testing.T) {
	judged(t, revoke(t, said(t, "result_code", "SUCCESS", "recall", "N")), pos.Answer{Finding: pos.FoundRevokeAccepted, Recall: "N"})
}

func TestV2_SuccessWithRecallYIsAgain(t *testing.T) {
	judged(t, revoke(t, said(t, "result_code", "SUCCESS", "recall", "Y")), again("", "Y"))
}

func TestV3_SuccessWithRecallMissingOrOtherIsAgain(t *testing.T) {
	for _, recall := range []string{"-", "", "n", "X", "NO"} {
		judged(t, revoke(t, said(t, "result_code", "SUCCESS", "recall", recall)), again("recall", ""))
	}
}

func TestV4_FailWithRecallYIsAgainWhateverTheCode(t *testing.T) {
	for _, code := range []string{"SYSTEMERROR", "A_CODE_OF_TOMORROW", "REVERSE_EXPIRE", "TRADE_ERROR", "INVALID_TRANSACTIONID"} {
		judged(t, revoke(t, failed(t, code, "recall", "Y")), again(code, "Y"))
	}
	judged(t, revoke(t, failed(t, "-", "recall", "Y")), again("", "Y"))
}

// anyRecall judges a FAIL with code under recall N and without one.
func anyRecall(t *testing.T, code string, want pos.Answer) {
	t.Helper()
	want.Code = code
	judged(t, revoke(t, failed(t, code)), want)
	want.Recall = "N"
	judged(t, revoke(t, failed(t, code, "recall", "N")), want)
}

func TestV5_UserPayingIsAgain(t *testing.T) { anyRecall(t, "USERPAYING", again("", "")) }

func TestV6_ReverseExpireIsRefused(t *testing.T) {
	anyRecall(t, "REVERSE_EXPIRE", pos.Answer{Finding: pos.FoundRevokeRefused})
}

func TestV7_InvalidTransactionIDIsAgain(t *testing.T) {
	anyRecall(t, "INVALID_TRANSACTIONID", again("", ""))
}

func TestV7_RevokeSendsOurNumberAlone(t *testing.T) {
	g := &gateway{status: 200, body: said(t, "result_code", "SUCCESS", "recall", "N")}
	g.client(t).Revoke(t.Context(), testOrder)
	if sent := g.sent[0]; !strings.Contains(sent, "<out_trade_no>"+testNo+"<") || strings.Contains(sent, "transaction_id") {
		t.Error(sent)
	}
}

func TestV8_OurFaultIsAgainWithAnAlarm(t *testing.T) {
	for _, code := range []string{"PARAM_ERROR", "SIGNERROR", "REQUIRE_POST_METHOD"} {
		anyRecall(t, code, pos.Answer{Finding: pos.FoundRevokeAgain, Alarm: pos.AttentionConfiguration})
	}
}

func TestV9_InvalidRequestIsAgainAfterAMinuteWithAnAlarm(t *testing.T) {
	want := pos.Answer{Finding: pos.FoundRevokeAgain, Alarm: pos.AttentionConfiguration, NotBefore: time.Minute}
	anyRecall(t, "INVALID_REQUEST", want)
	want.Code, want.Recall = "INVALID_REQUEST", "Y"
	judged(t, revoke(t, failed(t, "INVALID_REQUEST", "recall", "Y")), want)
}

func TestV10_SystemErrorIsAgain(t *testing.T) { anyRecall(t, "SYSTEMERROR", again("", "")) }

func TestV11_TradeErrorIsRefused(t *testing.T) {
	anyRecall(t, "TRADE_ERROR", pos.Answer{Finding: pos.FoundRevokeRefused})
}

func TestV12_FailWithRecallNIsNotProof(t *testing.T) {
	for _, code := range []string{"A_CODE_OF_TOMORROW", "ORDERNOTEXIST"} {
		judged(t, revoke(t, failed(t, code, "recall", "N")), pos.Answer{Finding: pos.FoundRevokeRefused, Code: code, Recall: "N"})
	}
	judged(t, revoke(t, failed(t, "-", "recall", "N")), pos.Answer{Finding: pos.FoundRevokeRefused, Recall: "N"})
}

func TestV13_FailWithoutRecallIsAgain(t *testing.T) {
	judged(t, revoke(t, failed(t, "A_CODE_OF_TOMORROW")), again("A_CODE_OF_TOMORROW", ""))
	judged(t, revoke(t, failed(t, "-", "recall", "X")), again("", ""))
}

// The golden replies of wechatpay-v2 4.3, with their published signatures.
func TestGoldenRepliesAreJudged(t *testing.T) {
	for _, v := range vectors {
		id, _, _ := strings.Cut(v.name, " ")
		for kind, sign := range map[SignType]string{MD5: v.md5, HMACSHA256: v.hmac} {
			body, algorithm := string(encode(parse(v.text), sign)), func(c *Config) { c.SignType = kind }
			switch id {
			case "F3":
				judged(t, quickPay(t, body, algorithm), pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
			case "F4":
				judged(t, quickPay(t, body, algorithm), pos.Answer{Finding: pos.FoundUserPaying, Code: "USERPAYING"})
			case "F5":
				judged(t, query(t, body, algorithm), pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
			case "F6":
				judged(t, query(t, body, algorithm), pos.Answer{Finding: pos.FoundNotPaid, Code: "NOTPAY"})
			case "F7":
				judged(t, query(t, body, algorithm), pos.Answer{Finding: pos.FoundRevoked, Code: "REVOKED"})
			case "F8":
				judged(t, query(t, body, algorithm), pos.Answer{Finding: pos.FoundNoOrder, Code: "ORDERNOTEXIST"})
			case "F9":
				judged(t, revoke(t, body, algorithm), pos.Answer{Finding: pos.FoundRevokeAccepted, Recall: "N"})
			case "F10":
				judged(t, revoke(t, body, algorithm), again("SYSTEMERROR", "Y"))
			}
		}
	}
}
