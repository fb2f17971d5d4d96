package wechat

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// vectors are wechatpay-v2 4.2 and 4.3: the string before the key, MD5, HMAC-SHA256.
var vectors = []struct{ name, text, md5, hmac string }{
	{"the official example", `appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA`,
		"9A0A8659F005D6984697E2CA0A9CF3B7", "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"},
	{"with sign_type", `appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&sign_type=HMAC-SHA256`,
		"", "2C9DF1156522C0B2B03B4DBF3BCA5CACB602CBD5CA0F9E112458CF3E9855303B"},
	{"special characters", `appid=wxd930ea5d5a258f4f&attach=&body=Café & 茶 <1>&fee_type=USD&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&total_fee=1750`,
		"8381B16337CA2D90C98084364D5CC3F9", "CB070A4526EB2792281E0B054DB92F2059CE0D4FB9EEF2E3A475E21ADF254F6D"},
	{"JSAPI with HMAC", `appId=wx8888888888888888&nonceStr=5K8264ILTKCH16CQ2502SI8ZNMTM67VS&package=prepay_id=wx201410272009395522657a690389285100&signType=HMAC-SHA256&timeStamp=1414561699`,
		"", "D2412456FD36C0D07E3B63BA8DB9047BDD94A7B603F80231BCD4B4FDA254A5C3"},
	{"JSAPI", `appId=wx8888888888888888&nonceStr=5K8264ILTKCH16CQ2502SI8ZNMTM67VS&package=prepay_id=wx201410272009395522657a690389285100&signType=MD5&timeStamp=1414561699`,
		"C65DBAE5857F710BAA484800E0C26DA7", ""},
	{"App", `appid=wx8888888888888888&noncestr=5K8264ILTKCH16CQ2502SI8ZNMTM67VS&package=Sign=WXPay&partnerid=1900000109&prepayid=wx201410272009395522657a690389285100&timestamp=1414561699`,
		"BB73F0F846BA577217D18C12F84665A1", "94F9FEB7701927A13E58F3E910646F7DBD884A3ACB534BE51FCE232F4D283253"},
	{"F1 micropay request, common mode", `appid=wxd930ea5d5a258f4f&auth_code=130000000000000001&body=Counter 1-Coffee&detail={"goods_detail":[{"goods_name":"Coffee","quantity":1}]}&fee_type=USD&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&out_trade_no=C120250218093000001&sign_type=HMAC-SHA256&spbill_create_ip=203.0.113.7&total_fee=1750&version=1.0`,
		"AC5DE8692D23AC038CFC6488CED20E73", "4CB094393545B6510E5195E911DB26DC377E5F375119FF0676F3068CD7129424"},
	{"F2 micropay request, institution mode", `appid=wxd930ea5d5a258f4f&auth_code=130000000000000001&body=Counter 1-Coffee&detail={"goods_detail":[{"goods_name":"Coffee","quantity":1}]}&fee_type=USD&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&out_trade_no=C120250218093000001&sign_type=HMAC-SHA256&spbill_create_ip=203.0.113.7&sub_mch_id=10000200&total_fee=1750&version=1.0`,
		"6415EC60E1D4FC0CCF4EBCFA641ACC1F", "E3069471E4563F89816D60F72E9EEF25FAF6D45DC4CE39890E064247ED113C50"},
	{"F3 micropay reply, paid", `appid=wxd930ea5d5a258f4f&bank_type=CMB_CREDIT&cash_fee=11375&cash_fee_type=CNY&fee_type=USD&is_subscribe=N&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&openid=oUpF8uN95-Ptaags6E_roPHg7AG0&out_trade_no=C120250218093000001&rate=650000000&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK&time_end=20250218093004&total_fee=1750&trade_type=MICROPAY&transaction_id=4200000215201811190261405420`,
		"6AB6F9D82262DD7042FB81CCBEE05BB9", "1B50A8B38C20255AF67E24AE3B2A95392876BA827C044D41F1EB18CC9662CFB3"},
	{"F4 micropay reply, USERPAYING", `appid=wxd930ea5d5a258f4f&err_code=USERPAYING&err_code_des=Payment in progress&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&result_code=FAIL&return_code=SUCCESS&return_msg=OK`,
		"BCA73E9AA7AEBC8545918C260A724B6F", "08BDF8E3BE7ACC0115ECF638EC13D8229ACB2DE4B0111EB512F4F34B4AF05010"},
	{"F5 query reply, SUCCESS", `appid=wxd930ea5d5a258f4f&bank_type=CMB_CREDIT&cash_fee=11375&cash_fee_type=CNY&fee_type=USD&is_subscribe=N&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&openid=oUpF8uN95-Ptaags6E_roPHg7AG0&out_trade_no=C120250218093000001&rate=650000000&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK&time_end=20250218093004&total_fee=1750&trade_state=SUCCESS&trade_state_desc=Paid&trade_type=MICROPAY&transaction_id=4200000215201811190261405420`,
		"26F4995807B1664C41A059341C96AC80", "FFEBC9D77FEF047D2C6658F4CB105928F919EBDC5A303E3B3FAB46C0053C70BB"},
	{"F6 query reply, NOTPAY", `appid=wxd930ea5d5a258f4f&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&out_trade_no=C120250218093000001&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK&trade_state=NOTPAY&trade_state_desc=Not paid`,
		"0BF78F86B023771F3E5D109BEC014B55", "06B17B47DB0C39F99945229DC11EB87007CD3EF8C0258CEC117724D103398082"},
	{"F7 query reply, REVOKED", `appid=wxd930ea5d5a258f4f&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&out_trade_no=C120250218093000001&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK&trade_state=REVOKED&trade_state_desc=Revoked`,
		"A26E9DF90A32A774C5D8AB0796A4DADD", "78BF1EC27D68207A5ACF8E2B296CEBBB2434B253626ED1212529C687CD761481"},
	{"F8 query reply, ORDERNOTEXIST", `appid=wxd930ea5d5a258f4f&err_code=ORDERNOTEXIST&err_code_des=Order does not exist&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&result_code=FAIL&return_code=SUCCESS&return_msg=OK`,
		"95ED6C01997F4F860C8F973DA2BB90D0", "BF846E687F30DBBBAD3B0D147D5B3E8468DA2538FFF08B134F72F00A92E3CDB5"},
	{"F9 revoke reply, recall N", `appid=wxd930ea5d5a258f4f&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&recall=N&result_code=SUCCESS&return_code=SUCCESS&return_msg=OK`,
		"DEEE72C5766231B25F9C5F59CC654A4B", "0A9BC5E4000D6BE4F2DC5B56EE6C45411F0F313D10B35263FD01928C91CA41DD"},
	{"F10 revoke reply, recall Y", `appid=wxd930ea5d5a258f4f&err_code=SYSTEMERROR&err_code_des=System error&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&recall=Y&result_code=FAIL&return_code=SUCCESS&return_msg=OK`,
		"54BF04649C4BF8F594685DB100802CCC", "53788E067A4AB53072B39B9BB2CFDAB5C1627ABC950BB37369BEF5514E0BE1C2"},
}

