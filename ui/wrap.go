package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Marks that must not begin a line, and marks that must not end one.
const (
	closers = "。，、；：！？）」"
	openers = "（「"
)

// wrap breaks a sentence into lines of at most width cells: at spaces, and in
// Chinese and Japanese between any two characters but before a closing mark or
// after an opening one. A piece that is longer than a line is cut.
func wrap(sentence string, width int) []string {
	var lines []string
	line := ""
	for _, piece := range pieces(sentence) {
		if line != "" && ansi.StringWidth(line)+ansi.StringWidth(strings.TrimRight(piece, " ")) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += piece
	}
	lines = append(lines, strings.TrimRight(line, " "))
	for i, l := range lines {
		lines[i] = ansi.Truncate(l, max(width, 0), "")
	}
	return lines
}

// pieces cuts a sentence wherever a line may end.
func pieces(sentence string) []string {
	var out []string
	start := 0
	for i, r := range sentence {
		if i > start && mayBreak(sentence[start:i], r) {
			out = append(out, sentence[start:i])
			start = i
		}
	}
	return append(out, sentence[start:])
}

// mayBreak reports whether a line may end between the piece and the character.
func mayBreak(piece string, next rune) bool {
	last, _ := utf8.DecodeLastRuneInString(piece)
	switch {
	case next == ' ' || strings.ContainsRune(closers, next) || strings.ContainsRune(openers, last):
		return false
	case last == ' ':
		return true
	default:
		return ansi.StringWidth(string(last)) == 2 || ansi.StringWidth(string(next)) == 2
	}
}
