package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
)

// This file makes of a bill and of the journal what pos.Reconcile compares.

// bill is a bill in the terms of package pos.
type bill struct {
	lines  []pos.BillLine
	others []pos.BillLine // of other sub-merchants of the institution
	totals string         // where it does not add up
}

// split takes out what is of another sub-merchant.
func (q reconciling) split(read wechat.Bill) (b bill) {
	for _, r := range read.Rows {
		l := newBillLine(r)
		if ours := q.WeChat.SubMchID; ours != "" && l.Trouble == "" && r.SubMchID != ours {
			b.others = append(b.others, l)
		} else {
			b.lines = append(b.lines, l)
		}
	}
	b.totals = read.Totals.Trouble
	return b
}

// newBillLine reads a row. Older bills have one column for the price and one for
// what was given back; newer ones have what is settled of each beside them.
func newBillLine(r wechat.BillRow) pos.BillLine {
	l := pos.BillLine{
		Line: r.Line, State: pos.BillState(r.State), OrderNo: r.OutTradeNo, TransactionID: r.TransactionID, Till: r.DeviceInfo,
		Amount: pos.Money{Minor: either(r.Order, r.Total), Currency: r.Currency}, Settled: r.Total, Fee: r.Fee, Rate: r.Rate, Trouble: r.Trouble,
	}
	if r.State == wechat.BillRefunded {
		l.RefundNo, l.Settled, l.Amount.Minor = r.OutRefundNo, -r.Refund, either(r.RefundAsked, r.Refund)
	}
	return l
}

// either is the amount of the newer column, or where there is none of the older.
func either(newer, older int64) int64 {
	if newer != 0 {
		return newer
	}
	return older
}

// compare holds the journal against the bill.
func (q reconciling) compare(ctx context.Context, r *storage.Reader) (pos.Reconciliation, error) {
	booked, err := q.booked(ctx, r)
	if err != nil {
		return pos.Reconciliation{}, err
	}
	tills := []string{q.Till.ID}
	for _, b := range booked {
		if !slices.Contains(tills, b.Till) {
			tills = append(tills, b.Till)
		}
	}
	found := pos.Reconcile(q.day, booked, q.bill.lines, tills)
	found.Others = append(found.Others, q.bill.others...)
	if q.bill.totals != "" {
		found.Differences = append(found.Differences, pos.Difference{Kind: pos.DiffTotals, Theirs: q.bill.totals})
	}
	return found, nil
}

// booked are the orders of the journal that the bill may have, or does have:
// those of the day, those that were refunded since, and those that a line names.
func (q reconciling) booked(ctx context.Context, r *storage.Reader) ([]pos.Booked, error) {
	from, to := pos.BillReach(q.day)
	numbers := map[pos.OrderNo]bool{}
	for s, err := range attempts(ctx, r, pos.Filter{From: from, To: to}) {
		if err != nil {
			return nil, err
		}
		numbers[s.OrderNo] = true
	}
	for s, err := range attempts(ctx, r, pos.Filter{Limit: 5000}) {
		if err != nil {
			return nil, err
		}
		if s.CreatedAt.Before(q.day.AddDate(-1, 0, 0)) { // nothing is refunded after a year (wechatpay-v2 6.4)
			break
		}
		if (s.Refunded > 0 || s.Refunding) && !s.UpdatedAt.Before(from) {
			numbers[s.OrderNo] = true
		}
	}
	for _, l := range q.bill.lines {
		no, err := namedBy(ctx, r, l, numbers)
		if err != nil {
			return nil, err
		}
		numbers[no] = true
	}
	delete(numbers, "")
	var all []pos.Booked
	for _, no := range slices.Sorted(maps.Keys(numbers)) {
		entries, err := r.Timeline(ctx, no)
		if err != nil {
			return nil, err
		}
		all = append(all, newBooked(entries))
	}
	return all, nil
}

// attempts yields what a filter selects, page by page.
func attempts(ctx context.Context, r *storage.Reader, f pos.Filter) func(func(pos.Summary, error) bool) {
	return func(yield func(pos.Summary, error) bool) {
		if f.Limit == 0 {
			f.Limit = 500
		}
		for {
			page, err := r.List(ctx, f)
			if err != nil {
				yield(pos.Summary{}, err)
				return
			}
			for _, s := range page {
				if !yield(s, nil) {
					return
				}
			}
			if len(page) < f.Limit {
				return
			}
			f.Before = page[len(page)-1].First
		}
	}
}

// namedBy finds the order that a line speaks of: by its number, or else by
// WeChat Pay's; "" if the journal has neither.
func namedBy(ctx context.Context, r *storage.Reader, l pos.BillLine, known map[pos.OrderNo]bool) (pos.OrderNo, error) {
	if no, err := pos.ParseOrderNo(l.OrderNo); err == nil {
		if known[no] {
			return no, nil
		}
		_, err := r.Timeline(ctx, no)
		if pos.KindOf(err) != pos.KindNotFound {
			return no, err
		}
	}
	return r.FindTransaction(ctx, l.TransactionID)
}

// newBooked is an order as its entries tell of it.
func newBooked(entries []pos.Entry) pos.Booked {
	b := pos.Booked{Summary: entries[len(entries)-1].After.Summary}
	for i, e := range entries {
		if paid := paidAt(e.Event); !paid.IsZero() {
			b.PaidAt = paid
		}
		if revoked := e.After.State == pos.Revoked; revoked && entries[i-1].After.State != pos.Revoked {
			b.EndedAt = e.At
		}
		b.Refunds = refundsAfter(b.Refunds, e)
	}
	return b
}

// refundsAfter are the refunds after one more entry. Accepted is when that was first known.
func refundsAfter(before []pos.BookedRefund, e pos.Entry) []pos.BookedRefund {
	for i, g := range e.After.Refunds() {
		if i == len(before) {
			before = append(before, pos.BookedRefund{No: g.No, Minor: g.Amount.Minor, AskedAt: g.CreatedAt})
		}
		accepted := g.State == pos.RefundProcessing || g.State == pos.Refunded
		if accepted && before[i].AcceptedAt.IsZero() {
			before[i].AcceptedAt = e.At
		}
		before[i].Failed = g.State == pos.RefundFailed
	}
	return before
}

// paidAt is when an order was paid by WeChat Pay's clock, if the entry is a signed
// answer that says so.
func paidAt(e pos.Event) time.Time {
	r := pos.AnswerOf(e)
	if r.Finding != pos.FoundPaid {
		return time.Time{}
	}
	at, err := time.ParseInLocation("20060102150405", r.Heard.Fields["time_end"], china)
	if err != nil {
		return time.Time{}
	}
	return at
}
