package cli

import (
	"regexp"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestManage runs testdata/manage: what a manager does at a shell, each script at
// a till of its own with a WeChat Pay of its own, both faster than life.
func TestManage(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/manage",
		Setup: func(env *testscript.Env) error {
			f := newShopFloor(t)
			env.Setenv("HOME", f.home)
			env.Setenv("CASHIER_CONFIG", f.config())
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits, "order": order, "soon": soon},
	})
}

// soon runs a command until its messages match: soon 'not the PIN' sh -c '…'
func soon(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	said := ""
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); {
		ts.Exec(args[1], args[2:]...) // its exit status is not what is waited for
		if said = ts.ReadFile("stderr"); want.MatchString(said) {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	ts.Fatalf("%s was never said; the last was\n%s", args[0], said)
}
