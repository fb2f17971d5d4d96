package wechat

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/pos"
)

// The mainland's declarations go to a host of the mainland; a host that was
// configured is kept.
func TestMainlandDeclarationsGoToTheMainland(t *testing.T) {
	for base, want := range map[string]string{
		"":                                    "https://api.mch.weixin.qq.com/cgi-bin/mch/customs/customdeclareorder",
		"https://apihk.mch.weixin.qq.com":     "https://api.mch.weixin.qq.com/cgi-bin/mch/customs/customdeclareorder",
		"https://api.mch.weixin.qq.com":       "https://api.mch.weixin.qq.com/cgi-bin/mch/customs/customdeclareorder",
		"http://127.0.0.1:8080/sandboxnew":    "http://127.0.0.1:8080/sandboxnew/cgi-bin/mch/customs/customdeclareorder",
		"https://apihk.mch.weixin.qq.com:443": "https://apihk.mch.weixin.qq.com:443/cgi-bin/mch/customs/customdeclareorder",
	} {
		r := &recorder{gateway: gateway{status: 200}}
		r.client(t, func(c *Config) { c.URL = base }).MainlandDeclare(t.Context(), MainlandDeclareRequest{Declared: testDeclared})
		if got := r.requests[0].URL.String(); got != want {
			t.Errorf("%q: %s", base, got)
		}
	}
}

// Of an order that is declared in parts order_fee, transport_fee and product_fee
// are all there (wechatpay-v2 6.14): a part that was sent for nothing says 0, and
// an order that is declared whole says nothing.
func TestAPartWithoutTransportSaysSo(t *testing.T) {
	part := testDeclared
	part.SubOrderNo, part.FeeType, part.OrderFee, part.ProductFee = "S1", "CNY", 70, 70
	for d, want := range map[*Declared]string{&part: "0", &testDeclared: ""} {
		sends(t, wire(t, func(c *Client) error {
			_, err := c.MainlandDeclare(t.Context(), MainlandDeclareRequest{Declared: *d})
			return err
		}), "transport_fee", want)
	}
	p := &platformAnswer{status: 200, body: "{}"}
	if _, err := p.client(t).Declare(t.Context(), part); err != nil || !strings.HasSuffix(p.sent[0], `"order_fee":70,"transport_fee":0,"product_fee":70}`) {
		t.Errorf("%v, %s", err, p.sent)
	}
}

func TestMainlandDeclarationsSendWhatThePagesAskFor(t *testing.T) {
	d := testDeclared
	d.SubOrderNo, d.FeeType, d.OrderFee, d.TransportFee, d.ProductFee, d.Duty = "S1", "CNY", 100, 30, 70, 5
	q := MainlandDeclareRequest{Declared: d, CertType: "IDCARD", CertID: "110101190001010000", Name: "A. Person"}
	f := wire(t, func(c *Client) error { _, err := c.MainlandDeclare(t.Context(), q); return err })
	sends(t, f, "appid", "wxd930ea5d5a258f4f", "mch_id", "10000100", "out_trade_no", testNo, "transaction_id", testTxn, "customs", "SHANGHAI_ZS",
		"mch_customs_no", "MC1", "duty", "5", "action_type", "ADD", "sub_order_no", "S1", "fee_type", "CNY", "order_fee", "100", "transport_fee", "30",
		"product_fee", "70", "cert_type", "IDCARD", "cert_id", "110101190001010000", "name", "A. Person", "sign_type", "", "nonce_str", "")
	q.Modify = true
	sends(t, wire(t, func(c *Client) error { _, err := c.MainlandDeclare(t.Context(), q); return err }), "action_type", "MODIFY")
	n := MainlandNumbers{SubOrderID: "SI1", Customs: CustomsNingbo}
	sends(t, wire(t, func(c *Client) error { _, err := c.MainlandDeclarations(t.Context(), n); return err }),
		"sub_order_id", "SI1", "customs", "NINGBO", "sign_type", "MD5", "out_trade_no", "", "nonce_str", "")
	sends(t, wire(t, func(c *Client) error { _, err := c.MainlandRedeclare(t.Context(), n, "MC1"); return err }),
		"sub_order_id", "SI1", "mch_customs_no", "MC1", "sign_type", "")
	refusedUnsent(t, "no number", func(c *Client) error {
		_, err := c.MainlandDeclarations(t.Context(), MainlandNumbers{Customs: CustomsNingbo})
		return err
	})
	refusedUnsent(t, "no merchant number", func(c *Client) error { _, err := c.MainlandRedeclare(t.Context(), n, ""); return err })
	for name, spoil := range map[string]func(*MainlandDeclareRequest){
		"half an identity": func(q *MainlandDeclareRequest) { q.Name = "" },
		"a document":       func(q *MainlandDeclareRequest) { q.CertType = "PASSPORT" },
		"a long number":    func(q *MainlandDeclareRequest) { q.TransactionID = strings.Repeat("1", 29) },
	} {
		bad := q
		spoil(&bad)
		refusedUnsent(t, name, func(c *Client) error { _, err := c.MainlandDeclare(t.Context(), bad); return err })
	}
}

