package storage

import (
	"context"
	"time"

	"cashier/pos"
)

const (
	personColumns = `name, role, pin, gone, misses, missed_at_ms`
	selectPeople  = `SELECT ` + personColumns + ` FROM people ORDER BY name`
	upsertPerson  = `INSERT INTO people (` + personColumns + `) VALUES (?,?,?,?,?,?)
		ON CONFLICT DO UPDATE SET role = excluded.role, pin = excluded.pin, gone = excluded.gone,
		misses = excluded.misses, missed_at_ms = excluded.missed_at_ms`
)

// personValues stand in the order of personColumns.
func personValues(p pos.Person) []any {
	missed := int64(0)
	if !p.MissedAt.IsZero() {
		missed = p.MissedAt.UnixMilli()
	}
	return []any{p.Name, p.Role, p.PIN, flag(p.Gone), p.Misses, missed}
}

func scanPerson(s scanner) (p pos.Person, err error) {
	var missed int64
	err = s.Scan(&p.Name, &p.Role, &p.PIN, &p.Gone, &p.Misses, &missed)
	p.MissedAt = atOrNever(missed)
	return p, err
}

// atOrNever is a stored time of which 0 is none.
func atOrNever(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return at(ms)
}

// People fits pos.Books.
func (r *Reader) People(ctx context.Context) ([]pos.Person, error) {
	people, err := collect(ctx, r.pool, scanPerson, selectPeople)
	return people, fail("read who works here", err)
}
