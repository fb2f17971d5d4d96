package sim

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
)

// refusal is a request that is not carried out: a code of the error tables and words for people.
type refusal struct{ code, text string }

// rule is one row of a request table in wechatpay-v2.md 6. Lengths are bytes of UTF-8 (5.5).
type rule struct {
	name string
	max  int
	need bool
	form func(string) bool // nil accepts every text
}

// envelopeRules are the rows that every operation shares (wechatpay-v2.md 5.1),
// as far as it has them. They come before the signature, so a refusal by them cannot be signed.
func (o operation) envelopeRules() []rule {
	identity := []rule{{"appid", 32, true, nil}, {"mch_id", 32, true, nil}}
	switch o.op {
	case onSignKey:
		identity = identity[1:]
	case OnSettlement: // mch_id or mchid: account misses both
		identity = []rule{{"appid", 32, true, nil}, {"mch_id", 32, false, nil}, {"mchid", 32, false, nil}}
	case OnRegister, OnSubMerchant, OnModifyMerchant:
		identity[0].name = "app_id"
	}
	return append(identity,
		rule{"sub_appid", 32, false, nil},
		rule{"sub_mch_id", 32, false, nil},
		rule{"nonce_str", 32, !o.noNonce, nil},
		rule{"sign", 64, true, nil},
		rule{"sign_type", 32, false, nil},
	)
}

// micropayRules are the rows of Submit Quick Pay (wechatpay-v2.md 6.1). Where
// the pages disagree about what is needed and how long it may be, whatever one
// of them allows is taken, because the clients of each are real clients.
func micropayRules() []rule {
	return []rule{
		{"device_info", 32, false, nil},
		{"version", 32, false, exactly("1.0")},
		{"body", 128, true, nil},
		{"detail", 6000, false, nil},
		{"attach", 128, false, nil},
		{"out_trade_no", 32, true, isOrderNo},
		{"total_fee", 12, true, isAmount},
		{"fee_type", 16, false, isCurrency},
		{"spbill_create_ip", 64, true, isAddress},
		{"goods_tag", 32, false, nil},
		{"limit_pay", 32, false, exactly("no_credit")},
		{"auth_code", 128, true, nil},
	}
}

// orderRules name an order in one of two ways; which is checked apart
// (wechatpay-v2.md 6.2 to 6.5).
func orderRules() []rule {
	return []rule{
		{"out_trade_no", 32, false, isOrderNo},
		{"transaction_id", 32, false, nil},
	}
}

// check returns the first rule that a request breaks, or nil.
func check(in message, rules []rule) *refusal {
	for _, r := range rules {
		value := in[r.name]
		switch {
		case value == "" && r.need:
			return &refusal{"LACK_PARAMS", "missing parameter " + r.name}
		case value == "":
		case len(value) > r.max:
			return &refusal{"PARAM_ERROR", r.name + " is longer than " + strconv.Itoa(r.max) + " bytes"}
		case r.form != nil && !r.form(value):
			return &refusal{"PARAM_ERROR", "invalid " + r.name}
		case !narrow(value):
			return &refusal{"PARAM_ERROR", r.name + " has a character of four UTF-8 bytes"}
		}
	}
	return nil
}

// narrow reports that every character has at most three bytes of UTF-8 (wechatpay-v2.md 3).
func narrow(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0xFFFF })
}

// exactly accepts one value.
func exactly(want string) func(string) bool {
	return func(got string) bool { return got == want }
}

// isOrderNo: digits, letters and _ - | * @, of orders and of refunds
// (wechatpay-v2.md 5.3; for orders only some pages have the @).
func isOrderNo(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !letter && (r < '0' || r > '9') && !strings.ContainsRune("_-|*@", r)
	})
}

// isAmount: a whole number of minor units from 1, written in the one usual way.
func isAmount(s string) bool { return isDigits(s) && s[0] != '0' }

// isCurrency: one of the 30 codes (wechatpay-v2.md 5.2).
func isCurrency(s string) bool {
	_, ok := currencyOf(s)
	return ok
}

// isAddress: an IPv4 or IPv6 address (wechatpay-v2.md 5.5).
func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// isAuthCode: 18 digits that begin with 10 to 15 (wechatpay-v2.md 5.4).
func isAuthCode(s string) bool {
	return len(s) == 18 && isDigits(s) && s[0] == '1' && s[1] <= '5'
}

// isDigits: nothing but 0 to 9.
func isDigits(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// itemised checks detail. A request of version 1.0 lists its goods in the
// documented JSON; one without a version is of the older interface, whose detail
// is any text (wechatpay-v2.md 6.1, mainland pages).
func itemised(in message) *refusal {
	if in["version"] == "" || in["detail"] == "" || isDetail(in["detail"]) {
		return nil
	}
	return &refusal{"PARAM_ERROR", "invalid detail"}
}

// isDetail: the JSON of wechatpay-v2.md 6.1 with at least one item. The Global
// page names an item by its goods_name, the mainland's by its goods_id.
func isDetail(s string) bool {
	var detail struct {
		Goods []struct {
			ID       string `json:"goods_id"`
			Name     string `json:"goods_name"`
			Quantity int    `json:"quantity"`
		} `json:"goods_detail"`
	}
	if json.Unmarshal([]byte(s), &detail) != nil || len(detail.Goods) == 0 {
		return false
	}
	for _, g := range detail.Goods {
		if g.ID+g.Name == "" || len(g.Name) > 256 || g.Quantity < 1 || g.Quantity > 9999 {
			return false
		}
	}
	return true
}
