// Package quiet keeps Bubble Tea from asking the terminal for its background
// colour. Import it for its effect alone.
//
// Bubble Tea v1 asks in a package initialiser, before main runs, and reads the
// reply from the keyboard: on a terminal that does not answer the start takes
// 5 s, and whatever is scanned meanwhile is thrown away (docs/decisions/0004).
// Lip Gloss does not ask when it has been told, so this package tells it first.
//
// Two things must stay as they are. This package imports Lip Gloss and nothing
// else, so that it is ready for initialisation no later than Bubble Tea. And
// its import path sorts before "github.com/charmbracelet/bubbletea", because Go
// initialises packages that are ready in the order of their paths: the module
// is named "cashier" for this reason.
package quiet

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }
