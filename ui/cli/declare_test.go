package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cashier/wechat/sim"
)

// customsHouse is a shop and a WeChat Pay whose clock is set forward by hand.
type customsHouse struct {
	t       *testing.T
	sim     *sim.Gateway
	ahead   atomic.Int64 // seconds
	journal string
}

func newCustomsHouse(t *testing.T) *customsHouse {
	h := &customsHouse{t: t, journal: filepath.Join(t.TempDir(), "journal", "journal.db")}
	h.sim = sim.New(sim.Config{
		Merchants: []sim.Merchant{practiceMerchant},
		Now:       func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load()) * time.Second) },
		Sleep:     func(context.Context, time.Duration) error { return nil },
	})
	return h
}

// sell sells for an amount and returns the order's number.
func (h *customsHouse) sell(amount, code string) string {
	h.t.Helper()
	exit, stdout, stderr := ask(h.t, h.sim, "--json", "--journal", h.journal, "pay", amount, "--code", code)
	var sold record
	if err := json.Unmarshal([]byte(stdout), &sold); exit != exitDone || err != nil {
		h.t.Fatalf("exit %d, %q, %q", exit, stdout, stderr)
	}
	return string(sold.OrderNo)
}

// run runs cashier declare and wants its exit status and a text of its output.
func (h *customsHouse) run(wantExit int, want string, args ...string) {
	h.t.Helper()
	exit, stdout, stderr := ask(h.t, h.sim, append([]string{"--journal", h.journal, "declare"}, args...)...)
	if exit != wantExit || !strings.Contains(stdout+stderr, want) {
		h.t.Errorf("%q: exit %d, want %d with %q\n%s%s", args, exit, wantExit, want, stdout, stderr)
	}
}

// wechatpay-v2 6.14, by both protocols: a declaration goes from PROCESSING to its
// end, and is handed over again only from SUCCESS or EXCEPT.
func TestDeclare_ToTheEnd(t *testing.T) {
	for n, protocol := range []string{protocolGlobal, protocolMainland} {
		t.Run(protocol, func(t *testing.T) {
			h := newCustomsHouse(t)
			h.t = t
			of := func(no string, more ...string) []string {
				return append([]string{no, "--customs", "TIANJIN", "--protocol", protocol}, more...)
			}
			number := []string{"--customs-no", "C1"}
			code := func(i int) string { return fmt.Sprintf("13000000000000%d%03d", n, i) }
			good, rejected, lost := h.sell("12.50", code(1)), h.sell("0.90", code(2)), h.sell("0.91", code(3))
			for _, no := range []string{good, rejected, lost} {
				h.run(exitError, "ORDERNOTEXIST", append([]string{"query"}, of(no)...)...)
				h.run(exitDone, "PROCESSING", of(no, number...)...)
				h.run(exitError, "is PROCESSING", append([]string{"redeclare"}, of(no, number...)...)...)
			}
			h.ahead.Add(7)
			h.run(exitDone, "SUBMITTED", append([]string{"query"}, of(good)...)...)
			h.ahead.Add(7)
			h.run(exitDone, "SUCCESS", append([]string{"query"}, of(good)...)...)
			h.run(exitDone, "FAIL", append([]string{"query"}, of(rejected)...)...)
			h.run(exitDone, "the customs refused", append([]string{"query"}, of(rejected)...)...)
			h.run(exitError, "is FAIL", append([]string{"redeclare"}, of(rejected, number...)...)...)
			h.run(exitDone, "EXCEPT", append([]string{"query"}, of(lost)...)...)
			h.run(exitDone, "PROCESSING is not the end", append([]string{"redeclare"}, of(lost, number...)...)...)
			h.ahead.Add(14)
			h.run(exitDone, "SUCCESS", append([]string{"query"}, of(lost)...)...)
			h.run(exitDone, "PROCESSING", append([]string{"modify"}, of(good, "--customs-no", "C2", "--duty", "1")...)...)
		})
	}
}

