package sim

import (
	"maps"
	"strings"
	"testing"
)

// pairs reads "a=1&b=2"; a part without its own name belongs to the value before it.
func pairs(plain string) message {
	m := message{}
	var last string
	for part := range strings.SplitSeq(plain, "&") {
		name, value, found := strings.Cut(part, "=")
		if !found || strings.Contains(name, " ") {
			m[last] += "&" + part
			continue
		}
		m[name], last = value, name
	}
	return m
}

// TestSignature holds the signer against wechatpay-v2.md 4.2 and 4.3. The first
// vector and the Mini Program's are official.
func TestSignature(t *testing.T) {
	const key = "192006250b4c09247ec02edce69f6a2d"
	for name, v := range map[string]struct{ key, plain, md5, hmac string }{
		"official":     {key, "appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA", "9A0A8659F005D6984697E2CA0A9CF3B7", "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"},
		"sign type":    {key, "appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&sign_type=HMAC-SHA256", "", "2C9DF1156522C0B2B03B4DBF3BCA5CACB602CBD5CA0F9E112458CF3E9855303B"},
		"mini program": {"qazwsxedcrfvtgbyhnujmikolp111111", "appId=wxd678efh567hg6787&nonceStr=5K8264ILTKCH16CQ2502SI8ZNMTM67VS&package=prepay_id=wx2017033010242291fcfe0db70013231072&signType=MD5&timeStamp=1490840662", "22D9B4E54AB1950F51E0649E8810ACD6", ""},
		"specials":     {key, "appid=wxd930ea5d5a258f4f&attach=&body=Café & 茶 <1>&fee_type=USD&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&total_fee=1750", "8381B16337CA2D90C98084364D5CC3F9", "CB070A4526EB2792281E0B054DB92F2059CE0D4FB9EEF2E3A475E21ADF254F6D"},
		"F1":           {key, `appid=wxd930ea5d5a258f4f&auth_code=130000000000000001&body=Counter 1-Coffee&detail={"goods_detail":[{"goods_name":"Coffee","quantity":1}]}&fee_type=USD&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&out_trade_no=C120250218093000001&sign_type=HMAC-SHA256&spbill_create_ip=203.0.113.7&total_fee=1750&version=1.0`, "AC5DE8692D23AC038CFC6488CED20E73", "4CB094393545B6510E5195E911DB26DC377E5F375119FF0676F3068CD7129424"},
		"F2":           {key, `appid=wxd930ea5d5a258f4f&auth_code=130000000000000001&body=Counter 1-Coffee&detail={"goods_detail":[{"goods_name":"Coffee","quantity":1}]}&fee_type=USD&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&out_trade_no=C120250218093000001&sign_type=HMAC-SHA256&spbill_create_ip=203.0.113.7&sub_mch_id=10000200&total_fee=1750&version=1.0`, "6415EC60E1D4FC0CCF4EBCFA641ACC1F", "E3069471E4563F89816D60F72E9EEF25FAF6D45DC4CE39890E064247ED113C50"},
		"F3":           {key, "appid=wxd930ea5d5a258f4f&bank_type=CMB_CREDIT&cash_fee=11375&cash_fee_type=CNY&fee_type=USD&is_subscribe=N&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&openid=oUpF8uN95-Ptaags6E_roPHg7AG0&out_trade_no=C120250218093000001&rate=650000000&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK&time_end=20250218093004&total_fee=1750&trade_type=MICROPAY&transaction_id=4200000215201811190261405420", "6AB6F9D82262DD7042FB81CCBEE05BB9", "1B50A8B38C20255AF67E24AE3B2A95392876BA827C044D41F1EB18CC9662CFB3"},
		"F4":           {key, "appid=wxd930ea5d5a258f4f&err_code=USERPAYING&err_code_des=Payment in progress&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&result_code=FAIL&return_code=SUCCESS&return_msg=OK", "BCA73E9AA7AEBC8545918C260A724B6F", "08BDF8E3BE7ACC0115ECF638EC13D8229ACB2DE4B0111EB512F4F34B4AF05010"},
		"F5":           {key, "appid=wxd930ea5d5a258f4f&bank_type=CMB_CREDIT&cash_fee=11375&cash_fee_type=CNY&fee_type=USD&is_subscribe=N&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&openid=oUpF8uN95-Ptaags6E_roPHg7AG0&out_trade_no=C120250218093000001&rate=650000000&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK&time_end=20250218093004&total_fee=1750&trade_state=SUCCESS&trade_state_desc=Paid&trade_type=MICROPAY&transaction_id=4200000215201811190261405420", "26F4995807B1664C41A059341C96AC80", "FFEBC9D77FEF047D2C6658F4CB105928F919EBDC5A303E3B3FAB46C0053C70BB"},
		"F6":           {key, "appid=wxd930ea5d5a258f4f&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&out_trade_no=C120250218093000001&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK&trade_state=NOTPAY&trade_state_desc=Not paid", "0BF78F86B023771F3E5D109BEC014B55", "06B17B47DB0C39F99945229DC11EB87007CD3EF8C0258CEC117724D103398082"},
		"F7":           {key, "appid=wxd930ea5d5a258f4f&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&out_trade_no=C120250218093000001&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK&trade_state=REVOKED&trade_state_desc=Revoked", "A26E9DF90A32A774C5D8AB0796A4DADD", "78BF1EC27D68207A5ACF8E2B296CEBBB2434B253626ED1212529C687CD761481"},
		"F8":           {key, "appid=wxd930ea5d5a258f4f&err_code=ORDERNOTEXIST&err_code_des=Order does not exist&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&result_code=FAIL&return_code=SUCCESS&return_msg=OK", "95ED6C01997F4F860C8F973DA2BB90D0", "BF846E687F30DBBBAD3B0D147D5B3E8468DA2538FFF08B134F72F00A92E3CDB5"},
		"F9":           {key, "appid=wxd930ea5d5a258f4f&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&recall=N&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK", "DEEE72C5766231B25F9C5F59CC654A4B", "0A9BC5E4000D6BE4F2DC5B56EE6C45411F0F313D10B35263FD01928C91CA41DD"},
		"F10":          {key, "appid=wxd930ea5d5a258f4f&err_code=SYSTEMERROR&err_code_des=System error&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&recall=Y&result_code=FAIL&return_code=SUCCESS&return_msg=OK", "54BF04649C4BF8F594685DB100802CCC", "53788E067A4AB53072B39B9BB2CFDAB5C1627ABC950BB37369BEF5514E0BE1C2"},
	} {
		m := pairs(v.plain)
		m["sign"] = "never part of itself"
		if got := m.signature(signMD5, v.key); v.md5 != "" && got != v.md5 {
			t.Errorf("%s: MD5 %s, want %s", name, got, v.md5)
		}
		if got := m.signature(signHMAC, v.key); v.hmac != "" && got != v.hmac {
			t.Errorf("%s: HMAC-SHA256 %s, want %s", name, got, v.hmac)
		}
		if back, err := parse(m.xml()); err != nil || !maps.Equal(back, m) {
			t.Errorf("%s: not the same after writing and reading: %v %v", name, back, err)
		}
	}
}

