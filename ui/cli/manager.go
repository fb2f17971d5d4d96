package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
	"cashier/ui"
)

func (m *machine) managerCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "manager",
		Short: "Open the review screen: what came in, what is unclear, what was closed",
		Long: `Opens the review screen: the day at a glance, the list of all attempts with
filters and search, what needs a person, and the closings. It only reads: it needs
no lock and no PIN, works beside a till that sells, and changes nothing. Who acts
on what they see does so at the till or with a command.

Views that are saved there are kept in views.json in the folder of the logs.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return m.manager(c.Context(), *f) },
	}
}

// manager runs the review screen until it is left.
func (m *machine) manager(ctx context.Context, f flags) error {
	in, out, err := m.tty()
	if err != nil {
		return refuse("cashier journal, totals and shift print the same", "%w", errors.Unwrap(err))
	}
	set, p, err := m.prepare(f)
	if err != nil {
		return err
	}
	currency, err := pos.ParseCurrency(set.Till.Currency)
	if err != nil {
		return err
	}
	r, err := storage.OpenReader(ctx, set.path)
	if err != nil {
		return err
	}
	log := m.openLog()
	views := m.viewsFile()
	model, err := ui.NewManager(ui.ManagerOptions{
		Books: r, Store: set.Till.Store, Till: set.Till.ID, Zone: p.zone, Currency: currency, Practice: r.Practice(),
		Language: set.Till.Language, Color: m.getenv("NO_COLOR") == "" && m.getenv("TERM") != "dumb",
		ASCII: m.getenv("CASHIER_ASCII") != "" || !m.utf8(), Prefixes: set.WeChat.CodePrefixes, Now: time.Now,
		Views: m.readViews(views), SaveView: func(v []ui.View) error { return writeViews(views, v) },
		Report: func(err error) { log.Error("manager", "error", err.Error()) },
	})
	if err == nil {
		program := ui.ManagerProgram(model, in, out)
		stop := context.AfterFunc(ctx, func() { program.Send(ui.LeaveMsg{}) })
		_, err = program.Run()
		stop()
	}
	if ctx.Err() != nil {
		err = nil // told to end, and the terminal may be gone with it
	}
	return errors.Join(err, r.Close(), log.Close())
}

// viewsFile is where the filters are that somebody has given a name.
func (m *machine) viewsFile() string { return filepath.Join(m.stateFolder(), "views.json") }

// readViews reads them. A file that cannot be used is as none, and said.
func (m *machine) readViews(path string) []ui.View {
	raw, err := readPlain(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var views []ui.View
	if err == nil {
		err = json.Unmarshal(raw, &views)
	}
	if err != nil {
		m.say("the saved views cannot be read: %s: %s", path, err)
		return nil
	}
	return views
}

// writeViews replaces the file.
func writeViews(path string, views []ui.View) error {
	raw, err := json.Marshal(views)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return writeFile(path, raw, true)
}
