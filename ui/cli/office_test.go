package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cashier/pos"
	"cashier/wechat/sim"
)

// TestOffice runs testdata/office: the commands that ask WeChat Pay for something
// beside the sales, against the simulator behind a socket. $YESTERDAY is one whose
// clock stands at noon of $DAY, the day before in GMT+8, and goes on from there.
func TestOffice(t *testing.T) {
	now := time.Now()
	noon := now.In(china).AddDate(0, 0, -1)
	noon = time.Date(noon.Year(), noon.Month(), noon.Day(), 12, 0, 0, 0, china)
	today := simulator(t, sim.Config{})
	yesterday := simulator(t, sim.Config{
		Now: func() time.Time { return noon.Add(time.Since(now)) },
		Sleep: func(ctx context.Context, d time.Duration) error {
			select {
			case <-time.After(d):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	})
	testscript.Run(t, testscript.Params{
		Dir: "testdata/office",
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Vars = append(env.Vars, strings.Fields(`CASHIER_TILL_ID=K1 CASHIER_WECHAT_APPID=`+practiceMerchant.AppID+
				` CASHIER_WECHAT_MCH_ID=`+practiceMerchant.MchID+` CASHIER_WECHAT_KEY=`+practiceMerchant.Key+
				` HOME=`+home+` CASHIER_WECHAT_URL=`+today+` TODAY=`+today+` YESTERDAY=`+yesterday+` DAY=`+noon.Format(time.DateOnly))...)
			return os.MkdirAll(home, 0o700)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits, "mode": mode, "order": order},
	})
}

// simulator serves a WeChat Pay with the accounts of cashier simulate.
func simulator(t *testing.T, c sim.Config) (url string) {
	c.Merchants = []sim.Merchant{practiceMerchant, practiceInstitution}
	server := httptest.NewServer(sim.New(c))
	t.Cleanup(server.Close)
	return server.URL
}

// order keeps the number of the sale that was printed last: order VARIABLE
func order(ts *testscript.TestScript, _ bool, args []string) {
	var sold record
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &sold))
	ts.Setenv(args[0], string(sold.OrderNo))
}

// mode wants the permissions of a file: mode 600 FILE
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[0] {
		ts.Fatalf("%s has mode %s, not %s", args[1], got, args[0])
	}
}

// wechat.notify_url is where WeChat Pay is told to report what is not Quick Pay.
func TestNotifyURL_IsSent(t *testing.T) {
	var sent atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent.Store(string(body))
	}))
	defer server.Close()
	set := setting{config: defaults()}
	set.WeChat.URL, set.WeChat.AppID, set.WeChat.MchID, set.key = server.URL, practiceMerchant.AppID, practiceMerchant.MchID, practiceMerchant.Key
	set.WeChat.NotifyURL = "https://shop.example/paid"
	client, err := (&machine{}).gateway(set)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	client.Submit(t.Context(), pos.Charge{Order: pos.Order{No: "K1261122020R000001", Amount: pos.Money{Minor: 1250, Currency: "HKD"}, Method: pos.Native}})
	if body, _ := sent.Load().(string); !strings.Contains(body, "https://shop.example/paid") {
		t.Errorf("sent: %s", body)
	}
}

// ask runs a command against a gateway.
func ask(t *testing.T, gateway http.Handler, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	return askWith(t, gateway, "", nil, args...)
}

// askWith does so with a standard input and more in the environment.
func askWith(t *testing.T, gateway http.Handler, stdin string, env []string, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	server := httptest.NewServer(gateway)
	defer server.Close()
	var out, err bytes.Buffer
	exit = Main(args, strings.NewReader(stdin), &out, &err, append(env,
		"HOME="+t.TempDir(), "CASHIER_TILL_ID=K1", "CASHIER_WECHAT_URL="+server.URL, "CASHIER_WECHAT_KEY="+practiceMerchant.Key,
		"CASHIER_WECHAT_APPID="+practiceMerchant.AppID, "CASHIER_WECHAT_MCH_ID="+practiceMerchant.MchID))
	return exit, out.String(), err.String()
}
