package wechat

import (
	"bytes"
	"crypto/tls"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cashier/pos"
)

// way is one way of making a call.
type way struct {
	name string
	op   int  // of verdicts
	warm bool // on a connection that is there already: a spare, or one that was kept
	tls  *tls.Config
}

// ways are those in which the row can be met: with a fresh and with a waiting
// connection, plain and over TLS. What hangs on the document alone is met once.
func (r trap) ways(secure *tls.Config) []way {
	configs, warms := []*tls.Config{nil, secure}, []bool{false, true}
	switch {
	case r.body != "":
		configs, warms = configs[:1], warms[:1]
	case r.stage == connecting:
		configs, warms = []*tls.Config{r.tls}, warms[:1]
	case r.tls != nil:
		configs = []*tls.Config{r.tls}
	}
	var all []way
	for op, name := range []string{"Quick Pay", "Query Order", "Revoke"} {
		for _, config := range configs {
			for _, warm := range warms {
				w := way{name, op, warm, config}
				if config != nil {
					w.name += ", TLS"
				}
				if warm {
					w.name += ", warm"
				}
				all = append(all, w)
			}
		}
	}
	return all
}

// kept reports a connection on which another call was answered before.
func (w way) kept() bool { return w.warm && w.op != 0 }

// limits of one call: long enough for a slow machine, and short where nothing
// but the limit ends the call.
const (
	patientLimit = 4 * time.Second
	slowLimit    = 1500 * time.Millisecond
)

// server behaves as the row says from the request after before on.
func (r trap) server(t *testing.T, config *tls.Config, before int) *hostile {
	do := r.do
	if r.body != "" {
		do = func(c *caller) { c.say(answerOf(200, r.body)) }
	}
	paid := answerOf(200, certain(t), "Set-Cookie: a=b", "Keep-Alive: timeout=60")
	return serve(t, config, func(c *caller) {
		for !r.early && len(c.server.requests()) < before {
			if c.request() == nil {
				return
			}
			c.say(paid)
		}
		if r.stage != answering {
			if do != nil {
				do(c)
			}
			return
		}
		for c.request() != nil {
			do(c)
		}
	})
}

// meet makes one call to the row's server and checks what came of it.
func (r trap) meet(t *testing.T, ca *authority, w way) {
	before := 0
	if w.kept() {
		before = 1
	}
	h := r.server(t, w.tls, before)
	limit := patientLimit
	if r.slow {
		limit = slowLimit
	}
	client := h.client(t, ca, func(c *Config) {
		c.RequestTimeout = limit
		if r.early {
			c.URL = strings.Replace(c.URL, "http:", "https:", 1)
		}
	})
	call := []func() pos.Answer{
		func() pos.Answer { return client.Submit(t.Context(), testCharge(t)) },
		func() pos.Answer { return client.Query(t.Context(), testOrder) },
		func() pos.Answer { return client.Revoke(t.Context(), testOrder) },
	}[w.op]
	if w.kept() {
		if a := call(); a.Finding != fine[w.op] {
			t.Errorf("%s, %s: the call before: %+v", r.name, w.name, a)
			return
		}
	} else if w.warm {
		client.Warm()
		<-client.pay.spare.dialled
	}
	start := time.Now()
	a := call()
	if took := time.Since(start); took > limit+2*time.Second { // before the server gives up, after 5 s
		t.Errorf("%s, %s: took %v", r.name, w.name, took)
	}
	r.judge(t, w, a)
	r.count(t, w, h, before)
}

// judge holds what was concluded against the row.
func (r trap) judge(t *testing.T, w way, a pos.Answer) {
	want, code := r.want[w.op], r.code
	if r.either && a.Finding == pos.FoundNotSent {
		want, code = pos.FoundNotSent, "not_sent"
	}
	coded := a.Finding == pos.FoundUnclear || a.Finding == pos.FoundNotSent
	if a.Finding != want || coded && code != "" && a.Code != code {
		t.Errorf("%s, %s: %s %q, want %s %q; heard %+v", r.name, w.name, a.Finding, a.Code, want, code, a.Heard)
	}
	if late := strings.Contains(a.Heard.Error, "time allowed") || strings.Contains(a.Heard.Error, "deadline"); late != r.slow {
		t.Errorf("%s, %s: ended by the clock: %v, want %v (%s, %d ms)", r.name, w.name, late, r.slow, a.Heard.Error, a.Heard.TookMS)
	}
}

