package spread

import (
	"math"
	"slices"
)

type verdict int

const (
	single verdict = iota
	unsure
	parted
)

// What makes a corridor a gutter. Lengths in millimetres.
const (
	// leastCorridor is what is left between the print of two pages where a
	// register is bound tightly.
	leastCorridor = 6
	// twoMargins: the margins that NĐ 30/2020/NĐ-CP gives a page are 15 to 20 at
	// the right and 30 to 35 at the left; columns of one sheet are 5 to 15 apart.
	// Forms of an office keep at least 12 a side.
	twoMargins = 24
	// twoTables is the same between the tables of an open register, whose outer rules,
	// seen for ruleSeen of the height within ruleStray, face each other: two tables of
	// one sheet are nearer.
	twoTables, ruleSeen, ruleStray = 16, 0.3, 2.0
	// dirt is the share of a line's length that specks may cover, and trimmed
	// the share at each end that is not looked at: edges of paper and lid.
	dirt    = 0.006
	trimmed = 0.03
	// foldInk is the share of its length that a printed or shaded fold covers.
	foldInk, foldWidth = 0.5, 1.5
	// shadowDepth is how much darker a shadow is than the paper beside it, and
	// shadowParts of shadowOf pieces of the gutter have to show it.
	shadowDepth = 14
	shadowOf    = 8
	shadowParts = 7
	shadowReach = 16 // how far from the middle of a shadow there is plain paper
	// leastInk is the share of a half that is covered by a few lines of print.
	leastInk = 0.002
)

// corridor is a band without print from x0 up to x1 (in the middle row) that
// leans by slope; fold is the x of a line in it, or negative.
type corridor struct {
	x0, x1, slope, fold float64
}

func (c corridor) width() float64 { return c.x1 - c.x0 }

// judge decides, and gives the gutter of a spread.
func (v *view) judge() (gutter, verdict) {
	text := v.measureLines()
	best := v.widest(text)
	shadow, shaded := v.shadow(best)
	if best.width() < leastCorridor*mm {
		if shaded { // a fold with something across it
			return gutter{}, unsure
		}
		return gutter{}, single
	}
	left, right := v.inked(best)
	line := gutter{v.middle(best), best.slope}
	switch {
	case shaded && (left || right):
		return gutter{shadow, best.slope}, parted
	case best.fold >= 0 && (left || right):
		return gutter{best.fold, best.slope}, parted
	case !left || !right:
		return gutter{}, single
	case best.width() >= twoTables*mm && text.across && v.tabled(best):
		return gutter{(best.x0 + best.x1) / 2, best.slope}, parted // their margins are alike
	case best.width() >= twoMargins*mm && text.across:
		return line, parted
	case !text.across: // a wide space between two paragraphs of one sheet
		return gutter{}, single
	}
	return gutter{}, unsure
}

// lines is how the print of the image runs: lean is that of the corridors at right
// angles to its lines, and across tells that the lines run from the gutter to the
// sides, as on two pages side by side, and not along it.
type lines struct {
	lean   float64
	across bool
}

// measureLines sums the ink along lines of every lean: where lines of text or
// rules run, the sums change sharply from one to the next.
func (v *view) measureLines() lines {
	const clearly = 1.25
	var l lines
	across, along := 0.0, 0.0
	for _, slope := range leans() {
		if s := sharpness(v.rowProfile(-slope)); s > across {
			across, l.lean = s, slope
		}
		along = max(along, sharpness(v.profile(slope)))
	}
	l.across = across > clearly*along
	return l
}

// leans are the slopes that are tried, the smallest first.
func leans() []float64 {
	slopes := []float64{0}
	for degrees := leanStep; degrees <= maxLean; degrees += leanStep {
		slopes = append(slopes, tangent(degrees), tangent(-degrees))
	}
	return slopes
}

// rowProfile is the share of ink along lines that run from side to side.
func (v *view) rowProfile(slope float64) []float64 {
	counts := make([]float64, v.h)
	shifts := make([]int, v.w)
	for x := range shifts {
		shifts[x] = int(math.Round(slope * (float64(x) - float64(v.w)/2)))
	}
	for y := range v.h {
		for x, ink := range v.ink[y*v.w : (y+1)*v.w] {
			if at := y - shifts[x]; ink && at >= 0 && at < v.h {
				counts[at]++
			}
		}
	}
	for y := range counts {
		counts[y] /= float64(v.w)
	}
	return counts
}

// sharpness is the mean squared step between neighbours; edges of the image, with
// lid and paper, are left out.
func sharpness(profile []float64) float64 {
	edge := max(1, int(trimmed*float64(len(profile))))
	sum := 0.0
	for i := edge; i < len(profile)-edge; i++ {
		step := profile[i] - profile[i-1]
		sum += step * step
	}
	return sum / float64(len(profile))
}

// middle is the point of a corridor that is nearest to the middle of the image,
// kept off the print on both sides.
func (v *view) middle(c corridor) float64 {
	const clear = 3 * mm
	centre := float64(v.w) / 2
	return min(max(centre, c.x0+clear), c.x1-clear)
}

// widest finds the corridor near the middle: at right angles to the lines of
// print if there is one, else the widest over all leans.
func (v *view) widest(l lines) corridor {
	if straight := v.corridorAt(l.lean); straight.width() >= leastCorridor*mm {
		return straight
	}
	best := corridor{fold: -1}
	for _, slope := range leans() {
		if found := v.corridorAt(slope); found.width() > best.width() {
			best = found
		}
	}
	return best
}