// parse reads "a=1&b=2" as the vectors write it. A part without "=" belongs to
// the value before it, which has an "&" in it.
func parse(text string) fields {
	var f []field
	for part := range strings.SplitSeq(text, "&") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || strings.ContainsAny(name, " <") {
			f[len(f)-1].value += "&" + part
			continue
		}
		f = append(f, field{name, value})
	}
	return newFields(f...)
}

func TestSignMatchesTheGoldenVectors(t *testing.T) {
	for _, v := range vectors {
		for kind, want := range map[SignType]string{MD5: v.md5, HMACSHA256: v.hmac} {
			if got := newSigner(mustKey(t), kind).sign(parse(v.text)); want != "" && got != want {
				t.Errorf("%s, %s: %s, want %s", v.name, kind, got, want)
			}
		}
	}
}

func TestSignMatchesTheOfficialMiniProgramExample(t *testing.T) {
	key, err := ParseKey("qazwsxedcrfvtgbyhnujmikolp111111")
	if err != nil {
		t.Fatal(err)
	}
	f := parse(`appId=wxd678efh567hg6787&nonceStr=5K8264ILTKCH16CQ2502SI8ZNMTM67VS&package=prepay_id=wx2017033010242291fcfe0db70013231072&signType=MD5&timeStamp=1490840662`)
	if got := newSigner(key, MD5).sign(f); got != "22D9B4E54AB1950F51E0649E8810ACD6" {
		t.Error(got)
	}
}

