package codes

import (
	"image"
	"math"
)

// finder is a finder pattern of a QR code.
type finder struct {
	x, y   float64 // its middle
	module float64
}

// rowStep is from which row to which finder patterns are looked for: the stone in
// their middle is six pixels high where modules have two.
const rowStep = 2

// finders looks for finder patterns along the rows. A row is dark where it is
// nearer to the ink around than to the paper.
func (s *survey) finders(g ground) []finder {
	levels := make([]int, len(g.paper))
	for i := range levels {
		levels[i] = -1
		if g.paper[i]-g.ink[i] >= leastInk {
			levels[i] = int(g.paper[i]+g.ink[i]) / 2
		}
	}
	f := finderScan{s: s, levels: levels}
	for y := 0; y < s.h*tile; y += rowStep {
		f.row(y)
	}
	return f.found
}

// finderScan goes along the rows of a page.
type finderScan struct {
	s      *survey
	levels []int
	found  []finder
}

// row looks at each five runs of a row that begin and end dark.
func (f *finderScan) row(y int) {
	levels := f.levels[y/tile*f.s.w:]
	pixels := f.s.page.Gray[y*f.s.page.W:]
	var runs [5]int
	dark := false
	for tx := range f.s.w {
		level := levels[tx]
		if level < 0 && !dark {
			runs[4] += tile
			continue
		}
		for x := tx * tile; x < (tx+1)*tile; x++ {
			now := int(pixels[x]) <= level
			if now == dark {
				runs[4]++
				continue
			}
			if dark {
				f.look(x, y, runs)
			}
			copy(runs[:], runs[1:])
			runs[4], dark = 1, now
		}
	}
}

// look takes five runs that end before x for a finder pattern when the column
// through their middle has the same.
func (f *finderScan) look(x, y int, runs [5]int) {
	module, ok := proportions(runs)
	if !ok {
		return
	}
	middle := x - runs[4] - runs[3] - runs[2]/2 - 1
	column, top, ok := f.column(middle, y, int(module*8))
	if !ok {
		return
	}
	down, ok := proportions(column)
	if !ok || down > 1.7*module || module > 1.7*down {
		return
	}
	at := finder{float64(middle), float64(top) + 3.5*down, (module + down) / 2}
	for _, o := range f.found {
		if math.Hypot(o.x-at.x, o.y-at.y) < 2*module {
			return
		}
	}
	f.found = append(f.found, at)
}

// isDark tells whether a pixel of the page is ink.
func (f *finderScan) isDark(x, y int) bool {
	s := f.s
	return int(s.page.Gray[y*s.page.W+x]) <= f.levels[y/tile*s.w+min(x/tile, s.w-1)]
}

// column measures the five runs of the column x around y, none longer than most,
// and where they begin.
func (f *finderScan) column(x, y, most int) (runs [5]int, top int, ok bool) {
	last := f.s.h*tile - 1
	up, down := y, y+1
	for i, dark := 2, true; i >= 0; i, dark = i-1, !dark {
		for ; up >= 0 && f.isDark(x, up) == dark && runs[i] <= most; up-- {
			runs[i]++
		}
	}
	for i, dark := 2, true; i <= 4; i, dark = i+1, !dark {
		for ; down <= last && f.isDark(x, down) == dark && runs[i] <= most; down++ {
			runs[i]++
		}
	}
	for _, n := range runs {
		if n == 0 || n > most {
			return runs, 0, false
		}
	}
	return runs, up + 1, true
}

// leastPattern is the length in pixels of a pattern whose runs can be told apart.
const leastPattern = 11

// proportions tells whether five runs are 1:1:3:1:1, give or take a half of each
// and half a pixel, and how long a module is.
func proportions(runs [5]int) (module float64, ok bool) {
	total := 0
	for _, n := range runs {
		total += n
	}
	if total < leastPattern {
		return 0, false
	}
	module = float64(total) / 7
	for i, n := range runs {
		want := module
		if i == 2 {
			want = 3 * module
		}
		if math.Abs(float64(n)-want) > 0.55*module+0.7 {
			return 0, false
		}
	}
	return module, true
}

const (
	// aroundAll is how many modules a code reaches beyond the middles of its
	// patterns, with its quiet zone.
	aroundAll = 9
	// mostApart is how many modules patterns of one code lie apart at most, from
	// corner to corner in version 20.
	mostApart = 130
	// Modules of one code differ by less than so many pixels and so much of one.
	unlikePixels, unlikeShare = 0.6, 0.1
)

// regionsOf groups patterns of one size into regions. A code has three; where two
// were found it may lie to any side of them, and one alone is a sign of print.
func regionsOf(found []finder) []region {
	var regions []region
	for i := range found {
		if found[i].module == 0 {
			continue
		}
		group := []finder{found[i]}
		found[i].module = 0
		for j := 0; j < len(group); j++ {
			for k := range found {
				if found[k].near(group[j]) {
					group = append(group, found[k])
					found[k].module = 0
				}
			}
		}
		if len(group) > 1 {
			regions = append(regions, regionAround(group))
		}
	}
	return regions
}

// near tells whether two patterns may be of one code, whose modules have one size.
// Seven of them are measured to some pixels: of large ones the size is known well,
// and two signs of a title, which are as large, are seldom alike. A pair that is no
// code costs much, because a code may lie to any side of it.
func (f finder) near(o finder) bool {
	unlike := math.Abs(f.module - o.module)
	return f.module > 0 && unlike < unlikePixels+unlikeShare*o.module && math.Hypot(f.x-o.x, f.y-o.y) < mostApart*o.module
}

func regionAround(group []finder) region {
	box, module := image.Rectangle{}, group[0].module
	for _, f := range group {
		at := image.Pt(int(f.x), int(f.y))
		box = box.Union(image.Rectangle{at, at.Add(image.Pt(1, 1))})
		module = min(module, f.module)
	}
	around := aroundAll * module
	if len(group) == 2 {
		around += float64(max(box.Dx(), box.Dy()))
	}
	return region{Rectangle: box.Inset(-int(around)), module: module}
}
