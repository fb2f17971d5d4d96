package wechat

import (
	"crypto/rsa"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Over https both keys have to be there, and the first that is not is named;
// elsewhere none has to.
func TestWhereAGlobalDeclarationMayBeSentWithoutKeys(t *testing.T) {
	us, platform := newParty()
	keys := map[string]*rsa.PublicKey{"4D5E6F": &platform.key.PublicKey}
	for name, row := range map[string]struct {
		config Config
		wrong  string
	}{
		"https with both":             {Config{URL: "https://a.example", Certificate: &us.cert, PlatformKeys: keys}, ""},
		"https with neither":          {Config{URL: "https://a.example"}, "client certificate"},
		"https without platform keys": {Config{URL: "https://a.example", Certificate: &us.cert}, "could not be verified"},
		"https in the process":        {Config{URL: "https://a.example", RoundTripper: &gateway{}}, ""},
		"a loopback address":          {Config{URL: "http://127.0.0.1:1"}, ""},
	} {
		row.config.AppID, row.config.MchID, row.config.Key = "wx1", "1", mustKey(t)
		err := newClient(t, row.config).canDeclare(time.Now())
		if (err == nil) != (row.wrong == "") || err != nil && !strings.Contains(err.Error(), row.wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The answer to a Global declaration is of the last five minutes, by either clock.
func TestE8_AGlobalAnswerIsFiveMinutesOldAtMost(t *testing.T) {
	_, platform := newParty()
	c := (&platformAnswer{}).client(t)
	stamp := strconv.FormatInt(testDay.Unix(), 10)
	h := http.Header{"Wechatpay-Serial": {"4D5E6F"}, "Wechatpay-Nonce": {"n"}, "Wechatpay-Timestamp": {stamp},
		"Wechatpay-Signature": {platform.sign(stamp + "\nn\n{}\n")}}
	for after, want := range map[time.Duration]bool{0: true, 5 * time.Minute: true, 5*time.Minute + 1: false, -5 * time.Minute: true, -5*time.Minute - 1: false} {
		if got := c.platformSigned(h, []byte("{}"), testDay.Add(after)); got != want {
			t.Errorf("%v after it was signed: %v", after, got)
		}
	}
}
