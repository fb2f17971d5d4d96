package ui

import (
	"context"
	"fmt"

	"cashier/pos"
)

// shiftsPage is the running shift and every closing, newest first.
type shiftsPage struct {
	running  pos.Closing // as an X report; zero: not read yet
	closings []pos.Closing
	at, top  int // 0: the running shift
}

func (p *shiftsPage) read(r *review) {
	books := r.o.Books
	r.ask(slotShifts, func(ctx context.Context) func() {
		closings, err := books.Closings(ctx)
		running := pos.Closing{}
		if err == nil {
			running, err = books.Running(ctx)
		}
		return func() {
			if !r.fails(err) {
				p.came(running, closings)
			}
		}
	})
}

// came keeps the chosen closing chosen.
func (p *shiftsPage) came(running pos.Closing, closings []pos.Closing) {
	if p.at > 0 && len(p.closings) > 0 {
		p.at += len(closings) - len(p.closings)
	}
	p.running, p.closings = running, closings
	p.at = min(max(p.at, 0), len(closings))
}

// known reports whether the running shift was read.
func (p *shiftsPage) known() bool { return p.running.Number > 0 }

// chosen is the closing that is shown.
func (p *shiftsPage) chosen() pos.Closing {
	if p.at == 0 {
		return p.running
	}
	return p.closings[p.at-1]
}

// title is the catalogue's key for what the chosen one is.
func (p *shiftsPage) title() string {
	if p.at == 0 {
		return "shift.x"
	}
	return "shift.z"
}

func (p *shiftsPage) press(r *review, s stroke) {
	if step, moved := steps(s, 10); moved {
		p.at = min(max(p.at+step, 0), len(p.closings))
		return
	}
	switch {
	case !p.known():
	case s.name == "enter":
		r.push(&paperPage{title: p.title(), closing: p.chosen()})
	case !r.acts():
	case s.r == 'o':
		p.openShift(r)
	case s.r == 'x':
		p.readShift(r)
	case s.r == 'z':
		p.closeShift(r)
	}
}

func (p *shiftsPage) hints(r *review) []hint {
	hints := []hint{{"Enter", "review.key_paper"}}
	if !r.acts() || !p.known() {
		return hints
	}
	if p.running.OpenedAt.IsZero() {
		hints = append(hints, hint{"o", "review.key_open"})
	}
	return append(hints, hint{"x", "review.key_x"}, hint{"z", "review.key_z"})
}

// lines are the shifts, and beside them the chosen one as it is printed.
func (p *shiftsPage) lines(r *review, width, height int) []string {
	if !p.known() {
		return nil
	}
	left := max(width-paperWidth-2, 34)
	p.top = min(max(p.top, p.at-height+1), p.at)
	var rows []string
	for i := p.top; i < min(p.top+height, len(p.closings)+1); i++ {
		rows = append(rows, r.marked(i == p.at, p.row(r, i), left))
	}
	var begin scroll
	paper := begin.window(r, r.paper(p.title(), p.chosen(), width-left-2), height)
	rows = padRows(rows, height)
	for i, row := range paper {
		rows[i] = fit(rows[i], left) + "  " + row
	}
	return rows
}

// row names a shift.
func (p *shiftsPage) row(r *review, i int) string {
	if i > 0 {
		c := p.closings[i-1]
		return fmt.Sprintf("Z %-4d %s  %s", c.Number, r.zone(c.At).Format("2006-01-02 15:04"), clean(c.By, 24))
	}
	text := r.say("shift.running")
	if n := len(p.running.Carried); n > 0 {
		text += "  " + r.wait.Render(r.say("shift.open_count", vars{"Count": n}))
	}
	return text
}

// paper is a closing as it is printed here.
func (r *review) paper(title string, c pos.Closing, width int) []string {
	s := &slip{words: r.words, zone: r.o.Zone, width: max(min(width, paperWidth), 30)}
	s.print(title, c, r.o.Store, r.o.Till)
	return s.rows
}

func (p *shiftsPage) openShift(r *review) {
	office, who, done := r.o.Office, r.o.Who, r.says(r.say("shift.opened"))
	r.act(func(ctx context.Context) (func(), error) { return done, office.OpenShift(ctx, who) })
}

func (p *shiftsPage) readShift(r *review) {
	office, who := r.o.Office, r.o.Who
	r.act(func(ctx context.Context) (func(), error) {
		c, err := office.ReadShift(ctx, who)
		return func() {
			r.push(&paperPage{title: "shift.x", closing: c})
			r.tell(toneGood, r.say("shift.read"))
		}, err
	})
}

// closeShift asks before the Z report, and says which sales are open.
func (p *shiftsPage) closeShift(r *review) {
	lines := []string{r.say("shift.ask", vars{"N": p.running.Number})}
	for _, t := range p.running.Sums() {
		lines = append(lines, r.say("shift.ask_net", vars{"Amount": pos.Money{Minor: t.NetMinor(), Currency: t.Currency}.String()}))
	}
	carry := p.running.CanClose(false) != nil
	if carry {
		lines = append(lines, r.say("shift.ask_carry"))
		for _, c := range p.running.Carried {
			if !c.Refund {
				lines = append(lines, fmt.Sprintf("%s  %s  %s", clean(string(c.OrderNo), 32), c.Amount, r.say(verdictOf(c.State).word)))
			}
		}
		lines = shortened(r, lines, 8)
	}
	r.confirm(append(lines, r.say("act.final")), func(r *review) { r.zReport(carry) })
}

// shortened leaves room for the answer.
func shortened(r *review, lines []string, most int) []string {
	if over := len(lines) - most; over > 0 {
		return append(lines[:most:most], r.say("list.more", vars{"N": over}))
	}
	return lines
}

// zReport closes the shift, and has what belongs to it archived.
func (r *review) zReport(carry bool) {
	office, who, archive := r.o.Office, r.o.Who, r.o.Archive
	r.act(func(ctx context.Context) (func(), error) {
		c, err := office.CloseShift(ctx, who, carry)
		if err != nil || archive == nil {
			return func() { r.closed(c, "", nil) }, err
		}
		path, failed := archive(ctx, c)
		return func() { r.closed(c, path, failed) }, nil
	})
}

// closed says what the closing has come to. One whose archive failed stands all
// the same.
func (r *review) closed(c pos.Closing, path string, failed error) {
	done := r.say("shift.closed", vars{"N": c.Number, "Head": shortHead(c.Head)})
	switch {
	case failed != nil:
		r.report(failed)
		r.refuse(done + " " + r.say("shift.no_archive", vars{"Why": clean(failed.Error(), leastWidth)}))
	case path != "":
		r.tell(toneGood, done+" "+r.say("shift.archive", vars{"Path": clean(path, 2*leastWidth)}))
	default:
		r.tell(toneGood, done)
	}
}

// paperPage is one closing as it is printed.
type paperPage struct {
	title   string
	closing pos.Closing
	scroll  scroll
}

func (p *paperPage) read(*review) {}

func (p *paperPage) press(r *review, s stroke) {
	if !p.scroll.press(s, r.height-8) && (s.name == "esc" || s.name == "backspace" || s.name == "enter") {
		r.pop()
	}
}

func (p *paperPage) hints(*review) []hint {
	return []hint{{"Esc", "review.key_back"}, {"Up/Down", "review.key_scroll"}}
}

func (p *paperPage) lines(r *review, width, height int) []string {
	rows := r.paper(p.title, p.closing, width)
	for i, row := range rows {
		rows[i] = "   " + row
	}
	return p.scroll.window(r, rows, height)
}
