package storage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
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

// closed is a closing in the range, and the same computed again.
type closed struct {
	row
	said, again pos.Closing
}

// beginClosings checks of every closing in the range its number, the place and
// the head that it speaks of. If its shift is in the range as well its sums are
// to come out again, from the attempts that are compared anyway.
func (v *verifier) beginClosings(ctx context.Context) error {
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
		if err := v.beginClosing(ctx, r, c, last); err != nil {
			return err
		}
		last = c
	}
	return nil
}

// beginClosing checks one closing, which stands in r, behind the last one.
func (v *verifier) beginClosing(ctx context.Context, r row, c, last pos.Closing) error {
	hash, err := v.hash(ctx, c.Upto)
	if err != nil {
		return err
	}
	switch {
	case c.Number != last.Number+1:
		v.wrong.add(r.seq, "closing %d follows closing %d", c.Number, last.Number)
	case c.After != last.Upto:
		v.wrong.add(r.seq, "closing %d begins behind entry %d and the last one ended with %d", c.Number, c.After, last.Upto)
	case c.Upto != r.seq-1:
		v.wrong.add(r.seq, "closing %d speaks of the entries up to %d", c.Number, c.Upto)
	case c.Head != hex.EncodeToString(hash):
		v.wrong.add(r.seq, "closing %d has another head than entry %d", c.Number, c.Upto)
	case c.After+1 >= v.options.From:
		again := pos.NewClosing(last, c.Upto, c.Head)
		again.At, again.By, again.Till = c.At, c.By, c.Till // only the closing itself says these
		if err := opened(ctx, v.q, &again); code(err) != 0 || ctx.Err() != nil {
			return err
		}
		v.expect(&closed{r, c, again})
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

// expect has a closing computed again. An order that is owed to it counts in it
// whether anything has happened to it or not.
func (v *verifier) expect(c *closed) {
	v.closed = append(v.closed, c)
	for _, no := range c.again.Owed() {
		v.owed[no] = append(v.owed[no], c)
		if v.options.From > 1 {
			v.touched[string(no)] = true
		}
	}
}

// add counts an attempt in every closing whose shift has an entry of it, or is owed it.
func (v *verifier) add(entries []pos.Entry) error {
	counts := slices.Clone(v.owed[entries[0].OrderNo])
	for _, e := range entries {
		i, _ := slices.BinarySearchFunc(v.closed, e.Seq, func(c *closed, seq int64) int { return cmp.Compare(c.said.Upto, seq) })
		if i < len(v.closed) && e.Seq > v.closed[i].said.After && !slices.Contains(counts, v.closed[i]) {
			counts = append(counts, v.closed[i])
		}
	}
	for _, c := range counts {
		if err := c.again.Add(entries); err != nil {
			return err
		}
	}
	return nil
}

// endClosings compares what closings say with what came out again, and reports
// what is wrong with them, the oldest first.
func (v *verifier) endClosings(context.Context) error {
	for _, c := range v.closed {
		c.again.End()
		data, err := json.Marshal(pos.ShiftClosed{Closing: c.again})
		if err != nil {
			return err
		}
		if !bytes.Equal(data, c.data) {
			v.wrong.add(c.seq, "closing %d says otherwise than its entries", c.said.Number)
		}
	}
	slices.SortStableFunc(v.wrong.Differences, func(a, b Difference) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, d := range v.wrong.Differences {
		v.report.add(d.Seq, "%s", d.Reason)
	}
	return nil
}
