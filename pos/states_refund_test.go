package pos

import (
	"fmt"
	"strings"
	"time"
)

// refundFindings are the answers of Apply for Refund, refundAsked those of Query Refund.
var (
	refundFindings = []Finding{FoundRefundAccepted, FoundRefundShort, FoundRefundTooOften, FoundRefundImpossible, FoundRefundNoOrder,
		FoundRefundRefused, FoundUnclear, FoundCommFail, FoundMismatch, FoundNotSent}
	refundAsked = []Finding{FoundRefunded, FoundRefundPending, FoundRefundClosed, FoundRefundAbnormal, FoundRefundNotFound,
		FoundRefundOther, FoundUnclear, FoundCommFail, FoundMismatch, FoundNotSent}
)

// refundSent is a paid attempt whose refund is on its way.
func refundSent() Attempt {
	a := concluded(found(FoundPaid))
	a, _ = Next(a, RefundPressed{No: a.nextRefund(), Amount: a.Amount, Reason: "cold"}, t0)
	a, _ = Next(a, Ticked{}, t0)
	return a
}

// stands is how the newest refund stands, and what is done about it next.
func stands(a Attempt, now time.Time) string {
	text := string(a.given.State)
	if a.Attention != "" {
		text += " !" + string(a.Attention)
	}
	if !a.Refunding {
		return text
	}
	what := "ask"
	if !a.given.askBefore {
		what = "request it"
	}
	return fmt.Sprintf("%s, %s again after %.0f s", text, what, a.refundAt.Sub(now).Seconds())
}

// refundTable is what the answer to Apply for Refund leads to.
func refundTable() string {
	var b strings.Builder
	b.WriteString("| answer | becomes |\n|---|---|\n")
	for _, f := range refundFindings {
		a, _ := Next(refundSent(), RefundAnswered{Answer{Finding: f}}, t0)
		fmt.Fprintf(&b, "| `%s` | %s |\n", f, stands(a, t0))
	}
	return b.String()
}

// refundQueryTable is what the first answer of Query Refund leads to.
func refundQueryTable() string {
	var b strings.Builder
	b.WriteString("| answer | to a question 5 s after the request | after 61 s | after 61 s, and the request was refused |\n|---|---|---|---|\n")
	for _, f := range refundAsked {
		fmt.Fprintf(&b, "| `%s` |", f)
		for _, c := range []struct {
			request Finding
			after   time.Duration
		}{{FoundUnclear, 5 * time.Second}, {FoundUnclear, 61 * time.Second}, {FoundRefundRefused, 61 * time.Second}} {
			now := t0.Add(c.after)
			a, _ := Next(refundSent(), RefundAnswered{Answer{Finding: c.request}}, t0)
			a, _ = Next(a, Ticked{}, now)
			a, _ = Next(a, RefundQueryAnswered{Answer{Finding: f}}, now)
			fmt.Fprintf(&b, " %s |", stands(a, now))
		}
		b.WriteString("\n")
	}
	return b.String()
}
