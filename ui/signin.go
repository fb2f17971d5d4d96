package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// This file is who stands at the till: the page that asks for a name and a PIN,
// and the lock that comes back when nobody touches anything. Where no people
// were ever named there is none of it.

// Times after which a screen that nobody touches asks who is there again
// (reliability 6).
const (
	idleLock    = 5 * time.Minute
	idleManager = time.Minute
	idleChoice  = 10 * time.Second // of a name without a PIN: the next number may be another's
)

// purpose is what a PIN is asked for.
type purpose int

// The purposes.
const (
	signTill   purpose = iota + 1 // to sell; until then the till is locked
	signReview                    // for the manager's screen
	signRevoke                    // to revoke another cashier's attempt
	signFirst                     // the first manager is being named
)

// needs are the permissions that the purposes need.
var needs = map[purpose]pos.Permission{signTill: pos.MaySell, signReview: pos.MayReview, signRevoke: pos.MayRevokeAny}

// signIn is a page on which somebody says who they are. A PIN is keyed by a
// hand: what comes in a burst is a scanner's, and nothing of it is used. It
// takes keys before the splitter does, and keeps no digit when it goes.
type signIn struct {
	what   purpose
	people []pos.Person
	chosen int    // of people; -1: nobody yet
	name   []rune // signFirst: being typed
	named  bool   // signFirst: the name stands
	first  string // signFirst: the PIN as it was typed first
	pin    []rune
	busy   bool // the PIN is being looked at
	last   time.Time
	spoilt bool // a burst: until there is silence
	run    int  // digits without a silence between them
}

// Messages of the sign-in page.
type (
	// signedMsg: somebody said who they are.
	signedMsg struct {
		who    pos.Person
		people []pos.Person
		err    error
	}
	// peopleMsg: who works here was read.
	peopleMsg struct {
		people []pos.Person
		err    error
	}
)

// cashier is who sells: whoever has signed in, or was named when the program began.
func (m *Model) cashier() string {
	if len(m.people) > 0 {
		return m.who.Name
	}
	return m.opt.Cashier
}

// locked reports whether nobody has said who they are, though people are named.
func (m *Model) locked() bool { return len(m.people) > 0 && m.who.Name == "" }

// may reports whether whoever stands here may do it; where nobody was ever named
// everybody may.
func (m *Model) may(p pos.Permission) bool { return len(m.people) == 0 || m.who.Role.May(p) }

// openSignIn lays the page over the counter.
func (m *Model) openSignIn(what purpose) {
	m.sign = signIn{what: what, people: m.people, chosen: -1, last: m.now}
	if what == signTill && len(m.sign.people) > 0 {
		m.sign.chosen = slices.IndexFunc(m.people, func(p pos.Person) bool { return p.Name == m.opt.Cashier })
	}
	m.lay(coverSignIn)
}

// lock takes the till from whoever sold. What is open goes on, and a code that
// was kept is forgotten.
func (m *Model) lock(why string) {
	if name := m.who.Name; name != "" {
		m.run(func() tea.Msg { return doneMsg{m.opt.Office.SignOut(context.Background(), name, why)} })
	}
	m.who, m.sale.held, m.review = pos.Person{}, pos.AuthCode{}, nil
	m.openSignIn(signTill)
	m.kept.Clear() // nobody sells what somebody else has begun to key
	if m.sale.step() == stepCode {
		m.sale = sale{}
	}
	m.mindTheEyes()
}

// mindTheIdle locks a till that nobody touches, and takes the manager's screen
// away sooner.
func (m *Model) mindTheIdle() {
	idle := m.now.Sub(m.touched)
	switch {
	case m.sale.writing:
	case m.who.Name != "" && idle >= idleLock:
		m.lock("idle")
	case m.cover == coverReview && m.acting && len(m.people) > 0 && idle >= idleManager:
		m.lock("idle") // keys meant for the manager's screen sell nothing
	case m.cover == coverSignIn && idle >= idleChoice && !m.sign.busy && m.sign.chosen >= 0:
		m.sign.chosen, m.sign.pin = -1, nil
	case m.cover == coverSignIn && m.sign.what != signTill && idle >= idleManager:
		m.closeReview()
	}
}

