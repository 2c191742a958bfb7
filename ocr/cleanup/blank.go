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
const (
	blankMargin = 0.2 // inches
	letterSize  = 5   // pixels, both sides: smaller marks are dust
	surelyMarks = 2
	maybeMarks  = 30
	maybeInk    = 0.0015
	maxBlankInk = 0.005 // of anything, letters or not: more is a picture or a drawing
	maxBlankRed = 0.003 // a fresh red stamp is no blank page
)

// marks is what is found on a page.
type marks struct {
	letters int
	ink     float64 // share of the area covered by text
	all     float64 // share of the area covered by anything
	red     float64 // share of saturated red in the original
}

func (m marks) blankness() Blankness {
	switch {
	case m.all > maxBlankInk, m.red > maxBlankRed:
		return Written
	case m.letters <= surelyMarks:
		return SurelyBlank
	case m.letters < maybeMarks && m.ink < maybeInk:
		return MaybeBlank
	}
	return Written
}

func countMarks(s *sheet, red float64) (marks, error) {
	m := marks{red: red}
	area := float64(s.text.Width()) * float64(s.text.Height())
	var err error
	if m.ink, err = inkInside(s.text, area); err != nil {
		return m, err
	}
	if m.all, err = inkInside(s.binary, area); err != nil {
		return m, err
	}
	boxes, err := s.text.Components()
	if err != nil {
		return m, err
	}
	margin := inches(blankMargin)
	for _, b := range boxes {
		inside := b.X >= margin && b.Y >= margin && b.X+b.W <= s.text.Width()-margin && b.Y+b.H <= s.text.Height()-margin
		if inside && b.W >= letterSize && b.H >= letterSize {
			m.letters++
		}
	}
	return m, nil
}

// inkInside is the share of black inside the margin.
func inkInside(binary *lept.Pix, area float64) (float64, error) {
	inside, err := binary.Copy()
	if err != nil {
		return 0, err
	}
	defer inside.Close()
	inside.ClearBorder(inches(blankMargin))
	return float64(inside.Black()) / area, nil
}
