package storage

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// archiveOf writes the archive of a closing and unpacks it.
func archiveOf(t *testing.T, j *Journal, number int) (path, unpacked string) {
	t.Helper()
	path, err := j.Archive(context.Background(), filepath.Join(t.TempDir(), "archives"), number)
	if err != nil {
		t.Fatal(err)
	}
	unpacked = t.TempDir()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if closed := began.Add(time.Duration(number) * time.Hour); !f.Modified.Equal(closed) { // and not when it was written
			t.Errorf("%s is of %s, want %s", f.Name, f.Modified, closed)
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err := errors.Join(err, in.Close(), os.WriteFile(filepath.Join(unpacked, f.Name), text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return path, unpacked
}

// stranger verifies an unpacked archive after its schema alone; it shares no code
// with this package.
func stranger(folder string) error {
	sums, err := os.ReadFile(filepath.Join(folder, "SHA256SUMS"))
	if err != nil {
		return err
	}
	for entry := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(entry), "  ")
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || fmt.Sprintf("%x", sha256.Sum256(text)) != want {
			return fmt.Errorf("%s was changed: %v", name, err)
		}
	}
	var closing struct {
		After, Upto int64
		Head        string
	}
	text, _ := os.ReadFile(filepath.Join(folder, "closing.json"))
	if err := json.Unmarshal(text, &closing); err != nil {
		return err
	}
	text, _ = os.ReadFile(filepath.Join(folder, "entries.jsonl"))
	seq, prev := closing.After, ""
	for entry := range strings.Lines(string(text)) {
		var e map[string]any
		in := json.NewDecoder(strings.NewReader(entry))
		in.UseNumber()
		if err := in.Decode(&e); err != nil {
			return err
		}
		seq++
		sum := sha256.New()
		field := func(b []byte) {
			sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
			sum.Write(b)
		}
		number := func(name string) (n int64) {
			n, _ = e[name].(json.Number).Int64()
			field(binary.BigEndian.AppendUint64(nil, uint64(n)))
			return n
		}
		field([]byte("cashier-1"))
		numbered := number("seq")
		before, _ := hex.DecodeString(e["prev"].(string))
		field(before)
		number("at_ms")
		for _, name := range []string{"day", "run", "order_no", "name", "data", "state"} {
			field([]byte(e[name].(string)))
		}
		here := hex.EncodeToString(sum.Sum(nil))
		if numbered != seq || prev != "" && prev != e["prev"] || here != e["hash"] || seq == closing.Upto && here != closing.Head {
			return fmt.Errorf("entry %d", seq)
		}
		prev = here
	}
	if seq != closing.Upto+1 {
		return fmt.Errorf("ends at %d", seq)
	}
	return nil
}

// script runs the program that stands in the schema.
func script(t *testing.T, folder string) error {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		return stranger(folder)
	}
	text, err := os.ReadFile(filepath.Join(folder, "schema.txt"))
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(text), "# verify.py\n")
	if err := os.WriteFile(filepath.Join(folder, "verify.py"), []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(python, "verify.py")
	c.Dir = folder
	out, err := c.CombinedOutput()
	if err == nil && !strings.HasPrefix(string(out), "good: closing ") {
		t.Errorf("it says %q", out)
	}
	if err != nil && strings.Contains(string(out), "Traceback") {
		t.Errorf("the program itself fails: %s", out)
	}
	return err
}

// An archive is verified without this program: by what stands in it.
func TestAnArchiveIsVerifiedByAStranger(t *testing.T) {
	j := twoShifts(t)
	closeShift(t, j)
	for number := 1; number <= 3; number++ {
		_, folder := archiveOf(t, j, number)
		if err := errors.Join(stranger(folder), script(t, folder)); err != nil {
			t.Errorf("closing %d: %v", number, err)
		}
	}
}

