package pos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
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

func FuzzParseAuthCode(f *testing.F) {
	f.Add(someCode)
	f.Add("\x02１３４\r\n")
	f.Fuzz(func(t *testing.T, scan string) {
		if c, err := ParseAuthCode(scan, DefaultPrefixes); err == nil && (len(c.Reveal()) != codeLen || !allDigits(c.Reveal())) {
			t.Errorf("%q: %q", scan, c.Reveal())
		}
	})
}
