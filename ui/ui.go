package ui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// Options are everything the screen needs to know. Till, Reader and Language
// are required.
type Options struct {
	Till     *pos.Till
	Reader   pos.Reader // of the till's journal
	Books    pos.Books  // the same, for the manager's screen. Nil: there is none
	Office   *pos.Office
	People   []pos.Person // who works here, as the program begins; none: nobody was ever named
	Store    string       // as the header shows it
	Cashier  string       // written into every attempt
	Language string       // one of Languages, or any BCP 47 tag: "zh-CN" becomes zh-Hans
	Color    bool         // the sixteen colours of the terminal's theme; false for NO_COLOR
	ASCII    bool         // no character beyond ASCII outside the sentences
	Still    bool         // no animation

	// Health is how the newest call to WeChat Pay went: its round trip, and
	// whether it was answered. Before the first call asked is false. It is asked at
	// each tick and must not wait. Nil: the header says nothing.
	Health func() (rtt time.Duration, answered, asked bool)

	// Verify looks through the journal since the last closing; an error is a
	// difference. It is asked once, when the screen stands. Nil: nobody looks.
	Verify func(context.Context) error

	// Archive keeps what belongs to a closing in a file of its own and says where.
	Archive func(context.Context, pos.Closing) (string, error)

	Views    []View             // the manager's own filters
	SaveView func([]View) error // keeps them; nil: they are not kept

	// Report takes what the operator should find in the log. Nil: nothing.
	Report func(error)
}

// Times of the screen.
const (
	spinEvery = 100 * time.Millisecond
	newsFor   = 20 * time.Second
)

// cover is what lies over the counter and takes the keys.
type cover int

// The covers.
const (
	coverNone cover = iota + 1
	coverQuestion
	coverHelp
	coverSignIn
	coverReview
)

// line is a sentence at the bottom of the body.
type line struct {
	text  string
	tone  tone
	until time.Time // zero: until the next key
}

// Model is the cashier's screen, the only Bubble Tea model. Everything in it
// belongs to the update loop.
type Model struct {
	opt  Options
	pen  // how to speak and draw
	till *pos.Till
	keys keyMap
	size layout
	now  time.Time // of the message being handled, by the till's clock

	in       splitter
	text     typist
	kept     splitter // what had been keyed when the cover came
	stray    []byte   // bytes of a character that was read in pieces
	cover    cover
	question question
	sign     signIn
	review   *review
	acting   bool // in the manager's screen: with a manager's PIN
	sale     sale

	people  []pos.Person // who works here
	who     pos.Person   // has signed in
	touched time.Time    // the newest key
	early   time.Time    // the newest Enter before the verdict

	open    []pos.Attempt        // everything the till works on
	pending map[pos.OrderNo]bool // unsettled at the last refresh
	side    side
	stop    error    // why no new sale is taken
	broken  bool     // the journal could not be read
	edited  bool     // the journal is not as it was written
	column  []string // the lists as drawn; nil: to be drawn again
	code    code     // as drawn
	drawn   int64    // the second in which they were drawn

	notice, news line
	bell         bell
	leaving      bool

	cmds           []tea.Cmd // of this update
	reading, stale bool      // the lists are being read; and have changed since
	ticking, fast  bool      // a tick is on its way; a fast one
	tick, quiet    int       // the newest of each kind of delayed message
	beat           int       // of the spinner
}

// New makes the screen. It fails only when the catalogue cannot be read.
func New(o Options) (*Model, error) {
	w, err := newWords(o.Language)
	if err != nil {
		return nil, err
	}
	policy := o.Till.Policy()
	m := &Model{
		opt: o, till: o.Till, keys: newKeyMap(w), cover: coverNone, now: o.Till.Now(), people: o.People,
		pen:  pen{w, newLook(o.Color, newGlyphs(o.ASCII, w.cjk))},
		size: newLayout(leastWidth, leastHeight), // until the terminal says otherwise
		in:   splitter{prefixes: policy.Prefixes, dot: policy.Currency.Digits() > 0},
	}
	if m.touched = m.now; m.locked() {
		m.openSignIn(signTill)
	}
	m.enable()
	return m, nil
}

// Init begins to watch the till.
func (m *Model) Init() tea.Cmd {
	m.watch()
	m.verify()
	return m.settle()
}

// Update takes one message.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.now = m.till.Now()
	m.handle(msg)
	return m, m.settle()
}

// settle ends an update: keys on or off, the next tick, the commands.
func (m *Model) settle() tea.Cmd {
	m.enable()
	m.keepTime()
	cmds := m.cmds
	m.cmds = nil
	return tea.Batch(cmds...)
}

func (m *Model) handle(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		m.typed(msg)
	case signedMsg:
		m.signed(msg)
	case peopleMsg:
		m.peopleRead(msg)
	case doneMsg:
		m.report(msg.err)
	case verifiedMsg:
		m.verified(msg.err)
	case tea.WindowSizeMsg:
		m.size = newLayout(msg.Width, msg.Height)
		m.readSide()
	case changedMsg:
		m.watch()
	case sideMsg:
		m.sideRead(msg)
	case chargedMsg:
		m.charged(msg)
	case seenMsg:
		m.refuseOn(msg.err, "refuse.seen")
	case tickMsg:
		m.ticked(msg)
	case quietMsg:
		m.silence(msg)
	case letterMsg:
		m.letterAlone(msg)
	case bellMsg:
		switch {
		case msg.of != &m.bell:
			m.reviewTakes(msg)
		case msg.seq == m.bell.seq && m.bell.Beat():
			m.after(pulse, msg)
		}
	case faultMsg:
		m.fault(msg.err)
	case LeaveMsg:
		m.leave()
	default:
		m.reviewTakes(msg)
		m.strayByte(msg)
	}
}

