package pos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Office is who may do what at a till. Every action asks its permission first,
// and who did what to what, and whether it was allowed, stands in the journal.
// Where no people were ever named everybody may do everything, as in practice.
type Office struct {
	till  *Till
	books Books
	pins  Hasher

	staff sync.Mutex // a PIN takes a while to look at: nobody is changed meanwhile
}

// NewOffice makes the office of a till; books are those of the till's journal.
func NewOffice(t *Till, b Books, h Hasher) *Office { return &Office{till: t, books: b, pins: h} }

// Names of what the office notes in the journal.
const (
	notedSignedIn  = "signed_in"
	notedSignedOut = "signed_out"
	notedPINMissed = "pin_missed"
	notedRefused   = "refused"
	notedStaff     = "staff_changed"
	notedOpened    = "shift_opened"
	notedX         = "shift_x"
	notedAnswered  = "bill_answered"
	notedClock     = "lock_moved" // with a clock that was set back
)

// People are those who work here, by name. None: nobody was ever named.
func (o *Office) People(ctx context.Context) ([]Person, error) {
	all, err := o.books.People(ctx)
	return working(all), err
}

// ErrLocked refuses a PIN because too many were wrong.
var ErrLocked = errors.New("too many wrong PINs")

// SignIn is the person whose PIN it is. What for is journaled: a screen, or one
// action. A wrong PIN, and one that comes too early behind a wrong one, is KindInvalid.
func (o *Office) SignIn(ctx context.Context, name, pin, what string) (Person, error) {
	o.staff.Lock()
	defer o.staff.Unlock()
	people, err := o.People(ctx)
	if err != nil {
		return Person{}, err
	}
	p, err := find(people, name)
	if err != nil {
		return Person{}, o.refuse(ctx, name, what, "does not work here", err)
	}
	now := o.till.Now()
	if wait := p.Locked(now); wait > 0 {
		if p.MissedAt.After(now) { // the clock was set back: no longer than from now
			p.MissedAt = now
			if _, err := o.till.enter(ctx, Noted{notedClock, map[string]string{"who": name}}, &p); err != nil {
				return Person{}, err
			}
		}
		return Person{}, o.refuse(ctx, name, what, "locked", &Error{Kind: KindInvalid, Op: "sign in " + name, Err: ErrLocked,
			Hint: fmt.Sprintf("try again in %s", wait.Round(firstWait))})
	}
	if !o.pins.Matches(p.PIN, pin) {
		p = p.missed(now)
		_, err := o.till.enter(ctx, Noted{notedPINMissed, map[string]string{"who": name, "for": what, "misses": fmt.Sprint(p.Misses)}}, &p)
		return Person{}, cmp.Or(err, error(&Error{Kind: KindInvalid, Op: "sign in " + name, Err: ErrPIN, Hint: "type it again"}))
	}
	p = p.trusted()
	_, err = o.till.enter(ctx, Noted{notedSignedIn, map[string]string{"who": name, "role": string(p.Role), "for": what}}, &p)
	return p, err
}

// SignOut notes that somebody left the screen, or was taken off it.
func (o *Office) SignOut(ctx context.Context, name, why string) error {
	_, err := o.till.note(ctx, notedSignedOut, map[string]string{"who": name, "why": why})
	return err
}

// ErrNotAllowed refuses an action that is not the person's to take.
var ErrNotAllowed = errors.New("this role may not do it")

// Allow refuses an action that the person may not take, and notes that.
func (o *Office) Allow(ctx context.Context, who Person, p Permission, about string) error {
	people, err := o.People(ctx)
	if err != nil || len(people) == 0 {
		return err
	}
	if now, err := find(people, who.Name); err == nil && now.Role.May(p) { // as they stand now, not when they signed in
		return nil
	}
	return o.refuse(ctx, who.Name, string(p), about, &Error{Kind: KindInvalid, Op: string(p) + " " + about,
		Err: fmt.Errorf("%s: %w", cmp.Or(who.Name, "nobody"), ErrNotAllowed), Hint: "ask a manager"})
}

