package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"

	"sohoa/dossier"
	"sohoa/pipeline/pades"
	"sohoa/pipeline/pdfa"
)

// Where the block of a signature belongs, at the top right of the first page,
// something may be printed: the number of a form, a stamp, a note by hand. A
// block over it would hide a part of the record, so that place is looked at
// before anything is signed: at the words that were read there, and at the
// pixels, because a stamp or a line of handwriting is no word.

// Viewer draws a page small and upright, as a person sees it, in a process of
// its own.
type Viewer interface {
	// View gives one image of a file as JPEG of the given width.
	View(ctx context.Context, path string, index int, reading dossier.Reading, width int) ([]byte, error)
}

// cornerWidth is the width of the picture that the corner is looked for in: at
// about 100 dpi on A4 print of 8 points is some 300 dark pixels a word.
const cornerWidth = 800

// blockGap is the space below the block on a page that is drawn smaller, in
// points.
const blockGap = 6

// corner is the place of the block on a first page.
type corner struct {
	printed bool
	// margin is how much of the page's top the block needs.
	margin float64
}

// toSign gives the PDF that is to be signed: the published one, or, where the
// corner is printed on and the intent says so, one whose first page is drawn
// smaller.
func (f *Flow) toSign(ctx context.Context, p paperToSign, unsigned, signed dossier.Component) (*os.File, func(), error) {
	block := &pades.Block{Lines: p.intent.Draft.Signing.Lines}
	corner, err := f.cornerOf(ctx, unsigned.Pages[0], block)
	if err != nil {
		return nil, nil, err
	}
	if !corner.printed {
		return f.openObject(ctx, unsigned.PDF)
	}
	if p.intent.Corner != dossier.CornerShrink {
		return nil, nil, signRefused(dossier.ReasonCorner, errors.New("the corner of the first page is printed on"))
	}
	return f.drawSmaller(ctx, p.after, signed, corner.margin)
}

// openObject opens an object as a file until release is called.
func (f *Flow) openObject(ctx context.Context, key string) (*os.File, func(), error) {
	path, release, err := f.Objects.Path(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		release()
		return nil, nil, fmt.Errorf("open object %s: %w", key, err)
	}
	return file, func() { _ = file.Close(); release() }, nil // opened for reading only
}

// drawSmaller writes the paper once more, with a margin at the top of its first
// page. The pictures' bytes stay the same.
func (f *Flow) drawSmaller(ctx context.Context, d dossier.Dossier, component dossier.Component, margin float64) (*os.File, func(), error) {
	sheets, _, release, err := f.sheets(ctx, component)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	sheets[0].Margin = margin
	file, err := os.CreateTemp(f.Scratch, "smaller-*.pdf")
	if err != nil {
		return nil, nil, fmt.Errorf("write pdf: %w", err)
	}
	remove := func() { _, _ = file.Close(), os.Remove(file.Name()) } // scratch is swept at boot, too
	if err := f.writeChecked(ctx, file, f.meta(d, component), sheets); err != nil {
		remove()
		return nil, nil, err
	}
	return file, remove, nil
}

// cornerOf looks at the place of the block on a page.
func (f *Flow) cornerOf(ctx context.Context, page dossier.Page, block *pades.Block) (corner, error) {
	reading, err := f.readingOf(ctx, page)
	if err != nil {
		return corner{}, err
	}
	if reading.Width == 0 { // never read: it is as large as its picture
		stream, release, err := f.picture(ctx, page, nil)
		if err != nil {
			return corner{}, err
		}
		reading = measured(reading, stream)
		release()
	}
	area, margin, err := placeOf(block, &reading)
	if err != nil {
		return corner{}, err
	}
	found := corner{margin: margin, printed: wordsIn(reading.Words, area)}
	if found.printed {
		return found, nil
	}
	found.printed, err = f.inkIn(ctx, page, reading, area)
	return found, err
}

// placeOf gives the place of the block on a page, in pixels of the upright page,
// y downwards, and how many points of the page's top it needs.
func placeOf(block *pades.Block, reading *dossier.Reading) (area image.Rectangle, margin float64, err error) {
	width, height, err := pdfa.Size(reading)
	if err != nil {
		return area, 0, err
	}
	place, err := block.Place(width, height)
	if err != nil {
		return area, 0, err
	}
	scale := float64(reading.Width) / width
	area = image.Rect(int(place.X0*scale), int((height-place.Y1)*scale), int(place.X1*scale)+1, int((height-place.Y0)*scale)+1)
	return area, height - place.Y0 + blockGap, nil
}