func TestGoldenMessagesSurviveTheWireInBothAlgorithms(t *testing.T) {
	for _, v := range vectors {
		for _, kind := range []SignType{MD5, HMACSHA256} {
			s, f := newSigner(mustKey(t), kind), parse(v.text)
			read, err := decode(encode(f, s.sign(f)))
			if err != nil {
				t.Errorf("%s: %v", v.name, err)
			} else if _, ok := s.verify(read); !ok {
				t.Errorf("%s, %s: not verified", v.name, kind)
			}
		}
	}
}

// byTheBook signs as wechatpay-v2 4.1 tells a reader to, and shares nothing
// with the signer: it takes names in any order, and HMAC is RFC 2104 by hand.
func byTheBook(values map[string]string, key string, kind SignType) string {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "sign" && values[name] != "" {
			text += name + "=" + values[name] + "&"
		}
	}
	text += "key=" + key
	if kind == MD5 {
		return fmt.Sprintf("%X", md5.Sum([]byte(text)))
	}
	inner, outer := make([]byte, sha256.BlockSize), make([]byte, sha256.BlockSize)
	copy(inner, key)
	copy(outer, key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	sum := sha256.Sum256(append(inner, text...))
	return fmt.Sprintf("%X", sha256.Sum256(append(outer, sum[:]...)))
}

// message draws parameters, known and unknown ones, some of them empty, in any
// order; the key and the algorithm come with them.
func message(t *rapid.T) (all []field, key string, kind SignType) {
	names := rapid.OneOf(
		rapid.SampledFrom([]string{"appid", "mch_id", "total_fee", "coupon_id_0", "coupon_id_10", "coupon_id_2", "A", "a", "_"}),
		rapid.StringMatching(`[A-Za-z_][A-Za-z0-9_.-]{0,8}`).Filter(func(name string) bool { return name != "sign" }),
	)
	values := rapid.StringMatching(`([ -~\t\n\r]|é|茶|€|𝟙){0,12}`)
	for _, name := range rapid.SliceOfNDistinct(names, 1, 12, rapid.ID[string]).Draw(t, "names") {
		all = append(all, field{name, values.Draw(t, "value")})
	}
	key = rapid.StringMatching(`[0-9A-Za-z]{32}`).Draw(t, "key")
	return all, key, rapid.SampledFrom([]SignType{MD5, HMACSHA256}).Draw(t, "kind")
}

// valuesOf is the message as a map, as another program would hold it.
func valuesOf(all []field) map[string]string {
	values := map[string]string{}
	for _, p := range all {
		values[p.name] = p.value
	}
	return values
}

// What we sign is what the book says, in whatever order the fields stand.
func TestProperty_SignIsThatOfTheBookInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all, key, kind := message(t)
		want := byTheBook(valuesOf(all), key, kind)
		s := newSigner(mustKeyOf(key), kind)
		for range 2 {
			shuffled := rapid.Permutation(all).Draw(t, "order")
			if got := s.sign(newFields(shuffled...)); got != want {
				t.Fatalf("%s of %q: %s, want %s", kind, shuffled, got, want)
			}
		}
	})
}

// asTheyWrite is an answer by somebody else: in that order, empty fields too,
// values in CDATA.
func asTheyWrite(all []field) []byte {
	out := "<xml>"
	for _, p := range all {
		out += "<" + p.name + "><![CDATA[" + strings.ReplaceAll(p.value, "]]>", "]]]]><![CDATA[>") + "]]></" + p.name + ">\n"
	}
	return []byte(out + "</xml>")
}

