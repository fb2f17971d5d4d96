package ui

// The smallest window (design 7).
const (
	leastWidth  = 80
	leastHeight = 24
)

// layout is the rectangles of the screen, computed once for each size: a line
// for the head, a rule, the body in two columns, a rule, a line for the keys.
type layout struct {
	width, height int
	body          int // lines between the rules
	left, side    int // cells of the columns, margins not counted
	small         bool
}

// margin is the space at both edges and, doubled, between the columns.
const margin = 1

func newLayout(width, height int) layout {
	side := min(28+max(width-leastWidth, 0)/10, 40)
	return layout{
		width: width, height: height,
		body:  max(height-4, 0),
		side:  side,
		left:  width - side - 6*margin,
		small: width < leastWidth || height < leastHeight,
	}
}
