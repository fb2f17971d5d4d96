package wechat

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// One test for each row of wechatpay-v2 13.6, by its id.

const testRefundID = "50000408942018111907145868882"

var testRefunding = pos.Refunding{Order: testOrder, RefundNo: "R1250218001", Minor: 750, Desc: "cold coffee"}

// acceptedPairs is layer 3 of an answer that accepts testRefunding; more is
// appended to it, and wins.
func acceptedPairs(more ...string) []string {
	return append([]string{"result_code", "SUCCESS", "transaction_id", testTxn, "out_trade_no", testNo, "out_refund_no", testRefunding.RefundNo,
		"refund_id", testRefundID, "refund_fee", "750", "total_fee", "1750", "cash_fee", "11375"}, more...)
}

// recordPairs is layer 3 of an answer that knows testRefunding in a state.
func recordPairs(status string, more ...string) []string {
	return append([]string{"result_code", "SUCCESS", "transaction_id", testTxn, "out_trade_no", testNo, "total_fee", "1750", "fee_type", "USD",
		"refund_count", "1", "out_refund_no_0", testRefunding.RefundNo, "refund_id_0", testRefundID, "refund_fee_0", "750", "refund_status_0", status}, more...)
}

// The two calls, answered with status 200 and body.
func giveBack(t testing.TB, body string, change ...func(*Config)) pos.Answer {
	return (&gateway{status: 200, body: body}).client(t, change...).GiveBack(t.Context(), testRefunding)
}

func askRefund(t testing.TB, body string, change ...func(*Config)) pos.Answer {
	return (&gateway{status: 200, body: body}).client(t, change...).AskRefund(t.Context(), testRefunding)
}

// found is a judgement without what was heard.
func found(f pos.Finding, code string) pos.Answer {
	return pos.Answer{Finding: f, Code: code}
}

// over reports an answer behind which a refund of another number could be begun.
func over(a pos.Answer) bool {
	return a.Finding == pos.FoundRefunded || a.Finding == pos.FoundRefundClosed || a.Finding == pos.FoundRefundImpossible || a.Finding == pos.FoundRefundNoOrder
}

func alarmed(a pos.Answer, alarm pos.Attention) pos.Answer {
	a.Alarm = alarm
	return a
}

func after(a pos.Answer, d time.Duration) pos.Answer {
	a.NotBefore = d
	return a
}

// refundJudged compares everything but what was heard and when.
func refundJudged(t testing.TB, got, want pos.Answer) {
	t.Helper()
	heard := got.Heard
	got.Heard, got.Date, got.RefundID = pos.Heard{}, time.Time{}, ""
	if got.Finding != want.Finding || got.Code != want.Code || got.Alarm != want.Alarm || got.NotBefore != want.NotBefore {
		t.Errorf("got   %+v\nwant  %+v\nheard %+v", got, want, heard)
	}
}

func TestR1_AcceptedIsNotRefunded(t *testing.T) {
	a := giveBack(t, said(t, acceptedPairs()...))
	refundJudged(t, a, found(pos.FoundRefundAccepted, ""))
	if a.RefundID != testRefundID || over(a) || a.Heard.Fields["refund_id"] != testRefundID {
		t.Errorf("%+v", a)
	}
	refundJudged(t, giveBack(t, said(t, acceptedPairs("refund_fee_type", "USD", "a_field_of_tomorrow", "1")...)), found(pos.FoundRefundAccepted, ""))
	// No answer to Apply for Refund is a refund that has happened, whatever it says.
	for _, more := range [][]string{{"refund_status", "SUCCESS"}, {"refund_status_0", "SUCCESS"}, {"trade_state", "REFUND"}} {
		if a := giveBack(t, said(t, acceptedPairs(more...)...)); a.Finding == pos.FoundRefunded || over(a) {
			t.Errorf("%q: %+v", more, a)
		}
	}
}

func TestR2_AnAnswerAboutSomethingElseIsAMismatch(t *testing.T) {
	for code, pair := range map[string][]string{
		"out_trade_no": {"out_trade_no", "SOMEBODYELSE"}, "out_refund_no": {"out_refund_no", "R9"}, "refund_fee": {"refund_fee", "751"},
		"fee_type": {"refund_fee_type", "CNY"}, "merchant": {"mch_id", "10000999"},
	} {
		refundJudged(t, giveBack(t, said(t, acceptedPairs(pair...)...)), alarmed(found(pos.FoundMismatch, code), pos.AttentionMismatch))
	}
	for name, code := range map[string]string{"out_trade_no": "out_trade_no", "out_refund_no": "out_refund_no", "refund_fee": "refund_fee", "appid": "merchant", "mch_id": "merchant"} {
		refundJudged(t, giveBack(t, said(t, acceptedPairs(name, "-")...)), alarmed(found(pos.FoundMismatch, code), pos.AttentionMismatch))
	}
}

