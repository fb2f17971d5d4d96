package cli

import (
	"path/filepath"
	"testing"
	"time"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
)

// written journals one order's events from a time on: paid 20 days later, and given back 80.
func written(t *testing.T, j *storage.Journal, no pos.OrderNo, from time.Time, events ...pos.Event) {
	t.Helper()
	var a pos.Attempt
	events = append([]pos.Event{pos.Intended{OrderNo: no, Sale: pos.SaleID(no), Number: 1, Counter: 1, Method: pos.QuickPay, Till: "K1",
		Fingerprint: string(no), Amount: pos.Money{Minor: 1250, Currency: "HKD"}, Terms: pos.DefaultTerms}}, events...)
	for i, e := range events {
		at := from.AddDate(0, 0, [...]int{0, 20, 80, 80, 80}[i])
		seq := a.Seq
		a, _ = pos.Next(a, e, at)
		a.Seq = seq
		seq, err := j.Append(t.Context(), pos.Entry{At: at, Day: at.Format(time.DateOnly), Run: "r", OrderNo: no, Event: e, After: a})
		if err != nil {
			t.Fatal(err)
		}
		a.Seq = seq
	}
}

// A refund belongs on the bill of its own day, whenever the order was sold: it is
// looked for in every order of the year before, and in none but those of the day else.
func TestCompare_RefundsOfEarlierDays(t *testing.T) {
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, china)
	j, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "journal", "journal.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	paid := pos.SubmitAnswered{Answer: pos.Answer{Finding: pos.FoundPaid, TransactionID: "42001"}}
	refund := func(no string) []pos.Event {
		return []pos.Event{paid, pos.RefundPressed{No: no + "R1", Amount: pos.Money{Minor: 500, Currency: "HKD"}, Reason: "cold"},
			pos.RefundSent{}, pos.RefundAnswered{Answer: pos.Answer{Finding: pos.FoundRefundAccepted}}}
	}
	written(t, j, "K1261118AAAA000001", day.Add(-60*time.Hour), paid)
	written(t, j, "K1260901AAAA000001", day.AddDate(0, 0, -81).Add(11*time.Hour), refund("K1260901AAAA000001")...)
	written(t, j, "K1261120AAAA000001", day.Add(9*time.Hour).AddDate(0, 0, -1), paid)
	written(t, j, "K1261121AAAA000001", day.Add(9*time.Hour), paid)
	written(t, j, "K1261122AAAA000001", day.Add(33*time.Hour), paid)
	q := reconciling{day: day, setting: setting{config: defaults()}}

	found, err := q.compare(t.Context(), j.Reader)
	if err != nil || len(found.Differences) != 1 || found.Differences[0].OrderNo != "K1261121AAAA000001" {
		t.Fatalf("%+v, %v; want the sale of the day alone", found, err)
	}
	q.day = day.AddDate(0, 0, -1) // on which the refund was accepted
	found, err = q.compare(t.Context(), j.Reader)
	if err != nil || len(found.Differences) != 2 || found.Differences[0].RefundNo != "K1260901AAAA000001R1" || found.Differences[1].OrderNo != "K1261120AAAA000001" {
		t.Errorf("%+v, %v; want the refund and the sale", found, err)
	}
}

// An institution's bill has the orders of all its sub-merchants.
func TestSplit(t *testing.T) {
	read := wechat.Bill{Rows: []wechat.BillRow{{Line: 2, SubMchID: "201"}, {Line: 3, SubMchID: "202"}, {Line: 4, SubMchID: "202", Trouble: "it has 28 cells"}}}
	var q reconciling
	if b := q.split(read); len(b.lines) != 3 || len(b.others) != 0 {
		t.Errorf("a merchant of its own: %+v", b)
	}
	q.WeChat.SubMchID = "201"
	b := q.split(read)
	if len(b.lines) != 2 || b.lines[1].Line != 4 || len(b.others) != 1 || b.others[0].Line != 3 {
		t.Errorf("a sub-merchant: %+v", b)
	}
}
