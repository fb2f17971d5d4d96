package wechat

import (
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

var (
	testPage = PageOrder{No: testNo, Amount: testOrder.Amount, TradeType: TradeNative}
	testDay  = time.Date(2025, 2, 18, 23, 0, 0, 0, time.UTC)
)

func nativeOrder() UnifiedOrderRequest {
	return UnifiedOrderRequest{TradeType: TradeNative, OutTradeNo: testNo, TotalFee: 1750, FeeType: "USD", Body: "Counter 1-Coffee",
		SpbillCreateIP: "203.0.113.7", NotifyURL: "https://shop.example/paid", ProductID: "1"}
}

// API Rules, "Revoke API": never for anything but Quick Pay.
func TestRevokeIsNeverForAnythingButQuickPay(t *testing.T) {
	for _, trade := range []TradeType{TradeNative, TradeJSAPI, TradeApp, TradeMWeb, "", "micropay"} {
		refusedUnsent(t, string(trade), func(c *Client) error {
			_, err := c.Reverse(t.Context(), ReverseRequest{OutTradeNo: testNo, TradeType: trade})
			return err
		})
	}
}

// API Rules, "Close Order API": never for Quick Pay.
func TestCloseOrderIsNeverForQuickPay(t *testing.T) {
	for _, trade := range []TradeType{TradeMicropay, "", "native"} {
		refusedUnsent(t, string(trade), func(c *Client) error {
			_, err := c.CloseOrder(t.Context(), CloseOrderRequest{OutTradeNo: testNo, TradeType: trade})
			return err
		})
	}
	g := &gateway{status: 200}
	quick := testPage
	quick.TradeType = TradeMicropay
	if a := g.client(t).ClosePage(t.Context(), quick); a.Finding != CloseNotSent || len(g.sent) != 0 {
		t.Errorf("%+v", a)
	}
	for _, trade := range []TradeType{TradeNative, TradeJSAPI, TradeApp, TradeMWeb} {
		f := wire(t, func(c *Client) error {
			_, err := c.CloseOrder(t.Context(), CloseOrderRequest{OutTradeNo: testNo, TradeType: trade})
			return err
		})
		sends(t, f, "out_trade_no", testNo, "transaction_id", "", "trade_type", "")
	}
}

// Unified Order makes no Quick Pay order.
func TestUnifiedOrderIsNeverForQuickPay(t *testing.T) {
	q := nativeOrder()
	q.TradeType = TradeMicropay
	refusedUnsent(t, "MICROPAY", func(c *Client) error { _, err := c.UnifiedOrder(t.Context(), q); return err })
}

func jsapiOrder() UnifiedOrderRequest {
	q := nativeOrder()
	q.TradeType, q.ProductID, q.OpenID = TradeJSAPI, "", "o1"
	return q
}

func appOrder() UnifiedOrderRequest {
	q := nativeOrder()
	q.TradeType, q.ProductID = TradeApp, ""
	return q
}

// subMerchantAlone is institution mode without sub_appid.
func subMerchantAlone(c *Config) { c.SubMchID = "10000200" }

// API Rules, "In-App and Mini Program payment": in institution mode sub_appid is
// required for both, and sub_openid for the Mini Program.
func TestInInstitutionModeInAppNeedsSubAppID(t *testing.T) {
	order := func(c *Client) error { _, err := c.UnifiedOrder(t.Context(), appOrder()); return err }
	refusedUnsent(t, "without", order, subMerchantAlone)
	sends(t, wire(t, order, institution), "trade_type", "APP", "sub_appid", "wxsub", "sub_mch_id", "10000200")
	sends(t, wire(t, order), "sub_appid", "", "sub_mch_id", "")
}

func TestInInstitutionModeAMiniProgramNeedsSubAppIDAndSubOpenID(t *testing.T) {
	q := jsapiOrder()
	q.MiniProgram, q.OpenID, q.SubOpenID = true, "", "os1"
	order := func(c *Client) error { _, err := c.UnifiedOrder(t.Context(), q); return err }
	refusedUnsent(t, "without sub_appid", order, subMerchantAlone)
	sends(t, wire(t, order, institution), "trade_type", "JSAPI", "sub_appid", "wxsub", "sub_openid", "os1", "openid", "")
	q.SubOpenID, q.OpenID = "", "o1"
	refusedUnsent(t, "without sub_openid", order, institution)
	q.SubOpenID = "os1"
	refusedUnsent(t, "sub_openid in direct mode", order)
}

func TestAnOrderThatCannotBeRightIsNotMade(t *testing.T) {
	for name, spoil := range map[string]func(*UnifiedOrderRequest){
		"no type":                   func(q *UnifiedOrderRequest) { q.TradeType = "" },
		"no number":                 func(q *UnifiedOrderRequest) { q.OutTradeNo = "" },
		"a long number":             func(q *UnifiedOrderRequest) { q.OutTradeNo = strings.Repeat("1", 33) },
		"no price":                  func(q *UnifiedOrderRequest) { q.TotalFee = 0 },
		"no currency":               func(q *UnifiedOrderRequest) { q.FeeType = "" },
		"no body":                   func(q *UnifiedOrderRequest) { q.Body = "" },
		"a long body":               func(q *UnifiedOrderRequest) { q.Body = strings.Repeat("茶", 43) },
		"a long attach":             func(q *UnifiedOrderRequest) { q.Attach = strings.Repeat("a", 128) },
		"no address":                func(q *UnifiedOrderRequest) { q.SpbillCreateIP = "" },
		"no notify_url":             func(q *UnifiedOrderRequest) { q.NotifyURL = "" },
		"a notify_url with query":   func(q *UnifiedOrderRequest) { q.NotifyURL = "https://shop.example/paid?no=1" },
		"a relative notify_url":     func(q *UnifiedOrderRequest) { q.NotifyURL = "/paid" },
		"NATIVE without product":    func(q *UnifiedOrderRequest) { q.ProductID = "" },
		"JSAPI without openid":      func(q *UnifiedOrderRequest) { q.TradeType = TradeJSAPI },
		"MWEB without scene":        func(q *UnifiedOrderRequest) { q.TradeType = TradeMWeb },
		"a NATIVE Mini Program":     func(q *UnifiedOrderRequest) { q.MiniProgram = true },
		"a kind of limit_pay":       func(q *UnifiedOrderRequest) { q.LimitPay = "no_cash" },
		"an expiry that is so soon": func(q *UnifiedOrderRequest) { q.TimeStart, q.TimeExpire = testDay, testDay.Add(59*time.Second) },
	} {
		q := nativeOrder()
		spoil(&q)
		refusedUnsent(t, name, func(c *Client) error { _, err := c.UnifiedOrder(t.Context(), q); return err })
	}
}

// The minute between start and end is asked of an order that has both.
func TestAnOrderMayHaveAStartOrAnEndAlone(t *testing.T) {
	for start, end := range map[time.Time]time.Time{testDay: {}, {}: testDay} {
		q := nativeOrder()
		q.TimeStart, q.TimeExpire = start, end
		f := wire(t, func(c *Client) error { _, err := c.UnifiedOrder(t.Context(), q); return err })
		sends(t, f, "time_start", stamp(start), "time_expire", stamp(end))
	}
}

func TestUnifiedOrderSendsWhatThePagesAskFor(t *testing.T) {
	q := nativeOrder()
	q.TimeStart, q.TimeExpire, q.LimitPay, q.DeviceInfo = testDay, testDay.Add(time.Minute), "no_credit", "K1"
	f := wire(t, func(c *Client) error { _, err := c.UnifiedOrder(t.Context(), q); return err })
	sends(t, f, "version", "1.0", "trade_type", "NATIVE", "out_trade_no", testNo, "total_fee", "1750", "fee_type", "USD", "body", "Counter 1-Coffee",
		"spbill_create_ip", "203.0.113.7", "notify_url", "https://shop.example/paid", "product_id", "1", "time_start", "20250219070000",
		"time_expire", "20250219070100", "limit_pay", "no_credit", "device_info", "K1", "detail", "", "sign_type", "HMAC-SHA256")
}

// A prepay_id has its date in it, and may look like an auth code: it is not masked.
const testPrepayID = "wx201410272009395522a57690389285100"

func prepare(t testing.TB, q UnifiedOrderRequest, body string, change ...func(*Config)) PrepayAnswer {
	return (&gateway{status: 200, body: body}).client(t, change...).Prepare(t.Context(), q)
}

func readyPairs(trade string, more ...string) []string {
	return append([]string{"result_code", "SUCCESS", "trade_type", trade, "prepay_id", testPrepayID,
		"code_url", "weixin://wxpay/bizpayurl?pr=abc", "mweb_url", "https://wx.tenpay.com/1"}, more...)
}

func TestUnifiedOrderIsReadyWithWhatTheCustomerNeeds(t *testing.T) {
	a := prepare(t, nativeOrder(), said(t, readyPairs("NATIVE")...))
	if a.Finding != PrepayReady || a.PrepayID != testPrepayID || a.CodeURL != "weixin://wxpay/bizpayurl?pr=abc" || a.Heard.Fields["prepay_id"] != testPrepayID {
		t.Errorf("%+v", a)
	}
	mweb := nativeOrder()
	mweb.TradeType, mweb.SceneInfo = TradeMWeb, `{"h5_info":{}}`
	for code, row := range map[string]struct {
		q    UnifiedOrderRequest
		pair []string
	}{
		"prepay_id":  {nativeOrder(), []string{"prepay_id", "-"}},
		"code_url":   {nativeOrder(), []string{"code_url", "-"}},
		"trade_type": {nativeOrder(), []string{"trade_type", "APP"}},
		"mweb_url":   {mweb, []string{"mweb_url", "-"}},
		"merchant":   {nativeOrder(), []string{"mch_id", "-"}},
	} {
		a := prepare(t, row.q, said(t, readyPairs(string(row.q.TradeType), row.pair...)...))
		want := PrepayUnclear
		if code == "trade_type" || code == "merchant" {
			want = PrepayMismatch
		}
		if a.Finding != want || a.Code != code || (a.Alarm == pos.AttentionMismatch) != (want == PrepayMismatch) || a.PrepayID != "" {
			t.Errorf("%s: %+v", code, a)
		}
	}
}

func TestUnifiedOrderThatFailsSaysWhatToDo(t *testing.T) {
	for code, want := range map[string]PrepayFinding{
		"ORDERPAID": PrepayPaid, "ORDERCLOSED": PrepayClosed, "OUT_TRADE_NO_USED": PrepayMismatch, "SYSTEMERROR": PrepayUnclear,
		"A_CODE_OF_TOMORROW": PrepayUnclear, "NOAUTH": PrepayRefused, "LACK_PARAMS": PrepayRefused, "POST_DATA_EMPTY": PrepayRefused, "NOT_UTF8": PrepayRefused,
	} {
		a := prepare(t, nativeOrder(), failed(t, code))
		if a.Finding != want || a.Code != code || (a.Alarm == pos.AttentionConfiguration) != (want == PrepayRefused) {
			t.Errorf("%s: %+v", code, a)
		}
	}
	for want, body := range map[PrepayFinding]string{
		PrepayCommFail: unsigned("return_code", "FAIL"), PrepayUnclear: said(t, readyPairs("NATIVE", "result_code", "MAYBE")...),
		PrepayMismatch: said(t, readyPairs("NATIVE", "appid", "wxother")...),
	} {
		if a := prepare(t, nativeOrder(), body); a.Finding != want {
			t.Errorf("%s: %+v", want, a)
		}
	}
}

// Query Order serves an order that is not Quick Pay, by the same rows.
func TestQueryOrderServesOrdersOfEveryTradeType(t *testing.T) {
	for _, trade := range []string{"NATIVE", "JSAPI", "APP", "MWEB"} {
		g := &gateway{status: 200, body: said(t, paidPairs("trade_type", trade)...)}
		judged(t, g.client(t).QueryPage(t.Context(), testPage), pos.Answer{Finding: pos.FoundPaid, TransactionID: testTxn})
		r, err := g.client(t).OrderQuery(t.Context(), OrderQueryRequest{OutTradeNo: testNo})
		if err != nil || r.TradeType != trade {
			t.Errorf("%+v, %v", r, err)
		}
	}
	for s, want := range map[string]pos.Finding{"NOTPAY": pos.FoundNotPaid, "CLOSED": pos.FoundClosed, "REFUND": pos.FoundRefunding} {
		g := &gateway{status: 200, body: state(t, s)}
		judged(t, g.client(t).QueryPage(t.Context(), testPage), pos.Answer{Finding: want, Code: s})
	}
	g := &gateway{status: 200, body: said(t, paidPairs("total_fee", "1")...)}
	judged(t, g.client(t).QueryPage(t.Context(), testPage), unlikeAnswer("total_fee"))
}

// closes judges an answer to Close Order.
func closes(t *testing.T, body string, f CloseFinding, code string, alarm pos.Attention) {
	t.Helper()
	a := (&gateway{status: 200, body: body}).client(t).ClosePage(t.Context(), testPage)
	if a.Finding != f || a.Code != code || a.Alarm != alarm || a.Heard.Status != 200 {
		t.Errorf("got %+v, want %s %s %s", a, f, code, alarm)
	}
}

func TestK1_SuccessIsClosed(t *testing.T) {
	closes(t, said(t, "result_code", "SUCCESS"), CloseDone, "", "")
}

func TestK2_OrderPaidIsProbablyPaid(t *testing.T) {
	closes(t, failed(t, "ORDERPAID"), ClosePaid, "ORDERPAID", "")
}

func TestK3_OrderClosedIsClosed(t *testing.T) {
	closes(t, failed(t, "ORDERCLOSED"), CloseDone, "ORDERCLOSED", "")
}

func TestK4_SystemErrorIsUnclear(t *testing.T) {
	closes(t, failed(t, "SYSTEMERROR"), CloseUnclear, "SYSTEMERROR", "")
}

func TestK5_NoOrderIsNotFinal(t *testing.T) {
	closes(t, failed(t, "ORDERNOTEXIST"), CloseNoOrder, "ORDERNOTEXIST", "")
}

func TestK6_TheStateDoesNotAllowIt(t *testing.T) {
	closes(t, failed(t, "TRADE_STATE_ERROR"), CloseNotAllowed, "TRADE_STATE_ERROR", "")
}

func TestK7_OurSetUpRaisesAnAlarm(t *testing.T) {
	for _, code := range []string{"SIGNERROR", "REQUIRE_POST_METHOD", "XML_FORMAT_ERROR"} {
		closes(t, failed(t, code), CloseRefused, code, pos.AttentionConfiguration)
	}
}

func TestK8_AnyOtherCodeIsOurMistake(t *testing.T) {
	for _, code := range []string{"INVALID_REQUEST", "A_CODE_OF_TOMORROW"} {
		closes(t, failed(t, code), CloseRefused, code, pos.AttentionConfiguration)
	}
	closes(t, failed(t, "-"), CloseRefused, "", pos.AttentionConfiguration)
}

// E7 to E10 of the table's column Close.
func TestE_OfCloseOrder(t *testing.T) {
	closes(t, "half an answe", CloseUnclear, "malformed", "")
	closes(t, unsigned("return_code", "FAIL"), CloseCommFail, "return_fail", "")
	closes(t, unsigned("return_code", "SUCCESS", "result_code", "SUCCESS"), CloseUnclear, "bad_signature", pos.AttentionSignature)
	closes(t, said(t, "result_code", "SUCCESS", "mch_id", "10000999"), CloseMismatch, "merchant", pos.AttentionMismatch)
	closes(t, said(t, "result_code", "MAYBE"), CloseUnclear, "result_code", "")
	bad := testPage
	bad.No = ""
	g := &gateway{status: 200}
	if a := g.client(t).ClosePage(t.Context(), bad); a.Finding != CloseNotSent || len(g.sent) != 0 {
		t.Errorf("%+v", a)
	}
}

// design 2: the till's words. A method that closes is submitted by Unified Order
// and revoked by Close Order, and by nothing else.
func TestAMethodThatClosesGoesByUnifiedOrderAndCloseOrder(t *testing.T) {
	order := pos.Order{No: testNo, Amount: testOrder.Amount, Method: pos.Native}
	f := wire(t, func(c *Client) error { c.Submit(t.Context(), pos.Charge{Order: order, Ref: "table 5"}); return nil })
	sends(t, f, "trade_type", "NATIVE", "out_trade_no", testNo, "product_id", testNo, "attach", "table 5", "notify_url", defaultNotifyURL, "auth_code", "")
	f = wire(t, func(c *Client) error { c.Revoke(t.Context(), order); return nil })
	sends(t, f, "out_trade_no", testNo, "transaction_id", "")
	mini := pos.Charge{Order: pos.Order{No: testNo, Amount: testOrder.Amount, Method: pos.MiniProgram}, Payer: "o1"}
	submit := func(c *Client) error { c.Submit(t.Context(), mini); return nil }
	sends(t, wire(t, submit), "trade_type", "JSAPI", "openid", "o1", "sub_openid", "")
	sends(t, wire(t, submit, institution), "trade_type", "JSAPI", "sub_openid", "o1", "sub_appid", "wxsub", "openid", "")
}

// What Unified Order and Close Order find, in the till's words.
func TestWhatAPageFindsInTheTillsWords(t *testing.T) {
	order := pos.Order{No: testNo, Amount: testOrder.Amount, Method: pos.Native}
	for body, want := range map[string]pos.Finding{
		said(t, readyPairs("NATIVE")...): pos.FoundReady, said(t, readyPairs("NATIVE", "code_url", "-")...): pos.FoundUnclear,
		failed(t, "NOAUTH"): pos.FoundDeclined, failed(t, "ORDERPAID"): pos.FoundUnclear, failed(t, "ORDERCLOSED"): pos.FoundUnclear,
		failed(t, "OUT_TRADE_NO_USED"): pos.FoundMismatch, unsigned("return_code", "FAIL"): pos.FoundCommFail,
	} {
		a := (&gateway{status: 200, body: body}).client(t).Submit(t.Context(), pos.Charge{Order: order})
		if ready := want == pos.FoundReady; a.Finding != want || (a.CodeURL != "") != ready || (a.PrepayID != "") != ready {
			t.Errorf("want %s: %+v", want, a)
		}
	}
	for body, want := range map[string]pos.Finding{
		said(t, "result_code", "SUCCESS"): pos.FoundRevokeAccepted, failed(t, "ORDERCLOSED"): pos.FoundRevokeAccepted,
		failed(t, "ORDERPAID"): pos.FoundRevokeMoot, failed(t, "ORDERNOTEXIST"): pos.FoundRevokeMoot, failed(t, "TRADE_STATE_ERROR"): pos.FoundRevokeMoot,
		failed(t, "SIGNERROR"): pos.FoundRevokeRefused, failed(t, "SYSTEMERROR"): pos.FoundUnclear, unsigned("return_code", "FAIL"): pos.FoundCommFail,
	} {
		if a := (&gateway{status: 200, body: body}).client(t).Revoke(t.Context(), order); a.Finding != want {
			t.Errorf("want %s: %+v", want, a)
		}
	}
}
