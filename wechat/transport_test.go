package wechat

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"cashier/pos"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is an HTTP answer with body, after which the connection may stay open.
func answer(status int, body string, headers ...string) string {
	head := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: %d\r\nDate: Sat, 21 Nov 2026 12:30:00 GMT\r\n", status, len(body))
	for _, h := range headers {
		head += h + "\r\n"
	}
	return head + "\r\n" + body
}

// calls are the three calls, by name.
func calls(t *testing.T) map[string]func(*Client) pos.Answer {
	charge := testCharge(t)
	return map[string]func(*Client) pos.Answer{
		"Quick Pay":   func(c *Client) pos.Answer { return c.Submit(t.Context(), charge) },
		"Query Order": func(c *Client) pos.Answer { return c.Query(t.Context(), testOrder) },
		"Revoke":      func(c *Client) pos.Answer { return c.Revoke(t.Context(), testOrder) },
	}
}

// wasSeen checks how often the server read a whole request.
func (h *hostile) wasSeen(t *testing.T, want int) {
	t.Helper()
	if got := len(h.requests()); got != want {
		t.Errorf("the server saw %d requests, want %d", got, want)
	}
}

// bomb is 1 MiB of an endless gzip.
func bomb() string {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(make([]byte, 1<<20))
	z.Close()
	return out.String()
}

// What a server may do after it has read the request: each is doubt, and the
// request is seen once (docs/decisions/0003, E3 to E5).
func TestAfterTheRequestEveryTrapIsDoubtAndSeenOnce(t *testing.T) {
	paid := said(t, paidPairs("recall", "N")...)
	whole := answer(200, paid)
	traps := map[string]struct {
		code string
		do   func(*caller)
	}{
		"FIN":             {"no_answer", func(c *caller) {}},
		"RST":             {"no_answer", func(c *caller) { c.reset() }},
		"half the head":   {"no_answer", func(c *caller) { c.say(whole[:20]) }},
		"half the body":   {"no_answer", func(c *caller) { c.say(whole[:len(whole)-30]) }},
		"RST in the body": {"no_answer", func(c *caller) { c.say(whole[:len(whole)-30]); c.reset() }},
		"half, no length": {"malformed", func(c *caller) { c.say("HTTP/1.1 200 OK\r\n\r\n" + paid[:99]) }},
		"not HTTP":        {"no_answer", func(c *caller) { c.say("SSH-2.0-x\r\n") }},
		"silence":         {"no_answer", func(c *caller) { c.linger() }},
		"drip": {"no_answer", func(c *caller) {
			for i := 0; i < len(whole); i++ {
				c.say(whole[i : i+1])
				c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				c.Read(make([]byte, 1)) // waits
			}
		}},
		"endless body": {"bad_status", func(c *caller) {
			c.say("HTTP/1.1 200 OK\r\n\r\n")
			endless(c, strings.Repeat("x", 8192))
		}},
		"endless chunks": {"bad_status", func(c *caller) {
			c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			endless(c, "2000\r\n"+strings.Repeat("x", 8192)+"\r\n")
		}},
		"endless headers": {"no_answer", func(c *caller) {
			c.say("HTTP/1.1 200 OK\r\n")
			endless(c, "X-More: "+strings.Repeat("x", 8192)+"\r\n")
		}},
		"gzip bomb": {"bad_status", func(c *caller) {
			c.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
			endless(c, bomb())
		}},
		"gzip": {"malformed", func(c *caller) { c.say(answer(200, bomb(), "Content-Encoding: gzip")) }},
		"502":  {"bad_status", func(c *caller) { c.say(answer(502, paid)) }},
		"503":  {"bad_status", func(c *caller) { c.say(answer(503, paid, "Retry-After: 0")) }},
		"100":  {"", func(c *caller) { c.say("HTTP/1.1 100 Continue\r\n\r\n") }},
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		traps[fmt.Sprint(status)] = struct {
			code string
			do   func(*caller)
		}{"bad_status", func(c *caller) { c.say(answer(status, paid, "Location: "+c.server.url()+"/pay/micropay")) }}
	}
	ca := newAuthority(t)
	secure := ca.server(t)
	for name, trap := range traps {
		t.Run(name, func(t *testing.T) {
			for op, call := range calls(t) {
				for _, config := range []*tls.Config{nil, secure} {
					h := serve(t, config, func(c *caller) {
						if c.request() != nil {
							trap.do(c)
						}
					})
					c := h.client(t, ca, func(c *Config) { c.RequestTimeout = 250 * time.Millisecond })
					start := time.Now()
					a := call(c)
					if a.Finding != pos.FoundUnclear || trap.code != "" && a.Code != trap.code {
						t.Errorf("%s: %+v", op, a)
					}
					if took := time.Since(start); took > 2*time.Second {
						t.Errorf("%s: took %v", op, took)
					}
					if strings.HasPrefix(name, "endless") && strings.Contains(a.Heard.Error, "time allowed") {
						t.Errorf("%s: reading had no bound but the clock", op)
					}
					h.wasSeen(t, 1)
				}
			}
		})
	}
}

