package wechat

import "strings"

// ErrCode is the business error of an answer (err_code, String(32)). The
// vocabulary is WeChat Pay's and stays open: an unknown code is kept as
// received and means doubt. None of them proves that nothing was taken (API
// Rules, "Correct request result", rule 2).
type ErrCode string

// Codes that leave the payment open.
const (
	SystemError ErrCode = "SYSTEMERROR" // WeChat Pay timed out or failed inside
	BankError   ErrCode = "BANKERROR"   // the bank failed or timed out
	UserPaying  ErrCode = "USERPAYING"  // the customer has to enter the password
)

// Codes of the decline set (Q8): the customer's code, card or account.
const (
	AuthCodeExpire  ErrCode = "AUTHCODEEXPIRE"    // the code is older than a minute
	AuthCodeError   ErrCode = "AUTH_CODE_ERROR"   // wrong, or used before
	AuthCodeInvalid ErrCode = "AUTH_CODE_INVALID" // not a payment code
	NotEnough       ErrCode = "NOTENOUGH"         // not enough balance
	NotSupportCard  ErrCode = "NOTSUPORTCARD"     // sic; the kind of card
	BuyerMismatch   ErrCode = "BUYER_MISMATCH"    // another payer than before
	TradeError      ErrCode = "TRADE_ERROR"       // refused by account or risk rules
)

// Codes of the set-up set (Q9): our configuration or our program.
const (
	NoAuth             ErrCode = "NOAUTH" // the merchant lacks this permission
	ParamError         ErrCode = "PARAM_ERROR"
	LackParams         ErrCode = "LACK_PARAMS"
	InvalidRequest     ErrCode = "INVALID_REQUEST" // not allowed in this state; on Revoke also: too frequent
	AppIDNotExist      ErrCode = "APPID_NOT_EXIST"
	MchIDNotExist      ErrCode = "MCHID_NOT_EXIST"
	AppIDMchIDNotMatch ErrCode = "APPID_MCHID_NOT_MATCH"
	SignError          ErrCode = "SIGNERROR"
	XMLFormatError     ErrCode = "XML_FORMAT_ERROR"
	RequirePostMethod  ErrCode = "REQUIRE_POST_METHOD"
	NotUTF8            ErrCode = "NOT_UTF8"
)

// Codes about the order itself.
const (
	OrderPaid            ErrCode = "ORDERPAID"     // this number is paid already
	OrderClosed          ErrCode = "ORDERCLOSED"   // this number is closed
	OrderReversed        ErrCode = "ORDERREVERSED" // this number was revoked
	OutTradeNoUsed       ErrCode = "OUT_TRADE_NO_USED"
	OrderNotExist        ErrCode = "ORDERNOTEXIST"         // Query Order: not known, or not yet
	InvalidTransactionID ErrCode = "INVALID_TRANSACTIONID" // Revoke: the number is not valid
	ReverseExpire        ErrCode = "REVERSE_EXPIRE"        // Revoke: more than 7 days ago
)

// Codes of refunds.
const (
	RefundNotExist       ErrCode = "REFUNDNOTEXIST"        // nothing is known under that number
	BizErrNeedRetry      ErrCode = "BIZERR_NEED_RETRY"     // busy
	InvalidReqTooMuch    ErrCode = "INVALID_REQ_TOO_MUCH"  // too many requests that fail
	FrequencyLimited     ErrCode = "FREQUENCY_LIMITED"     // too many requests, or an old order
	TradeOverdue         ErrCode = "TRADE_OVERDUE"         // paid more than a year ago
	UserAccountAbnormal  ErrCode = "USER_ACCOUNT_ABNORMAL" // the customer's account is closed or frozen
	RefundBusinessError  ErrCode = "ERROR"                 // what it is stands in err_code_des
	CertificateError     ErrCode = "CERT_ERROR"            // our client certificate
	PostDataEmpty        ErrCode = "POST_DATA_EMPTY"       // Unified Order: our program
	TradeStateNotAllowed ErrCode = "TRADE_STATE_ERROR"     // Close Order: not in this state
)

// declines reports whether c belongs to the decline set (Q8).
func (c ErrCode) declines() bool {
	switch c {
	case AuthCodeExpire, AuthCodeError, AuthCodeInvalid, NotEnough, NotSupportCard, BuyerMismatch, TradeError:
		return true
	}
	return false
}

// blamesSetUp reports whether c belongs to the set-up set (Q9).
func (c ErrCode) blamesSetUp() bool {
	switch c {
	case NoAuth, ParamError, LackParams, InvalidRequest, AppIDNotExist, MchIDNotExist, AppIDMchIDNotMatch,
		SignError, XMLFormatError, RequirePostMethod, NotUTF8:
		return true
	}
	return false
}

// setUpWords are found in the return_msg of a return_code FAIL that is about our
// signature, format, parameters, merchant or certificate (E7). The texts are not
// documented, so this looks for stems in both languages; it raises a flag for a
// person and concludes nothing.
var setUpWords = []string{
	"sign", "签名", "cert", "证书", "xml", "format", "格式", "param", "参数", "lack", "缺少",
	"mch_id", "mchid", "merchant", "商户", "appid", "utf", "编码", "post", "权限",
}

// messageBlamesSetUp reports whether a return_msg names our set-up.
func messageBlamesSetUp(msg string) bool {
	msg = strings.ToLower(msg)
	for _, word := range setUpWords {
		if strings.Contains(msg, word) {
			return true
		}
	}
	return false
}
