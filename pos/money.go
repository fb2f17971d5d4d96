package pos

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Currency is an ISO 4217 code that WeChat Pay prices in (fee_type).
// wechatpay-v2 5.2 lists thirty; use ParseCurrency to get one.
type Currency string

// digits of the minor unit of every currency WeChat Pay prices in. Amounts go
// over the wire in the currency's smallest unit: 1750 is USD 17.50 but JPY 1750.
var digits = map[Currency]int{
	"CNY": 2, "HKD": 2, "GBP": 2, "USD": 2, "JPY": 0, "CAD": 2, "AUD": 2, "EUR": 2,
	"NZD": 2, "KRW": 0, "THB": 2, "SGD": 2, "RUB": 2, "CHF": 2, "SEK": 2, "DKK": 2,
	"NOK": 2, "AED": 2, "TRY": 2, "MOP": 2, "CZK": 2, "MYR": 2, "PHP": 2, "QAR": 2,
	"HUF": unsure, "IDR": unsure, "TWD": unsure, "KHR": unsure, "MNT": unsure, "ISK": unsure,
}

// unsure marks the six currencies whose smallest unit on the wire is not
// documented (wechatpay-v2 5.2): a factor of 100 is at stake, so they are refused.
const unsure = -1

// MaxMinor is the largest amount taken, in minor units (design 5).
const MaxMinor = 100_000_000_000

// ParseCurrency accepts an ISO 4217 code of the list. The six whose smallest
// unit is uncertain are refused with that reason.
func ParseCurrency(code string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(code)))
	switch n, known := digits[c]; {
	case !known:
		return "", invalid("use one of CNY HKD USD EUR GBP JPY KRW SGD … (the full list is in the README)",
			"currency %q is not one that WeChat Pay prices in", code)
	case n == unsure:
		return "", invalid("price in another currency until WeChat Pay confirms the unit with a live test",
			"currency %s: WeChat Pay does not document its smallest unit, an amount could be off by a factor of 100", c)
	}
	return c, nil
}

// Digits is the number of decimals a cashier types: 2 for HKD, 0 for JPY.
func (c Currency) Digits() int { return max(digits[c], 0) }

// Money is an amount in the currency's smallest unit. No float ever holds one.
type Money struct {
	Minor    int64    `json:"amount_minor"`
	Currency Currency `json:"currency"`
}

// ParseAmount reads what a cashier types: decimal digits with at most the
// currency's decimals, more than zero, at most MaxMinor minor units.
func ParseAmount(text string, c Currency) (Money, error) {
	text = strings.TrimSpace(text)
	whole, fraction, dotted := strings.Cut(text, ".")
	switch {
	case !allDigits(whole) || dotted && !allDigits(fraction):
		return Money{}, invalid(fmt.Sprintf("type it like %s", Money{1250, c}.Decimal()), "%q is not an amount", text)
	case len(fraction) > c.Digits():
		return Money{}, invalid(fmt.Sprintf("%s has %d decimals", c, c.Digits()), "%q has too many decimals for %s", text, c)
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", c.Digits()-len(fraction)), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || minor > MaxMinor:
		return Money{}, invalid("check the amount", "%q is more than the till takes in one sale", text)
	case err != nil:
		return Money{}, err
	case minor == 0:
		return Money{}, invalid("type an amount above zero", "an amount of zero cannot be charged")
	}
	return Money{minor, c}, nil
}

// Decimal prints the amount alone, with exactly the currency's decimals: "12.50", "1250" for JPY.
func (m Money) Decimal() string {
	n := m.Currency.Digits()
	s := strconv.FormatInt(m.Minor, 10)
	if n == 0 {
		return s
	}
	sign := ""
	if m.Minor < 0 {
		sign, s = "-", s[1:]
	}
	if len(s) <= n {
		s = strings.Repeat("0", n+1-len(s)) + s
	}
	return sign + s[:len(s)-n] + "." + s[len(s)-n:]
}

// String prints currency and amount: "HKD 12.50".
func (m Money) String() string { return string(m.Currency) + " " + m.Decimal() }

// allDigits reports whether s is one or more of 0 to 9.
func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
