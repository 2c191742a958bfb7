package unread_test

import (
	"image"
	"image/draw"
	"testing"

	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/unread"
)

// dots draws a dotted leader.
func dots(page *image.Gray, from, to, y int) {
	for x := from; x < to; x += 7 {
		fill(page, image.Rect(x, y, x+2, y+2))
	}
}

func fill(page *image.Gray, r image.Rectangle) {
	draw.Draw(page, r, image.Black, image.Point{}, draw.Src)
}

// write draws letters a hand might: strokes that rise and fall.
func write(page *image.Gray, at image.Point, letters int) {
	for i := range letters {
		for k := range 16 {
			x := at.X + i*14 + k/2
			fill(page, image.Rect(x, at.Y+k, x+3, at.Y+k+3))
			fill(page, image.Rect(x, at.Y+16-k, x+3, at.Y+19-k))
		}
	}
}

// TestFind draws a form at the resolution that is measured on: of two lines one is
// filled in by hand. Print that is in words, leaders, rules, a frame and a speck are
// no writing.
func TestFind(t *testing.T) {
	page := drawn.Blank(1000, 600)
	size := drawn.Size{Points: 13, DPI: measure.DPI}
	drawn.Text(t, page, "Họ và tên:", size, image.Pt(100, 200))
	drawn.Text(t, page, "Ngày sinh: 02/03/1985", size, image.Pt(100, 260))
	dots(page, 230, 700, 202)
	dots(page, 330, 700, 262)
	write(page, image.Pt(240, 180), 9)
	fill(page, image.Rect(90, 300, 800, 302))
	fill(page, image.Rect(500, 400, 504, 403))
	words := []lept.Box{{X: 98, Y: 178, W: 118, H: 30}, {X: 98, Y: 238, W: 240, H: 30}}

	ink := blackOf(t, page)
	defer ink.Close()
	found, err := unread.Find(ink, words)
	if err != nil || len(found) != 1 {
		t.Fatalf("found %+v, %v, want one place", found, err)
	}
	if b := found[0]; b.X < 236 || b.X > 244 || b.X+b.W < 350 || b.X+b.W > 375 || b.Y > 182 || b.H < 17 {
		t.Errorf("found at %+v", b)
	}
	if all, err := unread.Find(ink, append(words, found...)); err != nil || len(all) > 0 {
		t.Errorf("what is in words is found: %+v, %v", all, err)
	}
}

// blackOf is a page in black and white.
func blackOf(t *testing.T, page *image.Gray) *lept.Pix {
	t.Helper()
	gray, err := lept.New(page.Bounds().Dx(), page.Bounds().Dy(), 8)
	if err != nil {
		t.Fatal(err)
	}
	defer gray.Close()
	if err := gray.SetRows(page.Pix, page.Stride, 1); err != nil {
		t.Fatal(err)
	}
	black, err := gray.Threshold(128)
	if err != nil {
		t.Fatal(err)
	}
	return black
}
