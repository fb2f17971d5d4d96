package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cashier/pos"
	"cashier/storage"
)

const rightPIN, wrongPIN = "481516", "481517"

// hand is somebody who gives a command.
type hand struct {
	name   string
	person *pos.Person // how they stand; nil: nobody was ever named
	pin    string      // that they type
	may    func(pos.Permission) bool
	trace  string // what their refusal leaves in the journal; empty: nothing
}

// hands are every role, and everybody who has none.
func hands(kept string) []hand {
	person := func(role pos.Role, change func(*pos.Person)) *pos.Person {
		p := &pos.Person{Name: "anna", Role: role, PIN: kept}
		change(p)
		return p
	}
	asIs := func(*pos.Person) {}
	lock := func(p *pos.Person) { p.Misses, p.MissedAt = 5, time.Now() }
	dismiss := func(p *pos.Person) { p.Gone = true }
	never := func(pos.Permission) bool { return false }
	return []hand{
		{"nobody was ever named", nil, "", func(pos.Permission) bool { return true }, ""},
		{"a cashier", person(pos.RoleCashier, asIs), rightPIN, pos.RoleCashier.May, "refused"},
		{"a manager", person(pos.RoleManager, asIs), rightPIN, pos.RoleManager.May, ""},
		{"a wrong PIN", person(pos.RoleManager, asIs), wrongPIN, never, "pin_missed"},
		{"a locked manager", person(pos.RoleManager, lock), rightPIN, never, ""},
		{"a dismissed manager", person(pos.RoleManager, dismiss), rightPIN, never, ""},
	}
}

// approved is a command that needs a permission. PAID in it is a paid order.
type approved struct {
	permission pos.Permission
	args       string
	done       int // exit status when it is carried out
}

// approvedCommands stand in an order in which each can be carried out behind the others.
func approvedCommands(named bool) []approved {
	staff := "staff role helper cashier --by anna --pin-fd 0"
	if !named {
		staff = "staff add helper --role manager --new-pin-fd 0"
	}
	return []approved{
		{pos.MayOpenShift, "shift open --by anna --pin-fd 0", exitDone},
		{pos.MayCloseShift, "shift z --by anna --pin-fd 0", exitDone},
		{pos.MayRefund, "refund PAID 1.00 --reason cold --by anna --pin-fd 0", exitDone},
		{pos.MayVoid, "void PAID --reason cold --by anna --pin-fd 0", exitNotPaid},
		{pos.MayManageStaff, staff, exitDone},
	}
}

// elsewhere are the permissions that no command of approvedCommands needs, and where they count.
var elsewhere = map[pos.Permission]string{
	pos.MaySell:        "the screen; cashier pay is for scripts",
	pos.MayAcknowledge: "the screen",
	pos.MayAnnotate:    "the review screen at the till",
	pos.MayReview:      "the review screen at the till",
	pos.MayReadShift:   "the review screen at the till; cashier shift x reads",
	pos.MayRevokeOwn:   "TestPermissions_OfRevoke",
	pos.MayRevokeAny:   "TestPermissions_OfRevoke",
}

// Reliability 6: every permission times every role, at the commands. What is
// refused is exit 2, changes nothing and sends nothing to WeChat Pay.
func TestPermissions_OfCommands(t *testing.T) {
	kept := argon{}.Hash(rightPIN)
	for _, h := range hands(kept) {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			f := newShopFloor(t)
			calls := f.counts()
			for _, c := range approvedCommands(h.person != nil) {
				paid := f.pays()
				f.stands(h, kept)
				pin := h.pin
				if h.person == nil {
					pin = rightPIN // of who is named
				}
				sent, before := calls.Load(), f.trail(paid)
				exit, _, messages := f.gives(pin, strings.Fields(strings.ReplaceAll(c.args, "PAID", string(paid)))...)
				after := f.trail(paid)
				if may := h.may(c.permission); may && exit != c.done || !may && exit != exitUsage {
					t.Errorf("%s: allowed %v, exit status %d\n%s", c.permission, may, exit, messages)
				} else if may {
					continue
				}
				if n := calls.Load() - sent; n != 0 {
					t.Errorf("%s: refused, and %d calls went out", c.permission, n)
				}
				if after.order != before.order || after.closings != before.closings {
					t.Errorf("%s: refused, and something has changed: %+v, %+v", c.permission, before, after)
				}
				if h.trace != "" && after.events[h.trace] != before.events[h.trace]+1 {
					t.Errorf("%s: refused, and no %s in the journal: %v", c.permission, h.trace, after.events)
				}
			}
		})
	}
}

// Every permission is needed by a command, or has a reason not to be.
func TestPermissions_AreAllLookedAt(t *testing.T) {
	for _, p := range pos.Permissions {
		byCommand := slices.ContainsFunc(approvedCommands(true), func(c approved) bool { return c.permission == p })
		if byCommand == (elsewhere[p] != "") {
			t.Errorf("%s: in the table %v, elsewhere %q", p, byCommand, elsewhere[p])
		}
	}
}

