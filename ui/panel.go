package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"cashier/pos"
)

// pen is what everything that is drawn is drawn with.
type pen struct {
	words
	look
}

// word is the style of a state's word in a line, chip the same on its colour,
// big that of the block letters.
func (p pen) word(t tone) lipgloss.Style {
	return [...]lipgloss.Style{toneWait: p.wait, toneGood: p.good, toneBad: p.bad, toneGone: p.gone}[t]
}

func (p pen) chip(t tone) lipgloss.Style {
	return [...]lipgloss.Style{toneWait: p.waitWord, toneGood: p.goodWord, toneBad: p.badWord, toneGone: p.goneWord}[t]
}

func (p pen) big(t tone) lipgloss.Style {
	return [...]lipgloss.Style{toneWait: p.waitBlock, toneGood: p.goodBlock, toneBad: p.badBlock, toneGone: p.goneBlock}[t]
}

// symbol is the sign before a state's word; what is in doubt has the spinner.
func (p pen) symbol(t tone, beat int) string {
	return [...]string{toneWait: p.spinner[beat%len(p.spinner)], toneGood: p.paid, toneBad: p.failed, toneGone: p.revoked}[t]
}

// keycap is a key as the screen shows it.
func (p pen) keycap(k string) string { return p.key.Render("[" + k + "]") }

// panel is one attempt as the cashier sees it, drawn from its value alone.
type panel struct {
	pen
	a      pos.Attempt
	now    time.Time
	beat   int        // of the spinner
	rescan pos.Rescan // the shop's rule
}

// Lines draws the panel into width cells and at most height lines. The big word
// gets what the sentences leave.
func (p panel) Lines(width, height int) []string {
	v := verdictOf(p.a.State)
	chip := p.chip(v.tone).Render(p.pad + p.symbol(v.tone, p.beat) + " " + p.say(v.word) + p.pad)
	lines := slices.Concat([]string{chip}, p.story(width))
	if v.big == "" {
		return lines
	}
	word := bigWord(p.say(v.big), width, height-len(lines)-1, p.block)
	for i, row := range word {
		word[i] = p.big(v.tone).Render(row)
	}
	if word != nil {
		word = append(word, "")
	}
	return append(word, lines...)
}

// story is what is known, what to do, the clocks and the revoke key.
func (p panel) story(width int) []string {
	var lines []string
	for _, sentence := range p.sentences() {
		lines = append(lines, wrap(sentence, width)...)
	}
	if p.a.Attention != "" {
		why := lookup(attentions, p.a.Attention, "attention.contradiction")
		if p.a.State == pos.Paid && p.a.Attention == pos.AttentionPaidLate {
			why = "attention.sale_after_failed"
		}
		for _, row := range wrap(p.say(why), width) {
			lines = append(lines, p.bad.Render(row))
		}
	}
	for _, clock := range p.clocks() {
		lines = append(lines, p.dim.Render(fitMost(clock, width)))
	}
	if key := p.revokeKey(); key != "" {
		lines = append(lines, "", key)
	}
	return lines
}

func (p panel) sentences() []string {
	switch p.a.State {
	case pos.Submitting:
		return []string{p.say("work.asking"), p.say("wait.goods")}
	case pos.InDoubt:
		if p.a.Attention == pos.AttentionMismatch {
			return []string{p.say("wait.goods")} // the reason for attention says the rest
		}
		return []string{p.say(p.waitingFor()), p.say("wait.goods")}
	case pos.Paid:
		return p.paidStory()
	case pos.Failed:
		return append([]string{p.failedWhy()}, p.next()...)
	case pos.Revoking, pos.Confirming:
		return p.giving()
	case pos.Revoked:
		why := p.revokedWhy()
		return append([]string{p.say(why), p.say("revoked.goods")}, p.next()...)
	}
	return nil
}

// revokedWhy is the key of the reason.
func (p panel) revokedWhy() string {
	if p.a.Method.Closes() {
		return lookup(closures, p.a.Reason, "close.pressed")
	}
	return lookup(revocations, p.a.Reason, "revoked.pressed")
}

func (p panel) waitingFor() string {
	switch {
	case p.a.Foreign():
		return "wait.foreign"
	case p.a.CodeURL() != "" && p.a.LastFinding() != pos.FoundUserPaying:
		return "close.scan"
	}
	return lookup(waiting, p.a.LastFinding(), "wait.unclear")
}

