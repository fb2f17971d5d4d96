package ui

import (
	"slices"
	"strings"
)

// filterForm is the filter as a form, one field a line.
type filterForm struct {
	filter filter
	at     filterField
	text   field // of the line that is being typed
}

func newFilterForm(f filter) *filterForm {
	form := &filterForm{filter: f}
	form.turn(0)
	return form
}

// turn goes to a line.
func (f *filterForm) turn(to filterField) {
	f.at = (to + byText) % byText
	f.text = field{most: fieldOf[f.at].most}
	f.text.set(f.filter[f.at])
}

// field is the line that is being typed; nothing is typed where something is chosen.
func (f *filterForm) field() *field {
	if fieldOf[f.at].choices != nil {
		return nil
	}
	return &f.text
}

func (f *filterForm) typed(*review) { f.filter[f.at] = f.text.text() }

func (f *filterForm) read(*review) {}

func (f *filterForm) press(r *review, s stroke) {
	switch {
	case s.name == "esc":
		r.pop()
	case s.name == "enter":
		f.apply(r)
	case s.name == "down" || s.name == "tab":
		f.turn(f.at + 1)
	case s.name == "up" || s.name == "shift+tab":
		f.turn(f.at - 1)
	case f.field() == nil:
		f.choose(s)
	case f.text.edit(s):
		f.typed(r)
	}
}

// choose goes to the next or the last choice.
func (f *filterForm) choose(s stroke) {
	choices := fieldOf[f.at].choices
	i := slices.Index(choices, f.filter[f.at])
	switch {
	case s.name == "right" || s.r == ' ':
		i++
	case s.name == "left":
		i += len(choices) - 1
	case s.name == "backspace" || s.name == "delete":
		i = 0
	}
	f.filter[f.at] = choices[max(i, 0)%len(choices)]
}

// apply looks for what was typed, or says which line it is that nothing can be
// looked for by.
func (f *filterForm) apply(r *review) {
	f.filter[byCurrency] = strings.ToUpper(f.filter[byCurrency])
	if by, is := f.filter.wrong(r.zone(r.now), r.o.Currency); is {
		f.turn(by)
		r.refuse(r.say("review.bad_field", vars{"Field": r.say(fieldOf[by].label), "Text": clean(f.filter[by], 24)}))
		return
	}
	r.pop()
	r.list.narrow(r, f.filter)
}

func (f *filterForm) hints(*review) []hint {
	change := hint{"Backspace", "review.key_erase"}
	if f.field() == nil {
		change = hint{"Left/Right", "review.key_choose"}
	}
	return []hint{{"Enter", "review.key_apply"}, {"Up/Down", "review.key_line"}, change, {"Esc", "review.key_drop"}}
}

func (f *filterForm) lines(r *review, width, _ int) []string {
	rows := []string{r.strong.Render(r.say("review.filter")), ""}
	for by := byDay; by < byText; by++ {
		of, text := fieldOf[by], clean(f.filter[by], 40)
		switch {
		case of.choices != nil:
			text = "< " + r.say(choiceWords[f.filter[by]]) + " >"
		case by == f.at:
			text = r.strong.Render(text) + r.cursor
		case text == "":
			text = r.dim.Render(r.say("review.any"))
		}
		mark := "  "
		if by == f.at {
			mark = r.key.Render(r.pointer) + " "
		}
		rows = append(rows, fitMost(mark+fit(r.say(of.label), 18)+text, width))
	}
	rows = append(rows, "")
	for _, row := range wrap(r.say("review.filter_help"), width) {
		rows = append(rows, r.dim.Render(row))
	}
	return rows
}

// viewsPage are the views: the built-in ones, and the shop's own.
type viewsPage struct {
	at   int
	name *field // of the one that is being saved; nil: none is
}

// builtIn are the views that every shop has, by the catalogue's key.
var builtIn = []View{
	{"review.today", filter{byDay: dayToday}.String()},
	{"review.yesterday", filter{byDay: dayYesterday}.String()},
	{"review.open", filter{byState: "open"}.String()},
	{"review.attention", filter{byAttention: "yes"}.String()},
}

// maxViews are so many that each has a digit.
const maxViews = 9

// all are the built-in views, in the manager's words, and the shop's own.
func (r *review) allViews() []View {
	var all []View
	for _, v := range builtIn {
		all = append(all, View{r.say(v.Name), v.Filter})
	}
	return append(all, r.views...)
}

func (v *viewsPage) field() *field { return v.name }

func (v *viewsPage) typed(*review) {}

func (v *viewsPage) read(*review) {}

func (v *viewsPage) press(r *review, s stroke) {
	all := r.allViews()
	step, moved := steps(s, len(all))
	switch {
	case v.name != nil && v.name.edit(s):
	case v.name != nil && s.name == "enter":
		v.save(r)
	case v.name != nil && s.name == "esc":
		v.name = nil
	case s.name == "esc":
		r.pop()
	case moved:
		v.at = min(max(v.at+step, 0), len(all)-1)
	case s.name == "enter":
		v.use(r, all[v.at])
	case '1' <= s.r && int(s.r-'1') < len(all):
		v.use(r, all[s.r-'1'])
	case s.r == 's' && len(all) < maxViews && r.list.filter != (filter{}):
		v.name = &field{most: 48}
	case s.r == 'd' && v.at >= len(builtIn):
		r.keepViews(slices.Delete(slices.Clone(r.views), v.at-len(builtIn), v.at-len(builtIn)+1))
		v.at--
	}
}

// use filters the list by a view.
func (v *viewsPage) use(r *review, w View) {
	f, err := parseFilter(w.Filter)
	if r.fails(err) {
		return
	}
	r.pop()
	r.list.narrow(r, f)
}

// save keeps the list's filter under the name that was typed.
func (v *viewsPage) save(r *review) {
	name := strings.TrimSpace(v.name.text())
	if name == "" {
		return
	}
	v.name = nil
	r.keepViews(append(slices.Clone(r.views), View{name, r.list.filter.String()}))
}

// keepViews has the shop's own views kept.
func (r *review) keepViews(views []View) {
	if r.o.SaveView != nil && r.fails(r.o.SaveView(views)) {
		return
	}
	r.views = views
}

func (v *viewsPage) hints(r *review) []hint {
	if v.name != nil {
		return []hint{{"Enter", "review.key_save"}, {"Esc", "review.key_drop"}}
	}
	hints := []hint{{"Enter", "review.key_use"}}
	if len(r.allViews()) < maxViews && r.list.filter != (filter{}) {
		hints = append(hints, hint{"s", "review.key_save"})
	}
	if v.at >= len(builtIn) {
		hints = append(hints, hint{"d", "review.key_delete"})
	}
	return append(hints, hint{"Esc", "review.key_back"})
}

func (v *viewsPage) lines(r *review, width, _ int) []string {
	rows := []string{r.strong.Render(r.say("review.views")), ""}
	for i, w := range r.allViews() {
		mark := "  "
		if i == v.at {
			mark = r.key.Render(r.pointer) + " "
		}
		f, _ := parseFilter(w.Filter) // one that cannot be read says so when it is used
		rows = append(rows, fitMost(mark+r.key.Render(string(rune('1'+i)))+" "+fit(clean(w.Name, 24), 26)+r.dim.Render(strings.Join(r.chips(f), " ")), width))
	}
	if v.name != nil {
		rows = append(rows, "", r.say("review.view_name")+" "+r.strong.Render(clean(v.name.text(), 48))+r.cursor,
			r.dim.Render(strings.Join(r.chips(r.list.filter), " ")))
	}
	return rows
}
