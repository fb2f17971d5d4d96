package ui

import (
	"errors"

	"cashier/pos"
)

// The tables from what package pos knows to keys of the catalogue. A value that
// has no line, because it is the gateway's or newer than this screen, gets the
// general sentence.

// verdict is how a state is shown.
type verdict struct {
	word, big string // keys; big is spelled in block letters
	tone      tone
}

// tone is a meaning that has a colour and a symbol.
type tone int

// The tones.
const (
	toneWait tone = iota + 1
	toneGood
	toneBad
	toneGone
)

func verdictOf(s pos.State) verdict {
	switch s {
	case pos.Paid:
		return verdict{"word.paid", "big.paid", toneGood}
	case pos.Failed:
		return verdict{"word.failed", "big.failed", toneBad}
	case pos.Revoked:
		return verdict{"word.revoked", "big.revoked", toneGone}
	case pos.Submitting:
		return verdict{"word.asking", "", toneWait}
	default: // in doubt, revoking, confirming
		return verdict{"word.hold", "big.hold", toneWait}
	}
}

// waiting says what the till waits for, by the newest answer.
var waiting = map[pos.Finding]string{
	pos.FoundUserPaying: "wait.password",
	pos.FoundNotPaid:    "wait.unpaid",
	pos.FoundNoOrder:    "wait.unknown",
	pos.FoundUnclear:    "wait.silent",
	pos.FoundCommFail:   "wait.silent",
	pos.FoundNotSent:    "wait.silent",
	pos.FoundDeclined:   "wait.declined",
	pos.FoundMismatch:   "wait.foreign",
}

// failures says why an attempt is not paid.
var failures = map[pos.Reason]string{
	pos.ReasonNotSent:  "failed.not_sent",
	pos.ReasonCommFail: "failed.refused",
	pos.ReasonClosed:   "failed.closed",
}

// declines says what a decline's err_code means at the counter (wechatpay-v2 13.2, Q8 and Q9).
var declines = map[string]string{
	"NOTENOUGH":             "failed.money",
	"AUTHCODEEXPIRE":        "failed.expired",
	"AUTH_CODE_ERROR":       "failed.used",
	"AUTH_CODE_INVALID":     "failed.alien",
	"NOTSUPORTCARD":         "failed.card",
	"BUYER_MISMATCH":        "failed.buyer",
	"TRADE_ERROR":           "failed.risk",
	"NOAUTH":                "failed.setup",
	"PARAM_ERROR":           "failed.setup",
	"LACK_PARAMS":           "failed.setup",
	"INVALID_REQUEST":       "failed.setup",
	"APPID_NOT_EXIST":       "failed.setup",
	"MCHID_NOT_EXIST":       "failed.setup",
	"APPID_MCHID_NOT_MATCH": "failed.setup",
	"SIGNERROR":             "failed.setup",
	"XML_FORMAT_ERROR":      "failed.setup",
	"REQUIRE_POST_METHOD":   "failed.setup",
	"NOT_UTF8":              "failed.setup",
}

// revocations says why an attempt is revoked.
var revocations = map[pos.Reason]string{
	pos.ReasonCashier:  "revoked.pressed",
	pos.ReasonDeadline: "revoked.deadline",
	pos.ReasonPayError: "revoked.unpaid",
	pos.ReasonPaidLate: "revoked.late",
	pos.ReasonRefunded: "revoked.refunded",
}

// closures says why an order that the customer scans is closed.
var closures = map[pos.Reason]string{
	pos.ReasonCashier:  "close.pressed",
	pos.ReasonDeadline: "close.deadline",
	pos.ReasonPayError: "revoked.unpaid",
	pos.ReasonNoCode:   "close.no_code",
	pos.ReasonRefunded: "revoked.refunded",
}

// attentions says what a person should do about a reason for attention.
var attentions = map[pos.Attention]string{
	pos.AttentionPaidAway:      "attention.paid_while_away",
	pos.AttentionPaidLate:      "attention.paid_after_failed",
	pos.AttentionConfiguration: "attention.configuration",
	pos.AttentionSignature:     "attention.bad_signature",
	pos.AttentionMismatch:      "attention.mismatch",
	pos.AttentionRevokeSlow:    "attention.revoke_unconfirmed",
	pos.AttentionRevokeRefused: "attention.revoke_refused",
	pos.AttentionRefunded:      "attention.refunded_elsewhere",
	pos.AttentionBill:          "attention.bill_differs",
	pos.AttentionContradiction: "attention.contradiction",

	pos.AttentionRefundShort:    "attention.refund_short",
	pos.AttentionRefundSlow:     "attention.refund_unconfirmed",
	pos.AttentionRefundAbnormal: "attention.refund_abnormal",
	pos.AttentionRefundFailed:   "attention.refund_failed",
}

// refusals says why a sale was not begun, by kind.
var refusals = map[pos.Kind]string{
	pos.KindInvalid:     "refuse.again",
	pos.KindUnavailable: "refuse.quota",
	pos.KindCredentials: "refuse.credentials",
	pos.KindJournal:     "refuse.journal",
	pos.KindConflict:    "refuse.journal",
}

// refusal is the sentence about an error of Till.Charge.
func refusal(err error) string {
	switch {
	case errors.Is(err, pos.ErrCodeUsed):
		return "refuse.used"
	case errors.Is(err, pos.ErrDraining):
		return "refuse.leaving"
	}
	return lookup(refusals, pos.KindOf(err), "refuse.fault")
}

// lookup is a table's key for what, or the general one.
func lookup[K comparable](table map[K]string, what K, general string) string {
	if key, known := table[what]; known {
		return key
	}
	return general
}
