package wechat

import (
	"errors"
	"strings"
	"testing"

	"cashier/pos"
)

// wire is the request that a call makes, as the gateway reads it.
func wire(t testing.TB, call func(*Client) error, change ...func(*Config)) fields {
	t.Helper()
	g := &gateway{status: 200}
	err := call(g.client(t, change...))
	if len(g.sent) != 1 {
		t.Fatalf("sent %d: %v", len(g.sent), err)
	}
	f, err := decode([]byte(g.sent[0]))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// sends compares a request with pairs of name and value; "" is a field that is absent.
func sends(t testing.TB, f fields, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := f.value(pairs[i]); got != pairs[i+1] {
			t.Errorf("%s: %q, want %q", pairs[i], got, pairs[i+1])
		}
	}
}

// refusedUnsent checks that a call is refused with a hint before anything is sent.
func refusedUnsent(t testing.TB, name string, call func(*Client) error, change ...func(*Config)) {
	t.Helper()
	g := &gateway{status: 200}
	err := call(g.client(t, change...))
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Rule != RefusedHere || pos.KindOf(err) != pos.KindInvalid || pos.HintOf(err) == "" || len(g.sent) != 0 {
		t.Errorf("%s: %v (hint %q), sent %d", name, err, pos.HintOf(err), len(g.sent))
	}
}

func TestWhatDoesNotFitIsRefusedByItsName(t *testing.T) {
	for want, p := range map[string]param{
		"x is missing":                        need("x", "", 3),
		"x is too long, it has 4 bytes":       may("x", "four", 3),
		"x has characters that cannot be sen": may("x", "a\nb", 9),
		"x 0 is out of range":                 price("x", 0),
		"x -1 is out of range":                cost("x", -1),
		"x 100000000001 is out of range":      price("x", 100_000_000_001),
		`x "a b" is not a number that can be`: may("x", "a b", 9).number(),
		`x "usd" is not in capital letters`:   may("x", "usd", 9).currency(),
		`currency "XXX" is not one`:           may("x", "XXX", 9).currency(),
		`x "c" is not a value of it`:          may("x", "c", 9).of("a", "b"),
		"x is not an address":                 may("x", "https://a.example/?b=1", 99).address(),
	} {
		if err := p.check(); err == nil || !strings.HasPrefix(err.Error(), want) || pos.KindOf(err) != pos.KindInvalid || pos.HintOf(err) == "" {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, p := range []param{may("x", "", 3), cost("x", 0), price("x", pos.MaxMinor), may("x", "R_-|*@1", 9).number(), may("x", "JPY", 3).currency(),
		need("x", "茶", 3), may("x", "a", 1).of("a"), may("x", "http://a.example:80/b", 99).address()} {
		if err := p.check(); err != nil {
			t.Error(err)
		}
	}
	for address, fine := range map[string]bool{
		"": true, "https://a.example": true, "http://a.example/paid": true, "https:///paid": false, "/paid": false, "a.example/paid": false, "ftp://a.example": false,
		"https://a.example/?b": false, "https://a.example/#b": false, "https://a.example/%zz": false,
	} {
		if err := may("notify_url", address, 99).address().check(); (err == nil) != fine {
			t.Errorf("%q: %v", address, err)
		}
	}
	for _, bad := range []string{" a", "a ", "a\x00", "😀", "a\xff"} {
		if may("x", bad, 99).check() == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
