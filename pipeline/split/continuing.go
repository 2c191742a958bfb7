package split

import "sohoa/dossier"

// sameSheet is how much of the smallest sheet of a paper, by area, a further
// sheet has at least. A card or a receipt scanned along with a letter is
// smaller; a cropped scan is not.
const sameSheet = 0.6

// canContinue tells whether the page is a later page of the component that the
// walk stands in. The rules are those of the package comment.
func (s *splitter) canContinue(i int) bool {
	page := s.sheets[i]
	if s.component == nowhere || page.Guess.First || !s.fitsKind(i) {
		return false
	}
	pages := s.current()
	if page.Input != s.sheets[pages[len(pages)-1]].Input {
		return !s.broken && (s.numbered(i) || s.runsOn(i) || page.Guess.Continues != "" && !page.Guess.Annex)
	}
	if s.broken || s.stacks[page.Input] && page.Guess.Continues == "" && !page.Guess.Annex {
		return s.numbered(i) || s.runsOn(i)
	}
	return !s.opensAnew(i) && !s.goesBack(i) && !s.smaller(i)
}

// stacks tells of each input whether it holds more than one paper, as a feeder
// makes it, and not one paper that somebody put together.
func stacks(sheets []Sheet) map[int]bool {
	papers, stacks := map[int]int{}, map[int]bool{}
	for _, sheet := range sheets {
		if sheet.Lost == "" && sheet.Guess.First {
			papers[sheet.Input]++
		}
		stacks[sheet.Input] = papers[sheet.Input] > 1
	}
	return stacks
}

// current are the pages of the component the walk stands in.
func (s *splitter) current() []int { return s.groups[s.group].pages[s.component] }

// fitsKind tells whether the page may continue a paper of the component's kind.
// An annex of an annex names the annex, not the paper.
func (s *splitter) fitsKind(i int) bool {
	guess := s.sheets[i].Guess
	if guess.Continues == "" || guess.Continues == s.groups[s.group].Components[s.component].Kind {
		return true
	}
	return guess.Annex && s.sheets[s.numberingStart()].Guess.Annex
}

// numberingStart is the page at which the component's numbering began last: its
// first page or its last annex.
func (s *splitter) numberingStart() int {
	pages := s.current()
	for k := len(pages) - 1; k > 0; k-- {
		if s.sheets[pages[k]].Guess.Annex {
			return pages[k]
		}
	}
	return pages[0]
}

// expected is the number that page i would print as a page of the component,
// and how many of its pages say so. Each page with a number says what the
// numbers of the others should be; a first page seldom prints its own and
// counts as 1. Engines misread numbers, so the majority counts, among equals the
// later page.
func (s *splitter) expected(i int) (number, pages int) {
	start := s.numberingStart()
	votes := map[int]int{}
	for _, j := range s.current() {
		n := s.sheets[j].Guess.PageNumber
		if j == start && n == 0 {
			n = 1
		}
		if j < start || n == 0 {
			continue
		}
		offset := n + s.distance(j, i)
		votes[offset]++
		if votes[offset] >= pages {
			number, pages = offset, votes[offset]
		}
	}
	return number, pages
}

// distance counts the pages fed after j, up to and including i, without the
// empty ones.
func (s *splitter) distance(j, i int) int {
	n := 0
	for k := j + 1; k <= i; k++ {
		if sheet := s.sheets[k]; sheet.Lost != "" || !isBlank(sheet.Reading) {
			n++
		}
	}
	return n
}

// numbered tells whether the printed number proves that the page belongs to the
// component: it is the next one, or its place counted from a page that has the
// cues of a first one, whose own number may be misread.
func (s *splitter) numbered(i int) bool {
	n := s.sheets[i].Guess.PageNumber
	number, _ := s.expected(i)
	start := s.numberingStart()
	return n > 0 && (n == number || s.sheets[start].Guess.First && n == 1+s.distance(start, i))
}

// runsOn tells whether the page lies right behind the component's last one and
// its articles go on where those end, with no printed number that says otherwise.
func (s *splitter) runsOn(i int) bool {
	pages := s.current()
	last := pages[len(pages)-1]
	return s.distance(last, i) == 1 && s.sheets[i].Guess.PageNumber == 0 && s.sheets[last].Guess.Articles.Precede(s.sheets[i].Guess.Articles)
}

// goesBack tells whether the printed number is lower than the place of the
// page, where two pages agree on the numbering: something else began. A higher
// number does not speak against the page; sheets get lost and numbers misread.
func (s *splitter) goesBack(i int) bool {
	guess := s.sheets[i].Guess
	number, pages := s.expected(i)
	return !guess.Annex && pages >= 2 && guess.PageNumber > 0 && guess.PageNumber < number
}

// opensAnew tells whether the page is the first of something though it has no
// first-page cue: it prints no number, or 1, and the next page of the input
// prints 2.
func (s *splitter) opensAnew(i int) bool {
	guess := s.sheets[i].Guess
	if guess.Annex || guess.PageNumber > 1 {
		return false
	}
	for next := i + 1; next < len(s.sheets) && s.sheets[next].Input == s.sheets[i].Input; next++ {
		if sheet := s.sheets[next]; sheet.Lost != "" || !isBlank(sheet.Reading) {
			return sheet.Lost == "" && !sheet.Guess.First && sheet.Guess.PageNumber == 2
		}
	}
	return false
}

// smaller tells whether the sheet is clearly smaller than every sheet of the
// component: then it is another paper.
func (s *splitter) smaller(i int) bool {
	own := area(s.sheets[i].Reading)
	for _, j := range s.current() {
		if other := area(s.sheets[j].Reading); own == 0 || other == 0 || own >= sameSheet*other {
			return false
		}
	}
	return true
}

// area is the size of the sheet in square inches; 0 where it is not known.
func area(r dossier.Reading) float64 {
	w, h := r.Inches()
	return w * h
}
