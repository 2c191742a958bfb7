package lines

import (
	"image"
	"testing"

	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
)

// TestMissed: a line in no word has its place, a rule has none.
func TestMissed(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	write(t, page, "theo quy định hiện hành của xã", 100, 400)
	write(t, page, "để bổ sung hồ sơ đăng ký kết hôn", 100, 500)
	fill(page, image.Rect(50, 50, 1200, 60))
	found := find(t, page)
	ink := inkOf(t, page)
	got, err := Missed(ink, found.Lines[:1])
	if second := found.Lines[1]; err != nil || got.Y < second.Y || got.Y+got.H > second.Y+second.H || got.W < second.W*3/4 {
		t.Errorf("the second line is left: %v, want about %v (%v)", got, second, err)
	}
	if got, err := Missed(ink, found.Lines); err != nil || got.W != 0 {
		t.Errorf("everything read: %v (%v)", got, err)
	}
	if got, err := Missed(ink, nil); err != nil || got.H < 100 {
		t.Errorf("nothing read: %v (%v)", got, err)
	}
}

// TestNothingMissed: ornaments, seals, strokes and the ends of words are ink in
// no word, and no print.
func TestNothingMissed(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	for i := range 25 {
		fill(page, image.Rect(60, 100+40*i, 76, 116+40*i))
		fill(page, image.Rect(100+40*i, 60, 116+40*i, 76))
	}
	for i := range 300 { // a signature
		x, y := 600+i, 1300+(i*7)%90
		fill(page, image.Rect(x, y, x+3, y+7))
	}
	fill(page, image.Rect(200, 1300, 350, 1450)) // a stamp
	for i := range 60 {
		write(t, page, "Giàng A Páo", 150+350*(i%3), 130+48*(i/3))
	}
	words := find(t, page).Lines
	for i := range words {
		words[i] = lept.Box{X: words[i].X, Y: words[i].Y, W: words[i].W - 20, H: words[i].H}
	}
	if got, err := Missed(inkOf(t, page), words); err != nil || got.W != 0 {
		t.Errorf("print missed in %v (%v)", got, err)
	}
}

// TestMostIsMissed: lines so bent that they make no band are looked at when they
// are most of the page.
func TestMostIsMissed(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	for i := range 12 {
		write(t, page, "Giàng", 100+80*i, 300+25*i)
	}
	write(t, page, "Giàng", 100, 1200)
	ink := inkOf(t, page)
	if got, err := Missed(ink, []lept.Box{{X: 90, Y: 1170, W: 200, H: 60}}); err != nil || got.H < 250 {
		t.Errorf("a bent line: %v (%v)", got, err)
	}
	if got, err := Missed(ink, []lept.Box{{X: 90, Y: 250, W: 800, H: 300}}); err != nil || got.W != 0 {
		t.Errorf("the end of a line: %v (%v)", got, err)
	}
}
