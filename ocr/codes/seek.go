package codes

import (
	"image"
	"math"
	"slices"
)

// Where a code may be is found before anything is decoded, since most pages have
// none and a decoder looks at every line of a page: sixty milliseconds for
// nothing. Three things are looked for on the copy of 150 dpi.
//
// Stripes: tiles of 8 x 8 pixels in which neighbours differ along the rows and
// not along the columns, or the other way round, one above the other over three
// tiles. Print has such tiles, too, but its letters are not as high.
//
// Finder patterns (finder.go): dark and light in the proportions 1:1:3:1:1 along
// a row and along the column through its middle (ISO/IEC 18004, 6.3.3).
//
// Dark spots (spots): squares of some millimetres as dark as a code is. A code
// whose modules are smaller than the pixels shows nothing else.
//
// All of it is measured against the paper and the ink around, so that pale codes
// are found beside black print. What is found too much costs time and no more.

const (
	// tile is the side of a tile in pixels.
	tile = 8
	// leastStep is the difference between neighbouring pixels, of 255, that bars
	// have on average above that of the paper: pale ones of a millimetre.
	leastStep = 2.5
	// stripeRatio is how much more the pixels differ across bars than along
	// them; bars that lean by 15 degrees have 3.7.
	stripeRatio = 2.5
	// leastInk is the difference of paper and ink, of 255, from which on dark is
	// told from light.
	leastInk = 20
	// reach is over how many tiles stripes belong together: the widest gap of a
	// coarse bar code.
	reach = 4
	// leastStripes is of how many tiles bars are made at least, and leastBars how
	// many there are: a Code 128 of two signs has 16.
	leastStripes = 6
	leastBars    = 16
)

// region is a part of a page where a code may be.
type region struct {
	image.Rectangle
	module float64 // guessed, in pixels
	bars   bool
	spot   bool // nothing but dark
}

// survey is what the tiles of a page look like.
type survey struct {
	page         Picture
	w, h         int       // in tiles
	mean         []float64 // gray value
	dark         []float64 // the darkest pair of pixels
	across, down []float64 // mean difference of neighbours along rows, columns
}

// seek finds the regions of a picture.
func seek(p Picture) []region {
	if p.W < 4*tile || p.H < 4*tile {
		return nil
	}
	s := newSurvey(p)
	g := s.ground()
	return slices.Concat(regionsOf(s.finders(g)), s.stripes(), s.spots(g))
}

func newSurvey(p Picture) *survey {
	w, h := p.W/tile, p.H/tile
	s := &survey{page: p, w: w, h: h}
	n := w * h
	s.mean, s.dark, s.across, s.down = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for ty := range h {
		for tx := range w {
			s.measure(tx, ty)
		}
	}
	return s
}

// measure looks at one tile; the first row and column of the page have no
// neighbours and count as their own.
func (s *survey) measure(tx, ty int) {
	var sum, across, down int
	darkest := 255
	x0 := tx * tile
	for y := ty * tile; y < (ty+1)*tile; y++ {
		row := s.page.Gray[y*s.page.W+x0 : y*s.page.W+x0+tile]
		above := s.page.Gray[max(y-1, 0)*s.page.W+x0:]
		above = above[:len(row)]
		before := int(s.page.Gray[y*s.page.W+max(x0-1, 0)])
		for x, b := range row {
			v := int(b)
			sum += v
			across += max(v-before, before-v)
			darkest = min(darkest, (v+before)/2)
			a := int(above[x])
			down += max(v-a, a-v)
			before = v
		}
	}
	const area = tile * tile
	i := ty*s.w + tx
	s.mean[i], s.dark[i] = float64(sum)/area, float64(darkest)
	s.across[i], s.down[i] = float64(across)/area, float64(down)/area
}

// stripes finds bars, standing and lying.
func (s *survey) stripes() []region {
	floor := s.usual()
	standing, lying := make([]bool, s.w*s.h), make([]bool, s.w*s.h)
	for i := range standing {
		a, d := max(s.across[i]-floor, 0), max(s.down[i]-floor, 0)
		standing[i] = a > leastStep && a > stripeRatio*d
		lying[i] = d > leastStep && d > stripeRatio*a
	}
	var found []region
	for _, b := range joined(s.inside(standing, s.w), s.w, image.Pt(reach, 1)) {
		if r := s.barsAt(b.Rectangle, image.Pt(reach, 2)); b.n >= leastStripes && s.crossed(r, true) >= leastBars {
			found = append(found, r)
		}
	}
	for _, b := range joined(s.inside(lying, 1), s.w, image.Pt(1, reach)) {
		if r := s.barsAt(b.Rectangle, image.Pt(2, reach)); b.n >= leastStripes && s.crossed(r, false) >= leastBars {
			found = append(found, r)
		}
	}
	return found
}

// usual is by how much neighbours differ on most of the page, for the noise of
// its paper: the median of some tiles.
func (s *survey) usual() float64 {
	var some []float64
	for i := 0; i < len(s.across); i += 7 {
		some = append(some, s.across[i])
	}
	slices.Sort(some)
	return some[len(some)/2]
}

// inside keeps the tiles that have their like on both sides, step away.
func (s *survey) inside(like []bool, step int) []bool {
	out := make([]bool, len(like))
	for i := step; i < len(like)-step; i++ {
		out[i] = like[i] && like[i-step] && like[i+step]
	}
	return out
}

