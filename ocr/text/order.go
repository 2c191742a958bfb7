package text

import (
	"cmp"
	"slices"
	"strings"

	"sohoa/dossier"
)

// Reading order. Engines cut a page into blocks and read one after the other,
// which tears "label: value" apart where the gap is wide. Here the order is
// found from the boxes of the engine's lines alone: lines that overlap in
// height make a row; consecutive rows whose lines leave a common gutter free
// are two columns, read left then right (letterhead: agency, then motto; last
// page: "Nơi nhận", then signature), unless the left one holds the labels of
// the right one; all else is read row by row.
//
// Limits: text in columns over a whole page, as in newspapers, is read as two
// columns only while no line crosses the gutter; a table is read by columns.
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
	o := orderer{gutter: max(1, int(leastGutter*dpi))}
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

func newSpan(words []dossier.Word) span {
	slices.SortStableFunc(words, func(a, b dossier.Word) int { return cmp.Compare(a.X, b.X) })
	s := span{words: words, x0: words[0].X}
	var tops, bottoms []int
	for _, w := range words {
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
	gutter      int
	last        row // the row before, to see where a block ends
	// afterColumns: the next row begins a block.
	afterColumns bool
}

// columns emits the columns that begin at the first row and returns how many
// rows they take; 0 when there are none.
func (o *orderer) columns(rows []row) int {
	if len(rows[0].spans) != 2 {
		return 0
	}
	left, right := rows[0].spans[0].x1, rows[0].spans[1].x0
	n := 0
	for n < len(rows) && !o.apart(rows, n) {
		l, r, ok := narrow(rows[n], left, right, o.gutter)
		if !ok {
			break
		}
		left, right = l, r
		n++
	}
	if n < 2 || labels(rows[:n], (left+right)/2) {
		return 0
	}
	middle := (left + right) / 2
	o.emitSide(rows[:n], func(s span) bool { return s.x1 <= middle })
	o.emitSide(rows[:n], func(s span) bool { return s.x1 > middle })
	o.last, o.afterColumns = rows[n-1], true
	return n
}

// labels tells whether most lines left of the gutter end with a colon: then
// each belongs to what stands beside it.
func labels(rows []row, gutter int) bool {
	colons, lines := 0, 0
	for _, r := range rows {
		if s := r.spans[0]; len(r.spans) > 1 && s.x1 <= gutter {
			lines++
			if strings.HasSuffix(s.words[len(s.words)-1].Text, ":") {
				colons++
			}
		}
	}
	return 2*colons > lines
}

// apart tells whether a wide empty band lies above row n: columns end there.
func (o *orderer) apart(rows []row, n int) bool {
	return n > 0 && rows[n].y0-rows[n-1].y1 > 3*(rows[n-1].y1-rows[n-1].y0)
}

// narrow is what a row leaves free of a gutter.
func narrow(r row, left, right, least int) (l, rt int, ok bool) {
	middle := (left + right) / 2
	for _, s := range r.spans {
		if s.x1 <= middle {
			left = max(left, s.x1)
		} else {
			right = min(right, s.x0)
		}
	}
	return left, right, right-left >= least
}

// emitSide emits what a column has of each row as one line.
func (o *orderer) emitSide(rows []row, on func(span) bool) {
	o.block++
	for _, r := range rows {
		var words []dossier.Word
		for _, s := range r.spans {
			if on(s) {
				words = append(words, s.words...)
			}
		}
		if len(words) > 0 {
			o.emit(words)
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
	var words []dossier.Word
	for _, s := range r.spans {
		words = append(words, s.words...)
	}
	o.emit(words)
	o.last = r
}

func (o *orderer) emit(words []dossier.Word) {
	o.line++
	for _, w := range words {
		w.Line, w.Block = o.line, o.block
		o.words = append(o.words, w)
	}
}
