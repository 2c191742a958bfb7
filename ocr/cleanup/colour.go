package cleanup

import (
	"math"
	"slices"

	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// What of a colour picture is read. Where there is hardly any red, the
// luminance. Where there is, the red channel, in which seals and ruling vanish;
// but red is also print: titles and values of cards, serials of land
// certificates. Red ink that lies in lines is therefore kept: by the luminance
// in the boxes of these lines, or of all the page when they are much of its red.
// A seal, its inscription included, is one piece as high as wide and no line.
const (
	// redPage is the share of saturated red from which on the red channel is
	// read. Blue ink and coloured print need the luminance.
	redPage = 0.001
	// redPrint is the share of the red in lines from which on the page is one
	// printed in red, and all of it is read by its luminance. Set on one real
	// card, whose share is 0.34; no other papers printed in red were measured.
	redPrint = 0.2
	redDPI   = 75 // of the mask: seals and lines are seen in a few pixels
	// Letters of a line are less than redGap apart, lines more than redLead.
	redGap  = 0.16 // inches
	redLead = 0.03
	// A line is at most redTallest high and redLong times as long. Letters fill
	// part of their box, rules and bars all of it.
	redTallest = 0.5
	redLong    = 3.0
	redLowest  = 5 // pixels of the mask
	redSolid   = 0.75
	redEdge    = 2 // pixels of the mask around a line
)

// readable gives a gray picture to read, and the share of saturated red. It is
// the picture itself when that is not coloured.
func readable(pix *lept.Pix, dpi float64) (gray *lept.Pix, red float64, err error) {
	if pix.Depth() != 32 {
		return pix, 0, nil
	}
	step := max(1, int(math.Round(dpi/redDPI)))
	mask, err := pix.RedMask(step)
	if err != nil {
		return nil, 0, err
	}
	defer mask.Close()
	red = float64(mask.Black()) / (float64(mask.Width()) * float64(mask.Height()))
	if red <= redPage {
		gray, err = pix.Luminance()
		return gray, red, err
	}
	lines, err := redLines(mask, dpi/float64(step))
	if err != nil {
		return nil, red, err
	}
	if inLines(mask, lines) > redPrint {
		gray, err = pix.Luminance()
		return gray, red, err
	}
	for i, b := range lines {
		lines[i] = lept.Box{X: b.X * step, Y: b.Y * step, W: b.W * step, H: b.H * step}
	}
	gray, err = redWithLines(pix, lines)
	return gray, red, err
}

// redWithLines is the red channel, with the luminance in the boxes.
func redWithLines(pix *lept.Pix, boxes []lept.Box) (*lept.Pix, error) {
	red, err := pix.Red()
	if err != nil || len(boxes) == 0 {
		return red, err
	}
	light, err := pix.Luminance()
	if err != nil {
		red.Close()
		return nil, err
	}
	defer light.Close()
	for _, b := range boxes {
		red.CopyBox(light, b)
	}
	return red, nil
}

// redLines are the boxes of red print in a mask of the resolution, along
// either side of the picture: it may still lie on its side.
func redLines(mask *lept.Pix, dpi float64) ([]lept.Box, error) {
	var lines []lept.Box
	for _, along := range []bool{true, false} {
		w, h := brick(redGap, dpi), brick(redLead, dpi)
		if !along {
			w, h = h, w
		}
		joined, err := mask.CloseBrick(w, h)
		if err != nil {
			return nil, err
		}
		pieces, err := joined.Components()
		joined.Close()
		if err != nil {
			return nil, err
		}
		for _, b := range pieces {
			if isRedLine(b, along, dpi) && !insideAny(b, pieces) && filled(mask, b) < redSolid {
				lines = append(lines, lept.Box{X: b.X - redEdge, Y: b.Y - redEdge, W: b.W + 2*redEdge, H: b.H + 2*redEdge})
			}
		}
	}
	return lines, nil
}

func brick(length, dpi float64) int { return max(1, int(math.Round(length*dpi))) }

// isRedLine tells whether a piece has the shape of a line of print.
func isRedLine(b lept.Box, along bool, dpi float64) bool {
	long, high := b.W, b.H
	if !along {
		long, high = high, long
	}
	return high >= redLowest && float64(high) <= redTallest*dpi && float64(long) >= redLong*float64(high)
}

// insideAny tells whether a piece lies within another, as the inscription of a
// seal does.
func insideAny(b lept.Box, pieces []lept.Box) bool {
	return slices.ContainsFunc(pieces, func(o lept.Box) bool {
		return o != b && o.X <= b.X && o.Y <= b.Y && o.X+o.W >= b.X+b.W && o.Y+o.H >= b.Y+b.H
	})
}

// inLines is the share of the black of a mask that lies in boxes.
func inLines(mask *lept.Pix, boxes []lept.Box) float64 {
	ink := 0.0
	for _, b := range boxes {
		ink += filled(mask, b) * float64(b.W) * float64(b.H)
	}
	return ink / float64(max(mask.Black(), 1))
}

// filled is the share of black in a box of a mask.
func filled(mask *lept.Pix, b lept.Box) float64 {
	cut, err := mask.Crop(b)
	if err != nil {
		return 1 // no memory: rather no line than a failed page
	}
	defer cut.Close()
	return float64(cut.Black()) / (float64(b.W) * float64(b.H))
}

// The ink of a seal comes through the paper, paler but sharp. A piece of pink that is
// sealSide high and wide is one; the gaps in it are below sealGap.
const (
	sealSide = 0.6 // inches
	sealGap  = 0.12
)

// pink is where a picture is red or has red shining through, at about redDPI; mask is
// nil where it is not coloured.
type pink struct {
	mask       *lept.Pix
	dpiX, dpiY float64
}

func pinkOf(pix *lept.Pix, r decode.Resolution) (pink, error) {
	if pix.Depth() != 32 {
		return pink{}, nil
	}
	step := max(1, int(math.Round(max(r.X, r.Y)/redDPI)))
	mask, err := pix.PinkMask(step)
	return pink{mask, r.X / float64(step), r.Y / float64(step)}, err
}

// seals are the boxes of seals, fresh ones and such as have come through from the
// back, in pixels of the measuring copy.
func (p pink) seals() ([]lept.Box, error) {
	if p.mask == nil || p.mask.Black() == 0 {
		return nil, nil
	}
	joined, err := p.mask.CloseBrick(brick(sealGap, p.dpiX), brick(sealGap, p.dpiY))
	if err != nil {
		return nil, err
	}
	defer joined.Close()
	boxes, err := joined.Components()
	if err != nil {
		return nil, err
	}
	edge := measure.Inches(sealGap) // paler still
	x, y := measure.DPI/p.dpiX, measure.DPI/p.dpiY
	for i, b := range boxes {
		boxes[i] = lept.Box{X: int(float64(b.X)*x) - edge, Y: int(float64(b.Y)*y) - edge,
			W: int(float64(b.W)*x) + 2*edge, H: int(float64(b.H)*y) + 2*edge}
	}
	return slices.DeleteFunc(boxes, func(b lept.Box) bool { return min(b.W, b.H)-2*edge < measure.Inches(sealSide) }), nil
}
