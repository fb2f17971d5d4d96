package wechat

import (
	"context"

	"cashier/pos"
)

// ReverseRequest is Revoke (POST /secapi/pay/reverse), for Quick Pay orders
// only, not before 15 s and not after 7 days. The number alone is sent:
// transaction_id would win over it (wechatpay-v2 6.3), and we may not know it.
type ReverseRequest struct {
	// OutTradeNo (out_trade_no, String(32), required) is our order number.
	OutTradeNo string

	// TradeType is how the order was made; it is not sent. Anything but
	// TradeMicropay is refused here: such an order is closed (API Rules, "Revoke API").
	TradeType TradeType
}

// ReverseResponse is the answer to Revoke. It has no order number, amount or
// state, and SUCCESS is given for orders that do not exist: it proves nothing
// until Query Order agrees.
type ReverseResponse struct {
	Envelope

	// Recall (recall, String(1)) says whether the call has to be made again with
	// the same parameters: Y or N. It is there with a FAIL too. Any other value is kept as received.
	Recall pos.Recall
}

// Reverse revokes an order: an unpaid one is closed, a paid one is given back.
// It may be repeated. It shows the client certificate. The error is an *Error;
// without one the answer is signed.
func (c *Client) Reverse(ctx context.Context, q ReverseRequest) (ReverseResponse, error) {
	if q.TradeType != TradeMicropay {
		return ReverseResponse{}, unfit(Revoke, "use Close Order", "an order of trade_type %q is never revoked", q.TradeType)
	}
	reply, err := c.call(ctx, Revoke, pos.AuthCode{}, []field{{"out_trade_no", q.OutTradeNo}})
	return ReverseResponse{newEnvelope(reply), pos.Recall(reply.fields.value("recall"))}, err
}
