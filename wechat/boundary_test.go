package wechat

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"cashier/pos"
)

// What lies exactly on a limit, which no other test has to say.

// A line of a bill has its columns from both ends only where a text can have a
// comma in it; otherwise what is there is taken from the left, and not believed.
func TestColumnsOfALineWithTooManyOrTooFewCells(t *testing.T) {
	with, without := layout{colState, colGoods, colFee}, layout{colState, colFee}
	for _, c := range []struct {
		layout layout
		cells  string
		want   []string
		exact  bool
	}{
		{with, "SUCCESS|tea|0.1", []string{"SUCCESS", "tea", "0.1"}, true},
		{with, "SUCCESS|tea|milk|0.1", []string{"SUCCESS", "tea,milk", "0.1"}, false},
		{with, "SUCCESS|tea", []string{"SUCCESS", "tea", ""}, false},
		{without, "SUCCESS|0.1", []string{"SUCCESS", "", "0.1"}, true},
		{without, "SUCCESS|0.1|more", []string{"SUCCESS", "", "0.1"}, false},
		{layout{colGoods, colFee}, "tea|milk|0.1", []string{"", "tea,milk", "0.1"}, false},
	} {
		v, exact := c.layout.values(strings.Split(c.cells, "|"))
		if got := []string{v[colState], v[colGoods], v[colFee]}; !slices.Equal(got, c.want) || exact != c.exact {
			t.Errorf("%s: %q exact %v, want %q %v", c.cells, got, exact, c.want, c.exact)
		}
	}
}

func TestTheTotalsOfABillAddEveryColumnUp(t *testing.T) {
	rows := []BillRow{{Total: 1, Refund: 2, CouponRefund: 3, Order: 4, RefundAsked: 5, Fee: "0.00001"}, {Total: 10, Refund: 20, CouponRefund: 30, Order: 40, RefundAsked: 50, Fee: "0.00010"}}
	for c, want := range map[column]int64{colTotal: 11, colRefund: 22, colCouponRefund: 33, colOrder: 44, colRefundAsked: 55, colFee: 110} {
		if got := sum(rows, c); got != want {
			t.Errorf("%s: %d, want %d", c, got, want)
		}
	}
}

func TestABillSaysWhichLineIsTooLong(t *testing.T) {
	_, err := ReadBill(strings.NewReader(newHeads + "\n" + strings.Repeat("x", maxLine+1)))
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Error(err)
	}
	if _, err := ReadBill(strings.NewReader(newHeads + "\n`" + strings.Repeat("x", maxLine/2) + "\n" + newTotals + "\n`1,`0,`0,`0,`0,`0,`0\n")); err != nil {
		t.Errorf("half of a long line: %v", err)
	}
}

// A rate is plausible up to a tenth beside that of a real order.
func TestARateIsPlausibleToATenth(t *testing.T) {
	for _, c := range []struct {
		rate  int64
		order string
		want  bool
	}{
		{1000, "1000", true}, {1000, "900", true}, {1000, "899", false}, {1000, "1100", true}, {1000, "1101", false},
		{1000, "0", false}, {0, "1000", false}, {0, "0", false}, {1, "0", false}, {-1, "1000", false}, {1000, "", false}, {1, "1", false}, {10, "9", true},
	} {
		if got := (ExchangeRateResponse{Rate: c.rate}).Plausible(c.order); got != c.want {
			t.Errorf("%d beside %q: %v", c.rate, c.order, got)
		}
	}
}

func TestDeclarationsAreAskedForAHundredAtATime(t *testing.T) {
	for limit, fine := range map[int]bool{0: false, 1: true, 100: true, 101: false} {
		q := DeclarationsRequest{OrderType: ByOutTradeNo, OrderNo: testNo, Customs: CustomsShanghai, Limit: limit}
		bad := slices.ContainsFunc(q.params(), func(p param) bool { return p.wrong != nil })
		if bad == fine {
			t.Errorf("limit %d: refused %v", limit, bad)
		}
	}
}

// An order is submitted by the first IPv4 address that others can see.
func TestOwnIPIsTheFirstThatOthersCanSee(t *testing.T) {
	ip := func(text string) net.Addr { return &net.IPNet{IP: net.ParseIP(text)} }
	for _, c := range []struct {
		addrs []net.Addr
		want  string
	}{
		{nil, "127.0.0.1"}, {[]net.Addr{ip("127.0.0.1")}, "127.0.0.1"}, {[]net.Addr{ip("127.0.0.1"), ip("192.0.2.7"), ip("192.0.2.8")}, "192.0.2.7"},
		{[]net.Addr{ip("2001:db8::1"), ip("169.254.1.1"), ip("192.0.2.7")}, "192.0.2.7"}, {[]net.Addr{&net.UnixAddr{Name: "/x"}, ip("192.0.2.7")}, "192.0.2.7"},
	} {
		if got := visible(c.addrs); got != c.want {
			t.Errorf("%v: %s, want %s", c.addrs, got, c.want)
		}
	}
}