// TestGoldenRequests sends F1 and F2 as they stand: the gateway takes them, in
// either algorithm, and answers with the same one.
func TestGoldenRequests(t *testing.T) {
	institution := shop
	institution.SubMchID = "10000200"
	f1 := `<xml><appid>wxd930ea5d5a258f4f</appid><auth_code>130000000000000001</auth_code><body>Counter 1-Coffee</body>` +
		`<detail><![CDATA[{"goods_detail":[{"goods_name":"Coffee","quantity":1}]}]]></detail><fee_type>USD</fee_type>` +
		`<mch_id>10000100</mch_id><nonce_str>ibuaiVcKdpRxkhJA</nonce_str><out_trade_no>C120250218093000001</out_trade_no>` +
		`<sign_type>HMAC-SHA256</sign_type><spbill_create_ip>203.0.113.7</spbill_create_ip>` +
		`<total_fee>1750</total_fee><version>1.0</version>`
	for name, c := range map[string]struct {
		merchant Merchant
		doc      string
	}{
		"F1": {shop, f1 + `<sign>4CB094393545B6510E5195E911DB26DC377E5F375119FF0676F3068CD7129424</sign></xml>`},
		"F2": {institution, f1 + `<sub_mch_id>10000200</sub_mch_id><sign>E3069471E4563F89816D60F72E9EEF25FAF6D45DC4CE39890E064247ED113C50</sign></xml>`},
	} {
		got := newTill(t, Config{Merchants: []Merchant{c.merchant}}).post("/pay/micropay", c.doc)
		if got.says != "paid 1750" || got.message["sub_mch_id"] != c.merchant.SubMchID {
			t.Errorf("%s: %s %v", name, got.says, got.message)
		}
		if got.message["cash_fee"] != "11375" || got.message["rate"] != "650000000" || got.message["cash_fee_type"] != "CNY" {
			t.Errorf("%s: the wallet paid %v", name, got.message) // as in F3
		}
	}
}
