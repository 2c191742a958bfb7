// Package lines finds the lines of print on a level page, so that each can be
// read by itself: the engine's own search for them takes a quarter of its time
// and cuts a page into columns that tear "label: value" apart.
//
// Start at [Find]. It works on the 1-bit measuring copy of 150 dpi and answers
// in its pixels. What is too tall to be print is told apart: letters that touch
// a seal or a stroke of the pen are hidden there. Titles in large print are
// lines, too (large.go); the ornaments of a frame are none (ornament.go).
package lines

import (
	"cmp"
	"math"
	"slices"

	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// Sizes in inches. Print of 20 points, marks included, is 0.28 high; touching
// bold capitals and underlined words are wide. A line ends at a gap of the
// width of three letters.
const (
	tallest    = 0.28
	widest     = 6.0
	ruleHeight = 0.03
	ruleLength = 0.3
	gap        = 0.22
	bodyHeight = 0.05
	markAbove  = 0.07 // how far a mark may stand above its letters
	markBelow  = 0.03
	// A seal of 36 mm with what touches it; frames and drawings are larger, the
	// rules of a table thinner.
	sealHeight  = 2.5
	sealWidth   = 4.0
	strokeWidth = 0.1
	leastSpeck  = 3 // pixels
)

// Found is what there is to read.
type Found struct {
	Lines []lept.Box // of print, marks included, from top to bottom
	// Tall are pieces higher than print, up to the size of a seal, that are no
	// letters of large print.
	Tall []lept.Box
}

// Find looks for the lines of a level picture.
func Find(ink *lept.Pix) (Found, error) {
	print, tall, rows, err := parted(ink)
	if err != nil {
		return Found{}, err
	}
	defer print.Close()
	joined, err := print.CloseBrick(measure.Inches(gap), 1)
	if err != nil {
		return Found{}, err
	}
	defer joined.Close()
	boxes, err := joined.Components()
	if err != nil {
		return Found{}, err
	}
	var bodies, marks []lept.Box
	for _, b := range boxes {
		if b.H >= measure.Inches(bodyHeight) {
			bodies = append(bodies, b)
		} else {
			marks = append(marks, b)
		}
	}
	bodies = withoutFrame(without(merge(bodies), rows))
	for i, row := range rows {
		rows[i], bodies = withMarks(row, bodies)
	}
	bodies = giveMarks(append(rows, bodies...), marks)
	slices.SortStableFunc(bodies, func(a, b lept.Box) int { return cmp.Compare(a.Y, b.Y) })
	return Found{bodies, tall}, nil
}

// parted keeps what has the size of print and is no rule, and lists what is
// taller but no frame: rows of large print, and the other pieces.
func parted(ink *lept.Pix) (print *lept.Pix, tall, rows []lept.Box, err error) {
	if print, err = ink.Copy(); err != nil {
		return nil, nil, nil, err
	}
	boxes, err := ink.Components()
	if err != nil {
		print.Close()
		return nil, nil, nil, err
	}
	over, err := ink.Larger(measure.Inches(widest)+1, measure.Inches(tallest)+1)
	if err != nil {
		print.Close()
		return nil, nil, nil, err
	}
	defer over.Close()
	print.Subtract(over)
	rows = large(boxes)
	for _, b := range boxes {
		switch {
		case b.H <= measure.Inches(ruleHeight) && b.W >= measure.Inches(ruleLength), b.W < leastSpeck && b.H < leastSpeck:
			print.PaintWhiteBox(b)
		case b.H > measure.Inches(tallest) && b.H <= measure.Inches(sealHeight) && b.W >= measure.Inches(strokeWidth) && b.W <= measure.Inches(sealWidth):
			tall = append(tall, b)
		}
	}
	return print, without(tall, rows), rows, nil
}

// merge joins bodies beside each other on one row.
func merge(bodies []lept.Box) []lept.Box {
	for again := true; again; {
		again = false
		var out []lept.Box
		for _, b := range bodies {
			at := slices.IndexFunc(out, func(o lept.Box) bool { return sameLine(o, b) })
			if at < 0 {
				out = append(out, b)
				continue
			}
			out[at] = union(out[at], b)
			again = true
		}
		bodies = out
	}
	return bodies
}

func sameLine(a, b lept.Box) bool {
	over := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	apart := max(a.X, b.X) - min(a.X+a.W, b.X+b.W)
	return 2*over > min(a.H, b.H) && apart < measure.Inches(gap)
}

func union(a, b lept.Box) lept.Box {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return lept.Box{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

// giveMarks gives marks and dots to the body they stand at.
func giveMarks(bodies, marks []lept.Box) []lept.Box {
	out := slices.Clone(bodies)
	for _, m := range marks {
		best, least := -1, math.MaxInt
		for i, b := range bodies {
			if m.X+m.W < b.X-2 || m.X > b.X+b.W+measure.Inches(gap) {
				continue
			}
			above, below := b.Y-(m.Y+m.H), m.Y-(b.Y+b.H)
			if above <= measure.Inches(markAbove) && below <= measure.Inches(markBelow) {
				if d := max(above, below, 0); d < least {
					best, least = i, d
				}
			}
		}
		if best >= 0 {
			out[best] = union(out[best], m)
		}
	}
	return out
}

// UsualHeight is the middle height of the lines.
func (f Found) UsualHeight() int {
	if len(f.Lines) == 0 {
		return 0
	}
	heights := make([]int, len(f.Lines))
	for i, l := range f.Lines {
		heights[i] = l.H
	}
	slices.Sort(heights)
	return heights[len(heights)/2]
}
