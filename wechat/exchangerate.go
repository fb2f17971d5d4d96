package wechat

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ExchangeRateRequest is Query Exchange Rate (POST /pay/queryexchagerate, sic).
// It has neither nonce_str nor sign_type, and is signed with MD5.
type ExchangeRateRequest struct {
	// FeeType (fee_type, String(10), required) is the currency, ISO 4217.
	FeeType string

	// Day (date, String(14) as yyyyMMdd, required) is the day in GMT+8; only its
	// year, month and day count.
	Day time.Time
}

// ExchangeRateResponse is the answer to Query Exchange Rate. The rate is to look
// at: no sale is ever converted with it. The pages disagree about its unit; see
// Plausible.
type ExchangeRateResponse struct {
	Envelope // without a ResultCode

	FeeType  string    // fee_type
	RateTime time.Time // rate_time, yyyyMMdd in GMT+8; zero when absent
	Rate     int64     // rate: CNY for one unit of FeeType times 10^8; -1 when absent or no integer
}

// Plausible reports whether the rate agrees, to a tenth, with that of a real
// order in the same currency (Payment.Rate). An older page has CNY for 100 units
// with four decimals, so that a rate is not shown before it was compared once.
func (r ExchangeRateResponse) Plausible(orderRate string) bool {
	order := minor(orderRate)
	return order > 0 && r.Rate/10*9 <= order && order <= r.Rate/10*11
}

// ExchangeRate asks for the rate of a day, which is made at 10:00 GMT+8. It may
// be repeated. The error is an *Error; without one the answer is signed, and
// about our merchant and the currency that was asked for.
func (c *Client) ExchangeRate(ctx context.Context, q ExchangeRateRequest) (ExchangeRateResponse, error) {
	reply, err := c.signedMD5(ctx, QueryExchangeRate, c.url(QueryExchangeRate), params{
		need("appid", c.config.AppID, 32),
		need("mch_id", c.config.MchID, 32),
		may("sub_mch_id", c.config.SubMchID, 32),
		need("fee_type", q.FeeType, 10).currency(),
		need("date", day(q.Day), 14),
	})
	r := ExchangeRateResponse{
		Envelope: newEnvelope(reply),
		FeeType:  reply.fields.value("fee_type"),
		RateTime: when(dayForm, reply.fields.value("rate_time")),
		Rate:     minor(reply.fields.value("rate")),
	}
	if err == nil && r.ResultCode != fail && r.FeeType != q.FeeType {
		err = &Error{Op: QueryExchangeRate, Rule: NotOurs, Err: fmt.Errorf("the answer is about the currency %q", r.FeeType)}
	}
	return r, c.ours(QueryExchangeRate, r.Envelope, err)
}

// ours adds E9 to a call that nothing else judges.
func (c *Client) ours(op Operation, e Envelope, err error) error {
	if err == nil && c.merchant.foreign(e) {
		return foreignAnswer(op)
	}
	return err
}

func foreignAnswer(op Operation) error {
	return &Error{Op: op, Rule: NotOurs, Err: errors.New("the answer is about another merchant")}
}
