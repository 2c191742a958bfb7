package paper

import (
	"image/color"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// strokesOf are the letters as people write them one by one: strokes parted by a
// bar, each of points "x,y" from the left end of the baseline, in tenths of the
// height of a small letter.
var strokesOf = map[rune]string{
	'a': "7,9 3,10 0,5 3,0 7,3|7,10 7,2 9,0", 'b': "0,20 0,0|0,6 4,10 7,5 4,0 0,2", 'c': "7,8 3,10 0,5 3,0 7,2",
	'd': "7,8 3,10 0,5 3,0 7,3|7,20 7,2 9,0", 'đ': "7,8 3,10 0,5 3,0 7,3|7,20 7,2 9,0|4,16 10,16", 'e': "0,5 7,6 4,10 0,5 3,0 7,2",
	'f': "5,19 2,17 2,0|0,10 5,10", 'g': "7,8 3,10 0,5 3,1 7,3|7,10 7,-6 3,-9 0,-6", 'h': "0,20 0,0|0,6 4,10 7,7 7,0", 'i': "0,10 0,2 2,0",
	'j': "3,10 3,-6 0,-9", 'k': "0,20 0,0|6,10 0,5 6,0", 'l': "0,20 0,2 2,0", 'm': "0,10 0,0|0,6 3,10 5,8 5,0|5,6 8,10 10,8 10,0",
	'n': "0,10 0,0|0,6 4,10 7,7 7,0", 'o': "4,10 0,5 4,0 8,5 4,10", 'p': "0,10 0,-9|0,7 4,10 7,5 4,0 0,2", 'q': "7,8 3,10 0,5 3,0 7,3|7,10 7,-9",
	'r': "0,10 0,0|0,6 3,10 6,9", 's': "6,9 2,10 1,7 5,4 5,1 0,0", 't': "2,16 2,2 5,0|0,10 5,10", 'u': "0,10 0,3 3,0 7,3|7,10 7,2 9,0",
	'v': "0,10 4,0 7,10", 'w': "0,10 3,0 5,8 8,0 10,10", 'x': "0,10 7,0|7,10 0,0", 'y': "0,10 1,4 4,3 7,10|7,10 6,-5 2,-9 0,-7", 'z': "0,10 6,10 0,0 6,0",
	'A': "0,0 5,18 10,0|2,7 8,7", 'B': "0,0 0,18 7,16 1,10 9,5 0,0", 'C': "10,15 5,18 0,9 5,0 10,3", 'D': "0,0 0,18 9,12 9,6 0,0",
	'Đ': "0,0 0,18 9,12 9,6 0,0|-2,9 4,9", 'E': "8,18 0,18 0,0 8,0|0,9 6,9", 'F': "8,18 0,18 0,0|0,9 6,9", 'G': "10,15 5,18 0,9 5,0 10,3 10,8 6,8",
	'H': "0,18 0,0|9,18 9,0|0,9 9,9", 'I': "0,18 0,0", 'J': "5,18 5,3 0,0", 'K': "0,18 0,0|8,18 0,8 8,0", 'L': "0,18 0,0 8,0",
	'M': "0,0 1,18 6,5 11,18 12,0", 'N': "0,0 0,18 9,0 9,18", 'O': "5,18 0,9 5,0 10,9 5,18", 'P': "0,0 0,18 8,15 7,9 0,8",
	'Q': "5,18 0,9 5,0 10,9 5,18|6,4 11,-2", 'R': "0,0 0,18 8,15 7,9 0,8|3,8 9,0", 'S': "9,16 4,18 1,13 8,6 5,0 0,2", 'T': "0,18 10,18|5,18 5,0",
	'U': "0,18 0,4 5,0 9,4 9,18", 'V': "0,18 5,0 9,18", 'W': "0,18 3,0 6,14 9,0 12,18", 'X': "0,18 9,0|9,18 0,0", 'Y': "0,18 5,9 9,18|5,9 5,0", 'Z': "0,18 9,18 0,0 9,0",
	'0': "4,17 0,9 4,0 8,9 4,17", '1': "0,13 4,17 4,0", '2': "0,13 4,17 8,13 0,0 8,0", '3': "0,15 5,17 4,10 8,5 3,0 0,2", '4': "5,17 0,6 9,6|6,10 6,0",
	'5': "8,17 1,17 0,10 6,10 7,4 3,0 0,2", '6': "7,17 1,9 1,2 5,0 7,5 1,6", '7': "0,17 8,17 3,0", '8': "4,9 0,14 4,17 8,14 0,4 4,0 8,4 4,9", '9': "7,12 2,9 1,15 6,17 7,12 4,0",
	'/': "0,-2 7,18", '-': "0,7 5,7", ',': "1,1 0,-3", '.': "0,0 1,1", ':': "0,8 1,9|0,0 1,1", '(': "3,18 0,9 3,-1", ')': "0,18 3,9 0,-1", '\'': "0,20 0,16",
}

// marksOf are the marks of Vietnamese, from the middle of the letter: those above
// count from its top, the horn from its right end, the dot below from the baseline.
var marksOf = map[rune]string{
	'\u0300': "-3,4 1,1", '\u0301': "-1,1 3,4", '\u0309': "-1,3 1,5 1,2 0,1", '\u0303': "-4,2 -1,4 1,2 4,4",
	'\u0302': "-4,1 0,4 4,1", '\u0306': "-4,4 0,1 4,4", '\u031b': "0,-1 3,1 2,3", '\u0323': "0,-4 1,-5",
}

// strokes parses a letter.
func strokes(text string) (all [][]point) {
	for stroke := range strings.SplitSeq(text, "|") {
		var knots []point
		for pair := range strings.FieldsSeq(stroke) {
			a, b, _ := strings.Cut(pair, ",")
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			knots = append(knots, point{float64(x), float64(y)})
		}
		all = append(all, knots)
	}
	return all
}

// letter is one letter with its marks, and how wide it is.
type letter struct {
	strokes [][]point
	wide    float64
}

// lettersOf are the letters of a word; what nobody writes is left out.
func lettersOf(word string) (all []letter) {
	for _, r := range norm.NFD.String(word) {
		if text, ok := strokesOf[r]; ok {
			l := letter{strokes: strokes(text)}
			l.wide, _ = l.extent()
			if r == 'i' || r == 'j' {
				l.strokes = append(l.strokes, []point{{l.wide / 2, 14}, {l.wide/2 + 0.5, 15}})
			}
			all = append(all, l)
		} else if text, ok := marksOf[r]; ok && len(all) > 0 {
			all[len(all)-1].mark(r, text)
		}
	}
	return all
}

func (l *letter) extent() (right, top float64) {
	for _, s := range l.strokes {
		for _, k := range s {
			right, top = max(right, k.x), max(top, k.y)
		}
	}
	return right, top
}

// mark puts a mark where it belongs.
func (l *letter) mark(r rune, text string) {
	x, y := l.wide/2, 0.0
	right, top := l.extent()
	switch r {
	case '\u031b':
		x, y = right, min(top, 18)
	case '\u0323':
	default:
		y = top + 1
	}
	for _, s := range strokes(text) {
		for i := range s {
			s[i].x, s[i].y = s[i].x+x, s[i].y+y
		}
		l.strokes = append(l.strokes, s)
	}
}

// spaceBetween is what people leave between letters, and between words, in tenths of
// the height of a small letter.
const spaceBetween, spaceOfWords = 3.0, 9.0

// lengthOf is how long a text is in letters as high as 1.
func lengthOf(text string) float64 {
	length := 0.0
	for word := range strings.FieldsSeq(text) {
		for _, l := range lettersOf(word) {
			length += l.wide + spaceBetween
		}
		length += spaceOfWords
	}
	return length / 10
}

// letters writes a text letter by letter from (x, y) on the baseline; narrow is how
// far it is pressed together to fit.
func (s *Sheet) letters(x, y float64, text string, narrow float64, by *Hand) {
	unit := by.High / 10
	for word := range strings.FieldsSeq(text) {
		for _, l := range lettersOf(word) {
			s.letter(x, y+by.High*0.12*(s.hand.Float64()-0.5), l, narrow, by)
			x += (l.wide + spaceBetween*(0.6+0.8*s.hand.Float64())) * unit * narrow
		}
		x += spaceOfWords * unit * narrow
	}
}

func (s *Sheet) letter(x, y float64, l letter, narrow float64, by *Hand) {
	unit := by.High / 10 * (0.94 + 0.12*s.hand.Float64())
	p := s.plate(x, y, 4*by.High)
	shake := func() float64 { return 1.1 * (s.hand.Float64() - 0.5) }
	for _, stroke := range l.strokes {
		knots := make([]point, len(stroke))
		for i, k := range stroke {
			up := k.y + shake()
			knots[i] = point{(k.x+shake())*unit*narrow + by.Slant*up*unit, -up * unit}
		}
		p.stroke(knots, by.Pen)
	}
	s.stain(p, by.Ink, 0.1)
}

// inks are those that people fill forms in with.
var inks = []color.Color{PenBlue, color.RGBA{R: 20, G: 20, B: 30, A: 255}, color.RGBA{R: 40, G: 70, B: 190, A: 255}, color.RGBA{R: 45, G: 20, B: 90, A: 255}}
