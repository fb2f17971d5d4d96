package ui

import (
	"time"

	"cashier/pos"
)

// keepFor is how long a code that was scanned before the amount is kept (design 7).
const keepFor = 30 * time.Second

// step is how far the sale in front has come.
type step int

// The steps.
const (
	stepAmount  step = iota + 1 // the amount is being keyed
	stepCode                    // the amount stands, the code is to be scanned
	stepWriting                 // the till is making the intent durable
	stepAttempt                 // there is an attempt; its state says the rest
)

// sale is the one in front: what the cashier keys and looks at.
type sale struct {
	amount  pos.Money    // zero while it is being keyed
	held    pos.AuthCode // scanned before the amount; zero: none
	until   time.Time    // held is forgotten then
	writing bool
	attempt pos.Attempt // the newest; zero before the first
}

func (s *sale) step() step {
	switch {
	case s.writing:
		return stepWriting
	case s.attempt.OrderNo != "":
		return stepAttempt
	case s.amount.Minor > 0:
		return stepCode
	default:
		return stepAmount
	}
}

// settled reports whether a verdict stands in front.
func (s *sale) settled() bool { return s.step() == stepAttempt && s.attempt.State.Settled() }

// doubt reports whether an attempt in front is still open.
func (s *sale) doubt() bool { return s.step() == stepAttempt && !s.attempt.State.Settled() }

// shows reports whether the attempt is the one in front.
func (s *sale) shows(no pos.OrderNo) bool { return s.attempt.OrderNo == no }
