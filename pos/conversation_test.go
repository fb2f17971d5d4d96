package pos

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite testdata from what the code does; then read the diff")

// t0 is when every test's first attempt begins.
var t0 = time.Date(2026, 11, 21, 12, 30, 0, 0, time.UTC)

// someIntent is an attempt about HKD 12.50 under the documented terms.
func someIntent() Intended {
	return Intended{
		OrderNo: "K1261121Q7RX000001", Sale: "K1261121Q7RX000001", Number: 1, Method: QuickPay,
		Amount: Money{1250, "HKD"}, CodeLast4: "6789", Fingerprint: "f1", Till: "K1", Counter: 1, Terms: DefaultTerms,
	}
}

// codeIntent is the same for a customer who scans the till.
func codeIntent() Intended {
	e := someIntent()
	e.Method, e.CodeLast4, e.Fingerprint, e.Terms = Native, "", "", e.Terms.For(Native)
	return e
}

// TestNext_Conversations plays the scripts in testdata/next. A script is a list
// of commands; behind "----" stands what the machine does:
//
//	charge                     begin an attempt at 0 s
//	show                       the same, for a customer who scans the till
//	submit|query|revoke|refund|refund_query FINDING [recall=Y|N] [code=X] [alarm=X] [id=X] [hold=DUR] [date=DUR] [took=DUR]
//	                           an answer to the call that is on its way
//	say CALL FINDING …         from now on such a call is answered so, 0.1 s after it is sent
//	give MINOR                 so much is to be given back
//	press | void | ask | leave | return | ack | restart
//	                           an event
//	step DUR                   the wall clock jumps by so much
//	+DUR                       so much later; every call that comes due is sent, and
//	                           answered if there is a say for it
//
// Run with -update to rewrite the answers, then read the diff: it is the review.
func TestNext_Conversations(t *testing.T) {
	files, err := filepath.Glob("testdata/next/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playScript(t, string(script))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got != string(script) {
				t.Errorf("%s differs (run with -update and read the diff):\n%s", file, got)
			}
		})
	}
}

// playScript answers every block of a script.
func playScript(t *testing.T, script string) string {
	c := &conversation{t: t, now: t0, says: map[call]Answer{}}
	var out strings.Builder
	for block := range strings.SplitSeq(strings.TrimRight(script, "\n"), "\n\n") {
		commands, _, _ := strings.Cut(block, "\n----")
		out.WriteString(commands + "\n----\n")
		c.said.Reset()
		for line := range strings.SplitSeq(commands, "\n") {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				c.do(line)
			}
		}
		out.WriteString(c.said.String() + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// conversation drives Next as the till would, with a clock of its own.
type conversation struct {
	t      *testing.T
	a      Attempt
	now    time.Time
	wake   time.Time // After
	lands  time.Time // when the call on its way is answered by a say
	says   map[call]Answer
	said   strings.Builder
	events []Entry
}

func (c *conversation) do(line string) {
	c.t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "charge":
		c.take(someIntent())
	case "show":
		c.take(codeIntent())
	case "submit":
		c.take(SubmitAnswered{c.answer(rest)})
	case "query":
		c.take(QueryAnswered{c.answer(rest)})
	case "revoke":
		c.take(RevokeAnswered{c.answer(rest)})
	case "say":
		which, answer, _ := strings.Cut(rest, " ")
		c.says[call(which)] = c.answer(answer)
	case "press":
		c.take(RevokePressed{})
	case "void":
		c.take(VoidPressed{By: "m", Reason: "wrong drink"})
	case "give":
		minor, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			c.t.Fatalf("script: %v", err)
		}
		c.take(RefundPressed{No: c.a.nextRefund(), Amount: Money{minor, "HKD"}, Reason: "cold"})
	case "refund":
		c.take(RefundAnswered{c.answer(rest)})
	case "refund_query":
		c.take(RefundQueryAnswered{c.answer(rest)})
	case "ask":
		c.take(AskPressed{})
	case "leave":
		c.take(Left{})
	case "return":
		c.take(Returned{})
	case "ack":
		c.take(Acknowledged{})
	case "restart":
		c.lands = time.Time{} // what was on its way is lost
		c.take(Resumed{})
	case "step":
		d, err := time.ParseDuration(rest)
		if err != nil {
			c.t.Fatalf("script: %v", err)
		}
		c.now = c.now.Add(d)
		c.take(ClockStepped{ByMS: d.Milliseconds()})
	default:
		c.pass(line)
	}
}

