package ui

import "cashier/pos"

// heard decides what the splitter's event means at the counter. A scan is
// taken in three places only: after an amount, in an empty sale (it is kept for
// 30 s), and after NOT PAID or REVOKED for another try. Anywhere else it is
// refused aloud (design 7).
func (m *Model) heard(h heard, by stroke) {
	switch h.kind {
	case heardEntered:
		m.entered(h.amount, by)
	case heardGarbled:
		if h.torn && m.sale.step() == stepCode { // the amount was the beginning of the scan
			m.sale.amount = pos.Money{}
		}
		m.refuse("refuse.garbled")
	case heardAmbiguous:
		m.refuse("refuse.ambiguous")
	case heardScan:
		m.scanned(h)
	}
}

func (m *Model) scanned(h heard) {
	switch {
	case m.cover != coverNone:
		m.refuse("refuse.covered")
	case m.sale.writing:
		m.refuse("refuse.writing")
	case m.sale.doubt():
		m.refuse("refuse.doubt")
	case m.sale.settled():
		m.rescanned(h)
	case m.sale.step() == stepCode:
		m.use(h)
	default:
		m.scannedAmount(h)
	}
}

// scannedAmount: the scan ends the amount, or comes before it. An amount that
// is none charges nothing.
func (m *Model) scannedAmount(h heard) {
	if h.amount == "" {
		m.hold(h)
		return
	}
	amount, err := pos.ParseAmount(h.amount, m.till.Policy().Currency)
	if err != nil && digitsOf([]rune(h.amount)) > amountDigits { // the digits of a code, and not to be shown
		m.refuse("refuse.garbled")
		return
	}
	if err != nil {
		if digitsOf([]rune(h.amount)) <= amountDigits {
			m.in.Put(h.amount)
		}
		m.refuse("refuse.amount", vars{"Text": clean(h.amount, amountDigits+1)})
		return
	}
	m.sale.amount = amount
	m.use(h)
}

// rescanned: another attempt for the same sale, if it may begin (design 3.11).
func (m *Model) rescanned(h heard) {
	switch {
	case m.sale.attempt.State == pos.Paid:
		m.refuse("refuse.paid")
	case m.sale.attempt.CanRescan(m.till.Policy().Rescan) != nil:
		m.refuse("refuse.strict")
	case h.stray: // the next sale's amount, keyed a moment before: this one's is not charged for it
		m.refuse("refuse.ambiguous")
	default:
		m.sale.amount = m.sale.attempt.Amount
		m.use(h)
	}
}

// use charges the scanned code, if it is one of WeChat Pay's.
func (m *Model) use(h heard) {
	code, ok := m.judge(h.code)
	if !ok {
		return
	}
	m.notice = line{}
	if h.doubled {
		m.refuse("refuse.doubled")
	}
	m.charge(code)
}

// hold keeps a code until the amount is keyed, for 30 s and visibly.
func (m *Model) hold(h heard) {
	code, ok := m.judge(h.code)
	switch {
	case !ok:
	case code == m.sale.held:
		m.refuse("refuse.kept")
	default:
		m.sale.held, m.sale.until = code, m.now.Add(keepFor)
	}
}

// judge refuses a code aloud and by name when it is not one of WeChat Pay's.
func (m *Model) judge(digits string) (pos.AuthCode, bool) {
	prefixes := m.till.Policy().Prefixes
	code, err := pos.ParseAuthCode(digits, prefixes)
	if err == nil {
		return code, true
	}
	switch wallet := walletOf(digits, prefixes); {
	case wallet != "":
		m.refuse("refuse.wallet", vars{"Wallet": m.say(wallet)})
	case len(digits) == codeDigits:
		m.refuse("refuse.prefix", vars{"Digits": digits[:2]})
	default:
		m.refuse("refuse.garbled")
	}
	return pos.AuthCode{}, false
}

