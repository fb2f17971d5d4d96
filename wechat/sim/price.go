package sim

import "strconv"

// paid adds the fields of a paid order, as Submit Quick Pay and Query Order share them.
func (o *order) paid(m, request message) {
	m["out_trade_no"], m["transaction_id"] = o.no, o.transactionID
	o.priced(m)
	m["time_end"] = o.paidAt.In(china()).Format("20060102150405")
	m["trade_type"], m["bank_type"] = o.trade, "OTHERS"
	m["openid"], m["is_subscribe"] = o.openID(), "N"
	if subAppID := request["sub_appid"]; subAppID != "" {
		m["sub_openid"], m["sub_is_subscribe"] = o.subOpenID(subAppID), "N"
	}
	m.set("attach", o.attach)
	if byVoucher, _ := o.discount(); byVoucher > 0 {
		m["coupon_fee"] = strconv.FormatInt(byVoucher, 10)
	}
}

// priced adds what the order cost and what the wallet paid, each in its own
// currency (wechatpay-v2.md 5.2). There is no rate between yuan and yuan:
// libraries that know the mainland alone verify an answer's signature over the
// fields they know, and no rate is among them.
func (o *order) priced(m message) {
	byVoucher, unsettled := o.discount()
	m["total_fee"], m["fee_type"] = strconv.FormatInt(o.minor, 10), o.price.code
	m["cash_fee"] = strconv.FormatUint(o.price.convert(o.minor-byVoucher, o.wallet), 10)
	m["cash_fee_type"] = o.wallet.code
	if o.price != o.wallet {
		m["rate"] = strconv.FormatUint(o.price.rateTo(o.wallet), 10)
	}
	if byVoucher > 0 {
		m["settlement_total_fee"] = strconv.FormatInt(o.minor-unsettled, 10)
	}
}

// discount sums the vouchers: all of them, and those that are not settled to the merchant.
func (o *order) discount() (all, unsettled int64) {
	for _, v := range o.story.vouchers {
		all += v.minor
		if v.kind == free {
			unsettled += v.minor
		}
	}
	return all, unsettled
}

// voucherID is coupon_id_$n.
func (o *order) voucherID(n int) string {
	return strconv.FormatUint(fingerprint(o.no, strconv.Itoa(n))%10_000_000_000, 10)
}

// openID is the customer under the merchant's appid.
func (o *order) openID() string {
	if o.knownAs != "" {
		return o.knownAs
	}
	return openID(o.merchant.AppID, o.payer)
}

// subOpenID is the customer under the sub-merchant's appid.
func (o *order) subOpenID(subAppID string) string {
	if o.subKnownAs != "" {
		return o.subKnownAs
	}
	return openID(subAppID, o.payer)
}
