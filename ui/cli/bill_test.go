package cli

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cashier/pos"
	"cashier/wechat"
	"cashier/wechat/sim"
)

// wechatpay-v2 6.8: a day's bill is of GMT+8, there is none before the day is
// over, and none is kept for more than 3 months.
func TestBillDay(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC) // half past midnight of the 23rd in GMT+8
	for text, want := range map[string]string{
		"2026-11-22": "2026-11-22", "yesterday": "2026-11-22", "2026-08-23": "2026-08-23",
		"2026-11-23": "", "today": "", "2026-11-24": "", "2026-08-22": "", "": "", "2026-02-30": "", "2026-11-22T00:00:00Z": "",
	} {
		day, err := billDay(text, now)
		if want == "" {
			if pos.KindOf(err) != pos.KindInvalid || pos.HintOf(err) == "" {
				t.Errorf("%q: %v, %v; want a refusal with a hint", text, day, err)
			}
			continue
		}
		if err != nil || day.Format(time.DateOnly) != want || day.Hour() != 0 {
			t.Errorf("%q: %v, %v; want %s", text, day, err, want)
		}
	}
}

// yesterday is the newest day that has a bill.
func yesterday() time.Time { return time.Now().In(china).AddDate(0, 0, -1) }

// wechatpay-v2 6.8: "Bill Creating" is no failure of ours, and says when to come back.
func TestBill_IsNotThereBeforeTen(t *testing.T) {
	day := yesterday()
	half := time.Date(day.Year(), day.Month(), day.Day()+1, 9, 30, 0, 0, china)
	g := sim.New(sim.Config{Merchants: []sim.Merchant{practiceMerchant}, BillHours: true, Now: func() time.Time { return half }})
	file := filepath.Join(t.TempDir(), "bill.csv")
	exit, stdout, stderr := ask(t, g, "bill", "yesterday", "--out", file)
	if exit != exitError || stdout != "" || !strings.Contains(stderr, "not made yet") || !strings.Contains(stderr, "hint: come back after 10:00 GMT+8") {
		t.Errorf("exit %d\n%s%s", exit, stdout, stderr)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a file")
	}
}

// wechatpay-v2 6.8: after ten in the morning nobody is told to come back for a
// day on which nothing was traded.
func TestBill_NothingWasTraded(t *testing.T) {
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, china)
	none := afterAsking(&wechat.Error{Op: wechat.DownloadBill, Rule: wechat.ReturnFail,
		Err: &pos.Error{Kind: pos.KindNotFound, Err: wechat.ErrNoBill, Hint: "from 10:00 on"}})
	for _, c := range []struct {
		kind wechat.BillType
		now  time.Time
		want string
	}{
		{wechat.BillAll, day.Add(34*time.Hour - 1), "from 10:00 on"},
		{wechat.BillRefund, day.Add(34*time.Hour - 1), "from 10:00 on"},
		{wechat.BillAll, day.Add(34 * time.Hour), "if there were sales, "},
		{wechat.BillRefund, day.Add(34 * time.Hour), "--type all has every kind"},
	} {
		err := noBill(wechat.DownloadBillRequest{Day: day, Type: c.kind}, none, c.now)
		if got := pos.HintOf(err); !strings.Contains(got, c.want) || exitCode(err) != exitError || !errors.Is(err, wechat.ErrNoBill) {
			t.Errorf("%s at %s: %v, hint %q, want %q", c.kind, c.now, err, got, c.want)
		}
	}
	if other := errors.New("other"); noBill(wechat.DownloadBillRequest{Day: day}, other, day.Add(48*time.Hour)) != other {
		t.Error("another error is not left as it is")
	}
}

// A bill that cannot be read is handed over as received, with a warning; rows
// are never made of it. It is an error of the answer's, not of the user's (exit 2).
func TestBill_ThatIsCutShort(t *testing.T) {
	const half = "交易时间,公众账号ID\r\n`2026-11-21 12:00:00,`wx1\r\n"
	g := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, half) })
	if exit, stdout, stderr := ask(t, g, "bill", "yesterday"); exit != exitDone || stdout != half || !strings.Contains(stderr, "look at the bill") {
		t.Errorf("exit %d, %q, %q", exit, stdout, stderr)
	}
	if exit, stdout, stderr := ask(t, g, "--json", "bill", "yesterday"); exit != exitError || stdout != "" || !strings.Contains(stderr, "error: bill: ") {
		t.Errorf("with --json: exit %d, %q, %q", exit, stdout, stderr)
	}
}

// A bill that does not add up says so, in either form.
func TestBill_ThatDoesNotAddUp(t *testing.T) {
	const wrong = "交易时间,微信订单号,商户订单号,交易状态,货币种类,应结订单金额\n`2026-11-21 12:00:00,`4200,`K1,`SUCCESS,`HKD,`1.00\n" +
		"总交易单数,应结订单总金额\n`2,`1.00\n"
	g := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, wrong) })
	for _, args := range [][]string{{"bill", "yesterday"}, {"--json", "bill", "yesterday"}} {
		if exit, stdout, stderr := ask(t, g, args...); exit != exitDone || !strings.Contains(stdout, "4200") || !strings.Contains(stderr, "look at the bill") {
			t.Errorf("%q: exit %d, %q, %q", args, exit, stdout, stderr)
		}
	}
}

// A file that came between the check and the end of the download is not replaced
// either, and nothing is left beside it.
func TestWriteFile_NeverReplacesUnasked(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "bill.csv")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(file, []byte("bill"), false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
		t.Errorf("%q, %v", text, err)
	}
	if err := writeFile(file, []byte("bill"), true); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "bill" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}
