package pdfa

import (
	"math"
	"slices"

	"sohoa/dossier"
)

// The text layer: every word invisible (text rendering mode 3) over its print,
// so that a viewer finds, marks and copies it.
//
// Method. Each word is set from the left edge of its box with its own
// horizontal scaling (Tz), so that its glyphs, all half an em wide, end exactly
// at the right edge. A blank follows, scaled to fill the gap to the next word:
// readers that look for blanks and readers that look for gaps both part the
// words, however close the boxes are.
//
// Vertically all words of a line share one size and one baseline. Readers join
// words into lines by size and baseline (poppler: sizes within 5 %), and boxes
// of single words differ by their letters ("cao" against "Đặng"), so exact
// heights per word would tear a line apart. The line's band is the smallest
// strip that covers all its boxes, flat or leaning: a page that was left as
// scanned may lean by some degrees, and there each word keeps level on its own
// step of the baseline, because readers part a word whose letters climb.
//
// Accuracy: left and right edges within 1/100 of a pixel at 300 dpi, but for the
// right edge of a word whose neighbour's box touches its own; top and
// bottom are those of the line, so they cover the word's box and exceed it by
// what the word lacks in ascenders and descenders.

// ascent is the part of the font's size above the baseline, the rest is
// below; the font descriptor says the same.
const ascent = 0.8

// halfEm is the width of every glyph in ems.
const halfEm = 0.5

// maxString is the most codes in one string. A string may have 32767 bytes
// (ISO 19005-2, 6.1.13); a code has two.
const maxString = 16000

// textBox is a word in pixels of the upright page.
type textBox struct {
	x, y, w, h float64
	codes      []uint16
}

func (t textBox) middle() float64 { return t.x + t.w/2 }

// lines groups the words by block and line in their order and gives each
// character its code. Words with nothing to show are left out.
func (g *glyphs) lines(words []dossier.Word, s sheet) ([][]textBox, error) {
	boxes := make([]textBox, 0, len(words))
	codes := make([]uint16, 0, 8*len(words)) // one array for the codes of a page
	var lines [][]textBox
	begin, of := 0, dossier.Word{}
	for i := range words {
		before := len(codes)
		var err error
		if codes, err = g.encode(codes, words[i].Text); err != nil {
			return nil, err
		}
		if len(codes) == before {
			continue
		}
		if len(boxes) > begin && (words[i].Block != of.Block || words[i].Line != of.Line) {
			lines = append(lines, boxes[begin:])
			begin = len(boxes)
		}
		of = words[i]
		boxes = append(boxes, s.clamp(of, codes[before:]))
	}
	if len(boxes) > begin {
		lines = append(lines, boxes[begin:])
	}
	return lines, nil
}

// clamp keeps a box inside the page and at least a pixel large: readers drop
// text outside the page, and no word may be lost to an engine's odd box.
func (s sheet) clamp(w dossier.Word, codes []uint16) textBox {
	x0, x1 := clampSpan(float64(w.X), float64(w.W), s.pixelW)
	y0, y1 := clampSpan(float64(w.Y), float64(w.H), s.pixelH)
	return textBox{x: x0, y: y0, w: x1 - x0, h: y1 - y0, codes: codes}
}

func clampSpan(from, length, limit float64) (float64, float64) {
	from = min(max(from, 0), limit-1)
	return from, min(from+max(length, 1), limit)
}

// appendText writes the text object of a page.
func appendText(b []byte, s sheet, lines [][]textBox) []byte {
	b = append(b, "BT 3 Tr\n"...)
	for _, line := range lines {
		b = appendLine(b, s, line)
	}
	return append(b, "ET\n"...)
}

func appendLine(b []byte, s sheet, line []textBox) []byte {
	shared := bandOf(line)
	shared.em = widestEm(line, shared.em)
	size := 0.0
	for i, word := range line {
		strip := shared
		if word.h > shared.height { // taller than its line: noise or a drop cap
			strip = cover(line[i:i+1], 0)
		}
		if units := strip.em * s.scale; units != size {
			size = units
			b = append(number(append(b, "/F0 "...), size, pageDigits), " Tf\n"...)
		}
		width, gap := word.w, strip.em/4
		if i+1 < len(line) {
			width, gap = parted(word, line[i+1].x, strip.em)
		}
		x, y := s.frame.left+word.x*s.scale, (s.pixelH-strip.baseline(word.middle()))*s.scale
		b = append(numbers(append(b, "1 0 0 1 "...), textDigits, x, y), "Tm "...)
		b = appendRun(b, word.codes, width*s.scale, size)
		b = appendRun(b, blankRun, gap*s.scale, size)
		b = append(b, '\n')
	}
	return b
}

