package cli

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
	"cashier/wechat/sim"
)

// flags are those that every command takes.
type flags struct {
	config   string
	journal  string
	practice bool
	json     bool
}

// setting is what a command works under: the configuration and whether it is practice.
type setting struct {
	config
	practice bool
	path     string // of the journal
}

// settle reads the configuration, or for practice does without.
func (m *machine) settle(f flags) (setting, error) {
	c, err := m.loadConfig(f.config)
	if err != nil && f.practice && !errors.Is(err, errMissing) { // training needs no configuration, nor a whole one
		if !errors.Is(err, errNoConfig) {
			m.say("practising without the configuration: %s", err)
		}
		c, err = m.practiceConfig(), nil
	}
	if err != nil {
		return setting{}, err
	}
	s := setting{config: c, practice: f.practice, path: m.journalPath(f.practice)}
	if c.Journal.Path != "" && !f.practice {
		s.path = c.Journal.Path
	}
	if f.journal != "" {
		s.path = f.journal
	}
	if !filepath.IsAbs(s.path) && f.journal == "" { // another folder tomorrow would be another journal
		return setting{}, refuse("set HOME, or journal.path, or --journal", "there is no place for the journal: HOME is not an absolute path")
	}
	return s, nil
}

// practiceConfig is what practice mode runs under where nothing was configured:
// what the environment says, as far as it can be used.
func (m *machine) practiceConfig() config {
	plain := defaults()
	plain.Till.ID, plain.Till.Store, plain.Till.Language = "P1", "Your shop", m.language()
	c := plain
	if _, err := c.overlay(m.env); err != nil || c.check() != nil {
		return plain
	}
	return c
}

// language is the catalogue for the user's locale: LC_ALL, LC_MESSAGES, LANG.
func (m *machine) language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		locale, _, _ := strings.Cut(m.getenv(name), ".")
		switch {
		case locale == "":
			continue
		case strings.HasPrefix(locale, "zh_TW"), strings.HasPrefix(locale, "zh_HK"), strings.HasPrefix(locale, "zh_MO"):
			return "zh-Hant"
		case strings.HasPrefix(locale, "zh"):
			return "zh-Hans"
		case strings.HasPrefix(locale, "ja"):
			return "ja"
		}
		break
	}
	return "en"
}

// shop is everything a selling or asking command works with. It is opened in
// the order of dependence and closed in reverse.
type shop struct {
	setting
	journal *storage.Journal
	client  *wechat.Client
	gateway *watched
	till    *pos.Till
	office  *pos.Office
	log     *logFile
}

// open makes a shop: gateway first (it needs no lock and can be refused),
// then the journal, waiting for a till that is leaving.
func (m *machine) open(ctx context.Context, f flags) (*shop, error) {
	set, err := m.settle(f)
	if err != nil {
		return nil, err
	}
	s := &shop{setting: set}
	if s.client, err = m.gateway(set); err != nil {
		return nil, err
	}
	policy, err := set.policy(newRun(), set.practice)
	if err != nil {
		return nil, err
	}
	if s.journal, err = m.openJournal(ctx, set); err != nil {
		return nil, err
	}
	s.log = m.openLog()
	s.gateway = &watched{Gateway: s.client, log: s.log.Logger}
	s.till = pos.NewTill(s.gateway, s.journal, policy)
	s.office = pos.NewOffice(s.till, s.journal, argon{})
	return s, nil
}

// close ends everything. What is open stays open in the journal.
func (s *shop) close() error {
	s.till.Close()
	return errors.Join(s.client.Close(), s.journal.Close(), s.log.Close())
}

// gateway is WeChat Pay for a till that sells: over https not without a client certificate.
func (m *machine) gateway(s setting) (*wechat.Client, error) {
	s.WeChat.PlatformCertFile = "" // what only declarations need does not stop a sale
	client, err := m.client(s)
	if err != nil {
		return nil, err
	}
	return client, client.CanSell(time.Now())
}

// client is WeChat Pay, or in practice the one that lives in this process.
func (m *machine) client(s setting) (*wechat.Client, error) {
	c := wechat.Config{
		URL: s.WeChat.URL, AppID: s.WeChat.AppID, MchID: s.WeChat.MchID,
		SubAppID: s.WeChat.SubAppID, SubMchID: s.WeChat.SubMchID,
		SignType: wechat.SignType(s.WeChat.SignType), Share: s.WeChat.Share,
		RequestTimeout: time.Duration(s.Timing.RequestTimeout),
		Store:          s.Till.Store, TillID: s.Till.ID, UserAgent: "cashier/" + version(),
		NotifyURL: s.WeChat.NotifyURL,
	}
	if s.practice {
		return practiceGateway(c)
	}
	var err error
	if c.Key, err = s.loadKey(); err != nil {
		return nil, err
	}
	if c.Certificate, err = s.loadCertificate(); err != nil {
		return nil, err
	}
	if c.PlatformKeys, err = s.loadPlatformKeys(); err != nil {
		return nil, err
	}
	return wechat.New(c)
}

// practiceMerchant is the account of practice mode and of cashier simulate. It
// exists nowhere else.
var practiceMerchant = sim.Merchant{
	AppID: "wx0000000000000000", MchID: "1900000000", Key: "practicepracticepracticepractice",
}

