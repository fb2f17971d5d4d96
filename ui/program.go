package ui

import (
	"io"

	tea "github.com/charmbracelet/bubbletea"
)

// Program makes the program that runs m on a terminal. Signals are the
// caller's: on SIGTERM, SIGINT and SIGHUP it sends LeaveMsg. Whatever way Run
// returns, the caller drains the till.
func Program(m *Model, in io.Reader, out io.Writer, more ...tea.ProgramOption) *tea.Program {
	options := []tea.ProgramOption{
		tea.WithInput(in), tea.WithOutput(out),
		tea.WithAltScreen(),
		tea.WithFPS(120), // key to frame (design 9)
		tea.WithoutSignalHandler(),
		tea.WithFilter(m.filter),
	}
	return tea.NewProgram(m, append(options, more...)...)
}

// LeaveMsg asks the screen to go at once, whatever is open: the caller was told
// to end. Open sales go on without a screen.
type LeaveMsg struct{}

// filter lets no message end or stop the program behind the model's back. A
// suspended till would freeze until somebody sends SIGCONT.
func (m *Model) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case tea.SuspendMsg:
		return nil
	case tea.InterruptMsg:
		return LeaveMsg{}
	case tea.QuitMsg:
		if !m.leaving {
			return LeaveMsg{}
		}
	}
	return msg
}
