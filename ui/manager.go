package ui

import (
	"errors"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// ManagerOptions are everything that the manager's screen needs to know when it
// is not at the till. Books, Zone, Currency, Language and Now are required.
type ManagerOptions struct {
	Books    pos.Books
	Store    string
	Till     string
	Zone     *time.Location
	Currency pos.Currency
	Practice bool
	Language string
	Color    bool // the sixteen colours of the terminal's theme; false for NO_COLOR
	ASCII    bool
	Prefixes []string // of auth codes, which are refused; empty: the documented ones
	Now      func() time.Time
	Views    []View
	SaveView func([]View) error
	Report   func(error)
}

// Manager is the review alone, read-only: whoever may read the journal may look
// at it, while the till sells. It is a Bubble Tea model.
type Manager struct {
	review *review
	size   layout
}

// NewManager makes the screen.
func NewManager(o ManagerOptions) (*Manager, error) {
	if o.Books == nil || o.Zone == nil || o.Now == nil {
		return nil, errors.New("the manager's screen needs books, a zone and a clock")
	}
	w, err := newWords(o.Language)
	if err != nil {
		return nil, err
	}
	if len(o.Prefixes) == 0 {
		o.Prefixes = pos.DefaultPrefixes
	}
	p := pen{w, newLook(o.Color, newGlyphs(o.ASCII, w.cjk))}
	return &Manager{size: newLayout(leastWidth, leastHeight), review: newReview(p, reviewOptions{
		Books: o.Books, Zone: o.Zone, Store: o.Store, Till: o.Till, Currency: o.Currency, Practice: o.Practice,
		Now: o.Now, Prefixes: o.Prefixes, Language: o.Language, Views: o.Views, SaveView: o.SaveView, Report: o.Report,
	})}, nil
}

// Init reads the first page.
func (m *Manager) Init() tea.Cmd { return m.review.Init() }

// Update hands everything on but the size.
func (m *Manager) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.size = newLayout(msg.Width, msg.Height)
	case LeaveMsg:
		m.review.left = true
	}
	cmd := m.review.Update(msg)
	if m.review.left {
		return m, tea.Quit
	}
	return m, cmd
}

// View draws the frame.
func (m *Manager) View() string {
	if m.review.left {
		return ""
	}
	return m.review.View(m.size.width, m.size.height)
}

// ManagerProgram makes the program that runs m on a terminal; signals are the
// caller's, as of Program. It asks for no mouse and no suspension.
func ManagerProgram(m *Manager, in io.Reader, out io.Writer, more ...tea.ProgramOption) *tea.Program {
	options := []tea.ProgramOption{
		tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(), tea.WithFPS(60), tea.WithoutSignalHandler(),
		tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
			if _, suspend := msg.(tea.SuspendMsg); suspend {
				return nil
			}
			return msg
		}),
	}
	return tea.NewProgram(m, append(options, more...)...)
}
