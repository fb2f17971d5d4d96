package cli

import (
	"context"
	"fmt"
	"strings"

	"cashier/pos"
	"cashier/wechat"
)

// declarationRecord is a declaration in --json, of either protocol. Its names
// are a contract.
type declarationRecord struct {
	OrderNo       string                  `json:"order_no"`
	TransactionID string                  `json:"transaction_id"`
	Protocol      string                  `json:"protocol"`
	Customs       wechat.Customs          `json:"customs"`
	SubOrderNo    string                  `json:"sub_order_no"` // empty: the whole order
	SubOrderID    string                  `json:"sub_order_id"`
	State         wechat.DeclarationState `json:"state"`
	Explanation   string                  `json:"explanation"`

	CertificateCheck        string `json:"certificate_check"` // mainland: UNCHECKED, SAME, DIFFERENT
	VerifyDepartment        string `json:"verify_department"`
	VerifyDepartmentTradeID string `json:"verify_department_trade_id"`
	ModifiedAt              string `json:"modified_at"` // RFC 3339
}

// declaration prints one.
func (p printer) declaration(r declarationRecord) error {
	if p.json {
		return writeJSON(p.out, r)
	}
	parts := []string{r.OrderNo, string(r.Customs), string(r.State)}
	for _, part := range []struct{ name, value string }{
		{"sub-order ", r.SubOrderNo}, {"certificate ", r.CertificateCheck}, {"", r.Explanation}, {"", r.Protocol},
	} {
		if part.value != "" {
			parts = append(parts, part.name+part.value)
		}
	}
	_, err := fmt.Fprintln(p.out, oneLine(strings.Join(parts, "  ")))
	return err
}

// globalCustoms is the JSON protocol of the Global documentation.
type globalCustoms struct{ *office }

func (g globalCustoms) declare(ctx context.Context, d wechat.Declared, _ payer, modify bool) (declarationRecord, error) {
	op, call := wechat.Declaration, g.client.Declare
	if modify {
		op, call = wechat.ModifyDeclaration, g.client.ModifyDeclared
	}
	r, err := call(ctx, d)
	return g.record(op, r, d.OutTradeNo, d.Customs, err)
}

func (g globalCustoms) redeclare(ctx context.Context, o pos.Summary, d declaring, state wechat.DeclarationState) (declarationRecord, error) {
	kind, no := orderType(o, d)
	r, err := g.client.Redeclare(ctx, wechat.RedeclareRequest{OrderType: kind, OrderNo: no, Customs: wechat.Customs(d.customs),
		MerchantCustomsNo: d.customsNo, State: state})
	return g.record(wechat.Redeclaration, r, string(o.OrderNo), wechat.Customs(d.customs), err)
}

// orderType is the number that a declaration is named by: the part's, or the order's.
func orderType(o pos.Summary, d declaring) (wechat.OrderType, string) {
	if d.subOrder != "" {
		return wechat.BySubOrderNo, d.subOrder
	}
	return wechat.ByOutTradeNo, string(o.OrderNo)
}

// record judges one answer.
func (g globalCustoms) record(op wechat.Operation, r wechat.GlobalDeclaration, no string, customs wechat.Customs, err error) (declarationRecord, error) {
	if err := g.noted(op, r.GlobalReply, err); err != nil {
		return declarationRecord{}, err
	}
	return declarationRecord{OrderNo: no, TransactionID: r.TransactionID, Protocol: protocolGlobal, Customs: customs,
		SubOrderNo: r.SubOrderNo, SubOrderID: r.SubOrderID, State: r.State, Explanation: r.Explanation,
		VerifyDepartment: r.VerifyDepartment, VerifyDepartmentTradeID: r.VerifyDepartmentTradeID, ModifiedAt: r.ModifyTime}, nil
}

func (g globalCustoms) noted(op wechat.Operation, r wechat.GlobalReply, err error) error {
	if err := g.note(op, r.Reply, r.ErrCode, err); err != nil {
		return err
	}
	if r.Refused() {
		return refusedThere(op, r.ErrCode, r.ErrCodeDes)
	}
	return nil
}