// machine reports keys that no hand typed: digits in a burst.
func (s *signIn) machine(k tea.KeyMsg, now time.Time) bool {
	gap := now.Sub(s.last)
	s.last = now
	digits := slices.ContainsFunc(k.Runes, func(r rune) bool { return '0' <= r && r <= '9' })
	if gap >= quietFor {
		s.run = 0
	}
	if digits {
		s.run += len(k.Runes)
	}
	if s.spoilt && gap < quietFor {
		return true
	}
	s.spoilt = digits && (k.Paste || len(k.Runes) > 1 || gap < burstGap)
	if s.spoilt {
		s.pin = nil
	}
	return s.spoilt
}

// signKey takes a key for the page.
func (m *Model) signKey(k tea.KeyMsg) {
	s := &m.sign
	if s.busy {
		s.machine(k, m.now)
		return
	}
	if s.machine(k, m.now) {
		m.refuse("signin.scan")
		return
	}
	m.notice = line{}
	switch k.Type {
	case tea.KeyCtrlC:
		m.uncoverSignIn()
		m.askToLeave()
	case tea.KeyEnter:
		m.signEntered()
	case tea.KeyBackspace:
		m.signBack()
	case tea.KeyUp, tea.KeyDown:
		s.move(k.Type)
	case tea.KeyRunes, tea.KeySpace:
		s.typed(k.Runes)
	}
}

// scanning reports whether a scanner, however slow, has just sent digits to the page.
func (s *signIn) scanning(now time.Time) bool {
	return (s.spoilt || s.run > 1) && now.Sub(s.last) < quietFor
}

// move chooses the neighbour in the list.
func (s *signIn) move(k tea.KeyType) {
	step := 1
	if k == tea.KeyUp {
		step = -1
	}
	if n := len(s.people); n > 0 && len(s.pin) == 0 && s.what != signFirst {
		s.chosen = min(max(s.chosen+step, 0), n-1)
	}
}

// typed adds to what is being keyed: a name, the number of a name, a PIN.
func (s *signIn) typed(runes []rune) {
	for _, r := range runes {
		digit := '0' <= narrow(r) && narrow(r) <= '9'
		switch {
		case s.what == signFirst && !s.named:
			s.name = append(s.name, r)
		case digit && s.chosen < 0 && s.what != signFirst:
			if n := int(narrow(r) - '1'); n >= 0 && n < len(s.people) {
				s.chosen = n
			}
		case digit && len(s.pin) == pos.MaxPIN: // a slow scanner: no PIN is so long
			s.pin, s.spoilt = nil, true
		case digit:
			s.pin = append(s.pin, narrow(r))
		}
	}
}

// signBack takes back the last of what was keyed, and in the end the page, where
// the till is not locked by it.
func (m *Model) signBack() {
	s := &m.sign
	switch {
	case len(s.pin) > 0:
		s.pin = s.pin[:len(s.pin)-1]
	case s.what == signFirst && s.named:
		s.named, s.first = false, ""
	case len(s.name) > 0:
		s.name = s.name[:len(s.name)-1]
	case s.what != signFirst && s.chosen >= 0:
		s.chosen = -1
	default:
		m.uncoverSignIn()
	}
}

// uncoverSignIn takes the page away, and remembers a scan that goes on; a locked till stays locked.
func (m *Model) uncoverSignIn() {
	m.sign = signIn{what: m.sign.what, people: m.sign.people, chosen: -1, last: m.sign.last, spoilt: m.sign.spoilt, run: m.sign.run}
	m.uncover()
}

// signEntered is the Enter key: the next field, or the PIN as a whole.
func (m *Model) signEntered() {
	s := &m.sign
	pin := string(s.pin)
	switch {
	case s.what == signFirst:
		m.firstEntered(pin)
	case s.chosen < 0 || pin == "":
	default:
		s.busy, s.pin, s.run = true, nil, 0
		m.signAs(s.people[s.chosen].Name, pin, needs[s.what])
	}
}

