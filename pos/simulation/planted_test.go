package simulation

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// planted are bugs, one or more in each layer, and the rule whose breach shows them.
var planted = []struct {
	layer, bug string
	shows      string
	plant      func(*world)
}{
	{"machine", "SUCCESS opens the one-way door", "I4", func(w *world) {
		w.law = when(func(a pos.Attempt, r pos.Answer) bool {
			return (a.State == pos.Revoking || a.State == pos.Confirming) && r.Finding == pos.FoundPaid
		}, pos.Paid)
	}},
	{"machine", "ORDERNOTEXIST is taken for not paid", "I3", func(w *world) {
		w.law = when(func(a pos.Attempt, r pos.Answer) bool {
			return a.State == pos.InDoubt && r.Finding == pos.FoundNoOrder
		}, pos.Failed)
	}},
	{"machine", "recall N is believed", "I3", func(w *world) {
		w.law = when(func(a pos.Attempt, r pos.Answer) bool { return r.Finding == pos.FoundRevokeAccepted }, pos.Revoked)
	}},
	{"machine", "the first return_code FAIL ends a watch", "I3", func(w *world) {
		w.law = endsWatch(func(_ pos.Attempt, f pos.Finding) bool { return f == pos.FoundCommFail }, pos.AttentionConfiguration)
	}},
	{"machine", "a watch of which a person knows ends in silence", "I3", func(w *world) {
		w.law = endsWatch(func(next pos.Attempt, f pos.Finding) bool {
			return next.Attention != "" && (f == pos.FoundUnclear || f == pos.FoundNoOrder)
		}, "")
	}},
	{"machine", "an order is closed and nobody asked", "design 3.12", func(w *world) { w.law = closesUnasked }},
	{"machine", "a late SUCCESS is no sale", "design 2", func(w *world) { w.law = deafToSale }},
	{"machine", "ORDERPAID of a close ends it", "I3", func(w *world) {
		w.law = when(func(a pos.Attempt, r pos.Answer) bool { return r.Finding == pos.FoundRevokeMoot && !a.Watch }, pos.Revoked)
	}},
	{"machine", "a void is believed without a query", "design 3.2", func(w *world) { w.law = hastyVoid }},
	{"machine", "a void is revoked at once", "design 3.8", func(w *world) { w.law = revokesAtOnce }},
	{"judge", "a refund that was not answered has failed", "wechatpay-v2 13.6", func(w *world) {
		w.client = cashDesk{w.client, pos.FoundUnclear, pos.FoundRefundImpossible}
	}},
	{"judge", "a refund that was accepted is done", "wechatpay-v2 F1", func(w *world) {
		w.client = cashDesk{w.client, pos.FoundRefundPending, pos.FoundRefunded}
	}},
	{"judge", "somebody else's SUCCESS is ours", "I2", func(w *world) {
		w.client = judge{w.client, func(a *pos.Answer) {
			if a.Finding == pos.FoundMismatch && a.Code == "out_trade_no" {
				a.Finding = pos.FoundPaid
			}
		}}
	}},
	{"judge", "an answer that was lost is a refusal", "I3", func(w *world) {
		w.client = judge{w.client, func(a *pos.Answer) {
			if a.Code == "no_answer" {
				a.Finding = pos.FoundNotSent
			}
		}}
	}},
	{"codec", "any signature is good", "I2", func(w *world) {
		w.client = judge{w.client, func(a *pos.Answer) {
			if a.Code == "bad_signature" && a.Heard.Fields["trade_state"] == "SUCCESS" {
				a.Finding = pos.FoundPaid
			}
		}}
	}},
	{"wire", "a submission that was not answered is sent again", "I5", func(w *world) { w.wire.inner = insistent{w.wire.inner, "/"} }},
	{"wire", "an order that was not answered is made again", "I5: Unified", func(w *world) { w.wire.inner = insistent{w.wire.inner, "/pay/unifiedorder"} }},
	{"journal", "what was acknowledged last is lost with the process", "the journal can be read: no such order", func(w *world) { w.disk.Journal = lossy{w.journal.(*memory)} }},
	{"journal", "of two tills both are written down", "the journal can be read: fold", func(w *world) { w.disk.Journal = blind{w.journal.(*memory)} }},
}

// TestPlanted: a bug in any layer is found within a few days.
func TestPlanted(t *testing.T) {
	for _, p := range planted {
		t.Run(p.layer+": "+p.bug, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(40) {
				found := play(t, seed+1, inMemory, p.plant, newTally())
				if found != nil && strings.HasPrefix(found.rule, p.shows) {
					t.Logf("day %d, %s: %.200s", seed+1, found.no, found.rule)
					return
				}
			}
			t.Errorf("%q was not found broken in 40 days", p.shows)
		})
	}
}

// when ends an attempt with a verdict of its own, without a watch.
func when(so func(pos.Attempt, pos.Answer) bool, verdict pos.State) law {
	return func(a pos.Attempt, e pos.Event, now time.Time) (pos.Attempt, []pos.Effect) {
		next, effects := pos.Next(a, e, now)
		var answer pos.Answer
		switch e := e.(type) {
		case pos.QueryAnswered:
			answer = e.Answer
		case pos.RevokeAnswered:
			answer = e.Answer
		default:
			return next, effects
		}
		if so(a, answer) {
			next.State, next.Watch = verdict, false
			return next, effects[:1]
		}
		return next, effects
	}
}

