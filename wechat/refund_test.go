package wechat

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"cashier/pos"
)

func TestARefundSendsItsOwnNumberAndOurOrderNumberAlone(t *testing.T) {
	f := wire(t, func(c *Client) error { c.GiveBack(t.Context(), testRefunding); return nil })
	sends(t, f, "out_trade_no", testNo, "transaction_id", "", "out_refund_no", "R1250218001", "total_fee", "1750", "refund_fee", "750",
		"refund_fee_type", "USD", "refund_desc", "cold coffee", "refund_account", "", "notify_url", "", "op_user_id", "")
}

// The rule "a refund repeats only under its own number": whatever comes back, the
// repetition is the same request but for its nonce.
func TestARefundRepeatsOnlyUnderItsOwnNumber(t *testing.T) {
	g := &gateway{status: 200, body: failed(t, "SYSTEMERROR")}
	c := g.client(t)
	for range 3 {
		c.GiveBack(t.Context(), testRefunding)
	}
	for i, body := range g.sent {
		f, err := decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range refundRequest(testRefunding).params() {
			if f.value(p.name) != p.value {
				t.Errorf("request %d: %s is %q, want %q", i, p.name, f.value(p.name), p.value)
			}
		}
	}
	if len(g.sent) != 3 {
		t.Errorf("sent %d", len(g.sent))
	}
}

func TestARefundThatCannotBeRightIsNotSent(t *testing.T) {
	fine := refundRequest(testRefunding)
	for name, spoil := range map[string]func(*RefundRequest){
		"no order":             func(q *RefundRequest) { q.OutTradeNo = "" },
		"no number":            func(q *RefundRequest) { q.OutRefundNo = "" },
		"a long number":        func(q *RefundRequest) { q.OutRefundNo = string(make([]byte, 65)) },
		"a number with spaces": func(q *RefundRequest) { q.OutRefundNo = "R 1" },
		"nothing":              func(q *RefundRequest) { q.RefundFee = 0 },
		"less than nothing":    func(q *RefundRequest) { q.RefundFee = -1 },
		"more than the price":  func(q *RefundRequest) { q.RefundFee = 1751 },
		"no price":             func(q *RefundRequest) { q.TotalFee = 0 },
		"no currency":          func(q *RefundRequest) { q.RefundFeeType = "" },
		"another currency":     func(q *RefundRequest) { q.RefundFeeType = "BTC" },
		"an unsure currency":   func(q *RefundRequest) { q.RefundFeeType = "HUF" },
		"a long reason":        func(q *RefundRequest) { q.RefundDesc = string(make([]byte, 81)) },
		"an unknown fund":      func(q *RefundRequest) { q.RefundAccount = "MINE" },
		"a strange address":    func(q *RefundRequest) { q.NotifyURL = "ftp://a.example" },
	} {
		q := fine
		spoil(&q)
		refusedUnsent(t, name, func(c *Client) error { _, err := c.Refund(t.Context(), q); return err })
	}
	bad := testRefunding
	bad.Order.No = "no number"
	g := &gateway{status: 200}
	if a := g.client(t).GiveBack(t.Context(), bad); a.Finding != pos.FoundNotSent || a.Heard.Error == "" || len(g.sent) != 0 {
		t.Errorf("%+v", a)
	}
}

// One number of the order is enough, ours or WeChat Pay's.
func TestARefundNamesTheOrderByEitherNumber(t *testing.T) {
	for transaction, ours := range map[string]string{testTxn: "", "": testNo} {
		q := refundRequest(testRefunding)
		q.TransactionID, q.OutTradeNo = transaction, ours
		f := wire(t, func(c *Client) error { _, err := c.Refund(t.Context(), q); return err })
		sends(t, f, "transaction_id", transaction, "out_trade_no", ours)
	}
}

