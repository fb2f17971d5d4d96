package wechat

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// Customs declarations exist in two protocols. This file is the mainland's: XML,
// MD5 alone, on a host of the mainland, no nonce_str. customs_global.go is that
// of the Global documentation.

// mainlandHost is where mainland customs calls go when the Client is on the
// default host, which does not have them.
const mainlandHost = "api.mch.weixin.qq.com"

// The paths, in paths' terms.
const (
	mainlandDeclarePath   = "cgi-bin/mch/customs/customdeclareorder"
	mainlandQueryPath     = "cgi-bin/mch/customs/customdeclarequery"
	mainlandRedeclarePath = "cgi-bin/mch/newcustoms/customdeclareredeclare"
)

// mainlandURL is where a mainland customs call is. A gateway that was configured,
// such as a sandbox, keeps its host.
func (c *Client) mainlandURL(path string) string {
	base := *c.base
	if standard, err := url.Parse(defaultURL); err == nil && base.Host == standard.Host {
		base.Host = mainlandHost
	}
	return base.JoinPath(path).String()
}

// Customs is the authority that an order is declared to (customs, String(32)).
type Customs string

// The documented authorities.
const (
	CustomsGuangzhou    Customs = "GUANGZHOU_ZS"
	CustomsHangzhou     Customs = "HANGZHOU_ZS"
	CustomsNingbo       Customs = "NINGBO"
	CustomsZhengzhouBS  Customs = "ZHENGZHOU_BS"
	CustomsChongqing    Customs = "CHONGQING"
	CustomsShanghai     Customs = "SHANGHAI_ZS"
	CustomsShenzhen     Customs = "SHENZHEN"
	CustomsZhengzhouZHS Customs = "ZHENGZHOU_ZH_ZS"
	CustomsTianjin      Customs = "TIANJIN"
)

// customsParam is the authority of a request.
func customsParam(c Customs) param {
	return need("customs", string(c), 32).of(string(CustomsGuangzhou), string(CustomsHangzhou), string(CustomsNingbo),
		string(CustomsZhengzhouBS), string(CustomsChongqing), string(CustomsShanghai), string(CustomsShenzhen),
		string(CustomsZhengzhouZHS), string(CustomsTianjin))
}

// DeclarationState is how a declaration stands (state). The vocabulary is WeChat
// Pay's and stays open.
type DeclarationState string

// The documented states.
const (
	Undeclared          DeclarationState = "UNDECLARED"
	DeclarationSent     DeclarationState = "SUBMITTED"
	DeclarationAtWork   DeclarationState = "PROCESSING"
	DeclarationAccepted DeclarationState = "SUCCESS"
	DeclarationRejected DeclarationState = "FAIL"
	DeclarationFaulty   DeclarationState = "EXCEPT"
)

// Declared is what is declared of an order, in either protocol.
type Declared struct {
	// OutTradeNo (out_trade_no, String(32)) and TransactionID (transaction_id,
	// String(28) or (32)) name the paid order; both are required.
	OutTradeNo, TransactionID string

	// Customs (customs, required) and the merchant's number there: mch_customs_no,
	// in JSON merchant_customs_no, String(32), required.
	Customs           Customs
	MerchantCustomsNo string

	// Duty (duty, Int, optional), in cents of CNY.
	Duty int64

	// SubOrderNo (sub_order_no, String(32)) is for an order that is declared in
	// parts; then the rest is required: FeeType (fee_type, String(3)), OrderFee
	// (order_fee, Int), which is TransportFee (transport_fee) and ProductFee (product_fee).
	SubOrderNo, FeeType                string
	OrderFee, TransportFee, ProductFee int64
}

// params are those that both protocols write alike.
func (d Declared) params() params {
	parts := d.SubOrderNo != ""
	all := params{
		need("out_trade_no", d.OutTradeNo, 32).number(),
		need("transaction_id", d.TransactionID, 32).number(),
		customsParam(d.Customs),
		cost("duty", d.Duty),
		may("sub_order_no", d.SubOrderNo, 32).number(),
		param{name: "fee_type", value: d.FeeType, max: 3, must: parts}.currency(),
		cost("order_fee", d.OrderFee),
		cost("transport_fee", d.TransportFee),
		cost("product_fee", d.ProductFee),
	}
	all[6].must, all[8].must = parts, parts
	if parts && d.TransportFee == 0 {
		all[7] = need("transport_fee", "0", 12) // a part that was sent for nothing says so
	}
	if d.OrderFee != d.TransportFee+d.ProductFee {
		all[6].wrong = invalid("order_fee is their sum", "order_fee %d is not transport_fee %d and product_fee %d", d.OrderFee, d.TransportFee, d.ProductFee)
	}
	return all
}

// MainlandDeclareRequest is POST /cgi-bin/mch/customs/customdeclareorder.
type MainlandDeclareRequest struct {
	Declared

	// Modify (action_type MODIFY) changes a declaration; without it one is added (ADD).
	Modify bool

	// CertType (cert_type, "IDCARD"), CertID (cert_id, String(64)) and Name (name,
	// String(64)), optional, all or none: who the customer is.
	CertType, CertID, Name string
}

func (q MainlandDeclareRequest) params() params {
	action := "ADD"
	if q.Modify {
		action = "MODIFY"
	}
	identified := q.CertType+q.CertID+q.Name != ""
	all := q.Declared.params()
	all[1].max = 28 // transaction_id is shorter here
	return append(all,
		need("mch_customs_no", q.MerchantCustomsNo, 32),
		may("action_type", action, 8),
		param{name: "cert_type", value: q.CertType, max: 16, must: identified}.of("IDCARD"),
		param{name: "cert_id", value: q.CertID, max: 64, must: identified},
		param{name: "name", value: q.Name, max: 64, must: identified},
	)
}

