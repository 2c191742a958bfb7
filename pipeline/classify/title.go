package classify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// title is a printed title of a kind, ready to compare.
type title struct {
	kind    dossier.Kind
	plain   string
	generic bool // a short administrative title that needs a letterhead
}

func titles(cat *dossier.Catalogue) []title {
	var all []title
	for _, k := range cat.Kinds() {
		for _, t := range k.AllTitles() {
			all = append(all, title{kind: k, plain: fuzzy.Plain(t), generic: k.Group == dossier.GroupAdministrative})
		}
	}
	return all
}

// match is a title found at a strip.
type match struct {
	title
	at         int // index of the strip it begins on
	last       int // index of the strip it ends on
	edits      int
	text       string         // what is printed there, folded
	rest       []dossier.Word // words of the last strip behind the title
	confidence float64
	against    []string // what speaks against it
}

// explained is how many letters of the page the title accounts for.
func (m match) explained() int { return len(m.plain) - m.edits }

// byTitle looks for a title from the top of the page down. The first strip that
// begins one decides; Kind stays empty when there is none.
func byTitle(cat *dossier.Catalogue, p page) Guess {
	all := titles(cat)
	annex, isAnnex := p.annex(cat)
	for i := range p.strips {
		if !p.inHead(i) || !p.opensTitle(i) {
			continue
		}
		best, ok := p.bestAt(cat, all, i)
		switch {
		case !ok || p.insideText(best.at, best.last):
		case isAnnex && (best.generic || best.confidence < best.kind.Gate):
			return annex
		default:
			return p.titleGuess(best)
		}
	}
	if isAnnex {
		return annex
	}
	return Guess{First: p.national() || p.unknownTitle()}
}

func (p page) titleGuess(m match) Guess {
	text := make([]string, 0, m.last-m.at+1)
	for i := m.at; i <= m.last; i++ {
		text = append(text, p.strips[i].text())
	}
	reason := fmt.Sprintf("title line %d: %s, %.2f", p.strips[m.at].line, strings.Join(text, " "), m.confidence)
	return Guess{Kind: m.kind.ID, Confidence: m.confidence, First: true, Reasons: append([]string{reason}, m.against...)}
}

// opensTitle refuses strips that can not be the first line of a title: running
// text, the letterhead, items of a list. Capitals always may; lower case only where the
// line is short enough to be a heading.
func (p page) opensTitle(i int) bool {
	s := p.strips[i]
	if len(s.plain) < 4 || s.letterhead() || s.isListItem() && !p.wrapsAtComma(i) {
		return false
	}
	head := s.words[:min(2, len(s.words))]
	return upper(head) || len(s.words) <= maxHeadingWords && !strings.ContainsAny(s.text(), ":;,/")
}

// wrapsAtComma tells whether the line ends with a comma because a title goes on
// below it, as in ĐƠN ĐĂNG KÝ BIẾN ĐỘNG ĐẤT ĐAI, / TÀI SẢN GẮN LIỀN VỚI ĐẤT.
func (p page) wrapsAtComma(i int) bool {
	s := p.strips[i]
	return i+1 < len(p.strips) && s.upper() && p.strips[i+1].upper() && p.stacked(i, i+1) &&
		strings.HasSuffix(s.text(), ",") && !listItem.MatchString(strings.TrimRight(s.text(), ","))
}

// maxHeadingWords bounds a heading in lower case: TỜ KHAI CẤP GIẤY XÁC NHẬN
// TÌNH TRẠNG HÔN NHÂN has eleven words.
const maxHeadingWords = 12

// maxTitleLines is the number of printed lines a title may take.
const maxTitleLines = 5

