package wechat

import (
	"errors"
	"testing"
	"time"
)

func testSubMerchant() SubMerchant {
	return SubMerchant{Name: "Coffee Ltd", ShortName: "Coffee", Remark: "1", CountryCode: "344", Type: Enterprise, Category: "100", MCC: "5814",
		Registration: "CR1", RegisteredTo: "PERMANENT", Business: Offline, StoreAddress: "1 Pier Road", StorePhotos: []string{"m1", "m2"},
		DirectorName: "A. Person", DirectorID: "110101190001010000", OfficePhone: "+852 1", ContactName: "A. Person", ContactPhone: "+852 1",
		ContactEmail: "a@shop.example", SettlementBankNumber: "123456789012345678"}
}

func TestTheExchangeRateIsAskedForWithoutNonceByMD5(t *testing.T) {
	q := ExchangeRateRequest{FeeType: "USD", Day: testDay}
	f := wire(t, func(c *Client) error { _, err := c.ExchangeRate(t.Context(), q); return err }, institution)
	sends(t, f, "fee_type", "USD", "date", "20250218", "nonce_str", "", "sign_type", "", "sub_mch_id", "10000200", "sub_appid", "", "mch_id", "10000100")
	g := &gateway{status: 200, body: saidBy(t, MD5, "fee_type", "USD", "rate_time", "20250218", "rate", "650000000")}
	r, err := g.client(t).ExchangeRate(t.Context(), q)
	if err != nil || r.Rate != 650000000 || !r.RateTime.Equal(time.Date(2025, 2, 17, 16, 0, 0, 0, time.UTC)) || r.FeeType != "USD" {
		t.Errorf("%+v, %v", r, err)
	}
	g.body = saidBy(t, MD5, "fee_type", "HKD", "rate", "1")
	if e, ok := errors.AsType[*Error](func() error { _, err := g.client(t).ExchangeRate(t.Context(), q); return err }()); !ok || e.Rule != NotOurs {
		t.Errorf("the rate of another currency: %v", e)
	}
	for name, q := range map[string]ExchangeRateRequest{"no currency": {Day: testDay}, "a currency": {FeeType: "BTC", Day: testDay}, "no day": {FeeType: "USD"}} {
		refusedUnsent(t, name, func(c *Client) error { _, err := c.ExchangeRate(t.Context(), q); return err })
	}
}

// The two readings of the rate that the pages have differ by much more than a tenth.
func TestARateIsPlausibleNextToThatOfAnOrder(t *testing.T) {
	for order, want := range map[string]bool{"650000000": true, "620000000": true, "690000000": true, "6500000": false, "65000": false, "800000000": false,
		"500000000": false, "": false, "x": false, "-650000000": false, "0": false} {
		if got := (ExchangeRateResponse{Rate: 650000000}).Plausible(order); got != want {
			t.Errorf("%q: %v", order, got)
		}
	}
	if (ExchangeRateResponse{Rate: -1}).Plausible("1") || (ExchangeRateResponse{}).Plausible("0") {
		t.Error("no rate is plausible")
	}
}

func TestSettledFundsAreReadWithAndWithoutANumber(t *testing.T) {
	q := SettlementQueryRequest{Outstanding: true, From: testDay, To: testDay.AddDate(0, 0, 1)}
	f := wire(t, func(c *Client) error { _, err := c.SettlementQuery(t.Context(), q); return err })
	sends(t, f, "usetag", "2", "offset", "0", "limit", "10", "date_start", "20250218", "date_end", "20250219", "sign_type", "", "mch_id", "10000100")
	g := &gateway{status: 200, body: saidBy(t, MD5, "result_code", "SUCCESS", "record_num", "2", "fbatchno_0", "B1", "date_settlement_0", "20250219",
		"date_start_0", "20250218", "date_end_0", "20250218", "settlement_fee_0", "1700", "unsettlement_fee_0", "0", "settlementfee_type_0", "USD",
		"pay_fee_0", "1750", "refund_fee_0", "40", "pay_net_fee_0", "1710", "poundage_fee_0", "10", "fbatchno_1", "B2", "settlement_fee_1", "5")}
	r, err := g.client(t).SettlementQuery(t.Context(), q)
	if err != nil || len(r.Records) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if one := r.Records[0]; one.BatchNo != "B1" || one.Settled != 1700 || one.Unsettled != 0 || one.Currency != "USD" || one.Paid != 1750 || one.Refunded != 40 ||
		one.Net != 1710 || one.Charge != 10 || one.SplitSettled != -1 || one.SettledOn.Day() != 19 || one.From.IsZero() || one.To.IsZero() {
		t.Errorf("%+v", one)
	}
	if r.Records[1].BatchNo != "B2" || r.Records[1].Settled != 5 || r.Records[1].Paid != -1 {
		t.Errorf("%+v", r.Records[1])
	}
	g.body = saidBy(t, MD5, "result_code", "SUCCESS", "record_num", "1", "fbatchno", "B1", "settlement_fee", "1700")
	if r, err := g.client(t).SettlementQuery(t.Context(), q); err != nil || len(r.Records) != 1 || r.Records[0].BatchNo != "B1" || r.Records[0].Settled != 1700 {
		t.Errorf("%+v, %v", r, err)
	}
	g.body = saidBy(t, MD5, "result_code", "SUCCESS", "record_num", "2", "fbatchno", "B1", "settlement_fee", "1700")
	if r, err := g.client(t).SettlementQuery(t.Context(), q); err != nil || len(r.Records) != 2 || r.Records[1].BatchNo != "" || r.Records[1].Settled != -1 {
		t.Errorf("the bare names stand for a second record: %+v, %v", r, err)
	}
	for name, q := range map[string]SettlementQueryRequest{"no days": {}, "days in the wrong order": {From: testDay, To: testDay.AddDate(0, 0, -1)},
		"a negative offset": {From: testDay, To: testDay, Offset: -1}, "a negative limit": {From: testDay, To: testDay, Limit: -1}, "a limit": {From: testDay, To: testDay, Limit: 1000}} {
		refusedUnsent(t, name, func(c *Client) error { _, err := c.SettlementQuery(t.Context(), q); return err })
	}
}

