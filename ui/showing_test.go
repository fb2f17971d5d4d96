package ui

import (
	"image"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"cashier/pos"
)

// scanned reads a QR code from lines of text as a phone reads it from a screen
// with light characters on a dark ground.
func scanned(t *testing.T, rows []string, ascii bool) string {
	t.Helper()
	const module = 4
	high := 2 * module
	if ascii {
		high = module
	}
	wide := 0
	for _, row := range rows {
		wide = max(wide, len([]rune(row)))
	}
	img := image.NewGray(image.Rect(0, 0, module*(wide+8), high*(len(rows)+8)))
	for y, row := range rows {
		for x, r := range []rune(row) {
			for dy := range high {
				upper := dy < high/2
				if r == '█' || r == '#' || upper && r == '▀' || !upper && r == '▄' {
					for dx := range module {
						px := x
						if ascii {
							px = x / 2
						}
						img.SetGray(module*(px+4)+dx, high*(y+4)+dy, color.Gray{Y: 255})
					}
				}
			}
		}
	}
	for y := range img.Bounds().Dy() { // the phone sees the light border that the standard wants around it
		for x := range img.Bounds().Dx() {
			if y < 4*high || y >= high*(len(rows)+4) {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("%v:\n%s", err, strings.Join(rows, "\n"))
	}
	return found.GetText()
}

// Whatever code_url is (String(64)), the code can be scanned from the text alone.
func TestQR_DecodesFromItsOwnText(t *testing.T) {
	for _, url := range []string{fakeURL, "weixin://wxpay/bizpayurl/up?pr=NwY5Mz9&groupid=00", "https://" + strings.Repeat("x", 56), "w"} {
		for _, ascii := range []bool{false, true} {
			rows, err := QR(url, ascii)
			if err != nil {
				t.Fatal(err)
			}
			if got := scanned(t, rows, ascii); got != url {
				t.Errorf("ascii %v: %q is read as %q", ascii, url, got)
			}
		}
	}
}

// Issue: it must decode from the screen's own text, in the smallest window, with
// colours and without.
func TestShowing_DecodesFromTheScreen(t *testing.T) {
	for _, colour := range []bool{false, true} {
		inBubble(t, deskWith{options: func(o *Options) { o.Color = colour }}, func(d *desk) {
			d.send(tea.WindowSizeMsg{Width: leastWidth, Height: leastHeight})
			d.showCode("12.50")
			rows := strings.Split(ansi.Strip(strings.ReplaceAll(d.m.View(), "\a", "")), "\n")
			if len(rows) > leastHeight {
				t.Errorf("%d rows", len(rows))
			}
			var code []string
			for _, row := range rows[2:19] {
				code = append(code, string([]rune(row)[3:36]))
			}
			if got := scanned(t, code, false); got != fakeURL {
				t.Errorf("colour %v: read as %q", colour, got)
			}
		})
	}
}

// Keys of the story: c behind an amount that stands, or is keyed; not without
// one, not while a sale is open, not for one that is paid; and it is a sale.
func TestShowing_IsPaid(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.burst("c")
		d.wait(time.Second)
		if _, sent := d.gateway.counts(); sent != 0 {
			t.Error("a code without an amount")
		}
		d.hand("12.50")
		d.press(tea.KeyEnter)
		d.wait(time.Second)
		d.burst("c")
		d.wait(10 * time.Second)
		a := d.m.sale.attempt
		if _, sent := d.gateway.counts(); sent != 1 || a.State != pos.Paid || a.Method != pos.Native || a.Attention != "" {
			t.Errorf("%d sent, %+v", sent, a.Summary)
		}
		d.burst("c")
		d.wait(time.Second)
		if _, sent := d.gateway.counts(); sent != 1 {
			t.Error("a second code for a sale that is paid")
		}
	})
}

// Behind a code that was closed the same sale may show another one; a scan works too.
func TestShowing_AgainIsTheSameSale(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.showCode("0.33")
		d.wait(60 * time.Second)
		first := d.m.sale.attempt
		d.burst("c")
		d.wait(2 * time.Second)
		second := d.m.sale.attempt
		if first.State != pos.Revoked || second.Sale != first.Sale || second.Number != 2 || second.CodeURL() == "" {
			t.Errorf("%+v\n%+v", first.Summary, second.Summary)
		}
	})
}

// An order that is closed is cancelled, also where the close has to be sent once
// more: the key is named as in the line at the bottom, and "revoke" promises
// money back, which a close does not give.
func TestShowing_CancelsAgain(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.showCode("0.40")
		d.burst("r")
		d.wait(time.Second)
		d.burst("y")
		d.wait(time.Second)
		d.sees("Closing the order, try 1.")
		d.sees("[r] Cancel by itself in")
		d.seesNot("Revoke")
	})
}

// Design 3.12: who leaves takes the code away, so it is closed.
func TestShowing_LeavingCloses(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.showCode("0.33")
		no := d.m.sale.attempt.OrderNo
		d.send(tea.KeyMsg{Type: tea.KeyCtrlC})
		d.wait(time.Second)
		d.send(tea.KeyMsg{Type: tea.KeyCtrlC})
		d.wait(5 * time.Second)
		if a, _ := d.till.Attempt(no); a.State != pos.Revoked || a.Reason != pos.ReasonCashier {
			t.Errorf("%+v", a.Summary)
		}
	})
}

// A scan while the code is shown is refused aloud and charges nothing; an amount
// that is none shows nothing; ASCII that does not fit says so.
func TestShowing_Refusals(t *testing.T) {
	inBubble(t, deskWith{}, func(d *desk) {
		d.showCode("0.33")
		d.scan(aCode)
		d.wait(time.Second)
		if _, sent := d.gateway.counts(); sent != 1 || !strings.Contains(d.m.View(), "This sale is still open.") {
			t.Errorf("%d sent:\n%s", sent, d.m.View())
		}
	})
	inBubble(t, deskWith{}, func(d *desk) {
		d.showCode("1.505")
		if _, sent := d.gateway.counts(); sent != 0 || d.m.sale.step() != stepAmount {
			t.Errorf("%d sent", sent)
		}
	})
	inBubble(t, deskWith{options: func(o *Options) { o.ASCII = true }}, func(d *desk) {
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		d.showCode("0.33")
		if _, sent := d.gateway.counts(); sent != 0 || !strings.Contains(d.m.View(), "make it larger") {
			t.Errorf("%d sent:\n%s", sent, d.m.View())
		}
		d.send(tea.WindowSizeMsg{Width: 120, Height: 50})
		d.burst("c")
		d.wait(time.Second)
		if view := d.m.View(); !strings.Contains(view, "####") {
			t.Error(view)
		}
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		if view := d.m.View(); !strings.Contains(view, "make it larger") || strings.Contains(view, "####") {
			t.Error(view)
		}
	})
	inBubble(t, deskWith{}, func(d *desk) {
		d.send(tea.WindowSizeMsg{Width: 60, Height: 14})
		d.showCode("0.33")
		if _, sent := d.gateway.counts(); sent != 0 {
			t.Error("a code that nobody can see")
		}
	})
}
