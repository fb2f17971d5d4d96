package wechat

import (
	"context"
	"time"
)

// TradeType is the way to pay that an order was made for (trade_type, String(16)).
type TradeType string

// The documented types. Revoke is for the first alone, Close Order for all others.
const (
	TradeMicropay TradeType = "MICROPAY" // Quick Pay: the till scans the customer
	TradeNative   TradeType = "NATIVE"   // the customer scans the till
	TradeJSAPI    TradeType = "JSAPI"    // in a page of an Official Account, or in a Mini Program
	TradeApp      TradeType = "APP"      // in the merchant's own app
	TradeMWeb     TradeType = "MWEB"     // in a browser on a phone
)

// UnifiedOrderRequest is Unified Order (POST /pay/unifiedorder): an order that
// the customer pays in a client of their own. Identity, nonce_str, sign_type,
// sign and version are added by the client. A Client speaks for one appid and
// one sub_appid: an app and a Mini Program of the same merchant are two Clients.
type UnifiedOrderRequest struct {
	// TradeType (trade_type, String(16), required) is anything but TradeMicropay.
	TradeType TradeType

	// MiniProgram says that a TradeJSAPI order is for a Mini Program and not for an
	// Official Account's page. It is not sent; in institution mode it asks for SubOpenID.
	MiniProgram bool

	// OutTradeNo (out_trade_no, String(32), required) is our order number.
	OutTradeNo string

	// TotalFee (total_fee, Int, required) is the price in the smallest unit of
	// FeeType (fee_type, String(16), ISO 4217; always sent).
	TotalFee int64
	FeeType  string

	// Body (body, String(127), required) is store, hyphen, goods category. Detail
	// (detail, String(6000), optional) is JSON as in MicropayRequest. Attach
	// (attach, String(127), optional) comes back unchanged. DeviceInfo
	// (device_info, String(32), optional) is the till, "WEB" for a page.
	Body, Detail, Attach, DeviceInfo string

	// SpbillCreateIP (spbill_create_ip, String(64), required) is the address of the
	// customer's device for TradeApp and TradeMWeb, and ours for TradeNative.
	SpbillCreateIP string

	// NotifyURL (notify_url, String(256), required) is told that the order was
	// paid: absolute, http or https, without a query. Whether anybody listens there
	// or not, Query Order decides.
	NotifyURL string

	// ProductID (product_id, String(32)) is required for TradeNative.
	ProductID string

	// OpenID (openid, String(128)) is the customer under appid, SubOpenID
	// (sub_openid, String(128), institution mode) under sub_appid. TradeJSAPI asks
	// for one: OpenID in direct mode, SubOpenID for a sub-merchant's Mini Program.
	OpenID, SubOpenID string

	// TimeStart (time_start, String(14)) and TimeExpire (time_expire, String(14)),
	// both optional; at least a minute apart.
	TimeStart, TimeExpire time.Time

	// SceneInfo (scene_info, String(256), JSON) is required for TradeMWeb, where it
	// describes the site; else it may describe the store.
	SceneInfo string

	// GoodsTag (goods_tag, String(32), optional) is for coupons. LimitPay
	// (limit_pay, String(32), optional) is "no_credit" or empty.
	GoodsTag, LimitPay string
}

func (q UnifiedOrderRequest) params() params {
	return params{
		need("version", "1.0", 32),
		need("trade_type", string(q.TradeType), 16).of(string(TradeNative), string(TradeJSAPI), string(TradeApp), string(TradeMWeb)),
		need("out_trade_no", q.OutTradeNo, 32).number(),
		price("total_fee", q.TotalFee),
		need("fee_type", q.FeeType, 16).currency(),
		need("body", q.Body, maxText),
		may("detail", q.Detail, 6000),
		may("attach", q.Attach, maxText),
		may("device_info", q.DeviceInfo, 32),
		need("spbill_create_ip", q.SpbillCreateIP, 64),
		need("notify_url", q.NotifyURL, 256).address(),
		param{name: "product_id", value: q.ProductID, max: 32, must: q.TradeType == TradeNative},
		may("openid", q.OpenID, 128),
		may("sub_openid", q.SubOpenID, 128),
		may("time_start", stamp(q.TimeStart), 14),
		may("time_expire", stamp(q.TimeExpire), 14),
		param{name: "scene_info", value: q.SceneInfo, max: 256, must: q.TradeType == TradeMWeb},
		may("goods_tag", q.GoodsTag, 32),
		may("limit_pay", q.LimitPay, 32).of("no_credit"),
	}
}

