package wechat

import (
	"fmt"
	"log/slog"
)

// Rule is the row of the judgement's first table (E1 to E9) under which a call
// brought no answer that could be judged further. Its text is the Answer's Code.
type Rule string

// The rows. After the first two nothing has left this machine; after any other
// one the call may have had its effect.
const (
	RefusedHere  Rule = "refused_here"  // E1: refused before sending
	NotSent      Rule = "not_sent"      // E2: no byte of the request was written, and that is proved
	NoAnswer     Rule = "no_answer"     // E3: time-out, reset, end of stream after something may have been written
	BadStatus    Rule = "bad_status"    // E4: HTTP status other than 200, empty or oversize body
	Malformed    Rule = "malformed"     // E5: not exactly one flat <xml>
	NoReturnCode Rule = "return_code"   // E6: return_code is neither SUCCESS nor FAIL
	ReturnFail   Rule = "return_fail"   // E7: return_code FAIL; unsigned
	BadSignature Rule = "bad_signature" // E8: return_code SUCCESS, sign missing, wrong or of the other algorithm
	NotOurs      Rule = "merchant"      // E9: signed, but about somebody else; of calls that judge.go does not judge
)

// Error is why a call brought no answer to judge: what the other side said, or
// that it said nothing. A result_code FAIL is not an Error; it is an answer.
type Error struct {
	Op   Operation
	Rule Rule

	// ReturnMsg (return_msg, String(128)) is WeChat Pay's reason, with E7 only.
	// It is not signed: anybody on the way may have written it.
	ReturnMsg string

	// Err has the operator's words. It holds no key and no auth code.
	Err error
}

// Error says which call failed and why: "Quick Pay: no answer within the time allowed".
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Op, e.Err) }

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// LogValue keeps logs structured.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(slog.String("op", string(e.Op)), slog.String("rule", string(e.Rule)),
		slog.String("return_msg", e.ReturnMsg), slog.String("err", e.Err.Error()))
}