func TestAPriceIsFromOneMinorUnitToTheMost(t *testing.T) {
	for minor, fine := range map[int64]bool{-1: false, 0: false, 1: true, pos.MaxMinor: true, pos.MaxMinor + 1: false} {
		if got := price("total_fee", minor).wrong == nil; got != fine {
			t.Errorf("%d: %v", minor, got)
		}
	}
}

// The padding of req_info is 1 to 16 bytes, and a text of many blocks is read whole.
func TestPaddingOfOneByteAndOfABlock(t *testing.T) {
	for padding, fine := range map[int]bool{1: true, 16: true, 17: false} {
		text := strings.Repeat("x", 64-padding)
		got, err := decryptInfo(mustKey(t), encrypted(t, text+strings.Repeat(string(rune(padding)), padding)))
		if (err == nil) != fine || fine && string(got) != text {
			t.Errorf("padding %d: %q, %v", padding, got, err)
		}
	}
}

// What a front end needs depends on where the customer pays.
func TestFrontEndIsOfItsMethod(t *testing.T) {
	c := (&gateway{status: 200}).client(t)
	app, err := c.FrontEnd(pos.Charge{Order: pos.Order{Method: pos.App}}, testPrepayID, testDay)
	if _, ok := app.(AppPayment); !ok || err != nil {
		t.Errorf("%T, %v", app, err)
	}
	mini, err := c.FrontEnd(pos.Charge{Order: pos.Order{Method: pos.MiniProgram}, Payer: "o1"}, testPrepayID, testDay)
	if _, ok := mini.(JSAPIPayment); !ok || err != nil {
		t.Errorf("%T, %v", mini, err)
	}
}

// sized is a text of that many bytes: a beginning, blank lines, and an end.
func sized(beginning string, size int, end string) io.Reader {
	blank := io.LimitReader(&many{strings.Repeat(" ", 1023) + "\n"}, int64(size-len(beginning)-len(end)))
	return io.MultiReader(strings.NewReader(beginning), blank, strings.NewReader(end))
}

func TestABillHasAtMost64MiB(t *testing.T) {
	const heads, totals = newHeads + "\n", "\n" + newTotals + "\n`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00"
	for size, fine := range map[int]bool{64 << 20: true, 64<<20 + 1: false} {
		b, err := ReadBill(sized(heads, size, totals))
		if (err == nil) != fine || !fine && !strings.Contains(err.Error(), "longer than 64 MiB") || b.Totals.Trouble != "" {
			t.Errorf("%d bytes are read: %+v, %v", size, b.Totals, err)
		}
		config := testConfig(t)
		config.RoundTripper = lane{sized(heads, size, totals)}
		r, err := newClient(t, config).DownloadBill(t.Context(), DownloadBillRequest{Day: testDay}, io.Discard)
		if (err == nil) != fine || r.Bytes != int64(size) {
			t.Errorf("%d bytes are written: %d, %v", size, r.Bytes, err)
		}
	}
}

// A refund is of the whole order at most.
func TestAnOrderIsRefundedWhole(t *testing.T) {
	whole := refundRequest(testRefunding)
	whole.RefundFee = whole.TotalFee
	sends(t, wire(t, func(c *Client) error { _, err := c.Refund(t.Context(), whole); return err }), "total_fee", "1750", "refund_fee", "1750")
}

func TestRowsAreCountedFromNoneTo100(t *testing.T) {
	for count, want := range map[string]int{"": 0, "x": 0, "-1": 0, "0": 0, "1": 1, "100": 100, "101": 100, "99999999999999999999": 0} {
		if got := rows(count); got != want {
			t.Errorf("%q: %d, want %d", count, got, want)
		}
	}
}

func TestSettledFundsAreAskedForAHundredAtATime(t *testing.T) {
	for limit, fine := range map[int]bool{-1: false, 1: true, 100: true, 101: false} {
		q := SettlementQueryRequest{From: testDay, To: testDay, Limit: limit}
		if err := q.params(merchant{appID: "wx1", mchID: "1"}).check(); (err == nil) != fine {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}
