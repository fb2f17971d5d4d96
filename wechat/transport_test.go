package wechat

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"cashier/pos"
)

// nameServer never answers, until endNames lets it fail.
var (
	nameServer = make(chan struct{})
	endNames   = sync.OnceFunc(func() { close(nameServer) })
)

// TestMain looks for goroutines that were left behind. net/http prints what it
// thinks of a hostile server; names are looked up at one that is silent.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		<-nameServer // whoever else gives up
		return nil, errors.New("no name server")
	}}
	goleak.VerifyTestMain(m)
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

// payer answers every request with a payment.
func payer(t *testing.T) func(*caller) {
	paid := answerOf(200, said(t, paidPairs("recall", "N")...))
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

// A kept connection that the server closes just as it is used again: who is
// quicker is chance, and whoever is, the request is not seen twice.
func TestTheRaceForAKeptConnectionIsNeverWonByARepeat(t *testing.T) {
	paid := answerOf(200, said(t, paidPairs()...))
	h := serve(t, nil, func(c *caller) {
		c.request()
		c.say(paid)
	})
	c := h.client(t, nil)
	findings := map[pos.Finding]int{}
	for range 300 {
		before := len(h.requests())
		findings[c.Query(t.Context(), testOrder).Finding]++
		if n := len(h.requests()) - before; n > 1 {
			t.Fatalf("one query was seen %d times", n)
		}
	}
	if findings[pos.FoundPaid]+findings[pos.FoundUnclear]+findings[pos.FoundNotSent] != 300 {
		t.Error(findings)
	}
	t.Logf("300 queries: %v", findings)
}

// stuck is a connection that takes one request and then not a byte more.
type stuck struct {
	net.Conn
	taken bool
}

func (s *stuck) Write(p []byte) (int, error) {
	if s.taken {
		return 0, errors.New("stuck")
	}
	s.taken = true
	return s.Conn.Write(p)
}

// A kept connection on which nothing at all can be written: net/http repeats
// the request where it can rewind the body. It cannot rewind ours.
func TestNothingWrittenOnAKeptConnectionIsNotRepeated(t *testing.T) {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return &stuck{Conn: conn}, err
	}
	h := serve(t, nil, payer(t))
	c := h.client(t, nil)
	c.ask.transport.DialContext = dial
	c.Query(t.Context(), testOrder)
	judged(t, c.Query(t.Context(), testOrder), unclear("no_answer"))
	h.wasSeen(t, 1)

	usual := usualClient(newAuthority(t))
	defer usual.CloseIdleConnections()
	usual.Transport.(*http.Transport).DialContext = dial
	usualCall(t, usual, h.url())
	usualCall(t, usual, h.url())
	h.wasSeen(t, 3) // the trap is real
}

// What follows an answer on a kept connection is nobody's answer: a connection
// that brings more is hung up at once, and the next question takes another.
func TestASecondAnswerIsNobodysAnswer(t *testing.T) {
	open, paid := answerOf(200, said(t, paidPairs("trade_state", "NOTPAY")...)), answerOf(200, said(t, paidPairs()...))
	hungUp := make(chan struct{}, 100)
	h := serve(t, nil, func(c *caller) {
		for c.request() != nil {
			c.say(open + paid)
		}
		hungUp <- struct{}{}
	})
	c := h.client(t, nil)
	for range 100 {
		if a := c.Query(t.Context(), testOrder); a.Finding == pos.FoundPaid {
			t.Fatalf("%+v", a)
		}
		<-hungUp
	}
	h.wasSeen(t, 100)
}

// A name server that does not answer costs no more than the call's own time.
func TestE2_ASilentNameServerIsNotSentInTime(t *testing.T) {
	defer endNames()
	config := testConfig(t)
	config.URL, config.RequestTimeout = "https://gateway.example", 100*time.Millisecond
	for op, call := range calls(t) {
		start := time.Now()
		if a := call(newClient(t, config)); a.Finding != pos.FoundNotSent || time.Since(start) > 2*time.Second {
			t.Errorf("%s: %+v after %v", op, a, time.Since(start))
		}
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
	// The trap is real: Go's usual transport does ask it. It reads the environment once in its life.
	req := mustRequest(t, "https://192.0.2.1")
	if asked, err := http.ProxyFromEnvironment(req); err != nil || asked.String() != proxy.url() {
		t.Skipf("the environment was read before: %v, %v", asked, err)
	}
	if resp, err := (&http.Transport{Proxy: http.ProxyFromEnvironment}).RoundTrip(req); err == nil {
		resp.Body.Close()
	}
	if proxy.read(&proxy.conns) == 0 {
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
		if err := c.Admit(t.Context(), pos.QuickPay); err != nil {
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
