package wechat

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cashier/pos"
)

// Beside the 64 KiB there is room for the head of an answer to Quick Pay.
func TestTheHeadOfAnAnswerHasARoomOfItsOwn(t *testing.T) {
	paid := said(t, paidPairs("recall", "N")...)
	h := serve(t, nil, func(c *caller) {
		c.request()
		c.say(answerOf(200, paid+strings.Repeat(" ", 64<<10-len(paid)), "X-More: "+strings.Repeat("x", 15<<10)))
	})
	if a := h.client(t, nil).Submit(t.Context(), testCharge(t)); a.Finding != pos.FoundPaid {
		t.Errorf("%+v", a)
	}
}

// A spare that nobody wanted for 20 seconds is hung up, for nobody knows how long
// the gateway keeps it.
func TestASpareThatBecameTooOldIsHungUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		o := &oneShot{dial: func(context.Context) (net.Conn, error) { return ours, nil }}
		o.warm()
		start := time.Now()
		theirs.SetReadDeadline(start.Add(time.Minute))
		if _, err := theirs.Read(make([]byte, 1)); err != io.EOF || time.Since(start) != 20*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		o.close()
	})
}
