package split

import (
	"slices"

	"sohoa/dossier"
)

// run is what was fed behind one opener, as images: a spread is two pages of
// one side.
type run struct {
	expected int
	images   []counted
	backs    int  // empty images directly behind the separator
	started  bool // a page that is not such a back has come
	opened   bool // by a separator
	// unsure is how many of the last images may not be of this run: a page that
	// could not be read right before a slip may be the separator that lies there.
	unsure int
}

// counted is one image of a run.
type counted struct {
	image      dossier.ImageID
	first      int // index of its first page in sheets
	empty      bool
	unreadable bool
	said       bool // empty, or a person says so
	front      bool // a paper begins on it
}

// count notes that the page was fed behind the opener.
func (s *splitter) count(i int) {
	sheet := s.sheets[i]
	s.run.started = true
	one := counted{
		image: sheet.Image, first: i, empty: sheet.Lost == "" && isBlank(sheet.Reading),
		unreadable: sheet.Lost != "" || !sheet.Reading.Blank && hasNothing(sheet.Reading), front: sheet.Lost == "" && sheet.Guess.First,
	}
	one.said = one.empty || sheet.Empty
	if last := len(s.run.images) - 1; last >= 0 && s.run.images[last].image == one.image {
		before := &s.run.images[last]
		before.empty, before.unreadable, before.front = before.empty && one.empty, before.unreadable && one.unreadable, before.front || one.front
		before.said = before.said && one.said
		return
	}
	s.run.images = append(s.run.images, one)
}

// leaveOutLast makes the count do without an unreadable page at the end of the
// run, and its empty back.
func (r *run) leaveOutLast() {
	end := len(r.images)
	if end > 0 && r.images[end-1].empty {
		end--
	}
	if end > 0 && r.images[end-1].unreadable {
		r.unsure = len(r.images) - end + 1
	}
}

// endRun checks the count of sheets behind the opener that comes to its end.
func (s *splitter) endRun() {
	if r := s.run; r.expected > 0 {
		switch g := &s.groups[s.group]; {
		case g.Miscount != nil:
		case !r.comesOut():
			if !s.endedBefore() {
				g.Miscount = s.miscount()
			}
		case !r.withSaid().comesOut():
			g.Short = append(g.Short, *s.miscount())
		}
	}
	s.run = run{}
	s.component, s.hold = nowhere, ""
}

// comesOut tells whether the images can be as many sheets as were said.
func (r run) comesOut() bool {
	return r.fits(r.images) || r.unsure > 0 && r.fits(r.images[:len(r.images)-r.unsure])
}

// withSaid is the run as people say who have looked at its empty sides. A side that
// is empty is no separator.
func (r run) withSaid() run {
	tail := r.images[len(r.images)-r.unsure:]
	r.images = slices.Clone(r.images)
	for i := range r.images {
		one := &r.images[i]
		one.empty, one.unreadable = one.said, one.unreadable && !one.said
	}
	if !slices.ContainsFunc(tail, func(one counted) bool { return one.unreadable && !one.said }) {
		r.unsure = 0
	}
	return r
}

// endedBefore looks for a page that nobody could read and before which the count
// comes out: that page is the separator that should lie there. Then what lies
// behind it waits, since it belongs to a dossier that nobody can name yet, and ok
// is true. A paper with pages on both sides of it proves that it is none.
func (s *splitter) endedBefore() (ok bool) {
	for k, one := range s.run.images {
		if one.unreadable && k > 0 && s.run.fits(s.run.images[:k]) && !s.spans(one.first) {
			s.release(one.first)
			return true
		}
	}
	return false
}

// spans tells whether a paper of the current group has pages before the sheet
// and behind it.
func (s *splitter) spans(at int) bool {
	return slices.ContainsFunc(s.groups[s.group].pages, func(pages []int) bool {
		return pages[0] < at && pages[len(pages)-1] > at
	})
}

// release takes everything from the sheet on out of the current group, and parks it.
func (s *splitter) release(from int) {
	for i, p := range s.parked {
		if p.sheet >= from {
			s.parked[i].group = nowhere
		}
	}
	g := &s.groups[s.group]
	keep := 0
	for c, pages := range g.pages {
		if pages[0] < from {
			g.Components[keep], g.pages[keep] = g.Components[c], pages
			keep++
			continue
		}
		for _, i := range pages {
			s.parked = append(s.parked, parkedSheet{sheet: i, reason: dossier.ReasonCodeInvalid, group: nowhere})
		}
	}
	g.Components, g.pages = g.Components[:keep], g.pages[:keep]
}

// miscount is what a person is told about the run.
func (s *splitter) miscount() *Miscount {
	m := Miscount{Said: s.run.expected}
	m.Least, m.Most = s.run.sheets(s.run.withSaid().images)
	if n := len(s.run.images); n > 0 {
		m.First, m.Last = s.sheets[s.run.images[0].first].Page, s.sheets[s.run.images[n-1].first].Page
	}
	if at := s.gap(); at != nowhere {
		m.After, m.Number = s.sheets[at].Page, max(s.sheets[at].Guess.PageNumber, 1)
	}
	return &m
}

// gap is the page behind which the numbers printed on the pages of one paper
// leave out the next one, nowhere when none does. A first page seldom prints
// its number.
func (s *splitter) gap() int {
	for _, pages := range s.groups[s.group].pages {
		for k := 1; k < len(pages); k++ {
			before, here := s.sheets[pages[k-1]].Guess.PageNumber, s.sheets[pages[k]].Guess.PageNumber
			if k == 1 && before == 0 {
				before = 1
			}
			if before > 0 && here > before+s.distance(pages[k-1], pages[k]) {
				return pages[k-1]
			}
		}
	}
	return nowhere
}

// fits applies the rule of the package comment.
func (r run) fits(images []counted) bool {
	least, most := r.sheets(images)
	return least <= r.expected && r.expected <= most
}

// sheets is how many sheets the images may be, at least and at most.
func (r run) sheets(images []counted) (least, most int) {
	sides := len(images)
	if r.backs > 0 { // every sheet has given both of its sides
		return (sides + 1) / 2, sides / 2
	}
	fronts, empty := 0, 0
	for _, one := range images {
		if one.front {
			fronts++
		}
		if one.empty {
			empty++
		}
	}
	return max(fronts, (sides+1)/2), sides - empty
}

// holdMiscounted parks the pages of every group whose sheets do not add up.
func (s *splitter) holdMiscounted() {
	for n := range s.groups {
		g := &s.groups[n]
		if g.Miscount == nil {
			continue
		}
		for _, i := range slices.Concat(g.pages...) {
			s.parked = append(s.parked, parkedSheet{sheet: i, reason: dossier.ReasonSheetCount, group: n})
		}
		for c := range g.Components {
			g.Components[c].Pages = s.ids(g.pages[c])
		}
		g.Components, g.Held, g.pages = nil, g.Components, nil
	}
	slices.SortFunc(s.parked, func(a, b parkedSheet) int { return a.sheet - b.sheet })
}
