// Command mutation changes one operator of the till at a time and demands that
// the tests notice (mutation testing, with gremlins). What no test can notice
// is kept in .ci/mutation.txt, each with the reason why.
//
//	mutation pos/next.go wechat/judge.go   these files
//	mutation pos wechat                    every file of these packages
//
// It runs at the root of the module and fails when the tests catch less than
// they have to, when a mutant survives that the list does not know, and when
// the list knows one that survives no longer.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	keptList = ".ci/mutation.txt"
	least    = 90 // percent of the mutants that have to be killed, in each package
)

func main() {
	var err error
	if filepath.Base(os.Args[0]) == "go" {
		err = beGo(os.Args[1:])
	} else {
		err = mutate(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

// mutate tries the mutants of the files and packages that are named.
func mutate(names []string) error {
	kept, err := readKept(keptList)
	if err != nil {
		return err
	}
	packages, err := group(names)
	if err != nil {
		return err
	}
	good := true
	for _, p := range packages {
		began := time.Now()
		r, err := p.run()
		if err != nil {
			return err
		}
		fmt.Printf("%s: %v, %.0f s\n", p, r, time.Since(began).Seconds())
		unknown, stale := kept.compare(r.survivors, p.files)
		for _, m := range unknown {
			fmt.Printf("no test notices this, and %s does not know it:\n%v\n", keptList, m)
		}
		for _, m := range stale {
			fmt.Printf("this is in %s and does not survive (any longer):\n%v\n", keptList, m)
		}
		if r.efficacy() < least {
			fmt.Printf("less than %d %% are killed\n", least)
		}
		good = good && len(unknown) == 0 && len(stale) == 0 && r.efficacy() >= least
	}
	if !good {
		return fmt.Errorf("the tests do not hold the code as they should")
	}
	return nil
}

// pack is what is mutated of one package.
type pack struct {
	dir   string
	files []string // with the directory
	all   bool
}

func (p pack) String() string {
	if p.all {
		return p.dir
	}
	return strings.Join(p.files, " ")
}

// group sorts files and directories by package.
func group(names []string) ([]*pack, error) {
	var packs []*pack
	for _, name := range names {
		dir, found := filepath.Dir(name), []string{name}
		all := filepath.Ext(name) != ".go"
		if all {
			dir = name
			sources, err := sourcesOf(dir)
			if err != nil {
				return nil, err
			}
			found = sources
		}
		i := slices.IndexFunc(packs, func(p *pack) bool { return p.dir == dir })
		if i < 0 {
			i, packs = len(packs), append(packs, &pack{dir: dir})
		}
		packs[i].files, packs[i].all = append(packs[i].files, found...), packs[i].all || all
	}
	return packs, nil
}

// sourcesOf lists the files of a package that are not tests.
func sourcesOf(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s has no Go files", dir)
	}
	return slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }), err
}
