package pos

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"path/filepath"
	"regexp"
	"strings"
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
		{"9.99", "HKD", 999}, {" 7.00 ", "USD", 700}, {"007", "CNY", 700}, {"1250", "JPY", 1250}, {"1", "KRW", 1},
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

// certain are the currencies whose smallest unit is known, and its decimals
// (wechatpay-v2 5.2), written down a second time.
var certain = map[Currency]int{"CNY": 2, "HKD": 2, "GBP": 2, "USD": 2, "JPY": 0, "CAD": 2, "AUD": 2, "EUR": 2, "NZD": 2, "KRW": 0, "THB": 2,
	"SGD": 2, "RUB": 2, "CHF": 2, "SEK": 2, "DKK": 2, "NOK": 2, "AED": 2, "TRY": 2, "MOP": 2, "CZK": 2, "MYR": 2, "PHP": 2, "QAR": 2}

var amountForm = regexp.MustCompile(`^([0-9]+)(?:\.([0-9]+))?$`)

// amountByTheBook reads an amount as design 5 puts it, with integers of any
// size; nil is refused.
func amountByTheBook(text string, c Currency) *big.Int {
	parts := amountForm.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil || len(parts[2]) > certain[c] {
		return nil
	}
	whole, _ := new(big.Int).SetString(parts[1], 10)
	minor := whole.Mul(whole, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(certain[c])), nil))
	if parts[2] != "" {
		fraction, _ := new(big.Int).SetString((parts[2] + "00")[:certain[c]], 10)
		minor.Add(minor, fraction)
	}
	if minor.Sign() == 0 || minor.Cmp(big.NewInt(MaxMinor)) > 0 {
		return nil
	}
	return minor
}

// asTheBookReads holds ParseAmount against the book: the same integer, or a
// refusal that says what to do.
func asTheBookReads(t interface{ Fatalf(string, ...any) }, text string, c Currency) {
	m, err := ParseAmount(text, c)
	want := amountByTheBook(text, c)
	switch {
	case want == nil && (KindOf(err) != KindInvalid || HintOf(err) == "" || m != Money{}):
		t.Fatalf("%q %s: got %v, %v (hint %q), want a refusal that says what to do", text, c, m, err, HintOf(err))
	case want != nil && (err != nil || m.Currency != c || want.Cmp(big.NewInt(m.Minor)) != 0):
		t.Fatalf("%q %s: got %v, %v, want %v", text, c, m, err, want)
	}
}

// strays are characters that somebody might take for a part of an amount.
const strays = "０５٣.,'+-−_eExX٫٬½ \u00a0\u200b$"

// typed draws what may stand in the field: an amount, something like one,
// anything at all, and a short amount with each of the strays in it.
func typed(t *rapid.T) []string {
	all := []string{rapid.OneOf(
		rapid.StringMatching(`[0-9]{1,13}(\.[0-9]{1,3})?`),
		rapid.StringMatching(`[ \t]?0{0,20}[0-9]{1,9}(\.0{0,3}[0-9]?)?[ \n]?`),
		rapid.StringMatching(`[0-9]{9,40}(\.[0-9]{2})?`),
		rapid.String(),
	).Draw(t, "text")}
	amount := rapid.StringMatching(`[0-9]{1,4}(\.[0-9]{1,2})?`).Draw(t, "amount")
	at := rapid.IntRange(0, len(amount)).Draw(t, "at")
	for _, stray := range strays {
		all = append(all, amount[:at]+string(stray)+amount[at:])
	}
	return all
}

// Design 5 and 3.14: whatever is typed, in any currency: exactly the amounts of
// the book are taken, and nothing overflows.
func TestProperty_AmountsAreThoseOfTheBook(t *testing.T) {
	taken, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for _, text := range typed(t) {
			for c := range certain {
				asTheBookReads(t, text, c)
				if amountByTheBook(text, c) == nil {
					refused++
				} else {
					taken++
				}
			}
		}
	})
	t.Logf("%d taken, %d refused, in %d currencies", taken, refused, len(certain))
}

// Design 3.14: what is printed is the exact decimal, and reads back the same.
func TestProperty_MoneyPrintsAndReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.OneOf(rapid.Int64Range(1, MaxMinor), rapid.Int64Range(1, 1000), rapid.Int64Range(MaxMinor-9, MaxMinor)).Draw(t, "minor")
		for c, decimals := range certain {
			scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
			for _, m := range []Money{{minor, c}, {-minor, c}, {0, c}} {
				exact := new(big.Rat).SetFrac(big.NewInt(m.Minor), scale).FloatString(decimals)
				if m.Decimal() != exact || m.String() != string(c)+" "+exact {
					t.Fatalf("%d %s prints as %q and %q, want %s", m.Minor, c, m.Decimal(), m, exact)
				}
			}
			m := Money{minor, c}
			if back, err := ParseAmount(m.Decimal(), c); err != nil || back != m {
				t.Fatalf("%d prints as %q and reads as %v (%v)", m.Minor, m.Decimal(), back, err)
			}
		}
	})
}

// Design 3.14: no float touches money. The one in the product counts calls a second.
func TestMoney_IsNeverAFloat(t *testing.T) {
	allowed, files := filepath.Join("..", "wechat", "budget.go"), 0
	for _, pattern := range []string{"*.go", "../wechat/*.go", "../storage/*.go", "../ui/*.go", "../ui/cli/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			if name == allowed || strings.HasSuffix(name, "_test.go") {
				continue
			}
			files++
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				id, named := n.(*ast.Ident)
				literal, written := n.(*ast.BasicLit)
				float := named && id.Name != "FloatString" && strings.Contains(strings.ToLower(id.Name), "float") // that of big.Rat is exact
				if float || written && literal.Kind == token.FLOAT {
					t.Errorf("%s has a float", name)
				}
				return true
			})
		}
	}
	t.Logf("%d files without a float", files)
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
		if uncertain[code] && Currency(code).Digits() != 0 {
			t.Errorf("%s shows decimals that nobody is certain of", code)
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
	for want, m := range map[string]Money{"0.00": {0, "HKD"}, "0.01": {1, "HKD"}, "0.10": {10, "HKD"}, "-1.05": {-105, "HKD"}, "5": {5, "JPY"}, "1000.00": {100000, "USD"}} {
		if got := m.Decimal(); got != want {
			t.Errorf("%d %s: got %s, want %s", m.Minor, m.Currency, got, want)
		}
	}
}

// FuzzParseAmount: the oracle is the book.
func FuzzParseAmount(f *testing.F) {
	for _, text := range []string{"12.50", "0.0", "1000000000.00", "1000000000.01", "007", ".5", "1e3", " 1 ", "１２", "99999999999999999999"} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, zero bool) {
		c := Currency("HKD")
		if zero {
			c = "JPY"
		}
		asTheBookReads(t, text, c)
	})
}
