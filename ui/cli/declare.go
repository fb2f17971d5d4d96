package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
)

// declaring is what the user says of a declaration.
type declaring struct {
	protocol  string
	customs   string
	customsNo string
	subOrder  string

	product, transport, duty string
	payer                    string // a file
}

func (m *machine) declareCommand(f *flags) *cobra.Command {
	var q declaring
	c := &cobra.Command{
		Use:   "declare ORDER",
		Short: "Declare a paid order to the customs; also modify, query and redeclare",
		Long: `Declares a paid order to a customs authority. WeChat Pay's number, the amount and
the currency are those of the journal, which is only read. A declaration is
PROCESSING, then SUBMITTED, and ends in SUCCESS, FAIL or EXCEPT: ask with
cashier declare query.

An order that was sent in parts is declared part by part: --sub-order names the
part, --product and --transport are its price.

There are two protocols. Global is that of gateways outside mainland China, signed
with the client certificate; its answers are verified with
wechat.platform_cert_file. Mainland is the older one, and the only one that says
who paid: --payer names a TOML file with cert_id = "…" and name = "…", or is - for
standard input, so that neither stands in a list of processes.

With --json: order_no, transaction_id, protocol, customs, sub_order_no (empty: the
whole order), sub_order_id, state, explanation, certificate_check (mainland:
UNCHECKED, SAME or DIFFERENT), verify_department, verify_department_trade_id and
modified_at (RFC 3339); of query one object a line.`,
		Args: takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error { return m.declare(c.Context(), *f, args[0], q, false) },
	}
	modify := &cobra.Command{Use: "modify ORDER", Short: "Change what was declared of an order", Args: takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error { return m.declare(c.Context(), *f, args[0], q, true) }}
	query := &cobra.Command{Use: "query ORDER", Short: "Print how the declarations of an order stand", Args: takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error { return m.queryDeclared(c.Context(), *f, args[0], q) }}
	redeclare := &cobra.Command{Use: "redeclare ORDER", Short: "Hand a declaration over again that the authority lost", Args: takes("ORDER"),
		RunE: func(c *cobra.Command, args []string) error { return m.redeclare(c.Context(), *f, args[0], q) }}
	c.AddCommand(modify, query, redeclare)

	all := c.PersistentFlags()
	all.StringVar(&q.customs, "customs", "", "the authority: "+strings.Join(authorities, ", "))
	all.StringVar(&q.protocol, "protocol", "", "global or mainland (default: by wechat.url)")
	all.StringVar(&q.subOrder, "sub-order", "", "your number of a part of the order")
	for _, c := range []*cobra.Command{c, modify, redeclare} {
		c.Flags().StringVar(&q.customsNo, "customs-no", "", "the merchant's number at the customs")
	}
	for _, c := range []*cobra.Command{c, modify} {
		fl := c.Flags()
		fl.StringVar(&q.product, "product", "", "price of the goods of the part, in the order's currency")
		fl.StringVar(&q.transport, "transport", "", "price of the transport of the part, in the order's currency")
		fl.StringVar(&q.duty, "duty", "", "duty, in CNY")
		fl.StringVar(&q.payer, "payer", "", "file with the payer's certificate number and name (mainland only)")
	}
	return c
}

// authorities are the values of --customs.
var authorities = []string{string(wechat.CustomsGuangzhou), string(wechat.CustomsHangzhou), string(wechat.CustomsNingbo),
	string(wechat.CustomsZhengzhouBS), string(wechat.CustomsChongqing), string(wechat.CustomsShanghai), string(wechat.CustomsShenzhen),
	string(wechat.CustomsZhengzhouZHS), string(wechat.CustomsTianjin)}

// declareFlags are the flags behind the names of the wire, of both protocols.
var declareFlags = map[string]string{
	"mch_customs_no": "--customs-no", "merchant_customs_no": "--customs-no", "sub_order_no": "--sub-order",
	"order_no": "--sub-order", // the only order number here that the user makes up
	"duty":     "--duty", "product_fee": "--product", "transport_fee": "--transport",
}

