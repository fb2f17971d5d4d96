package ui

import (
	"time"

	"cashier/pos"
)

// View is a filter that is kept under a name.
type View struct {
	Name   string
	Filter string // as text: "day=today&state=open"
}

type todayPage struct{}

func newTodayPage(*review) *todayPage                 { return &todayPage{} }
func (*todayPage) press(*review, stroke)              {}
func (*todayPage) lines(r *review, w, h int) []string { return nil }
func (*todayPage) hints(*review) []hint               { return nil }
func (*todayPage) read(*review)                       {}

type listPage struct{}

func newListPage() *listPage                         { return &listPage{} }
func (*listPage) press(*review, stroke)              {}
func (*listPage) lines(r *review, w, h int) []string { return nil }
func (*listPage) hints(*review) []hint               { return nil }
func (*listPage) read(*review)                       {}
func (*listPage) chosen() (s pos.Summary, ok bool)   { return }

type attentionPage struct {
	rows  []pos.Summary
	notes []pos.Entry
}

func (*attentionPage) count() string                      { return "" }
func (*attentionPage) press(*review, stroke)              {}
func (*attentionPage) lines(r *review, w, h int) []string { return nil }
func (*attentionPage) hints(*review) []hint               { return nil }
func (*attentionPage) read(*review)                       {}

type shiftsPage struct{}

func (*shiftsPage) press(*review, stroke)              {}
func (*shiftsPage) lines(r *review, w, h int) []string { return nil }
func (*shiftsPage) hints(*review) []hint               { return nil }
func (*shiftsPage) read(*review)                       {}

type detail struct{ no pos.OrderNo }

func newDetail(s pos.Summary) *detail              { return &detail{no: s.OrderNo} }
func (*detail) press(*review, stroke)              {}
func (*detail) lines(r *review, w, h int) []string { return nil }
func (*detail) hints(*review) []hint               { return nil }
func (*detail) read(*review)                       {}

type asking struct{ question }

func (*asking) press(*review, stroke)              {}
func (*asking) lines(r *review, w, h int) []string { return nil }
func (*asking) hints(*review) []hint               { return nil }
func (*asking) read(*review)                       {}

func PrintClosing(c pos.Closing, language string, zone *time.Location, store, till string, width int) []string {
	return nil
}
