package wechat

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// Global declarations are of WeChat Pay's third protocol: JSON, signed with the
// key of the client certificate, answers signed with the key of WeChat Pay's own.

// scheme is the only one there is.
const scheme = "WECHATPAY2-SHA256-RSA2048"

// maxSkew is how far the time of an answer may be from ours: older ones are replayed.
const maxSkew = 5 * time.Minute

// LoadPlatformCertificate reads a certificate of WeChat Pay's own (PEM, from the
// merchant portal) and returns what Config.PlatformKeys holds: its serial number
// and its key. The error has pos.KindCredentials.
func LoadPlatformCertificate(file string) (serial string, key *rsa.PublicKey, err error) {
	const hint = "it is WeChat Pay's platform certificate, from the merchant portal"
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", nil, credentials(hint, err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return "", nil, credentials(hint, errors.New("the platform certificate is not a PEM file"))
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", nil, credentials(hint, fmt.Errorf("the platform certificate is not readable: %w", err))
	}
	key, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok {
		return "", nil, credentials(hint, errors.New("the platform certificate has no RSA key"))
	}
	return serialOf(leaf), key, nil
}

// serialOf is a serial number as the headers write it: whole bytes, in capitals.
func serialOf(leaf *x509.Certificate) string { return fmt.Sprintf("%X", leaf.SerialNumber.Bytes()) }

// canDeclare refuses over https without what signs a request and verifies its
// answer. In the process and on a loopback address neither has to be there.
func (c *Client) canDeclare(now time.Time) error {
	err := c.canIdentify(now, "a Global declaration is signed with the client certificate, and there is none")
	if err == nil && c.base.Scheme == "https" && c.config.RoundTripper == nil && len(c.config.PlatformKeys) == 0 {
		return credentials("download WeChat Pay's platform certificate from the merchant portal",
			errors.New("the answer to a Global declaration could not be verified"))
	}
	return err
}

// authorization is the header that signs a request.
func (c *Client) authorization(method, target string, body []byte, nonce string, now time.Time) (string, error) {
	stamp := seconds(now)
	signature, serial, err := c.signRequest(method + "\n" + target + "\n" + stamp + "\n" + nonce + "\n" + string(body) + "\n")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`%s mchid="%s",nonce_str="%s",signature="%s",timestamp="%s",serial_no="%s"`,
		scheme, c.config.MchID, nonce, signature, stamp, serial), nil
}

// signRequest signs with the key of the client certificate. Practice has none,
// and then the signature is empty: canDeclare says where that may be sent.
func (c *Client) signRequest(text string) (signature, serial string, err error) {
	if c.config.Certificate == nil {
		return "", "", nil
	}
	leaf, err := leafOf(c.config.Certificate)
	if err != nil {
		return "", "", err
	}
	key, ok := c.config.Certificate.PrivateKey.(*rsa.PrivateKey)
	if !ok {
		return "", "", credentials("use the certificate of the merchant portal", errors.New("the client certificate's key is not RSA"))
	}
	sum := sha256.Sum256([]byte(text))
	raw, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", "", fmt.Errorf("signing: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), serialOf(leaf), nil
}

// platformSigned checks that WeChat Pay signed an answer, and lately. Without
// platform keys there is nothing to check; canDeclare says where that is allowed.
func (c *Client) platformSigned(h http.Header, body []byte, now time.Time) bool {
	if len(c.config.PlatformKeys) == 0 {
		return true
	}
	key := c.config.PlatformKeys[h.Get("Wechatpay-Serial")]
	sent, err := strconv.ParseInt(h.Get("Wechatpay-Timestamp"), 10, 64)
	if key == nil || err != nil || now.Sub(time.Unix(sent, 0)).Abs() > maxSkew {
		return false
	}
	signature, err := base64.StdEncoding.DecodeString(h.Get("Wechatpay-Signature"))
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(h.Get("Wechatpay-Timestamp") + "\n" + h.Get("Wechatpay-Nonce") + "\n" + string(body) + "\n"))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

