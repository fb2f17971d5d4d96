package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
)

func (m *machine) rateCommand(f *flags) *cobra.Command {
	var day string
	c := &cobra.Command{
		Use:   "rate CURRENCY",
		Short: "Print WeChat Pay's exchange rate of a currency to CNY",
		Long: `Prints how much CNY one unit of a currency is, by WeChat Pay's rate of a day. A
day's rate is made at 10:00 GMT+8; before that the answer is the one of the day
before, and says so. It is to look at: no sale is ever converted with it.

WeChat Pay's pages disagree about the unit. So the rate is compared with the one
of a sale of the last 30 days that was paid in CNY, if the journal has one, and is
an error if the two differ by more than a tenth.

With --json: currency, to, day (that was asked for), rate_day (that the rate is of),
rate (a decimal), rate_e8 (as received: times 10^8) and compared_with (the order;
empty: there was none).`,
		Args: takes("CURRENCY"),
		RunE: func(c *cobra.Command, args []string) error {
			currency, err := pos.ParseCurrency(args[0])
			if err != nil {
				return err
			}
			asked, err := chinaDay("--day", day, time.Now())
			if err != nil {
				return err
			}
			return m.inOffice(*f, func(o *office) error { return m.rate(c.Context(), o, currency, asked) })
		},
	}
	c.Flags().StringVar(&day, "day", "today", "the day in GMT+8: 2026-11-21, today or yesterday")
	return c
}

// rateRecord is a rate in --json. Its names are a contract.
type rateRecord struct {
	Currency     pos.Currency `json:"currency"`
	To           pos.Currency `json:"to"`
	Day          string       `json:"day"`      // that was asked for
	RateDay      string       `json:"rate_day"` // that the rate is of
	Rate         string       `json:"rate"`
	RateE8       int64        `json:"rate_e8"`       // as on the wire: times 10^8
	ComparedWith pos.OrderNo  `json:"compared_with"` // the sale that agrees; empty: there is none
}

// rate asks for a rate and prints it.
func (m *machine) rate(ctx context.Context, o *office, currency pos.Currency, day time.Time) error {
	r, err := o.client.ExchangeRate(ctx, wechat.ExchangeRateRequest{FeeType: string(currency), Day: day})
	if err := o.note(wechat.QueryExchangeRate, r.Reply, r.ErrCode, err); err != nil {
		return err
	}
	switch {
	case r.ErrCode != "":
		return refusedThere(wechat.QueryExchangeRate, r.ErrCode, r.ErrCodeDes)
	case r.Rate <= 0:
		return &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("%s: the answer has no rate", wechat.QueryExchangeRate)}
	}
	sale, rate, err := o.newestRate(ctx, currency)
	switch {
	case err != nil:
		return err
	case sale == "":
		m.say("not compared: the journal has no sale in %s of the last 30 days that was paid in CNY", currency)
	case !r.Plausible(rate):
		return &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("WeChat Pay says %s, and order %s was paid at %s: they are not in one unit", eighths(r.Rate), sale, rate),
			Hint: "ask WeChat Pay before you use this rate"}
	}
	return o.rate(rateRecord{currency, "CNY", day.Format(time.DateOnly), dateOr(r.RateTime), eighths(r.Rate), r.Rate, sale})
}

// rate prints a rate.
func (p printer) rate(r rateRecord) error {
	if p.json {
		return writeJSON(p.out, r)
	}
	of := r.RateDay
	if of == "" {
		of = r.Day
	}
	_, err := fmt.Fprintf(p.out, "%s  1 %s = %s %s\n", of, r.Currency, r.Rate, r.To)
	return err
}

// eighths writes a number of 10^-8.
func eighths(n int64) string { return fmt.Sprintf("%d.%08d", n/100_000_000, n%100_000_000) }

// dateOr is the day of a time, "" of none.
func dateOr(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(china).Format(time.DateOnly)
}

// How far back a sale is looked for whose rate can be compared, and among how many.
const (
	rateDays  = 30
	rateSales = 100
)

// newestRate finds the newest sale in a currency that was paid in CNY, and its
// rate. Without one, or without a journal, the order number is empty.
func (o *office) newestRate(ctx context.Context, currency pos.Currency) (pos.OrderNo, string, error) {
	if _, err := os.Stat(o.path); errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	r, err := storage.OpenReader(ctx, o.path)
	if err != nil {
		return "", "", err
	}
	no, rate, err := newestRateIn(ctx, r, currency)
	return no, rate, errors.Join(err, r.Close())
}

func newestRateIn(ctx context.Context, r *storage.Reader, currency pos.Currency) (pos.OrderNo, string, error) {
	paid, err := r.List(ctx, pos.Filter{States: []pos.State{pos.Paid}, From: time.Now().AddDate(0, 0, -rateDays), Limit: rateSales})
	if err != nil {
		return "", "", err
	}
	for _, s := range paid {
		if s.Amount.Currency != currency {
			continue
		}
		entries, err := r.Timeline(ctx, s.OrderNo)
		if err != nil {
			return "", "", err
		}
		if rate := rateOf(entries); rate != "" {
			return s.OrderNo, rate, nil
		}
	}
	return "", "", nil
}

// rateOf is the rate at which an order was paid in CNY, or "".
func rateOf(entries []pos.Entry) string {
	for _, e := range entries {
		heard := pos.AnswerOf(e.Event).Heard
		if heard.Fields["cash_fee_type"] == "CNY" && heard.Fields["rate"] != "" {
			return heard.Fields["rate"]
		}
	}
	return ""
}