// Of the four numbers that Query Refund takes one is enough.
func TestQueryRefundAsksByAnyOneNumber(t *testing.T) {
	for name, q := range map[string]RefundQueryRequest{"refund_id": {RefundID: "1"}, "out_refund_no": {OutRefundNo: "1"},
		"transaction_id": {TransactionID: "1"}, "out_trade_no": {OutTradeNo: "1"}} {
		f := wire(t, func(c *Client) error { _, err := c.RefundQuery(t.Context(), q); return err })
		for _, n := range []string{"refund_id", "out_refund_no", "transaction_id", "out_trade_no", "offset"} {
			if got := f.value(n); (got == "1") != (n == name) || got != "" && n != name {
				t.Errorf("%s alone: %s is %q", name, n, got)
			}
		}
	}
}

func TestTheAnswerToARefundIsReadWhole(t *testing.T) {
	g := &gateway{status: 200, body: said(t, acceptedPairs("cash_fee", "1750", "cash_refund_fee", "4875", "cash_refund_fee_type", "CNY",
		"settlement_refund_fee", "700", "settlement_total_fee", "1700", "rate", "650000000", "coupon_refund_fee", "50", "coupon_refund_count", "2",
		"coupon_refund_id_0", "c0", "coupon_type_0", "CASH", "coupon_refund_fee_0", "20",
		"coupon_refund_id_1", "c1", "coupon_type_1", "NO_CASH", "coupon_refund_fee_1", "30")...)}
	r, err := g.client(t).Refund(t.Context(), refundRequest(testRefunding))
	if err != nil {
		t.Fatal(err)
	}
	if r.RefundID != testRefundID || r.OutRefundNo != testRefunding.RefundNo || r.RefundFee != 750 || r.CashRefundFee != 4875 || r.CashRefundFeeType != "CNY" ||
		r.SettlementRefundFee != 700 || r.SettlementTotalFee != 1700 || r.TransactionID != testTxn || r.Rate != "650000000" || r.CouponRefundFee != 50 {
		t.Errorf("%+v", r)
	}
	if len(r.Coupons) != 2 || r.Coupons[1] != (Coupon{"c1", "NO_CASH", 30}) {
		t.Errorf("%+v", r.Coupons)
	}
}

// A number of 18 digits is a refund number here and no auth code.
func TestNumbersOfRefundsAreNotMasked(t *testing.T) {
	r := testRefunding
	r.RefundNo = "130000000000000001"
	g := &gateway{status: 200, body: said(t, acceptedPairs("out_refund_no", r.RefundNo)...)}
	if a := g.client(t).GiveBack(t.Context(), r); a.Finding != pos.FoundRefundAccepted || a.Heard.Fields["out_refund_no"] != r.RefundNo {
		t.Errorf("%+v", a)
	}
}

func TestQueryRefundReadsAllRefundsOfAnOrder(t *testing.T) {
	pairs := recordPairs("SUCCESS", "refund_count", "2", "total_refund_count", "12", "cash_fee", "11375", "cash_fee_type", "CNY",
		"refund_channel_0", "ORIGINAL", "refund_account_0", "REFUND_SOURCE_UNSETTLED_FUNDS", "refund_recv_accout_0", "a card", "refund_success_time_0", "2025-02-18 10:00:00",
		"coupon_refund_fee_0", "5", "coupon_refund_count_0", "1", "coupon_refund_id_0_0", "c0", "coupon_type_0_0", "CASH", "coupon_refund_fee_0_0", "5",
		"out_refund_no_1", "R2", "refund_id_1", "502", "refund_fee_1", "1000", "refund_status_1", "PROCESSING")
	var r RefundQueryResponse
	f := wire(t, func(c *Client) error {
		_, err := c.RefundQuery(t.Context(), RefundQueryRequest{OutTradeNo: testNo, Offset: 10})
		return err
	})
	sends(t, f, "out_trade_no", testNo, "offset", "10", "out_refund_no", "")
	g := &gateway{status: 200, body: said(t, pairs...)}
	r, err := g.client(t).RefundQuery(t.Context(), RefundQueryRequest{OutTradeNo: testNo})
	if err != nil || len(r.Refunds) != 2 || r.TotalRefundCount != 12 || r.CashFee != 11375 {
		t.Fatalf("%+v, %v", r, err)
	}
	one := r.Refunds[0]
	if one.RefundFee != 750 || one.Channel != "ORIGINAL" || one.Receiver != "a card" || one.Account != "REFUND_SOURCE_UNSETTLED_FUNDS" ||
		!one.SucceededAt.Equal(time.Date(2025, 2, 18, 2, 0, 0, 0, time.UTC)) || one.CouponRefundFee != 5 || one.Coupons[0] != (Coupon{"c0", "CASH", 5}) {
		t.Errorf("%+v", one)
	}
	if two := r.Refunds[1]; two.OutRefundNo != "R2" || two.Status != RefundProcessing || two.RefundFee != 1000 || !two.SucceededAt.IsZero() {
		t.Errorf("%+v", two)
	}
	g.body = said(t, recordPairs("SUCCESS", "refund_count", "999999999")...)
	if r, _ := g.client(t).RefundQuery(t.Context(), RefundQueryRequest{OutTradeNo: testNo}); len(r.Refunds) != maxRows {
		t.Errorf("%d refunds", len(r.Refunds))
	}
	for name, q := range map[string]RefundQueryRequest{"no number": {}, "a negative offset": {OutTradeNo: testNo, Offset: -1}} {
		refusedUnsent(t, name, func(c *Client) error { _, err := c.RefundQuery(t.Context(), q); return err })
	}
}

