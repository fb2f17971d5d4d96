package wechat_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cashier/pos"
	"cashier/wechat"
)

// The other operations against the simulator.

// soon is when the simulator's customers and refunds have come to their end.
const soon = 7 * time.Second

// sold makes a sale that is paid.
func sold(t *testing.T, c *wechat.Client, ch pos.Charge) pos.Order {
	t.Helper()
	if a := c.Submit(t.Context(), ch); a.Finding != pos.FoundPaid {
		t.Fatalf("%+v", a)
	}
	return ch.Order
}

func TestTheStrangerRefundsInEveryModeAndAlgorithm(t *testing.T) {
	for _, kind := range []wechat.SignType{wechat.MD5, wechat.HMACSHA256} {
		for _, sub := range []string{"", "200"} {
			synctest.Test(t, func(t *testing.T) {
				g, c := stranger(t, kind, sub)
				r := pos.Refunding{Order: sold(t, c, charge(t, g, 1250)), RefundNo: "R1", Minor: 1000, Desc: "cold"}
				for what, want := range map[string][2]pos.Finding{
					"first": {pos.FoundRefundAccepted, pos.FoundRefundPending}, "again": {pos.FoundRefundAccepted, pos.FoundRefundPending}} {
					if a := c.GiveBack(t.Context(), r); a.Finding != want[0] {
						t.Errorf("%s %q, %s: %+v", kind, sub, what, a)
					}
					if a := c.AskRefund(t.Context(), r); a.Finding != want[1] {
						t.Errorf("%s %q, %s: %+v", kind, sub, what, a)
					}
				}
				<-time.After(soon)
				if a := c.AskRefund(t.Context(), r); a.Finding != pos.FoundRefunded || a.RefundID == "" {
					t.Errorf("%s %q: %+v", kind, sub, a)
				}
				if all, err := c.RefundQuery(t.Context(), wechat.RefundQueryRequest{OutTradeNo: string(r.Order.No)}); err != nil || len(all.Refunds) != 1 || all.Refunds[0].RefundFee != 1000 {
					t.Errorf("%+v, %v", all, err)
				}
				if a := c.Query(t.Context(), r.Order); a.Finding != pos.FoundRefunding {
					t.Errorf("%+v", a)
				}
			})
		}
	}
}

// What the simulator's table of refunds says at first, and to the question after.
func TestTheStrangersRefundScenarios(t *testing.T) {
	for minor, want := range map[int64][2]pos.Finding{
		60: {pos.FoundRefundAccepted, pos.FoundRefundPending},
		62: {pos.FoundRefundAccepted, pos.FoundRefundAbnormal},
		63: {pos.FoundRefundAccepted, pos.FoundRefundClosed},
		65: {pos.FoundRefundShort, pos.FoundRefundNotFound},
		66: {pos.FoundUnclear, pos.FoundRefunded},
		67: {pos.FoundUnclear, pos.FoundRefundNotFound},
		68: {pos.FoundUnclear, pos.FoundRefunded},
		69: {pos.FoundRefundAccepted, pos.FoundRefundNotFound},
		70: {pos.FoundRefundImpossible, pos.FoundRefundNotFound},
		71: {pos.FoundMismatch, pos.FoundRefunded},
	} {
		synctest.Test(t, func(t *testing.T) {
			g, c := stranger(t, wechat.HMACSHA256, "")
			r := pos.Refunding{Order: sold(t, c, charge(t, g, 1250)), RefundNo: "R1", Minor: minor}
			first := c.GiveBack(t.Context(), r)
			<-time.After(soon)
			if next := c.AskRefund(t.Context(), r); first.Finding != want[0] || next.Finding != want[1] {
				t.Errorf("%d: %s %q, then %s %q, want %s", minor, first.Finding, first.Code, next.Finding, next.Code, want)
			}
		})
	}
}

