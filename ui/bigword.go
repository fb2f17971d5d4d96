package ui

import "strings"

// letters are five rows high. The big words of every language are spelled with
// them: block letters exist for no other script.
var letters = map[rune][5]string{
	' ': {"  ", "  ", "  ", "  ", "  "},
	'A': {" ### ", "#   #", "#####", "#   #", "#   #"},
	'D': {"#### ", "#   #", "#   #", "#   #", "#### "},
	'E': {"#####", "#    ", "#### ", "#    ", "#####"},
	'H': {"#   #", "#   #", "#####", "#   #", "#   #"},
	'I': {"###", " # ", " # ", " # ", "###"},
	'K': {"#   #", "#  # ", "###  ", "#  # ", "#   #"},
	'L': {"#    ", "#    ", "#    ", "#    ", "#####"},
	'N': {"#   #", "##  #", "# # #", "#  ##", "#   #"},
	'O': {" ### ", "#   #", "#   #", "#   #", " ### "},
	'P': {"#### ", "#   #", "#### ", "#    ", "#    "},
	'R': {"#### ", "#   #", "#### ", "#  # ", "#   #"},
	'T': {"#####", "  #  ", "  #  ", "  #  ", "  #  "},
	'V': {"#   #", "#   #", "#   #", " # # ", "  #  "},
}

// bigWord spells word in block letters, as large as width and height allow, or
// returns nil when it does not fit at all.
func bigWord(word string, width, height int, block string) []string {
	rows := spell(word)
	wide := min(width/len(rows[0]), 3)
	tall := min(height/len(rows), wide, 2)
	wide = min(wide, tall+1)
	if tall < 1 || wide < 1 {
		return nil
	}
	var lines []string
	for _, row := range rows {
		line := strings.TrimRight(stretch(row, wide), " ")
		for range tall {
			lines = append(lines, strings.ReplaceAll(line, "#", block))
		}
	}
	return lines
}

// spell sets a word in letters, one column apart.
func spell(word string) [5]string {
	var rows [5]string
	for i, r := range word {
		for y := range rows {
			if i > 0 {
				rows[y] += " "
			}
			rows[y] += letters[r][y]
		}
	}
	return rows
}

// stretch repeats every character of a row.
func stretch(row string, times int) string {
	var b strings.Builder
	for _, r := range row {
		b.WriteString(strings.Repeat(string(r), times))
	}
	return b.String()
}
