package cleanup

import (
	"math"
	"slices"

	"sohoa/ocr/internal/lept"
)

// Skew and axis by shear profile.
//
// Lines of text that lie along the rows of pixels make neighbouring rows differ
// most: full rows beside empty ones. The sum of squared differences of row
// counts is therefore largest when the page has been sheared by its own skew.
// It is searched on a half-size copy in steps of half a degree, on the page as
// it lies and turned by 90 degrees; the larger maximum also tells along which
// axis the lines run. Around the best angle the search goes on at full size,
// halving the step. A vertical shear by the tangent brings leaning lines level
// exactly; it only slants their letters.
//
// Feeders do not pull in a sheet that leans more than usualSkew, so that the
// search ends there for nearly every page. What has no clear peak within it, or
// one near its end, was laid on the glass or cut out of a photograph: there the
// search goes on to widestSkew.
//
// Accuracy on printed pages: median 0.010, 95 % below 0.05 degrees. Limits: no
// answer beyond widestSkew, on blank pages (the curve has no peak) and on pages
// with few marks; those come back unsure and are left as scanned.
const (
	usualSkew  = 6.5 // degrees
	nearEnd    = 5.0 // from here on the peak may be the slope of a farther one
	widestSkew = 15.5
	// searchTo lets a page that leans still more show its own peak, in place of
	// a slope towards it that would be believed.
	searchTo   = 21.5
	coarseStep = 0.5
	fineFirst  = 0.25
	fineLast   = 0.02
	// leastSkew is not worth a rotation: over the width of a page it shifts
	// less than two pixels of 150 dpi.
	leastSkew = 0.08
	// leastPeak is how far the best angle must stand above the median of all
	// angles. Pages of text reach 3 and more, even with few lines; photographs
	// and the specks of a blank side stay below 1.7.
	leastPeak = 1.7
	// leastWide is the same for the wide search, over more angles with nothing.
	leastWide = 2.0
	// axisSure is how many times the peak of one axis must be that of the other
	// to settle which it is. Pages of text have 3 and more; a frame of ornaments
	// stands in columns as straight as any line.
	axisSure = 3.0
	// leastMarks is how many letter-sized marks it takes to have lines.
	leastMarks = 25
)

// lean is how the lines of a page lie: along the rows after a clockwise turn
// of axis (0 or 90), leaning clockwise by degrees.
type lean struct {
	axis    int
	degrees float64
	sure    bool
	// other is how they lie if they run along the other axis, nil where that
	// is out of the question.
	other *lean
}

// profile is the curve of contrasts over the coarse angles.
type profile struct {
	best, peak, middle float64
}

// measureLean finds axis and skew on a text mask of 150 dpi.
func measureLean(text *lept.Pix) (lean, error) {
	side, err := text.Quarter(90)
	if err != nil {
		return lean{}, err
	}
	defer side.Close()
	l, best, second, err := search(text, side, usualSkew)
	if err != nil {
		return lean{}, err
	}
	l.sure = best.peak > leastPeak*best.middle && math.Abs(best.best) < usualSkew
	if !l.sure || math.Abs(best.best) > nearEnd {
		wide, farther, behind, err := search(text, side, searchTo)
		if err != nil {
			return lean{}, err
		}
		if farther.peak > leastWide*farther.middle && math.Abs(farther.best) < widestSkew {
			l, best, second = wide, farther, behind
			l.sure = true
		}
	}
	masks := [2]*lept.Pix{text, side}
	if l.degrees, err = refine(masks[l.axis/90], best.best); err != nil {
		return l, err
	}
	if l.sure && best.peak < axisSure*second.peak && second.peak > leastPeak*second.middle {
		l.other = &lean{axis: 90 - l.axis, sure: true}
		l.other.degrees, err = refine(masks[l.other.axis/90], second.best)
	}
	return l, err
}

// search looks for the higher peak of a mask as it lies and turned by 90
// degrees, between angles of both signs; second is the curve of the other axis.
func search(text, side *lept.Pix, widest float64) (l lean, best, second profile, err error) {
	asIs, err := coarse(text, widest)
	if err != nil {
		return lean{}, profile{}, profile{}, err
	}
	turned, err := coarse(side, widest)
	if err != nil || turned.peak <= asIs.peak {
		return lean{}, asIs, turned, err
	}
	return lean{axis: 90}, turned, asIs, nil
}

// coarse runs over all angles on a half-size copy.
func coarse(text *lept.Pix, widest float64) (profile, error) {
	half, err := text.Halve(2)
	if err != nil {
		return profile{}, err
	}
	defer half.Close()
	var p profile
	var all []float64
	for angle := -widest; angle <= widest; angle += coarseStep {
		c, err := half.RowContrast(-angle)
		if err != nil {
			return profile{}, err
		}
		if c > p.peak {
			p.best, p.peak = angle, c
		}
		all = append(all, c)
	}
	slices.Sort(all)
	p.middle = all[len(all)/2]
	return p, nil
}

// refine walks towards the maximum, halving the step.
func refine(text *lept.Pix, angle float64) (float64, error) {
	here, err := text.RowContrast(-angle)
	if err != nil {
		return 0, err
	}
	for step := fineFirst; step >= fineLast; step /= 2 {
		for _, next := range []float64{angle - step, angle + step} {
			c, err := text.RowContrast(-next)
			if err != nil {
				return 0, err
			}
			if c > here {
				angle, here = next, c
				break
			}
		}
	}
	return angle, nil
}
