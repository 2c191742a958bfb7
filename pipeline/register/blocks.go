package register

import (
	"math"
	"slices"

	"sohoa/dossier"
)

// What of a page of blocks is believed.
const (
	// leastLabels is how many fields must have their label in every block.
	leastLabels = 3
	// apart is how much the distance of two blocks may differ from the usual
	// one, as a share of it: a printed form stands at one distance.
	apart = 0.2
	// above is how far a block begins above its number, in heights of the line.
	above = 0.8
	// full is the share of a block that its labels must span, and room what may
	// be left above the first and below the last: beyond it another block may
	// stand there of which nothing was read.
	full, room = 0.6, 0.6
)

// block is the place of one case: from its number to that of the next; foot is
// where its last label ends.
type block struct{ top, foot, bottom int }

// blocks are the cases of a page on which they stand one below the other, each
// with the labels of the form.
func (p page) blocks(all stamps) ([]Region, Doubt) {
	n := p.count(all)
	if n == 0 {
		return nil, Labels
	}
	tops := p.tops(all, n)
	if len(tops) != n {
		return nil, Labels
	}
	blocks := p.between(all, tops)
	if !p.regular(blocks) {
		return nil, Rules
	}
	left, right := p.sides()
	var regions []Region
	for _, b := range blocks {
		box := dossier.Box{X: left, Y: b.top, W: right - left, H: b.bottom - b.top}
		region, ok := p.fill(box, all)
		if !ok {
			return nil, Labels
		}
		regions = append(regions, region)
	}
	return regions, ""
}

// count is the number of blocks for which the labels speak: no label is there
// more often, and enough of them as often; 0 when they do not agree.
func (p page) count(all stamps) (n int) {
	as := 0
	for _, f := range p.kind.Entries {
		switch found := len(all.of(f.Field)); {
		case found > n:
			n, as = found, 1
		case found == n:
			as++
		}
	}
	if as < leastLabels {
		return 0
	}
	return n
}

// tops are where n blocks begin: at their numbers. A number written by hand may
// hide the label in front of it; then the block begins as far above another of
// its labels as a block does of which both were read.
func (p page) tops(all stamps, n int) (tops []int) {
	opens := all.of(p.opening())
	for _, f := range p.kind.Entries {
		mates := all.of(f.Field)
		if len(mates) != n {
			continue
		}
		offset, known := mates.below(opens)
		if !known {
			continue
		}
		for _, s := range mates {
			tops = append(tops, max(0, s.box.Y-offset))
		}
		return tops
	}
	return nil
}

// below is how far the labels stand below the tops that numbers give: the least
// distance to one of them.
func (s stamps) below(opens stamps) (offset int, known bool) {
	for _, o := range opens {
		top := o.box.Y - int(above*float64(o.box.H))
		for _, one := range s {
			if d := one.box.Y - top; d >= 0 && (!known || d < offset) {
				offset, known = d, true
			}
		}
	}
	return offset, known
}

// between gives each block the stretch down to the next one. The last one ends at
// the distance of the others, at a rule, or where the page does.
func (p page) between(all stamps, tops []int) (blocks []block) {
	for i, top := range tops {
		b := block{top: top, bottom: p.reading.Height}
		if i+1 < len(tops) {
			b.bottom = tops[i+1]
		}
		for _, s := range all {
			if y := s.box.Y + s.box.H; s.box.Y >= b.top && s.box.Y < b.bottom {
				b.foot = max(b.foot, y)
			}
		}
		blocks = append(blocks, b)
	}
	last := &blocks[len(blocks)-1]
	if n := len(blocks); n > 1 {
		last.bottom = min(last.bottom, last.top+(last.top-blocks[0].top)/(n-1))
	}
	if rule := p.ruleBelow(last.foot); rule > 0 && (rule < last.bottom || len(blocks) == 1) {
		last.bottom = rule
	}
	return blocks
}

// regular tells whether blocks are at one distance, filled by their labels, and
// leave no room for one more.
func (p page) regular(blocks []block) bool {
	n := len(blocks)
	pitch := float64(blocks[n-1].bottom - blocks[0].top)
	if n > 1 {
		pitch = float64(blocks[n-1].top-blocks[0].top) / float64(n-1)
	}
	for i, b := range blocks {
		high := float64(b.bottom - b.top)
		if i < n-1 && math.Abs(high-pitch) > apart*pitch || float64(b.foot-b.top) < full*high {
			return false
		}
	}
	return float64(blocks[0].top) < room*pitch && float64(p.reading.Height-blocks[n-1].bottom) < room*pitch
}

// ruleBelow is the first rule across the page below a height; 0 for none.
func (p page) ruleBelow(below int) int {
	if g := p.reading.Grid; g != nil {
		for _, r := range g.Rows {
			if r.Seen >= sound && r.At > below {
				return r.At
			}
		}
	}
	return 0
}

// sides are the left and the right end of the form: its rules, or its print with
// the same margin on the other side, where only leaders of dots reach.
func (p page) sides() (left, end int) {
	if g := p.reading.Grid; g != nil {
		return g.Columns[0].At, g.Columns[len(g.Columns)-1].At
	}
	left = p.reading.Width
	for _, line := range p.lines {
		left, end = min(left, line.Box.X), max(end, line.Box.X+line.Box.W)
	}
	return left, max(end, p.reading.Width-left)
}

// fill gives a block the places of its fields; false when a label that the form
// has is there twice in it.
func (p page) fill(box dossier.Box, all stamps) (Region, bool) {
	region := Region{Box: box, Fields: map[string]dossier.Field{}}
	for _, f := range p.kind.Entries {
		region.Fields[f.Field] = dossier.Field{Status: dossier.FieldUnread}
	}
	var seen []string
	for i, s := range all {
		if y := s.box.Y + s.box.H/2; y < box.Y || y >= box.Y+box.H {
			continue
		}
		if slices.Contains(seen, s.field) {
			return region, false
		}
		seen = append(seen, s.field)
		region.Fields[s.field] = p.value(box, s, all[i+1:])
	}
	return region, true
}

// value is the place behind a label: to the next label on its line, or to the
// end of the block, and as high as a hand writes.
func (p page) value(block dossier.Box, s stamp, later stamps) dossier.Field {
	end := block.X + block.W
	for _, next := range later {
		if next.line == s.line || level(next.box, s.box) && next.box.X > s.box.X {
			end = min(end, next.box.X)
			break
		}
	}
	from, line := s.box.X+s.box.W, p.lines[s.line]
	box := dossier.Box{X: from, Y: max(block.Y, s.box.Y-s.box.H/2), W: max(end-from, 1), H: 2 * s.box.H}
	var words []dossier.Word
	for _, w := range line.Words[s.to:] {
		if w.X < end {
			words = append(words, w)
		}
	}
	return unread(box, words)
}

// level tells whether two labels stand on one printed line.
func level(a, b dossier.Box) bool {
	return min(a.Y+a.H, b.Y+b.H)-max(a.Y, b.Y) > min(a.H, b.H)/2
}