// refuse notes what somebody wanted and was not given, before they are told.
func (o *Office) refuse(ctx context.Context, who, what, about string, why error) error {
	_, err := o.till.note(ctx, notedRefused, map[string]string{"who": who, "permission": what, "about": about})
	return cmp.Or(err, why)
}

// Employ names somebody, or changes their role or PIN; an empty pin leaves it as
// it is. The first person of all is made by whoever is there and has to be a
// manager. People may change their own PIN. Somebody has to stay who is a manager.
func (o *Office) Employ(ctx context.Context, by Person, name string, role Role, pin string) error {
	o.staff.Lock()
	defer o.staff.Unlock()
	people, err := o.books.People(ctx)
	if err != nil {
		return err
	}
	p, err := find(people, name)
	known := err == nil
	switch ownPIN := known && !p.Gone && by.Name == name && p.Role == role; {
	case len(working(people)) == 0 && role != RoleManager:
		return invalid("name a manager first", "the first person has to be a manager")
	case !ownPIN:
		if err := o.Allow(ctx, by, MayManageStaff, name); err != nil {
			return err
		}
	}
	if err := errors.Join(CheckName(name), checkRole(role)); err != nil {
		return err
	}
	if pin != "" || !known || p.Gone {
		if err := CheckPIN(pin); err != nil {
			return err
		}
		p.PIN = o.pins.Hash(pin)
	}
	p.Name, p.Role, p.Gone = name, role, false
	return o.change(ctx, people, p.trusted(), by)
}

// Dismiss takes away everything somebody may do. The name stays in the journal.
func (o *Office) Dismiss(ctx context.Context, by Person, name string) error {
	if err := o.Allow(ctx, by, MayManageStaff, name); err != nil {
		return err
	}
	o.staff.Lock()
	defer o.staff.Unlock()
	people, err := o.People(ctx)
	if err != nil {
		return err
	}
	p, err := find(people, name)
	if err != nil {
		return err
	}
	p.Gone = true
	return o.change(ctx, people, p, by)
}

// change journals how a person stands from now on. The PIN itself is not in the
// journal's entries, nor is its hash: only what tells that it was replaced.
func (o *Office) change(ctx context.Context, people []Person, p Person, by Person) error {
	others := slices.DeleteFunc(working(people), func(q Person) bool { return q.Name == p.Name })
	if (p.Gone || p.Role != RoleManager) && !slices.ContainsFunc(others, func(q Person) bool { return q.Role == RoleManager }) {
		return invalid("name another manager first", "%s is the only manager", p.Name)
	}
	_, err := o.till.enter(ctx, Noted{notedStaff, map[string]string{
		"who": p.Name, "role": string(p.Role), "gone": fmt.Sprint(p.Gone), "pin": p.digest(), "by": by.Name}}, &p)
	return err
}

func checkRole(r Role) error {
	if r != RoleCashier && r != RoleManager {
		return invalid("cashier or manager", "%q is not a role", r)
	}
	return nil
}

// maxText is how long a reason or an annotation may be, in bytes; refund_desc has 80.
const maxText = 80

// checkReason wants words that can stand in lists.
func checkReason(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return invalid("say why, in a few words", "there is no reason")
	case !utf8.ValidString(text) || len(text) > maxText:
		return invalid("say it shorter", "the text is not plain, or longer than %d bytes", maxText)
	}
	return nil
}

// Refund gives money of a paid order back, in full or in part (Till.Refund).
func (o *Office) Refund(ctx context.Context, by Person, no OrderNo, amount Money, reason string) (Attempt, error) {
	if err := cmp.Or(checkReason(reason), o.Allow(ctx, by, MayRefund, string(no))); err != nil {
		return Attempt{}, err
	}
	return o.till.Refund(ctx, no, amount, reason, by.Name)
}

