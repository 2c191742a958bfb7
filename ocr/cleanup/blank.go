package cleanup

import "sohoa/ocr/internal/lept"

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
	maybeInk    = 0.0015
	maxBlankInk = 0.005 // of anything, letters or not: more is a drawing
	maxBlankRed = 0.003 // a fresh red stamp is no blank page
	// Paper is bright and even: few pixels are clearly darker than the middle
	// one. Photographs have a tenth and more of them.
	leastPaper   = 110
	darkerShare  = 0.65
	maxBlankDark = 0.01
)

// marks is what is found on a page.
type marks struct {
	letters int
	ink     float64 // share of the area covered by text
	all     float64 // share of the area covered by anything
	red     float64 // share of saturated red in the original
	paper   int     // middle gray value
	dark    float64 // share of pixels clearly darker than the paper
}

func (m marks) blankness() Blankness {
	switch {
	case m.all > maxBlankInk, m.red > maxBlankRed, m.paper < leastPaper, m.dark > maxBlankDark:
		return Written
	case m.letters <= surelyMarks && m.ink < maybeInk/3:
		return SurelyBlank
	case m.letters < maybeMarks && m.ink < maybeInk:
		return MaybeBlank
	}
	return Written
}

func countMarks(s *sheet, red float64) (marks, error) {
	w, h := s.text.Width(), s.text.Height()
	margin := max(1, min(inches(blankMargin), int(marginShare*float64(min(w, h)))))
	area := float64(w) * float64(h)
	m := marks{red: red}
	m.paper, m.dark = darkness(s.gray.Histogram())
	var err error
	if m.ink, err = inkInside(s.text, margin, area); err != nil {
		return m, err
	}
	if m.all, err = inkInside(s.binary, margin, area); err != nil {
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