func TestASubMerchantIsRegisteredUnderAppIDWithAnUnderscore(t *testing.T) {
	f := wire(t, func(c *Client) error { _, err := c.RegisterSubMerchant(t.Context(), testSubMerchant()); return err }, institution)
	sends(t, f, "app_id", "wxd930ea5d5a258f4f", "appid", "", "mch_id", "10000100", "sub_mch_id", "", "sub_appid", "", "nonce_str", "", "sign_type", "",
		"merchant_name", "Coffee Ltd", "merchant_shortname", "Coffee", "merchant_remark", "1", "merchant_country_code", "344", "merchant_type", "ENTERPRISE",
		"business_category", "100", "mcc", "5814", "registration_certificate_number", "CR1", "registration_certificate_date", "PERMANENT",
		"business_type", "OFFLINE", "store_address", "1 Pier Road", "store_photos", `["m1","m2"]`, "director_name", "A. Person",
		"director_id_number", "110101190001010000", "office_phone", "+852 1", "contact_name", "A. Person", "contact_phone", "+852 1",
		"contact_email", "a@shop.example", "settlement_bank_number", "123456789012345678")
	f = wire(t, func(c *Client) error {
		s := testSubMerchant()
		s.Remark, s.SettlementBankNumber, s.DirectorName, s.StorePhotos = "", "", "", nil
		_, err := c.ModifySubMerchant(t.Context(), "10000201", s)
		return err
	}, institution)
	sends(t, f, "app_id", "wxd930ea5d5a258f4f", "sub_mch_id", "10000201", "merchant_remark", "", "settlement_bank_number", "")
	f = wire(t, func(c *Client) error { _, err := c.QuerySubMerchant(t.Context(), "10000201"); return err }, institution)
	if len(f) != 4 {
		t.Errorf("the query has other than four fields: %q", f)
	}
	sends(t, f, "sub_mch_id", "10000201", "app_id", "wxd930ea5d5a258f4f")
}

func TestASubMerchantThatLacksSomethingIsNotSent(t *testing.T) {
	for name, spoil := range map[string]func(*SubMerchant){
		"no name":                         func(s *SubMerchant) { s.Name = "" },
		"no remark":                       func(s *SubMerchant) { s.Remark = "" },
		"a long remark":                   func(s *SubMerchant) { s.Remark = "123456789012345678901" },
		"a type":                          func(s *SubMerchant) { s.Type = "SHOP" },
		"no country":                      func(s *SubMerchant) { s.CountryCode = "" },
		"a long mcc":                      func(s *SubMerchant) { s.MCC = "58140" },
		"a business":                      func(s *SubMerchant) { s.Business = "" },
		"an online shop without a site":   func(s *SubMerchant) { s.Business = Online },
		"a shop without an address":       func(s *SubMerchant) { s.StoreAddress = "" },
		"a shop without photos":           func(s *SubMerchant) { s.StorePhotos = nil },
		"an enterprise without director":  func(s *SubMerchant) { s.DirectorID = "" },
		"an individual without principal": func(s *SubMerchant) { s.Type = Individual },
		"no contact":                      func(s *SubMerchant) { s.ContactEmail = "" },
		"no bank":                         func(s *SubMerchant) { s.SettlementBankNumber = "" },
		"an answer to H5":                 func(s *SubMerchant) { s.ApplyH5 = "MAYBE" },
	} {
		s := testSubMerchant()
		spoil(&s)
		refusedUnsent(t, name, func(c *Client) error { _, err := c.RegisterSubMerchant(t.Context(), s); return err })
	}
	refusedUnsent(t, "a change of remark", func(c *Client) error {
		_, err := c.ModifySubMerchant(t.Context(), "10000201", testSubMerchant())
		return err
	})
	refusedUnsent(t, "no number", func(c *Client) error { _, err := c.QuerySubMerchant(t.Context(), ""); return err })
	online := testSubMerchant()
	online.Business, online.MiniProgram = Both, "wxmini"
	wire(t, func(c *Client) error { _, err := c.RegisterSubMerchant(t.Context(), online); return err })
}