func (p panel) paidStory() []string {
	lines := []string{p.say("paid.goods")}
	if p.a.Attention == pos.AttentionPaidAway {
		lines[0] = p.say("paid.away")
	}
	if n := clean(p.a.TransactionID, 64); len(n) >= 4 {
		lines = append(lines, p.say("paid.number", vars{"Last4": n[len(n)-4:]}))
	}
	return lines
}

func (p panel) failedWhy() string {
	key, known := failures[p.a.Reason]
	if !known {
		key = lookup(declines, p.a.Code, "failed.declined")
	}
	return p.say(key, vars{"Code": clean(p.a.Code, 32)})
}

// next says what may be done after a verdict that is not paid (design 3.11).
func (p panel) next() []string {
	lines := []string{p.say(p.worded("next.rescan", "close.rescan"))}
	if p.a.CanRescan(p.rescan) != nil {
		lines[0] = p.say("next.strict")
	}
	if p.a.Watch {
		lines = append(lines, p.say("next.watch"))
	}
	return lines
}

func (p panel) giving() []string {
	lines := []string{p.say(p.worded("give.back", "close.back"), vars{"N": max(p.a.Revokes, 1)})}
	switch {
	case p.a.State == pos.Confirming:
		lines[0] = p.say(p.worded("give.check", "close.check"))
	case p.a.Reason == pos.ReasonPaidLate:
		lines[0] = p.say("give.late", vars{"N": max(p.a.Revokes, 1)})
	}
	if p.a.PaidSeen() {
		lines = append(lines, p.say("give.paid"))
	}
	return append(lines, p.say("wait.goods"))
}

// clocks are the times the cashier waits for, each on a short line of its own.
func (p panel) clocks() []string {
	switch p.a.State {
	case pos.InDoubt:
		return []string{p.asking(), p.closing()}
	case pos.Revoking:
		if p.a.InFlight() == "revoke" || p.a.NextRevoke().IsZero() {
			return []string{p.say("give.now")}
		}
		return []string{p.say("give.next", vars{"N": p.until(p.a.NextRevoke())})}
	case pos.Confirming:
		return []string{p.asking()}
	}
	return nil
}

func (p panel) asking() string {
	line := ""
	if p.a.Asked > 0 {
		line = p.say("wait.asked", vars{"Count": p.a.Asked}) + " " + p.dot + " "
	}
	if next := p.a.NextAsk(); !next.IsZero() {
		return line + p.say("wait.next", vars{"N": p.until(next)})
	}
	return line + p.say("wait.now")
}

func (p panel) closing() string {
	if n := p.until(p.a.ClosesAt()); n > 0 {
		return p.say(p.worded("wait.closes", "close.closes"), vars{"N": n})
	}
	return p.say("wait.closed")
}

// worded is the key of a sentence about a Quick Pay order, or about one that is closed.
func (p panel) worded(scanned, shown string) string {
	if p.a.Method.Closes() {
		return shown
	}
	return scanned
}

func (p panel) until(t time.Time) int { return seconds(t.Sub(p.now)) }

// revokeKey is the key with what it does now: visible from the first second of
// doubt, gone when settled (design 7, wechatpay-v2 13.5).
func (p panel) revokeKey() string {
	if p.a.State.Settled() {
		return ""
	}
	label := p.say(p.worded("revoke.label", "close.label"))
	if p.a.State == pos.Revoking && p.a.Revokes > 0 && !p.a.Method.Closes() {
		label = p.say("revoke.again")
	}
	why := p.a.CanRevoke(p.now)
	if why != nil {
		return p.dim.Render("[r] " + label + "  " + p.notYet(why))
	}
	line := p.keycap("r") + " " + p.strong.Render(label)
	if next := p.a.NextRevoke(); !next.IsZero() {
		line += "  " + p.dim.Render(p.say("revoke.itself", vars{"N": p.until(next)}))
	}
	return line
}

// notYet says why the revoke key does nothing now.
func (p panel) notYet(why error) string {
	ready := p.until(p.a.RevokeReady())
	switch why {
	case pos.ErrRevokeConfirming:
		return p.say("revoke.checking")
	case pos.ErrRevokeBusy:
		return p.say("revoke.sending")
	case pos.ErrRevokeForeign:
		return p.say("revoke.foreign")
	case pos.ErrRevokeExpired:
		return p.say("revoke.expired")
	case pos.ErrRevokeSubmitting:
		if ready == 0 {
			return p.say("revoke.answer")
		}
	}
	return p.say("revoke.ready", vars{"N": ready})
}

// fitMost cuts a line to at most width cells.
func fitMost(line string, width int) string { return strings.TrimRight(fit(line, width), " ") }
