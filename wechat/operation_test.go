package wechat

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"cashier/pos"
)

// operation is one call beside the till's three, with what the pages say of how
// it is made (wechatpay-v2 2.2, 4.1).
type operation struct {
	op      Operation
	path    string
	md5     bool // MD5 alone, whatever the client uses, and no sign_type
	nonce   bool
	limited Operation // whose published limit it draws from
	reply   []string  // layer 3 of a good answer
	call    func(*Client) error
}

var testDeclared = Declared{OutTradeNo: testNo, TransactionID: testTxn, Customs: CustomsShanghai, MerchantCustomsNo: "MC1"}

func operations(t testing.TB) []operation {
	ctx := t.Context()
	numbers := MainlandNumbers{OutTradeNo: testNo, Customs: CustomsShanghai}
	return []operation{
		{op: Refund, path: "/secapi/pay/refund", nonce: true, limited: Refund,
			call: func(c *Client) error { _, err := c.Refund(ctx, refundRequest(testRefunding)); return err }},
		{op: QueryRefund, path: "/pay/refundquery", nonce: true, limited: QueryRefund,
			call: func(c *Client) error {
				_, err := c.RefundQuery(ctx, RefundQueryRequest{OutTradeNo: testNo})
				return err
			}},
		{op: UnifiedOrder, path: "/pay/unifiedorder", nonce: true, limited: UnifiedOrder,
			call: func(c *Client) error { _, err := c.UnifiedOrder(ctx, nativeOrder()); return err }},
		{op: CloseOrder, path: "/pay/closeorder", nonce: true,
			call: func(c *Client) error {
				_, err := c.CloseOrder(ctx, CloseOrderRequest{OutTradeNo: testNo, TradeType: TradeNative})
				return err
			}},
		{op: DownloadBill, path: "/pay/downloadbill", nonce: true,
			call: func(c *Client) error {
				_, err := c.DownloadBill(ctx, DownloadBillRequest{Day: testDay}, io.Discard)
				return err
			}},
		{op: QueryExchangeRate, path: "/pay/queryexchagerate", md5: true, reply: []string{"fee_type", "USD", "result_code", "-"},
			call: func(c *Client) error {
				_, err := c.ExchangeRate(ctx, ExchangeRateRequest{FeeType: "USD", Day: testDay})
				return err
			}},
		{op: QuerySettledFunds, path: "/pay/settlementquery", md5: true, nonce: true,
			call: func(c *Client) error {
				_, err := c.SettlementQuery(ctx, SettlementQueryRequest{From: testDay, To: testDay})
				return err
			}},
		{op: Declaration, path: "/cgi-bin/mch/customs/customdeclareorder", md5: true, limited: Declaration,
			call: func(c *Client) error {
				_, err := c.MainlandDeclare(ctx, MainlandDeclareRequest{Declared: testDeclared})
				return err
			}},
		{op: ModifyDeclaration, path: "/cgi-bin/mch/customs/customdeclareorder", md5: true, limited: Declaration,
			call: func(c *Client) error {
				_, err := c.MainlandDeclare(ctx, MainlandDeclareRequest{Declared: testDeclared, Modify: true})
				return err
			}},
		{op: QueryDeclaration, path: "/cgi-bin/mch/customs/customdeclarequery", md5: true, limited: Declaration,
			call: func(c *Client) error { _, err := c.MainlandDeclarations(ctx, numbers); return err }},
		{op: Redeclaration, path: "/cgi-bin/mch/newcustoms/customdeclareredeclare", md5: true, limited: Declaration,
			call: func(c *Client) error { _, err := c.MainlandRedeclare(ctx, numbers, "MC1"); return err }},
		{op: RegisterSubMerchant, path: "/secapi/mch/addInstitutionsub", md5: true, limited: RegisterSubMerchant,
			call: func(c *Client) error { _, err := c.RegisterSubMerchant(ctx, testSubMerchant()); return err }},
		{op: QuerySubMerchant, path: "/secapi/mch/queryInstitutionsub", md5: true,
			call: func(c *Client) error { _, err := c.QuerySubMerchant(ctx, "10000200"); return err }},
		{op: ModifySubMerchant, path: "/secapi/mch/modifyInstitutionsub", md5: true,
			call: func(c *Client) error {
				s := testSubMerchant()
				s.Remark = ""
				_, err := c.ModifySubMerchant(ctx, "10000200", s)
				return err
			}},
	}
}

// signedWith is the algorithm of an operation's request and answer.
func (o operation) signedWith(kind SignType) SignType {
	if o.md5 {
		return MD5
	}
	return kind
}

