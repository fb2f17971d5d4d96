package cli

import (
	"context"
	"errors"

	"cashier/pos"
)

// inBackroom opens a shop that sells nothing and asks WeChat Pay nothing: a day
// is closed and people are named without a key, a certificate or a network.
func (m *machine) inBackroom(ctx context.Context, f flags, work func(*shop, printer) error) error {
	set, p, err := m.prepare(f)
	if err != nil {
		return err
	}
	policy, err := set.policy(newRun(), set.practice)
	if err != nil {
		return err
	}
	s := &shop{setting: set}
	if s.journal, err = m.openJournal(ctx, set); err != nil {
		return err
	}
	// The till is never started and takes up no order, so it has nothing to end
	// and nothing to note about that.
	p.practice = set.practice
	s.till = pos.NewTill(nil, s.journal, policy)
	s.office = pos.NewOffice(s.till, s.journal, argon{})
	return errors.Join(work(s, p), s.journal.Close())
}