func TestMainlandDeclarationsAreRead(t *testing.T) {
	g := &gateway{status: 200, body: saidBy(t, MD5, "result_code", "SUCCESS", "state", "SUBMITTED", "transaction_id", testTxn, "out_trade_no", testNo,
		"sub_order_no", "S1", "sub_order_id", "SI1", "modify_time", "20250218100000", "cert_check_result", "SAME", "verify_department", "UNIONPAY",
		"verify_department_trade_id", "201811228834010703")}
	r, err := g.client(t).MainlandDeclare(t.Context(), MainlandDeclareRequest{Declared: testDeclared})
	if err != nil || r.State != DeclarationSent || r.TransactionID != testTxn || r.OutTradeNo != testNo || r.SubOrderNo != "S1" || r.SubOrderID != "SI1" ||
		r.CertCheckResult != "SAME" || r.VerifyDepartment != "UNIONPAY" || r.VerifyDepartmentTradeID != "201811228834010703" || r.ModifiedAt.Hour() != 10 {
		t.Errorf("%+v, %v", r, err)
	}
	g.body = saidBy(t, MD5, "result_code", "SUCCESS", "transaction_id", testTxn, "count", "2", "sub_order_no_0", "S1", "state_0", "SUCCESS", "customs_0", "NINGBO",
		"mch_customs_no_0", "MC1", "sub_order_no_1", "S2", "state_1", "FAIL", "explanation_1", "no such payment")
	all, err := g.client(t).MainlandDeclarations(t.Context(), MainlandNumbers{OutTradeNo: testNo, Customs: CustomsNingbo})
	if err != nil || len(all.Declarations) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if one, two := all.Declarations[0], all.Declarations[1]; one.State != DeclarationAccepted || one.TransactionID != testTxn || one.Customs != CustomsNingbo ||
		one.MerchantCustomsNo != "MC1" || two.State != DeclarationRejected || two.Explanation != "no such payment" || two.SubOrderNo != "S2" {
		t.Errorf("%+v", all.Declarations)
	}
}

// party is one side of the third protocol: an RSA key with its certificate.
type party struct {
	key  *rsa.PrivateKey
	cert tls.Certificate
}

// newParty makes the keys once, for they are slow to make.
var newParty = sync.OnceValues(func() (us, platform party) { return makeParty(0x1A2B3C), makeParty(0x4D5E6F) })

func makeParty(serial int64) party {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return party{key, tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}}
}

// platformAnswer is an answer signed by WeChat Pay's own key.
type platformAnswer struct {
	status int
	body   string
	spoil  func(http.Header)
	seen   []*http.Request
	sent   []string
}

func (p *platformAnswer) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	p.seen, p.sent = append(p.seen, req), append(p.sent, string(body))
	_, platform := newParty()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	h := http.Header{}
	h.Set("Wechatpay-Serial", "4D5E6F")
	h.Set("Wechatpay-Nonce", "n")
	h.Set("Wechatpay-Timestamp", stamp)
	h.Set("Wechatpay-Signature", platform.sign(stamp+"\nn\n"+p.body+"\n"))
	if p.spoil != nil {
		p.spoil(h)
	}
	return &http.Response{StatusCode: p.status, Header: h, Body: io.NopCloser(strings.NewReader(p.body)), Request: req}, nil
}

