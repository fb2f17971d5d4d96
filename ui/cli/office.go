package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cashier/pos"
	"cashier/wechat"
)

// office is what a command works with that asks WeChat Pay for something beside
// the sales. It writes no journal and takes no lock: it works beside a till that sells.
type office struct {
	setting
	printer
	client *wechat.Client
	log    *logFile
	given  map[string]string // by names of the wire: how the user gave it
}

// inOffice opens an office for work.
func (m *machine) inOffice(f flags, work func(*office) error) error {
	set, err := m.settle(f)
	if err != nil {
		return err
	}
	return m.inOfficeOf(f, set, work)
}

// inOfficeOf does so under a setting that was looked at already.
func (m *machine) inOfficeOf(f flags, set setting, work func(*office) error) error {
	p, err := m.printer(f, set)
	if err != nil {
		return err
	}
	client, err := m.client(set)
	if err != nil {
		return err
	}
	o := &office{setting: set, printer: p, client: client, log: m.openLog()}
	return errors.Join(work(o), client.Close(), o.log.Close())
}

// note writes how a call ended to the log, and returns its error as a command
// does. What the other side said stays out of the log: it may name a person.
func (o *office) note(op wechat.Operation, r wechat.Reply, code wechat.ErrCode, err error) error {
	ended := string(code)
	if e, ok := errors.AsType[*wechat.Error](err); ok {
		ended = string(e.Rule)
	}
	o.log.Info(string(op), "status", r.Status, "code", ended, "took_ms", r.Took.Milliseconds())
	return o.asGiven(afterAsking(err))
}

// asGiven names what was refused before it was sent as the user gave it.
func (o *office) asGiven(err error) error {
	e, ok := errors.AsType[*wechat.Error](err)
	if !ok || e.Rule != wechat.RefusedHere {
		return err
	}
	name, wrong, _ := strings.Cut(e.Err.Error(), " ")
	flag, ok := o.given[name]
	if !ok {
		return err
	}
	return refuse(pos.HintOf(err), "%s %s", flag, wrong)
}

// noteEnvelope is note for an answer with a result_code; anything but SUCCESS is an error.
func (o *office) noteEnvelope(op wechat.Operation, e wechat.Envelope, err error) error {
	if err := o.note(op, e.Reply, e.ErrCode, err); err != nil {
		return err
	}
	if e.ResultCode != "SUCCESS" {
		return refusedThere(op, e.ErrCode, e.ErrCodeDes)
	}
	return nil
}

// afterAsking keeps exit status 2 for what was not sent: once WeChat Pay was asked,
// its refusal is an error like any other (exit 1), or one of the credentials (exit 5).
func afterAsking(err error) error {
	e, ok := errors.AsType[*wechat.Error](err)
	if !ok || e.Rule == wechat.RefusedHere {
		return err
	}
	kind, hint := pos.KindOf(err), pos.HintOf(err)
	if kind != pos.KindCredentials {
		kind = pos.KindUnavailable
	}
	if hint == "" {
		hint = "cashier doctor looks at gateway, key and account"
	}
	return &pos.Error{Kind: kind, Err: err, Hint: hint}
}

// unanswered reports that a call may have had its effect, and nobody knows.
func unanswered(err error) bool {
	e, ok := errors.AsType[*wechat.Error](err)
	return ok && e.Rule != wechat.RefusedHere && e.Rule != wechat.NotSent && e.Rule != wechat.ReturnFail
}

// china is the zone of WeChat Pay's days, whatever the shop's is (design 6).
var china = time.FixedZone("GMT+8", 8*60*60)

// chinaDay reads one of WeChat Pay's days, which is not one to come. name is
// what the user calls it.
func chinaDay(name, text string, now time.Time) (time.Time, error) {
	now = now.In(china)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, china)
	switch text {
	case "today":
		return today, nil
	case "yesterday":
		return today.AddDate(0, 0, -1), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, china)
	switch {
	case err != nil:
		return time.Time{}, refuse("write it as 2026-11-21 or yesterday", "%s %q is not a day", name, text)
	case day.After(today):
		return time.Time{}, refuse("in GMT+8, by which WeChat Pay counts, it is "+today.Format(time.DateOnly), "%s %s is still to come", name, text)
	}
	return day, nil
}

// refusedThere is a call that WeChat Pay understood and refused, in its words.
func refusedThere(op wechat.Operation, code wechat.ErrCode, why string) error {
	return &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("%s: WeChat Pay refuses: %s: %s", op, code, why), Hint: refusalHint(op, code)}
}

// refusalHint is the mend for what WeChat Pay refuses, where there is one.
func refusalHint(op wechat.Operation, code wechat.ErrCode) string {
	switch {
	case code == wechat.OrderNotExist && op == wechat.Declaration:
		return "cashier query ORDER asks whether WeChat Pay knows the order"
	case code == wechat.OrderNotExist:
		return "cashier declare comes first; --customs and --sub-order have to be those that it was declared with"
	case code == wechat.ParamError && op == wechat.QuerySubMerchant:
		return "check the number: an institution sees no sub-merchants but its own"
	case code == wechat.ParamError && op == wechat.ModifySubMerchant:
		return "correct the file; if it is the number, an institution changes no sub-merchants but its own"
	}
	return ""
}
