package wechat

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"cashier/pos"
)

// paths of the operations, the same on every host (wechatpay-v2 2.2).
var paths = map[Operation]string{
	QuickPay:   "pay/micropay",
	QueryOrder: "pay/orderquery",
	Revoke:     "secapi/pay/reverse",
}

// Reply is one round trip as it ended, whether or not anything was understood.
type Reply struct {
	Status int           // HTTP status; 0 when there was no answer
	Date   time.Time     // the Date header: the gateway's clock; zero when absent
	Took   time.Duration // from the call to its end

	fields fields // the parameters, verified unless the error says otherwise, and redacted
	body   []byte // as received, at most maxBody+1 bytes; nil once it was judged, for it is not redacted
	length int    // of the body
	sum    string // SHA-256 of the body, hexadecimal; "" when there was none
}

// call makes one round trip: it adds identity, nonce and signature, sends once,
// reads a bounded answer and verifies it. code is the auth code in q, if any,
// so that an echo of it is masked. The error is an *Error; without one the
// answer is a signed return_code SUCCESS.
func (c *Client) call(ctx context.Context, op Operation, code pos.AuthCode, q []field) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	if err := c.admitted(ctx, op); err != nil {
		return Reply{}, &Error{Op: op, Rule: RefusedHere, Err: err}
	}
	start := time.Now()
	reply, failed := c.exchange(ctx, op, c.seal(q))
	reply.Took = time.Since(start)

	answer, rule, err := judgeEnvelope(reply, failed, c.signer)
	redact := redactor{c.config.Key, code}
	reply.fields = redact.fields(answer)
	reply.forget()
	if rule == "" {
		return reply, nil
	}
	e := &Error{Op: op, Rule: rule, Err: err}
	if rule == ReturnFail {
		e.ReturnMsg = reply.fields.value("return_msg")
		e.Err = fmt.Errorf("return_code FAIL: %q", e.ReturnMsg)
	}
	return reply, e
}

// forget keeps length and hash of the body, and nothing else.
func (r *Reply) forget() {
	if len(r.body) > 0 {
		sum := sha256.Sum256(r.body)
		r.length, r.sum = len(r.body), hex.EncodeToString(sum[:])
	}
	r.body = nil
}

// seal makes the request's body: identity block, signing block, q.
func (c *Client) seal(q []field) []byte {
	all := append([]field{
		{"appid", c.config.AppID},
		{"mch_id", c.config.MchID},
		{"sub_appid", c.config.SubAppID},
		{"sub_mch_id", c.config.SubMchID},
		{"sign_type", string(c.config.SignType)},
		{"nonce_str", nonce()},
	}, q...)
	f := newFields(all...)
	return encode(f, c.signer.sign(f))
}

// nonce is 32 hexadecimal characters that nobody can predict (nonce_str).
func nonce() string {
	var raw [16]byte
	rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

// exchange posts body once and reads the answer. The error is a *notSentError
// exactly when no byte of the request was written.
func (c *Client) exchange(ctx context.Context, op Operation, body []byte) (Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.JoinPath(paths[op]).String(), bytes.NewReader(body))
	if err != nil {
		return Reply{}, &notSentError{err}
	}
	req.GetBody = nil // a body that cannot be rewound cannot be sent again by net/http (docs/decisions/0003)
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("User-Agent", c.config.UserAgent)

	// RoundTrip and not http.Client: it follows no redirect and keeps no cookie.
	resp, err := c.lane(op).RoundTrip(req)
	if err != nil {
		return Reply{}, err
	}
	defer resp.Body.Close()
	reply := Reply{Status: resp.StatusCode}
	reply.Date, _ = http.ParseTime(resp.Header.Get("Date"))
	reply.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return reply, ctxOr(ctx, err)
	}
	return reply, nil
}

// admitted waits for the call's place in the published limits. Quick Pay asked
// for its own before the intent was journaled (Admit).
func (c *Client) admitted(ctx context.Context, op Operation) error {
	if op == QuickPay {
		return nil
	}
	return c.budget.take(ctx, op)
}

// ctxOr prefers the reason why the call was ended to the broken read that it caused.
func ctxOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// notSentError is the proof of E2: no byte of the request was written to the
// connection, counted above TLS. Its cause may be quoted, for the other side
// has not seen the request.
type notSentError struct{ cause error }

func (e *notSentError) Error() string { return "nothing was sent: " + e.cause.Error() }
func (e *notSentError) Unwrap() error { return e.cause }

// trouble says what broke a call that may have been sent. The cause itself is
// not quoted: net/http puts parts of the answer into its errors, and an answer
// may echo the request.
func trouble(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("the call was given up before an answer")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("no answer within the time allowed")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return errors.New("the connection was reset")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the connection ended before the answer did")
	case strings.HasPrefix(err.Error(), "remote error: tls: "): // an alert, in the words of crypto/tls
		return errors.New("the other side broke off the TLS connection")
	}
	return errors.New("the connection failed")
}
