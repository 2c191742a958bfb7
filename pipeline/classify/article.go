package classify

import (
	"regexp"
	"strconv"

	"sohoa/dossier/viet"
	"sohoa/pipeline/fuzzy"
)

// Contracts, decisions and laws number their articles from the first page to the
// last, so the articles say which page comes next where no page number does.

// Articles are the numbers of the first and the last article that begin on a
// page; both 0 where none does, or where they do not count up one by one.
type Articles struct{ First, Last int }

// Precede tells whether the articles of the next page go on where these end.
func (a Articles) Precede(next Articles) bool { return a.Last > 0 && next.First == a.Last+1 }

// articleLine is a line that opens an article, "Điều 5. …".
var articleLine = regexp.MustCompile(`^([\p{L}\p{M}]{3,5}) ?(\d{1,3}) ?[.:]`)

// articleWord is "Điều", a letter of which may be misread.
const articleWord = "dieu"

// articles reads the numbers of the articles on the page.
func (p page) articles() Articles {
	var a Articles
	for _, s := range p.strips {
		n, ok := s.article()
		switch {
		case !ok:
		case a.First == 0:
			a.First, a.Last = n, n
		case n == a.Last+1:
			a.Last = n
		default:
			return Articles{}
		}
	}
	return a
}

// article is the number of the article that the strip opens.
func (s strip) article() (number int, ok bool) {
	m := articleLine.FindStringSubmatch(viet.NFC(s.text()))
	if m == nil {
		return 0, false
	}
	word := fuzzy.Plain(m[1])
	if edits, end := fuzzy.Prefix(articleWord, word, 1); edits > 1 || end < len(word) {
		return 0, false
	}
	n, err := strconv.Atoi(m[2])
	return n, err == nil && n > 0
}
