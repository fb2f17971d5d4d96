package cli

import (
	"context"
	"fmt"
	"io"
	"log"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	_ "cashier/ui/quiet" // before Bubble Tea asks the terminal for its colour
)

// Main is the whole program: it runs the command that args name (without the
// program's name) and returns the exit status. environ is in the form of os.Environ.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	// What libraries say by themselves is nobody's here: net/http prints whatever
	// follows an answer as it came, the customer's openid too, over the screen.
	log.SetOutput(io.Discard)
	m := &machine{stdin: stdin, stdout: stdout, stderr: stderr, env: map[string]string{}}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		m.env[name] = value
	}
	err := m.run(args)
	m.sayError(err)
	return exitCode(err)
}

// run finds the command and runs it. A first signal ends what it waits for.
func (m *machine) run(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // an exit status says how the sale stands, whoever still reads
	root := m.root()
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

// root is cashier with all its commands.
func (m *machine) root() *cobra.Command {
	var f flags
	var cashier string
	root := &cobra.Command{
		Use:   "cashier",
		Short: "A till for WeChat Pay",
		Long: `A till for WeChat Pay. Without a command it opens the cashier's screen; where
nothing was ever configured, in practice mode, on a built-in WeChat Pay and with
play money.`,
		Args:          noArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(c *cobra.Command, _ []string) error { return m.sell(c.Context(), f, cashier) },
	}
	root.SuggestionsMinimumDistance = 2
	root.SetIn(m.stdin)
	root.SetOut(m.stdout)
	root.SetErr(m.stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return refuse(c.CommandPath()+" --help shows the flags", "%w", err)
	})
	cashierFlag(root, &cashier)
	p := root.PersistentFlags()
	p.StringVar(&f.config, "config", "", "configuration file")
	p.StringVar(&f.journal, "journal", "", "journal file")
	p.BoolVar(&f.practice, "practice", false, "practice mode: built-in WeChat Pay, play money, a journal of its own")
	p.BoolVar(&f.json, "json", false, "JSON on standard output; one object a line for lists")
	root.AddCommand(
		m.practiceCommand(&f), m.payCommand(&f), m.queryCommand(&f), m.revokeCommand(&f), m.resumeCommand(&f),
		m.qrCommand(&f), m.closeCommand(&f), m.prepayCommand(&f), m.refundCommand(&f),
		m.voidCommand(&f), m.staffCommand(&f), m.shiftCommand(&f), m.managerCommand(&f),
		m.showCommand(&f), m.journalCommand(&f), m.totalsCommand(&f), m.verifyCommand(&f), m.backupCommand(&f), m.restoreCommand(&f),
		m.rateCommand(&f), m.billCommand(&f), m.reconcileCommand(&f), m.merchantCommand(&f), m.declareCommand(&f),
		m.simulateCommand(&f), m.configCommand(&f), m.doctorCommand(&f), m.versionCommand(&f),
	)
	return root
}

// noArgs refuses arguments; an unknown command is one.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := c.CommandPath() + " --help lists them"
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return refuse(hint, "%s %s: there is no such command", c.CommandPath(), args[0])
}

// takes wants exactly the arguments that are named.
func takes(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != len(names) {
			count := fmt.Sprintf("%d arguments", len(names))
			if len(names) == 1 {
				count = "1 argument"
			}
			return refuse(c.CommandPath()+strings.TrimPrefix(c.Use, c.Name()), "%s takes %s, not %d", c.CommandPath(), count, len(args))
		}
		return nil
	}
}

// printf prints data to standard output.
func (m *machine) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(m.stdout, format, args...)
	return err
}