// checkPayer refuses an order whose payer could not pay it: the rules of
// institution mode ("In-App and Mini Program payment"), and of openid.
func (q UnifiedOrderRequest) checkPayer(m merchant) error {
	institution := m.subMchID != ""
	switch {
	case institution && m.subAppID == "" && q.TradeType == TradeApp:
		return invalid("set wechat.sub_appid to the appid of the sub-merchant's app", "sub_appid is required for In-App payment in institution mode")
	case institution && m.subAppID == "" && q.MiniProgram:
		return invalid("set wechat.sub_appid to the appid of the sub-merchant's Mini Program", "sub_appid is required for Mini Program payment in institution mode")
	case institution && m.subAppID == "" && q.SubOpenID != "":
		return invalid("set wechat.sub_appid", "sub_openid needs sub_appid, under which it is known")
	case institution && q.MiniProgram && q.SubOpenID == "":
		return invalid("the sub-merchant's Mini Program knows it", "sub_openid is required for Mini Program payment in institution mode")
	case !institution && q.SubOpenID != "":
		return invalid("give openid", "sub_openid is for institution mode only")
	case q.TradeType == TradeJSAPI && q.OpenID == "" && q.SubOpenID == "":
		return invalid("it is the customer's id under appid", "openid is required for trade_type JSAPI")
	case q.MiniProgram && q.TradeType != TradeJSAPI:
		return invalid("use trade_type JSAPI", "a Mini Program does not pay by trade_type %s", q.TradeType)
	case !q.TimeStart.IsZero() && !q.TimeExpire.IsZero() && q.TimeExpire.Sub(q.TimeStart) < time.Minute:
		return invalid("let it expire a minute after its start or later", "time_expire is too soon after time_start")
	}
	return nil
}

// UnifiedOrderResponse is the answer to Unified Order.
type UnifiedOrderResponse struct {
	Envelope

	// TradeType (trade_type, String(16)) repeats that of the request.
	TradeType TradeType

	// PrepayID (prepay_id, String(64)) is valid for 2 hours; see AppPayment and JSAPIPayment.
	PrepayID string

	// CodeURL (code_url, String(64), TradeNative) is what the customer scans; valid for 2 hours.
	CodeURL string

	// MWebURL (mweb_url, TradeMWeb) is where the browser goes; valid for 5 minutes.
	MWebURL string
}

// UnifiedOrder makes an order that is not Quick Pay. It may be repeated with the
// same parameters. The error is an *Error; without one the answer is signed.
func (c *Client) UnifiedOrder(ctx context.Context, q UnifiedOrderRequest) (UnifiedOrderResponse, error) {
	all := q.params()
	if err := q.checkPayer(c.merchant); err != nil {
		return UnifiedOrderResponse{}, &Error{Op: UnifiedOrder, Rule: RefusedHere, Err: err}
	}
	reply, err := c.signed(ctx, UnifiedOrder, all)
	return UnifiedOrderResponse{
		Envelope:  newEnvelope(reply),
		TradeType: TradeType(reply.fields.value("trade_type")),
		PrepayID:  reply.fields.value("prepay_id"),
		CodeURL:   reply.fields.value("code_url"),
		MWebURL:   reply.fields.value("mweb_url"),
	}, err
}
