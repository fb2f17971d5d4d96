package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// goFlags: what takes long and is proved elsewhere reads -short; go vet is no
// test; and nearly all the time goes to the compiler and the linker, who have
// less to do without inlining and debug information.
const goFlags = "-short -vet=off -gcflags=-l -ldflags=-w"

// gremlinsFlags turn every mutator on.
var gremlinsFlags = []string{"unleash", "--workers", "2", "--invert-assignments", "--invert-bitwise", "--invert-bwassign",
	"--invert-logical", "--invert-loopctrl", "--remove-self-assignments", "--exclude-files", "/"}

// patience is how much longer than without a mutant the tests may take, on a
// machine that is busy with something else, before they are taken to hang.
const patience = 40 * time.Second

// result is what became of the mutants of one package.
type result struct {
	count     map[string]int // by status
	survivors []mutant       // all that were not killed, those that hung included
}

// efficacy is the percentage of mutants killed. One that hung the tests counts
// neither way, and has to be in the list like one that lived.
func (r result) efficacy() float64 {
	killed := float64(r.count["KILLED"])
	return 100 * killed / max(1, killed+float64(r.count["LIVED"]))
}

func (r result) String() string {
	all := 0
	for _, n := range r.count {
		all += n
	}
	return fmt.Sprintf("%d mutants: %d killed, %d lived, %d timed out, %d not covered, %d do not compile; efficacy %.1f %%", all,
		r.count["KILLED"], r.count["LIVED"], r.count["TIMED OUT"], r.count["NOT COVERED"], r.count["NOT VIABLE"], r.efficacy())
}

// run lets the gremlins loose on the package, with our go in front of the real one.
func (p *pack) run() (result, error) {
	tmp, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(tmp)
	env, err := withOurGo(tmp)
	if err != nil {
		return result{}, err
	}
	took, err := p.unmutated(env)
	if err != nil {
		return result{}, fmt.Errorf("the tests of %s fail without any mutant: %w", p.dir, err)
	}
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	report := filepath.Join(tmp, "report.json")
	args := append(slices.Clone(gremlinsFlags), "--output", report, "--timeout-coefficient", fmt.Sprint(2+int(patience/took)))
	sources, err := sourcesOf(p.dir)
	if err != nil {
		return result{}, err
	}
	for _, f := range sources {
		if !slices.Contains(p.files, f) {
			args = append(args, "--exclude-files", "^"+regexp.QuoteMeta(filepath.Base(f))+"$")
		}
	}
	if err := run(env, filepath.Join(filepath.Dir(self), "gremlins"), append(args, "./"+p.dir)...); err != nil {
		return result{}, fmt.Errorf("gremlins: %w", err)
	}
	return readReport(report, p.dir)
}

// unmutated is how long the tests take without a mutant, all of it built before.
func (p *pack) unmutated(env []string) (time.Duration, error) {
	if err := run(env, "go", "test", "-run", "^$", "./"+p.dir); err != nil {
		return 0, err
	}
	began := time.Now()
	err := run(env, "go", append([]string{"test", "-count=1", "./" + p.dir}, testFlags...)...)
	return time.Since(began), err
}

// run shows what a command says as progress, beside our own output.
func run(env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, os.Stderr, os.Stderr
	return cmd.Run()
}

// withOurGo is an environment in which "go" is this program.
func withOurGo(tmp string) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	real, err := exec.LookPath("go")
	if err != nil {
		return nil, err
	}
	if err := os.Symlink(self, filepath.Join(tmp, "go")); err != nil {
		return nil, err
	}
	return append(os.Environ(), theRealGo+"="+real, "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" "+goFlags),
		"TMPDIR="+tmp, "PATH="+tmp+string(os.PathListSeparator)+os.Getenv("PATH")), nil
}

// readReport reads what gremlins wrote about the package in dir.
func readReport(file, dir string) (result, error) {
	var report struct {
		Files []struct {
			Name      string `json:"file_name"`
			Mutations []struct {
				Type, Status string
				Line, Column int
			}
		}
	}
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &report)
	}
	r := result{count: map[string]int{}}
	for _, f := range report.Files {
		src, parsed := readSource(filepath.Join(dir, f.Name))
		if parsed != nil {
			return r, parsed
		}
		for _, m := range f.Mutations {
			r.count[m.Status]++
			if m.Status != "KILLED" && m.Status != "NOT VIABLE" {
				r.survivors = append(r.survivors, src.mutant(m.Type, m.Line, m.Column))
			}
		}
	}
	return r, err
}
