package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const list = `# a list
till.go Till.charge INVERT_LOGICAL
	if a «&&» b {
	Equivalent: b follows from a,
	and so on.

till.go free CONDITIONALS_BOUNDARY
	return a «<» b
	They are never equal.
`

// written puts a text into a file of its own.
func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadKept(t *testing.T) {
	got, err := readKept(written(t, "list", list))
	want := kept{{"till.go", "Till.charge", "INVERT_LOGICAL", "if a «&&» b {"}, {"till.go", "free", "CONDITIONALS_BOUNDARY", "return a «<» b"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"till.go f\n\ta\n\twhy\n", "till.go f X\n\tno reason\n"} {
		if _, err := readKept(written(t, "list", bad)); err == nil {
			t.Errorf("taken: %q", bad)
		}
	}
}

// A mutant is known by its text, so that lines above it may come and go.
func TestCompare(t *testing.T) {
	file := written(t, "till.go", "package till")
	one, two := mutant{file, "f", "X", "a «<» b"}, mutant{file, "g", "X", "a «<» b"}
	gone, other := mutant{"gone.go", "f", "X", "a"}, mutant{written(t, "other.go", ""), "f", "X", "a"}
	for _, c := range []struct {
		name                     string
		listed                   kept
		survived, unknown, stale []mutant
	}{
		{"listed", kept{one}, []mutant{one}, nil, nil},
		{"not listed", kept{one}, []mutant{one, two}, []mutant{two}, nil},
		{"killed at last", kept{one, two}, []mutant{two}, nil, []mutant{one}},
		{"twice, listed once", kept{one}, []mutant{one, one}, []mutant{one}, nil},
		{"a file that is gone", kept{gone}, nil, nil, []mutant{gone}},
		{"a file that was not mutated", kept{other}, nil, nil, nil},
	} {
		unknown, stale := c.listed.compare(c.survived, []string{file})
		if !slices.Equal(unknown, c.unknown) || !slices.Equal(stale, c.stale) {
			t.Errorf("%s: unknown %v, stale %v", c.name, unknown, stale)
		}
	}
}

func TestReadReport(t *testing.T) {
	file := written(t, "till.go", "package till\n\nfunc (t *Till) f() bool {\n\treturn t.a && t.b\n}\n\nvar x = 1 + 2\n")
	report := written(t, "report", `{"files":[{"file_name":"till.go","mutations":[
		{"type":"INVERT_LOGICAL","status":"LIVED","line":4,"column":13},
		{"type":"ARITHMETIC_BASE","status":"TIMED OUT","line":7,"column":11},
		{"type":"ARITHMETIC_BASE","status":"NOT VIABLE","line":7,"column":11},
		{"type":"X","status":"KILLED","line":7,"column":11},{"type":"X","status":"KILLED","line":7,"column":11},
		{"type":"X","status":"KILLED","line":7,"column":11}]}]}`)
	r, err := readReport(report, filepath.Dir(file))
	want := []mutant{{file, "Till.f", "INVERT_LOGICAL", "return t.a «&&» t.b"}, {file, "-", "ARITHMETIC_BASE", "var x = 1 «+» 2"}}
	if err != nil || !slices.Equal(r.survivors, want) {
		t.Errorf("got %v, %v", r.survivors, err)
	}
	if got := r.String(); got != "6 mutants: 3 killed, 1 lived, 1 timed out, 0 not covered, 1 do not compile; efficacy 75.0 %" {
		t.Error(got)
	}
}