// broker is an order in front of the customs, by one of the two protocols.
type broker struct {
	*office
	clearance
	order pos.Summary
	declaring
}

// clearance is what both protocols can do.
type clearance interface {
	declare(ctx context.Context, d wechat.Declared, who payer, modify bool) (declarationRecord, error)
	// query finds the declarations of an order, or of a part of it.
	query(ctx context.Context, o pos.Summary, d declaring) ([]declarationRecord, error)
	redeclare(ctx context.Context, o pos.Summary, d declaring, state wechat.DeclarationState) (declarationRecord, error)
}

// atCustoms checks what all four have in common, finds the order and opens the office.
func (m *machine) atCustoms(ctx context.Context, f flags, order string, q declaring, work func(*broker) error) error {
	no, err := pos.ParseOrderNo(order)
	if err != nil {
		return err
	}
	if q.customs == "" {
		return refuse("name the authority, such as --customs SHENZHEN", "--customs is missing")
	}
	if err := oneOf("--customs", q.customs, authorities...); err != nil {
		return err
	}
	set, err := m.settle(f)
	if err != nil {
		return err
	}
	if q.protocol, err = protocolOf(q.protocol, set); err != nil {
		return err
	}
	paid, err := set.paidOrder(ctx, no)
	if err != nil {
		return err
	}
	return m.inOfficeOf(f, set, func(o *office) error {
		o.given = declareFlags
		c := &broker{office: o, order: paid, declaring: q, clearance: mainlandCustoms{o}}
		if q.protocol == protocolGlobal {
			c.clearance = globalCustoms{o}
		}
		if set.practice {
			c.rehearse(ctx)
		}
		return work(c)
	})
}

// rehearse pays the order once more in practice mode, whose WeChat Pay forgets
// everything when a command ends. An order of another day has another number there.
func (c *broker) rehearse(ctx context.Context) {
	code, err := pos.ParseAuthCode("130000000000000000", []string{"13"})
	if err != nil {
		panic(err) // it is one
	}
	a := c.client.Submit(ctx, pos.Charge{Order: pos.Order{No: c.order.OrderNo, Amount: c.order.Amount, Method: pos.QuickPay}, Code: code})
	if a.TransactionID != "" {
		c.order.TransactionID = a.TransactionID
	}
}

// The two protocols (wechatpay-v2 6.14).
const (
	protocolGlobal   = "global"
	protocolMainland = "mainland"
)

// globalHosts are those of the Global documentation (wechatpay-v2 2.1).
var globalHosts = map[string]bool{"apihk.mch.weixin.qq.com": true, "apius.mch.weixin.qq.com": true}

// protocolOf is the protocol that was named, or the one of the gateway's host.
func protocolOf(named string, set setting) (string, error) {
	if named != "" {
		return named, oneOf("--protocol", named, protocolGlobal, protocolMainland)
	}
	if u, err := url.Parse(set.WeChat.URL); err == nil && globalHosts[u.Hostname()] {
		return protocolGlobal, nil
	}
	return protocolMainland, nil
}

// paidOrder reads a paid order without the journal's lock.
func (s setting) paidOrder(ctx context.Context, no pos.OrderNo) (pos.Summary, error) {
	r, err := storage.OpenReader(ctx, s.path)
	if err != nil {
		return pos.Summary{}, err
	}
	a, err := r.Attempt(ctx, no)
	switch err := errors.Join(err, r.Close()); {
	case err != nil:
		return pos.Summary{}, err
	case a.Practice != s.practice:
		return pos.Summary{}, refuse("practice orders are declared with --practice, and no others", "order %s is not of this mode", no)
	case a.State != pos.Paid:
		return pos.Summary{}, refuse("only a paid order is declared", "order %s is %s", no, a.State)
	}
	return a.Summary, nil
}

