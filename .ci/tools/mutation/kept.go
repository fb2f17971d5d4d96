package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mutant names one change of one operator in a way that survives the lines
// above it: by the text of the line, in which «» marks the operator.
type mutant struct{ file, function, mutator, line string }

func (m mutant) String() string {
	return fmt.Sprintf("%s %s %s\n\t%s", m.file, m.function, m.mutator, m.line)
}

// kept are the mutants that no test can notice, as they are listed.
type kept []mutant

// readKept reads the list. An entry is its file, function and mutator, then
// indented the line, and below it the reason why no test can notice it.
func readKept(file string) (kept, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list kept
	for entry := range strings.SplitSeq(string(data), "\n\n") {
		lines := slices.DeleteFunc(strings.Split(entry, "\n"), func(l string) bool {
			return l == "" || strings.HasPrefix(l, "#")
		})
		if len(lines) == 0 {
			continue
		}
		words := strings.Fields(lines[0])
		if len(words) != 3 || len(lines) < 3 {
			return nil, fmt.Errorf("%s: an entry needs file, function and mutator, the line, and the reason:\n%s", file, entry)
		}
		list = append(list, mutant{words[0], words[1], words[2], strings.TrimSpace(lines[1])})
	}
	return list, nil
}

// compare returns the survivors that are not listed, and what is listed for
// these files, or for files that are gone, and did not survive.
func (k kept) compare(survivors []mutant, files []string) (unknown, stale []mutant) {
	listed := slices.Clone(k)
	for _, m := range survivors {
		if i := slices.Index(listed, m); i >= 0 {
			listed = slices.Delete(listed, i, i+1)
		} else {
			unknown = append(unknown, m)
		}
	}
	for _, m := range listed {
		if _, err := os.Stat(m.file); err != nil || slices.Contains(files, m.file) {
			stale = append(stale, m)
		}
	}
	return unknown, stale
}

// source is a file that was mutated.
type source struct {
	name  string
	lines []string
	set   *token.FileSet
	ast   *ast.File
}

func readSource(name string) (source, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, data, parser.SkipObjectResolution)
	return source{filepath.ToSlash(name), strings.Split(string(data), "\n"), set, file}, err
}

// mutant names the mutant at a position, both counted from 1.
func (s source) mutant(mutator string, line, column int) mutant {
	text := s.lines[line-1]
	before, rest := text[:column-1], text[column-1:]
	n := operatorLen(rest)
	return mutant{s.name, s.function(line), mutator, strings.TrimSpace(before + "«" + rest[:n] + "»" + rest[n:])}
}

// operatorLen is the length of the token that a text begins with.
func operatorLen(text string) int {
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", -1, len(text)), []byte(text), nil, 0)
	_, tok, _ := s.Scan()
	return len(tok.String())
}

// function is the name of the function around a line, with its receiver.
func (s source) function(line int) string {
	for _, d := range s.ast.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || line < s.set.Position(f.Pos()).Line || line > s.set.Position(f.End()).Line {
			continue
		}
		if f.Recv == nil {
			return f.Name.Name
		}
		receiver := f.Recv.List[0].Type
		if pointer, ok := receiver.(*ast.StarExpr); ok {
			receiver = pointer.X
		}
		return fmt.Sprintf("%v.%s", receiver, f.Name.Name)
	}
	return "-" // a constant or a variable
}