// endsWatch ends a watch at an answer, with an alarm or with the one that stands.
func endsWatch(so func(pos.Attempt, pos.Finding) bool, alarm pos.Attention) law {
	return func(a pos.Attempt, e pos.Event, now time.Time) (pos.Attempt, []pos.Effect) {
		next, effects := pos.Next(a, e, now)
		if r, queried := e.(pos.QueryAnswered); queried && a.Watch && next.Watch && so(next, r.Answer.Finding) {
			next.Watch, next.Attention = false, cmp.Or(alarm, next.Attention)
			return next, effects[:1]
		}
		return next, effects
	}
}

// judge changes what an answer lets us conclude.
type judge struct {
	pos.Gateway
	wrongly func(*pos.Answer)
}

func (j judge) Submit(ctx context.Context, c pos.Charge) pos.Answer {
	a := j.Gateway.Submit(ctx, c)
	j.wrongly(&a)
	return a
}

func (j judge) Query(ctx context.Context, o pos.Order) pos.Answer {
	a := j.Gateway.Query(ctx, o)
	j.wrongly(&a)
	return a
}

// cashDesk takes what is said of a refund for something else.
type cashDesk struct {
	pos.Gateway
	hears, takes pos.Finding
}

func (c cashDesk) GiveBack(ctx context.Context, r pos.Refunding) pos.Answer {
	return c.wrongly(c.Gateway.GiveBack(ctx, r))
}

func (c cashDesk) AskRefund(ctx context.Context, r pos.Refunding) pos.Answer {
	return c.wrongly(c.Gateway.AskRefund(ctx, r))
}

func (c cashDesk) wrongly(a pos.Answer) pos.Answer {
	if a.Finding == c.hears {
		a.Finding = c.takes
	}
	return a
}

// hastyVoid takes a void for done as soon as it was asked for.
func hastyVoid(a pos.Attempt, e pos.Event, now time.Time) (pos.Attempt, []pos.Effect) {
	next, effects := pos.Next(a, e, now)
	if _, void := e.(pos.VoidPressed); void && next.State == pos.Revoking {
		next.State = pos.Revoked
		return next, effects[:1]
	}
	return next, effects
}

// revokesAtOnce does not wait for the 15 s of a void.
func revokesAtOnce(a pos.Attempt, e pos.Event, now time.Time) (pos.Attempt, []pos.Effect) {
	next, effects := pos.Next(a, e, now)
	if _, void := e.(pos.VoidPressed); void && next.State == pos.Revoking && next.InFlight() == "" {
		next, _ = pos.Next(next, pos.RevokeSent{}, now)
		return next, []pos.Effect{effects[0], pos.Revoke{}}
	}
	return next, effects
}

// closesUnasked closes at once what has to be asked about before.
func closesUnasked(a pos.Attempt, e pos.Event, now time.Time) (pos.Attempt, []pos.Effect) {
	next, effects := pos.Next(a, e, now)
	if a.Method == pos.Native && a.State == pos.Revoking && a.Revokes == 0 && next.InFlight() == "query" && a.InFlight() == "" {
		next, _ = pos.Next(a, pos.RevokeSent{}, now)
		return next, []pos.Effect{pos.Record{Event: pos.RevokeSent{}}, pos.Revoke{}}
	}
	return next, effects
}

// deafToSale does not hear that an order was paid while it is closed.
func deafToSale(a pos.Attempt, e pos.Event, now time.Time) (pos.Attempt, []pos.Effect) {
	r, answered := e.(pos.QueryAnswered)
	if !answered || a.Method != pos.Native || a.State != pos.Revoking || r.Answer.Finding != pos.FoundPaid {
		return pos.Next(a, e, now)
	}
	heard := r
	heard.Answer.Finding = pos.FoundUserPaying
	next, effects := pos.Next(a, heard, now)
	effects[0] = pos.Record{Event: r}
	return next, effects
}

// insistent is a client that does not take no answer for an answer, on some paths.
type insistent struct {
	http.RoundTripper
	path string
}

func (i insistent) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	send := func() (*http.Response, error) {
		req.Body = io.NopCloser(bytes.NewReader(body))
		return i.RoundTripper.RoundTrip(req)
	}
	resp, err := send()
	if err != nil && strings.HasPrefix(req.URL.Path, i.path) {
		return send()
	}
	return resp, err
}

// lossy is a journal whose newest entry goes with the process that wrote it.
type lossy struct{ *memory }

func (l lossy) Append(ctx context.Context, e pos.Entry) (int64, error) {
	if noted, ok := e.Event.(pos.Noted); ok && noted.Name == "started" && len(l.entries) > 0 {
		l.drop()
	}
	return l.memory.Append(ctx, e)
}

func (l lossy) drop() {
	last := l.entries[len(l.entries)-1]
	l.entries = l.entries[:len(l.entries)-1]
	if own := l.byOrder[last.OrderNo]; len(own) > 1 {
		l.byOrder[last.OrderNo] = own[:len(own)-1]
	} else if len(own) == 1 {
		delete(l.byOrder, last.OrderNo)
		l.orders = l.orders[:len(l.orders)-1]
	}
}

// blind is a journal without the compare-and-set.
type blind struct{ *memory }

func (b blind) Append(ctx context.Context, e pos.Entry) (int64, error) {
	if own := b.byOrder[e.OrderNo]; len(own) > 0 {
		e.After.Seq = b.entries[own[len(own)-1]].Seq
	}
	return b.memory.Append(ctx, e)
}
