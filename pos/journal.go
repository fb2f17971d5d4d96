package pos

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Entry is one line of the journal: what happened and how the attempt stood
// afterwards.
type Entry struct {
	Seq     int64     // without gaps, from 1; set by Append. The only order there is (design 3.16)
	At      time.Time // milliseconds
	Day     string    // the shop's day, "2026-11-21"
	Run     string    // which run of the program wrote it
	OrderNo OrderNo   // empty for an event of the till itself (Noted, ShiftClosed)
	Event   Event
	After   Attempt // zero for an event of the till itself. After.Seq is the entry this one was decided on
	Person  *Person // of an event about somebody who works here: how they stand afterwards; else nil
}

// Journal is the till's port to storage: append-only, one writer.
type Journal interface {
	Reader

	// Append makes e durable (through a power cut) before it returns, together
	// with the projection that Reader reads, and returns its Seq. It is refused
	// with KindConflict, nothing written, if e.After.Seq is not the attempt's newest
	// entry (0: the attempt must not exist) or if the fingerprint of an Intended
	// was used before, or a ShiftClosed does not speak of everything up to the
	// newest entry. Any other failure has KindJournal: nothing may be concluded
	// about whether e was kept.
	Append(ctx context.Context, e Entry) (int64, error)

	// Incarnation is the four base-32 characters that set this journal apart
	// from one that was lost or restored.
	Incarnation() string

	// FingerprintKey is the secret under which auth codes are hashed.
	FingerprintKey() []byte
}

// Reader is what lists, commands and the screen read. It works beside a writer.
type Reader interface {
	// Attempt folds one attempt from its entries. KindNotFound if there is none.
	Attempt(ctx context.Context, no OrderNo) (Attempt, error)
	// Timeline returns an attempt's entries, oldest first. KindNotFound if there is none.
	Timeline(ctx context.Context, no OrderNo) ([]Entry, error)
	// Open folds every attempt that the machine still works on (Summary.Busy), oldest first.
	Open(ctx context.Context) ([]Attempt, error)
	// List returns summaries, newest first.
	List(ctx context.Context, f Filter) ([]Summary, error)
	// Attentions counts the attempts with an attention reason.
	Attentions(ctx context.Context) (int, error)
	// FindCode returns the attempt that used the auth code with this fingerprint, or "".
	FindCode(ctx context.Context, fingerprint string) (OrderNo, error)
	// EndsRun reports whether the entry is the last of the run that wrote it: the
	// program was killed there, or is there still.
	EndsRun(ctx context.Context, seq int64) (bool, error)
	// LastCounter returns the highest counter that this till used on the shop's day; 0 if none.
	LastCounter(ctx context.Context, till, day string) (int, error)
}

// Filter selects summaries; zero fields do not select.
type Filter struct {
	Day       string    // the shop's day on which the attempt began
	From, To  time.Time // began at or after, before
	States    []State
	Attention bool // only those with an attention reason
	Cashier   string
	Till      string
	Sale      SaleID
	Currency  Currency
	Minor     int64  // this price, minor units
	After     int64  // first entry above this seq: of a shift,
	Upto      int64  // up to and with this
	Find      string // part of an order number, transaction id, ref or amount
	Before    int64  // first entry below this seq: the next page
	Limit     int    // at most so many; 0: 50
}

// Total is what the attempts of one day, currency, cashier, till and state add up to.
type Total struct {
	Currency      Currency
	Cashier       string
	Till          string
	State         State
	Attempts      int
	Minor         int64 // the sum of their prices, minor units
	RefundedMinor int64 // given back of them since, for certain
}

// Name is the event's name in the journal.
func (e Entry) Name() string { return EventName(e.Event) }

