package classify

import (
	"slices"
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/pipeline/fuzzy"
)

// strip is a part of a printed line without a wide gap in it: the two blocks of
// a letterhead stand on one line and are two strips.
type strip struct {
	words []dossier.Word
	// plain is the text folded, letters and digits only: engines split and
	// join words freely in wide-set capitals.
	plain string
	// spaced is plain with its words kept apart and a space at the end.
	spaced string
	// ends[i] is the length of plain up to and including words[i].
	ends  []int
	box   dossier.Box
	block int
	line  int // printed line on the page, from 1
}

func newStrip(words []dossier.Word, line int) strip {
	l := dossier.NewLine(words)
	s := strip{words: words, box: l.Box, block: l.Block, line: line}
	var b, spaced strings.Builder
	for _, w := range words {
		b.WriteString(fuzzy.Plain(w.Text))
		s.ends = append(s.ends, b.Len())
		if w := fuzzy.Plain(w.Text); w != "" {
			spaced.WriteString(w + " ")
		}
	}
	s.plain, s.spaced = b.String(), spaced.String()
	return s
}

func (s strip) text() string { return dossier.NewLine(s.words).Text }

// upper tells whether the words are in capitals; one letter in six may be
// wrong, since engines read Đ as đ and I as l.
func (s strip) upper() bool { return upper(s.words) }

func upper(words []dossier.Word) bool {
	capital, letters := 0, 0
	for _, w := range words {
		for _, r := range viet.NFC(w.Text) {
			if unicode.IsLetter(r) {
				letters++
			}
			if unicode.IsUpper(r) {
				capital++
			}
		}
	}
	return letters > 0 && capital*6 >= letters*5
}

// page is a reading prepared for looking at.
type page struct {
	strips []strip
	height int // 0 without geometry
	width  int
	words  int
	// cardSized tells that the image is not larger than an identity card.
	cardSized bool
	// running marks the strips that are lines of running text.
	running []bool
	head    head
}

func newPage(r dossier.Reading) page {
	p := page{height: r.Height, width: r.Width, words: len(strings.Fields(r.Text)), cardSized: cardSized(r)}
	for n, line := range r.Lines() {
		for _, words := range columns(line.Words) {
			if s := newStrip(words, n+1); s.plain != "" {
				p.strips = append(p.strips, s)
			}
		}
	}
	if len(r.Words) == 0 {
		p.height, p.width = 0, 0
	}
	p.running = p.runningText()
	p.head = p.lookAtHead()
	return p
}

// columnGap is how wide a space, in heights of the line, parts two columns.
// Spaces of justified text stay below 1.5.
const columnGap = 2.0

// columns cuts a line at its wide gaps.
func columns(words []dossier.Word) [][]dossier.Word {
	if len(words) == 0 {
		return nil
	}
	heights := make([]int, len(words))
	for i, w := range words {
		heights[i] = w.H
	}
	slices.Sort(heights)
	limit := columnGap * float64(heights[len(heights)/2])
	var parts [][]dossier.Word
	start := 0
	for i := 1; i < len(words); i++ {
		gap := words[i].X - words[i-1].X - words[i-1].W
		if limit > 0 && float64(gap) > limit {
			parts = append(parts, words[start:i])
			start = i
		}
	}
	return append(parts, words[start:])
}

// headLines is how many printed lines of a page without geometry can belong to
// its head: two letterhead blocks of five lines, a form number, the title.
const headLines = 16

// headPart is the part of the page's height in which titles stand. Covers of
// land use certificates carry theirs near the middle.
const headPart = 0.55

// inHead tells whether the strip stands where a title can.
func (p page) inHead(i int) bool {
	if p.height > 0 {
		return float64(p.strips[i].box.Y) <= headPart*float64(p.height)
	}
	return p.strips[i].line <= headLines
}