// The limit of 6 refunds a second that end in an error, shared by the tills:
// whoever asks and however long each takes.
func TestInAnySecondAtMostTheShareOfRefundsFail(t *testing.T) {
	calls := 0
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.IntRange(1, 12).Draw(t, "share")
		type one struct {
			before, takes time.Duration
			fails         bool
		}
		ms := rapid.Map(rapid.IntRange(0, 700), func(n int) time.Duration { return time.Duration(n) * time.Millisecond })
		callers := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) one {
			return one{ms.Draw(t, "before"), ms.Draw(t, "takes") / 7, rapid.Bool().Draw(t, "fails")}
		}), 1, 30), 1, 4).Draw(t, "callers")
		rapid.SyncTest(t, func(t *rapid.T) {
			f := newFailing(share)
			var (
				mu     sync.Mutex
				failed []time.Time
				all    sync.WaitGroup
			)
			for _, own := range callers {
				all.Go(func() {
					for _, o := range own {
						<-time.After(o.before)
						if f.enter(context.Background()) != nil {
							continue
						}
						mu.Lock()
						calls++
						if o.fails {
							failed = append(failed, time.Now())
						}
						mu.Unlock()
						<-time.After(o.takes)
						f.leave(o.fails)
					}
				})
			}
			all.Wait()
			most := max(failingRefunds/share, 1)
			for i := range failed {
				if i+most < len(failed) && failed[i+most].Sub(failed[i]) < time.Second {
					t.Fatalf("share %d: %d refunds failed in %v", share, most+1, failed[i+most].Sub(failed[i]))
				}
			}
		})
	})
	t.Logf("%d calls", calls)
}

func TestARefundThatFailsDelaysTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{status: 200, body: failed(t, "ERROR")}
		config := testConfig(t)
		config.RoundTripper = g
		c, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		ask := func() time.Duration {
			start := time.Now()
			c.GiveBack(t.Context(), testRefunding)
			return time.Since(start)
		}
		if first, second := ask(), ask(); first != 0 || second < time.Second/failingRefunds {
			t.Errorf("waited %v and %v", first, second)
		}
		<-time.After(time.Second)
		g.body = said(t, acceptedPairs()...)
		if first, second := ask(), ask(); first != 0 || second > time.Second/100 {
			t.Errorf("after a good one: %v and %v", first, second)
		}
		// The other till's 60 are ours: the next place is 10 s away, and nobody waits that long.
		c.failing.space = 10 * time.Second
		c.failing.place = c.failing.empty()
		g.body = failed(t, "ERROR")
		ask()
		kind(t, c.failing.enter(t.Context()), pos.KindUnavailable)
	})
}

func TestOneRefundIsUnderWayAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFailing(1)
		if err := f.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		kind(t, f.enter(t.Context()), pos.KindUnavailable)
		if took := time.Since(start); took != patience {
			t.Errorf("waited %v", took)
		}
		f.leave(false)
		if err := f.enter(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
