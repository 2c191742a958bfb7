// Package spread finds the gutter of an image that holds two pages side by side:
// an open register, a folded certificate, two forms on one glass.
//
// Start at [Find]. Two things must come together before an image is parted: it
// has the size and shape of two sheets, and nothing printed crosses a straight
// corridor near its middle. Beyond that the corridor needs proof of being a
// gutter: a fold or shadow all along it, the width of two page margins with print on
// both sides, or the outer rules of two tables that face each other. A map, a drawing or a table is crossed by its frame, and a
// sheet with two columns has too narrow a corridor without a fold.
//
// Promises: what is unsure is left whole and said to be unsure; a picture is only
// read; the cost is some milliseconds, on a copy of 75 dpi.
//
// # Limits
//
// Pages smaller than A4 are not looked for: an A4 sheet with two columns is more
// common in an office than a spread of A5. A spread whose print runs over the
// gutter (an entry written across both pages of a register) stays one page.
package spread

import (
	"fmt"
	"math"

	"sohoa/dossier"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
)

// Found is what was found out about an image.
type Found struct {
	// Parts are the gutter seen from each of the two pages, in the order of the
	// image (left or top first); nil for one page.
	Parts []dossier.Cut
	// Unsure says that the image may be a spread but was not parted.
	Unsure bool
}

const (
	// measureDPI keeps a stroke of pen or print at a pixel.
	measureDPI = 75
	mm         = measureDPI / 25.4
	// An image is looked at when it has about the size of an A3 sheet, in
	// millimetres: two A4 pages, less what a feeder crops, more what a lid shows.
	leastLong, mostLong   = 370, 480
	leastShort, mostShort = 255, 350
	// maxLean is how far a gutter may lean, in degrees; leanStep moves its end
	// by 1.3 mm across an A4 page.
	maxLean  = 4.0
	leanStep = 0.25
	// offCentre is how far from the middle a gutter may be, as a share of the
	// long side.
	offCentre = 0.1
)

// Find looks for the gutter of a picture.
func Find(picture *decode.Picture) (Found, error) {
	pix, r := picture.Pix, picture.Resolution
	across, along := float64(pix.Width())/r.X*25.4, float64(pix.Height())/r.Y*25.4
	if !sized(max(across, along), min(across, along)) {
		return Found{}, nil
	}
	v, err := newView(pix, r, along > across)
	if err != nil {
		return Found{}, fmt.Errorf("look for a gutter: %w", err)
	}
	line, verdict := v.judge()
	switch verdict {
	case parted:
		return Found{Parts: v.cuts(line, pix)}, nil
	case unsure:
		return Found{Unsure: true}, nil
	}
	return Found{}, nil
}

func sized(long, short float64) bool {
	return long >= leastLong && long <= mostLong && short >= leastShort && short <= mostShort
}

// view is the picture at 75 dpi, turned so that the long side is x and a gutter
// runs from top to bottom.
type view struct {
	w, h     int
	gray     []byte // brightness
	ink      []bool // thin dark marks: print, rules, pen, folds; no shadows
	sideways bool   // x of the view is y of the picture
}

// The smallest stroke is thinner than strokeSize pixels, 2.4 mm; a shadow is
// wider. inkDepth is how much darker than its surroundings it is.
const (
	strokeSize = 7
	inkDepth   = 36
)

func newView(pix *lept.Pix, r decode.Resolution, sideways bool) (*view, error) {
	gray, err := toGray(pix)
	if err != nil {
		return nil, err
	}
	defer gray.Close()
	small, err := gray.Scale(measureDPI/r.X, measureDPI/r.Y)
	if err != nil {
		return nil, err
	}
	defer small.Close()
	if small.Depth() == 1 {
		eight, err := small.To8()
		if err != nil {
			return nil, err
		}
		defer eight.Close()
		small = eight
	}
	thin, err := small.Thin(strokeSize)
	if err != nil {
		return nil, err
	}
	defer thin.Close()
	rows, err := small.GrayRows(nil)
	if err != nil {
		return nil, err
	}
	marks, err := thin.GrayRows(nil)
	if err != nil {
		return nil, err
	}
	v := &view{w: small.Width(), h: small.Height(), gray: rows, sideways: sideways}
	v.ink = make([]bool, len(marks))
	for i, depth := range marks {
		v.ink[i] = depth >= inkDepth
	}
	if sideways {
		v.turn()
	}
	return v, nil
}

func toGray(pix *lept.Pix) (*lept.Pix, error) {
	if pix.Depth() == 32 {
		return pix.Luminance()
	}
	return pix.Clone(), nil
}

// turn swaps rows and columns.
func (v *view) turn() {
	gray, ink := make([]byte, len(v.gray)), make([]bool, len(v.ink))
	for y := range v.h {
		for x := range v.w {
			gray[x*v.h+y], ink[x*v.h+y] = v.gray[y*v.w+x], v.ink[y*v.w+x]
		}
	}
	v.gray, v.ink = gray, ink
	v.w, v.h = v.h, v.w
}

// cuts writes the gutter in pixels of the picture, once for each page.
func (v *view) cuts(line gutter, pix *lept.Pix) []dossier.Cut {
	top, bottom := line.at(0, v.h), line.at(float64(v.h), v.h)
	if v.sideways {
		sy := float64(pix.Height()) / float64(v.w)
		// x of the view runs down the picture: the first page is above.
		first := dossier.Cut{float64(pix.Width()), bottom * sy, 0, top * sy}
		return []dossier.Cut{first, {first[2], first[3], first[0], first[1]}}
	}
	sx := float64(pix.Width()) / float64(v.w)
	first := dossier.Cut{top * sx, 0, bottom * sx, float64(pix.Height())}
	return []dossier.Cut{first, {first[2], first[3], first[0], first[1]}}
}

// gutter is a line through (x, middle of the height) that leans by slope.
type gutter struct{ x, slope float64 }

// at is where the line is in row y.
func (g gutter) at(y float64, h int) float64 { return g.x + g.slope*(y-float64(h)/2) }

func tangent(degrees float64) float64 { return math.Tan(degrees * math.Pi / 180) }
