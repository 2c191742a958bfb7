package lines

import (
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// What is left of the ink when the words that were read are taken off.
const (
	coverEdge = 3    // pixels around a word that are its own
	lumpGap   = 0.12 // inches, less than between words of two columns
	// A lump is a word at least; what is smaller are letters that the box of
	// their word does not cover, holes and dust.
	lumpWidth = 0.3
	// A line of print makes a band as long and as high as this, which seals and
	// strokes of a pen do not: without one, nothing was missed, unless more is
	// left than was read, as where lines are bent.
	bandWidth  = 1.5
	bandHeight = 0.04
	mostLeft   = 0.5 // of the ink
)

// Missed is the box around the ink in no word, in which print was missed, or an
// empty one when no line of it can have been. Frames and what else is larger
// than a seal do not count.
func Missed(ink *lept.Pix, words []lept.Box) (lept.Box, error) {
	left, err := ink.Smaller(measure.Inches(sealWidth), measure.Inches(sealHeight))
	if err != nil {
		return lept.Box{}, err
	}
	defer left.Close()
	all := left.Black()
	for _, w := range words {
		left.PaintWhiteBox(lept.Box{X: w.X - coverEdge, Y: w.Y - coverEdge, W: w.W + 2*coverEdge, H: w.H + 2*coverEdge})
	}
	joined, err := left.CloseBrick(measure.Inches(lumpGap), 1)
	if err != nil {
		return lept.Box{}, err
	}
	defer joined.Close()
	bands, err := joined.OpenBrick(measure.Inches(bandWidth), measure.Inches(bandHeight))
	if err != nil {
		return lept.Box{}, err
	}
	defer bands.Close()
	if bands.Black() == 0 && float64(left.Black()) <= mostLeft*float64(all) {
		return lept.Box{}, nil
	}
	pieces, err := joined.Components()
	return aroundLumps(pieces), err
}

// aroundLumps is the box around the pieces that are large enough for a word.
func aroundLumps(pieces []lept.Box) (around lept.Box) {
	for _, p := range pieces {
		switch {
		case p.W < measure.Inches(lumpWidth) || p.H < measure.Inches(bodyHeight):
		case around.W == 0:
			around = p
		default:
			around = union(around, p)
		}
	}
	return around
}