// practiceInstitution is its twin in institution mode.
var practiceInstitution = sim.Merchant{
	AppID: practiceMerchant.AppID, MchID: practiceMerchant.MchID, Key: practiceMerchant.Key,
	SubMchID: "1900000001", SubAppID: "wx0000000000000001",
}

// practiceGateway is the client on the simulator, without a socket.
func practiceGateway(c wechat.Config) (*wechat.Client, error) {
	c.URL, c.AppID, c.MchID, c.SubAppID, c.SubMchID = "http://127.0.0.1", practiceMerchant.AppID, practiceMerchant.MchID, "", ""
	key, err := wechat.ParseKey(practiceMerchant.Key)
	if err != nil {
		return nil, err
	}
	c.Key = key
	c.RoundTripper = practiceTransport()
	return wechat.New(c)
}

func practiceTransport() http.RoundTripper {
	return sim.Transport(sim.New(sim.Config{Merchants: []sim.Merchant{practiceMerchant, practiceInstitution}, Seed: uint64(time.Now().UnixNano())}))
}

// loadKey reads the API key from the environment or from its file.
func (s setting) loadKey() (wechat.Key, error) {
	text, err := s.keyText()
	if err != nil {
		return wechat.Key{}, err
	}
	return wechat.ParseKey(text)
}

// keyText is the key as it stands in the environment or in its file.
func (s setting) keyText() (string, error) {
	if s.key != "" {
		return s.key, nil
	}
	if s.WeChat.KeyFile == "" {
		return "", &pos.Error{Kind: pos.KindCredentials, Err: errors.New("wechat.key_file is not set"),
			Hint: "put the 32-character API key into a file with mode 0600 and name it, or set CASHIER_WECHAT_KEY"}
	}
	if err := secretFile("wechat.key_file", s.WeChat.KeyFile); err != nil {
		return "", err
	}
	text, err := readPlain(s.WeChat.KeyFile)
	if err != nil {
		return "", &pos.Error{Kind: pos.KindCredentials, Op: "wechat.key_file", Err: err}
	}
	return strings.TrimSpace(string(text)), nil
}

// loadCertificate reads the client certificate; none is set: nil.
func (s setting) loadCertificate() (*tls.Certificate, error) {
	if s.WeChat.CertFile == "" {
		return nil, nil
	}
	for key, file := range map[string]string{"wechat.cert_file": s.WeChat.CertFile, "wechat.cert_key_file": s.WeChat.CertKeyFile} {
		if file == "" {
			continue
		}
		if err := secretFile(key, file); err != nil {
			return nil, err
		}
	}
	return wechat.LoadCertificate(s.WeChat.CertFile, s.WeChat.CertKeyFile, s.WeChat.MchID)
}

// loadPlatformKeys reads WeChat Pay's own certificate, which is no secret; none is set: nil.
func (s setting) loadPlatformKeys() (map[string]*rsa.PublicKey, error) {
	if s.WeChat.PlatformCertFile == "" {
		return nil, nil
	}
	serial, key, err := wechat.LoadPlatformCertificate(s.WeChat.PlatformCertFile)
	if err != nil {
		return nil, s.at("wechat.platform_cert_file", err)
	}
	return map[string]*rsa.PublicKey{serial: key}, nil
}

// secretFile refuses a secret that others can read, or that is not a plain
// file: somebody could change where it points.
func secretFile(key, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &pos.Error{Kind: pos.KindCredentials, Err: fmt.Errorf("%s: %s does not exist", key, path), Hint: "correct the name in the configuration"}
	case err != nil:
		return &pos.Error{Kind: pos.KindCredentials, Op: key, Err: err}
	case !info.Mode().IsRegular():
		return &pos.Error{Kind: pos.KindCredentials, Err: fmt.Errorf("%s: %s is not a plain file", key, path), Hint: "name the file itself"}
	case info.Size() > plainSize:
		return &pos.Error{Kind: pos.KindCredentials, Err: fmt.Errorf("%s: %s is too large to be one", key, path), Hint: "name the right file"}
	case info.Mode().Perm()&0o077 != 0:
		return &pos.Error{Kind: pos.KindCredentials, Err: fmt.Errorf("%s: %s can be read by others (mode %04o)", key, path, info.Mode().Perm()),
			Hint: "chmod 600 " + path}
	}
	return nil
}

// draining begins what a till that is leaving writes into its lock file.
const draining = "draining"

// openJournal opens the journal for writing. While its owner is leaving this
// till waits and says what for; otherwise it is refused with the owner's pid.
func (m *machine) openJournal(ctx context.Context, s setting) (*storage.Journal, error) {
	said := ""
	for {
		j, err := storage.Open(ctx, s.path, storage.Options{Practice: s.practice})
		owner := storage.Owner(s.path)
		if pos.KindOf(err) != pos.KindConflict || !strings.HasPrefix(owner.Doing, draining) {
			return j, err
		}
		if owner.String() != said {
			said = owner.String()
			m.say("waiting for %s", said)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// newRun names this run of the program in the journal.
func newRun() string {
	b := make([]byte, 8)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
