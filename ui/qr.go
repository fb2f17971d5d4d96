package ui

import "rsc.io/qr"

// quietZone is the light border around a code, in modules. The standard asks for
// 4, which a small window does not have; phones read 2.
const quietZone = 2

// QR draws a code that a phone can scan, for light characters on a dark ground:
// two modules a character, one above the other, or in ASCII two characters a module.
func QR(text string, ascii bool) ([]string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil, err
	}
	light := func(x, y int) bool { return y < code.Size+quietZone && !code.Black(x, y) }
	var rows []string
	for y := -quietZone; y < code.Size+quietZone; y += 2 {
		upper, lower, row := "", "", ""
		for x := -quietZone; x < code.Size+quietZone; x++ {
			up, down := light(x, y), light(x, y+1)
			upper, lower = upper+wide(up), lower+wide(down)
			row += half(up, down)
		}
		if ascii {
			rows = append(rows, upper, lower)
		} else {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// half is two modules, one above the other.
func half(up, down bool) string {
	switch {
	case up && down:
		return "█"
	case up:
		return "▀"
	case down:
		return "▄"
	}
	return " "
}

// wide is one module in ASCII.
func wide(light bool) string {
	if light {
		return "##"
	}
	return "  "
}
