package cleanup

import (
	"math"
	"slices"
)

// The letters of the inscription between the circles of a seal as dark as print.
const (
	// So many letters stand with feet or heads on one circle and are of one height
	// before there is an inscription.
	leastInscribed = 6
	inscribedFoot  = 0.012 // inches by which feet may stand apart
	inscribedLike  = 0.2   // of the height
	inscribedInner = 0.5   // of the radius of the seal: no letter is nearer to the middle
	inscribedWide  = 0.35  // of the radius: no letter is wider
	lowLetter      = 0.05  // inches
	highLetter     = 0.19
	// Each has so many others beside it, as near in radii of their circle.
	leastBeside   = 2
	inscribedAway = 0.45
	// A letter has so many mates in a row of print, as near, in inches, and of
	// a size between these.
	rowMates             = 2
	rowAway              = 0.4
	smallMate, largeMate = 0.6, 1.7
	highMate             = 0.3 // inches
)

// piece is ink that hangs together.
type piece struct {
	pixels                 []int
	from, to               float64 // how far it is from the middle of the seal
	left, right, top, foot float64 // of its box as the page is read, from there
	gone                   bool
}

func (p *piece) high() float64 { return p.foot - p.top }
func (p *piece) deep() float64 { return p.to - p.from }
func (p *piece) size() float64 { return math.Hypot(p.right-p.left, p.high()) }

// pieces are those of the ink that is left.
func (d *disc) pieces() []*piece {
	seen := slices.Clone(d.gone)
	var all []*piece
	for i, ink := range d.ink {
		if ink && !seen[i] {
			all = append(all, d.piece(i, seen))
		}
	}
	return all
}

// piece is the ink that hangs together with a pixel.
func (d *disc) piece(start int, seen []bool) *piece {
	p := &piece{pixels: []int{start}, from: math.Inf(1), left: math.Inf(1), right: math.Inf(-1), top: math.Inf(1), foot: math.Inf(-1)}
	seen[start] = true
	for n := 0; n < len(p.pixels); n++ {
		x, y := p.pixels[n]%d.at.W, p.pixels[n]/d.at.W
		d.extend(p, float64(x)+0.5-d.x, float64(y)+0.5-d.y)
		for v := max(0, y-1); v <= min(d.at.H-1, y+1); v++ {
			for u := max(0, x-1); u <= min(d.at.W-1, x+1); u++ {
				if i := v*d.at.W + u; d.ink[i] && !seen[i] {
					seen[i] = true
					p.pixels = append(p.pixels, i)
				}
			}
		}
	}
	return p
}

func (d *disc) extend(p *piece, x, y float64) {
	r := math.Hypot(x, y)
	p.from, p.to = min(p.from, r), max(p.to, r)
	u, v := x*d.along.x+y*d.along.y, x*d.down.x+y*d.down.y
	p.left, p.right, p.top, p.foot = min(p.left, u), max(p.right, u), min(p.top, v), max(p.foot, v)
}

// isInscribed tells whether a piece may be a letter of an inscription inside of a
// radius.
func (d *disc) isInscribed(p *piece, within float64) bool {
	return p.to <= within && p.from >= inscribedInner*d.out && p.size() < inscribedWide*d.out &&
		p.deep() >= lowLetter*d.dpi && p.deep() <= highLetter*d.dpi
}

// inscribed are the letters inside of a radius that stand with feet, or heads, on
// one circle, are of one height and have others beside them.
func (d *disc) inscribed(within float64, pieces []*piece) []*piece {
	var letters, all []*piece
	for _, p := range pieces {
		if d.isInscribed(p, within) {
			letters = append(letters, p)
		}
	}
	for _, foot := range []func(*piece) float64{func(p *piece) float64 { return p.from }, func(p *piece) float64 { return p.to }} {
		var most []*piece
		for _, first := range letters {
			var row []*piece
			for _, p := range letters {
				if math.Abs(foot(p)-foot(first)) <= inscribedFoot*d.dpi && math.Abs(math.Log(p.deep()/first.deep())) <= inscribedLike {
					row = append(row, p)
				}
			}
			if len(row) > len(most) {
				most = row
			}
		}
		if len(most) < leastInscribed {
			continue
		}
		for _, p := range most {
			if beside(p, most) >= leastBeside {
				all = append(all, p)
			}
		}
	}
	return all
}

// beside counts the letters that are near another on their circle.
func beside(p *piece, row []*piece) int {
	n := 0
	for _, o := range row {
		if o != p && math.Hypot(p.left+p.right-o.left-o.right, p.top+p.foot-o.top-o.foot)/2 < inscribedAway*p.to {
			n++
		}
	}
	return n
}

// clearInscription takes away letters inside of a radius that stand on one circle,
// and their marks. What is in a row with print stays: there a name or a title goes
// through the seal.
func (d *disc) clearInscription(within float64, pieces []*piece) {
	letters := d.inscribed(within, pieces)
	var print []*piece
	for _, p := range pieces {
		if p.high() >= lowLetter*d.dpi && p.high() <= highMate*d.dpi && !slices.Contains(letters, p) {
			print = append(print, p)
		}
	}
	for _, p := range letters {
		if !d.inRow(p, print) {
			d.erase(p)
		}
	}
	for _, p := range pieces {
		if p.from >= inscribedInner*d.out && p.to <= within && p.deep() < lowLetter*d.dpi && p.size() < highLetter*d.dpi {
			if n := d.nearest(p, pieces); n != nil && n.gone {
				d.erase(p)
			}
		}
	}
}

// inRow tells whether a letter stands in one row with print: on the feet of letters
// near it, or, where another touches it, between two of them.
func (d *disc) inRow(p *piece, print []*piece) bool {
	foot := inscribedFoot * d.dpi
	var mates int
	var left, right []*piece
	for _, o := range print {
		apart, size := max(p.left, o.left)-min(p.right, o.right), o.high()/p.high()
		if apart > rowAway*d.dpi {
			continue
		}
		if math.Abs(p.foot-o.foot) <= foot && size > smallMate && size < largeMate {
			mates++
		}
		if common := min(p.foot, o.foot) - max(p.top, o.top); 2*common < o.high() {
			continue
		}
		if o.left+o.right < p.left+p.right {
			left = append(left, o)
		} else {
			right = append(right, o)
		}
	}
	between := slices.ContainsFunc(left, func(l *piece) bool {
		return slices.ContainsFunc(right, func(r *piece) bool { return math.Abs(l.foot-r.foot) <= foot })
	})
	return mates >= rowMates || between
}

// nearest is the letter, or what is larger, that is nearest to a mark.
func (d *disc) nearest(mark *piece, pieces []*piece) (nearest *piece) {
	least := math.Inf(1)
	for _, p := range pieces {
		if p == mark || p.high() < lowLetter*d.dpi {
			continue
		}
		aside := max(mark.left, p.left) - min(mark.right, p.right)
		above := max(mark.top, p.top) - min(mark.foot, p.foot)
		if away := math.Hypot(max(aside, 0), max(above, 0)); away < least {
			least, nearest = away, p
		}
	}
	return nearest
}

func (d *disc) erase(p *piece) {
	p.gone = true
	for _, i := range p.pixels {
		d.gone[i] = true
	}
}
