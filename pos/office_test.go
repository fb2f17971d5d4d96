package pos

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// allowed is who may do what (reliability 6): every permission times every role.
var allowed = map[Permission][3]bool{ // cashier, manager, nobody
	MaySell:        {true, true, false},
	MayRevokeOwn:   {true, true, false},
	MayAcknowledge: {true, true, false},
	MayOpenShift:   {true, true, false},
	MayRevokeAny:   {false, true, false},
	MayRefund:      {false, true, false},
	MayVoid:        {false, true, false},
	MayAnnotate:    {false, true, false},
	MayReadShift:   {false, true, false},
	MayCloseShift:  {false, true, false},
	MayReview:      {false, true, false},
	MayManageStaff: {false, true, false},
}

func TestPermission_EveryActionTimesEveryRole(t *testing.T) {
	if len(allowed) != len(Permissions) {
		t.Fatalf("%d permissions, and the table has %d", len(Permissions), len(allowed))
	}
	for _, p := range Permissions {
		for i, r := range []Role{RoleCashier, RoleManager, ""} {
			if r.May(p) != allowed[p][i] {
				t.Errorf("%q may %s: %v", r, p, r.May(p))
			}
		}
	}
}

// Every action asks its permission: refused for a cashier, for somebody who has
// left and for nobody, with nothing done and the refusal in the journal.
func TestOffice_EveryActionAsksItsPermission(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, till *Till, j *memory) {
		ctx, no := t.Context(), charge(t, till, 1)
		ends(t, till, no)
		must(t, o.Employ(ctx, Person{Name: "m"}, "gone", RoleManager, "862075"))
		must(t, o.Dismiss(ctx, Person{Name: "m"}, "gone"))
		actions := map[Permission]func(Person) error{
			MayRefund:         func(p Person) error { _, err := o.Refund(ctx, p, no, twelveFifty, "cold"); return err },
			MayVoid:           func(p Person) error { _, err := o.Void(ctx, p, no, "cold"); return err },
			MayAnnotate:       func(p Person) error { return o.Annotate(ctx, p, no, "seen") },
			MayCloseShift:     func(p Person) error { _, err := o.CloseShift(ctx, p, true); return err },
			MayReadShift:      func(p Person) error { _, err := o.ReadShift(ctx, p); return err },
			MayAnnotate + " ": func(p Person) error { return o.AnswerBill(ctx, p, 7, "seen") },
			MayManageStaff:    func(p Person) error { return o.Employ(ctx, p, "d", RoleManager, "305917") },
		}
		for permission, act := range actions {
			for _, who := range []Person{{Name: "c", Role: RoleCashier}, {Name: "gone", Role: RoleManager}, {}, {Name: "c", Role: RoleManager}} {
				before, names := len(j.notes()), len(j.names(no))
				if err := act(who); !errors.Is(err, ErrNotAllowed) || KindOf(err) != KindInvalid {
					t.Errorf("%s by %q: %v", permission, who.Name, err)
				}
				notes := j.notes()
				if len(notes) != before+1 || !strings.HasPrefix(notes[before], "refused "+strings.TrimSpace(who.Name+" "+string(permission))) {
					t.Errorf("%s by %q: noted %v", permission, who.Name, notes[before:])
				}
				if len(j.names(no)) != names {
					t.Errorf("%s by %q did something: %v", permission, who.Name, j.names(no)[names:])
				}
			}
		}
		if people, _ := o.People(ctx); len(people) != 2 {
			t.Errorf("people: %v", people)
		}
	})
}

// Where nobody was ever named everybody may do everything, and who is written down.
func TestOffice_NobodyNamed(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		o := NewOffice(till, officeBooks{j}, plainPINs{})
		no := charge(t, till, 1)
		ends(t, till, no)
		must(t, o.Annotate(t.Context(), Person{Name: "whoever"}, no, "seen"))
		_, err := o.Void(t.Context(), Person{Name: "whoever"}, no, "wrong drink")
		must(t, err)
		if a := ends(t, till, no); a.State != Revoked || a.Reason != ReasonVoided {
			t.Errorf("stands: %s", describe(a))
		}
		if !slices.ContainsFunc(j.entries, func(e Entry) bool {
			v, void := e.Event.(VoidPressed)
			return void && v.By == "whoever" && v.Reason == "wrong drink"
		}) {
			t.Error("who did it is not in the journal")
		}
	})
}

