package cleanup

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"sohoa/ocr/decode"
	"sohoa/ocr/internal/drawn"
)

// stamped draws a seal of 36 mm in a gray on a page, under its print: two rings
// and its office in small capitals.
func stamped(t *testing.T, page *image.Gray, middle image.Point, gray uint8) {
	t.Helper()
	under := drawn.Blank(page.Rect.Dx(), page.Rect.Dy())
	for _, radius := range []float64{18, 16} {
		r := radius / 25.4 * testDPI
		for a := 0.0; a < 2*math.Pi; a += 1 / (4 * r) {
			for d := -2.0; d <= 2; d += 0.5 {
				under.SetGray(middle.X+int((r+d)*math.Cos(a)), middle.Y+int((r+d)*math.Sin(a)), color.Gray{})
			}
		}
	}
	drawn.Text(t, under, "XÃ ĐÔNG", drawn.Size{Points: 9, DPI: testDPI}, middle.Add(image.Pt(-70, 70)))
	for i, v := range under.Pix {
		if v < 128 {
			page.Pix[i] = min(page.Pix[i], gray)
		}
	}
}

// TestGraySealGoesPrintStays: a seal lighter than print vanishes for reading
// and from the ink, the name across it does not, whichever way the page lies; of
// a seal as dark as print what may be print stays.
func TestGraySealGoesPrintStays(t *testing.T) {
	middle := image.Pt(800, 1400)
	name := image.Rect(600, 1380, 900, 1412)
	seal := image.Rect(650, 1430, 950, 1550)
	draw := func(gray uint8) *image.Gray {
		page := drawn.Page(t, testDPI)
		drawn.Text(t, page, "Nguyễn Thị Hường", drawn.Size{Points: 13, DPI: testDPI}, image.Pt(600, 1410))
		stamped(t, page, middle, gray)
		return page
	}
	clean := straighten(t, picture(t, draw(255)))
	check := func(lies string, got *Page) {
		t.Helper()
		if d := darkest(t, got, name); d > 60 {
			t.Errorf("%s: the name under the seal is gone: %d", lies, d)
		}
		if d := darkest(t, got, seal); d < 190 {
			t.Errorf("%s: the seal is still there: %d", lies, d)
		}
		if a, b := got.Ink.Black(), clean.Ink.Black(); math.Abs(float64(a-b)) > 0.02*float64(b) {
			t.Errorf("%s: %d pixels of ink, without the seal %d", lies, a, b)
		}
	}
	for _, turn := range []int{0, 90, 180, 270} {
		page, _ := drawn.Quarter(draw(150), turn)
		check(fmt.Sprintf("turned by %d", turn), straighten(t, picture(t, page)))
	}
	for _, tag := range []decode.Orientation{3, 5, 6, 8} {
		check(fmt.Sprintf("tag %d", tag), straighten(t, stored(t, draw(150), tag)))
	}
	if d := darkest(t, straighten(t, picture(t, draw(30))), seal); d > 60 {
		t.Errorf("a seal as dark as print was painted over: %d", d)
	}
}

// stored is a page as a file with the tag has it: turned back, then mirrored.
func stored(t *testing.T, upright *image.Gray, tag decode.Orientation) *decode.Picture {
	t.Helper()
	mirrored, degrees := tag.Turn()
	page, _ := drawn.Quarter(upright, (360-degrees)%360)
	if mirrored {
		page = mirror(page)
	}
	p := picture(t, page)
	p.Orientation = tag
	return p
}
