package cli

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
	"cashier/wechat/sim"
)

// TestReconcileScript runs testdata/reconcile, each script with a WeChat Pay of
// its own. fetch FILE writes its bill of $DAY, which still runs and so cannot be
// downloaded by cashier, into a file. $YESTERDAY is one whose clock stands at noon
// of the day before.
func TestReconcileScript(t *testing.T) {
	start := time.Now()
	day := chinaMidnight(start)
	noon := day.Add(-12 * time.Hour)
	before := sim.New(sim.Config{Merchants: []sim.Merchant{practiceMerchant}, Now: func() time.Time { return noon.Add(time.Since(start)) }})
	testscript.Run(t, testscript.Params{
		Dir: "testdata/reconcile",
		Setup: func(env *testscript.Env) error {
			today, yesterday := httptest.NewServer(sim.New(sim.Config{Merchants: []sim.Merchant{practiceMerchant}})), httptest.NewServer(before)
			env.Defer(today.Close)
			env.Defer(yesterday.Close)
			home := filepath.Join(env.WorkDir, "home")
			env.Vars = append(env.Vars, strings.Fields(`CASHIER_TILL_ID=K1 CASHIER_WECHAT_APPID=`+practiceMerchant.AppID+
				` CASHIER_WECHAT_MCH_ID=`+practiceMerchant.MchID+` CASHIER_WECHAT_KEY=`+practiceMerchant.Key+
				` HOME=`+home+` CASHIER_WECHAT_URL=`+today.URL+` YESTERDAY=`+yesterday.URL+
				` BEFORE=`+day.AddDate(0, 0, -2).Format(time.DateOnly)+` DAY=`+day.Format(time.DateOnly))...)
			return os.MkdirAll(home, 0o700)
		},
		Condition: func(string) (bool, error) { // [midnight]: what is missing may stand on the neighbour's bill
			return time.Since(day) < 10*time.Minute || time.Since(day) > 24*time.Hour-10*time.Minute, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits,
			"fetch": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(fetchBill(ts.Getenv("CASHIER_WECHAT_URL"), day, ts.MkAbs(args[0])))
			},
			"edit": func(ts *testscript.TestScript, _ bool, args []string) { // edit FILE OLD NEW
				path := ts.MkAbs(args[0])
				text := ts.ReadFile(path)
				if !strings.Contains(text, args[1]) {
					ts.Fatalf("%s has no %s", args[0], args[1])
				}
				ts.Check(os.WriteFile(path, []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
			},
		},
	})
}

// chinaMidnight is the beginning of a time's day in GMT+8.
func chinaMidnight(t time.Time) time.Time {
	t = t.In(china)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, china)
}

// fetchBill downloads a bill of any day: the simulator makes it at any time.
func fetchBill(url string, day time.Time, path string) error {
	key, err := wechat.ParseKey(practiceMerchant.Key)
	if err != nil {
		return err
	}
	client, err := wechat.New(wechat.Config{URL: url, AppID: practiceMerchant.AppID, MchID: practiceMerchant.MchID, Key: key})
	if err != nil {
		return err
	}
	defer client.Close()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = client.DownloadBill(context.Background(), wechat.DownloadBillRequest{Day: day}, file)
	return err
}

