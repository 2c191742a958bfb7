// Package fuzzy compares words expected on a form with words read from a scan:
// without tones, case, spaces and punctuation, and with a few letters wrong.
// Scans damage exactly those things.
//
// Start at [Plain] and [Prefix]. All functions are pure.
package fuzzy

import (
	"strings"
	"unicode"

	"sohoa/dossier/viet"
)

// Plain folds a text and keeps its letters and digits.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, viet.Fold(s))
}

// Prefix finds the beginning of text that is most like pattern. It
// returns the number of edits and where that beginning ends; among equals the
// longest, so that a wrong last letter is not left over.
//
// Dynamic programming over the pattern (Sellers 1980, with the start pinned):
// O(len(pattern)·len(text)); both are at most a title long.
func Prefix(pattern, text string) (edits, end int) {
	column := make([]int, len(pattern)+1)
	for i := range column {
		column[i] = i
	}
	edits, end = column[len(pattern)], 0
	for j := range len(text) {
		diagonal := column[0]
		column[0] = j + 1
		for i := 1; i <= len(pattern); i++ {
			cost := diagonal
			if pattern[i-1] != text[j] {
				cost++
			}
			diagonal = column[i]
			column[i] = min(cost, column[i]+1, column[i-1]+1)
		}
		if column[len(pattern)] <= edits {
			edits, end = column[len(pattern)], j+1
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