func (p party) sign(text string) string {
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(signature)
}

func (p *platformAnswer) client(t testing.TB, change ...func(*Config)) *Client {
	us, platform := newParty()
	config := testConfig(t)
	config.RoundTripper, config.Certificate = p, &us.cert
	config.PlatformKeys = map[string]*rsa.PublicKey{"4D5E6F": &platform.key.PublicKey}
	for _, f := range change {
		f(&config)
	}
	return newClient(t, config)
}

// globalCalls are the calls of the Global protocol, by their operation.
func globalCalls(t testing.TB) map[Operation]func(*Client) (GlobalReply, error) {
	d := testDeclared
	d.FeeType = "CNY"
	return map[Operation]func(*Client) (GlobalReply, error){
		Declaration: func(c *Client) (GlobalReply, error) { r, err := c.Declare(t.Context(), d); return r.GlobalReply, err },
		ModifyDeclaration: func(c *Client) (GlobalReply, error) {
			r, err := c.ModifyDeclared(t.Context(), d)
			return r.GlobalReply, err
		},
		QueryDeclaration: func(c *Client) (GlobalReply, error) {
			r, err := c.Declarations(t.Context(), DeclarationsRequest{OrderType: ByOutTradeNo, OrderNo: testNo, Customs: CustomsShanghai, Offset: 3})
			return r.GlobalReply, err
		},
		Redeclaration: func(c *Client) (GlobalReply, error) {
			r, err := c.Redeclare(t.Context(), RedeclareRequest{OrderType: BySubOrderNo, OrderNo: "S1", Customs: CustomsShanghai, MerchantCustomsNo: "MC1", State: DeclarationFaulty})
			return r.GlobalReply, err
		},
	}
}

var authorizationForm = regexp.MustCompile(`^WECHATPAY2-SHA256-RSA2048 mchid="10000100",nonce_str="([0-9a-f]{32})",signature="([^"]+)",timestamp="([0-9]+)",serial_no="1A2B3C"$`)

func TestGlobalDeclarationsAreSignedWithTheKeyOfTheCertificate(t *testing.T) {
	want := map[Operation]struct{ method, target, body string }{
		Declaration: {"POST", "/global/v3/customs/orders",
			`{"appid":"wxd930ea5d5a258f4f","mchid":"10000100","out_trade_no":"C120250218093000001","transaction_id":"` + testTxn + `","customs":"SHANGHAI_ZS","merchant_customs_no":"MC1","fee_type":"CNY"}`},
		ModifyDeclaration: {"PATCH", "/global/v3/customs/orders",
			`{"appid":"wxd930ea5d5a258f4f","mchid":"10000100","out_trade_no":"C120250218093000001","transaction_id":"` + testTxn + `","customs":"SHANGHAI_ZS","merchant_customs_no":"MC1"}`},
		QueryDeclaration: {"GET", "/global/v3/customs/orders?appid=wxd930ea5d5a258f4f&customs=SHANGHAI_ZS&limit=20&mchid=10000100&offset=3&order_no=C120250218093000001&order_type=out_trade_no", ""},
		Redeclaration: {"POST", "/global/v3/customs/redeclare",
			`{"appid":"wxd930ea5d5a258f4f","mchid":"10000100","sub_order_no":"S1","customs":"SHANGHAI_ZS","merchant_customs_no":"MC1"}`},
	}
	us, _ := newParty()
	for _, prefix := range []string{"", "/sandboxnew"} {
		for op, call := range globalCalls(t) {
			p := &platformAnswer{status: 200, body: "{}"}
			if _, err := call(p.client(t, func(c *Config) { c.URL += prefix })); err != nil {
				t.Fatalf("%s: %v", op, err)
			}
			req := p.seen[0]
			if req.Method != want[op].method || req.URL.RequestURI() != prefix+want[op].target || p.sent[0] != want[op].body || req.GetBody != nil {
				t.Errorf("%s: %s %s %s", op, req.Method, req.URL, p.sent[0])
			}
			a := authorizationForm.FindStringSubmatch(req.Header.Get("Authorization"))
			if a == nil {
				t.Fatalf("%s: %q", op, req.Header.Get("Authorization"))
			}
			signature, err := base64.StdEncoding.DecodeString(a[2])
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(req.Method + "\n" + req.URL.RequestURI() + "\n" + a[3] + "\n" + a[1] + "\n" + p.sent[0] + "\n"))
			if err := rsa.VerifyPKCS1v15(&us.key.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
				t.Errorf("%s: %v", op, err)
			}
		}
	}
}