// native is an order whose customer scans the till.
func native(minor int64) (wechat.UnifiedOrderRequest, wechat.PageOrder) {
	o := wechat.PageOrder{No: pos.OrderNo(fmt.Sprintf("K12611210001%06d", minor)), Amount: pos.Money{Minor: minor, Currency: "HKD"}, TradeType: wechat.TradeNative}
	return wechat.UnifiedOrderRequest{TradeType: o.TradeType, OutTradeNo: string(o.No), TotalFee: minor, FeeType: "HKD", Body: "Kowloon 1-Sale",
		SpbillCreateIP: "203.0.113.7", NotifyURL: "https://shop.example/paid", ProductID: "1"}, o
}

func TestTheStrangersCustomerScansTheTill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := stranger(t, wechat.HMACSHA256, "")
		q, o := native(1250)
		if a := c.Prepare(t.Context(), q); a.Finding != wechat.PrepayReady || a.CodeURL == "" {
			t.Fatalf("%+v", a)
		}
		if a := c.QueryPage(t.Context(), o); a.Finding != pos.FoundNotPaid {
			t.Errorf("%+v", a)
		}
		<-time.After(soon)
		if a := c.QueryPage(t.Context(), o); a.Finding != pos.FoundPaid {
			t.Errorf("%+v", a)
		}
		if a := c.ClosePage(t.Context(), o); a.Finding != wechat.ClosePaid {
			t.Errorf("%+v", a)
		}
		if a := c.Prepare(t.Context(), q); a.Finding != wechat.PrepayPaid {
			t.Errorf("%+v", a)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		_, c := stranger(t, wechat.MD5, "200")
		q, o := native(33) // never paid
		if a := c.Prepare(t.Context(), q); a.Finding != wechat.PrepayReady {
			t.Fatalf("%+v", a)
		}
		for range 2 {
			if a := c.ClosePage(t.Context(), o); a.Finding != wechat.CloseDone {
				t.Errorf("%+v", a)
			}
		}
		if a := c.QueryPage(t.Context(), o); a.Finding != pos.FoundClosed {
			t.Errorf("%+v", a)
		}
		if a := c.Prepare(t.Context(), q); a.Finding != wechat.PrepayClosed {
			t.Errorf("%+v", a)
		}
	})
}

func TestTheStrangersBillIsReadAndAddsUp(t *testing.T) {
	for _, kind := range []wechat.BillType{wechat.BillAll, wechat.BillSuccess, wechat.BillRefund} {
		for _, packed := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				g, c := stranger(t, wechat.HMACSHA256, "")
				o := sold(t, c, charge(t, g, 1250))
				sold(t, c, charge(t, g, 1))
				c.GiveBack(t.Context(), pos.Refunding{Order: o, RefundNo: "R1", Minor: 1000})
				var text bytes.Buffer
				_, err := c.DownloadBill(t.Context(), wechat.DownloadBillRequest{Day: time.Now().In(time.FixedZone("", 8*60*60)), Type: kind, Gzip: packed}, &text)
				if err != nil {
					t.Fatal(err)
				}
				b, err := wechat.ReadBill(&text)
				if err != nil || b.Totals.Trouble != "" {
					t.Fatalf("%s: %+v, %v", kind, b.Totals, err)
				}
				var total, given int64
				for _, r := range b.Rows {
					total, given = total+r.Order, given+r.RefundAsked
					if r.Trouble != "" {
						t.Errorf("%s: %+v", kind, r)
					}
				}
				want := map[wechat.BillType][3]int64{wechat.BillAll: {3, 1251, 1000}, wechat.BillSuccess: {2, 1251, 0}, wechat.BillRefund: {1, 0, 1000}}[kind]
				if got := [3]int64{int64(len(b.Rows)), total, given}; got != want {
					t.Errorf("%s: %v, want %v", kind, got, want)
				}
			})
		}
	}
}

