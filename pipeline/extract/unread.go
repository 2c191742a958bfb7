package extract

import (
	"regexp"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/pipeline/fuzzy"
)

// Registries write the number and the day of a paper by pen into the print
// around them ("Số: … /CT-UBND", "ngày … tháng 4 năm 2020"). Handwriting is not
// read: where the print is there and no value can be made of what stands in it,
// the field is unread, with its place, and a person writes down what it says.

// unread is a field that stands on the paper at these words and was not read.
func unread(tokens []token, place dossier.Box) dossier.Field {
	return dossier.Field{Raw: readOf(tokens), Box: &place, Page: tokens[0].page, Status: dossier.FieldUnread}
}

var (
	// numberLabel is "Số:" in folded letters.
	numberLabel = regexp.MustCompile(`^so ?[:;.]`)
	// bareSymbol is what is printed behind a number, without the number:
	// "/CT-UBND".
	bareSymbol = regexp.MustCompile(`^/\s*\p{Lu}[\p{L}\d]*\s*[-–]\s*\p{Lu}[\p{L}\d&.-]*`)
)

// isBareSymbol tells whether the piece is the line of the number, of which a
// pen wrote what stands before the symbol.
func (r row) isBareSymbol() bool { return bareSymbol.MatchString(viet.NFC(r.text())) }

// penRoom is how far before its symbol a number written by pen may begin, in
// heights of the line.
const penRoom = 8

// unreadNumber is the place of a number that was not read. A page without
// geometry has no places.
func (p *paper) unreadNumber(head []row) (dossier.Field, bool) {
	for i, r := range head {
		if r.width == 0 || p.beginsTitle(r) {
			break
		}
		switch {
		case r.isBareSymbol():
			left := max(0, r.box.X-penRoom*r.box.H)
			return unread(r.tokens, r.box.Union(dossier.Box{X: left, Y: r.box.Y, W: 1, H: r.box.H})), true
		case numberLabel.MatchString(viet.Fold(r.text())):
			if i+1 < len(head) && level(r, head[i+1]) && head[i+1].isBareSymbol() {
				return unread(slices.Concat(r.tokens, head[i+1].tokens), r.box.Union(head[i+1].box)), true
			}
			return unread(r.tokens, r.box), true
		}
	}
	return dossier.Field{}, false
}

// penned is the confidence below which what an engine made of a number or a day
// in a letterhead is taken for handwriting: the print around it is read with 0.9
// and more, on poor scans with 0.7.
const penned = 0.5

// hardly is the same of all words of a value behind a label on the whole, where
// poor print is more common.
const hardly = 0.3

// written tells whether words that stand somewhere are handwriting: on the whole
// the engine hardly believed them itself.
func written(tokens []token) bool {
	sum, words := 0.0, 0
	for _, t := range tokens {
		if t.plain != "" && t.W > 0 {
			sum, words = sum+t.Confidence, words+1
		}
	}
	return words > 0 && sum < hardly*float64(words)
}

// unlessPenned keeps a value that may be print, and only the place of one that is not.
func (r row) unlessPenned(f dossier.Field, tokens []token) dossier.Field {
	if r.width == 0 || f.Confidence >= penned {
		return f
	}
	return unread(tokens, boxOf(samePage(tokens)))
}

// unreadDate is the place of the line that dates the paper.
func unreadDate(r row) (dossier.Field, bool) {
	plain := r.plain()
	if r.width == 0 || !strings.Contains(plain, "thang") && !strings.Contains(plain, "nam") {
		return dossier.Field{}, false
	}
	return unread(r.tokens, r.box), true
}

// nationalName are the words that stand on the right of every letterhead, and
// how many of their letters may be wrong.
var nationalName = map[string]int{"conghoaxahoichunghia": 3, "doclaptudohanhphuc": 2}

// atNational tells whether the national name begins at token i.
func (r row) atNational(i int) bool {
	first := r.tokens[i].plain
	if first == "" || first[0] != 'c' && first[0] != 'd' {
		return false
	}
	plain := plainOf(r.tokens[i:])
	for words, limit := range nationalName {
		if edits, _ := fuzzy.Prefix(words, plain, limit); edits <= limit {
			return true
		}
	}
	return false
}
