// Package wechat speaks WeChat Pay Global, v2 (XML over HTTPS, signed with the
// merchant's API key), one call at a time, and says what an answer lets us
// conclude. It never repeats a call, never waits for a verdict and never
// decides what a till does next: that is package pos, whose port pos.Gateway
// the Client fits.
//
// # The calls
//
//	Client.Micropay    POST /pay/micropay        Submit Quick Pay, sent once, ever
//	Client.OrderQuery  POST /pay/orderquery      Query Order, the only proof there is
//	Client.Reverse     POST /secapi/pay/reverse  Revoke, with the client certificate
//
//	Client.Refund            POST /secapi/pay/refund     with the client certificate
//	Client.RefundQuery       POST /pay/refundquery       the only proof that a refund is done
//	Client.UnifiedOrder      POST /pay/unifiedorder      an order that is not Quick Pay
//	Client.CloseOrder        POST /pay/closeorder        never for Quick Pay
//	Client.DownloadBill      POST /pay/downloadbill      ReadBill reads it
//	Client.ExchangeRate      POST /pay/queryexchagerate  to look at
//	Client.SettlementQuery   POST /pay/settlementquery
//	Client.…SubMerchant      POST /secapi/mch/…          institutions; with the client certificate
//	Client.Declare, …        /global/v3/customs/…        customs, Global: JSON (v3.go)
//	Client.MainlandDeclare   POST /cgi-bin/mch/…         customs, mainland: XML
//
// These are the plumbing: requests and responses carry WeChat Pay's own field
// names, each beside its Go name. Client.Submit, Client.Query and Client.Revoke
// are the first three calls in the till's words, judged; so are GiveBack and
// AskRefund for refunds, and Prepare, QueryPage and ClosePage for orders that the
// customer pays in a client of their own. That client's parameters are made by
// AppPayment and JSAPIPayment; what WeChat Pay posts to a server is read by
// PaymentNotification and RefundNotification.
//
// What the pages ask of a request is checked before it is sent (param.go); such a
// refusal has pos.KindInvalid and a hint.
//
// # The two layers of an answer
//
// return_code says whether the message arrived; only a SUCCESS is signed.
// result_code says how the business went, and a FAIL there is not a failure
// yet: only Query Order can tell, and of its answer trade_state alone decides.
// File judge.go holds the judgement of the till's three calls, judge_refund.go and
// judge_page.go that of the others. Their rule ids (E1, Q1, S1, V1, R1, K1, …) are
// those of the project's protocol reference, section 13, and the tests are
// named after them.
//
// # Signing
//
// The signature covers every parameter that is not empty, in the order of the
// names, known to us or not (sign.go). So an answer is read into plain pairs
// (xml.go), verified as received, cleaned of what must not be kept (redact.go)
// and only then given names.
//
// # Sending once
//
// A charge that the HTTP library repeats is a customer charged twice, so Quick
// Pay does not use one that can: it has a connection of its own, dialled ahead
// while the amount is keyed, used for one request and closed (oneshot.go). The
// number of bytes written is counted above TLS; zero is the proof that nothing
// was sent, and anything else that fails is doubt. Query Order and Revoke may be
// repeated by the till and keep warm connections (keepalive.go).
//
// # Secrets
//
// The API key is a Key and prints as "***" everywhere. Auth codes leave through
// the request and are masked where an answer echoes them. After the first byte
// was written, error texts are our own sentences and quote nothing foreign but
// the cleaned return_msg.
package wechat
