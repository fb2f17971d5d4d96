package ui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// This file is the way from the counter to the manager's screen and back.

// manage is the manager's key. In practice, and for the very first time, nobody
// is asked for a PIN; where money is real somebody has to be named first.
func (m *Model) manage() {
	switch {
	case len(m.people) > 0:
		m.openSignIn(signReview)
	case m.till.Policy().Practice:
		m.openReview(pos.Person{Name: m.opt.Cashier}, true)
	default:
		m.openSignIn(signFirst)
	}
}

// openReview lays the manager's screen over the counter: to look something up, or
// to act with a permission.
func (m *Model) openReview(who pos.Person, acting bool) {
	policy := m.till.Policy()
	o := reviewOptions{
		Books: m.opt.Books, Zone: policy.Zone, Store: m.opt.Store, Till: policy.Till, Currency: policy.Currency,
		Practice: policy.Practice, Now: m.till.Now, Prefixes: policy.Prefixes, Who: who, Archive: m.opt.Archive,
		Views: m.opt.Views, SaveView: m.opt.SaveView, Language: m.opt.Language, Report: m.opt.Report,
	}
	if acting {
		o.Office = m.opt.Office
	}
	m.acting = acting
	m.review = newReview(m.pen, o)
	if !acting {
		m.review.find()
	}
	m.lay(coverReview)
	m.cmds = append(m.cmds, m.review.Init())
}

// reviewTakes hands a message to the manager's screen, if that is open.
func (m *Model) reviewTakes(msg tea.Msg) bool {
	if m.review == nil {
		return false
	}
	m.cmds = append(m.cmds, m.review.Update(msg))
	if m.review.left {
		m.closeReview()
	}
	return true
}

// closeReview goes back to the counter. Who works here may have changed.
func (m *Model) closeReview() {
	m.review = nil
	m.uncover()
	m.readPeople()
	m.refresh()
}

// verify looks through the journal since the last closing, once the first frame stands.
func (m *Model) verify() {
	if check := m.opt.Verify; check != nil {
		m.run(func() tea.Msg { return verifiedMsg{check(context.Background())} })
	}
}

// verified has a manager called when the journal is not as it was written. Nobody
// is kept from paying by that.
func (m *Model) verified(err error) {
	m.report(err)
	m.edited = err != nil
}
