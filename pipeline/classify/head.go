package classify

import (
	"regexp"
	"strings"

	"sohoa/pipeline/fuzzy"
)

// nowhere is the index of a strip that is not on the page.
const nowhere = -1

// head is what the upper part of a page says, by the strips it stands on.
type head struct {
	letterhead int    // last strip of the national name and motto
	number     int    // "Số: …/…"
	symbol     string // what stands behind the slash of the number
	address    int    // "Kính gửi"
	subject    bool   // of an official letter, "V/v …"
}

const (
	nationalName  = "conghoaxahoichunghiavietnam"
	nationalMotto = "doclaptudohanhphuc"
)

// numberLine finds the number of an administrative paper: "Số: 12/QĐ-UBND",
// "Số: 51/2025/TT-BCA". The number itself may be empty or written by pen, and
// then engines make anything of it.
// The S, or the vowel, may be lost; then only the colon tells the line.
var numberLine = regexp.MustCompile(`^(?:S[oôóòỏõọốồổỗộOÔÓÒỎÕỌỐỒỔỖỘ]\s*[:.;]?|(?:S|[oôóòỏõọốồổỗộÔỐỒỔỖỘ])\s?[:;]).{0,16}?/\s*(?:\d{4}\s*/\s*)?(\p{Lu}[\p{Lu}\p{N}yrđ]+(?:\s*[-–]\s*[\p{L}\p{N}&.]+)*)`)

// lookAtHead collects what the upper part of the page says.
func (p page) lookAtHead() head {
	h := head{letterhead: nowhere, number: nowhere, address: nowhere}
	for i, s := range p.strips {
		if !p.inHead(i) {
			continue
		}
		if p.isNational(i) {
			h.letterhead = i
		}
		if m := numberLine.FindStringSubmatch(p.numberText(i)); m != nil && h.symbol == "" {
			h.symbol, h.number = m[1], i
		}
		if h.number == nowhere && s.isNumber() {
			h.number = i
		}
		if h.address == nowhere && s.isAddress() {
			h.address = i
		}
	}
	h.subject = p.hasSubject(h.number)
	return h
}

// underLetterhead tells whether the national letterhead stands above the strip.
func (p page) underLetterhead(i int) bool {
	return p.head.letterhead != nowhere && p.above(p.head.letterhead, i)
}

// national tells whether the page has the national letterhead.
func (p page) national() bool { return p.head.letterhead != nowhere }

// isNational tells whether the national name or motto stands on strip i, as a
// letterhead prints it: nothing else on the line but, in capitals, the office to
// the left of it. A law that describes a form quotes both inside its text.
func (p page) isNational(i int) bool {
	s := p.strips[i]
	if s.isListItem() {
		return false
	}
	if s.upper() {
		name := s.plain
		if i+1 < len(p.strips) {
			name += p.strips[i+1].plain // the name wraps in narrow heads
		}
		if len(s.plain) >= len(nationalName)/2 && fuzzy.Within(name, nationalName, 4) {
			return true
		}
	}
	return s.endsWithMotto()
}

// endsWithMotto tells whether the line is the motto, or ends with it behind the
// capitals of an office.
func (s strip) endsWithMotto() bool {
	for n := range s.words {
		before := 0
		if n > 0 {
			before = s.ends[n-1]
		}
		rest := s.plain[before:]
		if len(rest) < len(nationalMotto)-3 {
			return false
		}
		if len(rest) <= len(nationalMotto)+3 && fuzzy.Within(rest, nationalMotto, 3) {
			return n == 0 || upper(s.words[:n])
		}
	}
	return false
}

// numberText is the text of strip i, with the strips behind it on its line
// where no slash has come yet: a number written by pen leaves gaps around it.
func (p page) numberText(i int) string {
	text := p.strips[i].text()
	if !strings.HasPrefix(p.strips[i].spaced, "so ") {
		return text
	}
	for j := i + 1; j < min(i+3, len(p.strips)) && p.strips[j].line == p.strips[i].line && !strings.Contains(text, "/"); j++ {
		text += " " + p.strips[j].text()
	}
	return text
}

// isNumber tells whether the strip is "Số: …/…", however badly read.
func (s strip) isNumber() bool {
	return strings.HasPrefix(s.spaced, "so ") && len(s.plain) < 24 && strings.Contains(s.text(), "/")
}

// addressMark opens the address of a letter or a form.
const addressMark = "kinhgui"

// isAddress tells whether the line opens with "Kính gửi", a letter of which may be
// misread.
func (s strip) isAddress() bool {
	edits, _ := fuzzy.Prefix(addressMark, s.plain[:min(len(s.plain), len(addressMark)+1)], 1)
	return edits <= 1
}

// subjectMark is "V/v" ("về việc") and what engines make of it.
var subjectMark = regexp.MustCompile(`^(?:W|[VvUW][/|lI1iíÍ!\\.,⁄-]{0,2}[vVyW])['’.,]?$`)

// hasSubject tells whether the head has the subject of an official letter:
// marked by "V/v", or told by its place, since nothing else stands in lower case
// right under the number of a paper.
func (p page) hasSubject(number int) bool {
	for i, s := range p.strips {
		if p.inHead(i) && len(s.words) > 1 && (subjectMark.MatchString(s.words[0].Text) || number != nowhere && strings.HasPrefix(s.plain, "veviec")) {
			return true
		}
	}
	if number == nowhere || p.height == 0 {
		return false
	}
	above := p.strips[number].box
	for i, s := range p.strips {
		left := 2*(s.box.X+s.box.W) <= p.width+p.width/5 && s.box.X < above.X+above.W
		if left && len(s.words) >= 3 && !s.upper() && p.stacked(number, i) {
			return true
		}
	}
	return false
}
