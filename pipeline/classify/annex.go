package classify

import (
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// An annex goes with the paper that enacts it, also where it has a letterhead
// and a title of its own: it has no number. Forms name the circular or decree
// that prescribes them in the same words; that makes no annex.

// annexLines is how many strips below a heading may name the enacting paper:
// its subject takes up to four.
const annexLines = 7

// annex is the guess for a page that opens an annex; ok is false for any other.
func (p page) annex(cat *dossier.Catalogue) (g Guess, ok bool) {
	if p.head.number != nowhere {
		return Guess{}, false
	}
	for i, s := range p.strips {
		if !p.inHead(i) || !p.heading(i) {
			continue
		}
		if words, cites := p.citationOnLine(i); cites && !p.national() {
			return Guess{Annex: true, Continues: enacting(cat, words), Reasons: []string{"annex: " + s.text()}}, true
		}
		words, cites := p.citationBelow(i)
		appendix := !p.national() && len(s.words) <= 5 && strings.HasPrefix(s.plain, "phuluc")
		if appendix || cites && s.upper() {
			return Guess{Annex: true, Continues: enacting(cat, words), Reasons: []string{"annex: " + s.text()}}, true
		}
	}
	return Guess{}, false
}

// heading tells whether the strip can be the heading of an annex.
func (p page) heading(i int) bool {
	s := p.strips[i]
	return len(s.plain) >= 4 && !s.letterhead() && !p.isNational(i) && p.textAbove(i) == 0 && !p.formNumberAbove(i)
}

// citationBelow finds the words behind "Kèm theo" shortly below the heading.
func (p page) citationBelow(at int) (words string, ok bool) {
	for i := at + 1; i < min(at+1+annexLines, len(p.strips)); i++ {
		if words, ok = p.citation(i); ok {
			return words, true
		}
	}
	return "", false
}

// citationOnLine finds the words behind "kèm theo" in a heading that runs into
// the text: "Phụ lục. Phân công thực hiện, kèm theo Quyết định số…".
func (p page) citationOnLine(i int) (words string, ok bool) {
	line := p.strips[i].plain
	if i+1 < len(p.strips) {
		line += p.strips[i+1].plain
	}
	_, words, ok = strings.Cut(line, "kemtheo")
	return words, ok && strings.HasPrefix(line, "phuluc")
}

// citation gives the words that follow "Kèm theo" on strip i and the one below;
// ok is false where a form names what prescribes it.
func (p page) citation(i int) (words string, ok bool) {
	plain := p.strips[i].plain
	rest, found := strings.CutPrefix(strings.TrimPrefix(plain, "banhanh"), "kemtheo")
	if !found {
		return "", false
	}
	if i+1 < len(p.strips) {
		rest += p.strips[i+1].plain
	}
	prescribed := strings.HasPrefix(rest, "thongtu") || strings.HasPrefix(rest, "nghidinh")
	return rest, !prescribed || !p.national()
}

// enacting is the kind of paper that the words of a citation name; empty when
// they name none, or more than one ("Kế hoạch tại Quyết định số…").
func enacting(cat *dossier.Catalogue, words string) string {
	var named []string
	for _, k := range cat.Kinds() {
		if k.Group != dossier.GroupAdministrative {
			continue
		}
		titles := k.Titles
		if k.ID == dossier.KindOfficialLetter {
			titles = []string{"CÔNG VĂN"}
		}
		if slices.ContainsFunc(titles, func(t string) bool {
			return strings.HasPrefix(words, fuzzy.Plain(t)) || strings.Contains(words, fuzzy.Plain(t)+"so")
		}) {
			named = append(named, k.ID)
		}
	}
	if len(named) != 1 {
		return ""
	}
	return named[0]
}
