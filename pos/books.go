package pos

import (
	"context"
	"time"
)

// Books is what a manager reads beside what a till does. It works beside a
// writer, and each answer is of one moment.
type Books interface {
	Reader

	// Totals sums the attempts that began on a day of the shop, by currency,
	// cashier, till and state, in this order.
	Totals(ctx context.Context, day string) ([]Total, error)
	// Hours sums the same attempts by the hour of the shop's day in which they began.
	Hours(ctx context.Context, day string, zone *time.Location) ([]Hour, error)
	// People are all who ever worked at this till, by name.
	People(ctx context.Context) ([]Person, error)
	// Closings are all Z reports, newest first.
	Closings(ctx context.Context) ([]Closing, error)
	// Running is the shift that no Z has ended yet, as an X report.
	Running(ctx context.Context) (Closing, error)
	// BillNotes are the orders of bills that no attempt of this journal is, not
	// yet answered by a manager's annotation; oldest first.
	BillNotes(ctx context.Context) ([]Entry, error)
}

// Hour is what came in within one hour of a day.
type Hour struct {
	Hour     int // 0 to 23, in the shop's zone
	Currency Currency
	State    State
	Attempts int
	Minor    int64 // the sum of their prices
}
