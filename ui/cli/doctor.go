package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"cashier/pos"
	"cashier/storage"
)

// The limits that doctor warns beyond.
const (
	certDays   = 30               // days left of the certificate
	clockOff   = 60 * time.Second // between this clock and the gateway's Date
	freeBytes  = 50 << 20         // beside the journal
	doctorWait = 15 * time.Second
)

func (m *machine) doctorCommand(f *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check configuration, key, certificate, clock, gateway, journal, disk and terminal",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return m.doctor(c.Context(), *f) },
	}
}

// finding is what one check found.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Says  string `json:"says"`
	Hint  string `json:"hint,omitempty"`
	err   error
}

// doctor runs every check and prints what it found. The exit status is that of
// the first that failed.
func (m *machine) doctor(ctx context.Context, f flags) error {
	set, err := m.settle(f)
	from := set.file
	if from == "" {
		from = "built-in values and the environment"
	}
	found := []finding{about("configuration", from, err)}
	if err == nil {
		found = append(found, m.examine(ctx, set)...)
	}
	found = append(found, m.terminal())
	var first error
	for _, one := range found {
		first = errors.Join(first, m.printFinding(one, f.json))
		if first == nil && one.err != nil {
			first = status(exitCode(one.err))
		}
	}
	return first
}

// about is a finding that is good when err is nil.
func about(check, says string, err error) finding {
	if err == nil {
		return finding{Check: check, OK: true, Says: says}
	}
	return finding{Check: check, Says: err.Error(), Hint: pos.HintOf(err), err: err}
}

func (m *machine) printFinding(one finding, asJSON bool) error {
	if asJSON {
		return writeJSON(m.stdout, one)
	}
	mark := "ok  "
	if !one.OK {
		mark = "FAIL"
	}
	err := m.printf("%s  %-13s  %s\n", mark, one.Check, clean(one.Says))
	if one.Hint != "" {
		err = m.printf("      %-13s  hint: %s\n", "", clean(one.Hint))
	}
	return err
}

// examine makes the checks that need a configuration.
func (m *machine) examine(ctx context.Context, s setting) []finding {
	found := []finding{}
	if !s.practice {
		_, err := s.loadKey()
		found = append(found, about("key", "32 characters", err), s.certificate())
	}
	if s.WeChat.PlatformCertFile != "" {
		found = append(found, s.platform())
	}
	found = append(found, m.reach(ctx, s)...)
	return append(found, s.record(ctx), disk(s.path))
}

// certificate reports how long the client certificate is good for.
func (s setting) certificate() finding {
	cert, err := s.loadCertificate()
	switch {
	case err != nil:
		return about("certificate", "", err)
	case cert == nil && s.loopback():
		return about("certificate", "none is needed for a loopback gateway", nil)
	case cert == nil:
		return about("certificate", "", &pos.Error{Kind: pos.KindCredentials, Err: errors.New("wechat.cert_file is not set"), Hint: "without it nothing is sold"})
	}
	days := int(time.Until(cert.Leaf.NotAfter).Hours() / 24)
	if days < certDays {
		return about("certificate", "", &pos.Error{Kind: pos.KindCredentials, Err: fmt.Errorf("it ends in %d days", days), Hint: "get a new one in the merchant portal"})
	}
	return about("certificate", fmt.Sprintf("%d days left", days), nil)
}

// platform reports whether WeChat Pay's own certificate can be read.
func (s setting) platform() finding {
	keys, err := s.loadPlatformKeys()
	says := ""
	for serial := range keys {
		says = "serial number " + serial
	}
	return about("platform", says, err)
}

// reach asks the gateway about an order that does not exist: a signed answer
// proves the way there, the key and the account, and its Date the clock.
func (m *machine) reach(ctx context.Context, s setting) []finding {
	client, err := m.gateway(s)
	if err != nil { // the checks of key and certificate have said the same
		return []finding{about("gateway", "", &pos.Error{Kind: pos.KindOf(err), Err: errors.New("not asked: " + err.Error())})}
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, doctorWait)
	defer cancel()
	start := time.Now()
	r := client.Query(ctx, pos.Order{No: pos.OrderNo("DOCTOR" + start.UTC().Format("20060102150405")), Amount: pos.Money{Minor: 1, Currency: pos.Currency(s.Till.Currency)}})
	took := time.Since(start)
	if r.Finding != pos.FoundNoOrder {
		err := fmt.Errorf("%s %s %s", r.Finding, r.Code, r.Heard.Error)
		kind, hint := pos.KindUnavailable, "check the network and wechat.url"
		if r.Finding == pos.FoundCommFail || r.Alarm != "" {
			kind, hint = pos.KindCredentials, "check wechat.key_file, appid, mch_id and sign_type: "+r.Heard.Fields["return_msg"]
		}
		return []finding{about("gateway", "", &pos.Error{Kind: kind, Err: err, Hint: hint})}
	}
	found := []finding{about("gateway", fmt.Sprintf("answers, signed, in %d ms", took.Milliseconds()), nil)}
	if off := start.Sub(r.Date); !r.Date.IsZero() {
		err := error(nil)
		if off.Abs() > clockOff {
			err = &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("this clock is %s away from the gateway's", off.Round(time.Second)), Hint: "set the clock, by NTP if you can"}
		}
		found = append(found, about("clock", "agrees with the gateway's", err))
	}
	return found
}

// record looks at the journal without taking its lock.
func (s setting) record(ctx context.Context) finding {
	if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) {
		return about("journal", s.path+" will be made by the first start", nil)
	}
	r, err := storage.OpenReader(ctx, s.path)
	if err != nil {
		return about("journal", "", err)
	}
	defer r.Close()
	seq, head, err := r.Head(ctx)
	return about("journal", fmt.Sprintf("%s, %d entries, head %.16s", s.path, seq, head), err)
}

// disk reports the room beside the journal.
func disk(path string) finding {
	dir := filepath.Dir(path)
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return about("disk", "", err)
	}
	free := fs.Bavail * uint64(fs.Bsize)
	if free < freeBytes {
		return about("disk", "", &pos.Error{Kind: pos.KindJournal, Err: fmt.Errorf("%d MB free in %s", free>>20, dir), Hint: "free some space"})
	}
	return about("disk", fmt.Sprintf("%d MB free in %s", free>>20, dir), nil)
}

// terminal reports whether the screen will fit.
func (m *machine) terminal() finding {
	f, ok := m.stdout.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return about("terminal", "standard output is no terminal; the screen needs one", nil)
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err == nil && (width < 80 || height < 24) {
		err = &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("%d x %d", width, height), Hint: "make it 80 x 24 or larger"}
	}
	return about("terminal", fmt.Sprintf("%s, %d x %d", m.getenv("TERM"), width, height), err)
}