// good is an answer that the operation takes without an error.
func (o operation) good(t testing.TB, kind SignType, more ...string) string {
	if o.op == DownloadBill {
		return testBill
	}
	pairs := append([]string{"result_code", "SUCCESS"}, o.reply...)
	return saidBy(t, o.signedWith(kind), append(pairs, more...)...)
}

// recorder answers every call inside the process and keeps the requests.
type recorder struct {
	gateway
	requests []*http.Request
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.requests = append(r.requests, req)
	return r.gateway.RoundTrip(req)
}

func (r *recorder) client(t testing.TB, change ...func(*Config)) *Client {
	config := testConfig(t)
	config.RoundTripper = r
	for _, f := range change {
		f(&config)
	}
	return newClient(t, config)
}

func TestEveryOperationIsMadeAsThePagesSay(t *testing.T) {
	for _, o := range operations(t) {
		for _, kind := range []SignType{MD5, HMACSHA256} {
			r := &recorder{gateway: gateway{status: 200, body: o.good(t, kind)}}
			if err := o.call(r.client(t, func(c *Config) { c.SignType = kind })); err != nil {
				t.Fatalf("%s: %v", o.op, err)
			}
			if len(r.sent) != 1 {
				t.Fatalf("%s: sent %d times", o.op, len(r.sent))
			}
			req := r.requests[0]
			if req.Method != "POST" || req.URL.Path != o.path || req.Header.Get("Content-Type") != "text/xml; charset=utf-8" || r.rewinds {
				t.Errorf("%s: %s %s %v", o.op, req.Method, req.URL, req.Header)
			}
			f, err := decode([]byte(r.sent[0]))
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := newSigner(mustKey(t), o.signedWith(kind)).verify(f); !ok {
				t.Errorf("%s: not signed with %s", o.op, o.signedWith(kind))
			}
			if named := f.value("sign_type") != ""; named == o.md5 && o.op != QueryDeclaration {
				t.Errorf("%s: sign_type %q", o.op, f.value("sign_type"))
			}
			if (len(f.value("nonce_str")) == 32) != o.nonce {
				t.Errorf("%s: nonce_str %q", o.op, f.value("nonce_str"))
			}
		}
	}
}

// Which calls show the client certificate: refund, revoke and those about
// sub-merchants; never one that reads.
func TestOnlyCertifiedOperationsShowTheClientCertificate(t *testing.T) {
	ca := newAuthority(t)
	own := ca.issue(t)
	for _, o := range operations(t) {
		shown := make(chan bool, 1)
		h := serve(t, ca.server(t, func(c *tls.Config) { c.ClientAuth = tls.RequestClientCert }), func(c *caller) {
			c.request()
			shown <- len(c.Conn.(*tls.Conn).ConnectionState().PeerCertificates) > 0
			c.say(answerOf(200, o.good(t, HMACSHA256)))
		})
		if err := o.call(h.client(t, ca, func(c *Config) { c.Certificate = &own })); err != nil {
			t.Errorf("%s: %v", o.op, err)
		}
		if want := strings.HasPrefix(o.path, "/secapi/"); <-shown != want || certified[o.op] != want {
			t.Errorf("%s: the certificate is shown: %v", o.op, !want)
		}
	}
}

// E1: over https such a call is not even sent without a valid certificate.
func TestE1_WithoutAValidCertificateACertifiedCallIsNotSent(t *testing.T) {
	for _, o := range operations(t) {
		config := testConfig(t)
		config.URL = "https://127.0.0.1:1"
		err := o.call(newClient(t, config))
		e, ok := errors.AsType[*Error](err)
		switch {
		case !ok:
			t.Errorf("%s: %v", o.op, err)
		case certified[o.op] && (e.Rule != RefusedHere || pos.KindOf(err) != pos.KindCredentials || pos.HintOf(err) == ""):
			t.Errorf("%s: %v, %v", o.op, e.Rule, err)
		case !certified[o.op] && e.Rule != NotSent:
			t.Errorf("%s: %v, %v", o.op, e.Rule, err)
		}
	}
}

