package storage

import (
	"encoding/json"
	"fmt"
	"time"

	"cashier/pos"
)

// newRow is e as the events table will hold it, all but its place in the chain.
func newRow(e pos.Entry) (row, error) {
	if e.OrderNo != e.After.OrderNo {
		return row{}, fmt.Errorf("an entry of %q has the state of %q", e.OrderNo, e.After.OrderNo)
	}
	data, err := json.Marshal(e.Event)
	return row{
		atMS: e.At.UnixMilli(), day: e.Day, run: e.Run, orderNo: string(e.OrderNo),
		name: e.Name(), data: data, state: string(e.After.State),
	}, err
}

// chained gives r its place: seq, after the entry whose hash is prev.
func (r row) chained(seq int64, prev []byte) row {
	r.seq, r.prev = seq, prev
	hash := r.link()
	r.hash = hash[:]
	return r
}

const rowColumns = "seq, at_ms, day, run, order_no, name, data, state, prev, hash"

// values stand in the order of rowColumns.
func (r row) values() []any {
	return []any{r.seq, r.atMS, r.day, r.run, r.orderNo, r.name, string(r.data), r.state, r.prev, r.hash}
}

// scanner is a row of a result.
type scanner interface{ Scan(...any) error }

func scanRow(s scanner) (r row, err error) {
	err = s.Scan(&r.seq, &r.atMS, &r.day, &r.run, &r.orderNo, &r.name, &r.data, &r.state, &r.prev, &r.hash)
	return r, err
}

// entry is the inverse of newRow but for After, which only replaying all of
// the attempt's entries can give.
func (r row) entry() (pos.Entry, error) {
	event, err := pos.DecodeEvent(pos.OrderNo(r.orderNo), r.name, r.data)
	if err != nil {
		return pos.Entry{}, fmt.Errorf("entry %d: %w", r.seq, err)
	}
	return pos.Entry{Seq: r.seq, At: at(r.atMS), Day: r.day, Run: r.run, OrderNo: pos.OrderNo(r.orderNo), Event: event}, nil
}

// scanEntry reads an entry, but for After and its place in the chain.
func scanEntry(s scanner) (pos.Entry, error) {
	var r row
	if err := s.Scan(&r.seq, &r.atMS, &r.day, &r.run, &r.orderNo, &r.name, &r.data); err != nil {
		return pos.Entry{}, err
	}
	return r.entry()
}

// at is a stored time. Milliseconds and UTC, so that values from the journal
// compare equal to those that the till held.
func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// payment is a row of payments: a summary and what only the tables know of it.
type payment struct {
	pos.Summary
	day     string
	counter int
	open    bool // as the table says
}

const paymentColumns = `first_seq, day, counter,
	order_no, sale, number, method, amount_minor, currency, code_last4, fingerprint, cashier, till, ref, practice, created_at_ms,
	state, watch, open, attention, reason, code, recall, transaction_id, updated_at_ms, asked, revokes, refunded_minor, refunding, seq`

const (
	insertPayment = `INSERT INTO payments (` + paymentColumns + `)
		VALUES (?,?,?, ?,?,?,?,?,?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?,?,?,?,?,?,?,?)`
	updatePayment = `UPDATE payments SET state = ?, watch = ?, open = ?, attention = ?, reason = ?, code = ?,
		recall = ?, transaction_id = ?, updated_at_ms = ?, asked = ?, revokes = ?, refunded_minor = ?, refunding = ?, seq = ? WHERE order_no = ?`
)

// begun are the columns that stand from the intent on, in the order of paymentColumns.
func (p payment) begun() []any {
	return []any{
		p.First, p.day, p.counter,
		p.OrderNo, p.Sale, p.Number, p.Method, p.Amount.Minor, p.Amount.Currency, p.CodeLast4, p.Fingerprint,
		p.Cashier, p.Till, p.Ref, flag(p.Practice), p.CreatedAt.UnixMilli(),
	}
}

// standing are the columns that change, in the order of paymentColumns and of updatePayment.
func standing(s pos.Summary) []any {
	return []any{
		s.State, flag(s.Watch), flag(s.Busy()), s.Attention, s.Reason, s.Code,
		s.Recall, s.TransactionID, s.UpdatedAt.UnixMilli(), s.Asked, s.Revokes, s.Refunded, flag(s.Refunding), s.Seq,
	}
}

func scanPayment(s scanner) (p payment, err error) {
	var created, updated int64
	err = s.Scan(
		&p.First, &p.day, &p.counter,
		&p.OrderNo, &p.Sale, &p.Number, &p.Method, &p.Amount.Minor, &p.Amount.Currency, &p.CodeLast4, &p.Fingerprint,
		&p.Cashier, &p.Till, &p.Ref, &p.Practice, &created,
		&p.State, &p.Watch, &p.open, &p.Attention, &p.Reason, &p.Code,
		&p.Recall, &p.TransactionID, &updated, &p.Asked, &p.Revokes, &p.Refunded, &p.Refunding, &p.Seq,
	)
	p.CreatedAt, p.UpdatedAt = at(created), at(updated)
	return p, err
}

// replay fills in After, entry by entry, as the till that wrote them held it.
// It fails on a history that the machine could not have made.
func replay(entries []pos.Entry) (a pos.Attempt, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("replay %s: %v", a.OrderNo, p)
		}
	}()
	for i, e := range entries {
		a, _ = pos.Next(a, e.Event, e.At)
		entries[i].After = a
		a.First, a.Seq = entries[0].Seq, e.Seq
	}
	return a, nil
}

// derive is the row that payments must hold for an attempt with these entries.
func derive(entries []pos.Entry) (payment, error) {
	a, err := replay(entries)
	if err != nil {
		return payment{}, err
	}
	intent := entries[0].Event.(pos.Intended) // else replay had failed
	return payment{Summary: a.Summary, day: entries[0].Day, counter: intent.Counter, open: a.Busy()}, nil
}
