// Package sim is a WeChat Pay that lives in this process: an http.Handler that
// answers every operation of wechatpay-v2.md 6 that a shop needs as the real
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
// # What a customer does who scans the till
//
// An order of Unified Order waits for its customer, who pays 6 s after the code
// was shown, or when Gateway.Scan or Gateway.Pay says so. PrepaidScenarios is
// the table. Nobody pays by a code that never arrived: where the first answer
// goes wrong, the same order once more is answered well and paid 6 s later.
//
//	2, 3      paid, with vouchers
//	30        paid after 20 s
//	31        the first answer is lost
//	32        the payment fails after 6 s (PAYERROR); the order is still open
//	33        never paid
//	40        never paid; Close Order answers SYSTEMERROR twice, then closes
//	41        never paid; Close Order answers SYSTEMERROR for ever
//	42        declined with NOTENOUGH; there is no order
//	43        paid just as the first Close Order arrives, which answers ORDERPAID; closed if its code never came
//	44        the first answer has a wrong signature
//	46, 47    the first answer is half an XML; a 502 page
//	48        the first answer takes 20 s
//	49        paid after 6 s; query and close know no such order for 20 s
//	50        the first answer is return_code FAIL
//	79        the first answer is FAIL SYSTEMERROR
//	501, 502  paid, 1 by a voucher
//	others    paid after 6 s
//
// A code can be paid for 2 hours or until time_expire. An order that nobody pays
// stays NOTPAY until it is closed. notify_url is checked and never called.
//
// # What becomes of a refund
//
// refund_fee chooses, whatever the order cost; RefundScenarios is the table.
//
//	60        PROCESSING for 20 minutes, then SUCCESS
//	61        PROCESSING for ever
//	62        CHANGE after 5 s
//	63        REFUNDCLOSE after 5 s; the same number starts it again: SUCCESS
//	64        REFUNDCLOSE after 5 s; the same number is refused, a new one starts over
//	65        NOTENOUGH for 1 minute after it was first asked for, then accepted
//	66        accepted, but the answer is FAIL SYSTEMERROR
//	67        BIZERR_NEED_RETRY for 10 s, then accepted
//	68        accepted, the answer is lost
//	69        accepted; Query Refund knows no such refund for 20 s
//	70        USER_ACCOUNT_ABNORMAL for ever
//	71        accepted; the signed answer has a wrong amount, the query the right one
//	others    PROCESSING for 5 s, then SUCCESS
//
// From the first refund that is accepted Query Order says REFUND, also for a
// part and also when the refund is closed later. A closed refund does not count
// against what is left of the order.
//
// # Where the bill disagrees, and what the customs say
//
// By the order's amount:
//
//	80        is missing from the bill
//	81        stands on the bill with 1 minor unit more
//	82        stands on the bill twice, once under a number that nobody made
//	90        the declaration ends in FAIL
//	91        in EXCEPT; declared once more, in SUCCESS
//	92        it stays SUBMITTED
//	93        the person who is named is not the one who paid
//	others    listed as they are; declared: PROCESSING for 5 s, SUBMITTED for 5 s, SUCCESS
//
// A bill lists an order on the day of GMT+8 it was paid and a refund on the day
// it was accepted. An order that was paid and then revoked is one line REVOKED;
// when the revoke came on another day it is SUCCESS on the first day and
// REVOKED, without a price, on the other. A closed refund is not listed.
//
// A sub-merchant is under review for a minute and then approved, or rejected if
// its merchant_name contains REJECT. No till can sell under its number.
//
// # How strict it is
//
// Requests are judged in the order of the layers (wechatpay-v2.md 3.2):
//
//   - Method, XML, identity, signature, and over TLS the client certificate of
//     Revoke, Apply for Refund and the operations on sub-merchants: return_code
//     FAIL, unsigned. return_msg begins with the code's name.
//   - Everything after the signature: a signed result_code FAIL with a code of
//     the operation's table. Missing parameters of Submit Quick Pay, Unified Order
//     and the declarations are LACK_PARAMS, wrong ones PARAM_ERROR; the other
//     operations know only PARAM_ERROR. What the business forbids a refund is ERROR.
//   - Download Bill and Query Exchange Rate know return_code alone; the bill's
//     return_msg is the documents' text, with its error_code.
//   - Unknown elements are taken and are part of the signature; the root may have
//     any name.
//   - Where the pages of one operation disagree, the most generous is followed:
//     libraries written from the mainland's pages send neither version nor fee_type,
//     and revoke by transaction_id alone. What version 1.0 promises is asked for:
//     then detail is JSON, otherwise it is any text.
//   - The Global customs operations speak JSON. They want an Authorization header
//     and do not look into it: its signature is of another generation, with other keys,
//     and so would be that of the answers, which have none.
//   - An auth code makes one order. Codes from Gateway.AuthCode have an age and
//     expire after one minute; all others count as fresh.
//
// Report Speed, Short URL, Auth Code to OpenID and the upload of images answer
// 404. The published frequency limits are not enforced: what an answer over the
// limit looks like is not documented.
//
// # Where the documents are silent
//
// The numbers are those of wechatpay-v2.md 12.
//
//   - 12.2: fee_type is in every answer about a paid order, rate when the wallet
//     has another currency, on Quick Pay too.
//   - 12.3, 12.4: an order ended by a revoke, and one that WeChat Pay ended by
//     itself, is REVOKED, whether it had been paid or not. Gateway.Force makes
//     the other readings, CLOSED and REFUND.
//   - 12.5: recall is Y with every refusal that a repeat may cure, N with the others.
//   - 12.6: a missing certificate is return_code FAIL, CERT_ERROR.
//   - 12.10: a bill has the mainland's headings; it can be had at any time unless
//     Config.BillHours keeps the documented hours.
//   - 12.11: rows of Query Settled Funds have the suffix _$n; the request may say
//     mch_id or mchid.
//   - 12.14: the answer is signed with the request's algorithm.
//   - 12.15: a number that is in use is never charged again.
//   - 12.16: prefix 16 is not a payment code.
//   - 6.7: an order can be closed at any age; Close Order refuses a Quick Pay with
//     INVALID_REQUEST, as Revoke refuses all others.
//   - 6.4: two refunds of one order need no minute between them.
//   - 6.14, 6.15: error codes are of the general kind.
//
// # When things go wrong
//
// A Fault strikes one call: Gateway.Inject arms it for a certain call,
// Config.Chaos lets it strike by chance, each for any operation. Gateway.Seen,
// SeenRefund, Order, Orders, Refunds and Calls tell the truth afterwards,
// whatever a till was told.
package sim
