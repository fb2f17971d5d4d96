package sim

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one thing that goes wrong with one request or its answer. Those of
// this package are all there are; Together combines them.
type Fault func(*exchange)

// String is what the log of calls says when the fault strikes (Call.Faults).
func (f Fault) String() string {
	x := &exchange{}
	f(x)
	return strings.Join(x.faults, ", ")
}

// DropRequest loses the request: it is never carried out, and the connection breaks.
func DropRequest(x *exchange) {
	x.blame("request lost")
	x.unheard, x.lost = true, true
}

// Late breaks the connection at once; the request was on its way nevertheless
// and is carried out d later, when nobody waits for its answer any more.
func Late(d time.Duration) Fault {
	return func(x *exchange) {
		x.blame("request late")
		x.lateBy, x.lost = d, true
	}
}

// Duplicate carries the request out two times; the second answer is delivered.
func Duplicate(x *exchange) {
	x.blame("request doubled")
	x.twice = true
}

// Refuse answers a signed FAIL with this err_code and carries nothing out.
func Refuse(errCode string) Fault {
	return func(x *exchange) {
		x.blame("refused with " + errCode)
		x.refusal = errCode
	}
}

// DropAnswer carries the request out; the connection breaks before the answer.
func DropAnswer(x *exchange) {
	x.blame("answer lost")
	x.lost = true
}

// Delay carries the request out; the answer, or the break of the connection, comes d later.
func Delay(d time.Duration) Fault {
	return func(x *exchange) {
		x.blame("answer delayed")
		x.wait = d
	}
}

// CutAnswer carries the request out; the connection breaks in the middle of the answer.
func CutAnswer(x *exchange) {
	x.blame("answer cut")
	x.cut = true
}

// HalfXML carries the request out; the answer is a complete HTTP body with half a document in it.
func HalfXML(x *exchange) {
	x.blame("half an XML")
	x.spoil = func(p *page) { p.body = p.body[:len(p.body)/2] }
}

// BadGateway carries the request out; the answer is a proxy's 502 page.
func BadGateway(x *exchange) {
	x.blame("502 page")
	x.spoil = htmlPage(http.StatusBadGateway, "Bad Gateway")
}

// WebPage carries the request out; the answer is somebody else's page with status 200.
func WebPage(x *exchange) {
	x.blame("web page")
	x.spoil = htmlPage(http.StatusOK, "Welcome to our Wi-Fi")
}

// htmlPage replaces the answer with a page for people.
func htmlPage(status int, title string) func(*page) {
	return func(p *page) {
		p.status = status
		p.header.Set("Content-Type", "text/html")
		p.body = []byte("<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>")
	}
}

// Redirect carries the request out; the answer is a 307 to the same operation:
// who follows it submits again.
func Redirect(x *exchange) {
	x.blame("redirect")
	x.spoil = func(p *page) {
		p.status = http.StatusTemporaryRedirect
		p.header.Set("Location", "?again")
	}
}

// Gzip carries the request out; the answer is packed, although nobody asked for that.
func Gzip(x *exchange) {
	x.blame("answer packed")
	x.spoil = func(p *page) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(p.body) // a buffer takes everything
		_ = z.Close()
		p.body = packed.Bytes()
		p.header.Set("Content-Encoding", "gzip")
	}
}

// Trickle carries the request out; the answer's bytes come one after another, the last d later.
func Trickle(d time.Duration) Fault {
	return func(x *exchange) {
		x.blame("answer in drops")
		x.trickle = d
	}
}

// DoubledField carries the request out; the answer, if it is XML, has a second return_code, FAIL, at its end.
func DoubledField(x *exchange) {
	x.blame("doubled field")
	x.spoil = func(p *page) {
		if rest, isXML := bytes.CutSuffix(p.body, []byte("</xml>")); isXML {
			p.body = slices.Concat(rest, []byte("<return_code>FAIL</return_code></xml>"))
		}
	}
}

// WrongSignature carries the request out; the answer's signature has the right form and is wrong.
func WrongSignature(x *exchange) {
	x.blame("wrong signature")
	x.forge = func(x *exchange) { x.out["sign"] = x.out.signature(x.in.signType(), "not "+x.merchant.Key) }
}

// NoSignature carries the request out; the answer is not signed.
func NoSignature(x *exchange) {
	x.blame("no signature")
	x.forge = func(x *exchange) { delete(x.out, "sign") }
}

// OtherSignature carries the request out; the answer is signed correctly with
// the algorithm that the request did not use (rule E8).
func OtherSignature(x *exchange) {
	x.blame("other signature algorithm")
	x.forge = func(x *exchange) {
		other := signMD5
		if x.in.signType() == signMD5 {
			other = signHMAC
		}
		x.out["sign"] = x.out.signature(other, x.merchant.Key)
	}
}

// WrongAmount carries the request out; the answer is signed and its total_fee
// and refund_fee, if any, are 1 too high.
func WrongAmount(x *exchange) {
	x.blame("wrong amount")
	x.lie(func(x *exchange) {
		for _, name := range []string{"total_fee", "refund_fee", "refund_fee_0"} {
			if minor, err := strconv.ParseInt(x.out[name], 10, 64); err == nil {
				x.out[name] = strconv.FormatInt(minor+1, 10)
			}
		}
	})
}

// WrongOrder carries the request out; the answer is signed and its out_trade_no
// and out_refund_no, if any, are others.
func WrongOrder(x *exchange) {
	x.blame("wrong order")
	x.lie(func(x *exchange) {
		for _, name := range []string{"out_trade_no", "out_refund_no", "out_refund_no_0"} {
			if x.out[name] != "" {
				x.out[name] = "SOMEBODYELSE0001"
			}
		}
	})
}

// WrongMerchant carries the request out; the answer is signed and names another mch_id.
func WrongMerchant(x *exchange) {
	x.blame("wrong merchant")
	x.lie(func(x *exchange) { x.out["mch_id"] = "99999999" })
}

// With carries the request out; the signed answer has this value in this
// field, or lacks the field when value is empty.
func With(name, value string) Fault {
	return func(x *exchange) {
		x.blame(name + " changed")
		x.lie(func(x *exchange) {
			delete(x.out, name)
			x.out.set(name, value)
		})
	}
}

// ReturnFail carries the request out; the answer is an unsigned return_code FAIL (wechatpay-v2.md 11.2).
func ReturnFail(x *exchange) {
	x.blame("return_code FAIL")
	x.lie(func(x *exchange) { x.out = message{"return_code": "FAIL", "return_msg": "system error"} })
}

// SystemError carries the request out; the answer is a signed FAIL SYSTEMERROR.
func SystemError(x *exchange) {
	x.blame("FAIL SYSTEMERROR")
	x.lie(func(x *exchange) { x.out = x.no("SYSTEMERROR", "system error") })
}

// Skew carries the request out; the answer's Date header is wrong by d.
func Skew(d time.Duration) Fault {
	return func(x *exchange) {
		x.blame("clock wrong")
		x.skew = d
	}
}

// Together lets several faults strike the same request, in this order.
func Together(faults ...Fault) Fault {
	return func(x *exchange) {
		for _, f := range faults {
			f(x)
		}
	}
}

// blame notes what went wrong.
func (x *exchange) blame(what string) { x.faults = append(x.faults, what) }

// lie changes the answer before it is signed. A request that was turned away
// at the door has an answer that nobody signs: there is nothing to lie about.
func (x *exchange) lie(f func(*exchange)) {
	x.lies = append(x.lies, func(x *exchange) {
		if x.merchant != nil {
			f(x)
		}
	})
}
