// Package classify names the kind of paper on a page: from its machine-readable
// codes, from its printed title, or, for an official letter, from its layout.
//
// The title is looked for the way a clerk does: under the letterhead, in
// capitals, on lines of its own, over several lines if need be. Titles are
// compared without tones and with a few letters wrong, since scans damage
// exactly the marks above the letters. Words of a title inside a sentence ("theo
// Quyết định số…") never count. Among titles that begin at one line, the one that
// explains most letters wins, so that TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN
// NHÂN is not taken for the certificate it asks for.
//
// A title proves nothing alone: laws have chapters named after every paper
// there is, and their annexes list them. So it counts only above the running
// text of the page, and only with something else of a first page: the national
// letterhead, a number, a form to fill in.
//
// Start at [Classify], a pure function. Its promise: rather "other" than a
// wrong name. Everything that speaks against a title lowers the confidence
// below the gate, so that a person decides: a second title nearly as good,
// capitals directly above that the title does not explain, a type symbol in the
// paper's number that says something else.
package classify

import (
	"cmp"
	"fmt"

	"sohoa/dossier"
)

// Guess is what one page looks like.
type Guess struct {
	// Kind is the id of a kind; "other" when nothing is known.
	Kind string
	// Confidence that Kind is right, between 0 and 1. Compare it with the
	// kind's gate.
	Confidence float64
	// Reasons tell a clerk why, strongest first.
	Reasons []string
	Role    dossier.ComponentRole
	// First tells that the page looks like the first page of a paper: it has
	// a title, a national letterhead, or a code that only stands on one.
	First bool
	// PageNumber is the printed page number; 0 when none was found.
	PageNumber int
	// Articles are those that begin on the page.
	Articles Articles
	// Continues is the kind of paper of which this page looks like a later page,
	// the back or an annex; empty when nothing says so.
	Continues string
	// Annex tells that the page opens an annex, which belongs to the paper
	// before it and may number its pages anew.
	Annex bool
	// Code is the dossier code on a receipt slip, when it is sure enough to
	// open a dossier with: from a machine-readable code, or read clearly.
	Code string
}

// Classify guesses the kind of the page. It is pure and safe for concurrent
// use.
func Classify(cat *dossier.Catalogue, r dossier.Reading) Guess {
	p := newPage(r)
	g := byCodes(cat, r)
	if g.Kind == "" {
		g = byPatch(cat, r, p)
	}
	if g.Kind != dossier.KindSeparator && len(p.strips) == 0 {
		return empty(r, g)
	}
	if g.Kind != dossier.KindSeparator {
		g = strongest(cat, g, byTitle(cat, p), byLetter(cat, p))
	}
	g.PageNumber, g.Articles = p.number(), p.articles()
	if g.Continues == "" && !g.First && !g.Annex {
		g.Continues = continues(cat, p)
	}
	if kind, ok := cat.Kind(g.Kind); ok {
		g.Role = kind.Role
	}
	if g.Kind == dossier.KindReceiptSlip {
		g.Code = slipCode(cat, r, p)
	}
	return g
}

// empty is the guess for a page without a word: blank, or a picture nobody can
// read.
func empty(r dossier.Reading, g Guess) Guess {
	if g.Kind != "" {
		return g
	}
	if r.Blank {
		return Guess{Kind: dossier.KindBlank, Confidence: 1, Reasons: []string{"blank page"}, Role: dossier.RoleInternal}
	}
	return Guess{Kind: dossier.KindOther, Reasons: []string{"no text on the page"}, Role: dossier.RoleComponent}
}

// strongest puts the evidence together. A code and a title that name different
// kinds contradict each other: then neither is sure.
func strongest(cat *dossier.Catalogue, code, title, letter Guess) Guess {
	switch {
	case code.Kind != "" && title.Kind != "" && code.Kind != title.Kind && title.Confidence >= gate(cat, title.Kind):
		title.Confidence *= contradiction
		title.Reasons = append(title.Reasons, fmt.Sprintf("a code on the page says %s", code.Kind))
		return title
	case code.Kind != "":
		code.First = code.First || title.Kind == code.Kind
		return code
	case title.Kind != "" && letter.Kind != "" && letter.Kind != title.Kind && letter.Confidence > title.Confidence:
		letter.Confidence *= contradiction
		letter.Reasons = append(letter.Reasons, fmt.Sprintf("a title on the page says %s", title.Kind))
		return letter
	case title.Annex, title.Kind != "" && title.Confidence >= letter.Confidence:
		title.Kind = cmp.Or(title.Kind, dossier.KindOther)
		return title
	case letter.Kind != "":
		return letter
	}
	first := title.First || letter.First
	return Guess{Kind: dossier.KindOther, First: first, Reasons: []string{"no known title"}}
}

// contradiction is the factor for two pieces of evidence that disagree: it
// takes even a perfect title below [dossier.DefaultGate].
const contradiction = 0.75

func gate(cat *dossier.Catalogue, kind string) float64 {
	if k, ok := cat.Kind(kind); ok {
		return k.Gate
	}
	return 1
}
