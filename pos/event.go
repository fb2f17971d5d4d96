package pos

import "time"

// Event is something that happened to an attempt. The set is closed. Every
// event but Ticked is journaled, under the name that EventName gives it.
//
//sumtype:decl
type Event interface{ isEvent() }

// Intended begins an attempt: everything that was decided before the first byte leaves.
type Intended struct {
	OrderNo     OrderNo `json:"order_no"`
	Sale        SaleID  `json:"sale"`
	Number      int     `json:"attempt"`
	Method      Method  `json:"method"`
	Amount      Money   `json:"amount"`
	CodeLast4   string  `json:"code_last4"`
	Fingerprint string  `json:"code_fingerprint"`
	Cashier     string  `json:"cashier,omitempty"`
	Till        string  `json:"till"`
	Ref         string  `json:"ref,omitempty"`
	Practice    bool    `json:"practice,omitempty"`
	Counter     int     `json:"counter"` // of the day, inside the order number
	Terms       Terms   `json:"terms"`
}

// RefundPressed begins a refund of a paid order: everything about it is decided.
type RefundPressed struct {
	No     string `json:"refund_no"`
	Amount Money  `json:"amount"`
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"`
}

// VoidPressed takes a paid order back by a revoke, all of it.
type VoidPressed struct {
	By     string `json:"by,omitempty"`
	Reason string `json:"reason"`
	// ClockSince is since when the till's clock has run evenly: its start, or
	// when somebody set the wall clock. Nobody has told a settled order of either.
	ClockSince time.Time `json:"clock_since,omitzero"`
}

// Annotated: somebody wrote down what is known of an attempt. It never changes a verdict.
type Annotated struct {
	By   string `json:"by,omitempty"`
	Text string `json:"text"`
}

// The answers, one event for each call.
type (
	// SubmitAnswered: Quick Pay was answered, timed out or was never sent.
	SubmitAnswered struct {
		Answer Answer `json:"answer"`
	}
	// QueryAnswered: Query Order was answered or not.
	QueryAnswered struct {
		Answer Answer `json:"answer"`
	}
	// RevokeAnswered: Revoke was answered or not.
	RevokeAnswered struct {
		Answer Answer `json:"answer"`
	}
	// RefundAnswered: Apply for Refund was answered or not.
	RefundAnswered struct {
		Answer Answer `json:"answer"`
	}
	// RefundQueryAnswered: Query Refund was answered or not.
	RefundQueryAnswered struct {
		Answer Answer `json:"answer"`
	}
)

// What the machine itself does in the course of time.
type (
	// Ticked: time has passed. It becomes one of the others, or nothing.
	Ticked struct{}
	// QuerySent: Query Order is about to be called.
	QuerySent struct {
		Last bool `json:"last,omitempty"` // the last one before revoke
	}
	// RevokeSent: Revoke is about to be called.
	RevokeSent struct{}
	// RefundSent: Apply for Refund is about to be called.
	RefundSent struct{}
	// RefundQuerySent: Query Refund is about to be called.
	RefundQuerySent struct{}
)

// What people do.
type (
	// RevokePressed: somebody asked for a revoke.
	RevokePressed struct {
		By string `json:"by,omitempty"`
	}
	// AskPressed: somebody asked to query now.
	AskPressed struct{}
	// Left: nobody is looking any more: parked, or the screen is gone.
	Left struct{}
	// Returned: somebody is looking again.
	Returned struct{}
	// Unseen: the program ended before anybody can have seen the verdict.
	Unseen struct{}
	// Acknowledged: somebody has seen what needed attention. What has come since stays.
	Acknowledged struct {
		By   string    `json:"by,omitempty"`
		Text string    `json:"text,omitempty"` // what a manager has found out about it
		Of   Attention `json:"of,omitempty"`   // what was seen; empty: whatever there was
	}
	// BillDiffers: the bill of a day does not say what the journal says, and
	// Query Order did not clear it up. It never changes a verdict.
	BillDiffers struct {
		Day    string `json:"day"`  // of the bill, "2026-11-21", GMT+8
		Kind   string `json:"kind"` // a Difference
		Ours   string `json:"ours"`
		Theirs string `json:"theirs"`
	}
)

