package classify

import (
	"regexp"
	"slices"
	"strings"

	"sohoa/dossier"
)

// A title alone proves nothing: laws, lists and tables of contents print the
// titles of every paper there is. A paper's first page has more: the national
// letterhead, the paper's number, the number of its form, the lines of a form to
// fill in. Identity papers, which every second text speaks of, must show what
// only they have; see identity.go.

// opensPaper tells whether the page has, around the title, what a first page
// has.
func (p page) opensPaper(m *match) bool {
	if m.kind.ID == dossier.KindSeparator {
		return slices.ContainsFunc(p.strips, strip.isDossierCode)
	}
	return p.underLetterhead(m.at) || p.numberBeside(m) || p.formNumberAbove(m.at) || p.formBelow(m.last)
}

// isDossierCode tells whether the strip is a dossier code and nothing else.
func (s strip) isDossierCode() bool {
	_, err := dossier.ParseCode(s.text())
	return err == nil
}

// numberBeside tells whether the paper's number stands near the title.
func (p page) numberBeside(m *match) bool {
	n := p.head.number
	return n != nowhere && n >= m.at-8 && n <= m.last+4 && p.textAbove(n) == 0
}

// formNumberAbove tells whether the number of a form stands above: "Mẫu số
// 18", "Phụ lục III-1".
func (p page) formNumberAbove(i int) bool {
	for j, s := range p.strips {
		if p.above(j, i) && len(s.words) <= 8 && (strings.HasPrefix(s.spaced, "mau ") || strings.HasPrefix(s.spaced, "mau so")) {
			return true
		}
	}
	return false
}

const (
	// formLines is how many strips below the title are looked at for a form.
	formLines = 14
	// fieldsOfForm is how many of them must be lines to fill in. Texts have one
	// here and there.
	fieldsOfForm = 3
)

// openings are words with which forms, contracts and slips begin below their
// title.
var openings = regexp.MustCompile(`^(?:homnay|chungtoi|toiten|tentoi|toila|mahoso|masohoso)`)

// formBelow tells whether the strips below the title are those of a form.
func (p page) formBelow(last int) bool {
	fields := 0
	for i := last + 1; i < min(last+1+formLines, len(p.strips)); i++ {
		if p.strips[i].isAddress() || openings.MatchString(p.strips[i].plain) {
			return true
		}
		if p.strips[i].isField() {
			fields++
		}
	}
	return fields >= fieldsOfForm
}

var (
	// field is a line to fill in: a few words, a colon, a value or nothing.
	field = regexp.MustCompile(`^(?:\d{1,2}(?:\.\d)?[.)]?\s+)?(?:[^\s:]+\s+){0,7}[^\s:]*\s?:`)
	// item is an item of a text that counts up, "a) Nơi cấp: …", or the heading
	// of one, "2. Hồ sơ gồm:".
	item = regexp.MustCompile(`^(?:\p{L}\)|[-+•–]\s)|^\d.*:\s*$`)
)

func (s strip) isField() bool {
	text := s.text()
	return strings.Contains(text, "....") || strings.Contains(text, "……") || field.MatchString(text) && !item.MatchString(text)
}
