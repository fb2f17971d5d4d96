package wechat

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cashier/pos"
)

// Bill is a bill of one day, read. It is not signed: it is for comparing with the
// journal, and a difference is settled by Query Order.
type Bill struct {
	Rows   []BillRow
	Totals BillTotals
}

// BillState is how an order stands in a bill. The vocabulary stays open.
type BillState string

// The documented states.
const (
	BillPaid     BillState = "SUCCESS"
	BillRefunded BillState = "REFUND" // a refund, from the moment it was accepted
	BillRevoked  BillState = "REVOKED"
)

// BillRow is one line of a bill, named by what is in it; billcolumn.go has the
// headings. Amounts, which the bill writes in major units, are in minor units of
// Currency, and absent ones are 0. The customer's id is left in the file.
type BillRow struct {
	Line int // of the file, from 1

	Time                   time.Time // of the trade, GMT+8
	AppID, MchID, SubMchID string
	DeviceInfo             string
	TransactionID          string
	OutTradeNo             string
	TradeType              TradeType
	State                  BillState
	BankType               string
	Currency               pos.Currency

	Total  int64 // what is settled: the price without coupons that need no funding
	Coupon int64
	Order  int64 // the price; newer bills only

	RefundID, OutRefundNo    string
	RefundedAt, RefundDoneAt time.Time // asked for, done; of bills of refunds
	Refund, CouponRefund     int64
	RefundAsked              int64 // newer bills only
	RefundType, RefundStatus string

	Goods, Attach string

	// Fee is WeChat Pay's charge, a decimal of up to six places, negative when it
	// is given back; Rate is a percentage, as written.
	Fee, Rate string

	// Trouble says why a person has to look at the line; empty: it reads well.
	Trouble string
}

// BillTotals is the last line of a bill, checked against the rows.
type BillTotals struct {
	Count   int
	Cells   []string // as written
	Trouble string   // where it differs from the rows, or why it cannot be compared; empty: it agrees
}

// maxLine bounds a line of a bill.
const maxLine = 64 << 10

// ReadBill reads a bill of any type and layout: with or without byte-order mark
// and back-ticks, lines that end in LF or CR LF. Columns are known by their
// headings. Fields are not quoted in a bill, so that a comma in a goods name
// shifts what follows: the columns are then taken from both ends. A line that
// remains in doubt is kept and says so in Trouble. The error, with
// pos.KindInvalid, means that the file is no bill or is cut short.
func ReadBill(from io.Reader) (Bill, error) {
	r := billReader{room: io.LimitedReader{R: from, N: maxBill + 1}}
	r.lines = bufio.NewScanner(&r.room)
	r.lines.Buffer(nil, maxLine)
	heads, ok := r.next()
	if !ok {
		return Bill{}, r.broken("the file is empty")
	}
	layout, err := newLayout(strings.TrimPrefix(heads, byteOrderMark))
	if err != nil {
		return Bill{}, err
	}
	var b Bill
	for {
		line, ok := r.next()
		if !ok {
			return Bill{}, r.broken("the line of totals is missing: it is cut short")
		}
		if totals, ok := newTotalsLayout(line); ok {
			return r.finish(b, totals)
		}
		b.Rows = append(b.Rows, layout.row(r.line, line))
	}
}

// billReader reads lines.
type billReader struct {
	room  io.LimitedReader
	lines *bufio.Scanner
	line  int
}

// next returns the next line that is not empty.
func (r *billReader) next() (string, bool) {
	for r.lines.Scan() {
		r.line++
		if line := r.lines.Text(); strings.TrimSpace(line) != "" {
			return line, r.room.N > 0
		}
	}
	return "", false
}

// broken says why the file is no bill; what stopped the reading comes first.
func (r *billReader) broken(why string) error {
	switch err := r.lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return invalid("download it again", "bill, line %d: it is too long", r.line+1)
	case err != nil:
		return fmt.Errorf("bill: %w", err)
	case r.room.N == 0:
		return invalid("split it", "bill: it is longer than %d MiB", maxBill>>20)
	}
	return invalid("download it again", "bill: %s", why)
}

// finish reads the totals, which are the end.
func (r *billReader) finish(b Bill, heads []column) (Bill, error) {
	line, ok := r.next()
	if !ok {
		return Bill{}, r.broken("the line of totals is missing: it is cut short")
	}
	if _, more := r.next(); more {
		return Bill{}, r.broken("something follows the totals")
	}
	b.Totals = newBillTotals(heads, cells(line), b.Rows)
	return b, nil
}

// cells splits a line. With back-ticks in front of the cells only a comma that a
// back-tick follows is one between cells.
func cells(line string) []string {
	if rest, ticked := strings.CutPrefix(line, "`"); ticked {
		return strings.Split(rest, ",`")
	}
	return strings.Split(line, ",")
}

