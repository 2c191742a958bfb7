package pdfa

import (
	"context"
	"errors"
	"fmt"
	"math"

	"sohoa/dossier"
)

// Limits of a page's side in units (ISO 19005-2, 6.1.13). A larger sheet, say a
// map on a roll, gets a UserUnit above 1; PDF/A-1 has none.
const (
	minSide     = 3
	maxSide     = 14400
	maxUserUnit = 75
)

// sheet is the geometry of one page: pixels of the upright page, y down, to
// units of the PDF page, y up.
type sheet struct {
	scale         float64 // units per pixel
	userUnit      int     // 1/72 inch per unit
	width, height float64 // of the page, in units
	pixelW        float64
	pixelH        float64
	frame         frame // where picture and text are
}

// frame is the part of a page that picture and text are drawn in: all of it, or
// the page on a smaller scale, in the middle of its lower edge.
type frame struct{ left, width, height float64 }

// leastFrame is the smallest scale a page is drawn at to make room for a margin:
// print of 8 points is still read at that size.
const leastFrame = 0.7

// framed draws the sheet smaller, so that margin points at its top stay empty.
func (s sheet) framed(margin float64) (sheet, error) {
	s.frame = frame{width: s.width, height: s.height}
	if margin == 0 {
		return s, nil
	}
	factor := 1 - margin/(s.height*float64(s.userUnit))
	if !(margin > 0) || factor < leastFrame {
		return s, &dossier.Fault{Kind: dossier.Park, Op: "size page", Reason: dossier.ReasonBlockRoom, Err: fmt.Errorf("margin of %.1f on a page of height %.1f", margin, s.height*float64(s.userUnit))}
	}
	s.scale *= factor
	s.frame = frame{left: s.width * (1 - factor) / 2, width: s.width * factor, height: s.height * factor}
	return s, nil
}

// Size is the width and height of the page that [Write] makes from a reading, in
// points.
func Size(r *dossier.Reading) (width, height float64, err error) {
	s, err := sheetOf(r)
	return s.width * float64(s.userUnit), s.height * float64(s.userUnit), err
}

// laidOut sizes a page and says where on it the picture is.
func (p *Page) laidOut() (sheet, error) {
	s, err := sheetOf(&p.Reading)
	if err != nil {
		return s, err
	}
	return s.framed(p.Margin)
}

// sheetOf sizes the page from the reading.
func sheetOf(r *dossier.Reading) (sheet, error) {
	if r.Width <= 0 || r.Height <= 0 {
		return sheet{}, misread(fmt.Errorf("upright page of %d × %d pixels", r.Width, r.Height))
	}
	if !(r.DPI > 0) || math.IsInf(r.DPI, 0) {
		return sheet{}, misread(fmt.Errorf("resolution of %v dpi", r.DPI))
	}
	inches := float64(max(r.Width, r.Height)) / r.DPI
	unit := max(1, int(min(math.Ceil(inches*72/maxSide), maxUserUnit+1)))
	scale := 72 / r.DPI / float64(unit)
	s := sheet{scale: scale, userUnit: unit, pixelW: float64(r.Width), pixelH: float64(r.Height)}
	s.width, s.height = s.pixelW*scale, s.pixelH*scale
	if unit > maxUserUnit {
		return sheet{}, &dossier.Fault{Kind: dossier.Park, Op: "size page", Reason: dossier.ReasonTooLarge, Err: fmt.Errorf("%.0f inches", inches)}
	}
	if min(s.width, s.height) < minSide {
		return sheet{}, &dossier.Fault{Kind: dossier.Park, Op: "size page", Reason: dossier.ReasonTooSmall, Err: fmt.Errorf("%.2f × %.2f points", s.width, s.height)}
	}
	return s, nil
}

// misread is the fault of a reading or image that can not be drawn. It is our
// own mistake, not the clerk's, so the page waits for an administrator.
func misread(err error) error {
	return &dossier.Fault{Kind: dossier.Park, Op: "place page", Reason: dossier.ReasonGate, Err: err}
}

