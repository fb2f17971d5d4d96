package sim

import "time"

// slowCustomer is how long the customer of amount 30 takes over a payment.
const slowCustomer = 20 * time.Second

// PrepaidScenarios is the table of amounts for orders of Unified Order: what the
// customer does who sees the code or the payment page. Every amount that is not
// listed is paid 6 s after the answer with the code was given. Where the first
// answer goes wrong nobody has seen a code: the same order once more is
// answered well, and is paid 6 s after that.
func PrepaidScenarios() []Scenario {
	return []Scenario{
		{2, "paid with a voucher of 1", story{vouchers: []voucher{{free, 1}}}},
		{3, "paid with vouchers of 3, nothing from the wallet", story{vouchers: []voucher{{free, 2}, {charged, 1}}}},

		{30, "paid after 20 s: the customer is slow", story{turnsAfter: slowCustomer}},
		{31, "the first answer is lost", story{answer: DropAnswer}},
		{32, "the payment fails after 6 s; query says PAYERROR, the order is still open", story{turnsTo: PayError}},
		{33, "never paid", story{idle: true}},

		{40, "never paid; close answers SYSTEMERROR twice, then closes", story{idle: true, recalls: 2}},
		{41, "never paid; close answers SYSTEMERROR for ever", story{idle: true, recalls: forever}},
		{42, "Unified Order answers NOTENOUGH and makes no order", story{declines: "NOTENOUGH"}},
		{43, "paid just as the first close arrives, which answers ORDERPAID; closed if no code came", story{idle: true, crosses: true}},
		{44, "the first answer has a wrong signature", story{answer: WrongSignature}},
		{46, "the first answer is half an XML document", story{answer: HalfXML}},
		{47, "the first answer is a 502 page", story{answer: BadGateway}},
		{48, "the first answer comes after 20 s", story{answer: Delay(slowAnswer)}},
		{49, "paid after 6 s, but query and close do not know the order for 20 s", story{hidden: hiddenFor}},
		{50, "the first answer is return_code FAIL, though the order was made", story{answer: ReturnFail}},
		{79, "the first answer is FAIL SYSTEMERROR, though the order was made", story{answer: SystemError}},

		{501, "paid, 1 by a voucher that was bought before", story{vouchers: []voucher{{charged, 1}}}},
		{502, "paid, 1 by a free voucher", story{vouchers: []voucher{{free, 1}}}},
	}
}

// prepaidStory finds the row of an amount.
func prepaidStory(minor int64) story {
	for _, s := range PrepaidScenarios() {
		if s.Minor == minor {
			return s.story
		}
	}
	return story{}
}

// expect lets the customer of an order begin, who was shown how to pay at now.
// Who has begun does not begin again.
func (o *order) expect(now time.Time) {
	o.shown = true
	if o.story.idle || o.state != NotPay || o.turnsTo != "" {
		return
	}
	to, after := Success, confirmAfter
	if o.story.turnsTo != "" {
		to = o.story.turnsTo
	}
	if o.story.turnsAfter > 0 {
		after = o.story.turnsAfter
	}
	if at := now.Add(after); at.Before(o.expires) {
		o.turnsTo, o.turnsAt = to, at
	}
}

// payable reports that the customer can pay the order now: the password of a
// Quick Pay is awaited, or the code can still be scanned.
func (o *order) payable(now time.Time) bool {
	if o.trade == quickPay {
		return o.state == UserPaying
	}
	return o.state.open() && now.Before(o.expires)
}
