package wechat_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"cashier/pos"
	"cashier/wechat"
	"cashier/wechat/sim"
)

// The client against the simulator, which was written from the documents by
// somebody else and shares no code with it.

const strangersKey = "192006250b4c09247ec02edce69f6a2d"

// stranger is a gateway and a client of it, in a bubble.
func stranger(t *testing.T, kind wechat.SignType, subMchID string) (*sim.Gateway, *wechat.Client) {
	t.Helper()
	g := sim.New(sim.Config{Merchants: []sim.Merchant{{AppID: "wx1", MchID: "100", SubMchID: subMchID, Key: strangersKey}}})
	key, err := wechat.ParseKey(strangersKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := wechat.New(wechat.Config{URL: "http://127.0.0.1", AppID: "wx1", MchID: "100", SubMchID: subMchID, Key: key, SignType: kind,
		Store: "Café & 茶 <1>", TillID: "K1", RoundTripper: sim.Transport(g)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return g, c
}

// charge is a sale of minor units with a fresh code.
func charge(t *testing.T, g *sim.Gateway, minor int64) pos.Charge {
	t.Helper()
	code, err := pos.ParseAuthCode(g.AuthCode(), pos.DefaultPrefixes)
	if err != nil {
		t.Fatal(err)
	}
	return pos.Charge{Order: pos.Order{No: pos.OrderNo(fmt.Sprintf("K12611210000%06d", minor)), Amount: pos.Money{Minor: minor, Currency: "HKD"}}, Code: code, Ref: "table & 4"}
}

func TestTheStrangerIsPaidInEveryModeAndAlgorithm(t *testing.T) {
	for _, kind := range []wechat.SignType{wechat.MD5, wechat.HMACSHA256} {
		for _, sub := range []string{"", "200"} {
			synctest.Test(t, func(t *testing.T) {
				g, c := stranger(t, kind, sub)
				ch := charge(t, g, 1250)
				a := c.Submit(t.Context(), ch)
				if a.Finding != pos.FoundPaid || a.Date.IsZero() || a.Heard.Fields["attach"] != "table & 4" {
					t.Errorf("%s %q: %+v", kind, sub, a)
				}
				if q := c.Query(t.Context(), ch.Order); q.Finding != pos.FoundPaid || q.TransactionID != a.TransactionID {
					t.Errorf("%s %q: %+v", kind, sub, q)
				}
				<-time.After(15 * time.Second)
				if r := c.Revoke(t.Context(), ch.Order); r.Finding != pos.FoundRevokeAccepted {
					t.Errorf("%s %q: %+v", kind, sub, r)
				}
				if g.Seen(string(ch.No)) != 1 {
					t.Error("submitted more than once")
				}
			})
		}
	}
}

// What the table of amounts (design 8) says at first, and to the next query.
func TestTheStrangersScenarios(t *testing.T) {
	for minor, want := range map[int64][2]pos.Finding{
		1:       {pos.FoundPaid, pos.FoundPaid},
		3:       {pos.FoundPaid, pos.FoundPaid},
		30:      {pos.FoundUserPaying, pos.FoundUserPaying},
		31:      {pos.FoundUnclear, pos.FoundPaid},
		32:      {pos.FoundUnclear, pos.FoundPayError},
		33:      {pos.FoundUnclear, pos.FoundUnclear},
		42:      {pos.FoundDeclined, pos.FoundNotPaid},
		44:      {pos.FoundUnclear, pos.FoundPaid},
		45:      {pos.FoundMismatch, pos.FoundPaid},
		46:      {pos.FoundUnclear, pos.FoundPaid},
		47:      {pos.FoundUnclear, pos.FoundPaid},
		48:      {pos.FoundUnclear, pos.FoundPaid},
		49:      {pos.FoundUnclear, pos.FoundNoOrder},
		50:      {pos.FoundCommFail, pos.FoundPaid},
		79:      {pos.FoundUnclear, pos.FoundPaid},
		502:     {pos.FoundPaid, pos.FoundPaid},
		100_000: {pos.FoundUserPaying, pos.FoundUserPaying},
	} {
		synctest.Test(t, func(t *testing.T) {
			g, c := stranger(t, wechat.HMACSHA256, "")
			ch := charge(t, g, minor)
			if a := c.Submit(t.Context(), ch); a.Finding != want[0] {
				t.Errorf("%d: submitted %+v", minor, a)
			}
			if a := c.Query(t.Context(), ch.Order); a.Finding != want[1] {
				t.Errorf("%d: queried %+v", minor, a)
			}
		})
	}
}

func TestTheStrangersRecall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, c := stranger(t, wechat.HMACSHA256, "")
		ch := charge(t, g, 40)
		c.Submit(t.Context(), ch)
		<-time.After(15 * time.Second)
		for i, want := range []pos.Recall{pos.RecallYes, pos.RecallYes, pos.RecallNo} {
			if a := c.Revoke(t.Context(), ch.Order); a.Recall != want || (want == pos.RecallNo) != (a.Finding == pos.FoundRevokeAccepted) {
				t.Errorf("revoke %d: %+v", i+1, a)
			}
		}
		if a := c.Query(t.Context(), ch.Order); a.Finding != pos.FoundRevoked {
			t.Errorf("%+v", a)
		}
	})
}

