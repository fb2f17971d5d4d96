package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// digest is a link of the chain.
type digest = [sha256.Size]byte

// row is an entry as the events table holds it.
type row struct {
	seq     int64
	atMS    int64
	day     string
	run     string
	orderNo string
	name    string
	data    []byte // JSON
	state   string
	prev    []byte
	hash    []byte
}

// link is the hash that r must have. The form is promised in doc.go.
func (r row) link() digest {
	c := canonical{sha256.New()}
	c.text("cashier-1")
	c.number(r.seq)
	c.bytes(r.prev)
	c.number(r.atMS)
	c.text(r.day)
	c.text(r.run)
	c.text(r.orderNo)
	c.text(r.name)
	c.bytes(r.data)
	c.text(r.state)
	return c.sum()
}

// canonical feeds a hash with fields that cannot run into each other: each has
// its length before it.
type canonical struct{ h hash.Hash }

func (c canonical) bytes(b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	c.h.Write(n[:])
	c.h.Write(b)
}

func (c canonical) text(s string) { c.bytes([]byte(s)) }

func (c canonical) number(n int64) {
	c.bytes(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

func (c canonical) sum() (d digest) {
	c.h.Sum(d[:0])
	return d
}
