package wechat

import (
	"context"
	"strconv"
	"time"
)

// SettlementQueryRequest is Query Settled Funds (POST /pay/settlementquery). It
// has no sign_type, and is signed with MD5. In institution mode the answer is the
// institution's, whatever the sub-merchant.
type SettlementQueryRequest struct {
	// Outstanding (usetag, Int, required) asks for what is not settled yet (2) and
	// not for what is (1).
	Outstanding bool

	// Offset (offset, Int, required) is the first record wanted, Limit (limit, Int,
	// required) how many at most; 10 when 0, which is the best.
	Offset, Limit int

	// From (date_start) and To (date_end), yyyyMMdd, required: days in GMT+8; only
	// year, month and day count.
	From, To time.Time
}

func (q SettlementQueryRequest) params(m merchant) params {
	tag, limit := "1", q.Limit
	if q.Outstanding {
		tag = "2"
	}
	if limit == 0 {
		limit = 10
	}
	all := params{
		need("date_start", day(q.From), 8),
		need("date_end", day(q.To), 8),
		need("offset", strconv.Itoa(q.Offset), 9),
		need("limit", strconv.Itoa(limit), 9),
		need("appid", m.appID, 32),
		need("mch_id", m.mchID, 32), // one page has mchid
		may("sub_mch_id", m.subMchID, 32),
		need("usetag", tag, 1),
		need("nonce_str", nonce(), 32),
	}
	switch {
	case q.To.Before(q.From):
		all[1].wrong = invalid("give the earlier day first", "date_end is before date_start")
	case q.Offset < 0:
		all[2].wrong = invalid("count from 0", "offset %d is negative", q.Offset)
	case limit < 1 || limit > maxRows:
		all[3].wrong = invalid("ask for 10", "limit %d is out of range", q.Limit)
	}
	return all
}

// SettlementQueryResponse is the answer to Query Settled Funds.
type SettlementQueryResponse struct {
	Envelope

	// Records are as many as the answer counts (record_num, Int).
	Records []Settlement
}

// Settlement is one record. Amounts are integers in the smallest unit of their
// currency, -1 when absent or no integer. Whether the fields of a record end in
// _$n is not documented: both are read, the bare names for the first record alone.
type Settlement struct {
	BatchNo   string    // fbatchno
	SettledOn time.Time // date_settlement, yyyyMMdd in GMT+8
	From, To  time.Time // date_start, date_end: of the trades

	Settled, Unsettled int64  // settlement_fee, unsettlement_fee
	Currency           string // settlementfee_type

	Paid, Refunded, Net, Charge int64 // pay_fee, refund_fee, pay_net_fee, poundage_fee
	SplitSettled, SplitOpen     int64 // split_settlement_fee, split_unsettlement_fee
}

// settlement reads record n.
func settlement(f fields, n int) Settlement {
	value := func(name string) string {
		if v := f.value(name + "_" + strconv.Itoa(n)); v != "" || n > 0 {
			return v
		}
		return f.value(name)
	}
	return Settlement{
		BatchNo:      value("fbatchno"),
		SettledOn:    when(dayForm, value("date_settlement")),
		From:         when(dayForm, value("date_start")),
		To:           when(dayForm, value("date_end")),
		Settled:      minor(value("settlement_fee")),
		Unsettled:    minor(value("unsettlement_fee")),
		Currency:     value("settlementfee_type"),
		Paid:         minor(value("pay_fee")),
		Refunded:     minor(value("refund_fee")),
		Net:          minor(value("pay_net_fee")),
		Charge:       minor(value("poundage_fee")),
		SplitSettled: minor(value("split_settlement_fee")),
		SplitOpen:    minor(value("split_unsettlement_fee")),
	}
}

// SettlementQuery asks what was paid out, or will be. It may be repeated. The
// error is an *Error; without one the answer is signed and ours, and ResultCode
// says how it went.
func (c *Client) SettlementQuery(ctx context.Context, q SettlementQueryRequest) (SettlementQueryResponse, error) {
	reply, err := c.signedMD5(ctx, QuerySettledFunds, c.url(QuerySettledFunds), q.params(c.merchant))
	r := SettlementQueryResponse{Envelope: newEnvelope(reply)}
	for n := range rows(reply.fields.value("record_num")) {
		r.Records = append(r.Records, settlement(reply.fields, n))
	}
	return r, c.ours(QuerySettledFunds, r.Envelope, err)
}
