package ui

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// look is how things are drawn: styles by meaning and the characters that the
// terminal can be trusted with.
type look struct {
	glyphs
	pad string // around a word on its own colour

	plain, dim, strong, key        lipgloss.Style
	good, bad, gone, wait, mark    lipgloss.Style
	goodWord, badWord, goneWord    lipgloss.Style
	waitWord, practice, trouble    lipgloss.Style
	goodBlock, badBlock, goneBlock lipgloss.Style
	waitBlock, qr                  lipgloss.Style
}

// newLook uses the sixteen colours of the terminal's own theme, or none. The
// renderer is told everything and so asks the terminal nothing.
func newLook(color bool, g glyphs) look {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetHasDarkBackground(true)
	r.SetColorProfile(termenv.Ascii)
	pad := ""
	if color {
		r.SetColorProfile(termenv.ANSI)
		pad = " "
	}
	fg := func(c string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(c)) }
	word := func(c string) lipgloss.Style {
		return r.NewStyle().Bold(true).Foreground(lipgloss.Color("0")).Background(lipgloss.Color(c))
	}
	const black, red, green, yellow, magenta, cyan, white = "0", "1", "2", "3", "5", "6", "15"
	return look{
		glyphs: g, pad: pad,
		plain: r.NewStyle(), dim: r.NewStyle().Faint(true), strong: r.NewStyle().Bold(true), key: fg(cyan).Bold(true),
		good: fg(green), bad: fg(red), gone: fg(magenta), wait: fg(yellow), mark: fg(cyan),
		goodWord: word(green), badWord: word(red), goneWord: word(magenta), waitWord: word(yellow),
		practice: word(yellow), trouble: word(red),
		goodBlock: fg(green).Bold(true), badBlock: fg(red).Bold(true),
		goneBlock: fg(magenta).Bold(true), waitBlock: fg(yellow).Bold(true),
		qr: fg(white).Background(lipgloss.Color(black)),
	}
}

// glyphs are the characters outside the catalogue. Each is one cell wide.
type glyphs struct {
	rule, dot, lamp, block, cursor, pointer, bar string
	paid, failed, revoked                        string
	spinner                                      []string
	ramp                                         []string // of a chart, from a little to a whole cell
}

var braille = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

// newGlyphs picks the set: the handsome one, one without characters that a
// Chinese or Japanese terminal may draw two cells wide, or ASCII.
func newGlyphs(ascii, cjk bool) glyphs {
	switch {
	case ascii:
		return glyphs{rule: "-", dot: "|", lamp: "*", block: "#", cursor: "_", pointer: ">", bar: "|", ramp: []string{".", ":", "#"},
			paid: "+", failed: "x", revoked: "<", spinner: []string{"|", "/", "-", `\`}}
	case cjk:
		return glyphs{rule: "╌", dot: "|", lamp: "◉", block: "⣿", cursor: "_", pointer: "›", bar: "|", ramp: []string{"⣀", "⣤", "⣶", "⣿"},
			paid: "✓", failed: "✗", revoked: "↺", spinner: braille}
	default:
		return glyphs{rule: "─", dot: "·", lamp: "●", block: "█", cursor: "▏", pointer: "›", bar: "│", ramp: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
			paid: "✓", failed: "✗", revoked: "↺", spinner: braille}
	}
}

// fit makes a line exactly width cells long.
func fit(line string, width int) string {
	switch n := ansi.StringWidth(line); {
	case n > width:
		return ansi.Truncate(line, width, "")
	default:
		return line + strings.Repeat(" ", width-n)
	}
}

// right puts text at the right end of width cells.
func right(text string, width int) string {
	return strings.Repeat(" ", max(width-ansi.StringWidth(text), 0)) + text
}
