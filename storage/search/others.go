package search

import (
	"slices"

	"sohoa/dossier"
)

// mostOthers bounds the names that are looked for in the place of one.
const mostOthers = 12

// withOthers lets other names of a place stand where the query has one: a page has
// the words as they were typed, or one of the names as a phrase. Each term of the
// name gets the phrase, so that a page with it has all of them. It also gives the
// names.
func withOthers(terms []term, synonyms []dossier.Synonym) (wide []term, others []string) {
	wide = slices.Clone(terms)
	for _, s := range synonyms {
		from, until := findName(terms, wordsOf(s.Words))
		if from == until {
			continue
		}
		for _, name := range s.Others[:min(len(s.Others), mostOthers)] {
			if slices.Contains(others, name) {
				continue
			}
			others = append(others, name)
			for i := from; i < until; i++ {
				wide[i] = append(slices.Clone(wide[i]), phrase{words: wordsOf(name)})
			}
		}
	}
	return wide, others
}

// findName finds the terms that are a name, whole and one after the other, without
// tones.
func findName(terms []term, name []word) (from, until int) {
	for from := range terms {
		left := name
		for i := from; i < len(terms); i++ {
			typed := terms[i][0]
			if typed.prefix || typed.approx || len(typed.words) > len(left) || !slices.EqualFunc(typed.words, left[:len(typed.words)], sameLetters) {
				break
			}
			if left = left[len(typed.words):]; len(left) == 0 {
				return from, i + 1
			}
		}
	}
	return 0, 0
}

func sameLetters(a, b word) bool { return a.fold == b.fold }
