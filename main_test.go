package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// listed is what go list says of one package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// packages lists the packages of this module.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps,GoFiles,Dir", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]listed{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

// arrows are the imports between our packages (docs/architecture.md). A package
// that is missing here is not part of the house.
var arrows = map[string][]string{
	"cashier":                     {"cashier/ui/cli"},
	"cashier/pos":                 {},
	"cashier/pos/simulation":      {}, // tests and nothing else
	"cashier/wechat":              {"cashier/pos"},
	"cashier/wechat/sim":          {},
	"cashier/storage":             {"cashier/pos"},
	"cashier/storage/journaltest": {"cashier/pos"},
	"cashier/ui":                  {"cashier/pos"},
	"cashier/ui/quiet":            {},
	"cashier/ui/cli":              {"cashier/pos", "cashier/storage", "cashier/ui", "cashier/ui/quiet", "cashier/wechat", "cashier/wechat/sim"},
}

// TestArrows holds the import graph against the drawing: everything imports pos,
// and pos imports nothing of ours.
func TestArrows(t *testing.T) {
	found := packages(t)
	for path, p := range found {
		want, known := arrows[path]
		if !known {
			t.Errorf("%s is not in the drawing", path)
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "cashier") && !slices.Contains(want, imported) {
				t.Errorf("%s imports %s, which the drawing does not have", path, imported)
			}
		}
		for _, arrow := range want {
			if !slices.Contains(p.Imports, arrow) {
				t.Errorf("%s no longer imports %s: correct the drawing", path, arrow)
			}
		}
	}
	for path := range arrows {
		if _, ok := found[path]; !ok {
			t.Errorf("%s is in the drawing and not in the house", path)
		}
	}
}

// banned are dependencies that a package must not have, even through others.
var banned = []struct{ pkg, dep, reason string }{
	{"cashier/pos", "net/http", "the machine does no I/O"},
	{"cashier/pos", "database/sql", "the machine does no I/O"},
	{"cashier/pos", "github.com/", "the till's words need no library"},
	{"cashier/wechat/sim", "github.com/", "the simulator is a stranger: standard library only"},
	{"cashier/wechat/sim", "golang.org/x/", "the simulator is a stranger: standard library only"},
	{"cashier/wechat/sim", "testing", "it ships"},
	{"cashier/wechat", "github.com/charmbracelet/", "only ui draws"},
	{"cashier/storage", "github.com/charmbracelet/", "only ui draws"},
	{"cashier/storage", "net/http", "a journal calls nobody"},
	{"cashier/ui", "net/http", "a screen that cannot name the client cannot charge behind the till's back"},
	{"cashier/ui", "database/sql", "a screen that cannot name the database cannot invent a second truth"},
	{"cashier/ui/quiet", "github.com/charmbracelet/bubbletea", "it has to be ready before Bubble Tea"},
	{"cashier", "testing", "a till carries no test helpers"},
}

// TestBanned looks through all dependencies, with the reason for each rule. A
// rule that ends in a slash is about everything below.
func TestBanned(t *testing.T) {
	all := packages(t)
	for _, b := range banned {
		for _, dep := range all[b.pkg].Deps {
			if dep == b.dep || strings.HasSuffix(b.dep, "/") && strings.HasPrefix(dep, b.dep) {
				t.Errorf("%s depends on %s: %s", b.pkg, dep, b.reason)
			}
		}
	}
	if slices.Contains(all["cashier/pos"].Imports, "os") { // below fmt it is everywhere
		t.Error("cashier/pos imports os: the machine does no I/O")
	}
}

// clockReaders are the files that may read the clock or start a goroutine,
// each with its reason.
var clockReaders = map[string]string{
	"pos/till.go":           "the shell",
	"wechat/call.go":        "how long a call took",
	"wechat/certificate.go": "whether the certificate is valid today",
	"wechat/client.go":      "whether the certificate is still valid at a sale",
	"wechat/v3.go":          "the time that a signature says",
	"wechat/oneshot.go":     "dials ahead while the amount is keyed (design 9)",
	"storage/open.go":       "the one writer (design 9)",
}

// TestClockAndGoroutines: the machine, the judgement and the screens are given
// the time. Whoever reads a clock or starts a goroutine is on the list.
func TestClockAndGoroutines(t *testing.T) {
	for path, p := range packages(t) {
		if path == "cashier/ui/cli" || path == "cashier/wechat/sim" {
			continue // the composition root; a server of its own
		}
		for _, name := range p.GoFiles {
			file := strings.TrimPrefix(path+"/"+name, "cashier/")
			for _, what := range timeAndGo(t, p.Dir+"/"+name) {
				if clockReaders[file] == "" {
					t.Errorf("%s: %s", file, what)
				}
			}
		}
	}
}

// timeAndGo finds clock reads and goroutine starts in a file.
func timeAndGo(t *testing.T, path string) (found []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, "starts a goroutine")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep"}, n.Sel.Name) {
				found = append(found, "reads the clock by time."+n.Sel.Name)
			}
		}
		return true
	})
	return found
}