func TestR3_BusyIsUnclear(t *testing.T) {
	for _, code := range []string{"SYSTEMERROR", "BIZERR_NEED_RETRY"} {
		refundJudged(t, giveBack(t, failed(t, code)), found(pos.FoundUnclear, code))
	}
}

func TestR4_NotEnoughIsTheMerchantsFunds(t *testing.T) {
	refundJudged(t, giveBack(t, failed(t, "NOTENOUGH")), found(pos.FoundRefundShort, "NOTENOUGH"))
}

func TestR5_TooOftenWaitsAMinute(t *testing.T) {
	for _, code := range []string{"INVALID_REQ_TOO_MUCH", "FREQUENCY_LIMITED"} {
		refundJudged(t, giveBack(t, failed(t, code)), after(found(pos.FoundRefundTooOften, code), time.Minute))
	}
}

func TestR6_OverdueIsImpossible(t *testing.T) {
	refundJudged(t, giveBack(t, failed(t, "TRADE_OVERDUE")), found(pos.FoundRefundImpossible, "TRADE_OVERDUE"))
}

func TestR7_AnAbnormalAccountIsImpossible(t *testing.T) {
	refundJudged(t, giveBack(t, failed(t, "USER_ACCOUNT_ABNORMAL")), found(pos.FoundRefundImpossible, "USER_ACCOUNT_ABNORMAL"))
}

func TestR8_NoOrderIsCertain(t *testing.T) {
	for _, code := range []string{"ORDERNOTEXIST", "INVALID_TRANSACTIONID"} {
		refundJudged(t, giveBack(t, failed(t, code)), found(pos.FoundRefundNoOrder, code))
	}
}

func TestR9_RefusedIsNotCertain(t *testing.T) {
	refundJudged(t, giveBack(t, failed(t, "ERROR")), found(pos.FoundRefundRefused, "ERROR"))
	for _, code := range []string{"PARAM_ERROR", "SIGNERROR", "XML_FORMAT_ERROR", "REQUIRE_POST_METHOD", "APPID_NOT_EXIST", "MCHID_NOT_EXIST", "CERT_ERROR"} {
		refundJudged(t, giveBack(t, failed(t, code)), alarmed(found(pos.FoundRefundRefused, code), pos.AttentionConfiguration))
	}
}

func TestR10_AnyOtherCodeIsUnclear(t *testing.T) {
	for _, code := range []string{"A_CODE_OF_TOMORROW", "USERPAYING"} {
		refundJudged(t, giveBack(t, failed(t, code)), found(pos.FoundUnclear, code))
	}
	refundJudged(t, giveBack(t, failed(t, "-")), found(pos.FoundUnclear, ""))
}

func TestF1_SuccessIsRefunded(t *testing.T) {
	a := askRefund(t, said(t, recordPairs("SUCCESS")...))
	refundJudged(t, a, found(pos.FoundRefunded, "SUCCESS"))
	if a.RefundID != testRefundID || !over(a) {
		t.Errorf("%+v", a)
	}
	// Of several only ours counts.
	refundJudged(t, askRefund(t, said(t, recordPairs("PROCESSING", "refund_count", "2", "out_refund_no_1", "R2", "refund_status_1", "SUCCESS")...)),
		found(pos.FoundRefundPending, "PROCESSING"))
	refundJudged(t, askRefund(t, said(t, recordPairs("PROCESSING", "refund_count", "2", "out_refund_no_0", "R0",
		"out_refund_no_1", testRefunding.RefundNo, "refund_fee_1", "750", "refund_status_1", "SUCCESS")...)), found(pos.FoundRefunded, "SUCCESS"))
}

func TestF1_ARefundOfSomethingElseIsAMismatch(t *testing.T) {
	for code, pair := range map[string][]string{
		"out_trade_no": {"out_trade_no", "SOMEBODYELSE"}, "out_refund_no": {"out_refund_no_0", "R9"}, "refund_fee": {"refund_fee_0", "751"},
		"fee_type": {"fee_type", "CNY"}, "merchant": {"mch_id", "-"},
	} {
		refundJudged(t, askRefund(t, said(t, recordPairs("SUCCESS", pair...)...)), alarmed(found(pos.FoundMismatch, code), pos.AttentionMismatch))
	}
}

func TestF2_ProcessingIsPending(t *testing.T) {
	refundJudged(t, askRefund(t, said(t, recordPairs("PROCESSING")...)), found(pos.FoundRefundPending, "PROCESSING"))
}

func TestF3_RefundCloseFailed(t *testing.T) {
	refundJudged(t, askRefund(t, said(t, recordPairs("REFUNDCLOSE")...)), found(pos.FoundRefundClosed, "REFUNDCLOSE"))
}

