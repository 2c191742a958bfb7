package cleanup

import (
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// Blankness is what the marks on a page say about its being empty.
type Blankness int

// The verdicts.
const (
	Written     Blankness = iota // there is something on it
	MaybeBlank                   // a few marks: blank if no word can be read
	SurelyBlank                  // nothing of the size of a letter
)

// Measured at 150 dpi inside a margin of 5 mm: blank sides show 0 to 22 marks
// of the size of a letter and up to 0.07 % ink (holes, specks, a seal shining
// through), the emptiest written ones 38 marks and 0.3 %. One line of text is
// only 0.1 % ink, so that ink alone never makes a page blank.
//
// Being taken for blank costs a page its place, so whatever is not plainly
// empty paper counts as written: pictures, drawings, dark or red areas.
const (
	blankMargin = 0.2  // inches
	marginShare = 0.05 // of a side, for small pictures
	letterSize  = 5    // pixels, both sides: smaller marks are dust
	surelyMarks = 2
	maybeMarks  = 30
	surelyInk   = 0.0005
	maybeInk    = 0.0015
	// maxBlankLarge is of anything larger than print: a seal shining through
	// has half of it, large letters and drawings have more.
	maxBlankLarge = 0.0005
	maxBlankRed   = 0.003 // a fresh red stamp is no blank page
	// Paper is bright and even: few pixels are clearly darker than the middle
	// one. Photographs have a tenth and more of them.
	leastPaper   = 110
	darkerShare  = 0.65
	maxBlankDark = 0.01
	// streak is the thickness of a streak or a fold, in inches.
	streak = 0.04
	// maxBlankBorder: where so much was erased as border, it may have been a
	// dark picture.
	maxBlankBorder = 0.3
)

// marks is what is found on a page.
type marks struct {
	letters int
	ink     float64 // share of the area covered by anything
	red     float64 // share of saturated red in the input
	paper   int     // middle gray value
	dark    float64 // share of pixels clearly darker than the paper
	border  float64 // share of the page erased as dark border
	large   float64 // share of the area covered by what is larger than print
}

func (m marks) blankness() Blankness {
	switch {
	case m.large > maxBlankLarge, m.red > maxBlankRed, m.paper < leastPaper, m.dark > maxBlankDark, m.border > maxBlankBorder:
		return Written
	case m.letters <= surelyMarks && m.ink < surelyInk:
		return SurelyBlank
	case m.letters < maybeMarks && m.ink < maybeInk:
		return MaybeBlank
	}
	return Written
}

// countMarks measures a sheet; red and border were measured on the way to it.
func countMarks(s *sheet, red, border float64) (marks, error) {
	w, h := s.text.Width(), s.text.Height()
	margin := max(1, min(measure.Inches(blankMargin), int(marginShare*float64(min(w, h)))))
	area := float64(w) * float64(h)
	m := marks{red: red, border: border}
	m.paper, m.dark = darkness(s.gray.Histogram())
	var err error
	if m.ink, err = inkInside(s.binary, margin, area); err != nil {
		return m, err
	}
	if m.large, err = largeInk(s.binary, margin, area); err != nil {
		return m, err
	}
	boxes, err := s.text.Components()
	if err != nil {
		return m, err
	}
	for _, b := range boxes {
		inside := b.X >= margin && b.Y >= margin && b.X+b.W <= w-margin && b.Y+b.H <= h-margin
		if inside && b.W >= letterSize && b.H >= letterSize {
			m.letters++
		}
	}
	return m, nil
}

// darkness is the middle value of a histogram and the share of values clearly
// below it.
func darkness(counts [256]int) (middle int, share float64) {
	total, below := 0, 0
	for _, n := range counts {
		total += n
	}
	for seen := 0; middle < 255; middle++ {
		if seen += counts[middle]; 2*seen >= total {
			break
		}
	}
	for _, n := range counts[:int(darkerShare*float64(middle))] {
		below += n
	}
	return middle, float64(below) / float64(max(total, 1))
}

// largeInk is the share of black in components larger than print: large
// letters, drawings. Streaks of the scanner and folds are large but thin.
func largeInk(binary *lept.Pix, margin int, area float64) (float64, error) {
	thick, err := binary.Larger(measure.Inches(textWidth), measure.Inches(textHeight))
	if err != nil {
		return 0, err
	}
	defer thick.Close()
	boxes, err := thick.Components()
	if err != nil {
		return 0, err
	}
	for _, b := range boxes {
		if min(b.W, b.H) <= measure.Inches(streak) {
			thick.PaintWhiteBox(b)
		}
	}
	return inkInside(thick, margin, area)
}

// inkInside is the share of black inside the margin.
func inkInside(binary *lept.Pix, margin int, area float64) (float64, error) {
	inside, err := binary.Copy()
	if err != nil {
		return 0, err
	}
	defer inside.Close()
	inside.ClearBorder(margin)
	return float64(inside.Black()) / area, nil
}