// corridorAt finds the widest band without print that reaches into the middle,
// along lines of the slope. One thin line of ink inside is a fold, if the band
// goes on behind it.
func (v *view) corridorAt(slope float64) corridor {
	profile := v.profile(slope)
	low, high := int(float64(v.w)*(0.5-offCentre)), int(float64(v.w)*(0.5+offCentre))
	best := corridor{slope: slope, fold: -1}
	for at := low; at < high; at++ {
		if profile[at] > dirt {
			continue
		}
		x0, x1 := at, at
		for x0 > 0 && profile[x0-1] <= dirt {
			x0--
		}
		for x1 < v.w && profile[x1] <= dirt {
			x1++
		}
		found := v.joined(profile, corridor{float64(x0), float64(x1), slope, -1})
		if found.width() > best.width() {
			best = found
		}
		at = x1
	}
	return best
}

// joined adds the band behind a fold to a band that ends at it.
func (v *view) joined(profile []float64, c corridor) corridor {
	const beside = 3 * mm // of clear paper on both sides of a fold
	end, widest := int(c.x1), int(math.Ceil(foldWidth*mm))
	dark := 0.0
	x := end
	for ; x < len(profile) && x-end < widest && profile[x] > dirt; x++ {
		dark = max(dark, profile[x])
	}
	next := x
	for next < len(profile) && profile[next] <= dirt {
		next++
	}
	if dark < foldInk || float64(next-x) < beside || c.width() < beside || float64(end) < float64(v.w)*(0.5-offCentre) || float64(x) > float64(v.w)*(0.5+offCentre) {
		return c
	}
	c.fold, c.x1 = float64(end+x)/2, float64(next)
	return c
}

// profile is the share of ink along the lines of a slope, by where they cross
// the middle row. Lines near the sides leave the image; they are not asked for.
func (v *view) profile(slope float64) []float64 {
	counts := make([]float64, v.w)
	from, to := v.rows()
	for y := from; y < to; y++ {
		shift := int(math.Round(slope * (float64(y) - float64(v.h)/2)))
		row := v.ink[y*v.w : (y+1)*v.w]
		for x := max(0, -shift); x < min(v.w, v.w-shift); x++ {
			if row[x+shift] {
				counts[x]++
			}
		}
	}
	for x := range counts {
		counts[x] /= float64(to - from)
	}
	return counts
}

func (v *view) rows() (from, to int) {
	return int(float64(v.h) * trimmed), int(float64(v.h) * (1 - trimmed))
}

// tabled tells whether long rules run along both sides of a corridor.
func (v *view) tabled(c corridor) bool {
	profile, stray := v.profile(c.slope), int(math.Ceil(ruleStray*mm))
	rule := func(from, to int) bool {
		from, to = max(0, from), min(to, len(profile))
		return from < to && slices.Max(profile[from:to]) >= ruleSeen
	}
	return rule(int(c.x0)-stray, int(c.x0)+1) && rule(int(c.x1)-1, int(c.x1)+stray)
}

// inked tells on which sides of a corridor there is print.
func (v *view) inked(c corridor) (left, right bool) {
	profile := v.profile(c.slope)
	sum := func(part []float64) float64 {
		total := 0.0
		for _, share := range part {
			total += min(share, foldInk) // the edge of the paper is no print
		}
		return total / float64(max(1, len(part)))
	}
	edge := int(trimmed * float64(v.w))
	return sum(profile[edge:max(edge, int(c.x0))]) > leastInk, sum(profile[min(v.w-edge, int(c.x1)):v.w-edge]) > leastInk
}

// shadow looks for a shadow along the corridor, or along the middle when there
// is none: in nearly all pieces of its length the brightness sinks at the same
// place, and rises again on both sides.
func (v *view) shadow(c corridor) (x float64, ok bool) {
	low, high := int(c.x0), int(c.x1)
	if c.width() < leastCorridor*mm {
		low, high = int(float64(v.w)*(0.5-offCentre)), int(float64(v.w)*(0.5+offCentre))
	}
	from, to := v.rows()
	whole := v.brightness(c.slope, from, to)
	at := darkest(whole, low, high)
	if at < 0 || !dips(whole, at) {
		return 0, false
	}
	seen := 0
	for i := range shadowOf {
		piece := v.brightness(c.slope, from+(to-from)*i/shadowOf, from+(to-from)*(i+1)/shadowOf)
		beside := int(math.Round(2 * mm))
		if near := darkest(piece, at-beside, at+beside+1); near >= 0 && dips(piece, near) {
			seen++
		}
	}
	return float64(at), seen >= shadowParts
}

// brightness is the middle brightness of paper along the lines of a slope:
// marks are left out.
func (v *view) brightness(slope float64, from, to int) []float64 {
	sums, counts := make([]float64, v.w), make([]float64, v.w)
	for y := from; y < to; y++ {
		shift := int(math.Round(slope * (float64(y) - float64(v.h)/2)))
		for x := max(0, -shift); x < min(v.w, v.w-shift); x++ {
			if i := y*v.w + x + shift; !v.ink[i] {
				sums[x] += float64(v.gray[i])
				counts[x]++
			}
		}
	}
	for x := range sums {
		sums[x] /= max(1, counts[x])
	}
	return sums
}

func darkest(values []float64, from, to int) int {
	at := -1
	for x := max(0, from); x < min(to, len(values)); x++ {
		if at < 0 || values[x] < values[at] {
			at = x
		}
	}
	return at
}

// dips tells whether the paper is brighter on both sides.
func dips(values []float64, at int) bool {
	reach := int(math.Round(shadowReach * mm))
	brightest := func(part []float64) float64 {
		most := 0.0
		for _, v := range part {
			most = max(most, v)
		}
		return most
	}
	if at-reach < 0 || at+reach >= len(values) {
		return false
	}
	paper := min(brightest(values[at-reach:at]), brightest(values[at+1:at+reach+1]))
	return paper-values[at] >= shadowDepth
}