// wordReach is the part of a word's height that must lie in the area for the
// word to be there. An engine draws boxes larger than the letters, and those of
// the line below the block reach into its place without any ink; what of a
// letter does reach there is seen as ink.
const wordReach = 1.0 / 3

// wordsIn tells whether any word was read in the area.
func wordsIn(words []dossier.Word, area image.Rectangle) bool {
	for _, w := range words {
		box := image.Rect(w.X, w.Y, w.X+w.W, w.Y+w.H)
		if in := box.Intersect(area); !in.Empty() && float64(in.Dy()) >= wordReach*float64(box.Dy()) {
			return true
		}
	}
	return false
}

// inkIn looks for ink in an area of the upright page.
func (f *Flow) inkIn(ctx context.Context, page dossier.Page, reading dossier.Reading, area image.Rectangle) (bool, error) {
	of, _, err := page.ID.Split()
	if err != nil {
		return false, err
	}
	raw, index, err := of.Split()
	if err != nil {
		return false, err
	}
	path, release, err := f.Objects.Path(ctx, dossier.RawKey(f.Unit.ID, raw))
	if err != nil {
		return false, err
	}
	defer release()
	encoded, err := f.Viewer.View(ctx, path, index, reading, cornerWidth)
	if err != nil {
		return false, err
	}
	view, err := jpeg.Decode(bytes.NewReader(encoded))
	if err != nil {
		return false, fmt.Errorf("look at corner: %w", err)
	}
	return shadesIn(view, inView(area, view, &reading)).printed(), nil
}

// inView gives an area of the upright page in a picture of that page.
func inView(area image.Rectangle, view image.Image, reading *dossier.Reading) image.Rectangle {
	scale := float64(view.Bounds().Dx()) / float64(reading.Width)
	scaled := func(v int) int { return int(float64(v) * scale) }
	return image.Rect(scaled(area.Min.X), scaled(area.Min.Y), scaled(area.Max.X), scaled(area.Max.Y))
}

// The limits, as measured by TestCorners on labelled corners (testdata/corners.csv;
// the figures are in docs/BENCHMARKS.md).
const (
	// inkDepth is how much darker than its paper a pixel must be to be ink, of
	// 255. Noise, tint and shading of free paper stay within 20 but for one pixel
	// in a thousand; pencil is some 70 darker. The fine pattern of certificates'
	// paper is not among the samples: it would count as ink.
	inkDepth = 30
	// inkShare is the part of the area that may be ink and still be dust. Dust was
	// 0.0009 at most, one thick speck 0.0022; the least print, the tops of letters
	// that reach in from below, was 0.01, a clerk's note 0.02. A stroke of pencil
	// of 5 mm is 0.004.
	inkShare = 0.002
	// darkPaper is the brightness of paper, of 255, on which black letters are
	// not read well: the black edge of a scan. The darkest paper was 185.
	darkPaper = 110
)

// shades counts the pixels of an area by their brightness.
type shades struct {
	count [256]int
	all   int
}

func shadesIn(view image.Image, area image.Rectangle) (s shades) {
	area = area.Intersect(view.Bounds())
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			gray, _ := color.GrayModel.Convert(view.At(x, y)).(color.Gray)
			s.count[gray.Y]++
		}
	}
	s.all = area.Dx() * area.Dy()
	return s
}

// paper is the brightness of the paper, whatever its colour: the median.
func (s shades) paper() int {
	paper, below := 0, s.count[0]
	for below*2 < s.all && paper < 255 {
		paper++
		below += s.count[paper]
	}
	return paper
}

// ink is the part of the pixels that are darker than the paper by inkDepth.
func (s shades) ink() float64 {
	ink := 0
	for shade := 0; shade < s.paper()-inkDepth; shade++ {
		ink += s.count[shade]
	}
	return float64(ink) / float64(max(s.all, 1))
}

// printed tells whether there is ink, or paper that is too dark to write on.
func (s shades) printed() bool { return s.paper() < darkPaper || s.ink() > inkShare }
