package wechat

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// hostile is a server on the loopback address that does with a connection
// whatever a test wants, below HTTP.
type hostile struct {
	listener net.Listener
	tls      *tls.Config // nil for plain
	behave   func(*caller)

	mu    sync.Mutex
	conns int             // accepted
	ready int             // handshakes done
	seen  []*http.Request // read whole
	work  sync.WaitGroup
}

// caller is one connection to a hostile server.
type caller struct {
	net.Conn
	server *hostile
	reader *bufio.Reader
	method string // of the request that was read last
	stream uint32 // of that request, if it came by HTTP/2
}

// serve starts a hostile server; behave gets each connection after its handshake.
func serve(t *testing.T, config *tls.Config, behave func(*caller)) *hostile {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{listener: l, tls: config, behave: behave}
	h.work.Go(h.accept)
	t.Cleanup(func() {
		l.Close()
		h.work.Wait()
	})
	return h
}

func (h *hostile) accept() {
	for {
		conn, err := h.listener.Accept()
		if err != nil {
			return
		}
		h.count(&h.conns)
		h.work.Go(func() { h.handle(conn) })
	}
}

func (h *hostile) handle(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second)) // so that no test can hang
	if h.tls != nil {
		secure := tls.Server(conn, h.tls)
		if secure.Handshake() != nil {
			return
		}
		conn = secure
	}
	h.count(&h.ready)
	h.behave(&caller{Conn: conn, server: h, reader: bufio.NewReader(conn)})
}

func (h *hostile) count(n *int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	*n++
}

func (h *hostile) read(n *int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return *n
}

// requests are those that were read whole.
func (h *hostile) requests() []*http.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen
}

// request reads one request whole and counts it; nil when there is none.
func (c *caller) request() *http.Request {
	var req *http.Request
	if c.speaksHTTP2() {
		req = c.requestHTTP2()
	} else {
		req = c.requestHTTP1()
	}
	if req == nil {
		return nil
	}
	c.method = req.Method
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.seen = append(c.server.seen, req)
	return req
}

func (c *caller) requestHTTP1() *http.Request {
	req, err := http.ReadRequest(c.reader)
	if err != nil {
		return nil
	}
	if _, err := io.ReadAll(req.Body); err != nil {
		return nil
	}
	return req
}

// take reads n bytes of a request, which is not counted for that.
func (c *caller) take(n int) { io.ReadFull(c.reader, make([]byte, n)) }

// say writes text as it is.
func (c *caller) say(text string) { io.WriteString(c, text) }

// reset closes the connection with RST instead of FIN.
func (c *caller) reset() {
	conn := c.Conn
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// hangUp closes the connection with a farewell.
func (c *caller) hangUp() { c.Close() }

// linger reads until the other side hangs up.
func (c *caller) linger() { io.Copy(io.Discard, c.reader) }

// drip says text byte by byte, for as long as the other side listens.
func (c *caller) drip(text string) {
	for i := range len(text) {
		if _, err := io.WriteString(c, text[i:i+1]); err != nil {
			return
		}
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		c.Read(make([]byte, 1)) // waits
	}
	c.SetReadDeadline(time.Time{})
	c.linger()
}

// endless says text until the other side hangs up.
func (c *caller) endless(text string) {
	for {
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
	}
}

// answerOf is an HTTP answer with body, after which the connection may stay open.
func answerOf(status int, body string, headers ...string) string {
	head := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: %d\r\nDate: Sat, 21 Nov 2026 12:30:00 GMT\r\n", status, len(body))
	for _, h := range headers {
		head += h + "\r\n"
	}
	return head + "\r\n" + body
}

// url is the server's address under the host name that its certificate has.
func (h *hostile) url() string {
	scheme := "http"
	if h.tls != nil {
		scheme = "https"
	}
	return scheme + "://" + h.listener.Addr().String()
}

// client asks the server, whose certificate authority it trusts.
func (h *hostile) client(t *testing.T, ca *authority, change ...func(*Config)) *Client {
	config := testConfig(t)
	config.URL = h.url()
	if ca != nil {
		config.RootCAs = ca.pool()
	}
	for _, f := range change {
		f(&config)
	}
	return newClient(t, config)
}

// authority issues certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	a := &authority{}
	signed := a.issue(t, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })
	a.cert, a.key = signed.Leaf, signed.PrivateKey.(*ecdsa.PrivateKey)
	return a
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// issue makes a certificate for 127.0.0.1, of server and client, valid for an
// hour around now, unless change makes it something else. Without a
// certificate of its own the authority signs with the new key: self-signed.
func (a *authority) issue(t testing.TB, change ...func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, f := range change {
		f(template)
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}
}

// server is the TLS configuration of a server with a certificate of a.
func (a *authority) server(t testing.TB, change ...func(*tls.Config)) *tls.Config {
	config := &tls.Config{Certificates: []tls.Certificate{a.issue(t)}}
	for _, f := range change {
		f(config)
	}
	return config
}
