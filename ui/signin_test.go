package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cashier/pos"
)

// plainPINs keeps PINs as they are: what Argon2id does is another package's.
type plainPINs struct{}

func (plainPINs) Hash(pin string) string        { return "kept " + pin }
func (plainPINs) Matches(hash, pin string) bool { return hash == "kept "+pin }

// staff is a fake journal with people, and without anything else that a manager reads.
type staff struct{ *fakeJournal }

func (staff) Totals(context.Context, string) ([]pos.Total, error)               { return nil, nil }
func (staff) Hours(context.Context, string, *time.Location) ([]pos.Hour, error) { return nil, nil }
func (staff) Closings(context.Context) ([]pos.Closing, error)                   { return nil, nil }
func (staff) Running(context.Context) (pos.Closing, error)                      { return pos.Closing{}, nil }
func (staff) BillNotes(context.Context) ([]pos.Entry, error)                    { return nil, nil }

// People are as the newest entry about each says.
func (s staff) People(context.Context) ([]pos.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return peopleOf(s.entries), nil
}

func peopleOf(entries []pos.Entry) (people []pos.Person) {
	for _, e := range entries {
		if e.Person == nil {
			continue
		}
		i := slices.IndexFunc(people, func(p pos.Person) bool { return p.Name == e.Person.Name })
		if i < 0 {
			people, i = append(people, *e.Person), len(people)
		}
		people[i] = *e.Person
	}
	slices.SortFunc(people, func(a, b pos.Person) int { return strings.Compare(a.Name, b.Name) })
	return people
}

// noted are the names of the till's own entries, each with who it was about.
func (d *desk) noted() (all []string) {
	d.journal.mu.Lock()
	defer d.journal.mu.Unlock()
	for _, e := range d.journal.entries {
		if n, ok := e.Event.(pos.Noted); ok && n.Detail["who"] != "" {
			all = append(all, strings.TrimSuffix(n.Name+" "+n.Detail["who"]+" "+n.Detail["permission"], " "))
		}
	}
	return all
}

// staffed opens a desk at which a cashier and a manager work, or nobody was named yet.
func staffed(t *testing.T, people bool, use func(d *desk)) {
	t.Helper()
	inBubble(t, deskWith{options: func(o *Options) {
		books := staff{o.Reader.(*fakeJournal)}
		o.Cashier, o.Books, o.Office = "", books, pos.NewOffice(o.Till, books, plainPINs{})
		if !people {
			return
		}
		ctx := context.Background()
		if err := o.Office.Employ(ctx, pos.Person{}, "the boss", pos.RoleManager, "274913"); err != nil {
			t.Fatal(err)
		}
		boss := pos.Person{Name: "the boss", Role: pos.RoleManager}
		if err := o.Office.Employ(ctx, boss, "first till", pos.RoleCashier, "305917"); err != nil {
			t.Fatal(err)
		}
		o.People, _ = o.Office.People(ctx)
	}}, func(d *desk) {
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		use(d)
	})
}

// signIn chooses a name by its number and keys a PIN.
func (d *desk) signIn(number, pin string) {
	d.wait(time.Second)
	d.hand(number + pin)
	d.press(tea.KeyEnter)
	d.wait(100 * time.Millisecond)
}

// A till at which people are named sells for nobody who has not signed in.
func TestSignIn_LockedUntilSomebodyHasSignedIn(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.sees("Who is at the till?")
		d.scan(aCode)
		d.sees("A PIN is keyed by hand")
		d.wait(time.Second)
		d.burst("?")
		d.burst("m")
		d.sees("Who is at the till?")
		d.send(tea.KeyMsg{Type: tea.KeyBackspace})
		d.sees("Who is at the till?")
		d.signIn("1", "305917")
		d.seesNot("Who is at the till?")
		d.sees("K1 · first till")
		d.sell("12.50")
		d.attempts(1)
		if got := d.journal.newest[d.journal.order[0]].Cashier; got != "first till" {
			t.Errorf("sold by %q", got)
		}
	})
}

