package ocr

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/tesseract"
)

// How lines that were read with doubt are looked at again.
const (
	nearMargin = 0.2 // heights above and below, which makes letters larger
	// loneWidth is that of a number alone, in heights of a line.
	loneWidth = 2
	// sureWord is how sure the engine must be of each word of a short line that is
	// looked at again (readLone, readAgain), for that to count. Measured on 240 of
	// them on 86 drawn pages: nine were digits, "TT" or the end of an address, all
	// from 0.95 up; specks, pieces of codes and of seals came to 0.93.
	sureWord = 0.95
	// doubtfulWord is the confidence of a word from which down its line is read
	// a second time. Measured on the made-up pages (a tenth of their lines, a
	// tenth of all errors) and real scans (a third of their lines, a quarter of
	// all errors); from 0.92 down it costs twice as much and brings no more.
	doubtfulWord = 0.8
	// longLine is the width, in heights, of lines of which only what is around
	// doubtful words is read again, unless that is mostOfLine of it.
	longLine   = 10
	mostOfLine = 0.6
)

// farMargins are the heights above and below of further looks at what is short
// and was not read surely: numbers of two digits on grainy paper are lost by one
// margin and read by the next, without a pattern. Measured on 48 of them: 7 are
// lost by one look.
var farMargins = [...]float64{0.5, 0.7, 0.4}

// isLone tells a box as high as a line and as wide as a number alone in a cell of
// a table, which four digits fill. Longer lines are told from strokes of a pen by
// their words, and the pieces of seals and codes are as long.
func isLone(box lept.Box, height int) bool { return 2*box.H >= height && box.W <= loneWidth*height }

// isSure tells whether the engine is sure of every word.
func isSure(words []tesseract.Word) bool {
	return len(words) > 0 && !slices.ContainsFunc(words, func(w tesseract.Word) bool {
		return w.Confidence < sureWord || tesseract.Signs(w.Text) == 0
	})
}

// readLone looks again at what may be a number alone, and gives the first reading that the
// engine is sure of; none if there is none. One that has the letters of the first
// look says that this was right: where letters are drawn smaller, capitals and
// small letters of one form (V and v) are taken for each other.
func (r *Reader) readLone(page *cleanup.Page, box lept.Box, height int, first []tesseract.Word) ([]tesseract.Word, error) {
	for _, margin := range farMargins {
		words, err := r.readWithin(page, box, margin*float64(height))
		switch {
		case err != nil:
			return nil, err
		case isSure(words) && slices.EqualFunc(first, words, func(a, b tesseract.Word) bool { return strings.EqualFold(a.Text, b.Text) }):
			return first, nil
		case isSure(words):
			return words, nil
		}
	}
	return nil, nil
}

// readAgain looks again at a line with a doubtful word, with its letters drawn
// larger; the reading that the engine is surer of holds. Of a long line only the
// doubtful words are read again, with their neighbours: half of the cost, and the
// rest of the line is not given up for one word. A short one is drawn smaller
// before, and that holds if the engine is sure of it then: of few letters it is
// surer, too, of a reading that has lost one.
func (r *Reader) readAgain(page *cleanup.Page, box lept.Box, height int, first []tesseract.Word) ([]tesseract.Word, error) {
	if doubtful := stretches(first); box.W > longLine*height && !coverMost(doubtful, first) {
		return r.readStretches(page, box, height, first, doubtful)
	}
	if box.W <= shortLine*height {
		far, err := r.readWithin(page, box, farMargins[0]*float64(height))
		if err != nil || isSure(far) {
			return far, err
		}
	}
	near, err := r.readWithin(page, box, nearMargin*float64(height))
	if err != nil {
		return nil, err
	}
	return surer(first, near), nil
}

// stretch is words from one place of a line to before another.
type stretch struct{ from, to int }

// stretches are the doubtful words of a line, each with a neighbour on both sides:
// the engine reads a word by what stands beside it.
func stretches(words []tesseract.Word) []stretch {
	var all []stretch
	for i, w := range words {
		if !isDoubtful(w) {
			continue
		}
		from, to := max(0, i-1), min(len(words), i+2)
		if last := len(all) - 1; last >= 0 && from <= all[last].to {
			all[last].to = to
		} else {
			all = append(all, stretch{from, to})
		}
	}
	return all
}

// coverMost tells whether stretches are so much of a line that reading them costs
// what reading the line does.
func coverMost(some []stretch, words []tesseract.Word) bool {
	covered := 0
	for _, s := range some {
		for _, w := range words[s.from:s.to] {
			covered += w.Box.Dx()
		}
	}
	whole := words[len(words)-1].Box.Max.X - words[0].Box.Min.X
	return float64(covered) > mostOfLine*float64(whole)
}

// readStretches reads stretches of a line again. It is cut in the middle between
// words: white in place of what stands there costs a tenth more errors.
func (r *Reader) readStretches(page *cleanup.Page, box lept.Box, height int, words []tesseract.Word, some []stretch) ([]tesseract.Word, error) {
	line := onPage(page, box, sideMargin, nearMargin*float64(height)/measure.DPI)
	var out []tesseract.Word
	done := 0
	for _, s := range some {
		at := line
		if s.from > 0 {
			at.X = between(words[s.from-1], words[s.from])
		}
		end := line.X + line.W
		if s.to < len(words) {
			end = between(words[s.to-1], words[s.to])
		}
		at.W = max(1, end-at.X)
		near, err := r.readAt(page, at, min(1, netHeight/float64(at.H)), tesseract.RawLine)
		if err != nil {
			return nil, err
		}
		near, s = withoutNeighbours(near, words, s)
		out = slices.Concat(out, words[done:s.from], surer(words[s.from:s.to], near))
		done = s.to
	}
	return append(out, words[done:]...), nil
}

// between is the middle between two words of a line.
func between(left, right tesseract.Word) int { return (left.Box.Max.X + right.Box.Min.X) / 2 }

// withoutNeighbours leaves the words at the ends that were read surely at first
// out of a second reading of a stretch, and out of the stretch: there the cut is
// taken for a full stop.
func withoutNeighbours(near, words []tesseract.Word, s stretch) ([]tesseract.Word, stretch) {
	if len(near) > 0 && !isDoubtful(words[s.from]) && isOneWord(near[0], words[s.from]) {
		near = near[1:]
		s.from++
	}
	if last := len(near) - 1; last >= 0 && s.to > s.from && !isDoubtful(words[s.to-1]) && isOneWord(near[last], words[s.to-1]) {
		near = near[:last]
		s.to--
	}
	return near, s
}

// isOneWord tells whether two readings of a line have a word in one place.
func isOneWord(a, b tesseract.Word) bool {
	common := min(a.Box.Max.X, b.Box.Max.X) - max(a.Box.Min.X, b.Box.Min.X)
	return 4*common >= 3*max(a.Box.Dx(), b.Box.Dx())
}

func isDoubtful(w tesseract.Word) bool { return w.Confidence < doubtfulWord }

// surer is the reading of which the engine is surer, the first if of neither.
func surer(first, second []tesseract.Word) []tesseract.Word {
	if sureness(second) > sureness(first) {
		return second
	}
	return first
}

// sureness is the mean confidence of the signs of a line.
func sureness(words []tesseract.Word) float64 {
	sum, signs := 0.0, 0
	for _, w := range words {
		n := utf8.RuneCountInString(w.Text)
		sum += w.Confidence * float64(n)
		signs += n
	}
	return sum / float64(max(signs, 1))
}
