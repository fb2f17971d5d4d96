package cli

import (
	"bytes"
	"encoding/csv"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"cashier/pos"
	"cashier/storage"
)

// tablesOf are the tables of docs/journal.md in their order, each as its rows of
// cells. The first row has the headings.
func tablesOf(t *testing.T) (tables [][][]string) {
	t.Helper()
	raw, err := os.ReadFile("../../docs/journal.md")
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(raw)) {
		line, isRow := strings.CutPrefix(strings.TrimSpace(line), "|")
		switch {
		case !isRow:
			inside = false
		case strings.HasPrefix(line, "---"):
		default:
			if !inside {
				inside, tables = true, append(tables, nil)
			}
			var cells []string
			for _, cell := range strings.Split(strings.TrimSuffix(line, "|"), "|") {
				cells = append(cells, strings.Trim(cell, " `"))
			}
			tables[len(tables)-1] = append(tables[len(tables)-1], cells)
		}
	}
	return tables
}

// firsts are the first cells of the rows that have "yes" in a column, or of all.
func firsts(rows [][]string, column int) (names []string) {
	for _, cells := range rows[1:] {
		if column == 0 || cells[column] == "yes" {
			names = append(names, cells[0])
		}
	}
	return names
}

// withoutParts are the names of a record but for those of its lists that have tables of their own.
func withoutParts(of reflect.Type, parts ...string) []string {
	return slices.DeleteFunc(names(of), func(n string) bool { return slices.Contains(parts, n) })
}

// orderEvents are the names of everything that an order's entry can be.
func orderEvents(t *testing.T) (all []string) {
	t.Helper()
	raw, err := os.ReadFile("../../pos/journal.go")
	if err != nil {
		t.Fatal(err)
	}
	_, decode, _ := strings.Cut(string(raw), "func DecodeEvent")
	for _, found := range regexp.MustCompile(`case "(\w+)":`).FindAllStringSubmatch(decode, -1) {
		if _, err := pos.DecodeEvent("K1261122020R000001", found[1], []byte("{}")); err != nil {
			t.Errorf("%s: %v", found[1], err)
		}
		all = append(all, found[1])
	}
	return all
}

// Every column and every name of --json stands in docs/journal.md, and nothing else.
func TestJournalDoc_NamesEverythingAndNothingElse(t *testing.T) {
	tables := tablesOf(t)
	wants := []struct {
		what   string
		column int
		names  []string
	}{
		{"attempts, CSV", 1, storage.Columns},
		{"attempts, JSON", 2, withoutParts(reflect.TypeFor[record](), "refunds", "timeline")},
		{"refunds", 0, names(reflect.TypeFor[refundRecord]())},
		{"timeline", 0, names(reflect.TypeFor[moment]())},
		{"events of an order", 0, orderEvents(t)},
		{"the till itself", 0, names(reflect.TypeFor[tillRecord]())},
		{"events of the till", 0, tillEvents},
		{"closings", 0, names(reflect.TypeFor[closingRecord]())},
		{"lines", 0, names(reflect.TypeFor[pos.Takings]())},
		{"carried", 0, names(reflect.TypeFor[pos.Carried]())},
		{"grand", 0, names(reflect.TypeFor[pos.Grand]())},
		{"totals", 0, names(reflect.TypeFor[sums]())},
		{"people", 0, names(reflect.TypeFor[personRecord]())},
	}
	if len(tables) != len(wants)-1 { // attempts are one table
		t.Fatalf("%d tables, want %d", len(tables), len(wants)-1)
	}
	for i, want := range wants {
		got := firsts(tables[max(i-1, 0)], want.column)
		slices.Sort(got)
		if sorted := slices.Sorted(slices.Values(want.names)); !slices.Equal(got, sorted) {
			t.Errorf("%s: the page has\n%v, the program\n%v", want.what, got, sorted)
		}
	}
}

// A spreadsheet opens what is exported without harm, and loses nothing: no cell
// begins like a formula, and every text comes back.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"", "2", "=1+1", "'=1+1", "''", "@SUM(A1)", "-5", "+852 1234", "＝1", "a,b\"c", "\tx", "\r=x", "\n=x", "\x00=x", "\u202e=x", "茶", "\xff", "'-", " =1"} {
		f.Add(text, text)
	}
	zone := time.FixedZone("HKT", 8*3600)
	f.Fuzz(func(t *testing.T, cashier, ref string) {
		s := pos.Summary{OrderNo: "K1261122020R000001", Sale: "K1261122020R000001", Number: 1, State: pos.Paid, Method: pos.QuickPay,
			Amount: pos.Money{Minor: 1250, Currency: "HKD"}, Cashier: cashier, Ref: ref, Till: "K1", CreatedAt: time.UnixMilli(1_800_000_000_123), UpdatedAt: time.UnixMilli(1_800_000_001_000),
			Refunded: 500, Refunding: true, Asked: 3}
		var out bytes.Buffer
		table := storage.NewTable(&out, zone)
		if err := table.Put(s); err != nil {
			t.Fatal(err)
		}
		if err := table.Flush(); err != nil {
			t.Fatal(err)
		}
		body, marked := strings.CutPrefix(out.String(), "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || !marked || len(rows) != 2 || !slices.Equal(rows[0], storage.Columns) {
			t.Fatalf("%q, %v", out.String(), err)
		}
		row := map[string]string{}
		for i, name := range storage.Columns {
			row[name] = rows[1][i]
			first, _ := utf8.DecodeRuneInString(rows[1][i])
			if _, err := strconv.ParseFloat(rows[1][i], 64); err != nil && strings.ContainsRune("=+-@\t\r＝＋－＠", first) {
				t.Errorf("%s begins like a formula: %q", name, rows[1][i])
			}
		}
		for name, went := range map[string]string{"cashier": cashier, "ref": ref} {
			if back := asText(row[name]); back != shown(went) {
				t.Errorf("%s: %q went in, %q came back", name, went, back)
			}
		}
		if row["amount"] != "12.50" || row["amount_minor"] != "1250" || row["refunded_minor"] != "500" || row["refunding"] != "true" ||
			row["created_at"] != s.CreatedAt.In(zone).Format(stamp) || row["asked"] != "3" {
			t.Errorf("%v", row)
		}
	})
}

// asText takes the apostrophe away that keeps a spreadsheet from calculating.
func asText(cell string) string {
	bare := strings.TrimLeft(cell, "'")
	if first, _ := utf8.DecodeRuneInString(bare); bare != cell && strings.ContainsRune("=+-@＝＋－＠", first) {
		return cell[1:]
	}
	return cell
}

// shown is a text without what does not print.
func shown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
