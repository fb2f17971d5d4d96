package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/wechat/sim"
)

func (m *machine) simulateCommand(f *flags) *cobra.Command {
	var listen string
	var behind time.Duration
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Serve the built-in WeChat Pay, on this machine only",
		Long: `Serves the built-in WeChat Pay on a loopback address, for clients that are
pointed at it. It knows the practice account, which it prints, and the account of
your configuration if there is one. Amounts choose what happens: see the README.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return m.simulate(c.Context(), *f, listen, behind) },
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8321", "loopback address")
	c.Flags().DurationVar(&behind, "behind", 0, "how far its clock is behind; with 24h today's sales stand on a bill that can be had now")
	return c
}

// simulate serves until a signal comes.
func (m *machine) simulate(ctx context.Context, f flags, listen string, behind time.Duration) error {
	if behind < 0 {
		return refuse("use 0s or more", "--behind %s is negative", behind)
	}
	merchants, minRevoke, err := m.simulated(f)
	if err != nil {
		return err
	}
	l, err := listenLoopback(listen)
	if err != nil {
		return err
	}
	gateway := sim.New(sim.Config{Merchants: merchants, Seed: uint64(time.Now().UnixNano()), MinRevokeAge: minRevoke,
		Now: func() time.Time { return time.Now().Add(-behind) }})
	server := &http.Server{Handler: gateway, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	for _, a := range merchants {
		m.say("appid %s  mch_id %s  sub_mch_id %q  sub_appid %q", a.AppID, a.MchID, a.SubMchID, a.SubAppID)
	}
	m.say("the key of the practice account is %s", practiceMerchant.Key)
	if err := m.printf("http://%s\n", l.Addr()); err != nil {
		return err
	}
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// listenLoopback refuses every address that another machine could reach.
func listenLoopback(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, refuse("use 127.0.0.1:PORT; port 0 takes a free one", "--listen %s is not a loopback address", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, refuse("use another port; 0 takes a free one", "%w", err)
	}
	return l, nil
}

// simulated are the accounts that the simulator knows, and from when on it
// revokes: as the configured till does, at the latest after 15 s.
func (m *machine) simulated(f flags) (_ []sim.Merchant, minRevoke time.Duration, err error) {
	merchants := []sim.Merchant{practiceMerchant, practiceInstitution}
	c, err := m.loadConfig(f.config)
	if errors.Is(err, errNoConfig) {
		return merchants, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	key, err := setting{config: c}.keyText()
	if pos.KindOf(err) == pos.KindCredentials || c.WeChat.MchID == "" {
		return merchants, c.terms().RevokeAfter, nil // nothing of yours to add
	}
	own := sim.Merchant{AppID: c.WeChat.AppID, MchID: c.WeChat.MchID, Key: key, SubMchID: c.WeChat.SubMchID, SubAppID: c.WeChat.SubAppID}
	return append(merchants, own), min(c.terms().RevokeAfter, 15*time.Second), err
}
