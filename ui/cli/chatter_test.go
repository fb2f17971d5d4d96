package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Design 5: standard error is our own messages. A gateway that says more than
// it was asked makes net/http print those bytes, as they came: the customer's
// openid among them, and over the cashier's screen.
func TestALibraryPrintsNothingOfAnAnswer(t *testing.T) {
	const more = "<openid>oUpF8uN95</openid>"
	f := &shopFloor{t: t, home: t.TempDir()}
	f.open(speed, func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		f.sim.ServeHTTP(answer, r)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		body := answer.Body.String()
		fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s%s", answer.Code, len(body), body, more)
		io.Copy(io.Discard, conn)
	})
	exit, _, messages := f.run("pay", "0.30", "--code", "130000000000000001")
	if exit != exitDone || strings.Contains(messages, "openid") || strings.Contains(messages, "HTTP") {
		t.Errorf("exit status %d\n%s", exit, messages)
	}
}
