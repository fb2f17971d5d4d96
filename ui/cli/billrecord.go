package cli

import (
	"time"

	"cashier/pos"
	"cashier/wechat"
)

// billRecord is one row of a bill in --json. Its names are a contract; amounts
// are in the smallest unit of currency, 0 where the bill has none, times in GMT+8.
type billRecord struct {
	Line          int              `json:"line"`
	Time          string           `json:"time"`
	State         wechat.BillState `json:"state"`
	OrderNo       string           `json:"order_no"`
	TransactionID string           `json:"transaction_id"`
	Currency      pos.Currency     `json:"currency"`

	TotalMinor  int64 `json:"total_minor"` // settled: without coupons that need no funding
	CouponMinor int64 `json:"coupon_minor"`
	OrderMinor  int64 `json:"order_minor"` // the price; newer bills only

	RefundNo          string `json:"refund_no"`
	RefundID          string `json:"refund_id"`
	RefundMinor       int64  `json:"refund_minor"`
	CouponRefundMinor int64  `json:"coupon_refund_minor"`
	RefundAskedMinor  int64  `json:"refund_asked_minor"` // newer bills only
	RefundType        string `json:"refund_type"`
	RefundStatus      string `json:"refund_status"`
	RefundedAt        string `json:"refunded_at"`
	RefundDoneAt      string `json:"refund_done_at"`

	Fee  string `json:"fee"`  // WeChat Pay's charge, a decimal number
	Rate string `json:"rate"` // of the charge, a percentage

	AppID     string           `json:"appid"`
	MchID     string           `json:"mch_id"`
	SubMchID  string           `json:"sub_mch_id"`
	Till      string           `json:"till"` // device_info
	TradeType wechat.TradeType `json:"trade_type"`
	BankType  string           `json:"bank_type"`
	Goods     string           `json:"goods"`
	Ref       string           `json:"ref"` // attach

	Trouble string `json:"trouble"` // why somebody has to look at the line; empty: it reads well
}

func newBillRecord(r wechat.BillRow) billRecord {
	return billRecord{
		Line: r.Line, Time: chinaStamp(r.Time), State: r.State, OrderNo: r.OutTradeNo, TransactionID: r.TransactionID, Currency: r.Currency,
		TotalMinor: r.Total, CouponMinor: r.Coupon, OrderMinor: r.Order,
		RefundNo: r.OutRefundNo, RefundID: r.RefundID, RefundMinor: r.Refund, CouponRefundMinor: r.CouponRefund,
		RefundAskedMinor: r.RefundAsked, RefundType: r.RefundType, RefundStatus: r.RefundStatus,
		RefundedAt: chinaStamp(r.RefundedAt), RefundDoneAt: chinaStamp(r.RefundDoneAt), Fee: r.Fee, Rate: r.Rate,
		AppID: r.AppID, MchID: r.MchID, SubMchID: r.SubMchID, Till: r.DeviceInfo, TradeType: r.TradeType, BankType: r.BankType,
		Goods: r.Goods, Ref: r.Attach, Trouble: r.Trouble,
	}
}

// chinaStamp writes a time of WeChat Pay's, "" for none.
func chinaStamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(china).Format(time.RFC3339)
}
