package storage

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"cashier/pos"
)

// Checkpoint is a place in the chain that was written down earlier.
type Checkpoint struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"` // hexadecimal, in full or its first 16 digits or more
}

// VerifyOptions say what the journal is compared with. The zero value checks
// the journal against itself.
type VerifyOptions struct {
	// Expect is a head that was written down earlier, in hexadecimal, in full
	// or its first 16 digits or more: some entry must have this hash. Without
	// it, or a Checkpoint, a tail that was cut off or a chain that was written
	// anew cannot be found.
	Expect string

	// Checkpoint must be in the journal, at its place. A journal that is
	// shorter is different.
	Checkpoint *Checkpoint

	// From is the first entry to check; those before are taken for granted. 0: all.
	// From the newest closing on (Reader.LastClosing) it is what came since.
	From int64
}

// Difference is something that is not as it must be.
type Difference struct {
	Seq    int64  `json:"seq"` // the entry; for a row of payments, the newest entry that it claims
	Reason string `json:"reason"`
}

// maxDifferences is how many are listed; after that many it is clear enough.
const maxDifferences = 100

// Report is what Verify found.
type Report struct {
	Events      int64        `json:"events"`                // entries checked
	Attempts    int64        `json:"attempts"`              // attempts folded and compared
	Seq         int64        `json:"seq"`                   // of the newest entry
	Head        string       `json:"head"`                  // its hash, hexadecimal
	Differences []Difference `json:"differences,omitempty"` // the chain's in the order of the entries, then those of payments, people and closings
}

// Good reports whether nothing was found.
func (r Report) Good() bool { return len(r.Differences) == 0 }

// FirstBad is the first difference: in the chain if there is one, else in
// payments, people or a closing. It is the zero Difference if nothing was found.
func (r Report) FirstBad() Difference {
	if r.Good() {
		return Difference{}
	}
	return r.Differences[0]
}

func (r *Report) add(seq int64, format string, args ...any) {
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, Difference{seq, fmt.Sprintf(format, args...)})
	}
}

// Verify walks the chain (sequence without gaps, hashes, head), folds every
// attempt and compares it with payments, compares people with what was noted
// about them, and sums every closing again. Differences are in the report; an
// error means that the journal could not be read to its end. It sees one
// moment of the journal, whatever is written meanwhile.
func (r *Reader) Verify(ctx context.Context, o VerifyOptions) (Report, error) {
	report, err := r.verify(ctx, o)
	return report, fail("verify the journal", err)
}

func (r *Reader) verify(ctx context.Context, o VerifyOptions) (Report, error) {
	if err := o.check(); err != nil {
		return Report{}, err
	}
	tx, err := r.pool.BeginTx(ctx, nil)
	if err != nil {
		return Report{}, err
	}
	defer tx.Rollback() // nothing was written
	v := verifier{q: tx, options: o, expected: o.Expect == "", touched: map[string]bool{}, owed: map[pos.OrderNo][]*closed{}}
	if v.meta, err = readMeta(ctx, tx); err != nil {
		return Report{}, err
	}
	for _, check := range []func(context.Context) error{v.chain, v.beginClosings, v.payments, v.people, v.endClosings} {
		if err := check(ctx); err != nil {
			return v.report, err
		}
	}
	return v.report, nil
}

// shortHead is how many hexadecimal digits of a head are enough to know it by.
const shortHead = 16

// check refuses a head that is too short to know an entry by.
func (o VerifyOptions) check() error {
	heads := []string{}
	if o.Expect != "" {
		heads = append(heads, o.Expect)
	}
	if o.Checkpoint != nil {
		heads = append(heads, o.Checkpoint.Hash)
	}
	for _, h := range heads {
		if len(h) < shortHead || len(h) > hex.EncodedLen(len(digest{})) || strings.Trim(strings.ToLower(h), "0123456789abcdef") != "" {
			return &pos.Error{Kind: pos.KindInvalid, Err: fmt.Errorf("%q is not a head", h), Hint: "give at least its first 16 hexadecimal digits"}
		}
	}
	return nil
}

// verifier is one run of Verify.
type verifier struct {
	q        queryer
	meta     meta
	options  VerifyOptions
	report   Report
	expected bool            // Expect was met
	ofOrders int64           // entries checked that belong to an attempt
	touched  map[string]bool // order numbers in the entries checked, if these are not all
	closed   []*closed       // closings whose sums are to come out again, oldest first
	owed     map[pos.OrderNo][]*closed
	wrong    Report // what is wrong with closings
}

const (
	selectChain = `SELECT ` + rowColumns + ` FROM events WHERE seq >= ? ORDER BY seq`
	selectHash  = `SELECT hash FROM events WHERE seq = ?`
)

// chain walks the entries.
func (v *verifier) chain(ctx context.Context) error {
	seq, prev, err := v.start(ctx)
	if err != nil {
		return err
	}
	rows, err := v.q.QueryContext(ctx, selectChain, seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return err
		}
		v.link(r, seq, prev)
		seq, prev = r.seq+1, r.hash
	}
	v.report.Seq, v.report.Head = seq-1, hex.EncodeToString(prev)
	v.end()
	return rows.Err()
}

