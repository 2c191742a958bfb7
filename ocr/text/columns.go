package text

import (
	"math"
	"strings"
	"unicode"

	"sohoa/dossier/viet"
)

// Two columns are found as NĐ 30/2020/NĐ-CP, Phụ lục I, lays papers out: at the
// head the agency beside the national name and motto; at the end "Nơi nhận"
// beside who signs, or two who sign beside each other, the names under the room
// for the signatures; certificates of marriage have one for each spouse. What
// else leaves a gutter free is read row by row: a table, a form whose left side
// names what stands on the right, and the row of the number and date of a paper.
const (
	// signing is the most room for a signature between a title and a name, in
	// inches.
	signing = 1.7
	// widestLead is a gap between rows of columns that needs no name below it, in
	// heights of a line.
	widestLead = 3
	// cell is the widest short cell of a table, in inches; a column of at least
	// leastCells of them, one below the other and each beside something, is no
	// column of text.
	cell       = 1.2
	leastCells = 3
)

// gutter holds the lengths above in pixels of a page.
type gutter struct{ least, signing, cell int }

// columns are rows of two sides with a free strip in between.
type columns struct {
	rows        []row
	left, right [][]span // of each row; none where a side is empty
	x0, x1      int      // the strip
	gutter      gutter
}

// columnsAt takes rows as long as they leave a strip free.
func columnsAt(rows []row, g gutter) (columns, bool) {
	c := columns{gutter: g}
	first := rows[0].spans
	if len(first) != 2 || !isText(first[:1]) || !isText(first[1:]) || isNumberRow(rows[0]) {
		return c, false
	}
	c.x0, c.x1 = first[0].x1, first[1].x0
	for i, r := range rows {
		left, right, ok := c.sides(r)
		if !ok || i > 0 && c.ends(r, left, right) {
			break
		}
		for _, s := range left {
			c.x0 = max(c.x0, s.x1)
		}
		for _, s := range right {
			c.x1 = min(c.x1, s.x0)
		}
		c.rows, c.left, c.right = append(c.rows, r), append(c.left, left), append(c.right, right)
		if isNumberRow(r) {
			break // the subject below it belongs to the body
		}
	}
	return c, lines(c.right) > 1 || len(c.rows) > 1 && isRecipients(c.left[0])
}

// sides parts a row at the strip; not ok when it leaves too little of it.
func (c *columns) sides(r row) (left, right []span, ok bool) {
	x0, x1 := c.x0, c.x1
	for _, s := range r.spans {
		if s.x0+s.x1 < c.x0+c.x1 {
			left, x0 = append(left, s), max(x0, s.x1)
		} else {
			right, x1 = append(right, s), min(x1, s.x0)
		}
	}
	return left, right, x1-x0 >= c.gutter.least
}

// ends tells whether a row below is no longer of the columns: it is the one of
// number and date, set apart, or a wide band lies above that is no room for
// signatures.
func (c *columns) ends(r row, left, right []span) bool {
	last := c.rows[len(c.rows)-1]
	band, height := r.y0-last.y1, last.y1-last.y0
	if isNumberRow(r) && float64(band) > blockGap*float64(height) {
		return true
	}
	return band > widestLead*height && (band > c.gutter.signing || !c.under(c.left, left) || !c.under(c.right, right))
}

// under tells whether spans stand centred below a side, as names do.
func (c *columns) under(side [][]span, spans []span) bool {
	x0, x1 := extent(side...)
	from, to := extent(spans)
	return len(spans) == 0 || from >= x0-c.gutter.cell/2 && to <= x1+c.gutter.cell/2
}

func extent(side ...[]span) (x0, x1 int) {
	first := true
	for _, spans := range side {
		for _, s := range spans {
			if first {
				x0, x1, first = s.x0, s.x1, false
			}
			x0, x1 = min(x0, s.x0), max(x1, s.x1)
		}
	}
	return x0, x1
}

// isNumberRow tells the row of a paper's number and its place and date.
func isNumberRow(r row) bool {
	n := len(r.spans)
	if n < 2 {
		return false
	}
	number, date := fold(r.spans[:1]), fold(r.spans[1:])
	return (strings.HasPrefix(number, "so:") || strings.HasPrefix(number, "so ")) &&
		(strings.Contains(date, "ngay") || strings.Contains(date, " nam ")) && strings.ContainsFunc(date, unicode.IsDigit)
}

// isText tells print from holes and strokes, which are read as signs.
func isText(spans []span) bool { return strings.ContainsFunc(fold(spans), unicode.IsLetter) }

func isRecipients(spans []span) bool { return strings.HasPrefix(fold(spans), "noi nhan") }

func fold(spans []span) string {
	var b strings.Builder
	for _, w := range wordsOf(spans) {
		b.WriteString(w.Text + " ")
	}
	return viet.Fold(b.String())
}

// isTable tells whether a side is a column of short cells, each beside what it
// belongs to: numbers of rows, amounts.
func (c *columns) isTable() bool { return c.cells(c.left, c.right) || c.cells(c.right, c.left) }

func (c *columns) cells(side, beside [][]span) bool {
	least, most := math.MaxInt, math.MinInt
	for i, spans := range side {
		if len(spans) == 0 {
			continue
		}
		x0, x1 := extent(spans)
		if x1-x0 > c.gutter.cell || len(beside[i]) == 0 {
			return false
		}
		least, most = min(least, x0+x1), max(most, x0+x1)
	}
	return lines(side) >= leastCells && (most-least)/2 < c.gutter.cell/2
}

// isForm tells whether most lines on the left end with a colon: then each
// belongs to what stands beside it.
func (c *columns) isForm() bool {
	colons, all := 0, 0
	for i, spans := range c.left {
		if len(spans) == 0 || len(c.right[i]) == 0 || isRecipients(spans) {
			continue
		}
		all++
		if strings.HasSuffix(strings.TrimSpace(fold(spans)), ":") {
			colons++
		}
	}
	return 2*colons > all
}

// inner is how many rows there are down to the last of the right side.
func (c *columns) inner() int {
	for n := len(c.right); n > 0; n-- {
		if len(c.right[n-1]) > 0 {
			return n
		}
	}
	return 0
}

// lines counts the rows in which a side has something.
func lines(side [][]span) int {
	n := 0
	for _, spans := range side {
		if len(spans) > 0 {
			n++
		}
	}
	return n
}