// What is asked for by its meaning is asked for where it means something: a shop
// that sells online alone has no address, an individual no director, and who is
// registered already need not say again who they are.
func TestASubMerchantSaysOnlyWhatConcernsIt(t *testing.T) {
	change := map[string]func(*SubMerchant){
		"a site":                     func(s *SubMerchant) { s.Website = "https://a.example" },
		"no address":                 func(s *SubMerchant) { s.StoreAddress = "" },
		"no photos":                  func(s *SubMerchant) { s.StorePhotos = nil },
		"no director":                func(s *SubMerchant) { s.DirectorName = "" },
		"no number of the director":  func(s *SubMerchant) { s.DirectorID = "" },
		"no principal":               func(s *SubMerchant) { s.PrincipalName = "" },
		"no number of the principal": func(s *SubMerchant) { s.PrincipalID = "" },
	}
	for _, row := range []struct {
		business             BusinessType
		kind                 MerchantType
		changes              []string
		registered, modified bool // or refused
	}{
		{Online, Enterprise, []string{"a site", "no address", "no photos", "no principal", "no number of the principal"}, true, true},
		{Online, Enterprise, nil, false, false},
		{Offline, Enterprise, nil, true, true},
		{Offline, Enterprise, []string{"no address"}, false, false},
		{Offline, Enterprise, []string{"no photos"}, false, true},
		{Both, Enterprise, []string{"a site"}, true, true},
		{Both, Enterprise, nil, false, false},
		{Both, Enterprise, []string{"a site", "no address"}, false, false},
		{Offline, Enterprise, []string{"no director"}, false, true},
		{Offline, Enterprise, []string{"no number of the director"}, false, true},
		{Offline, Individual, []string{"no director", "no number of the director"}, true, true},
		{Offline, Individual, []string{"no principal"}, false, true},
		{Offline, Individual, []string{"no number of the principal"}, false, true},
	} {
		s := testSubMerchant()
		s.Business, s.Type, s.PrincipalName, s.PrincipalID = row.business, row.kind, "B. Person", "110101190001010001"
		for _, name := range row.changes {
			change[name](&s)
		}
		if err := s.params(registering).check(); (err == nil) != row.registered {
			t.Errorf("registering %s %s, %q: %v", row.business, row.kind, row.changes, err)
		}
		s.Remark = "" // which is fixed
		if err := s.params(modifying).check(); (err == nil) != row.modified {
			t.Errorf("modifying %s %s, %q: %v", row.business, row.kind, row.changes, err)
		}
	}
}

// What is stored comes back as it is, long numbers too: nothing is masked, for
// it may be sent again.
func TestWhatIsStoredOfASubMerchantIsRead(t *testing.T) {
	pairs := []string{"appid", "-", "app_id", "wxd930ea5d5a258f4f", "result_code", "SUCCESS", "sub_mch_id", "10000201", "verification_status", "Under review",
		"description", "wait", "h5_authorization_state", "UNAUTHORIZED", "sub_mch_status", "PENDING", "application_status", "REJECTED",
		"application_reject_detail", `[{"field":"mcc","reason":"unknown"}]`, "h5_audit_reject_detail", "none"}
	s := testSubMerchant()
	for _, p := range s.params(registering) {
		if p.value != "" {
			pairs = append(pairs, p.name, p.value)
		}
	}
	g := &gateway{status: 200, body: saidBy(t, MD5, pairs...)}
	r, err := g.client(t).QuerySubMerchant(t.Context(), "10000201")
	if err != nil || r.SubMchID != "10000201" || r.Verification != "Under review" || r.H5Authorization != "UNAUTHORIZED" || r.Status != "PENDING" ||
		r.Application != "REJECTED" || len(r.Rejected) != 1 || r.Rejected[0] != (RejectedField{"mcc", "unknown"}) || r.H5Rejected != "none" || r.SubMerchantResponse.Description != "wait" {
		t.Errorf("%+v, %v", r, err)
	}
	for i, p := range r.SubMerchant.params(registering) {
		if want := s.params(registering)[i].value; p.value != want {
			t.Errorf("%s: %q, want %q", p.name, p.value, want)
		}
	}
	_, err = g.client(t).QuerySubMerchant(t.Context(), "10000202")
	if e, ok := errors.AsType[*Error](err); !ok || e.Rule != NotOurs {
		t.Errorf("the answer about another sub-merchant: %v", err)
	}
	g.body = saidBy(t, MD5, "appid", "-", "app_id", "wxother", "result_code", "SUCCESS")
	_, err = g.client(t).RegisterSubMerchant(t.Context(), s)
	if e, ok := errors.AsType[*Error](err); !ok || e.Rule != NotOurs {
		t.Errorf("the answer to another institution: %v", err)
	}
	// In institution mode the till's own sub-merchant is another one.
	g.body = saidBy(t, MD5, "result_code", "SUCCESS", "sub_mch_id", "10000777")
	if r, err := g.client(t, institution).RegisterSubMerchant(t.Context(), s); err != nil || r.SubMchID != "10000777" {
		t.Errorf("%+v, %v", r, err)
	}
}
