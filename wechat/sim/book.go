package sim

import "time"

// orderKey is what makes an order number unique: it stands under one mch_id,
// in institution mode the institution's (wechatpay-v2.md 5.3).
type orderKey struct{ mchID, no string }

// book is what the gateway knows. The gateway's lock guards it.
type book struct {
	orders        []*order // as they came
	byNo          map[orderKey]*order
	byTransaction map[string]*order
	spent         map[string]bool        // auth codes that made an order
	issued        map[string]time.Time   // when codes of ours were made, until they are spent
	refunds       map[orderKey]*refund   // by out_refund_no
	asked         map[orderKey]time.Time // when a refund was first asked for that is refused for a while
	declarations  []*declaration
	subMerchants  []*subMerchant
}

func newBook() *book {
	return &book{
		byNo:          map[orderKey]*order{},
		byTransaction: map[string]*order{},
		spent:         map[string]bool{},
		issued:        map[string]time.Time{},
		refunds:       map[orderKey]*refund{},
		asked:         map[orderKey]time.Time{},
	}
}

// add enters a new order and spends its code.
func (b *book) add(o *order) {
	b.orders = append(b.orders, o)
	b.byNo[orderKey{o.merchant.MchID, o.no}] = o
	b.byTransaction[o.transactionID] = o
	b.spent[o.code] = true // no code is no code that anybody could submit
	delete(b.issued, o.code)
}

// numbered finds an order by its number under one mch_id, as it stands at now, or nil.
func (b *book) numbered(mchID, no string, now time.Time) *order {
	o := b.byNo[orderKey{mchID, no}]
	if o != nil {
		o.advance(now)
	}
	return o
}

// find looks up the order that a request of merchant m names, as it
// stands at now, or nil: transaction_id wins over out_trade_no
// (wechatpay-v2.md 6.3), and nobody sees another merchant's orders.
func (b *book) find(m *Merchant, in message, now time.Time) *order {
	o := b.byNo[orderKey{m.MchID, in["out_trade_no"]}]
	if id := in["transaction_id"]; id != "" {
		o = b.byTransaction[id]
	}
	if o == nil || !o.of(m) || !o.known(now) {
		return nil
	}
	o.advance(now)
	return o
}

// of reports that the order is merchant m's.
func (o *order) of(m *Merchant) bool {
	return o.merchant.MchID == m.MchID && o.merchant.SubMchID == m.SubMchID
}

// relieved reports whether the last order of this amount at the merchant was revoked.
func (b *book) relieved(m *Merchant, minor int64) bool {
	for i := len(b.orders) - 1; i >= 0; i-- {
		if o := b.orders[i]; o.minor == minor && o.merchant == *m {
			return o.state == Revoked
		}
	}
	return false
}