// entered is the Enter key, with the amount that was keyed before it. Where a
// sale is open it means nothing, and it never answers a question.
func (m *Model) entered(text string, by stroke) {
	if by.name != "enter" {
		return
	}
	switch m.cover {
	case coverHelp:
		m.uncover()
		return
	case coverQuestion:
		return
	}
	m.notice = line{}
	early := m.now.Sub(m.early) < armAfter
	if m.sale.doubt() || m.sale.writing || early && m.sale.settled() {
		m.early = m.now
	}
	switch {
	case m.sale.settled() && early: // pressed at HOLD, again and again: the verdict was not read yet
	case m.sale.settled():
		m.next()
		if text != "" {
			m.in.Put(text)
			m.fix(text)
		}
	case m.sale.step() == stepAmount:
		m.fix(text)
	}
}

// fix ends the amount. A code that was kept is charged with it.
func (m *Model) fix(text string) {
	currency := m.till.Policy().Currency
	amount, err := pos.ParseAmount(text, currency)
	switch {
	case text == "":
		m.remark("amount.empty")
		return
	case err != nil:
		example := pos.Money{Minor: 1250, Currency: currency}.Decimal()
		if digitsOf([]rune(text)) > amountDigits {
			m.in.Clear()
		}
		m.refuse("amount.wrong", vars{"Text": clean(text, amountDigits+1), "Currency": currency, "Example": example})
		return
	}
	m.in.Clear()
	m.sale.amount = amount
	if !m.sale.held.IsZero() {
		m.charge(m.sale.held)
	}
}

// beginByKeying begins the next sale when an amount is keyed while a verdict
// stands: a hand did it, a scan would have been found or be too long.
func (m *Model) beginByKeying() {
	text := m.in.Text()
	if m.cover != coverNone || !m.sale.settled() || text == "" || m.in.old || m.in.fragment() {
		return
	}
	m.next()
	m.in.Put(text)
	m.run(m.warm)
}

// back corrects: the last digit, the amount that stands, the code that is kept.
func (m *Model) back() {
	switch step := m.sale.step(); {
	case step == stepCode:
		m.in.Put(m.sale.amount.Decimal())
		m.sale.amount = pos.Money{}
	case step != stepAmount || m.in.Back():
	default:
		m.sale.held = pos.AuthCode{}
	}
}

// next begins an empty sale in front.
func (m *Model) next() {
	m.sale = sale{}
	m.in.Clear()
	m.column = nil
}

// charged is the outcome of charge. A refused sale stands as before, and may be
// scanned again.
func (m *Model) charged(msg chargedMsg) {
	m.sale.writing = false
	if msg.err != nil {
		m.report(msg.err)
		m.refuse(refusal(msg.err))
		m.refresh()
		return
	}
	m.sale.attempt = msg.attempt
	m.pending[msg.attempt.OrderNo] = true // it may have its verdict already
	m.refresh()
}

// park leaves the sale in doubt to the till and serves the next customer.
func (m *Model) park() {
	m.next()
	m.mindTheEyes()
}

// nextOpen is the open sale that comes after the one in front, or none; none
// either while something is being keyed.
func (m *Model) nextOpen() pos.OrderNo {
	step := m.sale.step()
	if step == stepWriting || step == stepCode || m.in.Text() != "" || !m.sale.held.IsZero() {
		return ""
	}
	first, after, passed := pos.OrderNo(""), pos.OrderNo(""), false
	for _, a := range m.open {
		switch {
		case m.sale.shows(a.OrderNo):
			passed = true
		case a.State.Settled():
		case passed && after == "":
			after = a.OrderNo
		case first == "":
			first = a.OrderNo
		}
	}
	if after != "" {
		return after
	}
	return first
}

// turnTo brings the next open sale to the front and parks the one that was there.
func (m *Model) turnTo() {
	a, _ := m.till.Attempt(m.nextOpen())
	m.next()
	m.sale.amount, m.sale.attempt = a.Amount, a
	m.mindTheEyes()
	m.readSide()
}
