package wechat

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"cashier/pos"
)

// MicropayRequest is Submit Quick Pay (POST /pay/micropay). Identity, nonce_str,
// sign_type, sign and version are added by the client.
type MicropayRequest struct {
	// DeviceInfo (device_info, String(32), optional) is the till.
	DeviceInfo string

	// Body (body, String(127), required) is store, hyphen, goods category:
	// "Counter 1-Coffee". It stands on the customer's statement.
	Body string

	// Detail (detail, String(6000), required on the English page) is JSON:
	// {"goods_detail":[{"goods_name":String(256),"quantity":Int}]}.
	Detail string

	// Attach (attach, String(127), optional) comes back unchanged in answers.
	Attach string

	// OutTradeNo (out_trade_no, String(32), required) is our order number, never used twice.
	OutTradeNo string

	// TotalFee (total_fee, Int, required) is the price in the smallest unit of
	// FeeType (fee_type, ISO 4217), which would be CNY if it were absent: always sent.
	TotalFee int64
	FeeType  string

	// SpbillCreateIP (spbill_create_ip, String(16 or 64), required) is the calling machine.
	SpbillCreateIP string

	// AuthCode (auth_code, String(128), required) is the customer's code.
	AuthCode pos.AuthCode
}

func (q MicropayRequest) fields() []field {
	return []field{
		{"version", "1.0"}, // required on the English page, so always sent
		{"device_info", q.DeviceInfo},
		{"body", q.Body},
		{"detail", q.Detail},
		{"attach", q.Attach},
		{"out_trade_no", q.OutTradeNo},
		{"total_fee", strconv.FormatInt(q.TotalFee, 10)},
		{"fee_type", q.FeeType},
		{"spbill_create_ip", q.SpbillCreateIP},
		{"auth_code", q.AuthCode.Reveal()},
	}
}

// MicropayResponse is the answer to Quick Pay. It has no trade_state: SUCCESS
// at both layers means paid, and everything else means asking Query Order.
type MicropayResponse struct {
	Envelope
	Payment // with SUCCESS at both layers
}

// Micropay submits Quick Pay, once. It must not be repeated with the same
// number, whatever comes back: ask OrderQuery. The error is an *Error; without
// one the answer is signed, and ResultCode says how it went.
func (c *Client) Micropay(ctx context.Context, q MicropayRequest) (MicropayResponse, error) {
	reply, err := c.call(ctx, QuickPay, q.AuthCode, q.fields())
	return MicropayResponse{newEnvelope(reply), newPayment(reply.fields)}, err
}

// category is the goods category in body and detail; a till that keys amounts
// does not know better.
const category = "Sale"

// maxText is the length of body and attach in bytes. The pages say 127 or 128
// and not of what; 127 bytes are right in every reading (wechatpay-v2 5.5).
const maxText = 127

// micropayRequest puts a charge into WeChat Pay's words.
func (c *Client) micropayRequest(ch pos.Charge) MicropayRequest {
	return MicropayRequest{
		DeviceInfo:     c.config.TillID,
		Body:           c.body(),
		Detail:         goodsDetail(c.body()),
		Attach:         text(ch.Ref, maxText),
		OutTradeNo:     string(ch.No),
		TotalFee:       ch.Amount.Minor,
		FeeType:        string(ch.Amount.Currency),
		SpbillCreateIP: c.config.IP,
		AuthCode:       ch.Code,
	}
}

// body is what the customer's statement says: store, hyphen, goods category.
func (c *Client) body() string {
	if c.config.Store == "" {
		return category
	}
	return text(c.config.Store, maxText-len("-"+category)) + "-" + category
}

// goodsDetail is the detail of one item.
func goodsDetail(name string) string {
	type item struct {
		Name     string `json:"goods_name"`
		Quantity int    `json:"quantity"`
	}
	out, err := json.Marshal(struct {
		Goods []item `json:"goods_detail"`
	}{[]item{{name, 1}}})
	if err != nil {
		panic(err) // strings and integers always marshal
	}
	return string(out)
}

// text makes operator-entered text fit to send: valid UTF-8 of 1 to 3 bytes a
// character and no control characters (wechatpay-v2 3), at most limit bytes, cut
// between characters, no outer spaces, which the official SDK would not sign.
func text(s string, limit int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0xFFFE || r == utf8.RuneError {
			return -1
		}
		return r
	}, s))
	for n := min(limit, len(s)); ; n-- {
		if n == len(s) || utf8.RuneStart(s[n]) {
			return strings.TrimSpace(s[:n])
		}
	}
}
