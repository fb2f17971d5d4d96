package storage

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	_ "embed" // the schema
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cashier/pos"
)

// The files of an archive, in this order.
const (
	closingFile  = "closing.json"
	entriesFile  = "entries.jsonl"
	attemptsFile = "attempts.csv"
	schemaFile   = "schema.txt"
	sumsFile     = "SHA256SUMS"
)

//go:embed archive.txt
var schema []byte

const selectClosing = `SELECT ` + rowColumns + ` FROM events WHERE name = 'shift_z' AND order_no = '' AND data ->> '$.number' = ? ORDER BY seq DESC LIMIT 1`

// Archive writes a closing and everything that was journaled since the one before
// to a new file in folder, Z-20261121-0001.zip, that is read and verified without
// this program: schema.txt in it says how. It is read back and verified before it
// gets its name. The same closing always makes the same file. Failures:
// pos.KindNotFound if there is no such closing, pos.KindInvalid if the file
// exists, else pos.KindJournal.
func (r *Reader) Archive(ctx context.Context, folder string, number int) (path string, err error) {
	op := fmt.Sprintf("archive closing %d in %s", number, folder)
	if err := prepareFolder(folder); err != nil {
		return "", fail(op, err)
	}
	err = r.moment(ctx, func(tx *sql.Tx) error {
		path, err = archiveAll(ctx, tx, folder, number)
		return err
	})
	return path, fail(op, err)
}

// archiveAll makes the file under another name and gives it its own when it is
// complete, on the disk and verified.
func archiveAll(ctx context.Context, q queryer, folder string, number int) (string, error) {
	closing, err := scanRow(q.QueryRowContext(ctx, selectClosing, number))
	if errors.Is(err, sql.ErrNoRows) {
		err = &pos.Error{Kind: pos.KindNotFound, Err: errors.New("there is no such closing"), Hint: "cashier shift list lists what there is"}
	}
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, fmt.Sprintf("Z-%s-%04d.zip", strings.ReplaceAll(closing.day, "-", ""), number))
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return "", errors.Join(err, archived(path))
	}
	dir, err := os.MkdirTemp(folder, ".archive-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir) // what is complete has its own name by then
	unfinished := filepath.Join(dir, "z.zip")
	if err := writeArchive(ctx, q, unfinished, closing); err != nil {
		return "", err
	}
	if err := checkArchive(unfinished, closing); err != nil {
		return "", fmt.Errorf("the archive, or the journal itself, is damaged: %w", err)
	}
	if err := os.Link(unfinished, path); errors.Is(err, fs.ErrExist) {
		return "", archived(path)
	} else if err != nil {
		return "", err
	}
	return path, syncFile(folder)
}

func archived(path string) error {
	return &pos.Error{Kind: pos.KindInvalid, Err: fmt.Errorf("%s exists", path), Hint: "it is kept as it is; name another folder to have it written again"}
}

// archive is a zip file that is being written.
type archive struct {
	zip  *zip.Writer
	when time.Time
	sums bytes.Buffer // of the files so far
}

// writeArchive writes and syncs the archive of the closing that stands in z.
func writeArchive(ctx context.Context, q queryer, path string, z row) error {
	c, err := z.closing()
	if err != nil {
		return err
	}
	if err := createFile(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close() // after a failure; the file is not used then
	a := &archive{zip: zip.NewWriter(f), when: c.At.UTC()}
	for _, part := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{closingFile, func(w io.Writer) error { return writeIndented(w, z.data) }},
		{entriesFile, func(w io.Writer) error { return writeEntries(ctx, q, w, c.After, z.seq) }},
		{attemptsFile, func(w io.Writer) error { return writeAttempts(ctx, q, w, c) }},
		{schemaFile, func(w io.Writer) error { _, err := w.Write(schema); return err }},
		{sumsFile, func(w io.Writer) error { _, err := w.Write(a.sums.Bytes()); return err }},
	} {
		if err := a.add(part.name, part.write); err != nil {
			return fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	return errors.Join(a.zip.Close(), f.Sync(), f.Close())
}

// add writes one file and notes its sum.
func (a *archive) add(name string, write func(io.Writer) error) error {
	head := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.when}
	head.SetMode(fileMode)
	w, err := a.zip.CreateHeader(head)
	if err != nil {
		return err
	}
	sum := sha256.New()
	err = write(io.MultiWriter(w, sum))
	fmt.Fprintf(&a.sums, "%x  %s\n", sum.Sum(nil), name)
	return err
}

func writeIndented(w io.Writer, data []byte) error {
	var b bytes.Buffer
	err := json.Indent(&b, data, "", "  ")
	b.WriteByte('\n')
	_, written := b.WriteTo(w)
	return errors.Join(err, written)
}

// line is an entry as entries.jsonl holds it: what was hashed, and the hash.
type line struct {
	Seq     int64  `json:"seq"`
	AtMS    int64  `json:"at_ms"`
	Day     string `json:"day"`
	Run     string `json:"run"`
	OrderNo string `json:"order_no"`
	Name    string `json:"name"`
	Data    string `json:"data"` // a text that is JSON
	State   string `json:"state"`
	Prev    string `json:"prev"`
	Hash    string `json:"hash"`
}

// writeEntries writes the entries above after, up to and with upto.
func writeEntries(ctx context.Context, q queryer, w io.Writer, after, upto int64) error {
	rows, err := q.QueryContext(ctx, selectRange, after, upto)
	if err != nil {
		return err
	}
	defer rows.Close()
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return err
		}
		if err := out.Encode(line{r.seq, r.atMS, r.day, r.run, r.orderNo, r.name, string(r.data), r.state,
			hex.EncodeToString(r.prev), hex.EncodeToString(r.hash)}); err != nil {
			return err
		}
	}
	return rows.Err()
}

const selectRange = `SELECT ` + rowColumns + ` FROM events WHERE seq > ? AND seq <= ? ORDER BY seq`

// writeAttempts writes every attempt of the shift as it stood at its end.
func writeAttempts(ctx context.Context, q queryer, w io.Writer, c pos.Closing) error {
	t := NewTable(w, time.UTC)
	err := eachAttempt(ctx, q, c, func(entries []pos.Entry) error {
		a, err := pos.Fold(entries)
		if err != nil {
			return err
		}
		return t.Put(a.Summary)
	})
	return errors.Join(err, t.Flush())
}