// barsAt is the region of some tiles with a margin of tiles.
func (s *survey) barsAt(tiles image.Rectangle, margin image.Point) region {
	grown := image.Rectangle{tiles.Min.Sub(margin), tiles.Max.Add(margin)}
	return region{Rectangle: s.pixels(grown), bars: true}
}

// crossed counts the bars that lines through a region cross: the most of three.
func (s *survey) crossed(r region, standing bool) int {
	most := 0
	for i := 1; i <= 3; i++ {
		var line []byte
		if y := r.Min.Y + r.Dy()*i/4; standing {
			line = s.page.Gray[y*s.page.W+r.Min.X : y*s.page.W+r.Max.X]
		} else {
			x := r.Min.X + r.Dx()*i/4
			for y := r.Min.Y; y < r.Max.Y; y++ {
				line = append(line, s.page.Gray[y*s.page.W+x])
			}
		}
		most = max(most, barsOn(line))
	}
	return most
}

// barsOn counts the dark runs of a line.
func barsOn(line []byte) int {
	if len(line) == 0 {
		return 0
	}
	low, high := int(slices.Min(line)), int(slices.Max(line))
	margin := (high - low) / 8
	n, dark := 0, false
	for _, v := range line {
		if now := int(v) < (low+high)/2-margin; now && !dark {
			n, dark = n+1, true
		} else if int(v) > (low+high)/2+margin {
			dark = false
		}
	}
	return n
}

func (s *survey) pixels(tiles image.Rectangle) image.Rectangle {
	return image.Rectangle{tiles.Min.Mul(tile), tiles.Max.Mul(tile)}.Intersect(s.page.bounds())
}

// blob is a group of tiles and how many they are.
type blob struct {
	image.Rectangle
	n int
}

// joined groups the tiles that are set and not farther apart than apart.
func joined(set []bool, w int, apart image.Point) []blob {
	left := slices.Clone(set)
	h := len(set) / w
	var blobs []blob
	for i := range left {
		if !left[i] {
			continue
		}
		left[i] = false
		b := blob{}
		for stack := []int{i}; len(stack) > 0; {
			at := image.Pt(stack[len(stack)-1]%w, stack[len(stack)-1]/w)
			stack = stack[:len(stack)-1]
			b.Rectangle, b.n = b.Union(image.Rectangle{at, at.Add(image.Pt(1, 1))}), b.n+1
			for y := max(at.Y-apart.Y, 0); y <= min(at.Y+apart.Y, h-1); y++ {
				for x := max(at.X-apart.X, 0); x <= min(at.X+apart.X, w-1); x++ {
					if left[y*w+x] {
						left[y*w+x] = false
						stack = append(stack, y*w+x)
					}
				}
			}
		}
		blobs = append(blobs, b)
	}
	return blobs
}

// ground is paper and ink around each tile.
type ground struct{ paper, ink []float64 }

// The neighbourhoods in tiles, to all sides, in which paper and ink are sought: a
// code of the size of an identity card's has paper beside it within 13 mm.
const (
	paperReach = 5
	inkReach   = 2
)

func (s *survey) ground() ground {
	dark := make([]float64, len(s.dark)) // the brightest of the negative is the darkest
	for i, v := range s.dark {
		dark[i] = -v
	}
	ink := s.brightest(dark, inkReach)
	for i, v := range ink {
		ink[i] = -v
	}
	return ground{s.brightest(s.mean, paperReach), ink}
}

// brightest gives each tile the largest value of its neighbourhood.
func (s *survey) brightest(values []float64, reach int) []float64 {
	rows, out := make([]float64, len(values)), make([]float64, len(values))
	for y := range s.h {
		row := values[y*s.w : (y+1)*s.w]
		for x := range row {
			rows[y*s.w+x] = slices.Max(row[max(x-reach, 0):min(x+reach+1, s.w)])
		}
	}
	for y := range s.h {
		to := out[y*s.w : (y+1)*s.w]
		copy(to, rows[y*s.w:])
		for from := max(y-reach, 0); from < min(y+reach+1, s.h); from++ {
			for x, v := range rows[from*s.w : (from+1)*s.w] {
				to[x] = max(to[x], v)
			}
		}
	}
	return out
}

// A spot is a code too small to show anything but its darkness: between these
// shares of the way from paper to ink, so many tiles high and wide, with paper
// around.
const (
	palest    = 0.3
	darkest   = 0.8
	leastSpot = 3
	mostSpot  = 9
	// spotModules is how many modules a small code is taken to have.
	spotModules = 25
)

func (s *survey) spots(g ground) []region {
	set := make([]bool, s.w*s.h)
	for i, mean := range s.mean {
		if depth := g.paper[i] - g.ink[i]; depth >= leastInk {
			share := (g.paper[i] - mean) / depth
			set[i] = share >= palest && share <= darkest
		}
	}
	var found []region
	for _, b := range joined(set, s.w, image.Pt(1, 1)) {
		long, short := max(b.Dx(), b.Dy()), min(b.Dx(), b.Dy())
		if short >= leastSpot && long <= mostSpot && 2*long <= 3*short && 4*b.n >= 3*long*short {
			module := math.Max(1, float64(long*tile)/spotModules)
			found = append(found, region{Rectangle: s.pixels(b.Inset(-2)), module: module, spot: true})
		}
	}
	return found
}