func TestTheStrangersOffice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, c := stranger(t, wechat.HMACSHA256, "")
		today := time.Now().In(time.FixedZone("", 8*60*60))
		if r, err := c.ExchangeRate(t.Context(), wechat.ExchangeRateRequest{FeeType: "HKD", Day: today}); err != nil || r.Rate < 1 {
			t.Errorf("%+v, %v", r, err)
		}
		o := sold(t, c, charge(t, g, 1250))
		if r, err := c.SettlementQuery(t.Context(), wechat.SettlementQueryRequest{Outstanding: true, From: today, To: today}); err != nil || r.ResultCode != "SUCCESS" {
			t.Errorf("%+v, %v", r, err)
		}
		paid := c.Query(t.Context(), o)
		d := wechat.Declared{OutTradeNo: string(o.No), TransactionID: paid.TransactionID, Customs: wechat.CustomsShanghai, MerchantCustomsNo: "MC1"}
		if r, err := c.Declare(t.Context(), d); err != nil || r.Refused() || r.State == "" {
			t.Errorf("%+v, %v", r, err)
		}
		<-time.After(2 * soon)
		r, err := c.Declarations(t.Context(), wechat.DeclarationsRequest{OrderType: wechat.ByOutTradeNo, OrderNo: string(o.No), Customs: d.Customs})
		if err != nil || len(r.Data) != 1 || r.Data[0].State != wechat.DeclarationAccepted {
			t.Errorf("%+v, %v", r, err)
		}
		again := wechat.RedeclareRequest{OrderType: wechat.ByOutTradeNo, OrderNo: string(o.No), Customs: d.Customs, MerchantCustomsNo: "MC1", State: wechat.DeclarationAccepted}
		if r, err := c.Redeclare(t.Context(), again); err != nil || r.Refused() {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestTheStrangersMainlandCustoms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, c := stranger(t, wechat.HMACSHA256, "")
		o := sold(t, c, charge(t, g, 1250))
		paid := c.Query(t.Context(), o)
		d := wechat.Declared{OutTradeNo: string(o.No), TransactionID: paid.TransactionID, Customs: wechat.CustomsShanghai, MerchantCustomsNo: "MC1"}
		if r, err := c.MainlandDeclare(t.Context(), wechat.MainlandDeclareRequest{Declared: d}); err != nil || r.ResultCode != "SUCCESS" || r.State == "" {
			t.Errorf("%+v, %v", r, err)
		}
		<-time.After(2 * soon)
		n := wechat.MainlandNumbers{OutTradeNo: string(o.No), Customs: d.Customs}
		if r, err := c.MainlandDeclarations(t.Context(), n); err != nil || len(r.Declarations) != 1 || r.Declarations[0].State != wechat.DeclarationAccepted {
			t.Errorf("%+v, %v", r, err)
		}
		if r, err := c.MainlandRedeclare(t.Context(), n, "MC1"); err != nil || r.ResultCode != "SUCCESS" {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestTheStrangersSubMerchants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := stranger(t, wechat.HMACSHA256, "200")
		s := wechat.SubMerchant{Name: "Coffee Ltd", ShortName: "Coffee", Remark: "1", CountryCode: "344", Type: wechat.Enterprise, Category: "100", MCC: "5814",
			Registration: "CR1", RegisteredTo: "PERMANENT", Business: wechat.Offline, StoreAddress: "1 Pier Road", StorePhotos: []string{"m1", "m2"},
			DirectorName: "A. Person", DirectorID: "110101190001010000", OfficePhone: "+852 1", ContactName: "A. Person", ContactPhone: "+852 1",
			ContactEmail: "a@shop.example", SettlementBankNumber: "123456789012345678"}
		r, err := c.RegisterSubMerchant(t.Context(), s)
		if err != nil || r.ResultCode != "SUCCESS" || r.SubMchID == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		stored, err := c.QuerySubMerchant(t.Context(), r.SubMchID)
		if err != nil || stored.Name != s.Name || stored.DirectorID != s.DirectorID || !slices.Equal(stored.StorePhotos, s.StorePhotos) {
			t.Errorf("%+v, %v", stored, err)
		}
		s.Remark, s.ShortName = "", "Tea"
		if r, err := c.ModifySubMerchant(t.Context(), r.SubMchID, s); err != nil || r.ResultCode != "SUCCESS" {
			t.Errorf("%+v, %v", r, err)
		}
		if stored, err := c.QuerySubMerchant(t.Context(), r.SubMchID); err != nil || stored.ShortName != "Tea" {
			t.Errorf("%+v, %v", stored, err)
		}
	})
}
