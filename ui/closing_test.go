package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cashier/pos"
)

// aClosing has everything that can stand on paper.
var aClosing = pos.Closing{
	Number: 12, At: time.Date(2026, 11, 21, 22, 3, 4, 0, hkt), By: "anna",
	OpenedAt: time.Date(2026, 11, 21, 8, 59, 0, 0, hkt), OpenedBy: "cashier 2", After: 4711, Upto: 5822,
	Head: strings.Repeat("0123456789abcdef", 4),
	Lines: []pos.Takings{
		{Currency: "HKD", Cashier: "", Paid: 1, PaidMinor: 100},
		{Currency: "HKD", Cashier: "cashier 2 \x1b[31m\u202e", Paid: 120, PaidMinor: 4_550_050, Refunds: 2, RefundedMinor: 1200, Voided: 1, VoidedMinor: 8800,
			Failed: 3, FailedMinor: 4500, Revoked: 2, RevokedMinor: 990},
		{Currency: "JPY", Cashier: "cashier 2", Refunds: 1, RefundedMinor: 1250},
	},
	Carried: []pos.Carried{
		{OrderNo: "K1261121Q7RX000451", Amount: hkd(1250), State: pos.InDoubt},
		{OrderNo: "K1261120Q7RX000007", Amount: hkd(100_000_000_000), State: pos.Paid, Refund: true},
	},
	Grand: []pos.Grand{{Currency: "HKD", PaidMinor: 98_765_432_10, BackMinor: 12_345_00}, {Currency: "JPY", BackMinor: 1250}},
}

func TestClosingIsPrinted(t *testing.T) {
	for _, lang := range Languages {
		for name, print := range map[string]func(pos.Closing, string, *time.Location, string, string, int) []string{"z": PrintClosing, "x": PrintX} {
			for _, width := range []int{0, 48} {
				rows := print(aClosing, lang, hkt, "Kowloon 1 \x1b[2J", "K1", width)
				for _, row := range rows {
					if n := ansi.StringWidth(row); n > max(width, paperWidth) {
						t.Errorf("%s: a line has %d cells: %q", lang, n, row)
					}
					if clean(row, 1000) != row {
						t.Errorf("%s: %q is not clean", lang, row)
					}
				}
				if width == 0 && (name == "z" || lang == "en") {
					golden(t, "closing_"+name+"."+lang, strings.Join(rows, "\n"))
				}
			}
		}
	}
}

func TestEmptyClosingIsPrinted(t *testing.T) {
	rows := strings.Join(PrintClosing(pos.Closing{Number: 1, At: aClosing.At}, "en", hkt, "Kowloon 1", "K1", 40), "\n")
	if !strings.Contains(rows, "Nothing was taken or given back.") {
		t.Errorf("printed:\n%s", rows)
	}
}