// endless says text until the other side hangs up.
func endless(c *caller, text string) {
	for {
		if _, err := c.Write([]byte(text)); err != nil {
			return
		}
	}
}

// E3: a server that hangs up without reading may have read all the same.
func TestE3_HangingUpUnreadIsDoubt(t *testing.T) {
	ca := newAuthority(t)
	for name, do := range map[string]func(*caller){"FIN": func(*caller) {}, "RST": (*caller).reset} {
		for op, call := range calls(t) {
			h := serve(t, ca.server(t), do)
			a := call(h.client(t, ca))
			if a.Finding != pos.FoundUnclear && a.Finding != pos.FoundNotSent {
				t.Errorf("%s, %s: %+v", name, op, a)
			}
			h.wasSeen(t, 0)
		}
	}
}

// E2: whatever fails before the request is known not to have been sent.
func TestE2_NoConnectionIsNotSent(t *testing.T) {
	ca := newAuthority(t)
	self := (&authority{}).issue(t)
	otherHost := ca.issue(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"elsewhere.example"} })
	expired := ca.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	with := func(cert tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{cert}} }
	for name, config := range map[string]*tls.Config{
		"self-signed": with(self),
		"wrong host":  with(otherHost),
		"expired":     with(expired),
		"TLS 1.1":     ca.server(t, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }),
		"no HTTP/1":   ca.server(t, func(c *tls.Config) { c.NextProtos = []string{"h3"} }),
	} {
		for op, call := range calls(t) {
			h := serve(t, config, func(c *caller) { c.request() })
			a := call(h.client(t, ca))
			if a.Finding != pos.FoundNotSent || a.Code != "not_sent" || a.Heard.Error == "" {
				t.Errorf("%s, %s: %+v", name, op, a)
			}
			h.wasSeen(t, 0)
		}
	}
}

func TestE2_RefusedOrUnknownIsNotSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for op, call := range calls(t) {
		a := call(newClient(t, func() Config { c := testConfig(t); c.URL = "http://" + l.Addr().String(); return c }()))
		if a.Finding != pos.FoundNotSent {
			t.Errorf("%s: %+v", op, a)
		}
	}
}

// E2: a call that is out of time before it has a connection was not sent.
func TestE2_OutOfTimeBeforeTheConnectionIsNotSent(t *testing.T) {
	h := serve(t, nil, func(c *caller) { c.request() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if a := h.client(t, nil).Submit(ctx, testCharge(t)); a.Finding != pos.FoundNotSent {
		t.Errorf("%+v", a)
	}
	h.wasSeen(t, 0)
}

// E2 and E3 part at the first byte: the other side takes some bytes of the
// request, or none, and is gone.
func TestE2_TheFirstByteWrittenIsDoubt(t *testing.T) {
	for taken, want := range map[int]pos.Finding{0: pos.FoundNotSent, 1: pos.FoundUnclear, 100: pos.FoundUnclear} {
		c := newClient(t, testConfig(t))
		c.pay.dial = func(context.Context) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				io.ReadFull(theirs, make([]byte, taken))
				theirs.Close()
			}()
			return ours, nil
		}
		if a := c.Submit(t.Context(), testCharge(t)); a.Finding != want {
			t.Errorf("%d bytes taken: %+v", taken, a)
		}
	}
}

