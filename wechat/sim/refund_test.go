package sim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRefundTable holds every row of RefundScenarios as a conversation about an order of 1000.
func TestRefundTable(t *testing.T) {
	told := map[int64]bool{}
	for _, c := range []struct {
		minor  int64 // 0 for an ordinary refund
		script string
	}{
		{0, "refund R1 100: accepted 100 | query: REFUND | ask R1: PROCESSING 100 | 4999ms | ask R1: PROCESSING 100 | 1ms | ask R1: SUCCESS 100"},
		{60, "refund R1 60: accepted 60 | 1199s | ask R1: PROCESSING 60 | 1s | ask R1: SUCCESS 60"},
		{61, "refund R1 61: accepted 61 | 8760h | ask R1: PROCESSING 61"},
		{62, "refund R1 62: accepted 62 | 4s | ask R1: PROCESSING 62 | 1s | ask R1: CHANGE 62 | refund R1 62: accepted 62 | ask R1: CHANGE 62"},
		{63, "refund R1 63: accepted 63 | 5s | ask R1: REFUNDCLOSE 63 | refund R1 63: accepted 63 | ask R1: PROCESSING 63 | 5s | ask R1: SUCCESS 63"},
		{63, "refund R1 63: accepted 63 | 5s | refund R2 1000: accepted 1000 | refund R1 63: ERROR | ask R1: REFUNDCLOSE 63"},
		{64, "refund R1 64: accepted 64 | 5s | ask R1: REFUNDCLOSE 64 | refund R1 64: ERROR | refund R2 65: NOTENOUGH | refund R2 1000: accepted 1000"},
		{65, "refund R1 65: NOTENOUGH | query: SUCCESS | 59s | refund R1 65: NOTENOUGH | ask R1: REFUNDNOTEXIST | 1s | refund R1 65: accepted 65 | 5s | ask R1: SUCCESS 65"},
		{66, "refund R1 66: SYSTEMERROR | ask R1: PROCESSING 66 | refund R1 66: accepted 66 | 5s | ask R1: SUCCESS 66"},
		{67, "refund R1 67: BIZERR_NEED_RETRY | 9s | refund R1 67: BIZERR_NEED_RETRY | ask R1: REFUNDNOTEXIST | 1s | refund R1 67: accepted 67"},
		{68, "refund R1 68: lost | ask R1: PROCESSING 68 | refund R1 68: accepted 68"},
		{69, "refund R1 69: accepted 69 | 19s | ask R1: REFUNDNOTEXIST | query: REFUND | 1s | ask R1: SUCCESS 69"},
		{70, "refund R1 70: USER_ACCOUNT_ABNORMAL | 8000h | refund R1 70: USER_ACCOUNT_ABNORMAL | ask R1: REFUNDNOTEXIST | query: SUCCESS"},
		{71, "refund R1 71: accepted 72 | ask R1: PROCESSING 71 | refund R1 71: accepted 71"},
	} {
		told[c.minor] = true
		t.Run(c.script, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newTill(t, Config{}).want(1000, "pay: paid 1000 | "+c.script) })
		})
	}
	for _, row := range RefundScenarios() {
		if !told[row.Minor] {
			t.Errorf("%d, %s: no conversation", row.Minor, row.Says)
		}
	}
}

