package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// theRealGo is the environment variable with the path of the real go command.
const theRealGo = "MUTATION_GO"

// testFlags make a test with random input give the same answer every time, with
// as much of it as without -short, which takes a fifth; they end one that hangs,
// for gremlins would end only us and let it go on; and they leave out the one
// that a busy machine can make fail, for it would kill what it does not see. The
// first test that notices is enough, and nobody reads its shortest history.
var testFlags = []string{"-rapid.seed=1", "-rapid.checks=500", "-rapid.nofailfile", "-rapid.shrinktime=100ms", "-failfast", "-timeout=20s", "-skip=^TestHostileServers"}

// beGo stands in for the go command that gremlins calls, and mends two things.
// To gremlins whatever no block of a coverage profile contains was not covered:
// the condition after "case", half of our decisions, is in none. So the profile
// says that everything was, and what really was not will live. And a mutant that
// does not compile would count as killed.
func beGo(args []string) error {
	if len(args) == 0 || args[0] != "test" {
		return become(args)
	}
	pkg := strings.TrimSuffix(args[len(args)-1], "/...")
	if i := slices.Index(args, "-coverprofile"); i >= 0 {
		if err := pretendCovered(args[i+1], pkg); err != nil {
			return err
		}
		return become(append([]string{"test", "-count=1", pkg}, testFlags...))
	}
	out, err := exec.Command(os.Getenv(theRealGo), append(args, testFlags...)...).CombinedOutput()
	switch {
	case bytes.Contains(out, []byte("[build failed]")):
		os.Exit(2) // which gremlins reads as "not viable"
	case bytes.Contains(out, []byte("panic: test timed out after")):
		time.Sleep(time.Hour) // until gremlins has seen that it hangs
	}
	return err
}

// become replaces this process with the real go.
func become(args []string) error {
	real := os.Getenv(theRealGo)
	if real == "" {
		return errors.New(theRealGo + " is not set")
	}
	return syscall.Exec(real, append([]string{"go"}, args...), os.Environ())
}

// pretendCovered writes a coverage profile in which all of the package was covered.
func pretendCovered(profile, dir string) error {
	sources, err := sourcesOf(filepath.Clean(dir))
	if err != nil {
		return err
	}
	text := "mode: set\n"
	for _, f := range sources {
		text += fmt.Sprintf("%s:1.1,1000000.1 1 1\n", f)
	}
	return os.WriteFile(profile, []byte(text), 0o600)
}
