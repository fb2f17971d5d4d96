package cli

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// screen is a terminal of 80x24 and the eyes before it. Bubble Tea writes a
// frame in one piece from the top left corner, a line feed for each line, and
// skips the lines that stand already.
type screen struct {
	mu      sync.Mutex
	rows    [24]string
	strokes []time.Time // of the bell
	now     sight
	watcher func(sight) // told each time that the amount or the word in front changes
}

func newScreen() *screen { return &screen{watcher: func(sight) {}} }

const home = "\x1b[H"

// Write draws.
func (s *screen) Write(p []byte) (int, error) {
	if frame, isFrame := strings.CutPrefix(string(p), home); isFrame { // else cursor, modes, the alternative screen
		if now, changed := s.draw(frame); changed {
			s.watcher(now)
		}
	}
	return len(p), nil
}

// draw paints a frame and reports whether amount or word in front have changed.
func (s *screen) draw(frame string) (now sight, changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, line := range strings.Split(frame, "\n") {
		text := ansi.Strip(line)
		for range strings.Count(text, "\a") {
			s.strokes = append(s.strokes, time.Now())
		}
		if text = strings.ReplaceAll(text, "\a", ""); text != "" && i < len(s.rows) {
			s.rows[i] = strings.TrimRight(text, "\r")
		}
	}
	before := s.now
	s.now = see(s.rows)
	changed = s.now.word != before.word || s.now.amount != before.amount
	if !changed {
		s.now.since = before.since
	}
	return s.now, changed
}

// sight is what stands on the screen now.
func (s *screen) sight() sight {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// rang is how often the bell was struck since.
func (s *screen) rang(since time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, stroke := range s.strokes {
		if !stroke.Before(since) {
			n++
		}
	}
	return n
}

// String is the screen as it stands.
func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.rows[:], "\n")
}

// The words that the cashier goes by.
const (
	wordPaid    = "PAID"
	wordNotPaid = "NOT PAID"
	wordRevoked = "REVOKED"
	wordHold    = "HOLD"
	wordAsking  = "ASKING"
)

// sight is what a cashier reads.
type sight struct {
	since  time.Time // when amount and word have come
	amount string    // of the sale in front: "12.50"
	word   string    // of its state; empty before there is one
	big    string    // the same word in block letters; empty when there are none
	code   string    // what the customer scans, as it is drawn; empty when no code is shown
	front  string    // everything about the sale in front
	side   string    // the lists
	said   string    // the lowest lines: questions, refusals, news
	foot   string    // the keys that are offered
}

// verdict reports whether the sale in front is over.
func (s sight) verdict() bool {
	return s.word == wordPaid || s.word == wordNotPaid || s.word == wordRevoked
}

// open reports whether nobody knows yet.
func (s sight) open() bool { return s.word == wordHold || s.word == wordAsking }

// asks reports whether a question waits for y or n.
func (s sight) asks() bool { return strings.Contains(s.foot, "y yes") }

// wantsCode reports whether the amount stands and the code is to be scanned.
func (s sight) wantsCode() bool { return strings.Contains(s.front, "Scan the customer's payment code") }

// empty reports whether the counter is free for the next customer.
func (s sight) empty() bool {
	return strings.Contains(s.front, "Key the amount, press") && s.amount == ""
}

// Where things stand at 80x24: a head and a rule above, a rule and the keys
// below, and the lowest three lines between the rules are for messages.
const (
	bodyFrom, bodyTo = 2, 22
	messageRows      = 3
	leftFrom, leftTo = 3, 49
	rightTo          = 80
)

// see reads the rows.
func see(rows [24]string) sight {
	s := sight{since: time.Now(), foot: rows[len(rows)-1]}
	left := s.takeApart(rows[bodyFrom:bodyTo])
	s.front = strings.Join(left, "\n")
	for _, row := range left {
		if amount, ok := strings.CutPrefix(row, amountLabel); ok {
			s.amount = strings.TrimRight(amount, "▏ ")
		}
		if _, word, ok := strings.Cut(row, " "); ok && slices.Contains([]string{wordPaid, wordNotPaid, wordRevoked, wordHold, wordAsking}, word) {
			s.word = word
		}
	}
	s.big = readBig(left)
	return s
}

// amountLabel stands where the sale in front begins.
const amountLabel = "Amount   HKD "

// takeApart reads what stands beside the sale in front, and returns the rows of
// the sale. While a code is shown it takes the lists' place, and what the till
// has to say stands at the end of the sale's own rows.
func (s *sight) takeApart(body []string) (front []string) {
	row, from := beginning(body)
	if from <= leftFrom {
		lists := body[:len(body)-messageRows]
		s.side = strings.Join(cells(lists, leftTo, rightTo), "\n")
		s.said = strings.TrimSpace(strings.Join(body[len(lists):], "\n"))
		return cells(lists, leftFrom, leftTo)
	}
	s.code = strings.TrimSpace(strings.Join(cells(body[row:], leftFrom, from), "\n")) // a banner may stand above
	front = cells(body, from, rightTo)
	end := len(front)
	for end > 0 && front[end-1] != "" {
		end--
	}
	s.said = strings.Join(front[end:], "\n")
	return front[:end]
}

// beginning is the row and the column in which the sale in front begins.
func beginning(body []string) (row, column int) {
	for i, row := range body {
		if before, _, found := strings.Cut(row, amountLabel); found {
			return i, len([]rune(before))
		}
	}
	return 0, leftFrom
}

// cells are the rows between two columns, without the spaces around them.
func cells(rows []string, from, to int) (cut []string) {
	for _, row := range rows {
		all := []rune(row)
		cut = append(cut, strings.TrimSpace(string(all[min(from, len(all)):min(to, len(all))])))
	}
	return cut
}

// blockLetters are the big words as a person knows them.
var blockLetters = map[string]string{
	wordPaid: `
####   ###  ### ####
#   # #   #  #  #   #
####  #####  #  #   #
#     #   #  #  #   #
#     #   # ### ####`,
	wordNotPaid: `
#   #  ###  #####    ####   ###  ### ####
##  # #   #   #      #   # #   #  #  #   #
# # # #   #   #      ####  #####  #  #   #
#  ## #   #   #      #     #   #  #  #   #
#   #  ###    #      #     #   # ### ####`,
	wordRevoked: `
####  ##### #   #  ###  #   # ##### ####
#   # #     #   # #   # #  #  #     #   #
####  ####  #   # #   # ###   ####  #   #
#  #  #      # #  #   # #  #  #     #   #
#   # #####   #    ###  #   # ##### ####`,
	wordHold: `
#   #  ###  #     ####
#   # #   # #     #   #
##### #   # #     #   #
#   # #   # #     #   #
#   #  ###  ##### ####`,
}

// readBig spells the block letters out: "" when there are none, "?" when they
// are no word that a cashier knows. They are one to three cells wide and one or
// two rows high.
func readBig(rows []string) string {
	var block []string
	for _, row := range rows {
		if row != "" && strings.Trim(row, "█ ") == "" {
			block = append(block, row)
		}
	}
	if len(block) == 0 {
		return ""
	}
	for wide := 1; wide <= 3; wide++ {
		var small strings.Builder
		for i := 0; i < len(block); i += max(len(block)/5, 1) {
			small.WriteByte('\n')
			for j, cell := range []rune(block[i]) {
				if j%wide == 0 {
					small.WriteRune(cell)
				}
			}
		}
		for word, letters := range blockLetters {
			if strings.ReplaceAll(small.String(), "█", "#") == letters {
				return word
			}
		}
	}
	return "?"
}