// bestAt finds the title that explains most of what begins at strip i.
func (p page) bestAt(cat *dossier.Catalogue, all []title, i int) (match, bool) {
	text, ends := p.joined(i)
	var found []match
	for _, t := range all {
		limit := len(text)
		if limit > len(t.plain)+8 {
			limit = len(t.plain) + 8
		}
		edits, end := fuzzy.Prefix(t.plain, text[:limit], len(t.plain)/3)
		if edits > len(t.plain)/3 {
			continue
		}
		m := match{title: t, at: i, edits: edits, text: text}
		m.last, m.rest = p.restAfter(i, ends, end)
		m.confidence = 1 - float64(edits)/float64(len(t.plain))
		found = append(found, m)
	}
	if len(found) == 0 {
		return match{}, false
	}
	slices.SortStableFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.explained(), a.explained()), cmp.Compare(a.edits, b.edits))
	})
	best := firstAcceptable(found)
	if best < 0 {
		return match{}, false
	}
	m := found[best]
	p.weigh(cat, &m)
	m.compare(found)
	return m, m.confidence >= worthNaming
}

// worthNaming is the confidence below which a title is not even proposed.
const worthNaming = 0.45

// firstAcceptable is the index of the most explaining match with few enough
// wrong letters: none in a title of up to seven letters, then one in eight.
func firstAcceptable(found []match) int {
	return slices.IndexFunc(found, func(m match) bool { return m.edits <= len(m.plain)/8 })
}

// joined concatenates strip i and those that can continue a title begun there;
// ends are the lengths after each.
func (p page) joined(i int) (text string, ends []int) {
	text = p.strips[i].plain
	ends = []int{len(text)}
	for j := i + 1; j < len(p.strips) && j < i+maxTitleLines; j++ {
		if p.strips[j].upper() != p.strips[i].upper() || !p.stacked(j-1, j) {
			break
		}
		text += p.strips[j].plain
		ends = append(ends, len(text))
	}
	return text, ends
}

// stacked tells whether strip j stands right under strip i.
func (p page) stacked(i, j int) bool {
	a, b := p.strips[i], p.strips[j]
	if p.height == 0 {
		return true
	}
	return b.box.Y >= a.box.Y+a.box.H/2 && b.box.Y-(a.box.Y+a.box.H) <= 2*max(a.box.H, b.box.H)
}

// restAfter finds the strip in which the first end letters end and the words
// left behind there. A letter or two left over are damage, not a word.
func (p page) restAfter(i int, ends []int, end int) (last int, rest []dossier.Word) {
	k := 0
	for k < len(ends)-1 && end > ends[k]+1 {
		k++
	}
	before := 0
	if k > 0 {
		before = ends[k-1]
	}
	s := p.strips[i+k]
	for w, wordEnd := range s.ends {
		if before+wordEnd >= end+2 {
			if w > 0 && before+s.ends[w-1] < end-1 {
				w++ // the title ends inside this word
			}
			return i + k, s.words[min(w, len(s.words)):]
		}
	}
	return i + k, nil
}

// weigh lowers the confidence for everything that speaks against the match.
func (p page) weigh(cat *dossier.Catalogue, m *match) {
	m.confidence *= 0.99 // no title is certain
	first := p.strips[m.at]
	if !first.upper() && !upper(titleWords(first, m)) {
		m.speaks(p.lowerCaseFactor(m), "not in capitals")
	}
	if strings.HasSuffix(strings.TrimSpace(p.strips[m.last].text()), ":") && m.generic {
		m.speaks(0.4, "a colon follows: a formula inside the paper")
	}
	if len(m.rest) > 0 {
		m.speaks(restFactor(m), "more words on the line")
	}
	if m.generic && !p.national() && p.head.number == nowhere {
		m.speaks(0.7, "no letterhead")
	}
	p.weighOpening(m)
	if p.startsAbove(m.at) {
		m.speaks(contradiction, "capitals above that are no part of the title")
	}
	p.weighSymbol(cat, m)
}

// weighOpening lowers the confidence when the title is all that the page has of
// a first page.
func (p page) weighOpening(m *match) {
	if p.textAbove(m.at) > 0 {
		m.speaks(contradiction, "running text above")
	}
	if m.kind.Group == dossier.GroupIdentity && !p.showsIdentity(m.kind.ID) {
		m.speaks(contradiction, "without the number and labels of an identity paper")
	} else if !p.opensPaper(m) {
		m.speaks(contradiction, "nothing else of a first page")
	}
}

