package register

import (
	"regexp"
	"slices"
	"strconv"

	"sohoa/dossier"
)

// What of a ruled table is believed.
const (
	// sound is the share of a rule that must be seen; a fainter one may be one
	// of the table or a line in it.
	sound = 0.7
	// leastHeads is how many columns must have a head that the register knows.
	leastHeads = 2
	// filled is the share of ink from which on a cell is written in: a short
	// stroke of a pen in a narrow cell, and more than dust. A row needs clearly
	// so in one cell; one with less than that and more than traces may be dust,
	// or written with a pencil.
	filled      = 0.004
	filledFirst = 0.008
	traces      = 0.002
	// Printed books are ruled at one distance; binding and scanning change it
	// by less than this.
	lowest, tallest = 0.6, 1.4
	// past is how far, in rows, the table may run beyond its last rule.
	past = 0.4
)

// table is a page whose cases are rows.
type table struct {
	page
	columns []column
	bands   []band // between sound rules, from top to bottom
	body    int    // the first band below the heads
}

// column is a column between two rules down the page; field is what its head
// names, "" for another.
type column struct {
	from, to int
	first    int // of the cells of the grid that it covers, and behind the last
	last     int
	field    string
	likeness int // letters of the label that its head is
}

// band is what lies between two rules across the page.
type band struct {
	top, bottom int
	ink         []float64 // column by column, the most of the cells that the band covers
	faint       bool      // a faint rule runs through it
}

// table takes the page for a ruled table; ok is false when it has none, or when
// its columns have no heads that the register knows.
func (p page) table() (t table, ok bool) {
	g := p.reading.Grid
	if g == nil {
		return t, false
	}
	t.page = p
	t.columns = columnsOf(g)
	t.bands = bandsOf(g, t.columns)
	for i := range t.bands {
		if t.nameColumns(i) >= leastHeads {
			t.body = i + 1
			t.skipNumbers()
			return t, t.columnOf(p.opening()) != nil
		}
	}
	return t, false
}

func columnsOf(g *dossier.Grid) (columns []column) {
	before := -1
	for i, r := range g.Columns {
		if r.Seen < sound {
			continue
		}
		if before >= 0 {
			columns = append(columns, column{from: g.Columns[before].At, to: r.At, first: before, last: i})
		}
		before = i
	}
	return columns
}

func bandsOf(g *dossier.Grid, columns []column) (bands []band) {
	before := -1
	for i, r := range g.Rows {
		if r.Seen < sound {
			continue
		}
		if before >= 0 {
			b := band{top: g.Rows[before].At, bottom: r.At, faint: i-before > 1}
			for _, c := range columns {
				most := 0.0
				for _, row := range g.Ink[before:i] {
					most = max(most, slices.Max(row[c.first:c.last]))
				}
				b.ink = append(b.ink, most)
			}
			bands = append(bands, b)
		}
		before = i
	}
	return bands
}

// nameColumns gives columns the fields that their heads name and counts them.
// Each field has one column, that whose head has most of its letters.
func (t *table) nameColumns(at int) (named int) {
	for i := range t.columns {
		t.columns[i].field, t.columns[i].likeness = "", 0
	}
	for i := range t.columns {
		text := dossier.NewLine(append(t.words(t.bands[at], t.columns[i]), dossier.Word{})).Text
		for _, f := range t.kind.Entries {
			for _, label := range f.Words {
				if len(label) > t.columns[i].likeness && heads(text, label) && t.takes(f.Field, len(label)) {
					t.columns[i].field, t.columns[i].likeness = f.Field, len(label)
				}
			}
		}
	}
	for _, c := range t.columns {
		if c.field != "" {
			named++
		}
	}
	return named
}

// takes frees a field from a column whose head has fewer letters of it; false
// when the other has as many.
func (t *table) takes(field string, letters int) bool {
	c := t.columnOf(field)
	if c == nil {
		return true
	}
	if c.likeness >= letters {
		return false
	}
	c.field, c.likeness = "", 0
	return true
}

func (t *table) columnOf(field string) *column {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.field == field })
	if i < 0 {
		return nil
	}
	return &t.columns[i]
}

// words are the words of the page whose middle lies in a cell.
func (t *table) words(b band, c column) (words []dossier.Word) {
	for _, line := range t.lines {
		for _, w := range line.Words {
			x, y := w.X+w.W/2, w.Y+w.H/2
			if x >= c.from && x < c.to && y >= b.top && y < b.bottom {
				words = append(words, w)
			}
		}
	}
	return words
}

var (
	columnNumber = regexp.MustCompile(`^\(?(\d{1,2})\)?$`)
	entryNumber  = regexp.MustCompile(`^\(?(\d{1,5})[.)]?$`)
)

