package pdfa

import (
	"fmt"
	"image"
	"math"
	"testing"

	"sohoa/dossier"
)

// smaller is the scale of a page with a margin of a tenth of its height.
const smaller = 0.9

// withMargin gives the pages a margin that makes them smaller by that scale.
func withMargin(pages []Page) []Page {
	for i := range pages {
		pages[i].Margin = (1 - smaller) * testHeight * 72 / testDPI
	}
	return pages
}

// TestMargin draws scans smaller under a margin, straight and leaning to both
// sides: the page keeps its size, the margin is empty, every mark and every word
// is where the smaller page has it, in the middle of the lower edge.
func TestMargin(t *testing.T) {
	t.Parallel()
	var pages []Page
	scans := []scan{scans[0], scans[2], scans[4], scans[7]}
	if testing.Short() {
		scans = scans[:1]
	}
	for i, s := range scans {
		pages = append(pages, s.page(t, packings[i%len(packings)].pack))
	}
	data, _ := write(t, testMeta(), withMargin(pages)...)
	path := onDisk(t, "margin.pdf", data)
	for i, page := range boxes(t, path) {
		t.Run(fmt.Sprintf("turn %d lean %v", scans[i].turn, scans[i].lean), func(t *testing.T) {
			if math.Abs(page.Width-testWidth*72.0/testDPI) > 0.01 || math.Abs(page.Height-testHeight*72.0/testDPI) > 0.01 {
				t.Errorf("page of %.2f × %.2f points: not the size it had", page.Width, page.Height)
			}
			checkWords(t, "smaller", page, inFrame(pages[i].Reading), pixel)
			checkFrame(t, path, i+1)
		})
	}
}

// inFrame is a reading as its words lie on the page with the margin, in pixels
// of a tenth, so that rounding hides nothing.
func inFrame(r dossier.Reading) dossier.Reading {
	const fine = 10
	left, top := (1-smaller)/2*float64(r.Width), (1-smaller)*float64(r.Height)
	at := func(v int, from float64) int { return int(math.Round(fine * (from + smaller*float64(v)))) }
	words := make([]dossier.Word, len(r.Words))
	for i, w := range r.Words {
		w.X, w.W = at(w.X, left), at(w.W, 0)
		w.Y, w.H = at(w.Y, top), at(w.H, 0)
		words[i] = w
	}
	r.Words, r.DPI = words, fine*r.DPI
	return r
}

// checkFrame draws a page so fine that the smaller picture is as large as the
// whole one is in [render], and looks for its marks; the margin must be white.
func checkFrame(t *testing.T, path string, page int) {
	t.Helper()
	const fine = finer / smaller
	left, top, width := int(math.Floor(fine*testWidth*(1-smaller)/2)), int(math.Floor(fine*testHeight*(1-smaller))), int(math.Floor(fine*testWidth))
	part := func(x, y, w, h int) *image.Gray {
		return drawn(t, path, page, "-r", fmt.Sprint(fine*testDPI), "-x", itoa(x), "-y", itoa(y), "-W", itoa(w), "-H", itoa(h))
	}
	checkMarks(t, part(left, top, finer*testWidth, finer*testHeight), marks, markSide)
	for _, v := range part(0, 0, width, top-1).Pix {
		if v != 255 {
			t.Fatal("there is ink in the margin")
		}
	}
}

// TestMarginOfALargeSheet: a margin is in points, also where the units of a page
// are larger.
func TestMarginOfALargeSheet(t *testing.T) {
	t.Parallel()
	p := scan{}.page(t, grayJPEG)
	p.Reading.DPI = 2
	p.Margin = 1000
	s, err := p.laidOut()
	if err != nil {
		t.Fatal(err)
	}
	if s.userUnit < 2 {
		t.Fatalf("unit of %d points: not the sheet this is about", s.userUnit)
	}
	empty := (s.height - s.frame.height) * float64(s.userUnit)
	if math.Abs(empty-p.Margin) > 0.01 || math.Abs(s.frame.width/s.frame.height-s.width/s.height) > 1e-9 {
		t.Errorf("%.2f points are empty, want %.0f; frame of %.1f × %.1f on %.1f × %.1f", empty, p.Margin, s.frame.width, s.frame.height, s.width, s.height)
	}
}
