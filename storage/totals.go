package storage

import (
	"context"

	"cashier/pos"
)

// dailyTotal is a row of totals.
type dailyTotal struct {
	day string
	pos.Total
}

const (
	totalColumns = `day, currency, cashier, till, state, attempts, amount_minor, refunded_minor`
	selectTotals = `SELECT ` + totalColumns + ` FROM totals WHERE day = ? AND attempts > 0 ORDER BY currency, cashier, till, state`

	// What payments add up to, and what totals says, where the two differ.
	selectTotalDifferences = `SELECT day FROM (
		SELECT * FROM (SELECT ` + totalColumns + ` FROM totals WHERE attempts > 0 EXCEPT ` + selectSums + `)
		UNION ALL
		SELECT * FROM (` + selectSums + ` EXCEPT SELECT ` + totalColumns + ` FROM totals WHERE attempts > 0))
		GROUP BY day ORDER BY day`
	selectSums = `SELECT day, currency, cashier, till, state, sum(1), sum(amount_minor), sum(refunded_minor)
		FROM payments GROUP BY day, currency, cashier, till, state`
)

func scanTotal(s scanner) (t dailyTotal, err error) {
	err = s.Scan(&t.day, &t.Currency, &t.Cashier, &t.Till, &t.State, &t.Attempts, &t.Minor, &t.RefundedMinor)
	return t, err
}

// Totals sums the attempts that began on a day of the shop, by currency,
// cashier, till and state, in this order.
func (r *Reader) Totals(ctx context.Context, day string) ([]pos.Total, error) {
	rows, err := collect(ctx, r.pool, scanTotal, selectTotals, day)
	totals := make([]pos.Total, len(rows))
	for i, t := range rows {
		totals[i] = t.Total
	}
	return totals, fail("sum the day", err)
}

func scanDay(s scanner) (day string, err error) {
	err = s.Scan(&day)
	return day, err
}

// totals compares the sums of each day with its payments.
func (v *verifier) totals(ctx context.Context) error {
	days, err := collect(ctx, v.q, scanDay, selectTotalDifferences)
	for _, day := range days {
		v.report.add(v.report.Seq, "totals says otherwise about %s than its payments", day)
	}
	return err
}
