package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

// Design 7: text from the gateway cannot act on a terminal, and nothing of it is lost.
func TestWriteJSON_IsSafeOnATerminal(t *testing.T) {
	const hostile = "茶 \x1b[2J \u009b31m \u202e \u200b \U000e0001 \u0085 <b> ok"
	var out strings.Builder
	if err := writeJSON(&out, map[string]string{"return_msg": hostile}); err != nil {
		t.Fatal(err)
	}
	if clean(out.String()) != strings.TrimSuffix(out.String(), "\n") {
		t.Errorf("%q", out.String())
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back["return_msg"] != hostile {
		t.Errorf("%q, %v", back, err)
	}
}

// A reason and a code that are one word are said once.
func TestLine_SaysNoWordTwice(t *testing.T) {
	for code, want := range map[string]string{"not_sent": "not_sent", "NOTENOUGH": "not_sent  NOTENOUGH", "": "not_sent"} {
		s := pos.Summary{State: pos.Failed, Reason: pos.ReasonNotSent, Code: code}
		s.OrderNo, s.Amount = "K1261122GQDR000002", pos.Money{Minor: 1250, Currency: "HKD"}
		if got := line(s, time.UTC); !strings.HasSuffix(got, "K1261122GQDR000002  "+want) {
			t.Errorf("code %q: %q", code, got)
		}
	}
}
