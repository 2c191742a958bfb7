package lines

import (
	"cmp"
	"slices"

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
	lumpApart  = 0.5 // inches down the page: what is farther is looked at by itself
)

// Missed are the boxes around the ink in no word in which print was missed: one
// around lumps that are near each other, of which one is a line of print. Frames
// and what else is larger than a seal do not count.
func Missed(ink *lept.Pix, words []lept.Box) ([]lept.Box, error) {
	left, err := ink.Smaller(measure.Inches(sealWidth), measure.Inches(sealHeight))
	if err != nil {
		return nil, err
	}
	defer left.Close()
	all := left.Black()
	for _, w := range words {
		left.PaintWhiteBox(lept.Box{X: w.X - coverEdge, Y: w.Y - coverEdge, W: w.W + 2*coverEdge, H: w.H + 2*coverEdge})
	}
	joined, err := left.CloseBrick(measure.Inches(lumpGap), 1)
	if err != nil {
		return nil, err
	}
	defer joined.Close()
	bands, err := joined.OpenBrick(measure.Inches(bandWidth), measure.Inches(bandHeight))
	if err != nil {
		return nil, err
	}
	defer bands.Close()
	bent := float64(left.Black()) > mostLeft*float64(all)
	if bands.Black() == 0 && !bent {
		return nil, nil
	}
	pieces, err := joined.Components()
	if err != nil || bent {
		return aroundLumps(pieces), err
	}
	lines, err := bands.Components()
	return slices.DeleteFunc(aroundLumps(pieces), func(p lept.Box) bool {
		return !slices.ContainsFunc(lines, func(l lept.Box) bool { return l.Y >= p.Y && l.Y < p.Y+p.H })
	}), err
}

// aroundLumps are boxes around the pieces that are large enough for a word, one
// for all that follow each other down the page.
func aroundLumps(pieces []lept.Box) (around []lept.Box) {
	lumps := slices.DeleteFunc(pieces, func(p lept.Box) bool { return p.W < measure.Inches(lumpWidth) || p.H < measure.Inches(bodyHeight) })
	slices.SortFunc(lumps, func(a, b lept.Box) int { return cmp.Compare(a.Y, b.Y) })
	for _, p := range lumps {
		if n := len(around); n > 0 && p.Y-(around[n-1].Y+around[n-1].H) < measure.Inches(lumpApart) {
			around[n-1] = union(around[n-1], p)
			continue
		}
		around = append(around, p)
	}
	return around
}
