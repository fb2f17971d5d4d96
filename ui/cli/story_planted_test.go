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
	for name, bug := range map[string]seams{
		"a lost answer counts as never sent": {gateway: func(g pos.Gateway) pos.Gateway { return hopeful{g} }},
		"a lost request is sent again":       {wire: func(w http.RoundTripper) http.RoundTripper { return stubborn{w} }},
		"PAID is shown in place of HOLD":     {terminal: func(w io.Writer) io.Writer { return cheerful{w} }},
		"an entry is kept a second later":    {journal: func(j pos.Journal) pos.Journal { return &eager{Journal: j} }},
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

// firstBreach tells stories until a law is broken, and says where.
func firstBreach(t *testing.T, bug seams) string {
	for _, s := range slices.Concat(counter, leaving) {
		clean := run{story: s, seams: bug, injected: s.weather}.tells(t)
		if found := clean.breach(); found != "" {
			return s.name + ", with nothing lost: " + found
		}
		for _, b := range breaksOf(clean.calls) {
			if found := (run{story: s, seams: bug, injected: s.with(b)}).tells(t).breach(); found != "" {
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

// cheerful draws the best word that there is.
type cheerful struct{ io.Writer }

func (s cheerful) Write(p []byte) (int, error) {
	_, err := s.Writer.Write(bytes.ReplaceAll(p, []byte(wordHold), []byte(wordPaid)))
	return len(p), err
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
type stubborn struct{ http.RoundTripper }

func (w stubborn) RoundTrip(r *http.Request) (*http.Response, error) {
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