func TestE3_GivingUpWhileWaitingIsDoubt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := serve(t, nil, func(c *caller) {
		c.request()
		cancel()
		c.linger()
	})
	a := h.client(t, nil).Submit(ctx, testCharge(t))
	judged(t, a, unclear("no_answer"))
	if !strings.Contains(a.Heard.Error, "given up") {
		t.Error(a.Heard.Error)
	}
}

// An HTTP/2 server could have a request repeated by refusing its stream (3 times
// seen, docs/decisions/0003). We do not speak it: the server gets HTTP/1.1, once.
func TestAnHTTP2ServerGetsHTTP1Once(t *testing.T) {
	for op, call := range calls(t) {
		var seen atomic.Int32
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen.Add(1)
			if r.ProtoMajor != 1 {
				t.Errorf("%s came as %s", op, r.Proto)
			}
			panic(http.ErrAbortHandler)
		}))
		server.EnableHTTP2 = true
		server.StartTLS()
		defer server.Close()
		config := testConfig(t)
		config.URL, config.RootCAs = server.URL, x509.NewCertPool()
		config.RootCAs.AddCert(server.Certificate())
		if a := call(newClient(t, config)); a.Finding != pos.FoundUnclear || seen.Load() != 1 {
			t.Errorf("%s: %+v, seen %d", op, a, seen.Load())
		}
	}
}

func TestAnHTTP2OnlyServerIsDoubt(t *testing.T) {
	const goAway = "\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
	ca := newAuthority(t)
	for op, call := range calls(t) {
		h := serve(t, ca.server(t, func(c *tls.Config) { c.NextProtos = []string{"h2"} }), func(c *caller) {
			c.request()
			c.say("\x00\x00\x00\x04\x00\x00\x00\x00\x00" + goAway)
		})
		if a := call(h.client(t, ca)); a.Finding != pos.FoundUnclear {
			t.Errorf("%s: %+v", op, a)
		}
		h.wasSeen(t, 1)
	}
}

// payer answers every request with a payment.
func payer(t *testing.T) func(*caller) {
	paid := answer(200, said(t, paidPairs("recall", "N")...))
	return func(c *caller) {
		for c.request() != nil {
			c.say(paid)
		}
	}
}

func TestQuickPayUsesEachConnectionOnceAndSaysNothingThatInvitesARepeat(t *testing.T) {
	ca := newAuthority(t)
	h := serve(t, ca.server(t), payer(t))
	c := h.client(t, ca)
	for range 3 {
		if a := c.Submit(t.Context(), testCharge(t)); a.Finding != pos.FoundPaid || a.Date.IsZero() || a.Heard.Status != 200 {
			t.Fatalf("%+v", a)
		}
	}
	if n := h.read(&h.conns); n != 3 {
		t.Errorf("%d connections for 3 submissions", n)
	}
	for _, req := range h.requests() {
		if req.ProtoMajor != 1 || !req.Close || req.URL.Path != "/pay/micropay" || req.Header.Get("User-Agent") != "cashier" ||
			req.Header.Get("Content-Type") != "text/xml; charset=utf-8" {
			t.Errorf("%s %s %v", req.Proto, req.URL, req.Header)
		}
		for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key", "Accept-Encoding", "Expect"} {
			if req.Header.Get(name) != "" {
				t.Errorf("%s: %s", name, req.Header.Get(name))
			}
		}
	}
}

func TestQueryAndRevokeKeepAWarmConnectionEach(t *testing.T) {
	ca := newAuthority(t)
	h := serve(t, ca.server(t), payer(t))
	c := h.client(t, ca)
	for range 5 {
		if a := c.Query(t.Context(), testOrder); a.Finding != pos.FoundPaid {
			t.Fatalf("%+v", a)
		}
		if a := c.Revoke(t.Context(), testOrder); a.Finding != pos.FoundRevokeAccepted {
			t.Fatalf("%+v", a)
		}
	}
	if n := h.read(&h.conns); n != 2 {
		t.Errorf("%d connections for 5 queries and 5 revokes", n)
	}
}

