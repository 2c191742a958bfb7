// Package seal finds round seals on the gray measuring copy of a page, by their rings.
//
// Start at [Find]. In colour a seal is told by its red; what comes from a gray
// or a black-and-white scanner has only its shape left. The circle is voted for
// by the edges of the ink along their gradients (Kimme, Ballard and Sklansky,
// Finding circles by an array of accumulators, 1975), on a copy a quarter as
// fine; each candidate is then held against the ink itself. It promises no
// ring where less than seven tenths of a circle are drawn.
package seal

import (
	"cmp"
	"math"
	"slices"

	"sohoa/ocr/internal/measure"
)

// Ring is the outermost circle of a seal, in pixels of the picture.
type Ring struct {
	X, Y, R float64
	// Drawn is the share of the circle that has ink, 0 to 1.
	Drawn float64
}

// Sizes of a seal: agencies' are 36 mm across (Circular 21/2012/TT-BCA and
// before it 07/2010), others 30 to 40; a scan leant or squeezed changes little.
const (
	leastRadius = 13.5 / 25.4 * measure.DPI
	mostRadius  = 21.5 / 25.4 * measure.DPI
)

const (
	coarse     = 4  // pixels of the picture to one that votes
	leastEdge  = 28 // of 1020: the gradient of the thinnest ring that votes
	faint      = 18 // levels by which ink is darker than its paper
	candidates = 16 // that are held against the ink
	// A candidate has half of the votes of a whole circle, whose two edges vote
	// once each; the rest is lost to rounding.
	leastVotes = 0.35
	rays       = 144 // along which a circle is looked at
	// Print that a circle is laid over has ink on about half of the rays.
	leastDrawn    = 0.7
	leastContrast = 0.3
	// beside is how far outside of the ring there is none of its ink any more,
	// in pixels.
	besideFrom, besideTo = 4, 9
	thickest             = 6 // pixels from the middle of one ring to that of the next
)

// Picture is a gray picture, a byte a pixel, row by row: 0 is ink.
type Picture struct {
	Pix  []byte
	W, H int
}

// Find looks for the rings of seals, the surest first.
func Find(p Picture) []Ring {
	var found []Ring
	directions := newDirections()
	for _, c := range vote(reduced(p)) {
		l := look{p, inkAround(p, c), directions}
		ring := l.fit(c)
		if ring.Drawn >= leastDrawn && ring.Drawn-l.beside(ring) >= leastContrast && !slices.ContainsFunc(found, ring.meets) {
			found = append(found, ring)
		}
	}
	slices.SortStableFunc(found, func(a, b Ring) int { return cmp.Compare(b.Drawn, a.Drawn) })
	return found
}

// look is a picture as it is looked at around one candidate.
type look struct {
	Picture
	ink        byte // what is below is ink
	directions *[rays]direction
}

// direction is that of a ray.
type direction struct{ sin, cos float64 }

func newDirections() *[rays]direction {
	var all [rays]direction
	for i := range all {
		all[i].sin, all[i].cos = math.Sincos(2 * math.Pi * float64(i) / rays)
	}
	return &all
}

// inkAround is the level of ink that holds around a circle: a little below its
// paper, which is the middle value there.
func inkAround(p Picture, c Ring) byte {
	var counts [256]int
	n := 0
	side := int(c.R) + besideTo
	x0, x1 := max(0, int(c.X)-side), min(p.W, int(c.X)+side)
	for y := max(0, int(c.Y)-side); y < min(p.H, int(c.Y)+side); y++ {
		for _, v := range p.Pix[y*p.W+x0 : y*p.W+x1] {
			counts[v]++
			n++
		}
	}
	below, paper := 0, 0
	for 2*below < n {
		below += counts[paper]
		paper++
	}
	return byte(max(1, paper-1-faint))
}

// isInk tells whether there is ink at a point.
func (l look) isInk(x, y float64) bool {
	i, j := int(x), int(y)
	return i >= 0 && j >= 0 && i < l.W && j < l.H && l.Pix[j*l.W+i] < l.ink
}

// meets tells whether two rings are of one seal, which has up to three.
func (r Ring) meets(o Ring) bool { return math.Hypot(r.X-o.X, r.Y-o.Y) < leastRadius }

// reduced averages squares of the picture.
func reduced(p Picture) Picture {
	s := Picture{W: p.W / coarse, H: p.H / coarse}
	s.Pix = make([]byte, s.W*s.H)
	sums := make([]int, s.W)
	for y := range s.H {
		clear(sums)
		for dy := range coarse {
			row := p.Pix[(y*coarse+dy)*p.W:][:s.W*coarse]
			for x := range sums {
				for _, v := range row[x*coarse:][:coarse] {
					sums[x] += int(v)
				}
			}
		}
		for x, sum := range sums {
			s.Pix[y*s.W+x] = byte(sum / (coarse * coarse))
		}
	}
	return s
}

// ballot counts the votes for centres, for one radius after the other.
type ballot struct {
	w, h  int
	radii []float64
	votes [][]uint16
}

func newBallot(w, h int) *ballot {
	b := &ballot{w: w, h: h}
	for r := math.Floor(leastRadius / coarse); r <= mostRadius/coarse+1; r++ {
		b.radii = append(b.radii, r)
		b.votes = append(b.votes, make([]uint16, w*h))
	}
	return b
}

// vote gives the likeliest circles, in pixels of the whole picture.
func vote(s Picture) []Ring {
	b := newBallot(s.W, s.H)
	for y := 1; y < s.H-1; y++ {
		for x := 1; x < s.W-1; x++ {
			if gx, gy := gradient(s, x, y); gx*gx+gy*gy >= leastEdge*leastEdge {
				b.cast(x, y, float64(gx), float64(gy))
			}
		}
	}
	return b.elected()
}

