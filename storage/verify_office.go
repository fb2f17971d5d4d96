package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"cashier/pos"
)

// This file verifies what an Office has written: who works here, and closings.

const (
	selectStaff    = `SELECT ` + entryColumns + ` FROM events WHERE name = 'staff_changed' AND order_no = '' ORDER BY seq`
	selectClosedBy = `SELECT ` + rowColumns + ` FROM events WHERE name = 'shift_z' AND order_no = '' AND seq >= ? ORDER BY seq`
)

// claim is what an entry says of a person.
type claim struct {
	seq             int64
	role, gone, pin string
}

// people compares each person with the newest entry about them. What entries hold
// of a PIN is the digest of what is kept of it.
func (v *verifier) people(ctx context.Context) error {
	noted, err := v.staff(ctx)
	if err != nil {
		return err
	}
	people, err := collect(ctx, v.q, scanPerson, selectPeople)
	if err != nil {
		return err
	}
	for _, p := range people {
		n, known := noted[p.Name]
		digest := sha256.Sum256([]byte(p.PIN))
		is := claim{n.seq, string(p.Role), strconv.FormatBool(p.Gone), hex.EncodeToString(digest[:])}
		switch {
		case !known:
			v.report.add(v.report.Seq, "people has %q, of whom the journal knows nothing", p.Name)
		case is != n:
			v.report.add(n.seq, "people says otherwise about %q than the newest entry about them", p.Name)
		}
		delete(noted, p.Name)
	}
	for name, n := range noted {
		v.report.add(n.seq, "people does not have %q", name)
	}
	return nil
}

// staff is what the newest entry about each person says.
func (v *verifier) staff(ctx context.Context) (map[string]claim, error) {
	noted := map[string]claim{}
	rows, err := v.q.QueryContext(ctx, selectStaff)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		switch {
		case code(err) != 0:
			return nil, err
		case err != nil:
			continue // the chain has reported it
		}
		d := e.Event.(pos.Noted).Detail
		noted[d["who"]] = claim{e.Seq, d["role"], d["gone"], d["pin"]}
	}
	return noted, rows.Err()
}

// closings checks every closing in the range: numbers without gaps, the place
// and head that it speaks of, and, if its shift is in the range, that its sums
// come out again.
func (v *verifier) closings(ctx context.Context) error {
	rows, err := collect(ctx, v.q, scanRow, selectClosedBy, v.options.From)
	if err != nil || len(rows) == 0 {
		return err
	}
	before, err := closings(ctx, v.q, rows[0].seq, 1)
	if code(err) != 0 {
		return err
	}
	last := append(before, pos.Closing{})[0]
	for _, r := range rows {
		c, err := r.closing()
		if err != nil {
			continue // the chain has reported it
		}
		if err := v.closing(ctx, r, c, last); err != nil {
			return err
		}
		last = c
	}
	return nil
}

// closing checks one closing, which stands in r, behind the last one.
func (v *verifier) closing(ctx context.Context, r row, c, last pos.Closing) error {
	hash, err := v.hash(ctx, c.Upto)
	if err != nil {
		return err
	}
	switch {
	case c.Number != last.Number+1:
		v.report.add(r.seq, "closing %d follows closing %d", c.Number, last.Number)
	case c.After != last.Upto:
		v.report.add(r.seq, "closing %d begins behind entry %d and the last one ended with %d", c.Number, c.After, last.Upto)
	case c.Upto != r.seq-1:
		v.report.add(r.seq, "closing %d speaks of the entries up to %d", c.Number, c.Upto)
	case c.Head != hex.EncodeToString(hash):
		v.report.add(r.seq, "closing %d has another head than entry %d", c.Number, c.Upto)
	case c.After+1 >= v.options.From:
		return v.sums(ctx, r, c)
	}
	return nil
}

// hash is the hash of an entry; of entry 0 what the first one follows.
func (v *verifier) hash(ctx context.Context, seq int64) ([]byte, error) {
	if seq == 0 {
		root := v.meta.root()
		return root[:], nil
	}
	return one[[]byte](ctx, v.q, selectHash, seq)
}

// sums computes a closing again, from its entries and the closing before.
func (v *verifier) sums(ctx context.Context, r row, c pos.Closing) error {
	again, err := shift(ctx, v.q, r.seq, c.Upto, c.Head)
	if ctx.Err() != nil || code(err) != 0 {
		return err
	}
	again.At, again.By = c.At, c.By // only the closing itself says these
	data, encoded := json.Marshal(pos.ShiftClosed{Closing: again})
	switch {
	case encoded != nil:
		return encoded
	case err != nil:
		v.report.add(r.seq, "closing %d cannot be summed again: %v", c.Number, err)
	case !bytes.Equal(data, r.data):
		v.report.add(r.seq, "closing %d says otherwise than its entries", c.Number)
	}
	return nil
}
