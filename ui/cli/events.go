package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cashier/pos"
	"cashier/storage"
)

// tillEvents are the names of what happens to the till itself and to no order.
var tillEvents = []string{
	"signed_in", "signed_out", "pin_missed", "refused", "staff_changed", "shift_opened", "shift_x", "shift_z",
	"started", "stopped", "restored", "clock_step", "journal_tried", unknownOrder, wrongTotals, "bill_answered",
}

// tillRecord is one of them in --json.
type tillRecord struct {
	Seq    int64             `json:"seq"`
	At     string            `json:"at"`
	Event  string            `json:"event"`
	Detail map[string]string `json:"detail"`
}

// events prints what happened to the till itself, newest first.
func (p printer) events(ctx context.Context, r *storage.Reader, q listing) error {
	if err := q.parse(time.Now().In(p.zone), p.currency); err != nil {
		return err
	}
	found, err := noted(ctx, r, q, p.zone)
	if err != nil {
		return err
	}
	for i, e := range found {
		if q.Limit > 0 && i == q.Limit {
			break
		}
		if err := p.event(e); err != nil {
			return err
		}
	}
	return nil
}

// noted are the events that are asked for, newest first.
func noted(ctx context.Context, r *storage.Reader, q listing, zone *time.Location) ([]pos.Entry, error) {
	var since time.Time
	if q.Day != "" {
		since, _ = time.ParseInLocation(time.DateOnly, q.Day, zone) // parse has read it
	}
	var all []pos.Entry
	for _, name := range tillEvents {
		entries, err := r.Notes(ctx, name, since)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	all = slices.DeleteFunc(all, func(e pos.Entry) bool {
		d := detail(e)
		return q.Day != "" && e.Day != q.Day || q.who != "" && d["who"] != q.who && d["by"] != q.who
	})
	slices.SortFunc(all, func(a, b pos.Entry) int { return cmp.Compare(b.Seq, a.Seq) })
	return all, nil
}

// detail is what an event of the till says; of a closing only who made which.
// cashier shift show has the rest.
func detail(e pos.Entry) map[string]string {
	switch e := e.Event.(type) {
	case pos.Noted:
		return e.Detail
	case pos.ShiftClosed:
		return map[string]string{"number": fmt.Sprint(e.Number), "by": e.By, "upto": fmt.Sprint(e.Upto), "carried": fmt.Sprint(len(e.Carried))}
	default:
		return nil
	}
}

// event prints one.
func (p printer) event(e pos.Entry) error {
	d := detail(e)
	if p.json {
		if d == nil {
			d = map[string]string{}
		}
		return writeJSON(p.out, tillRecord{e.Seq, e.At.In(p.zone).Format(stamp), e.Name(), d})
	}
	text := fmt.Sprintf("%8d  %s  %-13s", e.Seq, e.At.In(p.zone).Format("2006-01-02 15:04:05"), e.Name())
	for _, key := range slices.SortedFunc(maps.Keys(d), byWho) {
		if key != "pin" && d[key] != "" { // of a PIN that was replaced: nothing that anybody could read
			text += fmt.Sprintf("  %s %s", strings.ReplaceAll(key, "_", " "), d[key])
		}
	}
	_, err := fmt.Fprintln(p.out, clean(strings.TrimRight(text, " ")))
	return err
}

// byWho puts whom it was about, and who did it, before what it was.
func byWho(a, b string) int {
	rank := func(key string) int {
		if i := slices.Index([]string{"who", "by"}, key); i >= 0 {
			return i
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}