// typed takes keys: who stands there is asked before anything else, and the
// manager's screen has keys of its own.
func (m *Model) typed(k tea.KeyMsg) {
	m.touched = m.now
	switch m.cover {
	case coverSignIn:
		m.signKey(k)
	case coverReview:
		m.reviewTakes(k)
	default:
		for _, s := range strokes(k) {
			m.stroke(s)
		}
	}
}

func (m *Model) sideRead(msg sideMsg) {
	m.reading, m.broken = false, msg.err != nil
	if m.report(msg.err); msg.err == nil {
		m.side = msg.side
	}
	m.column = nil
	if m.stale {
		m.readSide()
	}
}

// ticked moves what moves by itself.
func (m *Model) ticked(msg tickMsg) {
	if msg.seq != m.tick {
		return
	}
	m.ticking = false
	if !m.opt.Still {
		m.beat++
	}
	m.mindTheIdle()
	if !m.sale.held.IsZero() && !m.now.Before(m.sale.until) {
		m.sale.held = pos.AuthCode{}
		m.remark("amount.forgotten")
	}
}

// turns reports whether the spinner is on the screen.
func (m *Model) turns() bool {
	return !m.opt.Still && (m.sale.writing || m.sale.doubt())
}

// keying reports whether digits are an amount now.
func (m *Model) keying() bool { return m.cover == coverNone && m.sale.step() == stepAmount }

// enable switches every key by the question that the till itself asks.
func (m *Model) enable() {
	m.keys.Show.SetEnabled(m.mayShow())
	m.keys.Revoke.SetEnabled(m.sale.doubt() && m.sale.attempt.CanRevoke(m.now) == nil)
	m.keys.Revoke.SetHelp("r", m.say("key.revoke"))
	if m.sale.attempt.Method.Closes() {
		m.keys.Revoke.SetHelp("r", m.say("key.cancel"))
	}
	m.keys.Find.SetEnabled(m.opt.Books != nil)
	m.keys.Manager.SetEnabled(m.opt.Office != nil && !m.sale.writing)
	m.keys.Switch.SetEnabled(len(m.people) > 0 && !m.sale.writing)
	m.keys.Next.SetEnabled(m.sale.doubt())
	m.keys.Open.SetEnabled(m.nextOpen() != "")
	m.keys.Seen.SetEnabled(len(m.side.away) > 0 && m.may(pos.MayAcknowledge))
	m.keys.Enter.SetEnabled(m.sale.settled() || m.sale.step() == stepAmount)
	m.keys.Back.SetEnabled(m.sale.step() == stepAmount || m.sale.step() == stepCode && !m.sale.writing)
}

// lay covers the counter; what was being keyed waits underneath, so that a scan
// into a question cannot get mixed up with it.
func (m *Model) lay(c cover) {
	if m.cover == coverNone {
		m.kept = m.in
		m.in.Clear()
		if m.sale.step() != stepAmount { // digits are no amount there
			m.kept.Clear()
		}
	}
	m.cover = c
}

func (m *Model) uncover() {
	if m.locked() { // what lay over the sign-in page is gone, and the page is not
		m.cover = coverSignIn
		return
	}
	if m.in.Text() != "" && m.now.Sub(m.in.last) < quietFor || m.sign.scanning(m.now) { // the rest of a scan is no amount
		m.text.spoilt = true
		m.hush()
	}
	m.cover, m.in = coverNone, m.kept
	m.kept = splitter{}
}

// leave ends the screen; what is open goes on without it, and without anybody
// who looks.
func (m *Model) leave() {
	m.leaving = true
	if m.shown() != "" { // nobody can scan it any more (design 3.12)
		m.report(m.till.Revoke(m.sale.attempt.OrderNo, m.cashier()))
	}
	for _, a := range m.open {
		m.till.Leave(a.OrderNo)
	}
	m.run(tea.Quit)
}

// fault says that something inside went wrong. Whether a charge that was being
// written has begun is not known here; if it has, it is among the open sales.
func (m *Model) fault(err error) {
	m.report(err)
	if m.sale.writing {
		m.sale = sale{}
	}
	m.reading = false
	m.refuse("trouble.fault")
	m.refresh()
}

func (m *Model) report(err error) {
	if err != nil && m.opt.Report != nil {
		m.opt.Report(err)
	}
}

// remark says a sentence until the next key; refuse says it aloud.
func (m *Model) remark(key string, with ...vars) {
	m.notice = line{text: m.say(key, with...), tone: toneWait}
}

func (m *Model) refuse(key string, with ...vars) {
	m.notice = line{text: m.say(key, with...), tone: toneBad}
	m.ring(bellElse)
}

func (m *Model) refuseOn(err error, key string) {
	if err != nil {
		m.report(err)
		m.refuse(key)
	}
}

func (m *Model) clock(t time.Time) string { return t.In(m.till.Policy().Zone).Format("15:04") }