// E2 to E9 of the third protocol.
func TestE_OfGlobalDeclarations(t *testing.T) {
	late := strconv.FormatInt(time.Now().Add(-6*time.Minute).Unix(), 10)
	_, platform := newParty()
	for name, row := range map[string]struct {
		p    platformAnswer
		want Rule
	}{
		"E4, 500":           {platformAnswer{status: 500, body: `{"code":"SYSTEM_ERROR"}`}, BadStatus},
		"E4, 300":           {platformAnswer{status: 300, body: `{"code":"MOVED"}`}, BadStatus},
		"E4, 399":           {platformAnswer{status: 399, body: `{"code":"MOVED"}`}, BadStatus},
		"E4, too long":      {platformAnswer{status: 200, body: strings.Repeat(" ", maxBody) + "{}"}, BadStatus},
		"E4, no code":       {platformAnswer{status: 400, body: `{}`}, BadStatus},
		"E5":                {platformAnswer{status: 200, body: `{"state":`}, Malformed},
		"E5, another kind":  {platformAnswer{status: 200, body: `[]`}, Malformed},
		"E5, half read":     {platformAnswer{status: 200, body: `{"appid":"wxother","mchid":7}`}, Malformed},
		"E5, empty":         {platformAnswer{status: 200}, Malformed},
		"E8, unsigned":      {platformAnswer{status: 200, body: `{}`, spoil: func(h http.Header) { h.Del("Wechatpay-Signature") }}, BadSignature},
		"E8, another nonce": {platformAnswer{status: 200, body: `{}`, spoil: func(h http.Header) { h.Set("Wechatpay-Nonce", "m") }}, BadSignature},
		"E8, another key":   {platformAnswer{status: 200, body: `{}`, spoil: func(h http.Header) { h.Set("Wechatpay-Serial", "1A2B3C") }}, BadSignature},
		"E8, replayed": {platformAnswer{status: 200, body: `{}`, spoil: func(h http.Header) {
			h.Set("Wechatpay-Timestamp", late)
			h.Set("Wechatpay-Signature", platform.sign(late+"\nn\n{}\n"))
		}}, BadSignature},
		"E8, no time":         {platformAnswer{status: 200, body: `{}`, spoil: func(h http.Header) { h.Del("Wechatpay-Timestamp") }}, BadSignature},
		"an unsigned refusal": {platformAnswer{status: 401, body: `{"code":"SIGN_ERROR"}`, spoil: func(h http.Header) { h.Del("Wechatpay-Serial") }}, BadStatus},
		"E9, appid":           {platformAnswer{status: 200, body: `{"appid":"wxother"}`}, NotOurs},
		"E9, mchid":           {platformAnswer{status: 200, body: `{"mchid":"10000999"}`}, NotOurs},
	} {
		for op, call := range globalCalls(t) {
			p := row.p
			_, err := call(p.client(t))
			if e, ok := errors.AsType[*Error](err); !ok || e.Rule != row.want || e.Op != op {
				t.Errorf("%s, %s: %v", op, name, err)
			}
		}
	}
	for want, err := range map[Rule]error{NotSent: &notSentError{io.EOF}, NoAnswer: io.EOF} {
		for op, call := range globalCalls(t) {
			_, got := call((&platformAnswer{}).client(t, func(c *Config) { c.RoundTripper = &gateway{err: err} }))
			if e, ok := errors.AsType[*Error](got); !ok || e.Rule != want {
				t.Errorf("%s, %s: %v", op, want, got)
			}
		}
	}
}

