package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
)

// template is what config init writes: every key with its reason.
//
//go:embed config.toml
var template []byte

func (m *machine) configCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Write, show or find the configuration",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return refuse("cashier config init|show|path", "cashier config wants a word")
		},
	}
	c.AddCommand(
		&cobra.Command{Use: "init", Short: "Write a configuration to fill in", Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return m.configInit(*f) }},
		&cobra.Command{Use: "show", Short: "Print the configuration in force, without secrets",
			Long: `Prints the configuration in force, as a file, without secrets.

With --json: till, wechat, timing and journal with the keys of the file, from (the
file; empty: there is none), journal_file (in use) and key_in_environment.`,
			Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return m.configShow(*f) }},
		&cobra.Command{Use: "path", Short: "Print where the configuration is", Args: noArgs,
			RunE: func(*cobra.Command, []string) error {
				path, _ := m.configPath(f.config)
				return m.printf("%s\n", path)
			}},
	)
	return c
}

// configInit writes the template where nothing is yet.
func (m *machine) configInit(f flags) error {
	path, _ := m.configPath(f.config)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return refuse("edit it, or move it away first", "%s exists", path)
	}
	if err != nil {
		return err
	}
	if _, err := file.Write(template); err != nil {
		return errors.Join(err, file.Close())
	}
	m.say("fill in till.id, wechat.appid and wechat.mch_id, then run cashier doctor")
	return errors.Join(file.Close(), m.printf("%s\n", path))
}

// configShow prints every key with its value. Secrets are in files of their
// own; a key from the environment is shown as there, and no more.
func (m *machine) configShow(f flags) error {
	s, err := m.settle(f)
	if err != nil {
		return err
	}
	keys, err := toml.Marshal(s.config)
	if err != nil {
		return err
	}
	if f.json {
		return m.configJSON(s, keys)
	}
	from := s.file
	if from == "" {
		from = "built-in values and the environment"
	}
	fmt.Fprintf(m.stdout, "# from %s\n# journal %s\n", from, s.path)
	if s.key != "" {
		fmt.Fprintln(m.stdout, "# the key is taken from CASHIER_WECHAT_KEY: ***")
	}
	return m.printf("%s", keys)
}

// configJSON prints the same as one object: the tables of the file under their
// names, and beside them what the file does not say.
func (m *machine) configJSON(s setting, keys []byte) error {
	all := map[string]any{}
	if err := toml.Unmarshal(keys, &all); err != nil {
		return err
	}
	all["from"], all["journal_file"], all["key_in_environment"] = s.file, s.path, s.key != ""
	return writeJSON(m.stdout, all)
}
