package ui

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// Messages. What is delayed has a number; one that is not the newest is stale
// and is dropped.
type (
	// changedMsg: something about the till has changed.
	changedMsg struct{}
	// sideMsg: the lists were read.
	sideMsg struct {
		side side
		err  error
	}
	// chargedMsg: the intent is durable, or the sale was refused.
	chargedMsg struct {
		attempt pos.Attempt
		err     error
	}
	// doneMsg: something was written down, or could not be.
	doneMsg struct{ err error }
	// verifiedMsg: the journal was looked through since the last closing.
	verifiedMsg struct{ err error }
	// seenMsg: an acknowledgement was taken or not.
	seenMsg struct{ err error }
	// tickMsg: time goes on.
	tickMsg struct{ seq int }
	// quietMsg: the scanner has been silent, shortly or for long.
	quietMsg struct {
		seq  int
		long bool
	}
	// faultMsg: a command panicked.
	faultMsg struct{ err error }
)

// run has a command done after this update. A panic in it becomes a message:
// the till goes on, and so does the screen.
func (m *Model) run(cmd tea.Cmd) {
	m.cmds = append(m.cmds, func() (msg tea.Msg) {
		defer func() {
			if p := recover(); p != nil {
				msg = faultMsg{fmt.Errorf("panic on the screen: %v\n%s", p, debug.Stack())}
			}
		}()
		return cmd()
	})
}

// after has a message sent in d.
func (m *Model) after(d time.Duration, msg tea.Msg) {
	m.run(tea.Tick(d, func(time.Time) tea.Msg { return msg }))
}

// watch waits for the next change. The channel is taken before the till is
// read, so no change is missed; there is always exactly one watcher.
func (m *Model) watch() {
	changed := m.till.Changed()
	m.run(func() tea.Msg {
		<-changed
		return changedMsg{}
	})
	m.refresh()
}

// refresh reads the till: the sale in front, what is open, what has ended.
func (m *Model) refresh() {
	if a, known := m.till.Attempt(m.sale.attempt.OrderNo); known {
		if a.State != m.sale.attempt.State {
			m.notice = line{} // it was about how the sale stood before
			m.in.Outdate()
		}
		m.sale.attempt = a
	}
	m.open, m.stop, m.column = m.till.Open(), m.till.Trouble(), nil
	m.mindTheEyes()
	m.tell()
	m.withdraw()
	m.readSide()
}

// mindTheEyes tells the till what somebody looks at: the sale in front, and no
// other. It is done again at each change, because a word can be lost while the
// journal is waited for.
func (m *Model) mindTheEyes() {
	if m.sale.writing {
		return
	}
	for _, a := range m.open {
		seen := m.sale.shows(a.OrderNo) && !m.locked() // behind the sign-in page nobody in particular looks
		switch {
		case a.State.Settled() || a.Away() != seen:
		case a.Away():
			m.till.Return(a.OrderNo)
		default:
			m.till.Leave(a.OrderNo)
		}
	}
}

// tell announces what has ended or come back since the last refresh, in front
// and among the parked sales. While a sale is being written it waits: a quick
// verdict is not to be announced before its sale stands in front.
func (m *Model) tell() {
	if m.sale.writing {
		return
	}
	pending := map[pos.OrderNo]bool{}
	for _, a := range m.open {
		if pending[a.OrderNo] = !a.State.Settled(); pending[a.OrderNo] && !m.pending[a.OrderNo] {
			m.cameBack(a)
		}
	}
	for no, was := range m.pending {
		if a, known := m.till.Attempt(no); was && known && a.State.Settled() {
			m.ended(a)
		}
	}
	m.pending = pending
}

// ended says a verdict: with the bell, and in words when the sale is not in front.
func (m *Model) ended(a pos.Attempt) {
	strokes := bellElse
	if a.State == pos.Paid {
		strokes = bellPaid
	}
	m.ring(strokes)
	if v := verdictOf(a.State); !m.sale.shows(a.OrderNo) {
		m.announce("news.ended", v.tone, a, vars{"Word": m.say(v.word)})
	}
}

// cameBack says that money was found behind a verdict (design 3.9).
func (m *Model) cameBack(a pos.Attempt) {
	if a.Attention == pos.AttentionPaidLate {
		m.ring(bellElse)
		m.announce("news.late", toneBad, a, vars{})
	}
}

func (m *Model) announce(key string, t tone, a pos.Attempt, with vars) {
	with["Amount"], with["Time"] = a.Amount.String(), m.clock(a.CreatedAt)
	m.news = line{text: m.say(key, with), tone: t, until: m.now.Add(newsFor)}
}

func (m *Model) ring(strokes int) {
	m.bell.Ring(strokes)
	m.after(pulse, bellMsg{&m.bell, m.bell.seq})
}

// readSide reads the lists in a command; what changes meanwhile is read when
// that one is back, so there is at most one on its way.
func (m *Model) readSide() {
	if m.reading {
		m.stale = true
		return
	}
	m.reading, m.stale = true, false
	reader, till := m.opt.Reader, m.till.Policy().Till
	limit := max(m.size.body, 1)
	m.run(func() tea.Msg {
		s, err := readSide(context.Background(), reader, till, limit)
		return sideMsg{s, err}
	})
}

// charge begins an attempt: the intent is written in a command, and until it is
// durable the screen says no more than that.
func (m *Model) charge(code pos.AuthCode) { m.begin(pos.Scan{Code: code}) }

// begin is charge for any method.
func (m *Model) begin(scan pos.Scan) {
	scan.Amount, scan.Sale, scan.Cashier = m.sale.amount, m.sale.attempt.Sale, m.cashier()
	m.sale.held, m.sale.writing = pos.AuthCode{}, true
	m.run(func() tea.Msg {
		a, err := m.till.Charge(context.Background(), scan)
		return chargedMsg{a, err}
	})
}

// acknowledge takes a payment off the attention list, from an earlier run too.
func (m *Model) acknowledge(no pos.OrderNo) {
	by := m.cashier()
	m.run(func() tea.Msg {
		if _, err := m.till.TakeUp(context.Background(), no); err != nil {
			return seenMsg{err}
		}
		return seenMsg{m.till.Acknowledge(no, by)}
	})
}

// keepTime has the next tick sent: ten a second while something turns, else on
// the next whole second.
func (m *Model) keepTime() {
	fast := m.turns()
	if m.ticking && (m.fast || !fast) {
		return
	}
	m.ticking, m.fast, m.tick = true, fast, m.tick+1
	wait := spinEvery
	if !fast {
		wait = time.Second - m.now.Sub(m.now.Truncate(time.Second))
	}
	m.after(wait, tickMsg{m.tick})
}
