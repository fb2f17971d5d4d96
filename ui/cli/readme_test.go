package cli

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"cashier/pos"
)

// readme is README.md from one text to the next one.
func readme(t *testing.T, from, to string) string {
	t.Helper()
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(raw), from)
	part, _, ended := strings.Cut(rest, to)
	if !found || !ended {
		t.Fatalf("the README has nothing from %q to %q", from, to)
	}
	return part
}

// names are those of a record in --json, of what it embeds too.
func names(of reflect.Type) (all []string) {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name != "":
			all = append(all, name)
		case f.Anonymous:
			all = append(all, names(f.Type)...)
		}
	}
	return all
}

// words are those of a text, without what stands around them.
func words(text string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n,;:.()`", r) }) {
		all[word] = true
	}
	return all
}

// Design 5: the names of an attempt in --json are a contract, and the README has it.
func TestREADME_NamesEveryFieldOfAnAttempt(t *testing.T) {
	table := readme(t, "With `--json` an attempt is one object on one line:", "###")
	for _, of := range []reflect.Type{reflect.TypeFor[prepaid](), reflect.TypeFor[refundRecord](), reflect.TypeFor[moment]()} {
		for _, name := range names(of) {
			if !strings.Contains(table, "`"+name+"`") {
				t.Errorf("%s: %s is not there", of.Name(), name)
			}
		}
	}
}

// What else is printed in --json is listed by the help of the command.
func TestHelp_NamesEveryField(t *testing.T) {
	for command, records := range map[string][]reflect.Type{
		"bill":              {reflect.TypeFor[billRecord]()},
		"rate":              {reflect.TypeFor[rateRecord]()},
		"reconcile":         {reflect.TypeFor[reconciled](), reflect.TypeFor[reconcileSummary]()},
		"declare":           {reflect.TypeFor[declarationRecord]()},
		"merchant query":    {reflect.TypeFor[merchantRecord]()},
		"merchant register": {reflect.TypeFor[merchantRecord]()},
	} {
		c, _, err := (&machine{}).root().Find(strings.Fields(command))
		if err != nil {
			t.Fatal(err)
		}
		said := words(c.Long)
		for _, of := range records {
			for _, name := range names(of) {
				if !said[name] {
					t.Errorf("cashier %s --help does not say %s", command, name)
				}
			}
		}
	}
}

// pos.ParseCurrency sends whoever names a currency that is none to the README.
func TestREADME_NamesEveryCurrency(t *testing.T) {
	row := readme(t, "| `till.currency` |", "\n")
	listed, _, _ := strings.Cut(row, "Not")
	named := words(listed)
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, a := range letters {
		for _, b := range letters {
			for _, c := range letters {
				code := string([]rune{a, b, c})
				if _, err := pos.ParseCurrency(code); named[code] != (err == nil) {
					t.Errorf("%s: in the README %v, taken %v", code, named[code], err == nil)
				}
			}
		}
	}
}

// A command is copied from the raw file as often as from the page: in a table the
// page needs a backslash before a bar, which the raw command then has too much.
func TestREADME_CommandsCanBeCopied(t *testing.T) {
	for row := range strings.Lines(readme(t, "## What of WeChat Pay is covered", "## The code")) {
		if strings.Contains(row, `\|`) {
			t.Error(row)
		}
	}
}
