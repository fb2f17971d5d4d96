package pos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

const someCode = "134567890123456789"

// Design 7: the shapes in which a scanner delivers a code.
func TestParseAuthCode_Shapes(t *testing.T) {
	for name, scan := range map[string]string{
		"plain": someCode, "CR": someCode + "\r", "CR LF": someCode + "\r\n", "tab": someCode + "\t",
		"STX ETX": "\x02" + someCode + "\x03", "symbology prefix": "]C1" + someCode,
		"full-width": "１３４５６７８９０１２３４５６７８９", "spaces": " 1345 6789 0123 4567 89 ",
		"DEL behind": someCode + "\x7f", "full-width 0 to 9": "13４５６７８９０１２３４５６７８９",
		"no-break in front": "\u3000" + someCode,
	} {
		if c, err := ParseAuthCode(scan, DefaultPrefixes); err != nil || c.Reveal() != someCode {
			t.Errorf("%s: %v, %v", name, c.Reveal(), err)
		}
	}
}

// Wechatpay-v2 5.4: 18 digits, prefix 10 to 15; a foreign wallet is refused by its name.
func TestParseAuthCode_Refused(t *testing.T) {
	for scan, word := range map[string]string{
		"28" + someCode[2:]:          "Alipay",
		"2812345678901234":           "Alipay",
		"25" + someCode[2:]:          "Alipay",
		"30" + someCode[2:]:          "Alipay",
		"24" + someCode[2:]:          "start with 24",
		"31" + someCode[2:]:          "start with 31",
		"281234567890123456789012":   "Alipay",
		"281234567890123":            "15",
		"2812345678901234567890123":  "25",
		"]C1":                        "3 characters",
		"62" + someCode[2:] + "1":    "UnionPay",
		"16" + someCode[2:]:          "start with 16",
		someCode[:17]:                "17",
		someCode + "0":               "19",
		someCode + someCode:          "36",
		"13456789012345678a":         "18 digits",
		"":                           "0 characters",
		"http://example.com/1234567": "18 digits",
	} {
		_, err := ParseAuthCode(scan, DefaultPrefixes)
		if KindOf(err) != KindInvalid || !strings.Contains(err.Error(), word) || HintOf(err) == "" {
			t.Errorf("%q: got %v, want a refusal that says %q and what to do", scan, err, word)
		}
	}
	if _, err := ParseAuthCode("160000000000000000", append(DefaultPrefixes, "160")); err != nil {
		t.Errorf("a configured prefix: %v", err)
	}
}

// Masked in every format verb, log and error.
func TestAuthCode_Masked(t *testing.T) {
	c, err := ParseAuthCode(someCode, DefaultPrefixes)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", Charge{Code: c})
		fmt.Fprintf(&out, verb+"\n", &Scan{Code: c})
		fmt.Fprintf(&out, verb+"\n", []any{c, &c})
	}
	json.NewEncoder(&out).Encode(map[string]any{"code": c, "charge": Charge{Code: c}})
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "code", c, "charge", Charge{Code: c})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "code", c, "charge", &Charge{Code: c})
	fmt.Fprintln(&out, fmt.Errorf("wrapped: %w", invalid("", "code %v", c)))
	for _, leak := range []string{someCode, someCode[:8], fmt.Sprintf("%x", someCode)} {
		if strings.Contains(strings.ToLower(out.String()), leak) {
			t.Errorf("%q leaks:\n%s", leak, out.String())
		}
	}
	if c.String() != "**************6789" || (AuthCode{"1234"}).Last4() != "1234" || (AuthCode{"123"}).String() != "" {
		t.Errorf("%q, %q, %q", c, AuthCode{"1234"}.Last4(), AuthCode{"123"})
	}
	if !strings.Contains(out.String(), "6789") {
		t.Error("the last four digits are missing")
	}
}

func TestAuthCode_Fingerprint(t *testing.T) {
	a, _ := ParseAuthCode(someCode, DefaultPrefixes)
	b, _ := ParseAuthCode("134567890123456780", DefaultPrefixes)
	again, _ := ParseAuthCode(someCode, DefaultPrefixes)
	one := a.Fingerprint([]byte("k"))
	if again.Fingerprint([]byte("k")) != one || b.Fingerprint([]byte("k")) == one || a.Fingerprint([]byte("l")) == one {
		t.Error("a fingerprint is of one code under one key")
	}
}

// Forms of a code after white space and control characters are gone: by the
// book, with a symbology prefix of AIM or without, and whatever may be taken.
var (
	scanNoise = regexp.MustCompile(`[\x00-\x20\x7f\x{3000}]+`)
	bookForm  = regexp.MustCompile(`^(?:\][A-Za-z][0-9A-Za-z])?(1[0-5][0-9]{16})$`)
	loosest   = regexp.MustCompile(`^(?:\].{1,2})?(1[0-5][0-9]{16})$`)
	codeRun   = regexp.MustCompile(`[0-9]{9,}`) // of a code; a scan's length has fewer digits
	fiveOf    = regexp.MustCompile(`[0-9]{5,}`) // more than is ever shown
)

// narrowDigits are full-width digits and what they mean.
var narrowDigits = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")

// FuzzParseAuthCode: a code by the book is taken as it is, whatever surrounds
// it; nothing else is taken; a refusal says what to do and, like every way of
// printing, does not say the code.
func FuzzParseAuthCode(f *testing.F) {
	for _, scan := range []string{someCode, "\x02１３４\r\n", "]C1" + someCode + "\r", "１３４５６７８９０１２３４５６７８９\t", "28" + someCode[2:], "62" + someCode, "]é" + someCode, "16" + someCode[2:]} {
		f.Add(scan)
	}
	f.Fuzz(func(t *testing.T, scan string) {
		plain := scanNoise.ReplaceAllString(narrowDigits.Replace(scan), "") // in this order: noise may stand inside a character
		c, err := ParseAuthCode(scan, DefaultPrefixes)
		if err != nil {
			if bookForm.MatchString(plain) {
				t.Fatalf("%q is refused: %v", scan, err)
			}
			if KindOf(err) != KindInvalid || HintOf(err) == "" || codeRun.MatchString(err.Error()) {
				t.Fatalf("%q is refused with %q, hint %q", scan, err, HintOf(err))
			}
			return
		}
		parts := loosest.FindStringSubmatch(plain)
		if parts == nil || c.Reveal() != parts[1] {
			t.Fatalf("%q is taken as %s", scan, c.Reveal())
		}
		if again, err := ParseAuthCode("\x02 ]Q3"+c.Reveal()+"\r\n", DefaultPrefixes); err != nil || again != c {
			t.Fatalf("%s alone: %v, %v", c.Reveal(), again.Reveal(), err)
		}
		if said := fmt.Sprintf("%v %+v %#v %x %s", c, &c, []AuthCode{c}, c, c.Last4()); fiveOf.MatchString(said) {
			t.Fatalf("printed as %s", said)
		}
	})
}