// Void takes all of a paid order back by a revoke (Till.Void).
func (o *Office) Void(ctx context.Context, by Person, no OrderNo, reason string) (Attempt, error) {
	if err := cmp.Or(checkReason(reason), o.Allow(ctx, by, MayVoid, string(no))); err != nil {
		return Attempt{}, err
	}
	return o.till.Void(ctx, no, reason, by.Name)
}

// RevokeOf is the permission that revoking an attempt in doubt needs: one's own,
// or another's. One that nobody in particular began is everybody's.
func (s Summary) RevokeOf(who string) Permission {
	if s.Cashier == who || s.Cashier == "" {
		return MayRevokeOwn
	}
	return MayRevokeAny
}

// Annotate writes down what is known of an order (Till.Annotate).
func (o *Office) Annotate(ctx context.Context, by Person, no OrderNo, text string) error {
	if err := cmp.Or(checkReason(text), o.Allow(ctx, by, MayAnnotate, string(no))); err != nil {
		return err
	}
	return o.till.Annotate(ctx, no, text, by.Name)
}

// Resolve takes an order off the attention list (Till.Resolve).
func (o *Office) Resolve(ctx context.Context, by Person, no OrderNo, text string) error {
	if err := cmp.Or(checkReason(text), o.Allow(ctx, by, MayAnnotate, string(no))); err != nil {
		return err
	}
	return o.till.Resolve(ctx, no, text, by.Name)
}

// AnswerBill takes an order that only a bill knows (Books.BillNotes) off the
// attention list, with what a manager has found out.
func (o *Office) AnswerBill(ctx context.Context, by Person, entry int64, text string) error {
	if err := cmp.Or(checkReason(text), o.Allow(ctx, by, MayAnnotate, fmt.Sprintf("entry %d", entry))); err != nil {
		return err
	}
	_, err := o.till.note(ctx, notedAnswered, map[string]string{"entry": fmt.Sprint(entry), "by": by.Name, "text": text})
	return err
}

// OpenShift notes who begins a shift. A shift that nobody opens begins with the
// closing before it.
func (o *Office) OpenShift(ctx context.Context, by Person) error {
	if err := o.Allow(ctx, by, MayOpenShift, ""); err != nil {
		return err
	}
	c, err := o.books.Running(ctx)
	if err != nil {
		return err
	}
	if !c.OpenedAt.IsZero() {
		return invalid("close it first", "the shift was opened at %s by %s", c.OpenedAt.In(o.till.policy.Zone).Format("2006-01-02 15:04"), cmp.Or(c.OpenedBy, "somebody"))
	}
	_, err = o.till.note(ctx, notedOpened, map[string]string{"by": by.Name})
	return err
}

// ReadShift is the X report, which changes nothing but that it was taken.
func (o *Office) ReadShift(ctx context.Context, by Person) (Closing, error) {
	if err := o.Allow(ctx, by, MayReadShift, ""); err != nil {
		return Closing{}, err
	}
	c, err := o.books.Running(ctx)
	if err != nil {
		return c, err
	}
	c.At, c.By = o.till.Now(), by.Name
	_, err = o.till.note(ctx, notedX, map[string]string{"by": by.Name, "upto": fmt.Sprint(c.Upto)})
	return c, err
}

// closeTries is how often a closing is summed again because something was
// journaled meanwhile.
const closeTries = 20

// CloseShift makes the Z report: refused while a sale is open, unless it is to be
// carried over (Closing.CanClose). It speaks of everything before it and of
// nothing else.
func (o *Office) CloseShift(ctx context.Context, by Person, carry bool) (Closing, error) {
	if err := o.Allow(ctx, by, MayCloseShift, ""); err != nil {
		return Closing{}, err
	}
	for try := 1; ; try++ {
		c, err := o.books.Running(ctx)
		if err == nil {
			err = c.CanClose(carry)
		}
		if err != nil {
			return c, err
		}
		c.At, c.By, c.Till = o.till.Now().UTC(), by.Name, o.till.policy.Till
		_, err = o.till.enter(ctx, ShiftClosed{c}, nil)
		if KindOf(err) != KindConflict || try == closeTries {
			return c, err
		}
	}
}
