package codes

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sohoa/ocr/internal/drawn"
)

// The dots per inch that pages are searched at.
const searched = 150

// edge is a side of a sheet.
type edge int

const (
	top edge = iota
	right
	bottom
	left
)

// withPatch draws a code along an edge of a page of print, half an inch from
// the edge and 4 inches long, at a share of the size of the standard.
func withPatch(t *testing.T, bars string, at edge, size float64) *image.Gray {
	t.Helper()
	page := drawn.Blank(1240, 1754)
	for i, line := range drawn.Lines() {
		drawn.Text(t, page, line, drawn.Size{Points: 12, DPI: searched}, image.Pt(300, 500+45*i))
	}
	turned, _ := drawn.Quarter(page, int(at)*90)
	inch := searched * size
	y := 0.5 * searched
	for _, bar := range bars {
		width := 0.08 * inch
		if bar == 'W' {
			width = 0.20 * inch
		}
		draw.Draw(turned, image.Rect(320, int(y+0.5), 320+int(4*inch), int(y+width+0.5)), image.Black, image.Point{}, draw.Src)
		y += width + 0.08*inch
	}
	page, _ = drawn.Quarter(turned, (360-int(at)*90)%360)
	return page
}

// worse makes a page of less contrast and more noise.
func worse(page *image.Gray, ink uint8, noise float64) *image.Gray {
	random := rand.New(rand.NewPCG(3, 4)) // the same each time
	out := drawn.Blank(page.Rect.Dx(), page.Rect.Dy())
	for i, v := range page.Pix {
		pale := float64(ink) + float64(v)*(225-float64(ink))/255
		out.Pix[i] = uint8(min(max(pale+noise*random.NormFloat64(), 0), 255))
	}
	return out
}

// patchesOn gives the names of the codes on a page.
func patchesOn(t *testing.T, page *image.Gray, dpi float64) string {
	t.Helper()
	var names []string
	for _, c := range Patches(page.Pix, page.Rect.Dx(), page.Rect.Dy(), dpi) {
		if c.Type != "patch" {
			t.Errorf("type %q", c.Type)
		}
		names = append(names, c.Text)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// TestPatches: every code along every edge, on a page of print, is what the
// standard calls it, however the sheet lies.
func TestPatches(t *testing.T) {
	for bars, name := range patchNames() {
		for at := top; at <= left; at++ {
			if got := patchesOn(t, withPatch(t, bars, at, 1), searched); got != name {
				t.Errorf("%s at edge %d: %q, want %q", bars, at, got, name)
			}
		}
	}
}

// TestPatchOnPoorSheets: leaning, pale, noisy and printed in another size, and
// all of it together.
func TestPatchOnPoorSheets(t *testing.T) {
	for _, c := range []struct {
		lean, size, noise float64
		ink               uint8
	}{
		{lean: 5, size: 1}, {lean: -5, size: 1}, {lean: 7, size: 1},
		{size: 0.75}, {size: 1.25},
		{size: 1, ink: 170}, {size: 1, noise: 60}, {lean: -4, size: 0.9, ink: 130, noise: 25}, {lean: 5, size: 1.1, ink: 150, noise: 20},
	} {
		for at := top; at <= left; at++ {
			page, _ := drawn.Lean(withPatch(t, "nWnW", at, c.size), c.lean)
			if got := patchesOn(t, worse(page, c.ink, c.noise), searched); got != "T" {
				t.Errorf("%+v at edge %d: %q", c, at, got)
			}
		}
	}
}

// TestPatchResolutions: the size of a bar on paper decides, not in pixels.
func TestPatchResolutions(t *testing.T) {
	page := withPatch(t, "nWnW", top, 1)
	for dpi, want := range map[float64]string{100: "", 120: "T", 150: "T", 200: "T", 300: ""} {
		if got := patchesOn(t, page, dpi); got != want {
			t.Errorf("taken for %g dpi: %q, want %q", dpi, got, want)
		}
	}
}

// TestNoPatch: print, bar codes, tables, stripes and noise hold none.
func TestNoPatch(t *testing.T) {
	pages := map[string]*image.Gray{
		"print": drawn.Page(t, searched), "QR": withQR(t, "SOHOA1|H38.12-260105-0421", 6), "white": drawn.Blank(800, 1200),
		"three bars": withPatch(t, "nWn", top, 1), "five bars": withPatch(t, "nWnWn", top, 1), "narrow bars": withPatch(t, "nnnn", top, 1),
		"small": withPatch(t, "nWnW", top, 0.5), "large": withPatch(t, "nWnW", left, 1.6),
		"table": table(), "noise": worse(drawn.Blank(1240, 1754), 0, 90), "short bars": short(t),
	}
	for name, page := range pages {
		if got := patchesOn(t, page, searched); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, size := range [][2]int{{0, 5}, {5, 0}, {3, 3}, {-1, 2}} {
		if got := Patches(make([]byte, 8), size[0], size[1], searched); got != nil {
			t.Errorf("%v: %v", size, got)
		}
	}
	if got := Patches(make([]byte, 6), 2, 3, searched); got != nil {
		t.Errorf("a picture smaller than a band: %v", got)
	}
}

// table has thick rules and filled rows of one height.
func table() *image.Gray {
	page := drawn.Blank(1240, 1754)
	for row := range 20 {
		y := 100 + 60*row
		draw.Draw(page, image.Rect(80, y, 1100, y+4), image.Black, image.Point{}, draw.Src)
		if row%2 == 0 {
			draw.Draw(page, image.Rect(80, y, 1100, y+60), image.NewUniform(color.Gray{Y: 120}), image.Point{}, draw.Src)
		}
	}
	return page
}

// short is a code whose bars are an inch long.
func short(t *testing.T) *image.Gray {
	t.Helper()
	page := withPatch(t, "nWnW", top, 1)
	draw.Draw(page, image.Rect(320+searched, 0, 1240, 300), image.White, image.Point{}, draw.Src)
	return page
}

// TestPatchInTheMiddle: where neither edge is nearer, 3 and T cannot be told
// from each other, and print between the edge and the bars makes them none.
func TestPatchInTheMiddle(t *testing.T) {
	page := withPatch(t, "nWnW", top, 1)
	moved := drawn.Blank(1240, 1754)
	draw.Draw(moved, image.Rect(0, 750, 1240, 1000), page, image.Point{}, draw.Src)
	if got := patchesOn(t, moved, searched); got != "" {
		t.Errorf("in the middle: %q", got)
	}
	draw.Draw(page, image.Rect(100, 20, 1200, 40), image.Black, image.Point{}, draw.Src)
	if got := patchesOn(t, page, searched); got != "" {
		t.Errorf("behind a line: %q", got)
	}
}

// BenchmarkPatches is what looking for patch codes costs, beside looking for
// the other codes on the same page.
func BenchmarkPatches(b *testing.B) {
	page := drawn.Page(b, searched)
	s, err := New()
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	begun, looks := time.Now(), 10
	for range looks {
		if _, err := s.Read(Picture{page.Pix, page.Rect.Dx(), page.Rect.Dy()}); err != nil {
			b.Fatal(err)
		}
	}
	others := float64(time.Since(begun)) / float64(looks)
	for b.Loop() {
		Patches(page.Pix, page.Rect.Dx(), page.Rect.Dy(), searched)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/others, "of-zbar")
}
