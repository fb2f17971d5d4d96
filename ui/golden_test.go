package ui

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cashier/pos"
)

var update = flag.Bool("update", false, "rewrite the golden screens; then look at the difference")

// screens are all the ways the counter can look.
var screens = map[string]func(d *desk){
	"empty":   func(d *desk) {},
	"amount":  func(d *desk) { d.hand("12.50") },
	"held":    func(d *desk) { d.scan(aCode); d.wait(3 * time.Second) },
	"code":    func(d *desk) { d.hand("12.50"); d.press(tea.KeyEnter) },
	"asking":  func(d *desk) { d.sell("12.50") },
	"paid":    func(d *desk) { d.sell("12.50"); d.wait(time.Second) },
	"hold":    func(d *desk) { d.sell("0.30"); d.wait(5 * time.Second) },
	"silent":  func(d *desk) { d.sell("0.33"); d.wait(20 * time.Second) },
	"foreign": func(d *desk) { d.sell("0.45"); d.wait(20 * time.Second) },
	"ready":   func(d *desk) { d.sell("0.40"); d.wait(16 * time.Second) },
	"question": func(d *desk) {
		d.sell("0.40")
		d.wait(16 * time.Second)
		d.burst("r")
		d.wait(time.Second)
	},
	"again": func(d *desk) {
		d.sell("0.40")
		d.wait(16 * time.Second)
		d.burst("r")
		d.wait(armAfter)
		d.burst("y")
		d.wait(2*time.Second - armAfter)
	},
	"checking": func(d *desk) {
		d.sell("0.33")
		d.wait(16 * time.Second)
		d.burst("r")
		d.wait(armAfter)
		d.burst("y")
		d.wait(time.Second - armAfter)
	},
	"showing": func(d *desk) { d.showCode("12.50"); d.wait(time.Second) },
	"paying":  func(d *desk) { d.showCode("0.30"); d.wait(5 * time.Second) },
	"showing_question": func(d *desk) {
		d.showCode("0.33")
		d.wait(2 * time.Second)
		d.burst("r")
		d.wait(time.Second)
	},
	"closing": func(d *desk) {
		d.showCode("0.33")
		d.wait(2 * time.Second)
		d.burst("r")
		d.wait(armAfter)
		d.burst("y")
		d.wait(time.Second)
	},
	"closed":   func(d *desk) { d.showCode("0.33"); d.wait(60 * time.Second) },
	"no_code":  func(d *desk) { d.showCode("0.31"); d.wait(10 * time.Second) },
	"revoked":  func(d *desk) { d.sell("0.33"); d.wait(70 * time.Second) },
	"declined": func(d *desk) { d.sell("0.42"); d.wait(time.Second) },
	"not_sent": func(d *desk) { d.sell("0.08"); d.wait(time.Second) },
	"evil":     func(d *desk) { d.sell("6.66"); d.wait(time.Second) },
	"parked": func(d *desk) {
		d.sell("0.40")
		d.wait(time.Second)
		d.burst("n")
		d.sell("0.30")
		d.wait(2 * time.Second)
		d.burst("n")
		d.hand("8")
	},
	"away": func(d *desk) {
		d.sell("0.30")
		d.wait(time.Second)
		d.burst("n")
		d.wait(8 * time.Second)
	},
	"seen": func(d *desk) {
		d.sell("0.30")
		d.wait(time.Second)
		d.burst("n")
		d.wait(8 * time.Second)
		d.burst("a")
	},
	"refused": func(d *desk) { d.sell("12.50"); d.wait(time.Second); d.scan(aCode2) },
	"alipay":  func(d *desk) { d.hand("12.50"); d.scan(alipay) },
	"leave":   func(d *desk) { d.sell("0.30"); d.wait(time.Second); d.send(tea.KeyMsg{Type: tea.KeyCtrlC}) },
	"help":    func(d *desk) { d.burst("?") },
	"trouble": func(d *desk) {
		d.sell("12.50")
		d.wait(time.Second)
		d.press(tea.KeyEnter)
		d.journal.mu.Lock()
		d.journal.fail = errors.New("disk full")
		d.journal.mu.Unlock()
		d.sell("8")
	},
}

