package pos

import (
	"fmt"
	"hash/fnv"
	"time"
)

// Times that are the law's and not the shop's (design 3).
const (
	selfClose   = 45 * time.Second   // WeChat Pay closes an unpaid Quick Pay order by itself
	decisive    = 120 * time.Second  // from here on ORDERNOTEXIST may end a watch (wechatpay-v2 13.3)
	slow        = 5 * time.Minute    // the pace of everything that has gone on for long
	revocable   = 7 * 24 * time.Hour // after it the gateway does not revoke any more
	slowAfter   = 10                 // revokes; then slow, and on the attention list
	alarmAfter  = 3                  // answers in a row that tell nothing but FAIL (E7, S13)
	minimumCall = time.Second        // a query that starts just before the deadline still gets this
)

// Terms are the intervals that an attempt was made under (design 6, [timing]).
// They are journaled with its intent, so that a later change of the
// configuration never changes what an old journal says.
type Terms struct {
	FirstQuery  time.Duration `json:"first_query_ns"`  // after anything unclear
	QueryEvery  time.Duration `json:"query_every_ns"`  // after USERPAYING, and then always; ± 20 %
	RevokeAfter time.Duration `json:"revoke_after_ns"` // from the submission
	RevokeEvery time.Duration `json:"revoke_every_ns"` // the first step of 5, 5, 10, 20, 40, 60 s; scales the rest
	Deadline    time.Duration `json:"deadline_ns"`     // from the submission: last query, then revoke
}

// DefaultTerms are the documented values.
var DefaultTerms = Terms{
	FirstQuery:  5 * time.Second,
	QueryEvery:  3 * time.Second,
	RevokeAfter: 15 * time.Second,
	RevokeEvery: 5 * time.Second,
	Deadline:    45 * time.Second,
}

// prepayLife is how long an order of Unified Order can be paid (wechatpay-v2 6.6),
// prepayPace how often one is asked about that is paid elsewhere.
const (
	prepayLife = 2 * time.Hour
	prepayPace = 10 * time.Second
)

// For are the terms of an attempt by m. Close Order knows no waiting time; a
// customer who pays elsewhere has as long as the order can be paid.
func (t Terms) For(m Method) Terms {
	if m.Closes() {
		t.RevokeAfter = 0
	}
	if m.Elsewhere() {
		t.Deadline, t.QueryEvery = prepayLife, prepayPace
	}
	return t
}

// Check refuses intervals outside the documented range (design 3.7). Against a
// loopback gateway they may be shorter, not longer.
func (t Terms) Check(loopback bool) error {
	for _, f := range []struct {
		key           string
		got, min, max time.Duration
	}{
		{"first_query", t.FirstQuery, 3 * time.Second, 10 * time.Second},
		{"query_every", t.QueryEvery, 3 * time.Second, 10 * time.Second},
		{"revoke_after", t.RevokeAfter, 15 * time.Second, 30 * time.Second},
		{"revoke_every", t.RevokeEvery, time.Second, 60 * time.Second},
		{"deadline", t.Deadline, 30 * time.Second, 60 * time.Second},
	} {
		if f.got <= 0 || f.got > f.max || f.got < f.min && !loopback {
			return invalid(fmt.Sprintf("set it to %s to %s", f.min, f.max), "timing.%s = %s is outside the documented range", f.key, f.got)
		}
	}
	return nil
}

// revokeSteps are the waits between revokes, in units of RevokeEvery: 5, 5, 10, 20, 40, 60 s.
var revokeSteps = [...]time.Duration{1, 1, 2, 4, 8, 12}

// revokeWait is the wait after the n-th revoke (1 …) that did not end it; from
// the tenth on every 5 minutes (design 3.8).
func (t Terms) revokeWait(n int) time.Duration {
	if n >= slowAfter {
		return slow
	}
	return t.RevokeEvery * revokeSteps[min(max(n-1, 0), len(revokeSteps)-1)]
}

// confirmAfter is the wait from an accepted revoke to the query that checks it: 2 s when RevokeEvery is 5 s.
func (t Terms) confirmAfter() time.Duration { return t.RevokeEvery * 2 / 5 }

// queryWait is QueryEvery ± 20 %, so that tills that began together do not
// stay together. It is drawn from the order number and the count of queries
// and not from chance: the same history always waits the same.
func (a Attempt) queryWait() time.Duration {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s/%d", a.OrderNo, a.Asked)
	percent := 80 + h.Sum32()%41
	return a.Terms.QueryEvery * time.Duration(percent) / 100
}

// watchAsk is when a watch asks next: every QueryEvery until the deadline's
// age, then at 120 s, then every 5 minutes (design 3.9).
func (a Attempt) watchAsk(now time.Time) time.Time {
	if next := now.Add(a.queryWait()); next.Sub(a.since) < a.Terms.Deadline {
		return next
	}
	if now.Sub(a.since) < decisive {
		return a.since.Add(decisive)
	}
	return now.Add(slow)
}
