package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/pelletier/go-toml/v2"
)

// catalogue reads one language as key to forms.
func catalogue(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	data, err := fs.ReadFile(locales, "locale/"+lang+".toml")
	if err != nil {
		t.Fatal(err)
	}
	var tables map[string]map[string]any
	if err := toml.Unmarshal(data, &tables); err != nil {
		t.Fatal(err)
	}
	keys := map[string]map[string]string{}
	for area, table := range tables {
		for name, value := range table {
			forms := map[string]string{}
			switch value := value.(type) {
			case string:
				forms["other"] = value
			case map[string]any:
				for form, text := range value {
					forms[form] = text.(string)
				}
			}
			keys[area+"."+name] = forms
		}
	}
	return keys
}

// keyForm is the form of every key, in the code and in the catalogue.
var keyForm = regexp.MustCompile(`^[a-z]+\.[a-z_0-9]+$`)

// keysInCode are the catalogue keys that stand in this package's files.
func keysInCode(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, _ := strconv.Unquote(lit.Value); keyForm.MatchString(s) {
					used[s] = true
				}
			}
			return true
		})
	}
	return used
}

func TestCatalogueMissesNothingAndHasNothingToSpare(t *testing.T) {
	used := keysInCode(t)
	for _, lang := range Languages {
		has := catalogue(t, lang)
		for key := range used {
			if has[key] == nil {
				t.Errorf("%s: key %s is used and not there", lang, key)
			}
		}
		for key, forms := range has {
			if !used[key] {
				t.Errorf("%s: key %s is there and not used", lang, key)
			}
			if forms["other"] == "" {
				t.Errorf("%s: key %s is empty", lang, key)
			}
		}
	}
}

func TestEveryLanguageUsesTheSameValues(t *testing.T) {
	values := regexp.MustCompile(`\{\{\.(\w+)\}\}`)
	in := func(text string) []string {
		found := values.FindAllString(text, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	english := catalogue(t, "en")
	for _, lang := range Languages[1:] {
		for key, forms := range catalogue(t, lang) {
			if want, got := in(english[key]["other"]), in(forms["other"]); !slices.Equal(want, got) {
				t.Errorf("%s: key %s has the values %v, English has %v", lang, key, got, want)
			}
		}
	}
}

func TestCatalogueKeepsToSafeCharacters(t *testing.T) {
	for _, lang := range Languages {
		for key, forms := range catalogue(t, lang) {
			for form, text := range forms {
				if clean(text, 1000) != text {
					t.Errorf("%s: %s (%s) has characters that clean would drop: %q", lang, key, form, text)
				}
				if strings.ContainsAny(text, "…·—●①“”‘’") {
					t.Errorf("%s: %s has a character of doubtful width: %q", lang, key, text)
				}
			}
		}
		for _, key := range []string{"trouble.journal", "trouble.leaving"} {
			if n := ansi.StringWidth(catalogue(t, lang)[key]["other"]); n > leastWidth-2*margin-1 {
				t.Errorf("%s: %s has %d cells and does not fit the banner", lang, key, n)
			}
		}
		for _, key := range []string{"big.paid", "big.failed", "big.revoked", "big.hold"} {
			for _, r := range catalogue(t, lang)[key]["other"] {
				if letters[r][0] == "" {
					t.Errorf("%s: %s needs the block letter %q", lang, key, r)
				}
			}
		}
	}
}

func TestLanguageIsMatched(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "PAID", "": "PAID", "fr": "PAID", "zh-Hans": "已付款", "zh-CN": "已付款", "zh-Hant": "已付款", "ja": "支払い済み", "nonsense!": "PAID",
	} {
		w, err := newWords(tag)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.say("word.paid"); got != want {
			t.Errorf("%q: PAID is %q, want %q", tag, got, want)
		}
		if cjk := want != "PAID"; w.cjk != cjk {
			t.Errorf("%q: cjk = %v", tag, w.cjk)
		}
	}
}

func TestPluralsAndUnknownKeys(t *testing.T) {
	w, err := newWords("en")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "asked once", 4: "asked 4 times"} {
		if got := w.say("wait.asked", vars{"Count": n}); got != want {
			t.Errorf("asked %d: %q, want %q", n, got, want)
		}
	}
	if got := w.say("no.such"); got != "no.such" {
		t.Errorf("unknown key: %q", got)
	}
}

// The tables must speak of everything package pos can say.
func TestTablesAreSortedOut(t *testing.T) {
	used := keysInCode(t)
	tables := slices.Concat(slices.Collect(maps.Values(waiting)), slices.Collect(maps.Values(failures)),
		slices.Collect(maps.Values(declines)), slices.Collect(maps.Values(revocations)), slices.Collect(maps.Values(closures)),
		slices.Collect(maps.Values(attentions)), slices.Collect(maps.Values(refusals)))
	for _, key := range tables {
		if !used[key] {
			t.Errorf("key %s of a table is not of a key's form", key)
		}
	}
}
