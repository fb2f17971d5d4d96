package sim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestFaults: what the till hears of a Quick Pay, and what is true.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault Fault
		hears string
		truth TradeState
	}{
		"none":             {nil, "paid 12", Success},
		"request lost":     {DropRequest, "lost", ""},
		"silence":          {Together(DropRequest, Delay(time.Minute)), "late", ""},
		"late":             {Late(10 * time.Second), "lost", ""},
		"doubled":          {Duplicate, "ORDERPAID", Success},
		"refused":          {Refuse("BANKERROR"), "BANKERROR", ""},
		"answer lost":      {DropAnswer, "lost", Success},
		"slow":             {Delay(9 * time.Second), "paid 12", Success},
		"too slow":         {Delay(11 * time.Second), "late", Success},
		"cut":              {CutAnswer, "cut", Success},
		"packed":           {Gzip, "garbage", Success},
		"in drops":         {Trickle(9 * time.Second), "paid 12", Success},
		"in slow drops":    {Trickle(11 * time.Second), "late", Success},
		"half":             {HalfXML, "garbage", Success},
		"502":              {BadGateway, "status 502", Success},
		"web page":         {WebPage, "garbage", Success},
		"doubled field":    {DoubledField, "garbage", Success},
		"wrong signature":  {WrongSignature, "unsigned", Success},
		"no signature":     {NoSignature, "unsigned", Success},
		"weak signature":   {OtherSignature, "unsigned", Success},
		"wrong amount":     {WrongAmount, "paid 13", Success},
		"return_code FAIL": {ReturnFail, "return FAIL", Success},
		"SYSTEMERROR":      {SystemError, "SYSTEMERROR", Success},
		"no transaction":   {With("transaction_id", ""), "paid 12", Success},
		"clock":            {Skew(time.Hour), "paid 12", Success},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t, Config{})
				till.gateway.Inject(OnQuickPay, c.fault)
				till.want(12, "pay: "+c.hears+" | truth: "+string(c.truth))
				call := till.gateway.Calls()[0]
				if (call.Faults == "") != (c.fault == nil) || till.gateway.Seen("A1") != 1 {
					t.Errorf("log: %+v", call)
				}
			})
		})
	}
}

// TestSignedLies: the lies of answers that are signed correctly, field by field.
func TestSignedLies(t *testing.T) {
	for field, c := range map[string]struct {
		fault Fault
		want  string
	}{
		"total_fee":      {WrongAmount, "13"},
		"out_trade_no":   {WrongOrder, "SOMEBODYELSE0001"},
		"mch_id":         {WrongMerchant, "99999999"},
		"fee_type":       {With("fee_type", "JPY"), "JPY"},
		"transaction_id": {With("transaction_id", ""), ""},
	} {
		till := newTill(t, Config{})
		till.gateway.Inject(OnQuickPay, c.fault)
		till.gateway.Inject(OnQuery, c.fault)
		for _, got := range []reply{till.pay("A1", 12), till.query("A1")} {
			if got.message[field] != c.want || got.says == "unsigned" {
				t.Errorf("%s: %s %v", field, got.says, got.message)
			}
		}
		if got := till.query("A1"); got.message["total_fee"] != "12" || got.message["out_trade_no"] != "A1" {
			t.Errorf("%s: the truth afterwards: %v", field, got.message)
		}
	}
}

// TestRevokeFaults: recall comes with FAIL too, and a test may change or remove it.
func TestRevokeFaults(t *testing.T) {
	for want, f := range map[string]Fault{
		"SYSTEMERROR Y":   SystemError,
		"USERPAYING Y":    Refuse("USERPAYING"),
		"TRADE_ERROR N":   Together(Refuse("TRADE_ERROR"), With("recall", "N")),
		"INVALID_REQUEST": Together(Refuse("INVALID_REQUEST"), With("recall", "")),
	} {
		till := newTill(t, Config{MinRevokeAge: -1})
		till.gateway.Inject(OnRevoke, f)
		till.want(12, "pay: paid 12 | revoke: "+want+" | revoke: N | query: REVOKED")
	}
}

// TestInjectNth: faults strike in the order of the calls, each operation has its own queue.
func TestInjectNth(t *testing.T) {
	till := newTill(t, Config{})
	till.gateway.Inject(OnQuery, nil, DropAnswer)
	till.gateway.Inject(OnQuery, SystemError)
	till.want(12, "pay: paid 12 | query: SUCCESS | query: lost | query: SYSTEMERROR | query: SUCCESS")
}

// TestLateRequest: a request that nobody waits for any more is carried out all the same, at its own time.
func TestLateRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{MinRevokeAge: -1})
		till.gateway.Inject(OnQuickPay, Late(20*time.Second))
		till.want(12, "pay: lost | 19s | query: ORDERNOTEXIST | revoke: N | truth:  | 2s | query: SUCCESS")
		o, _ := till.gateway.Order("A1")
		if age := time.Since(o.PaidAt); age != time.Second || !o.Kept() {
			t.Errorf("paid %v ago: %+v", age, o)
		}
	})
}

