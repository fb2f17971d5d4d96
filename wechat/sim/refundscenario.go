package sim

import (
	"math"
	"time"
)

// The waiting times of the table below.
const (
	refundTime = 5 * time.Second  // from the acceptance of a refund to its end
	slowRefund = 20 * time.Minute // the documented time to a wallet (wechatpay-v2.md 6.4)
	untilMoney = time.Minute      // until the merchant's funds suffice
	untilReady = 10 * time.Second // until a gateway that was busy takes the refund
	never      = time.Duration(math.MaxInt64)
)

// RefundScenario is one row of the table of refunds.
type RefundScenario struct {
	Minor int64  // refund_fee, in minor units, whatever the order cost
	Says  string // what happens, for people
	story refundStory
}

// RefundScenarios is the table of refund amounts. Every amount that is not
// listed is accepted at once, PROCESSING for 5 s and SUCCESS from then on.
func RefundScenarios() []RefundScenario {
	return []RefundScenario{
		{60, "PROCESSING for 20 minutes, then SUCCESS", refundStory{after: slowRefund}},
		{61, "PROCESSING for ever", refundStory{stays: true}},
		{62, "CHANGE after 5 s: the customer's card is dead", refundStory{ends: Change}},
		{63, "REFUNDCLOSE after 5 s; the same number starts it again, and then it succeeds", refundStory{ends: RefundClosed, again: true}},
		{64, "REFUNDCLOSE after 5 s; the same number is refused from then on", refundStory{ends: RefundClosed}},
		{65, "NOTENOUGH for 1 minute after it was first asked for, then accepted", refundStory{refuses: "NOTENOUGH", until: untilMoney}},
		{66, "accepted, but the answer is FAIL SYSTEMERROR", refundStory{answer: SystemError}},
		{67, "BIZERR_NEED_RETRY for 10 s after it was first asked for, then accepted", refundStory{refuses: "BIZERR_NEED_RETRY", until: untilReady}},
		{68, "accepted, the answer is lost", refundStory{answer: DropAnswer}},
		{69, "accepted, but Query Refund does not know it for 20 s", refundStory{hidden: hiddenFor}},
		{70, "USER_ACCOUNT_ABNORMAL for ever", refundStory{refuses: "USER_ACCOUNT_ABNORMAL", until: never}},
		{71, "accepted, but the signed answer has a wrong amount; query has the right one", refundStory{answer: WrongAmount}},
	}
}

// refundStory is what a row makes of a refund. The zero story is a refund that
// is accepted and done after refundTime.
type refundStory struct {
	ends    RefundState   // "" means Refunded
	after   time.Duration // from the acceptance to the end; 0 means refundTime
	stays   bool          // there is no end
	again   bool          // a closed refund can be started again under its number
	refuses string        // err_code to answer for a while
	until   time.Duration // for how long, from the first time it was asked for
	answer  Fault         // what goes wrong with the first answer
	hidden  time.Duration // Query Refund does not find it for so long
}

// refundStoryOf finds the row of an amount.
func refundStoryOf(minor int64) refundStory {
	for _, s := range RefundScenarios() {
		if s.Minor == minor {
			return s.story
		}
	}
	return refundStory{}
}
