package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// headerOf is readHeader of the file at path, for one who must not change it. A
// file that was cut off while it was being made says nothing about itself yet.
func headerOf(ctx context.Context, path string, q queryer) (header, error) {
	h, err := readHeader(ctx, q)
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code() == sqlite3.SQLITE_READONLY_ROLLBACK && wasEmpty(path) {
		return header{}, nil
	}
	return h, err
}

// rollbackMagic begins a rollback journal (SQLite, "Database File Format", 3).
var rollbackMagic = []byte{0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7}

// wasEmpty reports whether what a reader must not roll back is the first
// transaction of the file at path: there was nothing in it, whoever began it.
// The next one who opens it for writing has SQLite undo it.
func wasEmpty(path string) bool {
	f, err := os.Open(path + "-journal")
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, 20) // magic, records, nonce, pages of the file before
	_, err = io.ReadFull(f, start)
	return err == nil && bytes.HasPrefix(start, rollbackMagic) && binary.BigEndian.Uint32(start[16:]) == 0
}
