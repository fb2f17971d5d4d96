package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"cashier/pos"
)

// stamp is how --json and --csv write a time: milliseconds, the shop's zone.
const stamp = "2006-01-02T15:04:05.000Z07:00"

// record is one attempt in --json. Its names are a contract (design 5).
type record struct {
	OrderNo       pos.OrderNo   `json:"order_no"`
	Sale          pos.SaleID    `json:"sale"`
	Attempt       int           `json:"attempt"`
	State         pos.State     `json:"state"`
	Watch         bool          `json:"watch"`
	Attention     pos.Attention `json:"attention"`
	AmountMinor   int64         `json:"amount_minor"`
	Currency      pos.Currency  `json:"currency"`
	TransactionID string        `json:"transaction_id"`
	Recall        pos.Recall    `json:"recall"`
	Reason        pos.Reason    `json:"reason"`
	Cashier       string        `json:"cashier"`
	Till          string        `json:"till"`
	Ref           string        `json:"ref"`
	CreatedAt     string        `json:"created_at"`
	UpdatedAt     string        `json:"updated_at"`
	Asked         int           `json:"asked"`
	Revokes       int           `json:"revokes"`
	Method        pos.Method    `json:"method"`
	Practice      bool          `json:"practice"`
	RefundedMinor int64         `json:"refunded_minor"`
	Refunding     bool          `json:"refunding"`

	Refunds  []refundRecord `json:"refunds,omitempty"`
	Timeline []moment       `json:"timeline,omitempty"`
}

// moment is one line of the timeline of cashier show.
type moment struct {
	Seq   int64     `json:"seq"`
	At    string    `json:"at"`
	Event string    `json:"event"`
	State pos.State `json:"state"` // after it
	Run   string    `json:"run"`
	Data  pos.Event `json:"data"`
}

// newRecord writes a summary in the shop's zone.
func newRecord(s pos.Summary, zone *time.Location) record {
	return record{
		OrderNo: s.OrderNo, Sale: s.Sale, Attempt: s.Number, State: s.State, Watch: s.Watch, Attention: s.Attention,
		AmountMinor: s.Amount.Minor, Currency: s.Amount.Currency, TransactionID: s.TransactionID, Recall: s.Recall,
		Reason: s.Reason, Cashier: s.Cashier, Till: s.Till, Ref: s.Ref,
		CreatedAt: s.CreatedAt.In(zone).Format(stamp), UpdatedAt: s.UpdatedAt.In(zone).Format(stamp),
		Asked: s.Asked, Revokes: s.Revokes, Method: s.Method, Practice: s.Practice,
		RefundedMinor: s.Refunded, Refunding: s.Refunding,
	}
}

// newTimeline is the entries of one attempt, each with the state it led to.
func newTimeline(entries []pos.Entry, zone *time.Location) []moment {
	line := make([]moment, len(entries))
	for i, e := range entries {
		line[i] = moment{e.Seq, e.At.In(zone).Format(stamp), e.Name(), e.After.State, e.Run, e.Event}
	}
	return line
}

// printer writes as the user asked: JSON, or lines for people.
type printer struct {
	out  io.Writer
	json bool
	zone *time.Location

	practice bool // play money

	language, store, till string       // of the paper
	currency              pos.Currency // of an amount that is given without one
}

// printer for a command's flags.
func (m *machine) printer(f flags, s setting) (printer, error) {
	zone, err := time.LoadLocation(s.Till.Timezone)
	return printer{out: m.stdout, json: f.json, zone: zone, language: s.Till.Language, store: s.Till.Store, till: s.Till.ID,
		currency: pos.Currency(s.Till.Currency)}, err
}

// attempt prints one attempt.
func (p printer) attempt(s pos.Summary) error {
	if p.json {
		return writeJSON(p.out, newRecord(s, p.zone))
	}
	_, err := fmt.Fprintln(p.out, line(s, p.zone))
	return err
}

// writeJSON writes v on one line. What could act on a terminal and stands in a
// text of somebody else's is written as an escape: JSON itself lets C1 controls
// and bidirectional overrides through.
func writeJSON(w io.Writer, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, r := range string(raw) {
		switch {
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	_, err = fmt.Fprintln(w, b.String())
	return err
}

// line is one attempt for people: time, big word, amount, number and what matters beside them.
func line(s pos.Summary, zone *time.Location) string {
	parts := []string{s.CreatedAt.In(zone).Format("2006-01-02 15:04:05"), fmt.Sprintf("%-8s", bigWord(s.State)),
		fmt.Sprintf("%14s", s.Amount), string(s.OrderNo)}
	if s.TransactionID != "" {
		parts = append(parts, s.TransactionID)
	}
	if s.Reason != "" {
		parts = append(parts, string(s.Reason))
	}
	if s.Code != "" && s.Code != string(s.Reason) {
		parts = append(parts, s.Code)
	}
	if s.Refunded > 0 {
		parts = append(parts, "given back "+pos.Money{Minor: s.Refunded, Currency: s.Amount.Currency}.String())
	}
	if s.Refunding {
		parts = append(parts, "being given back")
	}
	if s.Watch {
		parts = append(parts, "still being checked")
	}
	if s.Attention != "" {
		parts = append(parts, "attention: "+string(s.Attention))
	}
	if s.Practice {
		parts = append(parts, "PRACTICE")
	}
	return clean(strings.Join(parts, "  "))
}

// bigWord is the verdict as the screen says it.
func bigWord(s pos.State) string {
	//exhaustive:enforce
	switch s {
	case pos.Paid:
		return "PAID"
	case pos.Failed:
		return "NOT PAID"
	case pos.Revoked:
		return "REVOKED"
	case pos.Submitting, pos.InDoubt, pos.Revoking, pos.Confirming:
		return "HOLD"
	}
	return string(s)
}

// exitFor is the exit status of a command about one attempt: it follows the
// state alone (design 5).
func exitFor(s pos.State) error {
	//exhaustive:enforce
	switch s {
	case pos.Paid:
		return nil
	case pos.Failed, pos.Revoked:
		return status(exitNotPaid)
	case pos.Submitting, pos.InDoubt, pos.Revoking, pos.Confirming:
		return status(exitOpen)
	}
	return fmt.Errorf("state %q is not known", s)
}
