package ui

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// reviewOptions are what the manager's screen needs to know. Books, Zone,
// Currency and Now are required.
type reviewOptions struct {
	Books    pos.Books
	Zone     *time.Location
	Store    string // as the header shows it
	Till     string
	Currency pos.Currency // of an amount that is keyed without one
	Practice bool
	Now      func() time.Time
	Prefixes []string // of auth codes: a scan is refused
	Language string   // of the till; the card for a customer begins in it

	Office *pos.Office // nil: read-only, nothing that acts is offered
	Who    pos.Person  // who acts

	// Archive keeps what belongs to a closing and says where. Nil: nothing is kept.
	Archive func(context.Context, pos.Closing) (string, error)

	Views    []View             // the shop's own
	SaveView func([]View) error // keeps them; nil: they last as long as the screen
	Report   func(error)        // takes what the operator should find in the log; nil: nothing
}

// Times of the review.
const (
	reviewEvery  = 2 * time.Second        // what is shown is read again
	reviewRest   = 10                     // and never for more than a tenth of the time
	reviewSlow   = 300 * time.Millisecond // a read that takes longer has a spinner
	searchPause  = 100 * time.Millisecond // between the last character and the search
	reviewBeside = 120                    // cells from which on the detail stands beside the list
)

// page is a part of the review that can lie on top: it takes keys and draws
// itself. What it wants read or done it asks the review for.
type page interface {
	press(r *review, s stroke)
	lines(r *review, width, height int) []string
	hints(r *review) []hint // the keys that it would take now
	read(r *review)         // again, what it shows
}

// hint is a key and a catalogue key for what it does.
type hint struct{ cap, does string }

// slot is a kind of work of which only the newest counts.
type slot int

// The slots.
const (
	slotTick slot = iota
	slotBurst
	slotSearch
	slotToday
	slotList
	slotDetail
	slotAttention
	slotShifts
	slotPeople
	slotAct
	slots
)

// reviewMsg is every message that the review sends itself.
type reviewMsg struct {
	to   *review // the screen may have been closed and opened again since
	slot slot
	seq  int
	then func()
}

// review is the manager's screen. It reads the books, and acts through the
// office alone; everything in it belongs to the update loop.
type review struct {
	pen
	o    reviewOptions
	now  time.Time // of the message being handled
	left bool      // the manager is gone

	tab    tab
	tabs   [5]page
	over   []page // over the tab; the last one is on top
	list   *listPage
	urgent *attentionPage
	shown  *detail // the newest detail: on top, or beside the list
	views  []View

	input         burst
	said          line
	bell          bell
	beat          int
	width, height int // of the newest frame

	newest [slots]int
	since  [slots]time.Time // when the read that is on its way was begun; zero: none is
	cancel [slots]context.CancelFunc
	readAt time.Time     // when something was last read again
	took   time.Duration // how long that was
	cmds   []tea.Cmd     // of this update
}

// tab is one of the five parts.
type tab int

// The tabs.
const (
	tabToday tab = iota
	tabList
	tabAttention
	tabShifts
	tabPeople
)

var tabNames = [...]string{tabToday: "review.today", tabList: "review.list", tabAttention: "review.attention", tabShifts: "review.shifts", tabPeople: "review.people"}

func newReview(p pen, o reviewOptions) *review {
	r := &review{pen: p, o: o, now: o.Now(), views: o.Views, width: leastWidth, height: leastHeight}
	r.list, r.urgent = newListPage(), &attentionPage{}
	r.tabs = [...]page{tabToday: newTodayPage(r), tabList: r.list, tabAttention: r.urgent, tabShifts: &shiftsPage{}, tabPeople: &peoplePage{}}
	return r
}

// Init reads the first tab.
func (r *review) Init() tea.Cmd {
	r.tabs[r.tab].read(r)
	r.urgent.read(r) // its count stands beside its name
	return r.settle()
}

// Update takes one message.
func (r *review) Update(msg tea.Msg) tea.Cmd {
	r.now = r.o.Now()
	switch msg := msg.(type) {
	case tea.KeyMsg:
		r.strike(msg)
	case reviewMsg:
		if msg.to == r && msg.seq == r.newest[msg.slot] && !r.left {
			r.arrived(msg.slot)
			msg.then()
		}
	case bellMsg:
		if msg.of == &r.bell && msg.seq == r.bell.seq && r.bell.Beat() {
			r.later(pulse, msg)
		}
	}
	return r.settle()
}

// settle ends an update: the detail follows the list, the next tick, the commands.
func (r *review) settle() tea.Cmd {
	if r.left {
		for s := range r.cancel {
			r.drop(slot(s))
		}
		return nil
	}
	r.follow()
	if r.since[slotTick].IsZero() {
		r.after(slotTick, r.untilTick(), r.ticked)
	}
	cmds := r.cmds
	r.cmds = nil
	return tea.Batch(cmds...)
}

