package classify

import (
	"regexp"
	"strconv"

	"sohoa/dossier/viet"
	"sohoa/pipeline/fuzzy"
)

// pageNumber is how a page number alone on its line looks: "2", "- 2 -",
// "Trang 2", "Trang 2/3", "2/3". The total may be lost.
var pageNumber = regexp.MustCompile(`^(?:([\p{L}\p{M}'’]{3,6})[.\s]*)?[-–—|.\s]*(\d{1,3})(?:\s*/\s*(?:\d{1,3})?)?[-–—|.\s]*$`)

// pageWord is the word before a number, one letter of which may be misread.
const pageWord = "trang"

// monthWord differs from it by that one letter, and stands before numbers too.
const monthWord = "thang"

// number is the printed page number: alone on the first or the last line, give
// or take a line of dust; 0 for none.
func (p page) number() int {
	for i := range p.strips {
		if !p.atEdge(i) || !p.inMargin(i) {
			continue
		}
		if n := numberIn(p.strips[i].text()); n > 0 {
			return n
		}
	}
	return 0
}

// numberIn reads a line that is a page number and nothing else.
func numberIn(line string) int {
	m := pageNumber.FindStringSubmatch(viet.NFC(line))
	if m == nil {
		return 0
	}
	if word := fuzzy.Plain(m[1]); word != "" {
		if edits, end := fuzzy.Prefix(pageWord, word, 1); edits > 1 || end < len(word) || word == monthWord {
			return 0
		}
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return 0 // not a number after all
	}
	return n
}

// atEdge tells whether the strip is one of the first or last two in reading
// order, or beside the highest one: engines read the number of a page
// with a running head after the text below it.
func (p page) atEdge(i int) bool {
	if i < 2 || i >= len(p.strips)-2 {
		return true
	}
	if p.height == 0 {
		return false
	}
	for j := range p.strips {
		if p.above(j, i) {
			return false
		}
	}
	return true
}

// margin is the part of the height at the top and at the foot where page
// numbers stand.
const margin = 0.12

func (p page) inMargin(i int) bool {
	if p.height == 0 {
		return true
	}
	middle := float64(p.strips[i].box.Y) + float64(p.strips[i].box.H)/2
	return middle <= margin*float64(p.height) || middle >= (1-margin)*float64(p.height)
}