func TestGlobalDeclarationsAreRead(t *testing.T) {
	p := &platformAnswer{status: 200, body: `{"appid":"wxd930ea5d5a258f4f","mchid":"10000100","state":"PROCESSING","out_trade_no":"` + testNo +
		`","transaction_id":"` + testTxn + `","sub_order_id":"SI1","verify_department":"UNIONPAY","verify_department_trade_id":"V1","modify_time":"2015-09-01T10:00:00+08:00","new":{}}`}
	r, err := p.client(t).Declare(t.Context(), testDeclared)
	if err != nil || r.State != DeclarationAtWork || r.OutTradeNo != testNo || r.TransactionID != testTxn || r.SubOrderID != "SI1" || r.VerifyDepartment != "UNIONPAY" ||
		r.VerifyDepartmentTradeID != "V1" || r.ModifyTime == "" || r.Refused() || r.Status != 200 || r.body != nil {
		t.Errorf("%+v, %v", r, err)
	}
	p.body = `{"appid":"wxd930ea5d5a258f4f","mchid":"10000100","offset":0,"limit":20,"total_count":1,"data":[{"customs":"SHANGHAI_ZS","state":"FAIL","explanation":"no such payment","order_fee":888,"mch_customs_no":"MC1"}]}`
	all, err := p.client(t).Declarations(t.Context(), DeclarationsRequest{OrderType: ByTransactionID, OrderNo: testTxn, Customs: CustomsShanghai})
	if err != nil || all.TotalCount != 1 || len(all.Data) != 1 || all.Data[0].State != DeclarationRejected || all.Data[0].OrderFee != 888 || all.Data[0].MchCustomsNo != "MC1" {
		t.Errorf("%+v, %v", all, err)
	}
	p.status, p.body = 400, `{"code":"PARAM_ERROR","message":"duty\u0007 is wrong"}`
	r, err = p.client(t).Declare(t.Context(), testDeclared)
	if err != nil || !r.Refused() || r.ErrCode != ParamError || r.ErrCodeDes != "duty is wrong" {
		t.Errorf("%+v, %v", r, err)
	}
	p.status, p.body = 204, ""
	if r, err := p.client(t).ModifyDeclared(t.Context(), testDeclared); err != nil || r.Refused() {
		t.Errorf("%+v, %v", r, err)
	}
}

// Redeclaring is for a declaration that is SUCCESS or EXCEPT.
func TestOnlyADeclarationThatEndedIsHandedOverAgain(t *testing.T) {
	for state, fine := range map[DeclarationState]bool{DeclarationAccepted: true, DeclarationFaulty: true, DeclarationRejected: false, DeclarationSent: false,
		DeclarationAtWork: false, Undeclared: false, "": false} {
		p := &platformAnswer{status: 200, body: "{}"}
		_, err := p.client(t).Redeclare(t.Context(), RedeclareRequest{OrderType: ByOutTradeNo, OrderNo: testNo, Customs: CustomsTianjin, MerchantCustomsNo: "MC1", State: state})
		if (err == nil) != fine || (len(p.seen) == 1) != fine {
			t.Errorf("%q: %v", state, err)
		}
		if err != nil {
			kind(t, err, pos.KindInvalid)
		}
	}
}

func TestADeclarationThatCannotBeRightIsNotSent(t *testing.T) {
	for name, spoil := range map[string]func(*Declared){
		"no order":                   func(d *Declared) { d.OutTradeNo = "" },
		"no transaction":             func(d *Declared) { d.TransactionID = "" },
		"no authority":               func(d *Declared) { d.Customs = "" },
		"an authority":               func(d *Declared) { d.Customs = "DOVER" },
		"no merchant number":         func(d *Declared) { d.MerchantCustomsNo = "" },
		"a negative duty":            func(d *Declared) { d.Duty = -1 },
		"a part without its amounts": func(d *Declared) { d.SubOrderNo = "S1" },
		"a part without a currency":  func(d *Declared) { d.SubOrderNo, d.OrderFee, d.ProductFee = "S1", 1, 1 },
		"a sum that is none":         func(d *Declared) { d.OrderFee, d.TransportFee, d.ProductFee = 100, 30, 71 },
	} {
		d := testDeclared
		spoil(&d)
		us, _ := newParty()
		with := func(c *Config) { c.Certificate = &us.cert }
		refusedUnsent(t, name, func(c *Client) error { _, err := c.Declare(t.Context(), d); return err }, with)
		refusedUnsent(t, name, func(c *Client) error { _, err := c.ModifyDeclared(t.Context(), d); return err }, with)
		refusedUnsent(t, name, func(c *Client) error {
			_, err := c.MainlandDeclare(t.Context(), MainlandDeclareRequest{Declared: d})
			return err
		})
	}
	for name, q := range map[string]DeclarationsRequest{"no type": {OrderNo: "1", Customs: CustomsNingbo}, "a type": {OrderType: "x", OrderNo: "1", Customs: CustomsNingbo},
		"no number": {OrderType: ByOutTradeNo, Customs: CustomsNingbo}, "no authority": {OrderType: ByOutTradeNo, OrderNo: "1"},
		"an offset": {OrderType: ByOutTradeNo, OrderNo: "1", Customs: CustomsNingbo, Offset: -1}, "a limit": {OrderType: ByOutTradeNo, OrderNo: "1", Customs: CustomsNingbo, Limit: 1000}} {
		refusedUnsent(t, name, func(c *Client) error { _, err := c.Declarations(t.Context(), q); return err })
	}
}

