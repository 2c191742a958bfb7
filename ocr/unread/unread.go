// Package unread finds the ink of a page that stands in no word: what was written by
// pen and the engine could not read, or words that it lost.
//
// Start at [Find]. It says where such ink is, never what it means: who looks for a
// value behind a label learns from it that something stands there. Dots of leaders,
// rules, frames, seals and signatures are left out by their size; a seal that is
// smaller than a line of writing, or writing that touches a frame, is not told apart.
package unread

import (
	"cmp"
	"slices"

	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// Sizes in inches of the copy that everything is measured on.
const (
	widest, tallest = 3.0, 0.6 // of one piece: a word whose letters are joined, on dots
	leastHigh       = 0.05     // of one piece: what is lower is a dot, a dash, a mark or a rule
	letterHigh      = 0.09     // of a letter that stands alone
	letterWide      = 0.08     // the same
	leastWide       = 0.12     // of pieces that stand together
	wordGap         = 0.2      // between them
	coverEdge       = 0.03     // around a word that is its own
	// most is how many such places a form has at most: a page with more is a picture.
	most = 400
)

// Find gives the places, from left to right, in pixels of the copy, as words are.
func Find(ink *lept.Pix, words []lept.Box) ([]lept.Box, error) {
	left, err := ink.Smaller(measure.Inches(widest), measure.Inches(tallest))
	if err != nil {
		return nil, err
	}
	defer left.Close()
	edge := measure.Inches(coverEdge)
	for _, w := range words {
		left.PaintWhiteBox(lept.Box{X: w.X - edge, Y: w.Y - edge, W: w.W + 2*edge, H: w.H + 2*edge})
	}
	pieces, err := left.Components()
	if err != nil {
		return nil, err
	}
	pieces = slices.DeleteFunc(pieces, func(b lept.Box) bool { return b.H < measure.Inches(leastHigh) })
	places := slices.DeleteFunc(joined(pieces), func(b lept.Box) bool {
		return b.W < measure.Inches(leastWide) && (b.H < measure.Inches(letterHigh) || b.W < measure.Inches(letterWide))
	})
	if len(places) > most {
		return nil, nil
	}
	return places, nil
}

// joined puts pieces together that stand beside each other on one height.
func joined(pieces []lept.Box) (places []lept.Box) {
	slices.SortFunc(pieces, func(a, b lept.Box) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	for _, piece := range pieces {
		at := slices.IndexFunc(places, func(p lept.Box) bool { return beside(p, piece) })
		if at < 0 {
			places = append(places, piece)
			continue
		}
		p := &places[at]
		right, foot := max(p.X+p.W, piece.X+piece.W), max(p.Y+p.H, piece.Y+piece.H)
		p.Y = min(p.Y, piece.Y)
		p.W, p.H = right-p.X, foot-p.Y
	}
	return places
}

// beside tells whether a piece goes on with a place: half of the lower one lies on
// the height of the other, and little room is between.
func beside(place, piece lept.Box) bool {
	common := min(place.Y+place.H, piece.Y+piece.H) - max(place.Y, piece.Y)
	return piece.X-place.X-place.W <= measure.Inches(wordGap) && 2*common >= min(place.H, piece.H) &&
		max(place.H, piece.H) <= measure.Inches(tallest)
}