// TestRefundFields: what wechatpay-v2.md 6.4 requires, and what it limits. The table knows no LACK_PARAMS.
func TestRefundFields(t *testing.T) {
	for _, c := range []struct{ field, value, want string }{
		{"out_trade_no", "", "PARAM_ERROR"}, {"out_trade_no", "A 1", "PARAM_ERROR"}, {"out_trade_no", "A2", "ORDERNOTEXIST"},
		{"transaction_id", "4200", "INVALID_TRANSACTIONID"},
		{"out_refund_no", "", "PARAM_ERROR"}, {"out_refund_no", strings.Repeat("R", 65), "PARAM_ERROR"}, {"out_refund_no", "R 1", "PARAM_ERROR"},
		{"out_refund_no", "R@1_-|*" + strings.Repeat("R", 57), "accepted 30"},
		{"total_fee", "", "PARAM_ERROR"}, {"total_fee", "1001", "ERROR"}, {"total_fee", "10.00", "PARAM_ERROR"},
		{"refund_fee", "", "PARAM_ERROR"}, {"refund_fee", "0", "PARAM_ERROR"}, {"refund_fee", "1001", "ERROR"}, {"refund_fee", "1000", "accepted 1000"},
		{"refund_fee_type", "USD", "ERROR"}, {"refund_fee_type", "HKD", "accepted 30"}, {"refund_fee_type", "XXX", "PARAM_ERROR"},
		{"refund_desc", strings.Repeat("x", 81), "PARAM_ERROR"}, {"refund_desc", strings.Repeat("茶", 26), "accepted 30"},
		{"refund_account", "ELSEWHERE", "PARAM_ERROR"}, {"refund_account", "REFUND_SOURCE_RECHARGE_FUNDS", "accepted 30"},
		{"notify_url", "here", "PARAM_ERROR"}, {"op_user_id", "10000100", "accepted 30"},
	} {
		till := newTill(t, Config{})
		till.pay("A1", 1000)
		m := till.back("A1", "R1", 1000, 30)
		m[c.field] = c.value
		if got := till.send("/secapi/pay/refund", m); got.says != c.want {
			t.Errorf("%s %q: %s (%s), want %s", c.field, c.value, got.says, got.message["err_code_des"], c.want)
		}
		if made := len(till.gateway.Refunds("A1")) == 1; made != strings.HasPrefix(c.want, "accepted") {
			t.Errorf("%s %q: refund made: %v", c.field, c.value, made)
		}
	}
}

// TestRefundCap: partial refunds, never more than was paid; a closed one counts no longer (wechatpay-v2.md 6.4).
func TestRefundCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		till.want(1000, "pay: paid 1000 | refund R1 400: accepted 400 | query: REFUND | refund R2 601: ERROR | refund R2 536: accepted 536 | "+
			"refund R3 64: accepted 64 | refund R4 1: ERROR | 5s | ask R3: REFUNDCLOSE 64 | refund R4 64: accepted 64 | 5s | refund R5 63: accepted 63")
		o, _ := till.gateway.Order("A1")
		if all := till.gateway.Refunds("A1"); len(all) != 5 || o.Refunded != 999 || o.Kept() || all[1].No != "R2" || all[1].Minor != 536 || all[1].State != Refunded {
			t.Errorf("%+v of %+v", all, o)
		}
	})
}

// TestOneRefundNumber: one out_refund_no is refunded once, however often it is sent (wechatpay-v2.md 6.4).
func TestOneRefundNumber(t *testing.T) {
	till := newTill(t, Config{})
	till.want(1000, "pay: paid 1000")
	first := till.refund("A1", "R1", 1000, 400)
	till.gateway.Inject(OnRefund, Duplicate)
	for range 3 {
		if again := till.refund("A1", "R1", 1000, 400); again.says != "accepted 400" || again.message["refund_id"] != first.message["refund_id"] {
			t.Errorf("%v, at first %v", again.message, first.message)
		}
	}
	till.want(1000, "refund R1 401: ERROR")
	till.code = "130000000000000002"
	till.pay("A2", 1000)
	if got := till.refund("A2", "R1", 1000, 400); got.says != "ERROR" {
		t.Errorf("the number of another order's refund: %s", got.says)
	}
	if n, all := till.gateway.SeenRefund("R1"), till.gateway.Refunds("A1"); n != 6 || len(all) != 1 || all[0].Minor != 400 {
		t.Errorf("seen %d times, refunds %+v", n, all)
	}
}

// TestNothingToRefund: only money that is the merchant's goes back; what was refunded is not revoked.
func TestNothingToRefund(t *testing.T) {
	newTill(t, Config{}).want(42, "pay: NOTENOUGH | refund R1 42: ERROR | query: NOTPAY")
	newTill(t, Config{}).want(40, "pay: USERPAYING | refund R1 40: ERROR")
	newTill(t, Config{MinRevokeAge: -1}).want(12, "pay: paid 12 | revoke: N | refund R1 12: ERROR | query: REVOKED | ask R1: REFUNDNOTEXIST")
	newTill(t, Config{}).want(33, "order: prepaid | refund R1 33: ERROR | close: closed | refund R1 33: ERROR | query: CLOSED")
	newTill(t, Config{MinRevokeAge: -1}).want(12, "pay: paid 12 | refund R1 12: accepted 12 | revoke: TRADE_ERROR N | query: REFUND | refund R2 1: ERROR")
	newTill(t, Config{}).want(33, "order: prepaid | scan: true | refund R1 3: accepted 3 | close: ORDERPAID | refund R2 30: accepted 30 | query: REFUND")
}

