package cleanup

import (
	"cmp"
	"math"
	"slices"

	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// A note by pencil, a signature or pale print may be the only thing on a page, and
// no more ink than dust has. What tells it from the back of the sheet is that light
// from there has passed through paper: its edges are soft. Each mark that stands out
// of the grain is therefore measured where the page is as fine as it was scanned: the
// energy of its contrast to that of its slopes gives the radius of its strokes, that
// of grain taken off both. Drawn strokes of one to three pixels under the blur of a
// scanner come to 1.3 to 1.8 pixels, letters of 13 points to 1.6 to 2, the same
// behind paper that blurs by 1.5 pixels to 2.1 and more. In grain the radius cannot be
// told of what is hardly darker than the paper; a stroke of one pixel with 0.15 of the
// contrast of black is by 13 gray values.
const (
	// leastStep and grainSteps are how much darker than even paper a mark is: gray
	// values of the measuring copy, and in units of its grain.
	leastStep  = 9
	grainSteps = 5
	// leastBelow is how many such pixels a page has that is looked at at all.
	leastBelow  = 60
	markGap     = 3 // pixels between pieces of one mark, of the copy
	leastMark   = 0.1
	mostMarks   = 40      // the longest ones are measured
	markCut     = 2.0     // inches of a mark that are measured
	softEdge    = 4       // pixels around a mark, of the page
	sharpest    = 1.8     // pixels, of the page: the radius of strokes up to which they are on the face
	strokeShare = 0.03    // of a box is stroke, at least
	leastDepth  = 12      // gray values by which the strokes are darker than the paper around them
	outOfGrain  = 10      // standard deviations by which slopes are no grain
	leastNote   = 0.25    // inches: a sharp mark as long as that is a word of a hand
	leastTotal  = 0.35    // or sharp ones together, where they are half of all
	aboveBehind = 1.1     // times the usual contrast of what is not sharp has such a word
	grainSide   = 48      // pixels of the blocks in which the grain is measured
	grainTimes  = 10      // blocks along each side
	grainShare  = 1.0 / 3 // of the blocks has nothing but grain
)

// isNote tells whether sharp strokes stand on a page that looks empty. seals are the
// boxes of what is red and as large as a seal, in pixels of the copy: its ink comes
// through the paper, so that it is sharp on the back, too.
func (s *straightener) isNote(of *sheet, seals []lept.Box) (bool, error) {
	found, err := pale(of.even)
	if err != nil || len(found) == 0 {
		return false, err
	}
	found = slices.DeleteFunc(found, func(b lept.Box) bool { return slices.ContainsFunc(seals, b.HalfIn) })
	slices.SortStableFunc(found, func(a, b lept.Box) int { return cmp.Compare(longer(b), longer(a)) })
	found = found[:min(len(found), mostMarks)]
	grain, err := s.grain()
	if err != nil {
		return false, err
	}
	measured := make([]energy, len(found))
	for i, b := range found {
		if measured[i], err = s.energyAt(b); err != nil {
			return false, err
		}
	}
	return areNote(found, measured, grain), nil
}

// areNote tells whether marks are a note: half of them are sharp, or a word of a hand
// is, and darker than those around it that are not. Of print behind the paper, some
// pieces measure as sharp now and then, and none of them is the darkest.
func areNote(found []lept.Box, measured []energy, grain energy) bool {
	all, sharp, word := 0, 0, 0.0
	var behind []float64 // contrasts of what is not sharp
	for i, b := range found {
		all += longer(b)
		e := measured[i]
		if !e.isSharp(grain) {
			behind = append(behind, e.contrast)
			continue
		}
		sharp += longer(b)
		if longer(b) >= measure.Inches(leastNote) {
			word = max(word, e.contrast)
		}
	}
	slices.Sort(behind)
	if word > 0 && (len(behind) == 0 || word >= aboveBehind*behind[len(behind)/2]) {
		return true
	}
	return sharp >= measure.Inches(leastTotal) && 2*sharp >= all
}

func longer(b lept.Box) int { return max(b.W, b.H) }

// pale are the marks that stand out of the grain of a page with even paper: at least
// as large as a letter of a hand, and no streaks.
func pale(even *lept.Pix) ([]lept.Box, error) {
	level, below := outstanding(even.Histogram())
	if below < leastBelow {
		return nil, nil
	}
	binary, err := even.Threshold(level)
	if err != nil {
		return nil, err
	}
	defer binary.Close()
	w, h := binary.Width(), binary.Height()
	binary.ClearBorder(max(1, min(measure.Inches(blankMargin), int(marginShare*float64(min(w, h))))))
	joined, err := binary.Dilate(markGap, markGap)
	if err != nil {
		return nil, err
	}
	defer joined.Close()
	boxes, err := joined.Components()
	return slices.DeleteFunc(boxes, func(b lept.Box) bool {
		return longer(b) < measure.Inches(leastMark)+markGap-1 || min(b.W, b.H) <= measure.Inches(streak)
	}), err
}

// outstanding is the gray value below which marks stand out of the grain, and how
// many pixels are. Marks only darken, so the bright side shows the grain.
func outstanding(counts [256]int) (level, below int) {
	middle, _ := darkness(counts)
	total, brighter := 0, 0
	for _, n := range counts {
		total += n
	}
	grain := 255 - middle
	for v := 255; v > middle; v-- {
		if brighter += counts[v]; brighter >= total*16/100 {
			grain = v - middle
			break
		}
	}
	if brighter < total*16/100 {
		grain = 1
	}
	level = max(0, middle-max(leastStep, grainSteps*grain))
	for _, n := range counts[:level] {
		below += n
	}
	return level, below
}

// energy is the mean square of what differs from the paper and of its slopes, over so
// many pixels, and of noise (Immerkær, Fast Noise Variance Estimation, 1996): of what
// differs from its neighbours along both axes at once, as strokes hardly do.
type energy struct {
	contrast, slope, noise float64
	pixels                 int
	depth                  int // gray values by which the darkest of a box is below its paper
}

// White noise of 1 comes to that much of each after [smooth].
const (
	noiseContrast = 36.0 / 256
	noiseSlope    = 60.0 / 512
)

// isSharp tells strokes on the face of the sheet from what shines through. JPEG keeps
// the grain where there is something else, and takes it off where there is nothing, so
// that a mark may have more of it than the page.
func (e energy) isSharp(grain energy) bool {
	grain.contrast, grain.slope = max(grain.contrast, noiseContrast*e.noise), max(grain.slope, noiseSlope*e.noise)
	contrast, slope := e.contrast-grain.contrast, e.slope-grain.slope
	noise := grain.slope * math.Sqrt(3/float64(max(e.pixels, 1)))
	return e.depth >= leastDepth && slope > outOfGrain*noise && contrast <= 2*sharpest*sharpest*slope
}

// grain is the energy of what is between the marks.
func (s *straightener) grain() (energy, error) {
	var contrasts, slopes []float64
	w, h := s.pix.Width()-grainSide, s.pix.Height()-grainSide
	for i := range grainTimes * grainTimes {
		x, y := i%grainTimes+1, i/grainTimes+1
		e, err := s.energy(lept.Box{X: max(0, w*x/(grainTimes+1)), Y: max(0, h*y/(grainTimes+1)), W: grainSide, H: grainSide})
		if err != nil {
			return energy{}, err
		}
		contrasts, slopes = append(contrasts, e.contrast), append(slopes, e.slope)
	}
	slices.Sort(contrasts)
	slices.Sort(slopes)
	n := int(grainShare * float64(len(slopes)))
	return energy{contrast: contrasts[n], slope: slopes[n]}, nil
}

// energyAt is that of a box of the measuring copy.
func (s *straightener) energyAt(b lept.Box) (energy, error) {
	f := s.dpi / measure.DPI
	side := func(length int) int { return int(float64(min(length, measure.Inches(markCut)))*f) + 2*softEdge }
	return s.energy(lept.Box{X: max(0, int(float64(b.X)*f)-softEdge), Y: max(0, int(float64(b.Y)*f)-softEdge), W: side(b.W), H: side(b.H)})
}

// energy measures a box of the page, each pixel the weighted mean of 3 x 3.
func (s *straightener) energy(b lept.Box) (energy, error) {
	crop, err := s.pix.Crop(b)
	if err != nil {
		return energy{}, err
	}
	defer crop.Close()
	rows, err := crop.GrayRows(nil)
	if err != nil {
		return energy{}, err
	}
	w, h := crop.Width(), crop.Height()
	even, paper, depth := smooth(rows, w, h)
	contrast, slope, noise, n := 0, 0, 0, 0
	for y := 2; y < h-2; y++ {
		for i := y*w + 2; i < y*w+w-2; i++ {
			d, across, down := even[i]-paper, even[i+1]-even[i-1], even[i+w]-even[i-w]
			contrast += d * d
			raw := laplacian(rows, i-w) - 2*laplacian(rows, i) + laplacian(rows, i+w)
			noise += raw * raw
			slope += across*across + down*down
			n++
		}
	}
	all := float64(max(n, 1)) * smoothed * smoothed
	return energy{contrast: float64(contrast) / all, slope: float64(slope) / (4 * all),
		noise: float64(noise) / (36 * float64(max(n, 1))), pixels: n, depth: depth}, nil
}

// laplacian is the second difference along a row.
func laplacian(rows []byte, i int) int { return int(rows[i-1]) - 2*int(rows[i]) + int(rows[i+1]) }

// smoothed is the sum of the weights of [smooth].
const smoothed = 16

// smooth takes some of the grain off, in units of 1/smoothed, and says what is paper:
// most of a box around strokes; and by how many gray values a share of strokeShare is
// darker than that.
func smooth(rows []byte, w, h int) (even []int, paper, depth int) {
	even = make([]int, w*h)
	var counts [256]int
	for y := 1; y < h-1; y++ {
		for i := y*w + 1; i < y*w+w-1; i++ {
			at := func(k int) int { return int(rows[k]) }
			even[i] = 4*at(i) + 2*(at(i-1)+at(i+1)+at(i-w)+at(i+w)) + at(i-w-1) + at(i-w+1) + at(i+w-1) + at(i+w+1)
			counts[even[i]/smoothed]++
		}
	}
	paper = quantile(counts, 0.6)
	return even, paper*smoothed + smoothed/2, paper - quantile(counts, strokeShare)
}
