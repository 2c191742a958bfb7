// Package viet holds what every part of sohoa needs to know about written
// Vietnamese: one normal form, one tone placement, and the fold that makes
// "quyet dinh" find "Quyết định". It is done here once, so that the search
// index, the classifier and the query line agree on every engine and database
// (FTS5's own folding does not map đ to d; PostgreSQL's depends on an
// extension).
//
// Start at [Fold]. All functions are pure and safe for concurrent use.
package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NFC is Unicode normal form C: the form of every text sohoa stores.
func NFC(s string) string { return norm.NFC.String(s) }

// Normalise lower-cases, composes and moves the tone mark of oa, oe, uy to the
// place of the newer spelling (hòa → hoà, thúy → thuý), so that both spellings
// of one name are one word. Tones are kept.
func Normalise(s string) string {
	s = strings.ToLower(norm.NFC.String(s))
	if !strings.ContainsAny(s, openSyllableFirst) {
		return s
	}
	runes := []rune(s)
	for i := 0; i+1 < len(runes); i++ {
		moveTone(runes, i)
	}
	return string(runes)
}

// Fold strips tones and marks, maps đ to d and lower-cases: the form in which
// people type when in a hurry and in which scans with damaged diacritics still
// match.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Words splits text into runs of letters and digits, the tokens of the index.
func Words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) })
}

// openSyllableFirst are the vowels that carry the tone in the older spelling.
const openSyllableFirst = "òóỏõọùúủũụ"

// toneMarks are the combining tone marks: grave, acute, hook, tilde, dot below.
const toneMarks = "\u0300\u0301\u0309\u0303\u0323"

// moveTone rewrites runes[i:i+2] from the older placement to the newer one
// when the two letters end their syllable: oa, oe, uy only (Quyết định
// 1989/QĐ-BGDĐT of 2018, on tone placement in school books). "qu" is a
// consonant: quý and quà never carry the tone on the u, so nothing applies.
func moveTone(runes []rune, i int) {
	if i+2 < len(runes) && unicode.IsLetter(runes[i+2]) {
		return
	}
	first := []rune(norm.NFD.String(string(runes[i])))
	if len(first) != 2 || !strings.ContainsRune(toneMarks, first[1]) {
		return
	}
	second := runes[i+1]
	if first[0] == 'o' && (second == 'a' || second == 'e') || first[0] == 'u' && second == 'y' {
		toned := []rune(norm.NFC.String(string([]rune{second, first[1]})))
		if len(toned) == 1 {
			runes[i], runes[i+1] = first[0], toned[0]
		}
	}
}