// EventName is the name of an event in the journal and in the timeline of
// --json: "intent", "query_answer", … A name is never reused for something else.
// An event of the till itself has the name it was noted under.
func EventName(e Event) string {
	switch e := e.(type) {
	case Intended:
		return "intent"
	case SubmitAnswered:
		return "submit_answer"
	case QuerySent:
		return "query"
	case QueryAnswered:
		return "query_answer"
	case RevokePressed:
		return "revoke_pressed"
	case RevokeSent:
		return "revoke"
	case RevokeAnswered:
		return "revoke_answer"
	case AskPressed:
		return "ask_pressed"
	case Left:
		return "left"
	case Returned:
		return "returned"
	case Unseen:
		return "unseen"
	case Acknowledged:
		return "acknowledged"
	case BillDiffers:
		return "bill_differs"
	case Annotated:
		return "annotated"
	case VoidPressed:
		return "void_pressed"
	case RefundPressed:
		return "refund_pressed"
	case RefundSent:
		return "refund"
	case RefundAnswered:
		return "refund_answer"
	case RefundQuerySent:
		return "refund_query"
	case RefundQueryAnswered:
		return "refund_query_answer"
	case Resumed:
		return "resumed"
	case ClockStepped:
		return "clock_stepped"
	case ShiftClosed:
		return "shift_z"
	case Noted:
		return e.Name
	case Ticked:
	}
	panic(fmt.Sprintf("pos: %T is not journaled", e))
}

// DecodeEvent is the inverse of EventName and json.Marshal. An order's entry
// with an unknown name is an error; a till's own entry (order empty) is Noted
// under whatever name, if it is noted under it. What this version does not know
// is an error and never left out: the fold would not be what the till held.
func DecodeEvent(no OrderNo, name string, data []byte) (Event, error) {
	if no == "" && name == "shift_z" { // the only one that is not Noted
		return unmarshal[ShiftClosed](data)
	}
	if no == "" {
		e, err := unmarshal[Noted](data)
		if err == nil && EventName(e) != name {
			err = fmt.Errorf("event %q says that it is %q", name, EventName(e))
		}
		return e, err
	}
	switch name {
	case "intent":
		return unmarshal[Intended](data)
	case "submit_answer":
		return unmarshal[SubmitAnswered](data)
	case "query":
		return unmarshal[QuerySent](data)
	case "query_answer":
		return unmarshal[QueryAnswered](data)
	case "revoke_pressed":
		return unmarshal[RevokePressed](data)
	case "revoke":
		return unmarshal[RevokeSent](data)
	case "revoke_answer":
		return unmarshal[RevokeAnswered](data)
	case "ask_pressed":
		return unmarshal[AskPressed](data)
	case "left":
		return unmarshal[Left](data)
	case "returned":
		return unmarshal[Returned](data)
	case "unseen":
		return unmarshal[Unseen](data)
	case "acknowledged":
		return unmarshal[Acknowledged](data)
	case "bill_differs":
		return unmarshal[BillDiffers](data)
	case "annotated":
		return unmarshal[Annotated](data)
	case "void_pressed":
		return unmarshal[VoidPressed](data)
	case "refund_pressed":
		return unmarshal[RefundPressed](data)
	case "refund":
		return unmarshal[RefundSent](data)
	case "refund_answer":
		return unmarshal[RefundAnswered](data)
	case "refund_query":
		return unmarshal[RefundQuerySent](data)
	case "refund_query_answer":
		return unmarshal[RefundQueryAnswered](data)
	case "resumed":
		return unmarshal[Resumed](data)
	case "clock_stepped":
		return unmarshal[ClockStepped](data)
	}
	return nil, fmt.Errorf("event %q is not known to this version", name)
}

// unmarshal reads one JSON object of known fields and nothing after it.
func unmarshal[E Event](data []byte) (Event, error) {
	var e E
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, err
	}
	if _, err := d.Token(); err != io.EOF {
		return e, errors.New("something follows the event")
	}
	return e, nil
}

// Fold replays entries of one attempt, oldest first. The result is exactly
// what the till that wrote them held. It fails on a history that the machine
// could not have made.
func Fold(entries []Entry) (a Attempt, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("fold %s: %v", a.OrderNo, p)
		}
	}()
	for _, e := range entries {
		a, _ = Next(a, e.Event, e.At)
		a.First, a.Seq = cmp.Or(a.First, e.Seq), e.Seq
	}
	return a, nil
}
