package ocr

import (
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"sohoa/ocr/internal/drawn"
)

// ornaments draws columns of diamonds along both long edges, as the frames of
// certificates have them: they stand as straight as lines of print.
func ornaments(page *image.Gray) {
	const size, pitch, fromEdge = 17, 42, 120
	for y := 150; y < page.Rect.Dy()-150; y += pitch {
		for _, x := range []int{fromEdge, page.Rect.Dx() - fromEdge} {
			for dy := -size; dy <= size; dy++ {
				for dx := -size; dx <= size; dx++ {
					if max(dx, -dx)+max(dy, -dy) <= size {
						page.SetGray(x+dx, y+dy, color.Gray{Y: 60})
					}
				}
			}
		}
	}
}

// TestOrnamentsDoNotTurnAPage: what can be read decides which way the lines of
// a framed page run, whichever way it was fed.
func TestOrnamentsDoNotTurnAPage(t *testing.T) {
	r := reader(t)
	page := drawn.PageOf(t, 300, drawn.Lines()[:3])
	ornaments(page)
	for _, turned := range []int{0, 90} {
		scan, _ := drawn.Quarter(page, turned)
		got := one(t, r, drawn.File(t, "framed.png", drawn.PNG(t, scan)))
		if got.RotationCW != turned {
			t.Errorf("turned by %d: taken for %d; read %q", turned, got.RotationCW, got.Text)
		}
	}
}

// TestLargeTitle: print of 40 points is read, with its marks.
func TestLargeTitle(t *testing.T) {
	page := drawn.Blank(2480, 1200)
	drawn.Text(t, page, "TỜ PHÂN CÁCH HỒ SƠ", drawn.Size{Points: 40, DPI: 300}, image.Pt(250, 500))
	drawn.Text(t, page, "Số tờ: 5", drawn.Size{Points: 14, DPI: 300}, image.Pt(900, 900))
	got := one(t, reader(t), drawn.File(t, "title.png", drawn.PNG(t, page)))
	if !slices.Contains(strings.Split(got.Text, "\n"), "TỜ PHÂN CÁCH HỒ SƠ") {
		t.Errorf("read %q", got.Text)
	}
}