// What somebody changes in an archive is found, also when its sum is put right.
func TestAnArchiveThatWasChangedIsFound(t *testing.T) {
	j := twoShifts(t)
	for name, c := range map[string]struct {
		file, from, to string
		sums           bool
	}{
		"a verdict":          {"entries.jsonl", `"state":"paid"`, `"state":"failed"`, true},
		"a price":            {"entries.jsonl", `1250`, `1`, true},
		"a time":             {"entries.jsonl", `"at_ms":1795`, `"at_ms":1794`, true},
		"the sum":            {"closing.json", `1250`, `50`, true},
		"the head":           {"closing.json", `"head": "`, `"head": "00`, true},
		"the table":          {"attempts.csv", `paid`, `failed`, false},
		"the schema":         {"schema.txt", `uint`, `int`, false},
		"the end cut off":    {"entries.jsonl", `{"seq":10`, `!{"seq":10`, true},
		"a line in between":  {"entries.jsonl", `{"seq":8`, `!{"seq":8`, true},
		"the closing's name": {"closing.json", `"number": 2`, `"number": 3`, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, folder := archiveOf(t, j, 2)
			path := filepath.Join(folder, c.file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := bytes.ReplaceAll(text, []byte(c.from), []byte(c.to))
			if i := bytes.IndexByte(changed, '!'); c.to[0] == '!' { // that line goes
				end := i + bytes.IndexByte(changed[i:], '\n') + 1
				changed = append(changed[:i:i], changed[end:]...)
			}
			if c.file == "schema.txt" {
				changed = append([]byte("\n"), text...)
			}
			if bytes.Equal(changed, text) {
				t.Fatal("nothing was changed")
			}
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.sums {
				sums, _ := os.ReadFile(filepath.Join(folder, "SHA256SUMS"))
				sums = bytes.ReplaceAll(sums, fmt.Appendf(nil, "%x", sha256.Sum256(text)), fmt.Appendf(nil, "%x", sha256.Sum256(changed)))
				if err := os.WriteFile(filepath.Join(folder, "SHA256SUMS"), sums, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := script(t, folder); err == nil {
				t.Error("it was not found")
			}
		})
	}
}

// An archive tells the shift as it stood at its end, and nobody's PIN.
func TestWhatAnArchiveHolds(t *testing.T) {
	j := openTemp(t)
	const canary = "canary-of-a-kept-pin"
	employ(t, j, pos.Person{Name: "cashier 1", Role: pos.RoleManager, PIN: canary})
	formula := intent(j, 1)
	formula.Ref = "=1+1"
	open := do(t, j, pos.Attempt{}, formula)
	closeShift(t, j)
	do(t, j, open, paid)
	closeShift(t, j)
	for number, state := range map[int]string{1: "submitting", 2: "paid"} {
		path, folder := archiveOf(t, j, number)
		if want := fmt.Sprintf("Z-20261121-%04d.zip", number); filepath.Base(path) != want {
			t.Errorf("%s, want %s", path, want)
		}
		file, _ := os.ReadFile(filepath.Join(folder, "attempts.csv"))
		table, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
		if err != nil || len(table) != 2 || table[0][0] != "\ufefforder_no" || table[1][3] != state || table[1][14] != "'=1+1" || table[1][15] != "2026-11-21T12:30:00.000Z" {
			t.Errorf("attempts of %d: %q, %v", number, table, err)
		}
		files, _ := os.ReadDir(folder)
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(folder, f.Name()))
			if err != nil || bytes.Contains(text, []byte(canary)) {
				t.Errorf("%s of closing %d: %v, or it holds what is kept of a PIN", f.Name(), number, err)
			}
		}
		if len(files) != 5 {
			t.Errorf("%d files", len(files))
		}
		again, _ := archiveOf(t, j, number)
		one, _ := os.ReadFile(path)
		two, _ := os.ReadFile(again)
		if !bytes.Equal(one, two) {
			t.Errorf("closing %d makes two different files", number)
		}
	}
}

// An archive replaces nothing, follows no link, and is for its owner alone.
func TestAnArchiveReplacesNothing(t *testing.T) {
	j := twoShifts(t)
	path, _ := archiveOf(t, j, 1)
	folder := filepath.Dir(path)
	for name, mode := range map[string]os.FileMode{path: 0o600, folder: 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v, %v, want %v", name, info.Mode(), err, mode)
		}
	}
	_, err := j.Archive(context.Background(), folder, 1)
	wantError(t, err, pos.KindInvalid, "exists")
	_, err = j.Archive(context.Background(), folder, 3)
	wantError(t, err, pos.KindNotFound, "no such closing")
	target := filepath.Join(t.TempDir(), "target")
	if err := os.Symlink(target, filepath.Join(folder, "Z-20261121-0002.zip")); err != nil {
		t.Fatal(err)
	}
	_, err = j.Archive(context.Background(), folder, 2)
	wantError(t, err, pos.KindInvalid, "exists")
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) != 2 {
		t.Errorf("the folder has %v", left)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("a link was followed")
	}
}

// A journal that was edited makes no archive.
func TestADamagedJournalMakesNoArchive(t *testing.T) {
	j := twoShifts(t)
	j.Close()
	sqlTamper("UPDATE events SET run = 'x' WHERE seq = 8")(t, j.path)
	r := openReaderAt(t, j.path)
	folder := filepath.Join(t.TempDir(), "archives")
	if _, err := r.Archive(context.Background(), folder, 1); err != nil {
		t.Error(err) // of another shift
	}
	if path, err := r.Archive(context.Background(), folder, 2); pos.KindOf(err) != pos.KindJournal {
		t.Errorf("%s, %v", path, err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("the folder has %v", left)
	}
}