// TestRefundYear: within one year of the payment (wechatpay-v2.md 6.4).
func TestRefundYear(t *testing.T) {
	now := time.Date(2025, 2, 17, 23, 30, 4, 0, time.UTC)
	till := newTill(t, Config{Now: func() time.Time { return now }})
	till.pay("A1", 1000)
	now = time.Date(2026, 2, 17, 23, 30, 4, 0, time.UTC)
	till.want(1000, "refund R1 1: accepted 1")
	now = now.Add(time.Second)
	till.want(1000, "refund R2 1: TRADE_OVERDUE | refund R1 1: accepted 1")
}

// TestFiftyRefunds: not more than 50 of one order; a query by the order tells 10 at
// a time, and none of more than 20 (wechatpay-v2.md 6.4, 6.5).
func TestFiftyRefunds(t *testing.T) {
	till := newTill(t, Config{})
	till.pay("A1", 1000)
	ask := func(offset string) string {
		got := till.send("/pay/refundquery", message{"out_trade_no": "A1", "offset": offset}).message
		return strings.TrimSpace(fmt.Sprint(got["err_code"], " ", got["refund_count"], " of ", got["total_refund_count"], " ", got["out_refund_no_0"], " ", got["out_refund_no_9"]))
	}
	for i := range 50 {
		if got := till.refund("A1", "R"+strconv.Itoa(i), 1000, 2); got.says != "accepted 2" {
			t.Errorf("refund %d: %s", i, got.says)
		}
		switch i {
		case 11:
			for offset, want := range map[string]string{"": "10 of  R0 R9", "0": "10 of 12 R0 R9", "10": "2 of 12 R10", "12": "PARAM_ERROR  of", "x": "PARAM_ERROR  of"} {
				if got := ask(offset); got != want {
					t.Errorf("offset %q: %q, want %q", offset, got, want)
				}
			}
		case 19:
			if got := ask("10"); got != "10 of 20 R10 R19" {
				t.Errorf("20 refunds: %s", got)
			}
		case 20:
			if got := ask(""); got != "PARAM_ERROR  of" {
				t.Errorf("21 refunds: %s", got)
			}
		}
	}
	till.want(1000, "refund R50 2: ERROR | ask R49: PROCESSING 2 | ask R50: REFUNDNOTEXIST")
}

// TestNamingRefunds: refund_id, out_refund_no, transaction_id, out_trade_no, in this order (wechatpay-v2.md 6.5).
func TestNamingRefunds(t *testing.T) {
	other := Merchant{AppID: "wx2", MchID: "20000100", Key: "secret"}
	till := newTill(t, Config{Merchants: []Merchant{shop, other}})
	id := till.pay("A1", 1000).message["transaction_id"]
	one, two := till.refund("A1", "R1", 1000, 100), till.refund("A1", "R2", 1000, 200)
	till.code = "130000000000000002"
	till.pay("A2", 12)
	for _, c := range []struct {
		m    message
		want string
	}{
		{message{}, "PARAM_ERROR"},
		{message{"out_trade_no": "A1"}, "2 R1 R2"}, {message{"transaction_id": id, "out_trade_no": "A2"}, "2 R1 R2"},
		{message{"out_refund_no": "R2", "transaction_id": id}, "1 R2"}, {message{"refund_id": one.message["refund_id"], "out_refund_no": "R2"}, "1 R1"},
		{message{"out_refund_no": "R3", "transaction_id": id}, "REFUNDNOTEXIST"}, {message{"refund_id": "5030", "out_refund_no": "R2"}, "REFUNDNOTEXIST"},
		{message{"out_trade_no": "A2"}, "REFUNDNOTEXIST"}, {message{"out_trade_no": "A3"}, "REFUNDNOTEXIST"}, {message{"transaction_id": "4200"}, "INVALID_TRANSACTIONID"},
	} {
		got := till.send("/pay/refundquery", c.m)
		if says := strings.TrimSpace(got.message["err_code"] + strings.TrimRight(" "+got.message["refund_count"]+" "+got.message["out_refund_no_0"]+" "+got.message["out_refund_no_1"], " ")); says != c.want {
			t.Errorf("%v: %q, want %q", c.m, says, c.want)
		}
	}
	if one.message["refund_id"] == two.message["refund_id"] || len(one.message["refund_id"]) != 28 {
		t.Errorf("refund_id %s and %s", one.message["refund_id"], two.message["refund_id"])
	}
	stranger := *till
	stranger.merchant = other
	for _, m := range []message{{"out_refund_no": "R1"}, {"refund_id": one.message["refund_id"]}, {"out_trade_no": "A1"}} {
		if got := stranger.send("/pay/refundquery", m); got.says != "REFUNDNOTEXIST" {
			t.Errorf("another merchant sees %v: %s", m, got.says)
		}
	}
	if got := stranger.refund("A1", "R9", 1000, 1); got.says != "ORDERNOTEXIST" {
		t.Errorf("another merchant refunds: %s", got.says)
	}
}

