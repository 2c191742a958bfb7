package classify

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/pipeline/fuzzy"
)

// strip is a part of a printed line without a wide gap in it: the two blocks of
// a letterhead stand on one line and are two strips.
type strip struct {
	words []dossier.Word
	// plain is the text folded, letters and digits only: engines split and
	// join words freely in wide-set capitals.
	plain string
	// spaced is plain with its words kept apart and a space at the end.
	spaced string
	// ends[i] is the length of plain up to and including words[i].
	ends  []int
	box   dossier.Box
	block int
	line  int // printed line on the page, from 1
}

func newStrip(words []dossier.Word, line int) strip {
	l := dossier.NewLine(words)
	s := strip{words: words, box: l.Box, block: l.Block, line: line}
	var b, spaced strings.Builder
	for _, w := range words {
		b.WriteString(fuzzy.Plain(w.Text))
		s.ends = append(s.ends, b.Len())
		if w := fuzzy.Plain(w.Text); w != "" {
			spaced.WriteString(w + " ")
		}
	}
	s.plain, s.spaced = b.String(), spaced.String()
	return s
}

func (s strip) text() string { return dossier.NewLine(s.words).Text }

// upper tells whether the words are in capitals; one letter in six may be
// wrong, since engines read Đ as đ and I as l.
func (s strip) upper() bool { return upper(s.words) }

func upper(words []dossier.Word) bool {
	capital, letters := 0, 0
	for _, w := range words {
		for _, r := range viet.NFC(w.Text) {
			if unicode.IsLetter(r) {
				letters++
			}
			if unicode.IsUpper(r) {
				capital++
			}
		}
	}
	return letters > 0 && capital*6 >= letters*5
}

// page is a reading prepared for looking at.
type page struct {
	strips   []strip
	height   int // 0 without geometry
	width    int
	national bool // the national name or motto stands in the head
	symbol   string
	numbered bool // "Số: …" in the head
	kinhGui  bool
	subject  bool // "V/v …" in the head
}

func newPage(r dossier.Reading) page {
	p := page{height: r.Height, width: r.Width}
	for n, line := range r.Lines() {
		for _, words := range columns(line.Words) {
			if s := newStrip(words, n+1); s.plain != "" {
				p.strips = append(p.strips, s)
			}
		}
	}
	if len(r.Words) == 0 {
		p.height, p.width = 0, 0
	}
	p.lookAtHead()
	return p
}

// columnGap is how wide a space, in heights of the line, parts two columns.
// Spaces of justified text stay below 1.5.
const columnGap = 2.0

// columns cuts a line at its wide gaps.
func columns(words []dossier.Word) [][]dossier.Word {
	if len(words) == 0 {
		return nil
	}
	heights := make([]int, len(words))
	for i, w := range words {
		heights[i] = w.H
	}
	slices.Sort(heights)
	limit := columnGap * float64(heights[len(heights)/2])
	var parts [][]dossier.Word
	start := 0
	for i := 1; i < len(words); i++ {
		gap := words[i].X - words[i-1].X - words[i-1].W
		if limit > 0 && float64(gap) > limit {
			parts = append(parts, words[start:i])
			start = i
		}
	}
	return append(parts, words[start:])
}

// headLines is how many printed lines of a page without geometry can belong to
// its head: two letterhead blocks of five lines, a form number, the title.
const headLines = 16

// headPart is the part of the page's height in which titles stand. Covers of
// land use certificates carry theirs near the middle.
const headPart = 0.55

// inHead tells whether the strip stands where a title can.
func (p page) inHead(i int) bool {
	if p.height > 0 {
		return float64(p.strips[i].box.Y) <= headPart*float64(p.height)
	}
	return p.strips[i].line <= headLines
}

const (
	nationalName  = "conghoaxahoichunghiavietnam"
	nationalMotto = "doclaptudohanhphuc"
)

// numberLine finds the number of an administrative paper: "Số: 12/QĐ-UBND",
// also with the number still empty or written by pen.
var numberLine = regexp.MustCompile(`^S[ốỐôÔoOồ]\s*[:.;]?\s*[\p{L}\p{N}.… ]{0,12}\s*/\s*(\p{Lu}[\p{L}\p{N}]*(?:\s*[-–]\s*[\p{L}\p{N}&.]+)*)`)

// lookAtHead collects what the upper part of the page says.
func (p *page) lookAtHead() {
	for i, s := range p.strips {
		if !p.inHead(i) {
			continue
		}
		p.national = p.national || p.isNational(i)
		if m := numberLine.FindStringSubmatch(p.numberText(i)); m != nil && p.symbol == "" {
			p.symbol = m[1]
		}
		p.numbered = p.numbered || p.symbol != "" || s.isNumber()
		p.kinhGui = p.kinhGui || strings.HasPrefix(s.plain, "kinhgui")
		p.subject = p.subject || s.isSubject() || p.numbered && strings.HasPrefix(s.plain, "veviec")
	}
}

// isNational tells whether the national name or motto stands on strip i; the
// name wraps in narrow heads.
func (p page) isNational(i int) bool {
	name := p.strips[i].plain
	if i+1 < len(p.strips) {
		name += p.strips[i+1].plain
	}
	return fuzzy.Within(name, nationalName, 4) || fuzzy.Within(p.strips[i].plain, nationalMotto, 3)
}

// numberText is the text of strip i, with the next one where "Số:" stands alone:
// a number written by pen leaves a gap before the symbol.
func (p page) numberText(i int) string {
	text := p.strips[i].text()
	if p.strips[i].plain == "so" && i+1 < len(p.strips) && p.strips[i+1].line == p.strips[i].line {
		text += " " + p.strips[i+1].text()
	}
	return text
}

// isNumber tells whether the strip is "Số: …/…", however badly read.
func (s strip) isNumber() bool {
	return strings.HasPrefix(s.spaced, "so ") && len(s.plain) < 24 && strings.Contains(s.text(), "/")
}

// isSubject tells whether the strip is the first line of a letter's subject,
// "V/v …".
func (s strip) isSubject() bool {
	return strings.HasPrefix(s.plain, "vv") && strings.Contains(s.text(), "/")
}

// pageNumber is how a page number alone on its line looks: "2", "- 2 -",
// "Trang 2", "Trang 2/3", "2/3".
var pageNumber = regexp.MustCompile(`^(?:[Tt]rang\s*)?[-–—|.\s]*(\d{1,3})(?:\s*/\s*\d{1,3})?[-–—|.\s]*$`)

// number is the printed page number: alone on the first or the last two lines.
func (p page) number() int {
	candidates := []int{0, 1, len(p.strips) - 2, len(p.strips) - 1}
	for _, i := range candidates {
		if i < 0 || i >= len(p.strips) || !p.inMargin(i) {
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
