package sim

import "math/bits"

// one is the scale of rate: units of the price currency to the wallet's, times 10^8.
const one = 100_000_000

// currency is one of the fee_type codes that WeChat Pay takes.
type currency struct {
	code   string // ISO 4217
	digits int    // decimal digits of the minor unit
	yuan   uint64 // invented and fixed: one unit in CNY, times 10^8
}

// currencies are the 30 codes of wechatpay-v2.md 5.2.
func currencies() []currency {
	return []currency{
		{"CNY", 2, one}, {"HKD", 2, 92_000_000}, {"GBP", 2, 905_000_000}, {"USD", 2, 650_000_000},
		{"JPY", 0, 4_800_000}, {"CAD", 2, 512_000_000}, {"AUD", 2, 468_000_000}, {"EUR", 2, 760_000_000},
		{"NZD", 2, 425_000_000}, {"KRW", 0, 520_000}, {"THB", 2, 20_500_000}, {"SGD", 2, 535_000_000},
		{"RUB", 2, 7_800_000}, {"CHF", 2, 815_000_000}, {"SEK", 2, 68_000_000}, {"DKK", 2, 102_000_000},
		{"NOK", 2, 66_000_000}, {"AED", 2, 177_000_000}, {"TRY", 2, 21_000_000}, {"MOP", 2, 89_000_000},
		{"TWD", 2, 22_500_000}, {"CZK", 2, 31_000_000}, {"MYR", 2, 153_000_000}, {"PHP", 2, 12_500_000},
		{"IDR", 2, 44_000}, {"MNT", 2, 208_000}, {"QAR", 2, 178_000_000}, {"HUF", 2, 1_950_000},
		{"KHR", 2, 160_000}, {"ISK", 0, 5_100_000},
	}
}

// currencyOf finds a code; ok is false for one that WeChat Pay does not take.
func currencyOf(code string) (c currency, ok bool) {
	for _, c := range currencies() {
		if c.code == code {
			return c, true
		}
	}
	return currency{}, false
}

// rateTo is the value of rate on an answer: how many units of the wallet's
// currency one unit of c costs, times 10^8 (wechatpay-v2.md 5.2).
func (c currency) rateTo(wallet currency) uint64 { return c.yuan * one / wallet.yuan }

// convert turns minor units of c into minor units of the wallet's currency at
// that rate, rounded down. Every wallet's currency has two digits.
func (c currency) convert(minor int64, wallet currency) uint64 {
	amount := uint64(minor)
	if c.digits == 0 {
		amount *= 100
	}
	high, low := bits.Mul64(amount, c.rateTo(wallet))
	converted, _ := bits.Div64(high, low, one)
	return converted
}

// walletOf is the currency the customer pays in: a code that begins with 15
// comes from a Hong Kong wallet, all others from the mainland (wechatpay-v2.md 5.4).
func walletOf(code string) currency {
	if code[:2] == "15" {
		c, _ := currencyOf("HKD")
		return c
	}
	return yuan()
}

// yuan is the mainland wallets' currency, in which customers without a code pay.
func yuan() currency {
	c, _ := currencyOf("CNY")
	return c
}
