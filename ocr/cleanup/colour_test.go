package cleanup

import (
	"image"
	"image/color"
	"testing"

	"sohoa/ocr/decode"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
)

// red is the ink of stamps and of the titles of cards.
var red = color.RGBA{R: 205, G: 35, B: 45, A: 255}

// inked draws a gray page in a colour on another picture: darkness is ink.
func inked(to *image.RGBA, page *image.Gray, ink color.RGBA) {
	for i, v := range page.Pix {
		if v >= 250 {
			continue
		}
		mix := func(c uint8) uint8 { return uint8((int(c)*(255-int(v)) + 255*int(v)) / 255) }
		copy(to.Pix[4*i:], []byte{mix(ink.R), mix(ink.G), mix(ink.B), 255})
	}
}

// ring draws a seal: two circles and a line of print inside.
func ring(t *testing.T, page *image.Gray, middle image.Point, radius int) {
	t.Helper()
	for y := -radius; y <= radius; y++ {
		for x := -radius; x <= radius; x++ {
			if d := x*x + y*y; d < radius*radius && d > (radius-8)*(radius-8) {
				page.SetGray(middle.X+x, middle.Y+y, color.Gray{})
			}
		}
	}
	drawn.Text(t, page, "XÃ ĐÔNG THẠNH", drawn.Size{Points: 8, DPI: testDPI}, middle.Sub(image.Pt(radius*3/4, 0)))
}

func colourPage(t *testing.T, black, stamped *image.Gray) *decode.Picture {
	t.Helper()
	page := image.NewRGBA(black.Rect)
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	inked(page, black, color.RGBA{A: 255})
	inked(page, stamped, red)
	rows := make([]byte, 0, 3*len(black.Pix))
	for i := 0; i < len(page.Pix); i += 4 {
		rows = append(rows, page.Pix[i:i+3]...)
	}
	p := picture(t, black)
	p.Pix.Close()
	pix, err := lept.New(black.Rect.Dx(), black.Rect.Dy(), 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := pix.SetRows(rows, 3*black.Rect.Dx(), 3); err != nil {
		t.Fatal(err)
	}
	p.Pix = pix
	return p
}

// darkest is the darkest value of a rectangle of the page that is read.
func darkest(t *testing.T, page *Page, r image.Rectangle) uint8 {
	t.Helper()
	cut, err := page.Sample(lept.Box{X: r.Min.X, Y: r.Min.Y, W: r.Dx(), H: r.Dy()}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer cut.Close()
	for v, n := range cut.Histogram() {
		if n > 0 {
			return uint8(v)
		}
	}
	return 255
}

// TestRedSealGoesRedPrintStays: a seal vanishes for reading, a serial in red on
// the same page does not, and a page printed in red is read with all that is
// on it, whichever way it lies.
func TestRedSealGoesRedPrintStays(t *testing.T) {
	black := drawn.Page(t, testDPI)
	size := black.Rect.Size()
	seal := drawn.Blank(size.X, size.Y)
	ring(t, seal, image.Pt(900, 1400), 140)
	serial := drawn.Blank(size.X, size.Y)
	copy(serial.Pix, seal.Pix)
	drawn.Text(t, serial, "CĐ 01234567", drawn.Size{Points: 14, DPI: testDPI}, image.Pt(150, 1500))
	title := drawn.PageOf(t, testDPI, []string{"", "", "", "", "", "", "", "", "", "", "", "", "CĂN CƯỚC CÔNG DÂN", "Nguyễn Thị Hường"})
	ring(t, title, image.Pt(900, 1400), 40)
	sealAt, serialAt := image.Rect(750, 1250, 1050, 1550), image.Rect(140, 1455, 480, 1510)

	const ink, paper = 130, 190
	if page := straighten(t, colourPage(t, black, seal)); darkest(t, page, sealAt) < paper {
		t.Errorf("the seal is still there: %d", darkest(t, page, sealAt))
	}
	page := straighten(t, colourPage(t, black, serial))
	if darkest(t, page, sealAt) < paper || darkest(t, page, serialAt) > ink {
		t.Errorf("seal %d, serial %d", darkest(t, page, sealAt), darkest(t, page, serialAt))
	}
	if page := straighten(t, colourPage(t, black, title)); darkest(t, page, image.Rect(100, 880, 1000, 1100)) > ink {
		t.Errorf("the red title is gone")
	}
	blackSide, _ := drawn.Quarter(black, 90)
	serialSide, _ := drawn.Quarter(serial, 90)
	if page := straighten(t, colourPage(t, blackSide, serialSide)); darkest(t, page, serialAt) > ink {
		t.Errorf("lying on its side, the serial is gone: %d", darkest(t, page, serialAt))
	}
}
