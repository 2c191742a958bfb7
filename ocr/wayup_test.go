package ocr

import (
	"image"
	"image/draw"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
)

// as reads the first image of a file with its pages lying as a person says.
func as(t *testing.T, r *Reader, path string, ways ...dossier.WayUp) []dossier.Reading {
	t.Helper()
	readings, err := r.ReadAs(t.Context(), path, "a", 1, ways)
	if err != nil {
		t.Fatal(err)
	}
	for i, reading := range readings {
		if reading.Part != i+1 || reading.RotationCW != ways[i].RotationCW {
			t.Errorf("page %d is part %d and lies at %d, told %d", i+1, reading.Part, reading.RotationCW, ways[i].RotationCW)
		}
	}
	return readings
}

// twoWays is a page with four lines that stand upright, and ten below them that
// stand upside down: most of it says that the page does, too.
func twoWays(t *testing.T) *image.Gray {
	t.Helper()
	page := drawn.Blank(1749, 2481)
	over, _ := drawn.Quarter(drawn.PageOf(t, 300, slices.Concat(drawn.Lines()[3:], drawn.Lines()[4:10])), 180)
	draw.Draw(page, page.Bounds(), over, image.Point{}, draw.Src)
	for i, line := range drawn.Lines()[:3] {
		drawn.Text(t, page, line, drawn.Size{Points: 13, DPI: 300}, image.Pt(150, 200+90*i))
	}
	return page
}

// TestReadAsTold: what a person says about which way up a page stands is not
// asked of the page again. A page of which most stands on its head is read by
// what stands upright.
func TestReadAsTold(t *testing.T) {
	r := reader(t)
	path := drawn.File(t, "page.png", drawn.PNG(t, twoWays(t)))
	title := drawn.Lines()[2]
	if got := one(t, r, path); got.RotationCW != 180 || strings.Contains(got.Text, title) {
		t.Fatalf("by itself it lies at %d and says %q", got.RotationCW, got.Text)
	}
	got := as(t, r, path, dossier.WayUp{})[0]
	if !strings.Contains(got.Text, title) {
		t.Errorf("told that it stands upright it says %q", got.Text)
	}
	if i := slices.IndexFunc(got.Words, func(w dossier.Word) bool { return w.Text == "ĐƠN" }); i < 0 || abs(got.Words[i].X-150) > 8 {
		t.Errorf("the title lies at %+v", got.Words)
	}
}

// TestReadAsToldTurned: a page lies any way, and askew; one without print is
// turned like any other.
func TestReadAsToldTurned(t *testing.T) {
	r := reader(t)
	for _, lies := range []int{90, 180, 270} {
		scan, _ := drawn.Quarter(drawn.Page(t, 300), lies)
		got := as(t, r, drawn.File(t, "page.png", drawn.PNG(t, scan)), dossier.WayUp{RotationCW: lies})[0]
		if !strings.Contains(got.Text, drawn.Lines()[4]) {
			t.Errorf("lying at %d it says %q", lies, got.Text)
		}
		blank := as(t, r, drawn.File(t, "blank.png", drawn.PNG(t, drawn.Blank(600, 800))), dossier.WayUp{RotationCW: lies})[0]
		if w := map[int]int{90: 800, 180: 600, 270: 800}[lies]; !blank.Blank || blank.Width != w {
			t.Errorf("without print, lying at %d, it is %d wide, blank: %v", lies, blank.Width, blank.Blank)
		}
	}
	askew, _ := drawn.Lean(drawn.Page(t, 300), 2)
	if got := as(t, r, drawn.File(t, "askew.png", drawn.PNG(t, askew)), dossier.WayUp{})[0]; !strings.Contains(got.Text, drawn.Lines()[4]) {
		t.Errorf("askew by %v it says %q", got.SkewCWDegrees, got.Text)
	}
}

// TestReadAsToldSpread: the halves of a spread are read in the order in which
// they are named, each where it lies.
func TestReadAsToldSpread(t *testing.T) {
	r := reader(t)
	both := drawn.Blank(2*1749, 2481)
	left := drawn.PageOf(t, 300, drawn.Lines()[:5])
	right, _ := drawn.Quarter(drawn.PageOf(t, 300, drawn.Lines()[5:]), 180)
	draw.Draw(both, left.Bounds(), left, image.Point{}, draw.Src)
	draw.Draw(both, right.Bounds().Add(image.Pt(1749, 0)), right, image.Point{}, draw.Src)
	gutter := dossier.Cut{1749, 0, 1749, 2481}
	other := dossier.Cut{gutter[2], gutter[3], gutter[0], gutter[1]}
	onRight := gutter
	if frame := gutter.Frame(2*1749, 2481); frame.X == 0 {
		onRight, other = other, gutter
	}
	got := as(t, r, drawn.File(t, "spread.png", drawn.PNG(t, both)), dossier.WayUp{RotationCW: 180, Cut: &onRight}, dossier.WayUp{Cut: &other})
	if !strings.Contains(got[0].Text, drawn.Lines()[5]) || !strings.Contains(got[1].Text, drawn.Lines()[4]) {
		t.Errorf("the pages say %q and %q", got[0].Text, got[1].Text)
	}
	w := got[0].Words[0]
	if x, _ := got[0].ToInput.Apply(float64(w.X), float64(w.Y)); x < 1749 || *got[0].Cut != onRight {
		t.Errorf("the first word of the page on the right lies at %v of the image", x)
	}
}