// A kept connection that the server closes just as it is used again: the
// request is not repeated, whether the server read it or not.
func TestAKeptConnectionThatClosesIsNotUsedForARepeat(t *testing.T) {
	paid := answer(200, said(t, paidPairs()...))
	h := serve(t, nil, func(c *caller) {
		c.request()
		c.say(paid)
		c.request() // the second on this connection is read and dropped
	})
	c := h.client(t, nil)
	for i := 1; i <= 6; i++ {
		a := c.Query(t.Context(), testOrder)
		if odd := i%2 == 1; odd && a.Finding != pos.FoundPaid || !odd && a.Finding != pos.FoundUnclear {
			t.Errorf("query %d: %+v", i, a)
		}
		h.wasSeen(t, i)
	}
}

// until polls for a condition that another goroutine will make true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-time.After(time.Millisecond)
	}
}

func TestWarmLeavesNoHandshakeInTheSalesPath(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		ca := newAuthority(t)
		h := serve(t, ca.server(t, func(c *tls.Config) { c.MaxVersion = version }), payer(t))
		c := h.client(t, ca)
		for range 5 {
			c.Warm() // five key presses, one connection
		}
		until(t, "dialled ahead", func() bool { return h.read(&h.ready) == 1 })
		if a := c.Submit(t.Context(), testCharge(t)); a.Finding != pos.FoundPaid {
			t.Fatalf("%+v", a)
		}
		if n := h.read(&h.conns); n != 1 {
			t.Errorf("%d connections", n)
		}
		// The next one without a key press before it has to dial.
		if a := c.Submit(t.Context(), testCharge(t)); a.Finding != pos.FoundPaid || h.read(&h.conns) != 2 {
			t.Errorf("%+v, %d connections", a, h.read(&h.conns))
		}
		h.wasSeen(t, 2)
	}
}

func TestSubmitWaitsForDiallingThatIsUnderWay(t *testing.T) {
	ca := newAuthority(t)
	h := serve(t, ca.server(t), payer(t))
	c := h.client(t, ca)
	c.Warm()
	if a := c.Submit(t.Context(), testCharge(t)); a.Finding != pos.FoundPaid || h.read(&h.conns) != 1 {
		t.Errorf("%+v, %d connections", a, h.read(&h.conns))
	}
}

func TestASpareThatTheServerClosedIsReplaced(t *testing.T) {
	for name, leave := range map[string]func(*caller){"FIN": func(*caller) {}, "RST": (*caller).reset, "unasked bytes": func(c *caller) { c.say("HTTP/1.1 408 X\r\n\r\n") }} {
		t.Run(name, func(t *testing.T) {
			ca := newAuthority(t)
			pay := payer(t)
			var h *hostile
			h = serve(t, ca.server(t), func(c *caller) {
				if h.read(&h.ready) == 1 {
					leave(c)
					return
				}
				pay(c)
			})
			c := h.client(t, ca)
			c.Warm()
			spare := c.pay.spare
			until(t, "the spare is over", spare.over)
			if a := c.Submit(t.Context(), testCharge(t)); a.Finding != pos.FoundPaid {
				t.Errorf("%+v", a)
			}
			h.wasSeen(t, 1)
		})
	}
}

func TestWarmReplacesASpareThatIsOver(t *testing.T) {
	h := serve(t, nil, func(c *caller) {})
	c := h.client(t, nil)
	c.Warm()
	first := c.pay.spare
	until(t, "the first spare is over", first.over)
	c.Warm()
	if c.pay.spare == first {
		t.Error("the dead spare was kept")
	}
}

func TestCloseDropsTheSpare(t *testing.T) {
	closed := make(chan struct{})
	h := serve(t, nil, func(c *caller) { c.linger(); close(closed) })
	c := h.client(t, nil)
	c.Warm()
	until(t, "dialled ahead", func() bool { return h.read(&h.ready) == 1 })
	c.Close()
	<-closed
	c.Warm()
	if c.pay.spare != nil {
		t.Error("dialled after Close")
	}
}

