package sim

import "strings"

// Op is one operation of the gateway.
type Op int

// The operations. Their names read well with Inject: on a Quick Pay, drop the answer.
const (
	OnQuickPay       Op = iota + 1 // POST /pay/micropay
	OnQuery                        // POST /pay/orderquery
	OnRevoke                       // POST /secapi/pay/reverse
	OnUnifiedOrder                 // POST /pay/unifiedorder
	OnClose                        // POST /pay/closeorder
	OnRefund                       // POST /secapi/pay/refund
	OnRefundQuery                  // POST /pay/refundquery
	OnBill                         // POST /pay/downloadbill
	OnRate                         // POST /pay/queryexchagerate
	OnSettlement                   // POST /pay/settlementquery
	OnDeclare                      // customs: declare and modify, mainland and Global
	OnDeclareQuery                 // customs: query, mainland and Global
	OnRedeclare                    // customs: redeclare, mainland and Global
	OnCheckIdentity                // customs: POST /global/v3/customs/verify-certificate
	OnRegister                     // POST /secapi/mch/addInstitutionsub
	OnSubMerchant                  // POST /secapi/mch/queryInstitutionsub
	OnModifyMerchant               // POST /secapi/mch/modifyInstitutionsub
	onSignKey                      // POST …/getsignkey
)

// String is the operation's name in the documentation.
func (op Op) String() string {
	names := [...]string{
		OnQuickPay:       "Submit Quick Pay",
		OnQuery:          "Query Order",
		OnRevoke:         "Revoke",
		OnUnifiedOrder:   "Unified Order",
		OnClose:          "Close Order",
		OnRefund:         "Apply for Refund",
		OnRefundQuery:    "Query Refund",
		OnBill:           "Download Bill",
		OnRate:           "Query Exchange Rate",
		OnSettlement:     "Query Settled Funds",
		OnDeclare:        "Declare to Customs",
		OnDeclareQuery:   "Query Declaration",
		OnRedeclare:      "Redeclare to Customs",
		OnCheckIdentity:  "Check Identity",
		OnRegister:       "Register Sub-merchant",
		OnSubMerchant:    "Query Sub-merchant",
		OnModifyMerchant: "Modify Sub-merchant",
		onSignKey:        "getsignkey",
	}
	if op <= 0 || int(op) >= len(names) {
		return "no operation"
	}
	return names[op]
}

// dialect is the form that an operation's answers have.
type dialect int

const (
	layered    dialect = iota // XML in the three layers of wechatpay-v2.md 3.2
	firstLayer                // XML that knows return_code alone: there is no result_code
	inJSON                    // the Global customs operations, which are of another generation
)

// operation is one row of the table of operations (wechatpay-v2.md 2.2).
type operation struct {
	op      Op
	path    string
	method  string // of JSON operations; those in XML answer other methods than POST themselves
	speaks  dialect
	cert    bool                                            // needs the client certificate
	md5     bool                                            // takes no other signature than MD5
	noNonce bool                                            // has no nonce_str
	account func([]Merchant, message) (*Merchant, *refusal) // whose key signs
	answer  func(g *Gateway, x *exchange) message           // carries the request out; g.mu is held
}

// operations is the table of all operations.
func operations() []operation {
	return []operation{
		{op: OnQuickPay, path: "/pay/micropay", account: merchantFor, answer: (*Gateway).micropay},
		{op: OnQuery, path: "/pay/orderquery", account: merchantFor, answer: (*Gateway).orderquery},
		{op: OnRevoke, path: "/secapi/pay/reverse", cert: true, account: merchantFor, answer: (*Gateway).reverse},
		{op: OnUnifiedOrder, path: "/pay/unifiedorder", account: merchantFor, answer: (*Gateway).unifiedorder},
		{op: OnClose, path: "/pay/closeorder", account: merchantFor, answer: (*Gateway).closeorder},
		{op: OnRefund, path: "/secapi/pay/refund", cert: true, account: merchantFor, answer: (*Gateway).refund},
		{op: OnRefundQuery, path: "/pay/refundquery", account: merchantFor, answer: (*Gateway).refundquery},
		{op: OnBill, path: "/pay/downloadbill", speaks: firstLayer, account: holderFor, answer: (*Gateway).downloadbill},
		{op: OnRate, path: "/pay/queryexchagerate", speaks: firstLayer, noNonce: true, account: holderFor, answer: (*Gateway).exchangerate},
		{op: OnSettlement, path: "/pay/settlementquery", account: holderFor, answer: (*Gateway).settlementquery},

		{op: OnDeclare, path: "/cgi-bin/mch/customs/customdeclareorder", md5: true, noNonce: true, account: holderFor, answer: (*Gateway).declareorder},
		{op: OnDeclareQuery, path: "/cgi-bin/mch/customs/customdeclarequery", md5: true, noNonce: true, account: holderFor, answer: (*Gateway).declarequery},
		{op: OnRedeclare, path: "/cgi-bin/mch/newcustoms/customdeclareredeclare", md5: true, noNonce: true, account: holderFor, answer: (*Gateway).redeclareorder},
		{op: OnDeclare, path: "/global/v3/customs/orders", method: "POST", speaks: inJSON, account: holderFor, answer: (*Gateway).globalDeclare},
		{op: OnDeclare, path: "/global/v3/customs/orders", method: "PATCH", speaks: inJSON, account: holderFor, answer: (*Gateway).globalModify},
		{op: OnDeclareQuery, path: "/global/v3/customs/orders", method: "GET", speaks: inJSON, account: holderFor, answer: (*Gateway).globalQuery},
		{op: OnRedeclare, path: "/global/v3/customs/redeclare", method: "POST", speaks: inJSON, account: holderFor, answer: (*Gateway).globalRedeclare},
		{op: OnCheckIdentity, path: "/global/v3/customs/verify-certificate", method: "POST", speaks: inJSON, account: holderFor, answer: (*Gateway).globalIdentity},

		{op: OnRegister, path: "/secapi/mch/addInstitutionsub", cert: true, md5: true, noNonce: true, account: institutionFor, answer: (*Gateway).register},
		{op: OnSubMerchant, path: "/secapi/mch/queryInstitutionsub", cert: true, md5: true, noNonce: true, account: institutionFor, answer: (*Gateway).submerchant},
		{op: OnModifyMerchant, path: "/secapi/mch/modifyInstitutionsub", cert: true, md5: true, noNonce: true, account: institutionFor, answer: (*Gateway).modify},

		{op: onSignKey, path: "/sandboxnew/pay/getsignkey", account: keyHolder, answer: (*Gateway).signkey},
		{op: onSignKey, path: "/xdc/apiv2getsignkey/sign/getsignkey", account: keyHolder, answer: (*Gateway).signkey},
	}
}

// route finds the operation of a path, with or without a sandbox prefix (design 8).
func (g *Gateway) route(method, path string) (o operation, ok bool) {
	for _, o := range g.operations {
		plain := path
		if o.op != onSignKey { // its paths are the sandboxes' own
			plain = withoutSandbox(path)
		}
		if o.path == plain && (o.method == "" || o.method == method) {
			return o, true
		}
	}
	return operation{}, false
}

// withoutSandbox takes a sandbox prefix away.
func withoutSandbox(path string) string {
	for _, prefix := range []string{"/sandboxnew", "/xdc/apiv2sandbox"} {
		if rest, cut := strings.CutPrefix(path, prefix); cut {
			return rest
		}
	}
	return path
}
