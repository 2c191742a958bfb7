package pages

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"

	"sohoa/testdata/generate/encode"
	"sohoa/testdata/generate/forms"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/scan"
)

// picture is one scanned image with its truth; the truth lacks file names yet.
type picture struct {
	img     image.Image
	dpi     int
	quality int // of the JPEG, if it becomes one
	asPNG   bool
	truth   Truth

	// Set instead of img once compressed.
	jpeg []byte
	size image.Point
}

// renderer prints and scans sides. It is safe for concurrent use.
type renderer struct {
	fonts *paper.Fonts
	seed  uint64
	clean bool
	dpi   int // 0: as rolled
	// written is the share of values that are filled in by hand.
	written float64
}

// render prints a side and scans it. In black and white only when the whole
// file is (a fax machine's TIFF), never inside a PDF of colour pages.
func (r renderer) render(one side, holds container) (picture, error) {
	rng := rand.New(rand.NewPCG(r.seed, imageStream+one.serial))
	set := r.settings(one, holds, rng)
	printed := r.print(one, set, rng)
	front, lines, err := printed.Finish()
	if err != nil {
		return picture{}, fmt.Errorf("print %s: %w", one.kind, err)
	}
	sheet := scan.Sheet{Front: front, Paper: shade(one.paper.Tint)}
	if set.Damage.Through {
		if sheet.Back, err = r.back(one, set, rng); err != nil {
			return picture{}, fmt.Errorf("print back of %s: %w", one.kind, err)
		}
	}
	img, toInput := scan.Scan(sheet, set, rng)
	truth := Truth{
		Kind: one.kind, Fields: one.paper.Fields, DossierCode: one.matter.Code, Procedure: one.matter.Procedure.Name,
		Component: one.component, ComponentPage: one.index + 1,
		DPI: set.DPI, SkewCWDegrees: set.SkewCW, RotationCW: set.RotationCW, Mode: set.Mode, Damage: set.Damage,
		Width: front.Rect.Dx(), Height: front.Rect.Dy(), ToInput: toInput, Lines: linesOf(lines), Text: paper.Text(lines),
		Written: writtenOf(one.paper.Fields, printed),
	}
	if one.kind == Blank {
		truth.Fields = map[string]string{}
	}
	return picture{img: img, dpi: set.DPI, quality: 72 + rng.IntN(20), asPNG: rng.IntN(3) == 0, truth: truth}, nil
}

func (r renderer) settings(one side, holds container, rng *rand.Rand) scan.Settings {
	set := scan.Roll(rng)
	if r.clean {
		set = scan.Pristine()
	}
	switch {
	case holds == inTIFF:
		set.Mode, set.DPI = scan.Bilevel, 300
	case holds == inPDF && set.Mode == scan.Bilevel:
		set.Mode = scan.Gray
	}
	if r.dpi > 0 {
		set.DPI = r.dpi
	}
	switch one.kind {
	case Blank:
		set.Damage.Stamp = false
		set.Damage.Through = !r.clean
	case kindSeparator:
		// Fresh from the office's printer, on its own paper.
		set.Damage.Stamp, set.Damage.Through, set.Damage.Fade = false, false, false
	}
	return set
}

// print draws the side; a blank one stays empty.
func (r renderer) print(one side, set scan.Settings, rng *rand.Rand) *paper.Sheet {
	sheet := paper.New(r.fonts, set.DPI, rng)
	if r.written > 0 {
		sheet.Hand = paper.RollHand(r.written, rng)
	}
	if one.kind != Blank {
		one.paper.Sides[one.index](sheet)
	}
	if set.Damage.Stamp {
		sheet.Seal(60+90*rng.Float64(), 110+90*rng.Float64(), "ỦY BAN NHÂN DÂN", "BẢN SAO")
	}
	return sheet
}

// back draws what is on the other side: the front of a blank back, the other
// side of a paper of two, and else an old receipt slip, since offices print on
// used paper.
func (r renderer) back(one side, set scan.Settings, rng *rand.Rand) (*image.RGBA, error) {
	sheet := paper.New(r.fonts, set.DPI, rng)
	sides := one.paper.Sides
	switch {
	case one.kind == Blank:
		sides[0](sheet)
	case len(sides) > 1:
		sides[1-one.index](sheet)
	default:
		slip, err := forms.New("receipt_slip", one.matter)
		if err != nil {
			return nil, err
		}
		slip.Sides[0](sheet)
	}
	img, _, err := sheet.Finish()
	return img, err
}

func shade(tint forms.Tint) color.RGBA {
	switch tint {
	case forms.Pink:
		return color.RGBA{R: 250, G: 226, B: 226, A: 255}
	case forms.PaleBlue:
		return color.RGBA{R: 230, G: 240, B: 250, A: 255}
	}
	return color.RGBA{R: 255, G: 255, B: 255, A: 255}
}

// encode chooses the format a scanner would: Group 4 TIFF or PNG in black and
// white, JPEG otherwise, now and then PNG for gray at low resolution.
func (p picture) encode() (raw []byte, ending string, err error) {
	switch img := p.img.(type) {
	case *image.Paletted:
		if !p.asPNG {
			return encode.TIFF([]encode.Bilevel{{Image: img, DPI: p.dpi}}), ".tif", nil
		}
		raw, err = encode.PNG(img, p.dpi)
		return raw, ".png", err
	case *image.Gray:
		if p.asPNG && p.dpi <= 200 {
			raw, err = encode.PNG(img, p.dpi)
			return raw, ".png", err
		}
	}
	raw, err = encode.JPEG(p.img, p.dpi, p.quality)
	return raw, ".jpg", err
}

// compressed is the picture as a finished JPEG, so that a long PDF does not
// hold the pixels of all its pages.
func (p picture) compressed() (picture, error) {
	raw, err := encode.JPEG(p.img, p.dpi, p.quality)
	p.jpeg, p.size, p.img = raw, p.img.Bounds().Size(), nil
	return p, err
}

// encode packs the pictures of a file.
func (f file) encode(pictures []picture) (raw []byte, ending string, err error) {
	switch f.holds {
	case inTIFF:
		var images []encode.Bilevel
		for _, p := range pictures {
			bits, ok := p.img.(*image.Paletted)
			if !ok {
				return nil, "", fmt.Errorf("encode TIFF: page in mode %s", p.truth.Mode)
			}
			images = append(images, encode.Bilevel{Image: bits, DPI: p.dpi})
		}
		return encode.TIFF(images), ".tif", nil
	case inPDF:
		var images []encode.PDFPage
		for _, p := range pictures {
			images = append(images, encode.PDFPage{JPEG: p.jpeg, Gray: p.truth.Mode == scan.Gray, Size: p.size, DPI: p.dpi})
		}
		return encode.PDF(images), ".pdf", nil
	}
	return pictures[0].encode()
}
