package ui

import (
	"context"
	"fmt"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// benchModel is a full screen of 120x40 in doubt, with the lists full.
func benchModel(b *testing.B) *Model {
	b.Helper()
	g, j := newFakeGateway(), newFakeJournal()
	till := pos.NewTill(g, j, pos.Policy{Till: "K1", Currency: "HKD", Terms: pos.DefaultTerms, Prefixes: pos.DefaultPrefixes, Zone: time.UTC})
	b.Cleanup(till.Close)
	m, err := New(Options{Till: till, Reader: j, Store: "Kowloon 1", Cashier: "cashier 2", Language: "en", Color: true})
	if err != nil {
		b.Fatal(err)
	}
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	for i := range 30 {
		s := pos.Summary{OrderNo: pos.OrderNo(fmt.Sprint("K1", i)), Amount: pos.Money{Minor: 1250, Currency: "HKD"}, State: pos.Paid}
		m.side.last = append(m.side.last, s)
	}
	code, _ := pos.ParseAuthCode(aCode, pos.DefaultPrefixes)
	a, err := till.Charge(context.Background(), pos.Scan{Amount: pos.Money{Minor: 40, Currency: "HKD"}, Code: code})
	if err != nil {
		b.Fatal(err)
	}
	if err := till.Wait(context.Background(), func() bool { a, _ = till.Attempt(a.OrderNo); return a.State == pos.InDoubt }); err != nil {
		b.Fatal(err)
	}
	m.sale = sale{amount: a.Amount, attempt: a}
	m.open = till.Open()
	m.now = till.Now()
	return m
}

// The frame a spinner asks for; the goal is at most 0.4 ms.
func BenchmarkViewInDoubt(b *testing.B) {
	m := benchModel(b)
	for b.Loop() {
		m.beat++
		_ = m.View()
	}
}

// The frame a key asks for in an empty sale.
func BenchmarkViewAmount(b *testing.B) {
	m := benchModel(b)
	m.sale, m.open = sale{}, nil
	m.column = nil
	for b.Loop() {
		_ = m.View()
	}
}