// What a scanner sends is no PIN and costs nobody a miss, however it arrives.
func TestSignIn_AScanIsNoPIN(t *testing.T) {
	arrivals := map[string]func(d *desk){
		"at once": func(d *desk) { d.scan(aCode) },
		"a paste": func(d *desk) { d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(aCode), Paste: true}) },
		"slowly": func(d *desk) {
			for _, r := range aCode {
				d.burst(string(r))
				d.wait(26 * time.Millisecond)
			}
			d.press(tea.KeyEnter)
		},
		"one by one": func(d *desk) {
			for _, r := range aCode {
				d.burst(string(r))
				d.wait(10 * time.Millisecond)
			}
			d.press(tea.KeyEnter)
		},
	}
	for name, scan := range arrivals {
		t.Run(name, func(t *testing.T) {
			staffed(t, true, func(d *desk) {
				d.wait(time.Second)
				d.hand("1")
				d.wait(time.Second)
				scan(d)
				d.wait(time.Second)
				if strings.Contains(strings.Join(d.noted(), ","), "pin_missed") {
					t.Error("the scan was taken for a PIN")
				}
				if strings.Contains(d.m.View(), aCode[:4]) {
					t.Error("the scan is shown")
				}
				d.hand("305917")
				d.press(tea.KeyEnter)
				d.wait(100 * time.Millisecond)
				d.sees("K1 · first till")
			})
		})
	}
}

// Three wrong PINs cost a second, the fifth a quarter of an hour (reliability 6).
func TestSignIn_WrongPINsAreSlowedDownAndLocked(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.signIn("1", "111222")
		d.sees("This is not the PIN")
		for range 2 {
			d.signIn("", "111222")
		}
		d.sees("try again in 1 s")
		d.wait(2 * time.Second)
		d.signIn("", "111222")
		d.wait(3 * time.Second)
		d.signIn("", "111222")
		d.sees("wait 900 s")
		d.signIn("", "305917")
		d.sees("Who is at the till?")
		d.wait(15 * time.Minute)
		d.signIn("1", "305917")
		d.sees("K1 · first till")
		if n := strings.Count(strings.Join(d.noted(), ","), "pin_missed first till"); n != 5 {
			t.Errorf("%d misses are in the journal, want 5: one that came too early is not looked at", n)
		}
	})
}

// Nobody touches it: the till locks after 5 minutes, and what is in doubt goes on.
func TestSignIn_TheTillLocksWhenNobodyTouchesIt(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.signIn("1", "305917")
		d.sell("0.30")
		d.wait(idleLock - time.Second)
		d.seesNot("Who is at the till?")
		d.wait(2 * time.Second)
		d.sees("Who is at the till?")
		d.send(tea.KeyMsg{Type: tea.KeyCtrlC})
		d.wait(100 * time.Millisecond)
		if !slices.Contains(d.noted(), "signed_out first till") {
			t.Errorf("noted: %v", d.noted())
		}
	})
}

// An amount that one cashier has begun to key is not the next one's.
func TestSignIn_AHalfKeyedAmountGoesWithWhoKeyedIt(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.signIn("1", "305917")
		for _, begun := range []func(){func() { d.hand("5") }, func() { d.hand("5"); d.press(tea.KeyEnter) }} {
			begun()
			d.wait(time.Second)
			d.burst("s")
			d.signIn("2", "274913")
			d.sees("Amount HKD ▏")
			d.wait(time.Second)
		}
	})
}

// A name that was chosen and left is not the next person's.
func TestSignIn_AChosenNameIsNotTheNextPersons(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.wait(time.Second)
		d.hand("1")
		d.wait(idleChoice + time.Second)
		d.signIn("2", "274913")
		d.sees("K1 · the boss")
	})
}

// What becomes paid behind the sign-in page was seen by nobody in particular.
func TestSignIn_PaidBehindALockIsPaidWhileAway(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.signIn("1", "305917")
		d.sell("0.30")
		d.wait(time.Second)
		d.burst("s")
		d.wait(10 * time.Second)
		a := d.journal.newest[d.journal.order[0]]
		if a.State != pos.Paid || a.Attention != pos.AttentionPaidAway {
			t.Errorf("stands as %s, attention %q", a.State, a.Attention)
		}
	})
}

// A question over a locked till leaves a locked till.
func TestSignIn_AQuestionDoesNotUnlock(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.signIn("1", "305917")
		d.sell("0.40")
		d.wait(time.Second)
		d.burst("s")
		d.sees("Who is at the till?")
		d.send(tea.KeyMsg{Type: tea.KeyCtrlC})
		d.wait(time.Second)
		d.sees("leave")
		d.burst("n")
		d.wait(time.Second)
		d.sees("Who is at the till?")
		d.signIn("2", "274913")
		d.sees("K1 · the boss")
	})
}

// The manager's screen opens for a manager's PIN, and a cashier's is refused aloud
// and in the journal.
func TestSignIn_TheManagersScreenNeedsAManager(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.signIn("1", "305917")
		d.burst("m")
		d.sees("A manager's PIN")
		d.signIn("1", "305917")
		d.sees("This needs a manager")
		d.burst("m")
		d.signIn("2", "274913")
		if d.m.cover != coverReview || !d.m.acting {
			t.Fatalf("the manager's screen is not open")
		}
		d.wait(idleManager + 2*time.Second)
		d.sees("Who is at the till?")
		if want := "refused first till review"; !slices.Contains(d.noted(), want) {
			t.Errorf("noted %v, not %q", d.noted(), want)
		}
	})
}