// leastGap is the gap between two words in parts of the font's size below which
// readers print them as one, whatever stands between: poppler 0.03 where it
// lays the page out itself, 0.15 where it keeps the order of the file (-raw).
const leastGap = 0.16

// parted gives a word's width and the gap up to next, the left edge of the word
// after it. Boxes that touch or overlap are parted by giving up the end of the
// first, at most half of it; a next word that stands to the left, as in a line
// wrongly joined, leaves the word as it is.
func parted(word textBox, next, em float64) (width, gap float64) {
	least := leastGap * em
	width = word.w
	if room := next - least - word.x; room < width && room > width/2 {
		width = room
	}
	return width, max(next-word.x-width, least)
}

// spacedOut is the gap in parts of the font's size above which readers take
// single letters for words of their own and not for one word in spaced-out
// print (poppler: 0.4).
const spacedOut = 0.5

// widestEm is the largest font size at which the words of a line stay apart. It
// is less than em only where all are single letters, as the cells of a table
// may be; then it goes down as far as a quarter of em.
func widestEm(line []textBox, em float64) float64 {
	widest := em
	for i, word := range line {
		if len(word.codes) > 1 {
			return em
		}
		if i+1 < len(line) {
			widest = min(widest, (line[i+1].x-word.x-word.w)/spacedOut)
		}
	}
	return max(widest, em/4)
}

// appendRun shows codes scaled to width.
func appendRun(b []byte, codes []uint16, width, size float64) []byte {
	tz := 100 * width / (float64(len(codes)) * size * halfEm)
	b = append(number(b, tz, pageDigits), " Tz "...)
	for len(codes) > 0 {
		part := codes[:min(len(codes), maxString)]
		b = append(b, '<')
		for _, code := range part {
			b = appendHex(b, code)
		}
		b = append(b, "> Tj "...)
		codes = codes[len(part):]
	}
	return b
}

func appendHex(b []byte, code uint16) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, digits[code>>12], digits[code>>8&15], digits[code>>4&15], digits[code&15])
}

// band is the strip of a line: its upper edge is top + slope·x, in pixels. em is
// the size of its font, the height unless something speaks against it.
type band struct{ slope, top, height, em float64 }

// baseline is the height of the letters' feet at x.
func (b band) baseline(x float64) float64 { return b.top + b.slope*x + ascent*b.height }

// tallWord is how much higher than the median of its line a box may be before
// it no longer shapes the line's band. Capitals with two marks are below 1.8
// times an x-height word; what is above twice is usually a rule or a stamp.
const tallWord = 2.2

// leanGain is how much narrower the leaning band must be to be believed: below
// that, the lean is only the scatter of ascenders.
const leanGain = 0.9

// bandOf is the narrower of the flat and the leaning strip that cover the
// line's ordinary words.
func bandOf(line []textBox) band {
	usual := ordinary(line)
	flat := cover(usual, 0)
	if leaning := cover(usual, lean(usual)); leaning.height < leanGain*flat.height {
		return leaning
	}
	return flat
}

// ordinary leaves out the boxes that are too tall for their line.
func ordinary(line []textBox) []textBox {
	if len(line) <= 2 {
		return line
	}
	heights := make([]float64, len(line))
	for i, w := range line {
		heights[i] = w.h
	}
	slices.Sort(heights)
	tall := func(w textBox) bool { return w.h > tallWord*heights[len(heights)/2] }
	if !slices.ContainsFunc(line, tall) {
		return line
	}
	return slices.DeleteFunc(slices.Clone(line), tall)
}

// cover is the smallest strip of the slope that holds every box at its middle.
func cover(line []textBox, slope float64) band {
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, w := range line {
		shift := slope * w.middle()
		top, bottom = min(top, w.y-shift), max(bottom, w.y+w.h-shift)
	}
	return band{slope: slope, top: top, height: bottom - top, em: bottom - top}
}

// lean is the slope of the least-squares line through the boxes' centres.
func lean(line []textBox) float64 {
	var mx, my float64
	for _, w := range line {
		mx, my = mx+w.middle(), my+w.y+w.h/2
	}
	n := float64(len(line))
	mx, my = mx/n, my/n
	var xx, xy float64
	for _, w := range line {
		dx := w.middle() - mx
		xx, xy = xx+dx*dx, xy+dx*(w.y+w.h/2-my)
	}
	if xx == 0 {
		return 0
	}
	return xy / xx
}
