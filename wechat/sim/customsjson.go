package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// admitJSON looks for an authorisation and for the account. It does not verify
// the authorisation: the documents of this generation leave its signature to
// another protocol, with keys that no merchant of this gateway has.
func (x *exchange) admitJSON(known []Merchant, r *http.Request) {
	m, why := x.account(known, x.in)
	switch {
	case r.Header.Get("Authorization") == "":
		x.reject(&refusal{"SIGN_ERROR", "the Authorization header is missing"})
	case why != nil:
		x.reject(why)
	default:
		x.merchant = m
	}
}

// readJSON takes the message out of a flat JSON object, or out of the query
// when there is no body. Names are turned into the mainland's.
func (x *exchange) readJSON(r *http.Request, doc []byte) *refusal {
	x.in = message{}
	for name, values := range r.URL.Query() {
		x.in[name] = values[0]
	}
	if r.Method != http.MethodGet {
		d := json.NewDecoder(bytes.NewReader(doc))
		d.UseNumber()
		var fields map[string]any
		if d.Decode(&fields) != nil || d.More() {
			return &refusal{"PARAM_ERROR", "the body is not one JSON object"}
		}
		for name, value := range fields {
			switch v := value.(type) {
			case string:
				x.in[name] = v
			case json.Number:
				x.in[name] = v.String()
			default:
				return &refusal{"PARAM_ERROR", name + " is neither text nor number"}
			}
		}
	}
	x.in.set("mch_customs_no", x.in["merchant_customs_no"])
	if kind := x.in["order_type"]; oneOf("out_trade_no", "transaction_id", "sub_order_no", "sub_order_id")(kind) {
		x.in.set(kind, x.in["order_no"])
	}
	return nil
}

// asJSON turns the answer into JSON: x.body if it is good, and otherwise code
// and message under a status that fits.
func (x *exchange) asJSON(p *page) {
	p.header.Set("Content-Type", "application/json")
	if x.out["return_code"] == "SUCCESS" {
		p.body = x.body
		return
	}
	code := x.out["err_code"]
	if code == "" {
		code = "SYSTEM_ERROR"
	}
	p.status = statusOf(code)
	p.body = encoded(map[string]string{"code": code, "message": x.out["err_code_des"]})
}

