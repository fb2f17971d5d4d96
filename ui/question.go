package ui

import (
	"time"

	"cashier/pos"
)

// subject is what a question is about.
type subject int

// The questions.
const (
	askRevoke subject = iota + 1
	askLeave
	askSeen
)

// choice is the answer to a question.
type choice int

// The choices.
const (
	undecided choice = iota
	chosenYes
	chosenNo
)

// armAfter is how long a question has to be left in peace, by the scanner most
// of all, before it takes an answer (design 7).
const armAfter = 300 * time.Millisecond

// question asks for y or n. Enter means nothing to it, nor do digits, nor an
// answer that comes before the quiet period is over. It never acts; it says what
// was chosen.
type question struct {
	about  subject
	no     pos.OrderNo // what it is about; empty for askLeave
	by     string      // who asked
	lines  []string
	armsAt time.Time
}

// Disturb begins the quiet period, again if it must be.
func (q *question) Disturb(now time.Time) { q.armsAt = now.Add(armAfter) }

// Answer takes y or n; too early, it disturbs.
func (q *question) Answer(c choice, now time.Time) choice {
	if now.Before(q.armsAt) {
		q.Disturb(now)
		return undecided
	}
	return c
}

// askToRevoke asks before the one-way door, and says which of the two things
// will happen as far as it is known.
func (m *Model) askToRevoke(by string) {
	a := m.sale.attempt
	if a.CanRevoke(m.now) != nil { // it has its verdict meanwhile
		return
	}
	what := "question.unknown"
	switch {
	case a.Method.Closes():
		what = "question.close"
	case a.PaidSeen():
		what = "question.paid"
	case a.Reason == pos.ReasonPayError:
		what = "question.open"
	}
	lines := []string{m.say(what, vars{"Amount": a.Amount.String()})}
	if !a.Method.Closes() {
		lines = append(lines, m.say("question.door"))
	}
	m.ask(question{about: askRevoke, no: a.OrderNo, by: by, lines: lines})
}

// revokeAsked is the revoke key: another cashier's attempt is a manager's to revoke.
func (m *Model) revokeAsked() {
	if !m.may(m.sale.attempt.RevokeOf(m.who.Name)) {
		m.openSignIn(signRevoke)
		return
	}
	m.askToRevoke(m.cashier())
}

// askToLeave asks only while money is open. A second Ctrl-C leaves.
func (m *Model) askToLeave() {
	open := 0
	for _, a := range m.open {
		if !a.State.Settled() {
			open++
		}
	}
	if m.sale.writing {
		open++
	}
	if open == 0 {
		m.leave()
		return
	}
	m.ask(question{about: askLeave, lines: []string{
		m.say("question.leave", vars{"Count": open}), m.say("question.again"),
	}})
}

// askIfSeen asks before a payment that nobody saw goes off the attention list.
func (m *Model) askIfSeen(s pos.Summary) {
	key := "question.seen"
	if s.Method.Closes() {
		key = "question.seen_shown"
	}
	m.ask(question{about: askSeen, no: s.OrderNo, lines: []string{m.say(key, vars{
		"Amount": s.Amount.String(), "Time": m.clock(s.CreatedAt), "Code": clean(s.CodeLast4, 4),
	})}})
}

// ask lays a question over the counter.
func (m *Model) ask(q question) {
	m.question = q
	m.lay(coverQuestion)
	m.armQuestion()
}

// armQuestion begins the quiet period of the question.
func (m *Model) armQuestion() { m.question.Disturb(m.now) }

// chosen acts on the answer.
func (m *Model) chosen(c choice) {
	if c == undecided {
		return
	}
	q := m.question
	m.uncover()
	if c == chosenNo {
		return
	}
	switch q.about {
	case askRevoke:
		m.refuseOn(m.till.Revoke(q.no, q.by), "refuse.revoke")
	case askLeave:
		m.leave()
	case askSeen:
		m.acknowledge(q.no)
	}
}

// withdraw takes back a question about a revoke that is no longer possible: the
// verdict has come meanwhile.
func (m *Model) withdraw() {
	if m.cover != coverQuestion || m.question.about != askRevoke {
		return
	}
	if a, known := m.till.Attempt(m.question.no); !known || a.State.Settled() {
		m.uncover()
	}
}
