// Package fuzzy compares words expected on a form with words read from a scan:
// without tones, case, spaces and punctuation, and with a few letters wrong.
// Scans damage exactly those things.
//
// Start at [Plain] and [Prefix]. All functions are pure.
package fuzzy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sohoa/dossier/viet"
)

// damaged stands for a letter that was read as a mark no form prints, or as one
// that Vietnamese does not have.
const damaged = '?'

// damageMarks are what engines make of letters under seals and folds.
const damageMarks = "~*#@®©¬^=<>|\\{}§¢£¥€°"

// Plain folds a text and keeps its letters and digits. A damage mark inside a
// word stays as one letter that matches none: dropped, QUY~ ĐỊNH would read
// QUY ĐỊNH, which is another paper.
func Plain(s string) string {
	folded := []rune(viet.Fold(s))
	var b strings.Builder
	for i, r := range folded {
		switch {
		case isWord(r) && r < utf8.RuneSelf:
			b.WriteRune(r)
		case isWord(r):
			b.WriteByte(damaged) // one letter, so that counting bytes counts letters
		case strings.ContainsRune(damageMarks, r) && (i > 0 && isWord(folded[i-1]) || i+1 < len(folded) && isWord(folded[i+1])):
			b.WriteByte(damaged)
		}
	}
	return b.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Prefix finds the beginning of text that is most like pattern. It returns the
// number of edits and where that beginning ends; among equals the longest, so
// that a wrong last letter is not left over. More than limit edits are not
// counted out: edits is then above limit and end has no meaning.
//
// Dynamic programming over the pattern (Sellers 1980, with the start pinned):
// O(len(pattern)·len(text)), usually far less, because it stops once every
// alignment has more than limit edits.
func Prefix(pattern, text string, limit int) (edits, end int) {
	column := make([]int, len(pattern)+1)
	for i := range column {
		column[i] = i
	}
	edits, end = column[len(pattern)], 0
	for j := range len(text) {
		diagonal, least := column[0], j+1
		column[0] = j + 1
		for i := 1; i <= len(pattern); i++ {
			cost := diagonal
			if pattern[i-1] != text[j] {
				cost++
			}
			diagonal = column[i]
			column[i] = min(cost, column[i]+1, column[i-1]+1)
			least = min(least, column[i])
		}
		if column[len(pattern)] <= edits {
			edits, end = column[len(pattern)], j+1
		}
		if least > limit {
			break
		}
	}
	return edits, end
}

// Within tells whether pattern occurs anywhere in text with at most limit
// edits.
func Within(text, pattern string, limit int) bool {
	column := make([]int, len(pattern)+1)
	for i := range column {
		column[i] = i
	}
	for j := range len(text) {
		diagonal := 0
		for i := 1; i <= len(pattern); i++ {
			cost := diagonal
			if pattern[i-1] != text[j] {
				cost++
			}
			diagonal = column[i]
			column[i] = min(cost, column[i]+1, column[i-1]+1)
		}
		if column[len(pattern)] <= limit {
			return true
		}
	}
	return len(pattern) <= limit
}
