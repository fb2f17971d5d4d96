package wechat

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"
)

// keepAlive carries Query Order and Revoke, which the till repeats every few
// seconds, on warm connections. A call that fails is not repeated in here
// either: whether to ask again is the till's decision.
type keepAlive struct{ transport *http.Transport }

// newKeepAlive switches off whatever an http.Transport would do by itself
// (docs/decisions/0003).
func newKeepAlive(config *tls.Config) keepAlive {
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	return keepAlive{&http.Transport{
		Proxy:                  nil, // HTTPS_PROXY is not asked
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    dialTimeout,
		Protocols:              http1, // HTTP/2 repeats requests that were refused
		DisableCompression:     true,  // 200 KB on the wire became 200 MiB
		MaxResponseHeaderBytes: headRoom,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
	}}
}

// RoundTrip sends req. The error is a *notSentError when req never got a
// connection; on one, doubt is assumed.
func (k keepAlive) RoundTrip(req *http.Request) (*http.Response, error) {
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	resp, err := k.transport.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil && !connected {
		return nil, &notSentError{err}
	}
	return resp, err
}