// count looks at what the server saw of it: the request once if it was read
// whole, and never anything that invites a repeat.
func (r trap) count(t *testing.T, w way, h *hostile, before int) {
	want := 0
	if r.stage == answering {
		want = 1
	}
	seen := h.requests()
	if got := len(seen) - before; got != want {
		t.Errorf("%s, %s: seen %d times, want %d", r.name, w.name, got, want)
	}
	if n := h.read(&h.conns); r.stage == answering && n != 1 {
		t.Errorf("%s, %s: %d connections", r.name, w.name, n)
	}
	for _, req := range seen {
		if req.ProtoMajor != 1 || req.Method != http.MethodPost || len(req.TransferEncoding) > 0 {
			t.Errorf("%s, %s: %s %s, %v", r.name, w.name, req.Method, req.Proto, req.TransferEncoding)
		}
		for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key", "Accept-Encoding", "Expect", "Cookie", "Upgrade", "Authorization"} {
			if req.Header.Get(name) != "" {
				t.Errorf("%s, %s: the request says %s: %s", r.name, w.name, name, req.Header.Get(name))
			}
		}
	}
}

// Whatever a server does: the verdict is that of the table, Quick Pay is seen
// once by whoever read it and never by anybody else, and a call that asks or
// revokes is not repeated behind the till's back either (docs/decisions/0003, 0006).
func TestHostileServersAreSeenThroughAndSeeEachCallOnce(t *testing.T) {
	ca := newAuthority(t)
	secure := ca.server(t)
	rows := table(t, ca)
	var calls atomic.Int64
	met := func(t *testing.T, r trap) {
		var all sync.WaitGroup
		for _, w := range r.ways(secure) {
			calls.Add(1)
			all.Go(func() { r.meet(t, ca, w) })
		}
		all.Wait()
	}
	var slow sync.WaitGroup // they wait for the clock, and do so together
	for _, r := range rows {
		if r.slow {
			slow.Go(func() { met(t, r) })
			continue
		}
		t.Run(r.part+"/"+r.name, func(t *testing.T) { met(t, r) })
	}
	slow.Wait()
	for i, n := 0, 0; i < len(rows); i += n {
		for n = 1; i+n < len(rows) && rows[i+n].part == rows[i].part; n++ {
		}
		t.Logf("%3d rows: %s", n, rows[i].part)
	}
	t.Logf("%d hostile servers, %d calls", len(rows), calls.Load())
}

// The traps are real: a client as it is usually written is caught by them.
func TestHostileServersCatchTheUsualClient(t *testing.T) {
	ca := newAuthority(t)
	caught := map[folly]int{}
	for _, r := range table(t, ca) {
		if r.usual == 0 {
			continue
		}
		caught[r.usual]++
		t.Run(r.part+"/"+r.name, func(t *testing.T) {
			if do := r.do; r.usual == sendsAgain {
				r.do = func(c *caller) {
					if len(c.server.requests()) > 2 { // once again is enough
						c.reset()
						return
					}
					do(c)
				}
			}
			h := r.server(t, r.tls, 1)
			client := usualClient(ca)
			defer client.CloseIdleConnections()
			usualCall(t, client, h.url())
			status, body := usualCall(t, client, h.url())
			switch r.usual {
			case sendsAgain:
				if n := len(h.requests()) - 1; n < 2 {
					t.Errorf("seen %d times", n)
				}
			case believes:
				var said struct {
					ReturnCode string `xml:"return_code"`
					ResultCode string `xml:"result_code"`
				}
				if err := xml.Unmarshal(body, &said); err != nil || said.ReturnCode != success || said.ResultCode != success {
					t.Errorf("status %d, %v: %+v", status, err, said)
				}
			}
		})
	}
	t.Logf("a usual client sends again in %d rows and believes what it should not in %d", caught[sendsAgain], caught[believes])
}

// usualClient is net/http as it comes: it follows redirects, unpacks answers,
// speaks HTTP/2 and repeats what it holds to be safe.
func usualClient(ca *authority) *http.Client {
	return &http.Client{Timeout: time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.pool()}, ForceAttemptHTTP2: true}}
}

// usualCall posts as everybody does, with a header that is meant to make a
// repeat safe.
func usualCall(t *testing.T, client *http.Client, url string) (status int, body []byte) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader([]byte("<xml></xml>")))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Idempotency-Key", "1")
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	body, _ = io.ReadAll(resp.Body)
	return resp.StatusCode, body
}
