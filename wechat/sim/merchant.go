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

// merchantFor finds the account a request names. Without one the refusal says
// which part of the identity is wrong, in the words of the error tables.
func merchantFor(known []Merchant, in message) (*Merchant, *refusal) {
	var mchID, appID, both bool
	for i := range known {
		m := &known[i]
		hasMch, hasApp := m.MchID == in["mch_id"], m.AppID == in["appid"]
		if hasMch && hasApp && m.serves(in) {
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
	return nil, &refusal{"MCHID_NOT_EXIST", "sub_mch_id or sub_appid does not belong to mch_id"}
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