// Every way in which the stranger can break an answer to a payment is doubt, or
// a mismatch, and never Paid.
func TestTheStrangersFaultsAreNeverPaid(t *testing.T) {
	for name, f := range map[string]struct {
		fault sim.Fault
		want  pos.Finding
	}{
		"bad gateway":     {sim.BadGateway, pos.FoundUnclear},
		"cut answer":      {sim.CutAnswer, pos.FoundUnclear},
		"doubled field":   {sim.DoubledField, pos.FoundUnclear},
		"drop answer":     {sim.DropAnswer, pos.FoundUnclear},
		"drop request":    {sim.DropRequest, pos.FoundUnclear},
		"half XML":        {sim.HalfXML, pos.FoundUnclear},
		"no signature":    {sim.NoSignature, pos.FoundUnclear},
		"other signature": {sim.OtherSignature, pos.FoundUnclear},
		"redirect":        {sim.Redirect, pos.FoundUnclear},
		"return FAIL":     {sim.ReturnFail, pos.FoundCommFail},
		"system error":    {sim.SystemError, pos.FoundUnclear},
		"web page":        {sim.WebPage, pos.FoundUnclear},
		"wrong amount":    {sim.WrongAmount, pos.FoundMismatch},
		"wrong merchant":  {sim.WrongMerchant, pos.FoundMismatch},
		"wrong order":     {sim.WrongOrder, pos.FoundMismatch},
		"wrong signature": {sim.WrongSignature, pos.FoundUnclear},
		"no number":       {sim.With("transaction_id", ""), pos.FoundMismatch},
		"new field":       {sim.With("a_field_of_tomorrow", "<茶>"), pos.FoundPaid},
	} {
		synctest.Test(t, func(t *testing.T) {
			g, c := stranger(t, wechat.HMACSHA256, "")
			g.Inject(sim.OnQuickPay, f.fault)
			g.Inject(sim.OnQuery, f.fault)
			ch := charge(t, g, 1250)
			if a := c.Submit(t.Context(), ch); a.Finding != f.want {
				t.Errorf("%s: submitted %+v", name, a)
			}
			if a := c.Query(t.Context(), ch.Order); a.Finding != f.want && name != "drop request" {
				t.Errorf("%s: queried %+v", name, a)
			}
			if n := g.Seen(string(ch.No)); n != 1 {
				t.Errorf("%s: seen %d times", name, n)
			}
		})
	}
}

// The Date header is the gateway's clock, not ours.
func TestTheStrangersDateIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, c := stranger(t, wechat.HMACSHA256, "")
		g.Inject(sim.OnQuery, sim.Skew(-8*24*time.Hour))
		a := c.Query(context.Background(), charge(t, g, 1).Order)
		if d := time.Since(a.Date); d < 8*24*time.Hour-time.Second || d > 8*24*time.Hour+time.Second {
			t.Error(d)
		}
	})
}
