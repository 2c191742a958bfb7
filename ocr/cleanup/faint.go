package cleanup

// Print of a worn ribbon, of carbon paper or of a pencil may be so pale that the
// threshold of ink takes it for the back of the sheet shining through, and the
// page for a blank one. Where nothing darker is on a page, what is darkest is
// stretched to black, and reading decides whether these are words ([Page.Faint]):
// what shines through reads backwards.
const (
	// faintShare of a page is darker than its faint print: a few lines of letters.
	faintShare = 0.003
	// leastContrast is how much darker than the paper, of 255, faint print is. What
	// shines through is paler on most sheets, and takes the engine seconds to make
	// nothing of.
	leastContrast = 40
	// leastOfNote is that of marks which are too sharp to shine through.
	leastOfNote = 18
)

// lift stretches a page that looks empty, when there are marks like letters on it
// then. The sheet and what was counted on it are those of the stretched page
// afterwards.
func (s *straightener) lift(of *sheet, border float64, found *marks) error {
	ink, paper := faintest(of.gray.Histogram())
	least := leastContrast
	if s.page.Note {
		least = leastOfNote
	}
	if paper-ink < least || paper < leastPaper {
		return nil
	}
	stretched, err := s.pix.Stretch(ink, paper)
	if err != nil {
		return err
	}
	again, err := newSheet(stretched, s.dpi, s.without != Background)
	if err != nil {
		stretched.Close()
		return err
	}
	counted, err := countMarks(again, s.red, border)
	if err != nil || counted.letters < maybeMarks {
		stretched.Close()
		again.close()
		return err
	}
	s.pix.Close()
	of.close()
	s.pix, *of, *found, s.page.Faint = stretched, *again, counted, true
	return nil
}

// faintest is the gray value that faintShare of a page reaches, and that of the
// paper.
func faintest(counts [256]int) (ink, paper int) {
	total, seen := 0, 0
	for _, n := range counts {
		total += n
	}
	for ; ink < 255; ink++ {
		if seen += counts[ink]; float64(seen) >= faintShare*float64(total) {
			break
		}
	}
	paper, _ = darkness(counts)
	return ink, paper
}
