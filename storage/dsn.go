package storage

import (
	"database/sql"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// The pragmas stand in the data source name because they belong to a
// connection and not to a pool. Their order is the order in which they are set.
const (
	// writing: WAL, so that readers never wait for the writer nor it for them;
	// FULL, so that a commit has reached the disk; fullfsync, so that on macOS
	// this means the medium and not its cache; checkpoints between sales
	// (Checkpoint), with SQLite's own as a net, at 16 MB.
	writing = "?_txlock=immediate&_dqs=0&_defensive=1&_error_rc=1" +
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=fullfsync(1)&_pragma=checkpoint_fullfsync(1)&_pragma=foreign_keys(1)" +
		"&_pragma=trusted_schema(0)&_pragma=wal_autocheckpoint(4000)"

	// reading: a reader cannot write, whatever it is asked.
	reading = "?mode=ro&_dqs=0&_error_rc=1&_pragma=busy_timeout(5000)&_pragma=trusted_schema(0)"

	// lying: a file that nobody writes, such as a backup just made. SQLite
	// takes no locks and puts no files beside it.
	lying = reading + "&immutable=1"

	readers = 4 // connections of a Reader
)

// openPool opens the file at path; nothing happens before the first query. Only a name that starts
// with "file:" passes the parameters on.
func openPool(path, how string, connections int) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(path, how))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func dsn(path, how string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + how
}
