package sim

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"time"
)

// The documented hours of a bill, from the end of its day (wechatpay-v2.md 6.8).
const (
	billMakingFrom = 9 * time.Hour
	billReadyFrom  = 10 * time.Hour
	billMonths     = 3
)

// downloadbill is Download Bill (wechatpay-v2.md 6.8): a file for people and
// spreadsheets, neither XML nor signed. g.mu is held.
func (g *Gateway) downloadbill(x *exchange) message {
	if wrong := badBillRequest(x.in); wrong != "" {
		return noBill(wrong)
	}
	day := dayOf(x.in["bill_date"])
	if why := g.billNotThere(day, x.at); why != "" {
		return noBill(why)
	}
	table := headings(billTypeOf(x.in))
	rows := g.book.billRows(x, day)
	if len(rows) == 0 {
		return noBill("No Bill Exist")
	}
	x.body = writeBill(table, rows)
	if x.in["tar_type"] == "GZIP" {
		x.body = zipped(x.body)
	}
	return message{"return_code": "SUCCESS"} // for the log alone
}

// billTypeOf is bill_type with its default.
func billTypeOf(in message) string {
	if t := in["bill_type"]; t != "" {
		return t
	}
	return "ALL"
}

// badBillRequest is the return_msg for a request that asks for no possible bill.
func badBillRequest(in message) string {
	switch {
	case in["bill_date"] == "":
		return "missing parameter"
	case dayOf(in["bill_date"]).IsZero(), len(in["device_info"]) > 32:
		return "data format error"
	case in["tar_type"] != "" && in["tar_type"] != "GZIP":
		return "data format error"
	case !slices.Contains([]string{"ALL", "SUCCESS", "REFUND", "RECHARGE_REFUND"}, billTypeOf(in)):
		return "invalid bill_type"
	}
	return ""
}

// billNotThere is the return_msg for a day whose bill cannot be had at now, "" when it can.
func (g *Gateway) billNotThere(day, now time.Time) string {
	since := now.Sub(day.AddDate(0, 0, 1))
	switch {
	case day.Before(now.AddDate(0, -billMonths, -1)):
		return "No Bill Exist"
	case !g.config.BillHours, since >= billReadyFrom:
		return ""
	case since < billMakingFrom:
		return "No Bill Exist"
	}
	return "Bill Creating"
}

// noBill is the unsigned answer in place of a bill, with the error_code where one is known.
func noBill(why string) message {
	m := message{"return_code": "FAIL", "return_msg": why}
	switch why {
	case "No Bill Exist":
		m["error_code"] = "20002"
	case "missing parameter", "data format error", "invalid bill_type", "SIGN ERROR":
		m["error_code"] = "20001"
	}
	return m
}

// dayOf reads yyyyMMdd as the beginning of a day in GMT+8; the zero time stands for what is none.
func dayOf(s string) time.Time {
	t, err := time.ParseInLocation("20060102", s, china())
	if err != nil {
		return time.Time{}
	}
	return t
}

// writeBill writes the file as the real host does: a byte-order mark, CR LF, a
// back-tick before every value and no quotes, so that a comma in a goods name
// shifts the columns of its row; after the rows the totals.
func writeBill(table []string, rows []billRow) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff" + strings.Join(table, ",") + "\r\n")
	for _, r := range rows {
		b.WriteString(line(table, r.cells))
	}
	names, totals := sums(rows)
	b.WriteString(strings.Join(names, ",") + "\r\n" + line(names, totals))
	return b.Bytes()
}

// line is one row of values in the order of the headings.
func line(table []string, cells map[string]string) string {
	values := make([]string, len(table))
	for i, heading := range table {
		values[i] = "`" + cells[heading]
	}
	return strings.Join(values, ",") + "\r\n"
}

// zipped is the file for tar_type GZIP.
func zipped(file []byte) []byte {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(file) // a buffer takes everything
	_ = z.Close()
	return packed.Bytes()
}
