package classify

import (
	"regexp"
	"strconv"
)

// pageNumber is how a page number alone on its line looks: "2", "- 2 -",
// "Trang 2", "Trang 2/3", "2/3".
var pageNumber = regexp.MustCompile(`^(?:[Tt]rang\s*)?[-–—|.\s]*(\d{1,3})(?:\s*/\s*\d{1,3})?[-–—|.\s]*$`)

// number is the printed page number: alone on the first or the last line, give
// or take a line of dust; 0 for none.
func (p page) number() int {
	for i := range p.strips {
		if !p.atEdge(i) || !p.inMargin(i) {
			continue
		}
		if m := pageNumber.FindStringSubmatch(p.strips[i].text()); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
				return n
			}
		}
	}
	return 0
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
