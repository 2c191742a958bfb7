package classify

import (
	"regexp"
	"strings"
	"unicode"

	"sohoa/dossier/viet"
)

// A title heads a paper only where no running text stands above it; the same
// words further down are a heading inside the text of another paper: a chapter
// of a law, a list of forms. So lines of running text are told from the lines
// of a head first. The method is crude on purpose (length, case, width) and
// works on damaged text; what it takes for running text by mistake costs a
// confirmation by a person, never a wrong name.

const (
	// runningWords is how many words a line of running text has at least. Lines
	// of letterheads in lower case ("Sơn Hà, ngày 05 tháng 3 năm 2025") have
	// five or six.
	runningWords = 7
	// runningWidth is the part of the page's width such a line takes at least.
	// The blocks of a letterhead and the boxes of a form stay below.
	runningWidth = 0.45
)

// runningText marks the strips that are lines of running text.
func (p page) runningText() []bool {
	running := make([]bool, len(p.strips))
	for i := 0; i < len(p.strips); {
		n := p.remark(i)
		if n == 0 {
			running[i] = p.isRunning(p.strips[i])
			n = 1
		}
		i += n
	}
	return running
}

// remark is how many strips a remark in brackets takes that begins at strip i,
// such as the one that names the circular prescribing a form; 0 for none.
func (p page) remark(i int) int {
	if !strings.HasPrefix(p.strips[i].text(), "(") {
		return 0
	}
	for j := i; j < min(i+4, len(p.strips)); j++ {
		if strings.HasSuffix(p.strips[j].text(), ")") {
			return j - i + 1
		}
	}
	return 0
}

// notes are lines in lower case that stand in heads: the address of an office,
// a digital signature printed on the page, an incoming stamp, the number of a
// form, the date.
var notes = regexp.MustCompile(`^\P{L}*(?:(?:dia chi|dien thoai|d[tđ]|email|e-mail|website|fax|ma so thue|nguoi ky|ky boi|co quan|thoi gian ky|gio|den|so|ngay|chuyen|kinh chuyen)\b[^:]{0,12}:` +
	`|mau\b|ban hanh kem theo|kem theo|.{2,30}, ?ngay.{1,12}thang.{1,10}nam.{0,8}$)`)

func (p page) isRunning(s strip) bool {
	words, lower, letters := 0, 0, 0
	for _, w := range s.words {
		before := letters
		for _, r := range viet.NFC(w.Text) {
			if unicode.IsLetter(r) {
				letters++
			}
			if unicode.IsLower(r) {
				lower++
			}
		}
		if letters > before {
			words++
		}
	}
	if words < runningWords || lower*3 < letters*2 || notes.MatchString(viet.Fold(s.text())) {
		return false
	}
	return p.width == 0 || float64(s.box.W) >= runningWidth*float64(p.width)
}

// textAbove counts the lines of running text above strip i. Under a letterhead
// a single one is excused: a note by hand, a box of the form.
func (p page) textAbove(i int) int {
	lines := 0
	for j, running := range p.running {
		if running && p.above(j, i) {
			lines++
		}
	}
	if lines == 1 && p.underLetterhead(i) {
		return 0
	}
	return lines
}

// above tells whether strip j stands higher on the page than strip i; without
// geometry, whether it is read before.
func (p page) above(j, i int) bool {
	if p.height == 0 {
		return j < i
	}
	a, b := p.strips[j].box, p.strips[i].box
	return a.Y+a.H/2 < b.Y
}

// insideText tells whether the heading on strips at to last is one inside a
// text, and not the title of the page's paper.
func (p page) insideText(at, last int) bool {
	return p.textAbove(at) >= 2 || p.underAddress(at) || p.underChapter(at) || p.articleFollows(last)
}

// underAddress tells whether "Kính gửi" stands above: what follows it is the
// text of a letter or a form.
func (p page) underAddress(i int) bool {
	return p.head.address != nowhere && p.above(p.head.address, i)
}

// chapter is a line that numbers a part of a text: "Chương III", "Mục 2", "Phần
// thứ nhất"; "Mục lục" opens a list of such.
var chapter = regexp.MustCompile(`^(?:chuong|muc|tieu muc|phan) (?:thu )?\S+ ?$`)

func (p page) underChapter(i int) bool {
	return i > 0 && chapter.MatchString(p.strips[i-1].spaced)
}

// article is the beginning of an article: "Điều 18. …".
var article = regexp.MustCompile(`^dieu\d`)

// articleFollows tells whether an article comes right after the strip: then the
// heading is that of a chapter, or the formula in the middle of a paper ("QUYẾT
// ĐỊNH: Điều 1…").
func (p page) articleFollows(last int) bool {
	return last+1 < len(p.strips) && article.MatchString(p.strips[last+1].plain)
}

// listItem is a line of a list, a quotation or a table of contents: titles
// named there are those of other papers.
var listItem = regexp.MustCompile(`^(?:(?:\d{1,2}|\p{L}|[IVX]{1,4})[.)]|[-+•–—]\s|[“"«])|(?:\.{4}|…{2}|[;,])\s*\d{0,3}$`)

func (s strip) isListItem() bool { return listItem.MatchString(s.text()) }
