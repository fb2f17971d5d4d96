package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/wechat"
)

// billMonths is how long WeChat Pay keeps a bill (wechatpay-v2 6.8).
const billMonths = 3

func (m *machine) billCommand(f *flags) *cobra.Command {
	var kind, out string
	var force bool
	c := &cobra.Command{
		Use:   "bill DAY",
		Short: "Download WeChat Pay's bill of a day",
		Long: `Downloads WeChat Pay's bill of a day in GMT+8, to standard output as it was
received, or with --out into a new file. With --json its rows are printed instead.

A bill is made in the morning after its day and can be had from 10:00 GMT+8 on,
for 3 months. It is not signed: it is for comparing, and changes no verdict.

With --json each row is one object on one line: line (of the file), time, state,
order_no, transaction_id, currency; total_minor (settled), coupon_minor, order_minor
(the price); refund_no, refund_id, refund_minor, coupon_refund_minor,
refund_asked_minor, refund_type, refund_status, refunded_at, refund_done_at; fee and
rate (of WeChat Pay's charge: decimals); appid, mch_id, sub_mch_id, till, trade_type,
bank_type, goods, ref; and trouble, which says why somebody has to look at the row.
Amounts are in the smallest unit, 0 where the bill has none; times in GMT+8.`,
		Args: takes("DAY"),
		RunE: func(c *cobra.Command, args []string) error {
			day, err := billDay(args[0], time.Now())
			if err != nil {
				return err
			}
			types := map[string]wechat.BillType{"all": wechat.BillAll, "success": wechat.BillSuccess, "refund": wechat.BillRefund}
			if err := oneOf("--type", kind, "all", "success", "refund"); err != nil {
				return err
			}
			if out != "" && f.json {
				return refuse("leave one of them out: --out keeps the bill as it was received, --json prints its rows", "--out and --json do not go together")
			}
			if err := checkOut(out, force); err != nil {
				return err
			}
			q := wechat.DownloadBillRequest{Day: day, Type: types[kind]}
			return m.inOffice(*f, func(o *office) error { return m.bill(c.Context(), o, q, out, force) })
		},
	}
	c.Flags().StringVar(&kind, "type", "all", "all, success (payments) or refund (refunds)")
	c.Flags().StringVar(&out, "out", "", "a new file to write it to")
	c.Flags().BoolVar(&force, "force", false, "replace the file of --out")
	return c
}

// billDay reads a day that can have a bill: one that is over, for 3 months at most.
func billDay(text string, now time.Time) (time.Time, error) {
	day, err := chinaDay("DAY", text, now)
	switch {
	case err != nil:
		return time.Time{}, err
	case now.Before(day.AddDate(0, 0, 1)):
		return time.Time{}, refuse("its bill can be had from 10:00 GMT+8 of the next day on", "DAY %s is not over in GMT+8", day.Format(time.DateOnly))
	case !now.Before(day.AddDate(0, billMonths, 1)):
		return time.Time{}, refuse("older bills are in WeChat Pay's merchant portal", "DAY %s is more than %d months ago", day.Format(time.DateOnly), billMonths)
	}
	return day, nil
}

// checkOut refuses a file that could not be written in the end.
func checkOut(out string, force bool) error {
	if out == "" {
		if force {
			return refuse("name the file with --out FILE", "--force replaces the file of --out, and there is none")
		}
		return nil
	}
	info, err := os.Lstat(out)
	switch {
	case err == nil && !force:
		return refuse("name a new file, or use --force", "%s exists", out)
	case err == nil && !info.Mode().IsRegular():
		return refuse("name a plain file", "%s is not a plain file", out)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return refuse("name a file in a folder that you may write", "%w", err)
	}
	if info, err := os.Stat(filepath.Dir(out)); err != nil || !info.IsDir() {
		return refuse("make it first", "there is no folder %s", filepath.Dir(out))
	}
	return nil
}

// bill downloads a bill as a whole before any of it is written: half a bill is none.
func (m *machine) bill(ctx context.Context, o *office, q wechat.DownloadBillRequest, out string, force bool) error {
	var text bytes.Buffer
	receipt, err := o.client.DownloadBill(ctx, q, &text)
	if err := o.note(wechat.DownloadBill, receipt.Reply, "", err); err != nil {
		return noBill(q, err, time.Now())
	}
	if out != "" {
		if err := writeFile(out, text.Bytes(), force); err != nil {
			return err
		}
		m.say("%s has %d bytes, SHA-256 %s", out, receipt.Bytes, receipt.SHA256)
	}
	read, unreadable := wechat.ReadBill(bytes.NewReader(text.Bytes()))
	if read.Totals.Trouble != "" {
		m.say("look at the bill: %s", read.Totals.Trouble)
	}
	switch {
	case o.json && unreadable != nil:
		return &pos.Error{Kind: pos.KindUnavailable, Err: unreadable, Hint: pos.HintOf(unreadable)} // it was sent: not exit 2
	case o.json:
		return o.billRows(read.Rows)
	case unreadable != nil:
		m.say("look at the bill: %s", unreadable)
	}
	if out == "" {
		_, err = m.stdout.Write(text.Bytes())
	}
	return err
}

// noBill says what to do where there is no bill. To come back is only for a day
// whose bill may still be made.
func noBill(q wechat.DownloadBillRequest, err error, now time.Time) error {
	if !errors.Is(err, wechat.ErrNoBill) || now.Before(q.Day.AddDate(0, 0, 1).Add(billHour)) {
		return err
	}
	hint := "if there were sales, check the day, wechat.mch_id and wechat.sub_mch_id"
	if q.Type != wechat.BillAll {
		hint = "that is about this --type alone; --type all has every kind"
	}
	return &pos.Error{Kind: pos.KindOf(err), Err: err, Hint: hint}
}

// billRows prints the rows of a bill.
func (p printer) billRows(rows []wechat.BillRow) error {
	for _, r := range rows {
		if err := writeJSON(p.out, newBillRecord(r)); err != nil {
			return err
		}
	}
	return nil
}

// writeFile puts a whole file with mode 0600 in its place, durably, or leaves
// the place as it was. Without replace it never takes that of another file.
func writeFile(path string, text []byte, replace bool) error {
	folder := filepath.Dir(path)
	unfinished, err := os.CreateTemp(folder, ".cashier-*")
	if err != nil {
		return err
	}
	defer os.Remove(unfinished.Name())
	_, err = unfinished.Write(text)
	if err := errors.Join(err, unfinished.Sync(), unfinished.Close()); err != nil {
		return err
	}
	put := os.Link // fails if something is there by now
	if replace {
		put = os.Rename
	}
	if err := put(unfinished.Name(), path); err != nil {
		return fmt.Errorf("%s was not written: %w", path, err)
	}
	return syncFolder(folder)
}

// syncFolder makes a new name in a folder durable.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
