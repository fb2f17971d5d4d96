package sim

import (
	"math"
	"time"
)

// The waiting times of the table below.
const (
	confirmAfter = 6 * time.Second  // until a customer has typed the password, or has cancelled
	slowAnswer   = 20 * time.Second // longer than any till waits
	hiddenFor    = 20 * time.Second // until an order becomes known
	passwordFrom = 100_000          // minor units from which every sale asks for the password
	forever      = math.MaxInt      // number of revokes
)

// Scenario is one row of a table of amounts: what happens to an order of this amount.
type Scenario struct {
	Minor int64  // total_fee, in minor units of any currency
	Says  string // what happens and what a till should make of it, for people
	story story
}

// Scenarios is the table of amounts for Submit Quick Pay (design 8), in its order. Every amount that
// is not listed is paid at once; from 100 000 minor units on the customer is
// asked for the password first and confirms after 6 s.
func Scenarios() []Scenario {
	return []Scenario{
		{1, "paid", story{}},
		{2, "paid with a voucher of 1", story{vouchers: []voucher{{free, 1}}}},
		{3, "paid with vouchers of 3, nothing from the wallet", story{vouchers: []voucher{{free, 2}, {charged, 1}}}},

		{30, "password; confirms after 6 s; a code ending in 8 cancels, in 9 never reacts", story{start: UserPaying, byCode: true}},
		{31, "paid, the answer is lost", story{answer: DropAnswer}},
		{32, "not paid, the answer is lost; query says PAYERROR", story{start: PayError, answer: DropAnswer}},
		{33, "paid, no answer and no query answer until it is revoked", story{answer: DropAnswer, mute: true}},
		{34, "as 33 with a voucher; once revoked, the next 34 is paid with it", story{answer: DropAnswer, mute: true, once: true, vouchers: []voucher{{free, 1}}}},

		{40, "password, no reaction; recall Y twice, then revoked", story{start: UserPaying, lingers: true, recalls: 2}},
		{41, "password, no reaction; recall Y for ever", story{start: UserPaying, lingers: true, recalls: forever}},
		{42, "declined: not enough money; query says NOTPAY", story{start: NotPay}},
		{43, "password; paid just as the first revoke answers recall N; a second revoke gives it back", story{start: UserPaying, lingers: true, crosses: true}},
		{44, "paid, the answer has a wrong signature; query tells the truth", story{answer: WrongSignature}},
		{45, "paid, the answer is signed and has a wrong amount; query has the right one", story{answer: WrongAmount}},
		{46, "paid, the answer is half an XML document", story{answer: HalfXML}},
		{47, "paid, the answer is a 502 page", story{answer: BadGateway}},
		{48, "paid, the answer comes after 20 s", story{answer: Delay(slowAnswer)}},
		{49, "paid, the answer is lost; the order is unknown for 20 s", story{answer: DropAnswer, hidden: hiddenFor}},
		{50, "paid, but the answer is return_code FAIL", story{answer: ReturnFail}},
		{79, "paid, but the answer is FAIL SYSTEMERROR; query says SUCCESS", story{answer: SystemError}},

		{501, "paid, 1 by a voucher that was bought before", story{vouchers: []voucher{{charged, 1}}}},
		{502, "paid, 1 by a free voucher", story{vouchers: []voucher{{free, 1}}}},
	}
}

// story is what a row makes of an order, in terms of this package. The zero
// story is an order that is paid at once and answered truthfully.
type story struct {
	start    TradeState    // state after the submission; "" means Success
	byCode   bool          // the auth code's last digit decides what the customer does
	lingers  bool          // WeChat Pay does not end it by itself after 45 s
	hidden   time.Duration // queries and revokes do not find it for so long
	answer   Fault         // what goes wrong with the submission's answer; nil for nothing
	mute     bool          // queries get no answer until the order is revoked
	once     bool          // the trouble is over for the next order once this one is revoked
	recalls  int           // revokes that change nothing and answer recall Y; closes that answer SYSTEMERROR
	crosses  bool          // the customer's payment lands with the first revoke or close
	vouchers []voucher     // pay a part of the price

	// For orders of Unified Order alone.
	declines   string        // err_code to answer in place of making an order
	idle       bool          // the customer does nothing
	turnsTo    TradeState    // what the customer brings about; "" means Success
	turnsAfter time.Duration // how long the customer takes; 0 means confirmAfter
}

// storyOf finds the row of an amount.
func storyOf(minor int64) story {
	for _, s := range Scenarios() {
		if s.Minor == minor {
			return s.story
		}
	}
	if minor >= passwordFrom {
		return story{start: UserPaying}
	}
	return story{}
}

// healed is the story without its trouble: paid at once, with the same vouchers.
func (s story) healed() story { return story{vouchers: s.vouchers} }

// reaction is what a customer who was asked for the password will do, and when.
// An empty state means that nothing will come.
func (s story) reaction(code string) (to TradeState, after time.Duration) {
	switch {
	case s.lingers, s.byCode && code[len(code)-1] == '9':
		return "", 0
	case s.byCode && code[len(code)-1] == '8':
		return PayError, confirmAfter
	}
	return Success, confirmAfter
}

// voucher pays a part of the price. Its kind is the wire value of coupon_type_$n:
// "CASH" was bought by the merchant before and is settled, "NO_CASH" is not
// (wechatpay-v2.md 5.2, settlement_total_fee).
type voucher struct {
	kind  string
	minor int64
}

const (
	charged = "CASH"
	free    = "NO_CASH"
)
