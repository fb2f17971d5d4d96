package wechat

import "strconv"

// Values of return_code and result_code (String(16)).
const (
	success = "SUCCESS"
	fail    = "FAIL"
)

// Envelope is layers 1 and 2 of an answer, which all operations share.
type Envelope struct {
	Reply // as received

	// ReturnCode (return_code, required) is layer 1: whether the message
	// arrived and was understood. Not whether anything was paid.
	ReturnCode string

	// ReturnMsg (return_msg, String(128), optional) is "OK" or a reason.
	ReturnMsg string

	// AppID (appid), MchID (mch_id), SubAppID (sub_appid) and SubMchID
	// (sub_mch_id) repeat the identity of the request; the sub ones in institution mode only.
	AppID, MchID, SubAppID, SubMchID string

	// ResultCode (result_code, required when ReturnCode is SUCCESS) is layer 2.
	// FAIL is not a failure yet: see judge.go.
	ResultCode string

	// ErrCode (err_code, String(32), with FAIL) is an open vocabulary.
	ErrCode ErrCode

	// ErrCodeDes (err_code_des, String(128), with FAIL) is for people.
	ErrCodeDes string
}

func newEnvelope(r Reply) Envelope {
	f := r.fields
	return Envelope{
		Reply:      r,
		ReturnCode: f.value("return_code"),
		ReturnMsg:  f.value("return_msg"),
		AppID:      f.value("appid"),
		MchID:      f.value("mch_id"),
		SubAppID:   f.value("sub_appid"),
		SubMchID:   f.value("sub_mch_id"),
		ResultCode: f.value("result_code"),
		ErrCode:    ErrCode(f.value("err_code")),
		ErrCodeDes: f.value("err_code_des"),
	}
}

// Payment is layer 3 of Quick Pay and Query Order: what was paid. The amounts
// are integers in the smallest unit of their own currency, -1 when absent or no
// integer; never add CashFee to TotalFee, they differ in currency.
type Payment struct {
	// OutTradeNo (out_trade_no, String(32)) is our order number.
	OutTradeNo string

	// TransactionID (transaction_id, String(32)) is WeChat Pay's number.
	TransactionID string

	// TotalFee (total_fee, Int) and FeeType (fee_type, String(16), may be
	// absent) are the price as we sent it.
	TotalFee int64
	FeeType  string

	// CashFee (cash_fee, Int) and CashFeeType (cash_fee_type, String(16)) are
	// what the customer's wallet paid: CNY for a mainland wallet, HKD for a Hong Kong one.
	CashFee     int64
	CashFeeType string

	// Rate (rate, String(16)) is price currency to payment currency times 10^8.
	Rate string

	// TradeType (trade_type, String(16)) is MICROPAY for Quick Pay.
	TradeType string

	// BankType (bank_type, String(32)) is a code of the paying bank, open.
	BankType string

	// OpenID (openid, String(128)) is the customer, here only as a keyed hash.
	OpenID string

	// Attach (attach, String(127)) is the reference that we sent.
	Attach string

	// TimeEnd (time_end, String(14)) is when it was paid, yyyyMMddHHmmss in GMT+8.
	TimeEnd string
}

func newPayment(f fields) Payment {
	return Payment{
		OutTradeNo:    f.value("out_trade_no"),
		TransactionID: f.value("transaction_id"),
		TotalFee:      minor(f.value("total_fee")),
		FeeType:       f.value("fee_type"),
		CashFee:       minor(f.value("cash_fee")),
		CashFeeType:   f.value("cash_fee_type"),
		Rate:          f.value("rate"),
		TradeType:     f.value("trade_type"),
		BankType:      f.value("bank_type"),
		OpenID:        f.value("openid"),
		Attach:        f.value("attach"),
		TimeEnd:       f.value("time_end"),
	}
}

// minor reads an amount: digits and nothing else, or -1.
func minor(text string) int64 {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return -1
	}
	return int64(n)
}
