package ocr

import (
	"fmt"
	"image"
	"math"
	"slices"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/codes"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/tesseract"
)

// scan is how a picture lay before it was straightened.
type scan struct {
	shown dossier.Matrix // from its stored pixels to the picture as shown
	w, h  int            // of the picture as shown
}

func scanOf(p *decode.Picture) scan {
	w, h := p.Pix.Width(), p.Pix.Height()
	s := scan{p.Orientation.Shown(w, h), w, h}
	if _, degrees := p.Orientation.Turn(); degrees%180 != 0 {
		s.w, s.h = h, w
	}
	return s
}

// toPage leads from the pixels of the small copy, on which codes are looked for,
// to those of the upright page.
func (s scan) toPage(page *cleanup.Page) (dossier.Matrix, error) {
	toStored, shown := s.shown.Invert()
	toPage, upright := page.ToInput.Invert()
	if !shown || !upright {
		return dossier.Matrix{}, fmt.Errorf("read codes: flat matrix")
	}
	larger := dossier.Matrix{float64(s.w) / float64(page.Small.Width()), 0, 0, float64(s.h) / float64(page.Small.Height()), 0, 0}
	return larger.Then(toStored).Then(toPage), nil
}

// foundCodes are the codes of a page and where they lie on the upright page.
type foundCodes struct {
	codes []dossier.Code
	at    []image.Rectangle
}

// readCodes looks on the 150-dpi copy; what has the look of a code and cannot be
// read there is drawn larger from the pixels that words are read from.
func (r *Reader) readCodes(page *cleanup.Page, scan scan) (foundCodes, error) {
	if r.without == allCodes {
		return foundCodes{}, nil
	}
	gray, err := page.Small.GrayRows(nil)
	if err != nil {
		return foundCodes{}, err
	}
	toPage, err := scan.toPage(page)
	if err != nil {
		return foundCodes{}, err
	}
	small := codes.Picture{Gray: gray, W: page.Small.Width(), H: page.Small.Height()}
	found, err := r.codes.Search(small, func(at image.Rectangle, times float64) (codes.Picture, dossier.Matrix, error) {
		return finer(page, toPage, at, times)
	})
	if err != nil {
		return foundCodes{}, fmt.Errorf("read codes: %w", err)
	}
	var out foundCodes
	for _, f := range found {
		out.codes, out.at = append(out.codes, f.Code), append(out.at, around(f.Outline, toPage))
	}
	if r.profile.Patches {
		out.codes = append(out.codes, codes.Patches(gray, small.W, small.H, measure.DPI)...)
	}
	return out, nil
}

// finer draws a rectangle of the small copy upright and larger, from the pixels
// that words are read from.
func finer(page *cleanup.Page, toPage dossier.Matrix, at image.Rectangle, times float64) (codes.Picture, dossier.Matrix, error) {
	r := around([][2]float64{
		{float64(at.Min.X), float64(at.Min.Y)}, {float64(at.Max.X), float64(at.Min.Y)},
		{float64(at.Min.X), float64(at.Max.Y)}, {float64(at.Max.X), float64(at.Max.Y)},
	}, toPage).Intersect(image.Rect(0, 0, page.Width, page.Height))
	box := lept.Box{
		X: int(float64(r.Min.X) * page.Scale), Y: int(float64(r.Min.Y) * page.Scale),
		W: max(1, int(float64(r.Dx())*page.Scale)), H: max(1, int(float64(r.Dy())*page.Scale)),
	}
	scale := times * measure.DPI / (page.DPI * page.Scale)
	pix, err := page.Sample(box, scale)
	if err != nil {
		return codes.Picture{}, dossier.Matrix{}, err
	}
	defer pix.Close()
	gray, err := pix.GrayRows(nil)
	toSmall, ok := toPage.Invert()
	if !ok {
		return codes.Picture{}, dossier.Matrix{}, fmt.Errorf("read codes: flat matrix")
	}
	x, y := float64(box.W)/float64(pix.Width()), float64(box.H)/float64(pix.Height())
	onPage := dossier.Matrix{x / page.Scale, 0, 0, y / page.Scale, float64(box.X) / page.Scale, float64(box.Y) / page.Scale}
	return codes.Picture{Gray: gray, W: pix.Width(), H: pix.Height()}, onPage.Then(toSmall), err
}

// around is the rectangle around points that a matrix moves.
func around(points [][2]float64, m dossier.Matrix) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		x, y := m.Apply(p[0], p[1])
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	if len(points) == 0 {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1)))
}

// without drops the words that are read in the modules of a code: those whose
// middle lies inside one.
func (f foundCodes) without(words []tesseract.Word, scale float64) []tesseract.Word {
	return slices.DeleteFunc(words, func(w tesseract.Word) bool {
		middle := w.Box.Min.Add(w.Box.Max).Div(2)
		at := image.Pt(int(float64(middle.X)/scale), int(float64(middle.Y)/scale))
		return slices.ContainsFunc(f.at, func(code image.Rectangle) bool { return at.In(code) })
	})
}

// wipe takes the modules of codes off the ink, in which lines of print and print
// that was missed are looked for: parts of a code are read in vain.
func (f foundCodes) wipe(page *cleanup.Page) {
	if page.Ink == nil {
		return
	}
	scale := measure.DPI / page.DPI
	for _, at := range f.at {
		x, y := int(float64(at.Min.X)*scale), int(float64(at.Min.Y)*scale)
		page.Ink.PaintWhiteBox(lept.Box{X: x, Y: y, W: int(float64(at.Max.X)*scale) + 1 - x, H: int(float64(at.Max.Y)*scale) + 1 - y})
	}
}