// top is the page that takes the keys.
func (r *review) top() page {
	if n := len(r.over); n > 0 {
		return r.over[n-1]
	}
	return r.tabs[r.tab]
}

func (r *review) push(p page) { r.over = append(r.over, p) }

func (r *review) pop() { r.over = r.over[:max(len(r.over)-1, 0)] }

// turn goes to a tab and reads it again.
func (r *review) turn(t tab) {
	r.tab, r.over = t, nil
	r.tabs[t].read(r)
}

// ask has something read or done beside the screen; only the newest of a slot
// counts, and the one before it is told to stop. A panic in it becomes a message.
func (r *review) ask(s slot, work func(context.Context) func()) {
	r.drop(s)
	ctx, cancel := context.WithCancel(context.Background())
	seq := r.newest[s]
	r.cancel[s], r.since[s] = cancel, r.now
	r.cmds = append(r.cmds, func() (msg tea.Msg) {
		defer func() {
			if p := recover(); p != nil {
				err := fmt.Errorf("panic on the manager's screen: %v\n%s", p, debug.Stack())
				msg = reviewMsg{r, s, seq, func() { r.fault(err) }}
			}
		}()
		return reviewMsg{r, s, seq, work(ctx)}
	})
}

// after has something done on the update loop in d.
func (r *review) after(s slot, d time.Duration, then func()) {
	r.drop(s)
	r.since[s] = r.now
	r.later(d, reviewMsg{r, s, r.newest[s], then})
}

func (r *review) later(d time.Duration, msg tea.Msg) {
	r.cmds = append(r.cmds, tea.Tick(d, func(time.Time) tea.Msg { return msg }))
}

// drop makes whatever is on its way in a slot stale.
func (r *review) drop(s slot) {
	if r.cancel[s] != nil {
		r.cancel[s]()
	}
	r.newest[s], r.cancel[s], r.since[s] = r.newest[s]+1, nil, time.Time{}
}

// arrived notes how long a read took, so that reading again never becomes a load.
func (r *review) arrived(s slot) {
	if s >= slotToday && s != slotAct {
		r.readAt, r.took = r.now, r.now.Sub(r.since[s])
	}
	r.since[s] = time.Time{}
}

// waits reports whether a read has been on its way for so long that it shows.
func (r *review) waits(s slot) bool {
	return !r.since[s].IsZero() && r.now.Sub(r.since[s]) >= reviewSlow
}

func (r *review) waitsForAny() bool {
	for s := slotToday; s < slots; s++ {
		if !r.since[s].IsZero() {
			return true
		}
	}
	return false
}

// untilTick is a tenth of a second while something is waited for, else the next
// whole second.
func (r *review) untilTick() time.Duration {
	if r.waitsForAny() {
		return spinEvery
	}
	return time.Second - r.now.Sub(r.now.Truncate(time.Second))
}

// ticked moves what moves by itself, and reads again what is shown.
func (r *review) ticked() {
	r.beat++
	if r.waitsForAny() || r.now.Sub(r.readAt) < max(reviewEvery, reviewRest*r.took) {
		return
	}
	r.tabs[r.tab].read(r)
	r.urgent.read(r)
	if r.shown != nil {
		r.shown.read(r)
	}
}

// follow keeps the detail beside the list on the sale that is chosen there.
func (r *review) follow() {
	if r.tab != tabList || len(r.over) > 0 || r.width < reviewBeside {
		return
	}
	if s, chosen := r.list.chosen(); chosen && (r.shown == nil || r.shown.no != s.OrderNo) {
		r.shown = newDetail(s)
		r.shown.read(r)
	}
}

// open lays the detail of a sale on top.
func (r *review) open(s pos.Summary) *detail {
	if r.shown == nil || r.shown.no != s.OrderNo {
		r.shown = newDetail(s)
	}
	r.shown.read(r)
	r.push(r.shown)
	return r.shown
}

// tell says a sentence until the next key; refuse says it aloud.
func (r *review) tell(t tone, text string) { r.said = line{text: text, tone: t} }

func (r *review) refuse(text string) {
	r.tell(toneBad, text)
	r.bell.Ring(bellElse)
	r.later(pulse, bellMsg{&r.bell, r.bell.seq})
}

// fails reports whether a read has failed, and says so.
func (r *review) fails(err error) bool {
	if err == nil {
		return false
	}
	r.report(err)
	r.tell(toneBad, r.say("review.unreadable", vars{"Why": clean(err.Error(), 2*leastWidth)}))
	return true
}

func (r *review) fault(err error) {
	r.report(err)
	r.refuse(r.say("review.fault"))
}

func (r *review) report(err error) {
	if r.o.Report != nil {
		r.o.Report(err)
	}
}

// acts reports whether anything that changes something is offered.
func (r *review) acts() bool { return r.o.Office != nil }

func (r *review) zone(t time.Time) time.Time { return t.In(r.o.Zone) }

func (r *review) today() string { return r.zone(r.now).Format(time.DateOnly) }
