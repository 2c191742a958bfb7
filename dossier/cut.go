package dossier

import "math"

// Cut is the gutter that parts one page of a spread from the other: a line from
// (x0, y0) to (x1, y1) in pixels of the input image, y downwards. The page lies
// on the right hand of who walks from the first point to the second.
type Cut [4]float64

// Side is above zero for a point on the page's side of the gutter, zero on it.
func (c Cut) Side(x, y float64) float64 {
	return (c[2]-c[0])*(y-c[1]) - (c[3]-c[1])*(x-c[0])
}

// Span is the part of row y, between x = 0 and the width, that is on the page's
// side: from is included, to is not.
func (c Cut) Span(y float64, width int) (from, to int) {
	left, right := c.Side(0.5, y) > 0, c.Side(float64(width)-0.5, y) > 0
	switch {
	case left && right:
		return 0, width
	case !left && !right:
		return 0, 0
	}
	// Centres of pixels decide; the gutter crosses this row at x.
	x := c[0] + (c[2]-c[0])*(y-c[1])/(c[3]-c[1])
	at := min(max(int(math.Round(x)), 0), width)
	if left {
		return 0, at
	}
	return at, width
}

// Frame is the smallest rectangle of a w x h image that holds the page.
func (c Cut) Frame(w, h int) Box {
	x0, x1, y0, y1 := w, 0, h, 0
	for y := range h {
		from, to := c.Span(float64(y)+0.5, w)
		if to > from {
			x0, x1, y0, y1 = min(x0, from), max(x1, to), min(y0, y), y+1
		}
	}
	return Box{X: x0, Y: y0, W: max(0, x1-x0), H: max(0, y1-y0)}
}
