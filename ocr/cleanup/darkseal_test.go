package cleanup

import (
	"fmt"
	"image"
	"math"
	"testing"

	"sohoa/ocr/decode"
	"sohoa/ocr/internal/drawn"
)

// sealed is a page with names across a seal: through its upper edge, its middle
// and, in a row with what stands beside it, its lowest quarter, where letters have
// the distance of an inscription. Ink 255 leaves the seal away.
func sealed(t *testing.T, ink uint8, wide float64) *image.Gray {
	t.Helper()
	page := drawn.Page(t, testDPI)
	size := drawn.Size{Points: 13, DPI: testDPI}
	drawn.Text(t, page, "GIÁM ĐỐC", size, sealMiddle.Add(image.Pt(-40, -100)))
	drawn.Text(t, page, "Hà Thu", size, sealMiddle.Add(image.Pt(-30, 10)))
	drawn.Text(t, page, "Lương Thị Hoa", size, sealMiddle.Add(image.Pt(-60, 114)))
	drawn.Seal(page, sealMiddle, testDPI, ink, wide)
	return page
}

var sealMiddle = image.Pt(800, 1400)

// TestDarkSealGoesPrintStays: of a seal as dark as print circles and inscription
// are gone from what is read and from the ink, and of print less than a letter,
// where its strokes run along the circles, whichever way the page lies and however oval the seal is.
func TestDarkSealGoesPrintStays(t *testing.T) {
	clean := straighten(t, picture(t, sealed(t, 255, 1)))
	for _, turn := range []int{0, 90, 180, 270} {
		page, _ := drawn.Quarter(sealed(t, 0, 1), turn)
		checkSealed(t, fmt.Sprintf("turned by %d", turn), straighten(t, picture(t, page)), clean)
	}
	for _, tag := range []decode.Orientation{3, 5, 6, 8} {
		checkSealed(t, fmt.Sprintf("tag %d", tag), straighten(t, stored(t, sealed(t, 0, 1), tag)), clean)
	}
	for _, wide := range []float64{0.99, 1.01} {
		checkSealed(t, fmt.Sprintf("%g wide", wide), straighten(t, picture(t, sealed(t, 0, wide))), clean)
	}
	checkSealed(t, "dark gray", straighten(t, picture(t, sealed(t, 25, 1))), clean)
}

// letter is fewer pixels than any letter of the print has.
const letter = 120

func checkSealed(t *testing.T, lies string, got, clean *Page) {
	t.Helper()
	if len(got.Sealed) != 1 {
		t.Fatalf("%s: seals at %v, want one", lies, got.Sealed)
	}
	if x, y := got.Sealed[0].X+got.Sealed[0].W/2, got.Sealed[0].Y+got.Sealed[0].H/2; max(x-600, 600-x, y-1050, 1050-y) > 2 {
		t.Errorf("%s: the seal is at %d, %d of the measuring copy", lies, x, y)
	}
	print, read := gray(t, clean), gray(t, got)
	lost, left, all := 0, 0, 0
	for i, v := range print.Pix {
		switch {
		case v < 100:
			all++
			if read.Pix[i] > 128 {
				lost++
			}
		case v > 250 && read.Pix[i] < 128:
			left++
		}
	}
	if lost > letter {
		t.Errorf("%s: %d of %d pixels of print are lost", lies, lost, all)
	}
	if seal := len(sealPixels()); 10*left > seal {
		t.Errorf("%s: %d of %d pixels of the seal are left", lies, left, seal)
	}
	if a, b := got.Ink.Black(), clean.Ink.Black(); math.Abs(float64(a-b)) > 0.04*float64(b) {
		t.Errorf("%s: %d pixels of ink, without the seal %d", lies, a, b)
	}
}

// gray is the page as it is read.
func gray(t *testing.T, page *Page) *image.Gray {
	t.Helper()
	pix := upright(t, page)
	rows, err := pix.GrayRows(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &image.Gray{Pix: rows, Stride: pix.Width(), Rect: image.Rect(0, 0, pix.Width(), pix.Height())}
}

// sealPixels are where the seal alone has ink.
func sealPixels() (at []int) {
	page := drawn.Blank(400, 400)
	drawn.Seal(page, image.Pt(200, 200), testDPI, 0, 1)
	for i, v := range page.Pix {
		if v == 0 {
			at = append(at, i)
		}
	}
	return at
}

// TestDarkSealIsLeftWithoutTheStep: the step can be left out, as benchmarks do, and
// what it takes away is there then.
func TestDarkSealIsLeftWithoutTheStep(t *testing.T) {
	page, err := Straighten(picture(t, sealed(t, 0, 1)), Help{Without: DarkSeals})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(page.Close)
	rim := image.Rect(sealMiddle.X-143, sealMiddle.Y-20, sealMiddle.X-130, sealMiddle.Y+20)
	if d := darkest(t, page, rim); d > 60 || len(page.Sealed) != 0 {
		t.Errorf("the rim is at %d, seals at %v", d, page.Sealed)
	}
}
