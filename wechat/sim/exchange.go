package sim

import (
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// exchange is one request on its way in and its answer on the way out. Faults
// mark it before it is handled; the marks are obeyed at the stage they belong to.
type exchange struct {
	operation
	at       time.Time // when the gateway took the request
	in       message   // as received; nil when it was no message
	merchant *Merchant // nil until the signature was verified
	nonce    string    // for the answer
	dice     *rand.Rand
	out      message // the answer; nil while there is none
	body     []byte  // what goes over the wire in its place when it is no XML: a bill, JSON

	faults  []string      // what went wrong, in words, for the log
	unheard bool          // the request never arrives
	lateBy  time.Duration // the request arrives so much later, when nobody waits any more
	twice   bool          // the request arrives two times
	refusal string        // err_code to answer, without doing anything

	lies  []func(*exchange) // change the answer before it is signed
	forge func(*exchange)   // changes the answer after it was signed
	spoil func(*page)       // changes what goes over the wire

	wait    time.Duration // before the answer leaves
	trickle time.Duration // from its first byte to its last
	skew    time.Duration // error of the Date header
	lost    bool          // the connection breaks before the answer
	cut     bool          // the connection breaks in the middle of the answer
}

// page is an answer as HTTP carries it.
type page struct {
	status int
	header http.Header
	body   []byte
}

// maxRequest bounds a request's body in bytes; detail alone may have 6000.
const maxRequest = 64 << 10

// admit reads a request and verifies who sends it (wechatpay-v2.md 3, 4, 5.1).
// What fails here is answered with return_code FAIL, unsigned: until the end
// of this function nobody knows whose key would sign.
func (x *exchange) admit(known []Merchant, r *http.Request) {
	if why := x.read(r); why != nil {
		x.reject(why)
		return
	}
	if x.speaks == inJSON {
		x.admitJSON(known, r)
		return
	}
	if why := check(x.in, x.envelopeRules()); why != nil {
		x.reject(why)
		return
	}
	m, why := x.account(known, x.in)
	switch {
	case why != nil:
		x.reject(why)
	case !x.in.genuine(m.Key):
		x.reject(&refusal{"SIGNERROR", "signature error"})
	case x.md5 && x.in.signType() != signMD5:
		x.reject(&refusal{"SIGNERROR", "signature error, only MD5 is taken here"})
	case x.cert && r.TLS != nil && len(r.TLS.PeerCertificates) == 0:
		x.reject(&refusal{"CERT_ERROR", "client certificate required"}) // wechatpay-v2.md 2.3
	default:
		x.merchant = m
	}
}

// read takes the message out of the request.
func (x *exchange) read(r *http.Request) *refusal {
	if r.Method != http.MethodPost && x.speaks != inJSON {
		return &refusal{"REQUIRE_POST_METHOD", "use POST"}
	}
	doc, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	switch {
	case err != nil || len(doc) > maxRequest:
		return &refusal{"XML_FORMAT_ERROR", "body cut short or too long"}
	case !utf8.Valid(doc):
		return &refusal{"NOT_UTF8", "body is not UTF-8"}
	case x.speaks == inJSON:
		return x.readJSON(r, doc)
	case len(doc) == 0 && x.op == OnUnifiedOrder:
		return &refusal{"POST_DATA_EMPTY", "the body is empty"}
	}
	if x.in, err = parse(doc); err != nil {
		return &refusal{"XML_FORMAT_ERROR", "XML format error"}
	}
	return nil
}

// reject answers in the first layer (wechatpay-v2.md 3.2).
func (x *exchange) reject(why *refusal) {
	x.out = message{"return_code": "FAIL", "return_msg": why.code + ": " + why.text}
	if x.op == OnBill && why.code == "SIGNERROR" {
		x.out = x.no("SIGN ERROR", why.text)
	}
	if x.speaks == inJSON {
		x.out = x.no(why.code, why.text)
	}
}

// yes begins an answer that succeeds: the layers that all operations share.
func (x *exchange) yes() message {
	m := message{"return_code": "SUCCESS", "return_msg": "OK"}
	if x.speaks == layered {
		m["result_code"] = "SUCCESS"
	}
	if !x.noNonce {
		m["nonce_str"] = x.nonce
	}
	for _, name := range []string{"appid", "mch_id", "mchid", "sub_appid", "sub_mch_id"} {
		m.set(name, x.in[name])
	}
	return m
}

// no is an answer that fails: in the second layer, or in the first where there
// is no other. On Revoke it says recall Y: recall is required there with FAIL
// too (wechatpay-v2.md 3.2, 6.3).
func (x *exchange) no(code, text string) message {
	switch x.speaks {
	case firstLayer:
		if x.op == OnBill {
			return noBill(code)
		}
		return message{"return_code": "FAIL", "return_msg": code + ": " + text}
	case inJSON:
		return message{"return_code": "FAIL", "err_code": code, "err_code_des": text}
	}
	m := x.yes()
	m["result_code"], m["err_code"], m["err_code_des"] = "FAIL", code, text
	if x.op == OnRevoke {
		m["recall"] = "Y"
	}
	return m
}

// set writes a value unless it is empty: no empty element is ever sent.
func (m message) set(name, value string) {
	if value != "" {
		m[name] = value
	}
}

// page turns the answer into what goes over the wire: lies are signed, forgeries are not.
func (x *exchange) page() *page {
	for _, lie := range x.lies {
		lie(x)
	}
	p := &page{http.StatusOK, http.Header{"Content-Type": {"text/plain"}}, x.body}
	switch {
	case x.speaks == inJSON:
		x.asJSON(p)
	case x.out["return_code"] != "SUCCESS":
		p.body = x.out.xml()
	case x.body == nil:
		x.sign()
		p.body = x.out.xml()
	}
	if x.spoil != nil {
		x.spoil(p)
	}
	return p
}

// sign adds the signature, in the request's algorithm (12.14); getsignkey has none.
func (x *exchange) sign() {
	if x.merchant == nil || x.op == onSignKey {
		return
	}
	x.out["sign"] = x.out.signature(x.in.signType(), x.merchant.Key)
	if x.forge != nil {
		x.forge(x)
	}
}

// send delivers the answer, or breaks the connection.
func (g *Gateway) send(w http.ResponseWriter, r *http.Request, x *exchange) {
	if x.wait > 0 && g.config.Sleep(r.Context(), x.wait) != nil || x.lost {
		panic(http.ErrAbortHandler)
	}
	p := x.page()
	header := w.Header()
	for name, values := range p.header {
		header[name] = slices.Clone(values)
	}
	header.Set("Date", g.config.Now().Add(x.skew).UTC().Format(http.TimeFormat))
	header.Set("Content-Length", strconv.Itoa(len(p.body)))
	w.WriteHeader(p.status)
	if x.cut {
		_, _ = w.Write(p.body[:len(p.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	if x.trickle > 0 {
		g.drip(w, r, p.body, x.trickle)
		return
	}
	_, _ = w.Write(p.body) // whether the caller is still there is the caller's matter
}

// drip sends body in so many drops that each is a few bytes, over a time of d.
func (g *Gateway) drip(w http.ResponseWriter, r *http.Request, body []byte, d time.Duration) {
	const drops = 64
	for drop := range slices.Chunk(body, len(body)/drops+1) {
		_, _ = w.Write(drop)
		_ = http.NewResponseController(w).Flush()
		if g.config.Sleep(r.Context(), d/drops) != nil {
			panic(http.ErrAbortHandler)
		}
	}
}
