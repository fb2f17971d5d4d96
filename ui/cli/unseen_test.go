package cli

import (
	"testing"

	"cashier/pos"
)

// A sale that became paid as the till was killed is found by the next start, also
// when a command without sales has written into the journal in between.
func TestUnseen_BehindOtherCommands(t *testing.T) {
	for _, between := range [][]string{nil, {"shift", "open"}, {"query"}} {
		f := newShopFloor(t)
		s, err := (&machine{env: map[string]string{"HOME": f.home}}).open(t.Context(), flags{config: f.config()})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.till.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		code, _ := pos.ParseAuthCode(f.sim.AuthCode(), pos.DefaultPrefixes)
		a, err := s.till.Charge(t.Context(), pos.Scan{Amount: pos.Money{Minor: 1250, Currency: "HKD"}, Code: code})
		if err != nil {
			t.Fatal(err)
		}
		s.till.Wait(t.Context(), func() bool { x, _ := s.till.Attempt(a.OrderNo); return x.State == pos.Paid })
		s.journal.Close() // killed
		if len(between) == 1 {
			between = append(between, string(a.OrderNo))
		}
		if between != nil {
			f.gives("", between...)
		}
		f.gives("", "resume", "--wait", "1s")
		_, records, _ := f.run("journal")
		if len(records) != 1 || records[0].Attention != pos.AttentionPaidAway {
			t.Errorf("%v: %+v", between, records[0].Attention)
		}
	}
}
