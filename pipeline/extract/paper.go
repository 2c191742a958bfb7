package extract

import (
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// row is one printed line, or the part of it in one column.
type row struct {
	tokens []token
	box    dossier.Box
	width  int // of the page; 0 without geometry
	height int
	page   int // index of the reading
}

func (r row) plain() string { return plainOf(r.tokens) }

func (r row) text() string { return textOf(r.tokens) }

func plainOf(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.plain)
	}
	return b.String()
}

func textOf(tokens []token) string {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.Text
	}
	return strings.Join(words, " ")
}

// readOf is what the engine read there.
func readOf(tokens []token) string {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.read
	}
	return strings.Join(words, " ")
}

// paper is the pages of one component as rows.
type paper struct {
	kind dossier.Kind
	// rows are whole lines; pieces are lines cut at wide gaps, for letterheads and
	// columns.
	rows, pieces []row
	// squares are those to be ticked, by the index of their page.
	squares [][]dossier.CheckBox
	// ink are the places of ink in no word, by the index of their page.
	ink [][]dossier.Box
	// unread are the places behind labels where something stands that no value could
	// be made of, for fields that are not found anywhere else.
	unread map[string]dossier.Field
	// stops are the plain forms of words that begin another value.
	stops []string
	// loose lets labels have more wrong letters: tried for fields that were not
	// found otherwise.
	loose bool
}

func newPaper(kind dossier.Kind, readings []dossier.Reading, pages []dossier.PageID) *paper {
	p := &paper{kind: kind, unread: map[string]dossier.Field{}}
	faces := loadFaces()
	for n, r := range readings {
		whole := row{page: n}
		p.squares = append(p.squares, r.CheckBoxes)
		p.ink = append(p.ink, r.Unread)
		if len(r.Words) > 0 {
			whole.width, whole.height = r.Width, r.Height
		}
		for _, line := range r.Lines() {
			at := whole
			at.box = line.Box
			for _, w := range line.Words {
				at.tokens = append(at.tokens, tokensOf(w, pages[n])...)
			}
			at.measure(faces)
			p.rows = append(p.rows, at)
			p.pieces = append(p.pieces, at.cut(columnGap)...)
		}
	}
	for _, words := range kind.Stops {
		p.stops = append(p.stops, fuzzy.Plain(words))
	}
	for _, l := range kind.Labels {
		for _, words := range l.Words {
			p.stops = append(p.stops, fuzzy.Plain(words))
		}
	}
	return p
}

// columnGap is how wide a space, in heights of the line, parts two columns.
const columnGap = 2.0

// cut parts a row at gaps wider than so many heights of it, and before the
// national name, which stands close to an agency with a long one.
func (r row) cut(gap float64) []row {
	limit := gap * float64(medianHeight(r.tokens))
	var parts []row
	start := 0
	part := func(end int) {
		piece := r
		piece.tokens = r.tokens[start:end]
		piece.box = boxOf(piece.tokens)
		parts = append(parts, piece)
		start = end
	}
	for i := 1; i < len(r.tokens); i++ {
		space := r.tokens[i].X - r.tokens[i-1].X - r.tokens[i-1].W
		if limit > 0 && (float64(space) > limit || r.atNational(i)) {
			part(i)
		}
	}
	part(len(r.tokens))
	return parts
}

func medianHeight(tokens []token) int {
	heights := make([]int, len(tokens))
	for i, t := range tokens {
		heights[i] = t.H
	}
	slices.Sort(heights)
	return heights[len(heights)/2]
}

func boxOf(tokens []token) dossier.Box {
	box := tokens[0].Box()
	for _, t := range tokens[1:] {
		box = box.Union(t.Box())
	}
	return box
}

// section gives the rows in which the label counts.
func (p *paper) section(label dossier.Label) []row {
	rows := p.rows
	if len(label.Column) > 0 && label.How != dossier.LabelTicked {
		rows = p.column(label.Column[0])
	}
	if len(label.After) > 0 {
		at := slices.IndexFunc(rows, func(r row) bool { return r.begins(label.After, p.loose) })
		if at < 0 {
			return nil
		}
		rows = rows[at+1:]
	}
	if at := slices.IndexFunc(rows, func(r row) bool { return r.begins(label.Before, p.loose) }); at >= 0 {
		rows = rows[:at]
	}
	return rows
}

// column gives the pieces whose middle lies in the left or right half of the
// page, from top to bottom. Lines in the middle, titles above all, belong to both;
// without geometry there are no columns.
func (p *paper) column(side string) []row {
	var rows []row
	for _, r := range p.pieces {
		if r.width == 0 {
			return nil
		}
		middle := r.box.X + r.box.W/2
		across := max(middle-r.width/2, r.width/2-middle)*12 <= r.width
		if across || side == "left" && middle < r.width/2 || side == "right" && middle >= r.width/2 {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if a.page != b.page {
			return a.page - b.page
		}
		return a.box.Y - b.box.Y
	})
	return rows
}

// begins tells whether the row opens with one of the words, behind a list mark
// such as "1." or "a)".
func (r row) begins(words []string, loose bool) bool {
	start := r.listMark()
	return slices.ContainsFunc(words, func(w string) bool {
		want := fuzzy.Plain(w)
		_, ok := r.within(want, start, tolerance(want, loose))
		return ok
	})
}

// listMark is the number of leading tokens that are a list mark or noise.
func (r row) listMark() int {
	for i, t := range r.tokens {
		if len(t.plain) > 2 || i >= 2 || len(t.plain) == 2 && !strings.ContainsAny(t.Text, ".)") || len(t.plain) == 1 && !strings.ContainsAny(t.Text, ".)") {
			return i
		}
	}
	return 0
}
