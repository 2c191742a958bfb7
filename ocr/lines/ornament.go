package lines

import (
	"slices"

	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// The frame of a certificate has a column of ornaments at each edge, which
// would be read as a letter beside every line. Ornaments are alike in size and
// stand one above the other at one distance, with what is left of the rules
// between them; a column of numbers has narrow and wide ones, and fewer.
const (
	leastOrnaments = 20
	ornamentLike   = 3    // pixels by which sizes differ
	ornamentLean   = 8    // pixels by which places in the column differ
	frameWidth     = 0.27 // inches
)

// withoutFrame drops the columns of ornaments left and right of all print.
func withoutFrame(bodies []lept.Box) []lept.Box {
	if len(bodies) < leastOrnaments {
		return bodies
	}
	left, right := bodies[0].X, 0
	for _, b := range bodies {
		left, right = min(left, b.X), max(right, b.X+b.W)
	}
	for _, from := range []int{left, right - measure.Inches(frameWidth)} {
		edge := func(b lept.Box) bool { return b.X >= from && b.X+b.W <= from+measure.Inches(frameWidth) }
		var column []lept.Box
		for _, b := range bodies {
			if edge(b) {
				column = append(column, b)
			}
		}
		if ornamented(column) {
			bodies = slices.DeleteFunc(bodies, edge)
		}
	}
	return bodies
}

// ornamented tells whether many boxes of a column are alike and at one distance
// from the next.
func ornamented(column []lept.Box) bool {
	for _, first := range column {
		var tops []int
		for _, b := range column {
			if alike(first, b) {
				tops = append(tops, b.Y)
			}
		}
		if len(tops) >= leastOrnaments {
			return evenly(tops)
		}
	}
	return false
}

func alike(a, b lept.Box) bool {
	near := func(x, y, by int) bool { return max(x-y, y-x) <= by }
	return near(a.X, b.X, ornamentLean) && near(a.W, b.W, ornamentLike) && near(a.H, b.H, ornamentLike) && a.W <= 2*a.H
}

// evenly tells whether most tops are at one distance from the next; some are
// missing where a stamp or a hole is.
func evenly(tops []int) bool {
	slices.Sort(tops)
	apart := make([]int, 0, len(tops)-1)
	for i := range len(tops) - 1 {
		apart = append(apart, tops[i+1]-tops[i])
	}
	slices.Sort(apart)
	usual, like := apart[len(apart)/2], 0
	for _, d := range apart {
		if max(d-usual, usual-d) <= ornamentLike {
			like++
		}
	}
	return 3*like >= 2*len(apart)
}
