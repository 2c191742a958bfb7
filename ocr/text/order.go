package text

import (
	"cmp"
	"slices"

	"sohoa/dossier"
)

// Reading order. Engines cut a page into blocks and read one after the other,
// which tears "label: value" apart where the gap is wide. Here the order is
// found from the boxes of the engine's lines: lines that overlap in height make
// a row; consecutive rows whose lines leave a common gutter free are two columns
// (columns.go), read left then right; all else is read row by row.
//
// Limits: text in columns over a whole page, as in newspapers, is read as two
// columns only while no line crosses the gutter.
const (
	// wordGap cuts a line of the engine in two, in inches.
	wordGap = 0.22
	// leastGutter is the narrowest free strip between two columns, in inches.
	leastGutter = 0.05
	// sameRow is the part of the lower line's height that must overlap.
	sameRow = 0.5
	// blockGap parts two blocks: a distance between rows of more than so many
	// times the height of a line.
	blockGap = 1.2
	// leastInterior is how many rows two columns have amid lines of text.
	leastInterior = 4
)

// span is a piece of a row: one line of one column.
type span struct {
	words          []dossier.Word
	x0, x1, y0, y1 int // y by the middle heights of the words, marks apart
}

// row is what lies beside each other.
type row struct {
	spans  []span // from left to right
	y0, y1 int
}

// Order numbers lines and blocks from 1 in reading order and returns the words
// in it. The words come with the engine's lines.
func Order(words []dossier.Word, dpi float64) []dossier.Word {
	rows := toRows(toSpans(words, int(wordGap*dpi)))
	o := orderer{gutter: gutter{max(1, int(leastGutter*dpi)), int(signing * dpi), int(cell * dpi)}}
	for len(rows) > 0 {
		n := o.columns(rows)
		if n == 0 {
			o.emitRow(rows[0])
			n = 1
		}
		rows = rows[n:]
	}
	return o.words
}

// toSpans groups words by the engine's lines, cut where a gap is wide.
func toSpans(words []dossier.Word, gap int) []span {
	var spans []span
	for len(words) > 0 {
		n := 1
		for n < len(words) && words[n].Line == words[0].Line && words[n].X-words[n-1].X-words[n-1].W < gap {
			n++
		}
		spans = append(spans, newSpan(slices.Clone(words[:n])))
		words = words[n:]
	}
	return spans
}

// newSpan keeps the engine's order: it reads a line from left to right, and the
// boxes of words that touch are less certain than that.
func newSpan(words []dossier.Word) span {
	s := span{words: words, x0: words[0].X}
	var tops, bottoms []int
	for _, w := range words {
		s.x0 = min(s.x0, w.X)
		s.x1 = max(s.x1, w.X+w.W)
		tops, bottoms = append(tops, w.Y), append(bottoms, w.Y+w.H)
	}
	s.y0, s.y1 = middle(tops), middle(bottoms)
	if s.y1 <= s.y0 {
		s.y1 = s.y0 + 1
	}
	return s
}

func middle(values []int) int {
	slices.Sort(values)
	return values[len(values)/2]
}

// toRows puts spans that overlap in height into rows, top to bottom.
func toRows(spans []span) []row {
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.y0+a.y1, b.y0+b.y1) })
	var rows []row
	for _, s := range spans {
		if n := len(rows); n > 0 && rows[n-1].takes(s) {
			rows[n-1].add(s)
			continue
		}
		rows = append(rows, row{[]span{s}, s.y0, s.y1})
	}
	return rows
}

// takes tells whether a span lies in the row and beside what is there.
func (r row) takes(s span) bool {
	overlap := min(r.y1, s.y1) - max(r.y0, s.y0)
	if float64(overlap) < sameRow*float64(min(r.y1-r.y0, s.y1-s.y0)) {
		return false
	}
	for _, other := range r.spans {
		if min(other.x1, s.x1)-max(other.x0, s.x0) > (s.x1-s.x0)/4 {
			return false
		}
	}
	return true
}

func (r *row) add(s span) {
	r.spans = append(r.spans, s)
	slices.SortStableFunc(r.spans, func(a, b span) int { return cmp.Compare(a.x0, b.x0) })
	n := len(r.spans)
	r.y0, r.y1 = (r.y0*(n-1)+s.y0)/n, (r.y1*(n-1)+s.y1)/n
}

// orderer emits words and numbers them.
type orderer struct {
	words       []dossier.Word
	line, block int
	gutter      gutter
	last        row // the row before, to see where a block ends
	// afterColumns: the next row begins a block.
	afterColumns bool
}

// columns emits what has two sides from the first row on, by columns or row by
// row, and returns how many rows that takes; 0 when there is none.
func (o *orderer) columns(rows []row) int {
	c, ok := columnsAt(rows, o.gutter)
	if !ok {
		return 0
	}
	if n := c.inner(); c.isTable() || c.isForm() || o.interior(rows, n) {
		for _, r := range rows[:n] {
			o.emitRow(r)
		}
		return n
	}
	o.emitSide(c.left)
	o.emitSide(c.right)
	o.last, o.afterColumns = c.rows[len(c.rows)-1], true
	return len(c.rows)
}

// interior tells whether a few rows stand amid lines of text that begin where
// they do: there a gap is one in a line of a form, not between columns, which
// are centred.
func (o *orderer) interior(rows []row, n int) bool {
	return n < leastInterior && o.block > 0 && !o.afterColumns && n < len(rows) &&
		o.follows(o.last, rows[0]) && o.follows(rows[n-1], rows[n])
}

// follows tells whether a row stands right below another, at the same margin.
func (o *orderer) follows(above, below row) bool {
	indent := above.spans[0].x0 - below.spans[0].x0
	return near(above, below) && max(indent, -indent) <= 2*o.gutter.least
}

func near(above, below row) bool {
	return float64(below.y0-above.y1) < blockGap*float64(max(above.y1-above.y0, below.y1-below.y0))
}

// emitSide emits what a column has of each row as one line.
func (o *orderer) emitSide(lines [][]span) {
	o.block++
	for _, spans := range lines {
		if len(spans) > 0 {
			o.emit(wordsOf(spans))
		}
	}
}

// emitRow emits a row as one line, in a new block after a gap.
func (o *orderer) emitRow(r row) {
	height := max(r.y1-r.y0, o.last.y1-o.last.y0)
	if o.afterColumns || o.block == 0 || float64(r.y0-o.last.y1) > blockGap*float64(height) {
		o.block++
	}
	o.afterColumns = false
	o.emit(wordsOf(r.spans))
	o.last = r
}

func wordsOf(spans []span) []dossier.Word {
	var words []dossier.Word
	for _, s := range spans {
		words = append(words, s.words...)
	}
	return words
}

func (o *orderer) emit(words []dossier.Word) {
	o.line++
	for _, w := range words {
		w.Line, w.Block = o.line, o.block
		o.words = append(o.words, w)
	}
}
