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
	QuickPay:            "pay/micropay",
	QueryOrder:          "pay/orderquery",
	Revoke:              "secapi/pay/reverse",
	Refund:              "secapi/pay/refund",
	QueryRefund:         "pay/refundquery",
	UnifiedOrder:        "pay/unifiedorder",
	CloseOrder:          "pay/closeorder",
	DownloadBill:        "pay/downloadbill",
	QueryExchangeRate:   "pay/queryexchagerate", // sic
	QuerySettledFunds:   "pay/settlementquery",
	RegisterSubMerchant: "secapi/mch/addInstitutionsub",
	QuerySubMerchant:    "secapi/mch/queryInstitutionsub",
	ModifySubMerchant:   "secapi/mch/modifyInstitutionsub",
}

// certified are the operations that show the client certificate (wechatpay-v2 2.3).
var certified = map[Operation]bool{
	Revoke: true, Refund: true, RegisterSubMerchant: true, QuerySubMerchant: true, ModifySubMerchant: true,
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

// call makes one round trip about an order of the till: it adds identity, nonce
// and signature, sends once, reads a bounded answer and verifies it. code is the
// auth code in q, if any, so that an echo of it is masked. The error is an
// *Error; without one the answer is a signed return_code SUCCESS.
func (c *Client) call(ctx context.Context, op Operation, code pos.AuthCode, q []field) (Reply, error) {
	return c.post(ctx, op, c.url(op), c.identified(q), c.signer, redactor{key: c.config.Key, code: code})
}

// signed makes the round trip of an operation that knows no auth code, once q is
// found fit to send.
func (c *Client) signed(ctx context.Context, op Operation, q params) (Reply, error) {
	if err := c.fit(op, q); err != nil {
		return Reply{}, err
	}
	return c.post(ctx, op, c.url(op), c.identified(q.fields()), c.signer, redactor{key: c.config.Key, plain: true})
}

// signedMD5 does so for the operations that know no sign_type, hence MD5, and have
// an identity block of their own, which is in q.
func (c *Client) signedMD5(ctx context.Context, op Operation, url string, q params) (Reply, error) {
	if err := c.fit(op, q); err != nil {
		return Reply{}, err
	}
	return c.post(ctx, op, url, q.fields(), c.md5, redactor{key: c.config.Key, plain: true})
}

// fit refuses (E1) what cannot be sent, and what could not show the certificate
// that the other side asks for.
func (c *Client) fit(op Operation, q params) error {
	err := q.check()
	if err == nil && certified[op] {
		err = c.canIdentify(time.Now(), "this call has to show the client certificate, and there is none")
	}
	if err != nil {
		return &Error{Op: op, Rule: RefusedHere, Err: err}
	}
	return nil
}

// url is where an operation is, on the host that the client was made for.
func (c *Client) url(op Operation) string { return c.base.JoinPath(paths[op]).String() }

// post signs q, sends it once and verifies the answer.
func (c *Client) post(ctx context.Context, op Operation, url string, q []field, s *signer, redact redactor) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	if err := c.admitted(ctx, op); err != nil {
		return Reply{}, &Error{Op: op, Rule: RefusedHere, Err: err}
	}
	took := stopwatch()
	reply, failed := c.exchange(ctx, op, url, sealed(q, s))
	reply.Took = took()

	answer, rule, err := judgeEnvelope(reply, failed, s)
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

// stopwatch starts now and says how long ago that was.
func stopwatch() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// forget keeps length and hash of the body, and nothing else.
func (r *Reply) forget() {
	if len(r.body) > 0 {
		sum := sha256.Sum256(r.body)
		r.length, r.sum = len(r.body), hex.EncodeToString(sum[:])
	}
	r.body = nil
}

// identified adds identity block and signing block to q.
func (c *Client) identified(q []field) []field {
	return append([]field{
		{"appid", c.config.AppID},
		{"mch_id", c.config.MchID},
		{"sub_appid", c.config.SubAppID},
		{"sub_mch_id", c.config.SubMchID},
		{"sign_type", string(c.config.SignType)},
		{"nonce_str", nonce()},
	}, q...)
}

// sealed makes the request's body.
func sealed(q []field, s *signer) []byte {
	f := newFields(q...)
	return encode(f, s.sign(f))
}

// nonce is 32 hexadecimal characters that nobody can predict (nonce_str).
func nonce() string {
	var raw [16]byte
	rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

// exchange posts body once and reads the answer. The error is a *notSentError
// exactly when no byte of the request was written.
func (c *Client) exchange(ctx context.Context, op Operation, url string, body []byte) (Reply, error) {
	resp, err := c.send(ctx, op, http.MethodPost, url, body, http.Header{"Content-Type": {"text/xml; charset=utf-8"}})
	if err != nil {
		return Reply{}, err
	}
	defer resp.Body.Close()
	return readReply(ctx, resp)
}

// send makes the request and hands it over once.
func (c *Client) send(ctx context.Context, op Operation, method, url string, body []byte, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, &notSentError{err}
	}
	req.GetBody = nil // a body that cannot be rewound cannot be sent again by net/http (docs/decisions/0003)
	req.Header = header
	req.Header.Set("User-Agent", c.config.UserAgent)

	// RoundTrip and not http.Client: it follows no redirect and keeps no cookie.
	return c.lane(op).RoundTrip(req)
}

// newReply is a round trip whose body is still to come.
func newReply(resp *http.Response) Reply {
	reply := Reply{Status: resp.StatusCode}
	reply.Date, _ = http.ParseTime(resp.Header.Get("Date"))
	return reply
}

// readReply reads an answer, not more than it takes to see that it is too long.
func readReply(ctx context.Context, resp *http.Response) (Reply, error) {
	reply := newReply(resp)
	var err error
	reply.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return reply, ctxOr(ctx, err)
	}
	return reply, nil
}

// placed marks the context of a call that has its place in the published limits
// already: a till's submission asked for it before the intent was journaled (Admit).
type placed struct{}

// admitted waits for the call's place in the published limits.
func (c *Client) admitted(ctx context.Context, op Operation) error {
	if ctx.Value(placed{}) != nil {
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