// gradient is Sobel's.
func gradient(s Picture, x, y int) (gx, gy int) {
	up, at, down := s.Pix[(y-1)*s.W+x-1:], s.Pix[y*s.W+x-1:], s.Pix[(y+1)*s.W+x-1:]
	a, b, c := int(up[0]), int(up[1]), int(up[2])
	d, e := int(at[0]), int(at[2])
	f, g, h := int(down[0]), int(down[1]), int(down[2])
	return c + 2*e + h - a - 2*d - f, f + 2*g + h - a - 2*b - c
}

// cast votes for the centres on both sides of an edge, in 16.16 fixed point: this is
// done for each edge of the page.
func (b *ballot) cast(x, y int, gx, gy float64) {
	n := math.Hypot(gx, gy)
	dx, dy := int(gx/n*point), int(gy/n*point)
	first := int(b.radii[0])
	at, to := ballotPoint{x*point + point/2 + first*dx, y*point + point/2 + first*dy}, ballotPoint{x*point + point/2 - first*dx, y*point + point/2 - first*dy}
	for _, votes := range b.votes {
		if i, j := at.x>>16, at.y>>16; uint(i) < uint(b.w) && uint(j) < uint(b.h) {
			votes[j*b.w+i]++
		}
		if i, j := to.x>>16, to.y>>16; uint(i) < uint(b.w) && uint(j) < uint(b.h) {
			votes[j*b.w+i]++
		}
		at.x, at.y, to.x, to.y = at.x+dx, at.y+dy, to.x-dx, to.y-dy
	}
}

// point is 1 in fixed point.
const point = 1 << 16

type ballotPoint struct{ x, y int }

// elected are the circles with most votes, those near a better one left out.
func (b *ballot) elected() []Ring {
	var all []Ring
	for k, r := range b.radii {
		least := leastVotes * 2 * math.Pi * r
		// A middle without its share of the nine sums is none: most places are passed
		// over by that.
		share := uint16((int(least) + 17) / 18)
		for y := 1; y < b.h-1; y++ {
			for x, votes := range b.votes[k][y*b.w+1 : (y+1)*b.w-1] {
				if votes < share {
					continue
				}
				x++
				if n := float64(b.around(k, x, y)); n >= least {
					all = append(all, Ring{(float64(x) + 0.5) * coarse, (float64(y) + 0.5) * coarse, r * coarse, n / r})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Ring) int { return cmp.Compare(b.Drawn, a.Drawn) })
	var out []Ring
	for _, r := range all {
		near := slices.ContainsFunc(out, func(o Ring) bool { return math.Hypot(r.X-o.X, r.Y-o.Y) < 3*coarse && math.Abs(r.R-o.R) < 2*coarse })
		if !near && len(out) < candidates {
			out = append(out, r)
		}
	}
	return out
}

// around sums the votes of a place and its neighbours, for which they are meant
// as well as the place itself.
func (b *ballot) around(k, x, y int) int {
	n := 0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			n += int(b.votes[k][(y+dy)*b.w+x+dx])
		}
	}
	return n
}

// fit moves a circle to where most of it is drawn, first in steps of two pixels,
// and from an inner ring of the seal to the outermost.
func (l look) fit(r Ring) Ring {
	best := l.fitStep(l.fitStep(r, 6, 2), 2, 1)
	for out := best.R + thickest; out <= mostRadius; out++ {
		if c := (Ring{X: best.X, Y: best.Y, R: out}); l.drawn(c) >= leastDrawn {
			best = l.fitStep(c, 2, 1)
			out = best.R + thickest
		}
	}
	return best
}

// fitStep tries the circles within reach of one in every direction.
func (l look) fitStep(from Ring, reach, step int) Ring {
	var best Ring
	most := -1
	for dy := -reach; dy <= reach; dy += step {
		for dx := -reach; dx <= reach; dx += step {
			for dr := -reach; dr <= reach; dr += step {
				c := Ring{X: from.X + float64(dx), Y: from.Y + float64(dy), R: from.R + float64(dr)}
				if n := l.inked(c, most); n > most {
					best, most = c, n
				}
			}
		}
	}
	best.Drawn = l.drawn(best)
	return best
}

// inked counts the ink that rays meet at the circle and a pixel to either side, or
// gives up when that cannot become more than so much.
func (l look) inked(c Ring, most int) int {
	n := 0
	for i, d := range l.directions {
		if n+3*(rays-i) <= most {
			break
		}
		for r := c.R - 1; r <= c.R+1; r++ {
			if l.isInk(c.X+r*d.cos, c.Y+r*d.sin) {
				n++
			}
		}
	}
	return n
}

// drawn is the share of rays that meet ink at the circle or a pixel beside it.
func (l look) drawn(c Ring) float64 {
	hits := 0
	for _, d := range l.directions {
		if l.isInk(c.X+c.R*d.cos, c.Y+c.R*d.sin) || l.isInk(c.X+(c.R-1)*d.cos, c.Y+(c.R-1)*d.sin) || l.isInk(c.X+(c.R+1)*d.cos, c.Y+(c.R+1)*d.sin) {
			hits++
		}
	}
	return float64(hits) / rays
}

// beside is how much is drawn just outside of the ring: little but what print
// it lies on.
func (l look) beside(r Ring) float64 {
	least := 1.0
	for d := besideFrom; d <= besideTo; d++ {
		least = min(least, l.drawn(Ring{X: r.X, Y: r.Y, R: r.R + float64(d)}))
	}
	return least
}
