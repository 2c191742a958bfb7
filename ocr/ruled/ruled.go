// Package ruled finds the table of ruled lines on a level page, such as a page
// of a register, and how much ink stands in each of its cells: whether a row is
// filled in by pen can not be told from words, for handwriting is not read.
//
// Start at [Find]. It works on the 1-bit measuring copy of 150 dpi. Rules are
// what is left of the ink after an opening by a long thin brick, across and down;
// pieces at one height are one rule, and of each it is told how much was seen, so
// that whoever relies on the table knows a faint rule from a sound one.
package ruled

import (
	"cmp"
	"math"
	"slices"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// Sizes in inches, and shares. The shortest piece is longer than any letter of a
// text and than most strokes of a pen; a rule is thinner than a letter. Binding
// bends a rule by no more than sway over the width of a page.
const (
	piece     = 0.35
	thickest  = 0.06
	lean      = 60 // a piece may fall by one pixel on so many
	sway      = 0.05
	cellEdge  = 0.03 // of a cell, which its rules take
	leastWide = 0.4  // of the page's width, for a rule to be one of a table
	leastSeen = 0.25 // of its length, for a rule to be told at all
	leastRows = 3
)

// Page says how the picture lies in its page: pixels of the page per pixel of the
// picture, and the size of the page, beyond which nothing is told.
type Page struct {
	Scale         float64
	Width, Height int
}

// Find looks for the table of a level picture; nil when there is none.
func Find(ink *lept.Pix, page Page) (*dossier.Grid, error) {
	across, err := runs(ink, measure.Inches(piece), 1)
	if err != nil {
		return nil, err
	}
	rows := slices.DeleteFunc(joined(across), func(r rule) bool { return float64(r.to-r.from) < leastWide*float64(ink.Width()) })
	if len(rows) < leastRows {
		return nil, nil
	}
	down, err := runs(ink, 1, measure.Inches(piece))
	if err != nil {
		return nil, err
	}
	top, bottom := rows[0].at, rows[len(rows)-1].at
	left, right := ends(rows)
	columns := seen(within(joined(down), left, right), top, bottom)
	if n := len(columns); n >= 2 {
		left, right = columns[0].at, columns[n-1].at
		rows = reached(rows, columns)
	} else {
		columns = []rule{{at: left, from: top, to: bottom}, {at: right, from: top, to: bottom}}
	}
	rows = seen(rows, left, right)
	if len(rows) < leastRows {
		return nil, nil
	}
	shares, err := cells(ink, rows, columns)
	if err != nil {
		return nil, err
	}
	return &dossier.Grid{Rows: page.rules(rows, page.Height, page.Width), Columns: page.rules(columns, page.Width, page.Height), Ink: shares}, nil
}

// rule is a line of pieces at one height; along is where each begins and ends.
type rule struct {
	at, from, to int
	along        [][2]int
	seen         float64
}

// run is one piece of a rule: how far across it lies, and where it begins and
// ends along it.
type run struct{ at, from, to int }

// runs are the pieces of rules that are at least w long across, or h down.
func runs(ink *lept.Pix, w, h int) ([]run, error) {
	opened, err := ink.OpenBrick(w, h)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	boxes, err := opened.Components()
	if err != nil {
		return nil, err
	}
	var out []run
	for _, b := range boxes {
		if w == 1 {
			b = lept.Box{X: b.Y, Y: b.X, W: b.H, H: b.W}
		}
		if b.H <= measure.Inches(thickest)+b.W/lean {
			out = append(out, run{at: b.Y + b.H/2, from: b.X, to: b.X + b.W})
		}
	}
	return out, nil
}

// joined puts pieces at one height together, in the order of their heights.
func joined(pieces []run) (rules []rule) {
	slices.SortFunc(pieces, func(a, b run) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from)) })
	for i := 0; i < len(pieces); {
		j := i + 1
		for j < len(pieces) && pieces[j].at-pieces[j-1].at <= 2 && pieces[j].at-pieces[i].at <= 2*measure.Inches(sway) {
			j++
		}
		rules = append(rules, newRule(pieces[i:j]))
		i = j
	}
	return rules
}

func newRule(pieces []run) rule {
	r := rule{from: math.MaxInt}
	weight, sum := 0, 0
	for _, p := range pieces {
		r.from, r.to = min(r.from, p.from), max(r.to, p.to)
		r.along = append(r.along, [2]int{p.from, p.to})
		weight, sum = weight+p.to-p.from, sum+p.at*(p.to-p.from)
	}
	r.at = sum / weight
	return r
}

// ends are where most of the rules begin and end.
func ends(rules []rule) (from, to int) {
	starts, stops := make([]int, len(rules)), make([]int, len(rules))
	for i, r := range rules {
		starts[i], stops[i] = r.from, r.to
	}
	slices.Sort(starts)
	slices.Sort(stops)
	return starts[len(rules)/2], stops[len(rules)/2]
}

// within keeps the rules between the ends of the table: the edge of the paper is
// none of it.
func within(rules []rule, from, to int) []rule {
	return slices.DeleteFunc(rules, func(r rule) bool { return r.at < from-measure.Inches(sway) || r.at > to+measure.Inches(sway) })
}

// reached keeps the rules across that rules down come to: the edge of the paper is
// none of them.
func reached(rows, columns []rule) []rule {
	top, bottom := math.MaxInt, 0
	for _, c := range columns {
		top, bottom = min(top, c.from), max(bottom, c.to)
	}
	return within(rows, top, bottom)
}

// seen keeps the rules of which enough is seen between two ends, and says how
// much.
func seen(rules []rule, from, to int) (kept []rule) {
	for _, r := range rules {
		if r.seen = covered(r.along, from, to); r.seen >= leastSeen {
			kept = append(kept, r)
		}
	}
	return kept
}

// covered is the share of a stretch that pieces cover.
func covered(along [][2]int, from, to int) float64 {
	slices.SortFunc(along, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	sum, at := 0, from
	for _, p := range along {
		if start, end := max(p[0], at), min(p[1], to); end > start {
			sum, at = sum+end-start, end
		}
	}
	return min(1, float64(sum)/float64(max(to-from, 1)))
}

// cells gives the share of ink between the rules.
func cells(ink *lept.Pix, rows, columns []rule) ([][]float64, error) {
	edge := measure.Inches(cellEdge)
	shares := make([][]float64, len(rows)-1)
	for i := range shares {
		shares[i] = make([]float64, len(columns)-1)
		for j := range shares[i] {
			box := lept.Box{X: columns[j].at + edge, Y: rows[i].at + edge, W: columns[j+1].at - columns[j].at - 2*edge, H: rows[i+1].at - rows[i].at - 2*edge}
			if box.W < 1 || box.H < 1 {
				continue
			}
			cell, err := ink.Crop(box)
			if err != nil {
				return nil, err
			}
			shares[i][j] = rounded(float64(cell.Black()) / float64(box.W*box.H))
			cell.Close()
		}
	}
	return shares, nil
}

// rounded keeps a reading short.
func rounded(share float64) float64 { return math.Round(share*1000) / 1000 }

// rules brings rules to pixels of the page; across and along bound where they
// lie, and where they begin and end.
func (p Page) rules(rules []rule, across, along int) []dossier.Rule {
	px := func(at, most int) int { return min(int(math.Round(float64(at)*p.Scale)), most) }
	out := make([]dossier.Rule, len(rules))
	for i, r := range rules {
		out[i] = dossier.Rule{At: px(r.at, across), From: px(r.from, along), To: px(r.to, along), Seen: rounded(r.seen)}
	}
	return out
}