// declare declares an order, or changes what was declared of it.
func (m *machine) declare(ctx context.Context, f flags, order string, q declaring, modify bool) error {
	who, err := m.readPayer(q.payer)
	if err != nil {
		return err
	}
	return m.atCustoms(ctx, f, order, q, func(c *broker) error {
		d, err := c.declared()
		if err != nil {
			return err
		}
		if c.protocol == protocolGlobal && who != (payer{}) {
			return refuse("leave --payer out, or use --protocol mainland", "a Global declaration does not say who paid")
		}
		r, err := c.clearance.declare(ctx, d, who, modify)
		if err != nil {
			return who.hide(err)
		}
		return m.handedOver(c, r)
	})
}

// handedOver prints a declaration that the authority has yet to decide on.
func (m *machine) handedOver(c *broker, r declarationRecord) error {
	if r.State == wechat.DeclarationAtWork || r.State == wechat.DeclarationSent {
		m.say("%s is not the end: ask with cashier declare query", r.State)
	}
	return c.declaration(r)
}

// declared is what the flags and the journal say of an order, or of a part of it.
func (c *broker) declared() (wechat.Declared, error) {
	d := wechat.Declared{
		OutTradeNo: string(c.order.OrderNo), TransactionID: c.order.TransactionID, Customs: wechat.Customs(c.customs),
		MerchantCustomsNo: c.customsNo, SubOrderNo: c.subOrder,
	}
	if c.customsNo == "" {
		return d, refuse("add --customs-no NUMBER", "--customs-no is missing")
	}
	part := c.subOrder != ""
	if !part && c.product+c.transport != "" {
		return d, refuse("name the part with --sub-order", "--product and --transport are for a part of an order")
	}
	if part && c.product == "" {
		return d, refuse("add --product AMOUNT", "--product is missing: a part has a price")
	}
	currency := c.order.Amount.Currency
	for _, flag := range []struct {
		name, text string
		currency   pos.Currency
		to         *int64
	}{{"--product", c.product, currency, &d.ProductFee}, {"--transport", c.transport, currency, &d.TransportFee}, {"--duty", c.duty, "CNY", &d.Duty}} {
		if flag.text == "" {
			continue
		}
		if strings.Trim(flag.text, "0.") == "" { // what ParseAmount says is of a sale
			return d, refuse("give an amount above zero, or leave "+flag.name+" out", "%s %q is nothing", flag.name, flag.text)
		}
		amount, err := pos.ParseAmount(flag.text, flag.currency)
		if err != nil {
			return d, c.at(flag.name, err)
		}
		*flag.to = amount.Minor
	}
	if part {
		d.FeeType, d.OrderFee = string(currency), d.ProductFee+d.TransportFee
	}
	if d.OrderFee > c.order.Amount.Minor {
		return d, refuse("the parts of an order are together its amount", "the part costs %s, the order %s",
			pos.Money{Minor: d.OrderFee, Currency: currency}, c.order.Amount)
	}
	return d, nil
}

// queryDeclared prints how the declarations of an order stand.
func (m *machine) queryDeclared(ctx context.Context, f flags, order string, q declaring) error {
	return m.atCustoms(ctx, f, order, q, func(c *broker) error {
		all, err := c.clearance.query(ctx, c.order, c.declaring)
		for _, r := range all {
			err = errors.Join(err, c.declaration(r))
		}
		return err
	})
}

// redeclare hands over again what has come to an end, which is asked first.
func (m *machine) redeclare(ctx context.Context, f flags, order string, q declaring) error {
	if q.customsNo == "" {
		return refuse("add --customs-no NUMBER", "--customs-no is missing")
	}
	return m.atCustoms(ctx, f, order, q, func(c *broker) error {
		all, err := c.clearance.query(ctx, c.order, c.declaring)
		if err != nil {
			return err
		}
		var state wechat.DeclarationState
		for _, r := range all {
			if state = r.State; state != wechat.DeclarationAccepted && state != wechat.DeclarationFaulty {
				return &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("the declaration of %s is %s", order, state),
					Hint: "it is handed over again only after SUCCESS or EXCEPT"}
			}
		}
		r, err := c.clearance.redeclare(ctx, c.order, c.declaring, state)
		if err != nil {
			return err
		}
		return m.handedOver(c, r)
	})
}
