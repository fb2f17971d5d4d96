package cli

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cashier/wechat"
	"cashier/wechat/sim"
)

// TestReconcileScript runs testdata/reconcile, each script with a WeChat Pay of
// its own. fetch FILE writes its bill of $DAY, which still runs and so cannot be
// downloaded by cashier, into a file.
func TestReconcileScript(t *testing.T) {
	day := chinaMidnight(time.Now())
	testscript.Run(t, testscript.Params{
		Dir: "testdata/reconcile",
		Setup: func(env *testscript.Env) error {
			server := httptest.NewServer(sim.New(sim.Config{Merchants: []sim.Merchant{practiceMerchant}}))
			env.Defer(server.Close)
			home := filepath.Join(env.WorkDir, "home")
			env.Vars = append(env.Vars, strings.Fields(`CASHIER_TILL_ID=K1 CASHIER_WECHAT_APPID=`+practiceMerchant.AppID+
				` CASHIER_WECHAT_MCH_ID=`+practiceMerchant.MchID+` CASHIER_WECHAT_KEY=`+practiceMerchant.Key+
				` HOME=`+home+` CASHIER_WECHAT_URL=`+server.URL+` DAY=`+day.Format(time.DateOnly))...)
			return os.MkdirAll(home, 0o700)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits,
			"fetch": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(fetchBill(ts.Getenv("CASHIER_WECHAT_URL"), day, ts.MkAbs(args[0])))
			},
			"edit": func(ts *testscript.TestScript, _ bool, args []string) { // edit FILE OLD NEW
				path := ts.MkAbs(args[0])
				text := ts.ReadFile(path)
				if !strings.Contains(text, args[1]) {
					ts.Fatalf("%s has no %s", args[0], args[1])
				}
				ts.Check(os.WriteFile(path, []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
			},
		},
	})
}

// chinaMidnight is the beginning of a time's day in GMT+8.
func chinaMidnight(t time.Time) time.Time {
	t = t.In(china)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, china)
}

// fetchBill downloads a bill of any day: the simulator makes it at any time.
func fetchBill(url string, day time.Time, path string) error {
	key, err := wechat.ParseKey(practiceMerchant.Key)
	if err != nil {
		return err
	}
	client, err := wechat.New(wechat.Config{URL: url, AppID: practiceMerchant.AppID, MchID: practiceMerchant.MchID, Key: key})
	if err != nil {
		return err
	}
	defer client.Close()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = client.DownloadBill(context.Background(), wechat.DownloadBillRequest{Day: day}, file)
	return err
}