// TestWitnessesLookNow: what is told about orders is true at that moment, without any call in between.
func TestWitnessesLookNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		g := till.gateway
		g.Inject(OnQuickPay, Late(5*time.Second))
		till.want(30, "pay: lost | 5s | truth: USERPAYING")
		till.code = "130000000000000002"
		g.Inject(OnQuickPay, Late(5*time.Second))
		till.pay("A2", 12)
		<-time.After(6 * time.Second)
		all := g.Orders()
		if len(all) != 2 || all[0].State != Success || all[1].State != Success {
			t.Errorf("%+v", all)
		}
	})
}

// TestRefusedAtTheDoor: no fault gives an unverified request a signed answer or an order.
func TestRefusedAtTheDoor(t *testing.T) {
	for _, chance := range Storm(1) {
		till := newTill(t, Config{Sleep: noSleep})
		till.gateway.Inject(OnQuickPay, chance.Fault)
		m := till.signed(till.order("A1", 12))
		m["nonce_str"] = "changed"
		got := till.post("/pay/micropay", string(m.xml()))
		if _, made := till.gateway.Order("A1"); made || got.message["sign"] != "" || got.message["mch_id"] != "" {
			t.Errorf("%s: %v", till.gateway.Calls()[0].Faults, got.message)
		}
	}
}

// TestRedirectFollowed: a client that follows the 307 submits twice, and the gateway's count tells.
func TestRedirectFollowed(t *testing.T) {
	till := newTill(t, Config{})
	till.gateway.Inject(OnQuickPay, Redirect)
	till.want(12, "pay: ORDERPAID")
	if n := till.gateway.Seen("A1"); n != 2 {
		t.Errorf("seen %d times", n)
	}
}

// TestSocketFaults: over a real connection the same faults have the same faces.
func TestSocketFaults(t *testing.T) {
	till := newTill(t, Config{})
	server := httptest.NewServer(till.gateway)
	defer server.Close()
	till.client, till.base = server.Client(), server.URL
	till.gateway.Inject(OnQuickPay, DropAnswer)
	till.gateway.Inject(OnQuery, nil, CutAnswer, DropRequest, HalfXML, BadGateway, Skew(time.Hour))
	till.want(12, "pay: lost | query: SUCCESS | query: cut | query: lost | query: garbage | query: status 502")
	date, err := time.Parse(time.RFC1123, till.query("A1").header.Get("Date"))
	if ahead := time.Until(date); err != nil || ahead < 59*time.Minute {
		t.Errorf("Date is ahead by %v, %v", ahead, err)
	}
}

// TestChaosRepeats: the same seed gives every order the same fate, in whichever
// order the tills come; another seed gives another.
func TestChaosRepeats(t *testing.T) {
	fates := func(seed uint64, orders []string) map[string]string {
		till := newTill(t, Config{Seed: seed, Chaos: Storm(10), Sleep: noSleep})
		said := map[string]string{}
		for i, no := range orders {
			till.code = fmt.Sprintf("13%016d", i)
			said[no] = strings.Join([]string{till.pay(no, 12).says, till.query(no).says, till.revoke(no).says}, " | ")
		}
		return said
	}
	var orders []string
	for i := range 300 {
		orders = append(orders, fmt.Sprint("A", i))
	}
	one := fates(1, orders)
	slices.Reverse(orders)
	again, other := fates(1, orders), fates(2, orders)
	differ := 0
	for no, fate := range one {
		if again[no] != fate {
			t.Errorf("%s: %q, then %q", no, fate, again[no])
		}
		if other[no] != fate {
			differ++
		}
	}
	if differ < 100 {
		t.Errorf("another seed changed %d of 300 orders", differ)
	}
}

// TestStormHitsEverything: every kind of fault strikes, about as often as asked.
func TestStormHitsEverything(t *testing.T) {
	till := newTill(t, Config{Chaos: Storm(20), Sleep: noSleep})
	for i := range 3000 {
		till.query(fmt.Sprint("A", i))
	}
	counts := map[string]int{}
	for _, call := range till.gateway.Calls() {
		counts[call.Faults]++
	}
	for _, chance := range Storm(20) {
		if n := counts[chance.Fault.String()]; n < 30 {
			t.Errorf("%s: %d of 3000 calls", chance.Fault, n)
		}
	}
}

// TestChaosOnOneOperation: On limits a chance to its operation; an injected nil keeps it away.
func TestChaosOnOneOperation(t *testing.T) {
	till := newTill(t, Config{Chaos: []Chance{{OnQuery, 1000, DropAnswer}}})
	till.gateway.Inject(OnQuery, nil)
	till.want(12, "pay: paid 12 | query: SUCCESS | query: lost | query: lost")
}

// TestManyTills: one gateway serves many at once; the race detector watches.
func TestManyTills(t *testing.T) {
	till := newTill(t, Config{MinRevokeAge: -1, Chaos: Storm(5), Sleep: noSleep})
	till.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			mine := *till
			for n := range 20 {
				no := fmt.Sprintf("K%dN%d", i, n)
				mine.code = mine.gateway.AuthCode()
				mine.pay(no, int64(n+30))
				mine.query(no)
				mine.revoke(no)
				if got := mine.gateway.Seen(no); got != 1 {
					t.Errorf("%s: seen %d times", no, got)
				}
				mine.gateway.Order(no)
			}
		})
	}
	wg.Wait()
	if n := len(till.gateway.Calls()); n < 480 {
		t.Errorf("%d calls", n)
	}
}
