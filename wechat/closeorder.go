package wechat

import "context"

// CloseOrderRequest is Close Order (POST /pay/closeorder): for an order that is
// not Quick Pay and is not paid, at once when its last query was not SUCCESS.
type CloseOrderRequest struct {
	// OutTradeNo (out_trade_no, String(32), required) is our order number.
	OutTradeNo string

	// TradeType is how the order was made; it is not sent. TradeMicropay is refused
	// here: a Quick Pay order is revoked (API Rules, "Close Order API").
	TradeType TradeType
}

func (q CloseOrderRequest) params() params {
	return params{need("out_trade_no", q.OutTradeNo, 32).number()}
}

// CloseOrderResponse is the answer to Close Order. It names no order.
type CloseOrderResponse struct {
	Envelope

	// ResultMsg (result_msg, String(16), mainland) is for people.
	ResultMsg string
}

// CloseOrder closes an order. It may be repeated. The error is an *Error;
// without one the answer is signed.
func (c *Client) CloseOrder(ctx context.Context, q CloseOrderRequest) (CloseOrderResponse, error) {
	switch q.TradeType {
	case TradeNative, TradeJSAPI, TradeApp, TradeMWeb:
	case TradeMicropay:
		return CloseOrderResponse{}, unfit(CloseOrder, "use Revoke", "a Quick Pay order is never closed")
	default:
		return CloseOrderResponse{}, unfit(CloseOrder, "say how the order was made", "an order of trade_type %q is not one that can be closed", q.TradeType)
	}
	reply, err := c.signed(ctx, CloseOrder, q.params())
	return CloseOrderResponse{newEnvelope(reply), reply.fields.value("result_msg")}, err
}
