package cli

import (
	"io"
	"path/filepath"
)

// machine is the outside world as Main was given it: arguments apart, this is
// all that the program reads of its surroundings.
type machine struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    map[string]string
	log    io.WriteCloser // nil: the log file
}

// getenv reads one variable of the environment.
func (m *machine) getenv(name string) string { return m.env[name] }

// xdg returns a folder of the XDG base directory specification, ending in "cashier".
func (m *machine) xdg(variable, below string) string {
	base := m.getenv(variable)
	if !filepath.IsAbs(base) {
		base = filepath.Join(m.getenv("HOME"), below)
	}
	return filepath.Join(base, "cashier")
}

// configPath is the file that holds the configuration, and whether it was
// named, so that it has to exist. An empty CASHIER_CONFIG counts as not set.
func (m *machine) configPath(flag string) (path string, named bool) {
	if flag != "" {
		return flag, true
	}
	if env := m.getenv("CASHIER_CONFIG"); env != "" {
		return env, true
	}
	return filepath.Join(m.xdg("XDG_CONFIG_HOME", ".config"), "config.toml"), false
}

// journalPath is the real journal, or the practice journal beside it.
func (m *machine) journalPath(practice bool) string {
	name := "journal.db"
	if practice {
		name = "practice.db"
	}
	return filepath.Join(m.xdg("XDG_DATA_HOME", filepath.Join(".local", "share")), name)
}

// stateFolder is where logs go.
func (m *machine) stateFolder() string {
	return m.xdg("XDG_STATE_HOME", filepath.Join(".local", "state"))
}