func TestF4_ChangeIsAbnormal(t *testing.T) {
	refundJudged(t, askRefund(t, said(t, recordPairs("CHANGE")...)), found(pos.FoundRefundAbnormal, "CHANGE"))
}

func TestF5_RefundNotExistWaitsAMinute(t *testing.T) {
	refundJudged(t, askRefund(t, failed(t, "REFUNDNOTEXIST")), found(pos.FoundRefundNotFound, "REFUNDNOTEXIST"))
}

func TestF6_AnyOtherFailIsNoInformation(t *testing.T) {
	for _, code := range []string{"SYSTEMERROR", "A_CODE_OF_TOMORROW"} {
		refundJudged(t, askRefund(t, failed(t, code)), found(pos.FoundUnclear, code))
	}
	refundJudged(t, askRefund(t, failed(t, "SIGNERROR")), alarmed(found(pos.FoundUnclear, "SIGNERROR"), pos.AttentionConfiguration))
	refundJudged(t, askRefund(t, failed(t, "SYSTEMERROR", "refund_count", "1", "refund_status_0", "SUCCESS")), found(pos.FoundUnclear, "SYSTEMERROR"))
}

func TestF7_AStatusThatIsMissingOrNewIsDoubt(t *testing.T) {
	refundJudged(t, askRefund(t, said(t, recordPairs("A_STATE_OF_TOMORROW")...)), found(pos.FoundRefundOther, "A_STATE_OF_TOMORROW"))
	refundJudged(t, askRefund(t, said(t, recordPairs("success")...)), found(pos.FoundRefundOther, "success"))
	refundJudged(t, askRefund(t, said(t, recordPairs("-")...)), found(pos.FoundRefundOther, "refund_status"))
	refundJudged(t, askRefund(t, said(t, recordPairs("SUCCESS", "refund_count", "0")...)), found(pos.FoundRefundOther, "refund_status"))
	refundJudged(t, askRefund(t, said(t, recordPairs("SUCCESS", "refund_count", "-")...)), found(pos.FoundRefundOther, "refund_status"))
}

// E1 to E10 of the table's columns Refund and, for the query, Query Order.
func TestE_OfRefunds(t *testing.T) {
	accepted, record := said(t, acceptedPairs()...), said(t, recordPairs("SUCCESS")...)
	for name, row := range map[string]struct {
		g    gateway
		want pos.Answer
	}{
		"E2":  {gateway{err: &notSentError{errors.New("no route")}}, found(pos.FoundNotSent, "not_sent")},
		"E3":  {gateway{err: io.ErrUnexpectedEOF}, found(pos.FoundUnclear, "no_answer")},
		"E4":  {gateway{status: 500, body: accepted}, found(pos.FoundUnclear, "bad_status")},
		"E5":  {gateway{status: 200, body: accepted + record}, found(pos.FoundUnclear, "malformed")},
		"E6":  {gateway{status: 200, body: said(t, "return_code", "-")}, found(pos.FoundUnclear, "return_code")},
		"E7":  {gateway{status: 200, body: unsigned("return_code", "FAIL", "return_msg", "no")}, found(pos.FoundCommFail, "return_fail")},
		"E8":  {gateway{status: 200, body: strings.Replace(accepted, "750", "751", 1)}, alarmed(found(pos.FoundUnclear, "bad_signature"), pos.AttentionSignature)},
		"E9":  {gateway{status: 200, body: said(t, acceptedPairs("appid", "wxother")...)}, alarmed(found(pos.FoundMismatch, "merchant"), pos.AttentionMismatch)},
		"E10": {gateway{status: 200, body: said(t, acceptedPairs("result_code", "MAYBE")...)}, found(pos.FoundUnclear, "result_code")},
	} {
		t.Run(name, func(t *testing.T) {
			for _, ask := range []func(*Client) pos.Answer{
				func(c *Client) pos.Answer { return c.GiveBack(t.Context(), testRefunding) },
				func(c *Client) pos.Answer { return c.AskRefund(t.Context(), testRefunding) },
			} {
				g := row.g
				a := ask(g.client(t))
				refundJudged(t, a, row.want)
				if over(a) || a.Heard.TookMS < 0 {
					t.Errorf("%+v", a)
				}
			}
		})
	}
	refundJudged(t, giveBack(t, unsigned("return_code", "FAIL", "return_msg", "证书错误")), alarmed(found(pos.FoundCommFail, "return_fail"), pos.AttentionConfiguration))
}

func TestInInstitutionModeARefundNamesTheSubMerchant(t *testing.T) {
	refundJudged(t, giveBack(t, said(t, acceptedPairs("sub_mch_id", "10000200")...), institution), found(pos.FoundRefundAccepted, ""))
	refundJudged(t, giveBack(t, said(t, acceptedPairs()...), institution), alarmed(found(pos.FoundMismatch, "merchant"), pos.AttentionMismatch))
}
