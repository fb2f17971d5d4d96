package sim

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestSelfRevoke: WeChat Pay ends an unpaid order 45 s after its creation and not before (wechatpay-v2.md 9.1).
func TestSelfRevoke(t *testing.T) {
	for _, script := range []string{
		"pay: NOTENOUGH | 44999ms | query: NOTPAY | 1ms | query: REVOKED",
		"pay: NOTENOUGH | 45s | pay: ORDERREVERSED",
		"pay: NOTENOUGH | 60s | truth: REVOKED",
	} {
		synctest.Test(t, func(t *testing.T) { newTill(t, Config{}).want(42, script) })
	}
}

// TestRevokeAge: not before 15 s, not after 7 days (wechatpay-v2.md 6.3); an unknown order has no age.
func TestRevokeAge(t *testing.T) {
	for _, c := range []struct {
		minAge time.Duration
		script string
	}{
		{0, "revoke: N | pay: paid 12 | 14999ms | revoke: INVALID_REQUEST Y | query: SUCCESS | 1ms | revoke: N | query: REVOKED"},
		{0, "pay: paid 12 | 168h | revoke: N"},
		{0, "pay: paid 12 | 168h | 1ms | revoke: REVERSE_EXPIRE N | query: SUCCESS"},
		{time.Second, "pay: paid 12 | 999ms | revoke: INVALID_REQUEST Y | 1ms | revoke: N"},
		{-1, "pay: paid 12 | revoke: N | query: REVOKED | revoke: N"},
	} {
		synctest.Test(t, func(t *testing.T) { newTill(t, Config{MinRevokeAge: c.minAge}).want(12, c.script) })
	}
}

// TestForcedStates: what happened outside the till (wechatpay-v2.md 13.4, S3 and S15) is neither undone nor charged again.
func TestForcedStates(t *testing.T) {
	for _, c := range []struct {
		to             TradeState
		revoke, remain string
	}{
		{Refund, "TRADE_ERROR N", "REFUND"}, {Closed, "N", "CLOSED"}, {"FROZEN", "N", "REVOKED"},
	} {
		till := newTill(t, Config{MinRevokeAge: -1})
		till.pay("A1", 12)
		till.gateway.Force("A1", c.to)
		till.want(12, "query: "+string(c.to)+" | revoke: "+c.revoke+" | query: "+c.remain)
	}
	if newTill(t, Config{}).gateway.Force("A1", Closed) {
		t.Error("forced an order that does not exist")
	}
}

// TestCodeAge: a code of ours expires after one minute, a stranger's does not (wechatpay-v2.md 5.4).
func TestCodeAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{Seed: 7})
		stranger, first, second := till.code, till.gateway.AuthCode(), till.gateway.AuthCode()
		for range 50 {
			if code := till.gateway.AuthCode(); code == first || code == second || !isAuthCode(code) || code[17] > '7' {
				t.Errorf("code %s", code)
			}
		}
		<-time.After(time.Minute)
		till.code = first
		till.want(12, "pay: paid 12")
		<-time.After(time.Millisecond)
		till.code = second
		if got := till.pay("A2", 12); got.says != "AUTHCODEEXPIRE" {
			t.Errorf("after a minute: %s", got.says)
		}
		till.code = stranger
		if got := till.pay("A2", 12); got.says != "paid 12" {
			t.Errorf("a stranger's code: %s", got.says)
		}
	})
}

// TestTimeZone: times on the wire are GMT+8 (wechatpay-v2.md 5.5); the Date header is the gateway's clock.
func TestTimeZone(t *testing.T) {
	now := time.Date(2025, 2, 17, 23, 30, 4, 0, time.UTC)
	till := newTill(t, Config{Now: func() time.Time { return now }})
	got := till.pay("A1", 12)
	if got.message["time_end"] != "20250218073004" || got.message["transaction_id"][4:12] != "20250218" {
		t.Errorf("%v", got.message)
	}
	if date := got.header.Get("Date"); date != "Mon, 17 Feb 2025 23:30:04 GMT" {
		t.Errorf("Date: %s", date)
	}
}

// TestFakedTime: Now and Sleep together fake time by hand, without a bubble.
func TestFakedTime(t *testing.T) {
	now := time.Unix(1_740_000_000, 0)
	till := newTill(t, Config{
		Now:   func() time.Time { return now },
		Sleep: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
	})
	start := now
	if got := till.pay("A1", 48); got.says != "paid 48" || now.Sub(start) != slowAnswer {
		t.Errorf("%s after %v", got.says, now.Sub(start))
	}
	till.code = "130000000000000002"
	if got := till.pay("A2", 30); got.says != "USERPAYING" {
		t.Error(got.says)
	}
	now = now.Add(confirmAfter)
	if got := till.query("A2"); got.says != "SUCCESS" {
		t.Error(got.says)
	}
}
