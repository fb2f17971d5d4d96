package pos

import (
	"fmt"
	"regexp"
	"time"
)

// OrderNo is the number we give an attempt (out_trade_no): till id, date
// yyMMdd in the shop's zone, four base-32 characters of the journal's
// incarnation and a counter of the day. At most 24 characters, digits and
// upper-case letters. Tills differ in their id, days in their date, lost and
// restored journals in their incarnation, sales of a day in their counter.
type OrderNo string

// maxCounter is the last number of a day; after it the till refuses (full means refuse).
const maxCounter = 999_999

var (
	tillIDForm      = regexp.MustCompile(`^[0-9A-Z]{1,8}$`)
	incarnationForm = regexp.MustCompile(`^[0-9A-Z]{4}$`)
	orderNoForm     = regexp.MustCompile(`^[0-9A-Z]{6,32}$`)
)

// ValidTillID refuses a till id that cannot stand in an order number.
func ValidTillID(id string) error {
	if tillIDForm.MatchString(id) {
		return nil
	}
	return invalid(`use 1 to 8 digits or upper-case letters, such as "K1"`, "till id %q cannot stand in an order number", id)
}

// NewOrderNo makes the number of the counter-th attempt (1 …) of the day that
// day falls on. incarnation is the journal's own.
func NewOrderNo(till string, day time.Time, incarnation string, counter int) (OrderNo, error) {
	if err := ValidTillID(till); err != nil {
		return "", err
	}
	if !incarnationForm.MatchString(incarnation) {
		return "", &Error{Kind: KindInternal, Err: fmt.Errorf("journal incarnation %q is not four digits or upper-case letters", incarnation)}
	}
	if counter < 1 || counter > maxCounter {
		return "", invalid("the till sells again tomorrow; use another till today", "order number %d of the day does not exist", counter)
	}
	return OrderNo(fmt.Sprintf("%s%s%s%06d", till, day.Format("060102"), incarnation, counter)), nil
}

// ParseOrderNo accepts the form of an order number; whether it exists only the journal knows.
func ParseOrderNo(s string) (OrderNo, error) {
	if !orderNoForm.MatchString(s) {
		return "", invalid("copy it from the journal: cashier journal", "%q is not an order number", s)
	}
	return OrderNo(s), nil
}
