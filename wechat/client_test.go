package wechat

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"cashier/pos"
)

// kind checks that err is refused with the kind and says how to mend it.
func kind(t *testing.T, err error, want pos.Kind) {
	t.Helper()
	if err == nil || pos.KindOf(err) != want || pos.HintOf(err) == "" {
		t.Errorf("%v (%v, hint %q), want %v with a hint", err, pos.KindOf(err), pos.HintOf(err), want)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Config)
		want  pos.Kind
	}{
		"no key":               {func(c *Config) { c.Key = Key{} }, pos.KindCredentials},
		"no appid":             {func(c *Config) { c.AppID = "" }, pos.KindInvalid},
		"no mch_id":            {func(c *Config) { c.MchID = "" }, pos.KindInvalid},
		"sub_appid alone":      {func(c *Config) { c.SubAppID = "wx" }, pos.KindInvalid},
		"sign_type":            {func(c *Config) { c.SignType = "SHA1" }, pos.KindInvalid},
		"share":                {func(c *Config) { c.Share = -1 }, pos.KindInvalid},
		"time-out":             {func(c *Config) { c.RequestTimeout = -1 }, pos.KindInvalid},
		"http to a far host":   {func(c *Config) { c.URL = "http://apihk.mch.weixin.qq.com" }, pos.KindInvalid},
		"http to a name":       {func(c *Config) { c.URL = "http://localhost.example.com" }, pos.KindInvalid},
		"http to all":          {func(c *Config) { c.URL = "http://0.0.0.0" }, pos.KindInvalid},
		"no scheme":            {func(c *Config) { c.URL = "apihk.mch.weixin.qq.com" }, pos.KindInvalid},
		"another scheme":       {func(c *Config) { c.URL = "ftp://127.0.0.1" }, pos.KindInvalid},
		"credentials in it":    {func(c *Config) { c.URL = "https://user:pw@127.0.0.1" }, pos.KindInvalid},
		"a query in it":        {func(c *Config) { c.URL = "https://127.0.0.1/?a=b" }, pos.KindInvalid},
		"not an address":       {func(c *Config) { c.URL = "https://[::1" }, pos.KindInvalid},
		"nothing but a scheme": {func(c *Config) { c.URL = "https://" }, pos.KindInvalid},
	} {
		config := testConfig(t)
		c.spoil(&config)
		if _, err := New(config); err == nil {
			t.Errorf("%s: taken", name)
		} else {
			kind(t, err, c.want)
		}
	}
}

func TestNewTakesLoopbackAndHTTPS(t *testing.T) {
	for _, url := range []string{"", "http://localhost:8080", "http://127.9.9.9", "http://[::1]:80", "https://apihk.mch.weixin.qq.com", "https://127.0.0.1/sandboxnew"} {
		config := testConfig(t)
		config.URL = url
		newClient(t, config)
	}
}

func TestAPathInTheURLIsKept(t *testing.T) {
	h := serve(t, nil, payer(t))
	c := h.client(t, nil, func(c *Config) { c.URL += "/sandboxnew/" })
	c.Revoke(t.Context(), testOrder)
	if got := h.requests()[0].URL.Path; got != "/sandboxnew/secapi/pay/reverse" {
		t.Error(got)
	}
}

func TestParseKeyTakes32LettersAndDigits(t *testing.T) {
	if _, err := ParseKey(" " + testKey + "\r\n"); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", testKey[:31], testKey + "0", testKey[:31] + "-", strings.Repeat("茶", 32)} {
		_, err := ParseKey(text)
		kind(t, err, pos.KindCredentials)
		if text != "" && strings.Contains(err.Error(), text) {
			t.Error("the error quotes the key")
		}
	}
}

// design 5: over https nothing is sold without a valid client certificate.
func TestNothingIsSoldOverHTTPSWithoutAValidCertificate(t *testing.T) {
	ca := newAuthority(t)
	fine := ca.issue(t)
	bare := tls.Certificate{Certificate: fine.Certificate, PrivateKey: fine.PrivateKey}
	expired := ca.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Second) })
	early := ca.issue(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) })
	for name, c := range map[string]struct {
		cert *tls.Certificate
		ok   bool
	}{"fine": {&fine, true}, "fine, unparsed": {&bare, true}, "none": {nil, false}, "empty": {&tls.Certificate{}, false},
		"expired": {&expired, false}, "early": {&early, false}} {
		config := testConfig(t)
		config.URL, config.Certificate = "https://127.0.0.1", c.cert
		client := newClient(t, config)
		for _, err := range []error{client.CanSell(time.Now()), client.Admit(t.Context(), pos.QuickPay)} {
			if c.ok && err != nil {
				t.Errorf("%s: %v", name, err)
			} else if !c.ok {
				kind(t, err, pos.KindCredentials)
			}
		}
	}
	if err := newClient(t, testConfig(t)).CanSell(time.Now()); err != nil {
		t.Errorf("loopback http: %v", err)
	}
}