// TestNewBooked: what the bill has to agree with is taken from the entries: WeChat
// Pay's own time of a payment, when a revoke was certain, when a refund was accepted.
func TestNewBooked(t *testing.T) {
	began := time.Date(2026, 11, 21, 15, 59, 50, 0, time.UTC)
	var a pos.Attempt
	var entries []pos.Entry
	now := began
	take := func(e pos.Event) {
		a, _ = pos.Next(a, e, now)
		entries = append(entries, pos.Entry{At: now, Event: e, After: a})
		now = now.Add(time.Minute)
	}
	answer := func(f pos.Finding) pos.Answer {
		return pos.Answer{Finding: f, Heard: pos.Heard{Fields: map[string]string{"time_end": "20261122000005"}}}
	}
	begin := func() {
		a, entries, now = pos.Attempt{}, nil, began
		take(pos.Intended{OrderNo: "K1261121Q7RX000001", Method: pos.QuickPay, Amount: pos.Money{Minor: 1250, Currency: "HKD"}, Terms: pos.DefaultTerms})
	}

	begin()
	take(pos.SubmitAnswered{Answer: answer(pos.FoundPaid)})
	refund := pos.RefundPressed{No: "K1261121Q7RX000001R1", Amount: pos.Money{Minor: 500, Currency: "HKD"}, Reason: "cold"}
	take(refund)
	take(pos.RefundSent{})
	b := newBooked(entries)
	if want := time.Date(2026, 11, 22, 0, 0, 5, 0, china); !b.PaidAt.Equal(want) || !b.EndedAt.IsZero() {
		t.Errorf("paid at %s, want %s; ended %s", b.PaidAt, want, b.EndedAt)
	}
	if len(b.Refunds) != 1 || !b.Refunds[0].AcceptedAt.IsZero() || b.Refunds[0].Minor != 500 {
		t.Errorf("asked for: %+v", b.Refunds)
	}
	accepted := now
	take(pos.RefundAnswered{Answer: pos.Answer{Finding: pos.FoundRefundAccepted}})
	take(pos.RefundQuerySent{})
	take(pos.RefundQueryAnswered{Answer: pos.Answer{Finding: pos.FoundRefunded}})
	if b = newBooked(entries); !b.Refunds[0].AcceptedAt.Equal(accepted) || b.Refunds[0].Failed {
		t.Errorf("done: %+v, want accepted at %s", b.Refunds, accepted)
	}
	refund.No = "K1261121Q7RX000001R2"
	take(refund)
	take(pos.RefundSent{})
	take(pos.RefundAnswered{Answer: pos.Answer{Finding: pos.FoundRefundImpossible}})
	if b = newBooked(entries); len(b.Refunds) != 2 || !b.Refunds[1].Failed || !b.Refunds[1].AcceptedAt.IsZero() || b.Refunds[0].Failed {
		t.Errorf("failed: %+v", b.Refunds)
	}

	begin()
	take(pos.SubmitAnswered{Answer: answer(pos.FoundUnclear)})
	take(pos.QuerySent{})
	ended := now
	take(pos.QueryAnswered{Answer: answer(pos.FoundRefunding)})
	take(pos.Acknowledged{})
	if b = newBooked(entries); b.State != pos.Revoked || !b.EndedAt.Equal(ended) || !b.PaidAt.IsZero() {
		t.Errorf("%s, ended %s, want %s; paid %s", b.State, b.EndedAt, ended, b.PaidAt)
	}
}

// The two layouts of a bill give the same lines: the price and what the fee is charged on.
func TestNewBillLine(t *testing.T) {
	row := wechat.BillRow{State: wechat.BillPaid, Currency: "HKD", OutRefundNo: "0"}
	for name, c := range map[string]struct {
		change          func(*wechat.BillRow)
		amount, settled int64
		refund          string
	}{
		"newer":         {func(r *wechat.BillRow) { r.Total, r.Order, r.Coupon = 900, 1000, 100 }, 1000, 900, ""},
		"older":         {func(r *wechat.BillRow) { r.Total = 1000 }, 1000, 1000, ""},
		"newer, refund": {func(r *wechat.BillRow) { r.State, r.Refund, r.RefundAsked, r.OutRefundNo = "REFUND", 400, 500, "R1" }, 500, -400, "R1"},
		"older, refund": {func(r *wechat.BillRow) { r.State, r.Total, r.Refund, r.OutRefundNo = "REFUND", 1000, 500, "R1" }, 500, -500, "R1"},
	} {
		r := row
		c.change(&r)
		if l := newBillLine(r); l.Amount.Minor != c.amount || l.Settled != c.settled || l.RefundNo != c.refund {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

// Beside a till that sells the bill is only compared: asking and journaling need
// the journal for themselves, and the refusal says what can be done (exit 6).
func TestReconcile_BesideATill(t *testing.T) {
	f := newShopFloor(t)
	if exit, _, messages := f.run("pay", "1.00", "--code", "130000000000000001"); exit != exitDone {
		t.Fatal(messages)
	}
	bill := filepath.Join(f.home, "bill.csv")
	const heads = "交易时间,微信订单号,商户订单号,设备号,交易状态,货币种类,应结订单金额\n"
	now := time.Now().In(china)
	f.write("bill.csv", heads+now.Format("`2006-01-02 15:04:05")+",`4299,`K1261121Q7RX000001,`K1,`SUCCESS,`HKD,`1.00\n总交易单数,应结订单总金额\n`1,`1.00\n")
	lock, err := storage.AcquireLock(filepath.Join(f.home, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	args := []string{"reconcile", now.Format(time.DateOnly), "--bill", bill}
	if exit, _, messages := f.run(args...); exit != exitJournal || !strings.Contains(messages, "--no-query") {
		t.Errorf("exit status %d\n%s", exit, messages)
	}
	if exit, _, messages := f.run(append(args, "--no-query")...); exit != exitDifferences {
		t.Errorf("with --no-query: exit status %d\n%s", exit, messages)
	}
}