func TestScreens(t *testing.T) {
	for name, script := range screens {
		for _, lang := range []string{"en", "zh-Hans"} {
			for _, size := range [][2]int{{80, 24}, {120, 40}} {
				file := fmt.Sprintf("%s.%s.%dx%d", name, lang, size[0], size[1])
				t.Run(file, func(t *testing.T) { screen(t, file, lang, size[0], size[1], script) })
			}
		}
	}
	for _, lang := range []string{"zh-Hant", "ja"} {
		t.Run(lang, func(t *testing.T) { screen(t, "hold."+lang+".80x24", lang, 80, 24, screens["hold"]) })
	}
	for _, lang := range []string{"zh-Hant", "ja"} {
		t.Run(lang, func(t *testing.T) { screen(t, "showing."+lang+".80x24", lang, 80, 24, screens["showing"]) })
	}
	t.Run("small", func(t *testing.T) { screen(t, "small.en.60x14", "en", 60, 14, screens["hold"]) })
	t.Run("small question", func(t *testing.T) { screen(t, "small_question.en.60x14", "en", 60, 14, screens["question"]) })
	t.Run("tiny", func(t *testing.T) { screen(t, "small.en.12x3", "en", 12, 3, screens["hold"]) })
}

func screen(t *testing.T, file, lang string, width, height int, script func(*desk)) {
	practice := func(p *pos.Policy) { p.Practice = file[:4] == "help" || file[:4] == "smal" }
	inBubble(t, deskWith{policy: practice, options: func(o *Options) { o.Language = lang }}, func(d *desk) {
		d.send(tea.WindowSizeMsg{Width: width, Height: height})
		d.wait(time.Millisecond)
		script(d)
		frame := strings.ReplaceAll(d.m.View(), "\a", "")
		fits(t, frame, width, height)
		golden(t, file, frame)
	})
}

// fits checks what the renderer would do in silence: cut lines off.
func fits(t *testing.T, frame string, width, height int) {
	t.Helper()
	rows := strings.Split(frame, "\n")
	if full := width >= leastWidth && height >= leastHeight; full && len(rows) != height || len(rows) > height {
		t.Errorf("%d lines in a window of %d", len(rows), height)
	}
	for i, row := range rows {
		if n := ansi.StringWidth(row); n > width {
			t.Errorf("line %d has %d cells in a window of %d: %q", i+1, n, width, row)
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	rows := strings.Split(got, "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	got = strings.Join(rows, "\n") + "\n"
	path := filepath.Join("testdata", file+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s has changed; got\n%s\nwant\n%s", path, got, want)
	}
}

func TestASCIIScreen(t *testing.T) {
	ascii := func(o *Options) { o.ASCII = true }
	inBubble(t, deskWith{options: ascii}, func(d *desk) {
		screens["question"](d)
		frame := strings.ReplaceAll(d.m.View(), "\a", "")
		if i := strings.IndexFunc(frame, func(r rune) bool { return r > '~' }); i >= 0 {
			t.Errorf("the frame has %q", frame[i:i+4])
		}
		golden(t, "question.ascii.80x24", frame)
	})
}

// Sixteen colours, and only ones that a theme defines; none with NO_COLOR.
func TestColors(t *testing.T) {
	sgr := regexp.MustCompile("\x1b\\[([0-9;]*)m")
	for _, color := range []bool{true, false} {
		inBubble(t, deskWith{options: func(o *Options) { o.Color = color }}, func(d *desk) {
			d.sell("0.40")
			d.wait(16 * time.Second)
			used := sgr.FindAllStringSubmatch(d.m.View(), -1)
			if color != (len(used) > 0) {
				t.Errorf("color %v: %d sequences", color, len(used))
			}
			for _, u := range used {
				for _, n := range strings.Split(u[1], ";") {
					if !regexp.MustCompile("^(|0|1|2|3[0-7]|4[0-7])$").MatchString(n) {
						t.Errorf("the screen uses SGR %q", u[1])
					}
				}
			}
			fits(t, d.m.View(), 80, 24)
		})
	}
}
