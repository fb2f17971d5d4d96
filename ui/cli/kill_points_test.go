package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cashier/pos"
)

// outOfReach are entries at which no seller can be killed, and why.
var outOfReach = map[string]string{
	"clock_step":    "somebody would have to set the clock of this machine",
	"clock_stepped": "somebody would have to set the clock of this machine",
	"journal_tried": "the disk would have to fail",
	"bill_differs":  "somebody would have to hold the bill of a day against it",
}

// killPoints are all the places at which a till can be killed by name, those
// of the start first. What is journaled and what is called is read from package
// pos, so that nothing new there can be forgotten here: a point that no seller
// reaches fails the test.
func killPoints(t *testing.T) []string {
	t.Helper()
	points := []string{"start/locked", "start/opened", "start/reading", "start/read", "start/taken_up"}
	add := func(what string) { points = append(points, what+"/before", what+"/after") }
	for _, name := range journaledNames(t) {
		if outOfReach[name] == "" {
			add("journal/" + name)
		}
	}
	for _, call := range append(wireCalls(), pageCalls...) {
		add("call/" + call) // in the till, around the call
		add("wire/" + call) // at the gateway, before and after it acts
	}
	return points
}

// journaledNames are the names of everything that can stand in the journal:
// what EventName returns, and under what the till notes events of its own.
func journaledNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../pos/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("package pos has %d files, %v", len(files), err)
	}
	names := map[string]bool{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		addNames(names, file)
	}
	return slices.Sorted(maps.Keys(names))
}

// addNames adds what EventName returns, and what is noted.
func addNames(names map[string]bool, file *ast.File) {
	named := false // inside of EventName
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			named = n.Name.Name == "EventName"
		case *ast.ReturnStmt:
			if named {
				addTexts(names, n.Results)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(f.Sel.Name, "note") {
				addTexts(names, n.Args)
			}
		}
		return true
	})
}

// addTexts adds the expressions that are texts.
func addTexts(names map[string]bool, of []ast.Expr) {
	for _, e := range of {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value) // the compiler took it
			names[text] = true
		}
	}
}

// wireCalls are the calls of the port to WeChat Pay: what is answered.
func wireCalls() []string {
	var calls []string
	port := reflect.TypeFor[pos.Gateway]()
	for i := range port.NumMethod() {
		if m := port.Method(i); m.Type.NumOut() == 1 && m.Type.Out(0) == reflect.TypeFor[pos.Answer]() {
			calls = append(calls, strings.ToLower(m.Name))
		}
	}
	return calls
}

// pageCalls are what Submit and Revoke are called here for an order whose
// customer scans the till: Unified Order and Close Order.
var pageCalls = []string{"order", "close"}

// wireOf names the call that a request is.
var wireOf = map[string]string{"/pay/micropay": "submit", "/pay/orderquery": "query", "/secapi/pay/reverse": "revoke",
	"/pay/unifiedorder": "order", "/pay/closeorder": "close", "/secapi/pay/refund": "giveback", "/pay/refundquery": "askrefund"}

// The points are read from somebody else's source: what must be among them is.
func TestKillPoints(t *testing.T) {
	points, names := killPoints(t), journaledNames(t)
	for _, want := range []string{"journal/intent/before", "journal/unseen/after", "journal/started/before", "journal/stopped/after",
		"call/submit/after", "call/query/before", "wire/revoke/before",
		"call/order/after", "wire/order/after", "call/close/before", "wire/close/after"} {
		if !slices.Contains(points, want) {
			t.Errorf("%s is not a point", want)
		}
	}
	for name := range outOfReach {
		if !slices.Contains(names, name) {
			t.Errorf("nothing is journaled as %s", name)
		}
	}
	t.Logf("%d points: %s", len(points), strings.Join(points, " "))
}