// firstEntered takes the first manager's name, and a PIN twice.
func (m *Model) firstEntered(pin string) {
	s := &m.sign
	name := string(s.name)
	switch {
	case !s.named && pos.CheckName(name) != nil:
		m.refuse("signin.name_wrong")
	case !s.named:
		s.named = true
	case pos.CheckPIN(pin) != nil:
		s.pin = nil
		m.refuse("signin.weak")
	case s.first == "":
		s.first, s.pin = pin, nil
	case s.first != pin:
		s.first, s.pin = "", nil
		m.refuse("signin.unlike")
	default:
		s.busy = true
		m.employFirst(name, pin)
	}
}

// signAs has the PIN looked at and the permission asked.
func (m *Model) signAs(name, pin string, p pos.Permission) {
	office := m.opt.Office
	m.run(func() tea.Msg {
		ctx := context.Background()
		who, err := office.SignIn(ctx, name, pin, string(p))
		if err == nil {
			err = office.Allow(ctx, who, p, "")
		}
		people, readErr := office.People(ctx)
		return signedMsg{who, people, errors.Join(err, readErr)}
	})
}

// employFirst names the first manager, who then stands at the till.
func (m *Model) employFirst(name, pin string) {
	office := m.opt.Office
	m.run(func() tea.Msg {
		ctx := context.Background()
		err := office.Employ(ctx, pos.Person{}, name, pos.RoleManager, pin)
		var who pos.Person
		if err == nil {
			who, err = office.SignIn(ctx, name, pin, string(pos.MaySell))
		}
		people, readErr := office.People(ctx)
		return signedMsg{who, people, errors.Join(err, readErr)}
	})
}

// signed is the answer to a PIN.
func (m *Model) signed(msg signedMsg) {
	what := m.sign.what
	m.sign.busy, m.touched = false, m.now
	if msg.people != nil {
		m.people, m.sign.people = msg.people, msg.people
	}
	if msg.err != nil {
		m.report(msg.err)
		m.refuseSignIn(msg.err)
		return
	}
	switch what {
	case signTill, signFirst:
		m.who = msg.who
		m.uncoverSignIn()
		m.mindTheEyes()
		if what == signFirst {
			m.remark("signin.named", vars{"Name": clean(msg.who.Name, 24)})
		}
	case signReview:
		m.uncoverSignIn()
		m.openReview(msg.who, true)
	case signRevoke:
		m.uncoverSignIn()
		m.askToRevoke(msg.who.Name)
	}
}

// refuseSignIn says why, and has whoever it is begin anew with the PIN.
func (m *Model) refuseSignIn(err error) {
	s := &m.sign
	s.first, s.pin = "", nil
	switch {
	case errors.Is(err, pos.ErrPIN), errors.Is(err, pos.ErrLocked):
		wait := time.Duration(0)
		if s.chosen >= 0 && s.chosen < len(s.people) {
			wait = s.people[s.chosen].Locked(m.now)
		}
		if wait > 0 {
			m.refuse("signin.wait", vars{"N": seconds(wait)})
			return
		}
		m.refuse("signin.wrong")
	case errors.Is(err, pos.ErrNotAllowed):
		m.uncoverSignIn()
		m.refuse("signin.refused")
	default:
		m.refuse(lookup(refusals, pos.KindOf(err), "refuse.fault"))
	}
}

// readPeople reads who works here; the manager may have changed it.
func (m *Model) readPeople() {
	office := m.opt.Office
	if office == nil {
		return
	}
	m.run(func() tea.Msg {
		people, err := office.People(context.Background())
		return peopleMsg{people, err}
	})
}

// peopleRead takes it. Somebody who works here no more is no longer signed in.
func (m *Model) peopleRead(msg peopleMsg) {
	if m.report(msg.err); msg.err != nil {
		return
	}
	m.people = msg.people
	if i := slices.IndexFunc(m.people, func(p pos.Person) bool { return p.Name == m.who.Name }); i >= 0 {
		m.who = m.people[i]
	} else if len(m.people) > 0 && m.who.Name != "" {
		m.lock("left")
	}
}