// TestRefundAnswers: the fields of wechatpay-v2.md 6.4 and 6.5, as they stand in the tables.
func TestRefundAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		till.pay("A1", 1000)
		got := till.refund("A1", "R1", 1000, 250).message
		for name, want := range map[string]string{
			"out_trade_no": "A1", "out_refund_no": "R1", "refund_fee": "250", "refund_fee_type": "HKD", "total_fee": "1000", "fee_type": "HKD",
			"cash_fee": "920", "cash_fee_type": "CNY", "cash_refund_fee": "230", "cash_refund_fee_type": "CNY", "rate": "92000000", "coupon_refund_fee": "",
		} {
			if got[name] != want {
				t.Errorf("refund: %s is %q, want %q", name, got[name], want)
			}
		}
		if early := till.refunded("R1").message; early["refund_status_0"] != "PROCESSING" || early["refund_success_time_0"] != "" {
			t.Errorf("not done yet: %v", early)
		}
		<-time.After(5 * time.Second)
		asked := till.refunded("R1").message
		for name, want := range map[string]string{
			"out_trade_no": "A1", "transaction_id": got["transaction_id"], "refund_count": "1", "out_refund_no_0": "R1", "refund_id_0": got["refund_id"],
			"refund_fee_0": "250", "refund_channel_0": "ORIGINAL", "refund_status_0": "SUCCESS", "refund_account_0": fromUnsettled,
			"refund_success_time_0": "2000-01-01 08:00:05", "total_refund_count": "", "cash_fee": "920", "total_fee": "1000", "fee_type": "HKD",
		} {
			if asked[name] != want {
				t.Errorf("query: %s is %q, want %q", name, asked[name], want)
			}
		}
		if asked["refund_recv_accout_0"] == "" {
			t.Error("query: nobody received it")
		}
	})
}

// TestRefundVouchers: the wallet gets its money back first, then the vouchers theirs (wechatpay-v2.md 6.4, 6.5).
func TestRefundVouchers(t *testing.T) {
	till := newTill(t, Config{})
	till.code = "150000000000000001" // a wallet in HKD, so that nothing is converted
	till.pay("A1", 502)
	first := till.refund("A1", "R1", 502, 500).message
	last := till.refund("A1", "R2", 502, 2).message
	for _, c := range []struct {
		m                                    message
		wallet, settled, coupon, count, each string
	}{
		{first, "500", "500", "0", "0", ""}, {last, "1", "1", "1", "1", "1"},
	} {
		if c.m["cash_refund_fee"] != c.wallet || c.m["settlement_refund_fee"] != c.settled || c.m["coupon_refund_fee"] != c.coupon ||
			c.m["coupon_refund_count"] != c.count || c.m["coupon_refund_fee_0"] != c.each {
			t.Errorf("%v, want %+v", c.m, c)
		}
	}
	asked := till.refunded("R2").message
	if asked["coupon_type_0_0"] != "NO_CASH" || asked["coupon_refund_fee_0_0"] != "1" || asked["coupon_refund_count_0"] != "1" || asked["coupon_refund_fee_0"] != "1" ||
		asked["coupon_refund_id_0_0"] == "" || asked["settlement_refund_fee_0"] != "1" || asked["settlement_total_fee"] != "501" {
		t.Errorf("%v", asked)
	}
	three := newTill(t, Config{})
	three.pay("A1", 3)
	if got := three.refund("A1", "R1", 3, 3).message; got["cash_refund_fee"] != "0" || got["settlement_refund_fee"] != "1" || got["coupon_refund_count"] != "2" ||
		got["coupon_type_0"] != "NO_CASH" || got["coupon_refund_fee_0"] != "2" || got["coupon_type_1"] != "CASH" || got["coupon_refund_fee_1"] != "1" {
		t.Errorf("nothing but vouchers: %v", got)
	}
	parts := newTill(t, Config{})
	parts.pay("A1", 3)
	parts.refund("A1", "R1", 3, 1)
	if got := parts.refund("A1", "R2", 3, 2).message; got["coupon_refund_fee_0"] != "1" || got["coupon_refund_fee_1"] != "1" || got["settlement_refund_fee"] != "1" {
		t.Errorf("what is left of the vouchers: %v", got)
	}
}

