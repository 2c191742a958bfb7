package ocr

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/disintegration/imaging"

	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/ocrtest"
)

// pale is a page with the contrast of its print reduced, on gray paper with grain.
func pale(page image.Image, contrast, grain float64) *image.Gray {
	random := rand.New(rand.NewPCG(1, 2))
	return mixed(page, func(_, _ int, v float64) float64 { return 235 - (255-v)*contrast + random.NormFloat64()*grain })
}

// mixed is a page each of whose pixels is made from what it was.
func mixed(page image.Image, of func(x, y int, v float64) float64) *image.Gray {
	size := page.Bounds()
	out := image.NewGray(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			is, _, _, _ := page.At(x, y).RGBA()
			out.SetGray(x, y, color.Gray{Y: uint8(min(max(of(x, y, float64(is>>8)), 0), 255))})
		}
	}
	return out
}

// TestFaintPrint: print down to a fifth of the contrast of black on white is
// read; a page with it is no blank one.
func TestFaintPrint(t *testing.T) {
	page := drawn.Page(t, 300)
	r := reader(t)
	want := one(t, r, drawn.File(t, "black.png", drawn.PNG(t, page))).Text
	for _, contrast := range []float64{0.25, 0.2, 0.15, 0.1} {
		for _, grain := range []float64{0, 4} {
			t.Run(fmt.Sprint(contrast, grain), func(t *testing.T) {
				got := one(t, r, drawn.File(t, "pale.png", drawn.PNG(t, pale(page, contrast, grain))))
				score := ocrtest.Compare(want, got.Text)
				t.Logf("blank %t, word F1 %.3f, %v", got.Blank, score.F1(), got.Flags)
				if got.Blank || score.F1() < 0.97 {
					t.Errorf("blank %t, word F1 %.3f", got.Blank, score.F1())
				}
			})
		}
	}
}

// TestTheBackShinesThrough: what shines through stands the wrong way round, so
// that a page with nothing else is blank.
func TestTheBackShinesThrough(t *testing.T) {
	back := imaging.Blur(imaging.FlipH(drawn.Page(t, 300)), 2)
	r := reader(t)
	for _, contrast := range []float64{0.2, 0.15, 0.1, 0.05} {
		if got := one(t, r, drawn.File(t, "back.png", drawn.PNG(t, pale(back, contrast, 4)))); !got.Blank {
			t.Errorf("contrast %.2f: %q", contrast, got.Text)
		}
	}
}
