package wechat

import (
	"strconv"
	"time"
)

// The customer's client starts the payment with parameters that are signed here,
// on the server, with the key that must never be in an app or a page. What the
// client reports afterwards is for display: Query Order decides.

// AppPayment are the parameters of an In-App payment, by the names under which
// they are signed (wechatpay-v2 8.2).
type AppPayment struct {
	AppID     string `json:"appid"`     // String(32): of the app; in institution mode of the sub-merchant's
	PartnerID string `json:"partnerid"` // String(32): mch_id; in institution mode sub_mch_id
	PrepayID  string `json:"prepayid"`  // String(64)
	Package   string `json:"package"`   // String(128): always "Sign=WXPay"
	NonceStr  string `json:"noncestr"`  // String(32)
	Timestamp string `json:"timestamp"` // String(10): seconds
	Sign      string `json:"sign"`      // String(64): over the six others
}

// AppPayment signs what the app needs to start the payment of an order that
// UnifiedOrder made with TradeApp. now is the time that the app will show. The
// error has pos.KindInvalid.
func (c *Client) AppPayment(prepayID string, now time.Time) (AppPayment, error) {
	p := AppPayment{AppID: c.config.AppID, PartnerID: c.config.MchID, PrepayID: prepayID,
		Package: "Sign=WXPay", NonceStr: nonce(), Timestamp: seconds(now)}
	if c.config.SubMchID != "" {
		p.AppID, p.PartnerID = c.config.SubAppID, c.config.SubMchID
	}
	if p.AppID == "" {
		return AppPayment{}, invalid("set wechat.sub_appid to the appid of the sub-merchant's app", "In-App payment in institution mode needs sub_appid")
	}
	if err := need("prepay_id", prepayID, 64).check(); err != nil {
		return AppPayment{}, err
	}
	p.Sign = c.signer.sign(p.fields())
	return p, nil
}

func (p AppPayment) fields() fields {
	return newFields(field{"appid", p.AppID}, field{"partnerid", p.PartnerID}, field{"prepayid", p.PrepayID},
		field{"package", p.Package}, field{"noncestr", p.NonceStr}, field{"timestamp", p.Timestamp})
}

// JSAPIPayment are the parameters of a payment in an Official Account's page
// (getBrandWCPayRequest) or in a Mini Program (wx.requestPayment, which is not
// given appId), by the names under which they are signed (wechatpay-v2 8.1).
type JSAPIPayment struct {
	AppID     string `json:"appId"`     // String(16): in institution mode of the sub-merchant's Mini Program
	TimeStamp string `json:"timeStamp"` // String(32): seconds
	NonceStr  string `json:"nonceStr"`  // String(32)
	Package   string `json:"package"`   // String(128): "prepay_id=…"
	SignType  string `json:"signType"`  // String(32): that of the order
	PaySign   string `json:"paySign"`   // String(64): over the five others
}

// JSAPIPayment signs what the page or the Mini Program needs to start the payment
// of an order that UnifiedOrder made with TradeJSAPI. The payer's appid is signed:
// that of SubOpenID in q if it has one, else that of OpenID. The error has
// pos.KindInvalid.
func (c *Client) JSAPIPayment(q UnifiedOrderRequest, prepayID string, now time.Time) (JSAPIPayment, error) {
	if q.TradeType != TradeJSAPI {
		return JSAPIPayment{}, invalid("use trade_type JSAPI", "an order of trade_type %q is not paid in a page", q.TradeType)
	}
	if err := q.checkPayer(c.merchant); err != nil {
		return JSAPIPayment{}, err
	}
	if err := need("prepay_id", prepayID, 64).check(); err != nil {
		return JSAPIPayment{}, err
	}
	p := JSAPIPayment{AppID: c.config.AppID, TimeStamp: seconds(now), NonceStr: nonce(),
		Package: "prepay_id=" + prepayID, SignType: string(c.config.SignType)}
	if q.SubOpenID != "" {
		p.AppID = c.config.SubAppID
	}
	p.PaySign = c.signer.sign(p.fields())
	return p, nil
}

func (p JSAPIPayment) fields() fields {
	return newFields(field{"appId", p.AppID}, field{"timeStamp", p.TimeStamp}, field{"nonceStr", p.NonceStr},
		field{"package", p.Package}, field{"signType", p.SignType})
}

// seconds is a Unix timestamp as the front ends take it.
func seconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
