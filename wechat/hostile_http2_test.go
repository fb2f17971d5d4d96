package wechat

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net/http"
)

// Frames of HTTP/2, as far as a server needs them that only wants to be rude
// (RFC 9113, 6). No header is ever unpacked: what is counted are requests.
const (
	frameData     = 0x0
	frameHeaders  = 0x1
	frameReset    = 0x3
	frameSettings = 0x4
	frameGoAway   = 0x7

	endStream = 0x1 // flag of the frame that ends a request

	noError       = 0x0
	protocolError = 0x1
	internalError = 0x2
	refusedStream = 0x7
	cancelStream  = 0x8
)

// preface is what a client of HTTP/2 says first.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// frame is one frame, ready to be said.
func frame(kind byte, stream uint32, payload ...uint32) string {
	out := []byte{0, 0, byte(4 * len(payload)), kind, 0}
	out = binary.BigEndian.AppendUint32(out, stream)
	for _, p := range payload {
		out = binary.BigEndian.AppendUint32(out, p)
	}
	return string(out)
}

// speaksHTTP2 reports whether the two sides have agreed on HTTP/2.
func (c *caller) speaksHTTP2() bool {
	secure, ok := c.Conn.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// requestHTTP2 reads frames to the end of one request; nil when there is none.
func (c *caller) requestHTTP2() *http.Request {
	if c.stream == 0 {
		if _, err := io.ReadFull(c.reader, make([]byte, len(preface))); err != nil {
			return nil
		}
		c.say(frame(frameSettings, 0))
	}
	for {
		var head [9]byte
		if _, err := io.ReadFull(c.reader, head[:]); err != nil {
			return nil
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, c.reader, length); err != nil {
			return nil
		}
		c.stream = max(c.stream, binary.BigEndian.Uint32(head[5:]))
		if kind := head[3]; (kind == frameData || kind == frameHeaders) && head[4]&endStream != 0 {
			return &http.Request{Method: http.MethodPost, ProtoMajor: 2}
		}
	}
}
