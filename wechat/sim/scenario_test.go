package sim

import (
	"testing"
	"testing/synctest"
)

// TestTable holds every row of design 8 as a conversation about one order.
func TestTable(t *testing.T) {
	const eights, nines = "130000000000000008", "130000000000000009"
	told := map[int64]bool{}
	for _, c := range []struct {
		minor  int64
		code   string // "" for one that ends in neither 8 nor 9
		script string
	}{
		{1, "", "pay: paid 1 | query: SUCCESS"},
		{2, "", "pay: paid 2 | query: SUCCESS"},
		{3, "", "pay: paid 3 | query: SUCCESS"},

		{30, "", "pay: USERPAYING | 5s | query: USERPAYING | 1s | query: SUCCESS | 60s | query: SUCCESS"},
		{30, eights, "pay: USERPAYING | 5s | query: USERPAYING | 1s | query: PAYERROR | 10s | revoke: N | query: REVOKED"},
		{30, nines, "pay: USERPAYING | 44s | query: USERPAYING | 1s | query: REVOKED"},
		{31, "", "pay: lost | query: SUCCESS | 15s | revoke: N | query: REVOKED"},
		{32, "", "pay: lost | query: PAYERROR | 15s | revoke: N | query: REVOKED"},
		{33, "", "pay: lost | query: lost | 60s | query: lost | truth: SUCCESS | revoke: N | query: REVOKED"},
		{34, "", "pay: lost | query: lost | 60s | query: lost | truth: SUCCESS | revoke: N | query: REVOKED"},

		{40, "", "pay: USERPAYING | 60s | query: USERPAYING | revoke: Y | query: USERPAYING | revoke: SYSTEMERROR Y | revoke: N | query: REVOKED"},
		{41, "", "pay: USERPAYING | 60s | revoke: Y | revoke: SYSTEMERROR Y | revoke: Y | 24h | revoke: SYSTEMERROR Y | query: USERPAYING"},
		{42, "", "pay: NOTENOUGH | query: NOTPAY | 15s | revoke: N | query: REVOKED"},
		{43, "", "pay: USERPAYING | 60s | query: USERPAYING | revoke: N | query: SUCCESS | revoke: N | query: REVOKED"},
		{44, "", "pay: unsigned | query: SUCCESS"},
		{45, "", "pay: paid 46 | query: SUCCESS"},
		{46, "", "pay: garbage | query: SUCCESS"},
		{47, "", "pay: status 502 | query: SUCCESS"},
		{48, "", "pay: late | query: SUCCESS"},
		{49, "", "pay: lost | query: ORDERNOTEXIST | 19s | query: ORDERNOTEXIST | revoke: N | truth: SUCCESS | 1s | query: SUCCESS | revoke: N | query: REVOKED"},
		{50, "", "pay: return FAIL | query: SUCCESS"},
		{79, "", "pay: SYSTEMERROR | query: SUCCESS"},

		{501, "", "pay: paid 501 | query: SUCCESS"},
		{502, "", "pay: paid 502 | query: SUCCESS"},
		{30, "", "pay: USERPAYING | 15s | revoke: N | query: REVOKED"},
		{99_999, "", "pay: paid 99999"},
		{100_000, "", "pay: USERPAYING | 5s | query: USERPAYING | 1s | query: SUCCESS"},
		{100_000, nines, "pay: USERPAYING | 6s | query: SUCCESS"},
	} {
		told[c.minor] = true
		t.Run(c.script, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t, Config{})
				if c.code != "" {
					till.code = c.code
				}
				till.want(c.minor, c.script)
			})
		})
	}
	for _, row := range Scenarios() {
		if !told[row.Minor] {
			t.Errorf("%d, %s: no conversation", row.Minor, row.Says)
		}
	}
}

// TestVouchers: who pays which part (design 8, rows 2, 3, 501, 502; wechatpay-v2.md 5.2).
func TestVouchers(t *testing.T) {
	for _, c := range []struct {
		minor                          int64
		coupon, settled, wallet, count string
	}{
		{1, "", "", "1", ""},
		{2, "1", "1", "1", "1"},
		{3, "3", "1", "0", "2"},
		{501, "1", "501", "500", "1"},
		{502, "1", "501", "501", "1"},
	} {
		till := newTill(t, Config{})
		till.code = "150000000000000001" // a wallet in HKD, so that nothing is converted
		paid, found := till.pay("A1", c.minor), till.query("A1")
		for _, m := range []message{paid.message, found.message} {
			if m["coupon_fee"] != c.coupon || m["settlement_total_fee"] != c.settled || m["cash_fee"] != c.wallet {
				t.Errorf("%d: coupon %q, settled %q, wallet %q", c.minor, m["coupon_fee"], m["settlement_total_fee"], m["cash_fee"])
			}
		}
		if got := found.message["coupon_count"]; got != c.count {
			t.Errorf("%d: %q vouchers, want %q", c.minor, got, c.count)
		}
	}
}

// TestVoucherWorksAgain is the second half of row 34.
func TestVoucherWorksAgain(t *testing.T) {
	till := newTill(t, Config{MinRevokeAge: -1})
	till.want(34, "pay: lost | query: lost | revoke: N | query: REVOKED")
	till.code = "130000000000000002"
	if got := till.pay("A2", 34); got.says != "paid 34" || got.message["coupon_fee"] != "1" {
		t.Errorf("the next order: %s %v", got.says, got.message)
	}
	if got := till.query("A2"); got.says != "SUCCESS" {
		t.Errorf("the next order's query: %s", got.says)
	}
	till.code = "130000000000000003"
	if got := till.pay("A3", 34); got.says != "lost" {
		t.Errorf("the one after that: %s", got.says)
	}
}

// TestTroubleStays: only row 34 heals, and only where its order was revoked.
func TestTroubleStays(t *testing.T) {
	other := Merchant{AppID: "wx2", MchID: "20000100", Key: "secret"}
	till := newTill(t, Config{Merchants: []Merchant{shop, other}, MinRevokeAge: -1})
	till.want(33, "pay: lost | revoke: N | query: REVOKED")
	till.code = "130000000000000002"
	if got := till.pay("A2", 33); got.says != "lost" {
		t.Errorf("the next 33: %s", got.says)
	}
	till.code = "130000000000000003"
	till.pay("A3", 34)
	till.revoke("A3")
	till.code, till.merchant = "130000000000000004", other
	if got := till.pay("A4", 34); got.says != "lost" {
		t.Errorf("34 at another merchant: %s", got.says)
	}
}

// TestOneSubmission: no story makes the gateway count an order twice.
func TestOneSubmission(t *testing.T) {
	for _, row := range Scenarios() {
		if row.story.answer == nil {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			till := newTill(t, Config{})
			till.pay("A1", row.Minor)
			if n := till.gateway.Seen("A1"); n != 1 {
				t.Errorf("%d: seen %d times", row.Minor, n)
			}
		})
	}
}