// TestRefundWalletAddsUp: however the rate was rounded, the wallet gets back what it paid.
func TestRefundWalletAddsUp(t *testing.T) {
	till := newTill(t, Config{})
	paid, _ := strconv.Atoi(till.pay("A1", 999).message["cash_fee"])
	back := 0
	for i := range 37 {
		part, _ := strconv.Atoi(till.refund("A1", "R"+strconv.Itoa(i), 999, 27).message["cash_refund_fee"])
		back += part
	}
	if back != paid || paid != 919 {
		t.Errorf("the wallet paid %d and got %d", paid, back)
	}
}

// TestPortalRefund: what somebody gives back in the merchant portal is a refund like others.
func TestPortalRefund(t *testing.T) {
	till := newTill(t, Config{})
	till.want(1000, "pay: paid 1000 | refund R1 400: accepted 400")
	till.gateway.Force("A1", Refund)
	got := till.send("/pay/refundquery", message{"out_trade_no": "A1"}).message
	if got["refund_count"] != "2" || got["refund_fee_1"] != "600" || got["refund_status_1"] != "SUCCESS" {
		t.Errorf("%v", got)
	}
	till.gateway.Force("A1", Refund)
	if all := till.gateway.Refunds("A1"); len(all) != 2 || till.gateway.Refunds("A2") != nil {
		t.Errorf("%+v", all)
	}
	till.want(1000, "refund R2 1: ERROR")
}

// TestRefundCertificate: over TLS a refund needs one, its query does not (wechatpay-v2.md 2.3).
func TestRefundCertificate(t *testing.T) {
	till := newTill(t, Config{})
	till.pay("A1", 1000)
	server := httptest.NewTLSServer(till.gateway)
	defer server.Close()
	till.client, till.base = server.Client(), server.URL
	if got := till.refund("A1", "R1", 1000, 1); got.says != "return FAIL" || !strings.HasPrefix(got.message["return_msg"], "CERT_ERROR") {
		t.Errorf("refund: %v", got.message)
	}
	till.want(1000, "ask R1: REFUNDNOTEXIST")
	till.client.CloseIdleConnections()
	till.client, till.base = &http.Client{Transport: Transport(till.gateway)}, "http://gateway.test"
	till.want(1000, "refund R1 1: accepted 1")
}

// TestRefundFaults: faults strike refunds and their queries as they strike a Quick Pay.
func TestRefundFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault      Fault
		hears      string
		truth, all int
	}{
		"request lost":    {DropRequest, "lost", 0, 1},
		"answer lost":     {DropAnswer, "lost", 1, 1},
		"doubled":         {Duplicate, "accepted 30", 1, 1},
		"refused":         {Refuse("BIZERR_NEED_RETRY"), "BIZERR_NEED_RETRY", 0, 1},
		"half":            {HalfXML, "garbage", 1, 1},
		"wrong signature": {WrongSignature, "unsigned", 1, 1},
		"wrong amount":    {WrongAmount, "accepted 31", 1, 1},
		"other refund":    {With("out_refund_no", "R2"), "accepted 30", 1, 1},
		"return FAIL":     {ReturnFail, "return FAIL", 1, 1},
	} {
		till := newTill(t, Config{})
		till.pay("A1", 1000)
		till.gateway.Inject(OnRefund, c.fault)
		if got := till.refund("A1", "R1", 1000, 30); got.says != c.hears {
			t.Errorf("%s: %s, want %s", name, got.says, c.hears)
		}
		if all := till.gateway.Refunds("A1"); len(all) != c.truth {
			t.Errorf("%s: %+v", name, all)
		}
		till.want(1000, "refund R1 30: accepted 30")
		calls := till.gateway.Calls()
		if last := calls[len(calls)-1]; last.Op != OnRefund || last.Refund != "R1" || last.OrderNo != "A1" {
			t.Errorf("%s: %+v", name, last)
		}
	}
	till := newTill(t, Config{})
	till.gateway.Inject(OnRefundQuery, WrongOrder, WrongAmount)
	till.want(1000, "pay: paid 1000 | refund R1 30: accepted 30")
	if got := till.refunded("R1").message; got["out_refund_no_0"] != "SOMEBODYELSE0001" {
		t.Errorf("%v", got)
	}
	till.want(1000, "ask R1: PROCESSING 31 | ask R1: PROCESSING 30")
}
