package lines

import (
	"image"
	"slices"
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
	got, err := missed(ink, found.Lines[:1])
	if second := found.Lines[1]; err != nil || got.Y < second.Y || got.Y+got.H > second.Y+second.H || got.W < second.W*3/4 {
		t.Errorf("the second line is left: %v, want about %v (%v)", got, second, err)
	}
	if got, err := missed(ink, found.Lines); err != nil || got.W != 0 {
		t.Errorf("everything read: %v (%v)", got, err)
	}
	if got, err := missed(ink, nil); err != nil || got.H < 100 {
		t.Errorf("nothing read: %v (%v)", got, err)
	}
}

// missed is the one place that was missed, or an empty one.
func missed(ink *lept.Pix, words []lept.Box) (lept.Box, error) {
	places, err := Missed(ink, words)
	if len(places) != 1 {
		return lept.Box{}, err
	}
	return places[0], err
}

// TestMissedPlaces: a line below much that was read is a place of its own, as is
// the row of ornaments above, which is as long as a line; what lies alone and is
// shorter than a line, as a signature, is none.
func TestMissedPlaces(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	for i := range 60 {
		fill(page, image.Rect(100+14*i, 60, 111+14*i, 76))
	}
	for i := range 12 {
		write(t, page, "theo quy định hiện hành của xã", 100, 300+60*i)
	}
	write(t, page, "để bổ sung hồ sơ đăng ký kết hôn", 100, 1200)
	write(t, page, "Giàng", 800, 1600)
	found := find(t, page).Lines
	words := slices.DeleteFunc(found, func(l lept.Box) bool { return l.Y < 200 || l.Y > 1100 })
	got, err := Missed(inkOf(t, page), words)
	if err != nil || len(got) != 2 || got[0].Y > 100 || got[0].H > 60 || got[1].Y < 1100 || got[1].H > 60 {
		t.Errorf("missed in %v (%v)", got, err)
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
	if got, err := missed(inkOf(t, page), words); err != nil || got.W != 0 {
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
	if got, err := missed(ink, []lept.Box{{X: 90, Y: 1170, W: 200, H: 60}}); err != nil || got.H < 250 {
		t.Errorf("a bent line: %v (%v)", got, err)
	}
	if got, err := missed(ink, []lept.Box{{X: 90, Y: 250, W: 800, H: 300}}); err != nil || got.W != 0 {
		t.Errorf("the end of a line: %v (%v)", got, err)
	}
}
