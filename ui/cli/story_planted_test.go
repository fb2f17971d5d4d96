package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cashier/pos"
)

// TestStories_FindPlantedBugs: a program with a bug breaks a law in one of the
// stories. Without this nobody knows whether the laws say anything.
func TestStories_FindPlantedBugs(t *testing.T) {
	scanning := slices.Concat(counter, leaving)
	for name, bug := range map[string]planted{
		"a lost answer counts as never sent": {scanning, seams{gateway: func(g pos.Gateway) pos.Gateway { return hopeful{g} }}},
		"a lost request is sent again":       {scanning, seams{wire: func(w http.RoundTripper) http.RoundTripper { return stubborn{w, ""} }}},
		"PAID is shown in place of HOLD":     {scanning, seams{terminal: func(w io.Writer) io.Writer { return forger{w, wordHold, wordPaid} }}},
		"an entry is kept a second later":    {scanning, seams{journal: func(j pos.Journal) pos.Journal { return &eager{Journal: j} }}},

		"a lost Unified Order is sent again":         {showing, seams{wire: func(w http.RoundTripper) http.RoundTripper { return stubborn{w, "/pay/unifiedorder"} }}},
		"a lost Close Order is sent again":           {showing, seams{wire: func(w http.RoundTripper) http.RoundTripper { return stubborn{w, "/pay/closeorder"} }}},
		"no query before the close":                  {showing, seams{gateway: func(g pos.Gateway) pos.Gateway { return hasty{g} }}},
		"paid in the moment of the close is revoked": {showing, seams{gateway: func(g pos.Gateway) pos.Gateway { return stern{g, &sync.Map{}} }}},
		"PAID is shown beside a code":                {showing, seams{terminal: func(w io.Writer) io.Writer { return forger{w, besideCode + wordHold, besideCode + wordPaid} }}},
		"a code that leads nowhere is drawn":         {showing, seams{terminal: func(w io.Writer) io.Writer { return forger{w, "▀", "▄"} }}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := firstBreach(t, bug)
			if found == "" {
				t.Fatal("no story finds it")
			}
			t.Logf("%s: found by %s", name, found)
		})
	}
}

// planted is a bug and the stories that are to find it.
type planted struct {
	stories []story
	seams   seams
}

// firstBreach tells stories until a law is broken, and says where.
func firstBreach(t *testing.T, bug planted) string {
	for _, s := range bug.stories {
		clean := run{story: s, seams: bug.seams, injected: s.weather}.tells(t)
		if found := clean.breach(); found != "" {
			return s.name + ", with nothing lost: " + found
		}
		for _, b := range breaksOf(clean.calls) {
			if found := (run{story: s, seams: bug.seams, injected: s.with(b)}).tells(t).breach(); found != "" {
				return s.name + ", " + b.name + ": " + found
			}
		}
	}
	return ""
}

// breach is the first law that was broken, in a line.
func (out told) breach() string {
	if len(out.laws.broken) == 0 {
		return ""
	}
	line, _, _ := strings.Cut(out.laws.broken[0], "\n")
	return line
}

// forger draws one thing in place of another.
type forger struct {
	io.Writer
	drawn, instead string
}

// besideCode stands before the word on a row of a code.
const besideCode = "██  ⠋ "

func (s forger) Write(p []byte) (int, error) {
	_, err := s.Writer.Write(bytes.ReplaceAll(p, []byte(s.drawn), []byte(s.instead)))
	return len(p), err
}

// hasty has no time for the short query that comes before a close.
type hasty struct{ pos.Gateway }

func (h hasty) Query(ctx context.Context, o pos.Order) pos.Answer {
	if end, ends := ctx.Deadline(); ends && o.Method.Closes() && time.Until(end) < time.Second {
		return pos.Answer{Finding: pos.FoundUnclear}
	}
	return h.Gateway.Query(ctx, o)
}

// stern takes a close for the end, though the customer has paid in that moment.
type stern struct {
	pos.Gateway
	closed *sync.Map // order numbers
}

func (s stern) Revoke(ctx context.Context, o pos.Order) pos.Answer {
	if o.Method.Closes() {
		s.closed.Store(o.No, true)
	}
	return s.Gateway.Revoke(ctx, o)
}

func (s stern) Query(ctx context.Context, o pos.Order) pos.Answer {
	r := s.Gateway.Query(ctx, o)
	if _, closed := s.closed.Load(o.No); closed && r.Finding == pos.FoundPaid {
		r.Finding = pos.FoundClosed
	}
	return r
}

// hopeful takes an answer that did not come for a request that did not leave.
type hopeful struct{ pos.Gateway }

func (h hopeful) Submit(ctx context.Context, c pos.Charge) pos.Answer {
	r := h.Gateway.Submit(ctx, c)
	if r.Finding == pos.FoundUnclear {
		r.Finding = pos.FoundNotSent
	}
	return r
}

// stubborn sends a request again when the connection breaks, as HTTP libraries do.
type stubborn struct {
	http.RoundTripper
	path string // the requests that it is about end so
}

func (w stubborn) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, w.path) {
		return w.RoundTripper.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	again := r.Clone(r.Context())
	r.Body, again.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
	if resp, err := w.RoundTripper.RoundTrip(r); err == nil {
		return resp, nil
	}
	return w.RoundTripper.RoundTrip(again)
}

// eager says at once that an entry is kept, and keeps it later.
type eager struct {
	pos.Journal
	mu    sync.Mutex
	last  int64 // seq that was said
	queue []pos.Entry
}

func (j *eager) Append(ctx context.Context, e pos.Entry) (seq int64, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.last == 0 { // the first one says where the journal stands
		j.last, err = j.Journal.Append(ctx, e)
		return j.last, err
	}
	j.last++
	j.queue = append(j.queue, e)
	time.AfterFunc(time.Second, j.keep)
	return j.last, nil
}

// keep writes what has waited longest.
func (j *eager) keep() {
	j.mu.Lock()
	defer j.mu.Unlock()
	e := j.queue[0]
	j.queue = j.queue[1:]
	j.Journal.Append(context.Background(), e) // too late to tell anybody
}