// The first person is a manager, and somebody stays who is one.
func TestOffice_SomebodyIsAManager(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		ctx, o, m := t.Context(), NewOffice(till, officeBooks{j}, plainPINs{}), Person{Name: "m"}
		if err := o.Employ(ctx, Person{}, "c", RoleCashier, "305917"); KindOf(err) != KindInvalid {
			t.Errorf("a cashier first: %v", err)
		}
		must(t, o.Employ(ctx, Person{}, "m", RoleManager, "274913"))
		if err := o.Employ(ctx, Person{}, "n", RoleManager, "274913"); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("a second one by nobody: %v", err)
		}
		must(t, o.Employ(ctx, m, "c", RoleCashier, "305917"))
		for what, err := range map[string]error{"dismissed": o.Dismiss(ctx, m, "m"), "made a cashier": o.Employ(ctx, m, "m", RoleCashier, "")} {
			if KindOf(err) != KindInvalid || errors.Is(err, ErrNotAllowed) {
				t.Errorf("the only manager is %s: %v", what, err)
			}
		}
		must(t, o.Employ(ctx, m, "c", RoleManager, ""))
		must(t, o.Dismiss(ctx, Person{Name: "c"}, "m"))
		if _, err := o.SignIn(ctx, "m", "274913", "sell"); KindOf(err) != KindNotFound {
			t.Errorf("signed in after leaving: %v", err)
		}
		if err := o.Employ(ctx, Person{Name: "c"}, "m", RoleManager, ""); KindOf(err) != KindInvalid {
			t.Errorf("came back with the old PIN: %v", err)
		}
	})
}

// People change their own PIN, and nobody else's.
func TestOffice_OnesOwnPIN(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, _ *Till, _ *memory) {
		ctx, c := t.Context(), Person{Name: "c", Role: RoleCashier}
		must(t, o.Employ(ctx, c, "c", RoleCashier, "862075"))
		if err := o.Employ(ctx, c, "m", RoleManager, "862075"); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("another's PIN: %v", err)
		}
		if err := o.Employ(ctx, c, "c", RoleManager, "862075"); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("one's own role: %v", err)
		}
		_, err := o.SignIn(ctx, "c", "862075", "sell")
		must(t, err)
	})
}

// Weak PINs and names that cannot be shown are refused.
func TestStaff_NamesAndPINs(t *testing.T) {
	for pin, good := range map[string]bool{"274913": true, "100000": true, "274913274913": true, "27491": false, "2749132749131": false,
		"": false, "27491a": false, "111111": false, "123456": false, "987654": false, "012345": false, "２７４９１３": false} {
		if (CheckPIN(pin) == nil) != good {
			t.Errorf("PIN %q: %v", pin, CheckPIN(pin))
		}
	}
	for name, good := range map[string]bool{"c": true, "cashier 2": true, "王小明": true, strings.Repeat("王", 24): true, strings.Repeat("王", 25): false,
		"": false, " c": false, "c ": false, "-": false, "a\tb": false, "a\u202eb": false, "a\u3164": false, "a\ufe0f": false, "a\xff": false} {
		if (CheckName(name) == nil) != good {
			t.Errorf("name %q: %v", name, CheckName(name))
		}
	}
	if longest := strings.Repeat("𠮷", 24); CheckName(longest) != nil || len(longest) != MaxNameBytes {
		t.Errorf("a name may have %d bytes, and this one has %d: %v", MaxNameBytes, len(longest), CheckName(longest))
	}
}

// reliability 6: 1, 2 s after the third and fourth wrong PIN, 15 min from the fifth
// on. It stands in the journal: a restart changes nothing.
func TestOffice_WrongPINsAreThrottledThroughRestarts(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, till *Till, j *memory) {
		ctx := t.Context()
		for miss, wait := range []time.Duration{0, 0, time.Second, 2 * time.Second, 15 * time.Minute, 15 * time.Minute} {
			if _, err := o.SignIn(ctx, "c", "111222", "sell"); !errors.Is(err, ErrPIN) {
				t.Fatalf("miss %d: %v", miss+1, err)
			}
			o = NewOffice(till, officeBooks{j}, plainPINs{})
			if wait == 0 {
				continue
			}
			time.Sleep(wait - time.Millisecond)
			if _, err := o.SignIn(ctx, "c", "305917", "sell"); !errors.Is(err, ErrLocked) {
				t.Errorf("the right PIN, too early behind miss %d: %v", miss+1, err)
			}
			time.Sleep(time.Millisecond)
		}
		p, err := o.SignIn(ctx, "c", "305917", "sell")
		if err != nil || p.Misses != 0 {
			t.Errorf("signed in: %+v, %v", p, err)
		}
		if n := strings.Count(strings.Join(j.notes(), "\n"), notedPINMissed+" c"); n != 6 {
			t.Errorf("%d misses are in the journal", n)
		}
		if _, err := o.SignIn(ctx, "m", "274913", "sell"); err != nil {
			t.Errorf("another's misses: %v", err)
		}
	})
}