// placement is the matrix that takes the unit square of a PDF image (origin at
// the lower left of the picture) to the page.
//
// Method: an image point (u, v) is the input pixel (X + W·u, Y + H·(1−v)), where
// X and Y are where the picture was cut out; the inverse of ToInput makes it an
// upright pixel; the sheet scales that, turns y up and moves it into the frame.
func (s sheet) placement(img *dossier.ImageStream, toInput dossier.Matrix) (dossier.Matrix, error) {
	up, ok := toInput.Invert()
	if !ok || !finite(up[:]...) {
		return dossier.Matrix{}, misread(errors.New("matrix to_input can not be inverted"))
	}
	w, h := float64(img.Width), float64(img.Height)
	up[4], up[5] = up.Apply(float64(img.X), float64(img.Y))
	return dossier.Matrix{
		s.scale * up[0] * w, -s.scale * up[1] * w,
		-s.scale * up[2] * h, s.scale * up[3] * h,
		s.frame.left + s.scale*(up[2]*h+up[4]), s.scale * (s.pixelH - up[3]*h - up[5]),
	}, nil
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.Abs(v) > 1e9 {
			return false
		}
	}
	return true
}

// validate refuses, before the first byte is written, what could not be shown.
func validate(p *Page, level Level) error {
	s, err := p.laidOut()
	if err != nil {
		return err
	}
	if level == Level1B && s.userUnit > 1 {
		return &dossier.Fault{Kind: dossier.Park, Op: "size page", Reason: dossier.ReasonTooLarge, Err: errors.New("PDF/A-1 has no UserUnit")}
	}
	if err := validateImage(&p.Image, level); err != nil {
		return misread(err)
	}
	_, err = s.placement(&p.Image, p.Reading.ToInput)
	return err
}

// writePage writes the page, its content and its image.
func (f *file) writePage(ctx context.Context, p *Page, parent ref) error {
	s, err := p.laidOut()
	if err != nil {
		return err
	}
	cm, err := s.placement(&p.Image, p.Reading.ToInput)
	if err != nil {
		return err
	}
	content, hasText, err := f.content(s, cm, p.Reading.Words)
	if err != nil {
		return err
	}
	page, body, img := f.reserve(), f.reserve(), f.reserve()
	f.pages = append(f.pages, page)
	f.dict(page, f.pageEntries(s, pageRefs{parent, body, img}, hasText))
	if err := f.flateStream(body, "", content); err != nil {
		return err
	}
	return f.writeImage(ctx, img, &p.Image)
}

// pageRefs are the objects a page names.
type pageRefs struct{ parent, content, image ref }

func (f *file) pageEntries(s sheet, refs pageRefs, hasText bool) string {
	font, unit := "", ""
	if hasText {
		font = fmt.Sprintf("/Font<</F0 %v>>", f.font.composite)
	}
	if s.userUnit > 1 {
		unit = fmt.Sprintf("/UserUnit %d", s.userUnit)
	}
	return fmt.Sprintf("<</Type/Page/Parent %v/MediaBox[0 0 %s]%s/Resources<</XObject<</Im0 %v>>%s>>/Contents %v>>",
		refs.parent, s.size(), unit, refs.image, font, refs.content)
}

// size is width and height as the MediaBox writes them.
func (s sheet) size() string { return string(numberPair(nil, s.width, s.height)) }

// clip is the frame as the content's clip writes it.
func (f frame) clip() string {
	return string(numberPair(append(number(nil, f.left, pageDigits), " 0 "...), f.width, f.height))
}

func numberPair(b []byte, x, y float64) []byte {
	return number(append(number(b, x, pageDigits), ' '), y, pageDigits)
}

// Decimals of numbers in a file. At 72 units an inch, four decimals are 1/2400
// of a pixel at 300 dpi, three are 1/240.
const (
	pageDigits = 4
	textDigits = 3
)

// content draws the image inside the page's frame and lays the words over it.
func (f *file) content(s sheet, cm dossier.Matrix, words []dossier.Word) (content []byte, hasText bool, err error) {
	b := fmt.Appendf(f.scratch[:0], "q %s re W n ", s.frame.clip())
	b = append(numbers(b, pageDigits, cm[:]...), "cm /Im0 Do Q\n"...)
	lines, err := f.text.lines(words, s)
	if err != nil {
		return nil, false, err
	}
	if len(lines) > 0 {
		f.reserveFont()
		b = appendText(b, s, lines)
	}
	f.scratch = b
	return b, len(lines) > 0, nil
}
