package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

const (
	aCode  = "134567890123456789"
	aCode2 = "101234567890123456"
	alipay = "281234567890123456"
	union  = "6212345678901234567"
)

// splitterBench feeds a splitter from a script: digits as they are, and in
// angle brackets <CR> a line end, <q> the short silence, <s> the long one,
// <STX>, <ETX>, <slow> and <fast> for a hand's and a scanner's pace, <wait>.
type splitterBench struct {
	s      splitter
	keying bool
	now    time.Time
	pace   time.Duration
	got    []heard
}

func newBench(keying bool) *splitterBench {
	return &splitterBench{
		s: splitter{prefixes: pos.DefaultPrefixes, dot: true}, keying: keying,
		now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), pace: time.Millisecond,
	}
}

func (b *splitterBench) hear(h heard) {
	if h.kind != heardNothing {
		b.got = append(b.got, h)
	}
	if h.kind == heardEntered {
		b.s.Clear()
	}
}

func (b *splitterBench) run(script string) {
	for script != "" {
		if name, rest, ok := strings.Cut(strings.TrimPrefix(script, "<"), ">"); ok && script[0] == '<' {
			script = rest
			b.word(name)
			continue
		}
		r := []rune(script)[0]
		script = script[len(string(r)):]
		b.now = b.now.Add(b.pace)
		b.s.Rune(narrow(r), b.now)
	}
}

func (b *splitterBench) word(name string) {
	switch name {
	case "CR":
		b.now = b.now.Add(b.pace)
		b.hear(b.s.End(b.keying, b.now))
	case "ETX":
		if b.s.Closes(b.now) {
			b.hear(b.s.End(b.keying, b.now))
		} else {
			b.got = append(b.got, heard{})
		}
	case "STX":
		b.s.Open(b.now)
	case "q":
		b.now = b.now.Add(quietFor)
		b.hear(b.s.Quiet(b.keying, b.now))
	case "s":
		b.now = b.now.Add(staleFor)
		b.hear(b.s.Stale(b.keying, b.now))
	case "wait":
		b.now = b.now.Add(200 * time.Millisecond)
	case "slow":
		b.pace = 120 * time.Millisecond
	case "fast":
		b.pace = time.Millisecond
	default:
		panic(name)
	}
}

// said is the events in short: "scan 12.50 134…", "entered 8", "garbled".
func (b *splitterBench) said() []string {
	var out []string
	for _, h := range b.got {
		switch h.kind {
		case heardScan:
			line := strings.TrimSpace("scan " + h.amount + " " + h.code)
			if h.doubled {
				line += " doubled"
			}
			out = append(out, strings.ReplaceAll(line, "  ", " "))
		case heardEntered:
			out = append(out, strings.TrimSpace("entered "+h.amount))
		case heardGarbled:
			out = append(out, "garbled")
		case heardAmbiguous:
			out = append(out, "ambiguous")
		default:
			out = append(out, "ctrl-c")
		}
	}
	return out
}

