package sim

// Merchant is one account that the gateway knows. A non-empty SubMchID makes it
// an institution's account (wechatpay-v2.md 5.1): then every request must name
// that sub-merchant. An institution with several sub-merchants is listed once for each.
type Merchant struct {
	AppID    string // appid, String(32)
	MchID    string // mch_id, String(32)
	Key      string // the API key, 32 characters; the institution's own in institution mode
	SubMchID string // sub_mch_id, String(32); empty in common mode
	SubAppID string // sub_appid, String(32); the only one accepted beside an absent one
}

// serves reports whether the request's sub-merchant fields fit the account.
func (m Merchant) serves(in message) bool {
	subAppID := in["sub_appid"]
	return in["sub_mch_id"] == m.SubMchID && (subAppID == "" || subAppID == m.SubAppID)
}

// merchantFor finds the account a request names, for operations on orders.
func merchantFor(known []Merchant, in message) (*Merchant, *refusal) {
	return account(known, in["appid"], in["mch_id"], Merchant.serves, in)
}

// holderFor finds the account a request names, for operations on a whole
// account: there an institution may leave the sub-merchant out
// (wechatpay-v2.md 6.8 to 6.10, 6.14). One table calls mch_id mchid (12.11).
func holderFor(known []Merchant, in message) (*Merchant, *refusal) {
	fits := func(m Merchant, in message) bool { return in["sub_mch_id"] == "" || m.serves(in) }
	return account(known, in["appid"], mchIDOf(in), fits, in)
}

// mchIDOf is mch_id under either name.
func mchIDOf(in message) string {
	if id := in["mch_id"]; id != "" {
		return id
	}
	return in["mchid"]
}

// institutionFor finds an institution for the operations on its sub-merchants,
// which spell app_id so and mean a sub-merchant by sub_mch_id that no account
// of the gateway has to be (wechatpay-v2.md 6.15).
func institutionFor(known []Merchant, in message) (*Merchant, *refusal) {
	fits := func(m Merchant, _ message) bool { return m.SubMchID != "" }
	return account(known, in["app_id"], in["mch_id"], fits, in)
}

// account finds the first account with this appid and mch_id that fits the rest
// of the request. Without one the refusal says which part of the identity is
// wrong, in the words of the error tables.
func account(known []Merchant, id, mch string, fits func(Merchant, message) bool, in message) (*Merchant, *refusal) {
	var mchID, appID, both bool
	for i := range known {
		m := &known[i]
		hasMch, hasApp := m.MchID == mch, m.AppID == id
		if hasMch && hasApp && fits(*m, in) {
			return m, nil
		}
		mchID, appID, both = mchID || hasMch, appID || hasApp, both || hasMch && hasApp
	}
	switch {
	case !mchID:
		return nil, &refusal{"MCHID_NOT_EXIST", "mch_id does not exist"}
	case !appID:
		return nil, &refusal{"APPID_NOT_EXIST", "appid does not exist"}
	case !both:
		return nil, &refusal{"APPID_MCHID_NOT_MATCH", "appid and mch_id do not match"}
	}
	return nil, &refusal{"MCHID_NOT_EXIST", "no sub-merchant of mch_id, or not the one that is named"}
}

// keyHolder finds the account by mch_id alone, as getsignkey names no appid.
func keyHolder(known []Merchant, in message) (*Merchant, *refusal) {
	for i := range known {
		if known[i].MchID == in["mch_id"] {
			return &known[i], nil
		}
	}
	return nil, &refusal{"MCHID_NOT_EXIST", "mch_id does not exist"}
}
