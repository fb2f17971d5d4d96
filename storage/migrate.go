package storage

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	applicationID = 0x43415348 // "CASH", in the file's header (PRAGMA application_id)
	schemaVersion = 4          // of the newest migration (PRAGMA user_version)
)

// header is what a file says about itself.
type header struct {
	application, version int
	foreign              bool // has tables that a file without our application_id should not have
}

const selectHeader = `SELECT
	(SELECT application_id FROM pragma_application_id),
	(SELECT user_version FROM pragma_user_version),
	EXISTS (SELECT 1 FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'goose_db_version')`

func readHeader(ctx context.Context, q queryer) (h header, err error) {
	err = q.QueryRowContext(ctx, selectHeader).Scan(&h.application, &h.version, &h.foreign)
	return h, err
}

// check refuses a file that is not ours, or that a newer cashier has written.
// A file without tables is ours to be; so is one whose first migration was cut off.
func (h header) check() error {
	switch {
	case h.application != applicationID && (h.application != 0 || h.foreign):
		return mend(fmt.Errorf("the file belongs to another program (application id %#08x)", h.application),
			"name another journal with --journal")
	case h.version > schemaVersion:
		return mend(fmt.Errorf("the journal was written by a newer cashier (schema %d, this one knows %d)", h.version, schemaVersion),
			"use the newer program; an older one must not write here")
	}
	return nil
}

// complete reports whether the file has every table.
func (h header) complete() bool { return h.application == applicationID && h.version == schemaVersion }

// migrate brings the file up to schemaVersion. goose has no lock of its own for
// SQLite: the caller holds the journal's.
func migrate(ctx context.Context, db *sql.DB) error {
	h, err := readHeader(ctx, db)
	if err != nil || h.complete() {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}