// The rows E2 to E9 hold for every operation, and its answers are bounded.
func TestE_EveryOperationRefusesWhatProvesNothing(t *testing.T) {
	for _, o := range operations(t) {
		good := o.good(t, HMACSHA256)
		rows := map[string]struct {
			g    gateway
			want Rule
		}{
			"E2":            {gateway{err: &notSentError{errors.New("no route")}}, NotSent},
			"E3":            {gateway{err: io.EOF}, NoAnswer},
			"E4, status":    {gateway{status: 502, body: good}, BadStatus},
			"E4, redirect":  {gateway{status: 302, body: good}, BadStatus},
			"E4, empty":     {gateway{status: 200}, BadStatus},
			"E5":            {gateway{status: 200, body: "<html>"}, Malformed},
			"E6":            {gateway{status: 200, body: "<xml><return_code>OK</return_code></xml>"}, NoReturnCode},
			"E7":            {gateway{status: 200, body: unsigned("return_code", "FAIL", "return_msg", "no")}, ReturnFail},
			"E7, a comment": {gateway{status: 200, body: "<xml><!-- --><return_code>FAIL</return_code></xml>"}, Malformed},
		}
		if o.op != DownloadBill { // a bill is not signed, and has a bound of its own
			rows["E4, too long"] = struct {
				g    gateway
				want Rule
			}{gateway{status: 200, body: strings.Repeat(" ", maxBody) + good}, BadStatus}
			rows["E8"] = struct {
				g    gateway
				want Rule
			}{gateway{status: 200, body: strings.Replace(good, "<xml>", "<xml><new>1</new>", 1)}, BadSignature}
			rows["E8, the other algorithm"] = struct {
				g    gateway
				want Rule
			}{gateway{status: 200, body: operation{op: o.op, md5: !o.md5, reply: o.reply}.good(t, HMACSHA256)}, BadSignature}
		}
		for name, row := range rows {
			err := o.call(row.g.client(t))
			if e, ok := errors.AsType[*Error](err); !ok || e.Rule != row.want || e.Op != o.op {
				t.Errorf("%s, %s: %v", o.op, name, err)
			}
		}
	}
}

// E9 in the calls that nothing else judges.
func TestE9_AnotherMerchantsAnswerIsRefused(t *testing.T) {
	judgedElsewhere := map[Operation]bool{Refund: true, QueryRefund: true, UnifiedOrder: true, CloseOrder: true, DownloadBill: true}
	for _, o := range operations(t) {
		if judgedElsewhere[o.op] {
			continue
		}
		g := gateway{status: 200, body: o.good(t, HMACSHA256, "mch_id", "10000999")}
		if e, ok := errors.AsType[*Error](o.call(g.client(t))); !ok || e.Rule != NotOurs {
			t.Errorf("%s: %v", o.op, e)
		}
	}
}

// design 3.13: each operation that has a published limit draws from it.
func TestEveryOperationDrawsFromItsPublishedLimit(t *testing.T) {
	published := map[Operation]bool{QuickPay: true, QueryOrder: true}
	for _, o := range operations(t) {
		g := &gateway{status: 200, body: o.good(t, HMACSHA256)}
		c := g.client(t, func(c *Config) { c.Share = 100_000 })
		if err := o.call(c); err != nil {
			t.Fatal(err)
		}
		err := o.call(c)
		if o.limited == "" {
			if err != nil {
				t.Errorf("%s: %v", o.op, err)
			}
			continue
		}
		published[o.limited] = true
		if pos.KindOf(err) != pos.KindUnavailable || pos.HintOf(err) == "" || len(g.sent) != 1 {
			t.Errorf("%s: %v, sent %d", o.op, err, len(g.sent))
		}
	}
	for op := range limits {
		if !published[op] {
			t.Errorf("nothing draws from the limit of %s", op)
		}
	}
}

func TestAllDeclarationsDrawFromOneLimit(t *testing.T) {
	b := newBudget(100_000)
	if err := b.take(t.Context(), Redeclaration); err != nil {
		t.Fatal(err)
	}
	kind(t, b.take(t.Context(), Declaration), pos.KindUnavailable)
}

func TestAResultCodeFailIsAnAnswerAndNoError(t *testing.T) {
	for _, o := range operations(t) {
		if o.op == DownloadBill {
			continue
		}
		g := &gateway{status: 200, body: saidBy(t, o.signedWith(HMACSHA256), "result_code", "FAIL", "err_code", "SYSTEMERROR")}
		if err := o.call(g.client(t)); err != nil {
			t.Errorf("%s: %v", o.op, err)
		}
	}
	g := &gateway{status: 200, body: saidBy(t, MD5, "result_code", "FAIL", "err_code", "PARAM_ERROR", "err_code_des", "in words")}
	r, err := g.client(t).RegisterSubMerchant(t.Context(), testSubMerchant())
	if err != nil || r.ErrCode != ParamError || r.ErrCodeDes != "in words" {
		t.Errorf("%+v, %v", r, err)
	}
}
