// Package sim is a WeChat Pay that lives in this process: an http.Handler that
// answers Submit Quick Pay, Query Order, Revoke and getsignkey as the real
// gateway does. Practice mode, "cashier simulate" and the tests run on it.
//
// It is a stranger on purpose. It uses the standard library alone and shares no
// code with package wechat: its reader, its writer and its signer were written
// from the documents, so that a mistake on one side cannot agree with itself.
//
// # How to use it
//
//	g := sim.New(sim.Config{Merchants: []sim.Merchant{{AppID: "wx1", MchID: "100", Key: key}}})
//	http.Serve(listener, g)                            // over a socket
//	client := &http.Client{Transport: sim.Transport(g)} // or without one
//
// Time is time.Now and a timer unless Config says otherwise, so everything
// works in a testing/synctest bubble. No goroutine is ever started: what time
// does to an order is computed when somebody looks at it.
//
// # What a cashier sees
//
// The amount in minor units chooses the story; Scenarios is the table. "HOLD"
// means that the till is in doubt and asks.
//
//	1, 2, 3   PAID; with vouchers in 2 and 3
//	30        HOLD, the customer types the password; PAID after 6 s. Auth code
//	          ending in 8: HOLD until the query says PAYERROR, then given back.
//	          In 9: HOLD until the revoke, or WeChat Pay's own end after 45 s
//	31        HOLD, then PAID by the first query
//	32        HOLD, then given back: the query says PAYERROR
//	33        HOLD with every query unanswered, until the revoke: REVOKED
//	34        as 33; the next sale of 34 is PAID, with the voucher of the first
//	40        HOLD, the customer never reacts; "Revoke again" twice, the third
//	          revoke is accepted: REVOKED. WeChat Pay does not end it by itself
//	41        HOLD, and no revoke is ever accepted: a case for the manager
//	42        NOT PAID: declined, not enough money
//	43        HOLD, the customer types; the payment lands just as the first revoke
//	          answers recall N. The query then says SUCCESS, and a till that has
//	          asked for its money to be given back must revoke again: REVOKED
//	44        HOLD (wrong signature), then PAID by the query
//	45        HOLD (wrong amount), then PAID by the query
//	46, 47    HOLD (half an XML; a 502 page), then PAID by the query
//	48        HOLD when the till stops waiting, then PAID; the answer takes 20 s
//	49        HOLD, the query knows no such order for 20 s, then PAID. A revoke
//	          in these 20 s answers SUCCESS, recall N, and changes nothing
//	50        NOT PAID (return_code FAIL), though it was: the watch finds it
//	79        HOLD (SYSTEMERROR), then PAID by the query
//	501, 502  PAID, 1 by a voucher
//	others    PAID at once; from 100 000 on the password first, PAID after 6 s
//
// # How strict it is
//
// Requests are judged in the order of the layers (wechatpay-v2.md 3.2):
//
//   - Method, XML, identity, signature, and over TLS the client certificate of
//     Revoke: return_code FAIL, unsigned. return_msg begins with the code's name.
//   - Everything after the signature: a signed result_code FAIL with a code of
//     the operation's table. Missing parameters of Submit Quick Pay are
//     LACK_PARAMS, wrong ones PARAM_ERROR; the other operations know only PARAM_ERROR.
//   - Unknown elements are taken and are part of the signature.
//   - An auth code makes one order. Codes from Gateway.AuthCode have an age and
//     expire after one minute; all others count as fresh.
//
// Operations that are not listed above answer 404. The published frequency
// limits are not enforced: what an answer over the limit looks like is not documented.
//
// # Where the documents are silent
//
// The numbers are those of wechatpay-v2.md 12.
//
//   - 12.3, 12.4: an order ended by a revoke, and one that WeChat Pay ended by
//     itself, is REVOKED, whether it had been paid or not. Gateway.Force makes
//     the other readings, CLOSED and REFUND.
//   - 12.5: recall is Y with every refusal that a repeat may cure, N with the others.
//   - 12.6: a missing certificate is return_code FAIL, CERT_ERROR.
//   - 12.14: the answer is signed with the request's algorithm.
//   - 12.15: a number that is in use is never charged again.
//   - 12.16: prefix 16 is not a payment code.
//
// # When things go wrong
//
// A Fault strikes one call: Gateway.Inject arms it for a certain call,
// Config.Chaos lets it strike by chance. Gateway.Seen, Order, Orders and Calls
// tell the truth afterwards, whatever a till was told.
package sim
