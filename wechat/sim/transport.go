package sim

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// Transport carries requests to the gateway without a socket, in the caller's
// goroutine, so that it works in a testing/synctest bubble and leaves nothing
// behind. It keeps the promises of a network: the request's context ends the
// wait, and a broken connection is io.ErrUnexpectedEOF, from RoundTrip when no
// answer came and from the body when half of one did.
func Transport(g *Gateway) http.RoundTripper { return transport{g} }

type transport struct{ gateway *Gateway }

// RoundTrip fits http.RoundTripper.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &wire{header: http.Header{}}
	broken := w.serve(t.gateway, arriving(req))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case broken && w.status == 0:
		return nil, io.ErrUnexpectedEOF
	}
	return w.response(req, broken), nil
}

// arriving is the client's request as a server sees it.
func arriving(req *http.Request) *http.Request {
	r := req.Clone(req.Context())
	r.RequestURI = req.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:0"
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	if r.Body == nil {
		r.Body = http.NoBody
	}
	return r
}

// wire takes down what the gateway writes.
type wire struct {
	header http.Header
	status int // 0 until something was written
	body   bytes.Buffer
}

// serve calls the gateway and reports whether it broke the connection.
func (w *wire) serve(g *Gateway, r *http.Request) (broken bool) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			broken = true
		default:
			panic(v)
		}
	}()
	g.ServeHTTP(w, r)
	return false
}

// Header fits http.ResponseWriter.
func (w *wire) Header() http.Header { return w.header }

// WriteHeader fits http.ResponseWriter.
func (w *wire) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write fits http.ResponseWriter.
func (w *wire) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// response is what the client gets. A broken one announces its full length and ends early.
func (w *wire) response(req *http.Request, broken bool) *http.Response {
	var body io.Reader = &w.body
	length := int64(w.body.Len())
	if broken {
		body, length = io.MultiReader(body, cutOff{}), -1
	}
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(body), ContentLength: length, Request: req,
	}
}

// cutOff is the end of a broken connection.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