// What happens to the program.
type (
	// Resumed: the program was started again with the attempt open.
	Resumed struct{}
	// ClockStepped: the wall clock jumped by so much, or the machine slept.
	ClockStepped struct {
		ByMS int64 `json:"by_ms"`
	}
	// ShiftClosed is the Z report of a shift: an event of the till itself.
	ShiftClosed struct {
		Closing
	}
	// Noted is an event of the till itself and of no attempt: started, stopped,
	// clock_step; who signed in, what was refused. Next does not take it.
	Noted struct {
		Name   string            `json:"name"`
		Detail map[string]string `json:"detail,omitempty"`
	}
)

func (Intended) isEvent()       {}
func (SubmitAnswered) isEvent() {}
func (QueryAnswered) isEvent()  {}
func (RevokeAnswered) isEvent() {}
func (Ticked) isEvent()         {}
func (QuerySent) isEvent()      {}
func (RevokeSent) isEvent()     {}
func (RevokePressed) isEvent()  {}
func (AskPressed) isEvent()     {}
func (Left) isEvent()           {}
func (Returned) isEvent()       {}
func (Unseen) isEvent()         {}
func (Acknowledged) isEvent()   {}
func (BillDiffers) isEvent()    {}
func (Resumed) isEvent()        {}
func (ClockStepped) isEvent()   {}
func (ShiftClosed) isEvent()    {}
func (Noted) isEvent()          {}

func (VoidPressed) isEvent() {}
func (Annotated) isEvent()   {}

func (RefundPressed) isEvent()       {}
func (RefundSent) isEvent()          {}
func (RefundAnswered) isEvent()      {}
func (RefundQuerySent) isEvent()     {}
func (RefundQueryAnswered) isEvent() {}

// Effect is something the shell is asked to do. Effects are carried out in
// order and stop at the first that fails:
//
//  1. Record makes its event durable, with the state it led to. Nothing below happens before it.
//  2. Submit, Query, Revoke, GiveBack and AskRefund call the gateway once; the answer comes back as an Event.
//  3. After asks for a Ticked not earlier than its time.
//
//sumtype:decl
type Effect interface{ isEffect() }

// The effects.
type (
	// Record journals Event.
	Record struct{ Event Event }
	// Submit sends Quick Pay, once in the life of an order number.
	Submit struct{}
	// Query calls Query Order, for at most Within (0: as long as any call).
	Query struct{ Within time.Duration }
	// Revoke calls Revoke.
	Revoke struct{}
	// GiveBack calls Apply for Refund.
	GiveBack struct{}
	// AskRefund calls Query Refund.
	AskRefund struct{}
	// After asks for a Ticked not earlier than At.
	After struct{ At time.Time }
)

func (Record) isEffect()    {}
func (Submit) isEffect()    {}
func (Query) isEffect()     {}
func (Revoke) isEffect()    {}
func (GiveBack) isEffect()  {}
func (AskRefund) isEffect() {}
func (After) isEffect()     {}

// AnswerOf is the gateway's answer that an event brings, or none.
func AnswerOf(e Event) Answer {
	switch e := e.(type) {
	case SubmitAnswered:
		return e.Answer
	case QueryAnswered:
		return e.Answer
	case RevokeAnswered:
		return e.Answer
	case RefundAnswered:
		return e.Answer
	case RefundQueryAnswered:
		return e.Answer
	case Intended, Ticked, QuerySent, RevokeSent, RefundSent, RefundQuerySent, RevokePressed, RefundPressed, AskPressed, Left, Returned,
		Unseen, Acknowledged, Annotated, VoidPressed, BillDiffers, Resumed, ClockStepped, ShiftClosed, Noted:
	}
	return Answer{}
}
