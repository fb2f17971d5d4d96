package cli

import (
	"strings"
	"testing"
)

// What is kept is Argon2id at 19 MiB, 2 passes, 1 lane (reliability 6), and is
// another one each time.
func TestArgon_KeepsPINs(t *testing.T) {
	kept, again := argon{}.Hash("274913"), argon{}.Hash("274913")
	if !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(kept, "274913") || kept == again {
		t.Errorf("kept as %s and as %s", kept, again)
	}
	for pin, want := range map[string]bool{"274913": true, "274914": false, "": false, "0274913": false} {
		if (argon{}).Matches(kept, pin) != want {
			t.Errorf("%q matches: %v", pin, !want)
		}
	}
}

// Something else than what we keep opens for nobody.
func TestArgon_DamageMatchesNothing(t *testing.T) {
	kept := argon{}.Hash("274913")
	for _, damaged := range []string{"", "274913", argonPrefix, argonPrefix + "$", kept[:len(kept)-1], kept + "A", strings.Replace(kept, "t=2", "t=1", 1),
		argonPrefix + "!!!!$" + kept[strings.LastIndex(kept, "$")+1:], kept[:strings.LastIndex(kept, "$")+1]} {
		if (argon{}).Matches(damaged, "274913") {
			t.Errorf("%q opens", damaged)
		}
	}
}