// statusOf is the HTTP status of an error code.
func statusOf(code string) int {
	switch code {
	case "SIGN_ERROR":
		return http.StatusUnauthorized
	case "ORDERNOTEXIST":
		return http.StatusNotFound
	case "FREQUENCY_LIMITED":
		return http.StatusTooManyRequests
	case "SYSTEM_ERROR", "SYSTEMERROR":
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// encoded is a value of ours in JSON.
func encoded(v any) []byte {
	doc, _ := json.Marshal(v) // maps and texts of our own cannot fail
	return doc
}

// answerJSON answers with an object.
func (x *exchange) answerJSON(fields map[string]any) message {
	fields["appid"], fields["mchid"] = x.in["appid"], x.in["mchid"]
	x.body = encoded(fields)
	return message{"return_code": "SUCCESS"} // for the log alone
}

// globalDeclare is the Global declaration (wechatpay-v2.md 6.14). g.mu is held.
func (g *Gateway) globalDeclare(x *exchange) message {
	delete(x.in, "action_type")
	return g.declareGlobally(x)
}

// globalModify is the Global modification. It has no fee_type: that stays as it
// was declared. g.mu is held.
func (g *Gateway) globalModify(x *exchange) message {
	x.in["action_type"] = "MODIFY"
	if o := g.book.numbered(x.merchant.MchID, x.in["out_trade_no"], x.at); o != nil && x.in["fee_type"] == "" {
		if d := g.book.declared(o, x.in["sub_order_no"], x.in["customs"]); d != nil {
			x.in.set("fee_type", d.feeType)
		}
	}
	return g.declareGlobally(x)
}

// declareGlobally is what declaration and modification share.
func (g *Gateway) declareGlobally(x *exchange) message {
	d, why := g.book.declare(x)
	if why != nil {
		return x.no(why.code, why.text)
	}
	return x.answerJSON(d.object(x))
}

// object is a declaration in JSON.
func (d *declaration) object(x *exchange) map[string]any {
	m := map[string]any{
		"state": d.state(x.at), "out_trade_no": d.order.no, "transaction_id": d.order.transactionID, "sub_order_id": d.subID,
		"verify_department": "OTHERS", "verify_department_trade_id": "4" + d.subID,
		"modify_time": d.modified.In(china()).Format("2006-01-02T15:04:05-07:00"),
	}
	if d.subNo != "" {
		m["sub_order_no"] = d.subNo
	}
	return m
}

// globalQuery is the Global query. g.mu is held.
func (g *Gateway) globalQuery(x *exchange) message {
	rules := append(declareNames(), rule{"offset", 9, false, isDigits}, rule{"limit", 9, false, isDigits})
	if why := check(x.in, rules); why != nil || !x.in.names() {
		return x.no("PARAM_ERROR", "order_type, order_no and customs are needed")
	}
	all := g.book.declarationsOf(x)
	if len(all) == 0 {
		return x.no("ORDERNOTEXIST", "the order was not declared")
	}
	offset, limit := min(int(amountOf(x.in, "offset")), len(all)), len(all)
	if x.in["limit"] != "" {
		limit = int(amountOf(x.in, "limit"))
	}
	data := []map[string]any{}
	for _, d := range all[offset:min(offset+limit, len(all))] {
		data = append(data, d.row(x))
	}
	return x.answerJSON(map[string]any{
		"out_trade_no": all[0].order.no, "transaction_id": all[0].order.transactionID,
		"offset": offset, "limit": limit, "total_count": len(all), "data": data,
	})
}

// row is a declaration as the query lists it.
func (d *declaration) row(x *exchange) map[string]any {
	m := map[string]any{
		"sub_order_id": d.subID, "customs": d.customs, "merchant_customs_no": d.customsNo, "state": d.state(x.at),
		"modify_time": d.modified.In(china()).Format("2006-01-02T15:04:05-07:00"),
	}
	if d.state(x.at) == "FAIL" {
		m["explanation"] = "the customs refused the declaration"
	}
	for name, value := range map[string]string{"sub_order_no": d.subNo, "fee_type": d.feeType} {
		if value != "" {
			m[name] = value
		}
	}
	for name, value := range map[string]string{"order_fee": d.orderFee, "transport_fee": d.transport, "product_fee": d.product, "duty": d.duty} {
		if minor, err := strconv.ParseInt(value, 10, 64); err == nil {
			m[name] = minor
		}
	}
	return m
}

// globalRedeclare is the Global second declaration. g.mu is held.
func (g *Gateway) globalRedeclare(x *exchange) message {
	rules := append(declareNames(), rule{"mch_customs_no", 32, true, nil})
	if why := check(x.in, rules); why != nil || !x.in.names() {
		return x.no("PARAM_ERROR", "one of the order numbers, customs and merchant_customs_no are needed")
	}
	all, why := g.book.redeclare(x)
	if why != nil {
		return x.no(why.code, why.text)
	}
	return x.answerJSON(all[0].object(x))
}

// globalIdentity is the Global identity check. Who is named is encrypted with a
// key of WeChat Pay, so the order's amount decides. g.mu is held.
func (g *Gateway) globalIdentity(x *exchange) message {
	rules := append(declareRules(),
		rule{"certificate_type", 32, true, exactly("IDCARD")},
		rule{"certificate_id", 1024, true, nil},
		rule{"certificate_name", 1024, true, nil},
	)
	if why := check(x.in, rules); why != nil {
		return x.no("PARAM_ERROR", why.text)
	}
	o := g.book.numbered(x.merchant.MchID, x.in["out_trade_no"], x.at)
	if o == nil || o.transactionID != x.in["transaction_id"] {
		return x.no("ORDERNOTEXIST", "the order does not exist")
	}
	return x.answerJSON(map[string]any{
		"out_trade_no": o.no, "transaction_id": o.transactionID, "certificate_check_result": o.identity(),
		"verify_department": "OTHERS", "verify_department_trade_id": "4" + o.transactionID,
	})
}
