package wechat

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"cashier/pos"
)

// Config is what a Client needs to know. AppID, MchID and Key are required;
// for the rest the zero value is described.
type Config struct {
	// URL is the gateway, "https://apihk.mch.weixin.qq.com" when empty. It may
	// have a path, such as a sandbox prefix. http is taken for a loopback address only.
	URL string

	// AppID (appid) and MchID (mch_id) are the merchant's, or in institution mode the institution's.
	AppID, MchID string

	// SubMchID (sub_mch_id) is the number of the sub-merchant. Set, it means
	// institution mode; empty, direct mode. SubAppID (sub_appid) is optional then.
	SubAppID, SubMchID string

	// SignType is the algorithm that is asked for and the only one taken in
	// answers. Empty: HMAC-SHA256.
	SignType SignType

	// Key is the API key of MchID.
	Key Key

	// Certificate is MchID's client certificate, shown where it is asked for and
	// nowhere else, so that a bad one cannot blind Query Order. Its key signs Global
	// declarations too. Nil: over https nothing is sold (CanSell).
	Certificate *tls.Certificate `json:"-"`

	// PlatformKeys are WeChat Pay's own public keys by serial number
	// (LoadPlatformCertificate), which sign the answers to Global declarations.
	// Empty: over https no Global declaration is made.
	PlatformKeys map[string]*rsa.PublicKey `json:"-"`

	// Share is how many tills share the published limits. Zero: one.
	Share int

	// RequestTimeout bounds each call, from the first look-up to the last byte
	// of the answer. Zero: 10 s.
	RequestTimeout time.Duration

	// Store is the shop's name, the first half of what the customer's statement
	// says (body). Empty: only the goods' category is said.
	Store string

	// NotifyURL is where WeChat Pay reports payments that are not Quick Pay
	// (notify_url): absolute, http or https, without a query. Empty: nobody is told;
	// Query Order decides in any case.
	NotifyURL string

	// TillID is sent as device_info. Empty: not sent.
	TillID string

	// IP is this machine's address (spbill_create_ip). Empty: the first address
	// of its interfaces that is not loopback, else 127.0.0.1.
	IP string

	// UserAgent is sent with each call. Empty: "cashier".
	UserAgent string

	// RootCAs verifies the gateway's certificate. Nil: the system's roots.
	RootCAs *x509.CertPool `json:"-"`

	// RoundTripper carries every call inside the process, for practice mode and
	// tests; then nothing is dialled and no certificate is needed. Nil: the network.
	RoundTripper http.RoundTripper `json:"-"`
}

// defaultURL is the host for servers outside mainland China (wechatpay-v2 2.1).
const defaultURL = "https://apihk.mch.weixin.qq.com"

// Client makes single calls to WeChat Pay and judges the answers. It fits
// pos.Gateway and is safe for concurrent use. Close it after use.
type Client struct {
	config   Config // with the defaults filled in
	base     *url.URL
	merchant merchant
	signer   *signer
	md5      *signer // for the operations that know no other
	budget   budget
	failing  *failing // refunds

	pay  *oneShot  // Quick Pay
	ask  keepAlive // Query Order, and all that is not certified
	undo keepAlive // Revoke, and all that shows the client certificate
}

