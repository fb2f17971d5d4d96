package sim

// signKey is getsignkey (wechatpay-v2.md 10). The answer is not signed. The
// sandbox key is the merchant's own key, so that the sandbox paths accept both
// a client that asked for its key and one that did not.
func (g *Gateway) signkey(x *exchange) message {
	return message{
		"return_code": "SUCCESS", "return_msg": "OK",
		"mch_id": x.merchant.MchID, "sandbox_signkey": x.merchant.Key,
	}
}