// start is the first entry to check, and the hash that it must follow.
func (v *verifier) start(ctx context.Context) (seq int64, prev []byte, err error) {
	root := v.meta.root()
	if v.options.From <= 1 {
		v.meet(0, root[:])
		return 1, root[:], nil
	}
	prev, err = one[[]byte](ctx, v.q, selectHash, v.options.From-1)
	if err == nil && prev == nil {
		v.report.add(v.options.From-1, "the entry before the first to check is missing")
	}
	v.meet(v.options.From-1, prev)
	return v.options.From, prev, err
}

// link checks one entry against what it must be: number seq, after prev.
func (v *verifier) link(r row, seq int64, prev []byte) {
	v.report.Events++
	want := r.link()
	switch {
	case r.seq != seq:
		v.report.add(seq, "entries %d to %d are missing", seq, r.seq-1)
	case !bytes.Equal(r.prev, prev) && r.seq == 1:
		v.report.add(r.seq, "the first entry does not follow from the journal's identity")
	case !bytes.Equal(r.prev, prev):
		v.report.add(r.seq, "does not follow the entry before it")
	}
	if !bytes.Equal(r.hash, want[:]) {
		v.report.add(r.seq, "was changed: its content does not have its hash")
	}
	v.meet(r.seq, r.hash)
	v.count(r)
}

// count keeps what payments will be compared with. An attempt's entries are
// decoded when it is folded, a till's own now.
func (v *verifier) count(r row) {
	if r.orderNo == "" {
		if _, err := r.entry(); err != nil {
			v.report.add(r.seq, "cannot be understood: %v", err)
		}
		return
	}
	v.ofOrders++
	if v.options.From > 1 {
		v.touched[r.orderNo] = true
	}
}

// meet compares an entry with what was written down earlier.
func (v *verifier) meet(seq int64, hash []byte) {
	v.expected = v.expected || begins(hash, v.options.Expect)
	if c := v.options.Checkpoint; c != nil && c.Seq == seq && !begins(hash, c.Hash) {
		v.report.add(seq, "has another hash than the checkpoint")
	}
}

// begins reports whether hash, in hexadecimal, begins with head.
func begins(hash []byte, head string) bool {
	return strings.HasPrefix(hex.EncodeToString(hash), strings.ToLower(head))
}

// end looks for what was written down and did not come.
func (v *verifier) end() {
	last := v.report.Seq
	if c := v.options.Checkpoint; c != nil && c.Seq > last {
		v.report.add(last+1, "the journal ends at %d and is shorter than the checkpoint at %d", last, c.Seq)
	}
	if !v.expected {
		v.report.add(last+1, "no entry has the expected head %s: entries were cut off, or the chain was written anew", v.options.Expect)
	}
}

const (
	selectPayments = `SELECT ` + paymentColumns + ` FROM payments WHERE first_seq > ? ORDER BY first_seq LIMIT 500`
	selectPayment  = `SELECT ` + paymentColumns + ` FROM payments WHERE order_no = ?`
)

// payments compares every attempt, or those that have an entry in the range.
func (v *verifier) payments(ctx context.Context) error {
	if v.options.From <= 1 {
		return v.all(ctx)
	}
	for no := range v.touched {
		found, err := collect(ctx, v.q, scanPayment, selectPayment, no)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			v.report.add(v.report.Seq, "payments does not have %s", no)
			continue
		}
		if _, err := v.compare(ctx, found[0]); err != nil {
			return err
		}
	}
	return nil
}

// all compares every row of payments. If the rows' entries add up to those of
// the chain there is no attempt without a row.
func (v *verifier) all(ctx context.Context) error {
	var entries int64
	for last := int64(0); ; {
		page, err := collect(ctx, v.q, scanPayment, selectPayments, last)
		if err != nil {
			return err
		}
		for _, p := range page {
			n, err := v.compare(ctx, p)
			if err != nil {
				return err
			}
			last, entries = p.First, entries+int64(n)
		}
		if len(page) == 0 {
			break
		}
	}
	if entries != v.ofOrders {
		v.report.add(v.report.Seq, "payments speaks of %d entries and the journal has %d of orders", entries, v.ofOrders)
	}
	return v.totals(ctx)
}

// compare folds one attempt's entries, compares the result with its row, and
// counts the entries.
func (v *verifier) compare(ctx context.Context, p payment) (n int, err error) {
	v.report.Attempts++
	entries, err := timeline(ctx, v.q, p.OrderNo)
	var want payment
	if err == nil {
		want, err = derive(entries)
	}
	if err == nil {
		err = v.add(entries)
	}
	switch {
	case ctx.Err() != nil || code(err) != 0:
		return 0, err
	case pos.KindOf(err) == pos.KindNotFound:
		v.report.add(p.Seq, "payments has %s, of which the journal knows nothing", p.OrderNo)
	case err != nil:
		v.report.add(p.Seq, "%s: %v", p.OrderNo, err)
	case want != p:
		v.report.add(p.Seq, "payments says otherwise about %s than its entries", p.OrderNo)
	}
	return len(entries), nil
}
