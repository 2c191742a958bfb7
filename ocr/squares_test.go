package ocr

import (
	"image"
	"image/draw"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
)

// TestSquares: the squares of a form come with its words, in pixels of the page,
// and no letter of the print around them is one.
func TestSquares(t *testing.T) {
	const dpi, side = 300, 48
	page := drawn.Page(t, dpi)
	size := drawn.Size{Points: 13, DPI: dpi}
	drawn.Text(t, page, "Giới tính: Nam", size, image.Pt(150, 1500))
	drawn.Text(t, page, "Nữ", size, image.Pt(620, 1500))
	empty, ticked := image.Rect(540, 1456, 540+side, 1456+side), image.Rect(710, 1456, 710+side, 1456+side)
	for _, at := range []image.Rectangle{empty, ticked} {
		draw.Draw(page, at, image.Black, image.Point{}, draw.Src)
		draw.Draw(page, at.Inset(4), image.White, image.Point{}, draw.Src)
	}
	for i := range side {
		for thick := range 6 {
			page.Pix[(ticked.Min.Y+i)*page.Stride+ticked.Min.X+i+thick-3] = 20
			page.Pix[(ticked.Min.Y+i)*page.Stride+ticked.Max.X-i+thick-3] = 20
		}
	}
	got := one(t, reader(t), drawn.File(t, "form.png", drawn.PNG(t, page))).CheckBoxes
	if len(got) != 2 {
		t.Fatalf("squares %+v, want two", got)
	}
	for i, want := range []struct {
		at    image.Rectangle
		state dossier.CheckState
	}{{empty, dossier.CheckEmpty}, {ticked, dossier.CheckTicked}} {
		c := got[i]
		if c.State != want.state || abs(c.X-want.at.Min.X) > 6 || abs(c.Y-want.at.Min.Y) > 6 || abs(c.W-side) > 8 {
			t.Errorf("square %+v, want %s at %v", c, want.state, want.at)
		}
	}
}