// An answer signed by the book verifies, whatever fields it has and in whatever
// order; after any change of one that is not empty it does not, nor with
// another key or the other algorithm.
func TestProperty_VerifyTakesWhatTheBookSignsAndNoChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all, key, kind := message(t)
		for i := range all { // a reader turns a bare CR into LF
			all[i].value = strings.ReplaceAll(all[i].value, "\r", "")
		}
		signed := append(slices.Clone(all), field{"sign", byTheBook(valuesOf(all), key, kind)})
		s := newSigner(mustKeyOf(key), kind)
		verified := func(s *signer, message []field) bool {
			f, err := decode(asTheyWrite(message))
			if err != nil {
				t.Fatalf("%q: %v", message, err)
			}
			_, ok := s.verify(f)
			return ok
		}
		if !verified(s, rapid.Permutation(signed).Draw(t, "order")) {
			t.Fatalf("%q does not verify", signed)
		}
		if verified(newSigner(mustKeyOf(key), map[SignType]SignType{MD5: HMACSHA256, HMACSHA256: MD5}[kind]), signed) {
			t.Fatal("verifies with the other algorithm")
		}
		if other := strings.ToUpper(key); other != key && verified(newSigner(mustKeyOf(other), kind), signed) {
			t.Fatal("verifies with another key")
		}
		for what, changed := range changes(t, signed) {
			if verified(s, changed) {
				t.Fatalf("%s: %q verifies as %q", what, signed, changed)
			}
		}
	})
}

// changes are ways to falsify a message, one at a time. Outer white space is no
// change: it is not signed everywhere (signer.verify).
func changes(t *rapid.T, signed []field) map[string][]field {
	i := rapid.IntRange(0, len(signed)-1).Draw(t, "which")
	one := signed[i]
	with := func(p ...field) []field { return append(slices.Delete(slices.Clone(signed), i, i+1), p...) }
	all := map[string][]field{
		"a value with more": with(field{one.name, one.value + "x"}),
		"a new field":       append(slices.Clone(signed), field{"zzzzzzzzzzzz", "1"}),
		"no signature":      signed[:len(signed)-1],
	}
	sign := signed[len(signed)-1].value
	if small := strings.ToLower(sign); small != sign {
		all["in small letters"] = append(slices.Clone(signed[:len(signed)-1]), field{"sign", small})
	}
	if strings.TrimSpace(one.value) != "" {
		all["a value with less"] = with(field{one.name, one.value[:0]})
		all["a field taken out"] = with()
		all["a field by another name"] = with(field{one.name + "zzzzzzzzzzzz", one.value})
	}
	return all
}

// mustKeyOf makes a key where there is no testing.TB.
func mustKeyOf(text string) Key {
	key, err := ParseKey(text)
	if err != nil {
		panic(err)
	}
	return key
}

// FuzzSign: whatever can be sent has the signature of the book and comes back
// with one that holds, and an added parameter breaks it.
func FuzzSign(f *testing.F) {
	f.Add("Café & 茶 <1>", "]]>", "\r\n\t x")
	f.Add("", " ", "&amp;")
	f.Add("1&b=2", "2", "=")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		in := newFields(field{"a", text(a, 100)}, field{"b", text(b, 100)}, field{"c", text(c, 100)}, field{"d", "1"})
		for _, kind := range []SignType{MD5, HMACSHA256} {
			s := newSigner(mustKey(t), kind)
			sign := s.sign(in)
			if want := byTheBook(valuesOf(in), testKey, kind); sign != want {
				t.Fatalf("%q is signed %s, the book says %s", in, sign, want)
			}
			out, err := decode(encode(in, sign))
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := s.verify(out); !ok {
				t.Fatal("not verified")
			}
			if _, ok := s.verify(newFields(append(out, field{"e", "1"})...)); ok {
				t.Fatal("an added parameter verifies")
			}
		}
	})
}