// GlobalReply is what every answer of this protocol has.
type GlobalReply struct {
	Reply

	// ErrCode (code) and ErrCodeDes (message), with a status that is not 2xx: the
	// call was refused. ErrCode is an open vocabulary.
	ErrCode    ErrCode
	ErrCodeDes string
}

// Refused reports whether the call was understood and refused.
func (r GlobalReply) Refused() bool { return r.ErrCode != "" }

// callJSON makes one round trip: it signs, sends once, reads a bounded answer,
// verifies it and reads it into answer. The error is an *Error; without one the
// answer is signed, if there are platform keys, and may be a refusal.
func (c *Client) callJSON(ctx context.Context, op Operation, method, target string, question, answer any) (GlobalReply, error) {
	refused := func(err error) (GlobalReply, error) {
		return GlobalReply{}, &Error{Op: op, Rule: RefusedHere, Err: err}
	}
	if err := c.canDeclare(time.Now()); err != nil {
		return refused(err)
	}
	var body []byte
	if question != nil {
		var err error
		if body, err = json.Marshal(question); err != nil {
			return refused(err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	if err := c.budget.take(ctx, op); err != nil {
		return refused(err)
	}
	target = strings.TrimRight(c.base.EscapedPath(), "/") + target
	location := c.base.Scheme + "://" + c.base.Host + target
	signature, err := c.authorization(method, target, body, nonce(), time.Now())
	if err != nil {
		return refused(err)
	}
	took := stopwatch()
	reply, err := c.exchangeJSON(ctx, op, method, location, body, signature)
	reply.Took = took()
	if err == nil {
		err = reply.read(op, answer)
	}
	reply.forget()
	return reply, err
}

// exchangeJSON sends once and verifies what comes back.
func (c *Client) exchangeJSON(ctx context.Context, op Operation, method, location string, body []byte, signature string) (GlobalReply, error) {
	wrong := func(rule Rule, err error) error { return &Error{Op: op, Rule: rule, Err: err} }
	resp, err := c.send(ctx, op, method, location, body, http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "Authorization": {signature}})
	if err != nil {
		_, rule, err := judgeEnvelope(Reply{}, err, c.signer)
		return GlobalReply{}, wrong(rule, err)
	}
	defer resp.Body.Close()
	reply := GlobalReply{Reply: newReply(resp)}
	reply.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	signed := err == nil && c.platformSigned(resp.Header, reply.body, time.Now())
	switch {
	case err != nil:
		err = wrong(NoAnswer, trouble(ctxOr(ctx, err)))
	case len(reply.body) > maxBody:
		err = wrong(BadStatus, fmt.Errorf("the answer is longer than %d KiB", maxBody>>10))
	case !signed && resp.StatusCode == http.StatusOK:
		err = wrong(BadSignature, errors.New("the answer is not signed by WeChat Pay"))
	case !signed || resp.StatusCode >= 300 && resp.StatusCode < 400 || resp.StatusCode >= 500:
		err = wrong(BadStatus, fmt.Errorf("the answer has HTTP status %d", resp.StatusCode))
	}
	return reply, err
}

// read puts the answer, or the refusal, into names.
func (r *GlobalReply) read(op Operation, answer any) error {
	if r.Status == http.StatusNoContent {
		return nil
	}
	if r.Status != http.StatusOK {
		var refusal struct {
			Code    ErrCode `json:"code"`
			Message string  `json:"message"`
		}
		if json.Unmarshal(r.body, &refusal) != nil || refusal.Code == "" {
			return &Error{Op: op, Rule: BadStatus, Err: fmt.Errorf("the answer has HTTP status %d", r.Status)}
		}
		r.ErrCode, r.ErrCodeDes = refusal.Code, text(refusal.Message, 256)
		return nil
	}
	if err := json.Unmarshal(r.body, answer); err != nil {
		return &Error{Op: op, Rule: Malformed, Err: errors.New("the answer is not the JSON that it should be")}
	}
	return nil
}

// oursJSON adds E9 to such a call.
func (c *Client) oursJSON(op Operation, r GlobalReply, appID, mchID string, err error) error {
	if err == nil && !r.Refused() && (appID != "" && appID != c.config.AppID || mchID != "" && mchID != c.config.MchID) {
		return foreignAnswer(op)
	}
	return err
}