// Whoever has signed in finds a sale and shows the customer its card, without a
// PIN and without anything that acts (issue: "was it paid?").
func TestSignIn_ACashierFindsASale(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.signIn("1", "305917")
		d.sell("12.50")
		d.wait(time.Second)
		d.burst("/")
		d.wait(100 * time.Millisecond)
		d.sees("[2 List]")
		d.hand("12.5")
		d.wait(time.Second)
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		d.burst("p")
		d.wait(time.Second)
		d.sees("Yes: WeChat Pay took HKD 12.50")
		d.seesNot("give back")
		if d.m.acting {
			t.Error("a cashier's look may act")
		}
	})
}

// One's own attempt is one's own to revoke, another's is a manager's.
func TestSignIn_AnothersAttemptIsRevokedByAManager(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.signIn("2", "274913")
		d.sell("0.40")
		d.wait(time.Second)
		d.burst("s")
		d.signIn("1", "305917")
		d.wait(16 * time.Second)
		d.burst("r")
		d.sees("Another cashier began this sale")
		d.signIn("2", "274913")
		d.wait(time.Second)
		d.burst("y")
		d.wait(time.Second)
		d.journal.mu.Lock()
		defer d.journal.mu.Unlock()
		if !slices.ContainsFunc(d.journal.entries, func(e pos.Entry) bool { return e.Event == pos.Event(pos.RevokePressed{By: "the boss"}) }) {
			t.Error("the manager's revoke is not in the journal")
		}
	})
}

// First start: whoever is there names the manager, with a PIN twice.
func TestSignIn_FirstStartNamesTheManager(t *testing.T) {
	staffed(t, false, func(d *desk) {
		d.sees("First start: press m")
		d.sell("12.50")
		d.attempts(1)
		d.wait(time.Second)
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		d.burst("m")
		d.sees("who is the manager here?")
		d.wait(time.Second)
		d.burst("Ms 王")
		d.press(tea.KeyEnter)
		d.hand("123456")
		d.press(tea.KeyEnter)
		d.sees("Choose 6 to 12 digits")
		for _, pin := range []string{"274913", "274914", "274913", "274913"} {
			d.wait(time.Second)
			d.hand(pin)
			d.press(tea.KeyEnter)
		}
		d.wait(100 * time.Millisecond)
		d.sees("Ms 王 is the manager now")
		d.seesNot("First start")
		people := peopleOf(d.journal.entries)
		if len(people) != 1 || people[0].Role != pos.RoleManager || people[0].PIN != "kept 274913" {
			t.Errorf("people: %v", people)
		}
	})
}

// No digit of a PIN is ever on the screen or in the journal's entries.
func TestSignIn_ThePINIsNowhere(t *testing.T) {
	staffed(t, true, func(d *desk) {
		d.wait(time.Second)
		d.hand("1")
		for i, r := range "305917" {
			d.hand(string(r))
			if frame := d.m.View(); strings.Contains(frame, "305917"[:i+1]) && i > 1 {
				t.Fatalf("the PIN is shown:\n%s", frame)
			}
		}
		d.press(tea.KeyEnter)
		d.journal.mu.Lock()
		defer d.journal.mu.Unlock()
		for _, e := range d.journal.entries {
			if n, ok := e.Event.(pos.Noted); ok {
				for k, v := range n.Detail {
					if strings.Contains(v, "305917") || strings.Contains(v, "kept") {
						t.Errorf("%s: %s is %s", n.Name, k, v)
					}
				}
			}
		}
	})
}

func TestSignIn_Screens(t *testing.T) {
	scripts := map[string]func(d *desk){
		"locked":  func(d *desk) { d.wait(time.Second); d.hand("230"); d.wait(time.Second) },
		"manager": func(d *desk) { d.signIn("1", "305917"); d.sell("0.30"); d.wait(3 * time.Second); d.burst("m") },
		"wrong":   func(d *desk) { d.signIn("1", "111222"); d.signIn("", "111222"); d.signIn("", "111222") },
	}
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			staffed(t, true, func(d *desk) {
				script(d)
				frame := strings.ReplaceAll(d.m.View(), "\a", "")
				fits(t, frame, 80, 24)
				golden(t, "signin_"+name+".en.80x24", frame)
			})
		})
	}
	t.Run("first", func(t *testing.T) {
		staffed(t, false, func(d *desk) {
			d.burst("m")
			frame := strings.ReplaceAll(d.m.View(), "\a", "")
			fits(t, frame, 80, 24)
			golden(t, "signin_first.en.80x24", frame)
		})
	})
}
