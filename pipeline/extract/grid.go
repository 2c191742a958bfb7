package extract

import (
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// findInTable reads a cell of a form whose rows begin with a label and whose
// columns have a head, such as the application for a marriage: the woman's
// values under one head, the man's under the other. Rules of the table are not
// looked for; geometry of the words is enough, since the cells of a column
// begin at one place. Without geometry there are no tables.
func (p *paper) findInTable(label dossier.Label) (dossier.Field, bool) {
	head := slices.IndexFunc(p.pieces, func(r row) bool { return r.isHead(label.Column, p.loose) })
	if head < 0 || p.pieces[head].width == 0 {
		return dossier.Field{}, false
	}
	heads := p.headsBeside(head)
	for i, r := range p.pieces {
		if i == head || r.page != p.pieces[head].page || r.box.Y <= p.pieces[head].box.Y || len(r.tokens) == 0 {
			continue
		}
		h, ok := r.wordsOf(label.Words, p.loose)
		if !ok || h.end != len(r.tokens) {
			continue
		}
		c := candidate{typ: label.Type, like: h.like, value: p.cell(r, p.pieces[head], heads), label: r.tokens}
		ink := p.inkInCell(r, p.pieces[head], heads)
		if f, ok := c.read(); ok {
			if lacks(c.value, r.box.H, ink) {
				f.Confidence *= doubtful
			}
			return f, true
		}
		p.remember(label, r, c, ink)
	}
	return dossier.Field{}, false
}

// inkInCell are the places of ink in no word on the height of the label that are
// nearer to the head of the column than to any other head.
func (p *paper) inkInCell(label, head row, heads []row) []dossier.Box {
	return slices.DeleteFunc(p.inkBetween(label, label.box.X+label.box.W, label.width), func(b dossier.Box) bool {
		return nearest(token{Word: dossier.Word{X: b.X, Y: b.Y, W: b.W, H: b.H}}, heads).box != head.box
	})
}

// isHead tells whether the piece is one of the words and nothing more.
func (r row) isHead(words []string, loose bool) bool {
	plain := r.plain()
	return slices.ContainsFunc(words, func(w string) bool {
		want := fuzzy.Plain(w)
		limit := tolerance(want, loose)
		edits, end := fuzzy.Prefix(want, plain, limit)
		return edits <= limit && end == len(plain)
	})
}

// headsBeside are the pieces on the height of the head, itself included.
func (p *paper) headsBeside(head int) (heads []row) {
	for _, r := range p.pieces {
		if r.page == p.pieces[head].page && level(r, p.pieces[head]) {
			heads = append(heads, r)
		}
	}
	return heads
}

// wordsOf finds the best of the wordings at the start of the piece.
func (r row) wordsOf(words []string, loose bool) (best hit, found bool) {
	for _, w := range words {
		want := fuzzy.Plain(w)
		if h, ok := r.within(want, r.listMark(), tolerance(want, loose)); ok && (!found || h.letters > best.letters) {
			best, found = h, true
		}
	}
	return best, found
}

// cell gives the words on the height of the label that are nearer to the head
// of the column than to any other head.
func (p *paper) cell(label, head row, heads []row) (tokens []token) {
	for _, r := range p.pieces {
		if r.page != label.page || !level(r, label) {
			continue
		}
		for _, t := range r.tokens {
			if t.X >= label.box.X+label.box.W && nearest(t, heads).box == head.box {
				tokens = append(tokens, t)
			}
		}
	}
	return tokens
}

// nearest is the head whose middle is nearest to the middle of the word.
func nearest(t token, heads []row) row {
	distance := func(r row) int {
		d := t.X + t.W/2 - r.box.X - r.box.W/2
		return max(d, -d)
	}
	return slices.MinFunc(heads, func(a, b row) int { return distance(a) - distance(b) })
}

// cellReach is how far below the heads of columns, in heights of them, the first
// row of cells may begin.
const cellReach = 4

// headGap is the space between two heads of columns, in heights of the words of
// their line, marks above and below included: one between words is 0.3 of it, one
// across the rule of a narrow column 0.9.
const headGap = 0.7

// findBelow reads the first cell of a column of a table: the label is its head,
// other heads stand beside it, and the row of cells comes next below.
func (p *paper) findBelow(label dossier.Label) (dossier.Field, bool) {
	for _, r := range p.rows {
		if r.width == 0 {
			return dossier.Field{}, false
		}
		heads := p.columnHeads(r)
		at := slices.IndexFunc(heads, func(head row) bool { return head.isHead(label.Words, p.loose) })
		if at < 0 || len(heads) < 2 {
			continue // a label alone on its line heads no table
		}
		c := candidate{typ: label.Type, like: 1, value: p.cellBelow(heads, at)}
		if f, ok := c.read(); ok {
			return f, true
		}
	}
	return dossier.Field{}, false
}

// columnHeads are what stands on the height of the row, parted as heads are, from
// left to right.
func (p *paper) columnHeads(at row) (heads []row) {
	for _, r := range p.rows {
		if r.page == at.page && len(r.tokens) > 0 && abreast(r, at) {
			heads = append(heads, r.cut(headGap)...)
		}
	}
	slices.SortStableFunc(heads, func(a, b row) int { return a.box.X - b.box.X })
	return heads
}

// abreast tells whether the middle of each row lies on the height of the other:
// boxes of words that an engine draws too tall reach into the next row.
func abreast(a, b row) bool {
	within := func(r row, y int) bool { return y >= r.box.Y && y < r.box.Y+r.box.H }
	return a.width > 0 && within(a, b.box.Y+b.box.H/2) && within(b, a.box.Y+a.box.H/2)
}

// cellBelow gives the cell under a head in the next row below: the words that
// begin between the end of the head before and the end of this one, since the
// rule between two columns runs between their heads. It is none when it reaches
// under the next head, or when a word beyond stands as near as words of one cell.
func (p *paper) cellBelow(heads []row, at int) (cell []token) {
	head := heads[at]
	from, to := 0, head.width
	if at > 0 {
		from = heads[at-1].box.X + heads[at-1].box.W
	}
	if at+1 < len(heads) {
		to = heads[at+1].box.X
	}
	for _, t := range p.rowBelow(head) {
		if t.X >= from && t.X < head.box.X+head.box.W {
			cell = append(cell, t)
			continue
		}
		if len(cell) == 0 {
			continue
		}
		last := cell[len(cell)-1]
		if float64(t.X-last.X-last.W) < headGap*float64(last.H) {
			return nil
		}
		break
	}
	if len(cell) > 0 && cell[len(cell)-1].X+cell[len(cell)-1].W > to {
		return nil
	}
	return cell
}

// rowBelow is the words of the next row of cells below a head.
func (p *paper) rowBelow(head row) (words []token) {
	under := head.box.Y + head.box.H
	var first row
	for _, r := range p.rows {
		if r.page != head.page || len(r.tokens) == 0 || r.box.Y < under-head.box.H/4 || r.box.Y > under+cellReach*head.box.H {
			continue
		}
		if first.tokens == nil || r.box.Y < first.box.Y {
			first = r
		}
	}
	for _, r := range p.rows {
		if first.tokens != nil && r.page == first.page && len(r.tokens) > 0 && abreast(r, first) {
			words = append(words, r.tokens...)
		}
	}
	slices.SortStableFunc(words, func(a, b token) int { return a.X - b.X })
	return words
}
