// Package ui is the cashier's screen: amount, scan, verdict.
//
// Model is the Bubble Tea model of the till; Program runs it. Its parts are plain
// structs that take keys and draw themselves: they never send messages and
// never act. Only the manager's screen, a part too, asks for what it needs itself. The package imports pos and nothing else of ours, so a screen can
// neither charge behind the till's back nor invent a second truth; it reads no
// clock but the till's and no environment, and starts no goroutine but through
// a tea.Cmd.
//
// How a key travels. Every character goes to the splitter first (scan.go). It
// keeps the digits, tells scans from keyed amounts and says what it heard; what
// that means is decided in one place, by the step of the sale in front
// (counter.go). Everything else is a key and goes to the question, the help page
// or the counter, whichever is on top (input.go, keys.go).
//
// How a sale reaches the screen. The till announces that something has changed;
// a watcher turns that into a message, and the screen reads the newest values
// (watch.go). A slow terminal misses frames and never facts. What is shown of an
// attempt is decided in panel.go from a pos.Attempt alone.
//
// The manager's screen (review.go) lies over the counter, or stands alone and
// read-only in Manager (manager.go). It is a stack of pages over one of four tabs;
// whichever is on top takes the keys (review_keys.go). It reads pos.Books in
// commands of which only the newest of each kind counts, and acts through a
// pos.Office or not at all. A sale is told in review_story.go, a closing printed in
// closing.go, and card.go is what a customer is shown.
//
// Every sentence is in the catalogue (locale/, one file a language). Characters
// that some terminals draw two cells wide ("·", "─", "█" in a Chinese or
// Japanese locale) are replaced there by ones that are always one cell
// (look.go). Widths come from x/ansi; go-runewidth, which changes with the
// locale, is not used.
//
// The bell is part of the frame (bell.go). Text that was not written by us is
// shown through clean (clean.go) and in no other way.
package ui
