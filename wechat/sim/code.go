package sim

import (
	"fmt"
	"strconv"
)

// AuthCode makes a fresh payment code, as a customer's phone would show it: 18
// digits, prefix 10 to 15, good for one submission within one minute. It never
// ends in 8 or 9, the digits that have a meaning for amount 30.
func (g *Gateway) AuthCode() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		g.codes++
		dice := g.stream("code", strconv.Itoa(g.codes))
		code := fmt.Sprintf("1%d%015d%d", dice.IntN(6), dice.Int64N(1_000_000_000_000_000), dice.IntN(8))
		if _, known := g.book.issued[code]; !known && !g.book.spent[code] {
			g.book.issued[code] = g.config.Now()
			return code
		}
	}
}
