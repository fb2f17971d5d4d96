package storage

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
)

// meta is who a journal is. It is made once and never changes.
type meta struct {
	born           string // the incarnation it was made with
	incarnation    string // the one it has now; another one if it was ever restored
	genesis        []byte
	fingerprintKey []byte
	practice       bool
}

const (
	insertMeta = `INSERT INTO meta (id, incarnation, genesis, fingerprint_key, practice) VALUES (1, ?, ?, ?, ?)`
	selectMeta = `SELECT incarnation, genesis, fingerprint_key, practice, coalesce(
		(SELECT data ->> '$.detail.incarnation' FROM events WHERE name = 'restored' AND order_no = '' AND seq > 0 ORDER BY seq DESC LIMIT 1),
		incarnation) FROM meta WHERE id = 1`
)

// newMeta draws a new identity.
func newMeta(practice bool) meta {
	m := meta{genesis: make([]byte, 32), fingerprintKey: make([]byte, 32), practice: practice}
	rand.Read(m.genesis)
	rand.Read(m.fingerprintKey)
	m.born = newIncarnation()
	m.incarnation = m.born
	return m
}

// newIncarnation draws four base-32 characters, about a million values: two
// journals of one till on one day are told apart by it.
func newIncarnation() string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
	b := make([]byte, 4)
	rand.Read(b)
	for i := range b {
		b[i] = alphabet[b[i]%32]
	}
	return string(b)
}

// root is the prev of the first entry: it binds the chain to this identity.
func (m meta) root() digest {
	c := canonical{sha256.New()}
	c.text("cashier-1 meta")
	c.bytes(m.genesis)
	c.text(m.born)
	c.bytes(m.fingerprintKey)
	c.number(flag(m.practice))
	return c.sum()
}

// queryer is what reads: a pool or one connection.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readMeta(ctx context.Context, q queryer) (m meta, err error) {
	err = q.QueryRowContext(ctx, selectMeta).Scan(&m.born, &m.genesis, &m.fingerprintKey, &m.practice, &m.incarnation)
	return m, err
}

// flag is how the tables hold a bool.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