// layout is the order of the columns of a bill.
type layout []column

// newLayout reads the headings.
func newLayout(line string) (layout, error) {
	var l layout
	for _, heading := range cells(line) {
		c := columnOf[normal(heading)]
		if c != colOther && slices.Contains(l, c) {
			return nil, invalid("keep the file, and ask for another type of bill", "bill: the heading %q comes twice", heading)
		}
		l = append(l, c)
	}
	for _, c := range []column{colTime, colTransactionID, colOutTradeNo, colState, colCurrency, colTotal} {
		if !slices.Contains(l, c) {
			return nil, invalid("keep the file: its headings are not known here", "bill: there is no column for the %s", c)
		}
	}
	return l, nil
}

// values puts cells under their columns. Where there are more cells than columns
// a text has a comma in it: what stands left of the goods is counted from the
// left, what stands right of them from the right.
func (l layout) values(cells []string) (values map[column]string, exact bool) {
	values = make(map[column]string, len(l))
	extra := len(cells) - len(l)
	goods := slices.Index(l, colGoods)
	if extra < 0 || extra > 0 && goods < 0 {
		for i := range min(len(cells), len(l)) {
			values[l[i]] = strings.TrimSpace(cells[i])
		}
		return values, false
	}
	for i, c := range l {
		switch {
		case i < goods || extra == 0:
			values[c] = strings.TrimSpace(cells[i])
		case i == goods:
			values[c] = strings.Join(cells[i:i+extra+1], ",")
		default:
			values[c] = strings.TrimSpace(cells[i+extra])
		}
	}
	return values, extra == 0
}

// row reads a line of data.
func (l layout) row(number int, line string) BillRow {
	v, exact := l.values(cells(line))
	row := BillRow{
		Line:          number,
		Time:          when(timeForm, v[colTime]),
		AppID:         v[colAppID],
		MchID:         v[colMchID],
		SubMchID:      v[colSubMchID],
		DeviceInfo:    v[colDevice],
		TransactionID: v[colTransactionID],
		OutTradeNo:    v[colOutTradeNo],
		TradeType:     TradeType(v[colTradeType]),
		State:         BillState(v[colState]),
		BankType:      v[colBank],
		RefundID:      v[colRefundID],
		OutRefundNo:   v[colOutRefundNo],
		RefundedAt:    when(timeForm, v[colRefundAskedAt]),
		RefundDoneAt:  when(timeForm, v[colRefundDoneAt]),
		RefundType:    v[colRefundType],
		RefundStatus:  v[colRefundStatus],
		Goods:         v[colGoods],
		Attach:        v[colAttach],
		Fee:           v[colFee],
		Rate:          v[colRate],
	}
	row.Trouble = row.amounts(v)
	switch {
	case !utf8.ValidString(line):
		row.Trouble = "it is not UTF-8"
	case !exact:
		row.Trouble = fmt.Sprintf("it has %d cells, the headings are %d", len(cells(line)), len(l))
	case row.Time.IsZero():
		row.Trouble = fmt.Sprintf("%q is not a time", v[colTime])
	case row.OutTradeNo == "" || row.TransactionID == "":
		row.Trouble = "it names no order"
	}
	return row
}

// amounts reads the money of a row, and says what cannot be read.
func (r *BillRow) amounts(v map[column]string) (trouble string) {
	currency, err := pos.ParseCurrency(v[colCurrency])
	r.Currency = currency
	if err != nil {
		return err.Error()
	}
	for _, amount := range []struct {
		c  column
		to *int64
	}{{colTotal, &r.Total}, {colCoupon, &r.Coupon}, {colOrder, &r.Order}, {colRefund, &r.Refund},
		{colCouponRefund, &r.CouponRefund}, {colRefundAsked, &r.RefundAsked}} {
		n, ok := minorOf(v[amount.c], currency.Digits())
		if !ok {
			trouble = fmt.Sprintf("the %s %q is not an amount in %s", amount.c, v[amount.c], currency)
		}
		*amount.to = n
	}
	if _, ok := minorOf(r.Fee, feeDigits); !ok {
		trouble = fmt.Sprintf("the %s %q is not a number", colFee, r.Fee)
	}
	return trouble
}

// feeDigits are the decimals that fees are compared with; bills write five.
const feeDigits = 6

// minorOf reads a decimal number in units of 10^-digits, exactly or not at all:
// decimals beyond digits have to be zeros. "" is 0.
func minorOf(text string, digits int) (int64, bool) {
	if text == "" {
		return 0, true
	}
	number, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(number, ".")
	for len(fraction) > digits && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if whole == "" || len(fraction) > digits {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", digits-len(fraction)), 10, 63)
	if err != nil {
		return 0, false
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}
