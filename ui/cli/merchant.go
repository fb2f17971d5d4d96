package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/wechat"
)

// merchantFileHelp is what stands in FILE, and what comes of it.
const merchantFileHelp = `FILE is TOML with WeChat Pay's own names, or - for standard input:

  merchant_name = "Kowloon Tea Ltd"             required: the legal name
  merchant_shortname = "Kowloon Tea"            required: shown to customers
  merchant_remark = "shop-17"                   to register: your own number for it; then fixed
  merchant_country_code = "344"                 required: numeric
  merchant_type = "ENTERPRISE"                  required: or INDIVIDUAL
  business_category = "001"                     required
  mcc = "5812"                                  required
  registration_certificate_number = "…"         required
  registration_certificate_date = "2030-12-31"  required: or PERMANENT, or N/A
  business_type = "OFFLINE"                     required: ONLINE, OFFLINE or BOTH
  business_website, app_download, office_account, mini_program
                                                online: one of them
  store_address = "…"                           offline
  store_photos = ["media id"]                   offline, to register
  director_name, director_id_number             an enterprise, to register
  principal_name, principal_id_number           an individual, to register
  office_phone, contact_name, contact_phone, contact_email
                                                required
  settlement_bank_number = "…"                  to register
  channel_id, registration_certificate_copy, apply_h5_payment (YES or NO),
  h5_website_url, h5_domains = ["…"], attach    optional
  sub_mch_id = "…"                              to query and to modify

With --json: sub_mch_id, verification_status, description and
h5_authorization_state; of query also sub_mch_status, application_status,
application_reject_detail, h5_audit_reject_detail and the names of the file.`

func (m *machine) merchantCommand(f *flags) *cobra.Command {
	var id string
	c := &cobra.Command{
		Use:   "merchant",
		Short: "Register, query and modify the sub-merchants of an institution",
		Long: `Registers, queries and modifies sub-merchants: for institutions, which show their
client certificate. What query prints is a file: correct it and give it to modify.

` + merchantFileHelp,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return refuse("cashier merchant register|query|modify FILE", "cashier merchant wants a word")
		},
	}
	query := &cobra.Command{Use: "query [FILE]", Short: "Print what is stored of a sub-merchant, and how its application stands",
		Long: "Prints what is stored of a sub-merchant, and how its application stands. Of FILE\nonly sub_mch_id counts.\n\n" + merchantFileHelp,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			no, err := m.subMchID(id, args)
			if err != nil {
				return err
			}
			return m.institution(*f, func(o *office) error {
				if id != "" {
					o.given = map[string]string{"sub_mch_id": "--id"}
				}
				return queryMerchant(c.Context(), o, no)
			})
		}}
	query.Flags().StringVar(&id, "id", "", "the sub-merchant's number, instead of FILE")
	c.AddCommand(query,
		&cobra.Command{Use: "register FILE", Short: "Register a sub-merchant",
			Long: "Registers a sub-merchant, and prints its number.\n\n" + merchantFileHelp, Args: takes("FILE"),
			RunE: func(c *cobra.Command, args []string) error {
				file, err := m.readMerchant(args[0])
				if err == nil && file.SubMchID != "" {
					err = refuse("leave it out; to change what is stored, use cashier merchant modify", "%s: sub_mch_id is there: it is registered already", args[0])
				}
				if err != nil {
					return err
				}
				return m.institution(*f, func(o *office) error { return registerMerchant(c.Context(), o, file) })
			}},
		&cobra.Command{Use: "modify FILE", Short: "Replace what is stored of a sub-merchant",
			Long: "Replaces what is stored of a sub-merchant, as a whole: begin with what cashier\nmerchant query prints.\n\n" + merchantFileHelp, Args: takes("FILE"),
			RunE: func(c *cobra.Command, args []string) error {
				file, err := m.readMerchant(args[0])
				if err == nil && file.SubMchID == "" {
					err = refuse(`add sub_mch_id = "…"`, "%s: sub_mch_id is missing", args[0])
				}
				if err != nil {
					return err
				}
				return m.institution(*f, func(o *office) error { return modifyMerchant(c.Context(), o, file) })
			}},
	)
	return c
}

// institution opens an office for an institution; in practice mode everybody is one.
func (m *machine) institution(f flags, work func(*office) error) error {
	set, err := m.settle(f)
	if err != nil {
		return err
	}
	if set.WeChat.SubMchID == "" && !set.practice {
		return refuse("set wechat.sub_mch_id; it is not sent here, so before the first sub-merchant has its number any other will do",
			"only an institution has sub-merchants, and wechat.sub_mch_id is not set")
	}
	return m.inOfficeOf(f, set, work)
}

// readMerchant reads FILE.
func (m *machine) readMerchant(name string) (merchantFile, error) {
	raw, err := m.readInput(name)
	if err != nil {
		return merchantFile{}, refuse("name a file that this user can read, or - for standard input", "%w", err)
	}
	var file merchantFile
	if err := strictTOML(raw, &file); err != nil {
		return merchantFile{}, refuse("correct the line; cashier merchant --help lists every key", "%s: %w", name, err)
	}
	return file, nil
}

// readInput reads a whole small file, or standard input for "-".
func (m *machine) readInput(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(m.stdin, plainSize))
	}
	return readPlain(name)
}

// subMchID is the number that query asks about, from --id or from FILE.
func (m *machine) subMchID(id string, args []string) (string, error) {
	switch {
	case (id == "") == (len(args) == 0) || len(args) > 1:
		return "", refuse("cashier merchant query FILE, or --id NUMBER", "cashier merchant query takes one file or --id")
	case id != "":
		return id, nil
	}
	file, err := m.readMerchant(args[0])
	if err == nil && file.SubMchID == "" {
		err = refuse(`add sub_mch_id = "…"`, "%s: sub_mch_id is missing", args[0])
	}
	return file.SubMchID, err
}

func registerMerchant(ctx context.Context, o *office, file merchantFile) error {
	r, err := o.client.RegisterSubMerchant(ctx, wechat.SubMerchant(file.merchantPaper))
	if err := o.noteEnvelope(wechat.RegisterSubMerchant, r.Envelope, err); err != nil {
		return unrepeated(err)
	}
	return o.merchant(newMerchantRecord(r))
}

// unrepeated warns of registering anew what may have been registered: whether
// that may be repeated is not documented.
func unrepeated(err error) error {
	if !unanswered(err) {
		return err
	}
	return &pos.Error{Kind: pos.KindOf(err), Err: err, Hint: "look into the merchant portal before you register it again"}
}

func modifyMerchant(ctx context.Context, o *office, file merchantFile) error {
	r, err := o.client.ModifySubMerchant(ctx, file.SubMchID, wechat.SubMerchant(file.merchantPaper))
	if err := o.noteEnvelope(wechat.ModifySubMerchant, r.Envelope, err); err != nil {
		return err
	}
	return o.merchant(newMerchantRecord(r))
}

func queryMerchant(ctx context.Context, o *office, no string) error {
	r, err := o.client.QuerySubMerchant(ctx, no)
	if err := o.noteEnvelope(wechat.QuerySubMerchant, r.Envelope, err); err != nil {
		return err
	}
	return o.merchant(newStoredMerchantRecord(r))
}