// files writes a certificate the two ways in which the portal gives it out.
func files(t *testing.T, cert tls.Certificate, password string) (p12, certPEM, keyPEM string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pfx, err := pkcs12.Legacy.Encode(cert.PrivateKey, cert.Leaf, nil, password)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return write("apiclient_cert.p12", pfx),
		write("apiclient_cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Leaf.Raw})),
		write("apiclient_key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
}

func TestLoadCertificateReadsPKCS12AndPEM(t *testing.T) {
	cert := newAuthority(t).issue(t)
	p12, certPEM, keyPEM := files(t, cert, "10000100")
	for name, load := range map[string]func() (*tls.Certificate, error){
		"p12": func() (*tls.Certificate, error) { return LoadCertificate(p12, "", "10000100") },
		"PEM": func() (*tls.Certificate, error) { return LoadCertificate(certPEM, keyPEM, "") },
	} {
		if got, err := load(); err != nil || !got.Leaf.Equal(cert.Leaf) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoadCertificateRefuses(t *testing.T) {
	ca := newAuthority(t)
	p12, certPEM, _ := files(t, ca.issue(t), "10000100")
	_, _, otherKey := files(t, ca.issue(t), "10000100")
	old, oldPEM, oldKey := files(t, ca.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Second) }), "10000100")
	swapped := ca.issue(t)
	swapped.PrivateKey, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	swappedP12, _, _ := files(t, swapped, "10000100")
	for name, args := range map[string][3]string{
		"a missing file":      {p12 + "x", "", "10000100"},
		"a wrong password":    {p12, "", "10000101"},
		"something else":      {otherKey, "", ""},
		"a missing key":       {certPEM, otherKey + "x", ""},
		"another key":         {certPEM, otherKey, ""},
		"no key":              {certPEM, "", ""},
		"another key in p12":  {swappedP12, "", "10000100"},
		"an expired p12":      {old, "", "10000100"},
		"an expired PEM":      {oldPEM, oldKey, ""},
		"a file of no format": {"client_test.go", "", ""},
	} {
		if _, err := LoadCertificate(args[0], args[1], args[2]); err == nil {
			t.Errorf("%s: taken", name)
		} else {
			kind(t, err, pos.KindCredentials)
		}
	}
}

// Nothing secret in any error, log or dump.
func TestNoWayOfPrintingShowsASecret(t *testing.T) {
	config := testConfig(t)
	cert := newAuthority(t).issue(t)
	config.Certificate = &cert
	c := newClient(t, config)
	c.signer.sign(testFields()) // leaves its text behind in the pool
	private, err := cert.PrivateKey.(*ecdsa.PrivateKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{testKey, fmt.Sprintf("%x", testKey), fmt.Sprintf("%X", testKey), testCode,
		new(big.Int).SetBytes(private).String()}
	request := c.micropayRequest(testCharge(t))
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	texts := slog.New(slog.NewTextHandler(&log, nil))
	dumps := []any{config.Key, &config.Key, config, &config, c, c.signer, request, &request, testCharge(t)}
	for _, v := range dumps {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
			fmt.Fprintf(&log, verb+"\n", v)
		}
		out, err := json.Marshal(v)
		fmt.Fprintln(&log, string(out), err)
		logger.Info("dump", "v", v)
		texts.Info("dump", "v", v)
	}
	for _, secret := range secrets {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in %.300s", secret, log.String()[max(0, strings.Index(log.String(), secret)-100):])
		}
	}
}

// design 3.13: no second sees more than this till's share of the limit, and a
// call that would have to wait too long is refused at once.
func TestTheLimitsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for op, perSecond := range limits {
			for _, share := range []int{1, 3} {
				b := newBudget(share)
				start, n := time.Now(), 0
				for ; time.Since(start) < time.Second; n++ {
					if err := b.take(t.Context(), op); err != nil {
						t.Fatal(err)
					}
				}
				n-- // the last one waited beyond the second
				if most := perSecond / share; n > most || n < most-most/100-1 {
					t.Errorf("%s, share %d: %d calls in a second", op, share, n)
				}
			}
		}
	})
}

func TestACallBeyondTheQuotaIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t)
		config.Share, config.RoundTripper = 60, silent{} // one Quick Pay in two seconds
		c, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Admit(t.Context(), pos.QuickPay); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		kind(t, c.Admit(t.Context(), pos.QuickPay), pos.KindUnavailable)
		if took := time.Since(start); took != 0 {
			t.Errorf("refused after %v", took)
		}
		<-time.After(2 * time.Second)
		if err := c.Admit(t.Context(), pos.QuickPay); err != nil {
			t.Error(err)
		}
	})
}

func TestAQueryBeyondTheQuotaIsNotSent(t *testing.T) {
	g := &gateway{status: 200, body: said(t, paidPairs()...)}
	c := g.client(t, func(c *Config) { c.Share = 100_000 }) // one query in 55 s
	c.Query(t.Context(), testOrder)
	judged(t, c.Query(t.Context(), testOrder), pos.Answer{Finding: pos.FoundNotSent, Code: "refused_here"})
	if len(g.sent) != 1 {
		t.Errorf("sent %d", len(g.sent))
	}
}
