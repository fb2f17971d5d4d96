package sim

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// settlementRules are the rows of Query Settled Funds (wechatpay-v2.md 6.10).
func settlementRules() []rule {
	return []rule{
		{"usetag", 1, true, oneOf("1", "2")},
		{"offset", 9, true, isDigits},
		{"limit", 9, true, isDigits},
		{"date_start", 14, true, isDay},
		{"date_end", 14, true, isDay},
		{"query_split", 5, false, oneOf("true", "false")},
	}
}

// settled is what one day brought in one currency.
type settled struct {
	day        time.Time
	price      currency
	paid, back int64
}

// settlementquery is Query Settled Funds (wechatpay-v2.md 6.10): one record for
// each day and currency, settled on the next day. The rows' suffix _$n is a
// guess of the documents' readers (12.11). g.mu is held.
func (g *Gateway) settlementquery(x *exchange) message {
	if why := check(x.in, settlementRules()); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	records := g.book.settlements(x)
	offset := min(int(amountOf(x.in, "offset")), len(records))
	records = records[offset:min(offset+int(amountOf(x.in, "limit")), len(records))]
	m := x.yes()
	m["record_num"] = strconv.Itoa(len(records))
	for i, r := range records {
		r.tell(m, "_"+strconv.Itoa(i), x.in["usetag"] == "1")
	}
	return m
}

// settlements are the records of the days that are asked for, oldest first. An
// institution gets its own, whatever sub-merchant it names.
func (b *book) settlements(x *exchange) []settled {
	var all []settled
	add := func(at time.Time, price currency, paid, back int64) {
		day := dayOf(at.In(china()).Format("20060102"))
		if done := !x.at.Before(day.AddDate(0, 0, 1)); done != (x.in["usetag"] == "1") ||
			day.Before(dayOf(x.in["date_start"])) || day.After(dayOf(x.in["date_end"])) {
			return
		}
		i := slices.IndexFunc(all, func(s settled) bool { return s.day.Equal(day) && s.price == price })
		if i < 0 {
			i, all = len(all), append(all, settled{day: day, price: price})
		}
		all[i].paid, all[i].back = all[i].paid+paid, all[i].back+back
	}
	for _, o := range b.orders {
		if o.merchant.MchID != x.merchant.MchID {
			continue
		}
		o.advance(x.at)
		o.moved(x.at, add)
	}
	slices.SortStableFunc(all, func(a, b settled) int { return a.day.Compare(b.day) })
	return all
}

// moved tells of every movement of the order's money, and when it was.
func (o *order) moved(now time.Time, add func(at time.Time, price currency, paid, back int64)) {
	if o.paidAt.IsZero() {
		return
	}
	add(o.paidAt, o.price, o.minor, 0)
	if o.state == Revoked {
		add(o.endedAt, o.price, 0, o.minor)
	}
	for _, r := range o.standing(now) {
		add(r.accepted, o.price, 0, r.minor)
	}
}

// tell writes one record. What was refunded is a negative number, as in the one sample that is known.
func (s settled) tell(m message, suffix string, done bool) {
	write := func(name string, minor int64) { m[name+suffix] = strconv.FormatInt(minor, 10) }
	net := s.paid - s.back
	fee := net * 6 / 1_000
	write("pay_fee", s.paid)
	write("refund_fee", -s.back)
	write("pay_net_fee", net)
	write("poundage_fee", fee)
	write("settlement_fee", 0)
	write("unsettlement_fee", net-fee)
	if done {
		write("settlement_fee", net-fee)
		write("unsettlement_fee", 0)
	}
	m["settlementfee_type"+suffix] = s.price.code
	m["fbatchno"+suffix] = s.day.Format("20060102") + fmt.Sprintf("%04d", fingerprint(s.price.code)%10_000)
	m["date_start"+suffix], m["date_end"+suffix] = s.day.Format("2006-01-02"), s.day.Format("2006-01-02")
	m["date_settlement"+suffix] = s.day.AddDate(0, 0, 1).Format("2006-01-02")
}
