package sim

import (
	"strconv"
	"time"
)

// rateFrom is the time of day, in GMT+8, from which a day has its rate (wechatpay-v2.md 6.9).
const rateFrom = 10 * time.Hour

// exchangerate is Query Exchange Rate (wechatpay-v2.md 6.9), with the rate
// times 10^8 as the Global page has it. g.mu is held.
func (g *Gateway) exchangerate(x *exchange) message {
	rules := []rule{{"fee_type", 10, true, isCurrency}, {"date", 14, true, isDay}}
	if why := check(x.in, rules); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	day := dayOf(x.in["date"])
	if day.After(x.at) {
		return x.no("PARAM_ERROR", "there is no rate for a day to come")
	}
	if x.at.Before(day.Add(rateFrom)) { // today's is not there yet
		day = day.AddDate(0, 0, -1)
	}
	price, _ := currencyOf(x.in["fee_type"])
	m := x.yes()
	m["fee_type"], m["rate_time"] = price.code, day.Format("20060102")
	m["rate"] = strconv.FormatUint(price.rateTo(yuan()), 10)
	return m
}

// isDay: yyyyMMdd.
func isDay(s string) bool { return !dayOf(s).IsZero() }
