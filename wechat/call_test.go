package wechat

import (
	"errors"
	"io"
	"strings"
	"testing"

	"cashier/pos"
)

// An answer of 64 KiB is read whole, and none that is longer.
func TestAnAnswerHasAtMost64KiB(t *testing.T) {
	refusal := unsigned("return_code", "FAIL", "return_msg", "NO Bill Exist")
	paid := said(t, paidPairs("recall", "N")...)
	p := &platformAnswer{status: 200}
	for size, fine := range map[int]bool{64 << 10: true, 64<<10 + 1: false} {
		filled := func(text string) string { return text + strings.Repeat(" ", size-len(text)) }
		if _, err := download(t, &gateway{status: 200, body: filled(refusal)}, io.Discard); errors.Is(err, ErrNoBill) != fine {
			t.Errorf("%d bytes in place of a bill: %v", size, err)
		}
		if a := query(t, filled(paid)); (a.Finding == pos.FoundPaid) != fine {
			t.Errorf("%d bytes from Query Order: %+v", size, a)
		}
		p.body = filled("{}")
		if _, err := p.client(t).Declare(t.Context(), testDeclared); (err == nil) != fine || !fine && !strings.Contains(err.Error(), "longer than 64 KiB") {
			t.Errorf("%d bytes about a declaration: %v", size, err)
		}
	}
}

// An answer that breaks off proves nothing, however whole it looks.
func TestE3_AnAnswerThatBreaksOffIsDoubt(t *testing.T) {
	for op, call := range calls(t) {
		config := testConfig(t)
		config.RoundTripper = lane{io.MultiReader(strings.NewReader(said(t, paidPairs("recall", "N")...)), broken{})}
		if a := call(newClient(t, config)); a.Finding == pos.FoundPaid || a.Code != "no_answer" {
			t.Errorf("%s: %+v", op, a)
		}
	}
}