// Of an order in parts one part is changed, asked for and handed over by its own number.
func TestDeclare_APart(t *testing.T) {
	for n, protocol := range []string{protocolGlobal, protocolMainland} {
		t.Run(protocol, func(t *testing.T) {
			h := newCustomsHouse(t)
			h.t = t
			no := h.sell("12.50", fmt.Sprintf("1300000000000002%02d", n))
			of := func(part string, more ...string) []string {
				return append([]string{no, "--customs", "TIANJIN", "--protocol", protocol, "--sub-order", part}, more...)
			}
			h.run(exitDone, "PROCESSING", of("S1", "--customs-no", "C1", "--product", "10")...)
			h.run(exitDone, "PROCESSING", of("S2", "--customs-no", "C1", "--product", "2", "--transport", "0.50")...)
			h.ahead.Add(14)
			h.run(exitDone, "PROCESSING", append([]string{"modify"}, of("S2", "--customs-no", "C1", "--product", "1", "--transport", "0.50")...)...)
			h.run(exitDone, "PROCESSING", append([]string{"redeclare"}, of("S1", "--customs-no", "C1")...)...)
			h.run(exitDone, "sub-order S2", append([]string{"query"}, of("S2")...)...)
		})
	}
}

// The Global query answers 20 parts at a time; all of them are printed.
func TestDeclare_ManyParts(t *testing.T) {
	h := newCustomsHouse(t)
	no := h.sell("12.50", "130000000000000003")
	at := []string{no, "--customs", "TIANJIN", "--protocol", protocolGlobal}
	const parts = 21
	for i := range parts {
		h.run(exitDone, "PROCESSING", append(at, "--customs-no", "C1", "--product", "0.50", "--sub-order", fmt.Sprintf("S%02d", i))...)
	}
	exit, stdout, stderr := ask(t, h.sim, append([]string{"--journal", h.journal, "declare", "query"}, at...)...)
	if exit != exitDone || strings.Count(stdout, "\n") != parts || !strings.Contains(stdout, "S00") || !strings.Contains(stdout, "S20") {
		t.Errorf("exit %d\n%s%s", exit, stdout, stderr)
	}
}

// Who paid stands in no error, not even where WeChat Pay quotes it.
func TestDeclare_HidesThePayer(t *testing.T) {
	h := newCustomsHouse(t)
	no := h.sell("12.50", "130000000000000001")
	quoting := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<xml><return_code>FAIL</return_code><return_msg>Chan Tai Man is not 110101190001010000</return_msg></xml>")
	})
	exit, stdout, stderr := askWith(t, quoting, "cert_id = '110101190001010000'\nname = 'Chan Tai Man'\n", nil,
		"--journal", h.journal, "declare", no, "--customs", "TIANJIN", "--customs-no", "C1", "--protocol", protocolMainland, "--payer", "-")
	if exit != exitError || stdout != "" || !strings.Contains(stderr, `"*** is not ***"`) {
		t.Errorf("exit %d, %q, %q", exit, stdout, stderr)
	}
}

// Without --protocol the host decides: Global where the gateway is one of the
// Global documentation's.
func TestDeclare_TheHostChoosesTheProtocol(t *testing.T) {
	for address, want := range map[string]string{
		"https://apihk.mch.weixin.qq.com": protocolGlobal, "https://apihk.mch.weixin.qq.com:443/sandboxnew": protocolGlobal,
		"https://apius.mch.weixin.qq.com": protocolGlobal,
		"https://api.mch.weixin.qq.com":   protocolMainland, "http://127.0.0.1:8321": protocolMainland,
		"https://apihk.mch.weixin.qq.com.example": protocolMainland,
	} {
		set := setting{config: defaults()}
		set.WeChat.URL = address
		if got, err := protocolOf("", set); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", address, got, err, want)
		}
		if got, err := protocolOf(protocolMainland, set); got != protocolMainland || err != nil {
			t.Errorf("%s: what was named is not taken: %q, %v", address, got, err)
		}
	}
}