// Whoever sold it revokes it in doubt; somebody else's is a manager's. Where nobody
// was ever named everybody is believed. What is refused asks WeChat Pay nothing.
func TestPermissions_OfRevoke(t *testing.T) {
	kept := argon{}.Hash(rightPIN)
	for _, h := range hands(kept) {
		for seller, needs := range map[string]pos.Permission{"anna": pos.MayRevokeOwn, "helper": pos.MayRevokeAny, "": pos.MayRevokeOwn} {
			t.Run(h.name+", sold by "+seller, func(t *testing.T) {
				t.Parallel()
				f := newShopFloor(t)
				calls := f.counts()
				_, records, messages := f.gives("", "pay", "0.40", "--code", f.sim.AuthCode(), "--cashier", seller, "--wait", "0s", "--json")
				if len(records) != 1 || records[0].State != pos.InDoubt {
					t.Fatalf("%+v\n%s", records, messages)
				}
				no := records[0].OrderNo
				f.stands(h, kept)
				sent, before := calls.Load(), f.trail(no)
				exit, _, messages := f.gives(h.pin, "revoke", string(no), "--by", "anna", "--pin-fd", "0")
				after := f.trail(no)
				switch {
				case h.may(needs):
					if exit != exitNotPaid || after.order.State != pos.Revoked {
						t.Errorf("exit status %d, %s\n%s", exit, after.order.State, messages)
					}
				case exit != exitUsage || after.order != before.order || calls.Load() != sent:
					t.Errorf("refused: exit status %d, %d calls, %+v\n%s", exit, calls.Load()-sent, after.order, messages)
				case h.trace != "" && after.events[h.trace] != before.events[h.trace]+1:
					t.Errorf("refused, and no %s in the journal", h.trace)
				}
			})
		}
	}
}

// counts counts the calls that reach WeChat Pay.
func (f *shopFloor) counts() *atomic.Int64 {
	var calls atomic.Int64
	count := func(after bool) {
		if !after {
			calls.Add(1)
		}
	}
	f.gate.Store(&count)
	return &calls
}

// gives runs a command in this process, with the first line of standard input.
func (f *shopFloor) gives(line string, args ...string) (exit int, records []record, messages string) {
	f.t.Helper()
	var out, said bytes.Buffer
	exit = Main(args, strings.NewReader(line+"\n"), &out, &said, []string{"HOME=" + f.home, "CASHIER_CONFIG=" + f.config()})
	for dec := json.NewDecoder(&out); ; {
		var r record
		if dec.Decode(&r) != nil {
			return exit, records, said.String()
		}
		records = append(records, r)
	}
}

// pays sells once.
func (f *shopFloor) pays() pos.OrderNo {
	f.t.Helper()
	exit, records, messages := f.gives("", "pay", "12.50", "--code", f.sim.AuthCode(), "--json")
	if exit != exitDone || len(records) != 1 {
		f.t.Fatalf("exit status %d\n%s", exit, messages)
	}
	return records[0].OrderNo
}

// journal is where the till writes.
func (f *shopFloor) journal() string { return filepath.Join(f.home, "journal.db") }

// stands writes down how people stand: anna as the hand, and two managers beside her.
func (f *shopFloor) stands(h hand, kept string) {
	f.t.Helper()
	if h.person == nil {
		return
	}
	j, err := storage.Open(f.t.Context(), f.journal(), storage.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	defer j.Close()
	for _, p := range []pos.Person{*h.person, {Name: "helper", Role: pos.RoleManager, PIN: kept}, {Name: "other", Role: pos.RoleManager, PIN: kept}} {
		digest := sha256.Sum256([]byte(p.PIN))
		now := time.Now().Truncate(time.Millisecond)
		_, err := j.Append(f.t.Context(), pos.Entry{At: now, Day: now.Format(time.DateOnly), Run: "test", Person: &p, Event: pos.Noted{Name: "staff_changed",
			Detail: map[string]string{"who": p.Name, "role": string(p.Role), "gone": strconv.FormatBool(p.Gone), "pin": hex.EncodeToString(digest[:]), "by": ""}}})
		if err != nil {
			f.t.Fatal(err)
		}
	}
}

// trail is what of the journal a refused command must not change, and what it may.
type trail struct {
	order    pos.Summary
	closings int
	events   map[string]int
}

func (f *shopFloor) trail(no pos.OrderNo) trail {
	f.t.Helper()
	r, err := storage.OpenReader(f.t.Context(), f.journal())
	if err != nil {
		f.t.Fatal(err)
	}
	defer r.Close()
	a, err := r.Attempt(f.t.Context(), no)
	if err != nil {
		f.t.Fatal(err)
	}
	closings, err := r.Closings(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	w := trail{order: a.Summary, closings: len(closings), events: map[string]int{}}
	for _, name := range []string{"refused", "pin_missed"} {
		notes, err := r.Notes(f.t.Context(), name, time.Time{})
		if err != nil {
			f.t.Fatal(err)
		}
		w.events[name] = len(notes)
	}
	return w
}
