package wechat

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// The paths of the Global protocol.
const (
	globalOrdersPath    = "/global/v3/customs/orders"
	globalRedeclarePath = "/global/v3/customs/redeclare"
)

// declaredJSON is Declared as the Global protocol writes it.
type declaredJSON struct {
	AppID             string  `json:"appid"`
	MchID             string  `json:"mchid"`
	OutTradeNo        string  `json:"out_trade_no,omitempty"`
	TransactionID     string  `json:"transaction_id,omitempty"`
	SubOrderNo        string  `json:"sub_order_no,omitempty"`
	SubOrderID        string  `json:"sub_order_id,omitempty"`
	Customs           Customs `json:"customs"`
	MerchantCustomsNo string  `json:"merchant_customs_no"`
	Duty              int64   `json:"duty,omitempty"`
	FeeType           string  `json:"fee_type,omitempty"`
	OrderFee          int64   `json:"order_fee,omitempty"`
	TransportFee      *int64  `json:"transport_fee,omitempty"` // of a part also when it is 0
	ProductFee        int64   `json:"product_fee,omitempty"`
}

// GlobalDeclaration is how a declaration stands, as answered by all calls but the query.
type GlobalDeclaration struct {
	GlobalReply `json:"-"`

	AppID string           `json:"appid"`
	MchID string           `json:"mchid"`
	State DeclarationState `json:"state"`

	OutTradeNo    string `json:"out_trade_no"`
	TransactionID string `json:"transaction_id"`
	SubOrderNo    string `json:"sub_order_no"`
	SubOrderID    string `json:"sub_order_id"`

	// VerifyDepartment is UNIONPAY, NETSUNION or OTHERS: who confirms the payment
	// to the authority, under VerifyDepartmentTradeID.
	VerifyDepartment        string `json:"verify_department"`
	VerifyDepartmentTradeID string `json:"verify_department_trade_id"`

	ModifyTime  string `json:"modify_time"` // of changes and redeclarations; RFC 3339, as received
	Explanation string `json:"explanation"` // of redeclarations, for people
}

// Declare declares a paid order to a customs authority (POST
// /global/v3/customs/orders). The error is an *Error; without one the answer is
// verified and ours, and Refused says how it went. PROCESSING and SUBMITTED are
// not the end: ask Declarations.
func (c *Client) Declare(ctx context.Context, d Declared) (GlobalDeclaration, error) {
	return c.declare(ctx, Declaration, http.MethodPost, d)
}

// ModifyDeclared changes what was declared (PATCH /global/v3/customs/orders); its
// FeeType stays as it was and is not sent. The rest is as with Declare.
func (c *Client) ModifyDeclared(ctx context.Context, d Declared) (GlobalDeclaration, error) {
	return c.declare(ctx, ModifyDeclaration, http.MethodPatch, d)
}

func (c *Client) declare(ctx context.Context, op Operation, method string, d Declared) (GlobalDeclaration, error) {
	all := append(d.params(), need("merchant_customs_no", d.MerchantCustomsNo, 32))
	if err := all.check(); err != nil {
		return GlobalDeclaration{}, &Error{Op: op, Rule: RefusedHere, Err: err}
	}
	q := declaredJSON{AppID: c.config.AppID, MchID: c.config.MchID, OutTradeNo: d.OutTradeNo, TransactionID: d.TransactionID,
		SubOrderNo: d.SubOrderNo, Customs: d.Customs, MerchantCustomsNo: d.MerchantCustomsNo, Duty: d.Duty, FeeType: d.FeeType,
		OrderFee: d.OrderFee, ProductFee: d.ProductFee}
	if d.SubOrderNo != "" || d.TransportFee != 0 {
		q.TransportFee = &d.TransportFee
	}
	if method == http.MethodPatch {
		q.FeeType = ""
	}
	return c.declared(ctx, op, method, globalOrdersPath, q)
}

func (c *Client) declared(ctx context.Context, op Operation, method, path string, q declaredJSON) (GlobalDeclaration, error) {
	var r GlobalDeclaration
	reply, err := c.callJSON(ctx, op, method, path, q, &r)
	r.GlobalReply = reply
	return r, c.oursJSON(op, reply, r.AppID, r.MchID, err)
}

// OrderType says which number a query is by (order_type).
type OrderType string

// The numbers.
const (
	ByOutTradeNo    OrderType = "out_trade_no"
	ByTransactionID OrderType = "transaction_id"
	BySubOrderNo    OrderType = "sub_order_no"
	BySubOrderID    OrderType = "sub_order_id"
)

// DeclarationsRequest is GET /global/v3/customs/orders.
type DeclarationsRequest struct {
	OrderType OrderType // order_type, required
	OrderNo   string    // order_no, String(32), required
	Customs   Customs   // customs, required
	Offset    int       // offset
	Limit     int       // limit; 20 when 0
}

