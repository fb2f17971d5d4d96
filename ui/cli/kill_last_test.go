package cli

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
	"cashier/wechat/sim"
)

// finish lets a last till work on everything open until nothing is, and then
// holds the journal against what was acknowledged and against the gateway.
func (f *killFloor) finish() *killResult {
	f.server.Close() // every request that was on its way has arrived
	f.clock.calm()
	f.lastTill()
	r := f.result
	r.acked = len(f.acked)
	f.checkEntries()
	reader, err := storage.OpenReader(context.Background(), f.journal())
	if err != nil {
		f.t.Fatal(err)
	}
	defer reader.Close()
	if report, err := reader.Verify(context.Background(), storage.VerifyOptions{}); err != nil || !report.Good() {
		r.broke(ruleChain, "%v, %v", report.Differences, err)
	}
	list := f.all(reader)
	f.checkGateway(list)
	f.checkSales(list)
	return r
}

// longEnough is for every watch and every pace of five minutes, in a bubble.
const longEnough = 12 * time.Hour

// lastTill is a till that nobody kills, in a bubble, where the two minutes of a
// watch cost nothing. Configuration, journal, client and till are the real ones.
func (f *killFloor) lastTill() {
	now := wallTime()
	synctest.Test(f.t, func(t *testing.T) {
		time.Sleep(now.Sub(wallTime())) // a bubble begins in the year 2000
		ctx, cancel := context.WithTimeout(t.Context(), longEnough)
		defer cancel()
		m := &machine{stdout: io.Discard, stderr: io.Discard, env: map[string]string{"HOME": f.home, "CASHIER_CONFIG": f.config()}}
		set, err := m.settle(flags{})
		if err != nil {
			t.Fatal(err)
		}
		policy, err := set.policy(newRun(), false)
		if err != nil {
			t.Fatal(err)
		}
		client := f.client(t, set)
		defer client.Close()
		j, err := m.openJournal(ctx, set)
		if err != nil {
			f.result.broke(ruleEnds, "the last till: %v", err)
			return
		}
		defer j.Close()
		till := pos.NewTill(client, plantedBugs[f.bug].under(j), policy)
		defer till.Close()
		if err := till.Start(ctx); err != nil {
			f.result.broke(ruleEnds, "the last till: %v", err)
		}
		till.Wait(ctx, func() bool { return len(till.Working()) == 0 }) // what is open after it is found in the journal
	})
}

// client speaks to the gateway without a socket, which would stop the bubble's time.
func (f *killFloor) client(t *testing.T, s setting) *wechat.Client {
	t.Helper()
	key, err := s.loadKey()
	if err != nil {
		t.Fatal(err)
	}
	client, err := wechat.New(wechat.Config{
		URL: s.WeChat.URL, AppID: s.WeChat.AppID, MchID: s.WeChat.MchID, Key: key, SignType: wechat.SignType(s.WeChat.SignType),
		RequestTimeout: time.Duration(s.Timing.RequestTimeout), Share: s.WeChat.Share, Store: s.Till.Store, TillID: s.Till.ID,
		RoundTripper: sim.Transport(f.sim),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// calm lets the gateway's time go on as everybody's from here on.
func (c *simClock) calm() { *c = simClock{c.now(), wallTime(), 1} }