// Without what signs a request, and over https without what verifies an answer,
// a Global declaration is not sent.
func TestGlobalDeclarationsNeedBothKeys(t *testing.T) {
	us, _ := newParty()
	ecdsa := newAuthority(t).issue(t)
	for name, change := range map[string]func(*Config){
		"no certificate":   func(c *Config) { c.URL, c.RoundTripper, c.Certificate = "https://127.0.0.1:1", nil, nil },
		"no RSA":           func(c *Config) { c.Certificate = &ecdsa },
		"no platform keys": func(c *Config) { c.URL, c.RoundTripper, c.PlatformKeys = "https://127.0.0.1:1", nil, nil },
	} {
		p := &platformAnswer{status: 200, body: "{}"}
		_, err := p.client(t, change).Declare(t.Context(), testDeclared)
		if e, ok := errors.AsType[*Error](err); !ok || e.Rule != RefusedHere || len(p.seen) != 0 {
			t.Errorf("%s: %v", name, err)
		}
		kind(t, err, pos.KindCredentials)
	}
	// On a loopback address and in practice neither side has to sign.
	for _, cert := range []*tls.Certificate{&us.cert, nil} {
		p := &platformAnswer{status: 200, body: `{"state":"SUCCESS"}`, spoil: func(h http.Header) { clear(h) }}
		r, err := p.client(t, func(c *Config) { c.PlatformKeys, c.Certificate = nil, cert }).Declare(t.Context(), testDeclared)
		if err != nil || r.State != DeclarationAccepted || p.seen[0].Header.Get("Authorization") == "" {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func TestGlobalDeclarationsDrawFromTheirLimit(t *testing.T) {
	for op, call := range globalCalls(t) {
		p := &platformAnswer{status: 200, body: "{}"}
		c := p.client(t, func(c *Config) { c.Share = 100_000 })
		if _, err := call(c); err != nil {
			t.Fatal(err)
		}
		_, err := call(c)
		if kind(t, err, pos.KindUnavailable); len(p.seen) != 1 {
			t.Errorf("%s: sent %d", op, len(p.seen))
		}
	}
}

func TestAPlatformCertificateIsLoaded(t *testing.T) {
	_, platform := newParty()
	file := filepath.Join(t.TempDir(), "platform.pem")
	write := func(raw []byte) {
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: platform.cert.Certificate[0]}))
	serial, key, err := LoadPlatformCertificate(file)
	if err != nil || serial != "4D5E6F" || !key.Equal(&platform.key.PublicKey) {
		t.Errorf("%s, %v", serial, err)
	}
	for name, raw := range map[string][]byte{
		"no PEM":         []byte("hello"),
		"no certificate": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("hello")}),
		"no RSA":         pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: newAuthority(t).issue(t).Certificate[0]}),
	} {
		write(raw)
		if _, _, err := LoadPlatformCertificate(file); err == nil {
			t.Errorf("%s: taken", name)
		} else {
			kind(t, err, pos.KindCredentials)
		}
	}
	if _, _, err := LoadPlatformCertificate(file + "x"); err == nil {
		t.Error("a file that is not there")
	}
}
