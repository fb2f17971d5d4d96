package cli

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// program runs the real command: the test binary is cashier when it is called
// by that name (in scripts) or with CASHIER_AS_PROGRAM set (in process tests).
func program() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())) }

func TestMain(m *testing.M) {
	if text := os.Getenv(sellerEnv); text != "" {
		sellUntilKilled(text)
	}
	if os.Getenv("CASHIER_AS_PROGRAM") != "" {
		program()
	}
	if err := flag.Set("test.parallel", "4"); err != nil { // most of them wait for a clock; -parallel says otherwise
		panic(err)
	}
	testscript.Main(m, map[string]func(){"cashier": program})
}

// TestScript runs testdata/script: the commands, their voice and their exit
// statuses, as a user at a shell meets them.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			return os.MkdirAll(home, 0o700)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
	})
}

// exits runs a command and wants its exit status: exits 2 cashier pay
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want := args[0]
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = statusOf(err)
	}
	if got != want {
		ts.Fatalf("exit status %s, want %s (%v)", got, want, err)
	}
}