// skipNumbers passes over the row that numbers the columns, "(1) (2) (3)": its
// words say so, or that it is much lower than the rows for cases.
func (t *table) skipNumbers() {
	body := t.bands[t.body:]
	if len(body) == 0 {
		return
	}
	if len(body) > 2 && float64(body[0].bottom-body[0].top) < lowest*float64(middleHeight(body)) {
		t.body++
		return
	}
	counted := 0
	for i, c := range t.columns {
		words := t.words(t.bands[t.body], c)
		if len(words) == 0 {
			continue
		}
		m := columnNumber.FindStringSubmatch(words[0].Text)
		if len(words) > 1 || m == nil || m[1] != strconv.Itoa(i+1) {
			return
		}
		counted++
	}
	if 2*counted >= len(t.columns) && counted >= leastHeads {
		t.body++
	}
}

// rows are the filled rows below the heads.
func (t table) rows() ([]Region, Doubt) {
	body := t.bands[t.body:]
	last := 0
	if len(body) == 0 {
		return nil, Empty
	}
	for i, b := range body {
		if t.isFilled(b) {
			last = i + 1
		}
	}
	if last == 0 {
		return nil, Empty
	}
	numbers := t.numbers(body[:last])
	traced := func(b band) bool { return slices.Max(b.ink) >= traces }
	switch {
	case !t.closed(body):
		return nil, Rules
	case !countOn(numbers) && !even(body):
		return nil, Rules
	case contradict(numbers), slices.ContainsFunc(body[last:], traced):
		return nil, Rows
	}
	var regions []Region
	for _, b := range body[:last] {
		if b.faint {
			return nil, Rules
		}
		if !t.isFilled(b) || !t.hasNumber(b) {
			return nil, Rows
		}
		regions = append(regions, t.region(b))
	}
	return regions, ""
}

// isFilled tells whether anything is written in a row.
func (t table) isFilled(b band) bool {
	return slices.Max(b.ink) >= filledFirst || t.hasNumber(b)
}

// hasNumber tells whether something is written where the number stands.
func (t table) hasNumber(b band) bool {
	for i, c := range t.columns {
		if c.field == t.opening() {
			return b.ink[i] >= filled
		}
	}
	return false
}

// closed tells whether the table ends at its last rule: a rule down the page
// that goes on shows that a rule across was not seen.
func (t table) closed(body []band) bool {
	foot, pitch := body[len(body)-1].bottom, middleHeight(body)
	for _, r := range t.reading.Grid.Columns {
		if r.Seen >= sound && float64(r.To-foot) > past*float64(pitch) {
			return false
		}
	}
	return true
}

// even tells whether rows are at one distance: two rows of which the rule
// between was not seen would be twice as high.
func even(body []band) bool {
	pitch := float64(middleHeight(body))
	return !slices.ContainsFunc(body, func(b band) bool {
		h := float64(b.bottom - b.top)
		return h < lowest*pitch || h > tallest*pitch
	})
}

func middleHeight(body []band) int {
	heights := make([]int, len(body))
	for i, b := range body {
		heights[i] = b.bottom - b.top
	}
	slices.Sort(heights)
	return heights[len(heights)/2]
}

// numbers are the printed numbers of the rows: 0 where none was read, -1 where
// two rows may have been taken for one.
func (t table) numbers(body []band) []int {
	out := make([]int, len(body))
	opening := t.columnOf(t.opening())
	for i, b := range body {
		for _, w := range t.words(b, *opening) {
			m := entryNumber.FindStringSubmatch(w.Text)
			if m == nil {
				continue
			}
			if out[i] != 0 {
				out[i] = -1
				break
			}
			out[i], _ = strconv.Atoi(m[1]) // five digits at most
		}
	}
	return out
}

// countOn tells whether every row has a number, one more than the row before.
func countOn(numbers []int) bool {
	for i, n := range numbers {
		if n <= 0 || i > 0 && n != numbers[i-1]+1 {
			return false
		}
	}
	return true
}

// contradict tells whether numbers speak against the rows, where they are print:
// most of them count on with the rows, and one leaves a number out, or two stand
// in one row. Strokes of a pen are read as any number, and speak neither way.
func contradict(numbers []int) bool {
	agree, differ, before := 0, 0, -1
	for i, n := range numbers {
		if n < 0 {
			differ++
		}
		if n <= 0 {
			continue
		}
		if before >= 0 {
			if n-numbers[before] == i-before {
				agree++
			} else {
				differ++
			}
		}
		before = i
	}
	return differ > 0 && agree >= differ
}

// region is the place of a row, with its cells.
func (t table) region(b band) Region {
	first, last := t.columns[0], t.columns[len(t.columns)-1]
	region := Region{Box: dossier.Box{X: first.from, Y: b.top, W: last.to - first.from, H: b.bottom - b.top}, Fields: map[string]dossier.Field{}}
	for _, f := range t.kind.Entries {
		region.Fields[f.Field] = dossier.Field{Status: dossier.FieldUnread}
		if c := t.columnOf(f.Field); c != nil {
			region.Fields[f.Field] = unread(dossier.Box{X: c.from, Y: b.top, W: c.to - c.from, H: b.bottom - b.top}, t.words(b, *c))
		}
	}
	return region
}
