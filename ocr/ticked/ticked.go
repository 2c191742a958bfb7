// Package ticked finds the small printed squares of a form that are there to be
// ticked, and tells of each whether it is.
//
// Start at [Find]. It works on the 1-bit measuring copy of 150 dpi of a level
// page. A square is a short rule across or upright, of which there is another as far
// away as it is long, whose ends are joined on both sides; a solid square is one that
// was filled; and two brackets are like a square (brackets.go). What stands inside decides: nothing is empty, strokes that turn or
// cross are a tick. A single straight stroke may have gone astray, and a speck is
// no tick: both are unsure, and so is whatever lies between. Never a letter is
// asked for, so a square that was misread costs nothing.
//
// Limits: a square of which the pen or the rules of a table hide all four edges, as a
// cell of a table that is meant to be ticked, is not found. Who reads the squares of a
// form must count them.
package ticked

import (
	"cmp"
	"math"
	"slices"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// Sizes in inches: squares are printed 2.5 to 7 mm wide, their edges at most a
// millimetre thick.
const (
	least    = 0.10
	most     = 0.30
	thickest = 0.04
)

// Shares of what is looked at.
const (
	sideSeen  = 0.85 // of a side, for it to be an edge
	offSquare = 1.15 // a side to the other
	solid     = 0.85 // of a square that was filled
	empty     = 0.015
	marked    = 0.06
	wholeMark = 0.4 // of the side: what is smaller is a speck
)

// What measuring drawn squares told: none of those called ticked or empty was
// not (ticked_test.go); the rest is for what was not drawn.
const sure, unsure = 0.97, 0.5

// Find gives the squares, from top to bottom, in pixels of the picture.
func Find(ink *lept.Pix) ([]dossier.CheckBox, error) {
	p := picture{ink.Words(), ink.Stride(), ink.Width(), ink.Height()}
	var found []dossier.CheckBox
	for _, upright := range []bool{false, true} {
		pieces, err := edges(ink, upright)
		if err != nil {
			return nil, err
		}
		for _, piece := range pieces {
			at, edge, ok := p.square(piece, upright)
			if ok && !slices.ContainsFunc(found, func(c dossier.CheckBox) bool { return meets(c, at) }) {
				state, confidence := p.judge(at, edge)
				found = append(found, dossier.CheckBox{X: at.X, Y: at.Y, W: at.W, H: at.H, State: state, Confidence: confidence})
			}
		}
	}
	marks, err := ink.Components()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(marks, byPlace)
	for _, c := range p.brackets(marks) {
		if !slices.ContainsFunc(found, func(o dossier.CheckBox) bool { return meets(o, lept.Box{X: c.X, Y: c.Y, W: c.W, H: c.H}) }) {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b dossier.CheckBox) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
	return found, nil
}

// edges are the straight pieces of ink as long as the edge of a square, across or
// upright, from top to bottom. Where rules hide the edges of a square that run
// across, those that stand upright are whole.
func edges(ink *lept.Pix, upright bool) ([]lept.Box, error) {
	w, h := measure.Inches(least)-3, 1
	if upright {
		w, h = h, w
	}
	opened, err := ink.OpenBrick(w, h)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	pieces, err := opened.Components()
	slices.SortFunc(pieces, byPlace)
	return pieces, err
}

// meets tells whether a square lies on one that was found: the inner edge of a
// thick or double one.
func meets(c dossier.CheckBox, b lept.Box) bool {
	return b.X < c.X+c.W && c.X < b.X+b.W && b.Y < c.Y+c.H && c.Y < b.Y+b.H
}

// picture looks at single pixels.
type picture struct {
	words         []uint32
	stride        int
	width, height int
}

func (p picture) black(x, y int) bool {
	return x >= 0 && y >= 0 && x < p.width && y < p.height && p.words[y*p.stride+x/32]>>(31-x%32)&1 == 1
}

// square is the square of which the piece may be an edge, with the thickness of its
// edges; or a solid one. One edge has to be whole: the pen hides others, so that they
// are looked for by their ink alone.
func (p picture) square(piece lept.Box, upright bool) (at lept.Box, edge int, ok bool) {
	long, edge := piece.W, piece.H
	if upright {
		long, edge = edge, long
	}
	if long < measure.Inches(least) || long > measure.Inches(most) {
		return at, 0, false
	}
	if alike(piece.W, piece.H) {
		return piece, 0, p.share(piece) >= solid
	}
	if edge > measure.Inches(thickest) {
		return at, 0, false
	}
	shortest, longest := int(float64(long)/offSquare), int(float64(long)*offSquare+0.5)
	best, ok := sideSeen, false
	for other := shortest; other <= longest; other++ {
		for _, frame := range framesOn(piece, other, upright) {
			if seen := p.framed(frame, best); seen > best || seen == best && !ok {
				at, best, ok = frame, seen, true
			}
		}
	}
	if upright {
		return at, edge + 1, ok && p.ruled(at)
	}
	return at, edge, ok
}

// ruled tells whether the upper and the lower edge go on as rules, to one side at
// least, for as long as they are: else letters with upright strokes are squares.
func (p picture) ruled(at lept.Box) bool {
	return !slices.ContainsFunc([]int{at.Y - 1, at.Y + at.H + 1 - slack}, func(y int) bool {
		left, right := lept.Box{X: at.X - at.W, Y: y, W: at.W, H: slack}, lept.Box{X: at.X + at.W, Y: y, W: at.W, H: slack}
		return max(p.edge(left), p.edge(right)) < sideSeen
	})
}

// framesOn are the rectangles of which a piece is one edge, and the other so long.
func framesOn(piece lept.Box, other int, upright bool) [2]lept.Box {
	if upright {
		return [2]lept.Box{{X: piece.X, Y: piece.Y, W: other, H: piece.H}, {X: piece.X + piece.W - other, Y: piece.Y, W: other, H: piece.H}}
	}
	return [2]lept.Box{{X: piece.X, Y: piece.Y, W: piece.W, H: other}, {X: piece.X, Y: piece.Y + piece.H - other, W: piece.W, H: other}}
}

// framed is how much of the worst of its four sides a rectangle has; 0 as soon as
// one has less than is asked, as most have.
func (p picture) framed(at lept.Box, least float64) float64 {
	worst := 1.0
	for _, side := range [...]lept.Box{
		{X: at.X - 1, Y: at.Y, W: slack, H: at.H}, {X: at.X + at.W + 1 - slack, Y: at.Y, W: slack, H: at.H},
		{X: at.X, Y: at.Y - 1, W: at.W, H: slack}, {X: at.X, Y: at.Y + at.H + 1 - slack, W: at.W, H: slack},
	} {
		if worst = min(worst, p.edge(side)); worst < least {
			return 0
		}
	}
	return worst
}

// alike tells whether two lengths can be sides of one square.
func alike(a, b int) bool {
	return float64(max(a, b)) <= offSquare*float64(min(a, b))
}

// slack is how far an edge may stray, in pixels.
const slack = 3

// edge is how much of the length of a strip has ink, somewhere across it.
func (p picture) edge(strip lept.Box) float64 {
	long, across := strip.H, strip.W
	if strip.W > strip.H {
		long, across = strip.W, strip.H
	}
	seen := 0
	for i := range long {
		for j := range across {
			if strip.W > strip.H && p.black(strip.X+i, strip.Y+j) || strip.W <= strip.H && p.black(strip.X+j, strip.Y+i) {
				seen++
				break
			}
		}
	}
	return float64(seen) / float64(long)
}

func (p picture) share(at lept.Box) float64 {
	seen := 0
	for y := at.Y; y < at.Y+at.H; y++ {
		for x := at.X; x < at.X+at.W; x++ {
			if p.black(x, y) {
				seen++
			}
		}
	}
	return float64(seen) / float64(at.W*at.H)
}

// judge tells what stands inside the edges.
func (p picture) judge(at lept.Box, edge int) (dossier.CheckState, float64) {
	if edge == 0 {
		return dossier.CheckTicked, sure
	}
	in := edge + 2
	return p.judgeInside(lept.Box{X: at.X + in, Y: at.Y + in, W: at.W - 2*in, H: at.H - 2*in}, min(at.W, at.H))
}

// judgeInside tells what stands in the region inside the edges of a square, or between
// two brackets, so many pixels wide.
func (p picture) judgeInside(inside lept.Box, side int) (dossier.CheckState, float64) {
	if inside.W < 3 || inside.H < 3 {
		return dossier.CheckUnsure, unsure
	}
	square := float64(min(inside.W, inside.H))
	share, m := p.share(inside)*float64(inside.W*inside.H)/(square*square), p.strokes(inside)
	switch whole := wholeMark * float64(side); {
	case share <= empty:
		return dossier.CheckEmpty, sure
	case share < marked, m.extent < whole, m.straight():
		return dossier.CheckUnsure, unsure
	}
	return dossier.CheckTicked, sure
}

// strokes are what a mark looks like: how far it reaches, and by how much its
// ink strays from the line that fits it best, of its whole spread.
type strokes struct {
	extent       float64
	major, minor float64
}

// thin is how far the ink of one stroke of a pen strays from its own middle, in
// pixels: a stroke of 1 mm is 6 wide and strays by 1.7.
const thin = 1.7

// straight tells whether it is one stroke that does not turn.
func (s strokes) straight() bool { return s.minor <= thin && s.major > 2*s.minor }

// strokes measures the ink by its moments: the roots of the eigenvalues of the
// covariance of its pixels are its spread along and across the line that fits it.
func (p picture) strokes(at lept.Box) strokes {
	var n, sx, sy, xx, yy, xy float64
	left, right, top, bottom := at.X+at.W, at.X, at.Y+at.H, at.Y
	for y := at.Y; y < at.Y+at.H; y++ {
		for x := at.X; x < at.X+at.W; x++ {
			if !p.black(x, y) {
				continue
			}
			fx, fy := float64(x-at.X), float64(y-at.Y)
			n, sx, sy, xx, yy, xy = n+1, sx+fx, sy+fy, xx+fx*fx, yy+fy*fy, xy+fx*fy
			left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
		}
	}
	if n == 0 {
		return strokes{}
	}
	xx, yy, xy = xx/n-sx*sx/n/n, yy/n-sy*sy/n/n, xy/n-sx*sy/n/n
	middle, apart := (xx+yy)/2, math.Hypot((xx-yy)/2, xy)
	return strokes{
		extent: float64(max(right-left, bottom-top) + 1),
		major:  math.Sqrt(middle + apart), minor: math.Sqrt(max(middle-apart, 0)),
	}
}
