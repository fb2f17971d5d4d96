package ui

import "time"

// pulse is how long a stroke of the bell stands in the frame, and the pause
// after it: longer than a frame at 120 per second, however busy the terminal is.
const pulse = 160 * time.Millisecond

// bell rings by standing in the frame. A BEL written past the renderer could
// land inside an escape sequence; one that is part of a line is sent with that
// line and with it alone, when the line changes. A terminal knows no long tone:
// two strokes mean paid, one means everything else.
type bell struct {
	beats int // strokes and pauses still to come; odd: a stroke
	seq   int
}

// bellMsg ends a stroke or a pause of a bell: the counter and the manager's screen have one each.
type bellMsg struct {
	of  *bell
	seq int
}

// Strokes of the bell (design 7).
const (
	bellPaid = 2
	bellElse = 1
)

// Ring begins strokes, in place of any that still sound: at once, or after a
// pause if a stroke stands already, which would not sound again by staying.
func (b *bell) Ring(strokes int) { b.beats, b.seq = 2*strokes-1+b.beats%2, b.seq+1 }

// Beat goes on to the next beat and reports whether there is one.
func (b *bell) Beat() bool {
	b.beats = max(b.beats-1, 0)
	return b.beats > 0
}

// Frame is what the current beat adds to the frame.
func (b *bell) Frame() string {
	if b.beats%2 == 1 {
		return "\a"
	}
	return ""
}
