package wechat

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cashier/pos"
)

// param is one parameter of a request with what the pages say of it, so that
// what cannot be right is refused here, by its wire name, and nothing is sent.
type param struct {
	name, value string
	max         int   // bytes
	must        bool  // it may not be empty
	wrong       error // what is wrong with the value itself
}

// params are the parameters of a request, beside those that the client adds.
type params []param

// need is a parameter that has to be there.
func need(name, value string, max int) param {
	return param{name: name, value: value, max: max, must: true}
}

// may is a parameter that is left out when it is empty.
func may(name, value string, max int) param { return param{name: name, value: value, max: max} }

// numberForm is what order and refund numbers may be made of (wechatpay-v2 5.3).
var numberForm = regexp.MustCompile(`^[0-9A-Za-z_\-|*@]*$`)

// number is an order or refund number.
func (p param) number() param {
	if !numberForm.MatchString(p.value) {
		p.wrong = invalid("digits, letters and _ - | * @ are allowed", "%s %q is not a number that can be sent", p.name, p.value)
	}
	return p
}

// price is an amount that has to be there, in minor units.
func price(name string, minor int64) param {
	p := need(name, strconv.FormatInt(minor, 10), 12)
	if minor < 1 || minor > pos.MaxMinor {
		p.wrong = invalid("give it in minor units, 1 to "+strconv.FormatInt(pos.MaxMinor, 10), "%s %d is out of range", name, minor)
	}
	return p
}

// cost is an amount that may be absent, which is 0.
func cost(name string, minor int64) param {
	if minor == 0 {
		return param{name: name}
	}
	return price(name, minor)
}

// currency is an ISO 4217 code that WeChat Pay prices in.
func (p param) currency() param {
	if c, err := pos.ParseCurrency(p.value); p.value != "" && (err != nil || string(c) != p.value) {
		p.wrong = err
		if err == nil {
			p.wrong = invalid("write "+string(c), "%s %q is not in capital letters", p.name, p.value)
		}
	}
	return p
}

// of takes nothing but the values of a closed list.
func (p param) of(values ...string) param {
	if p.value != "" && !slices.Contains(values, p.value) {
		p.wrong = invalid("use one of "+strings.Join(values, ", "), "%s %q is not a value of it", p.name, p.value)
	}
	return p
}

// check finds the first parameter that cannot be sent. The error has pos.KindInvalid.
func (p param) check() error {
	switch {
	case p.must && p.value == "":
		return invalid("it is required", "%s is missing", p.name)
	case p.wrong != nil:
		return p.wrong
	case p.value != "" && len(p.value) > p.max:
		return invalid("shorten it to "+strconv.Itoa(p.max)+" bytes", "%s is too long, it has %d bytes", p.name, len(p.value))
	case p.value != text(p.value, len(p.value)):
		return invalid("leave out line ends, control characters, emoji, and spaces at the ends", "%s has characters that cannot be sent", p.name)
	}
	return nil
}

func (q params) check() error {
	for _, p := range q {
		if err := p.check(); err != nil {
			return err
		}
	}
	return nil
}

func (q params) fields() []field {
	f := make([]field, 0, len(q)+6)
	for _, p := range q {
		f = append(f, field{p.name, p.value})
	}
	return f
}

// china is the zone of every time and date on the wire: GMT+8, fixed, so that no
// zone data is needed (wechatpay-v2 5.5).
var china = time.FixedZone("GMT+8", 8*60*60)

// The two forms of a time on the wire.
const (
	stampForm = "20060102150405"      // String(14)
	dayForm   = "20060102"            // String(8)
	timeForm  = "2006-01-02 15:04:05" // in refunds, bills and notifications
)

// stamp is a time as String(14), "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(china).Format(stampForm)
}

// day is a date as String(8). Only year, month and day of t count, in t's own zone.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(dayForm)
}

// when reads a time of the wire; zero when there is none, or none that is one.
func when(form, value string) time.Time {
	t, err := time.ParseInLocation(form, value, china)
	if err != nil {
		return time.Time{}
	}
	return t
}

// unfit refuses a request before it is sent (E1).
func unfit(op Operation, hint, format string, args ...any) error {
	return &Error{Op: op, Rule: RefusedHere, Err: invalid(hint, format, args...)}
}

// address is a URL that WeChat Pay can call: absolute, http or https, without a
// query (wechatpay-v2 6.6).
func (p param) address() param {
	u, err := url.Parse(p.value)
	if p.value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "") {
		p.wrong = invalid("write it like https://shop.example/paid, without a query", "%s is not an address that WeChat Pay can call", p.name)
	}
	return p
}
