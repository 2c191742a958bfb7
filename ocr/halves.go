package ocr

import (
	"math"
	"slices"

	"sohoa/dossier"
	"sohoa/ocr/decode"
)

// readHalves reads the two pages of a spread, each straightened by itself: the
// leaves of a register rarely lie alike. One half is in memory at a time beside
// the picture, which is consumed. The pages come in the order they are read in
// once the spread is upright.
func (r *Reader) readHalves(picture *decode.Picture, base dossier.Reading, cuts []dossier.Cut) ([]dossier.Reading, error) {
	defer picture.Pix.Close()
	pages := make([]dossier.Reading, len(cuts))
	centres := make([][2]float64, len(cuts))
	for i, cut := range cuts {
		frame := cut.Frame(picture.Pix.Width(), picture.Pix.Height())
		half := *picture
		half.Flags = slices.Clone(picture.Flags)
		var err error
		if half.Pix, err = decode.CutPix(picture.Pix, cut, frame); err != nil {
			return nil, parked("part spread", err)
		}
		if i == len(cuts)-1 {
			picture.Pix.Close() // closing twice is harmless
		}
		if pages[i], err = r.readPage(&half, base); err != nil {
			return nil, err
		}
		pages[i].ToInput = pages[i].ToInput.Then(dossier.Matrix{1, 0, 0, 1, float64(frame.X), float64(frame.Y)})
		pages[i].Cut = &cut
		centres[i] = [2]float64{float64(frame.X) + float64(frame.W)/2, float64(frame.Y) + float64(frame.H)/2}
	}
	if swapped(pages, centres) {
		slices.Reverse(pages)
	}
	for i := range pages {
		pages[i].Part = i + 1
	}
	return pages, nil
}

// swapped tells whether the second half is read before the first: on the upright
// spread it lies to the left, or above. How the spread lies is told by the half
// whose print is surest.
func swapped(pages []dossier.Reading, centres [][2]float64) bool {
	surest := pages[0]
	if doubt(pages[1]) < doubt(pages[0]) {
		surest = pages[1]
	}
	upright, ok := surest.ToInput.Invert()
	if !ok {
		return false
	}
	x0, y0 := upright.Apply(centres[0][0], centres[0][1])
	x1, y1 := upright.Apply(centres[1][0], centres[1][1])
	if math.Abs(x1-x0) > math.Abs(y1-y0) {
		return x1 < x0
	}
	return y1 < y0
}

// doubt is how little a page says about which way up the spread is.
func doubt(r dossier.Reading) int {
	d := 0
	if r.Blank || len(r.Words) == 0 {
		d += 4
	}
	if slices.Contains(r.Flags, dossier.FlagTurnUnsure) {
		d += 2
	}
	if slices.Contains(r.Flags, dossier.FlagSkewUnsure) {
		d++
	}
	return d
}
