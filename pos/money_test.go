package pos

import (
	"testing"

	"pgregory.net/rapid"
)

// Design 5: AMOUNT is decimal in the till's currency; more digits than the
// currency has, zero, negative, or more than 10^11 minor units are refused.
func TestParseAmount(t *testing.T) {
	for _, c := range []struct {
		text     string
		currency Currency
		minor    int64 // 0: refused
	}{
		{"12.50", "HKD", 1250}, {"12.5", "HKD", 1250}, {"12", "HKD", 1200}, {"0.01", "HKD", 1},
		{" 7.00 ", "USD", 700}, {"007", "CNY", 700}, {"1250", "JPY", 1250}, {"1", "KRW", 1},
		{"1000000000.00", "HKD", MaxMinor}, {"100000000000", "JPY", MaxMinor},
		{"1000000000.01", "HKD", 0}, {"100000000001", "JPY", 0}, {"99999999999999999999", "HKD", 0},
		{"12.505", "HKD", 0}, {"12.5", "JPY", 0}, {"12.", "HKD", 0}, {".5", "HKD", 0}, {"", "HKD", 0},
		{"0", "HKD", 0}, {"0.00", "HKD", 0}, {"-1", "HKD", 0}, {"+1", "HKD", 0}, {"1e3", "HKD", 0},
		{"1,250", "HKD", 0}, {"1 2", "HKD", 0}, {"１２", "HKD", 0}, {"0x10", "HKD", 0}, {"1.2.3", "HKD", 0},
	} {
		m, err := ParseAmount(c.text, c.currency)
		if c.minor == 0 {
			if KindOf(err) != KindInvalid || HintOf(err) == "" {
				t.Errorf("%q %s: got %v (%v), want a refusal that says what to do", c.text, c.currency, m, err)
			}
			continue
		}
		if err != nil || m != (Money{c.minor, c.currency}) {
			t.Errorf("%q %s: got %v, %v; want %d", c.text, c.currency, m, err, c.minor)
		}
	}
}

// Design 3.14: integers all the way; what is printed reads back the same.
func TestMoney_PrintsAndReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]Currency{"HKD", "USD", "JPY", "KRW", "CNY"}).Draw(t, "currency")
		m := Money{rapid.Int64Range(1, MaxMinor).Draw(t, "minor"), c}
		back, err := ParseAmount(m.Decimal(), c)
		if err != nil || back != m {
			t.Fatalf("%d prints as %q and reads as %v (%v)", m.Minor, m.Decimal(), back, err)
		}
	})
}

// Wechatpay-v2 5.2: thirty currencies; the six of uncertain unit are refused with the reason.
func TestParseCurrency(t *testing.T) {
	all := []string{"CNY", "HKD", "GBP", "USD", "JPY", "CAD", "AUD", "EUR", "NZD", "KRW", "THB", "SGD", "RUB", "CHF", "SEK",
		"DKK", "NOK", "AED", "TRY", "MOP", "TWD", "CZK", "MYR", "PHP", "IDR", "MNT", "QAR", "HUF", "KHR", "ISK"}
	if len(all) != len(digits) {
		t.Errorf("%d currencies, the reference has %d", len(digits), len(all))
	}
	uncertain := map[string]bool{"HUF": true, "IDR": true, "TWD": true, "KHR": true, "MNT": true, "ISK": true}
	for _, code := range all {
		c, err := ParseCurrency(code)
		if refused := err != nil; refused != uncertain[code] {
			t.Errorf("%s: %v", code, err)
		}
		if zero := code == "JPY" || code == "KRW"; err == nil && zero != (c.Digits() == 0) {
			t.Errorf("%s has %d digits", code, c.Digits())
		}
	}
	for _, code := range []string{"", "XXX", "RMB", "HK"} {
		if _, err := ParseCurrency(code); KindOf(err) != KindInvalid {
			t.Errorf("%q: %v", code, err)
		}
	}
}

func TestMoney_Decimal(t *testing.T) {
	for want, m := range map[string]Money{"0.01": {1, "HKD"}, "0.10": {10, "HKD"}, "-1.05": {-105, "HKD"}, "5": {5, "JPY"}, "1000.00": {100000, "USD"}} {
		if got := m.Decimal(); got != want {
			t.Errorf("%d %s: got %s, want %s", m.Minor, m.Currency, got, want)
		}
	}
}

func FuzzParseAmount(f *testing.F) {
	f.Add("12.50")
	f.Add("0.0")
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := ParseAmount(text, "HKD"); err == nil && (m.Minor < 1 || m.Minor > MaxMinor) {
			t.Errorf("%q: %v", text, m)
		}
	})
}
