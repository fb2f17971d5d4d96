package cli

import (
	"errors"
	"strings"

	"cashier/pos"
)

// payer is who a customer is, as the mainland's customs ask. It goes to WeChat
// Pay and nowhere else: no log, journal or error has any of it.
type payer struct {
	CertID string `toml:"cert_id"`
	Name   string `toml:"name"`
}

// readPayer reads the file of --payer; without one the payer is empty.
func (m *machine) readPayer(file string) (payer, error) {
	if file == "" {
		return payer{}, nil
	}
	raw, err := m.readInput(file)
	if err != nil {
		return payer{}, refuse("name a file that this user can read, or - for standard input", "%w", err)
	}
	const hint = `it has two lines, cert_id = "…" and name = "…"`
	var who payer
	if err := strictTOML(raw, &who); err != nil {
		line, _, _ := strings.Cut(err.Error(), ":") // what follows may quote the file
		return payer{}, refuse(hint, "%s: %s is not one of --payer", file, line)
	}
	if who.CertID == "" || who.Name == "" {
		return payer{}, refuse(hint, "%s: cert_id and name are both wanted", file)
	}
	return who, nil
}

// hide takes the payer out of an error: the other side may quote what it was sent.
func (p payer) hide(err error) error {
	if p == (payer{}) || err == nil {
		return err
	}
	masked := strings.NewReplacer(p.CertID, "***", p.Name, "***")
	return &pos.Error{Kind: pos.KindOf(err), Err: errors.New(masked.Replace(err.Error())), Hint: pos.HintOf(err)}
}