func TestWarmToADeadGatewayCostsTheSaleNothing(t *testing.T) {
	config := testConfig(t)
	c := newClient(t, config) // port 1: refused
	c.Warm()
	if a := c.Submit(t.Context(), testCharge(t)); a.Finding != pos.FoundNotSent {
		t.Errorf("%+v", a)
	}
}

func TestOnlyRevokeShowsTheClientCertificate(t *testing.T) {
	ca := newAuthority(t)
	pay := payer(t)
	shown := make(chan int, 1)
	h := serve(t, ca.server(t, func(c *tls.Config) { c.ClientAuth = tls.RequestClientCert }), func(c *caller) {
		shown <- len(c.Conn.(*tls.Conn).ConnectionState().PeerCertificates)
		pay(c)
	})
	mine := ca.issue(t)
	c := h.client(t, ca, func(c *Config) { c.Certificate = &mine })
	for name, call := range calls(t) {
		want := 0
		if name == "Revoke" {
			want = 1
		}
		call(c)
		if got := <-shown; got != want {
			t.Errorf("%s showed %d certificates", name, got)
		}
	}
}

// The environment names a proxy; nothing of ours asks it. The address is one
// that nobody has, because a loopback address would never go through a proxy.
func TestAProxyInTheEnvironmentIsIgnored(t *testing.T) {
	proxy := serve(t, nil, func(c *caller) { c.request() })
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.url())
	}
	config := testConfig(t)
	config.URL, config.RequestTimeout = "https://192.0.2.1", 100*time.Millisecond
	for op, call := range calls(t) {
		if a := call(newClient(t, config)); a.Finding != pos.FoundNotSent {
			t.Errorf("%s: %+v", op, a)
		}
	}
	if n := proxy.read(&proxy.conns); n != 0 {
		t.Fatalf("the proxy was asked %d times", n)
	}
	// The trap is real: Go's usual transport does ask it.
	usual := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if resp, err := usual.RoundTrip(mustRequest(t, "https://192.0.2.1")); err == nil {
		resp.Body.Close()
	}
	if proxy.read(&proxy.conns) == 0 && os.Getenv("HTTPS_PROXY") != "" {
		t.Error("the test proves nothing")
	}
}

func mustRequest(t *testing.T, url string) *http.Request {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// A body that can be rewound is what lets net/http send a request again.
func TestNoBodyCanBeRewound(t *testing.T) {
	for op, call := range calls(t) {
		g := &gateway{status: 200}
		call(g.client(t))
		if g.rewinds {
			t.Errorf("%s has a GetBody", op)
		}
	}
}

// Practice mode: with a RoundTripper nothing is dialled, and the client runs in
// a bubble, deadlines included.
func TestInProcessTheClientRunsInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t)
		config.RoundTripper = silent{}
		c, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		start := time.Now()
		c.Warm()
		if err := c.Admit(t.Context()); err != nil {
			t.Error(err)
		}
		judged(t, c.Submit(t.Context(), testCharge(t)), unclear("no_answer"))
		if took := time.Since(start); took != config.RequestTimeout {
			t.Errorf("took %v", took)
		}
	})
}

// silent never answers.
type silent struct{}

func (silent) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// An answer may be announced before it comes (100 Continue, 103 Early Hints).
func TestAnAnnouncedAnswerIsWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		announced string
		want      pos.Finding
	}{
		"100":    {"HTTP/1.1 100 Continue\r\n\r\n", pos.FoundPaid},
		"103":    {"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", pos.FoundPaid},
		"no end": {strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 7), pos.FoundUnclear},
	} {
		t.Run(name, func(t *testing.T) {
			body := said(t, paidPairs()...)
			answer := fmt.Sprintf("%sHTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", c.announced, len(body), body)
			resp, err := readAnswer(bufio.NewReader(strings.NewReader(answer)), &http.Request{Method: http.MethodPost})
			if err != nil {
				t.Fatal(err)
			}
			if paid := resp.StatusCode == http.StatusOK; paid != (c.want == pos.FoundPaid) {
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
}
