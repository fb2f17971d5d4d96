package sim

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shop is the merchant of most tests.
var shop = Merchant{AppID: "wxd930ea5d5a258f4f", MchID: "10000100", Key: "192006250b4c09247ec02edce69f6a2d"}

// till is a client as small as can be. It sends what it is told and says in one
// word what came back, without any judgement of its own.
type till struct {
	*testing.T
	gateway  *Gateway
	client   *http.Client
	base     string
	merchant Merchant
	signType string
	code     string
}

// newTill talks to a gateway without a socket and stops waiting after 10 s.
func newTill(t *testing.T, c Config) *till {
	if c.Merchants == nil {
		c.Merchants = []Merchant{shop}
	}
	g := New(c)
	return &till{
		T: t, gateway: g, base: "http://gateway.test", merchant: c.Merchants[0], signType: signHMAC,
		client: &http.Client{Transport: Transport(g), Timeout: 10 * time.Second},
		code:   "130000000000000001",
	}
}

// order is a submission that the gateway accepts.
func (c *till) order(no string, minor int64) message {
	return message{
		"version": "1.0", "body": "Counter 1-Coffee", "detail": `{"goods_detail":[{"goods_name":"Coffee","quantity":1}]}`,
		"out_trade_no": no, "total_fee": strconv.FormatInt(minor, 10), "fee_type": "HKD",
		"spbill_create_ip": "203.0.113.7", "auth_code": c.code,
	}
}

// signed adds identity and signature.
func (c *till) signed(m message) message {
	m = maps.Clone(m)
	m.set("appid", c.merchant.AppID)
	m.set("mch_id", c.merchant.MchID)
	m.set("sub_mch_id", c.merchant.SubMchID)
	m.set("sign_type", c.signType)
	m.set("nonce_str", "ibuaiVcKdpRxkhJA")
	m["sign"] = m.signature(c.signType, c.merchant.Key)
	return m
}

// reply is what came back.
type reply struct {
	message
	header http.Header
	says   string // the answer in a few words
}

// post sends a document as it is.
func (c *till) post(path, doc string) reply {
	c.Helper()
	res, err := c.client.Post(c.base+path, "text/xml", strings.NewReader(doc))
	if err != nil {
		return reply{says: broken(err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{says: "cut"}
	}
	if res.StatusCode != http.StatusOK {
		return reply{says: "status " + strconv.Itoa(res.StatusCode)}
	}
	m, err := parse(body)
	if err != nil {
		return reply{says: "garbage"}
	}
	return reply{m, res.Header, c.describe(m)}
}

// broken tells a wait that was given up from a connection that broke.
func broken(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "late"
	}
	return "lost"
}

// describe says what an answer claims, and whether it is signed.
func (c *till) describe(m message) string {
	switch {
	case m["return_code"] == "FAIL" && m["sign"] == "":
		return "return FAIL"
	case m["sign"] != m.signature(c.signType, c.merchant.Key):
		return "unsigned"
	case m["result_code"] != "SUCCESS":
		return strings.TrimSpace(m["err_code"] + " " + m["recall"])
	case m["trade_state"] != "":
		return m["trade_state"]
	case m["refund_status_0"] != "":
		return m["refund_status_0"] + " " + m["refund_fee_0"]
	case m["refund_id"] != "":
		return "accepted " + m["refund_fee"]
	case m["prepay_id"] != "":
		return "prepaid"
	case m["recall"] != "":
		return m["recall"]
	case m["total_fee"] == "":
		return "closed"
	}
	return "paid " + m["total_fee"]
}

// send signs a message and sends it.
func (c *till) send(path string, m message) reply {
	c.Helper()
	return c.post(path, string(c.signed(m).xml()))
}

func (c *till) pay(no string, minor int64) reply {
	c.Helper()
	return c.send("/pay/micropay", c.order(no, minor))
}

func (c *till) query(no string) reply {
	c.Helper()
	return c.send("/pay/orderquery", message{"out_trade_no": no})
}

func (c *till) revoke(no string) reply {
	c.Helper()
	return c.send("/secapi/pay/reverse", message{"out_trade_no": no})
}

// native is an order for a QR code that the gateway accepts.
func (c *till) native(no string, minor int64) message {
	return message{
		"trade_type": "NATIVE", "product_id": "1", "version": "1.0", "body": "Counter 1-Coffee", "out_trade_no": no,
		"total_fee": strconv.FormatInt(minor, 10), "fee_type": "HKD", "spbill_create_ip": "203.0.113.7",
		"notify_url": "https://shop.example/paid",
	}
}

func (c *till) prepay(no string, minor int64) reply {
	c.Helper()
	return c.send("/pay/unifiedorder", c.native(no, minor))
}

func (c *till) close(no string) reply {
	c.Helper()
	return c.send("/pay/closeorder", message{"out_trade_no": no})
}

// back is a refund of order no, which cost total.
func (c *till) back(no, refundNo string, total, minor int64) message {
	return message{
		"out_trade_no": no, "out_refund_no": refundNo,
		"total_fee": strconv.FormatInt(total, 10), "refund_fee": strconv.FormatInt(minor, 10),
	}
}

func (c *till) refund(no, refundNo string, total, minor int64) reply {
	c.Helper()
	return c.send("/secapi/pay/refund", c.back(no, refundNo, total, minor))
}

func (c *till) refunded(refundNo string) reply {
	c.Helper()
	return c.send("/pay/refundquery", message{"out_refund_no": refundNo})
}

// want holds a conversation about order A1: what is done, with the words that
// must come back, waits in between, a bar between the steps. "refund R1 5"
// gives 5 back under the number R1, "ask R1" asks for it.
func (c *till) want(minor int64, script string) {
	c.Helper()
	for step := range strings.SplitSeq(script, " | ") {
		what, want, _ := strings.Cut(step, ": ")
		do, rest, _ := strings.Cut(what, " ")
		got := want
		switch do {
		case "order":
			got = c.prepay("A1", minor).says
		case "close":
			got = c.close("A1").says
		case "refund":
			no, fee, _ := strings.Cut(rest, " ")
			part, err := strconv.ParseInt(fee, 10, 64)
			if err != nil {
				c.Fatal(err)
			}
			got = c.refund("A1", no, minor, part).says
		case "ask":
			got = c.refunded(rest).says
		case "scan":
			got = strconv.FormatBool(c.gateway.Pay("A1"))
		case "pay":
			got = c.pay("A1", minor).says
		case "query":
			got = c.query("A1").says
		case "revoke":
			got = c.revoke("A1").says
		case "truth":
			o, _ := c.gateway.Order("A1")
			got = string(o.State)
		default:
			d, err := time.ParseDuration(do)
			if err != nil {
				c.Fatal(err)
			}
			<-time.After(d) // in a bubble: no real time passes
		}
		if got != want {
			c.Errorf("%s: got %q in %q", step, got, script)
		}
	}
}
