package cli

import (
	"crypto/md5"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"cashier/pos"
	"cashier/wechat/sim"
)

// wechatpay-v2 6.9: the pages disagree about the unit of a rate, so that one
// which does not agree with a real sale is not shown.
func TestRate_IsComparedWithASale(t *testing.T) {
	g := sim.New(sim.Config{Merchants: []sim.Merchant{practiceMerchant}})
	rate := "912345"
	answers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/pay/queryexchagerate" {
			g.ServeHTTP(w, r)
			return
		}
		text := "appid=" + practiceMerchant.AppID + "&fee_type=HKD&mch_id=" + practiceMerchant.MchID + "&rate=" + rate +
			"&rate_time=20261121&return_code=SUCCESS"
		fmt.Fprintf(w, "<xml>%s<sign>%X</sign></xml>", elements(text), md5.Sum([]byte(text+"&key="+practiceMerchant.Key)))
	})
	file := filepath.Join(t.TempDir(), "journal", "journal.db")
	if exit, _, stderr := ask(t, answers, "--journal", file, "pay", "12.50", "--code", "130000000000000001"); exit != exitDone {
		t.Fatal(stderr)
	}
	exit, stdout, stderr := ask(t, answers, "--journal", file, "rate", "HKD")
	if exit != exitError || stdout != "" || !strings.Contains(stderr, "not in one unit") {
		t.Errorf("exit %d, %q, %q", exit, stdout, stderr)
	}
	rate = "0"
	if exit, stdout, stderr := ask(t, answers, "rate", "HKD"); exit != exitError || stdout != "" || !strings.Contains(stderr, "the answer has no rate") {
		t.Errorf("without a rate: exit %d, %q, %q", exit, stdout, stderr)
	}
}

// elements writes the parameters of a=b&c=d as XML.
func elements(text string) (xml string) {
	for part := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(part, "=")
		xml += "<" + name + ">" + value + "</" + name + ">"
	}
	return xml
}

// Only a sale that was paid in CNY can be compared: the rate of any other one is to another currency.
func TestRateOf_IsThatOfASaleInCNY(t *testing.T) {
	for wallet, want := range map[string]string{"CNY": "92000000", "HKD": "", "": ""} {
		heard := pos.Heard{Fields: map[string]string{"cash_fee_type": wallet, "rate": "92000000"}}
		for _, e := range []pos.Event{pos.SubmitAnswered{Answer: pos.Answer{Heard: heard}}, pos.QueryAnswered{Answer: pos.Answer{Heard: heard}}} {
			if got := rateOf([]pos.Entry{{Event: pos.Intended{}}, {Event: e}}); got != want {
				t.Errorf("%T paid in %q: %q, want %q", e, wallet, got, want)
			}
		}
	}
}
