package storage

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// checkArchive reads an archive back, as it stands on the disk: each file has its
// sum, and the entries are a chain that ends with the closing z.
func checkArchive(path string, z row) error {
	a, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer a.Close() // only read
	return errors.Join(checkSums(a), checkEntries(a, z))
}

func checkSums(a *zip.ReadCloser) error {
	want, err := readMember(a, sumsFile)
	if err != nil {
		return err
	}
	var got bytes.Buffer
	for _, f := range a.File[:len(a.File)-1] {
		member, err := f.Open()
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, member)
		if err := errors.Join(err, member.Close()); err != nil {
			return err
		}
		fmt.Fprintf(&got, "%x  %s\n", sum.Sum(nil), f.Name)
	}
	if !bytes.Equal(got.Bytes(), want) {
		return fmt.Errorf("%s does not say what the files are", sumsFile)
	}
	return nil
}

func readMember(a *zip.ReadCloser, name string) ([]byte, error) {
	f, err := a.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read
	return io.ReadAll(f)
}

// checkEntries walks the chain inside.
func checkEntries(a *zip.ReadCloser, z row) error {
	c, err := z.closing()
	if err != nil {
		return err
	}
	f, err := a.Open(entriesFile)
	if err != nil {
		return err
	}
	defer f.Close() // only read
	seq, prev := c.After, []byte(nil)
	for in := json.NewDecoder(f); ; seq++ {
		var l line
		if err := in.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		r, err := l.row()
		link := r.link()
		switch {
		case err != nil:
			return err
		case r.seq != seq+1, prev != nil && !bytes.Equal(r.prev, prev), !bytes.Equal(r.hash, link[:]):
			return fmt.Errorf("entry %d was changed, or does not follow", seq+1)
		case r.seq == c.Upto && hex.EncodeToString(r.hash) != c.Head:
			return fmt.Errorf("entry %d does not have the head of the closing", r.seq)
		}
		prev = r.hash
	}
	if seq != z.seq || !bytes.Equal(prev, z.hash) {
		return fmt.Errorf("the entries end with %d and not with the closing, %d", seq, z.seq)
	}
	return nil
}

// row is the inverse of writeEntries.
func (l line) row() (row, error) {
	prev, badPrev := hex.DecodeString(l.Prev)
	hash, badHash := hex.DecodeString(l.Hash)
	return row{l.Seq, l.AtMS, l.Day, l.Run, l.OrderNo, l.Name, []byte(l.Data), l.State, prev, hash}, errors.Join(badPrev, badHash)
}