// query reads page by page.
func (g globalCustoms) query(ctx context.Context, o pos.Summary, d declaring) (all []declarationRecord, err error) {
	kind, no := orderType(o, d)
	for {
		page, err := g.client.Declarations(ctx, wechat.DeclarationsRequest{OrderType: kind, OrderNo: no, Customs: wechat.Customs(d.customs), Offset: len(all)})
		if err := g.noted(wechat.QueryDeclaration, page.GlobalReply, err); err != nil {
			return nil, err
		}
		for _, r := range page.Data {
			all = append(all, declarationRecord{OrderNo: string(o.OrderNo), TransactionID: page.TransactionID, Protocol: protocolGlobal,
				Customs: r.Customs, SubOrderNo: r.SubOrderNo, SubOrderID: r.SubOrderID, State: r.State, Explanation: r.Explanation,
				VerifyDepartment: page.VerifyDepartment, VerifyDepartmentTradeID: page.VerifyDepartmentTradeID, ModifiedAt: r.ModifyTime})
		}
		if len(page.Data) == 0 || len(all) >= page.TotalCount {
			return all, nil
		}
	}
}

// mainlandCustoms is the XML protocol of the mainland.
type mainlandCustoms struct{ *office }

func (l mainlandCustoms) declare(ctx context.Context, d wechat.Declared, who payer, modify bool) (declarationRecord, error) {
	q := wechat.MainlandDeclareRequest{Declared: d, Modify: modify, CertID: who.CertID, Name: who.Name}
	op := wechat.Declaration
	if modify {
		op = wechat.ModifyDeclaration
	}
	if who != (payer{}) {
		q.CertType = "IDCARD" // the only one there is
	}
	r, err := l.client.MainlandDeclare(ctx, q)
	return l.record(op, r, d.OutTradeNo, d.Customs, err)
}

func (l mainlandCustoms) redeclare(ctx context.Context, o pos.Summary, d declaring, _ wechat.DeclarationState) (declarationRecord, error) {
	q := mainlandNumbers(o, d)
	r, err := l.client.MainlandRedeclare(ctx, q, d.customsNo)
	return l.record(wechat.Redeclaration, r, string(o.OrderNo), q.Customs, err)
}

// mainlandNumbers names a declaration: by the part's number, or the order's.
func mainlandNumbers(o pos.Summary, d declaring) wechat.MainlandNumbers {
	if d.subOrder != "" {
		return wechat.MainlandNumbers{SubOrderNo: d.subOrder, Customs: wechat.Customs(d.customs)}
	}
	return wechat.MainlandNumbers{OutTradeNo: string(o.OrderNo), Customs: wechat.Customs(d.customs)}
}

// record judges one answer.
func (l mainlandCustoms) record(op wechat.Operation, r wechat.MainlandDeclareResponse, no string, customs wechat.Customs, err error) (declarationRecord, error) {
	if err := l.noteEnvelope(op, r.Envelope, err); err != nil {
		return declarationRecord{}, err
	}
	d := newMainlandRecord(r.MainlandDeclaration, no)
	d.Customs = customs
	return d, nil
}

func (l mainlandCustoms) query(ctx context.Context, o pos.Summary, d declaring) (all []declarationRecord, err error) {
	r, err := l.client.MainlandDeclarations(ctx, mainlandNumbers(o, d))
	if err := l.noteEnvelope(wechat.QueryDeclaration, r.Envelope, err); err != nil {
		return nil, err
	}
	for _, one := range r.Declarations {
		all = append(all, newMainlandRecord(one, string(o.OrderNo)))
	}
	return all, nil
}

func newMainlandRecord(r wechat.MainlandDeclaration, no string) declarationRecord {
	return declarationRecord{OrderNo: no, TransactionID: r.TransactionID, Protocol: protocolMainland, Customs: r.Customs,
		SubOrderNo: r.SubOrderNo, SubOrderID: r.SubOrderID, State: r.State, Explanation: r.Explanation, CertificateCheck: r.CertCheckResult,
		VerifyDepartment: r.VerifyDepartment, VerifyDepartmentTradeID: r.VerifyDepartmentTradeID, ModifiedAt: chinaStamp(r.ModifiedAt)}
}