// A miss that cannot be written down opens nothing.
func TestOffice_AMissThatIsNotDurableIsNoAnswer(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, _ *Till, j *memory) {
		full := &Error{Kind: KindJournal, Err: errors.New("disk full")}
		j.fail(full)
		for _, pin := range []string{"111222", "305917"} {
			if _, err := o.SignIn(t.Context(), "c", pin, "sell"); KindOf(err) != KindJournal {
				t.Errorf("%s: %v", pin, err)
			}
		}
		j.fail(nil)
	})
}

// One may revoke one's own attempt; one that nobody in particular began is everybody's.
func TestSummary_RevokeOf(t *testing.T) {
	for cashier, want := range map[string]Permission{"c": MayRevokeOwn, "": MayRevokeOwn, "d": MayRevokeAny} {
		if got := (Summary{Cashier: cashier}).RevokeOf("c"); got != want {
			t.Errorf("of %q: %s", cashier, got)
		}
	}
}

// Annotations change nothing else; what the till still works on stays on the list.
func TestOffice_AnnotateNeverOverrules(t *testing.T) {
	w := newWorld()
	w.takes, w.answer, w.confirms = userPaying, FoundUserPaying, 8*time.Second
	inOffice(t, w, func(t *testing.T, o *Office, till *Till, j *memory) {
		ctx, m, no := t.Context(), Person{Name: "m"}, charge(t, till, 1)
		time.Sleep(time.Second)
		till.Leave(no)
		synctest.Wait()
		must(t, o.Annotate(ctx, m, no, "the customer left"))
		if a, _ := till.Attempt(no); a.State != InDoubt {
			t.Errorf("annotated: %s", describe(a))
		}
		if err := o.Resolve(ctx, m, no, "gone"); !errors.Is(err, ErrNothingToResolve) {
			t.Errorf("resolved before it is on the list: %v", err)
		}
		ends(t, till, no)
		must(t, o.Resolve(ctx, m, no, "goods handed over at 20:31"))
		a, _ := till.Attempt(no)
		if a.Attention != "" || a.State != Paid {
			t.Errorf("resolved: %s", describe(a))
		}
		if names := j.names(no); !slices.Contains(names, "annotated") || !slices.Contains(names, "acknowledged") {
			t.Errorf("journaled: %v", names)
		}
		if err := (Summary{Attention: AttentionPaidLate, State: Revoking}).CanResolve(); !errors.Is(err, ErrStillWorking) {
			t.Errorf("resolved while the till works on it: %v", err)
		}
	})
}

// A reason is wanted, and has to fit into refund_desc.
func TestOffice_AReasonIsWanted(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, till *Till, _ *memory) {
		no := charge(t, till, 1)
		ends(t, till, no)
		for _, reason := range []string{"", "  ", strings.Repeat("x", 81), "\xff"} {
			if _, err := o.Void(t.Context(), Person{Name: "m"}, no, reason); KindOf(err) != KindInvalid {
				t.Errorf("%q: %v", reason, err)
			}
		}
		if a, _ := till.Attempt(no); a.State != Paid {
			t.Errorf("voided: %s", describe(a))
		}
		must(t, o.Annotate(t.Context(), Person{Name: "m"}, no, strings.Repeat("x", 80)))
	})
}

// Whoever works here no more does not come back by themselves.
func TestOffice_WhoIsGoneStaysGone(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, _ *Till, _ *memory) {
		ctx, m, n := t.Context(), Person{Name: "m"}, Person{Name: "n", Role: RoleManager}
		must(t, o.Employ(ctx, m, "n", RoleManager, "862075"))
		must(t, o.Dismiss(ctx, m, "n"))
		if err := o.Employ(ctx, n, "n", RoleManager, "862075"); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("back by themselves: %v", err)
		}
		must(t, o.Employ(ctx, m, "n", RoleCashier, "862075"))
	})
}

// A clock that was set back locks nobody out for longer than the wait itself.
func TestOffice_AClockSetBackDoesNotLockForLonger(t *testing.T) {
	inOffice(t, newWorld(), func(t *testing.T, o *Office, till *Till, j *memory) {
		ctx := t.Context()
		for range 3 {
			o.SignIn(ctx, "c", "111222", "sell")
		}
		people, _ := o.People(ctx)
		p, _ := find(people, "c")
		p.MissedAt = till.Now().Add(6 * time.Hour) // before the clock was set back
		_, err := till.enter(ctx, Noted{Name: "set back"}, &p)
		must(t, err)
		if _, err := o.SignIn(ctx, "c", "305917", "sell"); !errors.Is(err, ErrLocked) {
			t.Errorf("at once: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := o.SignIn(ctx, "c", "305917", "sell"); err != nil {
			t.Errorf("a second later: %v", err)
		}
	})
}