// pass lets time pass; whatever comes due is sent.
func (c *conversation) pass(by string) {
	c.t.Helper()
	d, err := time.ParseDuration(strings.TrimPrefix(by, "+"))
	if err != nil {
		c.t.Fatalf("script: %v", err)
	}
	until := c.now.Add(d)
	for calls := 0; ; calls++ {
		switch {
		case calls == 1000:
			c.t.Fatalf("it spins: still busy with %s\n%s", by, c.said.String()[:600])
		case !c.lands.IsZero() && !c.lands.After(until):
			c.now, c.lands = later(c.now, c.lands), time.Time{}
			c.take(c.saidAnswer())
		case c.a.inFlight == noCall && !c.wake.IsZero() && !c.wake.After(until):
			c.now, c.wake = later(c.now, c.wake), time.Time{}
			c.take(Ticked{})
		default:
			c.now = until
			return
		}
	}
}

// saidAnswer is the standing answer to the call on its way.
func (c *conversation) saidAnswer() Event {
	said := c.says[c.a.inFlight]
	switch c.a.inFlight {
	case revokeCall:
		return RevokeAnswered{said}
	case refundCall:
		return RefundAnswered{said}
	case refundQueryCall:
		return RefundQueryAnswered{said}
	}
	return QueryAnswered{said}
}

// take gives one event to the machine and writes down what it does.
func (c *conversation) take(e Event) {
	next, effects := Next(c.a, e, c.now)
	c.a = next
	fmt.Fprintf(&c.said, "%7s  %s", c.since(c.now), describe(next))
	for _, effect := range effects {
		switch effect := effect.(type) {
		case Record:
			c.events = append(c.events, Entry{At: c.now, Event: effect.Event, Seq: int64(len(c.events) + 1)})
			c.a.First, c.a.Seq = 1, int64(len(c.events))
			fmt.Fprintf(&c.said, " | %s", EventName(effect.Event))
		case Submit:
			c.said.WriteString(" SUBMIT")
		case Query:
			c.said.WriteString(" QUERY")
			if effect.Within > 0 {
				fmt.Fprintf(&c.said, "<%s", effect.Within)
			}
		case Revoke:
			c.said.WriteString(" REVOKE")
		case GiveBack:
			c.said.WriteString(" REFUND")
		case AskRefund:
			c.said.WriteString(" REFUND QUERY")
		case After:
			c.wake = effect.At
			fmt.Fprintf(&c.said, " wait until %s", c.since(effect.At))
		}
	}
	if _, said := c.says[c.a.inFlight]; said && c.lands.IsZero() {
		c.lands = c.now.Add(100 * time.Millisecond)
	}
	c.said.WriteString("\n")
}

// since prints a time as seconds after the beginning.
func (c *conversation) since(at time.Time) string {
	return fmt.Sprintf("%.1fs", at.Sub(t0).Seconds())
}

// describe is a state as a cashier's manager would say it.
func describe(a Attempt) string {
	s := string(a.State)
	if a.Watch {
		s += "+watch"
	}
	if a.Reason != "" {
		s += "(" + string(a.Reason) + ")"
	}
	if a.given != nil {
		s += " " + string(a.given.State)
	}
	if a.Attention != "" {
		s += " !" + string(a.Attention)
	}
	return s
}

func (c *conversation) answer(text string) Answer {
	c.t.Helper()
	fields := strings.Fields(text)
	r := answerOf(Finding(fields[0]))
	for _, f := range fields[1:] {
		key, value, _ := strings.Cut(f, "=")
		switch key {
		case "recall":
			r.Recall = Recall(value)
		case "code":
			r.Code = value
		case "alarm":
			r.Alarm = Attention(value)
		case "id":
			r.TransactionID = value
		case "hold", "date", "took":
			d, err := time.ParseDuration(value)
			if err != nil {
				c.t.Fatalf("script: %v", err)
			}
			switch key {
			case "hold":
				r.NotBefore = d
			case "date":
				r.Date = t0.Add(d)
			default:
				r.Heard.TookMS = d.Milliseconds()
			}
		default:
			c.t.Fatalf("script: unknown field %q", f)
		}
	}
	return r
}
