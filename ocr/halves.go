package ocr

import (
	"errors"
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
		half, err := halfOf(picture, cut)
		if err != nil {
			return nil, err
		}
		if i == len(cuts)-1 {
			picture.Pix.Close() // closing twice is harmless
		}
		if pages[i], err = r.readHalf(half, base, nil); err != nil {
			return nil, err
		}
		centres[i] = [2]float64{float64(half.frame.X) + float64(half.frame.W)/2, float64(half.frame.Y) + float64(half.frame.H)/2}
	}
	if swapped(pages, centres) {
		slices.Reverse(pages)
	}
	for i := range pages {
		pages[i].Part = i + 1
	}
	return pages, nil
}

// readTold reads the pages of a spread as a person says that they lie, in that
// order. The picture is consumed.
func (r *Reader) readTold(picture *decode.Picture, base dossier.Reading, ways []dossier.WayUp) ([]dossier.Reading, error) {
	defer picture.Pix.Close()
	pages := make([]dossier.Reading, len(ways))
	for i, way := range ways {
		if way.Cut == nil {
			return nil, parked("part spread", errNoGutter)
		}
		half, err := halfOf(picture, *way.Cut)
		if err != nil {
			return nil, err
		}
		base.Part = i + 1
		if pages[i], err = r.readHalf(half, base, &ways[i].RotationCW); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// errNoGutter: one of several pages has no gutter to part it from the others.
var errNoGutter = errors.New("no gutter")

// half is one page of a spread by itself, and where it was.
type half struct {
	picture decode.Picture
	cut     dossier.Cut
	frame   dossier.Box
}

// halfOf cuts one page out of the picture of a spread.
func halfOf(picture *decode.Picture, cut dossier.Cut) (h half, err error) {
	h = half{picture: *picture, cut: cut, frame: cut.Frame(picture.Pix.Width(), picture.Pix.Height())}
	h.picture.Flags = slices.Clone(picture.Flags)
	if h.picture.Pix, err = decode.CutPix(picture.Pix, cut, h.frame); err != nil {
		return h, parked("part spread", err)
	}
	return h, nil
}

// readHalf reads a page that was cut out of a spread; its matrix leads into the
// whole image.
func (r *Reader) readHalf(h half, base dossier.Reading, lies *int) (dossier.Reading, error) {
	page, err := r.readPage(&h.picture, base, lies)
	page.ToInput = page.ToInput.Then(dossier.Matrix{1, 0, 0, 1, float64(h.frame.X), float64(h.frame.Y)})
	page.Cut = &h.cut
	return page, err
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