// New checks config and makes a Client; it dials nothing. Errors have
// pos.KindInvalid, or pos.KindCredentials when the key is missing.
func New(config Config) (*Client, error) {
	base, err := parseURL(config.URL)
	if err != nil {
		return nil, err
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	config.fill()
	c := &Client{
		config:   config,
		base:     base,
		merchant: merchant{config.AppID, config.MchID, config.SubAppID, config.SubMchID},
		signer:   newSigner(config.Key, config.SignType),
		md5:      newSigner(config.Key, MD5),
		budget:   newBudget(config.Share),
		failing:  newFailing(config.Share),
	}
	c.connect()
	return c, nil
}

// parseURL reads the gateway's address.
func parseURL(text string) (*url.URL, error) {
	if text == "" {
		text = defaultURL
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, invalid("write it like "+defaultURL, "wechat.url is not the address of a gateway")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, invalid("use https", "wechat.url: http is taken for a loopback address only")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, invalid("use https", "wechat.url: scheme %q is not https", u.Scheme)
	}
	return u, nil
}

// loopback reports whether host is this machine by its own name or number.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// check refuses what cannot work.
func (c Config) check() error {
	switch {
	case c.Key.IsZero():
		return credentials("set wechat.key_file", errors.New("there is no API key"))
	case c.AppID == "" || c.MchID == "":
		return invalid("both are in the merchant portal", "wechat.appid and wechat.mch_id are required")
	case c.SubAppID != "" && c.SubMchID == "":
		return invalid("set wechat.sub_mch_id too, or neither", "wechat.sub_appid is for institution mode only")
	case c.SignType != "" && c.SignType != MD5 && c.SignType != HMACSHA256:
		return invalid(`use "HMAC-SHA256" or "MD5"`, "wechat.sign_type %q is not one of WeChat Pay's", c.SignType)
	case c.Share < 0 || c.RequestTimeout < 0:
		return invalid("leave it out for the default", "wechat.share and timing.request_timeout cannot be negative")
	}
	return nil
}

// fill puts the defaults in place of zero values.
func (c *Config) fill() {
	if c.SignType == "" {
		c.SignType = HMACSHA256
	}
	if c.Share == 0 {
		c.Share = 1
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = 10 * time.Second
	}
	if c.NotifyURL == "" {
		c.NotifyURL = defaultNotifyURL
	}
	if c.IP == "" {
		c.IP = ownIP()
	}
	if c.UserAgent == "" {
		c.UserAgent = "cashier"
	}
}

// ownIP is the first IPv4 address of this machine that others can see.
func ownIP() string {
	addrs, _ := net.InterfaceAddrs()
	return visible(addrs)
}

// visible is the first of addrs, which are not all IP addresses, that others can see.
func visible(addrs []net.Addr) string {
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return "127.0.0.1"
}

// invalid refuses configuration; hint says how to mend it.
func invalid(hint, format string, args ...any) error {
	return &pos.Error{Kind: pos.KindInvalid, Err: fmt.Errorf(format, args...), Hint: hint}
}

// connect makes the ways to the gateway: TLS 1.2 or newer, the system's roots
// unless told otherwise, HTTP/1.1 and nothing else.
func (c *Client) connect() {
	verified := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.config.RootCAs, NextProtos: []string{"http/1.1"}}
	identified := verified.Clone()
	if c.config.Certificate != nil {
		identified.Certificates = []tls.Certificate{*c.config.Certificate}
	}
	c.ask, c.undo = newKeepAlive(verified), newKeepAlive(identified)
	if c.base.Scheme == "https" {
		c.pay = &oneShot{dial: newDial(c.address("443"), verified)}
	} else {
		c.pay = &oneShot{dial: newDial(c.address("80"), nil)}
	}
}

// address is host and port of the gateway.
func (c *Client) address(defaultPort string) string {
	port := c.base.Port()
	if port == "" {
		port = defaultPort
	}
	return net.JoinHostPort(c.base.Hostname(), port)
}

// lane is the way that an operation's calls take.
func (c *Client) lane(op Operation) http.RoundTripper {
	switch {
	case c.config.RoundTripper != nil:
		return c.config.RoundTripper
	case op == QuickPay:
		return c.pay
	case certified[op]:
		return c.undo
	}
	return c.ask
}

// CanSell refuses to sell over https without a client certificate that is valid
// at now: a doubt could not be revoked (design 5). The error has
// pos.KindCredentials. Admit asks it too.
func (c *Client) CanSell(now time.Time) error {
	return c.canIdentify(now, "without the client certificate a payment in doubt could not be revoked")
}

// canIdentify refuses over https without a valid client certificate.
func (c *Client) canIdentify(now time.Time, why string) error {
	if c.base.Scheme != "https" || c.config.RoundTripper != nil {
		return nil
	}
	if c.config.Certificate == nil {
		return credentials("set wechat.cert_file", errors.New(why))
	}
	leaf, err := leafOf(c.config.Certificate)
	if err != nil {
		return err
	}
	return valid(leaf, now)
}

// Admit implements pos.Gateway: the certificate first, then a place in the
// published limit of Quick Pay, for which it waits one second at most. An order
// of another method is made by Unified Order, and closed without a certificate.
func (c *Client) Admit(ctx context.Context, m pos.Method) error {
	if m.Closes() {
		return c.budget.take(ctx, UnifiedOrder)
	}
	if err := c.CanSell(time.Now()); err != nil {
		return err
	}
	return c.budget.take(ctx, QuickPay)
}

// Warm implements pos.Gateway: it dials for the next submission.
func (c *Client) Warm() {
	if c.config.RoundTripper == nil {
		c.pay.warm()
	}
}

// Close hangs up what is idle. Calls under way are not disturbed.
func (c *Client) Close() error {
	c.pay.close()
	c.ask.transport.CloseIdleConnections()
	c.undo.transport.CloseIdleConnections()
	return nil
}
