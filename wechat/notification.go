package wechat

import (
	"crypto/aes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Notifications are for a server with a public address; Quick Pay has none. They
// may come several times, late, or never: what they say is a reason to ask Query
// Order or Query Refund at once, and proves nothing by itself.

// Notice is which notification was refused, as the Op of an *Error.
const (
	PaymentNotice Operation = "Payment Notification"
	RefundNotice  Operation = "Refund Notification"
)

// PaymentNotification says that an order made by Unified Order was paid.
type PaymentNotification struct {
	Envelope
	Payment
}

// PaymentNotification reads the body that was posted to notify_url, and checks its
// signature, by the algorithm that it names or else MD5, and that it is ours. The
// error is an *Error. Ask QueryPage about OutTradeNo before anything is booked,
// and book it once.
func (c *Client) PaymentNotification(body []byte) (PaymentNotification, error) {
	all, err := notified(PaymentNotice, body)
	if err != nil {
		return PaymentNotification{}, err
	}
	s := newSigner(c.config.Key, MD5)
	if SignType(all.value("sign_type")) == HMACSHA256 {
		s = newSigner(c.config.Key, HMACSHA256)
	}
	signed, ok := s.verify(all)
	if !ok {
		return PaymentNotification{}, notice(PaymentNotice, BadSignature, "it is not signed with our key")
	}
	reply := Reply{fields: redactor{key: c.config.Key, plain: true}.fields(signed)}
	n := PaymentNotification{newEnvelope(reply), newPayment(reply.fields)}
	return n, c.ours(PaymentNotice, n.Envelope, nil)
}

// notified reads a notification as far as return_code.
func notified(op Operation, body []byte) (fields, error) {
	all, err := decode(body)
	if err != nil {
		return nil, &Error{Op: op, Rule: Malformed, Err: fmt.Errorf("it is not one flat <xml>: %w", err)}
	}
	if all.value("return_code") != success {
		return nil, notice(op, NoReturnCode, "its return_code is not SUCCESS")
	}
	return all, nil
}

func notice(op Operation, rule Rule, why string) error {
	return &Error{Op: op, Rule: rule, Err: errors.New(why)}
}

// RefundNotification says how a refund ended. It is encrypted and not signed, in
// a mode that does not notice a change: it is a hint.
type RefundNotification struct {
	// TransactionID (transaction_id, String(32)), OutTradeNo (out_trade_no,
	// String(32)), RefundID (refund_id, String(32)), OutRefundNo (out_refund_no, String(64)).
	TransactionID, OutTradeNo, RefundID, OutRefundNo string

	// TotalFee (total_fee), SettlementTotalFee (settlement_total_fee), RefundFee
	// (refund_fee), SettlementRefundFee (settlement_refund_fee), Int; -1 when absent.
	TotalFee, SettlementTotalFee, RefundFee, SettlementRefundFee int64

	// Status (refund_status, String(16)): RefundSucceeded, RefundChange or RefundClose.
	Status RefundStatus

	// SucceededAt (success_time, String(20), GMT+8); zero unless done.
	SucceededAt time.Time

	// Receiver (refund_recv_accout, sic) is where the money went, Account
	// (refund_account) the fund that paid, Source (refund_request_source) "API" or
	// "VENDOR_PLATFORM".
	Receiver, Account, Source string
}

// RefundNotification reads the body that was posted to a refund's notify_url. The
// error is an *Error. Ask AskRefund about OutRefundNo before anything is booked.
func (c *Client) RefundNotification(body []byte) (RefundNotification, error) {
	all, err := notified(RefundNotice, body)
	if err != nil {
		return RefundNotification{}, err
	}
	if err := c.ours(RefundNotice, newEnvelope(Reply{fields: all}), nil); err != nil {
		return RefundNotification{}, err
	}
	plain, err := decryptInfo(c.config.Key, all.value("req_info"))
	if err != nil {
		return RefundNotification{}, &Error{Op: RefundNotice, Rule: BadSignature, Err: err}
	}
	f, err := decodeAs("root", plain)
	if err != nil {
		return RefundNotification{}, &Error{Op: RefundNotice, Rule: Malformed, Err: fmt.Errorf("req_info is not one flat <root>: %w", err)}
	}
	return RefundNotification{
		TransactionID:       f.value("transaction_id"),
		OutTradeNo:          f.value("out_trade_no"),
		RefundID:            f.value("refund_id"),
		OutRefundNo:         f.value("out_refund_no"),
		TotalFee:            minor(f.value("total_fee")),
		SettlementTotalFee:  minor(f.value("settlement_total_fee")),
		RefundFee:           minor(f.value("refund_fee")),
		SettlementRefundFee: minor(f.value("settlement_refund_fee")),
		Status:              RefundStatus(f.value("refund_status")),
		SucceededAt:         when(timeForm, f.value("success_time")),
		Receiver:            f.value("refund_recv_accout"), // sic
		Account:             f.value("refund_account"),
		Source:              f.value("refund_request_source"),
	}, nil
}

// decryptInfo opens req_info: base64 of AES-256-ECB with PKCS#7 padding; the key
// is the text of MD5 of the API key in small letters (wechatpay-v2 7.2). The mode
// is WeChat Pay's choice and not in the library, for good reason.
func decryptInfo(key Key, info string) ([]byte, error) {
	sum := md5.Sum([]byte(key.reveal()))
	block, err := aes.NewCipher([]byte(hex.EncodeToString(sum[:])))
	if err != nil {
		return nil, err
	}
	text, err := base64.StdEncoding.DecodeString(info)
	if err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, errors.New("req_info is not encrypted as it should be")
	}
	for one := range slices.Chunk(text, aes.BlockSize) {
		block.Decrypt(one, one)
	}
	padding := int(text[len(text)-1])
	if padding < 1 || padding > aes.BlockSize {
		return nil, errors.New("req_info is not encrypted with our key")
	}
	for _, p := range text[len(text)-padding:] {
		if int(p) != padding {
			return nil, errors.New("req_info is not encrypted with our key")
		}
	}
	return text[:len(text)-padding], nil
}

// NotificationTaken is the document that ends a notification, to the letter.
// Anything else, or silence, makes it come again, for a day.
const NotificationTaken = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"