// MainlandDeclaration is one declaration as mainland answers have it.
type MainlandDeclaration struct {
	State DeclarationState // state

	// TransactionID (transaction_id), OutTradeNo (out_trade_no), SubOrderNo
	// (sub_order_no), SubOrderID (sub_order_id).
	TransactionID, OutTradeNo, SubOrderNo, SubOrderID string

	Customs           Customs // customs, of queries
	MerchantCustomsNo string  // mch_customs_no, of queries
	Explanation       string  // explanation: why it was rejected, for people

	// CertCheckResult (cert_check_result): UNCHECKED, SAME, DIFFERENT.
	CertCheckResult string

	// VerifyDepartment (verify_department) and VerifyDepartmentTradeID
	// (verify_department_trade_id): who confirms the payment to the authority.
	VerifyDepartment, VerifyDepartmentTradeID string

	ModifiedAt time.Time // modify_time, yyyyMMddHHmmss in GMT+8
}

// newMainlandDeclaration reads the fields that end in suffix. Those that all
// declarations of an order share may stand without it.
func newMainlandDeclaration(f fields, suffix string) MainlandDeclaration {
	own := func(name string) string { return f.value(name + suffix) }
	shared := func(name string) string {
		if v := own(name); v != "" {
			return v
		}
		return f.value(name)
	}
	return MainlandDeclaration{
		State:                   DeclarationState(own("state")),
		TransactionID:           shared("transaction_id"),
		OutTradeNo:              shared("out_trade_no"),
		SubOrderNo:              own("sub_order_no"),
		SubOrderID:              own("sub_order_id"),
		Customs:                 Customs(own("customs")),
		MerchantCustomsNo:       own("mch_customs_no"),
		Explanation:             own("explanation"),
		CertCheckResult:         shared("cert_check_result"),
		VerifyDepartment:        shared("verify_department"),
		VerifyDepartmentTradeID: shared("verify_department_trade_id"),
		ModifiedAt:              when(stampForm, own("modify_time")),
	}
}

// MainlandDeclareResponse is the answer to a declaration and to a redeclaration.
type MainlandDeclareResponse struct {
	Envelope
	MainlandDeclaration
}

// MainlandNumbers names a declaration by one of four numbers, each String(32).
type MainlandNumbers struct {
	// OutTradeNo (out_trade_no), TransactionID (transaction_id), SubOrderNo
	// (sub_order_no), SubOrderID (sub_order_id): one is required.
	OutTradeNo, TransactionID, SubOrderNo, SubOrderID string

	Customs Customs // customs, required
}

func (q MainlandNumbers) params() params {
	all := params{
		may("out_trade_no", q.OutTradeNo, 32).number(),
		may("transaction_id", q.TransactionID, 32).number(),
		may("sub_order_no", q.SubOrderNo, 32).number(),
		may("sub_order_id", q.SubOrderID, 32).number(),
		customsParam(q.Customs),
	}
	all[0].must = q.TransactionID+q.SubOrderNo+q.SubOrderID == ""
	return all
}

// MainlandDeclarationsResponse is the answer to a query: as many as it counts (count, Int).
type MainlandDeclarationsResponse struct {
	Envelope
	Declarations []MainlandDeclaration
}

// MainlandDeclare declares an order to a customs authority, or changes what was
// declared. It may be repeated. The error is an *Error; without one the answer is
// signed and ours, and ResultCode says how it went.
func (c *Client) MainlandDeclare(ctx context.Context, q MainlandDeclareRequest) (MainlandDeclareResponse, error) {
	op := Declaration
	if q.Modify {
		op = ModifyDeclaration
	}
	reply, err := c.mainlandCustoms(ctx, op, mainlandDeclarePath, q.params())
	return c.mainlandDeclared(op, reply, err)
}

// MainlandRedeclare hands a declaration over again that the authority lost.
func (c *Client) MainlandRedeclare(ctx context.Context, q MainlandNumbers, merchantCustomsNo string) (MainlandDeclareResponse, error) {
	all := append(q.params(), need("mch_customs_no", merchantCustomsNo, 32))
	reply, err := c.mainlandCustoms(ctx, Redeclaration, mainlandRedeclarePath, all)
	return c.mainlandDeclared(Redeclaration, reply, err)
}

func (c *Client) mainlandDeclared(op Operation, reply Reply, err error) (MainlandDeclareResponse, error) {
	r := MainlandDeclareResponse{newEnvelope(reply), newMainlandDeclaration(reply.fields, "")}
	return r, c.ours(op, r.Envelope, err)
}

// MainlandDeclarations asks how the declarations of an order stand. It may be repeated.
func (c *Client) MainlandDeclarations(ctx context.Context, q MainlandNumbers) (MainlandDeclarationsResponse, error) {
	all := append(q.params(), need("sign_type", string(MD5), 32))
	reply, err := c.mainlandCustoms(ctx, QueryDeclaration, mainlandQueryPath, all)
	r := MainlandDeclarationsResponse{Envelope: newEnvelope(reply)}
	for n := range rows(reply.fields.value("count")) {
		r.Declarations = append(r.Declarations, newMainlandDeclaration(reply.fields, "_"+strconv.Itoa(n)))
	}
	return r, c.ours(QueryDeclaration, r.Envelope, err)
}

// mainlandCustoms makes a call. Institution mode is not described for these.
func (c *Client) mainlandCustoms(ctx context.Context, op Operation, path string, q params) (Reply, error) {
	return c.signedMD5(ctx, op, c.mainlandURL(path), append(q,
		need("appid", c.config.AppID, 32),
		need("mch_id", c.config.MchID, 32)))
}