func (m *match) speaks(factor float64, why string) {
	m.confidence *= factor
	if factor < 0.95 {
		m.against = append(m.against, why)
	}
}

// titleWords are the words of the first strip that belong to the title.
func titleWords(s strip, m *match) []dossier.Word {
	if m.at == m.last && len(m.rest) < len(s.words) {
		return s.words[:len(s.words)-len(m.rest)]
	}
	return s.words
}

// lowerCaseFactor weighs a title in lower case: on a line of its own and in the
// middle of the page it may be the heading of a form; anything else is text.
func (p page) lowerCaseFactor(m *match) float64 {
	s := p.strips[m.at]
	if m.generic || len(m.rest) > 0 || len(m.plain) < 10 {
		return 0.3
	}
	if p.width > 0 && !centred(s.box, p.width) {
		return 0.5
	}
	return 0.88
}

// centred tells whether a box lies in the middle of the page, give or take a
// twelfth of its width.
func centred(b dossier.Box, width int) bool {
	off := b.X + b.W/2 - width/2
	return max(off, -off)*12 <= width
}

// restFactor weighs words behind the title on its last line. Remarks in
// brackets, footnote marks and the continuing name of a special form are
// usual; lower case is not, unless it states the subject.
func restFactor(m *match) float64 {
	text := dossier.NewLine(m.rest).Text
	switch folded := fuzzy.Plain(text); {
	case folded == "" || strings.HasPrefix(text, "(") || strings.HasPrefix(text, "[") || len(folded) <= 2:
		return 1
	case strings.HasPrefix(folded, "veviec") || strings.HasPrefix(folded, "vv"):
		return 0.97
	case upper(m.rest) && m.generic:
		return 0.88
	case upper(m.rest):
		return 0.95
	default:
		return 0.6
	}
}

// startsAbove tells whether capitals stand directly above the strip that
// neither letterhead nor form number explains: the title may begin there.
func (p page) startsAbove(i int) bool {
	if i == 0 {
		return false
	}
	above, here := p.strips[i-1], p.strips[i]
	if !above.upper() || len(above.plain) < 4 || above.letterhead() || above.line == here.line {
		return false
	}
	if p.height == 0 {
		return above.block == here.block
	}
	if p.width > 0 && centred(above.box, p.width) != centred(here.box, p.width) {
		return false
	}
	return p.stacked(i-1, i) && here.box.Y-(above.box.Y+above.box.H) <= here.box.H
}

// compare lowers the confidence when another kind's title is nearly as good,
// or when a longer title that begins alike may have been meant.
func (m *match) compare(found []match) {
	if m.edits == 0 && len(m.rest) == 0 {
		return
	}
	for _, other := range found {
		if other.kind.ID != m.kind.ID && !m.refutes(other) && (m.rivalled(other) || m.cutShort(other)) {
			m.speaks(contradiction, fmt.Sprintf("could also be %s", other.kind.ID))
			return
		}
	}
}

// rivalled tells whether a title of about the same length fits nearly as well.
func (m *match) rivalled(other match) bool {
	return m.edits > 0 && other.edits <= m.edits+1 && len(other.plain)*4 >= len(m.plain)*3
}

// refutes tells whether nothing is left of what the other title has behind their
// common beginning, while most of this one's is there: GIẤY KHAI INH is no GIẤY
// KHAI TỬ.
func (m *match) refutes(other match) bool {
	common := 0
	for common < min(len(m.plain), len(other.plain)) && m.plain[common] == other.plain[common] {
		common++
	}
	mine, others := len(m.plain)-common, len(other.plain)-common
	inCommon, _ := fuzzy.Prefix(m.plain[:common], m.text, other.edits)
	return others > 1 && other.edits-inCommon >= others && 2*(m.edits-inCommon) <= mine
}

// cutShort tells whether the words left behind look like the damaged end of a
// longer title.
func (m *match) cutShort(other match) bool {
	tail := len(other.plain) - len(m.plain)
	return len(m.rest) > 0 && tail > 3 && other.edits <= max(1, tail/3)
}
