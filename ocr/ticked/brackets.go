package ticked

import (
	"cmp"
	"slices"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// Forms typed on a computer often have brackets to be ticked, [ ] or ( ), in place
// of squares: two marks of one height that open towards each other, a few
// millimetres apart. A mark that touches one of them hides it, so that the pair is
// not found.
const (
	// slim is the width of a bracket, of its height: of [ a third, of ( a quarter.
	slim = 0.5
	// nearest and farthest are what lies between two, of their height: a letter, or
	// the room for one.
	nearest, farthest = 0.25, 1.8
	// offLevel is how far one may stand below the other, of their height.
	offLevel = 0.15
	// sticksOut is how far the ends of a bracket reach beyond its middle, in pixels.
	sticksOut = 2
)

// brackets gives pairs of them, with what stands between.
func (p picture) brackets(pieces []lept.Box) (found []dossier.CheckBox) {
	var opening, closing []lept.Box
	for _, piece := range pieces {
		if piece.H < measure.Inches(least) || piece.H > measure.Inches(most) || float64(piece.W) > slim*float64(piece.H) {
			continue
		}
		switch p.opens(piece) {
		case toRight:
			opening = append(opening, piece)
		case toLeft:
			closing = append(closing, piece)
		case nowhere:
		}
	}
	for _, a := range opening {
		at := slices.IndexFunc(closing, func(b lept.Box) bool { return paired(a, b) })
		if at < 0 {
			continue
		}
		b := closing[at]
		whole := lept.Box{X: a.X, Y: min(a.Y, b.Y), W: b.X + b.W - a.X, H: max(a.H, b.H)}
		inside := lept.Box{X: a.X + a.W + 1, Y: whole.Y, W: b.X - a.X - a.W - 2, H: whole.H}
		state, confidence := p.judgeInside(inside, min(inside.W, inside.H))
		found = append(found, dossier.CheckBox{X: whole.X, Y: whole.Y, W: whole.W, H: whole.H, State: state, Confidence: confidence})
	}
	return found
}

// paired tells whether b can close what a opens.
func paired(a, b lept.Box) bool {
	high, gap := float64(max(a.H, b.H)), float64(b.X-a.X-a.W)
	off := max(a.Y-b.Y, b.Y-a.Y, a.Y+a.H-b.Y-b.H, b.Y+b.H-a.Y-a.H)
	return gap >= nearest*high && gap <= farthest*high && float64(off) <= offLevel*high
}

// side is where a bracket opens to.
type side int

const (
	nowhere side = iota
	toRight
	toLeft
)

// opens tells where both ends of a piece reach beyond its middle, on one side only.
func (p picture) opens(at lept.Box) side {
	end := max(2, at.H/6)
	top := p.reach(lept.Box{X: at.X, Y: at.Y, W: at.W, H: end})
	foot := p.reach(lept.Box{X: at.X, Y: at.Y + at.H - end, W: at.W, H: end})
	middle := p.reach(lept.Box{X: at.X, Y: at.Y + at.H/3, W: at.W, H: at.H / 3})
	right := min(top.to, foot.to) - middle.to
	left := middle.from - max(top.from, foot.from)
	switch {
	case right >= sticksOut && max(middle.from-top.from, middle.from-foot.from) <= 1:
		return toRight
	case left >= sticksOut && max(top.to-middle.to, foot.to-middle.to) <= 1:
		return toLeft
	}
	return nowhere
}

// extent is from where to where there is ink.
type extent struct{ from, to int }

func (p picture) reach(at lept.Box) extent {
	e := extent{at.X + at.W, at.X}
	for y := at.Y; y < at.Y+at.H; y++ {
		for x := at.X; x < at.X+at.W; x++ {
			if p.black(x, y) {
				e.from, e.to = min(e.from, x), max(e.to, x)
			}
		}
	}
	return e
}

// byPlace sorts from top to bottom.
func byPlace(a, b lept.Box) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) }