func (q DeclarationsRequest) params() params {
	all := params{
		need("order_type", string(q.OrderType), 16).of(string(ByOutTradeNo), string(ByTransactionID), string(BySubOrderNo), string(BySubOrderID)),
		need("order_no", q.OrderNo, 32).number(),
		customsParam(q.Customs),
		need("offset", strconv.Itoa(q.Offset), 9),
		need("limit", strconv.Itoa(q.Limit), 9),
	}
	if q.Offset < 0 || q.Limit < 1 || q.Limit > maxRows {
		all[4].wrong = invalid("ask for 20, from 0 on", "offset %d and limit %d are out of range", q.Offset, q.Limit)
	}
	return all
}

// DeclarationsResponse is the answer to the query.
type DeclarationsResponse struct {
	GlobalReply `json:"-"`

	AppID         string `json:"appid"`
	MchID         string `json:"mchid"`
	TransactionID string `json:"transaction_id"`

	VerifyDepartment        string `json:"verify_department"`
	VerifyDepartmentTradeID string `json:"verify_department_trade_id"`

	Offset     int              `json:"offset"`
	Limit      int              `json:"limit"`
	TotalCount int              `json:"total_count"`
	Data       []DeclaredRecord `json:"data"`
}

// DeclaredRecord is one declaration, of a whole order or of a part of it.
type DeclaredRecord struct {
	SubOrderNo   string           `json:"sub_order_no"`
	SubOrderID   string           `json:"sub_order_id"`
	MchCustomsNo string           `json:"mch_customs_no"`
	Customs      Customs          `json:"customs"`
	State        DeclarationState `json:"state"`
	Explanation  string           `json:"explanation"`
	FeeType      string           `json:"fee_type"`
	OrderFee     int64            `json:"order_fee"`
	Duty         int64            `json:"duty"`
	TransportFee int64            `json:"transport_fee"`
	ProductFee   int64            `json:"product_fee"`
	ModifyTime   string           `json:"modify_time"` // RFC 3339, as received
}

// Declarations asks how the declarations of an order stand. It may be repeated.
// The error is an *Error; without one the answer is verified and ours.
func (c *Client) Declarations(ctx context.Context, q DeclarationsRequest) (DeclarationsResponse, error) {
	if q.Limit == 0 {
		q.Limit = 20
	}
	all := append(q.params(), need("appid", c.config.AppID, 32), need("mchid", c.config.MchID, 32))
	if err := all.check(); err != nil {
		return DeclarationsResponse{}, &Error{Op: QueryDeclaration, Rule: RefusedHere, Err: err}
	}
	query := url.Values{}
	for _, p := range all {
		query.Set(p.name, p.value)
	}
	var r DeclarationsResponse
	reply, err := c.callJSON(ctx, QueryDeclaration, http.MethodGet, globalOrdersPath+"?"+query.Encode(), nil, &r)
	r.GlobalReply = reply
	return r, c.oursJSON(QueryDeclaration, reply, r.AppID, r.MchID, err)
}

// RedeclareRequest is POST /global/v3/customs/redeclare: for a declaration that
// the authority lost.
type RedeclareRequest struct {
	OrderType         OrderType // which number OrderNo is, required
	OrderNo           string    // String(32), required
	Customs           Customs   // customs, required
	MerchantCustomsNo string    // merchant_customs_no, String(32), required

	// State is what Declarations said last; it is not sent. Anything but
	// DeclarationAccepted and DeclarationFaulty is refused here.
	State DeclarationState
}

// Redeclare hands a declaration over again. The rest is as with Declare.
func (c *Client) Redeclare(ctx context.Context, q RedeclareRequest) (GlobalDeclaration, error) {
	if q.State != DeclarationAccepted && q.State != DeclarationFaulty {
		return GlobalDeclaration{}, unfit(Redeclaration, "wait until its state is SUCCESS or EXCEPT",
			"a declaration in the state %q is not handed over again", q.State)
	}
	all := append(DeclarationsRequest{OrderType: q.OrderType, OrderNo: q.OrderNo, Customs: q.Customs, Limit: 1}.params(),
		need("merchant_customs_no", q.MerchantCustomsNo, 32))
	if err := all.check(); err != nil {
		return GlobalDeclaration{}, &Error{Op: Redeclaration, Rule: RefusedHere, Err: err}
	}
	j := declaredJSON{AppID: c.config.AppID, MchID: c.config.MchID, Customs: q.Customs, MerchantCustomsNo: q.MerchantCustomsNo}
	switch q.OrderType {
	case ByOutTradeNo:
		j.OutTradeNo = q.OrderNo
	case ByTransactionID:
		j.TransactionID = q.OrderNo
	case BySubOrderNo:
		j.SubOrderNo = q.OrderNo
	case BySubOrderID:
		j.SubOrderID = q.OrderNo
	}
	return c.declared(ctx, Redeclaration, http.MethodPost, globalRedeclarePath, j)
}
