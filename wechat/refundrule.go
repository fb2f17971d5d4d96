package wechat

// maxRefunds is how many refunds an order may have (wechatpay-v2 6.4).
const maxRefunds = 50

// RefundTried is a refund that was asked for, and what was found about it last.
type RefundTried struct {
	Refunding
	Last RefundFinding
}

// AllowRefund refuses a refund that could give money back twice. tried are all
// refunds of the same order so far. A repetition under its own number is always
// right, and with other amounts always wrong; a new number has to wait until
// every earlier one is settled. The error has pos.KindInvalid.
func AllowRefund(next Refunding, tried []RefundTried) error {
	if next.Minor < 1 || next.Minor > next.Order.Amount.Minor {
		return invalid("give back "+next.Order.Amount.String()+" or less", "refund %s is not a part of its order", next.No)
	}
	done, given := 0, int64(0)
	for _, t := range tried {
		if t.No == next.No {
			return sameRefund(next, t.Refunding)
		}
		if !t.Last.Settled() {
			return invalid("repeat refund "+t.No+" until it has ended", "refund %s of this order has not ended: a new number could pay twice", t.No)
		}
		if t.Last == RefundDone {
			done, given = done+1, given+t.Minor
		}
	}
	switch {
	case done >= maxRefunds:
		return invalid("give the rest back another way", "an order has at most %d refunds", maxRefunds)
	case next.Minor > next.Order.Amount.Minor-given:
		return invalid("give back what is left, or less", "of this order %d is given back already", given)
	}
	return nil
}

// sameRefund refuses a number under which something else was asked for.
func sameRefund(next, first Refunding) error {
	if next.Order != first.Order || next.Minor != first.Minor {
		return invalid("repeat it as it was, or take a new number", "refund %s was asked for with another order or amount", next.No)
	}
	return nil
}
