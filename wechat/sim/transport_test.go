package sim

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// noSleep fakes waiting: no time passes.
func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// TestContextEndsWait: the caller's context ends a slow call at once, and
// nothing stays behind: the bubble would report a goroutine that does.
func TestContextEndsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t, Config{})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		doc := string(till.signed(till.order("A1", 48)).xml())
		submit := func() error {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, till.base+"/pay/micropay", strings.NewReader(doc))
			if err != nil {
				return err
			}
			_, err = Transport(till.gateway).RoundTrip(req)
			return err
		}
		start := time.Now()
		err := submit()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		till.want(48, "truth: SUCCESS")
		if err := submit(); !errors.Is(err, context.DeadlineExceeded) || till.gateway.Seen("A1") != 1 {
			t.Errorf("an ended context: %v, seen %d times", err, till.gateway.Seen("A1"))
		}
	})
}

// TestBrokenConnection: no answer is an error of RoundTrip, half an answer one of its body.
func TestBrokenConnection(t *testing.T) {
	till := newTill(t, Config{})
	ask := func() (*http.Response, error) {
		doc := string(till.signed(message{"out_trade_no": "A1"}).xml())
		req, err := http.NewRequest(http.MethodPost, till.base+"/pay/orderquery", strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		return Transport(till.gateway).RoundTrip(req)
	}
	till.gateway.Inject(OnQuery, DropAnswer, CutAnswer)
	if _, err := ask(); err != io.ErrUnexpectedEOF {
		t.Errorf("lost: %v", err)
	}
	res, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	half, err := io.ReadAll(res.Body)
	if err != io.ErrUnexpectedEOF || !strings.HasPrefix(string(half), "<xml>") {
		t.Errorf("cut: %q, %v", half, err)
	}
	res, err = ask()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(res.Body)
	if err != nil || res.Status != "200 OK" || res.ContentLength != int64(len(whole)) || len(whole) <= len(half) {
		t.Errorf("whole: %s, %d of %d bytes, %v", res.Status, len(whole), res.ContentLength, err)
	}
}
