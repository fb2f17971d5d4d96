package wechat

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// How long a connection dialled ahead is kept for the scan, and how long
// dialling may take. How long the gateway keeps an idle connection is not known.
const (
	spareLife   = 20 * time.Second
	dialTimeout = 5 * time.Second
)

// past is a deadline that ends every read and write at once.
var past = time.Unix(1, 0)

// headRoom is what the status line and headers of an answer may take.
const headRoom = 16 << 10

// oneShot carries Quick Pay: one connection, one request, one answer, closed.
// It is no http.Transport because every convenience of one is a danger here:
// there is nothing in it that could repeat a request, follow a redirect, ask a
// proxy, unpack an answer or use a connection twice (docs/decisions/0003), and the
// bytes of the request that were written are known exactly.
type oneShot struct {
	dial func(context.Context) (net.Conn, error)

	mu     sync.Mutex
	spare  *spare // dialled ahead, or nil
	closed bool
}

// newDial returns the function that opens a connection to address, over TLS
// unless config is nil.
func newDial(address string, config *tls.Config) func(context.Context) (net.Conn, error) {
	plain := net.Dialer{Timeout: dialTimeout}
	if config == nil {
		return func(ctx context.Context) (net.Conn, error) { return plain.DialContext(ctx, "tcp", address) }
	}
	return func(ctx context.Context) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, 2*dialTimeout)
		defer cancel()
		dialer := tls.Dialer{NetDialer: &plain, Config: config}
		return dialer.DialContext(ctx, "tcp", address)
	}
}

// RoundTrip sends req on a connection of its own. The error is a *notSentError
// exactly when no byte of req was written.
func (o *oneShot) RoundTrip(req *http.Request) (*http.Response, error) {
	var request bytes.Buffer
	req.Close = true
	if err := req.Write(&request); err != nil {
		return nil, &notSentError{err}
	}
	ctx := req.Context()
	conn, err := o.connection(ctx)
	if err != nil {
		return nil, &notSentError{err}
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(past) })
	line := &line{conn, stop}

	// From here on the charge may be the customer's. n counts plain bytes, above
	// TLS: at 0 not even the first record was complete, so nobody can have read it.
	n, err := conn.Write(request.Bytes())
	if err != nil {
		line.Close()
		if n == 0 {
			return nil, &notSentError{ctxOr(ctx, err)}
		}
		return nil, ctxOr(ctx, err)
	}
	bounded := bufio.NewReader(io.LimitReader(conn, maxBody+headRoom))
	resp, err := readAnswer(bounded, req)
	if err != nil {
		line.Close()
		return nil, ctxOr(ctx, err)
	}
	resp.Body = answerBody{resp.Body, line}
	return resp, nil
}

// readAnswer reads the answer, past at most five of those that only announce one
// (100 Continue, 103 Early Hints).
func readAnswer(from *bufio.Reader, req *http.Request) (*http.Response, error) {
	for announced := 0; ; announced++ {
		resp, err := http.ReadResponse(from, req)
		if err != nil || resp.StatusCode >= http.StatusOK || resp.StatusCode == http.StatusSwitchingProtocols || announced == 5 {
			return resp, err
		}
	}
}

// line is a connection in use and the watch on its context.
type line struct {
	conn net.Conn
	stop func() bool
}

// Close hangs up. It sets no store by a farewell from the other side.
func (l *line) Close() error {
	l.stop()
	return l.conn.Close()
}

// answerBody is an answer's body that hangs up when it is closed.
type answerBody struct {
	io.Reader
	io.Closer
}

// connection hands out the spare if it is alive, and else dials.
func (o *oneShot) connection(ctx context.Context) (net.Conn, error) {
	o.mu.Lock()
	s := o.spare
	o.spare = nil
	o.mu.Unlock()
	if s != nil {
		if conn := s.take(ctx); conn != nil {
			return conn, nil
		}
	}
	return o.dial(ctx)
}

// warm dials ahead unless a spare is there or on its way. It returns at once.
func (o *oneShot) warm() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed && (o.spare == nil || o.spare.over()) {
		o.spare = dialAhead(o.dial)
	}
}

// close drops the spare and dials no more ahead.
func (o *oneShot) close() {
	o.mu.Lock()
	s := o.spare
	o.spare, o.closed = nil, true
	o.mu.Unlock()
	if s != nil {
		s.drop()
	}
}

// spare is a connection dialled ahead. One goroutine dials it and then reads
// from it: nobody has anything to say before the request, so whatever the read
// brings, a farewell above all, means that the connection is of no use.
type spare struct {
	cancel  context.CancelFunc // ends the dialling
	dialled chan struct{}      // closed when dialling is over; then conn is set, or nil
	watched chan struct{}      // closed when the watch is over; then alive is set
	conn    net.Conn
	alive   bool
	wanted  atomic.Bool // a submission asks for it
}

func dialAhead(dial func(context.Context) (net.Conn, error)) *spare {
	ctx, cancel := context.WithCancel(context.Background())
	s := &spare{cancel: cancel, dialled: make(chan struct{}), watched: make(chan struct{})}
	go s.watch(ctx, dial)
	return s
}

// watch dials and looks at the connection until it is wanted, dead or too old.
// Why dialling failed is not kept: the submission dials again and finds out.
func (s *spare) watch(ctx context.Context, dial func(context.Context) (net.Conn, error)) {
	defer close(s.watched)
	defer s.cancel()
	conn, err := dial(ctx)
	if err != nil {
		close(s.dialled)
		return
	}
	conn.SetReadDeadline(time.Now().Add(spareLife))
	s.conn = conn
	close(s.dialled)
	_, err = conn.Read(make([]byte, 1))
	s.alive = s.wanted.Load() && errors.Is(err, os.ErrDeadlineExceeded)
	if !s.alive {
		conn.Close()
	}
}

// take ends the watch and returns the connection, or nil when it is of no use.
// It waits for dialling that is under way, within ctx.
func (s *spare) take(ctx context.Context) net.Conn {
	select {
	case <-s.dialled:
	case <-ctx.Done():
		s.drop()
		return nil
	}
	if s.conn == nil {
		return nil
	}
	s.wanted.Store(true)
	s.conn.SetReadDeadline(past)
	<-s.watched
	if !s.alive {
		return nil
	}
	s.conn.SetReadDeadline(time.Time{})
	return s.conn
}

// over reports whether the spare is of no use any more: it could not be
// dialled, the other side hung up, or it became too old.
func (s *spare) over() bool {
	select {
	case <-s.watched:
		return true
	default:
		return false
	}
}

// drop ends the dialling or the watch and closes the connection.
func (s *spare) drop() {
	s.cancel()
	<-s.dialled
	if s.conn != nil {
		s.conn.Close()
	}
	<-s.watched
}
