package classify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sohoa/dossier"
)

// cardQR is the QR code of a citizen card: 12 digits, the old number (may be
// empty), name, birth, sex, address, issue; newer cards append more.
var cardQR = regexp.MustCompile(`^\d{12}\|(\d{9})?\|[^|]+\|\d{8}\|[^|]*\|[^|]*\|\d{8}`)

// byCodes reads the machine-readable codes. A separator is one whatever else is
// on the sheet, and also when its code is broken.
func byCodes(cat *dossier.Catalogue, r dossier.Reading) Guess {
	for _, code := range r.Codes {
		if _, isSeparator, err := dossier.ParseSeparator(code.Text); isSeparator {
			reason := "separator code"
			if err != nil {
				reason = "separator code that is not valid"
			}
			return Guess{Kind: dossier.KindSeparator, Confidence: 1, First: true, Role: dossier.RoleInternal, Reasons: []string{reason}}
		}
	}
	for _, code := range r.Codes {
		if cardQR.MatchString(code.Text) {
			g := Guess{Kind: dossier.KindCitizenIDCard, Confidence: 0.99, First: true, Role: dossier.RoleComponent, Reasons: []string{"QR code of a citizen card, 0.99"}}
			if continues(cat, newPage(r)) == dossier.KindCitizenIDCard {
				// Cards since 2024 carry the QR code on the back.
				g.First, g.Continues = false, dossier.KindCitizenIDCard
			}
			return g
		}
	}
	return Guess{}
}

// byPatch knows the sheet with patch code T, a separator without a code. What may
// be a paper by its print, too, is a separator that nobody can be sure of: it may
// not be left out of its dossier.
func byPatch(cat *dossier.Catalogue, r dossier.Reading, p page) Guess {
	if !slices.ContainsFunc(r.Codes, dossier.Code.IsPatchT) {
		return Guess{}
	}
	g := Guess{Kind: dossier.KindSeparator, Confidence: 1, First: true, Role: dossier.RoleInternal, Reasons: []string{"patch code T"}}
	paper := strongest(cat, Guess{}, byTitle(cat, p), byLetter(cat, p))
	if paper.Kind != dossier.KindOther && paper.Kind != dossier.KindSeparator {
		g.Confidence *= contradiction
		g.Reasons = append(g.Reasons, fmt.Sprintf("the print on the page says %s", paper.Kind))
	}
	return g
}

// clearWord is the engine's confidence from which every word of a printed
// dossier code has to be read before it may open a dossier: a code has no
// check character, and one wrong digit is another dossier.
const clearWord = 0.90

// slipCode is the dossier code of a receipt slip: from its bar or QR code, else
// as printed if the engine read it clearly. Two codes that differ are none.
func slipCode(cat *dossier.Catalogue, r dossier.Reading, p page) string {
	found := map[string]bool{}
	for _, code := range r.Codes {
		if c, err := dossier.ParseCode(code.Text); err == nil {
			found[c.String()] = true
		}
	}
	if len(found) == 0 {
		for _, s := range p.strips {
			if c, ok := printedCode(cat, s); ok {
				found[c] = true
			}
		}
	}
	if len(found) != 1 {
		return ""
	}
	for c := range found {
		return c
	}
	return ""
}

// printedCode finds a clearly read code behind the words "Mã hồ sơ". A letter
// that looks like the digit that must stand in its place is taken for it, where
// the code is of an agency that the catalogue knows.
func printedCode(cat *dossier.Catalogue, s strip) (string, bool) {
	if !strings.HasPrefix(s.plain, "mahoso") && !strings.HasPrefix(s.plain, "masohoso") {
		return "", false
	}
	for from := range s.words {
		for to := from + 1; to <= len(s.words); to++ {
			line := dossier.NewLine(s.words[from:to])
			code, _, err := cat.RepairCode(line.Text)
			if err == nil && clearlyRead(line.Words) {
				return code.String(), true
			}
		}
	}
	return "", false
}

// clearlyRead tells whether the engine was sure of every word.
func clearlyRead(words []dossier.Word) bool {
	for _, w := range words {
		if w.Confidence < clearWord {
			return false
		}
	}
	return true
}

// String is for messages of tests and logs: kind and confidence only.
func (g Guess) String() string { return fmt.Sprintf("%s %.2f", g.Kind, g.Confidence) }
