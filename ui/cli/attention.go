package cli

import (
	"fmt"

	"cashier/pos"
)

// advice is what stands behind an attention reason, for people.
type advice struct {
	why string // somebody should look at it
	may string // be done about it by a manager
}

// adviceOn is for every reason there is.
func adviceOn(a pos.Attention) advice {
	const portal = "look it up in WeChat Pay's merchant portal"
	//exhaustive:enforce
	switch a {
	case pos.AttentionPaidAway:
		return advice{"it was paid while nobody looked", "hand over the goods, or give the money back: cashier void or refund"}
	case pos.AttentionPaidLate:
		return advice{"it was found paid, or being paid, after the till had said that it is not", "no goods for it; tell the customer that the money comes back"}
	case pos.AttentionConfiguration:
		return advice{"WeChat Pay refuses how the till is set up", "mend the key, the certificate or the merchant number: cashier doctor"}
	case pos.AttentionSignature:
		return advice{"an answer was not signed by WeChat Pay", "check the API key, and who stands between: cashier doctor"}
	case pos.AttentionMismatch:
		return advice{"a signed answer speaks of another number, amount, currency or merchant", portal}
	case pos.AttentionRevokeSlow:
		return advice{"it was revoked again and again and has no end yet", portal}
	case pos.AttentionRevokeRefused:
		return advice{"WeChat Pay will not revoke it, and it is paid", "give all of it back: cashier refund"}
	case pos.AttentionRefunded:
		return advice{"it was given back, and not by this till", "find out who gave it back; " + portal}
	case pos.AttentionBill:
		return advice{"the bill of a day says something else", "compare the two sides: cashier show, cashier reconcile DAY"}
	case pos.AttentionContradiction:
		return advice{"a later answer contradicts how it ended", portal}
	case pos.AttentionRefundShort:
		return advice{"the merchant's funds do not suffice for its refund", "add funds in WeChat Pay's merchant portal"}
	case pos.AttentionRefundSlow:
		return advice{"ten calls for its refund, and no answer that says whether it was taken", "see that the line is up: cashier doctor. Do not give the money back in another way before you have looked in WeChat Pay's merchant portal"}
	case pos.AttentionRefundAbnormal:
		return advice{"the customer cannot be given the money, or nobody knows", "end the refund in WeChat Pay's merchant portal"}
	case pos.AttentionRefundFailed:
		return advice{"its refund failed for good: nothing was given back", "begin another one: cashier refund"}
	}
	return advice{string(a), portal}
}

// nextStep is what a till that runs does about it by itself, for people.
func nextStep(s pos.Summary) string {
	switch {
	case s.Refunding:
		return "the refund is followed until it has ended"
	case s.State == pos.Revoking:
		return "it is revoked again until WeChat Pay confirms that"
	case s.State == pos.Confirming && s.Attention == pos.AttentionRevokeRefused:
		return "it is asked about, and revoked again, every 5 minutes"
	case s.State == pos.Confirming:
		return "it is asked about until WeChat Pay confirms the revoke"
	case !s.State.Settled():
		return "it is asked about; what has no verdict by the deadline is revoked"
	case s.Watch:
		return "it is asked about behind the verdict; money found there goes back"
	}
	return "nothing: it stays as it is until somebody has looked at it"
}

// urgent prints one attempt of the attention list with all of it.
func (p printer) urgent(s pos.Summary) error {
	if err := p.attempt(s); err != nil {
		return err
	}
	a := adviceOn(s.Attention)
	_, err := fmt.Fprintf(p.out, "    why    %s\n    tried  asked %s, revoked %s\n    next   %s\n    may    %s\n",
		clean(a.why), times(s.Asked), times(s.Revokes), nextStep(s), clean(a.may))
	return err
}

// times says how often.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