func TestSplitterAtTheAmount(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   []string
	}{
		"an amount":                               {"<slow>12.50<CR>", []string{"entered 12.50"}},
		"an amount in one go":                     {"12.50<CR>", []string{"entered 12.50"}},
		"an amount waits for its Enter":           {"<slow>12.50<q><s>", nil},
		"the longest amount":                      {"1000000000.00<q><s><CR>", []string{"entered 1000000000.00"}},
		"a second dot is dropped":                 {"1.2.5<CR>", []string{"entered 1.25"}},
		"Enter alone":                             {"<CR>", []string{"entered"}},
		"a scan ends the amount":                  {"<slow>12.50<wait><fast>" + aCode + "<CR>", []string{"scan 12.50 " + aCode}},
		"no pause between the two":                {"12.50" + aCode + "<CR>", []string{"scan 12.50 " + aCode}},
		"19 digits":                               {"5" + aCode + "<CR>", []string{"scan 5 " + aCode}},
		"no dot":                                  {"1250" + aCode + "<CR>", []string{"scan 1250 " + aCode}},
		"no line end":                             {"12.50" + aCode + "<q>", []string{"scan 12.50 " + aCode}},
		"no line end, then silence":               {"12.50" + aCode + "<q><s>", []string{"scan 12.50 " + aCode}},
		"a scan alone":                            {aCode + "<CR>", []string{"scan " + aCode}},
		"CR LF":                                   {aCode + "<CR><CR>", []string{"scan " + aCode}},
		"late CR after the silence":               {aCode + "<q><CR>", []string{"scan " + aCode}},
		"Enter long after a scan":                 {aCode + "<CR><wait><CR>", []string{"scan " + aCode, "entered"}},
		"STX and ETX":                             {"<slow>8<wait><fast><STX>" + aCode + "<ETX>", []string{"scan 8 " + aCode}},
		"STX, CR and ETX":                         {"<STX>" + aCode + "<CR><ETX>", []string{"scan " + aCode}},
		"STX, a torn scan, a late ETX":            {"<STX>134<wait><ETX>", []string{"entered 134"}},
		"ETX alone after a code":                  {aCode + "<ETX>", []string{"scan " + aCode}},
		"Ctrl-C is a person's":                    {"<slow>12<wait><ETX>", []string{"ctrl-c"}},
		"Ctrl-C long after a scan":                {aCode + "<CR><wait><wait><ETX>", []string{"scan " + aCode, "ctrl-c"}},
		"symbology prefix":                        {"<slow>8<wait><fast>]C1" + aCode + "<CR>", []string{"scan 8 " + aCode}},
		"symbology prefix, no pause":              {"8]Q3" + aCode + "<CR>", []string{"scan 8 " + aCode}},
		"full-width":                              {"１２．５０１３４５６７８９０１２３４５６７８９<CR>", []string{"scan 12.50 " + aCode}},
		"twice with line ends":                    {aCode + "<CR>" + aCode + "<CR>", []string{"scan " + aCode, "scan " + aCode}},
		"twice without":                           {"8.00" + aCode + aCode + "<q>", []string{"scan 8.00 " + aCode + " doubled"}},
		"twice without, a pause between":          {"8.00" + aCode + "<wait>" + aCode + "<CR>", []string{"scan 8.00 " + aCode + " doubled"}},
		"cut anywhere":                            {"8.00<wait>13456<wait>7890123<wait>456789<CR>", []string{"scan 8.00 " + aCode}},
		"cut, silence between":                    {"8.00<wait>13456<q>7890123456789<CR>", []string{"scan 8.00 " + aCode}},
		"typed by hand":                           {"<slow>8.00" + aCode + "<q>", []string{"scan 8.00 " + aCode}},
		"Alipay":                                  {"<slow>8<wait><fast>" + alipay + "<CR>", []string{"scan 8 " + alipay}},
		"Alipay without line end":                 {"<slow>8<wait><fast>" + alipay + "<q>", []string{"scan 8 " + alipay}},
		"UnionPay, 19 digits":                     {"<slow>8<wait><fast>" + union + "<CR>", []string{"scan 8 " + union}},
		"a longer wallet's code with ours inside": {"<slow>12<wait><fast>62" + aCode + "<CR>", []string{"scan 12 62" + aCode}},
		"could be either":                         {"30" + aCode + "<CR>", []string{"ambiguous"}},
		"half a scan":                             {"<slow>12.50<wait><fast>134567890123<CR>", []string{"garbled"}},
		"half a scan, CR LF":                      {"<slow>12.50<wait><fast>134567890123<CR><CR>", []string{"garbled"}},
		"half a scan, then the whole one":         {"<slow>8.00<wait><fast>134567890123<CR><wait>" + aCode + "<CR>", []string{"garbled", "scan 8.00 " + aCode}},
		"half a scan that stays":                  {"<slow>8.00<wait><fast>134567890123<q><s>", []string{"garbled"}},
		"an unknown code":                         {"<slow>8<wait><fast>994567890123456789<CR>", []string{"scan 8 994567890123456789"}},
		"more than can be told apart":             {"<slow>" + strings.Repeat("0", 43) + "7.51<wait><fast>" + aCode + "<CR>", []string{"garbled"}},
		"far too much":                            {strings.Repeat("9", 200) + "<CR>", []string{"garbled"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(true)
			b.run(c.script)
			if got := b.said(); !slices.Equal(got, c.want) {
				t.Errorf("%s\n got %q\nwant %q", c.script, got, c.want)
			}
		})
	}
}

func TestSplitterWhereNoAmountIsAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   []string
	}{
		"a scan":                     {aCode + "<CR>", []string{"scan " + aCode}},
		"a stray key before it":      {"<slow>5<wait><fast>" + aCode + "<CR>", []string{"scan " + aCode}},
		"a digit too many":           {"5" + aCode + "<CR>", []string{"garbled"}},
		"stray digits are forgotten": {"<slow>12<s><fast>" + aCode + "<q>", []string{"scan " + aCode}},
		"cut with a long pause":      {"134567<q>890123456789<CR>", []string{"scan " + aCode}},
		"Alipay":                     {alipay + "<CR>", []string{"scan " + alipay}},
		"UnionPay":                   {union + "<CR>", []string{"scan " + union}},
		"twice":                      {aCode + aCode + "<CR>", []string{"scan " + aCode + " doubled"}},
		"Enter":                      {"<CR>", []string{"entered"}},
		"half a scan":                {"13456789012345<CR>", []string{"garbled"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(false)
			b.run(c.script)
			if got := b.said(); !slices.Equal(got, c.want) {
				t.Errorf("%s\n got %q\nwant %q", c.script, got, c.want)
			}
		})
	}
}

func TestHalfAScanLeavesTheKeyedAmount(t *testing.T) {
	b := newBench(true)
	b.run("<slow>12.50<wait><fast>134567890123<CR>")
	if got := b.s.Text(); got != "12.50" {
		t.Errorf("amount is %q", got)
	}
}

func TestDigitsOfAScanAreNeverShown(t *testing.T) {
	b := newBench(true)
	b.run("<slow>12.50<wait><fast>")
	for i, r := range aCode {
		b.now = b.now.Add(time.Millisecond)
		b.s.Rune(r, b.now)
		if text, reading := b.s.Shown(); i >= echoDigits && (text != "12.50" || !reading) {
			t.Fatalf("after %d digits the field shows %q", i+1, text)
		}
	}
}

func TestZeroDecimalCurrencyHasNoDot(t *testing.T) {
	b := newBench(true)
	b.s.dot = false
	b.run("12.50<CR>")
	if got := b.said(); !slices.Equal(got, []string{"entered 1250"}) {
		t.Errorf("got %q", got)
	}
}

// However the digits are cut and paced, a code after an amount is heard once,
// whole and with that amount, or refused aloud: as another wallet's code, as
// two things in one, or as too long to tell. Nothing is heard of it twice, and
// nothing is swallowed.
func FuzzSplitter(f *testing.F) {
	f.Add(uint64(1249), uint8(0), false, uint64(4567890123456789), []byte{0, 1, 30, 200}, true)
	f.Add(uint64(499), uint8(0), true, uint64(1234567890123456), []byte{}, false)
	f.Add(uint64(2999), uint8(0), true, uint64(4567890123456789), []byte{9, 9}, true)
	f.Add(uint64(750), uint8(43), false, uint64(34567890123456789), []byte{120}, true)
	f.Fuzz(func(t *testing.T, minor uint64, zeros uint8, short bool, digits uint64, pauses []byte, lineEnd bool) {
		money := pos.Money{Minor: 1 + int64(minor%pos.MaxMinor), Currency: "HKD"}
		amount := strings.Repeat("0", int(zeros%50)) + money.Decimal()
		if short {
			amount = strings.TrimSuffix(strings.TrimSuffix(amount, "0"), ".0")
		}
		code := fmt.Sprintf("1%d%016d", digits%6, digits/6%10_000_000_000_000_000)
		b := newBench(true)
		for i, r := range amount + code {
			if len(pauses) > 0 {
				b.now = b.now.Add(time.Duration(pauses[i%len(pauses)]) * time.Millisecond)
			}
			if !b.s.Rune(r, b.now) {
				t.Fatalf("%q is let through", r)
			}
		}
		b.now = b.now.Add(quietFor)
		b.hear(b.s.Quiet(true, b.now))
		if lineEnd {
			b.now = b.now.Add(quietFor - 1)
			b.hear(b.s.End(true, b.now))
		}
		b.now = b.now.Add(staleFor)
		b.hear(b.s.Stale(true, b.now))
		if len(b.got) != 1 {
			t.Fatalf("%s + %s was heard as %q", amount, code, b.said())
		}
		switch h := b.got[0]; h.kind {
		case heardScan:
			got, err := pos.ParseAmount(h.amount, "HKD")
			if walletOf(h.code, pos.DefaultPrefixes) == "" && (err != nil || got != money || h.code != code) {
				t.Errorf("%s + %s was heard as %s + %s", amount, code, h.amount, h.code)
			}
		case heardGarbled:
			if len(amount+code) < keyedMost {
				t.Errorf("%s + %s was not understood", amount, code)
			}
		case heardAmbiguous: // 30 and our code could be a longer code of another wallet
		default:
			t.Errorf("%s + %s was heard as %q", amount, code, b.said())
		}
		if text, reading := b.s.Shown(); strings.Contains(text, code[:echoDigits+1]) || reading {
			t.Errorf("the field shows %q, reading: %v", text, reading)
		}
	})
}
