package cleanup

import (
	"cmp"
	"math"
	"slices"

	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// LineReader reads one line of gray print for the question which way up a page
// is. Confidence is the mean over its words, 0 to 1; signs counts letters and
// digits.
type LineReader interface {
	ReadLine(gray *lept.Pix, dpi float64) (confidence float64, signs int, err error)
}

// Up or down: ascenders and the marks above Vietnamese letters outnumber
// descenders, which leptonica counts on a level page. Where the count is not
// clear (short pages, capitals, numbers), up to four lines of print are read
// both ways up and the better read wins.
const (
	sureDetector = 8.0 // |confidence| above which the count alone was never wrong
	someCount    = 3.0 // pictures stay below it, short pages do not
	leastCount   = 8   // marks above and below that the count must rest on
	linesToRead  = 4
	linesToTry   = 12   // the longest "lines" of a framed page are its frame
	sureGap      = 0.30 // mean difference of the two readings at which to stop
	leastGap     = 0.05 // below it the readings say nothing
	fullSigns    = 5    // a reading of fewer signs counts in proportion
	lineHeight   = 36.0 // pixels: what the engine brings a line to itself
	// leastRead: a line that neither way up is read with this score is no print.
	leastRead = 0.6
	// surelyRead is a score that no line has when it is read along the wrong axis
	// or upside down.
	surelyRead = 0.85
)

// flipped is the answer: is the page upside down, and is that certain. count is
// what the detector said; noPrint, that nothing on the page is like print.
type flipped struct {
	upsideDown, sure, noPrint bool
	count                     float64
}

// detectFlip counts on a level text mask.
func detectFlip(text *lept.Pix) (flipped, error) {
	confidence, err := text.UpDown(leastCount)
	if err != nil {
		return flipped{}, err
	}
	return flipped{upsideDown: confidence < 0, sure: math.Abs(confidence) >= sureDetector, count: math.Abs(confidence)}, nil
}

// readFlip settles a doubt by reading lines of the page both ways up. text is
// the level mask; the page lies in its pose, flip apart.
func (s *straightener) readFlip(text *lept.Pix, guess flipped) (flipped, error) {
	boxes, err := lineBoxes(text)
	if err != nil {
		return guess, err
	}
	total, read := 0.0, 0
	for _, b := range boxes {
		up, down, err := s.readBothWays(b)
		if err != nil {
			return guess, err
		}
		if max(up, down) < leastRead {
			continue // a frame, an ornament, a table's rule: no print
		}
		total += up - down
		read++
		if read == linesToRead || math.Abs(total/float64(read)) >= sureGap {
			break
		}
	}
	if read == 0 {
		guess.noPrint = guess.count < someCount
		return guess, nil
	}
	if math.Abs(total/float64(read)) < leastGap {
		return guess, nil
	}
	return flipped{upsideDown: total < 0, sure: true}, nil
}

// settleAxis decides along which axis the lines of a page run where the
// measured profiles leave both open: the one whose lines can be read.
func (s *straightener) settleAxis(text *lept.Pix, l lean) (lean, error) {
	if l.other == nil || s.reader == nil {
		return l, nil
	}
	first, err := s.legible(text, l)
	if err != nil || first >= surelyRead*linesToRead {
		return l, err
	}
	second, err := s.legible(text, *l.other)
	if err != nil || second <= first {
		return l, err
	}
	return *l.other, nil
}

// legible is how well the lines along an axis can be read, either way up: the
// sum over the first of them that are print at all.
func (s *straightener) legible(text *lept.Pix, l lean) (float64, error) {
	scanned := s.pose
	defer func() { s.pose = scanned }()
	s.pose.quarter(l.axis)
	s.pose.rotate(-l.degrees)
	level, err := levelMask(text, l)
	if err != nil {
		return 0, err
	}
	defer level.Close()
	boxes, err := lineBoxes(level)
	if err != nil {
		return 0, err
	}
	total, read := 0.0, 0
	for _, b := range boxes {
		b.W = min(b.W, measure.Inches(axisCut))
		best, err := s.readEitherWay(b)
		if err != nil {
			return 0, err
		}
		if best >= leastRead {
			total += best
			read++
		}
		if read == linesToRead {
			break
		}
	}
	return total, nil
}

// readBothWays scores one line as it is and turned by 180 degrees.
func (s *straightener) readBothWays(b lept.Box) (up, down float64, err error) {
	line, dpi, err := s.line(b)
	if err != nil {
		return 0, 0, err
	}
	defer line.Close()
	if up, err = score(s.reader, line, dpi); err != nil {
		return 0, 0, err
	}
	down, err = scoreOver(s.reader, line, dpi)
	return up, down, err
}

// readEitherWay scores one line as it is, or turned by 180 degrees when that is
// better; a line that is surely read is not turned.
func (s *straightener) readEitherWay(b lept.Box) (float64, error) {
	line, dpi, err := s.line(b)
	if err != nil {
		return 0, err
	}
	defer line.Close()
	up, err := score(s.reader, line, dpi)
	if err != nil || up >= surelyRead {
		return up, err
	}
	down, err := scoreOver(s.reader, line, dpi)
	return max(up, down), err
}

// line draws a box of the measuring copy as the page lies in its pose.
func (s *straightener) line(b lept.Box) (line *lept.Pix, dpi float64, err error) {
	f := s.dpi / measure.DPI
	at := lept.Box{X: int(float64(b.X) * f), Y: int(float64(b.Y) * f), W: int(float64(b.W) * f), H: int(float64(b.H) * f)}
	scale := min(1, lineHeight/float64(at.H))
	line, err = s.pose.sample(s.pix, at, scale)
	return line, s.dpi * scale, err
}

func scoreOver(reader LineReader, line *lept.Pix, dpi float64) (float64, error) {
	over, err := line.Quarter(180)
	if err != nil {
		return 0, err
	}
	defer over.Close()
	return score(reader, over, dpi)
}

func score(reader LineReader, line *lept.Pix, dpi float64) (float64, error) {
	confidence, signs, err := reader.ReadLine(line, dpi)
	return confidence * min(1, float64(signs)/fullSigns), err
}

// Line boxes for this purpose, in inches: words 0.22 apart are one line; boxes
// of the height of print, at least half an inch long, cut at 4 inches.
const (
	wordGap    = 0.22
	leastLine  = 0.5
	longestCut = 4.0
	axisCut    = 2.0 // enough to tell print from what is none
	lowestLine = 0.06
	linePad    = 4 // pixels, for the marks above and below
)

// lineBoxes are the longest lines of a level mask, the longest first.
func lineBoxes(text *lept.Pix) ([]lept.Box, error) {
	joined, err := text.CloseBrick(measure.Inches(wordGap), 1)
	if err != nil {
		return nil, err
	}
	defer joined.Close()
	boxes, err := joined.Components()
	if err != nil {
		return nil, err
	}
	boxes = slices.DeleteFunc(boxes, func(b lept.Box) bool {
		return b.W < measure.Inches(leastLine) || b.H < measure.Inches(lowestLine) || b.H > measure.Inches(textHeight)
	})
	slices.SortStableFunc(boxes, func(a, b lept.Box) int { return cmp.Compare(b.W, a.W) })
	boxes = boxes[:min(len(boxes), linesToTry)]
	for i, b := range boxes {
		boxes[i] = lept.Box{X: max(0, b.X-linePad), Y: max(0, b.Y-linePad),
			W: min(b.W, measure.Inches(longestCut)) + 2*linePad, H: b.H + 2*linePad}
	}
	return boxes, nil
}
